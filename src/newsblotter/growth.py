"""Link new reports to a store: only what they may belong with is compared, only what they touch is grouped again.

    pending reports → profiles → neighbours by key → links → the incidents touched, grouped again

Everything else in the store stays as it is. The outcome is nearly that of linking everything anew (``revise.rebuild``), which
weighs every word by the whole corpus and lets every pair of groups compete.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from newsblotter.link import LinkSettings, cluster, find_sure_days
from newsblotter.link.block import block_day, keys_of, weigh_meeting
from newsblotter.link.profile import Profile, find_lines, lay_out, voices_of
from newsblotter.link.score import link_profiles
from newsblotter.link.sheet import count_lines, count_words, find_frame, from_sheet, to_sheet
from newsblotter.link.words import Rarity, hash_text
from newsblotter.records import CopyGroup, Link, Mention, Report
from newsblotter.store import Member, Store
from newsblotter.store.neighbourhood import COUNTED, LinkEntry, Neighbourhood, Tally

LoadReports: TypeAlias = Callable[[Iterable[str]], dict[str, Report]]

# Mentions that are grouped again with a new one. No join without a link that is likely enough for one, so all that such links tie
# together, however far, group just as when everything is grouped; beyond so many, whole steps away, incidents stay as they are. On
# gunviolence train the largest such web has 86 mentions; leaving out all but the incidents next door moved 19 of 1000 pairs.
MOST_AROUND = 400
# Of what was linked when everything last was: with more new than this everything is linked anew, as words are weighed by the
# corpus. On gunviolence train, grown by 0.45 since, 98.1 % of the pairs of reports are those of linking anew; the less, the more.
# A store past its youth knows its words.
ANEW_SHARE = 0.25
YOUNG = 50_000  # mentions; linking as many anew takes some minutes


@dataclass(frozen=True, slots=True)
class Region:
    """What new reports change."""

    clusters: tuple[tuple[str, ...], ...]  # mention ids of the incidents that are new or may look different now
    replaced: frozenset[str]  # ids of the incidents in whose place they stand
    mentions: Mapping[str, Mention]
    reports: Mapping[str, Report]

    def list_members(self) -> list[list[Mention]]:
        """The mentions of each cluster."""
        return [[self.mentions[mention_id] for mention_id in members] for members in self.clusters]


def enter_all(
    desk: Neighbourhood,
    linker: str,
    profiles: Sequence[Profile],
    rarity: Rarity,
    reports: Mapping[str, Report],
    settings: LinkSettings,
) -> None:
    """Keep what linking everything has learnt, so that later reports can be linked one by one."""
    voices = {profile.mention.report_id: profile.voice for profile in profiles}
    lines = count_lines((reports[report_id] for report_id in sorted(voices)), voices)
    postings: list[tuple[int, int, int]] = []
    for number, profile in enumerate(profiles, 1):
        day = block_day(profile)
        postings.extend((key, day, number) for key in keys_of(profile, settings.blocks, rarity))
    postings.sort()
    entries = (
        LinkEntry(p.mention.id, p.mention.report_id, p.voice, block_day(p), to_sheet(p), (), number)
        for number, p in enumerate(profiles, 1)
    )
    desk.refill(linker, entries, postings, Tally(rarity.counts(), lines, len(set(voices.values()))))


def is_outgrown(desk: Neighbourhood, waiting: int) -> bool:
    """Whether so many reports wait, or came since everything was linked, that everything is to be linked anew."""
    whole, linked = desk.whole(), desk.count()
    return waiting > ANEW_SHARE * linked or (whole < YOUNG and linked - whole + waiting > ANEW_SHARE * whole)


def link_new(
    store: Store,
    pending: Sequence[str],
    load_reports: LoadReports,
    settings: LinkSettings,
    judgements: Sequence[Link] = (),
) -> Region:
    """Link the reports that wait, write their links and find the incidents that they touch.

    Args:
        store: Where everything lies; what it knew of the pending reports is replaced.
        pending: Ids of the reports to link.
        load_reports: Reports by id, dated as they were read.
        settings: How mentions are linked.
        judgements: Persons' words on pairs, anywhere in the store.
    """
    desk, held = store.neighbourhood(), _Held(store, load_reports)
    groups = list({group.id: group for group in store.copy_index.groups_of(pending).values()}.values())
    mates = {*pending, *(report_id for group in groups for report_id in group.report_ids)}
    before = desk.entries_of(pending)
    profiles, entries = _enter(desk, held.told_by(pending), held.reports(pending), mates, groups, settings)
    near = _find_neighbours(desk, profiles, entries, settings)
    known = _take_out(desk, {n for found in near.values() for n in found}, mates - set(pending), groups)
    links = _link(profiles, known, near, settings, judgements)
    own = {profile.mention.id for profile in profiles}
    old = {entry.mention_id for entry in before}
    left = desk.closely_linked(old, settings.min_probability)  # by those that are read anew
    desk.replace_links(own | old, links)
    return _group(held, desk, pending, own, left, settings)


class _Held:
    """Mentions and reports of one build, each read once."""

    def __init__(self, store: Store, load_reports: LoadReports) -> None:
        self._store = store
        self._load = load_reports
        self._mentions: dict[str, Mention] = {}
        self._reports: dict[str, Report] = {}

    def told_by(self, report_ids: Iterable[str]) -> list[Mention]:
        """All mentions of some reports."""
        found = list(self._store.mentions(reports=report_ids))
        self._mentions.update((mention.id, mention) for mention in found)
        return found

    def mentions(self, ids: Iterable[str]) -> dict[str, Mention]:
        """Those of the mentions that are stored, by id."""
        wanted = set(ids)
        self._mentions.update((m.id, m) for m in self._store.mentions(ids=wanted - self._mentions.keys()))
        return {mention_id: self._mentions[mention_id] for mention_id in sorted(wanted & self._mentions.keys())}

    def reports(self, ids: Iterable[str]) -> dict[str, Report]:
        """The reports, by id."""
        wanted = set(ids)
        self._reports.update(self._load(wanted - self._reports.keys()))
        return {report_id: self._reports[report_id] for report_id in sorted(wanted & self._reports.keys())}


def find_judged_anew(store: Store, judgements: Sequence[Link]) -> set[str]:
    """The reports of mentions that people judged, or took their word back on, since the last build: they are linked anew."""
    desk = store.neighbourhood()
    stored = {(link.left_id, link.right_id, link.judgement) for link in desk.judged() if link.retired_at is None}
    current = {(link.left_id, link.right_id, link.judgement) for link in judgements if link.judgement and not link.retired_at}
    changed = {mention_id for left, right, _ in stored ^ current for mention_id in (left, right)}
    return {mention.report_id for mention in store.mentions(ids=changed)}


def _enter(
    desk: Neighbourhood,
    mentions: Iterable[Mention],
    reports: Mapping[str, Report],
    mates: set[str],
    groups: Sequence[CopyGroup],
    settings: LinkSettings,
) -> tuple[list[Profile], list[tuple[LinkEntry, dict[int, float]]]]:
    """Lay out the new mentions and enter them, so that they find one another too; with their entries and keys."""
    told = sorted(mentions, key=lambda mention: mention.id)
    voices = voices_of(mates, groups)
    used = [reports[report_id] for report_id in sorted({mention.report_id for mention in told})]
    counted = {voices[entry.report_id] for entry in desk.entries_of(mates)}
    fresh = [report for report in used if voices[report.id] not in counted]
    lines = count_lines(fresh, voices)
    seen = desk.tally((), sorted({hash_text(line) for report in used for line in find_lines(report.text)}))
    frame = find_frame(used, Counter(seen.lines) + lines)
    words = count_words(fresh, voices, frame)
    more = len({voices[report.id] for report in fresh})
    spoken = count_words(used, {report.id: report.id for report in used}, frozenset()).keys()
    known = desk.tally(sorted(spoken), ())
    rarity = Rarity.counted(Counter(known.words) + words, known.voices + more)
    profiles = lay_out(told, reports, voices, frame, rarity)
    keys = [keys_of(profile, settings.blocks, rarity) for profile in profiles]
    entries = [
        LinkEntry(p.mention.id, p.mention.report_id, p.voice, block_day(p), to_sheet(p), tuple(own))
        for p, own in zip(profiles, keys, strict=True)
    ]
    numbered = desk.enter(sorted(reports), entries, Tally(words, lines, more))
    return profiles, list(zip(numbered, keys, strict=True))


def _find_neighbours(
    desk: Neighbourhood, profiles: Sequence[Profile], entries: Sequence[tuple[LinkEntry, dict[int, float]]], settings: LinkSettings
) -> dict[str, list[int]]:
    """For each mention the numbers of its best candidates.

    The same rule as ``block.find_pairs``, asked of the store: small blocks first until enough are met.
    """
    blocks = settings.blocks
    most = max(blocks.crowd, blocks.common * desk.count())
    near = {}
    for profile, (entry, keys) in zip(profiles, entries, strict=True):
        looked = desk.look([(key, entry.day, entry.number) for key in keys], blocks.crowd, blocks.reach)
        units = weigh_meeting(np.array(list(keys.values())), np.array([block.size for block in looked], dtype=np.int64))
        scores: Counter[int] = Counter()
        met = 0
        for block, _, worth in sorted(zip(looked, keys, units.tolist(), strict=True), key=lambda look: (look[0].size, look[1])):
            if met >= blocks.met:
                break
            if block.size < 2 or (block.size > blocks.crowd and block.size > min(most, COUNTED)):
                continue
            met += len(block.numbers)
            for number in block.numbers:
                scores[number] += worth
        best = sorted(scores, key=lambda number: (-scores[number], number))
        near[profile.mention.id] = best[: blocks.candidates]
    return near


def _take_out(desk: Neighbourhood, numbers: set[int], mates: set[str], groups: Sequence[CopyGroup]) -> dict[int, Profile]:
    """The stored profiles of these numbers and of all mentions of these reports, by number."""
    entries = {entry.number: entry for entry in (*desk.entries(sorted(numbers)), *desk.entries_of(sorted(mates)))}
    voices = voices_of(mates, groups)
    return {
        number: from_sheet(entry.sheet, entry.mention_id, entry.report_id, voices.get(entry.report_id, entry.voice))
        for number, entry in entries.items()
    }


def _link(
    profiles: Sequence[Profile],
    known: Mapping[int, Profile],
    near: Mapping[str, Sequence[int]],
    settings: LinkSettings,
    judgements: Sequence[Link],
) -> list[Link]:
    """The links of the new mentions to one another and to those that were there."""
    own = {profile.mention.id: profile for profile in profiles}
    everyone = {**{profile.mention.id: profile for profile in known.values()}, **own}
    ids = sorted(everyone)
    at = {mention_id: position for position, mention_id in enumerate(ids)}
    pairs = set()
    for mention_id, numbers in near.items():
        for number in numbers:
            if number in known and (other := known[number].mention.id) != mention_id:
                pairs.add((min(at[mention_id], at[other]), max(at[mention_id], at[other])))
    ordered = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    links = link_profiles([everyone[i] for i in ids], (ordered[:, 0], ordered[:, 1]), settings, judgements)
    return [link for link in links if link.left_id in own or link.right_id in own]


def _group(
    held: _Held, desk: Neighbourhood, pending: Sequence[str], own: set[str], left: set[str], settings: LinkSettings
) -> Region:
    """Group the new mentions again with all that links which may make a join tie to them, or tied to what stood in their place."""
    homes = _reach_out(desk, pending, own, left, settings.min_probability)
    withdrawn = set(pending)
    around = own | {member.mention_id for member in homes if member.report_id not in withdrawn}
    mentions = held.mentions(around)
    reports = held.reports(mention.report_id for mention in mentions.values())
    found = cluster(
        mentions,
        desk.links_among(mentions),
        min_probability=settings.min_probability,
        days=find_sure_days(mentions.values(), reports),
    )
    before: dict[str, set[str]] = defaultdict(set)
    for member in homes:
        before[member.incident_id].add(member.mention_id)
    kept = {frozenset(members): incident_id for incident_id, members in before.items() if members.isdisjoint(own)}
    clusters = tuple(members for members in found if frozenset(members) not in kept)
    unchanged = {kept[frozenset(members)] for members in found if frozenset(members) in kept}
    return Region(clusters, frozenset(before.keys() - unchanged), mentions, reports)


def _reach_out(desk: Neighbourhood, pending: Sequence[str], own: set[str], left: set[str], least: float) -> list[Member]:
    """The members of the incidents around new mentions: those next door, then step by step those next to these."""
    edge = desk.closely_linked(own, least) | left | own
    touched = desk.incidents_of(edge, pending)
    step = desk.members(touched)
    homes = list(step)
    while step:
        inside = {member.mention_id for member in homes} | own
        edge = desk.closely_linked({member.mention_id for member in step}, least) - inside
        fresh = desk.incidents_of(edge) - touched
        step = desk.members(fresh)
        if len(inside) + len(step) > MOST_AROUND:
            break
        touched |= fresh
        homes += step
    return homes
