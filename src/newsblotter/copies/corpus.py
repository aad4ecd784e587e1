"""Reports → what the copy finder keeps of them: their words, their lines, and which lines are furniture.

Everything is hashed by content, so it is the same on every machine and in any order of input.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO
from urllib.parse import urlsplit

import numpy as np

from newsblotter.copies.folding import Block, Flags, Hashes, Numbers, Openers, Words, fold_block, make_openers, mix
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Report

# A line is an outlet's furniture when it stands in texts with at least this many different bodies. Re-crawls of one text
# share their longest lines and count once; four keeps the running versions of one story whole (heists look, gunviolence train).
FURNITURE_BODIES = 4
SHARED_BODIES = 8  # the same over all outlets: a line may be quoted by a handful of texts on one incident
LASTING_DAYS = 60  # a story is reprinted within days, an anniversary aside; a site's frame stands for months
BLOCK_CHARACTERS = 300_000  # folded at a time: about a hundred texts; smaller blocks pay for the calls, larger ones gain nothing
WORDS_IN_MEMORY = 1 << 27  # word hashes kept in memory (half a gigabyte, 250,000 texts); the rest lies in a temporary file
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
    """Arrays of word hashes, the first in memory and the rest in a temporary file, so that memory stays bounded."""

    def __init__(self, in_memory: int = WORDS_IN_MEMORY) -> None:
        self._left = in_memory
        self._arrays: list[Words] = []
        self._file: IO[bytes] | None = None
        self._at = 0

    def __getitem__(self, number: int) -> Words:
        return self._arrays[number]

    def add(self, words: Words) -> None:
        """Put one more array on the shelf."""
        self._left -= len(words)
        if self._left >= 0 or not len(words):
            self._arrays.append(words)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="newsblotter-")  # noqa: SIM115  it lives as long as the shelf
        self._file.write(words.tobytes())
        self._file.flush()
        self._arrays.append(np.memmap(self._file, dtype=np.uint32, mode="r+", offset=self._at, shape=words.shape))
        self._at += words.nbytes

    def shorten(self, number: int, words: Words) -> None:
        """Put an array that is no longer in the place of one."""
        kept = self._arrays[number][: len(words)]
        kept[:] = words
        self._arrays[number] = kept


@dataclass
class Corpus:
    """Reports as the copy finder sees them. A text goes by its number: its place in the order of input."""

    ids: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    outlets: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    days: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # proleptic ordinal; undated last
    lengths: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # words, furniture left out once stripped
    shelf: Shelf = field(default_factory=Shelf)
    first: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # number of each block's first text
    blocks: list[Block] = field(default_factory=list)  # without their words; emptied when the furniture is stripped
    starts: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # of each text's words in its block, once stripped

    def __len__(self) -> int:
        return len(self.ids)

    def is_dated(self, number: int) -> bool:
        """Whether the day of publication is known."""
        return bool(self.days[number] != _UNDATED)

    def words_of(self, number: int) -> Words:
        """The word hashes of a text, furniture left out."""
        block = int(np.searchsorted(self.first, number, side="right")) - 1
        return self.shelf[block][self.starts[number] : self.starts[number] + self.lengths[number]]

    def many_words(self, numbers: Numbers) -> list[Words]:
        """The word hashes of many texts."""
        blocks = (np.searchsorted(self.first, numbers, side="right") - 1).tolist()
        starts = self.starts[numbers]
        ends = (starts + self.lengths[numbers]).tolist()
        shelf = self.shelf
        return [shelf[block][start:end] for block, start, end in zip(blocks, starts.tolist(), ends, strict=True)]


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
    words = corpus.many_words(np.arange(len(corpus)))
    return [
        Text(name, title, day, outlet, np.array(own))
        for name, title, day, outlet, own in zip(
            corpus.ids, corpus.titles, corpus.days.tolist(), corpus.outlets.tolist(), words, strict=True
        )
    ]


def put_together(texts: Sequence[Text]) -> Corpus:
    """A corpus of single texts, each a block of its own."""
    corpus = Corpus([text.id for text in texts], [text.title for text in texts])
    for text in texts:
        corpus.shelf.add(text.words)
    corpus.outlets = np.array([text.outlet for text in texts], dtype=np.uint64)
    corpus.days = np.array([text.day for text in texts], dtype=np.int64)
    corpus.lengths = np.array([len(text.words) for text in texts], dtype=np.int64)
    corpus.first = np.arange(len(texts))
    corpus.starts = np.zeros(len(texts), dtype=np.int64)
    return corpus


def read_corpus(reports: Iterable[Report]) -> Corpus:
    """Fold and hash the texts of reports; reads them once and keeps none."""
    corpus = Corpus()
    outlets: list[int] = []
    days: list[int] = []
    first: list[int] = []
    openers = load_openers()
    for texts in _pile_up(reports, corpus, outlets, days):
        first.append(len(corpus.ids) - len(texts))
        block = fold_block(texts, openers)
        corpus.shelf.add(block.words)
        corpus.blocks.append(block.without_words())
    corpus.outlets = np.array(outlets, dtype=np.uint64)
    corpus.days = np.array(days, dtype=np.int64)
    corpus.first = np.array(first, dtype=np.int64)
    corpus.lengths = np.concatenate([block.text_words() for block in corpus.blocks] or [corpus.days])
    return corpus


def _pile_up(reports: Iterable[Report], corpus: Corpus, outlets: list[int], days: list[int]) -> Iterator[list[str]]:
    """Note what is short of each report, and hand on the texts of a block at a time."""
    texts: list[str] = []
    size = 0
    for report in reports:
        corpus.ids.append(report.id)
        corpus.titles.append(report.title)
        outlets.append(hash_outlet(outlet_of(report)))
        days.append(report.published.toordinal() if report.published else _UNDATED)
        texts.append(report.text)
        size += len(report.text)
        if size >= BLOCK_CHARACTERS:
            yield texts
            texts, size = [], 0
    if texts:
        yield texts


# --- furniture --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Lines:
    """Every line of a corpus."""

    hashes: Hashes
    words: Numbers
    texts: Numbers


def _gather_lines(corpus: Corpus) -> _Lines:
    return _Lines(
        np.concatenate([block.line_hash for block in corpus.blocks]),
        np.concatenate([block.line_words for block in corpus.blocks]),
        np.concatenate([block.line_text + at for block, at in zip(corpus.blocks, corpus.first.tolist(), strict=True)]),
    )


def _scope(lines: Hashes, outlets: Hashes) -> Hashes:
    """One number for a line at an outlet; outlet 0 stands for all of them."""
    return mix(lines ^ outlets)


def _count_runs(sorted_values: Hashes) -> tuple[Numbers, Numbers]:
    """Where each run of equal values begins, and how long it is."""
    if not len(sorted_values):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], sorted_values[1:] != sorted_values[:-1])))
    return starts, np.diff(np.concatenate((starts, [len(sorted_values)])))


def _name_lines(lines: _Lines, rows: Numbers) -> Hashes:
    """Names of 40 bits for lines, the longest the lowest; 0 stands for none."""
    length = np.minimum(lines.words[rows], 0xFFFE).astype(np.uint64)
    return ((np.uint64(0xFFFF) - length) << np.uint64(24)) | (lines.hashes[rows] >> np.uint64(40))


def _find_longest(lines: _Lines, texts: Numbers) -> tuple[Hashes, Numbers]:
    """The four longest lines of some texts: (texts, 4) names, 0 where a text has fewer, and how many words the text has."""
    places = np.full(int(lines.texts[-1]) + 1, -1)
    places[texts] = np.arange(len(texts))
    mine = np.flatnonzero(places[lines.texts] >= 0)
    of = places[lines.texts[mine]]
    packed = (of.astype(np.uint64) << np.uint64(40)) | _name_lines(lines, mine)
    packed.sort()
    starts, lengths = _count_runs(packed >> np.uint64(40))
    longest = np.zeros((len(texts), 4), dtype=np.uint64)
    for rank in range(4):
        has = lengths > rank
        longest[has, rank] = packed[starts[has] + rank] & np.uint64((1 << 40) - 1)
    return longest, np.bincount(of, weights=lines.words[mine], minlength=len(texts)).astype(np.int64)


def _tell_bodies(lines: _Lines, rows: Numbers) -> Hashes:
    """What each host of a line prints beside it: (3, rows), the three longest other lines.

    A line that is half of its host is its body, not its frame. A host with fewer other lines repeats them.
    """
    texts = np.unique(lines.texts[rows])
    longest, words = _find_longest(lines, texts)
    host = np.searchsorted(texts, lines.texts[rows])
    others = longest[host]
    shift = np.zeros(len(rows), dtype=np.bool_)  # from the line itself on, each of the others moves up
    own = _name_lines(lines, rows)
    told = np.empty((3, len(rows)), dtype=np.uint64)
    for rank in range(3):
        shift |= others[:, rank] == own
        told[rank] = np.where(shift, others[:, rank + 1], others[:, rank])
    told[1:] = np.where(told[1:] == 0, told[0], told[1:])
    told[:, 2 * lines.words[rows] >= words[host]] = 1
    return told


def _count_distinct(keys: Numbers, values: Hashes, count: int) -> Numbers:
    """How many different values of 40 bits stand beside each key 0..count-1."""
    packed = (keys.astype(np.uint64) << np.uint64(40)) | values
    packed.sort()
    starts, _ = _count_runs(packed)
    return np.bincount((packed[starts] >> np.uint64(40)).astype(np.int64), minlength=count)


def _find_repeated(corpus: Corpus, lines: _Lines, scoped: Hashes, at_least: int) -> Hashes:
    """Scoped lines that stand in ``at_least`` different bodies or, under so many different titles, over a longer time than
    any story is reprinted."""
    ordered = np.sort(scoped)
    starts, lengths = _count_runs(ordered)
    frequent = ordered[starts[lengths >= at_least]]
    if not len(frequent):
        return frequent
    place = np.searchsorted(frequent, scoped)
    place[place == len(frequent)] = 0
    rows = np.flatnonzero(frequent[place] == scoped)
    keys = place[rows]
    counted = np.sort([_count_distinct(keys, body, len(frequent)) for body in _tell_bodies(lines, rows)], axis=0)[1]
    unsettled = counted[keys] < at_least
    lasting = _find_lasting(corpus, keys[unsettled], lines.texts[rows[unsettled]], len(frequent), at_least)
    repeated: Hashes = frequent[(counted >= at_least) | lasting]  # three bodies, and the median of their counts
    return repeated


def _find_lasting(corpus: Corpus, keys: Numbers, texts: Numbers, count: int, at_least: int) -> Flags:
    """Which keys stand under many titles over a long time."""
    numbers: dict[str, int] = {}
    titles = [numbers.setdefault(corpus.titles[text], len(numbers)) for text in texts.tolist()]
    days = corpus.days[texts]
    dated = days != _UNDATED
    first, last = np.full(count, _UNDATED), np.zeros(count, dtype=np.int64)
    np.minimum.at(first, keys[dated], days[dated])
    np.maximum.at(last, keys[dated], days[dated])
    lasting: Flags = (_count_distinct(keys, np.array(titles, dtype=np.uint64), count) >= at_least) & (last - first > LASTING_DAYS)
    return lasting


def find_furniture(corpus: Corpus) -> Hashes:
    """Lines that are printed around texts, each told with the outlet that prints it, or for all outlets; sorted.

    The more reports, the more furniture: what is furniture among some stays so when others come in.
    """
    if not corpus.blocks:
        return np.empty(0, dtype=np.uint64)
    lines = _gather_lines(corpus)
    outlets = corpus.outlets[lines.texts]
    known = _Lines(*(part[outlets != 0] for part in (lines.hashes, lines.words, lines.texts)))
    everywhere = _find_repeated(corpus, lines, _scope(lines.hashes, np.zeros_like(outlets)), SHARED_BODIES)
    by_outlet = _find_repeated(corpus, known, _scope(known.hashes, outlets[outlets != 0]), FURNITURE_BODIES)
    return np.union1d(everywhere, by_outlet)


def _member(values: Hashes, known: Hashes) -> Flags:
    """Whether each value stands in a sorted array."""
    if not len(known):
        return np.zeros(len(values), dtype=np.bool_)
    place = np.searchsorted(known, values)
    place[place == len(known)] = 0
    found: Flags = known[place] == values
    return found


def strip(corpus: Corpus, furniture: Hashes) -> None:
    """Leave the furniture out of the words of a corpus, and let go of its lines."""
    starts: list[Numbers] = []
    lengths: list[Numbers] = []
    for number, (block, at) in enumerate(zip(corpus.blocks, corpus.first.tolist(), strict=True)):
        outlets = corpus.outlets[block.line_text + at]
        gone = block.lines_opened | _member(_scope(block.line_hash, np.zeros_like(outlets)), furniture)
        gone |= (outlets != 0) & _member(_scope(block.line_hash, outlets), furniture)
        kept = np.where(gone, 0, block.line_words)
        if gone.any():
            corpus.shelf.shorten(number, corpus.shelf[number][np.repeat(~gone, block.line_words)])
        count = np.bincount(block.line_text, weights=kept, minlength=block.texts).astype(np.int64)
        lengths.append(count)
        starts.append(np.cumsum(count) - count)
    corpus.blocks = []
    corpus.starts = np.concatenate(starts or [corpus.days])
    corpus.lengths = np.concatenate(lengths or [corpus.days])


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
    found: list[Hashes] = []
    for block in corpus.blocks:
        ends = np.searchsorted(block.line_text, np.arange(block.texts), side="right")
        found += [np.unique(part) for part in np.split(block.line_hash, ends[:-1])]
    return found


def scope_lines(lines: Hashes, outlet: int) -> tuple[Hashes, Hashes]:
    """How ``find_furniture`` tells lines: for all outlets, and for one of them."""
    everywhere = _scope(lines, np.zeros(1, dtype=np.uint64))
    return everywhere, _scope(lines, np.array([outlet], dtype=np.uint64)) if outlet else everywhere[:0]


def keep_lines(corpus: Corpus, furniture: Hashes) -> tuple[Hashes, Numbers]:
    """Lines that may still become furniture somewhere, sorted, and the texts that print them, each pair once."""
    if not corpus.blocks:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    lines = _gather_lines(corpus)
    open_ = np.flatnonzero(~_member(_scope(lines.hashes, np.zeros(1, dtype=np.uint64)), furniture))
    order = open_[np.lexsort((lines.texts[open_], lines.hashes[open_].view(np.int64)))]  # as a database sorts them
    hashes, texts = lines.hashes[order], lines.texts[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (hashes[1:] != hashes[:-1]) | (texts[1:] != texts[:-1])
    return hashes[new], texts[new]
