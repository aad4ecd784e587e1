"""The hot loops of the copy finder, compiled by numba: a text's bytes are walked once, its words once more.

Each ``compiled`` function gives what the numpy function of its name gives, whose docstring says what that is; a test holds the
two together. Only a pile is worth the start of the compiler (``folding.find_kernels``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import local
from typing import Any, TypeVar

import numba
import numpy as np
import numpy.typing as npt

from newsblotter.copies.folding import (
    GONE,
    LONGEST_LINK,
    LOW_BITS,
    MIX_1,
    MIX_2,
    MULTIPLIER,
    SPACE,
    WORD,
    Block,
    Flags,
    Hashes,
    Numbers,
    Openers,
    Words,
    ascii_table,
    beyond_table,
    encode,
)

Bytes = npt.NDArray[np.uint8]
Edges = npt.NDArray[np.uint32]
Ends = tuple[np.int64, np.int64, int]
Tables = tuple[Bytes, npt.NDArray[np.uint16]]  # what each byte becomes, and each character of the basic plane
Columns = tuple[Words, Numbers, Numbers, Hashes, Flags]
_Function = TypeVar("_Function", bound=Callable[..., Any])

UP = np.uint64(MULTIPLIER)
DOWN = np.uint64(pow(MULTIPLIER, -1, 1 << 64))
ZERO, ONE, _TWO, _THREE, _FOUR, _SIX, _EIGHT = (np.uint64(number) for number in (0, 1, 2, 3, 4, 6, 8))
_S29, _S32, _S33, _S56 = np.uint64(29), np.uint64(32), np.uint64(33), np.uint64(56)
_NEWLINE, _DOT, _COLON, _SLASH = 0x0A, 0x2E, 0x3A, 0x2F
_PIC, _TWITTER = np.frombuffer(b"pic.", dtype=np.uint8), np.frombuffer(b"twitter", dtype=np.uint8)
_HTTP, _WWW = np.frombuffer(b"http", dtype=np.uint8), np.frombuffer(b"www", dtype=np.uint8)


def compiled(function: _Function) -> _Function:
    """Compile at first use; kept on disk beside the package, or in the user's cache."""
    made: _Function = numba.njit(nogil=True, cache=True)(function)
    return made


def inlined(function: _Function) -> _Function:
    """Put the body where it is called."""
    made: _Function = numba.njit(inline="always")(function)
    return made


@inlined
def _mix(value: np.uint64) -> np.uint64:
    value ^= value >> _S33
    value *= MIX_1
    value ^= value >> _S29
    value *= MIX_2
    return value ^ (value >> _S32)


# --- bytes ------------------------------------------------------------------------------------------------------------


@compiled
def _ends_with(data: Bytes, end: np.int64, mark: Bytes, least: np.int64 | int) -> bool:
    """Whether the bytes before ``end``, none of them before ``least``, are the mark's, in lower case."""
    begin = end - len(mark)
    if begin < least:
        return False
    for at in range(len(mark)):  # noqa: SIM110  generators cannot be compiled
        if data[begin + at] != mark[at]:
            return False
    return True


@compiled
def _find_link(data: Bytes, at: np.int64, least: np.int64 | int) -> np.int64 | int:
    """Where the link begins that shows itself by the colon or dot ``at``, not before ``least``; -1 for none."""
    if data[at] == _COLON:
        if at + 2 >= len(data) or data[at + 1] != _SLASH or data[at + 2] != _SLASH:
            return -1
        begin = at - 4 if at > 0 and data[at - 1] | 0x20 != 0x73 else at - 5
        if begin < least:
            return -1
        for step in range(4):
            if data[begin + step] | 0x20 != _HTTP[step]:
                return -1
        return begin
    if _ends_with(data, at, _WWW, least):
        return at - 3
    if _ends_with(data, at, _TWITTER, least):
        if _ends_with(data, at - 7, _PIC, least):
            return at - 11
        if at > 8 and data[at - 8] == SPACE and _ends_with(data, at - 8, _PIC, least):
            return at - 12
    return -1


@compiled
def _end_link(data: Bytes, at: np.int64, begin: np.int64 | int) -> int | np.int64:
    """Where the link ends that begins at ``begin`` and holds ``at``."""
    while at < len(data) and at < begin + LONGEST_LINK:
        byte = data[at]
        if byte == 0 or byte == SPACE or 0x09 <= byte <= 0x0D:
            break
        at += 1
    return at


def _find_turns() -> tuple[Bytes, Bytes]:
    """For every pattern of eight bits: the places of those that are set, the lowest first and then 8, and how many there are."""
    places = np.full((256, 8), 8, dtype=np.uint8)
    for bits in range(256):
        found = [at for at in range(8) if bits >> at & 1]
        places[bits, : len(found)] = found
    return places, np.array([bits.bit_count() for bits in range(256)], dtype=np.uint8)


_TURNS, _TURN_COUNTS = _find_turns()
_LANES = np.uint64(0x0101010101010101)
_HIGH, _ANY = _LANES * np.uint64(0x80), _LANES * np.uint64(0x7F)
_BLANKS = _LANES * np.uint64(SPACE)
_FROM_A, _BEYOND_Z = _LANES * np.uint64(0x80 - 0x61), _LANES * np.uint64(0x7F - 0x7A)
_FROM_0, _BEYOND_9 = _LANES * np.uint64(0x80 - 0x30), _LANES * np.uint64(0x7F - 0x39)
_NEWLINES, _QUOTES, _TICKS, _COLONS, _DOTS, _WS, _RS = (_LANES * np.uint64(ord(char)) for char in "\n'`:.wr")
_GATHER, _SEVEN, _BYTE = np.uint64(0x0102040810204080), np.uint64(7), np.uint64(0xFF)


@inlined
def _find(eight: np.uint64, eights: np.uint64) -> np.uint64:
    """The high bit of each of eight ASCII bytes, in one number, that is the one that ``eights`` repeats."""
    return ~((eight ^ eights) + _ANY) & _HIGH


@inlined
def _find_letters(eight: np.uint64) -> np.uint64:
    """The same for bytes that are letters or digits."""
    low = eight | _BLANKS
    letters = (low + _FROM_A) & ~(low + _BEYOND_Z)
    return (letters | ((eight + _FROM_0) & ~(eight + _BEYOND_9))) & _HIGH


@inlined
def _find_odd(eight: np.uint64, before: np.uint64) -> np.uint64:
    """The same for bytes, each after the one before it, that do more than to stand in a word or to part two."""
    low = eight & _ANY
    odd = _find(low, ZERO) | _find(low, _NEWLINES) | _find(low, _QUOTES) | _find(low, _TICKS) | _find(low, _COLONS)
    return (eight & _HIGH) | odd | (_find(low, _DOTS) & (_find(before, _WS) | _find(before, _RS)))


@inlined
def _gather(found: np.uint64) -> np.uint64:
    """The high bits of eight bytes in one."""
    return ((found >> _SEVEN) * _GATHER) >> _S56


@inlined
def _note_turns(edges: Edges, count: np.uint64, out: np.uint64, turns: np.uint64) -> None:
    """Put down where words begin and end in eight bytes; what is put down too much is written over."""
    for step in range(8):
        edges[count + np.uint64(step)] = out + np.uint64(_TURNS[turns, step])


@inlined
def _decode(data: Bytes, at: np.uint64, width: int, beyond: npt.NDArray[np.uint16]) -> np.uint64:
    """What the character of so many bytes becomes."""
    if width == 4:
        return np.uint64(SPACE)
    code = np.uint64(data[at] & (0x1F if width == 2 else 0x0F))
    for step in range(1, width):
        code = (code << _SIX) | np.uint64(data[at + np.uint64(step)] & 0x3F)
    return np.uint64(beyond[code])


@inlined
def _encode(folded: Bytes, out: np.uint64, width: int, code: np.uint64) -> np.uint64:
    """Write a character that took so many bytes, a lone byte as it is; returns how many it takes."""
    if code < 0x80 or width == 1:
        folded[out] = code
        return ONE
    for step in range(width - 1, 0, -1):
        folded[out + np.uint64(step)] = np.uint64(0x80) | (code & np.uint64(0x3F))
        code >>= _SIX
    folded[out] = np.uint64(0xC0 if width == 2 else 0xE0) | code
    return np.uint64(width)


@compiled
def _scan(data: Bytes, tables: Tables, folded: Bytes, eights: tuple[Hashes, Hashes], edges: Edges, breaks: Numbers) -> Ends:
    """Fold bytes: as many of eight at a time as are letters, digits or part words, any other by itself; nearly without branches,
    which a processor cannot foresee where words end.

    ``edges`` is filled with where words begin and end, ``breaks`` with how many edges lie before each end of a line, and, below
    zero, of a text. ``eights`` views every eight bytes of ``data`` and of ``folded``. Tells how much of the last three is filled.
    """
    # unsigned places: of signed ones it is asked each time whether they count from the end
    at, out, count, inside, lines = ZERO, ZERO, ZERO, ZERO, 0
    size = np.uint64(len(data))
    blank_to: int | np.int64 = 0  # the end of the link before
    while at < size:
        if at + _EIGHT <= size:
            eight = eights[0][at]
            before = ((eight & _ANY) << _EIGHT) | np.uint64(data[at - ONE] & 0x7F if at else 0)
            odd = _find_odd(eight, before)
            letters = _gather(_find_letters(eight & _ANY))
            eights[1][out] = eight | _BLANKS  # what parts words is looked at no more
            if not odd:  # apart, so that the next eight need not wait for what is found here
                turns = (letters ^ ((letters << ONE) | inside)) & _BYTE
                _note_turns(edges, count, out, turns)
                count += np.uint64(_TURN_COUNTS[turns])
                inside = letters >> _SEVEN
                at, out = at + _EIGHT, out + _EIGHT
                continue
            plain = np.uint64(_TURNS[_gather(odd), 0])
            if plain:
                turns = (letters ^ ((letters << ONE) | inside)) & ((ONE << plain) - ONE)
                _note_turns(edges, count, out, turns)
                count += np.uint64(_TURN_COUNTS[turns])
                inside = (letters >> (plain - ONE)) & ONE
                at, out = at + plain, out + plain
        byte = data[at]
        code, width = np.uint64(tables[0][byte]), 1
        if code >= 0xC0:
            width = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            code = _decode(data, at, width, tables[1])
        if code == GONE:
            at += np.uint64(width)
            continue
        edges[count] = out
        if code <= _NEWLINE:
            before = np.int64(count + inside)
            breaks[lines] = before if code else -before - 1
            lines += 1
        elif byte == _DOT or byte == _COLON:  # noqa: SIM109  two comparisons compile to less
            begin = _find_link(data, np.int64(at), blank_to)
            if begin >= 0:
                out -= at - np.uint64(begin)  # its opening was folded byte by byte: back to before it
                blank_to = _end_link(data, np.int64(at), begin)
                at = np.uint64(blank_to - 1)
                while count > ZERO and np.uint64(edges[count - ONE]) >= out:
                    count -= ONE
                edges[count] = out
                inside = count & ONE
        within = np.uint64(code > SPACE)
        count += within ^ inside
        inside = within
        out += _encode(folded, out, width, code)
        at += np.uint64(width)
    return np.int64(out), np.int64(count), lines


@inlined
def _opens(words: Words, first_words: Flags, lengths: Numbers, hashes: Hashes, longest_line: int) -> bool:
    """Whether a line opens like a notice."""
    if len(words) > longest_line or not first_words[words[0] & LOW_BITS]:
        return False
    total, power = ZERO, ONE
    for at in range(len(words)):
        total += np.uint64(words[at]) * power
        power *= UP
        for known in range(len(lengths)):
            if lengths[known] == at + 1 and hashes[known] == total:
                return True
    return False


@compiled
def _hash_lines(
    eights: Hashes,
    edges: Edges,
    breaks: Numbers,
    first_words: Flags,
    openers: tuple[Numbers, Hashes],
    longest: int,
    found: Columns,
) -> tuple[int, int]:
    words, line_words, line_text, line_hash, lines_opened = found
    first = lines = text = 0
    for place in breaks:
        last = (place if place >= 0 else -place - 1) // 2
        total, power = ZERO, ONE
        for at in range(first, last):
            begin, end = np.int64(edges[2 * at]), np.int64(edges[2 * at + 1])
            length = np.uint64(end - begin)
            hashed = (eights[begin] << ((_EIGHT - min(length, _EIGHT)) << _THREE)) * WORD
            if length > _EIGHT:
                hashed ^= _mix(eights[end - 8] + length)
            hashed ^= hashed >> _S29
            hashed *= MIX_1
            word = hashed >> _S32
            words[at] = word
            total += word * power
            power *= UP
        if last > first:
            line_words[lines], line_text[lines], line_hash[lines] = last - first, text, _mix(total)
            lines_opened[lines] = _opens(words[first:last], first_words, openers[0], openers[1], longest)
            lines += 1
            first = last
        text += place < 0
    return lines, text


def _view_eights(data: Bytes) -> Hashes:
    """Every eight bytes that follow one another as a number."""
    return np.ndarray((max(0, len(data) - 7),), dtype="<u8", buffer=data, strides=(1,))


class _Room(local):
    """Arrays to work in, kept from block to block: what is taken anew each time has to be cleared by the system."""

    def __init__(self) -> None:
        self._size = 0

    def get(self, size: int) -> tuple[Bytes, Edges, Numbers]:
        if size > self._size or size < self._size >> 2:
            self._size = size + (size >> 3)
            self._folded, self._edges = np.empty(self._size + 16, dtype=np.uint8), np.empty(self._size + 16, dtype=np.uint32)
            self._breaks = np.empty(self._size, dtype=np.int64)
        return self._folded, self._edges, self._breaks


_ROOM = _Room()


def fold_block(texts: Sequence[str], openers: Openers) -> Block:
    """See ``folding.fold_block``."""
    data = np.frombuffer(encode([*texts, ""]), dtype=np.uint8)
    folded, edges, breaks = _ROOM.get(len(data))
    eights = _view_eights(folded)
    _, count, ends = _scan(data, (ascii_table(), beyond_table()), folded, (_view_eights(data), eights), edges, breaks)
    words = np.empty(count // 2, dtype=np.uint32)
    line_words, line_text = np.empty((2, ends), dtype=np.int64)
    line_hash, opened = np.empty(ends, dtype=np.uint64), np.empty(ends, dtype=np.bool_)
    found = (words, line_words, line_text, line_hash, opened)
    lines, parted = _hash_lines(
        eights, edges, breaks[:ends], openers.first_words, (openers.lengths, openers.hashes), openers.longest_line, found
    )
    if parted != len(texts):  # NUL parts the texts, so it cannot stand in one
        return fold_block([text.replace("\0", " ") for text in texts], openers)
    own = slice(0, lines)  # copied, since there are fewer lines than ends of lines
    return Block(words, line_words[own].copy(), line_text[own].copy(), line_hash[own].copy(), opened[own].copy(), len(texts))
