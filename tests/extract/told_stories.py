"""Holds what was read of an invented report against the incidents that a reader would take from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import yaml
from read_reports import gazetteer, report, rules

from newsblotter.pipeline import read_report
from newsblotter.records import Mention, Role, When, Where

CASES = Path(__file__).parent / "cases"
OWN = (Role.MAIN, Role.FOLLOW_UP)
SPAN_MAX = 366  # days that a date may span and still say when
TRIED_MAX = 6  # mentions that are matched in every order


def load(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((CASES / name).read_text("utf-8")))


@cache
def read_story(title: str, text: str, published: date | None) -> tuple[Mention, ...]:
    return read_report(report(title, text, published), rules(), gazetteer()).mentions


def best(mention: Mention, field: str) -> Any:
    told = [claim for claim in mention.claims if claim.field == field and claim.value is not None]
    return max(told, key=lambda claim: (claim.score, -claim.quote.start)).value if told else None


def bare(words: str) -> str:
    folded = unicodedata.normalize("NFKD", words.lower())
    return "".join(filter(str.isalnum, folded))


def same_day(when: Any, expected: str | date) -> bool:
    if not isinstance(when, When) or (when.latest - when.earliest).days > SPAN_MAX:
        return False
    days = (when.earliest.isoformat(), when.latest.isoformat())
    if isinstance(expected, date):
        return days[0] <= expected.isoformat() <= days[1]
    return days[0][: len(expected)] <= expected <= days[1][: len(expected)]


def same_place(mention: Mention, expected: str) -> bool:
    for claim in mention.claims:
        if claim.field == "place" and isinstance(claim.value, Where):
            names = (bare(claim.value.name), bare(claim.quote.text))
            if any(bare(expected) in name or name in bare(expected) for name in names if len(name) > 3):
                return True
    return False


def judge(mention: Mention | None, expected: Mapping[str, Any]) -> dict[str, bool]:
    """Which of the expected facts a mention has; all False where there is none."""
    if mention is None:
        return dict.fromkeys(expected, False)
    role = mention.role in OWN if expected["role"] == "own" else mention.role.value == expected["role"]
    right = {"role": role}
    if "type" in expected:
        right["type"] = mention.type == expected["type"]
    if "date" in expected:
        right["date"] = same_day(best(mention, "date"), expected["date"])
    if "place" in expected:
        right["place"] = same_place(mention, expected["place"])
    if "target" in expected:
        right["target"] = bare(expected["target"]) in bare(str(best(mention, "target") or ""))
    return right


def match(mentions: Sequence[Mention], expected: Sequence[Mapping[str, Any]]) -> list[dict[str, bool]]:
    """What is right of each expected incident when each mention stands for one at most; the best such match."""
    slots: list[Mention | None] = [*mentions[:TRIED_MAX], *[None] * max(0, len(expected) - len(mentions[:TRIED_MAX]))]
    table = [[judge(mention, one) for mention in slots] for one in expected]

    def worth(order: Sequence[int]) -> float:
        return sum(sum(row[at].values()) + 2 * row[at].get("date", False) for row, at in zip(table, order, strict=True))

    order = max(permutations(range(len(slots)), len(expected)), key=worth)
    return [row[at] for row, at in zip(table, order, strict=True)]
