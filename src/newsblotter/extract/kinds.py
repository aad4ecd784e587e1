"""Decide what kind of incident a set of sentences tells.

Type is what was attempted: robbery outranks its violence; otherwise gunfire is a shooting even when fatal, then homicide, then
assault; an armed attack to free a prisoner is an attack.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from newsblotter.extract.cues import Cue, Markers
from newsblotter.extract.encoder import TYPES, Encoding
from newsblotter.extract.stems import Alternation

# Shares of the best score at which a type still counts as told. Chosen on the heists reports meant for reading.
TOLD_SHARE = 0.35
ROBBERY_SHARE = 0.35  # of the strongest violent type, for robbery to outrank it
ABDUCTION_SHARE = 0.6  # of kidnapping, where that is the strongest: who is carried off is often robbed on the way
BURGLARY_SHARE = 0.6  # the same, for burglary and theft, which lead to violence less often
ARSON_SHARE = 0.35  # of accident, for arson to outrank it: a fire that was set has all the words of one that was not
CUES_PER_SENTENCE = 2  # more cues of one type in a sentence add nothing
# Robbery, burglary or theft. Chosen on heists look (reports one by one) and on invented reports; see tests/extract/cases.
NAME_MAX = 2.0  # what a deed's own words ("robbed", "burglary") weigh at most: headlines use them loosely
NAME_HALF = 3.0  # score of such words at which half of that is reached
SURE_STRENGTH = 1.0  # one way of doing it that leaves little doubt: at gunpoint, through the roof, by sleight of hand
SURE_COUNTED = 3
LEAN_STRENGTH = 0.3  # a word that goes with force, stealth or guile without proving it
LEAN_COUNTED = 3  # of each list; a long report has more of all
ROBBERY_PRIOR = 0.7  # two of three takings that make the news are robberies (64 % of the heists reports)
STOLEN_PRIOR = 0.5  # for theft where things are only said to be stolen, without a word of force or stealth
HEADLINE_WEIGHT = 1.5  # of a sentence that is all a report says; what is told in passing weighs less
LEAST_WEIGHT = 0.5  # of a sentence, to tell how it was done; general talk and criminal records weigh less

# How the encoder is heard, chosen on invented reports that no rule was made for (types right: 43 → 47 of 65, and 43 → 44 of 65
# that were held out) and on the tables of rules' cases, which lose one of 359.
SURE_LEAD = 6.0  # log-odds by which it must prefer another type to words that are wholly sure of theirs
LEAST_LEAD = 2.0  # the same for words that are not sure at all
LEAST_CHANCE = 0.7  # of the type that it prefers
LEAST_HEARD = 0.4  # sureness of a type that it chose
# Not on its word alone: a robbery shows in words of force, a homicide in somebody who kills.
_NEVER_HEARD = frozenset({("theft", "robbery"), ("accident", "homicide")})

_NEGATED = re.compile(r"\b(?:no|not|nobody|no one|never|without|nor|neither|none|n.t)(?: \w+){0,3} $", re.IGNORECASE)
_LOOK_BACK = 40  # characters
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
            best.setdefault("taking" if cue.group in ("taking", "taken") else cue.type, []).append(cue.strength)
        for name, strengths in best.items():
            scores[name] += weight * sum(sorted(strengths, reverse=True)[:CUES_PER_SENTENCE])
    return scores


def _weigh_manner(texts: Iterable[str], sure: Alternation, leaning: Alternation) -> float:
    """How much the words on how it was done speak for one type."""
    proofs: set[str] = set()
    leans: set[str] = set()
    for text in texts:
        proofs.update(match.group().lower() for match in sure.finditer(text) if not _is_negated(text, match.start()))
        leans.update(match.group().lower() for match in leaning.finditer(text) if not _is_negated(text, match.start()))
    return SURE_STRENGTH * min(len(proofs), SURE_COUNTED) + LEAN_STRENGTH * min(len(leans), LEAN_COUNTED)


def _is_negated(text: str, at: int) -> bool:
    return _NEGATED.search(text, max(0, at - _LOOK_BACK), at) is not None


def _weigh_name(score: float) -> float:
    """What a type's own words weigh: more of them add less and less."""
    return NAME_MAX * score / (score + NAME_HALF)


def _judge_taking(scores: Mapping[str, float], texts: list[str], markers: Markers, only_stolen: bool) -> tuple[str, float]:
    """Robbery, burglary or theft, by how it was done and by the words used; with the margin over the next, 0..1.

    Args:
        only_stolen: Nothing but "steal" and its like tells of the taking: no robber, no heist, no raid.
    """
    force = _weigh_manner(texts, markers.force_sure, markers.force)
    stealth = _weigh_manner(texts, markers.stealth_sure, markers.stealth)
    sneak = _weigh_manner(texts, markers.sneak_sure, markers.sneak)
    bare = only_stolen and force < SURE_STRENGTH and stealth < SURE_STRENGTH and not scores.get("burglary")
    weigh = {
        "robbery": (0.0 if bare else ROBBERY_PRIOR) + _weigh_name(scores.get("robbery", 0.0)) + force,
        "burglary": _weigh_name(scores.get("burglary", 0.0)) + stealth,
        "theft": (STOLEN_PRIOR if bare else 0.0) + _weigh_name(scores.get("theft", 0.0)) + sneak,
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
    texts = [text for weight, text, _ in lines if weight >= LEAST_WEIGHT]
    violent = max((scores[name] for name in _VIOLENCE), default=0.0)
    taking = max(scores["robbery"], scores["burglary"], scores["theft"], scores["taking"])
    rest = max((scores[name] for name in _REST), default=0.0)
    share = ABDUCTION_SHARE if violent and scores["kidnapping"] == violent else ROBBERY_SHARE
    if taking >= max(share * violent, 0.5 * rest) and taking > 0:
        headline = len(lines) == 1 and lines[0][0] >= HEADLINE_WEIGHT
        only_stolen = not headline and not violent and not any(cue.type == "robbery" for _, _, cues in lines for cue in cues)
        kind, margin = _judge_taking(scores, texts, markers, only_stolen)
        if kind == "robbery" or taking >= BURGLARY_SHARE * violent:
            return kind, 0.4 + 0.6 * margin
    if rest > violent:
        kind = max(_REST, key=lambda name: scores[name])
        if kind == "accident" and scores["arson"] >= ARSON_SHARE * rest:
            kind = "arson"
        return kind, rest / (rest + violent + taking)
    for name in _VIOLENCE:
        if name == "attack" and scores["kidnapping"] == violent:
            continue  # they stormed the school to take the pupils
        if scores[name] and scores[name] >= TOLD_SHARE * violent:
            return name, max(0.4, scores[name] / (violent + rest + 1e-9))
    return max((name for name in scores if name != "taking"), key=lambda name: (scores[name], name)), 0.4


def hear(judged: tuple[str, float], cues: Iterable[Cue], encoding: Encoding) -> tuple[str, float]:
    """The type that the words name, or another of those that they evoke where the encoder is much surer of that one.

    Args:
        judged: What ``judge_type`` said.
        cues: All of the main scene.

    Returns:
        As ``judge_type``.
    """
    kind, sureness = judged
    evoked = {cue.type for cue in cues} | {kind}
    if not evoked.isdisjoint(_TAKING):
        evoked.update(_TAKING)
    chances = {name: float(encoding.type[TYPES.index(name)]) for name in sorted(evoked) if name in TYPES}
    if kind not in chances:
        return judged
    best = max(chances, key=lambda name: chances[name])
    lead = LEAST_LEAD + (SURE_LEAD - LEAST_LEAD) * sureness
    is_sure = chances[best] - chances[kind] > lead and chances[best] > math.log(LEAST_CHANCE)
    return (best, LEAST_HEARD) if is_sure and (kind, best) not in _NEVER_HEARD else judged
