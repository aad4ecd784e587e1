"""Measure the parts of reading on other people's sets, beside what was published on them.

    python -m newsblotter_lab.benchmarks                 every set that is there; exit code 1 if a figure fell below its floor
    python -m newsblotter_lab.benchmarks --only muc-dev --json
    python -m newsblotter_lab.benchmarks --checkpoint out/training/checkpoint.pt   the trained head of a checkpoint as well
    python -m newsblotter_lab.benchmarks --write         put the figures into bench/benchmarks.json and docs/benchmarks.md
    python -m newsblotter_lab.benchmarks --raise         write better figures back as the floors of bench/floors.json

A published figure was measured on its set's official test part, ours on the parts that are here: they tell where we stand,
not who wins.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from newsblotter_lab.bench import FLOORS, ROOT, hold, raise_floors
from newsblotter_lab.gold import find_shared

Result: TypeAlias = dict[str, float]
MEASURED = ROOT / "bench" / "benchmarks.json"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A set, how it is scored, and what others reached."""

    name: str
    data: str  # below the shared folder; absent: skipped
    measure: Callable[[Path], Result]  # from the shared folder
    chief: str  # the measure that is held beside the published one
    says: str  # the chief measure in words
    published: str = "none known here"


def _tempeval(part: str, shared: Path) -> Result:
    from newsblotter_lab.tempeval import KINDS, score

    folder = shared / "data/tempeval3" / part
    dates = score(folder, ("DATE",))
    return {**score(folder, KINDS), **{f"dates_{name}": value for name, value in dates.items()}}


def _toponyms(corpus: str, shared: Path) -> Result:
    """The half of a corpus on which nothing was tuned."""
    from newsblotter.fields import load_gazetteer
    from newsblotter_lab.toponyms import CORPORA, add_scores, is_held, read_articles, score_article

    gazetteer = load_gazetteer()
    articles = read_articles(shared / "data/geoparsing" / CORPORA[corpus])
    score = add_scores([score_article(article, gazetteer) for article in articles if is_held(corpus, article)])
    inside = score.inside / max(1, score.gold)
    found = {"acc161": score.accuracy, "acc_extent": inside, "found_p": score.precision, "found_r": score.recall}
    return {**found, "toponyms": score.gold}


def _muc(part: str, shared: Path, checkpoint: Path | None = None) -> Result:
    """By the trained head of a checkpoint, else of the encoder that ships; where none ships by the product's claims."""
    from newsblotter_lab import fillers, roles, slots

    answer = roles.open_checkpoint(checkpoint) if checkpoint else roles.open_shipped()
    documents = slots.read_muc(shared, part)
    gold = {document.id: document.gold for document in documents}
    said = slots.predict_all(documents, roles.make_predict(answer) if answer else fillers.predict_muc)
    scores = slots.score_ceaf_ree(gold, said)
    micro = scores["micro"]
    result = {"ceaf_ree_p": micro.precision, "ceaf_ree_r": micro.recall, "ceaf_ree_f1": micro.f1}
    return {**result, **{f"{role.lower()}_f1": scores[role].f1 for role in slots.MUC_ROLES}, "documents": len(documents)}


def _gvdb(part: str, shared: Path) -> Result:
    from newsblotter_lab import fillers, slots

    documents = slots.read_gvdb(shared, part)
    gold = {document.id: document.gold for document in documents}
    said = slots.predict_all(documents, fillers.predict_gvdb)
    near, exact = (slots.score_gvdb_slots(gold, said, exact=strict) for strict in (False, True))
    micro = near["micro"]
    result = {"slot_p": micro.precision, "slot_r": micro.recall, "slot_f1": micro.f1, "exact_f1": exact["micro"].f1}
    roles = {f"{role.lower().replace('-', '_')}_f1": near[role].f1 for role in slots.GVDB_ROLES}
    return {**result, **roles, "documents": len(documents)}


def _pages(shared: Path) -> Result:
    from newsblotter_lab.pages import score_pages

    score = score_pages(shared / "data/pages")
    return {"f1": score.f1, "precision": score.precision, "recall": score.recall, "pages": score.pages}


def _language(code: str, shared: Path) -> Result:
    from newsblotter_lab.languages import score_language

    return score_language(shared, code)


_TIMEX = "HeidelTime .776, UWTime .824 (platinum, all types)"
_GRIT = "GRIT .545 (test)"
# What the set's own paper reached is not known here; these are approximate matches as a later study's summary gives them.
_SLOTS = "GPT-4 zero-shot .76, tuned Flan-T5 .67"
_TRAFILATURA = "trafilatura .958 (both halves)"
_DATES, _CEAF, _NEAR = "value F1, dates", "CEAF-REE F1", "slot F1, approximate"
BENCHMARKS = (
    Benchmark("tempeval3-aquaint", "data/tempeval3/aquaint", partial(_tempeval, "aquaint"), "dates_value_f1", _DATES, _TIMEX),
    Benchmark("tempeval3-timebank", "data/tempeval3/timebank", partial(_tempeval, "timebank"), "dates_value_f1", _DATES, _TIMEX),
    Benchmark("toponyms-lgl", "data/geoparsing/lgl.xml", partial(_toponyms, "lgl"), "acc161", "within 161 km"),
    Benchmark("toponyms-geovirus", "data/geoparsing/GeoVirus.xml", partial(_toponyms, "geovirus"), "acc161", "within 161 km"),
    Benchmark("muc-dev", "data/muc34/dev.json", partial(_muc, "dev"), "ceaf_ree_f1", _CEAF, _GRIT),
    Benchmark("muc-train", "data/muc34/train.json", partial(_muc, "train"), "ceaf_ree_f1", _CEAF, _GRIT),
    Benchmark("gvdb-test", "data/gvdb/dev.tsv", partial(_gvdb, "test"), "slot_f1", _NEAR, _SLOTS),
    Benchmark("gvdb-train", "data/gvdb/dev.tsv", partial(_gvdb, "train"), "slot_f1", _NEAR, _SLOTS),
    *(
        Benchmark(f"language-{code}", "data/heists/look/reports.jsonl", partial(_language, code), "facts_right", "facts right")
        for code in ("en", "es", "fr", "de", "it")
    ),
    Benchmark("pages", "data/pages/ground-truth.json", _pages, "f1", "F1 of words", _TRAFILATURA),
)
USUAL = tuple(one.name for one in BENCHMARKS if not one.name.endswith("-train"))  # what was learnt from is measured if asked for


def with_checkpoint(checkpoint: Path) -> Benchmark:
    """MUC-4 read by the head of a checkpoint that has not shipped."""
    measure = partial(_muc, "dev", checkpoint=checkpoint)
    return Benchmark("muc-dev-checkpoint", "data/muc34/dev.json", measure, "ceaf_ree_f1", _CEAF, _GRIT)


def tabulate(results: Mapping[str, Result], benchmarks: Sequence[Benchmark]) -> Table:
    """The chief figures beside what was published; ``--json`` has the others."""
    table = Table("set", "measure", "here", "published", box=None, pad_edge=False)
    for one in benchmarks:
        if one.name in results:
            table.add_row(one.name, one.says, f"{results[one.name][one.chief]:.3f}", one.published)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that the command line names; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [one.name for one in BENCHMARKS]
    parser.add_argument("--only", action="append", choices=names, help="a set; may be given several times")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint of the training, whose head reads MUC-4 as well")
    parser.add_argument("--json", action="store_true", help="print every measure as JSON")
    parser.add_argument("--write", action="store_true", help="put the figures into bench/benchmarks.json and docs/benchmarks.md")
    parser.add_argument("--raise", dest="raise_", action="store_true", help="write better figures back as floors")
    options = parser.parse_args(arguments)
    asked = [one for one in BENCHMARKS if one.name in (options.only or USUAL)]
    if options.checkpoint:
        asked.append(with_checkpoint(options.checkpoint))
    results = run(asked)
    stored = json.loads(FLOORS.read_text("utf-8"))
    fallen = [line for name, result in results.items() for line in hold(name, result, stored["floors"].get(name, {}))]
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        Console().print(tabulate(results, asked))
    if options.write:
        measured = json.loads(MEASURED.read_text("utf-8")) if MEASURED.exists() else {}
        MEASURED.write_text(json.dumps({**measured, **results}, indent=1) + "\n", "utf-8")
        from newsblotter_lab.benchmark_page import write_page

        write_page()
    if options.raise_:
        raise_floors(stored["floors"], results)
        FLOORS.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    for line in fallen:
        print(line, file=sys.stderr)
    return 1 if fallen else 0


def run(benchmarks: Sequence[Benchmark]) -> dict[str, Result]:
    """Measure each; those whose data is absent are named on standard error and left out."""
    shared = find_shared()
    results: dict[str, Result] = {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=len(benchmarks))
        for one in benchmarks:
            progress.update(task, description=one.name)
            if shared is None or not (shared / one.data).exists():
                print(f"skipped {one.name}: {one.data} is not here; set NEWSBLOTTER_SHARED", file=sys.stderr)
            else:
                results[one.name] = {name: round(value, 4) for name, value in one.measure(shared).items()}
            progress.advance(task)
    return results


if __name__ == "__main__":
    sys.exit(main())
