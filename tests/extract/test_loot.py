"""Loot and recovered goods are told apart from ransom, reward, bail, damage, prices and turnover."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_goods import tell_goods

from newsblotter.extract.loot import claim_loot

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "loot.csv").open(encoding="utf-8", newline="")))

# What is still read wrongly, by the first words of its row, and why. Strict: a row that is mended must leave this table.
KNOWN = {
    "Robbers got away with an undisclosed": "damage to a shop reads like damage done by taking",
    '"They got 250 grand,"': "a sum without a currency and without goods beside it is not found",
}


STOLEN = [
    ("stole", "Two men stole jewels worth €2 million from Harrow.", "€2 million"),
    ("made-off", "The raiders made off with about $400,000 in watches.", "about $400,000"),
    ("robbed-of", "The gang robbed the jeweller of 3 million euros.", "3 million euros"),
    ("haul", "The haul was put at several million euros.", "several million euros"),
    (
        "damage-in-french",
        "The damage, still being counted, runs to several million euros, prosecutors said.",
        "several million euros",
    ),
    ("went", "Between $10,000 and $20,000 of goods were gone.", "Between $10,000 and $20,000"),
    ("no-currency", "They got out with jewels worth millions.", "millions"),
    ("rupees", "Gold worth Rs 3 crore was looted from the branch.", "Rs 3 crore"),
    ("conversion", "They took 40 million euros ($53 million) of stones.", "40 million euros"),
]

OTHER = [
    ("ransom", "The kidnappers demanded a ransom of $2 million."),
    ("reward", "A reward of $50,000 is offered for information about the robbery."),
    ("reward-after", "Insurers put up a $50,000 reward after the theft."),
    ("bail", "The suspect is held on $100,000 bail over the robbery."),
    ("bond", "His bond was set at $250,000 after the robbery."),
    ("fine", "The robber was ordered to pay a fine of 5,000 euros."),
    ("damages", "The court ordered the hotel to pay €15 million to the insurer after the robbery."),
    ("damage", "The fire caused $20,000 in damage to the shop."),
    ("sales", "The chain had sales of $1.5 billion last year."),
    ("per-year", "Robberies cost the trade $80 million a year."),
    ("house", "The robbers lived in a $2 million house."),
    ("tourism", "The city lost nearly $1 billion in tourism revenue after the robberies."),
]


def _loot(*told: str, kind: str = "robbery", trigger: str = "") -> list[tuple[str, str, float]]:
    document, scene = tell_goods(*(told if len(told) > 1 else ("News", *told)), kind=kind, trigger=trigger)
    text = document.report.text
    drafts = sorted(claim_loot(document, scene), key=lambda d: (-d.score, d.start))
    return [(d.field, text[d.start : d.end], d.score) for d in drafts]


def check_case(case: dict[str, str]) -> None:
    found = _loot(case["text"])
    for field in ("loot", "recovered"):
        assert next((words for name, words, _ in found if name == field), "") == case[field]


@pytest.mark.parametrize("case", CASES, ids=[c["text"][:50] for c in CASES])
def test_case(case: dict[str, str]) -> None:
    if any(case["text"].startswith(head) for head in KNOWN):
        with pytest.raises(AssertionError):
            check_case(case)
    else:
        check_case(case)


def test_every_known_failure_has_its_row() -> None:
    assert all(any(case["text"].startswith(head) for case in CASES) for head in KNOWN)


@pytest.mark.parametrize(("text", "amount"), [c[1:] for c in STOLEN], ids=[c[0] for c in STOLEN])
def test_stolen(text: str, amount: str) -> None:
    assert [(field, words) for field, words, _ in _loot(text)] == [("loot", amount)]


@pytest.mark.parametrize("text", [c[1] for c in OTHER], ids=[c[0] for c in OTHER])
def test_other_money_is_no_loot(text: str) -> None:
    assert _loot(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Police recovered jewels worth €1 million in a garage.",
        "Watches worth €1 million were found in a drain.",
        "Gems worth €1 million have been recovered.",
    ],
)
def test_recovered(text: str) -> None:
    assert [(field, words) for field, words, _ in _loot(text)] == [("recovered", "€1 million")]


def test_never_recovered_is_loot() -> None:
    assert _loot("The jewels worth €1 million were never recovered.")[0][0] == "loot"


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("They took $10 million in jewellery, a $4 million ring included.", "$10 million"),
        ("Thieves stole £14m, including a £2m necklace.", "£14m"),
        ("The loss is put at €15 million, up from €1 million.", "€15 million"),
        ("Insured for 9 million euros, the stolen gems are worth 6 million euros.", "6 million euros"),
    ],
)
def test_total_beats_part_and_doubt(text: str, best: str) -> None:
    assert _loot(text)[0][1] == best


def test_body_beats_headline() -> None:
    found = _loot("$20m of gems stolen from Harrow", "Masked men took gems worth 17.5 million euros ($20 million), police said.")
    assert [words for _, words, _ in found] == ["17.5 million euros", "$20m"]


def test_headline_amount_counts() -> None:
    assert _loot("£3m gems raid at Harrow", "Nobody was hurt.")[0][1] == "£3m"


def test_joint_sum_scores_low() -> None:
    joint = _loot("More than $113 million in jewels went missing over the two heists.")
    single = _loot("More than $113 million in jewels went missing in the heist.")
    assert joint[0][2] < 0.5 * single[0][2]


def test_earlier_incident_scores_low() -> None:
    found = _loot(
        "Gang raids Harrow",
        "Robbers took jewels worth €5 million from Harrow on Monday. In 2008 thieves stole €80 million from the same shop.",
        trigger="Robbers took",
    )
    assert found[0][1] == "€5 million"
    assert found[1][2] < found[0][2]


def test_no_loot_without_theft() -> None:
    assert _loot("A man was shot outside a $2 million club.", kind="shooting") == []


@given(st.text(alphabet="ab $€5,.(%)million sto lenrwd\n", max_size=120))
def test_scores_stay_in_range(text: str) -> None:
    document, scene = tell_goods("T " + text)
    for draft in claim_loot(document, scene):
        assert 0 < draft.score <= 1
        assert 0 <= draft.start < draft.end <= len(document.report.text)
