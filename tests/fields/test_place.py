"""Places: found, left alone, put on the map."""

from __future__ import annotations

import csv
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsblotter.fields.addresses import find_addresses
from newsblotter.fields.gazetteer import Gazetteer, load_gazetteer
from newsblotter.fields.place import best_scene, find_places, place_cue_score, resolve_places
from newsblotter.records import Span, Where

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer()


def read(text: str, gazetteer: Gazetteer, home: str | None = None) -> dict[str, Where | None]:
    spans = find_places(text, gazetteer)
    wheres = resolve_places(text, spans, gazetteer, home=home)
    return {text[s.start : s.end]: w for s, w in zip(spans, wheres, strict=True)}


def load_rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


ROWS = [*load_rows("place.csv"), *load_rows("place_hard.csv")]
SCENES = load_rows("place_scene.csv")
PRECISE = load_rows("place_precision.csv")


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_places_of_a_sentence(row: dict[str, str], gazetteer: Gazetteer) -> None:
    found = read(row["text"], gazetteer)
    for expected in filter(None, row["expected"].split(";")):
        names, _, area = expected.partition(">")
        country, _, admin1 = area.partition("/")
        name = next((n for n in names.split("|") if n in found), None)
        assert name is not None, (names, found)
        where = found[name]
        assert where is not None
        assert (where.country or "") == country, where
        if admin1:
            assert where.admin1 == admin1
    for absent in filter(None, row["absent"].split(";")):
        assert absent not in found, found


@pytest.mark.parametrize("row", SCENES, ids=[row["id"] for row in SCENES])
def test_scene_of_a_report(row: dict[str, str], gazetteer: Gazetteer) -> None:
    text = row["text"].replace(" || ", "\n\n")
    spans = find_places(text, gazetteer)
    best = best_scene(text, spans, resolve_places(text, spans, gazetteer, home=row["home"] or None))
    found = text[spans[best].start : spans[best].end] if best is not None else ""
    assert found in row["scene"].split("|"), [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize("row", PRECISE, ids=[row["id"] for row in PRECISE])
def test_precision_of_a_place(row: dict[str, str], gazetteer: Gazetteer) -> None:
    text = row["text"]
    spans = sorted((*find_places(text, gazetteer), *find_addresses(text)), key=lambda span: (span.start, span.end))
    wheres = resolve_places(text, spans, gazetteer, home=row["home"] or None)
    found = {text[s.start : s.end]: w for s, w in zip(spans, wheres, strict=True)}
    if not row["expected"]:
        assert not any(where and where.latitude is not None for where in found.values()), found
    for expected in filter(None, row["expected"].split(";")):
        names, precisions, area = expected.split(">")
        where = next((found[name] for name in names.split("|") if name in found), None)
        assert where is not None, found
        assert where.precision in precisions.split("|"), where
        country, _, admin1 = area.partition("/")
        assert (where.country or "") == country, where
        assert not admin1 or where.admin1 == admin1, where


ADDRESSES = [
    ("Officers were sent to the 1200 block of West Papeete Street.", "1200 block of West Papeete Street"),
    ("It happened at 312 E. Base Line on Monday.", "312 E. Base Line"),
    ("The boutique on Avenue Montaigne was shut.", "Avenue Montaigne"),
    ("Crowds ran down Bourbon Street.", "Bourbon Street"),
    ("The shop on the Place Vendôme was hit.", "Place Vendôme"),
    ("A villa on Boulevard Carnot was searched.", "Boulevard Carnot"),
    ("He was shot at the corner of 5th and Main.", "corner of 5th and Main"),
    ("The jeweller in Bond Street lost rings.", "Bond Street"),
    ("They met near 14th Street.", "14th Street"),
    ("She lives at 1935 Orchard St., neighbors said.", "1935 Orchard St."),
    ("The van burned on Highway 21.", "Highway 21"),
    ("The gang fled along rue de la Paix.", "rue de la Paix"),
]


@pytest.mark.parametrize(("text", "address"), ADDRESSES, ids=[address for _, address in ADDRESSES])
def test_addresses(text: str, address: str) -> None:
    assert [text[s.start : s.end] for s in find_addresses(text)] == [address]


@pytest.mark.parametrize(
    "text", ["Police said 24 people were hurt.", "He is 19. Harris is 20.", "The Wall Street Journal reported it."]
)
def test_no_address(text: str) -> None:
    assert find_addresses(text) == ()


def test_an_address_lies_in_the_town_named_with_it(gazetteer: Gazetteer) -> None:
    text = "Two men robbed a store at 12 Elm Street in Dayton, Ohio. A third waited in Lima."
    spans = tuple(sorted((*find_places(text, gazetteer), *find_addresses(text)), key=lambda s: s.start))
    where = resolve_places(text, spans, gazetteer)[0]
    assert where is not None
    assert (where.name, where.precision, where.admin1) == ("12 Elm Street", "address", "Ohio")
    assert where.latitude == pytest.approx(39.76, abs=0.1)


ROLES = [
    ("PARIS (AP) — Two men fled.", "PARIS", "dateline"),
    ("He appeared in Leeds Crown Court on Monday.", "Leeds", "court"),
    ("The Boston Police Department is looking for a van.", "Boston", "headquarters"),
    ("Ann Poole, 33, of Fishers, was robbed.", "Fishers", "home"),
    ("The gang came from Vallauris, officers said.", "Vallauris", "home"),
    ("A clerk was shot dead in Toledo.", "Toledo", "scene"),
    ("She was flown to a hospital in Cleveland.", "Cleveland", "other"),
]


@pytest.mark.parametrize(("text", "name", "role"), ROLES, ids=[role + "-" + name for _, name, role in ROLES])
def test_roles(text: str, name: str, role: str, gazetteer: Gazetteer) -> None:
    where = read(text, gazetteer)[name]
    assert where is not None
    assert where.role == role


def test_home_decides_between_namesakes(gazetteer: Gazetteer) -> None:
    text = "Police in Springfield arrested a man."
    for home, admin1 in (("Boston, Massachusetts News", "Massachusetts"), ("Chicago, Illinois News", "Illinois")):
        where = read(text, gazetteer, home=home)["Springfield"]
        assert where is not None
        assert where.admin1 == admin1


def test_other_places_decide_between_namesakes(gazetteer: Gazetteer) -> None:
    where = read("Dallas and Fort Worth officers joined the search in Paris, and later in Tyler.", gazetteer)["Paris"]
    assert where is not None
    assert where.admin1 == "Texas"


def test_a_small_namesake_far_from_the_reports_city_is_doubted(gazetteer: Gazetteer) -> None:
    text = "CHICAGO — A teenager was shot in Madisonville on Friday. Chicago police found him in an alley."
    where = read(text, gazetteer)["Madisonville"]
    assert where is not None
    assert (where.place_id, where.admin1) == (None, "Illinois")
    assert where.radius_km is not None
    assert where.radius_km >= 10


def test_scene_is_neither_hospital_nor_home(gazetteer: Gazetteer) -> None:
    text = (
        "Clerk shot in Toledo\n\nA clerk was shot at a store in Toledo, Ohio. He was flown to a hospital in Cleveland. "
        "A man from Detroit was arrested in Columbus."
    )
    spans = find_places(text, gazetteer)
    best = best_scene(text, spans, resolve_places(text, spans, gazetteer))
    assert best is not None
    assert text[spans[best].start : spans[best].end] == "Toledo"


def test_cue_score_orders_scene_before_hospital() -> None:
    text = "He was shot dead in Toledo and taken to a hospital in Cleveland."
    toledo, cleveland = text.index("Toledo"), text.index("Cleveland")
    scene = place_cue_score(text, Span(toledo, toledo + 6, "place"))
    hospital = place_cue_score(text, Span(cleveland, cleveland + 9, "place"))
    assert scene > 0.7 > 0.3 > hospital


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("Paris Tex,.St-’'—\n()in of A1é"), max_size=120))
def test_any_text_is_read(text: str) -> None:
    gazetteer = load_gazetteer()
    spans = find_places(text, gazetteer)
    assert list(spans) == sorted(spans, key=lambda s: s.start)
    assert all(0 <= s.start < s.end <= len(text) for s in spans)
    assert all(left.end <= right.start for left, right in pairwise(spans))
    wheres = resolve_places(text, spans, gazetteer)
    assert len(wheres) == len(spans)
    best_scene(text, spans, wheres)


@pytest.mark.slow
def test_time_grows_with_length(gazetteer: Gazetteer) -> None:
    def measure(text: str) -> float:
        best = float("inf")  # of three: another process may hold the processor meanwhile
        for _ in range(3):
            start = time.process_time()
            spans = find_places(text, gazetteer)
            best_scene(text, spans, resolve_places(text, spans, gazetteer))
            best = min(best, time.process_time() - start)
        return best

    for piece in ("Paris Texas And ", "A" * 40 + " ", "New York, ", "St. St. St. ", "1 1 1 North ", "of the de la "):
        measure(piece * 50)
        short, long = measure(piece * 300), measure(piece * 3000)
        assert long < 40 * max(short, 0.004), piece


@pytest.mark.parametrize(
    "words",
    [
        "from a dealer in the Belgian city of Ghent on Monday",
        "from a dealer in the northern Belgian town of Ghent on Monday",
        "from a dealer in Belgium’s third-largest city, Ghent, on Monday",
    ],
)
def test_a_town_told_with_its_country_is_the_scene_rather_than_the_dateline(words: str) -> None:
    text = f"BRUSSELS (CW) - An armed gang stole diamonds {words}, prosecutors said."
    town, dateline = text.index("Ghent"), text.index("BRUSSELS")
    assert place_cue_score(text, Span(town, town + 5, "place")) > place_cue_score(text, Span(dateline, dateline + 8, "place"))
