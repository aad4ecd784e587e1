"""Write docs/benchmarks.md from the figures that the benchmarks and the calibration left behind.

python -m newsblotter_lab.benchmark_page    bench/benchmarks.json and _data/confidence.json → docs/benchmarks.md
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from newsblotter_lab.bench import ROOT
from newsblotter_lab.benchmarks import BENCHMARKS, MEASURED, Benchmark

Figures: TypeAlias = Mapping[str, Mapping[str, float]]

PAGE = ROOT / "docs" / "benchmarks.md"
TABLE = ROOT / "src" / "newsblotter" / "_data" / "confidence.json"
PICTURE = ROOT / "docs" / "images" / "reliability.svg"
_MUC_ROLES = {
    "perpind": "perpetrators",
    "perporg": "their organisations",
    "target": "targets",
    "victim": "victims",
    "weapon": "weapons",
}
_WORDS = {"all": "all of them", "suspect": "suspects by name", "victim": "victims by name", "suspects": "how many suspects"}
_LANGUAGES = {"en": "English", "es": "Spanish", "fr": "French", "de": "German", "it": "Italian"}

_TEXT = """# Benchmarks

<!-- Written by python -m newsblotter_lab.benchmark_page from the figures of the last run; edit the code. -->

How well single parts of the reading do, on sets that other people labelled, and how far to trust a value. `python -m
newsblotter_lab.benchmarks` measures, `--write` brings this page up to date. The sets are not part of the project: name the folder
that holds them in `NEWSBLOTTER_SHARED`; a set that is not there is skipped. How to measure whole incidents on reports of your
own is told in [Evaluate](howto/evaluate.md).

## Beside published figures

{published}

A published figure was measured on its set's official test part, ours on the part that is here: they tell where we stand, not who
wins.

- **Dates.** TempEval-3's value F1: an expression counts if it overlaps the gold one and has the same value. Ours is over
  expressions of type DATE, the kind that settles when an incident was; the published figures are over all types, on which ours is
  {timex} (AQUAINT) and {timex_timebank} (TimeBank). "Platinum" is the shared task's test part.
- **Places.** The share of toponyms, given as gold marks them, that are put within 161 km (100 miles) of their point,
  in the half of each set on which nothing was tuned. On LGL the outlet is told.
- **Who did what to whom.** MUC-4's five roles by CEAF-REE (Du, Rush and Cardie, 2021): entities are aligned one to one, and one
  found is right if every string that it is given by names the gold one. The trained encoder's head finds them. {muc}
- **Gun violence.** Names and ages of victims and shooters, town, address, hour and weapon; a string is right if it holds the gold
  one or is held by it; with equal strings only, F1 is {gvdb_exact}. {gvdb_documents} reports, chosen by a hash; the others may be
  trained on. What the set's own paper reached is not known here.
- **Pages.** The words of an article's body, of web pages with menus, advertisements and comments around it.

## By language

Robberies as the reports of each language tell them: the share of facts (type, date, place, dead, injured, suspects, arrests, loot,
target) that are right by the rules of `newsblotter evaluate`. The rules were written while reading these reports, and for English
first. Figures over a handful of reports say little.

{languages}

## How far to trust a value

Every value shown has a *confidence*: the probability that it is right (`confidence` in the [record](reference/record.md), in per
cent beside the value in `newsblotter show`). It comes from the value's *support*, how surely and how unanimously independent
reports say it (copies of one text are one voice), by a rising map for every kind of fact, fitted on reports whose facts are known:
local news on shootings, which the encoder never saw in training (the weights of links and of named people's parts were fitted on
them too), and reports on robberies. `python -m newsblotter_lab.calibrate` fits the maps anew.

![Reliability: the share of facts that were right against how sure they were said to be](images/{picture})

Left, support taken for a probability; right, the confidence. Each point is a tenth of the facts, the bar its 95 % interval; on
the grey line a thing said to be 70 % sure is right seven times in ten. Every fact was rated by maps fitted on other incidents.

{calibration}

*Error* is the expected calibration error: how far the confidence lies from the share that was right, over bins of equal size.
*Brier* is the mean squared distance between the confidence and the truth. Kinds with fewer than a hundred facts share one map;
their error is mostly chance. Reports unlike these, of other crimes or other countries, may be right more or less often than their
confidence says.
"""


def write_page() -> None:
    """Bring docs/benchmarks.md up to date."""
    PAGE.write_text(make_page(json.loads(MEASURED.read_text("utf-8")), json.loads(TABLE.read_text("utf-8"))["measured"]), "utf-8")


def make_page(figures: Figures, calibration: Figures) -> str:
    """The page.

    Args:
        figures: Benchmark → measures.
        calibration: Kind of fact → measures of its confidence.
    """
    told = [one for one in BENCHMARKS if one.name in figures and not one.name.startswith("language-")]
    return _TEXT.format(
        published=_tabulate(
            ("set", "measure", "here", "published"),
            "llrl",
            (_row(one, figures[one.name]) for one in told if one.name[-5:] != "train"),
        ),
        timex=_share(figures, "tempeval3-aquaint", "value_f1"),
        timex_timebank=_share(figures, "tempeval3-timebank", "value_f1"),
        muc=_tell_muc(figures),
        gvdb_exact=_share(figures, "gvdb-test", "exact_f1"),
        gvdb_documents=f"{figures.get('gvdb-test', {}).get('documents', 0):.0f}",
        languages=_tabulate_languages(figures),
        picture=PICTURE.name,
        calibration=_tabulate_calibration(calibration),
    )


def _row(one: Benchmark, result: Mapping[str, float]) -> tuple[str, ...]:
    return one.name, one.says, _number(result[one.chief]), one.published


def _number(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _share(figures: Figures, name: str, measure: str) -> str:
    value = figures.get(name, {}).get(measure)
    return "not measured" if value is None else _number(value)


def _tell_muc(figures: Figures) -> str:
    result = figures.get("muc-dev", {})
    roles = [f"{words} {_number(result[f'{role}_f1'])}" for role, words in _MUC_ROLES.items() if f"{role}_f1" in result]
    return f"By role: {', '.join(roles)}." if roles else ""


def _tabulate_languages(figures: Figures) -> str:
    rows = []
    for code, name in _LANGUAGES.items():
        result = figures.get(f"language-{code}")
        if result:
            counts = [f"{result[key]:.0f}" for key in ("reports", "incidents", "facts")]
            fields = [_number(result[key]) if key in result else "" for key in ("type_right", "date_right", "place_right")]
            rows.append((name, *counts, _number(result["facts_right"]), *fields, _number(result["b3_f1"])))
    head = ("language", "reports", "incidents", "facts", "right", "type", "date", "place", "B-cubed F1")
    return _tabulate(head, "lrrrrrrrr", rows)


def _tabulate_calibration(calibration: Figures) -> str:
    keys = ("right", "error_before", "error_after", "brier_before", "brier_after")
    ordered = sorted(calibration, key=lambda name: (name != "all", -calibration[name]["facts"], name))
    rows = (
        (_WORDS.get(name, name), f"{calibration[name]['facts']:.0f}", *(_number(calibration[name][key]) for key in keys))
        for name in ordered
    )
    return _tabulate(("facts", "how many", "right", "error before", "after", "Brier before", "after"), "lrrrrrr", rows)


def _tabulate(head: Sequence[str], sides: str, rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---:" if side == "r" else "---" for side in sides], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    write_page()
