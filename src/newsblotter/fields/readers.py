"""Which functions find and read the phrases of a language: English by its own grammars, others by their phrasebooks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Protocol

from newsblotter.fields.addresses import find_addresses
from newsblotter.fields.amounts import find_money, read_money
from newsblotter.fields.counts import find_counts, read_count
from newsblotter.fields.datecues import rate_date
from newsblotter.fields.gazetteer import Gazetteer
from newsblotter.fields.people import fill_person, find_people
from newsblotter.fields.phrasebook import numbers as told_numbers
from newsblotter.fields.phrasebook import people as told_people
from newsblotter.fields.phrasebook import place as told_places
from newsblotter.fields.phrasebook import time as told_times
from newsblotter.fields.place import find_places
from newsblotter.fields.time import find_times, read_clock, read_when
from newsblotter.records import Count, Money, Person, Report, Span, When

Spans = dict[str, tuple[Span, ...]]


class ReadWhen(Protocol):
    """Reads a phrase of time into days, from the day of publication."""

    def __call__(
        self, text: str, start: int, end: int, published: date | None, *, reference: When | None = None
    ) -> When | None: ...


@dataclass(frozen=True, slots=True)
class Readers:
    """The finders and readers of one language."""

    find_spans: Callable[[str, Gazetteer], Spans]
    read_when: ReadWhen
    read_clock: Callable[[str, int, int], str | None]
    rate_date: Callable[[str, int, int, When, date | None, int], float]
    is_other_date: Callable[[str, int, int], bool]  # in its sentence: a court's or an arrest's day, no date of the incident
    read_count: Callable[[str, int, int], Count | None]
    read_money: Callable[[str, int, int, str | None], Money | None]
    read_person: Callable[[str, int, int, Person | None], Person | None]


def _find_english(text: str, gazetteer: Gazetteer) -> Spans:
    addresses = find_addresses(text)
    return {
        "time": find_times(text),
        "place": find_places(text, gazetteer, addresses=addresses),
        "address": addresses,
        "money": find_money(text),
        "count": find_counts(text),
        "person": find_people(text, lambda words: bool(gazetteer.lookup(words))),
    }


def _find_told(text: str, gazetteer: Gazetteer, *, language: str) -> Spans:
    return {
        "time": told_times.find_times(text, language),
        "place": told_places.find_places(text, gazetteer, language),
        "money": told_numbers.find_money(text, language),
        "count": told_numbers.find_counts(text, language),
        "person": told_people.find_people(text, lambda words: bool(gazetteer.lookup(words)), language),
    }


def _nothing(text: str, start: int, end: int) -> None:
    return None


def _never(text: str, start: int, end: int) -> bool:
    return False


_ENGLISH = Readers(_find_english, read_when, read_clock, rate_date, _never, read_count, read_money, fill_person)


@lru_cache(maxsize=8)
def load_readers(language: str | None) -> Readers:
    """The finders and readers of a language; None is taken for English.

    Raises:
        DataError: There are no words of that language.
    """
    if language in (None, "en"):
        return _ENGLISH
    return Readers(
        partial(_find_told, language=language),
        partial(told_times.read_when, language=language),
        _nothing,
        partial(told_times.rate_date, language=language),
        partial(told_times.is_of_law, language=language),
        partial(told_numbers.read_count, language=language),
        partial(told_numbers.read_money, language=language),
        partial(told_people.read_person, language=language),
    )


def find_spans(text: str, gazetteer: Gazetteer, language: str | None = None) -> Spans:
    """Find the phrases of a report that may carry a value, by kind: time, place, address, money, count, person.

    Args:
        language: ISO 639-1, one that the rules read; None is taken for English.

    Returns:
        For each kind its spans, sorted by start. Linear in the text.
    """
    return load_readers(language).find_spans(text, gazetteer)


def readers_of(report: Report) -> Readers:
    """The finders and readers of a report's language."""
    return load_readers(report.language)
