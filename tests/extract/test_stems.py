"""A text without any of a pattern's stems never matches the pattern."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.extract.cues import compile_cues
from newsblotter.extract.stems import LEAST_LETTERS, Alternation, Headed, StemIndex, fold, heads_of, stems_of
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
    ("(?P<size>double) (?:x|y)", {"double"}),
    ("(?<=masked )men", {"men"}),
    ("(?<=masked )m", None),
    ("(?i:police)", {"police"}),
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


HEADS = [
    ("robbed", {"robbed"}),
    ("(?:a )?bank", {"a ", "bank"}),
    ("(?:an? |the )?gun", {"a", "the ", "gun"}),
    ("gun(?:s|fire)?", {"gun"}),
    ("(?<!no )shots? fired", {"shot"}),
    (r"\b(?:(?:foo|ba[rz])s?)(?!\w)", {"foo", "ba"}),
    ("wom[ae]n", {"wom"}),
    ("hold-?ups?", {"hold"}),
    (r"\w+ed", None),
    ("(?:a|b)?", None),
    ("[ab]c", None),
    ("x?bank", None),
]


@pytest.mark.parametrize(("pattern", "expected"), HEADS, ids=[case[0] for case in HEADS])
def test_heads(pattern: str, expected: set[str] | None) -> None:
    found = heads_of(pattern)
    assert found == (None if expected is None else frozenset(expected))


# Texts out of the pieces that the patterns are made of, so that they meet, overlap and just miss.
PIECES = [
    "robbed",
    "rob",
    "bank",
    "bank robbery",
    "Bank",
    "shots fired",
    "shot",
    "a",
    "the",
    "gun",
    "guns",
    "held up",
    "İ",
    "-",
    "'",
]
TEXTS = st.lists(st.sampled_from([*PIECES, "ROBBERS", "unrobbed", "s", ".", "—"]), max_size=12).map(" ".join)
WRITTEN = [
    "rob(?:bed|bery|bers)?",
    "(?:a |the )?bank",
    "bank robbery",
    "shots? fired",
    r"\w+ up",
    "(?:a|the) gun",
    "guns?(?! fired)",
    r"[hs]\w+",
]


@given(TEXTS, st.integers(0, 30), st.integers(0, 60))
def test_an_alternation_finds_what_one_expression_would(text: str, start: int, end: int) -> None:
    several = Alternation([compile_cues([pattern]) for pattern in WRITTEN])
    one = compile_cues(WRITTEN)
    assert [m.span() for m in several.finditer(text)] == [m.span() for m in one.finditer(text)]
    assert [m.span() for m in several.finditer(text, start, end)] == [m.span() for m in one.finditer(text, start, end)]
    first, expected = several.search(text, start, end), one.search(text, start, end)
    assert (first and first.span()) == (expected and expected.span())


@given(TEXTS)
def test_a_headed_expression_finds_what_it_would_by_itself(text: str) -> None:
    for pattern in WRITTEN:
        compiled = compile_cues([pattern])
        found = Headed(compiled).find_all(text, text.lower())
        assert [m.span() for m in found] == [m.span() for m in compiled.finditer(text)]


@given(TEXTS)
def test_an_index_names_every_expression_that_matches(text: str) -> None:
    index = StemIndex(stems_of(pattern) for pattern in WRITTEN)
    for _ in range(2):  # the second time from memory
        met = index.find(text.lower())
        assert {number for number, pattern in enumerate(WRITTEN) if re.search(pattern, text.lower())} <= met
        held = {n for n, p in enumerate(WRITTEN) if (stems := stems_of(p)) is None or any(stem in text.lower() for stem in stems)}
        assert met == held


@given(st.text(alphabet="aIİıßſKΣς x1_", max_size=20))
def test_folding_keeps_offsets(text: str) -> None:
    assert len(fold(text)) == len(text)


SPEED = ["robbed of a bank ", "a ", "the shots fired up ", "gun guns "]


@pytest.mark.parametrize("words", SPEED)
def test_searching_is_linear(words: str) -> None:
    several = Alternation([compile_cues([pattern]) for pattern in WRITTEN])

    def seconds(times: int) -> float:
        start = time.process_time()
        list(several.finditer(words * times))
        return time.process_time() - start

    seconds(10)
    # the best of three: others use the machine too
    shorter, longer = (min(seconds(times) for _ in range(3)) for times in (800, 8000))
    assert longer < 40 * max(shorter, 0.002)
