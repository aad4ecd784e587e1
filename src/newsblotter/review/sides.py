"""What a person means by an id: the mentions of an incident, of a report, or one mention."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from newsblotter.errors import UnknownIncident, UsageError
from newsblotter.records import Judgement, Mention
from newsblotter.review.correcting import give_up
from newsblotter.review.judging import Lost, judge_links
from newsblotter.review.ledger import Corrected, Word, in_force
from newsblotter.review.references import Finder, lead_first, make_reference
from newsblotter.review.revising import find_mentions_of
from newsblotter.store import Resolved, Store
from newsblotter.store.present import plain

MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Meant:
    """One of the two things that a person compares."""

    asked: str
    kind: str  # incident, report, mention
    incident_id: str
    mentions: tuple[Mention, ...]  # the leading one first


def look_up(store: Store, asked: str) -> Meant:
    """Find what an id stands for: an incident, a mention, or a report that tells one incident.

    Raises:
        UnknownIncident: Nothing goes by it, or it is a report that tells none.
        UsageError: It is a report that tells several incidents; the message lists them with their mentions.
    """
    resolved = store.resolve(asked)
    if resolved.kind == "incident":
        incident = store.get_incident(resolved.id)
        return Meant(asked, "incident", incident.id, tuple(lead_first(list(store.mentions(ids=incident.mention_ids)))))
    if resolved.kind == "mention":
        return Meant(asked, "mention", _home(store, resolved), tuple(store.mentions(ids=[resolved.id])))
    told = list(store.mentions(reports=[resolved.id]))
    homes = find_homes(store, resolved.id)
    incidents = sorted(set(homes.values()))
    if not incidents:
        raise UnknownIncident(f"{asked} is a report that tells no incident")
    if len(incidents) > 1:
        choices = "; ".join(_describe(store, mention, homes) for mention in lead_first(told)[:MOST_CHOICES])
        raise UsageError(f"{asked} is a report that tells {len(incidents)} incidents; name one of its mentions: {choices}")
    return Meant(asked, "report", incidents[0], tuple(lead_first([m for m in told if m.id in homes])))


def _home(store: Store, resolved: Resolved) -> str:
    mention = next(iter(store.mentions(ids=[resolved.id])))
    homes = find_homes(store, mention.report_id)
    if mention.id not in homes:
        raise UnknownIncident(f"mention {mention.id} is in no incident yet; build first")
    return homes[mention.id]


def find_homes(store: Store, report_id: str) -> dict[str, str]:
    """The incident of each mention of a report, by mention id."""
    homes: dict[str, str] = {}
    told = {mention.id for mention in store.mentions(reports=[report_id])}
    for incident_id in store.incidents_of(report_id):
        homes.update(dict.fromkeys(told & set(store.get_incident(incident_id).mention_ids), incident_id))
    return homes


def _describe(store: Store, mention: Mention, homes: Mapping[str, str]) -> str:
    home = homes.get(mention.id)
    title = store.get_incident(home).record["title"] if home else "no incident"
    return f"{mention.id} ({mention.role.value.replace('_', '-')}, “{plain(mention.trigger.text)}”: {title})"


def widen(store: Store, side: Meant) -> Meant:
    """The side with the rest of its incident behind it: two reports of one incident make their incidents one."""
    own = {mention.id for mention in side.mentions}
    others = (m for m in store.mentions(ids=store.get_incident(side.incident_id).mention_ids) if m.id not in own)
    return replace(side, mentions=(*side.mentions, *lead_first(list(others))))


def tell_apart(left: Meant, right: Meant, judgement: Judgement) -> tuple[Meant, Meant]:
    """The two sides without what both stand for: "this report is not of that incident" leaves the report out of the incident.

    Raises:
        UsageError: Both are one and the same.
    """
    ours, theirs = ({mention.id for mention in side.mentions} for side in (left, right))
    if ours == theirs:
        raise UsageError(f"{left.asked} and {right.asked} are the same {left.kind}; name two")
    if judgement is Judgement.SAME or not ours & theirs:
        return left, right
    if ours > theirs:
        return _without(left, theirs), right
    if theirs > ours:
        return left, _without(right, ours)
    return _without(left, theirs), _without(right, ours)


def _without(side: Meant, taken: Collection[str]) -> Meant:
    return replace(side, mentions=tuple(m for m in side.mentions if m.id not in taken))


def refer(store: Store, mentions: Sequence[Mention]) -> list[dict[str, object]]:
    """What the journal keeps of mentions."""
    reports = {report.id: report for report in store.reports({mention.report_id for mention in mentions})}
    return [make_reference(mention, reports.get(mention.report_id)) for mention in mentions]


def find_lost(store: Store, words: Sequence[Word]) -> list[Lost]:
    """The judgements and corrections in force that find nothing to be said of in the store as it is."""
    standing = in_force(words)
    finder = find_mentions_of(store, standing)
    lost = judge_links(standing, finder)[1]
    for word in standing:
        if isinstance(word, Corrected) and not _lives(store, word, finder):
            lost.append(give_up(word))
    return lost


def _lives(store: Store, word: Corrected, finder: Finder) -> bool:
    try:
        store.get_incident(word.incident)
    except UnknownIncident:
        return any(finder.find(reference) for reference in word.mentions)
    return True
