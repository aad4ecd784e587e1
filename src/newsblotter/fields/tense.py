"""Tell whether a sentence speaks of what was or of what is to come."""

from __future__ import annotations

import re
from functools import lru_cache

from newsblotter.lexicon import load_lexicon

_TENSE_WINDOW = 120  # characters of the sentence that are searched for the tense, on either side
_HAD_BEEN = re.compile(r"\bhad\s(?:\w+\s)?been\s(?:\w+ly\s)?$", re.IGNORECASE)  # "had been scheduled to end Friday": it did
_SENTENCE_EDGE = re.compile(r"[.!?]\s+(?=[A-Z\"“])|\n")


@lru_cache(maxsize=1)
def _tense_pattern() -> re.Pattern[str]:
    """Group 1: words of the future; otherwise words of the past."""
    lexicon = load_lexicon("time")
    future = "|".join(re.escape(str(word)) for word in lexicon["future_cues"])
    past = "|".join(re.escape(str(word)) for word in lexicon["past_cues"])
    return re.compile(
        rf"(?<![\w])({future})(?!\w)(?:\s+(?:be|not|also|likely|to|next|then)\b){{0,4}}|(?<!\w)(?:{past}|[a-z]{{2,}}ed)(?!\w)",
        re.IGNORECASE,
    )


def is_future(text: str, start: int, end: int) -> bool:
    """Tell whether the sentence around a phrase speaks of what is to come ("will appear in court Monday")."""
    return tell_tense(text, start, end) == "future"


def tell_tense(text: str, start: int, end: int) -> str | None:
    """Tell the tense of the sentence around a phrase: "future", "past", None where no word tells it.

    The nearest verb before the phrase in its sentence decides; without one, the first verb after it.
    """
    left = text[max(0, start - _TENSE_WINDOW) : start]
    edges = [edge.end() for edge in _SENTENCE_EDGE.finditer(left)]
    if edges:
        left = left[edges[-1] :]
    if left[-6:].lower() == "since ":
        return "past"
    verdict = None
    covered = -1
    for match in _tense_pattern().finditer(left):
        if match.group(1) and not _HAD_BEEN.search(left, 0, match.start()):
            verdict, covered = "future", match.end()
        elif not (verdict == "future" and match.start() - covered <= 1):  # "will be sentenced": the participle belongs to "will"
            verdict = "past"
    if verdict is not None:
        return verdict
    right = text[end : end + _TENSE_WINDOW]
    edge_right = _SENTENCE_EDGE.search(right)
    first = _tense_pattern().search(right[: edge_right.start()] if edge_right else right)
    if first is None:
        return None
    return "future" if first.group(1) is not None else "past"


@lru_cache(maxsize=1)
def _plan_patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Words of a limit right before a date, words of a plan anywhere before it, and what falls due right behind it."""
    lexicon = load_lexicon("time")
    limit, plan, due = ("|".join(str(word) for word in lexicon[name]) for name in ("limits", "plans", "due"))
    return (
        re.compile(rf"\b(?:{limit})\s+(?:the\s+)?(?:early|late|mid|end|of|[\s-])*$", re.IGNORECASE),
        re.compile(rf"\b(?:{plan})\b", re.IGNORECASE),
        re.compile(rf"^\s+(?:{due})\b", re.IGNORECASE),
    )


def may_lie_ahead(text: str, start: int, end: int) -> bool:
    """Tell whether the words before a date set a limit or tell of a plan, whatever the tense ("extended to Nov. 20")."""
    left = text[max(0, start - _TENSE_WINDOW) : start]
    edges = [edge.end() for edge in _SENTENCE_EDGE.finditer(left)]
    left = left[edges[-1] :] if edges else left
    limit, plan, due = _plan_patterns()
    return bool(limit.search(left) or due.match(text[end : end + 20]) or plan.search(left))


@lru_cache(maxsize=1)
def _timetable_pattern() -> re.Pattern[str]:
    verbs = "|".join(str(verb) for verb in load_lexicon("time")["timetable_verbs"])
    return re.compile(rf"\s(?:{verbs})(?:s|es)?\s(?:[\w'’,-]+\s){{0,6}}$")


def is_timetabled(text: str, start: int) -> bool:
    """Tell whether a verb of a timetable stands before a weekday in the present tense: "the ministers meet on Monday"."""
    return _timetable_pattern().search(text[max(0, start - 60) : start]) is not None


def is_limit(text: str, start: int) -> bool:
    """Tell whether a weekday is a term that runs: "are closed until Friday"."""
    return re.search(r"\b(?:until|till)\s+$", text[max(0, start - 8) : start], re.IGNORECASE) is not None
