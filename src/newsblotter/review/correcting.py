"""Put people's corrections into the incidents: they beat every claim."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from newsblotter.link.merge import make_title
from newsblotter.link.values import agree
from newsblotter.records import Claim, Correction, Fact, Incident, Reality, Value
from newsblotter.review.judging import Lost
from newsblotter.review.ledger import Corrected, Ids, Word, in_force
from newsblotter.review.references import Finder
from newsblotter.taxonomy import Taxonomy

# Fields whose true value grows with time: what is known now was not known then, so that a view of an earlier day leaves
# corrections of them out.
PROGRESS_FIELDS = frozenset({"killed", "injured", "arrested", "recovered", "people", "outcomes", "status"})


def place_corrections(
    words: Iterable[Word], ids: Ids, homes: Mapping[str, str], finder: Finder
) -> tuple[dict[str, tuple[Correction, ...]], list[Lost]]:
    """Find the incident that each correction is of today.

    An id keeps its meaning through merges and splits, so the id tells; where it was split and is no more, the part with most of
    the mentions that it was made of, and so where it was lost.

    Args:
        words: All that people said.
        ids: The journal's ids, this run's included.
        homes: Mention id → live incident.
        finder: Finds the mentions of this run.

    Returns:
        Incident → its corrections in force, one a field, the newest counting; and those that found no incident.
    """
    live = frozenset(homes.values())
    placed: dict[str, dict[str, Correction]] = defaultdict(dict)
    lost: list[Lost] = []
    for word in in_force(words):
        if not isinstance(word, Corrected):
            continue
        home = find_home(word, ids, homes, finder, live)
        if home is None:
            lost.append(give_up(word))
        else:
            placed[home][word.correction.field] = word.correction
    return {home: tuple(by_field[name] for name in sorted(by_field)) for home, by_field in placed.items()}, lost


def give_up(word: Corrected) -> Lost:
    """Say that a correction finds no incident."""
    return Lost(word.number, f"incident {word.incident} is no more: no report that is read tells of it")


def find_home(word: Corrected, ids: Ids, homes: Mapping[str, str], finder: Finder, live: Collection[str]) -> str | None:
    """The incident that a correction is of today, None when it is lost."""
    ends = ids.ends(word.incident)
    now = {name for name in ends if name in live}
    if len(ends) == 1 and now:
        return next(iter(now))
    told = (finder.find(reference) for reference in word.mentions)
    votes = Counter(homes[mention.id] for mention in told if mention is not None and mention.id in homes)
    standing = {home: count for home, count in votes.items() if not now or home in now}
    return min(standing, key=lambda home: (-standing[home], home), default=min(now, default=None))


def apply_corrections(
    incident: Incident, corrections: Sequence[Correction], claims: Sequence[Claim], taxonomy: Taxonomy
) -> Incident:
    """The incident with the values that people gave.

    Claims of a corrected field that say otherwise get the standing ``corrected``; the field is no longer disputed.

    Args:
        incident: As linking derived it.
        corrections: At most one a field.
        claims: All claims of the incident.
        taxonomy: For the title, which follows its parts unless it is corrected itself.
    """
    if not corrections:
        return incident
    by_field: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_field[claim.field].append(claim)
    facts = [fact for fact in incident.agreed if fact.field not in {c.field for c in corrections}]
    standings = dict(incident.standings)
    kind, reality, title = incident.type, incident.reality, ""
    for correction in corrections:
        field = correction.field
        for claim in by_field[field]:
            if claim.value is not None:
                fits = any(agree(value, claim.value) for value in correction.values)
                standings[claim.id] = "agreed" if fits else "corrected"
        facts += [Fact(field, value, _carriers(value, by_field[field])) for value in correction.values if field != "title"]
        only = next((str(value) for value in correction.values), "")
        if field == "type":
            kind = only
        elif field == "reality":
            reality = Reality(only)
        elif field == "title":
            title = only
    return replace(
        incident,
        type=kind,
        reality=reality,
        title=title or make_title(kind, facts, taxonomy),
        agreed=tuple(facts),
        disputed=tuple(name for name in incident.disputed if name not in {c.field for c in corrections}),
        standings=dict(sorted(standings.items())),
        corrections=tuple(corrections),
    )


def _carriers(value: Value, claims: Sequence[Claim]) -> tuple[str, ...]:
    """The claims that say just what a person says."""
    saying = [claim for claim in claims if claim.value == value]
    return tuple(claim.id for claim in sorted(saying, key=lambda claim: (-claim.score, claim.id)))
