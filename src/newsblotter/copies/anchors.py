"""Words → anchors, by which texts with a common run of words meet; and how much of a text lies in such runs.

A text's anchors are hashes of some of its runs of eight words. Of every thirteen runs that begin one after another the one
with the lowest hash is taken, so two texts that share twenty words in a row share an anchor, wherever it stands in them.
Source: Winnowing: local algorithms for document fingerprinting, Schleimer, Wilkerson and Aiken, 2003, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from newsblotter.copies.folding import Flags, Hashes, Numbers, Shares, Words, hash_shingles, mix

SHINGLE_WORDS = 8  # five stand in too many texts by chance; with the window they make the twenty words of a verbatim run
WINDOW = 13
ALL_BELOW = 200  # texts of fewer words keep every shingle: their runs may be shorter than twenty words
ANCHOR_BITS = 40  # of a hash that tell anchors apart: among 70 million a text meets another by mistake once in a hundred
TEXT_BITS = 24
DENSITY = 2 / (WINDOW + 1)  # share of the shingles of a long text that become anchors
_FIRST_PAIR = np.uint64(0x517CC1B727220A95)  # far from any word's hash, so that no run and pair cancel out
_WORDS_AT_ONCE = 60_000  # of longer texts whose runs are compared at a time: their table stays in a processor's cache
ODD = np.uint64(0x9E3779B97F4A7C15)


def select_anchors(words: Words, lengths: Numbers) -> tuple[Hashes, Numbers]:
    """Anchors of texts that lie one after another in an array, with the number of the text that each is of; not sorted.

    Args:
        words: Word hashes of all texts.
        lengths: Words of each text.
    """
    hashes = hash_shingles(words, SHINGLE_WORDS)
    ends = np.cumsum(lengths)
    texts = np.arange(len(lengths))
    lowest = _find_lowest(hashes)
    at, counts = _pick_windows(lowest, ends, lengths)
    all_at, all_counts = _pick_all(ends, lengths)
    values = np.concatenate((lowest[at], hashes[all_at]))
    # the lowest of many hashes are all low: spread them again, so that any part of an anchor tells as much
    anchors: Hashes = (values * ODD) >> np.uint64(64 - ANCHOR_BITS)
    return anchors, np.concatenate((np.repeat(texts, counts), np.repeat(texts, all_counts)))


def _find_lowest(hashes: Hashes) -> Hashes:
    """The lowest hash of every window."""
    two = np.minimum(hashes[:-1], hashes[1:])
    four = np.minimum(two[:-2], two[2:])
    eight = np.minimum(four[:-4], four[4:])
    return np.minimum(eight[:-5], eight[5:])


def _pick_windows(lowest: Hashes, ends: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
    """Windows of the longer texts whose lowest hash is not that of the window before, and how many each text has."""
    new = np.ones(len(lowest), dtype=np.bool_)
    np.not_equal(lowest[1:], lowest[:-1], out=new[1:])
    begins = ends - lengths
    long = lengths >= ALL_BELOW
    new[begins[long]] = True
    at = np.flatnonzero(new)
    last = np.where(long, ends - (WINDOW + SHINGLE_WORDS - 2), begins)  # before it begins a text's last own window
    low, high = np.searchsorted(at, begins), np.searchsorted(at, last)
    counts = high - low
    total = int(counts.sum())
    return at[np.arange(total) + np.repeat(low - (np.cumsum(counts) - counts), counts)], counts


def _pick_all(ends: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
    """Every shingle of the shorter texts, and how many each text has."""
    counts = np.where(lengths < ALL_BELOW, np.maximum(lengths - (SHINGLE_WORDS - 1), 0), 0)
    total = int(counts.sum())
    return np.arange(total) + np.repeat(ends - lengths - (np.cumsum(counts) - counts), counts), counts


def pack_anchors(words: Words, lengths: Numbers, labels: Numbers) -> Hashes:
    """Anchors of texts that lie one after another, in no order: the anchor in the high bits, the label of its text in the low."""
    anchors, texts = select_anchors(words, lengths)
    packed: Hashes = (anchors << np.uint64(TEXT_BITS)) | labels.astype(np.uint64)[texts]
    return packed


# --- verbatim runs ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Texts:
    """The word hashes of texts in one array."""

    words: Words
    starts: Numbers  # of each text's words
    lengths: Numbers

    def get(self, numbers: Numbers) -> list[Words]:
        """The words of some texts."""
        starts = self.starts[numbers]
        ends = starts + self.lengths[numbers]
        return [self.words[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def share_verbatim(texts: Texts, shorter: Numbers, longer: Numbers, runs: Numbers) -> Shares:
    """Share of each shorter text's words that lie in runs of the longer one, 0..1.

    Args:
        texts: Those that the numbers are of.
        shorter: Texts of at least one word.
        longer: The text that each is held against.
        runs: How many words make a run, for each pair.
    """
    shares = np.zeros(len(shorter))
    for run_words in np.unique(runs).tolist():
        those = np.flatnonzero(runs == run_words)
        parts = np.cumsum(texts.lengths[longer[those]]) // _WORDS_AT_ONCE
        for part in np.split(those, np.flatnonzero(parts[1:] != parts[:-1]) + 1):
            shares[part] = _share_runs(texts.get(shorter[part]), texts.get(longer[part]), run_words)
    return shares


def _share_runs(shorter: Sequence[Words], longer: Sequence[Words], run_words: int) -> Shares:
    """The same for some pairs, with runs of one length."""
    keys = mix(np.arange(len(shorter), dtype=np.uint64) + _FIRST_PAIR)
    wanted, own, starts, ends = _hash_all_runs(shorter, run_words, keys)
    offered, theirs, *_ = _hash_all_runs(longer, run_words, keys)
    found = np.zeros(len(own), dtype=np.bool_)
    found[: len(wanted)] = own[: len(wanted)]
    found[: len(wanted)] &= _stand_among(wanted, offered[theirs[: len(offered)]])
    at = np.flatnonzero(found)
    edges = np.zeros(len(own) + 1, dtype=np.int32)
    edges[at] += 1
    edges[at + run_words] -= 1
    covered = np.cumsum(edges[:-1]) > 0
    shares: Shares = np.add.reduceat(covered, starts, dtype=np.float64) / (ends - starts)
    return shares


def _hash_all_runs(texts: Sequence[Words], run_words: int, keys: Hashes) -> tuple[Hashes, Flags, Numbers, Numbers]:
    """Every run of texts that lie one after another, hashed with its text's key; at which words a run of the same text
    begins; and where each text begins and ends."""
    lengths = np.array([len(words) for words in texts])
    ends = np.cumsum(lengths)
    starts = ends - lengths
    hashes = hash_shingles(np.concatenate(texts), run_words)
    hashes ^= np.repeat(keys, lengths)[: len(hashes)]
    inside = np.ones(int(ends[-1]), dtype=np.bool_)
    inside[np.maximum(ends[:, None] - np.arange(1, run_words + 1), starts[:, None])[:, : run_words - 1]] = False
    return hashes, inside, starts, ends


def _stand_among(wanted: Hashes, offered: Hashes) -> Flags:
    """Whether each wanted hash is among those offered: a hash table without chains, filled again with what found no room."""
    bits = max(8, int(2 * len(offered)).bit_length())
    shift = np.uint64(64 - bits)
    table = np.zeros(1 << bits, dtype=np.uint64)
    found = np.zeros(len(wanted), dtype=np.bool_)
    rest: Numbers | None = None
    while len(offered):
        slots = offered >> shift
        table[slots] = offered
        hit = table[wanted >> shift] == wanted
        if rest is None:
            found, rest = hit, np.flatnonzero(~hit)
        else:
            found[rest[hit]] = True
            rest = rest[~hit]
        offered = offered[table[slots] != offered] * ODD  # other places in the next turn
        wanted = wanted[~hit] * ODD
    return found
