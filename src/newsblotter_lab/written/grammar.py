"""Puts reports together from hand-written sentences: a country, a kind of premises and a plot are drawn, then the sentences filled.

A sentence holds slots: ``<goods>`` is drawn anew each time, ``<person:1>`` once a report. Slots are looked up in the country drawn,
then in the kind of premises, then in the general lists; what is drawn may hold slots and markup again.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from newsblotter_lab.written.markup import Written, parse_report
from newsblotter_lab.written.sums import Currency, write_sum

_SLOT = re.compile(r"<(\w+)(?::(\d))?>")
_FIRST_LETTER = re.compile(r"^(# )?((?:\[\[!?\w+\|)?[^\w\[<]*)(\w)")
_DEPTH = 8  # a slot that opens slots this deep is a mistake in the lists
_TRIES = 20  # attempts at a report not yet given before the grammar is called exhausted


@dataclass(slots=True)
class _Draw:
    """What has been drawn for one report."""

    rng: random.Random
    lists: Sequence[Mapping[str, Any]]
    currency: Currency
    usd: tuple[float, float]
    kept: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def _pick(self, name: str) -> str:
        for mapping in self.lists:
            if name in mapping:
                options = mapping[name]
                fresh = [option for option in options if option not in self.used] or options
                chosen: str = self.rng.choice(fresh)
                self.used.add(chosen)
                return chosen
        raise KeyError(f"no list for the slot <{name}>")

    def _sum(self) -> str:
        low, high = (math.log(bound) for bound in self.usd)
        return write_sum(math.exp(self.rng.uniform(low, high)) * self.currency.per_dollar, self.currency, self.rng)

    def _number(self, name: str) -> str | None:
        """The slots that are counted, not listed."""
        rng = self.rng
        if name == "sum":
            return self._sum()
        if name == "age":
            return str(rng.randint(18, 84))
        if name == "year":
            return str(rng.randint(1994, 2023))
        if name == "day":
            return str(rng.randint(1, 28))
        if name == "few":
            return rng.choice("two three four five six seven".split())
        if name == "some":
            return str(rng.choice([8, 11, 12, 14, 17, 19, 23, 26, 31, 38, 40, 45, 60, 75, 90, 120]))
        if name == "percent":
            return str(rng.randint(2, 48))
        if name == "clock":
            hour, minute = rng.randint(1, 12), rng.choice([0, 5, 10, 15, 20, 30, 40, 45, 50])
            return rng.choice(
                [f"{hour}.{minute:02}{rng.choice(['am', 'pm'])}", f"{hour}:{minute:02} {rng.choice(['a.m.', 'p.m.'])}"]
            )
        return None

    def _value(self, name: str, key: str) -> str:
        if name in {"person", "last", "woman", "man"}:
            return self._person(name, key)
        number = self._number(name)
        return self._pick(name) if number is None else number

    def _person(self, name: str, key: str) -> str:
        """A full name, or by ``<last:1>`` the surname of ``<person:1>``."""
        if f"full:{key}" not in self.kept or not key:
            first = self._pick({"woman": "women", "man": "men"}.get(name, self.rng.choice(["women", "men"])))
            surname = self._pick("surnames")
            self.kept[f"full:{key}"], self.kept[f"last:{key}"] = f"{first} {surname}", surname
        return self.kept[f"last:{key}" if name == "last" else f"full:{key}"]

    def fill(self, frame: str, depth: int = 0) -> str:
        """The frame with every slot filled."""
        if depth > _DEPTH:
            raise RecursionError(f"slots open slots without end: {frame}")

        def replace(found: re.Match[str]) -> str:
            name, key = found[1], found[2] or ""
            remembered = self.kept.get(f"{name}:{key}") if key and name not in {"person", "last", "woman", "man"} else None
            if remembered is not None:
                return remembered
            words = self.fill(self._value(name, key), depth + 1)
            if key and name not in {"person", "last", "woman", "man"}:
                self.kept[f"{name}:{key}"] = words
            return words

        return _SLOT.sub(replace, frame)


def _raise_first(line: str) -> str:
    """The line with a capital at its head, inside markup or not."""
    return _FIRST_LETTER.sub(lambda found: (found[1] or "") + found[2] + found[3].upper(), line, count=1)


@dataclass(frozen=True, slots=True)
class Grammar:
    """The lists and sentences of ``grammar.yaml``.

    Attributes:
        countries: A country's names, towns, police, currency.
        premises: A kind of premises with what is taken there, and the range of its loot in dollars.
        lists: Slots that no country and no premises own.
        plots: Types of report with their headlines, opening and further sentences.
    """

    countries: Mapping[str, Mapping[str, Any]]
    premises: Mapping[str, Mapping[str, Any]]
    lists: Mapping[str, Any]
    plots: Mapping[str, Mapping[str, Any]]

    def count_frames(self) -> int:
        """How many hand-written sentences the plots hold."""
        shared = sum(len(frames) for name, frames in self.lists.items() if name.startswith("more_"))
        return shared + sum(len(plot[part]) for plot in self.plots.values() for part in ("headlines", "openings", "details"))

    def _write(self, rng: random.Random) -> Written:
        plots = sorted(self.plots)
        plot = self.plots[rng.choices(plots, [self.plots[name]["weight"] for name in plots])[0]]
        country = self.countries[rng.choice(sorted(self.countries))]
        premises = self.premises[rng.choice(plot["premises"])]
        currency = Currency(**country["currency"])
        draw = _Draw(rng, (country, premises, self.lists), currency, (premises["usd"][0], premises["usd"][1]))
        lines = [_raise_first(draw.fill(frame)) for frame in self._frames(plot, rng)]
        return parse_report("\n".join(lines), plot["type"], plot.get("reality", "actual"))

    def _frames(self, plot: Mapping[str, Any], rng: random.Random) -> Iterator[str]:
        """The sentences of a report: a headline or none, an opening, details, then what is said beside it."""
        if plot["headlines"] and rng.random() < 0.6:
            yield "# " + rng.choice(plot["headlines"])
            if rng.random() < 0.15:
                yield rng.choice(self.lists["more_bylines"])
                yield ""
        yield rng.choice(plot["openings"])
        if rng.random() < 0.4:
            yield ""
        yield from rng.sample(plot["details"], k=min(len(plot["details"]), rng.choice([0, 1, 1, 2, 2, 3])))
        beside = [frame for name in plot["beside"] if rng.random() < 0.45 for frame in rng.sample(self.lists[name], k=1)]
        rng.shuffle(beside)
        for frame in beside:
            if rng.random() < 0.3:
                yield ""
            yield frame

    def generate(self, seed: int, count: int) -> list[Written]:
        """``count`` reports, no two with the same text; the same seed gives the same reports."""
        rng, seen, reports = random.Random(seed), set[str](), list[Written]()
        for _ in range(count):
            for _ in range(_TRIES):
                report = self._write(rng)
                if report.text not in seen:
                    break
            else:
                raise ValueError(f"the grammar gave out after {len(reports)} reports")
            seen.add(report.text)
            reports.append(report)
        return reports


def _split(value: Any) -> Any:
    """A list written as one line with semicolons, taken apart; everything else as it is."""
    return [part.strip() for part in value.split(";")] if isinstance(value, str) and ";" in value else value


@cache
def load_grammar() -> Grammar:
    """The grammar of ``grammar.yaml``."""
    raw = yaml.safe_load((Path(__file__).parent / "grammar.yaml").read_text("utf-8"))
    listed = {
        part: {name: {key: _split(value) for key, value in entry.items()} for name, entry in raw[part].items()}
        for part in ("countries", "premises")
    }
    lists = {name: _split(value) for name, value in raw["lists"].items()}
    return Grammar(listed["countries"], listed["premises"], lists, raw["plots"])
