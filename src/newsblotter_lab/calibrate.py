"""Fit how far a value shown is to be believed; writes _data/confidence.json, draws docs/images/reliability.svg.

    python -m newsblotter_lab.calibrate                          build, judge, fit, measure, write, draw: minutes
    python -m newsblotter_lab.calibrate --check gunviolence/dev  no fit: measure the stored maps on a set of their own

Facts of gunviolence train are judged, of the incidents that the reader in training never sees, and of heists look; a fact counts as
right by the rules of ``newsblotter evaluate``. Every family of facts gets one rising map from support to probability. What is
reported and drawn is measured on incidents that the map in question was not fitted on (FOLDS folds).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from newsblotter.evaluate import GoldIncident, read_exported, read_gold
from newsblotter.evaluate.facts import JUDGES, surname
from newsblotter.store.confidence import FIELDS, MOST, load_table, support, support_person
from newsblotter_lab.benchmark_page import PICTURE, TABLE, write_page
from newsblotter_lab.gold import find_file, find_shared, is_held_out, read_lines

Floats: TypeAlias = NDArray[np.float64]
Curve: TypeAlias = tuple[tuple[float, ...], tuple[float, ...]]  # supports, ascending, and the probability at each

HELD_OUT, LOOK = "gunviolence/train", "heists/look"
PEOPLE = ("victim", "suspect")
FOLDS = 5
BINS = 10  # of equal size, for the expected calibration error and the picture
ISOTONIC_LEAST = 100  # facts from which a family gets an isotonic map of its own; those with fewer share one logistic map
A_BIN = 40  # facts that share one step of it, at least: 25 and 15 follow the noise (told by the nine tenths of train not fitted on)
KNOTS = 11  # of a logistic curve in the table
SUREST = 0.99  # no probability is above it, and none below one minus it
PENALTY = 1.0  # 1 / C of the logistic maps: keeps a dozen facts from making a step


@dataclass(frozen=True, slots=True)
class Judged:
    """A fact that was shown, and whether it is right."""

    family: str
    support: float
    right: bool
    incident: str  # the gold one: its facts are in one fold together


# --- facts ----------------------------------------------------------------------------------------------------------


def judge_all(gold: Sequence[GoldIncident], records: Iterable[Mapping[str, Any]]) -> Iterator[Judged]:
    """Every fact shown that gold knows about, of each record whose reports a gold incident has.

    A record stands for the gold incident that has most of its reports, passing mentions aside.
    """
    owners: dict[str, list[GoldIncident]] = defaultdict(list)
    for incident in gold:
        for report in incident.reports:
            owners[report].append(incident)
    for record in records:
        votes = Counter(one for report in record["reports"] if report["role"] != "background" for one in owners[report["id"]])
        if not votes:
            continue
        incident = max(votes, key=lambda one: (votes[one], one.incident))
        for field in FIELDS:
            verdict = JUDGES[field](incident, record) if record[field] is not None else None
            if verdict is not None:
                yield Judged(field, support(record, field), verdict.right, incident.incident)
        for person in record["people"] if incident.people is not None else ():
            if person["role"] in PEOPLE and surname(person["name"]):
                names = {surname(one.name) for one in incident.people or () if one.role == person["role"]}
                yield Judged(person["role"], support_person(record, person), surname(person["name"]) in names, incident.incident)


def gather(shared: Path, name: str, keep: Callable[[str], bool] = lambda _: True) -> list[Judged]:
    """Build a store from a set's reports and judge what it shows.

    Args:
        shared: The folder of labelled data.
        name: Of the set, for instance "heists/look".
        keep: Which gold incidents to take; reports of no kept incident are left out where some are.
    """
    rows = read_lines(find_file(shared, name, "incidents"))
    kept = [row for row in rows if keep(row["incident"])]
    wanted = {report for row in kept for report in row["reports"]}
    reports = [row for row in read_lines(find_file(shared, name, "reports")) if len(kept) == len(rows) or row["id"] in wanted]
    with tempfile.TemporaryDirectory() as folder:
        paths = {part: Path(folder, f"{part}.jsonl") for part in ("reports", "incidents", "exported")}
        for part, lines in (("reports", reports), ("incidents", kept)):
            paths[part].write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        command, store = [sys.executable, "-m", "newsblotter"], str(Path(folder, "store.db"))
        built = subprocess.run([*command, "build", str(paths["reports"]), "--store", store], stdout=subprocess.DEVNULL)
        if built.returncode not in (0, 3):  # 3: some reports were rejected
            raise SystemExit(f"{name}: build ended with {built.returncode}")
        subprocess.run([*command, "export", "--store", store, "--output", str(paths["exported"])], check=True)
        return list(judge_all(read_gold(paths["incidents"]).incidents, read_exported(paths["exported"])))


# --- maps -----------------------------------------------------------------------------------------------------------


def fit(facts: Sequence[Judged]) -> dict[str, Curve]:
    """A rising map for every family: isotonic where there are many facts, logistic (Platt) for all families with few.

    Source: Zadrozny and Elkan, Transforming classifier scores into accurate multiclass probability estimates, 2002, section 3;
    Platt, Probabilistic outputs for support vector machines, 1999.
    """
    families = _by_family(facts)
    small = [fact for found in families.values() if len(found) < ISOTONIC_LEAST for fact in found]
    shared = _fit_logistic(*_columns(small)) if small else None
    return {name: shared if shared and found[0] in small else _fit_isotonic(*_columns(found)) for name, found in families.items()}


def _columns(facts: Sequence[Judged]) -> tuple[Floats, Floats]:
    return np.array([fact.support for fact in facts]), np.array([float(fact.right) for fact in facts])


def _by_family(facts: Iterable[Judged]) -> dict[str, list[Judged]]:
    families: dict[str, list[Judged]] = defaultdict(list)
    for fact in facts:
        families[fact.family].append(fact)
    return {name: families[name] for name in (*FIELDS, *PEOPLE) if name in families}


def _fit_isotonic(x: Floats, y: Floats) -> Curve:
    """Steps over bins of equal size, joined by straight lines between their middles."""
    bins = np.array_split(np.argsort(x, kind="stable"), max(2, len(x) // A_BIN))
    middles = np.array([x[one].mean() for one in bins])
    rates = np.array([(y[one].sum() + 1) / (len(one) + 2) for one in bins])
    levels = IsotonicRegression().fit_transform(middles, rates, sample_weight=[len(one) for one in bins])
    distinct = np.concatenate([[True], np.diff(middles) > 1e-6])
    return _round(middles[distinct], levels[distinct])


def _fit_logistic(x: Floats, y: Floats) -> Curve:
    """A logistic curve over the odds of the support, level where it would fall. Right and wrong count as nearly so (Platt)."""
    knots = np.linspace(0, 1, KNOTS)
    rights, wrongs = y.sum(), len(y) - y.sum()
    sure = np.where(y > 0, (rights + 1) / (rights + 2), 1 / (wrongs + 2))
    rows = np.concatenate([_odds(x), _odds(x)])[:, None]
    labels = np.concatenate([np.ones(len(x)), np.zeros(len(x))])
    model = LogisticRegression(C=1 / PENALTY).fit(rows, labels, np.concatenate([sure, 1 - sure]))
    if model.coef_[0, 0] <= 0:
        return _round(knots[[0, -1]], np.full(2, (rights + 1) / (len(y) + 2)))
    return _round(knots, model.predict_proba(_odds(knots)[:, None])[:, 1])


def _odds(supports: Floats) -> Floats:
    bounded = np.clip(supports, 1 - MOST, MOST)
    odds: Floats = np.log(bounded / (1 - bounded))
    return odds


def _round(supports: Floats, probabilities: Floats) -> Curve:
    bounded = np.clip(probabilities, 1 - SUREST, SUREST)
    return tuple(round(float(x), 4) for x in supports), tuple(round(float(p), 4) for p in bounded)


def apply(curves: Mapping[str, Curve], facts: Sequence[Judged]) -> Floats:
    """The probability that each fact is right."""
    return np.array([np.interp(fact.support, *curves[fact.family]) for fact in facts])


def cross_fit(facts: Sequence[Judged]) -> Floats:
    """The probability that each fact is right, by maps fitted on the incidents of the other folds."""
    fold = np.array([int(sha256(b"fold" + fact.incident.encode()).hexdigest(), 16) % FOLDS for fact in facts])
    found = np.zeros(len(facts))
    for number in range(FOLDS):
        here = np.flatnonzero(fold == number)
        curves = fit([fact for fact, one in zip(facts, fold, strict=True) if one != number])
        found[here] = apply(curves, [facts[int(at)] for at in here])
    return found


# --- measures -------------------------------------------------------------------------------------------------------


def bin_up(said: Floats, right: Floats, bins: int = BINS) -> list[tuple[float, float, int]]:
    """Bins of equal size, by what was said: the mean said, the share that was right, how many."""
    parts = np.array_split(np.argsort(said, kind="stable"), min(bins, len(said)))
    return [(float(said[part].mean()), float(right[part].mean()), len(part)) for part in parts]


def calibration_error(said: Floats, right: Floats) -> float:
    """The expected calibration error: how far what was said lies from what was right, bin by bin, in the mean.

    Source: Naeini, Cooper and Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, 2015, section 4.
    """
    return sum(count * abs(mean - share) for mean, share, count in bin_up(said, right)) / max(1, len(said))


def measure(facts: Sequence[Judged], said: Floats) -> dict[str, dict[str, float]]:
    """Calibration error and Brier score before (support taken for a probability) and after, by family and over all."""
    results = {}
    right = np.array([float(fact.right) for fact in facts])
    before = np.array([fact.support for fact in facts])
    for name in ("all", *_by_family(facts)):
        rows = np.array([name in ("all", fact.family) for fact in facts])
        results[name] = {
            "facts": int(rows.sum()),
            "right": float(right[rows].mean()),
            "error_before": calibration_error(before[rows], right[rows]),
            "error_after": calibration_error(said[rows], right[rows]),
            "brier_before": float(((before - right)[rows] ** 2).mean()),
            "brier_after": float(((said - right)[rows] ** 2).mean()),
        }
    return {name: {key: round(value, 4) for key, value in one.items()} for name, one in results.items()}


def tabulate(results: Mapping[str, Mapping[str, float]]) -> Table:
    """The measures as a table for the terminal."""
    table = Table("facts of", "how many", "right", "error before", "after", "Brier before", "after", box=None, pad_edge=False)
    for name, one in results.items():
        table.add_row(name, f"{one['facts']:.0f}", *(f"{value:.3f}" for key, value in one.items() if key != "facts"))
    return table


def draw(facts: Sequence[Judged], said: Floats, picture: Path) -> None:
    """The reliability diagram: how often facts were right against how sure they were said to be, before and after."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "reliability"  # the same picture from run to run
    right = np.array([float(fact.right) for fact in facts])
    figure, axes = pyplot.subplots(1, 2, figsize=(8, 4), sharey=True)
    for axis, values, title in zip(
        axes, (np.array([fact.support for fact in facts]), said), ("support alone", "confidence"), strict=True
    ):
        bins = bin_up(values, right)
        means, shares, counts = (np.array(column, float) for column in zip(*bins, strict=True))
        spread = 1.96 * np.sqrt(np.maximum(shares * (1 - shares), 1e-4) / counts)
        axis.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axis.errorbar(means, shares, yerr=spread, fmt="o-", color="tab:blue", linewidth=1.2, markersize=4, capsize=2)
        axis.set(title=f"{title}: error {calibration_error(values, right):.3f}", xlabel="how sure", xlim=(0, 1), ylim=(0, 1))
    axes[0].set_ylabel(f"share that was right, of {len(facts)} facts")
    figure.tight_layout()
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, metadata={"Date": None})


def write(curves: Mapping[str, Curve], results: Mapping[str, Mapping[str, float]], path: Path) -> None:
    """Store the maps with the measures that they came with."""
    about = (
        "From the support of a value (newsblotter/store/confidence.py) to the probability that it is right; written by "
        "newsblotter_lab.calibrate from facts of gunviolence train and heists look. Measured on incidents not fitted on."
    )
    families = {name: {"support": supports, "probability": probabilities} for name, (supports, probabilities) in curves.items()}
    path.write_text(json.dumps({"about": about, "measured": results, "families": families}, indent=1) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, measure, write and draw, or measure alone; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", metavar="SET", help="measure the stored maps on this set; nothing is written")
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")
    options = parser.parse_args(arguments)
    shared = find_shared()
    if shared is None:
        sys.exit("the labelled reports are not here: set NEWSBLOTTER_SHARED")
    if options.check:
        stored = load_table()
        keep = (lambda name: not is_held_out(name)) if options.check == HELD_OUT else (lambda _: True)
        facts = [fact for fact in gather(shared, options.check, keep) if fact.family in stored]
        said = apply(stored, facts)
    else:
        facts = [*gather(shared, HELD_OUT, is_held_out), *gather(shared, LOOK)]
        said = cross_fit(facts)
    results = measure(facts, said)
    if not options.check:
        write(fit(facts), results, TABLE)
        draw(facts, said, PICTURE)
        write_page()
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        Console().print(tabulate(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
