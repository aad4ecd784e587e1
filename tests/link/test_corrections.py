"""An outlet takes back what it printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from link_stories import START, make_mention, make_report

from newsblotter.link.corrections import is_correction
from newsblotter.link.merge import merge
from newsblotter.records import Count, Incident, Role
from newsblotter.taxonomy import load_taxonomy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Correction: Harbour blast\n\nFour people were killed, not five.", True),
        ("Harbour blast kills four\n\nAn earlier version of this story misstated the number of dead.", True),
        ("Rectificatif : quatre morts au port\n\nQuatre personnes ont été tuées.", True),
        ("Four dead in harbour blast\n\nThis article has been amended to reflect the toll.", True),
        ("Corrections officer shot in Ostraven\n\nA corrections officer was shot on Monday.", False),
        ("Police correct course after raid\n\nAn earlier report by the auditor praised them.", False),
    ],
)
def test_what_is_a_correction(text: str, expected: bool) -> None:
    assert is_correction(make_report("r", text, START)) is expected


def build(outlets: tuple[str, str], correction: str) -> Incident:
    """Five dead, said one outlet; the next day another report says four."""
    texts = ("Five dead in harbour blast\n\nFive died.", correction)
    reports = {
        name: replace(make_report(name, text, START + timedelta(days=late)), outlet=outlet)
        for late, (name, text, outlet) in enumerate(zip("ab", texts, outlets, strict=True))
    }
    mentions = [
        make_mention(reports[name], [("killed", Count(dead, dead))], role=Role.MAIN, kind="bombing")
        for name, dead in (("a", 5), ("b", 4))
    ]
    return merge("nb1", mentions, reports, {"a": "a", "b": "b"}, load_taxonomy())


def test_a_correction_counts_before_what_it_corrects() -> None:
    corrected = build(("Courier", "Courier"), "Correction: blast\n\nFour people were killed, not five.")
    assert next(fact.value for fact in corrected.agreed if fact.field == "killed") == Count(4, 4)
    assert corrected.disputed == ()
    assert [(change.before, change.after) for change in corrected.history if change.field == "killed"] == [
        (Count(5, 5), Count(4, 4))
    ]
    assert "superseded" in corrected.standings.values()


@pytest.mark.parametrize(
    ("outlets", "text"),
    [
        (
            ("Courier", "Herald"),
            "Correction: blast\n\nFour people were killed, not five.",
        ),  # it corrects its own words, not another's
        (("Courier", "Courier"), "Four dead in blast\n\nFour people were killed."),
    ],
)
def test_other_lower_counts_correct_nothing(outlets: tuple[str, str], text: str) -> None:
    assert next(fact.value for fact in build(outlets, text).agreed if fact.field == "killed") == Count(5, 5)
