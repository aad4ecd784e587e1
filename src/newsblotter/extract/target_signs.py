"""What speaks for a phrase of a report to be what was robbed or attacked: the words beside it, within it, and where it stands.

A *sign* is a short name ("verb_before", "noun_after") that holds or does not hold of one mention; ``target_weights`` knows how
much each speaks for or against.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.extract.document import Document, Scene, Sentence
from newsblotter.extract.names import Run
from newsblotter.extract.target_names import is_person, is_place, load_patterns, load_words
from newsblotter.lexicon import load_lexicon

BEFORE = 100  # characters looked at before a phrase
AFTER = 60
AFTER_ASIDE = 130  # behind a name, where something is said in passing before what befell it
LEAD_SENTENCES = 4

CLASSES = {
    **dict.fromkeys(("robbery", "burglary", "theft", "fraud"), "stealing"),
    **dict.fromkeys(("attack", "bombing", "arson", "escape", "other_crime"), "attacking"),
    **dict.fromkeys(("shooting", "homicide", "assault", "kidnapping"), "violence"),
    "accident": "accident",
}


@dataclass(frozen=True, slots=True)
class _Cues:
    before: tuple[tuple[str, re.Pattern[str]], ...]
    after: tuple[tuple[str, re.Pattern[str]], ...]
    inside: tuple[tuple[str, re.Pattern[str]], ...]
    sentence: tuple[tuple[str, re.Pattern[str]], ...]


@lru_cache(maxsize=1)
def _load_cues() -> _Cues:
    """Expressions by the sign that they make, in the order of their tables."""
    p, flags = load_patterns(), re.IGNORECASE
    words = load_lexicon("targets")
    told, stricken = words["signs"], load_lexicon("stricken")
    things, happenings = "|".join(stricken["things"]), stricken["happenings"]
    lead = r"(?:(?!(?:near|in|on|at|of|off|from|by|and|with|outside|to)\b)[\w’'-]+[\s,]+){0,4}[\"“‘']?$"
    happening = rf"{happenings}\s+(?:\w+\s+){{0,2}}?{stricken['links']}"
    noun = rf"(?:\s+(?:[a-z][\w-]*\s+){{0,2}}?(?:{things})\b)?"
    before = (
        ("verb_before", p.verb_before),
        ("deed_before", p.deed_before),
        ("taken_from", p.taken_from),
        ("owner_before", p.owner_before),
        ("apposition", p.apposition),
        ("at_premises", p.at_premises),
        ("near_before", p.near_before),
        ("located_in", p.located_in),
        ("man_of", p.man_of),
        ("happened_before", re.compile(rf"\b(?:{happening}|{stricken['struck']})\s+{lead}", flags)),
        ("thing_before", re.compile(rf"\b(?:{things})\s*,?\s*(?:the\s+|called\s+|named\s+)?[\"“‘']?$", flags)),
        ("blast_before", re.compile(rf"\b{words['blasts']}\s+(?:[\w’'.-]+\s+){{0,4}}$", flags)),
    )
    after = (
        ("noun_after", p.noun_after),
        ("deed_after", p.deed_after),
        ("trade_after", p.trade_after),
        ("loses_after", p.loses_after),
        ("staff_after", p.staff_after),
        ("goods_after", p.goods_after),
        ("acts_after", p.acts_after),
        ("area_after", p.area_after),
        ("police_after", p.police_after),
        ("thing_after", re.compile(rf"^[\"”’']?(?:['’]s)?\s+(?:[a-z][\w-]*\s+){{0,2}}?(?:{things})\b", flags)),
        ("befell_after", re.compile(rf"^[\"”’']?{noun}(?:,[^,.;]{{2,70}},)?\s+(?:\w+\s+){{0,2}}?{stricken['befell']}\b", flags)),
        ("happened_after", re.compile(rf"^(?:['’]s)?{noun}\s+{happenings}\b", flags)),
    )
    inside = (
        ("trade_inside", p.trade),
        ("noun_inside", p.noun_inside),
        ("thing_inside", re.compile(rf"\b(?:{things})\b", flags)),
        ("venue", p.venue),
        ("hotel", p.hotel),
        ("law", p.law),
    )
    read = {side: tuple((name, re.compile(pattern, flags)) for name, pattern in told[side].items()) for side in told}
    return _Cues((*before, *read["before"]), (*after, *read["after"]), (*inside, *read["inside"]), read["sentence"])


def read_signs(document: Document, scene: Scene, sentence: Sentence, run: Run, *, known: bool, generic: bool) -> Iterator[str]:
    """The signs of one mention.

    Args:
        document: The report.
        scene: The incident whose target is sought.
        sentence: The sentence that the phrase stands in.
        run: The phrase, offsets into the sentence.
        known: Whether it is a well-known house.
        generic: Whether it is a plain noun ("a jewelry store") and no name.
    """
    p, text = load_patterns(), sentence.text
    before, after = text[max(0, run.start - BEFORE) : run.start], text[run.end : run.end + AFTER]
    yield from _read_before(before)
    yield from _read_after(after)
    yield from _read_inside(run.text)
    yield from _read_sentence(text)
    yield from _befallen(text, run)
    if not generic:
        yield from _name_signs(document, sentence, run, known, before, after)
    if document.is_title(sentence):
        yield "title"
    if sentence.start <= scene.trigger[0] < sentence.end:
        yield "told_here"
        if sentence.start + run.start < scene.trigger[0]:
            yield "before_trigger"
    elif scene.is_main() and p.elsewhere.search(text):
        yield "elsewhere"


# Each of these reads the same words again and again: a sentence for every phrase in it, a phrase wherever it stands, a report for
# every incident that it tells and for its copies.
REMEMBERED = 4096  # words beside or within phrases: some ten reports'


@lru_cache(maxsize=REMEMBERED)
def _read_before(words: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _load_cues().before if pattern.search(words))


@lru_cache(maxsize=REMEMBERED)
def _read_after(words: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _load_cues().after if pattern.match(words))


@lru_cache(maxsize=REMEMBERED)
def _read_inside(phrase: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _load_cues().inside if pattern.search(phrase))


@lru_cache(maxsize=REMEMBERED)
def _read_sentence(text: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _load_cues().sentence if pattern.search(text))


def _befallen(text: str, run: Run) -> Iterator[str]:
    """Whether the words behind, or behind something said in passing, tell that it was robbed."""
    p, after = load_patterns(), text[run.end : run.end + AFTER_ASIDE]
    aside = p.aside.match(after)
    if p.passive_after.match(after) or (aside and p.passive_after.match(after[aside.end() :])):
        yield "passive_after"


def _name_signs(document: Document, sentence: Sentence, run: Run, known: bool, before: str, after: str) -> Iterator[str]:
    """What holds of names alone."""
    p, words = load_patterns(), load_words()
    parts = run.text.lower().split()
    closing = p.noun_inside.search(run.text) is not None
    if known:
        yield "known"
    if len(parts) > 1:
        yield "long"
    if parts[-1] in words.offices and not closing:
        yield "office"
    if parts[0] in words.offices and not closing:
        yield "office_first"
    if not known and is_place(document, run, sentence.start, words):
        yield "place_house" if closing else "place"
    if not known and is_person(document, run, sentence.start):
        yield "person_house" if closing else "person"
        if p.person_before.search(before) or p.person_after.match(after):
            yield "person_robbed"
    elif len(parts) == 2 and not known and not closing and p.person_after.match(after):
        yield "person_robbed"
