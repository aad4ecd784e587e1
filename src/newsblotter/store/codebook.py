"""The columns of a flat export, what each means, and under which terms the data are passed on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from newsblotter.store.protocol import Record

TERMS = (
    "The facts were derived from news reports by Newsblotter. The quoted words and the titles of reports belong to their "
    "publishers; they are given as short extracts, so that every fact can be checked. Whoever keeps this store has stated no "
    "licence of their own for the collection: ask them before you publish it as a whole."
)

Read: TypeAlias = Callable[[Record], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of CSV and Parquet."""

    name: str
    kind: str  # text, integer, number, day
    about: str
    read: Read


def _path(*names: str) -> Read:
    """Read a part of a part, None where one is missing."""

    def read(record: Record) -> Any:
        part: Any = record
        for name in names:
            part = part.get(name) if isinstance(part, dict) else None
        return part

    return read


def _join(name: str) -> Read:
    return lambda record: "; ".join(record.get(name) or ())


def _join_people(record: Record) -> str:
    return "; ".join(
        f"{person['name'] or '?'} ({', '.join([person['role'], *([str(person['age'])] if person['age'] else [])])})"
        for person in record.get("people") or ()
    )


def _join_outcomes(record: Record) -> str:
    return "; ".join(step["kind"] + (f" {step['on']}" if step["on"] else "") for step in record.get("outcomes") or ())


def _join_reports(name: str) -> Read:
    return lambda record: "; ".join(dict.fromkeys(r[name] for r in record.get("reports") or () if r.get(name)))


def _join_corrected(record: Record) -> str:
    return "; ".join(one["field"] for one in record.get("corrections") or ())


def _bounds(name: str, about: str) -> list[Column]:
    return [
        Column(f"{name}_low", "integer", f"{about}: at least", _path(name, "low")),
        Column(f"{name}_high", "integer", f"{about}: at most; empty when open above or when nobody says", _path(name, "high")),
    ]


def _amount(name: str, about: str) -> list[Column]:
    return [
        Column(f"{name}_low", "number", f"{about}: at least", _path(name, "low")),
        Column(f"{name}_high", "number", f"{about}: at most; empty when open above", _path(name, "high")),
        Column(f"{name}_currency", "text", "ISO 4217; empty when no report tells", _path(name, "currency")),
        Column(f"{name}_as_reported", "text", "the words of the report", _path(name, "as_reported")),
    ]


COLUMNS: Sequence[Column] = (
    Column("id", "text", "permanent; the id of a merged incident redirects", _path("id")),
    Column("type", "text", "a name of the taxonomy: what was attempted", _path("type")),
    Column("iccs_unodc", "text", "UNODC International Classification of Crime, version 1.0", _path("iccs_unodc")),
    Column("nibrs", "text", "FBI NIBRS offense code", _path("nibrs")),
    Column("reality", "text", "actual, attempted, planned, denied, hypothetical", _path("reality")),
    Column("title", "text", "type, target and place in words", _path("title")),
    Column("date_start", "day", "first day of the span in which it happened", _path("date", "start")),
    Column("date_end", "day", "last day of that span", _path("date", "end")),
    Column("date_edtf", "text", "the span in Extended Date/Time Format, level 1", _path("date", "edtf")),
    Column("date_precision", "text", "day, days, weekend, week, month, season, year, range", _path("date", "precision")),
    Column("time", "text", "local time of day, HH:MM", _path("date", "time")),
    Column("place", "text", "the most exact place that is told", _path("place", "name")),
    Column("admin1", "text", "state, province or region", _path("place", "admin1")),
    Column("country", "text", "ISO 3166-1 alpha-2", _path("place", "country")),
    Column("geonames_id", "integer", "GeoNames identifier", _path("place", "geonames_id")),
    Column("lat", "number", "degrees, WGS 84: the middle of the area, not a spot", _path("place", "lat")),
    Column("lon", "number", "degrees, WGS 84", _path("place", "lon")),
    Column("radius_km", "number", "radius of the area that is meant", _path("place", "radius_km")),
    Column("place_precision", "text", "address, street, quarter, city, region, country", _path("place", "precision")),
    Column("address", "text", "street or address as told", _path("place", "address")),
    Column("target", "text", "the premises, firm or object robbed or attacked", _path("target")),
    *_bounds("killed", "people killed, perpetrators included; 0: somebody says nobody"),
    *_bounds("injured", "people injured"),
    *_bounds("suspects", "number of perpetrators"),
    *_bounds("arrested", "people arrested as of the latest report"),
    *_amount("loot", "what was taken"),
    *_amount("recovered", "what was found again"),
    Column("weapons", "text", "joined by semicolons", _join("weapons")),
    Column("vehicles", "text", "joined by semicolons", _join("vehicles")),
    Column("tactics", "text", "joined by semicolons", _join("tactics")),
    Column("people", "text", "name (role, age), joined by semicolons; ? where nobody names them", _join_people),
    Column("outcomes", "text", "steps of the law with their dates, joined by semicolons", _join_outcomes),
    Column("status", "text", "suspects_at_large, arrests, charged, convicted, closed, unknown", _path("status")),
    Column("voices", "integer", "independent reports: copies of one text count once", _path("voices")),
    Column("reports", "text", "ids of the reports, joined by semicolons", _join_reports("id")),
    Column("outlets", "text", "who printed them", _join_reports("outlet")),
    Column("urls", "text", "where they stand", _join_reports("url")),
    Column("disputed", "text", "fields on which independent voices disagree", _join("disputed")),
    Column("corrected", "text", "fields that a person has corrected", _join_corrected),
    Column("updated", "text", "when the newest report was fetched or published, UTC", _path("updated")),
)


def write_codebook(terms: str = TERMS) -> str:
    """The codebook as a page of Markdown."""
    lines = ["# Codebook", "", "One row an incident. Empty: no report says it.", "", "| column | kind | meaning |", "|---|---|---|"]
    lines += [f"| {column.name} | {column.kind} | {column.about} |" for column in COLUMNS]
    lines += ["", "## Terms", "", terms, ""]
    return "\n".join(lines)
