"""How far a value shown is to be believed: the probability that it is right.

Support comes first: how surely and how unanimously independent reports say it. A table, fitted on incidents whose facts are known
(``newsblotter_lab.calibrate``), turns the support of a field's value into the share of such values that were right.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np

Record: TypeAlias = Mapping[str, Any]  # as export.build_record makes it; its confidence may be missing
Confidence: TypeAlias = dict[str, Any]  # field → probability; "people" → one for each person, None for those no table knows

FIELDS = ("type", "date", "place", "target", "killed", "injured", "suspects", "arrested", "loot")
# What a report's word counts by its part in the incident, as it does when a value is chosen.
ROLE_SHARE = {"main": 1.0, "follow_up": 0.9, "round_up": 0.6, "background": 0.35}
MOST = 0.98  # of a report's word: no single report makes a thing certain
NEAR_DEGREES = 0.25  # of latitude and longitude, about 25 km: within it two places back each other


@cache
def load_table() -> Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """Family → supports, ascending, and the probability at each; between them it changes evenly."""
    stored = json.loads(files("newsblotter").joinpath("_data/confidence.json").read_text("utf-8"))
    return {name: (tuple(one["support"]), tuple(one["probability"])) for name, one in stored["families"].items()}


def rate(record: Record) -> Confidence:
    """The probabilities that a record's facts are right, for those facts that are set and that the table knows."""
    found: Confidence = {}
    for name in FIELDS:
        if record[name] is not None and (probability := _look_up(name, support(record, name))) is not None:
            found[name] = probability
    if record["people"]:
        found["people"] = [_look_up(person["role"], support_person(record, person)) for person in record["people"]]
    return found


def _look_up(family: str, support: float) -> float | None:
    table = load_table().get(family)
    return None if table is None else round(float(np.interp(support, *table)), 3)


def support(record: Record, field: str) -> float:
    """How surely and how unanimously independent reports say the value shown for a field, 0..1.

    The reports that agree are taken for independent witnesses: it is the probability that not all of them err, times the share
    of their weight in that of all who say something of the field. Copies of one text are one witness, by its surest word.
    """
    agreed: dict[str, float] = {}
    disputed: dict[str, float] = {}
    for claim, voice, weight in _told(record, field):
        if field == "place" and claim["standing"] == "agreed" and not _is_near(claim["value"], record["place"]):
            continue  # a court, a home: says nothing of the scene
        side = agreed if claim["standing"] == "agreed" else disputed if claim["standing"] == "disputed" else {}
        side[voice] = max(side.get(voice, 0.0), weight)
    return _combine(agreed, {voice: weight for voice, weight in disputed.items() if weight > agreed.get(voice, 0.0)})


def support_person(record: Record, person: Mapping[str, Any]) -> float:
    """The same for somebody's part: who gives that name, or no name, another part disputes it."""
    agreed: dict[str, float] = {}
    disputed: dict[str, float] = {}
    for claim, voice, weight in _told(record, "people"):
        told = claim["value"]
        if _last_name(told) == _last_name(person) and (told["name"] == person["name"] or told["role"] == person["role"]):
            side = agreed if told["role"] == person["role"] else disputed
            side[voice] = max(side.get(voice, 0.0), weight)
    return _combine(agreed, {voice: weight for voice, weight in disputed.items() if weight > agreed.get(voice, 0.0)})


def _told(record: Record, field: str) -> Iterator[tuple[Mapping[str, Any], str, float]]:
    """The claims of a field with the voice that makes each and the weight of its word."""
    reports = {report["id"]: report for report in record["reports"]}
    for claim in record["claims"]:
        value = claim["value"]
        if claim["field"] != field or (isinstance(value, Mapping) and ("time" in value or "address" in value)):
            continue
        report = reports[claim["report"]]
        yield claim, report["copy_group"] or report["id"], min(MOST, claim["score"] * ROLE_SHARE[report["role"]])


def _combine(agreed: Mapping[str, float], disputed: Mapping[str, float]) -> float:
    if not agreed:
        return 0.0
    mine, theirs = math.fsum(agreed.values()), math.fsum(disputed.values())
    doubt = math.prod(1 - weight for weight in sorted(agreed.values()))  # sorted: the same to the last digit in any order
    return (1 - doubt) * mine / (mine + theirs) if mine else 0.0


def _is_near(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    if None in (left["lat"], left["lon"], right["lat"], right["lon"]):
        return bool(left["name"] == right["name"])
    return bool(abs(left["lat"] - right["lat"]) <= NEAR_DEGREES and abs(left["lon"] - right["lon"]) <= NEAR_DEGREES)


def _last_name(person: Mapping[str, Any]) -> str:
    words = (person["name"] or "").lower().split()
    return words[-1] if words else ""
