"""Why a value is shown: every field has its rule, and voices are counted by where they stand."""

from __future__ import annotations

from typing import Any

import pytest

from newsblotter.store.present import LABELS
from newsblotter.store.reasons import RULES, list_claims, list_told, tell_choice


def _claim(field: str, low: int, report: str, standing: str, score: float = 0.8) -> dict[str, Any]:
    quote = {"start": 0, "end": 3, "exact": "two", "prefix": "", "suffix": ""}
    value = {"low": low, "high": low}
    return {"field": field, "value": value, "report": report, "said_by": None, "score": score, "standing": standing, "quote": quote}


def _record(*claims: dict[str, Any], corrections: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    reports = [{"id": "one", "copy_group": "g"}, {"id": "copy", "copy_group": "g"}, {"id": "two"}, {"id": "three"}]
    return {"id": "nb1", "claims": list(claims), "reports": reports, "corrections": list(corrections)}


def test_every_field_has_a_rule() -> None:
    assert RULES.keys() == LABELS.keys()


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        pytest.param(
            [("one", "agreed"), ("copy", "agreed"), ("two", "agreed")], "2 voices say or allow it", id="copies are one voice"
        ),
        pytest.param([("one", "agreed"), ("two", "disputed")], "1 voice says or allows it, 1 voice says otherwise", id="disputed"),
        pytest.param([("one", "agreed"), ("one", "disputed")], "1 voice says or allows it", id="a voice stands where it agrees"),
        pytest.param(
            [("one", "superseded"), ("two", "agreed")], "1 voice says or allows it, 1 voice said so before", id="superseded"
        ),
    ],
)
def test_voices_are_counted_by_where_they_stand(claims: list[tuple[str, str]], words: str) -> None:
    record = _record(*(_claim("killed", 2, report, standing) for report, standing in claims))
    assert tell_choice(record, "killed") == f"{RULES['killed']}: {words}"


def test_a_correction_is_the_reason() -> None:
    said = {"field": "killed", "value": {"low": 3, "high": 3}, "by": "ada", "number": 7}
    record = _record(_claim("killed", 2, "one", "corrected"), corrections=(said,))
    assert tell_choice(record, "killed") == "corrected by ada, no. 7: 1 voice is overruled"


def test_what_carries_the_value_is_listed_first() -> None:
    told = [
        _claim("killed", 3, "two", "disputed", 0.9),
        _claim("killed", 2, "one", "agreed", 0.5),
        _claim("arrested", 1, "one", "agreed"),
    ]
    record = _record(*told)
    assert list_told(record) == ["killed", "arrested"]
    assert [claim["standing"] for claim in list_claims(record, "killed")] == ["agreed", "disputed"]
