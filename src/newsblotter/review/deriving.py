"""From clusters of mentions to incidents as they are shown: named for ever, corrected by people, tied into series.

A build, a rebuild, a judgement and a view of an earlier day all go this way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from newsblotter.link import Known, Naming, assign_ids, cluster, find_sure_days, merge_all
from newsblotter.link.identity import ORDINALS, find_founder, mint
from newsblotter.link.series import find_gangs, find_related, read_traits
from newsblotter.records import CopyGroup, Incident, Link, Mention, Report
from newsblotter.review.correcting import PROGRESS_FIELDS, apply_corrections, place_corrections
from newsblotter.review.judging import Lost
from newsblotter.review.kin import relate_near, to_entry
from newsblotter.review.ledger import ID_KINDS, Corrected, Ids, Word, read_ids
from newsblotter.review.references import FOCUS, Finder, make_reference
from newsblotter.store import IncidentEntry, JournalEntry, Record, Store
from newsblotter.store.export import Sources, build_record, tell_related
from newsblotter.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Past:
    """What a store remembers of earlier runs."""

    ids: Ids
    words: Sequence[Word]
    homes: Mapping[str, str] = field(default_factory=dict)  # mention → its incident as of the last run
    focus: Mapping[str, str] = field(default_factory=dict)  # report → the incident that it was mainly about


@dataclass(frozen=True, slots=True)
class Derived:
    """The incidents of a run."""

    entries: tuple[IncidentEntry, ...]
    journal: tuple[JournalEntry, ...]  # what is to be told of ids
    lost: tuple[Lost, ...]  # corrections that find no incident
    related: Mapping[str, Sequence[Record]]  # what incidents beside them are related to from now on, by id


@dataclass(frozen=True, slots=True)
class Settled:
    """What the incidents are derived from."""

    clusters: Sequence[Sequence[Mention]]
    reports: Mapping[str, Report]  # with the publication days that count for them
    groups: Sequence[CopyGroup]
    taxonomy: Taxonomy
    as_of: date | None = None  # the day whose view it is; None: today's
    among: Collection[str] | None = None  # ids of the incidents in whose place these stand; None: of all


def recall(store: Store, settled: Settled, words: Sequence[Word]) -> Past:
    """Read what a store remembers of the incidents in whose place these stand; ``words`` are all that people said."""
    homes: dict[str, str] = {}
    focus: dict[str, str] = {}
    members = store.members() if settled.among is None else store.neighbourhood().members(settled.among)
    for member in members:
        homes[member.mention_id] = member.incident_id
        if member.role in FOCUS:
            focus.setdefault(member.report_id, member.incident_id)
    if settled.among is None:
        return Past(read_ids(store.journal(*ID_KINDS)), words, homes, focus)
    everywhere = Ids(redirects={old: redirect.now for old, redirect in store.redirects_around(settled.among).items()})
    led_here = {old for old in everywhere.redirects if everywhere.follow(old, settled.among)}
    lines = {e.number: e for e in store.journal_on({*settled.among, *led_here}) if e.kind in ID_KINDS}
    lines |= _find_founded(store, {m.report_id for members in settled.clusters for m in members})
    ids = read_ids(lines[number] for number in sorted(lines, key=lambda number: number or 0))
    ours = {*settled.among, *led_here}
    ids.anchors = {name: anchor for name, anchor in ids.anchors.items() if name in ours or name in ids.redirects}
    said = [word for word in words if isinstance(word, Corrected) and _is_of(word, ours, everywhere, settled.among, store)]
    return Past(ids, said, homes, focus)


def _find_founded(store: Store, reports: Collection[str]) -> dict[int | None, JournalEntry]:
    """The journal's lines on ids that these reports founded, by number: none that lives elsewhere is given out again.

    A report founds its ids one after the other, so the next one is only asked for where there is the one before.
    """
    found: dict[int | None, JournalEntry] = {}
    for ordinal in range(ORDINALS):
        names = {mint(report_id, ordinal): report_id for report_id in reports}
        told = [entry for entry in store.journal_on(names) if entry.kind in ID_KINDS] if names else []
        found.update((entry.number, entry) for entry in told)
        reports = {names[entry.data["id"]] for entry in told}
    return found


def _is_of(word: Corrected, ours: Collection[str], everywhere: Ids, among: Collection[str], store: Store) -> bool:
    """Whether a correction is of an incident of this region; that of a split one is where its mentions are."""
    if word.incident not in ours:
        return False
    if len(everywhere.ends(word.incident)) < 2:
        return True
    mentions = [str(reference.get("mention")) for reference in word.mentions]
    return not store.neighbourhood().incidents_of(mentions).isdisjoint(among)


def group_mentions(
    mentions: Iterable[Mention], reports: Mapping[str, Report], links: Sequence[Link], min_probability: float
) -> list[list[Mention]]:
    """The mentions of each incident, by what links tie them."""
    by_id = {mention.id: mention for mention in mentions}
    days = find_sure_days(by_id.values(), reports)
    found = cluster(by_id.keys(), links, min_probability=min_probability, days=days)
    return [[by_id[mention_id] for mention_id in ids] for ids in found]


def derive(settled: Settled, past: Past, finder: Finder, store: Store) -> Derived:
    """Name the clusters, derive their incidents and put corrections and series into them.

    Args:
        settled: The clusters with all they rest on.
        past: What the store remembers of them.
        finder: Finds the mentions of this run.
        store: Asked for the rest of a series, where not all incidents are derived.
    """
    naming = name_incidents(settled, past, finder)
    journal = tell_ids(naming, settled, past)
    ids = Ids(list(past.ids.minted), dict(past.ids.anchors), dict(past.ids.redirects)).note(journal)
    homes = {mention.id: name for name, members in zip(naming.ids, settled.clusters, strict=True) for mention in members}
    corrections, lost = place_corrections(past.words, ids, homes, finder)
    by_name = dict(zip(naming.ids, settled.clusters, strict=True))
    incidents = []
    for incident in merge_all(settled.clusters, naming.ids, settled.reports, settled.groups, settled.taxonomy):
        fitting = [c for c in corrections.get(incident.id, ()) if settled.as_of is None or c.field not in PROGRESS_FIELDS]
        claims = [claim for mention in by_name[incident.id] for claim in mention.claims]
        incidents.append(apply_corrections(incident, fitting, claims, settled.taxonomy))
    entries, beside = _make_entries(incidents, settled, store)
    return Derived(tuple(entries), tuple(journal), tuple(lost), beside)


def name_incidents(settled: Settled, past: Past, finder: Finder) -> Naming:
    """Give every incident the id that it had, or a new one."""
    anchors = {name: found.id for name, reference in past.ids.anchors.items() if (found := finder.find(reference)) is not None}
    known = Known(past.ids.minted, anchors, past.ids.redirects.keys())
    return assign_ids(settled.clusters, settled.reports, past.homes, past.focus, known)


def _make_entries(
    incidents: Sequence[Incident], settled: Settled, store: Store
) -> tuple[list[IncidentEntry], dict[str, Sequence[Record]]]:
    """The incidents with their records; and what others in the store are related to from now on."""
    sources = Sources(
        {mention.id: mention for members in settled.clusters for mention in members},
        settled.reports,
        settled.taxonomy,
        {report_id: group.id for group in settled.groups for report_id in group.report_ids},
    )
    if settled.as_of is not None:
        return [IncidentEntry(one, build_record(one, sources)) for one in incidents], {}
    traits = [read_traits(one, _gangs_of(one, sources)) for one in incidents]
    related = find_related(traits) if settled.among is None else relate_near(store, traits, settled.among)
    entries = [
        IncidentEntry(one, build_record(one, sources, related=related.get(one.id, ())), to_entry(own))
        for one, own in zip(incidents, traits, strict=True)
    ]
    own_ids = {one.id for one in incidents}
    return entries, {name: tell_related(kin) for name, kin in related.items() if name not in own_ids}


def _gangs_of(incident: Incident, sources: Sources) -> dict[str, str]:
    """The gangs that reports about the incident name."""
    found: dict[str, str] = {}
    for report_id in sorted({m.report_id for name in incident.mention_ids if (m := sources.mentions[name]).role in FOCUS}):
        for gang, name in find_gangs(sources.reports[report_id].text).items():
            found.setdefault(gang, name)
    return found


# --- what the journal is told -----------------------------------------------------------------------------------------


def tell_ids(naming: Naming, settled: Settled, past: Past) -> list[JournalEntry]:
    """What the journal does not know yet of this run's names."""
    ids = past.ids
    members = dict(zip(naming.ids, settled.clusters, strict=True))
    lines = [JournalEntry("minted", {"id": name, **_founding(name, members[name], settled.reports)}) for name in naming.minted]
    lines += [JournalEntry("revived", {"id": name}) for name in naming.ids if name in ids.redirects]
    minted = set(naming.minted)
    for name in naming.ids:
        if name not in minted and not _holds_anchor(members[name], ids.anchors.get(name)):
            lines.append(JournalEntry("anchored", {"id": name, "anchor": _refer(members[name], settled.reports)}))
    held: dict[str, list[Mention]] = defaultdict(list)
    for mention in (one for told in settled.clusters for one in told if one.id in past.homes):
        held[past.homes[mention.id]].append(mention)
    for old in sorted({*naming.redirects, *naming.splits} - members.keys()):
        now = naming.splits.get(old) or (naming.redirects[old],)
        if old not in ids.anchors and (told := held.get(old)):  # given out by a program that kept no anchors
            lines.append(JournalEntry("anchored", {"id": old, "anchor": _refer(told, settled.reports)}))
        if ids.redirects.get(old) != now:
            lines.append(JournalEntry("redirected", {"id": old, "now": list(now)}))
    for old, parts in naming.splits.items():
        if old in members and (new := [part for part in parts if part in minted]):
            lines.append(JournalEntry("split", {"id": old, "now": [old, *new]}))
    return lines


def _founding(name: str, members: Sequence[Mention], reports: Mapping[str, Report]) -> dict[str, Any]:
    """The report that an id was minted from, the ordinal, and the mention that it stays with."""
    for ordinal in range(len(members) + ORDINALS):
        for report_id in sorted({mention.report_id for mention in members}):
            if mint(report_id, ordinal) == name:
                own = [mention for mention in members if mention.report_id == report_id]
                return {"report": report_id, "ordinal": ordinal, "anchor": _refer(own, reports)}
    return {"anchor": _refer(members, reports)}


def _refer(members: Sequence[Mention], reports: Mapping[str, Report]) -> dict[str, Any]:
    founder = find_founder(members, reports)
    return make_reference(founder, reports.get(founder.report_id))


def _holds_anchor(members: Iterable[Mention], anchor: Mapping[str, Any] | None) -> bool:
    return anchor is not None and any(mention.id == anchor.get("mention") for mention in members)
