"""Copies of five planted kinds are found, templates are not, and order does not matter."""

import random
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsblotter.copies import group_copies
from newsblotter.copies.anchors import Texts, share_verbatim
from newsblotter.copies.folding import hash_words
from newsblotter.records import Report

VOCABULARY = [
    f"{onset}{vowel}{coda}" for onset in "bdfgklmnprstvz" for vowel in ("a", "e", "i", "o", "u", "ai") for coda in "lmnrstk"
]


def make_text(rng: random.Random, words: int = 240) -> list[str]:
    """An invented report: sentences of made-up words, in paragraphs."""
    return [rng.choice(VOCABULARY) for _ in range(words)]


def lay_out(words: list[str]) -> str:
    sentences = [" ".join(words[at : at + 15]).capitalize() + "." for at in range(0, len(words), 15)]
    return "\n\n".join(" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3))


def report(name: str, text: str, title: str = "", outlet: str | None = None, published: date | None = None) -> Report:
    return Report(name, name, None, outlet, title, text, "en", published)


def edit(rng: random.Random, words: list[str]) -> list[str]:
    """Change one word in fifty, as an editor does."""
    return [rng.choice(VOCABULARY) if at % 50 == 49 else word for at, word in enumerate(words)]


KINDS = {
    "recrawl": lambda rng, words: list(words),
    "cut": lambda rng, words: words[: len(words) * 2 // 5],
    "appended": lambda rng, words: words + make_text(rng, 60),
    "new-opening": lambda rng, words: make_text(rng, 40) + words[40:],
    "edited": edit,
}


@pytest.mark.parametrize("kind", KINDS)
def test_planted_copies_are_found(kind: str) -> None:
    rng = random.Random(7)
    originals = [make_text(rng) for _ in range(60)]
    reports = [report(f"a{at:03}", lay_out(words)) for at, words in enumerate(originals)]
    reports += [report(f"b{at:03}", lay_out(KINDS[kind](rng, words))) for at, words in enumerate(originals)]
    found = [group.report_ids for group in group_copies(reports)]
    assert found == [(f"a{at:03}", f"b{at:03}") for at in range(60)]


def test_texts_that_share_a_frame_are_no_copies() -> None:
    rng = random.Random(3)
    frame = lay_out(make_text(rng, 300))
    reports = [report(f"r{at}", f"{lay_out(make_text(rng, 120))}\n\n{frame}", f"title {at}", "gazette.example") for at in range(12)]
    assert group_copies(reports) == ()


def test_pages_that_hold_nothing_but_a_form_are_no_copies() -> None:
    rng = random.Random(5)
    form = lay_out(make_text(rng, 80))
    titles = [" ".join(make_text(rng, 6)) for _ in range(10)]
    reports = [report(f"r{at}", form, titles[at], "gazette.example", date(2020, 1 + at, 3)) for at in range(10)]
    assert group_copies(reports) == ()


def test_a_daily_column_with_a_day_in_its_title_is_no_copy() -> None:
    rng = random.Random(9)
    shared = make_text(rng, 120)
    reports = [report(day, lay_out(shared + make_text(rng, 60)), f"Police log for {day}") for day in ("March 3", "April 11")]
    assert group_copies(reports) == ()


def test_short_texts_must_be_nearly_identical() -> None:
    rng = random.Random(11)
    words = make_text(rng, 40)
    half = words[:22] + make_text(rng, 18)
    assert group_copies([report("a", lay_out(words)), report("b", lay_out(half))]) == ()
    same = group_copies([report("a", lay_out(words)), report("b", lay_out(words).upper())])
    assert [group.report_ids for group in same] == [("a", "b")]


def test_one_brief_inside_two_reports_does_not_chain_them() -> None:
    rng = random.Random(13)
    brief = make_text(rng, 80)
    texts = {"one": brief + make_text(rng, 300), "two": make_text(rng, 300) + brief, "brief": brief}
    found = group_copies([report(name, lay_out(words)) for name, words in texts.items()])
    assert all({"one", "two"} - set(group.report_ids) for group in found)


def test_the_lead_is_the_fullest_then_the_earliest() -> None:
    rng = random.Random(17)
    words = make_text(rng, 200)
    full = lay_out(words)
    reports = [
        report("a", lay_out(words[:120]), published=date(2020, 1, 1)),
        report("b", full, published=date(2020, 1, 3)),
        report("c", full, published=date(2020, 1, 2)),
    ]
    (group,) = group_copies(reports)
    assert group.lead_id == "c"


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(rng: random.Random) -> None:
    made = random.Random(19)
    originals = [make_text(made, 150) for _ in range(6)]
    reports = [
        report(f"{kind}{at}", lay_out(KINDS[kind](made, words))) for at, words in enumerate(originals) for kind in sorted(KINDS)
    ]
    expected = group_copies(reports)
    assert group_copies(rng.sample(reports, len(reports))) == expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("The gang’s “haul” – worth €3m", 'the gangs "haul" - worth €3m', id="quotes-and-case"),
        pytest.param("Fire out pic.twitter.com/Ab3dE says", "Fire out says", id="link"),
        pytest.param("Fire out https://t.example/x?y=1 says", "fire, out: says", id="address-and-punctuation"),
    ],
)
def test_folding(left: str, right: str) -> None:
    folded = hash_words([left, right])
    assert folded[0].tolist() == folded[1].tolist()
    assert len(folded[0])


def test_share_verbatim_counts_words_in_long_runs() -> None:
    words = [f"w{at}" for at in range(100)]
    whole, half, few = hash_words([" ".join(words), " ".join(words[:50] + [f"x{at}" for at in range(50)]), " ".join(words[:10])])
    lengths = np.array([len(whole), len(half), len(few)])
    texts = Texts(np.concatenate([whole, half, few]), np.cumsum(lengths) - lengths, lengths)
    shares = share_verbatim(texts, np.array([1, 2]), np.array([0, 0]), np.array([20, 20]))
    assert shares.tolist() == [0.5, 0.0]


def test_nothing_in_nothing_out() -> None:
    assert group_copies([]) == ()
    assert group_copies([report("a", ""), report("b", "")]) == ()
