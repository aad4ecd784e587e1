"""The compiled loops give what the plain ones give."""

import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsblotter.copies import anchors, folding, loops
from newsblotter.copies.corpus import load_openers
from newsblotter.copies.groups import group_copies
from newsblotter.records import Report

kernels = pytest.importorskip("newsblotter.copies.kernels", reason="needs numba", exc_type=ImportError)

PIECES = (
    *("http://", "HTTPS://", "www.", "pic.twitter.com/a", "pic. twitter.com/b", "twitter.", "pic.", "://", ":", "/", "."),
    *(
        "e",
        "x",
        "Word",
        "a" * 150,
        "é" * 150,
        "'",
        "`",
        "’",
        "é",
        "É",
        "ß",
        "ẞ",
        "Ω",
        "\u2126",
        "東",
        "🔥",
        "\ud800",
        "\u00ad",
        "İ",
        "ﬁ",
    ),
    *(" ", " ", "\n", "\r", "\t", "\0", "\u00a0", "\u2028", "Sign up for our newsletter ", "Subscribe "),
)
TEXTS = st.lists(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), min_size=1, max_size=4)


@settings(max_examples=400, deadline=None)
@example(["seen: http://" + "é" * 300 + " x"])  # a link that is cut within a character
@given(st.one_of(TEXTS, st.lists(st.text(max_size=60), min_size=1, max_size=4)))
def test_folding(texts: list[str]) -> None:
    plain, fast = folding.fold_block(texts, load_openers()), kernels.fold_block(texts, load_openers())
    assert plain.texts == fast.texts
    for name in ("words", "line_words", "line_text", "line_hash", "lines_opened"):
        assert getattr(plain, name).tolist() == getattr(fast, name).tolist(), name


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 10**6),
    st.lists(st.sampled_from((0, 1, 7, 8, 20, 199, 200, 201, 500)), min_size=1, max_size=6),
    st.integers(1, 9),
)
def test_anchors(seed: int, lengths: list[int], vocabulary: int) -> None:
    words = np.random.default_rng(seed).integers(0, vocabulary, sum(lengths), dtype=np.uint32)
    plain, fast = (select(words, np.array(lengths)) for select in (anchors.select_anchors, kernels.select_anchors))
    assert anchors.pack(*plain).tolist() == anchors.pack(*fast).tolist()


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(1, 20), st.lists(st.tuples(st.integers(1, 60), st.integers(1, 90)), min_size=1, max_size=6)
)
def test_verbatim_shares(seed: int, run_words: int, sizes: list[tuple[int, int]]) -> None:
    rng = np.random.default_rng(seed)
    pairs = [tuple(rng.integers(0, 2, size, dtype=np.uint32) for size in both) for both in sizes]
    shorter, longer = [ours for ours, _ in pairs], [theirs for _, theirs in pairs]
    assert kernels.share_verbatim(shorter, longer, run_words).tolist() == pytest.approx(
        anchors.share_verbatim(shorter, longer, run_words).tolist()
    )


def test_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    texts = [" ".join(str(rng.randrange(3000)) for _ in range(rng.choice((40, 150, 400)))) for _ in range(60)]
    texts += [text[: len(text) * 2 // 3] for text in texts[::2]]
    reports = [Report(f"r{at}", f"r{at}", None, None, "", text, "en", None) for at, text in enumerate(texts)]
    plain = group_copies(reports)
    monkeypatch.setattr(loops, "COMPILED_FROM", 0)
    assert loops.choose_loops(1) is loops.load_compiled()
    assert group_copies(reports) == plain
    assert len(plain) >= 25
