"""Which reports are one text: shared anchors propose, verbatim runs decide, and every copy is held against its group's lead.

    words → anchors → pairs that share some → share of the shorter text in verbatim runs → heads and their copies

Containment makes a cut copy as easy to find as a whole one; the runs tell copies from texts that only share a template.
Texts are taken from the fullest to the shortest: one that is a copy of a head before it joins the head that it is most
surely a copy of, any other becomes a head itself. So no group chains texts of which only the neighbours are alike, and the
outcome is the same in any order of input.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from newsblotter.copies.anchors import DENSITY, Texts
from newsblotter.copies.corpus import Corpus, sign
from newsblotter.copies.folding import Flags, Hashes, Numbers, Shares, hash_words
from newsblotter.copies.loops import choose_loops
from newsblotter.copies.pairing import TEXTS_MAX, Bar, Pairs
from newsblotter.errors import DataError
from newsblotter.lexicon import load_lexicon
from newsblotter.records import CopyGroup, Report, hash_id

_DATE = re.compile(r"\d[/.-]\d")
_NUMBER = re.compile(r"\d{1,9}")
_WORDS_AT_ONCE = 50_000  # whose anchors are taken at a time: they stay in a processor's cache


@dataclass(frozen=True, slots=True)
class CopySettings:
    """When two texts count as copies. The defaults were chosen on heists look and planted copies."""

    crowd: int = 48  # an anchor in more texts than this pairs each with the fullest only, which keeps the cost linear
    min_shared: float = 0.18  # of the anchors that the shorter text should have; lower, chance meetings grow with the corpus
    min_shared_short: float = 0.05  # of the shingles, where both texts keep all; a copy of 0.45 in runs of eight words has 0.056
    run_words: int = 16  # a verbatim run counts from this length; stock phrases are shorter, what two edits leave whole longer
    short_run_words: int = 8  # the same for texts so short that such a run is much of them
    run_part: int = 8  # a run of this part of a short text counts, between the two
    min_share: float = 0.45  # of the shorter text, in verbatim runs: look's copies have 0.58 and more, its other pairs 0.14 at most
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

    @property
    def bar(self) -> Bar:
        """How many shared anchors make two texts worth a look."""
        return Bar(self.crowd, self.min_shared_short, self.min_shared * DENSITY)


# --- pairs ------------------------------------------------------------------------------------------------------------


def rank_texts(corpus: Corpus) -> Numbers:
    """Texts in the order in which they lead: the fullest first, then the earliest, then the lower id."""
    ids = np.array(corpus.ids)
    return np.lexsort((ids, corpus.days, -corpus.lengths))


def anchor_texts(corpus: Corpus, ranks: Numbers) -> Hashes:
    """All anchors, packed with the ranks of their texts; sorted."""
    loops = choose_loops(len(corpus))
    ends = np.cumsum(corpus.lengths)
    blocks, first, begin = [], 0, 0
    while first < len(ends):
        last = max(first + 1, int(np.searchsorted(ends, begin + _WORDS_AT_ONCE)))
        end = int(ends[last - 1])
        blocks.append(loops.pack_anchors(corpus.words[begin:end], corpus.lengths[first:last], ranks[first:last]))
        first, begin = last, end
    return loops.sort_anchors(blocks)


def measure(corpus: Corpus, left: Numbers, right: Numbers, settings: CopySettings) -> Shares:
    """Share of each right text that stands in verbatim runs of the left one, the fuller, 0..1."""
    runs = np.clip(corpus.lengths[right] // settings.run_part, settings.short_run_words, settings.run_words)
    texts = Texts(corpus.words, corpus.starts, corpus.lengths)
    return choose_loops(len(corpus)).share_verbatim(texts, right, left, runs)


# --- titles -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _day_words() -> frozenset[int]:
    """Hashes of the words that name a day in a headline."""
    lexicon = load_lexicon("copies")
    named = {str(word) for word in (*lexicon["months"], *lexicon["weekdays"])} - {"may"}  # "may" is mostly the verb
    return frozenset(int(words[0]) for words in hash_words(sorted(named)))


Title: TypeAlias = tuple[frozenset[int], frozenset[int]]  # its words; and, of one that names a day, what tells which day


def _read_titles(titles: Iterable[str]) -> dict[str, Title]:
    """What is held of each title: its words; and, where it names a day, the words and numbers that tell which one."""
    different = sorted(set(titles))
    words = [frozenset(hashes.tolist()) for hashes in hash_words(different)]
    named = [own & _day_words() for own in words]
    dated = [at for at, title in enumerate(different) if named[at] or _DATE.search(title)]
    numbers = hash_words([" ".join(_NUMBER.findall(different[at])) for at in dated])
    days = {at: named[at].union(found.tolist()) for at, found in zip(dated, numbers, strict=True)}
    return {title: (words[at], days.get(at, frozenset())) for at, title in enumerate(different)}


def _differ(ours: frozenset[int], theirs: frozenset[int], share: float) -> bool:
    """Whether two titles have too little in common; one that is missing differs from none."""
    return bool(ours and theirs) and len(ours & theirs) < share * min(len(ours), len(theirs))


def _is_frame(
    corpus: Corpus, left: int, right: int, share: float, words: tuple[frozenset[int], frozenset[int]], settings: CopySettings
) -> bool:
    """Whether two texts under unlike titles, of these words, tell neither story: a form, or a page whose text did not load.

    A real copy under another headline has words of both headlines in it; a frame has nothing beside its title.
    """
    ours, theirs = words
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


def _are_copies(corpus: Corpus, left: int, right: int, share: float, titles: tuple[Title, Title], settings: CopySettings) -> bool:
    """Whether so much verbatim, enough by itself, is enough under unlike titles; the right text is the shorter."""
    needed = 0.0
    (ours, our_days), (theirs, their_days) = titles
    if not _differ(ours, theirs, settings.title_share):
        if our_days and their_days and not our_days & their_days:
            needed = settings.dated_share
    else:
        if corpus.lengths[right] < settings.short_words or _is_frame(corpus, left, right, share, (ours, theirs), settings):
            return False
        if corpus.is_dated(left) and corpus.is_dated(right):
            far = abs(int(corpus.days[left]) - int(corpus.days[right])) > settings.far_days
            needed = settings.far_share if far else needed
    return share >= needed


def verify(corpus: Corpus, left: Numbers, right: Numbers, settings: CopySettings) -> tuple[Flags, Shares]:
    """Which pairs are copies, and the share of the right text that is verbatim; the left text leads."""
    long_enough = corpus.lengths[right] >= settings.min_words
    shares = np.zeros(len(left))
    shares[long_enough] = measure(corpus, left[long_enough], right[long_enough], settings)
    copies = shares >= np.where(corpus.lengths[right] < settings.short_words, settings.short_share, settings.min_share)
    name = corpus.titles
    open_ = [(at, a, b) for at, a, b in zip(*(part[copies].tolist() for part in (np.arange(len(left)), left, right)), strict=True)]
    unlike = [(at, a, b) for at, a, b in open_ if name[a] != name[b]]
    titles = _read_titles(name[one] for _, *both in unlike for one in both)
    for at, a, b in unlike:
        copies[at] = _are_copies(corpus, a, b, float(shares[at]), (titles[name[a]], titles[name[b]]), settings)
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


def find_pairs(corpus: Corpus, settings: CopySettings) -> tuple[Pairs, Numbers, Hashes]:
    """All copies in a corpus: pairs by rank, the text of each rank, and the anchors packed with ranks.

    Raises:
        DataError: There are more texts than anchors can tell apart.
    """
    if len(corpus) > TEXTS_MAX:
        raise DataError(f"{len(corpus):,} reports are more than can be grouped at once ({TEXTS_MAX:,}); build them in parts")
    by_rank = rank_texts(corpus)
    ranks = np.empty_like(by_rank)
    ranks[by_rank] = np.arange(len(by_rank))
    anchors = anchor_texts(corpus, ranks)
    proposed = choose_loops(len(corpus)).propose(anchors, corpus.lengths[by_rank], settings.bar)
    copies, shares = verify(corpus, by_rank[proposed.left], by_rank[proposed.right], settings)
    return Pairs(proposed.left[copies], proposed.right[copies], shares[copies]), by_rank, anchors


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


def group_corpus(corpus: Corpus, settings: CopySettings) -> tuple[tuple[CopyGroup, ...], Numbers, Hashes]:
    """The copy groups of a corpus whose furniture is stripped, with what ``find_pairs`` found on the way."""
    pairs, by_rank, anchors = find_pairs(corpus, settings)
    head_of = choose_heads(pairs, corpus.lengths[by_rank])
    name = corpus.ids.__getitem__
    at = by_rank.tolist()
    return make_groups((name(at[copy]), name(at[head])) for copy, head in head_of.items()), by_rank, anchors


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
