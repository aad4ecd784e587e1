"""Facets as a page shows them: each value with its count and the list that choosing it gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from newsblotter.store import Facet, Filter
from newsblotter.web.filters import PARAMETERS, toggle, write_query
from newsblotter.web.vocabulary import N_
from newsblotter.web.words import Words

SHOWN = 8  # values of a facet that are shown before "more"; those chosen always are
HEADINGS = {
    "type": N_("Type"),
    "year": N_("Year"),
    "country": N_("Country"),
    "status": N_("Status"),
    "disputed": N_("Disputed"),
    "needs_review": N_("To review"),
    "voices": N_("Voices"),
    "reality": N_("Reality"),
    "currency": N_("Currency of the loot"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    label: str
    count: int
    query: str  # of the list when it is chosen, or let go if it is chosen already
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet with its choices."""

    name: str
    heading: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]


def view_facets(facets: tuple[Facet, ...], wanted: Filter, order: str | None, words: Words) -> list[FacetView]:
    """The facets in the order of ``HEADINGS``; those that hold nothing to choose from are left out."""
    known = {facet.name: facet for facet in facets}
    views = []
    for name, heading in HEADINGS.items():
        counts = known[name].counts if name in known else ()
        here = {value for value, _ in counts}
        counts = (
            *counts,
            *((value, 0) for value in _chosen(name, wanted) if value not in here),
        )  # what leaves nothing can be let go
        choices = [
            Choice(_label(name, value, words), count, write_query(after, order=order), after_is_less)
            for value, count in counts
            for after, after_is_less in [_choose(name, value, wanted)]
        ]
        if len(choices) < 2 and not any(choice.chosen for choice in choices) and name in ("reality", "currency", "country"):
            continue  # one value that all have narrows nothing
        if choices:
            shown = [choice for at, choice in enumerate(choices) if at < SHOWN or choice.chosen]
            views.append(FacetView(name, words.gettext(heading), tuple(shown), tuple(c for c in choices if c not in shown)))
    return views


def _chosen(name: str, wanted: Filter) -> tuple[str, ...]:
    """The values of a facet of words that the filter names."""
    chosen: tuple[str, ...] = {
        "type": wanted.types,
        "country": wanted.countries,
        "status": wanted.statuses,
        "reality": wanted.realities,
        "disputed": wanted.disputed_on,
    }.get(name, ())
    return chosen


def _choose(name: str, value: str, wanted: Filter) -> tuple[Filter, bool]:
    """The filter after a click on a value, and whether the value is chosen now."""
    if name == "year":
        since, until = date(int(value), 1, 1), date(int(value), 12, 31)
        chosen = (wanted.since, wanted.until) == (since, until)
        return replace(wanted, since=None if chosen else since, until=None if chosen else until), chosen
    if name == "voices":
        low, _, high = value.partition("-")
        band = (int(low), int(high) if high else None if "-" in value else int(low))
        chosen = (wanted.min_voices, wanted.max_voices) == band
        return replace(wanted, min_voices=None if chosen else band[0], max_voices=None if chosen else band[1]), chosen
    parameter, choice = {
        "needs_review": ("review", "1"),
        "disputed": ("disputed", "1") if value == "any" else ("disputed_on", value),
    }.get(name, (name, value))
    now = getattr(wanted, PARAMETERS[parameter].field)
    read = PARAMETERS[parameter].read(choice)
    chosen = read in now if isinstance(now, tuple) else now == read
    return toggle(wanted, parameter, choice), chosen


def _label(name: str, value: str, words: Words) -> str:
    if name == "country":
        return words.country(value)
    if name == "disputed":
        return words.gettext("on any fact") if value == "any" else words.field(value).lower()
    if name == "needs_review":
        return words.gettext("worth a look")
    if name == "voices":
        low, dash, high = value.partition("-")
        if dash and not high:
            return words.gettext("%s or more") % low
        return f"{low}–{high}" if high else low
    return value if name in ("year", "currency") else words.name(value)


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of the filter in force, and the list without it."""

    label: str
    query: str


def list_chips(wanted: Filter, order: str | None, words: Words) -> list[Chip]:
    """What narrows the list, each part with a way to let it go."""
    return [Chip(label, write_query(after, order=order)) for label, after in _parts(wanted, words)]


def _parts(wanted: Filter, words: Words) -> Iterator[tuple[str, Filter]]:
    _ = words.gettext
    if wanted.text:
        yield f"“{wanted.text}”", replace(wanted, text=None)
    for name, values in (
        ("type", wanted.types),
        ("country", wanted.countries),
        ("status", wanted.statuses),
        ("reality", wanted.realities),
    ):
        for value in values:
            yield _label(name, value, words), toggle(wanted, name, value)
    if wanted.since or wanted.until:
        since, until = words.day(wanted.since), words.day(wanted.until)
        days = f"{since} – {until}" if since and until else _("since %s") % since if since else _("until %s") % until
        yield days, replace(wanted, since=None, until=None)
    if wanted.near:
        yield (
            _("within %s km of a point") % words.number(wanted.within_km),
            replace(wanted, near=None, within_km=Filter().within_km),
        )
    if wanted.box:
        yield _("in the part of the map shown"), replace(wanted, box=None)
    if wanted.target:
        yield _("target: %s") % wanted.target, replace(wanted, target=None)
    if wanted.person:
        yield _("person: %s") % wanted.person, replace(wanted, person=None)
    if wanted.loot_low is not None:
        yield _("loot at least %s") % words.number(wanted.loot_low), replace(wanted, loot_low=None)
    if wanted.loot_high is not None:
        yield _("loot at most %s") % words.number(wanted.loot_high), replace(wanted, loot_high=None)
    if wanted.currency:
        yield wanted.currency, replace(wanted, currency=None)
    if wanted.min_voices is not None or wanted.max_voices is not None:
        yield _voices(wanted, words), replace(wanted, min_voices=None, max_voices=None)
    if wanted.disputed is not None:
        yield _("disputed") if wanted.disputed else _("not disputed"), replace(wanted, disputed=None)
    for field in wanted.disputed_on:
        yield _("disputed: %s") % words.field(field).lower(), toggle(wanted, "disputed_on", field)
    if wanted.needs_review is not None:
        yield _("worth a look") if wanted.needs_review else _("nothing to review"), replace(wanted, needs_review=None)


def _voices(wanted: Filter, words: Words) -> str:
    low, high = wanted.min_voices, wanted.max_voices
    if low == high and low is not None:
        return words.ngettext("%d voice", "%d voices", low) % low
    if high is None:
        return words.gettext("at least %s voices") % low
    return (
        words.gettext("at most %s voices") % high
        if low is None
        else words.gettext("%(low)s to %(high)s voices") % {"low": low, "high": high}
    )
