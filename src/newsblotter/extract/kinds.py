"""Decide what kind of incident a set of sentences tells.

Type is what was attempted: robbery outranks its violence; otherwise gunfire is a shooting even when fatal, then homicide, then
assault; an armed attack to free a prisoner is an attack.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from newsblotter.extract.cues import Cue, Markers

# Shares of the best score at which a type still counts as told. Chosen on the heists reports meant for reading.
TOLD_SHARE = 0.35
ROBBERY_SHARE = 0.35  # of the strongest violent type, for robbery to outrank it
BURGLARY_SHARE = 0.6  # the same, for burglary and theft, which lead to violence less often
CUES_PER_SENTENCE = 2  # more cues of one type in a sentence add nothing
WORD_STRENGTH = 0.5  # one word of force, stealth or guile, for robbery, burglary or theft
ROBBERY_PRIOR = 0.7  # two of three takings that make the news are robberies (64 % of the heists reports)
STOLEN_PRIOR = 0.3  # for theft where things are only said to be stolen, without a word of force or stealth
WORDS_COUNTED = 4  # of each list; a long report has more of all

_TAKING = ("robbery", "burglary", "theft")
_REST = ("arson", "fraud", "escape", "accident", "other_crime")
_VIOLENCE = ("attack", "bombing", "shooting", "kidnapping", "homicide", "assault")


def score_types(told: Iterable[tuple[float, str, tuple[Cue, ...]]]) -> defaultdict[str, float]:
    """Add up how much each type is spoken of; words of taking that name no type count under "taking".

    Args:
        told: For each sentence its weight, its text and its cues.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    for weight, _, cues in told:
        best: dict[str, list[float]] = {}
        for cue in cues:
            best.setdefault("taking" if cue.group == "taking" else cue.type, []).append(cue.strength)
        for name, strengths in best.items():
            scores[name] += weight * sum(sorted(strengths, reverse=True)[:CUES_PER_SENTENCE])
    return scores


def _count_words(texts: Iterable[str], pattern: re.Pattern[str]) -> int:
    words = {match.group().lower() for text in texts for match in pattern.finditer(text)}
    return min(len(words), WORDS_COUNTED)


def _judge_taking(scores: Mapping[str, float], texts: list[str], markers: Markers, only_stolen: bool) -> tuple[str, float]:
    """Robbery, burglary or theft, by the words used and by how it was done; with the margin over the next, 0..1.

    Args:
        only_stolen: Nothing but "steal" and its like tells of the taking: no robber, no heist, no raid.
    """
    force, stealth, sneak = (_count_words(texts, words) for words in (markers.force, markers.stealth, markers.sneak))
    bare = only_stolen and not force and not stealth and not scores.get("burglary")
    weigh = {
        "robbery": (0.0 if bare else ROBBERY_PRIOR) + scores.get("robbery", 0.0) + WORD_STRENGTH * force,
        "burglary": scores.get("burglary", 0.0) + WORD_STRENGTH * stealth,
        "theft": (STOLEN_PRIOR if bare else 0.0) + scores.get("theft", 0.0) + WORD_STRENGTH * sneak,
    }
    first, second, _ = sorted(_TAKING, key=lambda name: (-weigh[name], name))
    return first, (weigh[first] - weigh[second]) / (weigh[first] + weigh[second] + 1e-9)


def judge_type(told: Iterable[tuple[float, str, tuple[Cue, ...]]], markers: Markers) -> tuple[str, float] | None:
    """Name the type that the sentences tell, None where they hold no cue.

    Args:
        told: For each sentence its weight (title and lead weigh more), its text and its cues.

    Returns:
        The type's name and how sure the words are of it, 0..1.
    """
    lines = list(told)
    scores = score_types(lines)
    if not any(name != "taking" for name in scores) and not scores["taking"]:
        return None
    texts = [text for _, text, _ in lines]
    violent = max((scores[name] for name in _VIOLENCE), default=0.0)
    taking = max(scores["robbery"], scores["burglary"], scores["theft"], scores["taking"])
    rest = max((scores[name] for name in _REST), default=0.0)
    if taking >= max(ROBBERY_SHARE * violent, 0.5 * rest) and taking > 0:
        only_stolen = len(lines) > 1 and not violent and not any(cue.type == "robbery" for _, _, cues in lines for cue in cues)
        kind, margin = _judge_taking(scores, texts, markers, only_stolen)
        if kind == "robbery" or taking >= BURGLARY_SHARE * violent:
            return kind, 0.4 + 0.6 * margin
    if rest > violent:
        kind = max(_REST, key=lambda name: scores[name])
        return kind, rest / (rest + violent + taking)
    for name in _VIOLENCE:
        if scores[name] and scores[name] >= TOLD_SHARE * violent:
            return name, max(0.4, scores[name] / (violent + rest + 1e-9))
    return max((name for name in scores if name != "taking"), key=lambda name: (scores[name], name)), 0.4
