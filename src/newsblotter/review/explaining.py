"""Find out why two incidents or reports were joined or kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsblotter.errors import UnknownIncident
from newsblotter.link import compare_profiles, explain
from newsblotter.link.sheet import from_sheet
from newsblotter.records import Judgement, Link, Mention
from newsblotter.review.ledger import WORD_KINDS, Judged, in_force, read_words
from newsblotter.review.references import lead_first
from newsblotter.review.sides import find_homes
from newsblotter.store import Store

LIKELY = 0.5  # a pair's probability from which it speaks for joining


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things asked about."""

    id: str
    kind: str  # incident, report, mention
    mentions: tuple[Mention, ...]
    incidents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Why two things are one incident or not."""

    joined: bool
    sentence: str
    link: Link | None  # the strongest comparison between the two; None: one of them tells no incident
    why: str = ""  # the reason that a person gave for a judgement


def explain_pair(store: Store, left: str, right: str) -> Answer:
    """Say why two incidents or reports were joined or kept apart.

    Args:
        left: An id or the beginning of one; of an incident or of a report.
        right: Another one.

    Raises:
        UnknownIncident: Nothing goes by one of the ids, or both mean the same thing.
    """
    ours, theirs = _look_up(store, left), _look_up(store, right)
    if ours.id == theirs.id:
        if left != right and ours.kind == "incident":
            return Answer(True, f"{left} and {right} are one incident now: {ours.id}.", None)
        raise UnknownIncident(f"{left} and {right} are the same {ours.kind}; name two")
    for side in (ours, theirs):
        if not side.mentions:
            return Answer(False, f"Kept apart: no incident was found in {side.kind} {side.id}.", None)
    joined = bool(ours.incidents & theirs.incidents)
    found = store.links_between([m.id for m in ours.mentions], [m.id for m in theirs.mentions])
    if found:
        link = _most_telling(found)
        why = _find_reason(store, link) if link.judgement else ""
        return Answer(joined, f"{_open(joined, link)} {explain(link)}" + (f" “{why}”" if why else ""), link, why)
    compared = compare_now(store, lead_first(ours.mentions)[0], lead_first(theirs.mentions)[0])
    if compared is None:
        return Answer(joined, "One of them is not linked yet: run newsblotter build.", None)
    if joined:
        opening = "Joined through other reports of the incident, which tie them together."
    else:
        opening = "Kept apart: too little ties them for a link to be kept."
    return Answer(joined, f"{opening} Compared now: {explain(compared)}", compared)


def _find_reason(store: Store, link: Link) -> str:
    """The words that a person gave with the judgement behind a link."""
    words = in_force(read_words(entry for kind in WORD_KINDS for entry in store.journal(kind)))
    said = [word for word in words if isinstance(word, Judged) and (word.at, word.by) == (link.made_at, link.made_by)]
    return said[-1].why if said else ""


def _look_up(store: Store, short: str) -> Side:
    resolved = store.resolve(short)
    if resolved.kind == "report":
        mentions = tuple(store.mentions(reports=[resolved.id]))
        return Side(resolved.id, "report", mentions, frozenset(store.incidents_of(resolved.id)))
    if resolved.kind == "mention":
        told = tuple(store.mentions(ids=[resolved.id]))
        homes = find_homes(store, told[0].report_id)
        return Side(resolved.id, "mention", told, frozenset({homes[resolved.id]} if resolved.id in homes else ()))
    incident = store.get_incident(resolved.id)
    return Side(incident.id, "incident", tuple(store.mentions(ids=incident.mention_ids)), frozenset([incident.id]))


def _most_telling(links: Sequence[Link]) -> Link:
    judged = [link for link in links if link.judgement in (Judgement.SAME, Judgement.DIFFERENT)]
    return max(judged or links, key=lambda link: (link.probability, link.left_id, link.right_id))


def _open(joined: bool, link: Link) -> str:
    likely = link.probability >= LIKELY
    if link.judgement in (Judgement.SAME, Judgement.DIFFERENT):
        return "Joined." if joined else "Kept apart."
    if joined:
        return "Joined." if likely else "Joined through other reports, not by this pair."
    return "Kept apart, as the groups as a whole do not fit." if likely else "Kept apart."


def compare_now(store: Store, left: Mention, right: Mention) -> Link | None:
    """Compare two mentions by what linking kept of them; None where one of them has not been linked yet."""
    entries = {entry.mention_id: entry for entry in store.neighbourhood().entries_of(sorted({left.report_id, right.report_id}))}
    if left.id not in entries or right.id not in entries:
        return None
    ours, theirs = (
        from_sheet(entry.sheet, entry.mention_id, entry.report_id, entry.voice) for entry in (entries[left.id], entries[right.id])
    )
    return compare_profiles(ours, theirs)
