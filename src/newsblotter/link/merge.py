"""A cluster of mentions → one incident: each value chosen from the claims by a rule that can be explained.

Copies of one text are one voice. Later reports beat earlier ones on arrests, recovery and deaths; elsewhere the value that
most independent voices support is shown, reports about the incident counting more than those that mention it in passing. A
value shown is one claim's own value, never a blend. Claims that disagree stay, with their standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from newsblotter.link.history import read_history
from newsblotter.link.people import merge_people
from newsblotter.link.profile import voices_of
from newsblotter.link.values import agree, fold, span_days
from newsblotter.records import (
    Claim,
    CopyGroup,
    Count,
    Fact,
    Incident,
    Mention,
    Money,
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
LIST_FIELDS = ("weapons", "vehicles", "tactics", "people", "outcomes")
LATEST_FIELDS = ("arrested", "recovered")  # the latest report knows best
GROWING_FIELDS = ("killed",)  # deaths are added by later reports, never taken back
# How much a voice counts by what its report is to the incident. Two in passing do not outvote one report about it.
ROLE_WEIGHT = {Role.MAIN: 1.0, Role.FOLLOW_UP: 0.9, Role.ROUND_UP: 0.6, Role.BACKGROUND: 0.35}
PLACE_WEIGHT = {"scene": 1.0, "dateline": 0.4}  # other places of a report (court, home) say little about the scene
OTHER_PLACE_WEIGHT = 0.2
VAGUE = 0.75  # support of a range or an open number against that of a plain one, which fewer numbers fit
RANK_SHARE = 0.5  # support, against the best supported type's, from which a type of higher rank names the incident
SURE = 0.4  # score of a claim from which it can make a field disputed
_PLACE_ORDER = ("address", "street", "quarter", "city", "region", "country")


@dataclass(frozen=True, slots=True)
class Told:
    """A claim with where it comes from."""

    claim: Claim
    role: Role
    voice: str
    day: int  # publication as a day number; 0 when nobody states it

    @property
    def in_focus(self) -> bool:
        return self.role in (Role.MAIN, Role.FOLLOW_UP)

    @property
    def weight(self) -> float:
        value = self.claim.value
        place = PLACE_WEIGHT.get(value.role, OTHER_PLACE_WEIGHT) if isinstance(value, Where) else 1.0
        return ROLE_WEIGHT[self.role] * self.claim.score * place


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
    told = _gather(members, reports, voices)
    kind = _choose_type(members, voices, taxonomy)
    facts: list[Fact] = []
    standings: dict[str, str] = {}
    disputed: list[str] = []
    _settle_type(kind, told.get("type", []), facts, standings)
    for field in SINGLE_FIELDS:
        candidates = told.get(field, [])
        if not candidates:
            continue
        chosen = choose(field, candidates)
        supporters = [t.claim.id for t in candidates if t is not chosen and _agree(t, chosen)]
        assert chosen.claim.value is not None  # gathered claims have values
        facts.append(Fact(field, chosen.claim.value, (chosen.claim.id, *sorted(supporters))))
        standings.update({t.claim.id: _standing(field, t, chosen) for t in candidates})
        if _is_disputed(candidates, chosen, standings):
            disputed.append(field)
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
        history=read_history(members, reports),
        voices=len({voices.get(mention.report_id, mention.report_id) for mention in members}),
    )


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


def _agree(left: Told, right: Told) -> bool:
    if left.claim.value is None or right.claim.value is None:
        return False
    return agree(left.claim.value, right.claim.value)


def support(candidate: Told, everyone: Iterable[Told]) -> float:
    """How much the independent voices back a claim: each voice by its weightiest claim that agrees."""
    best: dict[str, float] = {}
    for other in everyone:
        if other is candidate or _agree(other, candidate):
            best[other.voice] = max(best.get(other.voice, 0.0), other.weight)
    # own weight last: of two values in one voice, the surer one leads
    return sum(best[voice] for voice in sorted(best)) * _plainness(candidate) + 0.1 * candidate.weight


def _plainness(told: Told) -> float:
    value = told.claim.value
    if isinstance(value, (Count, Money)):
        return 1.0 if value.high == value.low else VAGUE
    return 1.0


def _vagueness(told: Told) -> float:
    """How much room a value leaves; less is more precise."""
    match told.claim.value:
        case When() as when:
            return float(span_days(when))
        case Where() as where:
            return float(_PLACE_ORDER.index(where.precision)) if where.precision in _PLACE_ORDER else 9.0
        case Count(low=low, high=high):
            return 1e9 if high is None else float(high - low)
        case Money(low=money_low, high=money_high):
            return 1e12 if money_high is None else money_high - money_low
    return 0.0


def choose(field: str, candidates: Sequence[Told]) -> Told:
    """The claim whose value is shown for a field.

    Only reports about the incident are asked when any of them says something. Dates to the day come before weeks and years,
    places from the city down before regions. Among these the best supported value wins; ties go to the more precise, the surer,
    the earlier, the lower id. Then arrests and recovery are taken from the latest report, and deaths from a later one that
    counts more.
    """
    asked = [t for t in candidates if t.in_focus and t.claim.score >= SURE] or [t for t in candidates if t.in_focus]
    asked = asked or list(candidates)
    if field in LATEST_FIELDS:
        newest = max(t.day for t in asked)
        asked = [t for t in asked if t.day == newest]
    asked = _narrow(asked)

    def order(t: Told) -> tuple[float, float, float, int, str]:
        return (-round(support(t, candidates), 6), _vagueness(t), -t.claim.score, t.day or 10**7, t.claim.id)

    chosen = min(asked, key=order)
    if field == "place":
        fitting = [
            t for t in asked if _agree(t, chosen) and t.weight >= 0.6 * chosen.weight and _has_point(t) >= _has_point(chosen)
        ]
        chosen = min(fitting, key=lambda t: (_vagueness(t), *order(t)), default=chosen)
    if field in GROWING_FIELDS and isinstance(chosen.claim.value, Count):
        more = [t for t in asked if t.day > chosen.day and _counts_more(t, chosen.claim.value)]
        chosen = min(more, key=lambda t: (-t.day, *order(t)), default=chosen)
    return chosen


def _has_point(told: Told) -> bool:
    return isinstance(told.claim.value, Where) and told.claim.value.latitude is not None


def _counts_more(told: Told, than: Count) -> bool:
    value = told.claim.value
    return isinstance(value, Count) and than.high is not None and value.low > than.high


def _narrow(asked: list[Told]) -> list[Told]:
    """Leave out vague dates and places where precise ones are to be had."""
    return [told for told in asked if _is_precise(told.claim.value)] or asked


def _is_precise(value: Value | None) -> bool:
    if isinstance(value, When):
        return span_days(value) <= 2
    return isinstance(value, Where) and value.role == "scene" and value.precision not in ("region", "country")


def _standing(field: str, told: Told, chosen: Told) -> str:
    """What became of a claim: agreed, superseded by a later one, or disputed."""
    if told is chosen or _agree(told, chosen):
        return "agreed"
    if field in (*LATEST_FIELDS, *GROWING_FIELDS) and told.day < chosen.day:
        return "superseded"
    return "disputed"


def _is_disputed(candidates: Sequence[Told], chosen: Told, standings: Mapping[str, str]) -> bool:
    """Whether a voice of its own, about the incident and sure enough, says otherwise and nowhere the same."""
    backing = {t.voice for t in candidates if standings[t.claim.id] != "disputed"}
    return any(
        standings[t.claim.id] == "disputed" and t.in_focus and t.claim.score >= SURE and t.voice not in backing for t in candidates
    )


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
    weights = _voice_weights(members, voices, "type")
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
    """A headline for an incident: "Robbery at Cartier, Monte Carlo", "Shooting in Rocky Mount", "Theft, 2008"."""
    found = taxonomy.types.get(kind)
    name = found.title if found else kind.replace("_", " ").capitalize()
    values = {fact.field: fact.value for fact in facts if fact.field in ("target", "place", "date")}
    target, place, when = values.get("target"), values.get("place"), values.get("date")
    where = place.name if isinstance(place, Where) else None
    if isinstance(target, str) and target:
        return f"{name} at {target}, {where}" if where and fold(where) not in fold(target) else f"{name} at {target}"
    if where:
        return f"{name} in {where}"
    if isinstance(when, When):
        years = {when.earliest.year, when.latest.year}
        return f"{name}, {'–'.join(str(year) for year in sorted(years))}"
    return name
