"""What the product's claims say in the roles of other people's sets: the systems that ``slots`` scores."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from newsblotter.fields import load_gazetteer
from newsblotter.pipeline import load_engine, read_report
from newsblotter.records import Claim, Mention, Person, Report, Role
from newsblotter_lab.slots import GVDB_ROLES, MUC_ROLES

AGE_REACH = 120  # characters on either side of a person's words in which their age is looked for
_OUR_MUC = {"target": "Target", "weapons": "Weapon", "suspects": "PerpInd"}
_OUR_GVDB = {"place": "DAT-CITY", "address": "DAT-LOC", "time": "DAT-CLOCK", "weapons": "CIR-WEAPON"}


def _read(text: str) -> tuple[Mention, ...]:
    """The mentions of a report of no known day; scenes in passing are left out unless there is nothing else."""
    report = Report("r", "r", None, None, "", text, "en", date(2015, 1, 1))
    found = tuple(read_report(report, load_engine(), load_gazetteer()).mentions)
    return tuple(mention for mention in found if mention.role is not Role.BACKGROUND) or found


def _claims(text: str) -> Iterator[Claim]:
    for mention in _read(text):
        yield from mention.claims


def _gather(found: Mapping[str, list[tuple[int, int]]]) -> dict[str, list[tuple[int, int]]]:
    return {role: sorted(set(spans)) for role, spans in found.items()}


def predict_muc(text: str) -> dict[str, list[tuple[int, int]]]:
    """Perpetrators, targets, victims and weapons; who stands behind an attack has no place in a record."""
    found: dict[str, list[tuple[int, int]]] = {role: [] for role in MUC_ROLES}
    for claim in _claims(text):
        role = _OUR_MUC.get(claim.field)
        if isinstance(claim.value, Person):
            role = {"victim": "Victim", "suspect": "PerpInd"}.get(claim.value.role)
        if role:
            found[role].append((claim.quote.start, claim.quote.end))
    return _gather(found)


def predict_gvdb(text: str) -> dict[str, list[tuple[int, int]]]:
    """Shooters and victims by name and age, town, address, hour and weapon."""
    found: dict[str, list[tuple[int, int]]] = {role: [] for role in GVDB_ROLES}
    for claim in _claims(text):
        start, end = claim.quote.start, claim.quote.end
        if claim.field in _OUR_GVDB:
            found[_OUR_GVDB[claim.field]].append((start, end))
        person = claim.value
        side = {"victim": "VIC", "suspect": "SHO"}.get(person.role) if isinstance(person, Person) else None
        if side is None or not isinstance(person, Person):
            continue
        if person.name:
            at = text.find(person.name, start, end)
            found[f"{side}-NAME"].append((at, at + len(person.name)) if at >= 0 else (start, end))
        if person.age is not None:
            found[f"{side}-AGE"] += _find_age(text, person.age, start, end)
    return _gather(found)


def _find_age(text: str, age: int, start: int, end: int) -> list[tuple[int, int]]:
    """Where the age of somebody named at ``start:end`` stands in figures, the nearest of several."""
    near = re.finditer(rf"\b{age}\b", text[max(0, start - AGE_REACH) : end + AGE_REACH])
    spans = [(match.start() + max(0, start - AGE_REACH), match.end() + max(0, start - AGE_REACH)) for match in near]
    return [min(spans, key=lambda span: abs(span[0] - start))] if spans else []
