"""Profiles put away and taken out again compare as before; reports laid out one by one are laid out as in a corpus."""

import math

import pytest
from link_stories import CASTS, START, day, make_mention, make_report

from newsblotter.link.compare import measure
from newsblotter.link.profile import Profile, build_profiles, lay_out
from newsblotter.link.sheet import count_lines, count_words, find_frame, from_sheet, to_sheet
from newsblotter.link.words import Rarity
from newsblotter.records import Person, Role

FRAME = "Sign up for the Ostraven Courier newsletter"
TEXTS = {
    "one": CASTS["ostraven"] + "\n" + FRAME,
    "two": CASTS["lindhavn"] + "\n" + FRAME,
    "three": "Halvar Quist spoke again of the Belmarque.\n" + FRAME + "\nIn another case Jarl Venn sought a driver of 44.",
}
REPORTS = {name: make_report(name, text, START, title=text[:20]) for name, text in TEXTS.items()}
MENTIONS = sorted(
    [
        make_mention(REPORTS["one"], [("date", day()), ("people", Person("Halvar Quist", 50))]),
        make_mention(REPORTS["two"], [("people", Person("Mirela Osk", 34))], kind="shooting"),
        make_mention(REPORTS["three"], [("people", Person("Halvar Quist"))]),
        make_mention(REPORTS["three"], kind="accident", role=Role.BACKGROUND, trigger=TEXTS["three"].index("In another")),
    ],
    key=lambda mention: mention.id,
)
VOICES = {name: name for name in REPORTS}


@pytest.fixture(scope="module")
def profiles() -> list[Profile]:
    return build_profiles(MENTIONS, REPORTS, [])[0]


def test_a_profile_taken_out_again_compares_as_before(profiles: list[Profile]) -> None:
    again = [from_sheet(to_sheet(p), p.mention, REPORTS[p.mention.report_id], p.voice) for p in profiles]
    for left, old in zip(again, profiles, strict=True):
        for right in profiles:
            for value, expected in zip(measure(left, right), measure(old, right), strict=True):
                assert value == pytest.approx(expected, abs=2e-3) or (math.isnan(value) and math.isnan(expected))


def test_laid_out_by_counts_as_in_the_corpus(profiles: list[Profile]) -> None:
    reports = list(REPORTS.values())
    frame = find_frame(reports, count_lines(reports, VOICES))
    assert frame == {FRAME}
    counts = count_words(reports, VOICES, frame)
    assert "newsletter" not in counts and counts["belmarque"] == 2
    assert lay_out(MENTIONS, REPORTS, VOICES, frame, Rarity.counted(counts, len(reports))) == profiles


def test_copies_are_counted_once() -> None:
    reports = list(REPORTS.values())
    one_voice = dict.fromkeys(REPORTS, "group")
    assert count_lines(reports, one_voice) and max(count_lines(reports, one_voice).values()) == 1
    assert max(count_words(reports, one_voice, frozenset()).values()) == 1
