"""People named with their age in a language known by its word lists.

"Javier Robledo, de 41 años", "Martine Quéméneur, 52 ans", "der 41-jährige Holger Brandt".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from newsblotter.lexicon import load_lexicon
from newsblotter.records import Person, Span

OLDEST = 110
_WORD = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ’'A-ZÀ-ÖØ-Þ-]*[a-zß-öø-ÿ]\.?"
_SMALL = r"(?:de la |de los |del |de |di |della |da |von der |von |van der |van |zu |al-|el |ben |y |e |le |la |du |d['’])"
NAME = rf"{_WORD}(?: {_SMALL}?{_WORD}){{1,3}}"


@lru_cache(maxsize=8)
def _load(language: str) -> re.Pattern[str]:
    """Groups: name, age, or name2 and age2 where the age stands first."""
    words = load_lexicon("phrases", language)
    after, before = str(words["age_after"]), str(words["age_before"])
    return re.compile(
        rf"(?<!\w)(?:(?P<name>{NAME})(?:{after.replace('{age}', '(?P<age>[1-9][0-9]?)')}|,? ?[(](?P<age3>[1-9][0-9])[)])"
        + (
            rf"|{before.replace('{age}', '(?P<age2>[1-9][0-9]?)')} (?P<name2>{NAME})"
            if before
            else r"|(?P<age2>(?!))(?P<name2>(?!))"
        )
        + ")"
    )


def find_people(text: str, is_place: Callable[[str], bool], language: str) -> tuple[Span, ...]:
    """Find the people that are named together with their age.

    Args:
        is_place: Whether words name a place that the gazetteer knows.
    """
    found = []
    for match in _load(language).finditer(text):
        if not is_place(match["name"] or match["name2"]):
            found.append(Span(match.start(), match.end(), "person"))
    return tuple(found)


def read_person(text: str, start: int, end: int, partial: Person | None, language: str) -> Person | None:
    """Read name and age from the words alone; role and status are the claimer's. None where nobody is named."""
    match = _load(language).search(text, start, end)
    if match is None:
        return None
    age = int(match["age"] or match["age2"] or match["age3"])
    return replace(partial or Person(None), name=match["name"] or match["name2"], age=age if age <= OLDEST else None)
