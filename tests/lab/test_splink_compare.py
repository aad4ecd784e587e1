"""The comparison with Splink: both sides are told the same."""

from datetime import date

import pytest

from newsblotter.link.profile import Profile, build_profiles
from newsblotter.records import Claim, Count, Mention, Person, Quote, Reality, Report, Role, Value, When
from newsblotter_lab.splink_compare import make_settings, to_row

TEXT = "A cashier was shot outside the Torvald petrol station in Lindhavn on Saturday. Mirela Osk, 34, is in hospital."
DAY = date(2031, 5, 3)


def tell(*facts: tuple[str, Value]) -> Profile:
    report = Report("a", "a", None, None, "", TEXT, "en", date(2031, 5, 4))
    quote = Quote("a", 0, 6, TEXT[:6])
    claims = tuple(Claim(f"c{at}", "m", field, quote, value, None, 0.9) for at, (field, value) in enumerate(facts))
    profiles, _ = build_profiles([Mention("m", "a", "shooting", Role.MAIN, quote, Reality.ACTUAL, claims)], {"a": report}, [])
    return profiles[0]


def test_a_mention_as_a_row() -> None:
    row = to_row(tell(("date", When(DAY, DAY, "day")), ("people", Person("Mirela Osk", 34)), ("injured", Count(1, 1))))
    assert (row["kind"], row["people"], row["ages"], row["injured_count"], row["killed_count"]) == (
        "shooting",
        ["osk"],
        [34],
        1,
        None,
    )
    assert row["printed"] - row["day_number"] == 1
    assert "torvald" in row["names"]
    assert row["target"] is None


def test_splink_compares_the_columns_that_there_are() -> None:
    pytest.importorskip("splink")
    compared = {comparison.create_output_column_name() for comparison in make_settings().comparisons}
    assert len(compared) == 12
    assert len(compared & to_row(tell()).keys()) == 11  # the other is of both coordinates
