"""A cluster of mentions → one incident: each value chosen from the claims by a rule that can be explained.

Copies of one text are one voice. Later reports beat earlier ones on arrests, recovery and deaths; elsewhere the value that
most independent voices support is shown, reports about the incident counting more than those that mention it in passing. A
value shown is one claim's own value, never a blend; only of the wounded those who died since are taken off. Claims that disagree
stay, with their standing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from newsblotter.link.choose import (
    LIST_FIELDS,
    ROLE_WEIGHT,
    Told,
    differ_on_firearm,
    find_standing,
    fits,
    is_disputed,
    settle,
)
from newsblotter.link.corrections import take_back
from newsblotter.link.history import read_history
from newsblotter.link.people import merge_people
from newsblotter.link.profile import voices_of
from newsblotter.link.values import fold
from newsblotter.records import (
    CopyGroup,
    Count,
    Fact,
    Incident,
    Mention,
    Outcome,
    Reality,
    Report,
    Role,
    Value,
    When,
    Where,
)
from newsblotter.taxonomy import Taxonomy

SINGLE_FIELDS = ("date", "time", "place", "address", "target", "killed", "injured", "suspects", "arrested", "loot", "recovered")
TAKING = frozenset({"robbery", "burglary", "theft"})
RANK_SHARE = 0.5  # support, against the best supported type's, from which a type of higher rank names the incident


def merge_all(
    clusters: Sequence[Sequence[Mention]],
    ids: Sequence[str],
    reports: Mapping[str, Report],
    groups: Sequence[CopyGroup],
    taxonomy: Taxonomy,
) -> tuple[Incident, ...]:
    """Turn every cluster into its incident.

    Args:
        clusters: Mentions of each incident.
        ids: Their names, in the same order.
        reports: The reports of those mentions, by id.
        groups: Copies of one text.
        taxonomy: Titles and ranks of incident types.

    Returns:
        Incidents sorted by id.
    """
    voices = voices_of(reports, groups)
    merged = [merge(name, members, reports, voices, taxonomy) for name, members in zip(ids, clusters, strict=True)]
    return tuple(sorted(merged, key=lambda incident: incident.id))


def merge(
    incident_id: str,
    mentions: Sequence[Mention],
    reports: Mapping[str, Report],
    voices: Mapping[str, str],
    taxonomy: Taxonomy,
) -> Incident:
    """Derive one incident from its mentions.

    Args:
        incident_id: Its name.
        mentions: At least one; their claims read. Claims without a value count for nothing.
        reports: Their reports, by id.
        voices: Report id → voice; copies of one text share one (``profile.voices_of``).
        taxonomy: Titles and ranks of incident types.
    """
    members = sorted(mentions, key=lambda mention: mention.id)
    said = take_back(_gather(members, reports, voices), reports)
    told = {field: [t for t in found if not t.until] for field, found in said.items()}
    days = [reports[m.report_id].published for m in members if m.role in (Role.MAIN, Role.FOLLOW_UP) and m.report_id in reports]
    first_printed = min((day.toordinal() for day in days if day), default=0)
    kind = _choose_type(members, voices, taxonomy)
    facts: list[Fact] = []
    standings: dict[str, str] = {}
    disputed: list[str] = []
    standings.update({t.claim.id: "superseded" for found in said.values() for t in found if t.until})
    _settle_type(kind, told.get("type", []), facts, standings)
    for field in SINGLE_FIELDS:
        candidates = told.get(field, [])
        if not candidates:
            continue
        settled = settle(field, told, first_printed)
        chosen = settled.chosen
        supporters = [t.claim.id for t in candidates if t is not chosen and fits(t, chosen)]
        facts.append(Fact(field, settled.value, (chosen.claim.id, *sorted(supporters))))
        standings.update({t.claim.id: find_standing(field, t, chosen) for t in candidates})
        if field == "injured" and settled.outdated:
            older = (t.claim.id for t in candidates if t.day < settled.outdated)
            standings.update({claim_id: "superseded" for claim_id in older if standings[claim_id] == "disputed"})
        if field == "suspects":
            standings.update(
                {t.claim.id: "agreed" for t in candidates if _are_the_caught(t, settled.value, told.get("arrested", ()))}
            )
        if is_disputed(candidates, standings, chosen):
            disputed.append(field)
    if differ_on_firearm(told.get("weapons", [])):
        disputed.append("weapons")
    for field in LIST_FIELDS:
        shown = _list_facts(field, told.get(field, []))
        facts.extend(shown)
        standings.update({t.claim.id: "agreed" for t in told.get(field, [])})
    agreed = tuple(facts)
    return Incident(
        id=incident_id,
        type=kind,
        reality=_choose_reality(members, voices),
        title=make_title(kind, agreed, taxonomy),
        mention_ids=tuple(mention.id for mention in members),
        agreed=agreed,
        disputed=tuple(disputed),
        standings=dict(sorted(standings.items())),
        history=read_history(said),
        voices=len({voices.get(mention.report_id, mention.report_id) for mention in members}),
    )


def _are_the_caught(told: Told, all_of_them: Value, arrested: Sequence[Told]) -> bool:
    """Whether a smaller number of suspects is that of those arrested, by the same report: "the two suspects were remanded"."""
    number = told.claim.value
    if not isinstance(number, Count) or not isinstance(all_of_them, Count) or number.low >= all_of_them.low:
        return False
    return any(t.claim.value == number and t.claim.quote.report_id == told.claim.quote.report_id for t in arrested)


def _gather(members: Sequence[Mention], reports: Mapping[str, Report], voices: Mapping[str, str]) -> dict[str, list[Told]]:
    told: dict[str, list[Told]] = {}
    for mention in members:
        report = reports.get(mention.report_id)
        day = report.published.toordinal() if report and report.published else 0
        voice = voices.get(mention.report_id, mention.report_id)
        for claim in mention.claims:
            if claim.value is not None:
                told.setdefault(claim.field, []).append(Told(claim, mention.role, voice, day))
    return {field: sorted(found, key=lambda t: t.claim.id) for field, found in told.items()}


def _voice_weights(members: Sequence[Mention], voices: Mapping[str, str], key: str) -> dict[str, float]:
    """Support of each type or reality: every voice counts once for it, by its weightiest mention."""
    best: dict[tuple[str, str], float] = {}
    for mention in members:
        score = max((c.score for c in mention.claims if c.field == "type"), default=1.0)
        value = mention.type if key == "type" else mention.reality.value
        slot = (value, voices.get(mention.report_id, mention.report_id))
        best[slot] = max(best.get(slot, 0.0), ROLE_WEIGHT[mention.role] * score)
    weights: dict[str, float] = {}
    for (value, _), weight in sorted(best.items()):
        weights[value] = weights.get(value, 0.0) + weight
    return weights


def _choose_type(members: Sequence[Mention], voices: Mapping[str, str], taxonomy: Taxonomy) -> str:
    """The type that the voices support; robbery, burglary and theft, which reports mix up, stand together against the others."""
    weights = _voice_weights(members, voices, "type")
    taking = {kind: weight for kind, weight in weights.items() if kind in TAKING}
    if taking:
        best = min(taking, key=lambda kind: (-round(taking[kind], 6), -taxonomy.rank(kind), kind))
        weights = {kind: weight for kind, weight in weights.items() if kind not in TAKING} | {best: sum(taking.values())}
    top = max(weights.values())
    serious = [kind for kind, weight in weights.items() if weight == top or weight > RANK_SHARE * top]
    return min(serious, key=lambda kind: (-taxonomy.rank(kind), -weights[kind], kind))


def _choose_reality(members: Sequence[Mention], voices: Mapping[str, str]) -> Reality:
    weights = _voice_weights(members, voices, "reality")
    order = list(Reality)
    return min((Reality(value) for value in weights), key=lambda r: (-round(weights[r.value], 6), order.index(r)))


def _settle_type(kind: str, told: Sequence[Told], facts: list[Fact], standings: dict[str, str]) -> None:
    backing = sorted((t for t in told if t.claim.value == kind), key=lambda t: (-t.weight, t.claim.id))
    if backing:
        facts.append(Fact("type", kind, tuple(t.claim.id for t in backing)))
    standings.update({t.claim.id: "agreed" if t.claim.value == kind else "disputed" for t in told})


def _list_facts(field: str, told: Sequence[Told]) -> list[Fact]:
    """One fact for each distinct value; what only passing reports say is shown when no report is about the incident."""
    shown = [t for t in told if t.in_focus] or list(told)
    if field == "people":
        return merge_people([(t.claim, t.weight) for t in shown])
    alike: dict[str, list[Told]] = {}
    for t in shown:
        value = t.claim.value
        key = f"{value.kind}" if isinstance(value, Outcome) else fold(value) if isinstance(value, str) else repr(value)
        alike.setdefault(key, []).append(t)
    facts = []
    for key in sorted(alike):
        ranked = sorted(alike[key], key=lambda t: (-(t.day if field == "outcomes" else 0), -t.weight, t.claim.id))
        if ranked[0].claim.value is not None:
            facts.append(Fact(field, ranked[0].claim.value, tuple(t.claim.id for t in ranked)))
    return facts


def make_title(kind: str, facts: Sequence[Fact], taxonomy: Taxonomy) -> str:
    """A headline for an incident: "Robbery at Cartier, Monte Carlo", "Arson (cars), Bristol", "Shooting in Rocky Mount"."""
    found = taxonomy.types.get(kind)
    name = found.title if found else kind.replace("_", " ").capitalize()
    values = {fact.field: fact.value for fact in facts if fact.field in ("target", "place", "date")}
    target, place, when = values.get("target"), values.get("place"), values.get("date")
    where = place.name if isinstance(place, Where) else None
    if isinstance(target, str) and target:
        what = f"{name} ({target})" if target[0].islower() else f"{name} at {target}"  # a taxi is robbed, Cartier is robbed at
        return f"{what}, {where}" if where and fold(where) not in fold(target) else what
    if where:
        return f"{name} in {where}"
    if isinstance(when, When):
        years = {when.earliest.year, when.latest.year}
        return f"{name}, {'–'.join(str(year) for year in sorted(years))}"
    return name
