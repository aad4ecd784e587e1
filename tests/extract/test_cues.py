"""Words that evoke an incident, and words that only look so."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.extract.cues import PLURAL_STRENGTH, STRENGTHS, CueFinder, PatternSet, compile_cues, load_markers
from newsblotter.taxonomy import load_taxonomy

FINDER = CueFinder(load_taxonomy())

FOUND = [
    ("Two men robbed a bank.", "robbery", "robbed"),
    ("The gang held up a bookmaker's.", "robbery", None),
    ("She was threatened by a man at knifepoint.", "robbery", None),
    ("Dacoits looted the house.", "robbery", "Dacoits"),
    ("He was shot in the arm.", "shooting", None),
    ("Someone opened fire on the queue.", "shooting", "opened fire"),
    ("A gas explosion wrecked a house.", "accident", "gas explosion"),
    ("He is charged with attempted murder.", "assault", "attempted murder"),
    ("Burglars tunnelled into the vault.", "burglary", "tunnelled into the vault"),
    ("Pickpockets took a purse.", "theft", "Pickpockets took"),
    ("The van was set alight.", "arson", None),
    ("Gunmen stormed the police station.", "attack", None),
    ("Three inmates escaped from a county jail.", "escape", "escaped from a county jail"),
    ("She was duped by a con man.", "fraud", "duped"),
    ("A letter bomb went off.", "bombing", "letter bomb"),
    ("The twins were abducted.", "kidnapping", "abducted"),
    ("The mural was vandalised.", "other_crime", "vandalised"),
    ("A fire gutted the mill.", "accident", None),
]
NOTHING = [
    "Robbery detectives asked for help.",
    "The homicide unit moved offices.",
    "Models came for a photo shoot.",
    "The shooting guard hit two threes.",
    "She had a heart attack.",
    "It was daylight robbery, drivers said.",
    "The bear stole the show.",
    "The fraud squad has a new head.",
    "The goalkeeper was robbed of a win.",
    "The bomb squad held an open day.",
    "Warning shots came from the union.",
    "He carried an assault rifle.",
    "Identical mug shots hung on the wall.",
    "The club fired its coach.",
    "Bombers beat Eagles.",
    "The stock market crash hurt savers.",
    "An escape room opened.",
]


@pytest.mark.parametrize(("text", "type_", "words"), FOUND, ids=[case[0] for case in FOUND])
def test_finds(text: str, type_: str, words: str | None) -> None:
    found = [text[c.start : c.end] for c in FINDER.find(text) if c.type == type_]
    assert found
    assert words is None or words in found


@pytest.mark.parametrize("text", NOTHING)
def test_finds_no_deed(text: str) -> None:
    told = [(c.type, text[c.start : c.end]) for c in FINDER.find(text) if c.strength > STRENGTHS["weak"] and c.type != "fraud"]
    assert told == []


RAIDS = [
    ("Police officers raided the homes of dealers.", False),
    ("Detectives carried out raids on a flat.", False),
    ("Masked men staged a raid on a jeweller.", True),
]


@pytest.mark.parametrize(("text", "expected"), RAIDS, ids=[case[0] for case in RAIDS])
def test_a_police_raid_is_no_taking(text: str, expected: bool) -> None:
    assert any(c.group == "taking" for c in FINDER.find(text)) is expected


def test_bare_plural_is_weaker() -> None:
    (one,) = (c for c in FINDER.find("a robbery in Leeds") if c.type == "robbery")
    (many,) = (c for c in FINDER.find("robberies in Leeds") if c.type == "robbery")
    assert (one.strength, many.strength) == (STRENGTHS["noun"], PLURAL_STRENGTH)


def test_cues_of_one_type_do_not_overlap() -> None:
    found = [
        c for c in FINDER.find("A fatal drive-by shooting: a man was shot dead, gunned down by gunmen.") if c.type == "shooting"
    ]
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.text(alphabet=st.sampled_from("robed shtnigu'-.\n"), max_size=120))
def test_any_text_is_searched(text: str) -> None:
    found = FINDER.find(text)
    assert all(0 <= c.start < c.end <= len(text) and 0 < c.strength <= 1 for c in found)
    assert list(found) == sorted(found, key=lambda c: (c.start, -c.end, c.type))
    assert FINDER.find(text) == found


@pytest.mark.parametrize("words", ["robbed of a photo shoot heart attack ", "shot ", "the ", "aggravated assault rifle ", "fired "])
def test_linear_time(words: str) -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        FINDER.find(words * times)
        return time.process_time() - start

    seconds(10)
    assert seconds(8000) < 40 * max(seconds(800), 0.002)


def test_empty_list_matches_nothing() -> None:
    assert compile_cues([]).search("anything") is None
    assert PatternSet([]).find("anything", "anything") == []


def test_pattern_set_takes_the_longest() -> None:
    found = PatternSet(["bank", "bank robbery", "rob"]).find("a bank robbery", "a bank robbery")
    assert found == [(2, 14)]


MARKED = [
    ("attempted", "Two men tried to rob a shop.", True),
    ("attempted", "Police foil cash van heist.", True),
    ("attempted", "They robbed a shop.", False),
    ("planned", "They were plotting to kill the judge.", True),
    ("denied", "He made up the story.", True),
    ("hypothetical", "It was an active shooter drill.", True),
    ("completed", "They made off with watches.", True),
    ("completed", "They left with nothing.", False),
    ("generic", "There were 14 homicides last year, 3 percent fewer.", True),
    ("generic", "A 14-year-old was shot a year ago.", False),
    ("record", "He was convicted of robbery in 2009.", True),
    ("shift", "In a separate incident, a man was stabbed.", True),
    ("shift", "In the same street a man was stabbed.", False),
    ("any_outcome", "A man was arrested.", True),
]


@pytest.mark.parametrize(("name", "text", "expected"), MARKED, ids=[f"{case[0]}: {case[1]}" for case in MARKED])
def test_markers(name: str, text: str, expected: bool) -> None:
    marker = getattr(load_markers(), name)
    found = marker.stands_in(text, text.lower()) if isinstance(marker, PatternSet) else marker.search(text) is not None
    assert found is expected
