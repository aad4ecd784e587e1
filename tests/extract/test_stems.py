"""A text without any of a pattern's stems never matches the pattern."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.extract.stems import LEAST_LETTERS, stems_of
from newsblotter.lexicon import load_lexicon
from newsblotter.taxonomy import load_taxonomy

CASES = [
    ("robbed", {"robbed"}),
    ("(?:motor-?bikes?|two-?wheelers?)", {"motor", "wheeler"}),
    ("hold-?ups?", {"hold"}),
    ("shots? fired", {"fired"}),
    ("(?:a|the) bank", {"bank"}),
    (r"\w+ed", None),
    ("ab", None),
    ("(?:bank)?rob", {"rob"}),
    ("bank{0,2}s", {"ban"}),
    ("x|bank", None),
    ("gun(?!fire)", {"gun"}),
]


@pytest.mark.parametrize(("pattern", "expected"), CASES, ids=[case[0] for case in CASES])
def test_stems(pattern: str, expected: set[str] | None) -> None:
    found = stems_of(pattern)
    assert found == (None if expected is None else frozenset(expected))


def patterns() -> list[str]:
    taxonomy = load_taxonomy()
    cues = [p for kind in taxonomy.types.values() for group in kind.cues.values() for p in group]
    terms = [p for vocabulary in taxonomy.vocabularies.values() for group in vocabulary.terms.values() for p in group]
    marks = [p for name, group in load_lexicon("cues").items() if name != "outcome" for p in group]
    return cues + terms + marks


@pytest.mark.parametrize("pattern", patterns())
def test_packaged_patterns_are_sound(pattern: str) -> None:
    re.compile(pattern)
    assert not pattern.endswith(" "), "a blank at the end is followed by a word, and words may not follow a cue"
    stems = stems_of(pattern)
    assert stems is None or (stems and all(len(stem) >= LEAST_LETTERS and stem == stem.lower() for stem in stems))


SAMPLED = sorted({p for p in patterns() if "(?<" not in p and "(?=" not in p and "(?!" not in p})


@given(st.sampled_from(SAMPLED).flatmap(lambda p: st.tuples(st.just(p), st.from_regex(re.compile(p, re.ASCII), fullmatch=True))))
def test_a_match_holds_a_stem(case: tuple[str, str]) -> None:
    pattern, words = case
    stems = stems_of(pattern)
    assert stems is None or any(stem in words.lower() for stem in stems)
