"""Training texts of our own: invented reports of robbery, burglary, theft and loot, each phrase and each sentence marked.

The labelled sets hold few of these, so a trained reader would hardly see a stolen painting or a sum in lakh. The reports here are
written by hand (``reports.yaml`` and ``world.yaml``) or put together from hand-written sentences (``grammar.yaml``); nothing is
copied from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import yaml

from newsblotter_lab.written.grammar import load_grammar
from newsblotter_lab.written.markup import LABELS, Written, parse_report

__all__ = ["LABELS", "Written", "load_reports", "load_struck", "load_written", "parse_report"]

_FILES = ("reports.yaml", "world.yaml")


def _read_files(*names: str) -> Iterator[Written]:
    for name in names:
        rows: list[Mapping[str, str]] = yaml.safe_load((Path(__file__).parent / name).read_text("utf-8"))
        yield from (parse_report(row["text"], row["type"], row.get("reality", "actual")) for row in rows)


@cache
def load_reports() -> tuple[Written, ...]:
    """The reports written by hand, in the order of the files."""
    return tuple(_read_files(*_FILES))


@cache
def load_struck() -> tuple[Written, ...]:
    """Short reports in which only what was struck or robbed is marked."""
    return tuple(_read_files("struck.yaml"))


def load_written(seed: int, n_generated: int) -> list[Written]:
    """Every hand-written report, then ``n_generated`` distinct generated ones; the same seed gives the same reports."""
    return [*load_reports(), *load_grammar().generate(seed, n_generated)]
