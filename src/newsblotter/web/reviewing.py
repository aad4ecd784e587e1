"""What the review queue asks, and how a person's answer is taken: one at a time, and only on what they saw."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from newsblotter.errors import StoreBusy, UnknownIncident, UsageError
from newsblotter.fields import load_gazetteer
from newsblotter.link import explain
from newsblotter.records import Judgement, Link, Mention, Report
from newsblotter.review import Judged, read_words
from newsblotter.review.changes import Changed, list_changes
from newsblotter.review.explaining import compare_now
from newsblotter.review.ledger import Word
from newsblotter.review.saying import Speaker, describe_said, find_word, name_kind, say_correction, say_judgement, say_retirement
from newsblotter.review.sides import find_homes, look_up
from newsblotter.review.values import read_values
from newsblotter.revise import revise
from newsblotter.store import Filter, JournalEntry, Record, Store, StoredIncident
from newsblotter.store.doubts import Doubt
from newsblotter.store.export import describe_values
from newsblotter.store.present import plain
from newsblotter.tables import encode_instant
from newsblotter.taxonomy import load_taxonomy
from newsblotter.web.desk import Desk
from newsblotter.web.faults import Refusal
from newsblotter.web.people import write_audit
from newsblotter.web.waterfall import Waterfall, draw_waterfall
from newsblotter.web.words import Words

EXCERPT = 420  # characters of a report around the words that tell of an incident
PATIENCE_S = 3.0  # how long an answer waits for a build of a few reports; a larger one is waited for in the browser
MOST_PATIENT = 4  # answers that wait for a build at once: each keeps a thread from making pages
MOST_CHOICES = 9  # values of a disputed field that have a key

_T = TypeVar("_T")
_patient = threading.BoundedSemaphore(MOST_PATIENT)


# --- questions --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """One report's account of an incident, as a side of a comparison."""

    mention: Mention
    report: Report
    before: str  # the words around the trigger
    trigger: str
    after: str
    incident: str  # the incident that it is part of
    title: str  # of that incident


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two accounts side by side, and what speaks for and against their being of one incident."""

    left: Account
    right: Account
    rows: tuple[tuple[str, str, str, bool], ...]  # field, left's words, right's words, whether both say the same
    link: Link | None
    sentence: str
    picture: Waterfall | None


@dataclass(frozen=True, slots=True)
class Question:
    """What the queue asks next."""

    found: StoredIncident
    doubts: tuple[Doubt, ...]
    at: int  # which of the doubts is asked
    comparison: Comparison | None  # join, apart
    seen: str  # what the answer has to be sent back with: see ``check_seen``
    following: str | None  # the cursor of the next incident, None at the end
    total: int

    @property
    def record(self) -> Record:
        """The incident's."""
        return self.found.record

    @property
    def doubt(self) -> Doubt:
        """The doubt that is asked."""
        return self.doubts[self.at]


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the queue."""

    after: str | None = None  # the cursor of the incident before it, None at the beginning
    at: int = 0  # which of its doubts, 0 for the weightiest
    of: str | None = None  # the incident that ``at`` counts in; of another one, that has come in its place, the first is asked


def find_question(store: Store, wanted: Filter, cursor: Cursor, words: Words) -> Question | None:
    """The next question of the queue, the one that a look would settle most first; None when nothing is open.

    Args:
        store: The store.
        wanted: Narrows the queue.
        cursor: From where on.
        words: The reviewer's language.
    """
    after, at = cursor.after, cursor.at
    while True:
        page = store.find_page(replace(wanted, needs_review=True), "review", after, 1)
        if not page.cards:
            return None
        found = store.get_incident(json.loads(page.cards[0])["id"])
        doubts = store.doubts(found.id)
        if cursor.of not in (None, found.id):
            at = 0
        if at < len(doubts):
            break
        if page.next is None:
            return None
        after, at = page.next, 0
    doubt = doubts[at]
    comparison = compare_pair(store, *doubt.mentions, words) if doubt.mentions else None
    ids = {found.id, *((comparison.left.incident, comparison.right.incident) if comparison else ())}
    return Question(found, doubts, at, comparison, write_seen(store, ids), page.next, page.total)


def find_leading(store: Store, asked: str) -> str:
    """The leading mention of an incident or a report, or the mention itself.

    Raises:
        UnknownIncident: Nothing goes by it.
    """
    return look_up(store, asked).mentions[0].id


def compare_pair(store: Store, left: str, right: str, words: Words) -> Comparison:
    """Two mentions side by side.

    Raises:
        UnknownIncident: One of them is not there, or in no incident.
    """
    mentions = {mention.id: mention for mention in store.mentions(ids=[left, right])}
    for asked in (left, right):
        if asked not in mentions:
            raise UnknownIncident(f"there is no mention {asked[:40]}")
    reports = {report.id: report for report in store.reports({m.report_id for m in mentions.values()})}
    ours, theirs = (_lay_out(store, mentions[one], reports[mentions[one].report_id]) for one in (left, right))
    kept = store.links_between([left], [right])
    link = kept[0] if kept else compare_now(store, ours.mention, theirs.mention)
    rows = _rows(ours.mention, theirs.mention, words)
    if link is None:
        return Comparison(ours, theirs, rows, None, "", None)
    return Comparison(ours, theirs, rows, link, explain(link), draw_waterfall(link))


def _lay_out(store: Store, mention: Mention, report: Report) -> Account:
    start, end = mention.trigger.start, mention.trigger.end
    before = report.text[max(0, start - EXCERPT // 2) : start]
    after = report.text[end : end + EXCERPT // 2]
    if start > EXCERPT // 2:
        before = "… " + before.partition(" ")[2]
    if end + EXCERPT // 2 < len(report.text):
        after = after.rpartition(" ")[0] + " …"
    incident = find_homes(store, report.id).get(mention.id, "")
    title = str(store.get_incident(incident).record["title"]) if incident else ""
    return Account(mention, report, before, mention.trigger.text, after, incident, title)


def _rows(left: Mention, right: Mention, words: Words) -> tuple[tuple[str, str, str, bool], ...]:
    said: list[dict[str, list[str]]] = []
    order: list[str] = []
    for mention in (left, right):
        told: dict[str, list[str]] = {}
        for claim in mention.claims:
            shown = words.value(claim.field, describe_values(claim.field, (claim.value,))) if claim.value is not None else ""
            if shown and shown not in told.setdefault(claim.field, []):
                told[claim.field].append(shown)
            if claim.field not in order:
                order.append(claim.field)
        said.append(told)
    rows = []
    for name in order:
        ours, theirs = ("; ".join(one.get(name, ())) for one in said)
        if ours or theirs:
            rows.append((name, ours, theirs, bool(ours) and ours == theirs))
    return tuple(rows)


# --- answers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer did."""

    number: int  # of the line in the journal
    effects: tuple[Changed, ...]


def write_seen(store: Store, incident_ids: Sequence[str] | set[str]) -> str:
    """What a reviewer saw of some incidents: ``JOURNAL:ID=FINGERPRINT,…``; sent back with the answer."""
    parts = []
    for name in sorted(incident_ids):
        found = store.read_record(name) if name else None
        if found is not None:
            parts.append(f"{name}={found[1]}")
    return f"{store.last_number()}:{','.join(parts)}"


def check_seen(store: Store, seen: str) -> None:
    """Make sure that the incidents are what the reviewer saw.

    Raises:
        Refusal: 409: somebody or a build has changed one meanwhile; the detail says what.
        UsageError: ``seen`` is nothing that ``write_seen`` wrote.
    """
    number, mark, rest = seen.partition(":")
    if not mark or not number.isascii() or not number.isdigit() or len(number) > 15:
        raise UsageError("the answer does not say what it was given on; go back and reload the page")
    stale = []
    for part in filter(None, rest.split(",")):
        name, _, fingerprint = part.partition("=")
        current = store.read_record(name)
        if current is None or current[1] != fingerprint:
            stale.append(name)
    if not stale:
        return
    changes = [c for c in list_changes(store, after=int(number)) if c.incident in stale or set(c.now) & set(stale)]
    told = [f"{c.title or c.incident}: {c.kind}{' (' + ', '.join(c.fields) + ')' if c.fields else ''}" for c in changes]
    raise Refusal(
        409,
        "it has changed since you saw it, so nothing was written down: " + ("; ".join(map(plain, told)) or "look again"),
        detail={
            "changed": [
                {"incident": c.incident, "kind": c.kind, "fields": list(c.fields), "now": list(c.now), "title": c.title}
                for c in changes
            ]
        },
    )


def judge(desk: Desk, judgement: Judgement, sides: tuple[str, str], speaker: Speaker, seen: str | None) -> Answered:
    """Write down that two things are one incident, are two, or may be one."""
    return _say(desk, lambda store: say_judgement(store, judgement, *sides, speaker), speaker, seen, judgement.value)


def correct(desk: Desk, incident: str, field: str, words: str, speaker: Speaker, seen: str | None) -> Answered:
    """Write down a value for a field, in the place of what the reports say.

    Raises:
        UsageError: The words are no value of that field.
    """
    values = read_values(field, words, load_gazetteer(), load_taxonomy())
    return _say(
        desk,
        lambda store: say_correction(store, store.get_incident(incident), field, values, speaker),
        speaker,
        seen,
        f"correct {field}",
    )


def undo(desk: Desk, number: int | None, speaker: Speaker) -> Answered:
    """Take a word back: the one of this number, or the last one that this person said.

    Raises:
        UsageError: There is none.
    """

    def line(store: Store) -> JournalEntry:
        words = read_words(store.journal())
        if number is None:
            words = [word for word in words if word.by == speaker.name]
        return say_retirement(words, find_word(words, number).number, speaker)[1]

    return _say(desk, line, speaker, None, "undo")


def _say(desk: Desk, line: Callable[[Store], JournalEntry], speaker: Speaker, seen: str | None, what: str) -> Answered:
    """Write one line down and bring the incidents in line with it."""

    def find_lines(store: Store) -> list[JournalEntry]:
        if seen is not None:
            check_seen(store, seen)  # under the lock: of two answers to one question the second sees the first
        return [line(store)]

    def write() -> Answered:
        with desk.writing() as store:
            revision = revise(store, find_lines)
            return Answered(revision.numbers[0], revision.effects)

    answered = patiently(write)
    with desk.people.writing() as connection:
        write_audit(connection, desk.people.clock(), speaker.name, what, {"number": answered.number})
    return answered


def patiently(write: Callable[[], _T]) -> _T:
    """Try again for some seconds while a build holds the store.

    Raises:
        StoreBusy: It still does, or others wait for it already.
    """
    try:
        return write()
    except StoreBusy:
        if not _patient.acquire(blocking=False):
            raise
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            time.sleep(0.1)
            try:
                return write()
            except StoreBusy:
                if time.monotonic() > deadline:
                    raise
    finally:
        _patient.release()


def list_words(store: Store, before: int | None, limit: int) -> tuple[list[dict[str, object]], int | None]:
    """What people said, the newest first, as plain data.

    Args:
        store: The store.
        before: Only words of a lower number.
        limit: How many at most.

    Returns:
        The words, and the number that the next ones stand before; None: there are no more.
    """
    said = store.newest("judgement", "correction", before=before, limit=limit + 1)
    if not said:
        return [], None
    lines = said[:limit][::-1]
    shown = {line.number for line in lines}
    lines += (line for line in store.journal("retired", after=lines[0].number or 0) if line.data.get("number") in shown)
    words = read_words(lines)[::-1]
    return [describe_word(word) for word in words], words[-1].number if len(said) > limit else None


def describe_word(word: Word) -> dict[str, object]:
    """A judgement or correction as plain data."""
    said = word if isinstance(word, Judged) else word.correction
    line: dict[str, object] = {"number": word.number, "kind": name_kind(word), "by": word.by, "why": said.why}
    line["at"] = encode_instant(said.at)
    line |= describe_said(word)
    line["retired"] = None if word.retired is None else {"by": word.retired.by, "why": word.retired.why}
    return line


def find_said(store: Store, number: int | None) -> dict[str, object] | None:
    """The judgement or correction of a number as plain data; None where it is none, or was taken back."""
    if number is None:
        return None
    words = read_words(entry for entry in store.journal("judgement", "correction", after=number - 1) if entry.number == number)
    retired = any(entry.data.get("number") == number for entry in store.journal("retired", after=number))
    return describe_word(words[0]) if words and not retired else None


def name_sides(store: Store, asked: Collection[str]) -> dict[str, str]:
    """What each side of a judgement is called: the title of its incident or report; empty where it is no more."""
    titles = store.titles(asked)
    return titles | {name: _name_side(store, name) for name in set(asked) - titles.keys()}


def _name_side(store: Store, asked: str) -> str:
    try:
        resolved = store.resolve(asked)
        if resolved.kind == "incident":
            return store.titles([resolved.id])[resolved.id]
        report_id = resolved.id if resolved.kind == "report" else next(iter(store.mentions(ids=[resolved.id]))).report_id
        return next((report.title or report.source_id for report in store.reports([report_id])), "")
    except UnknownIncident:
        return ""
