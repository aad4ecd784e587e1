"""The compiled loops give what the plain ones give."""

import itertools
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsblotter.copies import anchors, folding, loops, pairing
from newsblotter.copies.corpus import load_openers
from newsblotter.copies.groups import group_copies
from newsblotter.records import Report

kernels = pytest.importorskip("newsblotter.copies.kernels", reason="needs numba", exc_type=ImportError)
pair_kernels = pytest.importorskip("newsblotter.copies.pair_kernels", reason="needs numba", exc_type=ImportError)

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
    labels = np.arange(len(lengths))[::-1]
    plain, fast = (pack(words, np.array(lengths), labels) for pack in (anchors.pack_anchors, pair_kernels.pack_anchors))
    assert sorted(plain.tolist()) == sorted(fast.tolist())


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.lists(st.sampled_from((0, 1, 2, 50, 3_000, 40_000)), max_size=4),
    st.sampled_from((1, 3, 40, 1_000, 1 << 40)),
    st.integers(1, 100),
)
def test_sorted_anchors(seed: int, sizes: list[int], different: int, texts: int) -> None:
    rng = np.random.default_rng(seed)
    names = rng.integers(0, 1 << 40, different, dtype=np.uint64) if different < 1 << 40 else None
    blocks = []
    for size in sizes:
        found = rng.integers(0, 1 << 40, size, dtype=np.uint64) if names is None else rng.choice(names, size)
        blocks.append((found << np.uint64(24)) | rng.integers(0, texts, size, dtype=np.uint64))
    expected = sorted({value for block in blocks for value in block.tolist()})
    assert pairing.sort_anchors(list(blocks)).tolist() == expected
    assert pair_kernels.sort_anchors(list(blocks)).tolist() == expected


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 40), st.integers(0, 1_500), st.integers(1, 50))
def test_proposed_pairs(seed: int, texts: int, different: int, size: int, crowd: int) -> None:
    rng = np.random.default_rng(seed)
    found = (rng.integers(0, different, size, dtype=np.uint64) << np.uint64(24)) | rng.integers(0, texts, size, dtype=np.uint64)
    packed, lengths = np.unique(found), np.sort(rng.integers(0, 400, texts))[::-1]
    bar = pairing.Bar(crowd, 0.05, 0.18 * anchors.DENSITY)
    plain, fast = (_list_pairs(propose(packed, lengths, bar)) for propose in (pairing.propose, pair_kernels.propose))
    assert plain == fast
    of: dict[int, list[int]] = {}
    for value in packed.tolist():
        of.setdefault(value >> 24, []).append(value & 0xFFFFFF)
    met = Counter(
        pair
        for ranks in of.values()
        for pair in (itertools.combinations(ranks, 2) if len(ranks) <= crowd else ((ranks[0], rank) for rank in ranks[1:]))
    )
    every = lengths < anchors.ALL_BELOW
    assert plain == sorted(
        (left, right, shared)
        for (left, right), shared in met.items()
        if shared >= (bar.short if every[left] else bar.long) * lengths[right]
    )


def _list_pairs(pairs: pairing.Pairs) -> list[tuple[int, int, float]]:
    return sorted(zip(pairs.left.tolist(), pairs.right.tolist(), pairs.weight.tolist(), strict=True))


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 10**6), st.integers(1, 20), st.lists(st.tuples(st.integers(1, 60), st.integers(1, 90)), min_size=1, max_size=6)
)
def test_verbatim_shares(seed: int, run_words: int, sizes: list[tuple[int, int]]) -> None:
    rng = np.random.default_rng(seed)
    lengths = np.array(sizes).ravel()
    texts = anchors.Texts(rng.integers(0, 2, lengths.sum(), dtype=np.uint32), np.cumsum(lengths) - lengths, lengths)
    shorter, runs = np.arange(0, len(lengths), 2), rng.integers(run_words, run_words + 2, len(sizes))
    plain, fast = (share(texts, shorter, shorter + 1, runs) for share in (anchors.share_verbatim, pair_kernels.share_verbatim))
    assert plain.tolist() == pytest.approx(fast.tolist())


def test_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(5)
    texts = [" ".join(str(rng.randrange(3000)) for _ in range(rng.choice((40, 150, 400)))) for _ in range(60)]
    texts += [text[: len(text) * 2 // 3] for text in texts[::2]]
    reports = [Report(f"r{at}", f"r{at}", None, None, "", text, "en", None) for at, text in enumerate(texts)]
    loops.load_compiled.cache_clear()
    assert loops.choose_loops(len(reports)) is loops.PLAIN
    plain = group_copies(reports)
    monkeypatch.setattr(loops, "COMPILED_FROM", 0)
    assert loops.choose_loops(1) is loops.load_compiled()
    assert group_copies(reports) == plain
    assert len(plain) >= 25
