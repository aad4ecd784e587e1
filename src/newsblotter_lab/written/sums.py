"""Writes sums of money as the press of a country does: "€2.3 million", "Rs 35 lakh", "R250 000", "USD 40k"."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """How a country writes money.

    Attributes:
        per_dollar: Units to the dollar, roughly: only the size of the sums hangs on it.
        marks: What stands before a number ("€", "Rs ", "EUR ").
        words: What stands after it ("euros"), none where the press never writes so.
        indian: Whether large sums are told in lakh and crore.
        spaced: Whether thousands are parted by a space.
    """

    per_dollar: float
    marks: Sequence[str]
    words: Sequence[str] = ()
    indian: bool = False
    spaced: bool = False


def _trim(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"


def _grouped(value: int, currency: Currency) -> str:
    """The number in figures, parted as the country parts it."""
    if currency.indian and value >= 100_000:
        head, tail = str(value)[:-3], str(value)[-3:]
        pairs: list[str] = []
        while head:
            pairs.insert(0, head[-2:])
            head = head[:-2]
        return ",".join([*pairs, tail])
    plain = f"{value:,}"
    return plain.replace(",", " ") if currency.spaced else plain


def _scaled(value: float, currency: Currency, rng: random.Random) -> str:
    """The number with its scale in words or letters, or in figures where it is small."""
    digits = rng.choice([0, 0, 1])
    if currency.indian and value >= 100_000 and rng.random() < 0.8:
        size, word = (1e7, "crore") if value >= 1e7 else (1e5, "lakh")
        return f"{_trim(value / size, digits) if value / size >= 1 else 1} {word}{'s' if rng.random() < 0.15 else ''}"
    if value >= 1e9:
        return _trim(value / 1e9, 1) + rng.choice([" billion", "bn", " billion"])
    if value >= 1e6 and rng.random() < 0.9:
        return _trim(value / 1e6, digits) + rng.choice([" million", " million", " million", "m", "mn", " mln"])
    if 10_000 <= value < 1e6 and rng.random() < 0.1:
        return f"{value / 1000:.0f}" + rng.choice(["k", ",000"])
    return _grouped(int(value), currency)


def _rounded(value: float, rng: random.Random) -> float:
    """The value as someone would tell it: one to three leading figures."""
    keep = rng.choice([1, 1, 2, 2, 3])
    return float(f"{max(value, 20):.{keep - 1}e}")


def write_sum(value: float, currency: Currency, rng: random.Random) -> str:
    """The value, rounded, as that country's press writes it; now and then a range.

    Args:
        value: Units of the currency.
        currency: How it is written.
        rng: Draws the form.
    """
    value = _rounded(value, rng)
    number = _scaled(value, currency, rng)
    if rng.random() < 0.06:
        upper = _scaled(_rounded(value * rng.choice([1.5, 2, 3]), rng), currency, rng)
        number = f"{number} to {upper}" if not number[-1].isalpha() or upper[-1].isalpha() else number
    if currency.words and rng.random() < 0.35:
        return f"{number} {rng.choice(currency.words)}"
    return rng.choice(currency.marks) + number
