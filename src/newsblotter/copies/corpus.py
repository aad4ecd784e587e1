"""Reports → what the copy finder keeps of them: their words, their lines, and which lines are furniture.

Everything is hashed by content, so it is the same on every machine and in any order of input.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import IO
from urllib.parse import urlsplit

import numpy as np

from newsblotter.copies.folding import Block, Flags, Hashes, Numbers, Openers, Words, make_openers, mix
from newsblotter.copies.loops import choose_loops
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Report

# A line is an outlet's furniture when it stands in texts with at least this many different bodies. Re-crawls of one text
# share their longest lines and count once; four keeps the running versions of one story whole (heists look, gunviolence train).
FURNITURE_BODIES = 4
SHARED_BODIES = 8  # the same over all outlets: a line may be quoted by a handful of texts on one incident
LASTING_DAYS = 60  # a story is reprinted within days, an anniversary aside; a site's frame stands for months
BLOCK_CHARACTERS = 300_000  # folded at a time: about a hundred texts; smaller blocks pay for the calls, larger ones gain nothing
WORDS_IN_MEMORY = 1 << 27  # word hashes kept in memory (half a gigabyte, 250,000 texts); the rest lies in a temporary file
_REPORTS_AT_ONCE = 32
_AT_ONCE = 1 << 15  # lines looked at in one go
_FIRST_SHARE = 16  # a sixteenth of a large pile shows most of its frames
_UNDATED = np.iinfo(np.int64).max


def outlet_of(report: Report) -> str:
    """Who printed it: the outlet's name, else the host of its address, else ""."""
    if report.outlet:
        return report.outlet.casefold()
    if not report.url:
        return ""
    host = report.url.partition("://")[2].partition("/")[0]
    if not host or not host.isascii() or any(mark in host for mark in "@:?#[]"):
        try:
            return urlsplit(report.url).hostname or ""
        except ValueError:  # brackets without an address
            return ""
    return host.lower()


@lru_cache(maxsize=4096)
def hash_outlet(name: str) -> int:
    """A number that stands for an outlet; 0 for the unknown one."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") if name else 0


@lru_cache(maxsize=1)
def load_openers() -> Openers:
    """How the notices begin that pages add to a text."""
    lexicon = load_lexicon("copies")
    return make_openers([str(opener) for opener in lexicon["openers"]], int(lexicon["line_words"]))


class Shelf:
    """Word hashes of block after block in one array, which moves to a temporary file when it outgrows memory."""

    def __init__(self, in_memory: int = WORDS_IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._words: Words = np.empty(0, dtype=np.uint32)  # with room for more
        self._file: IO[bytes] | None = None
        self._size = 0

    def add(self, words: Words) -> None:
        """Put more words on the shelf."""
        size = self._size + len(words)
        if self._file is None and size > self._in_memory:
            self._file = tempfile.TemporaryFile(prefix="newsblotter-")  # noqa: SIM115  it lives as long as the shelf
            self._file.write(self._words[: self._size].data)
            self._words = self._words[:0].copy()
        if self._file is not None:
            self._file.write(words.data)
        else:
            if size > len(self._words):  # in place: nobody views it, and memory taken anew is dear to clear
                self._words.resize(size + (size >> 2), refcheck=False)
            self._words[self._size : size] = words
        self._size = size

    def get(self, size: int | None = None) -> Words:
        """All words, or the first of them; none are added any more."""
        self._size = self._size if size is None else size
        if self._file is None:
            return self._words[: self._size]
        self._file.flush()
        return np.asarray(np.memmap(self._file, dtype=np.uint32, mode="r+", shape=(self._size,)))


@dataclass(frozen=True, slots=True)
class Lines:
    """Every line of a corpus, in the order of its texts."""

    hashes: Hashes
    words: Numbers
    texts: Numbers
    opened: Flags  # whether it opens like a notice
    ends: Numbers  # of each block: how many lines lie before its end


def _no_lines() -> Lines:
    none = np.empty(0, dtype=np.int64)
    return Lines(none.astype(np.uint64), none, none, none.astype(np.bool_), none)


@dataclass
class Corpus:
    """Reports as the copy finder sees them. A text goes by its number: its place in the order of input."""

    ids: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    outlets: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    days: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # proleptic ordinal; undated last
    lengths: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # words, furniture left out once stripped
    shelf: Shelf = field(default_factory=Shelf)  # the words of each block, until the furniture is stripped
    lines: Lines = field(default_factory=_no_lines)  # emptied when the furniture is stripped
    words: Words = field(default_factory=lambda: np.empty(0, dtype=np.uint32))  # of all texts, once it is stripped
    starts: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # of each text's words

    def __len__(self) -> int:
        return len(self.ids)

    def is_dated(self, number: int) -> bool:
        """Whether the day of publication is known."""
        return bool(self.days[number] != _UNDATED)

    def words_of(self, number: int) -> Words:
        """The word hashes of a text, furniture left out."""
        return self.words[self.starts[number] : self.starts[number] + self.lengths[number]]


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a corpus by itself, furniture left out."""

    id: str
    title: str
    day: int
    outlet: int
    words: Words

    @property
    def lead_key(self) -> tuple[int, int, str]:
        """Sorts texts as they lead: the fullest first, then the earliest, then the lower id."""
        return (-len(self.words), self.day, self.id)


def take_apart(corpus: Corpus) -> list[Text]:
    """The texts of a corpus whose furniture is stripped."""
    return [
        Text(name, title, day, outlet, np.array(corpus.words_of(number)))
        for number, (name, title, day, outlet) in enumerate(
            zip(corpus.ids, corpus.titles, corpus.days.tolist(), corpus.outlets.tolist(), strict=True)
        )
    ]


def put_together(texts: Sequence[Text]) -> Corpus:
    """A corpus of single texts."""
    corpus = Corpus([text.id for text in texts], [text.title for text in texts])
    corpus.outlets = np.array([text.outlet for text in texts], dtype=np.uint64)
    corpus.days = np.array([text.day for text in texts], dtype=np.int64)
    corpus.lengths = np.array([len(text.words) for text in texts], dtype=np.int64)
    corpus.starts = np.cumsum(corpus.lengths) - corpus.lengths
    corpus.words = np.concatenate([text.words for text in texts]) if texts else corpus.words
    return corpus


def read_corpus(reports: Iterable[Report]) -> Corpus:
    """Fold and hash the texts of reports; reads them once and keeps none."""
    corpus = Corpus()
    outlets: list[int] = []
    days: list[int] = []
    blocks: list[Block] = []
    first = 0
    openers = load_openers()
    for texts in _pile_up(reports, corpus, outlets, days):
        block = choose_loops(first).fold_block(texts, openers)
        corpus.shelf.add(block.words)
        block.line_text[:] += first
        blocks.append(block.without_words())
        first += block.texts
    corpus.outlets = np.array(outlets, dtype=np.uint64)
    corpus.days = np.array(days, dtype=np.int64)
    if blocks:
        corpus.lines = Lines(
            np.concatenate([block.line_hash for block in blocks]),
            np.concatenate([block.line_words for block in blocks]),
            np.concatenate([block.line_text for block in blocks]),
            np.concatenate([block.lines_opened for block in blocks]),
            np.cumsum([len(block.line_hash) for block in blocks]),
        )
    corpus.lengths = _count_words(corpus, corpus.lines.words)
    return corpus


def _count_words(corpus: Corpus, line_words: Numbers) -> Numbers:
    """How many words each text has, by those of its lines."""
    return np.bincount(corpus.lines.texts, weights=line_words, minlength=len(corpus)).astype(np.int64)


def _pile_up(reports: Iterable[Report], corpus: Corpus, outlets: list[int], days: list[int]) -> Iterator[list[str]]:
    """Note what is short of each report, and hand on the texts of a block at a time."""
    rest = iter(reports)
    texts: list[str] = []
    size = 0
    while some := list(islice(rest, _REPORTS_AT_ONCE)):
        corpus.ids += [report.id for report in some]
        corpus.titles += [report.title for report in some]
        outlets += [hash_outlet(outlet_of(report)) for report in some]
        days += [report.published.toordinal() if report.published else _UNDATED for report in some]
        for report in some:
            texts.append(report.text)
            size += len(report.text)
            if size >= BLOCK_CHARACTERS:
                yield texts
                texts, size = [], 0
    if texts:
        yield texts


# --- furniture --------------------------------------------------------------------------------------------------------


def _scope(lines: Hashes, outlets: Hashes) -> Hashes:
    """One number for a line at an outlet; outlet 0 stands for all of them."""
    return mix(lines ^ outlets)


def _scope_rows(corpus: Corpus, rows: Numbers, by_outlet: bool) -> Hashes:
    """The same for many lines, some at a time, since memory taken anew is dear to clear."""
    scoped = np.empty(len(rows), dtype=np.uint64)
    outlets = np.zeros(1, dtype=np.uint64)
    for at in range(0, len(rows), _AT_ONCE):
        part = rows[at : at + _AT_ONCE]
        if by_outlet:
            outlets = corpus.outlets[corpus.lines.texts[part]]
        scoped[at : at + _AT_ONCE] = _scope(corpus.lines.hashes[part], outlets)
    return scoped


def _count_runs(sorted_values: Hashes) -> tuple[Numbers, Numbers]:
    """Where each run of equal values begins, and how long it is."""
    if not len(sorted_values):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], sorted_values[1:] != sorted_values[:-1])))
    return starts, np.diff(np.concatenate((starts, [len(sorted_values)])))


def _name_lines(lines: Lines, rows: Numbers | slice) -> Hashes:
    """Names of 40 bits for lines, the longest the lowest; 0 stands for none."""
    length = np.minimum(lines.words[rows], 0xFFFE).astype(np.uint64)
    return ((np.uint64(0xFFFF) - length) << np.uint64(24)) | (lines.hashes[rows] >> np.uint64(40))


def _find_longest(lines: Lines, texts: int) -> Hashes:
    """The four longest lines of every text: (texts, 4) names, 0 where a text has fewer."""
    longest = np.zeros((texts, 4), dtype=np.uint64)
    begin = 0
    while begin < len(lines.texts):  # some texts at a time: what lies in a processor's cache is sorted three times as fast
        first = int(lines.texts[begin])
        end = int(np.searchsorted(lines.texts, lines.texts[min(begin + _AT_ONCE, len(lines.texts)) - 1], side="right"))
        of = lines.texts[begin:end] - first
        packed = (of.astype(np.uint64) << np.uint64(40)) | _name_lines(lines, slice(begin, end))
        packed.sort()
        of = (packed >> np.uint64(40)).astype(np.int64)
        starts, lengths = _count_runs(packed >> np.uint64(40))
        rank = np.arange(len(packed)) - np.repeat(starts, lengths)
        four = rank < 4
        longest[first + of[four], rank[four]] = packed[four] & np.uint64((1 << 40) - 1)
        begin = end
    return longest


def _tell_bodies(corpus: Corpus, longest: Hashes, rows: Numbers) -> Hashes:
    """What each host of a line prints beside it: (3, rows), the three longest other lines.

    A line that is half of its host is its body, not its frame. A host with fewer other lines repeats them.
    """
    lines = corpus.lines
    host = lines.texts[rows]
    others = longest[host]
    shift = np.zeros(len(rows), dtype=np.bool_)  # from the line itself on, each of the others moves up
    own = _name_lines(lines, rows)
    told = np.empty((3, len(rows)), dtype=np.uint64)
    for rank in range(3):
        shift |= others[:, rank] == own
        told[rank] = np.where(shift, others[:, rank + 1], others[:, rank])
    told[1:] = np.where(told[1:] == 0, told[0], told[1:])
    told[:, 2 * lines.words[rows] >= corpus.lengths[host]] = 1
    return told


def _count_distinct(keys: Numbers, values: Hashes, count: int) -> Numbers:
    """How many different values of 40 bits stand beside each key 0..count-1."""
    packed = (keys.astype(np.uint64) << np.uint64(40)) | values
    packed.sort()
    starts, _ = _count_runs(packed)
    return np.bincount((packed[starts] >> np.uint64(40)).astype(np.int64), minlength=count)


def _find_frequent(scoped: Hashes, at_least: int) -> tuple[Hashes, Numbers, Numbers]:
    """Scoped lines that stand there so often, sorted; the rows where they stand, and which of them stands there."""
    slots = (scoped >> np.uint64(64 - max(8, len(scoped).bit_length()))).view(np.int64)
    rows = np.flatnonzero((np.bincount(slots) >= at_least)[slots])  # the others need no sorting
    ordered = np.sort(scoped[rows])
    starts, lengths = _count_runs(ordered)
    frequent = ordered[starts[lengths >= at_least]]
    if not len(frequent):
        return frequent, rows[:0], rows[:0]
    keys = np.minimum(np.searchsorted(frequent, scoped[rows]), len(frequent) - 1)
    those = frequent[keys] == scoped[rows]
    return frequent, rows[those], keys[those]


def _number_titles(corpus: Corpus) -> Numbers:
    """A number for each text's title; 0 for none."""
    numbers = {"": 0}
    return np.array([numbers.setdefault(title, len(numbers)) for title in corpus.titles], dtype=np.int64)


def _find_repeated(corpus: Corpus, longest: Hashes, titles: Numbers, among: Numbers, by_outlet: bool, at_least: int) -> Hashes:
    """Scoped lines that stand in ``at_least`` different bodies or, under so many different titles, over a longer time than
    any story is reprinted.

    Args:
        corpus: Texts with their lines.
        longest: The four longest lines of every text.
        titles: The number of every text's title.
        among: The rows of the lines that are looked at.
        by_outlet: Whether each of them is told with its outlet; else all are one, and different bodies under one title
            count once: a story that everybody prints is cut and edited in many ways.
        at_least: How many bodies.
    """
    frequent, places, keys = _find_frequent(_scope_rows(corpus, among, by_outlet), at_least)
    rows = among[places]
    repeated = np.zeros(len(frequent), dtype=np.bool_)
    # most frames show in a part of the texts, and what stands in enough bodies there needs no counting in all of them
    for until in (len(rows) // _FIRST_SHARE, len(rows)):
        part = np.flatnonzero(~repeated[keys[:until]])
        bodies = _tell_bodies(corpus, longest, rows[part])
        counted = np.sort([_count_distinct(keys[part], body, len(frequent)) for body in bodies], axis=0)[1]
        if not by_outlet:
            hosts = corpus.lines.texts[rows[part]]
            told = np.where(titles[hosts] == 0, len(corpus) + hosts, titles[hosts])  # without a title: a story of its own
            counted = np.minimum(counted, _count_distinct(keys[part], told.astype(np.uint64), len(frequent)))
        repeated |= counted >= at_least  # three bodies, and the median of their counts
    unsettled = ~repeated[keys]
    hosts = corpus.lines.texts[rows[unsettled]]
    return frequent[repeated | _find_lasting(corpus.days[hosts], titles[hosts], keys[unsettled], len(frequent), at_least)]


def _find_lasting(days: Numbers, titles: Numbers, keys: Numbers, count: int, at_least: int) -> Flags:
    """Which keys stand under many titles over a long time."""
    dated = days != _UNDATED
    first, last = np.full(count, _UNDATED), np.zeros(count, dtype=np.int64)
    np.minimum.at(first, keys[dated], days[dated])
    np.maximum.at(last, keys[dated], days[dated])
    lasting: Flags = (_count_distinct(keys, titles.astype(np.uint64), count) >= at_least) & (last - first > LASTING_DAYS)
    return lasting


def find_furniture(corpus: Corpus) -> Hashes:
    """Lines that are printed around texts, each told with the outlet that prints it, or for all outlets; sorted.

    The more reports, the more furniture: what is furniture among some stays so when others come in.
    """
    if not len(corpus.lines.hashes):
        return np.empty(0, dtype=np.uint64)
    longest = _find_longest(corpus.lines, len(corpus))
    titles = _number_titles(corpus)
    rows = np.arange(len(corpus.lines.hashes))
    everywhere = _find_repeated(corpus, longest, titles, rows, False, SHARED_BODIES)
    known = rows if corpus.outlets.all() else np.flatnonzero(corpus.outlets[corpus.lines.texts])
    return np.union1d(everywhere, _find_repeated(corpus, longest, titles, known, True, FURNITURE_BODIES))


class _Known:
    """Furniture, so that it is quickly told whether a line is some."""

    def __init__(self, furniture: Hashes) -> None:
        self._furniture = furniture
        self._shift = np.uint64(64 - max(8, (16 * len(furniture)).bit_length()))
        self._slots = np.zeros(1 << (64 - int(self._shift)), dtype=np.bool_)
        self._slots[furniture >> self._shift] = True

    def find(self, scoped: Hashes) -> Flags:
        """Which scoped lines are furniture."""
        found: Flags = self._slots[scoped >> self._shift]
        maybe = np.flatnonzero(found)
        if len(maybe):
            place = np.minimum(np.searchsorted(self._furniture, scoped[maybe]), len(self._furniture) - 1)
            found[maybe] = self._furniture[place] == scoped[maybe]
        return found


def strip(corpus: Corpus, furniture: Hashes) -> None:
    """Leave the furniture out of the words of a corpus, and let go of its lines."""
    lines, known = corpus.lines, _Known(furniture)
    gone = lines.opened.copy()
    for at in range(0, len(gone), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        outlets = corpus.outlets[lines.texts[part]]
        gone[part] |= known.find(_scope(lines.hashes[part], np.zeros(1, dtype=np.uint64)))
        gone[part] |= (outlets != 0) & known.find(_scope(lines.hashes[part], outlets))
    corpus.lengths = _count_words(corpus, np.where(gone, 0, lines.words))
    corpus.starts = np.cumsum(corpus.lengths) - corpus.lengths
    words = corpus.shelf.get()
    begin = at = to = 0
    for end in lines.ends.tolist():  # a block at a time, in place
        size = int(lines.words[begin:end].sum())
        kept = words[at : at + size]
        if gone[begin:end].any():
            kept = kept[np.repeat(~gone[begin:end], lines.words[begin:end])]
        words[to : to + len(kept)] = kept
        begin, at, to = end, at + size, to + len(kept)
    corpus.words = corpus.shelf.get(to)
    corpus.lines = _no_lines()


def sign(reports: Iterable[Report], furniture: Hashes | None = None) -> Corpus:
    """The words of reports without furniture.

    Args:
        reports: Read once.
        furniture: What ``find_furniture`` found in them and others; None: found here, in these alone.
    """
    corpus = read_corpus(reports)
    strip(corpus, find_furniture(corpus) if furniture is None else furniture)
    return corpus


def lines_of(corpus: Corpus) -> list[Hashes]:
    """The different lines of each text, before the furniture is stripped."""
    ends = np.searchsorted(corpus.lines.texts, np.arange(len(corpus)), side="right")
    return [np.unique(part) for part in np.split(corpus.lines.hashes, ends[:-1])] if len(corpus) else []


def scope_lines(lines: Hashes, outlet: int) -> tuple[Hashes, Hashes]:
    """How ``find_furniture`` tells lines: for all outlets, and for one of them."""
    everywhere = _scope(lines, np.zeros(1, dtype=np.uint64))
    return everywhere, _scope(lines, np.array([outlet], dtype=np.uint64)) if outlet else everywhere[:0]


def keep_lines(corpus: Corpus, furniture: Hashes) -> tuple[Hashes, Numbers]:
    """Lines that may still become furniture somewhere, sorted, and the texts that print them, each pair once."""
    lines = corpus.lines
    open_ = np.flatnonzero(~_Known(furniture).find(_scope(lines.hashes, np.zeros(1, dtype=np.uint64))))
    order = open_[np.lexsort((lines.texts[open_], lines.hashes[open_].view(np.int64)))]  # as a database sorts them
    hashes, texts = lines.hashes[order], lines.texts[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (hashes[1:] != hashes[:-1]) | (texts[1:] != texts[:-1])
    return hashes[new], texts[new]
