"""Invented reports and incidents for the tests of the store."""

from __future__ import annotations

from datetime import date

from newsblotter.records import (
    Claim,
    Count,
    Incident,
    Mention,
    Reality,
    Report,
    Role,
    Value,
    cut_quote,
    hash_id,
)
from newsblotter.store import IncidentEntry, Record

BODY = "Three men robbed the Lumen Gems shop in Ortona on Saturday and fled with €2 million of rings."


def make_report(name: str, body: str = BODY, published: date | None = date(2024, 5, 19), **other) -> Report:
    title = other.pop("title", f"Robbery {name}")
    text = f"{title}\n\n{body}"
    values = {"url": f"https://news.example/{name}", "outlet": "The Example", "language": "en", **other}
    return Report(id=hash_id("r", name, text), source_id=name, title=title, text=text, published=published, **values)


def make_claim(report: Report, mention_id: str, field: str, words: str, value: Value | None, **other) -> Claim:
    start = report.text.index(words)
    quote = cut_quote(report, start, start + len(words))
    return Claim(hash_id("c", mention_id, field, words), mention_id, field, quote, value, **other)


def make_mention(report: Report, *, type: str = "robbery", role: Role = Role.MAIN, word: str = "robbed") -> Mention:  # noqa: A002
    start = report.text.index(word)
    mention_id = hash_id("m", report.id, type, str(start))
    claims = (
        make_claim(report, mention_id, "type", word, type),
        make_claim(report, mention_id, "suspects", "Three men", Count(3, 3, "man")),
    )
    trigger = cut_quote(report, start, start + len(word))
    return Mention(mention_id, report.id, type, role, trigger, Reality.ACTUAL, claims)


def make_entry(incident_id: str, mentions: tuple[str, ...] = (), **parts) -> IncidentEntry:
    """An incident with a small record; ``parts`` go into the record."""
    record: Record = {"id": incident_id, "type": "robbery", "title": f"Robbery {incident_id}", "reality": "actual"}
    record |= {"date": None, "place": None, "target": None, "voices": 1, "people": [], "updated": None} | parts
    incident = Incident(
        id=incident_id,
        type=record["type"],
        reality=Reality(record["reality"]),
        title=record["title"],
        mention_ids=tuple(sorted(mentions)),
        agreed=(),
        disputed=(),
        standings={},
        history=(),
        voices=record["voices"],
    )
    return IncidentEntry(incident, record)


def make_days(first: str, last: str | None = None) -> dict[str, str]:
    return {"start": first, "end": last or first}


def make_point(latitude: float, longitude: float, country: str = "IT", name: str = "Ortona") -> dict[str, object]:
    return {"name": name, "lat": latitude, "lon": longitude, "country": country}
