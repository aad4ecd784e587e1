"""Which of the places that a mention's sentences name is the scene: the best offer stays, and what agrees with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from newsblotter.fields.gazetteer import measure_km
from newsblotter.fields.placing import best_scene, place_cue_score
from newsblotter.records import Claim, Mention, Report, Role, Span, Where, hash_id

CUE_SHARE = 0.65  # how much the words around a place may take from its score; as for dates
AGREE_SHARE = 0.9  # of the best place's score, that a place which agrees with it may have at most
_WIDE = ("region", "country")  # a town told of within them says more
_AGENCY = re.compile(r"(?:, [A-Z][\w. ]{1,20})?(?:, [A-Z][a-z]{2,8}\.? \d{1,2})? ?\([A-Z][^()\n]{1,30}\) ?(?:[-–—:]|--)")
NEAR_KM = 25.0  # two towns this near are told as one scene
TRUST = 0.6  # share of the best-told score that the report's scene must have; gunviolence train loses nothing up to 0.7
ADDRESS_SHARE = 0.5  # of an address's score, for the place that only it tells
_FINENESS = {"address": 0, "street": 1, "quarter": 2, "city": 3, "region": 4, "country": 5}


def settle_place(report: Report, mention: Mention, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Keep the places that are the incident's scene, the best first in score.

    Args:
        claims: The mention's place claims with their values.
    """
    placed = [(claim, claim.value) for claim in claims if isinstance(claim.value, Where)]
    if not placed:
        return ()
    scores = {claim.id: _score(report, claim) for claim, _ in placed}
    best, scene = _choose(report, mention, placed, scores)
    fitting = [(claim, where) for claim, where in placed if claim is best or _agree(where, scene)]
    top = max(scores[claim.id] for claim, _ in fitting)
    kept = []
    for claim, where in fitting:
        score = top if claim is best else min(scores[claim.id], AGREE_SHARE * top)
        role = "dateline" if _is_bureau(report, mention, claim, where) else "scene"
        kept.append(replace(claim, value=replace(where, role=role), score=round(score, 4)))
    return tuple(kept)


def _is_bureau(report: Report, mention: Mention, claim: Claim, where: Where) -> bool:
    """Whether a follow-up only opens with the town that an agency writes from: "VIENNA (AP) - Police have arrested"."""
    return where.role == "dateline" and mention.role is Role.FOLLOW_UP and _AGENCY.match(report.text, claim.quote.end) is not None


def place_by_address(where: Callable[[int, int], Where | None], addresses: Sequence[Claim]) -> tuple[Claim, ...]:
    """Where a mention names a street and no town, the street places it.

    Args:
        where: The place that the words between two offsets name.
        addresses: The mention's claims of the address.
    """
    placed = [(claim, found) for claim in addresses if (found := where(claim.quote.start, claim.quote.end))]
    pointed = [(claim, found) for claim, found in placed if found.latitude is not None]
    if not pointed:
        return ()
    claim, found = min(pointed, key=lambda item: (-item[0].score, item[0].quote.start))
    value = replace(found, role="scene")
    return (replace(claim, id=hash_id("c", claim.id, "place"), field="place", value=value, score=ADDRESS_SHARE * claim.score),)


def _score(report: Report, claim: Claim) -> float:
    span = Span(claim.quote.start, claim.quote.end, "place")
    return claim.score * (1 - CUE_SHARE + CUE_SHARE * place_cue_score(report.text, span))


def _choose(
    report: Report, mention: Mention, placed: Sequence[tuple[Claim, Where]], scores: dict[str, float]
) -> tuple[Claim, Where]:
    """A report's main incident takes the report's scene; another one the place with the best words around it."""
    if mention.role in (Role.MAIN, Role.FOLLOW_UP):
        ordered = sorted(placed, key=lambda item: (item[0].quote.start, item[0].quote.end))
        spans = [Span(claim.quote.start, claim.quote.end, "place") for claim, _ in ordered]
        at = best_scene(report.text, spans, [where for _, where in ordered])
        if at is not None and scores[ordered[at][0].id] >= TRUST * max(scores.values()):
            return ordered[at]

    def rank(item: tuple[Claim, Where]) -> tuple[float, int, int, str]:
        claim, where = item
        return (-scores[claim.id], _FINENESS.get(where.precision, 6), claim.quote.start, claim.id)

    best = min(placed, key=rank)
    if best[1].precision not in _WIDE:
        return best
    inside = [item for item in placed if item[1].precision not in _WIDE and _agree(item[1], best[1])]
    return min(inside, key=rank, default=best)


def _agree(where: Where, scene: Where) -> bool:
    """Whether one place is the other, part of it, or close by."""
    if where.name == scene.name and where.place_id == scene.place_id:
        return True
    if "country" in (where.precision, scene.precision):
        return where.country is not None and where.country == scene.country
    if where.precision == "region" or scene.precision in ("region", "country"):
        return where.country == scene.country and where.admin1 is not None and where.admin1 == scene.admin1
    if where.latitude is None or where.longitude is None or scene.latitude is None or scene.longitude is None:
        return False
    return measure_km(where.latitude, where.longitude, scene.latitude, scene.longitude) <= NEAR_KM
