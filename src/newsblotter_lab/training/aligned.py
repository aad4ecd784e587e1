"""Distant supervision: the facts of an incident record, found again in the words of its reports.

The product's own finders offer the phrases (names, days, places, amounts) and its own readers their values; a phrase whose value is
the record's plays that part, one whose value is another plays another, and one that cannot be told teaches nothing.
``python -m newsblotter_lab.training.aligned`` prints a sample of 100 such labels in their words, to be judged by a reader.

Source: Mintz et al., Distant supervision for relation extraction without labeled data, 2009; here by the incident, not the pair.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from newsblotter.fields import Gazetteer, find_spans, load_gazetteer, read_when
from newsblotter.fields.amounts import read_money
from newsblotter.fields.gazetteer import measure_km
from newsblotter.fields.placing import resolve_places
from newsblotter.records import Report, Span
from newsblotter_lab.gold import find_shared, gvdb_part, read_incidents, read_reports, to_report
from newsblotter_lab.training.labels import INJURED_CLASSES, KILLED_CLASSES, TYPES, Example, Marked

NEAR_KM, FAR_KM = 25.0, 60.0  # nearer is the scene, farther another place; between them nothing is learnt
UNNAMED_WEIGHT = 0.5  # of "this name is nobody's in the record": records miss one name in four
PLAIN_WEIGHT = 0.15  # of "these words are nothing": weapons and targets are not marked in these texts
SAME_MONEY = 0.1  # part by which an amount may miss the record's
SAMPLED_REPORTS = 160  # that the sample of labels is drawn from
SHOWN = 70  # characters either side of a sampled label
SHORT_NAME = 3  # letters; shorter surnames are not looked for alone
_GUN = re.compile(
    r"\b(?:hand ?gun|shotgun|rifle|pistol|revolver|firearm|gun|knife|machete|hammer|axe|explosives?|bomb|grenade|AK-47|AR-15)s?\b",
    re.IGNORECASE,
)


def read_gunviolence(folder: Path, part: str = "train") -> Iterator[Example]:
    """Local reports on shootings, marked by the Gun Violence Archive's records of them."""
    yield from _align(read_reports(folder, f"gunviolence/{part}"), read_incidents(folder, f"gunviolence/{part}"), "gunviolence")


def read_heists(folder: Path) -> Iterator[Example]:
    """The robbery reports that may be read, marked by their records; English ones."""
    reports = [report for report in read_reports(folder, "heists/look") if report.language == "en"]
    yield from _align(reports, read_incidents(folder, "heists/look"), "heists")
    none = {json.loads(line) for line in (folder / "data/heists/look/none.jsonl").read_text("utf-8").splitlines() if line.strip()}
    for report in reports:
        if report.id in none:
            yield Example(
                report.id, "heists", report.text, topics=((0, len(report.text), "none"),), type="none", killed=0, injured=0
            )


def read_gvdb(folder: Path) -> Iterator[Example]:
    """The Gun Violence Database's training reports: names, towns and guns as its annotators marked them."""
    lines = (folder / "data/gvdb/dev.tsv").read_text("utf-8").splitlines()[1:]
    for line in lines:
        cells = line.split("\t")
        if len(cells) < 5 or gvdb_part(cells[0]) != "train":
            continue
        told = json.loads(cells[4])
        people = [
            {"role": role, "name": one["name"]["value"] or None}
            for key, role in (("shooter-section", "suspect"), ("victim-section", "victim"))
            for one in told.get(key, [])
        ]
        record = {"incident": f"gvdb-{cells[0]}", "type": "shooting", "people": people, "date": None}
        report = to_report({"id": f"gvdb-{cells[0]}", "title": "", "text": cells[3], "published": None, "url": None})
        yield _mark(report, record, load_gazetteer(), "gvdb")


def _align(reports: Iterable[Report], records: Iterable[Mapping[str, Any]], source: str) -> Iterator[Example]:
    of: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        for report_id in record["reports"]:
            of.setdefault(report_id, []).append(record)
    gazetteer = load_gazetteer()
    for report in reports:
        if len(of.get(report.id, ())) == 1:
            yield _mark(report, of[report.id][0], gazetteer, source)


def _mark(report: Report, record: Mapping[str, Any], gazetteer: Gazetteer, source: str) -> Example:
    spans = find_spans(report.text, gazetteer)
    marked = [
        *_mark_people(report, record, spans["person"]),
        *_mark_days(report, record, spans["time"]),
        *_mark_places(report, record, spans["place"], gazetteer),
        *_mark_money(report, record, spans["money"]),
        *_mark_target(report, record),
        *(Marked(span.start, span.end, ("other", "count")) for span in spans["count"]),
        *(Marked(gun.start(), gun.end(), ("weapon", "other")) for gun in _GUN.finditer(report.text)),
    ]
    killed, injured, kind = record.get("killed"), record.get("injured"), record.get("type")
    return Example(
        report.id,
        source,
        report.text,
        _without_overlaps(marked),
        PLAIN_WEIGHT,
        type=kind if kind in TYPES else None,
        killed=None if killed is None else min(int(killed), KILLED_CLASSES - 1),
        injured=None if injured is None else min(int(injured), INJURED_CLASSES - 1),
        incident=str(record["incident"]),
    )


def _mark_people(report: Report, record: Mapping[str, Any], spans: Iterable[Span]) -> Iterator[Marked]:
    named = [(str(one["name"]).lower().split(), one["role"]) for one in record.get("people") or () if one.get("name")]
    surnames = {words[-1]: role for words, role in named if len(words[-1]) > SHORT_NAME}
    for words, role in named:
        if sum(1 for other, r in named if other[-1] == words[-1] and r != role):
            surnames.pop(words[-1], None)  # the family shares it
    for span in spans:
        words = re.findall(r"[^\W\d_]+", report.text[span.start : span.end].lower())
        if not words:
            continue
        roles = {role for name, role in named if name[0] in words and name[-1] in words}
        if not roles and words[-1] in surnames and len(words) == 1:
            roles = {surnames[words[-1]]}
        if len(roles) == 1 and roles <= {"victim", "suspect"}:
            yield Marked(span.start, span.end, tuple(roles))
        elif roles or not named or any(words[-1] in name for name, _ in named):
            yield Marked(span.start, span.end, ("victim", "suspect", "person"))
        else:
            yield Marked(span.start, span.end, ("person",), UNNAMED_WEIGHT)


def _mark_days(report: Report, record: Mapping[str, Any], spans: Iterable[Span]) -> Iterator[Marked]:
    told = str(record.get("date") or "")
    gold = date.fromisoformat(told) if len(told) == len("2016-10-03") else None
    for span in spans:
        when = read_when(report.text, span.start, span.end, report.published)
        if when is None or gold is None:
            yield Marked(span.start, span.end, ("day", "time", "other"))
        elif when.earliest == when.latest == gold:
            yield Marked(span.start, span.end, ("day",))
        elif when.earliest <= gold <= when.latest:
            yield Marked(span.start, span.end, ("day", "time"))
        else:
            yield Marked(span.start, span.end, ("time",))


def _mark_places(report: Report, record: Mapping[str, Any], spans: tuple[Span, ...], gazetteer: Gazetteer) -> Iterator[Marked]:
    latitude, longitude = record.get("lat"), record.get("lon")
    wheres = resolve_places(report.text, spans, gazetteer, home=report.outlet or report.url)
    for span, where in zip(spans, wheres, strict=True):
        parts: tuple[str, ...] = ("scene", "place", "other")
        if where is not None and None not in (where.latitude, where.longitude, latitude, longitude):
            km = measure_km(*(float(degrees or 0) for degrees in (latitude, longitude, where.latitude, where.longitude)))
            if where.precision not in ("region", "country"):
                parts = ("scene",) if km <= NEAR_KM else ("place",) if km >= FAR_KM else ("scene", "place")
            else:
                parts = ("scene", "place")
        yield Marked(span.start, span.end, parts)


def _mark_money(report: Report, record: Mapping[str, Any], spans: Iterable[Span]) -> Iterator[Marked]:
    loot = record.get("loot")
    for span in spans:
        money = read_money(report.text, span.start, span.end)
        if money is None or not loot or loot.get("low") is None:
            yield Marked(span.start, span.end, ("loot", "money", "other"))
            continue
        low, high = loot["low"] * (1 - SAME_MONEY), (loot["high"] or loot["low"]) * (1 + SAME_MONEY)
        if money.currency != loot["currency"]:
            parts: tuple[str, ...] = ("money", "loot")  # the same worth converted, or another's
        else:
            parts = ("loot",) if low <= money.low <= high else ("money",)
        yield Marked(span.start, span.end, parts)


def _mark_target(report: Report, record: Mapping[str, Any]) -> Iterator[Marked]:
    name = record.get("target")
    if not name:
        return
    pattern = r"\W+".join(map(re.escape, re.findall(r"\w+", name)))
    for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", report.text, re.IGNORECASE):
        yield Marked(match.start(), match.end(), ("target",))


def _without_overlaps(marked: Iterable[Marked]) -> tuple[Marked, ...]:
    """Of overlapping phrases the one whose part is known best, then the longer."""
    kept: list[Marked] = []
    for one in sorted(marked, key=lambda m: (len(m.parts), m.start - m.end, m.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda m: m.start))


def sample(folder: Path, count: int = 100, seed: int = 11) -> Iterator[str]:
    """Labels drawn at random from 160 reports of gunviolence train: the parts, and the words with some either side."""
    rng = random.Random(seed)
    reports = read_reports(folder, "gunviolence/train")
    rng.shuffle(reports)
    examples = _align(reports[:SAMPLED_REPORTS], read_incidents(folder, "gunviolence/train"), "gunviolence")
    pool = [(example.text, marked) for example in examples for marked in example.marked]
    rng.shuffle(pool)
    for text, marked in [one for one in pool if one[1].parts != ("other",)][:count]:
        before, words, after = text[: marked.start][-SHOWN:], text[marked.start : marked.end], text[marked.end :][:SHOWN]
        yield f"{'/'.join(marked.parts)}: {before}[[{words}]]{after}".replace("\n", " ")


if __name__ == "__main__":
    shared = find_shared()
    if shared is None:
        raise SystemExit("no labelled data: name its folder in NEWSBLOTTER_SHARED")
    for line in sample(shared):
        print(line)
