"""Sentences are stretches of the text: nothing lost, nothing moved, split where a reader would split."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.extract.sentences import split_sentences

CASES = [
    ("two", "He ran. She stayed.", ["He ran.", "She stayed."]),
    ("title of a person", "Sgt. Ada Voss spoke. Dr. Finn left.", ["Sgt. Ada Voss spoke.", "Dr. Finn left."]),
    (
        "initials",
        "John F. Harker and J. B. Lund were held. Both deny it.",
        ["John F. Harker and J. B. Lund were held.", "Both deny it."],
    ),
    ("month and street", "On Jan. 4 he left St. Olave's. It rained.", ["On Jan. 4 he left St. Olave's.", "It rained."]),
    ("state", "A man from Akron, Ohio. He is 30.", ["A man from Akron, Ohio.", "He is 30."]),
    ("state cut short", "It was in Reno, Nev. on Monday.", ["It was in Reno, Nev. on Monday."]),
    ("hour before a weekday", "It began at 3 p.m. Monday. All left.", ["It began at 3 p.m. Monday.", "All left."]),
    ("hour at the end", "It began at 3 p.m. Police came at once.", ["It began at 3 p.m.", "Police came at once."]),
    ("hour before a month", "It began at 9 a.m. Sept. 3 in Leeds.", ["It began at 9 a.m. Sept. 3 in Leeds."]),
    ("quote", "“We are safe.” He smiled.", ["“We are safe.”", "He smiled."]),
    ("quote opens the next", 'He ran. "Stop!" she said.', ["He ran.", '"Stop!" she said.']),
    ("question and shout", "Who did it? Nobody knows! Yet.", ["Who did it?", "Nobody knows!", "Yet."]),
    (
        "money and decimals",
        "It cost $3.5 million. The U.S. Embassy paid 1.2 percent.",
        ["It cost $3.5 million.", "The U.S. Embassy paid 1.2 percent."],
    ),
    ("headline", "Bank robbed in Cork\n\nTwo men robbed a bank.", ["Bank robbed in Cork", "Two men robbed a bank."]),
    ("list", "Wanted:\nA tall man\nA short man", ["Wanted:", "A tall man", "A short man"]),
    (
        "wrapped line",
        "The men who took the bronze hare from the square in front of the town\nhall were seen by a baker.",
        ["The men who took the bronze hare from the square in front of the town\nhall were seen by a baker."],
    ),
    ("digits after a stop", "He fled. 12 officers followed.", ["He fled.", "12 officers followed."]),
    ("dots", "He waited… Then he ran.", ["He waited…", "Then he ran."]),
    ("company", "Harding Inc. of Leeds paid. Voss & Co. did not.", ["Harding Inc. of Leeds paid.", "Voss & Co. did not."]),
    ("empty", "", []),
    ("blank", " \n\n ", []),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_split(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == expected


@given(st.text(max_size=300) | st.text(alphabet=st.sampled_from('aA .!?\n"”’)p.m1Mr'), max_size=300))
def test_nothing_is_lost(text: str) -> None:
    bounds = list(split_sentences(text))
    last = 0
    for start, end in bounds:
        assert last <= start < end <= len(text)
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip()
        last = end
    assert not text[last:].strip()


@pytest.mark.parametrize(
    "piece", ["He ran. ", "a", ".", "... ", "\n", "p.m. ", "J. ", "word ", "“", "a.", "short line\n", "!\n \n"]
)
def test_linear_time(piece: str) -> None:
    def seconds(times: int) -> float:
        start = time.process_time()
        for _ in split_sentences(piece * times):
            pass
        return time.process_time() - start

    seconds(10)
    assert seconds(40_000) < 40 * max(seconds(4_000), 0.002)
