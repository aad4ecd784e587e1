"""Which of several claims is shown for a field, and what becomes of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeAlias

from newsblotter.link.values import agree, amounts_meet, ranges_meet, span_days
from newsblotter.records import Claim, Count, Money, Role, Value, When, Where

LIST_FIELDS = ("weapons", "vehicles", "tactics", "people", "outcomes")  # every value stands beside the others
LATEST_FIELDS = ("recovered",)  # the latest report knows best
GROWING_FIELDS = ("killed", "arrested")  # later reports add to them, none takes back: the highest sure count is the last word
# How much a voice counts by what its report is to the incident. Two in passing do not outvote one report about it.
ROLE_WEIGHT = {Role.MAIN: 1.0, Role.FOLLOW_UP: 0.9, Role.ROUND_UP: 0.6, Role.BACKGROUND: 0.35}
PLACE_WEIGHT = {"scene": 1.0, "dateline": 0.4}  # other places of a report (court, home) say little about the scene
OTHER_PLACE_WEIGHT = 0.2
VAGUE = 0.75  # support of a range or an open number against that of a plain one, which fewer numbers fit
SECOND = 0.4  # weight of what a voice says besides its surest word: part of the loot, one of the gang
HALF = 0.5  # weight of a vague value for a plain one that it allows: "at least two" for 3
NEAR = 0.9  # weight of an amount for another that differs by no more than rounding: 3.2 for 3.5 million
NARROWER = 0.6  # weight of a plain value for a range that holds it: 2.4 million for "several million"; chosen on heists look
SURE = 0.4  # score of a claim from which it can make a field disputed
SURE_TIME = 0.25  # the same for clock times, of which even plain ones score low ("about 5 a.m. on Friday")
FIREARMS = frozenset({"handgun", "machine gun", "rifle", "assault rifle", "shotgun"})  # kinds that exclude one another
FIREARM_VOICES = 3  # that name one kind each, together; in heists look a pistol of one voice stands against two machine guns
DISPUTED_SLACK = 0.05  # most that an amount's digits leave open either way: 10 and 9.5 million may be one, 10 and 12 not
OPEN_MONEY = 1.5  # "more than a million" commits to no more than this many times it, when amounts are held against each other
OPEN_COUNT = 2  # the same of "at least three"
NEARLY = 0.75  # of the surest claim's score, for another to compete: "three masked gunmen" against "a gunman" (heists look)
NEARLY_ARRESTED = 0.6  # the same for arrests, whose plainest words ("six men are held") score lower
NEARLY_TARGET = 0.5  # the same for targets: one report's sure mistake must not silence what all the others name
GROWTH = 3  # a count of arrests above this many times the best supported one, and above FEW, is of something else
FEW = 5
_PLACE_ORDER = ("address", "street", "quarter", "city", "region", "country")


_Rank: TypeAlias = tuple[float, float, float, int, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A claim with where it comes from."""

    claim: Claim
    role: Role
    voice: str
    day: int  # publication as a day number; 0 when nobody states it
    until: int = 0  # day on which its own outlet took it back; 0: never

    @property
    def in_focus(self) -> bool:
        return self.role in (Role.MAIN, Role.FOLLOW_UP)

    @property
    def weight(self) -> float:
        value = self.claim.value
        place = PLACE_WEIGHT.get(value.role, OTHER_PLACE_WEIGHT) if isinstance(value, Where) else 1.0
        return ROLE_WEIGHT[self.role] * self.claim.score * place


def fits(left: Told, right: Told) -> bool:
    """Whether two claims can both be true."""
    if left.claim.value is None or right.claim.value is None:
        return False
    return agree(left.claim.value, right.claim.value)


def _backing(other: Told, candidate: Told) -> float:
    """How far one claim backs another: 1 plainly, less when it only allows for it, 0 when it says something else."""
    if other is candidate:
        return 1.0
    if not fits(other, candidate):
        return 0.0
    ours, theirs = candidate.claim.value, other.claim.value
    if isinstance(ours, Money) and isinstance(theirs, Money) and ours.currency != theirs.currency:
        return 0.0
    if ours == theirs:
        return 1.0
    if not _is_plain(ours):
        return NARROWER
    if not _is_plain(theirs):
        return HALF
    return NEAR if isinstance(ours, Money) else 1.0


def _is_plain(value: Value | None) -> bool:
    if isinstance(value, (Count, Money)):
        return value.high == value.low
    if isinstance(value, When):
        return span_days(value) <= 2
    if isinstance(value, Where):
        return value.precision not in ("region", "country")
    return True


def support(candidate: Told, everyone: Iterable[Told], surest: Mapping[str, str]) -> float:
    """How much the independent voices back a claim: each voice by the claim of its that backs it best.

    Args:
        candidate: The claim.
        everyone: All claims of the field.
        surest: Voice → id of its surest claim; what it says besides counts less.
    """
    return _back(candidate, _weigh_all(everyone, surest)) + 0.1 * candidate.weight


_Weighed: TypeAlias = Sequence[tuple[Told, float, bool]]  # claims with their weight, and whether each is its voice's surest


def _weigh_all(everyone: Iterable[Told], surest: Mapping[str, str]) -> _Weighed:
    return [(told, told.weight, told.claim.id == surest[told.voice]) for told in everyone]


def _back(candidate: Told, everyone: _Weighed) -> float:
    """How much the voices back a claim: the same for all claims of its value."""
    best: dict[str, float] = {}
    known: dict[Value | None, float] = {candidate.claim.value: 1.0}  # many claims say the same
    for other, weight, is_surest in everyone:
        share = known.get(other.claim.value)
        if share is None:
            share = known[other.claim.value] = _backing(other, candidate)
        backing = weight * share if is_surest else weight * share * SECOND
        if backing > best.get(other.voice, -1.0):
            best[other.voice] = backing
    plainness = 1.0 if _is_plain(candidate.claim.value) else VAGUE
    return sum(best[voice] for voice in sorted(best)) * plainness


def _support_all(asked: Sequence[Told], everyone: Iterable[Told], surest: Mapping[str, str]) -> dict[str, float]:
    """``support`` of each of some claims, by id."""
    weighed = _weigh_all(everyone, surest)
    backed: dict[Value | None, float] = {}
    found = {}
    for told in asked:
        value = told.claim.value
        if value not in backed:
            backed[value] = _back(told, weighed)
        found[told.claim.id] = backed[value] + 0.1 * told.weight
    return found


def _find_surest(told: Iterable[Told]) -> dict[str, str]:
    surest: dict[str, Told] = {}
    for t in told:
        found = surest.get(t.voice)
        if found is None or (-t.weight, t.claim.id) < (-found.weight, found.claim.id):
            surest[t.voice] = t
    return {voice: t.claim.id for voice, t in surest.items()}


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


def _who_is_asked(field: str, candidates: Sequence[Told], first_printed: int) -> list[Told]:
    """The claims that compete for being shown."""
    asked = [t for t in candidates if t.in_focus] or list(candidates)
    nearly = {"arrested": NEARLY_ARRESTED, "target": NEARLY_TARGET}.get(field, NEARLY)
    least = nearly * max(t.claim.score for t in asked)
    asked = [t for t in asked if t.claim.score >= least]
    if field == "date" and first_printed:
        asked = _before_print(asked, first_printed)
    if field in LATEST_FIELDS:
        newest = max(t.day for t in asked)
        asked = [t for t in asked if t.day == newest]
    return [told for told in asked if _is_precise(told.claim.value)] or asked


def _before_print(asked: list[Told], first_printed: int) -> list[Told]:
    """Dates not after the first report; all where more voices say otherwise, for then that report is rather of something else."""
    before = [t for t in asked if isinstance(t.claim.value, When) and t.claim.value.earliest.toordinal() <= first_printed]
    voices = {t.voice for t in before}
    return before if before and len(voices) >= len({t.voice for t in asked} - voices) else asked


def _is_precise(value: Value | None) -> bool:
    if isinstance(value, When):
        return span_days(value) <= 2
    return isinstance(value, Where) and value.role == "scene" and value.precision not in ("region", "country")


def choose(field: str, candidates: Sequence[Told], first_printed: int = 0) -> Told:
    """The claim whose value is shown for a field.

    Only reports about the incident are asked when any of them says something, and only claims about as sure as the surest.
    Dates to the day come before weeks and years, and none after the incident was first printed; places from the city down come
    before regions. Among these the best supported value wins; ties go to the more precise, the surer, the earlier, the lower
    id. Then the latest report is asked what was recovered, and deaths and arrests are the highest count.

    Args:
        field: A field with one value.
        candidates: Its claims, at least one.
        first_printed: Day number of the earliest report about the incident, 0 if unknown.
    """
    asked = _who_is_asked(field, candidates, first_printed)
    backing = _support_all(asked, candidates, _find_surest(candidates))
    rank = {t.claim.id: (-round(backing[t.claim.id], 6), _vagueness(t), -t.claim.score, t.day or 10**7, t.claim.id) for t in asked}
    chosen = min(asked, key=lambda t: rank[t.claim.id])
    if field == "place":
        fitting = [
            t for t in asked if fits(t, chosen) and t.weight >= NEARLY * chosen.weight and _has_point(t) >= _has_point(chosen)
        ]
        chosen = min(fitting, key=lambda t: (_vagueness(t), rank[t.claim.id]), default=chosen)
    if field == "date":  # a day that somebody names, rather than the night or weekend that holds it
        finer = [t for t in asked if fits(t, chosen) and t.weight >= NEARLY * chosen.weight and _vagueness(t) < _vagueness(chosen)]
        chosen = min(finer, key=lambda t: rank[t.claim.id], default=chosen)
    if field in GROWING_FIELDS and isinstance(chosen.claim.value, Count):
        said = asked
        if chosen.claim.value.high is None:  # "at least five": any later number that is sure enough says more
            said = [t for t in candidates if t.in_focus and t.claim.score >= SURE]
        chosen = _last_count(field, chosen, chosen.claim.value, said, rank)
    return chosen


def _last_count(field: str, chosen: Told, count: Count, asked: Sequence[Told], rank: Mapping[str, _Rank]) -> Told:
    """The highest count: of deaths among later reports, of arrests among all that stay within reason."""
    best, high = chosen, count.low
    last = (0.0, 0.0, 0.0, 0, "")
    for told in sorted(asked, key=lambda t: (rank.get(t.claim.id, last), t.claim.id)):
        value = told.claim.value
        if not isinstance(value, Count) or value.low <= high:
            continue
        if told.day > chosen.day if field == "killed" else value.low <= max(FEW, GROWTH * count.low):
            best, high = told, value.low
    return best


def _has_point(told: Told) -> bool:
    return isinstance(told.claim.value, Where) and told.claim.value.latitude is not None


def contradicts(left: Told, right: Told) -> bool:
    """Whether one of two claims must be wrong. What is open above commits to what it is near, and amounts to less slack."""
    ours, theirs = left.claim.value, right.claim.value
    if isinstance(ours, Money) and isinstance(theirs, Money):
        if ours.high is None:
            ours = replace(ours, high=OPEN_MONEY * ours.low)
        if theirs.high is None:
            theirs = replace(theirs, high=OPEN_MONEY * theirs.low)
        return amounts_meet(_as_printed(ours), _as_printed(theirs), 0.0) is False
    if isinstance(ours, Count) and isinstance(theirs, Count):
        return not ranges_meet(_commit(ours), _commit(theirs))
    return not fits(left, right)


def _as_printed(amount: Money) -> Money:
    """What an amount leaves open by the digits that it is printed with: 3.2 million is 3.15 to 3.25, and 10 is 9.5 to 10.5."""
    high = amount.high
    return replace(
        amount,
        low=amount.low - _half_a_digit(amount.low),
        high=None if high is None else high + _half_a_digit(high),
    )


def _half_a_digit(number: float) -> float:
    """Half of the last digit that is not 0, at most ``DISPUTED_SLACK`` of the number."""
    digits = f"{number:.15g}"
    last = Decimal(digits).normalize().as_tuple().exponent
    assert isinstance(last, int)  # amounts are finite
    return min(0.5 * 10.0**last, DISPUTED_SLACK * number)


def _is_trade(target: Value | None) -> bool:
    """Whether a target is only told by its trade ("a jeweller"), in small letters, not by name."""
    return isinstance(target, str) and target[:1].islower()


def _commit(count: Count) -> Count:
    return replace(count, high=max(OPEN_COUNT * count.low, 1)) if count.high is None else count


def find_standing(field: str, told: Told, chosen: Told) -> str:
    """What became of a claim: agreed, superseded by a later or fuller one, or disputed.

    A claim of another place says nothing against the scene when it is a court, a home or a dateline, nor a trade against a name.
    """
    if told is chosen or not contradicts(told, chosen) or _is_elsewhere(told.claim.value):
        return "agreed"
    if field == "target" and _is_trade(told.claim.value) != _is_trade(chosen.claim.value):
        return "agreed"  # "a jeweller" to one, Cartier to another
    if field in LATEST_FIELDS and told.day < chosen.day:
        return "superseded"
    ours, theirs = chosen.claim.value, told.claim.value
    if field in GROWING_FIELDS and isinstance(ours, Count) and isinstance(theirs, Count) and theirs.low < ours.low:
        return "superseded" if told.day < chosen.day or not told.day or not chosen.day else "disputed"
    return "disputed"


def _is_elsewhere(value: Value | None) -> bool:
    return isinstance(value, Where) and (value.role != "scene" or value.precision == "country")


@dataclass(frozen=True, slots=True)
class Deaths:
    """Deaths that a later report knows of: from its day on a wounded victim is a dead one."""

    day: int = 0  # its publication; 0: no later report knows of any
    count: int = 0  # how many more


def find_deaths(killed: Sequence[Told], injured: Sequence[Told], chosen: Told) -> Deaths:
    """What became of the wounded, so that older counts of injured are out of date.

    The first report of the count shown knows of more deaths than an earlier one about the incident; or it tells of the dead where
    earlier ones only counted the wounded: on gunviolence train right in 23 incidents of 30.
    """
    count = chosen.claim.value
    dated = [(t.day, t.claim.value.low) for t in killed if t.in_focus and t.day and isinstance(t.claim.value, Count)]
    if not isinstance(count, Count) or not chosen.day:
        return Deaths()
    since = min((day for day, low in dated if low >= count.low), default=chosen.day)
    lower = [low for day, low in dated if day < since]
    if lower:
        return Deaths(since, count.low - max(lower))
    wounded_before = any(t.in_focus and 0 < t.day < since for t in injured)
    return Deaths(since, count.low) if wounded_before else Deaths()


def lower_injured(chosen: Told, deaths: Deaths) -> Value | None:
    """The number of injured less those who died since it was printed; None where no plain number was said."""
    value = chosen.claim.value
    if not deaths.day or chosen.day >= deaths.day or not isinstance(value, Count):
        return value
    high = None if value.high is None else max(0, value.high - deaths.count)
    return replace(value, low=max(0, value.low - deaths.count), high=high)


@dataclass(frozen=True, slots=True)
class Settled:
    """What is shown for a field."""

    chosen: Told
    value: Value  # the chosen claim's; of the injured less those who died since
    outdated: int = 0  # day before which counts of injured were printed that a later death outdates; 0: none


def settle(field: str, told: Mapping[str, Sequence[Told]], first_printed: int = 0) -> Settled:
    """What is shown for a field: the chosen claim's value; the injured are counted without those who died since.

    Args:
        field: A field with one value, of which something is told.
        told: Every claim by field: how many were injured hangs on the deaths.
        first_printed: As in ``choose``.
    """
    deaths = Deaths()
    candidates = told[field]
    if field == "injured" and told.get("killed"):
        killed = choose("killed", told["killed"], first_printed)
        deaths = find_deaths(told["killed"], candidates, killed)
        if deaths.day:
            candidates = [t for t in candidates if t.in_focus and t.day >= deaths.day] or candidates
    chosen = choose(field, candidates, first_printed)
    value = chosen.claim.value
    assert value is not None  # gathered claims have values
    if field == "injured":
        value = lower_injured(chosen, deaths) or value
    return Settled(chosen, value, deaths.day)


def _contradict(candidates: Sequence[Told]) -> bool:
    """Whether two voices about the incident give plain values that cannot both be true."""
    surest = _find_surest(candidates)
    plain = [
        t for t in candidates if t.claim.id == surest[t.voice] and t.in_focus and t.claim.score >= SURE and _is_plain(t.claim.value)
    ]
    return any(not fits(left, right) for at, left in enumerate(plain) for right in plain[at + 1 :])


def differ_on_firearm(told: Sequence[Told]) -> bool:
    """Whether voices that each name one kind of gun name different ones: a pistol to some, a machine gun to others.

    Gangs carry several, so no voice may name both, and where only two speak, each may have seen another man's.
    """
    kinds: dict[str, set[str]] = {}
    for t in told:
        if t.in_focus and t.claim.score >= SURE and t.claim.value in FIREARMS:
            kinds.setdefault(t.voice, set()).add(str(t.claim.value))
    plain = Counter(next(iter(found)) for found in kinds.values() if len(found) == 1)
    both = any(len(found) > 1 for found in kinds.values())
    return not both and len(plain) > 1 and sum(plain.values()) >= FIREARM_VOICES


def is_disputed(candidates: Sequence[Told], standings: Mapping[str, str], chosen: Told) -> bool:
    """Whether a voice of its own, about the incident and sure enough, says otherwise and nowhere the same, or cites who does.

    Where a vague value is shown, which may hold several plain ones, also whether those contradict each other.
    """
    if isinstance(chosen.claim.value, (Count, Money)) and not _is_plain(chosen.claim.value) and _contradict(candidates):
        return True
    backing = [t for t in candidates if standings[t.claim.id] != "disputed"]
    voices, speakers = {t.voice for t in backing}, {(t.voice, t.claim.said_by) for t in backing}
    sure = SURE_TIME if chosen.claim.field == "time" else SURE
    for told in candidates:
        if standings[told.claim.id] != "disputed" or not told.in_focus or told.claim.score < sure:
            continue
        if told.voice not in voices:
            return True
        if told.claim.said_by is not None and (told.voice, told.claim.said_by) not in speakers and _is_plain(told.claim.value):
            return True  # one report sets two sources against each other
    return False
