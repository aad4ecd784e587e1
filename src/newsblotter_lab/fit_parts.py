"""Fit how much each kind of evidence tells of the part that a named person plays; writes _data/part_weights.json.

    python -m newsblotter_lab.fit_parts [FOLDER of labelled data]

A row is a person whom a scene of gunviolence train or heists look names; its label is the part that the gold record of the
report's incident gives somebody of that surname, else none. Gold leaves people out, so that a probability is that of standing
in such a record. How far the encoder is trusted is fitted on the tenth of gunviolence train that it never saw, against weights
that were fitted without that tenth; the weights that ship are fitted on all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.progress import track
from scipy.optimize import minimize

from newsblotter.extract.cues import CueFinder, load_markers
from newsblotter.extract.document import Document, Scene
from newsblotter.extract.encoder import Encoder, load_encoder
from newsblotter.extract.parts import PARTS, SUSPECT_KINDS, VICTIM_KINDS, add_up, scale
from newsblotter.extract.people import gather_evidence
from newsblotter.extract.rules import lay_out
from newsblotter.extract.scenes import find_scenes
from newsblotter.fields import find_spans, load_gazetteer, read_when
from newsblotter.link.values import split_name
from newsblotter.taxonomy import load_taxonomy
from newsblotter_lab.gold import find_shared, is_held_out, read_incidents, read_reports

PENALTY = (
    1.0  # on squared weights, against a sum of log losses over rows; halves and doubles of it score the same on held-out folds
)
RAREST = 15  # rows that must show a kind of evidence for it to get a weight
LOOK_WEIGHT = 3.0  # of a row of heists look: there are few, and they alone know trials, raids and owners
# What the words themselves say, (victim, suspect): weights are drawn to it, and leave it as far as the rows speak.
VICTIM_LIKE, SUSPECT_LIKE = (2.4, -1.0), (-1.0, 2.4)
PRIOR = {**dict.fromkeys(VICTIM_KINDS, VICTIM_LIKE), **dict.fromkeys(SUSPECT_KINDS, SUSPECT_LIKE)}
TARGET = Path(__file__).parents[1] / "newsblotter" / "_data" / "part_weights.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One person of one scene."""

    evidence: Mapping[str, int]
    label: int  # 0 neither, 1 victim, 2 suspect
    weight: float = 1.0
    opinion: Mapping[str, float] | None = None  # the encoder's, for an incident that it was not trained on


def label_of(name: str, people: Iterable[Mapping[str, object]]) -> int | None:
    """The gold part of somebody, 0 if gold does not know the surname; None where it gives several of that name different parts."""
    first, last = split_name(name)
    alike = [p for p in people if p.get("name") and split_name(str(p["name"]))[1] == last and p["role"] in PARTS]
    same = [p for p in alike if split_name(str(p["name"]))[0] == first] or alike
    labels = {PARTS.index(str(p["role"])) + 1 for p in same}
    return labels.pop() if len(labels) == 1 else None if labels else 0


Laid = tuple[Document, Sequence[Scene], Sequence[Mapping[str, object]]]


def collect_rows(laid: Iterable[Laid], weight: float = 1.0) -> Iterator[Row]:
    """The rows of reports: each laid out, with its scenes and the gold people of its incidents."""
    for document, scenes, people in laid:
        for scene in scenes:
            if not scene.is_main():
                continue
            for name, evidence, opinion in gather_evidence(document, scene):
                label = label_of(name, people)
                if label is not None:
                    yield Row(dict(evidence), label, weight, opinion)


def fit(rows: Sequence[Row], penalty: float = PENALTY) -> dict[str, Any]:
    """Weights by multinomial logistic regression, as part_weights.json holds them."""
    seen: dict[str, int] = {}
    for row in rows:
        for kind in row.evidence:
            seen[kind] = seen.get(kind, 0) + 1
    kinds = sorted(kind for kind, times in seen.items() if times >= RAREST or kind in PRIOR)
    place = {kind: at for at, kind in enumerate(kinds)}
    values = np.zeros((len(rows), len(kinds) + 1))
    values[:, -1] = 1.0
    for at, row in enumerate(rows):
        for kind, times in row.evidence.items():
            if kind in place:
                values[at, place[kind]] = scale(times)
    labels = np.eye(3)[[row.label for row in rows]]
    worth = np.array([[row.weight] for row in rows])
    prior = np.zeros((len(kinds) + 1, 2))
    for kind in kinds:
        prior[place[kind]] = PRIOR.get(kind, (0.0, 0.0))

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        theta = flat.reshape(len(kinds) + 1, 2)
        scores = np.hstack([np.zeros((len(rows), 1)), values @ theta])
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        chances = odds / odds.sum(axis=1, keepdims=True)
        held = theta - prior
        held[-1] = 0.0
        cost = -float((worth * labels * np.log(chances + 1e-12)).sum()) + penalty * float((held**2).sum())
        return cost, (values.T @ (worth * (chances - labels))[:, 1:] + 2 * penalty * held).ravel()

    found = minimize(loss, prior.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    theta = np.round(found.x.reshape(len(kinds) + 1, 2), 3)
    return {
        "about": "Log-odds for a victim, for a suspect; newsblotter_lab.fit_parts on gunviolence train, heists look.",
        "bias": dict(zip(PARTS, theta[-1].tolist(), strict=True)),
        "log_odds": {kind: theta[place[kind]].tolist() for kind in kinds},
    }


def fit_trust(rows: Sequence[Row], bias: Mapping[str, float], log_odds: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """How much the encoder's log-odds count beside those of the evidence, and a bias a part, by least log loss."""
    known = np.array([[*add_up(row.evidence, bias, log_odds).values()] for row in rows])
    told = np.array([[(row.opinion or {}).get(part, 0.0) for part in PARTS] for row in rows])
    labels = np.array([row.label for row in rows])

    def loss(theta: npt.NDArray[np.float64]) -> float:
        scores = np.hstack([np.zeros((len(rows), 1)), known + theta[0] * told + theta[1:]])
        chances = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return -float(chances[np.arange(len(rows)), labels].mean())

    found = minimize(loss, np.array([0.5, 0.0, 0.0]), method="Nelder-Mead").x
    return {"trust": round(float(found[0]), 3), **{part: round(float(b), 3) for part, b in zip(PARTS, found[1:], strict=True)}}


def read_laid(folder: Path, name: str, encoder: Encoder | None = None) -> Iterator[Laid]:
    """Lay out the reports of a set; those of incidents that the encoder was not trained on with its view of them."""
    unseen: set[str] = set()
    finder, markers, gazetteer = CueFinder(load_taxonomy()), load_markers("en"), load_gazetteer()
    people: dict[str, list[Mapping[str, object]]] = {}
    for incident in read_incidents(folder, name):
        for report_id in incident["reports"]:
            unseen.update([report_id] if is_held_out(str(incident["incident"])) else ())
            people.setdefault(report_id, []).extend(incident.get("people") or ())
    for report in read_reports(folder, name):
        if report.source_id in people and report.language in (None, "en"):
            document = lay_out(report, lambda text: find_spans(text, gazetteer))
            if encoder is not None and report.source_id in unseen:
                document = replace(document, encoding=encoder.read(report.text))
            yield document, find_scenes(document, finder, markers, read_when), people[report.source_id]


def main() -> None:
    """Fit on gunviolence train and heists look, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    folder = parser.parse_args().folder or find_shared()
    if folder is None:
        raise SystemExit("no labelled data: give its folder, or set NEWSBLOTTER_SHARED")
    laid = read_laid(folder, "gunviolence/train", load_encoder())
    shooting = list(collect_rows(track(laid, "reading", total=None, transient=True)))
    rows = [*shooting, *collect_rows(read_laid(folder, "heists/look"), LOOK_WEIGHT)]
    unseen = [row for row in rows if row.opinion is not None]
    weights = fit([row for row in rows if row.opinion is None])
    trust = fit_trust(unseen, weights["bias"], weights["log_odds"])
    TARGET.write_text(json.dumps({**fit(rows), "encoder": trust}, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
