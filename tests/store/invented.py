"""Invented reports and incidents for the tests of the store."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from newsblotter.records import (
    Change,
    Claim,
    Count,
    Fact,
    Incident,
    Mention,
    Money,
    Outcome,
    Person,
    Reality,
    Report,
    Role,
    Value,
    When,
    Where,
    cut_quote,
    hash_id,
)
from newsblotter.store import IncidentEntry, Record
from newsblotter.store.export import Sources
from newsblotter.taxonomy import IncidentType, Taxonomy

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


# --- an incident with every fact ---------------------------------------------------------------------------------

DAY = When(date(2024, 5, 18), date(2024, 5, 18), "day")
PLACE = Where("Ortona", 3171457, 42.35, 14.4, 8.0, "IT", "Abruzzo")
KINDS = Taxonomy({"robbery": IncidentType("robbery", "Robbery", "", "0401", "120", 9, {})}, {})


def make_incident(*facts: Fact, **parts) -> tuple[Incident, Sources]:
    """An incident told by two reports, the second a copy of the first."""
    reports = [make_report("a"), make_report("b", published=date(2024, 6, 2))]
    mentions = [make_mention(reports[0])]
    first = mentions[0]
    extra = (
        make_claim(reports[0], first.id, "date", "Saturday", DAY, said_by="police"),
        make_claim(reports[0], first.id, "loot", "€2 million", Money(2e6, 2e6, "EUR"), score=0.87654321),
        make_claim(reports[0], first.id, "target", "Lumen Gems", None),
    )
    mentions[0] = replace(first, claims=first.claims + extra)
    mentions.append(replace(make_mention(reports[1], role=Role.FOLLOW_UP)))
    incident = Incident(
        "nb1",
        "robbery",
        Reality.ACTUAL,
        "Robbery at Lumen Gems, Ortona",
        tuple(sorted(m.id for m in mentions)),
        (
            Fact("type", "robbery", (first.claims[0].id,)),
            Fact("suspects", Count(3, None, "man"), (first.claims[1].id,)),
            Fact("date", DAY, (extra[0].id,)),
            Fact("place", PLACE, ()),
            Fact("loot", Money(2e6, 2e6, "EUR"), (extra[1].id,)),
            *facts,
        ),
        ("suspects", "loot"),
        {first.claims[1].id: "disputed"},
        (Change(date(2024, 6, 2), "arrested", None, Count(1, 1), reports[1].id),),
        1,
    )
    sources = Sources({m.id: m for m in mentions}, {r.id: r for r in reports}, KINDS, {reports[0].id: "g1", reports[1].id: "g1"})
    return replace(incident, **parts), sources


FULL = (
    Fact("time", "23:10", ()),
    Fact("address", "12 Corso Umberto", ()),
    Fact("target", "Lumen Gems", ()),
    Fact("killed", Count(0, 0), ()),
    Fact("weapons", "handgun", ()),
    Fact("weapons", "rifle", ()),
    Fact("people", Person("Ada Löwe", 41, "victim", ("injured",)), ()),
    Fact("people", Person(None, None, "suspect"), ()),
    Fact("outcomes", Outcome("arrest", When(date(2015, 1, 1), date(2015, 12, 31), "year"), Count(2, 2)), ()),
    Fact("recovered", Money(0.5, None, None), ()),
)


# --- many incidents -----------------------------------------------------------------------------------------------

TYPES = ("robbery", "theft", "arson", "shooting")
COUNTRIES = ("FR", "IT", "US", None)
STATUSES = ("arrests", "unknown", "charged", None)
TITLE_WORDS = ("Lumen", "Gems", "Ortona", "Café", "bank", "Vidal", "Moreau")
FIELDS = ("loot", "date", "suspects", "killed")


def invent_record(chance: random.Random, number: int) -> dict[str, object]:
    """An incident with some of its parts, as reports leave others out."""

    def maybe(value, share=0.8):
        return value if chance.random() < share else None

    first = date(2019, 1, 1) + timedelta(chance.randrange(2000))
    last = first + timedelta(chance.choice((0, 0, 0, 1, 30)))
    low = chance.choice((500, 20_000, 1_000_000))
    loot = {"low": low, "high": maybe(low * 2), "currency": maybe(chance.choice(("EUR", "USD"))), "as_reported": None}
    place = make_point(round(chance.uniform(-89, 89), 3), round(chance.uniform(-180, 180), 3), chance.choice(COUNTRIES))
    place |= {"radius_km": maybe(float(chance.randrange(1, 80))), "precision": chance.choice(("city", "region"))}
    if chance.random() < 0.1:
        place |= {"lat": None, "lon": None}
    return {
        "type": chance.choice(TYPES),
        "reality": chance.choice(("actual", "planned")),
        "title": " ".join(chance.sample(TITLE_WORDS, 2)) + f" {number}",
        "date": maybe(make_days(first.isoformat(), last.isoformat())),
        "place": maybe(place),
        "target": maybe(" ".join(chance.sample(TITLE_WORDS, 2)), 0.6),
        "people": [{"name": maybe(chance.choice(TITLE_WORDS)), "role": "victim", "age": None} for _ in range(chance.randrange(3))],
        "loot": maybe(loot, 0.6),
        "status": chance.choice(STATUSES),
        "voices": chance.choice((1, 1, 2, 4, 8, 15)),
        "disputed": sorted(chance.sample(FIELDS, chance.choice((0, 0, 1, 2)))),
        "confidence": {"date": round(chance.random(), 2), "place": round(chance.random(), 2)},
        "reports": [
            {"id": f"n{number}-{i}", "url": None, "outlet": None, "published": None, "role": "main", "copy_group": None}
            for i in range(chance.randrange(1, 4))
        ],
        **{name: [] for name in ("claims", "history", "related", "corrections", "outcomes", "weapons", "vehicles", "tactics")},
        **dict.fromkeys(("iccs_unodc", "nibrs", "killed", "injured", "suspects", "arrested", "recovered", "updated")),
    }


def invent_entries(seed: int, count: int, first: int = 0):
    chance = random.Random(seed)
    return [make_entry(f"nb{n:04}", **invent_record(chance, n)) for n in range(first, first + count)]
