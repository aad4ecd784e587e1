"""Cut text into the word pieces that the encoder knows, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

CACHED_CHUNKS = 50_000  # distinct runs of letters remembered a process; news repeats itself, about 10 MB when full
WORD_LETTERS = 100  # a longer word is one unknown piece, as in BERT

_CHUNK = re.compile("[^ \t\n\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_ASCII_MARKS = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)

_Pieces = tuple[tuple[int, int, int], ...]  # id, start, end within the chunk


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's word pieces, without the marks that open and close a window."""

    ids: NDArray[np.int32]  # (pieces,) rows of the vocabulary
    starts: NDArray[np.int32]  # (pieces,) code points, half-open with ``ends``
    ends: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)


class WordPiece:
    """The uncased WordPiece of BERT: lower case, accents off, punctuation apart, longest known piece first.

    Source: Devlin et al., BERT, 2019, and Wu et al., Google's Neural Machine Translation System, 2016, section 4.1.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._ids: Mapping[str, int] = {piece: row for row, piece in enumerate(vocabulary)}
        self.unknown = self._ids["[UNK]"]
        self.opening = self._ids["[CLS]"]
        self.closing = self._ids["[SEP]"]
        self.padding = self._ids["[PAD]"]
        self._seen: dict[str, _Pieces] = {}

    def cut(self, text: str, most: int | None = None) -> Pieces:
        """Cut a text; every piece knows the characters it came from.

        Args:
            most: How many pieces are wanted, from the first on; None: all.

        Returns:
            Pieces in order. Characters that carry nothing (controls, zero-width) belong to no piece.
        """
        ids: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        seen = self._seen
        for match in _CHUNK.finditer(text):
            chunk, at = match.group(), match.start()
            pieces = seen.get(chunk)
            if pieces is None:
                pieces = self._cut_chunk(chunk)
                if len(seen) < CACHED_CHUNKS:
                    seen[chunk] = pieces
            for row, start, end in pieces:
                ids.append(row)
                starts.append(at + start)
                ends.append(at + end)
            if most is not None and len(ids) >= most:
                break
        return Pieces(np.array(ids[:most], np.int32), np.array(starts[:most], np.int32), np.array(ends[:most], np.int32))

    def _cut_chunk(self, chunk: str) -> _Pieces:
        out: list[tuple[int, int, int]] = []
        word: list[tuple[str, int]] = []  # letters with the offset of the character each came from
        for at, char in enumerate(chunk):
            if _is_dropped(char):
                continue
            for letter in _fold(char):
                if _stands_alone(letter):
                    self._cut_word(word, out)
                    self._cut_word([(letter, at)], out)
                    word = []
                else:
                    word.append((letter, at))
        self._cut_word(word, out)
        return tuple(out)

    def _cut_word(self, word: list[tuple[str, int]], out: list[tuple[int, int, int]]) -> None:
        """Append the pieces of one word: the longest known piece, then the longest known continuation of it."""
        if not word:
            return
        letters = "".join(letter for letter, _ in word)
        whole = (self.unknown, word[0][1], word[-1][1] + 1)
        if len(letters) > WORD_LETTERS:
            out.append(whole)
            return
        pieces: list[tuple[int, int, int]] = []
        start = 0
        while start < len(letters):
            end, row = len(letters), None
            while end > start:
                row = self._ids.get(letters[start:end] if start == 0 else "##" + letters[start:end])
                if row is not None:
                    break
                end -= 1
            if row is None:
                out.append(whole)
                return
            pieces.append((row, word[start][1], word[end - 1][1] + 1))
            start = end
        out.extend(pieces)


def _is_dropped(char: str) -> bool:
    return char == "\ufffd" or unicodedata.category(char)[0] == "C"


def _fold(char: str) -> str:
    """A character's letters in lower case without accents: none for an accent alone."""
    if char.isascii():
        return char.lower()
    return "".join(c for c in unicodedata.normalize("NFD", char) if unicodedata.category(c) != "Mn").lower()


def _stands_alone(letter: str) -> bool:
    """Whether a letter is a word of its own: punctuation, and ideographs, which are written without spaces."""
    if letter.isascii():
        return letter in _ASCII_MARKS
    code = ord(letter)
    return unicodedata.category(letter)[0] == "P" or any(low <= code <= high for low, high in _IDEOGRAPHS)


def load_wordpiece() -> WordPiece:
    """The vocabulary that the shipped encoder was trained with."""
    text = files("newsblotter").joinpath("_data/model/vocabulary.txt").read_text(encoding="utf-8")
    return WordPiece(text.split("\n")[:-1])
