"""What the journal says, read: which ids were given out, what people said, and what of it they took back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from newsblotter.errors import StoreDamaged
from newsblotter.records import Correction, Judgement, Value
from newsblotter.review.references import Reference
from newsblotter.store import JournalEntry
from newsblotter.tables import pack_value, unpack_value

ID_KINDS = ("minted", "anchored", "redirected", "revived")
WORD_KINDS = ("judgement", "correction", "retired")


@dataclass
class Ids:
    """Every id given out, where each is at home, and where those went that are no more."""

    minted: list[str] = field(default_factory=list)  # oldest first
    anchors: dict[str, Reference] = field(default_factory=dict)
    redirects: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of dead ids

    def note(self, entries: Iterable[JournalEntry]) -> Ids:
        """Take in further lines of the journal."""
        for entry in entries:
            name = str(entry.data.get("id"))
            if entry.kind == "minted":
                self.minted.append(name)
            if entry.kind in ("minted", "anchored") and isinstance(entry.data.get("anchor"), Mapping):
                self.anchors[name] = entry.data["anchor"]
            elif entry.kind == "redirected":
                self.redirects[name] = tuple(entry.data["now"])
            elif entry.kind == "revived":
                self.redirects.pop(name, None)
        return self

    def follow(self, name: str, live: Iterable[str]) -> set[str]:
        """The live incidents that an id leads to; itself when it lives."""
        alive = live if isinstance(live, set | frozenset | dict) else set(live)
        return self._lead(name, lambda one: one in alive)

    def ends(self, name: str) -> set[str]:
        """Where an id leads in the end: to itself while it lives, to one id after a merge, to several after a split."""
        return self._lead(name, lambda one: one not in self.redirects)

    def _lead(self, name: str, is_there: Callable[[str], bool]) -> set[str]:
        found: set[str] = set()
        passed: set[str] = set()
        ahead = [name]
        while ahead:
            one = ahead.pop()
            if one in passed:
                continue
            passed.add(one)
            if is_there(one):
                found.add(one)
            else:
                ahead.extend(self.redirects.get(one, ()))
        return found


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things that a person compared."""

    asked: str  # as it was typed: an incident, a report or a mention
    mentions: tuple[Reference, ...]  # what it stood for then, the leading one first


@dataclass(frozen=True, slots=True)
class Retirement:
    """A person took back a word."""

    by: str
    why: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A person's word on whether two things are one incident."""

    number: int
    judgement: Judgement
    left: Side
    right: Side
    by: str
    why: str
    at: datetime | None
    retired: Retirement | None = None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A person's word on a value of an incident."""

    correction: Correction
    incident: str  # its id then
    mentions: tuple[Reference, ...]  # some of what it was made of then: finds it again should the id be lost
    retired: Retirement | None = None

    @property
    def number(self) -> int:
        return self.correction.number

    @property
    def by(self) -> str:
        return self.correction.by


Word: TypeAlias = Judged | Corrected


def read_ids(entries: Iterable[JournalEntry]) -> Ids:
    """The ids that a journal tells of."""
    return Ids().note(entries)


def read_words(entries: Iterable[JournalEntry]) -> list[Word]:
    """What people said, oldest first, those words too that were taken back.

    Raises:
        StoreDamaged: A line lacks a part.
    """
    words: dict[int, Word] = {}
    for entry in entries:
        if entry.kind not in WORD_KINDS:
            continue
        try:
            if entry.kind == "retired":
                number = int(entry.data["number"])
                words[number] = replace(words[number], retired=Retirement(*_said(entry)))
            else:
                word = _read_judgement(entry) if entry.kind == "judgement" else _read_correction(entry)
                words[word.number] = word
        except (KeyError, TypeError, ValueError) as error:
            raise StoreDamaged(f"line {entry.number} of the journal is no {entry.kind}: {error!r} is missing or wrong") from error
    return list(words.values())


def _said(entry: JournalEntry) -> tuple[str, str, datetime | None]:
    return str(entry.data.get("by") or "somebody"), str(entry.data.get("why") or ""), entry.at


def _read_judgement(entry: JournalEntry) -> Judged:
    sides = []
    for name in ("left", "right"):
        side = entry.data[name]
        if isinstance(side, str):  # as the first stores had it: a mention's id alone
            side = {"asked": side, "mentions": [{"mention": side}]}
        sides.append(Side(str(side["asked"]), tuple(side["mentions"])))
    return Judged(entry.number or 0, Judgement(entry.data["judgement"]), sides[0], sides[1], *_said(entry))


def _read_correction(entry: JournalEntry) -> Corrected:
    data = entry.data
    correction = Correction(entry.number or 0, str(data["field"]), unpack_values(data["value"]), *_said(entry))
    return Corrected(correction, str(data["incident"]), tuple(data.get("mentions") or ()))


def pack_values(values: Iterable[Value], *, several: bool) -> Any:
    """A correction's values as the journal keeps them: one, a list of them, or null."""
    packed = [pack_value(value) for value in values]
    return packed if several else (packed[0] if packed else None)


def unpack_values(data: Any) -> tuple[Value, ...]:
    """The values that ``pack_values`` wrote."""
    if data is None:
        return ()
    return tuple(unpack_value(one) for one in (data if isinstance(data, list) else [data]))


def in_force(words: Iterable[Word]) -> list[Word]:
    """The words that nobody took back, oldest first."""
    return [word for word in words if word.retired is None]
