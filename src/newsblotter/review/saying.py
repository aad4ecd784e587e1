"""What a person says, as the line of the journal that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newsblotter.errors import UsageError
from newsblotter.records import Judgement, Value
from newsblotter.review.ledger import Corrected, Judged, Word, pack_values
from newsblotter.review.references import lead_first
from newsblotter.review.sides import look_up, refer, tell_apart, widen
from newsblotter.store import JournalEntry, Store, StoredIncident
from newsblotter.store.export import LIST_FIELDS, describe_values
from newsblotter.store.present import plain

MOST_REFERENCES = 10  # mentions by which a correction finds its incident should the id be lost


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it, and why."""

    name: str
    why: str = ""

    def sign(self, data: dict[str, Any]) -> dict[str, Any]:
        """The data of a line with name and reason."""
        return {**data, "by": self.name, "why": plain(self.why)}


def say_judgement(store: Store, judgement: Judgement, left: str, right: str, speaker: Speaker) -> JournalEntry:
    """That two incidents, reports or mentions are one incident, are two, or may be one.

    Args:
        store: The store.
        judgement: What is said.
        left: An id or the beginning of one.
        right: Another one.
        speaker: Who says it.

    Raises:
        UnknownIncident: Nothing goes by one of the ids.
        UsageError: Both mean the same, or one a report that tells of several incidents.
    """
    sides = tell_apart(look_up(store, left), look_up(store, right), judgement)
    if judgement is Judgement.SAME and sides[0].incident_id != sides[1].incident_id:
        sides = widen(store, sides[0]), widen(store, sides[1])
    data: dict[str, Any] = {"judgement": judgement.value}
    for name, side in zip(("left", "right"), sides, strict=True):
        asked = side.incident_id if side.kind == "incident" else side.asked
        data[name] = {"asked": asked, "mentions": refer(store, side.mentions)}
    return JournalEntry("judgement", speaker.sign(data))


def say_correction(store: Store, found: StoredIncident, field: str, values: Sequence[Value], speaker: Speaker) -> JournalEntry:
    """That a field of an incident has these values, whatever the reports say."""
    leading = lead_first(list(store.mentions(ids=found.mention_ids)))[:MOST_REFERENCES]
    data = {
        "incident": found.id,
        "field": field,
        "value": pack_values(values, several=field in LIST_FIELDS),
        "mentions": refer(store, leading),
    }
    return JournalEntry("correction", speaker.sign(data))


def say_retirement(words: Sequence[Word], number: int | None, speaker: Speaker) -> tuple[Word, JournalEntry]:
    """That a word is taken back: the one of this number, the last that stands when None.

    Raises:
        UsageError: There is none, or it was taken back already.
    """
    word = find_word(words, number)
    return word, JournalEntry("retired", speaker.sign({"number": word.number}))


def find_word(words: Sequence[Word], number: int | None) -> Word:
    """The word of this number, the last that stands when None.

    Raises:
        UsageError: There is none, or it was taken back already.
    """
    current = [word for word in words if word.retired is None]
    if number is None:
        if not current:
            raise UsageError("there is nothing to undo: nobody judged or corrected anything, or all of it is taken back")
        return current[-1]
    word = next((word for word in words if word.number == number), None)
    if word is None:
        raise UsageError(f"{number} is no judgement and no correction; newsblotter judgements lists them")
    if word.retired is not None:
        raise UsageError(f"{name_kind(word)} {number} was taken back already, by {word.retired.by}")
    return word


def describe_said(word: Word) -> dict[str, Any]:
    """What a word says, as plain data: a verdict on two things, or a value of a field in the form of the record."""
    if isinstance(word, Judged):
        return {"judgement": word.judgement.value, "left": word.left.asked, "right": word.right.asked}
    field = word.correction.field
    return {"incident": word.incident, "field": field, "value": describe_values(field, word.correction.values)}


def name_kind(word: Judged | Corrected) -> str:
    """judgement or correction."""
    return "judgement" if isinstance(word, Judged) else "correction"
