"""What was robbed or attacked is told by the words around its name; the rest of the capitals is left alone."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_goods import tell_goods

from newsblotter.extract.names import find_runs
from newsblotter.extract.target import claim_target
from newsblotter.fields.targets import fold_name, read_target

CASES = [
    (
        "robbery",
        "Two masked men armed with hammers raided Bright's Jewellers on High Street in Leeds on Tuesday.",
        "Bright's Jewellers",
    ),
    ("robbery", "A Wells Fargo branch in Tulsa was robbed on Monday by a man with a note.", "Wells Fargo"),
    ("burglary", "Thieves broke into the Halden Museum of Glass overnight and took three vases.", "Halden Museum of Glass"),
    ("robbery", "Robbers held up staff at Oakfield Post Office at knifepoint.", "Oakfield Post Office"),
    ("robbery", "Police are investigating a robbery at Joe's Liquor on Elm Street.", "Joe's Liquor"),
    ("burglary", "Burglars used a digger to tear a cash machine from the wall of a Tesco Express store in Malden.", "Tesco"),
    ("robbery", "Armed gang robs Kalyan Jewellers showroom in Siwan", "Kalyan Jewellers"),
    ("robbery", "Gold worth Rs 3 crore was looted from a Muthoot Finance branch in Salem on Friday, police said.", "Muthoot"),
    ("robbery", "The jewellery store, Aurum Fine Gems, lost most of its stock in the raid.", "Aurum Fine Gems"),
    ("robbery", "Two gunmen stormed a jewellery shop called Lacroix Joaillier in Nantes.", "Lacroix Joaillier"),
    (
        "robbery",
        "Owner John Smith of Smith & Daughters Jewelers said he was hit. Smith & Daughters Jewelers was robbed in 2011 too.",
        "Smith & Daughters Jewelers",
    ),
    ("burglary", "A gold monstrance was stolen from Sacred Heart Church in Dunmore.", "Sacred Heart Church"),
    ("robbery", "A security van belonging to Loomis was held up outside a supermarket in Malmo.", "Loomis"),
    ("robbery", "A gang with sledgehammers hit a Rolex boutique in Lyon.", "Rolex"),
    ("robbery", "Raiders on mopeds smashed the windows of Harding Watches in Mayfair.", "Harding Watches"),
    ("theft", "A man walked out of Van Doren Diamonds with a $90,000 ring.", "Van Doren Diamonds"),
    (
        "robbery",
        "Thieves in balaclavas made off with Cartier watches from Bellamy & Sons in Chester, police said.",
        "Bellamy & Sons",
    ),
    ("burglary", "Burglars tunnelled into the vault of Banco Meridional in Fortaleza over the weekend.", "Banco Meridional"),
    ("robbery", "The First National Bank of Harlow at 12 Main Street was robbed Thursday morning.", "First National Bank"),
    ("robbery", "Footballer Marco Delvecchio was robbed at gunpoint at his home in Turin.", "Marco Delvecchio"),
    ("robbery", "Singer Lena Brooks' apartment in Lisbon was burgled while she was on stage.", "Lena Brooks"),
    ("attack", "Gunmen ambushed a prison van near Arles, killing two guards.", "prison van"),
    ("bombing", "A car bomb exploded outside the Ruritanian embassy in Lima.", "Ruritanian embassy"),
    ("robbery", "Jewellery store robbed in Sligo: gardai seek two men", "jewellery store"),
    ("robbery", "A jewelry store in the Lakeside Mall was robbed Saturday by five people with hammers.", "Lakeside Mall"),
    ("robbery", "Smash-and-grab robbery at Zales in Westgate Mall", "Zales"),
    ("robbery", "Masked robbers escaped with diamonds after a raid on the Gemstone Exchange in Antwerp.", "Gemstone Exchange"),
    ("robbery", "The robbery happened at Peterson Fine Jewelry, next door to a Starbucks, around 6 p.m.", "Peterson Fine Jewelry"),
    (
        "robbery",
        "Detectives say the men targeted Laurent Joaillerie because of its location near the motorway.",
        "Laurent Joaillerie",
    ),
    ("burglary", "Staff arriving at the Ashworth Gallery on Monday found that four paintings had gone.", "Ashworth Gallery"),
    ("robbery", "Three men robbed the Shell gas station on Route 9.", "Shell"),
    ("robbery", "Employees of Goldberg Jewelers were tied up during the heist.", "Goldberg Jewelers"),
    ("robbery", "Police in Marbella have arrested three men over a heist at luxury watchmaker Delacour.", "Delacour"),
    ("fraud", "A couple swapped diamonds for pebbles at the London jeweller Boodles.", "Boodles"),
    (
        "robbery",
        "LYON, France (AP) — Thieves armed with assault rifles attacked an armored truck of the company Transval on Monday.",
        "Transval",
    ),
    ("arson", "Somebody set fire to St Brendan's Church in Corrib early on Sunday.", "St Brendan's Church"),
    ("robbery", "Reports said a gang of six had stormed Emirates Gold Palace, a jewellery shop in Deira.", "Emirates Gold Palace"),
    ("burglary", "Thieves steal gold coins from German museum", "museum"),
    (
        "robbery",
        "The gunman told the clerk at Family Dollar to open the till, Sgt. Paul Crane of the Dover Police Department said.",
        "Family Dollar",
    ),
    ("theft", "The necklace was taken from a display at the Orfevre stand during the Basel fair.", "Orfevre"),
    (
        "burglary",
        "At least $400,000 in goods is missing from Olde Towne Jewelers after a rooftop burglary, according to Lt. Ray Moss.",
        "Olde Towne Jewelers",
    ),
]


def _targets(*told: str, kind: str = "robbery", trigger: str = "") -> list[str]:
    document, scene = tell_goods(*(told if len(told) > 1 else ("News", *told)), kind=kind, trigger=trigger)
    text = document.report.text
    drafts = sorted(claim_target(document, scene), key=lambda d: (-d.score, d.start))
    return [read_target(text, d.start, d.end) or "" for d in drafts]


@pytest.mark.parametrize(("kind", "text", "target"), CASES, ids=[c[2].replace(" ", "-") for c in CASES])
def test_target(kind: str, text: str, target: str) -> None:
    found = _targets(text, kind=kind)
    assert found
    a, b = sorted((fold_name(found[0]), fold_name(target)), key=len)
    assert a in b
    assert len(a) >= 4


@pytest.mark.parametrize(
    ("text", "not_target"),
    [
        ("Robbers raided Harlow Gems, next to the Imperial Hotel.", "Imperial Hotel"),
        ("Robbers raided Harlow Gems, the Daily Courier reported.", "Courier"),
        ("Robbers raided Harlow Gems, Detective Alan Pike of Leeds Police said.", "Pike"),
        ("Robbers raided Harlow Gems on Monday in Paris.", "Paris"),
        ("Robbers raided Harlow Gems and took Rolex watches.", "Rolex"),
    ],
)
def test_others_come_behind(text: str, not_target: str) -> None:
    found = _targets(text)
    assert fold_name(found[0]).startswith("harlow")
    assert not_target not in found[0]


def test_title_case_headline_and_body() -> None:
    found = _targets(
        "Thieves Flee With Millions After Raid On Harlow Boutique",
        "A luxury Harlow boutique in Nice was raided on Sunday. Harlow declined to comment.",
    )
    assert found[0] == "Harlow"


def test_owner_and_belonging() -> None:
    assert _targets("Valuables were taken from a boutique in Paris belonging to the celebrated Anton Morel.")[0] == "Anton Morel"


def test_generic_only_where_nobody_is_named() -> None:
    assert _targets("Two men robbed a jewelry store on Monday.") == ["jewelry store"]
    assert "jewelry store" not in _targets("Two men robbed Harlow Jewelers, a jewelry store, on Monday.")


@pytest.mark.parametrize("kind", ["shooting", "homicide", "assault", "kidnapping"])
def test_violence_strikes_named_premises_only(kind: str) -> None:
    assert _targets("A man was attacked at the Harlow Bar on Monday.", kind=kind)[:1] == ["Harlow Bar"]
    assert _targets("A man was attacked in Harlow Street on Monday, Harlow Police said.", kind=kind) == []
    assert _targets("A man was attacked at home in Harlow. Alan Pike, 41, was taken to Harlow Hospital.", kind=kind) == []


def test_accident_names_stricken_premises_only() -> None:
    assert _targets("A van crashed into the Harlow Museum on Monday.", kind="accident")[:1] == ["Harlow Museum"]
    assert _targets("A van driven by Alan Pike of Leeds overturned on Monday.", kind="accident") == []


def test_earlier_incident_comes_behind() -> None:
    found = _targets(
        "Gang raids Harlow",
        "Robbers stormed the Harlow boutique on Monday. In 2008 thieves robbed the Morel boutique nearby.",
        trigger="Robbers stormed",
    )
    assert found[0] == "Harlow"


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("the Harlow store", "Harlow"),
        ("a luxury Harlow boutique", "Harlow"),
        ("Harlow's", "Harlow"),
        ("L & Z Jewelry", "L & Z Jewelry"),
        ("Kay Jewelers", "Kay Jewelers"),
        ("British Museum", "British Museum"),
        ("Harlow Safe Deposit Ltd", "Harlow Safe Deposit"),
        ("Louvre Museum", "Louvre"),
        ("jewelry store", "jewelry store"),
        ("the prison van", "prison van"),
        ("“Harlow”", "Harlow"),
        ("x" * 80, None),
        ("the ", None),
    ],
)
def test_read_target(phrase: str, name: str | None) -> None:
    assert read_target(phrase, 0, len(phrase)) == name


def test_runs() -> None:
    sentence = "Robbers raided Harlow & Sons and the Bank of Morel in St. Denis."
    found = [run.text for run in find_runs(sentence, frozenset({"robbers"}))]
    assert found == ["Harlow & Sons", "Bank of Morel", "St", "Denis"]


@given(st.text(alphabet=st.sampled_from("AaB &'’.-,\nz1 "), max_size=80))
def test_runs_are_stretches_of_the_sentence(sentence: str) -> None:
    last = 0
    for run in find_runs(sentence, frozenset()):
        assert sentence[run.start : run.end] == run.text
        assert run.start >= last
        assert re.match(r"[^\W\d_]", run.text)
        last = run.end


@pytest.mark.parametrize("unit", ["Cartier raid ", "Harlow Gems, ", "robbed the Abc", "the bank of ", "Ab "], ids=repr)
def test_time_is_linear(unit: str) -> None:
    def cost(size: int) -> float:
        told = tell_goods("News", "".join(f"{unit}{i}a " for i in range(size)))
        start = time.process_time()
        list(claim_target(*told))
        return time.process_time() - start

    cost(20)
    assert cost(4000) < 40 * max(cost(500), 0.01)
