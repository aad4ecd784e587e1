"""Training texts of our own: invented reports of robbery, burglary, theft and loot, each phrase and each sentence marked.

The labelled sets hold few of these, so a trained reader would hardly see a stolen painting or a sum in lakh. The reports here are
written by hand (``reports.yaml`` and ``world.yaml``) or put together from hand-written sentences (``grammar.yaml``); nothing is
copied from anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from newsblotter_lab.written.grammar import load_grammar
from newsblotter_lab.written.markup import LABELS, Written, parse_report

__all__ = ["LABELS", "Written", "load_reports", "load_written", "parse_report"]

_FILES = ("reports.yaml", "world.yaml")


@cache
def load_reports() -> tuple[Written, ...]:
    """The reports written by hand, in the order of the files."""
    rows: list[Mapping[str, str]] = []
    for name in _FILES:
        rows += yaml.safe_load((Path(__file__).parent / name).read_text("utf-8"))
    return tuple(parse_report(row["text"], row["type"], row.get("reality", "actual")) for row in rows)


def load_written(seed: int, n_generated: int) -> list[Written]:
    """Every hand-written report, then ``n_generated`` distinct generated ones; the same seed gives the same reports."""
    return [*load_reports(), *load_grammar().generate(seed, n_generated)]
