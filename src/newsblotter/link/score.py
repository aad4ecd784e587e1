"""How likely two mentions are one incident, and why: learnt weights over plain features."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from newsblotter.errors import DataError
from newsblotter.link.block import BlockSettings, find_candidates
from newsblotter.link.compare import FEATURES, measure
from newsblotter.link.profile import Profile, build_profiles
from newsblotter.link.values import excess_km, span_days
from newsblotter.records import CopyGroup, Feature, Judgement, Link, Mention, Report, gap_days

SAME_TEXT = 1.0  # probability of a link between accounts in copies of one text: certain
SAME_REPORT = 0.0  # probability of a link between two incidents that one report tells apart: ruled out
# The same where one is told only in passing or undated: reports retell what they are about ("the March shooting"), dated better
# there than above. Other reports may tie the two: gunviolence train gains 3.7 points of recall and loses no precision.
SAME_REPORT_PASSING = 0.018
RETOLD_DAYS = 180  # between the sure dates of two such accounts: farther apart, "the same shop was robbed in 2008" is no retelling
TELLING = 0.05  # log-odds below which a feature is not worth a word
SAME_SPOT_KM = 5.0  # two accounts in one report within this are of one place


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """How mentions are linked."""

    blocks: BlockSettings = field(default_factory=BlockSettings)
    min_probability: float = 0.45  # of a join of two clusters; chosen on gunviolence train and heists look
    min_kept: float = 0.03  # links below it are not kept: a pair without a link counts as unlikely


@dataclass(frozen=True, slots=True)
class Weights:
    """Learnt log-odds of each feature at its knots, and where the scale starts."""

    bias: float
    log_odds: Mapping[str, npt.NDArray[np.float64]]


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Load the packaged weights.

    Raises:
        DataError: The file is broken, or was fitted for other features.
    """
    path = files("newsblotter") / "_data" / "link_weights.json"
    try:
        loaded = json.loads(path.read_text("utf-8"))
        weights = Weights(float(loaded["bias"]), {k: np.array(v, dtype=float) for k, v in loaded["log_odds"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"link_weights.json cannot be read: {error}") from error
    for spec in FEATURES:
        if len(weights.log_odds.get(spec.name, ())) != len(spec.knots):
            raise DataError(f"link_weights.json: {spec.name} needs {len(spec.knots)} numbers; fit the weights again")
    return weights


def contributions(values: npt.NDArray[np.float64], weights: Weights) -> npt.NDArray[np.float64]:
    """Log-odds that each feature adds, (pairs, features) float64 like ``values``; 0 where a feature is nan."""
    added = np.zeros_like(values)
    for column, spec in enumerate(FEATURES):
        told = np.flatnonzero(~np.isnan(values[:, column]))
        added[told, column] = np.interp(values[told, column], spec.knots, weights.log_odds[spec.name])
    return added


def _to_features(values: npt.NDArray[np.float64], added: npt.NDArray[np.float64]) -> tuple[Feature, ...]:
    """The features worth a word, the weightiest first."""
    found = []
    for spec, value, weight in zip(FEATURES, values.tolist(), added.tolist(), strict=True):
        if not math.isnan(value) and abs(weight) >= TELLING:
            found.append(Feature(spec.name, round(value, 4), round(weight, 4), spec.alike if weight > 0 else spec.unlike))
    return tuple(sorted(found, key=lambda feature: (-abs(feature.weight), feature.name)))


Pairs: TypeAlias = Sequence[tuple[int, int]]
Measured: TypeAlias = npt.NDArray[np.float64]
ShareOut: TypeAlias = Callable[[Callable[[Pairs], Measured], Pairs], Sequence[Measured]]


def _alone(function: Callable[[Pairs], Measured], pairs: Pairs) -> Sequence[Measured]:
    return [function(pairs)]


def score_pairs(
    profiles: Sequence[Profile], pairs: Pairs, min_kept: float, weights: Weights, share_out: ShareOut = _alone
) -> list[Link]:
    """Score pairs of positions in ``profiles``; links under ``min_kept`` are left out.

    Args:
        share_out: Applies a function to the pairs in parts, in order, for instance on several processors.
    """
    if not pairs:
        return []

    def measure_all(part: Pairs) -> Measured:
        return np.array([measure(profiles[left], profiles[right]) for left, right in part], dtype=float)

    values = np.concatenate([part for part in share_out(measure_all, pairs) if len(part)])
    added = contributions(values, weights)
    odds = added.sum(axis=1) + weights.bias
    return to_links(profiles, pairs, odds, min_kept, lambda at: _to_features(values[at], added[at]))


def to_links(
    profiles: Sequence[Profile],
    pairs: Pairs,
    odds: npt.NDArray[np.float64],
    min_kept: float = 0.03,
    why: Callable[[int], tuple[Feature, ...]] = lambda at: (),
) -> list[Link]:
    """Links of pairs by their log-odds, those under ``min_kept`` left out; ``why`` gives the reasons for one, by its place."""
    probabilities = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    links = []
    for at in np.flatnonzero(probabilities >= min_kept).tolist():
        left, right = (profiles[position].mention.id for position in pairs[at])
        probability = round(min(0.9999, max(0.0001, float(probabilities[at]))), 6)  # 0 and 1 are kept for certainties
        links.append(Link(min(left, right), max(left, right), probability, why(at)))
    return links


def find_certain(profiles: Sequence[Profile]) -> Iterator[Link]:
    """Links that no feature decides: between accounts of one report, and between copies of one text."""
    yield from _ruled_out(profiles)
    yield from _same_text(profiles)


def _told_as_one(left: Profile, right: Profile) -> bool:
    """Whether one report gives two accounts the same kind, day and place: one incident told twice."""
    if left.mention.type != right.mention.type or not (left.whens and right.whens and left.wheres and right.wheres):
        return False
    one, other = left.whens[0], right.whens[0]
    apart = excess_km(left.wheres[0], right.wheres[0])
    return max(span_days(one), span_days(other)) <= 2 and not gap_days(one, other) and apart is not None and apart <= SAME_SPOT_KM


def _surely_two(left: Profile, right: Profile) -> bool:
    """Whether one report's two accounts cannot be one incident told twice: of two kinds or dated both, or dated far apart."""
    gaps = [gap_days(one, other) for one in left.sure_whens for other in right.sure_whens]
    if left.in_focus != right.in_focus:
        return bool(gaps) and min(gaps) > RETOLD_DAYS
    return bool(gaps) or left.mention.type != right.mention.type


def _ruled_out(profiles: Sequence[Profile]) -> Iterator[Link]:
    """Links between the different incidents that one report tells: never one, or hardly, where one is told in passing."""
    by_report: dict[str, list[Profile]] = defaultdict(list)
    for profile in profiles:
        by_report[profile.mention.report_id].append(profile)
    for told in by_report.values():
        for at, left in enumerate(told):
            for right in told[at + 1 :]:
                if not _told_as_one(left, right):
                    ids = sorted((left.mention.id, right.mention.id))
                    sure = _surely_two(left, right)
                    why = Feature("same_report", 1.0, -30.0 if sure else -4.0, "one report tells them apart")
                    yield Link(ids[0], ids[1], SAME_REPORT if sure else SAME_REPORT_PASSING, (why,))


def _same_text(profiles: Sequence[Profile]) -> Iterator[Link]:
    """Links between the same account in copies of one text: same type and trigger sentence, or both texts' one main account."""
    why = (Feature("same_text", 1.0, 30.0, "they are copies of one text"),)
    by_voice: dict[str, list[Profile]] = defaultdict(list)
    for profile in profiles:
        by_voice[profile.voice].append(profile)
    for told in by_voice.values():
        reports = {profile.mention.report_id for profile in told}
        if len(reports) < 2:
            continue
        slots: dict[tuple[object, ...], list[Profile]] = defaultdict(list)
        for report in sorted(reports):
            own = sorted((p for p in told if p.mention.report_id == report), key=lambda p: p.mention.trigger.start)
            focus = [profile for profile in own if profile.in_focus]
            seen: dict[tuple[str, bool], int] = defaultdict(int)
            for profile in own:
                if profile.in_focus and len(focus) == 1:
                    slots["focus",].append(profile)
                    continue
                kind = (profile.mention.type, profile.in_focus)
                slots[(*kind, seen[kind], profile.mention.trigger.text.casefold())].append(profile)
                seen[kind] += 1
        for same in slots.values():
            first = min(same, key=lambda profile: profile.mention.id)
            for profile in same:
                if profile is not first:
                    yield Link(first.mention.id, profile.mention.id, SAME_TEXT, why)


def link_mentions(
    mentions: Sequence[Mention],
    reports: Mapping[str, Report],
    groups: Sequence[CopyGroup],
    settings: LinkSettings | None = None,
    judgements: Sequence[Link] = (),
    share_out: ShareOut = _alone,
) -> tuple[Link, ...]:
    """Find which mentions may report one incident, and how likely it is.

    Args:
        mentions: Every mention of the run, its claims read.
        reports: The reports that hold them, by id.
        groups: Copies of one text: their main accounts are linked for certain.
        settings: None for the defaults.
        judgements: Persons' words on pairs. A current one stands in place of the computed link, whose probability it keeps;
            those on mentions outside the run are left alone.
        share_out: Applies a function to pairs in parts, in order; the default does all of them here.

    Returns:
        At most one link a pair, sorted by pair, the same in any order of input. Probability 1 means one text, 0 that a report
        tells the two apart; a pair without a link is unlikely.
    """
    settings = settings or LinkSettings()
    profiles, rarity = build_profiles(sorted(mentions, key=lambda mention: mention.id), reports, groups)
    return link_profiles(profiles, find_candidates(profiles, rarity, settings.blocks), settings, judgements, share_out)


def link_profiles(
    profiles: Sequence[Profile],
    candidates: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    settings: LinkSettings,
    judgements: Sequence[Link] = (),
    share_out: ShareOut = _alone,
) -> tuple[Link, ...]:
    """Score candidates and add what is certain and what people judged; see ``link_mentions``.

    Args:
        profiles: Sorted by mention id.
        candidates: Positions of the pairs worth comparing, left below right.
        settings: How mentions are linked.
        judgements: Persons' words on pairs; those on mentions without a profile are left alone.
        share_out: Applies a function to pairs in parts, in order.
    """
    left, right = candidates
    apart = [(a, b) for a, b in zip(left.tolist(), right.tolist(), strict=True) if not _same_report(profiles[a], profiles[b])]
    pairs = _sift(profiles, apart, settings.min_kept)
    current = {profile.mention.id for profile in profiles}
    found = {
        (link.left_id, link.right_id): link for link in score_pairs(profiles, pairs, settings.min_kept, load_weights(), share_out)
    }
    for certain in find_certain(profiles):
        found[certain.left_id, certain.right_id] = certain
    for judged in sorted(judgements, key=lambda link: (str(link.made_at), link.left_id, link.right_id)):
        if judged.judgement is None or judged.retired_at is not None or not judged.pair <= current:
            continue
        computed = found.get((judged.left_id, judged.right_id))
        found[judged.left_id, judged.right_id] = _put_judgement(judged, computed)
    return tuple(found[pair] for pair in sorted(found))


def _sift(profiles: Sequence[Profile], pairs: Pairs, min_kept: float) -> Pairs:
    """Leave out, of many pairs, those that cannot reach ``min_kept``; where numba is at hand, which finds them quickly."""
    from newsblotter.link import batch
    from newsblotter.link.columns import to_columns

    if len(pairs) < batch.LEAST_PAIRS or not batch.is_available():
        return pairs
    left, right = np.array(pairs, dtype=np.int64).T
    least = math.log(min_kept / (1 - min_kept)) - batch.MARGIN
    kept = batch.score_columns(to_columns(profiles), left, right, load_weights(), least=least) >= least
    return [pair for pair, keep in zip(pairs, kept.tolist(), strict=True) if keep]


def _put_judgement(judged: Link, computed: Link | None) -> Link:
    if computed is None:
        return judged
    return Link(
        judged.left_id,
        judged.right_id,
        computed.probability,
        computed.features,
        judged.judgement,
        judged.made_by,
        judged.made_at,
    )


def _same_report(left: Profile, right: Profile) -> bool:
    return left.mention.report_id == right.mention.report_id and not _told_as_one(left, right)


def compare_profiles(left: Profile, right: Profile) -> Link:
    """Compare two mentions, however unlikely a pair they are."""
    pair = sorted((left, right), key=lambda profile: profile.mention.id)
    for certain in find_certain(pair):
        return certain
    return score_pairs(pair, [(0, 1)], 0.0, load_weights())[0]


def explain(link: Link) -> str:
    """One sentence for a person: how likely, and what speaks for and against."""
    for_it = [feature.detail for feature in link.features if feature.weight > 0][:3]
    against = [feature.detail for feature in link.features if feature.weight < 0][:3]
    if link.judgement in (Judgement.SAME, Judgement.DIFFERENT):
        verdict = "the same incident" if link.judgement is Judgement.SAME else "different incidents"
        return f"Judged {verdict} by {link.made_by}."
    opening = f"One incident with probability {link.probability:.2f}"
    reasons = [_list_reasons("for it", for_it), _list_reasons("against it", against)]
    return "; ".join([opening, *(reason for reason in reasons if reason)]) + "."


def _list_reasons(opening: str, details: Sequence[str]) -> str:
    return f"{opening}, {', '.join(details)}" if details else ""
