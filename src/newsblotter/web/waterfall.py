"""A picture of why two accounts were joined or not: what each feature added to the odds, as a waterfall in SVG.

Source: the waterfall chart of Fellegi–Sunter match weights, as Splink draws it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from newsblotter.records import Feature, Link

MOST_BARS = 12  # the rest is summed up in one
SMALLEST = 0.02  # log-odds below which a bar is not seen
MARGIN = 0.4  # log-odds left free at either end
THINNEST = 0.5  # per cent of the width


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the picture. Positions are per cent of its width."""

    label: str
    left: float
    width: float
    kind: str  # for, against, start, end
    number: float  # log-odds that it added, or the probability


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The picture, laid out; ``parts/pair.html`` draws it."""

    bars: tuple[Bar, ...]
    zero: float  # where even odds lie


def draw_waterfall(link: Link) -> Waterfall | None:
    """Lay out what led from the base rate to a link's probability; None where nobody compared the two."""
    if not link.features:
        return None
    end = _log_odds(link.probability)
    start = end - math.fsum(feature.weight for feature in link.features)
    steps = _steps(link.features)
    levels = [start]
    for _, weight in steps:
        levels.append(levels[-1] + weight)
    low, high = min(*levels, end, 0.0) - MARGIN, max(*levels, end, 0.0) + MARGIN
    scale = 100 / (high - low)
    rows = [("", 0.0, start, "start", _probability(start))]
    for (label, weight), level in zip(steps, levels, strict=False):
        rows.append((label, level, level + weight, "for" if weight > 0 else "against", weight))
    rows.append(("", 0.0, end, "end", link.probability))
    bars = []
    for label, begin, stop, kind, number in rows:
        left, right = sorted(round((level - low) * scale, 1) for level in (begin, stop))
        bars.append(Bar(label, left, max(round(right - left, 1), THINNEST), kind, number))
    return Waterfall(tuple(bars), round(-low * scale, 1))


def _steps(features: Sequence[Feature]) -> list[tuple[str, float]]:
    """What is told by itself, the weightiest first, and the rest as one."""
    heavy = sorted((f for f in features if abs(f.weight) >= SMALLEST), key=lambda f: (-abs(f.weight), f.name))
    told = [(feature.detail or feature.name, feature.weight) for feature in heavy[:MOST_BARS]]
    rest = math.fsum(f.weight for f in features) - math.fsum(weight for _, weight in told)
    return [*told, ("…", rest)] if abs(rest) >= SMALLEST else told


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
