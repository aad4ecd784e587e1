"""A small store of invented accounts, made without reading: what a person does with it is tried on copies."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from newsblotter.pipeline import link_store
from newsblotter.records import Claim, Count, Mention, Person, Quote, Reality, Report, Role, Value, When, Where, hash_id
from newsblotter.store import JournalEntry, Reading, Record, Store, open_store

ORTONA = Where("Ortona", 3171967, 42.35, 14.40, 3.0, "IT", "Abruzzo", "city")
TOWN = {
    "a1": (0, "Lumen Gems", "Ivo Brandt"),
    "a2": (1, "Lumen Gems", "Ivo Brandt"),
    "a3": (400, "Lumen Gems", "Ivo Brandt"),
    "b1": (0, "Halden Watches", "Mara Osk"),
    "b2": (2, "Halden Watches", "Mara Osk"),
    "c1": (0, "Pelikan Bank", None),
}
HAPPENED = {"a": date(2020, 3, 2), "b": date(2022, 2, 1), "c": date(2024, 4, 10)}


def tell(name: str, *, word: str = "robbed", suspects: int = 3, arrested: int = 0) -> tuple[Report, Mention]:
    """One report and its account of the incident that its first letter names."""
    later, target, suspect = TOWN[name]
    day = HAPPENED[name[0]]
    who = f" {suspect}, 31, is suspected." if suspect else ""
    text = (
        f"Raid in Ortona\n\nThree men {word} {target} in Ortona on {day:%d %B %Y} and fled north by car.{who} "
        f"Police held {arrested} people. Told by {name} of the {target} affair, number {hash_id('x', target)}."
    )
    report = Report(
        hash_id("r", name, text), name, None, f"{name}.example", "Raid in Ortona", text, "en", day + timedelta(days=later)
    )
    mention_id = hash_id("m", report.id, word)

    def cut(words: str) -> Quote:
        start = text.index(words)
        return Quote(report.id, start, start + len(words), words)

    def claim(field: str, words: str, value: Value) -> Claim:
        return Claim(hash_id("c", mention_id, field, words), mention_id, field, cut(words), value, None, 0.9)

    claims = [
        claim("type", word, "robbery"),
        claim("date", f"{day:%d %B %Y}", When(day, day, "day")),
        claim("place", "Ortona on", ORTONA),
        claim("target", target, target),
        claim("suspects", "Three men", Count(suspects, suspects)),
        claim("arrested", f"held {arrested} people", Count(arrested, arrested)),
    ]
    if suspect:
        claims.append(claim("people", suspect, Person(suspect, 31, "suspect")))
    role = Role.FOLLOW_UP if later > 100 else Role.MAIN
    return report, Mention(mention_id, report.id, "robbery", role, cut(word), Reality.ACTUAL, tuple(claims))


def enter(store: Store, names: str = "a1 a2 a3 b1 b2 c1", reader: str = "reader-1", **told: Any) -> None:
    """Put reports and readings into a store and link them."""
    pairs = [tell(name, **told) for name in names.split()]
    store.add_reports([report for report, _ in pairs])
    store.save_readings([Reading(report.id, reader, report.published, (mention,)) for report, mention in pairs])
    with store.build_lock():
        link_store(store)


def link_anew(store: Store) -> None:
    """What a rebuild does, but for reading: these readings are invented."""
    with store.build_lock():
        link_store(store, anew=True)


def make_store(folder: Path) -> Path:
    """A store of three incidents of three, two and one reports."""
    path = folder / "incidents.db"
    with open_store(str(path)) as store:
        enter(store)
    return path


def copy_store(path: Path, folder: Path) -> Path:
    """The same store and journal elsewhere."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in path.parent.glob(path.name + "*"):
        if not file.name.endswith(".lock"):
            shutil.copy(file, folder / file.name)
    return folder / path.name


def mention_of(name: str) -> str:
    """The id of a report's only mention."""
    return tell(name)[1].id


def records(store: Store) -> list[Record]:
    """What the store says of its incidents, by id."""
    return [{name: part for name, part in record.items() if name != "updated"} for record in store.records()]


def groups(store: Store) -> set[frozenset[str]]:
    """The reports of each incident."""
    return {frozenset(report["id"] for report in record["reports"]) for record in store.records()}


def home(store: Store, name: str) -> str:
    """The incident that a report tells."""
    [found] = store.incidents_of(store.get_report(name).id)
    return found


def judge(judgement: str, left: str, right: str, by: str = "ada", why: str = "") -> JournalEntry:
    """A line for the journal: a judgement on two reports of this town."""
    sides = {}
    for side, name in (("left", left), ("right", right)):
        report, mention = tell(name)
        reference = {"mention": mention.id, "report": report.id, "source": name, "type": mention.type}
        reference |= {"role": mention.role.value, "start": mention.trigger.start, "words": mention.trigger.text}
        sides[side] = {"asked": name, "mentions": [reference]}
    return JournalEntry("judgement", {"judgement": judgement, **sides, "by": by, "why": why})
