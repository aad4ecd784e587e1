"""The part that a named person plays in a scene, victim, suspect or neither, from weighed evidence.

Evidence is what the words beside a name, its sentence and the deeds told of it show, each kind under a name of its own; how
much each kind weighs for a victim and for a suspect is fitted (``newsblotter_lab.fit_parts``).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from newsblotter.errors import DataError
from newsblotter.extract.actors import Actor
from newsblotter.lexicon import load_lexicon

if TYPE_CHECKING:
    from newsblotter.extract.encoder import Encoding

FAINT = 1e-4  # probability added before a logarithm
# Log-odds: the encoder is surer of itself than it is right, and plain words ("the attacker was named as") outweigh it.
HEARD_MOST = 3.0
LEFT_REACH = 90  # characters before a name that its cue may begin in
RIGHT_REACH = 90  # characters behind a name
PARTS = ("victim", "suspect")
# What holds for each of "A, 23, and B, 24, were arrested"; the other cues behind a name are the last one's own.
SHARED_RIGHT = frozenset(("r_dead", "r_hurt", "r_held", "r_court", "r_did"))

# Kinds that speak for a part by themselves.
VICTIM_KINDS = frozenset(
    "deed_killed deed_injured deed_shot l_victim l_victims_are l_kill_of l_killed l_hurt r_dead r_hurt r_app_victim r_own_victim"
    " identified_dead".split()
)
SUSPECT_KINDS = frozenset(
    "deed_law deed_convicted deed_sentenced deed_charged deed_arrested deed_at_large l_suspect l_suspects_are l_arrest l_charge"
    " l_sought r_held r_court r_did r_app_suspect r_own_suspect identified_suspect did_harm did_outright harmed_both past_convicted"
    " past_sentenced past_charged past_arrested".split()
)


@dataclass(frozen=True, slots=True)
class _Cues:
    left: tuple[tuple[str, re.Pattern[str]], ...]
    right: tuple[tuple[str, re.Pattern[str]], ...]
    near: tuple[tuple[str, re.Pattern[str]], ...]


@lru_cache(maxsize=2)
def _load_cues(language: str = "en") -> _Cues:
    words = load_lexicon("parts", language)
    gap = r"(?:[,:]?\s+(?:\d{1,3}-year-old|[a-z][\w-]*)){0,2}[,:;(]?\s*[\"“'‘]?(?:\d{1,3}[- ]year[- ]old,?\s+)?$"
    return _Cues(
        tuple((name, re.compile(rf"\b(?:{pattern}){gap}")) for name, pattern in words["left"].items()),
        tuple((name, re.compile(pattern)) for name, pattern in words["right"].items()),
        tuple((name, re.compile(pattern)) for name, pattern in words["near"].items()),
    )


_PAUSE = re.compile(r"[,\s)]*")
_HOME = re.compile(r"(?:both |each |all )?(?:of|from) (?:the )?[^,.;]{2,40}?(?:,\s*|\s(?=was|were|is|are|has|had|died|faces|who))")
_ASIDE = re.compile(
    r"(?!who|which|and)[^,.;\"“]{2,60},\s*(?=(?:who|was|were|is|are|has|had|died|faces|allegedly|pleaded|appeared)\b)"
)


def read_left(lowered: str, floor: int, start: int) -> Iterator[str]:
    """The kinds of evidence in the words that lead to a name beginning at ``start``; none from before ``floor``."""
    left = max(floor, start - LEFT_REACH)
    before = lowered[left:start]
    for name, pattern in _load_cues().left:
        if pattern.search(before):
            yield name


def read_right(lowered: str, end: int, ceiling: int) -> Iterator[str]:
    """The kinds of evidence in the words behind a name that ends at ``end``, past an age, a home or an aside."""
    right = min(ceiling, end + RIGHT_REACH)
    begins = [end]
    pause = _PAUSE.match(lowered, end, right)
    begins.append(pause.end() if pause else end)
    for skip in (_HOME, _ASIDE):
        match = skip.match(lowered, begins[-1], right)
        if match:
            begins.append(match.end())
    for name, pattern in _load_cues().right:
        if any(pattern.match(lowered, at, right) for at in begins):
            yield name


def read_near(lowered: str, start: int, end: int) -> tuple[str, ...]:
    """The kinds of evidence that a sentence gives of everybody in it."""
    return tuple(name for name, pattern in _load_cues().near if pattern.search(lowered, start, end))


_LIST_GAP = re.compile(
    r"\s*(?:,?\s*(?:both |each )?of [^,.;]{2,40})?[,;]?\s*(?:and |& |along with |as well as )?"
    r"(?:(?:her|his|their|the) (?:[\w-]+ ){0,3}?(?:[\w-]+),?\s*)?(?:\d{1,3}[- ]year[- ]old\s+)?"
)


def is_listed(lowered: str, first: Actor, second: Actor) -> bool:
    """Whether two names stand in one list: "A, 23, of Larkham; B, 19, and C"."""
    return second.start - first.end <= LEFT_REACH and _LIST_GAP.fullmatch(lowered, first.end, second.start) is not None


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds that a kind of evidence adds to each part, against playing none."""

    bias: Mapping[str, float]
    log_odds: Mapping[str, tuple[float, float]]  # kind → for a victim, for a suspect
    encoder: Mapping[str, float]  # what is added once the encoder is heard: "trust", times its log-odds, and a bias a part


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The packaged weights.

    Raises:
        DataError: The file is missing or broken.
    """
    path = files("newsblotter") / "_data" / "part_weights.json"
    try:
        loaded = json.loads(path.read_text("utf-8"))
        log_odds = {kind: (float(v), float(s)) for kind, (v, s) in loaded["log_odds"].items()}
        return Weights(dict(loaded["bias"]), log_odds, dict(loaded["encoder"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"part_weights.json cannot be read: {error}") from error


def scale(times: int) -> float:
    """How much evidence counts that was seen so many times: one half at first, each time half of what is left."""
    return float(1.0 - 0.5**times)


def hear(encoding: Encoding, mentions: Iterable[tuple[int, int]]) -> dict[str, float] | None:
    """What the encoder thinks of somebody, as log-odds by part against playing none: the mean over the words that name them.

    Returns:
        None where it did not read as far.
    """
    weighed = [w for start, end in mentions if (w := encoding.weigh(start, end, (*PARTS, "person"))) is not None]
    if not weighed:
        return None
    count = len(weighed)
    opinion = {part: sum(math.log((w[part] + FAINT) / (w["person"] + FAINT)) for w in weighed) / count for part in PARTS}
    return {part: max(-HEARD_MOST, min(HEARD_MOST, odds)) for part, odds in opinion.items()}


def add_up(evidence: Mapping[str, int], bias: Mapping[str, float], log_odds: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The log-odds of each part by the evidence alone, against playing none."""
    scores = {part: bias[part] for part in PARTS}
    for kind, times in evidence.items():
        weight = log_odds.get(kind)
        if weight is not None:
            size = scale(times)
            for part, value in zip(PARTS, weight, strict=True):
                scores[part] += size * value
    return scores


def judge_part(evidence: Mapping[str, int], opinion: Mapping[str, float] | None = None) -> dict[str, float]:
    """How probably somebody is a victim, how probably a suspect, by everything known of them: the one place that decides it.

    Args:
        evidence: Kinds of evidence and how often each was seen; kinds without a weight count for nothing.
        opinion: What the trained encoder thinks, from ``hear``.

    Returns:
        Probabilities of the two parts; what is missing to 1 is that the person plays neither.
    """
    weights = load_weights()
    scores = add_up(evidence, weights.bias, weights.log_odds)
    if opinion is not None:
        for part in PARTS:
            scores[part] += weights.encoder["trust"] * opinion[part] + weights.encoder[part]
    top = max(0.0, *scores.values())
    odds = {part: math.exp(score - top) for part, score in scores.items()}
    total = math.exp(-top) + sum(odds.values())
    return {part: odd / total for part, odd in odds.items()}
