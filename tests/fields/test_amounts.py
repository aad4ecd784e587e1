"""Money: phrases found, read to intervals with a currency, conversions left out."""

from __future__ import annotations

import csv
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.fields.amounts import find_money, is_conversion, read_money

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "money.csv").open(encoding="utf-8", newline="")))


@pytest.mark.parametrize("case", CASES, ids=[f"{c['text'][:40]}-{c['country']}" for c in CASES])
def test_case(case: dict[str, str]) -> None:
    text = case["text"]
    spans = find_money(text)
    assert [text[s.start : s.end] for s in spans] == ([case["phrase"]] if case["phrase"] else [])
    for span in spans:
        money = read_money(text, span.start, span.end, case["country"] or None)
        assert money is not None
        assert money.low == pytest.approx(float(case["low"]))
        assert money.high == (pytest.approx(float(case["high"])) if case["high"] else None)
        assert money.currency == (case["currency"] or None)


@pytest.mark.parametrize(
    ("text", "amount", "expected"),
    [
        ("It cost 40 million euros ($53 million).", "$53 million", True),
        ("It cost 40 million euros ($53 million).", "40 million euros", False),
        ("Worth £14m, or $20m, it is gone.", "$20m", True),
        ("They took $5,000 (all in notes) and £300.", "£300", False),
        ("A ring ($4 million) and a watch ($20,000).", "$20,000", False),
    ],
)
def test_conversion(text: str, amount: str, expected: bool) -> None:
    start = text.index(amount)
    assert is_conversion(text, start, start + len(amount)) is expected


def test_several_amounts_in_order() -> None:
    text = "They took $10 million in jewels, a $4 million ring included, and 500 euros in cash."
    found = [text[s.start : s.end] for s in find_money(text)]
    assert found == ["$10 million", "$4 million", "500 euros"]


@pytest.mark.parametrize("space", [" ", "\n", "\u00a0", "\n  "])
def test_a_sign_may_be_broken_over_lines(space: str) -> None:
    text = f"The robbers took U.S.{space}$500 from the till."
    assert [text[span.start : span.end] for span in find_money(text)] == [f"U.S.{space}$500"]


def test_no_money_in_phrase() -> None:
    assert read_money("the three thieves", 0, 17) is None


PIECES = st.sampled_from(
    ["$", "€", "£", "US$", " ", "million", "several ", "5", "1,200", ".", ",", "-", "(", ")", "euros", " dollars", "between ",
     " and ", " to ", "Rs ", "kr", "half a ", "more than ", "millions of ", "pounds", "worth ", "x", "\n", "é", "İ", "\u00a0"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_spans_are_sound(text: str) -> None:
    spans = find_money(text)
    assert all(0 <= s.start < s.end <= len(text) and s.kind == "money" for s in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    for span in spans:
        money = read_money(text, span.start, span.end)
        assert money is not None
        assert money.low >= 0
        assert money.high is None or money.low <= money.high
    assert find_money(text) == spans


@pytest.mark.parametrize(
    "unit", ["5 million ", "$1 ", "several million and ", "between 5 ", "(", "1,234,", "hundred thousand ", "pounds "], ids=repr
)
def test_time_is_linear(unit: str) -> None:
    def cost(size: int) -> float:
        text = (unit * size)[: size * 8]
        start = time.process_time()
        find_money(text)
        return time.process_time() - start

    cost(200)
    small, large = max(cost(1000), 0.004), cost(8000)
    assert large < 40 * small
