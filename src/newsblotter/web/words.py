"""The desk's words in a visitor's language: interface texts from the catalogues, values, dates and numbers.

Catalogues lie in ``messages``; ``python -m newsblotter_lab.messages`` gathers the texts into them.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_decimal, format_percent, get_currency_symbol

from newsblotter.store.present import plain
from newsblotter.web import retelling, vocabulary
from newsblotter.web.retelling import Retelling

SOURCE_LANGUAGE = "en"
LOCALES: Mapping[str, str] = {"en": "en_GB"}  # day before month, as ISO and the command line have it
LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}
COMPACT_FROM = 1_000_000  # numbers from here on are shown as "2.4 million"
_TYPES = "|".join(sorted((re.escape(vocabulary.NAMES[name]) for name in vocabulary.TYPES), key=len, reverse=True))
_TITLE = re.compile(rf"(?P<name>{_TYPES})(?P<tie> at | in | \(|, |$)(?P<rest>.*)")  # as ``link.merge.make_title`` makes it
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}


@cache
def load_words(language: str) -> Words:
    """The words of a language that has a catalogue, English for others."""
    return Words(language if language in LANGUAGES else SOURCE_LANGUAGE)


def choose_language(asked: str | None, accepted: str) -> str:
    """The language to answer in: the one that was chosen, else the first that the browser takes and we have.

    Args:
        asked: What the visitor chose, None if nothing.
        accepted: The ``Accept-Language`` header.
    """
    if asked in LANGUAGES:
        return str(asked)
    ranked = []
    for at, part in enumerate(accepted[:200].split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), at, tag.lower().split("-")[0]))
        except ValueError:
            continue
    return next((tag for _, _, tag in sorted(ranked) if tag in LANGUAGES), SOURCE_LANGUAGE)


def _load_catalogue(language: str) -> tuple[gettext.NullTranslations, Mapping[str, str]]:
    """A language's texts, compiled from its catalogue, and its templates of sentences; those of the source stand in the code."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations(), {}
    with (files("newsblotter.web") / "messages" / f"{language}.po").open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    told = {str(one.id): str(one.string) for one in catalogue if one.id and one.context == retelling.CONTEXT}
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled), told


class Words:
    """Texts and values in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.locale = Locale.parse(LOCALES.get(language, language))
        catalogue, told = _load_catalogue(language)
        self._retelling = Retelling(told, self._name_part)
        self.gettext = catalogue.gettext
        self.ngettext = catalogue.ngettext
        self.pgettext = catalogue.pgettext
        self.npgettext = catalogue.npgettext

    # --- names of things ----------------------------------------------------------------------------------------

    def name(self, name: object) -> str:
        """A name of the vocabulary (a type, status, role, field, …) for people; an unknown one as it is, without its signs."""
        known = vocabulary.NAMES.get(str(name))
        return self.gettext(known) if known else plain(name).replace("_", " ").replace("-", " ")

    def field(self, name: str) -> str:
        """What a field of the record is called."""
        known = vocabulary.FIELDS.get(name)
        return self.gettext(known) if known else self.name(name)

    def fields(self, names: Iterable[str]) -> str:
        """What some fields are called, within a sentence."""
        return ", ".join(self.field(name).lower() for name in names)

    def known_fields(self, names: Iterable[str]) -> str:
        """What those of some parts of a record are called that are facts, within a sentence."""
        return self.fields(name for name in names if name in vocabulary.FIELDS)

    def clause(self, clause: str) -> str:
        """What speaks for or against a join, as linking says it."""
        return self.gettext(clause) if clause in vocabulary.CLAUSES else clause

    def told(self, sentence: object) -> str:
        """A sentence that another room made (why something failed, why an alert came), as far as the catalogue knows it."""
        return self._retelling.tell(plain(sentence))

    def _name_part(self, part: str) -> str:
        """What fills a hole of such a sentence: a name of ours, or words that were typed."""
        if part in vocabulary.FIELDS:
            return self.field(part).lower()
        if part in vocabulary.NAMES:
            return self.name(part)
        typed = re.fullmatch(r"'(.*)'|\"(.*)\"", part)
        return self.gettext("“%s”") % (typed[1] or typed[2] or "") if typed else part

    def title(self, title: object) -> str:
        """An incident's title: the one that was made of its type, target and place, made anew; a person's as it is."""
        words = plain(title)
        found = _TITLE.fullmatch(words)
        if found is None or self.language == SOURCE_LANGUAGE:
            return words
        name, rest = self.gettext(found["name"]), found["rest"]
        if found["tie"] == " at ":
            return self.gettext("%(what)s at %(where)s") % {"what": name, "where": rest}
        if found["tie"] == " in ":
            return self.gettext("%(what)s in %(where)s") % {"what": name, "where": rest}
        return f"{name}{found['tie']}{rest}"

    def example(self, field: str | None) -> str:
        """What a person might type for a field."""
        return vocabulary.EXAMPLES.get(field or "", "")

    def country(self, code: str | None) -> str:
        """A country by its two letters."""
        return str(self.locale.territories.get(code or "", code or ""))

    # --- numbers and days ---------------------------------------------------------------------------------------

    def number(self, number: float, *, short: bool = False) -> str:
        """A number as a newspaper prints it: "2.4 million", in short "2.4M"."""
        if abs(number) >= COMPACT_FROM:
            return format_compact_decimal(number, format_type="short" if short else "long", fraction_digits=2, locale=self.locale)
        return format_decimal(round(number, 2), locale=self.locale)

    def share(self, share: float) -> str:
        """A probability in per cent."""
        return format_percent(round(share, 2), locale=self.locale)

    def added(self, weight: float) -> str:
        """What something added to a sum, with its sign."""
        return f"{'+' if weight > 0 else '−'}{format_decimal(abs(weight), '0.0', locale=self.locale)}"

    def day(self, day: str | date | None) -> str:
        """A day given as ISO 8601; anything else as it is."""
        try:
            found = date.fromisoformat(day) if isinstance(day, str) else day
        except ValueError:
            return plain(day)
        return format_date(found, "d MMM y", locale=self.locale) if found else ""

    def month(self, month: str) -> str:
        """A month given as 2024-05."""
        return format_skeleton("yMMM", datetime.fromisoformat(f"{month}-01"), locale=self.locale)

    def moment(self, moment: str | datetime | None) -> str:
        """A moment in UTC."""
        if not moment:
            return ""
        found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return format_datetime(found, "d MMM y, HH:mm", locale=self.locale) + " UTC"

    def date(self, value: Mapping[str, Any] | None) -> str:
        """The day of an incident, or the days it lies within."""
        if not value:
            return ""
        start, end = str(value.get("start") or ""), str(value.get("end") or "")
        edtf = str(value.get("edtf") or "")
        if start == end:
            words = self.day(start)
        elif len(edtf) == 7 and edtf[5:] in _SEASONS:
            words = f"{self.name(_SEASONS[edtf[5:]])} {edtf[:4]}"
        elif len(edtf) == 7:
            words = self.month(edtf)
        elif len(edtf) == 4:
            words = edtf
        else:
            words = format_interval(date.fromisoformat(start), date.fromisoformat(end), "yMMMd", locale=self.locale)
        return f"{words}, {value['time']}" if value.get("time") else words

    # --- values -------------------------------------------------------------------------------------------------

    def interval(self, value: Mapping[str, Any]) -> str:
        """A count or an amount: "3", "at least 3", "2–4", "€2 million – 9 million"."""
        low, high = value.get("low"), value.get("high")
        bounds = [bound for bound in (low, high) if bound is not None]
        if not bounds:
            return self.gettext("unknown")
        if len(bounds) == 1:
            bound = self.gettext("at most %s") if low is None else self.gettext("at least %s")
            return bound % self._amount(bounds, value)
        return self._amount(bounds[:1] if low == high else bounds, value)

    def _amount(self, bounds: Sequence[float], value: Mapping[str, Any]) -> str:
        """One number or two, with the currency's sign where the language puts it if they count money."""
        before, _, after = self.locale.currency_formats["standard"].pattern.partition("#,##0.00")
        is_money, leads = "currency" in value, "¤" in before
        numbers = [self.number(bound, short=is_money and not leads) for bound in bounds]  # 2.4 million, but: 2,4 M €
        number = (" – " if bounds[-1] >= COMPACT_FROM else "–").join(numbers)
        if not is_money:
            return number
        code = value["currency"]
        if not code:
            unsaid = self.gettext("(currency not said)")
            return f"{number} {unsaid}"
        sign = get_currency_symbol(code, self.locale)
        if leads:
            return f"{sign}\N{NO-BREAK SPACE}{number}" if sign[-1].isalpha() else f"{sign}{number}"
        return f"{number}{after.replace('¤', sign)}"

    def place(self, value: Mapping[str, Any] | None) -> str:
        """A place with its region and country, as far as they are known."""
        if not value:
            return ""
        parts: list[str] = []
        for part in (value.get("name"), value.get("admin1"), self.country(value.get("country"))):
            if part and part not in parts:
                parts.append(str(part))
        return plain(", ".join(parts))

    def person(self, value: Mapping[str, Any]) -> str:
        """Who it is, and what became of them."""
        who = plain(value.get("name") or "") or self.gettext("unnamed")
        age = f", {value['age']}" if value.get("age") is not None else ""
        traits = [value.get("role"), *(value.get("status") or ())]
        return f"{who}{age} ({', '.join(self.name(trait) for trait in traits if trait)})"

    def outcome(self, value: Mapping[str, Any]) -> str:
        """One step of the law: what, of how many, when."""
        words = self.name(value.get("kind"))
        if value.get("count"):
            words += f" ({self.interval(value['count'])})"
        on = value.get("on")
        if isinstance(on, Mapping):
            return f"{words}, {self.date(on)}"
        if on:
            days = str(on).split("/")
            words += ", " + " – ".join(self.day(day) for day in days)
        return words

    def value(self, field: str, value: Any) -> str:
        """Any value of a record or a claim."""
        if value is None or value == [] or value == "":
            return ""
        if isinstance(value, str):
            return self.name(value) if field in vocabulary.NAMED_FIELDS else plain(value)
        if isinstance(value, Mapping):
            return self._whole(field, value)
        if isinstance(value, Sequence):
            return ", ".join(self.value(field, item) for item in value)
        return plain(value)

    def _whole(self, field: str, value: Mapping[str, Any]) -> str:
        if set(value) in ({"time"}, {"address"}):
            return plain(next(iter(value.values())))
        if "start" in value:
            return self.date(value)
        if field == "people":
            return self.person(value)
        if field == "outcomes":
            return self.outcome(value)
        return self.interval(value) if "low" in value else self.place(value)
