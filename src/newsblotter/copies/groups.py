"""Which reports are one text: shared anchors propose, verbatim runs decide, and every copy is held against its group's lead.

    words → anchors → pairs that share some → share of the shorter text in verbatim runs → heads and their copies

Containment makes a cut copy as easy to find as a whole one; the runs tell copies from texts that only share a template.
Texts are taken from the fullest to the shortest: one that is a copy of a head before it joins the head that it is most
surely a copy of, any other becomes a head itself. So no group chains texts of which only the neighbours are alike, and the
outcome is the same in any order of input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from newsblotter.copies.anchors import DENSITY, TEXT_BITS, pack, select_anchors, share_verbatim
from newsblotter.copies.corpus import Corpus, sign
from newsblotter.copies.folding import Flags, Hashes, Numbers, Shares, hash_words
from newsblotter.errors import DataError
from newsblotter.lexicon import load_lexicon
from newsblotter.records import CopyGroup, Report, hash_id

TEXTS_MAX = (1 << TEXT_BITS) - 1  # in one grouping
_DATE = re.compile(r"\d[/.-]\d")
_NUMBER = re.compile(r"\d{1,9}")
_PART = 1 << 23  # anchors sorted at a time
_WORDS_AT_ONCE = 60_000  # of longer texts whose runs are compared at a time: their table stays in a processor's cache


@dataclass(frozen=True, slots=True)
class CopySettings:
    """When two texts count as copies. The defaults were chosen on heists look and planted copies."""

    crowd: int = 48  # an anchor in more texts than this pairs each with the fullest only, which keeps the cost linear
    min_shared: float = 0.1  # of the anchors that the shorter text has; a copy of 0.45 in shortest runs has 0.16
    run_words: int = 20  # a verbatim run counts from this length; templates and stock phrases are shorter
    short_run_words: int = 8  # the same for texts so short that a run of 20 words is much of them
    run_part: int = 8  # a run of this part of a short text counts, between the two
    min_share: float = 0.45  # of the shorter text, in verbatim runs: look's copies have 0.62 and more, its other pairs 0.27 at most
    short_words: int = 60  # texts under this many words must be nearly identical to be copies
    short_share: float = 0.85
    min_words: int = 12  # shorter texts say too little to be called copies
    far_days: int = 7  # published further apart, under titles with little in common: two texts in one frame
    far_share: float = 0.5  # needed of those; another headline and lede leave more, in all but the shortest texts
    frame_words: int = 300  # of a page without a text of its own, at most, where the other page has one
    title_share: float = 0.3  # of the shorter title's words, below which two titles have little in common
    told_share: float = 0.5  # of a title's words that the other text has; less, and the title is of another story
    own_words: int = 5  # beside its title, up to which a text says nothing of its own
    dated_share: float = 0.9  # like titles that name different days or numbers: a template unless this much is verbatim


# --- pairs ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts; the left one comes first in the order of leads."""

    left: Numbers
    right: Numbers
    weight: Shares  # anchors shared, or the share of the right text that is verbatim


def rank_texts(corpus: Corpus) -> Numbers:
    """Texts in the order in which they lead: the fullest first, then the earliest, then the lower id."""
    ids = np.array(corpus.ids)
    return np.lexsort((ids, corpus.days, -corpus.lengths))


def anchor_texts(corpus: Corpus, ranks: Numbers) -> Iterator[Hashes]:
    """Sorted anchors of every block, packed with the ranks of their texts."""
    for number, first in enumerate(corpus.first.tolist()):
        end = corpus.first[number + 1] if number + 1 < len(corpus.first) else len(corpus)
        lengths = corpus.lengths[first:end]
        anchors, texts = select_anchors(corpus.shelf[number][: int(lengths.sum())], lengths)
        yield pack(anchors, ranks[first:end][texts])


def part_anchors(blocks: Sequence[Hashes]) -> Iterator[Hashes]:
    """All anchors, sorted, a part of their range at a time."""
    blocks = [block for block in blocks if len(block)]
    count = -(-sum(map(len, blocks)) // _PART)
    limits = [np.uint64(((1 << 64) * at) // count) for at in range(1, count)]
    cuts = [np.concatenate(([0], np.searchsorted(block, limits), [len(block)])) for block in blocks]
    for at in range(count):
        part = np.concatenate([block[cut[at] : cut[at + 1]] for block, cut in zip(blocks, cuts, strict=True)])
        part.sort()
        yield part


def _pair_part(packed: Hashes, crowd: int) -> Hashes:
    """Codes (left and right in 32 bits each) of the texts that share an anchor, once for every anchor."""
    anchors = packed >> np.uint64(TEXT_BITS)
    same = anchors[1:] == anchors[:-1]
    shared = np.zeros(len(packed), dtype=np.bool_)
    shared[1:] = same
    shared[:-1] |= same
    rows = np.flatnonzero(shared)
    anchors, texts = anchors[rows], packed[rows] & np.uint64(TEXTS_MAX)
    if not len(rows):
        return texts
    starts = np.flatnonzero(np.concatenate(([True], anchors[1:] != anchors[:-1])))
    lengths = np.diff(np.concatenate((starts, [len(rows)])))
    left_over = np.repeat(starts + lengths, lengths) - np.arange(len(rows))  # of the run, this entry included
    crowded = np.repeat(lengths > crowd, lengths)
    first = np.repeat(texts[starts], lengths)
    star = crowded & (first != texts)
    codes = [(first[star] << np.uint64(32)) | texts[star]]
    open_rows = np.flatnonzero(~crowded & (left_over > 1))
    for step in range(1, crowd):
        if not len(open_rows):
            break
        codes.append((texts[open_rows] << np.uint64(32)) | texts[open_rows + step])
        open_rows = open_rows[left_over[open_rows] > step + 1]
    return np.concatenate(codes)


def _count(codes: Hashes, weights: Shares | None = None) -> tuple[Hashes, Shares]:
    """Different codes, sorted, and how often each stands there."""
    if weights is None:
        codes.sort()
    else:
        order = np.argsort(codes)
        codes, weights = codes[order], weights[order]
    if not len(codes):
        return codes, np.zeros(0)
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    if weights is None:
        return codes[starts], np.diff(np.concatenate((starts, [len(codes)]))).astype(np.float64)
    return codes[starts], np.add.reduceat(weights, starts)


def propose(blocks: Sequence[Hashes], lengths: Numbers, settings: CopySettings) -> Pairs:
    """Pairs of texts, by rank, that share enough anchors to be worth a look.

    Args:
        blocks: Anchors packed with ranks, each block sorted.
        lengths: Words of the texts, by rank.
        settings: How many anchors are enough.
    """
    counted = [_count(_pair_part(part, settings.crowd)) for part in part_anchors(blocks)]
    codes, shared = counted[0] if len(counted) == 1 else (np.empty(0, dtype=np.uint64), np.zeros(0))
    if len(counted) > 1:
        codes, shared = _count(np.concatenate([c for c, _ in counted]), np.concatenate([s for _, s in counted]))
    left, right = (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)
    enough = shared >= settings.min_shared * DENSITY * lengths[right]
    return Pairs(left[enough], right[enough], shared[enough])


def measure(corpus: Corpus, left: Numbers, right: Numbers, settings: CopySettings) -> Shares:
    """Share of each right text that stands in verbatim runs of the left one, the fuller, 0..1."""
    runs = np.clip(corpus.lengths[right] // settings.run_part, settings.short_run_words, settings.run_words)
    shares = np.zeros(len(left))
    for run_words in np.unique(runs).tolist():
        those = np.flatnonzero(runs == run_words)
        parts = np.cumsum(corpus.lengths[left[those]]) // _WORDS_AT_ONCE
        for part in np.split(those, np.flatnonzero(parts[1:] != parts[:-1]) + 1):
            shares[part] = share_verbatim(corpus.many_words(right[part]), corpus.many_words(left[part]), run_words)
    return shares


# --- titles -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _day_words() -> frozenset[int]:
    """Hashes of the words that name a day in a headline."""
    lexicon = load_lexicon("copies")
    named = {str(word) for word in (*lexicon["months"], *lexicon["weekdays"])} - {"may"}  # "may" is mostly the verb
    return frozenset(int(words[0]) for words in hash_words(sorted(named)))


@lru_cache(maxsize=100_000)
def _read_title(title: str) -> tuple[frozenset[int], frozenset[int]]:
    """A title's words; and, where it names a day, the words and numbers that tell which one."""
    words = frozenset(hash_words([title])[0].tolist())
    days = words & _day_words()
    if not days and not _DATE.search(title):
        return words, days
    numbers = hash_words([" ".join(_NUMBER.findall(title))])[0].tolist()
    return words, days.union(numbers)


def _differ(ours: frozenset[int], theirs: frozenset[int], share: float) -> bool:
    """Whether two titles have too little in common; one that is missing differs from none."""
    return bool(ours and theirs) and len(ours & theirs) < share * min(len(ours), len(theirs))


def _is_frame(corpus: Corpus, left: int, right: int, share: float, settings: CopySettings) -> bool:
    """Whether two texts under unlike titles tell neither story: a form, or a page whose text did not load.

    A real copy under another headline has words of both headlines in it; a frame has nothing beside its title.
    """
    ours, theirs = _read_title(corpus.titles[left])[0], _read_title(corpus.titles[right])[0]
    verbatim = share * corpus.lengths[right]
    apart = abs(int(corpus.days[left]) - int(corpus.days[right])) if corpus.is_dated(left) and corpus.is_dated(right) else 0
    if corpus.lengths[right] - verbatim > len(theirs) + settings.own_words:
        return False
    if corpus.lengths[left] - verbatim > len(ours) + settings.own_words and (
        apart <= settings.far_days or verbatim > settings.frame_words
    ):
        return False
    told = len(ours.intersection(corpus.words_of(right).tolist())) / len(ours)
    also = len(theirs.intersection(corpus.words_of(left).tolist())) / len(theirs)
    return max(told, also) < settings.told_share


def _are_copies(corpus: Corpus, left: int, right: int, share: float, settings: CopySettings) -> bool:
    """Whether so much verbatim is enough, by the length of the shorter text, the right one, and by what the titles say."""
    short = bool(corpus.lengths[right] < settings.short_words)
    needed = settings.short_share if short else settings.min_share
    if share < needed or corpus.titles[left] == corpus.titles[right]:
        return share >= needed
    (ours, our_days), (theirs, their_days) = _read_title(corpus.titles[left]), _read_title(corpus.titles[right])
    if not _differ(ours, theirs, settings.title_share):
        dated = our_days and their_days and not our_days & their_days
        needed = max(needed, settings.dated_share) if dated else needed
    else:
        if short or _is_frame(corpus, left, right, share, settings):
            return False
        if corpus.is_dated(left) and corpus.is_dated(right):
            far = abs(int(corpus.days[left]) - int(corpus.days[right])) > settings.far_days
            needed = max(needed, settings.far_share) if far else needed
    return share >= needed


def verify(corpus: Corpus, left: Numbers, right: Numbers, settings: CopySettings) -> tuple[Flags, Shares]:
    """Which pairs are copies, and the share of the right text that is verbatim; the left text leads."""
    long_enough = corpus.lengths[right] >= settings.min_words
    shares = np.zeros(len(left))
    shares[long_enough] = measure(corpus, left[long_enough], right[long_enough], settings)
    copies = shares >= min(settings.min_share, settings.short_share)
    for at in np.flatnonzero(copies).tolist():
        copies[at] = _are_copies(corpus, int(left[at]), int(right[at]), float(shares[at]), settings)
    return copies, shares


# --- groups -----------------------------------------------------------------------------------------------------------


def choose_heads(pairs: Pairs, lengths: Numbers) -> dict[int, int]:
    """Which head each copy joins, by rank; texts that are copies of none are not listed.

    Of several heads it is the one that holds most of the text, then the shortest, which tells least else, then the first.
    """
    order = np.lexsort((pairs.left, lengths[pairs.left], -pairs.weight, pairs.right))
    head_of: dict[int, int] = {}
    for left, right in zip(pairs.left[order].tolist(), pairs.right[order].tolist(), strict=True):
        if right not in head_of and left not in head_of:
            head_of[right] = left
    return head_of


def find_pairs(corpus: Corpus, settings: CopySettings) -> tuple[Pairs, Numbers, list[Hashes]]:
    """All copies in a corpus: pairs by rank, the text of each rank, and the anchors packed with ranks.

    Raises:
        DataError: There are more texts than anchors can tell apart.
    """
    if len(corpus) > TEXTS_MAX:
        raise DataError(f"{len(corpus):,} reports are more than can be grouped at once ({TEXTS_MAX:,}); build them in parts")
    by_rank = rank_texts(corpus)
    ranks = np.empty_like(by_rank)
    ranks[by_rank] = np.arange(len(by_rank))
    blocks = list(anchor_texts(corpus, ranks))
    proposed = propose(blocks, corpus.lengths[by_rank], settings)
    copies, shares = verify(corpus, by_rank[proposed.left], by_rank[proposed.right], settings)
    return Pairs(proposed.left[copies], proposed.right[copies], shares[copies]), by_rank, blocks


def make_groups(head_of: Iterable[tuple[str, str]]) -> tuple[CopyGroup, ...]:
    """Groups of copies and their heads, sorted by their first report's id.

    Args:
        head_of: Ids of a copy and of its head.
    """
    members: dict[str, list[str]] = {}
    for copy, head in head_of:
        members.setdefault(head, [head]).append(copy)
    groups = []
    for lead, ids in members.items():
        ordered = tuple(sorted(ids))
        groups.append(CopyGroup(hash_id("g", *ordered), ordered, lead))
    return tuple(sorted(groups, key=lambda group: group.report_ids))


def group_corpus(corpus: Corpus, settings: CopySettings) -> tuple[tuple[CopyGroup, ...], Numbers, list[Hashes]]:
    """The copy groups of a corpus whose furniture is stripped, with what ``find_pairs`` found on the way."""
    pairs, by_rank, blocks = find_pairs(corpus, settings)
    head_of = choose_heads(pairs, corpus.lengths[by_rank])
    name = corpus.ids.__getitem__
    at = by_rank.tolist()
    return make_groups((name(at[copy]), name(at[head])) for copy, head in head_of.items()), by_rank, blocks


def group_copies(reports: Iterable[Report], settings: CopySettings | None = None) -> tuple[CopyGroup, ...]:
    """Find the reports that are the same text: re-crawled, syndicated, cut, appended to or lightly edited.

    Args:
        reports: The whole corpus, read once; ids are unique.
        settings: When two texts count as copies; None for the defaults.

    Returns:
        Groups of two or more, disjoint, sorted by their first report's id, the same in any order of input. The lead is the
        fullest text; ties go to the earlier date, then to the lower id. Every member is a copy of its lead.

    Raises:
        DataError: There are more reports than can be grouped at once, about 16 million.
    """
    return group_corpus(sign(reports), settings or CopySettings())[0]
