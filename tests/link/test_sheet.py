"""Profiles put away and taken out again compare as before; reports laid out one by one are laid out as in a corpus."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from link_stories import CASTS, OSTRAVEN, START, day, make_mention, make_report

from newsblotter.link.compare import measure
from newsblotter.link.profile import Profile, build_profiles, lay_out
from newsblotter.link.sheet import count_lines, count_words, find_frame, from_sheet, to_sheet
from newsblotter.link.words import Rarity
from newsblotter.records import Count, Money, Person, Role, Value, When, Where

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
    again = [from_sheet(to_sheet(p), p.mention.id, p.mention.report_id, p.voice) for p in profiles]
    for left, old in zip(again, profiles, strict=True):
        for right in profiles:
            for value, expected in zip(measure(left, right), measure(old, right), strict=True):
                assert value == pytest.approx(expected, abs=2e-3) or (math.isnan(value) and math.isnan(expected))


def test_all_but_the_weights_and_the_claims_is_as_it_was_put_away(profiles: list[Profile]) -> None:
    for profile in (*profiles, rich_profile()):
        again = from_sheet(to_sheet(profile), profile.mention.id, profile.mention.report_id, profile.voice)
        for name in ("text", "names", "lead", "rare"):
            assert getattr(again, name) == pytest.approx(getattr(profile, name), abs=1e-4)
        kept = {name: getattr(profile, name) for name in ("text", "names", "lead", "rare")}
        assert replace(again, **kept) == replace(profile, mention=replace(profile.mention, claims=()))


def rich_profile() -> Profile:
    """A profile with something of everything."""
    facts: list[tuple[str, Value]] = [
        *(("date", when) for when in (day(), When(START, START + timedelta(6), "week"))),
        *(("place", place) for place in (OSTRAVEN, Where("Nowhere", None, None, None, None, "XX", "North", "town"))),
        *(
            ("people", Person(name, age, role))
            for name, age, role in (("Halvar Quist", 50, "victim"), ("Jarl Venn", None, "suspect"))
        ),
        *(("address", street) for street in ("14 Harbour Street", "1400 block of Kelp Lane")),
        *(("weapons", "machine gun"), ("tactics", "ram raid"), ("target", "Belmarque")),
        *(("killed", Count(1, 1)), ("injured", Count(2, None)), ("loot", Money(2e6, None, "EUR")), ("loot", Money(5.0, 9.5, None))),
    ]
    text = "Halvar Quist, 50, was robbed at the Belmarque, a 19-year-old said. " * 2
    report = replace(make_report("rich", text, START), url="https://www.ostravencourier.example/local/belmarque-robbed/a1.html")
    return build_profiles([make_mention(report, facts)], {report.id: report}, [])[0][0]


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
