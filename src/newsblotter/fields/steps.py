"""The day of a step of the law, among the dates that its words hold: of the arrest, not of the robbery that it is for.

"Two men suspected of the robbery in Lyon on 12 March were arrested in Grenoble on Tuesday" → Tuesday
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from newsblotter.fields.datecues import drop_complements, is_its_deeds, locate_topics
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Span

REACH, AHEAD = 200, 40  # characters of the sentence before the words of a step, and behind them, that are looked at
_DEEDS, _STEPS = frozenset({"deed", "death"}), frozenset({"arrest", "court"})
_TIED = re.compile(r"\b(?:who|whose|suspected|accused|wanted|believed|thought|alleged)\b")
_SAID = re.compile(r"\b(?:said|says|told \w+|announced|reported)(?: \w+)? (?:on )?$")


@lru_cache(maxsize=2)
def _patterns(language: str = "en") -> Mapping[str, re.Pattern[str]]:
    steps = load_lexicon("cues", language)["outcome"]
    return {kind: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for kind, pattern in steps.items()}


def find_step_day(text: str, start: int, end: int, kind: str, times: Sequence[Span]) -> Span | None:
    """The time phrase that dates a step of the law, None where none of them surely does.

    Args:
        text: The report.
        start: Where the words that tell the step begin.
        end: Where they end.
        kind: Of the step: arrest, charge, trial, conviction, sentence, recovery, death.
        times: The time phrases inside those words, ascending.
    """
    pattern = _patterns().get(kind)
    step = pattern.search(text, start, end) if pattern is not None else None
    at = step.start() if step else end
    low = max(text.rfind(". ", 0, start) + 2, text.rfind("\n", 0, start) + 1, start - REACH, 0)
    words = text[low : end + AHEAD]
    own = [span for span in times if _governs(words, span.start - low, span.end - low, kind)]
    return min(own, key=lambda span: (span.start < at, abs(span.start - at)), default=None)


def _governs(words: str, start: int, end: int, kind: str) -> bool:
    """Whether a date, in the sentence of a step, is the step's: the happening told last before it, else after it, is the step."""
    if is_its_deeds(words, start, end) or _SAID.search(words, 0, start):
        return False
    before = [one for one in drop_complements(locate_topics(words[:start]), words) if one[0] in _DEEDS | _STEPS]
    if kind == "recovery":
        return not before or before[-1][0] not in _DEEDS
    if before:
        topic, low, high = before[-1]
        return topic in _STEPS and _is_kind(words[low:high], kind)
    after = [(topic, end + low, end + high) for topic, low, high in locate_topics(words[end:]) if topic in _DEEDS | _STEPS]
    steps = [one for one in after if one[0] in _STEPS]
    if not steps or not _is_kind(words[steps[0][1] : steps[0][2]], kind):
        return False
    first = after[0]
    return first in steps or _TIED.search(words, end, first[1]) is not None


def _is_kind(word: str, kind: str) -> bool:
    """Whether a word tells this step rather than another: of "arrested on Monday and charged on Friday" each has its own day."""
    kinds = {name for name, pattern in _patterns().items() if pattern.match(word)}
    return not kinds or kind in kinds
