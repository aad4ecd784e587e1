"""Runs of capitalised words in a sentence: what may be the name of a shop, a bank, a museum or a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"[\w&À-ÿ][\w&'’.\-]*")
_JOINERS = frozenset(
    ("&", "de", "du", "des", "la", "le", "les", "d'", "di", "del", "della", "van", "der", "den", "von", "et", "y", "e")
)
_OF_HEADS = frozenset(
    (
        "bank museum church cathedral house palace gallery galerie university ministry banco school temple embassy bridge port"
        " abbey basilica chapel convent monastery mosque shrine dargah castle library treasury mint institute academy watches"
        " jewellers federation"
    ).split()
)
_TELLING = ("-based", "-born", "-style", "-era", "-owned", "-run", "-wielding", "-clad", "-armed", "-dressed", "-old", "-made")
_ENDING = re.compile(r"(?:['’]s?|[.\-])+$")
_INITIAL = re.compile(r"(?:[A-Z]\.)+$")
WORDS_MAX = 7  # a longer run is a headline, not a name


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of capitalised words, offsets into the sentence."""

    start: int
    end: int
    text: str
    possessive: bool  # "'s" follows


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int  # possessive ending and full stop left out
    text: str
    possessive: bool
    closes: bool  # nothing may be joined behind it


def _words(sentence: str) -> Iterator[_Word]:
    for match in _TOKEN.finditer(sentence):
        raw = match.group()
        if raw.isalpha():  # nothing to shed: most words
            yield _Word(match.start(), match.end(), raw, False, False)
            continue
        text = _ENDING.sub("", raw) if not _INITIAL.match(raw) else raw
        if not text:
            continue
        possessive = raw[len(text) : len(text) + 1] in ("'", "’") and (raw.endswith("s") or text.endswith("s"))
        closes = raw != text and not raw.startswith(text + "-")
        yield _Word(match.start(), match.start() + len(text), text, possessive, closes)


def _is_capital(word: str) -> bool:
    """Whether a word may be part of a name: "Harrow", "d'Orsay"; "London-based" and "Axe-wielding" only tell where and how."""
    if word[:2].lower() in ("d'", "d’", "l'", "l’"):
        return word[2:3].isupper()
    if word[0].islower():
        return word[1:3].isalpha() and word[1:2].isupper() and word[2:3].islower()  # "iWorld"
    return word[0].isupper() and not word.endswith(_TELLING)


def find_words(text: str, words: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Yield where words begin a word and end one, as ``(?<!\\w)words\\b`` does; a plain search, nothing is compiled."""
    end = len(text) if end is None else end
    closes = _is_letter(words[-1])
    at = text.find(words, start, end)
    while at >= 0:
        stop = at + len(words)
        if not (at > 0 and _is_letter(text[at - 1])) and (stop < end and _is_letter(text[stop])) != closes:
            yield at
            at = text.find(words, stop, end)
        else:
            at = text.find(words, at + 1, end)


def _is_letter(char: str) -> bool:
    """Whether a character is one of a word, as ``\\w`` has it."""
    return char.isalnum() or char == "_"


def find_runs(sentence: str, plain: frozenset[str], cut_also: frozenset[str] = frozenset()) -> Iterator[Run]:
    """Yield the runs of capitalised words of a sentence.

    Args:
        sentence: Its text.
        plain: Lower-case words that no name holds; a run is cut at them ("Robbers Raid Harrow" → "Harrow").
        cut_also: More such words, for a headline in title case: those that the body writes small.
    """
    run: list[_Word] = []
    joiners: list[_Word] = []
    words = list(_words(sentence))
    ampersand = "&" in sentence
    for place, word in enumerate(words):
        last = joiners[-1] if joiners else run[-1] if run else None
        apart = last is not None and (last.closes or sentence[last.end : word.start].strip() != "")
        if apart:
            yield from _close(sentence, run)
            run, joiners = [], []
        low = word.text.lower()
        paired = ampersand and _is_paired(words, place)
        if _is_capital(word.text) and (paired or (low not in plain and low not in cut_also)):
            run.extend([*joiners, word])
            joiners = []
        elif run and (low in _JOINERS or (low == "of" and run[-1].text.lower() in _OF_HEADS) or (low == "the" and joiners)):
            joiners.append(word)
        else:
            yield from _close(sentence, run)
            run, joiners = [], []
    yield from _close(sentence, run)


def _is_paired(words: list[_Word], place: int) -> bool:
    """Whether a word is half of a firm's name: "Time & Tide"."""
    if words[place].text == "&":
        return False
    behind = words[place + 1 : place + 3]
    before = words[max(0, place - 2) : place]
    return (len(behind) == 2 and behind[0].text == "&" and _is_capital(behind[1].text)) or (
        len(before) == 2 and before[1].text == "&" and _is_capital(before[0].text)
    )


def _close(sentence: str, run: list[_Word]) -> Iterator[Run]:
    if run and not _is_capital(run[0].text):
        run = run[1:]
    if run and len(run) <= WORDS_MAX and any(len(w.text) > 1 for w in run):
        start, end = run[0].start, run[-1].end
        yield Run(start, end, sentence[start:end], run[-1].possessive)
