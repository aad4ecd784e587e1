"""Names of incidents: minted once, carried over for ever.

An id is the hash of the report that founded the incident and an ordinal, and stays with its *anchor*, the founding mention. When
clusters change, a cluster bears the oldest id whose anchor it holds; the ids it swallows redirect to it. Of a split one, the part
with the anchor keeps the name; another part takes back the id that it had before a merge, or gets a new one. So names hang on the
clusters and on what was given out, not on the way that led there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from newsblotter.records import Mention, Report, Role, hash_id

ORDINALS = 16  # incidents that one report may found and still be known as their founder


@dataclass(frozen=True, slots=True)
class Naming:
    """The ids of a run's incidents, and what became of older ones."""

    ids: tuple[str, ...]  # one a cluster, in the clusters' order
    minted: tuple[str, ...]  # those given out now for the first time, to be journalled
    redirects: Mapping[str, str]  # merged away → the id that stands for it
    splits: Mapping[str, tuple[str, ...]]  # id whose mentions are now in several incidents → all of these, sorted
    revived: tuple[str, ...] = ()  # ids that redirected and stand for themselves again


@lru_cache(maxsize=1 << 14)  # a build asks for those of one region several times
def mint(report_id: str, ordinal: int) -> str:
    """The id of the incident that a report founds; ``ordinal`` 0 for its first."""
    return hash_id("nb", report_id, str(ordinal))


@dataclass(frozen=True, slots=True)
class Known:
    """The ids given out so far, and where each is at home."""

    minted: Sequence[str] = ()  # every id ever given out, oldest first; none is minted again
    anchors: Mapping[str, str] = field(default_factory=dict)  # id → its anchor, as a mention of this run; live ids and dead ones
    dead: Collection[str] = ()  # those that redirect


def find_founder(members: Sequence[Mention], reports: Mapping[str, Report]) -> Mention:
    """The mention that an incident is named after: about it rather than in passing, earliest, lowest id."""

    def rank(mention: Mention) -> tuple[bool, str, str, str]:
        report = reports.get(mention.report_id)
        day = report.published.isoformat() if report and report.published else "9999"
        return (mention.role not in (Role.MAIN, Role.FOLLOW_UP), day, mention.report_id, mention.id)

    return min(members, key=rank)


def assign_ids(
    clusters: Sequence[Sequence[Mention]],
    reports: Mapping[str, Report],
    previous: Mapping[str, str],
    previous_reports: Mapping[str, str] | None = None,
    known: Known | None = None,
) -> Naming:
    """Name the incidents of a run so that an id once given out keeps its meaning.

    Args:
        clusters: Mentions of each incident; disjoint.
        reports: The reports of those mentions, by id.
        previous: The last run's incident of each mention, by mention id; empty on a first run.
        previous_reports: The last run's incident that each report was mainly about; names the incident of mentions
            whose own ids are new, as after a change of the reading rules.
        known: The ids given out so far, by the journal. Its list of them may be shorter than what ``previous`` holds.

    Returns:
        Ids in the order of ``clusters``; the same for the same clusters in any order.
    """
    known = known or Known()
    age = {old: at for at, old in enumerate(dict.fromkeys([*known.minted, *sorted(set(previous.values()))]))}
    votes = [_count_votes(members, previous, previous_reports or {}) for members in clusters]
    home_of = {mention.id: at for at, members in enumerate(clusters) for mention in members}
    anchored = {old: home_of[mention_id] for old, mention_id in known.anchors.items() if mention_id in home_of}
    homes = _find_homes(clusters, votes) | anchored
    names: dict[int, str] = {}
    redirects: dict[str, str] = {}
    for old in sorted(homes, key=lambda old: (age.get(old, len(age)), old)):
        kept = names.setdefault(homes[old], old)
        if kept != old and old not in known.dead:  # a dead one has its redirect
            redirects[old] = kept
    revived = tuple(sorted((name for name in names.values() if name in known.dead), key=lambda name: age.get(name, len(age))))
    taken = {*age, *names.values(), *redirects}
    minted = []
    unnamed = [at for at in range(len(clusters)) if at not in names and clusters[at]]
    for at in sorted(unnamed, key=lambda at: min(mention.id for mention in clusters[at])):
        founder, ordinal = find_founder(clusters[at], reports).report_id, 0
        while (name := mint(founder, ordinal)) in taken:
            ordinal += 1
        taken.add(name)
        names[at] = name
        minted.append(name)
    parts: dict[str, set[str]] = defaultdict(set)
    for at, vote in enumerate(votes):
        for old in vote:
            parts[old].add(names[at])
    splits = {old: tuple(sorted(into)) for old, into in sorted(parts.items()) if len(into) > 1}
    ids = tuple(names[at] for at in range(len(clusters)))
    return Naming(ids, tuple(minted), dict(sorted(redirects.items())), splits, revived)


def _count_votes(members: Sequence[Mention], previous: Mapping[str, str], previous_reports: Mapping[str, str]) -> Counter[str]:
    votes: Counter[str] = Counter()
    for mention in members:
        old = previous.get(mention.id)
        if old is None and mention.role in (Role.MAIN, Role.FOLLOW_UP):
            old = previous_reports.get(mention.report_id)
        if old is not None:
            votes[old] += 1
    return votes


def _find_homes(clusters: Sequence[Sequence[Mention]], votes: Sequence[Counter[str]]) -> dict[str, int]:
    """For each old id, the cluster it stays with: the one with its founding report, else with most of its mentions."""
    homes: dict[str, tuple[tuple[bool, int, str], int]] = {}
    held = Counter(old for vote in votes for old in vote)
    for at, members in enumerate(clusters):
        contested = any(held[old] > 1 for old in votes[at])  # else its founder decides nothing
        founded = {mint(m.report_id, ordinal) for m in members for ordinal in range(ORDINALS)} if contested else frozenset[str]()
        for old, count in votes[at].items():
            bid = (old not in founded, -count, min(mention.id for mention in members))
            if old not in homes or bid < homes[old][0]:
                homes[old] = (bid, at)
    return {old: at for old, (_, at) in homes.items()}
