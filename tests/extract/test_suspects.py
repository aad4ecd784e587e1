"""How many did it and how many are held, as scenes of invented reports tell it."""

from __future__ import annotations

import pytest
from told import best, tell

from newsblotter.extract.suspects import claim_suspects

SUSPECTS = [
    ("Three robbers emptied the shop.", (3, 3)),
    ("The shop was robbed by a gang of four.", (4, 4)),
    ("Two men on a motorbike snatched the bag.", (2, 2)),
    ("A lone gunman walked in.", (1, 1)),
    ("At least three persons were involved in the crime.", (3, None)),
    ("Three hooded thieves broke in.", (3, 3)),
    ("Four men armed with rifles burst into the bank.", (4, 4)),
    ("The raid was carried out by five men.", (5, 5)),
    ("Six customers were inside.", None),
    ("Two guards were tied up.", None),
    ("The thieves fled.", None),
]

ARRESTED = [
    ("A 24-year-old man was arrested on Monday.", (1, 1)),
    ("Two men have been arrested.", (2, 2)),
    ("Police captured one robber.", (1, 1)),
    ("The suspect is in custody.", (1, 1)),
    ("Four people have been arrested.", (4, 4)),
    ("One crook was cut down immediately and a second was captured. But a third thief got away.", (1, 1)),
    ("Police are hunting the robbers.", (0, 0)),
    ("No arrests have been made.", (0, 0)),
    ("The suspects remain at large.", (0, 0)),
    ("Police are looking for the shooter.", (0, 0)),
    ("Police are looking for the shooter. A second man was arrested.", (1, 1)),
    ("Tomas Verrin, 31, was taken into custody.", (1, 1)),
    ("Tomas Verrin, 31, and Marcus Delby, 40, were arrested.", (2, 2)),
    ("Tomas Verrin, who fled after two guards died, was arrested.", (1, 1)),
    ("Police arrested two Belgians.", (2, 2)),
    ("It rained.", None),
]


@pytest.mark.parametrize(("body", "expected"), SUSPECTS, ids=[case[0] for case in SUSPECTS])
def test_perpetrators(body: str, expected: tuple[int, int | None] | None) -> None:
    assert best(claim_suspects, tell("Shop hit", body), "suspects") == expected


@pytest.mark.parametrize(("body", "expected"), ARRESTED, ids=[case[0] for case in ARRESTED])
def test_those_held(body: str, expected: tuple[int, int | None] | None) -> None:
    assert best(claim_suspects, tell("Shop hit", body), "arrested") == expected


def test_several_counts_are_offered() -> None:
    drafts = [d for d in claim_suspects(*tell("Three robbers hit bank", "A gang of three fled.")) if d.field == "suspects"]
    assert len(drafts) == 2
