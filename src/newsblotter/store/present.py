"""An incident's record in words for a person: the same for the terminal, a notebook and, later, the web."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]

SHORT_ID = 10  # characters that name an incident in a list; ``show`` takes any unique beginning
_SCALES = ((1e9, "billion"), (1e6, "million"))
_SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}  # as EDTF numbers them
_SEASON = re.compile(r"\d{4}-2[1-4]")
_HIDDEN = {"Cc", "Cf", "Cs"}  # control and format characters: they could move the cursor or turn the line around

# Fields that hold a fact with claims, in the order a person asks for them, and what to call them.
LABELS: Mapping[str, str] = {
    "type": "what",
    "date": "when",
    "time": "at",
    "place": "where",
    "address": "address",
    "target": "target",
    "killed": "killed",
    "injured": "injured",
    "suspects": "suspects",
    "arrested": "arrested",
    "loot": "loot",
    "recovered": "recovered",
    "weapons": "weapon",
    "vehicles": "vehicle",
    "tactics": "tactic",
    "people": "person",
    "outcomes": "outcome",
}
_LISTS = ("weapons", "vehicles", "tactics", "people", "outcomes")


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact of an incident, ready to be shown."""

    field: str
    label: str
    value: str
    claim: Mapping[str, Any] | None  # the claim that carries it, None if the record holds none
    disputed: bool
    confidence: float | None = None  # the probability that the value is right, None where nobody knows
    corrected: Mapping[str, Any] | None = None  # the correction that put it there
    item: Any = None  # the value itself, one of a list in a field that is one


def plain(text: Any) -> str:
    """Words from a report made safe to print: no control or format characters, white space folded."""
    cleaned = "".join(" " if c.isspace() else c for c in str(text) if c.isspace() or unicodedata.category(c) not in _HIDDEN)
    return " ".join(cleaned.split())


def shorten(name: str, most: int = 20) -> str:
    """A long id cut in the middle of nowhere, for a column."""
    name = plain(name)
    return name if len(name) <= most else name[: most - 1] + "…"


def show_number(number: float) -> str:
    """A number as a newspaper prints it: 9 million, 3,500."""
    for scale, name in _SCALES:
        if number >= scale:
            return f"{number / scale:,.4g} {name}"
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"


def show_interval(value: Mapping[str, Any]) -> str:
    """A count or an amount: "3", "at least 3", "2–4", "2 million – 9 million EUR"."""
    low, high = value.get("low"), value.get("high")
    if low is None:
        words = f"at most {show_number(high)}" if high is not None else "unknown"
    elif high is None:
        words = f"at least {show_number(low)}"
    elif low == high:
        words = show_number(low)
    else:
        words = f"{show_number(low)}–{show_number(high)}" if high < 1e6 else f"{show_number(low)} – {show_number(high)}"
    if "currency" in value:
        words += f" {value['currency'] or '(currency not said)'}"
    return words


def show_short(value: Mapping[str, Any]) -> str:
    """An interval in the space of a column: "3", "3+", "2–9m EUR", "92m USD"."""
    low, high = value.get("low"), value.get("high")
    unit = f" {value.get('currency') or '?'}" if "currency" in value else ""
    if low is None:
        return (f"≤{_scale(high)}" if high is not None else "?") + unit
    if high is None:
        return f"{_scale(low)}+{unit}"
    small, large = _scale(low), _scale(high)
    if small == large:
        return small + unit
    if small[-1:] == large[-1:] and small[-1:].isalpha():
        small = small[:-1]
    return f"{small}–{large}{unit}"


def _scale(number: float) -> str:
    for scale, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if number >= scale:
            return f"{number / scale:.3g}{letter}"
    return f"{number:.3g}" if number < 100 else f"{number:.0f}"


def show_date(value: Mapping[str, Any] | None) -> str:
    """The day, or the days it lies within."""
    if not value:
        return ""
    start, end = value.get("start"), value.get("end")
    words = str(value.get("edtf") or (start if start == end else f"{start}/{end}"))
    if _SEASON.fullmatch(words):
        words = f"{_SEASONS[words[5:]]} {words[:4]}"
    words = words.replace("/", " – ")
    return f"{words} {value['time']}" if value.get("time") else words


def show_place(value: Mapping[str, Any] | None) -> str:
    """The place with its region and country, as far as they are known."""
    if not value:
        return ""
    parts: list[str] = []
    for key in ("name", "admin1", "country"):
        part = value.get(key)
        if part and str(part) not in parts:
            parts.append(str(part))
    return plain(", ".join(parts))


def _show_person(value: Mapping[str, Any]) -> str:
    who = plain(value.get("name") or "unnamed")
    age = f", {value['age']}" if value.get("age") is not None else ""
    status = value.get("status") or []
    traits = [value.get("role"), *([status] if isinstance(status, str) else status)]
    return f"{who}{age} ({', '.join(plain(t).replace('_', ' ') for t in traits if t)})"


def _show_outcome(value: Mapping[str, Any]) -> str:
    words = plain(value.get("kind"))
    if value.get("count"):
        words += f" of {show_interval(value['count'])}"
    on = value.get("on")
    if on:
        words += f", {show_date(on) if isinstance(on, Mapping) else plain(on).replace('/', ' – ')}"
    return words


def show_value(field: str, value: Any) -> str:
    """Any value of a record or a claim in words."""
    if value is None or value == [] or value == "":
        return ""
    if isinstance(value, str):
        return plain(value).replace("_", " ") if field in ("tactics", "type") else plain(value)
    if isinstance(value, Mapping):
        if field == "date" or "start" in value:
            return show_date(value)
        if field == "people":
            return _show_person(value)
        if field == "outcomes":
            return _show_outcome(value)
        if "low" in value:
            return show_interval(value)
        return show_place(value)
    if isinstance(value, Sequence):
        return ", ".join(show_value(field, item) for item in value)
    return plain(value)


def part_of(claim: Mapping[str, Any]) -> str:
    """What a claim tells: a claim of an address or a clock time stands in the record as one of place or date."""
    value = claim.get("value")
    if isinstance(value, Mapping) and len(value) == 1:
        [only] = value
        if only in ("address", "time"):
            return str(only)
    return str(claim["field"])


def _agreement(said: Any, value: Any) -> float:
    """How much of what a claim says a record's value says, too: 0 to 1. The value may hold more (its words, its report)."""
    if isinstance(said, Mapping) and isinstance(value, Mapping):
        if said != value and _is_plain(said) and _is_plain(value):  # 21 of 22 wounded live: what was told of 22 carries it
            return 0.5 * float(min(said["low"], value["low"]) / max(said["low"], value["low"], 1))
        shared = [key for key in said if key in value]
        return sum(said[key] == value[key] for key in shared) / len(shared) if shared else 0.0
    if isinstance(said, Mapping):
        return float(value in said.values())
    return float(said == value)


def _is_plain(value: Mapping[str, Any]) -> bool:
    return value.get("low") is not None and value.get("low") == value.get("high")


def _carrier(claims: Sequence[Mapping[str, Any]], value: Any) -> Mapping[str, Any] | None:
    """The claim that says a value best: the same thing, from the report it is taken from, agreed."""
    standing = {"agreed": 0, "disputed": -1, "superseded": -2, "corrected": -3}
    source = value.get("report") if isinstance(value, Mapping) else None

    def rank(claim: Mapping[str, Any]) -> tuple[float, bool, int]:
        return _agreement(claim.get("value"), value), claim["report"] == source, standing.get(str(claim.get("standing")), -4)

    return max(claims, key=rank, default=None)


def list_facts(record: Record) -> Iterator[FactLine]:
    """The facts of an incident, each with the claim that carries it."""
    by_field: dict[str, list[Mapping[str, Any]]] = {}
    for claim in record.get("claims", ()):
        by_field.setdefault(part_of(claim), []).append(claim)
    disputed = set(record.get("disputed", ()))
    corrections = {one["field"]: one for one in record.get("corrections") or ()}
    for field, label in LABELS.items():
        claims = by_field.get(field, [])
        value = record.get(field)
        if field == "time":
            value = (record.get("date") or {}).get("time")
        elif field == "address":
            value = (record.get("place") or {}).get("address")
        items = list(value or ()) if field in _LISTS else [value]
        rated = (record.get("confidence") or {}).get(field)
        for at, item in enumerate(items):
            words = show_value(field, {**item, "time": None} if field == "date" and item else item)
            if words:
                confidence = rated[at] if isinstance(rated, list) else rated
                correction = corrections.get(field)
                saying = [c for c in claims if not correction or _agreement(c.get("value"), item) == 1.0]
                carrier = _carrier(saying, item)
                yield FactLine(field, label, words, carrier, field in disputed, confidence, correction, item)


def corrected_claims(record: Record, field: str) -> list[Mapping[str, Any]]:
    """The claims that a correction of a field overrules, one for each value."""
    seen: set[str] = set()
    kept = []
    for claim in record.get("claims", ()):
        words = show_value(field, claim.get("value"))
        if part_of(claim) == field and claim.get("standing") == "corrected" and words not in seen:
            seen.add(words)
            kept.append(claim)
    return kept


def disputed_claims(record: Record) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """For each disputed field the claims that say what is shown or otherwise, one for each value and voice.

    What a later report has overtaken is history, and a country or a town on the way says nothing for or against the scene.
    """
    voice_of = {r["id"]: r.get("copy_group") or r["id"] for r in record.get("reports", ())}
    for field in record.get("disputed", ()):
        seen: set[tuple[str, str]] = set()
        kept = []
        scene = (record.get("place") or {}).get("name") if field == "place" else None
        for claim in record.get("claims", ()):
            if part_of(claim) != field or claim.get("standing") not in ("agreed", "disputed"):
                continue
            if scene and claim["standing"] == "agreed" and (claim.get("value") or {}).get("name") != scene:
                continue
            key = (show_value(field, claim.get("value")), voice_of.get(claim["report"], claim["report"]))
            if key not in seen:
                seen.add(key)
                kept.append(claim)
        yield field, kept


def take_sides(field: str, claims: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Claims of a disputed field by the value they tell, in words; the value of most claims first."""
    sides: dict[str, list[Mapping[str, Any]]] = {}
    for claim in claims:
        sides.setdefault(show_value(field, claim.get("value")), []).append(claim)
    return sorted(sides.items(), key=lambda side: (-len(side[1]), side[0]))


def group_voices(record: Record) -> list[list[Mapping[str, Any]]]:
    """Reports by voice: the copies of one text together, earliest first."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for report in record.get("reports", ()):
        groups.setdefault(report.get("copy_group") or report["id"], []).append(report)
    order = {"main": 0, "follow_up": 1, "round_up": 2, "background": 3}
    return sorted(
        groups.values(),
        key=lambda group: min((order.get(r["role"], 9), r.get("published") or "9999", r["id"]) for r in group),
    )


def describe_report(report: Mapping[str, Any] | None, report_id: str) -> str:
    """Who printed it and when: "reuters.com, 2017-03-26"; its id where nobody knows."""
    if report is None:
        return plain(report_id)
    outlet = plain(report.get("outlet")) if report.get("outlet") else shorten(report_id)
    parts = [outlet, report.get("published")]
    return ", ".join(str(part) for part in parts if part)


# --- notebooks --------------------------------------------------------------------------------------------------


def _row(cells: Iterable[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f'<{tag} style="text-align:left;vertical-align:top">{cell}</{tag}>' for cell in cells) + "</tr>"


def record_html(record: Record) -> str:
    """One incident as a table for a notebook."""
    reports = {r["id"]: r for r in record.get("reports", ())}
    rows = [_row(("", "", "words", "report"), "th")]
    for fact in list_facts(record):
        quote = html.escape(plain(fact.claim["quote"]["exact"])) if fact.claim else ""
        source = describe_report(reports.get(fact.claim["report"]), fact.claim["report"]) if fact.claim else ""
        mark = " (disputed)" if fact.disputed else ""
        rows.append(_row((fact.label, html.escape(fact.value + mark), f"<q>{quote}</q>", html.escape(source))))
    title = html.escape(plain(record.get("title") or record.get("type")))
    return f"<p><b>{title}</b> <code>{html.escape(str(record['id']))}</code></p><table>{''.join(rows)}</table>"


def records_html(records: Iterable[Record]) -> str:
    """Incidents as a table for a notebook."""
    rows = [_row(("id", "when", "what", "where", "voices"), "th")]
    for r in records:
        cells = (r["id"], show_date(r.get("date")), plain(r.get("title")), show_place(r.get("place")), str(r.get("voices", "")))
        rows.append(_row(html.escape(cell) for cell in cells))
    return f"<table>{''.join(rows)}</table>"
