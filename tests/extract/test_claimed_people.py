"""Victims, suspects and the steps of the law, as scenes of invented reports tell them."""

from __future__ import annotations

import pytest
from told import tell

from newsblotter.extract.people import claim_outcomes, claim_people
from newsblotter.records import Outcome, Person

CASES = [
    ("Tomas Verrin, 31, was arrested.", ("Tomas Verrin", 31, "suspect", ("arrested",))),
    ("Lena Ortov, 22, was fatally shot.", ("Lena Ortov", 22, "victim", ("killed",))),
    ("The victim was identified as Lena Ortov, 22.", ("Lena Ortov", 22, "victim", ())),
    ("Police identified the suspect as Tomas Verrin.", ("Tomas Verrin", None, "suspect", ())),
    ("Lena Ortov was shot in the leg.", ("Lena Ortov", None, "victim", ("injured",))),
    ("Tomas Verrin shot a man outside the bar.", ("Tomas Verrin", None, "suspect", ())),
    (
        "Tomas Verrin was charged with murder. Verrin was sentenced in May.",
        ("Tomas Verrin", None, "suspect", ("charged", "sentenced")),
    ),
    (
        "Tomas Verrin, 31, shot and killed his wife, Lena Verrin, 30, before turning the gun on himself, police said.",
        ("Tomas Verrin", 31, "suspect", ()),
    ),
    (
        "Tomas Verrin, 31, shot and killed his wife, Lena Verrin, 30, before turning the gun on himself, police said.",
        ("Lena Verrin", 30, "victim", ("killed",)),
    ),
    ("A 16-year-old boy was wounded.", (None, 16, "victim", ("injured",))),
]


@pytest.mark.parametrize(("body", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_person_of_a_scene(body: str, expected: tuple[str | None, int | None, str, tuple[str, ...]]) -> None:
    people = [d.value for d in claim_people(*tell("Larkham case", body))]
    assert Person(*expected) in people


def test_the_quote_holds_name_and_age() -> None:
    document, scene = tell("Larkham case", "Police arrested Tomas Verrin, 31, on Monday.")
    (draft,) = claim_people(document, scene)
    assert document.report.text[draft.start : draft.end] == "Tomas Verrin, 31"


def test_who_shot_himself_by_accident_is_no_suspect() -> None:
    body = "Tomas Verrin, 5, was wounded when he accidentally shot himself. Lena Ortov, 30, was shot in 2008."
    people = [d.value for d in claim_people(*tell("Larkham boy hurt", body))]
    assert ("Tomas Verrin", "victim") in [(p.name, p.role) for p in people if isinstance(p, Person)]


def test_officials_are_not_claimed() -> None:
    assert list(claim_people(*tell("Larkham case", "Sgt. Paula Reiner was injured last year, she said."))) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Two men have been arrested.", "arrest"),
        ("Eight men were convicted.", "conviction"),
        ("Tomas Verrin was sentenced to nine years.", "sentence"),
        ("Two men were charged with robbery.", "charge"),
        ("Eight men went on trial on Tuesday.", "trial"),
        ("Most of the jewels were later recovered.", "recovery"),
        ("Two paintings by Joost Vermeulen that were stolen from the museum in 2019 have been recovered in a flat.", "recovery"),
        ("Stolen paintings returned to museum.", "recovery"),
        ("The stolen violin was found at a house in Leeds.", "recovery"),
        ("Divers have recovered the goblet that was stolen from the cathedral.", "recovery"),
    ],
)
def test_steps_of_the_law(body: str, kind: str) -> None:
    outcomes = [d.value for d in claim_outcomes(*tell("Larkham case", body))]
    assert kind in [value.kind for value in outcomes if isinstance(value, Outcome)]


@pytest.mark.parametrize(
    "body",
    [
        "The jewels have not been recovered.",
        "None of the coins, worth 600,000 francs, has been recovered.",
        "The watches were never recovered.",
        "The stolen getaway car was found burned out near the river.",
        "Officers hope that the stolen paintings will be returned.",
    ],
)
def test_what_did_not_come_back_is_no_recovery(body: str) -> None:
    assert [
        d for d in claim_outcomes(*tell("Larkham case", body)) if isinstance(d.value, Outcome) and d.value.kind == "recovery"
    ] == []


def test_nobody_arrested_is_no_outcome() -> None:
    assert list(claim_outcomes(*tell("Larkham case", "No one has been arrested."))) == []
