"""Texts → word hashes and lines, many texts at a time, in plain numpy.

    texts → UTF-8 bytes → folded bytes (lower case, no accents, quotes or links) → 32-bit word hashes, lines of words

A pile is folded block by block: the bytes of a few dozen texts lie in one array, and every step is one pass of numpy over
it. So a text costs microseconds, without a compiler and without a second path for small inputs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Hashes: TypeAlias = npt.NDArray[np.uint64]
Words: TypeAlias = npt.NDArray[np.uint32]
Numbers: TypeAlias = npt.NDArray[np.int64]
Shares: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]

GONE, SPACE = 0x27, 0x20  # an apostrophe is left out, its word goes on; a space parts words
_APOSTROPHES = "’‘ʼ`´′"
_LETTERS_ALONE = range(0x3400, 0xA000)  # CJK: letters without case or accents, not worth a look-up each
LONGEST_LINK = 400
_LINK_END = re.compile(rb"[^\s\x00]*")

# Odd constants of mixed bits: the golden ratio's, and two of the finaliser of MurmurHash3 (Austin Appleby, public domain).
MULTIPLIER = 0x9E3779B97F4A7C15
MIX_1, MIX_2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
LOW_BITS = np.uint32(0xFFFF)
WORD = np.uint64(0xD6E8FEB86659FD93)


# --- characters -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def ascii_table() -> npt.NDArray[np.uint8]:
    """What each byte becomes: letters in lower case, line ends kept, apostrophes gone, the rest a space; beyond ASCII it stays."""
    table = np.arange(256, dtype=np.uint8)
    for byte in range(1, 0x80):
        char = chr(byte)
        table[byte] = GONE if char in "'`" else ord(char.lower()) if char.isalnum() or char == "\n" else SPACE
    return table


@lru_cache(maxsize=1)
def beyond_table() -> npt.NDArray[np.uint16]:
    """What each character of the basic plane becomes: its plain letter, itself or one as wide, nothing or a space."""
    table = np.arange(0x10000, dtype=np.uint16)
    table[0xD800:0xF900] = SPACE  # halves of pairs and private characters
    for code in (*range(0x80, _LETTERS_ALONE.start), *range(_LETTERS_ALONE.stop, 0xD800), *range(0xF900, 0x10000)):
        char = chr(code)
        if char in _APOSTROPHES or unicodedata.category(char) in ("Mn", "Me", "Cf"):
            table[code] = GONE
        elif not char.isalnum():
            table[code] = SPACE
        else:
            folded = char.casefold()
            plain = unicodedata.normalize("NFKD", folded)[0]
            if plain.isascii() and plain.isalnum():
                table[code] = ord(plain)
            elif len(folded) == 1 and len(folded.encode()) == len(char.encode()):  # it is written in the place of the other
                table[code] = ord(folded)
    return table


def _fold_beyond_ascii(data: npt.NDArray[np.uint8], heads: Numbers) -> None:
    """Fold the characters beyond ASCII in place; ``heads`` are the positions of their first bytes."""
    first = data[heads].astype(np.uint32)
    for width, low, high in ((2, 0xC0, 0xE0), (3, 0xE0, 0xF0), (4, 0xF0, 0x100)):
        at = heads[(first >= low) & (first < high)]
        if not len(at):
            continue
        if width == 4:  # emoji, and letters of scripts that no newspaper is set in
            data[at] = SPACE
        else:
            tail = [data[at + step].astype(np.uint32) & 0x3F for step in range(1, width)]
            code = (data[at].astype(np.uint32) & (0x1F if width == 2 else 0x0F)) << (6 * (width - 1))
            for step, part in enumerate(tail):
                code |= part << (6 * (width - 2 - step))
            folded = beyond_table()[code].astype(np.uint32)
            wide = (folded != code) & (folded >= 0x80)
            _write_back(data, at[wide], folded[wide], width)
            at, folded = at[folded < 0x80], folded[folded < 0x80]
            data[at] = folded
        for step in range(1, width):
            data[at + step] = GONE


def _write_back(data: npt.NDArray[np.uint8], at: Numbers, code: npt.NDArray[np.uint32], width: int) -> None:
    """Write characters of the same width in the place of those they are folded from."""
    data[at] = (0xC0 if width == 2 else 0xE0) | (code >> (6 * (width - 1)))
    for step in range(1, width):
        data[at + step] = 0x80 | ((code >> (6 * (width - 1 - step))) & 0x3F)


def _blank_links(text: bytearray, data: npt.NDArray[np.uint8]) -> None:
    """Put spaces in the place of links; ``data`` views ``text``."""
    starts: list[tuple[int, int]] = []  # of each link, and the mark that shows it
    colons = np.flatnonzero(data[:-2] == ord(":"))
    for colon in colons[(data[colons + 1] == ord("/")) & (data[colons + 2] == ord("/"))].tolist():
        scheme = bytes(text[max(colon - 5, 0) : colon]).lower()
        starts += [(colon - len(name), colon) for name in (b"https", b"http") if scheme.endswith(name)][:1]
    dots = np.flatnonzero(data[3:] == ord(".")) + 3
    before = data[dots - 1]
    web = dots[(before == ord("w")) & (data[dots - 2] == ord("w")) & (data[dots - 3] == ord("w"))]
    starts += [(dot - 3, dot) for dot in web.tolist()]
    for dot in dots[(before == ord("r")) & (data[dots - 2] == ord("e")) & (data[dots - 3] == ord("t"))].tolist():
        head = next((mark for mark in (b"pic.twitter", b"pic. twitter") if text.endswith(mark, 0, dot)), b"")
        starts += [(dot - len(head), dot)] if head else []
    blank = 0  # up to here lies the link before
    for start, mark in sorted(starts):
        end = _LINK_END.match(text, mark, start + LONGEST_LINK) if start >= blank else None
        if end:
            blank = end.end()
            text[start:blank] = b" " * (blank - start)


def encode(texts: Sequence[str]) -> bytes:
    """The texts in UTF-8, a NUL between them."""
    return "\0".join(texts).encode("utf-8", "surrogatepass")


def _fold_bytes(texts: Sequence[str]) -> bytes:
    """The texts in one piece: words of folded bytes, line ends, and a NUL after each text."""
    raw = bytearray(encode(texts))
    if raw.count(0) != len(texts) - 1:  # NUL parts the texts, so it cannot stand in one
        raw = bytearray(encode([text.replace("\0", " ") for text in texts]))
    data = np.frombuffer(raw, dtype=np.uint8)
    _blank_links(raw, data)
    heads = np.flatnonzero(data >= 0xC0)
    if len(heads):
        _fold_beyond_ascii(data, heads)
    return b"\n" + raw.translate(ascii_table().tobytes(), bytes([GONE, ord("`")])) + b"\0" + b"\0" * 8


# --- hashes of runs ---------------------------------------------------------------------------------------------------


class _Powers:
    """Powers of an odd number and of its inverse modulo 2**64, as many as were ever asked for."""

    def __init__(self) -> None:
        self._up = self._down = np.ones(1, dtype=np.uint64)

    def get(self, count: int) -> tuple[Hashes, Hashes]:
        if count > len(self._up):
            size = max(count, 2 * len(self._up), 1 << 16)
            steps = np.full((2, size), MULTIPLIER, dtype=np.uint64)
            steps[1] = pow(MULTIPLIER, -1, 1 << 64)
            steps[:, 0] = 1
            self._up, self._down = np.multiply.accumulate(steps, axis=1)
        return self._up[:count], self._down[:count]


_POWERS = _Powers()


def mix(hashes: Hashes) -> Hashes:
    """Spread the bits of hashes, so that any part of them is as good as another. Keeps different hashes different."""
    mixed: Hashes = hashes ^ (hashes >> np.uint64(33))
    mixed *= MIX_1
    mixed ^= mixed >> np.uint64(29)
    mixed *= MIX_2
    mixed ^= mixed >> np.uint64(32)
    return mixed


def prefix_sums(words: Words) -> Hashes:
    """Sums that give the hash of any run of words at once; one longer than ``words``."""
    sums = np.zeros(len(words) + 1, dtype=np.uint64)
    np.multiply(words, _POWERS.get(len(words))[0], out=sums[1:], dtype=np.uint64)
    np.add.accumulate(sums[1:], out=sums[1:])
    return sums


def hash_runs(sums: Hashes, first: Numbers, last: Numbers) -> Hashes:
    """Hash the words ``first`` to before ``last`` of what ``sums`` was made from, wherever they stand.

    The upper bits are those of a good hash from two words on; ``mix`` makes all of them so.
    """
    hashes: Hashes = sums[last]
    hashes -= sums[first]
    hashes *= _POWERS.get(len(sums))[1][first]
    return hashes


def hash_shingles(words: Words, length: int) -> Hashes:
    """Hash every run of ``length`` words as ``hash_runs`` does; empty when there are fewer."""
    count = len(words) - length + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    sums = prefix_sums(words)
    hashes: Hashes = sums[length:] - sums[:-length]
    hashes *= _POWERS.get(count)[1]
    return hashes


# --- blocks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block:
    """The words of several texts in one array. Every word stands in one line, every line in one text."""

    words: Words
    line_words: Numbers  # words of each line that has any
    line_text: Numbers  # which text each line is of, ascending
    line_hash: Hashes
    lines_opened: Flags  # whether the line opens like a notice that pages add
    texts: int

    def without_words(self) -> Block:
        """The lines alone; the words lie elsewhere."""
        return replace(self, words=self.words[:0].copy())

    def text_words(self) -> Numbers:
        """How many words each text has."""
        return np.bincount(self.line_text, weights=self.line_words, minlength=self.texts).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Openers:
    """How the notices that pages add to a text begin."""

    longest_line: int  # words of a line that may be one
    lengths: Numbers  # words of each opener
    hashes: Hashes  # of those words
    first_words: Flags  # whether an opener begins with a word of these low bits


def make_openers(phrases: Sequence[str], longest_line: int) -> Openers:
    """Hash the phrases that open a notice, folded as a text is."""
    words = hash_words(phrases)
    first_words = np.zeros(int(LOW_BITS) + 1, dtype=np.bool_)
    first_words[[one[0] & LOW_BITS for one in words]] = True
    hashes = np.concatenate([hash_shingles(one, len(one)) for one in words])
    return Openers(longest_line, np.array([len(one) for one in words]), hashes, first_words)


def _cut_words(folded: bytes) -> tuple[npt.NDArray[np.uint8], Numbers, Words]:
    """The bytes, where each word begins, and its hash."""
    data = np.frombuffer(folded, dtype=np.uint8)
    inside = data > SPACE
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    edges += 1
    starts, ends = edges[0::2], edges[1::2]
    eights: Hashes = np.ndarray((len(data) - 7,), dtype="<u8", buffer=folded, strides=(1,))
    lengths = ends - starts
    hashes = eights[starts]
    hashes <<= ((8 - np.minimum(lengths, 8)) << 3).astype(np.uint64)  # what follows a shorter word goes
    hashes *= WORD
    long = np.flatnonzero(lengths > 8)  # their first and last eight bytes, and their length
    hashes[long] ^= mix(eights[ends[long] - 8] + lengths[long].astype(np.uint64))
    hashes ^= hashes >> np.uint64(29)
    hashes *= MIX_1
    return data, starts, (hashes >> np.uint64(32)).astype(np.uint32)


def hash_words(texts: Sequence[str]) -> list[Words]:
    """The word hashes of each text, whatever line they stand in."""
    if not texts:
        return []
    data, starts, words = _cut_words(_fold_bytes(texts))
    ends = np.searchsorted(starts, np.flatnonzero(data == 0)[: len(texts)])
    return np.split(words, ends[:-1])


def fold_block(texts: Sequence[str], openers: Openers) -> Block:
    """Fold and hash texts: their words and lines."""
    data, starts, words = _cut_words(_fold_bytes(texts))
    breaks = np.flatnonzero(data <= 0x0A)[:-8]  # folded bytes hold no other control characters; eight NULs pad the end
    places = np.searchsorted(starts, breaks)
    first, last = places[:-1], places[1:]
    full = np.flatnonzero(last > first)
    text = np.cumsum(data[breaks] == 0)  # of a line: how many texts end before it
    first, last, of = first[full], last[full], text[full]
    sums = prefix_sums(words)
    lengths = last - first
    opened = np.zeros(len(full), dtype=np.bool_)
    likely = np.flatnonzero(openers.first_words[words[first] & LOW_BITS] & (lengths <= openers.longest_line))
    for length in np.unique(openers.lengths).tolist() if len(likely) else ():
        maybe = likely[lengths[likely] >= length]
        found = hash_runs(sums, first[maybe], first[maybe] + length)
        opened[maybe] |= (found[:, None] == openers.hashes[openers.lengths == length]).any(axis=1)
    return Block(words, lengths, of, mix(hash_runs(sums, first, last)), opened, len(texts))
