"""The files that incidents are written to, a part at a time: a hundred thousand take no more memory than ten.

    for part in FORMATS["csv"].write(records, Notes()):
        file.write(part)

GeoJSON, JSON-LD and Parquet carry the terms and the codebook inside; CSV and JSON Lines hold rows only, so ``write_bundle`` puts
the codebook beside them in an archive.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO, Any, TextIO, TypeAlias

from newsblotter.errors import MissingExtra
from newsblotter.store.codebook import COLUMNS, TERMS, write_codebook
from newsblotter.store.present import plain
from newsblotter.store.protocol import Record, Store

PART_BYTES = 1 << 16  # handed on at once
ROWS_A_GROUP = 5_000  # of Parquet: some megabytes
SOFTWARE = "Newsblotter"


@dataclass(frozen=True, slots=True)
class Notes:
    """What a file says of itself, and how it is written."""

    terms: str = TERMS
    query: str = ""  # the filter in words, for whoever finds the file later
    made: datetime | None = None  # aware UTC; None: not said, so that the file is the same from run to run
    guard: bool = True  # CSV: put ' before texts that a spreadsheet would run


Exporter: TypeAlias = Callable[[Iterable[Record], Notes], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file."""

    write: Exporter
    media_type: str


def _gather(pieces: Iterable[str]) -> Iterator[bytes]:
    """Small pieces in larger parts."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= PART_BYTES:
            yield "".join(held).encode("utf-8", "replace")
            held, size = [], 0
    if held:
        yield "".join(held).encode("utf-8", "replace")


def _describe(notes: Notes) -> dict[str, str]:
    told: dict[str, str | None] = {"generator": SOFTWARE, "license": notes.terms, "filter": notes.query or None}
    told["made"] = notes.made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if notes.made else None
    return {name: words for name, words in told.items() if words}


# --- rows -------------------------------------------------------------------------------------------------------


def write_jsonl(records: Iterable[Record], notes: Notes) -> Iterator[bytes]:
    """One record a line, whole."""
    return _gather(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def guard_cell(value: Any) -> Any:
    """Put ``'`` before a text that a spreadsheet would run as a formula; numbers stay as they are."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else value


def _one_line_end(value: Any) -> Any:
    """Line ends within a text as line feeds: a carriage return is left unquoted by Python and ends the row for a reader."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) and "\r" in value else value


def write_csv(records: Iterable[Record], notes: Notes) -> Iterator[bytes]:
    """One flat line an incident, with a header; lists are joined by "; "."""

    def lines() -> Iterator[str]:
        cells = io.StringIO()
        writer = csv.writer(cells, lineterminator="\n")
        writer.writerow(column.name for column in COLUMNS)
        for record in records:
            row = [_one_line_end(column.read(record)) for column in COLUMNS]
            writer.writerow([guard_cell(cell) for cell in row] if notes.guard else row)
            if cells.tell() >= PART_BYTES:
                yield cells.getvalue()
                cells.seek(0)
                cells.truncate()
        yield cells.getvalue()

    return _gather(lines())


# --- maps and linked data -----------------------------------------------------------------------------------------

_NOT_ON_A_MAP = ("claims", "history", "related", "corrections", "place")  # long, or said by the geometry


def make_feature(record: Record) -> dict[str, Any] | None:
    """The incident as a GeoJSON feature, None without a point."""
    place = record.get("place") or {}
    if place.get("lat") is None or place.get("lon") is None:
        return None
    properties = {name: part for name, part in record.items() if name not in _NOT_ON_A_MAP}
    names = {"place": "name", "place_precision": "precision"}
    properties |= {name: place.get(part) for name, part in names.items()}
    properties |= {name: place.get(name) for name in ("admin1", "country", "geonames_id", "radius_km", "address")}
    return {
        "type": "Feature",
        "id": record["id"],
        "geometry": {"type": "Point", "coordinates": [place["lon"], place["lat"]]},
        "properties": properties,
    }


def _codebook() -> dict[str, str]:
    return {column.name: column.about for column in COLUMNS}


def write_geojson(records: Iterable[Record], notes: Notes) -> Iterator[bytes]:
    """A FeatureCollection (RFC 7946) of the incidents that have a point."""

    def pieces() -> Iterator[str]:
        about: dict[str, Any] = {**_describe(notes), "codebook": _codebook()}
        yield f'{{"type": "FeatureCollection", "about": {json.dumps(about, ensure_ascii=False)}, "features": ['
        mark = "\n"
        for feature in map(make_feature, records):
            if feature is not None:
                yield mark + json.dumps(feature, ensure_ascii=False)
                mark = ",\n"
        yield "\n]}\n"

    return _gather(pieces())


_COUNTED = ("killed", "injured", "suspects", "arrested")


def make_linked(record: Record) -> dict[str, Any]:
    """The incident as a schema.org Event; its reports are the news articles that are about it."""
    days, place = record.get("date") or {}, record.get("place") or {}
    properties = [_property(name, record[name]) for name in _COUNTED if record.get(name)]
    properties += [_property(name, record[name], "currency") for name in ("loot", "recovered") if record.get(name)]
    said = [(name, record[name]) for name in ("target", "status") if record.get(name)]
    properties += [{"@type": "PropertyValue", "name": name, "value": value} for name, value in said]
    event = {
        "@type": "Event",
        "identifier": record["id"],
        "name": plain(record["title"]),
        "additionalType": record["type"],
        "startDate": days.get("start"),
        "endDate": days.get("end"),
        "temporalCoverage": days.get("edtf"),
        "location": _link_place(place) if place else None,
        "additionalProperty": properties,
        "subjectOf": [_link_report(report) for report in record.get("reports") or ()],
    }
    return {name: part for name, part in event.items() if part}


def _link_report(report: Mapping[str, Any]) -> dict[str, Any]:
    url = report.get("url") or ""
    article = {
        "@type": "NewsArticle",
        "identifier": report["id"],
        "url": url if url.startswith(("http://", "https://")) and url.isprintable() else None,
        "publisher": {"@type": "Organization", "name": report["outlet"]} if report.get("outlet") else None,
        "datePublished": report.get("published"),
    }
    return {name: part for name, part in article.items() if part}


def _link_place(place: Mapping[str, Any]) -> dict[str, Any]:
    address = {"streetAddress": place.get("address"), "addressLocality": place.get("name")}
    address |= {"addressRegion": place.get("admin1"), "addressCountry": place.get("country")}
    linked: dict[str, Any] = {"@type": "Place", "name": place.get("name")}
    linked["address"] = {"@type": "PostalAddress", **{name: words for name, words in address.items() if words}}
    if place.get("geonames_id"):
        linked["sameAs"] = f"https://sws.geonames.org/{place['geonames_id']}/"
    if place.get("lat") is not None and place.get("lon") is not None:
        middle = {"@type": "GeoCoordinates", "latitude": place["lat"], "longitude": place["lon"]}
        radius = place.get("radius_km")  # schema.org measures a circle in metres
        linked["geo"] = {"@type": "GeoCircle", "geoMidpoint": middle, "geoRadius": radius * 1000} if radius else middle
    return {name: part for name, part in linked.items() if part}


def _property(name: str, part: Mapping[str, Any], unit: str | None = None) -> dict[str, Any]:
    linked = {"@type": "PropertyValue", "name": name, "minValue": part.get("low"), "maxValue": part.get("high")}
    linked["unitCode"] = part.get(unit) if unit else None
    return {key: value for key, value in linked.items() if value is not None}


def write_jsonld(records: Iterable[Record], notes: Notes) -> Iterator[bytes]:
    """A schema.org Dataset whose parts are the incidents."""

    def pieces() -> Iterator[str]:
        about = _describe(notes)
        head: dict[str, Any] = {"@context": "https://schema.org", "@type": "Dataset", "name": "Incidents", "license": notes.terms}
        head |= {"creator": {"@type": "SoftwareApplication", "name": SOFTWARE}, "description": write_codebook(notes.terms)}
        head |= {"dateCreated": about["made"]} if "made" in about else {}
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "hasPart": ['
        mark = "\n"
        for record in records:
            yield mark + json.dumps(make_linked(record), ensure_ascii=False)
            mark = ",\n"
        yield "\n]}\n"

    return _gather(pieces())


# --- Parquet ------------------------------------------------------------------------------------------------------


class _Sink(io.RawIOBase):
    """A file that is taken away while it is written."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._written += len(part)
        return len(part)

    def tell(self) -> int:
        return self._written

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _import_pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtra("Writing Parquet needs: pip install 'newsblotter[parquet]'") from error
    return pyarrow, pyarrow.parquet


def write_parquet(records: Iterable[Record], notes: Notes) -> Iterator[bytes]:
    """The columns of CSV with their kinds; what each means stands in its metadata, the terms in the file's.

    Raises:
        MissingExtra: pyarrow is not installed.
    """
    arrow, parquet = _import_pyarrow()
    kinds = {"text": arrow.string(), "integer": arrow.int64(), "number": arrow.float64(), "day": arrow.date32()}
    fields = [arrow.field(column.name, kinds[column.kind], metadata={"about": column.about}) for column in COLUMNS]
    about: dict[str, str] = {**_describe(notes), "codebook": write_codebook(notes.terms)}
    schema = arrow.schema(fields, metadata=about)

    def parts() -> Iterator[bytes]:
        sink = _Sink()
        with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
            for group in _groups(records):
                columns = [arrow.array([_typed(c.kind, c.read(r)) for r in group], kinds[c.kind]) for c in COLUMNS]
                writer.write_table(arrow.Table.from_arrays(columns, schema=schema))
                yield sink.take()
        yield sink.take()

    return parts()


def _groups(records: Iterable[Record]) -> Iterator[Sequence[Record]]:
    group: list[Record] = []
    for record in records:
        group.append(record)
        if len(group) == ROWS_A_GROUP:
            yield group
            group = []
    if group:
        yield group


def _typed(kind: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if kind == "day":
        return date.fromisoformat(value)
    if kind == "text":
        return str(value).encode("utf-8", "replace").decode()
    return float(value) if kind == "number" else int(value)


FORMATS: Mapping[str, Format] = {
    "jsonl": Format(write_jsonl, "application/jsonl"),
    "csv": Format(write_csv, "text/csv; charset=utf-8"),
    "geojson": Format(write_geojson, "application/geo+json"),
    "parquet": Format(write_parquet, "application/vnd.apache.parquet"),
    "jsonld": Format(write_jsonld, "application/ld+json"),
}


# --- archives and copies --------------------------------------------------------------------------------------------


def write_bundle(name: str, records: Iterable[Record], notes: Notes) -> Iterator[bytes]:
    """A zip archive of the file in that format with its codebook and terms."""
    sink = _Sink()
    when = (notes.made or datetime(1980, 1, 1, tzinfo=UTC)).timetuple()[:6]

    def entry(file: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(file, (max(when[0], 1980), *when[1:]))
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info

    parts = FORMATS[name].write(records, notes)  # a missing extra is told before the first byte

    def archive() -> Iterator[bytes]:
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as whole:
            whole.writestr(entry("CODEBOOK.md"), write_codebook(notes.terms))
            whole.writestr(entry("TERMS.txt"), notes.terms + "\n")
            with _open(whole, entry(f"incidents.{name}")) as file:
                for part in parts:
                    file.write(part)
                    if ready := sink.take():
                        yield ready
        yield sink.take()

    return archive()


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    return archive.open(info, "w", force_zip64=True)  # how long it will be is not known


def export_copies(store: Store, stream: TextIO) -> int:
    """Write every copy group as ``{"reports": [id]}``, one a line, sorted. Returns how many were written."""
    count = 0
    for line in sorted(_copy_lines(store)):
        stream.write(json.dumps({"reports": line}, ensure_ascii=False) + "\n")
        count += 1
    return count


def _copy_lines(store: Store) -> Iterator[list[str]]:
    names = store.source_ids()
    for group in store.copies():
        yield sorted(names[report_id] for report_id in group.report_ids if report_id in names)
