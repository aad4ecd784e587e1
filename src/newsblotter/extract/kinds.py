"""Decide what kind of incident a set of sentences tells.

Type is what was attempted: robbery outranks its violence; otherwise gunfire is a shooting even when fatal, then homicide, then
assault; an armed attack to free a prisoner is an attack.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from newsblotter.extract.cues import Cue, Markers

# Shares of the best score at which a type still counts as told. Chosen on the heists reports meant for reading.
TOLD_SHARE = 0.35
ROBBERY_SHARE = 0.35  # of the strongest violent type, for robbery to outrank it
CUES_PER_SENTENCE = 2  # more cues of one type in a sentence add nothing
WORD_STRENGTH = 0.5  # one word of force, stealth or guile, for robbery, burglary or theft
WORDS_COUNTED = 4  # of each list; a long report has more of all

_TAKING = ("robbery", "burglary", "theft")
_VIOLENCE = ("attack", "bombing", "shooting", "kidnapping", "homicide", "assault")
_HEIST = re.compile(r"heist|thieves|raid", re.IGNORECASE)


def score_types(told: Iterable[tuple[float, str, tuple[Cue, ...]]]) -> Counter[str]:
    """Add up how much each type is spoken of.

    Args:
        told: For each sentence its weight, its text and its cues.
    """
    scores: Counter[str] = Counter()
    for weight, _, cues in told:
        best: dict[str, list[float]] = {}
        for cue in cues:
            best.setdefault(cue.type, []).append(cue.strength)
        for name, strengths in best.items():
            scores[name] += weight * sum(sorted(strengths, reverse=True)[:CUES_PER_SENTENCE])
    return scores


def _count_words(texts: Iterable[str], pattern: re.Pattern[str]) -> int:
    words = {match.group().lower() for text in texts for match in pattern.finditer(text)}
    return min(len(words), WORDS_COUNTED)


def _judge_taking(scores: Mapping[str, float], texts: list[str], markers: Markers) -> str:
    """Robbery, burglary or theft: by the words used and by how it was done."""
    weigh = {
        "robbery": scores.get("robbery", 0.0) + WORD_STRENGTH * _count_words(texts, markers.force),
        "burglary": scores.get("burglary", 0.0) + WORD_STRENGTH * _count_words(texts, markers.stealth),
        "theft": 0.5 * scores.get("theft", 0.0) + WORD_STRENGTH * _count_words(texts, markers.sneak),
    }
    return max(_TAKING, key=lambda name: weigh[name])


def judge_type(told: Iterable[tuple[float, str, tuple[Cue, ...]]], markers: Markers) -> str | None:
    """Name the type that the sentences tell, None where they hold no cue.

    Args:
        told: For each sentence its weight (title and lead weigh more), its text and its cues.
    """
    lines = list(told)
    scores = score_types(lines)
    if not scores:
        return None
    texts = [text for _, text, _ in lines]
    violent = max((scores[name] for name in _VIOLENCE), default=0.0)
    taking = max(scores["robbery"], scores["burglary"], 0.7 * scores["theft"])
    rest = max((scores[name] for name in ("arson", "fraud", "accident", "escape", "other_crime")), default=0.0)
    if taking >= max(ROBBERY_SHARE * violent, 0.5 * rest) and taking > 0:
        kind = _judge_taking(scores, texts, markers)
        if kind == "robbery" or taking >= 0.6 * violent:
            return kind
    if rest > violent:
        return max(("arson", "fraud", "escape", "accident", "other_crime"), key=lambda name: scores[name])
    for name in ("attack", "bombing", "shooting", "kidnapping", "homicide", "assault"):
        if scores[name] and scores[name] >= TOLD_SHARE * violent:
            return name
    return max(scores, key=lambda name: (scores[name], name))
