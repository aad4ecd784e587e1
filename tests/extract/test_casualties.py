"""Killed and injured, as scenes of invented reports tell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import best, tell

from newsblotter.extract.casualties import claim_casualties

# title, body, killed, injured; a number is (low, high)
CASES = [
    ("Two people were killed in Larkham", "", (2, 2), None),
    ("Raid on van", "The attackers opened fire, killing at least two prison officers.", (2, None), None),
    ("Gunfire in Harwick", "It left one dead and three wounded.", (1, 1), (3, 3)),
    ("1 dead, 2 hurt in Larkham", "", (1, 1), (2, 2)),
    ("Teen shot", "The 19-year-old died at hospital.", (1, 1), None),
    ("Man found dead", "A man was found dead in a ditch.", (1, 1), None),
    ("Woman shot", "A woman was fatally shot on Calder Street.", (1, 1), None),
    ("Clerk shot", "A clerk was shot and killed by a robber.", (1, 1), None),
    ("Man shot", "A man is in critical condition after a shooting.", None, (1, 1)),
    ("Shooting", "A 30-year-old man was shot in the leg.", None, (1, 1)),
    ("Shooting", "Seven men were shot outside a bar.", None, (7, 7)),
    ("Robbery", "No one was injured.", None, (0, 0)),
    ("Robbery", "The clerk was unharmed.", None, (0, 0)),
    ("Robbery", "No injuries were reported.", None, (0, 0)),
    ("Robbery", "Nobody was hurt, police said.", None, (0, 0)),
    ("Shooting", "Two men were shot. One died and the other is in serious condition.", (1, 1), (1, 1)),
    ("Crash", "Three people, including a girl, were injured.", None, (3, 3)),
    ("Attack", "A trader lost his life in the attack.", (1, 1), None),
    ("Attack", "The farmer succumbed to his injuries on Friday.", (1, 1), None),
    ("Attack", "Four herders were hacked to death by bandits.", (4, 4), None),
    ("Attack", "Three guards sustained gunshot injuries.", None, (3, 3)),
    ("Attack", "Two soldiers were gunned down at a checkpoint.", (2, 2), None),
    ("Find", "Three bodies were found in a cellar.", (3, 3), None),
    ("Blaze", "The death toll rose to 12 on Sunday.", (12, 12), None),
    ("Double homicide in Larkham", "Detectives are at the scene.", (2, 2), None),
    ("Robber dies", "The owner shot and killed a robber.", (1, 1), None),
    ("Threat", "He threatened to kill two officers.", None, None),
    ("Plot", "They planned to kill a judge.", None, None),
    ("Shooting", "The victim, 22-year-old Lena Ortov, died at the scene.", (1, 1), None),
    ("Shooting", "Lena Ortov, 22, and Peter Olsen, 67, were killed.", (2, 2), None),
    ("Shooting", "A man accused of hurting two relatives has been killed.", (1, 1), (2, 2)),
    ("Quiet day", "The shop opened at nine.", None, None),
]


@pytest.mark.parametrize(("title", "body", "killed", "injured"), CASES, ids=[f"{c[0]}: {c[1]}"[:60] for c in CASES])
def test_numbers_of_a_scene(
    title: str, body: str, killed: tuple[int, int | None] | None, injured: tuple[int, int | None] | None
) -> None:
    told = tell(title, body)
    assert best(claim_casualties, told, "killed") == killed
    assert best(claim_casualties, told, "injured") == injured


def test_the_quote_of_nobody_is_its_words() -> None:
    document, scene = tell("Robbery", "No one was hurt.")
    (draft,) = claim_casualties(document, scene)
    assert document.report.text[draft.start : draft.end] == "No one"


def test_unreadable_sentences_give_nothing() -> None:
    document, scene = tell("Robbery", "Two men were killed.")
    scene = type(scene)(scene.type, scene.role, scene.reality, scene.trigger, (0,))
    assert list(claim_casualties(document, scene)) == []


@given(st.text(max_size=200))
def test_quotes_lie_within_the_text(body: str) -> None:
    document, scene = tell("Two men killed", body)
    for draft in claim_casualties(document, scene):
        assert 0 <= draft.start < draft.end <= len(document.report.text)
