"""How much each sign speaks for a phrase to be what was robbed or attacked, and how sure all of them together make it.

The weights lie in ``_data/target_weights.json`` and are fitted by ``python -m newsblotter_lab.fit_target``. The phrases of one
incident compete with each other and with "nothing named": their chances sum to less than 1.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from newsblotter.errors import DataError
from newsblotter.extract.encoder import PARTS, Encoding

HEARD_MOST = 6.0  # of the encoder's log-odds, either way: it is seldom as sure as it says
FAINT = 1e-4  # added to its probabilities


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds by sign, against nothing being the target."""

    log_odds: Mapping[str, float]
    trust: float  # what the encoder's log-odds are multiplied with, before they are added
    unread: float  # log-odds of the encoder for a phrase beyond what it reads
    noun: float  # added for a plain noun, so that a name nearly as likely comes before it


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The packaged weights.

    Raises:
        DataError: The file is missing or broken.
    """
    try:
        loaded = json.loads((files("newsblotter") / "_data" / "target_weights.json").read_text("utf-8"))
        log_odds = {str(sign): float(value) for sign, value in loaded["log_odds"].items()}
        return Weights(log_odds, float(loaded["trust"]), float(loaded["unread"]), float(loaded["noun"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"target_weights.json cannot be read: {error}") from error


def scale(times: int) -> float:
    """How much a sign counts that was seen so many times: one half at first, each time half of what is left."""
    return float(1.0 - 0.5**times)


def add_up(signs: Mapping[str, int], log_odds: Mapping[str, float]) -> float:
    """The log-odds of a phrase by its signs alone; signs without a weight count for nothing."""
    return sum(scale(times) * log_odds.get(sign, 0.0) for sign, times in signs.items())


def hear(encoding: Encoding | None, mentions: Iterable[tuple[int, int]]) -> float | None:
    """What the trained encoder thinks of a phrase: its log-odds of a target where it is surest; None where it did not read."""
    if encoding is None:
        return None
    told = [w["target"] for start, end in mentions if (w := encoding.weigh(start, end, PARTS)) is not None]
    if not told:
        return None
    best = max(told)
    return max(-HEARD_MOST, min(HEARD_MOST, math.log((best + FAINT) / (1.0 - best + FAINT))))


def judge(scores: Sequence[float]) -> list[float]:
    """The chance of each phrase of an incident to be its target, by their log-odds; the rest to 1 is that none is."""
    top = max(0.0, *scores) if scores else 0.0
    odds = [math.exp(score - top) for score in scores]
    total = math.exp(-top) + sum(odds)
    return [odd / total for odd in odds]
