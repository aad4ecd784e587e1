"""What an accident struck: the ship, building, train or works that its report names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.extract.names import Run, find_runs
from newsblotter.lexicon import load_lexicon

# What each sign adds to a name's score; set so that a thing's noun beside a name needs one more sign, and a verb needs none.
NOUN = 0.3  # "the Harrow nightclub", "the ferry Harrow"
HAPPENED = 0.35  # "fire at the Harrow"
BEFELL = 0.4  # "the Harrow sank"
TOLD_HERE = 0.1  # in the sentence that evokes the accident
AGAIN = 0.1  # a name that comes again
LEAST = 0.4
BEST = 0.9
_BEFORE = 60  # characters looked at before a name
_AFTER = 70


@dataclass(frozen=True, slots=True)
class _Patterns:
    noun_before: re.Pattern[str]
    noun_after: re.Pattern[str]
    noun_inside: re.Pattern[str]
    happened_before: re.Pattern[str]
    happened_after: re.Pattern[str]
    befell: re.Pattern[str]
    beside: re.Pattern[str]
    speaks: re.Pattern[str]


@lru_cache(maxsize=1)
def _load_patterns() -> _Patterns:
    words, flags = load_lexicon("stricken"), re.IGNORECASE
    things = "|".join(words["things"])
    happenings, links = words["happenings"], words["links"]
    lead = r"(?:(?!(?:near|in|on|at|of|off|from|by|and|with|outside|to)\b)[\w’'-]+[\s,]+){0,4}"
    noun = rf"(?:\s+(?:[a-z][\w-]*\s+){{0,2}}?(?:{things})\b)?"
    return _Patterns(
        noun_before=re.compile(rf"\b(?:{things})\s*,?\s*(?:the\s+|called\s+|named\s+)?[\"“‘']?$", flags),
        noun_after=re.compile(rf"^[\"”’']?(?:['’]s)?\s+(?:[a-z][\w-]*\s+){{0,2}}?(?:{things})\b", flags),
        noun_inside=re.compile(rf"\b(?:{things})\b", flags),
        happened_before=re.compile(rf"\b(?:{happenings}\s+(?:\w+\s+){{0,2}}?{links}|{words['struck']})\s+{lead}[\"“‘']?$", flags),
        happened_after=re.compile(rf"^(?:['’]s)?{noun}\s+{happenings}\b", flags),
        befell=re.compile(rf"^[\"”’']?{noun}(?:,[^,.;]{{2,70}},)?\s+(?:\w+\s+){{0,2}}?{words['befell']}\b", flags),
        beside=re.compile(words["beside"], flags),
        speaks=re.compile(words["speaks"], flags),
    )


@lru_cache(maxsize=1)
def _load_plain() -> frozenset[str]:
    """Words that stand in no name."""
    names = load_lexicon("targets")
    return frozenset(names["not_names"]) - frozenset(names["name_parts"]) - frozenset(load_lexicon("stricken")["in_names"])


def _score(document: Document, sentence: Sentence, run: Run) -> float:
    """How much the words beside a name say that the accident struck it."""
    p = _load_patterns()
    before = sentence.text[max(0, run.start - _BEFORE) : run.start]
    after = sentence.text[run.end : run.end + _AFTER]
    if p.speaks.match(after):
        return 0.0
    happened = p.happened_before.search(before) is not None
    if p.beside.search(before) and not happened:
        return 0.0
    inside = len(run.text.split()) > 1 and p.noun_inside.search(run.text) is not None
    noun = inside or p.noun_before.search(before) is not None or p.noun_after.match(after) is not None
    befell = p.befell.match(after) is not None or p.happened_after.match(after) is not None
    if not noun and _is_elsewhere(document, sentence, run):
        return 0.0  # "a fire in Harrow" happened there, "Harrow, 41, crashed" is a driver
    return NOUN * noun + HAPPENED * happened + BEFELL * befell


def _is_elsewhere(document: Document, sentence: Sentence, run: Run) -> bool:
    """Whether a name is a place's or a person's."""
    start, end = sentence.start + run.start, sentence.start + run.end
    return any(
        span.start < end and start < span.end
        for kind in ("place", "address", "person")
        for span in document.spans_in(kind, max(0, start - 40), end + 40)
    )


def claim_stricken(document: Document, scene: Scene) -> Iterator[Draft]:
    """Claim the likeliest name of what an accident struck; the quote is the name alone."""
    plain = _load_plain()
    best: Draft | None = None
    times: dict[str, int] = {}
    for index in scene.sentences:
        sentence = document.sentences[index]
        here = sentence.start <= scene.trigger[0] < sentence.end
        for run in find_runs(sentence.text, plain):
            told = _score(document, sentence, run)
            if told <= 0:
                continue
            times[run.text] = times.get(run.text, 0) + 1
            score = told + TOLD_HERE * here + AGAIN * (times[run.text] == 2)
            if score >= LEAST and (best is None or score > best.score):
                best = Draft("target", sentence.start + run.start, sentence.start + run.end, round(min(score, BEST), 3))
    if best is not None:
        yield best
