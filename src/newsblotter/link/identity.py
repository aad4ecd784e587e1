"""Names of incidents: minted once, carried over for ever.

An id is the hash of the report that founded the incident and an ordinal. When clusters change, a cluster keeps the oldest id
that is at home in it; the ids it swallows redirect to it; of a split one, the part with the founding report keeps the name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from newsblotter.records import Mention, Report, Role, hash_id

ORDINALS = 16  # incidents that one report may found and still be known as their founder


@dataclass(frozen=True, slots=True)
class Naming:
    """The ids of a run's incidents, and what became of older ones."""

    ids: tuple[str, ...]  # one a cluster, in the clusters' order
    minted: tuple[str, ...]  # those given out now for the first time, to be journalled
    redirects: Mapping[str, str]  # merged away → the id that stands for it
    splits: Mapping[str, tuple[str, ...]]  # id whose mentions are now in several incidents → all of these, sorted


def mint(report_id: str, ordinal: int) -> str:
    """The id of the incident that a report founds; ``ordinal`` 0 for its first."""
    return hash_id("nb", report_id, str(ordinal))


def _founder(members: Sequence[Mention], reports: Mapping[str, Report]) -> str:
    """The report that an incident is named after: about it rather than in passing, earliest, lowest id."""

    def rank(mention: Mention) -> tuple[bool, str, str]:
        report = reports.get(mention.report_id)
        day = report.published.isoformat() if report and report.published else "9999"
        return (mention.role not in (Role.MAIN, Role.FOLLOW_UP), day, mention.report_id)

    return min(members, key=rank).report_id


def assign_ids(
    clusters: Sequence[Sequence[Mention]],
    reports: Mapping[str, Report],
    previous: Mapping[str, str],
    previous_reports: Mapping[str, str] | None = None,
    ever_minted: Sequence[str] = (),
) -> Naming:
    """Name the incidents of a run so that an id once given out keeps its meaning.

    Args:
        clusters: Mentions of each incident; disjoint.
        reports: The reports of those mentions, by id.
        previous: The last run's incident of each mention, by mention id; empty on a first run.
        previous_reports: The last run's incident that each report was mainly about; names the incident of mentions
            whose own ids are new, as after a change of the reading rules.
        ever_minted: Every id ever given out, oldest first; none is minted again. May be shorter than what ``previous`` holds.

    Returns:
        Ids in the order of ``clusters``; the same for the same clusters in any order.
    """
    age = {old: at for at, old in enumerate(dict.fromkeys([*ever_minted, *sorted(set(previous.values()))]))}
    votes = [_count_votes(members, previous, previous_reports or {}) for members in clusters]
    homes = _find_homes(clusters, votes)
    names: dict[int, str] = {}
    redirects: dict[str, str] = {}
    for old in sorted(homes, key=lambda old: (age.get(old, len(age)), old)):
        kept = names.setdefault(homes[old], old)
        if kept != old:
            redirects[old] = kept
    taken = {*age, *names.values(), *redirects}
    minted = []
    unnamed = [at for at in range(len(clusters)) if at not in names and clusters[at]]
    for at in sorted(unnamed, key=lambda at: min(mention.id for mention in clusters[at])):
        founder, ordinal = _founder(clusters[at], reports), 0
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
    return Naming(tuple(names[at] for at in range(len(clusters))), tuple(minted), dict(sorted(redirects.items())), splits)


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
    for at, members in enumerate(clusters):
        if not votes[at]:
            continue
        founded = {mint(mention.report_id, ordinal) for mention in members for ordinal in range(ORDINALS)}
        for old, count in votes[at].items():
            bid = (old not in founded, -count, min(mention.id for mention in members))
            if old not in homes or bid < homes[old][0]:
                homes[old] = (bid, at)
    return {old: at for old, (_, at) in homes.items()}
