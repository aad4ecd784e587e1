"""A table of weapons, vehicles, tactics and people's status in sentences of our own: what must be told, and ("!") what must not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from told_goods import tell_goods

from newsblotter.extract.people import claim_people
from newsblotter.extract.things import claim_things
from newsblotter.records import Person

ROWS = list(csv.DictReader((Path(__file__).parent / "cases" / "things.csv").open(encoding="utf-8"), delimiter="|"))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['field']}: {row['text'][:45]}" for row in ROWS])
def test_things(row: dict[str, str]) -> None:
    document, scene = tell_goods("News", row["text"])
    if row["field"] == "status":
        people = [draft.value for draft in claim_people(document, scene)]
        found = {status for person in people if isinstance(person, Person) for status in person.status}
    else:
        found = {str(draft.value) for draft in claim_things(document, scene) if draft.field == row["field"]}
    told = {word.strip() for word in row["told"].split(",") if word.strip()}
    denied = {word[1:] for word in told if word.startswith("!")}
    assert not found & denied
    assert told - {f"!{word}" for word in denied} <= found
    if not told:
        assert not found
