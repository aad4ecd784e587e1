"""Fit how much each sign tells that a phrase is what was robbed or attacked; writes _data/target_weights.json.

    python -m newsblotter_lab.fit_target [FOLDER of labelled data]

A row is the main incident of a report: of heists look, where the gold record names the target, and of the reports written by hand,
where it is marked. Its phrases compete with each other and with "none", which is right where no target is marked.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.progress import track

from newsblotter.evaluate.facts import same_target
from newsblotter.extract.cues import CueFinder, load_markers
from newsblotter.extract.document import Document, Scene
from newsblotter.extract.rules import lay_out
from newsblotter.extract.scenes import find_scenes
from newsblotter.extract.target import Candidate, find_candidates
from newsblotter.extract.target_weights import hear, scale
from newsblotter.fields import find_spans, load_gazetteer, read_when
from newsblotter.fields.targets import read_target
from newsblotter.records import Reality, Report, Role
from newsblotter.taxonomy import load_taxonomy
from newsblotter_lab.gold import find_shared, read_incidents, read_reports
from newsblotter_lab.written import Written, load_reports, load_struck

PENALTY = 0.1  # on squared weights, against a sum of log losses over rows; 0.05 … 0.15 score the same on held-out folds
RAREST = 4  # rows that must show a sign for it to get a weight
UNREAD = -2.0  # log-odds that stand for the encoder's where it did not read
# What the encoder's log-odds are multiplied with: between 0.3 and 0.5, which do best on reports that neither had seen.
TRUST = 0.4
# Added to a plain noun's log-odds: a reader asked for the target gives a name. 0 … -2.5 do alike on folds; at -1.5 a bare
# headline's shop is lost.
NOUN = -1.0
PRINTED = date(2021, 11, 20)  # any day; the written reports bear none
_HOME = re.compile(r"\b(?:home|house|villa|mansion|flat|apartment|bungalow|residence|penthouse|suite)$")
_NAME = re.compile(r"(?:[A-ZÀ-Þ][\w’'-]+ ?){2,3}")
_ARTICLE = re.compile(r"^(?:the|an?|his|her|its|their) ", re.IGNORECASE)
OUTPUT = Path(__file__).parents[1] / "newsblotter" / "_data" / "target_weights.json"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """The phrases of one incident."""

    signs: tuple[Mapping[str, int], ...]
    right: tuple[bool, ...]  # none of them: nothing is the target
    opinions: tuple[float | None, ...]  # the encoder's


def make_row(document: Document, scene: Scene, names: Sequence[str]) -> Row | None:
    """The row of a scene whose target is one of ``names``, or nothing; None where no phrase of it bears such a name."""
    candidates = find_candidates(document, scene)
    right = tuple(is_right(document, candidate, names) for candidate in candidates)
    if not candidates or (names and not any(right)):
        return None
    opinions = tuple(hear(document.encoding, candidate.mentions) for candidate in candidates)
    return Row(tuple(dict(candidate.signs) for candidate in candidates), right, opinions)


def is_right(document: Document, candidate: Candidate, names: Iterable[str]) -> bool:
    """Whether a phrase is read as one of some names."""
    found = read_target(document.report.text, candidate.start, candidate.end)
    return found is not None and any(same_target(found, name) for name in names)


def fit(rows: Sequence[Row], penalty: float = PENALTY) -> dict[str, float]:
    """Log-odds by sign, by the greatest likelihood of the right phrases."""
    from scipy.optimize import minimize  # for those who fit alone

    seen: dict[str, int] = {}
    for row in rows:
        for sign in {sign for signs in row.signs for sign in signs}:
            seen[sign] = seen.get(sign, 0) + 1
    names = sorted(sign for sign, times in seen.items() if times >= RAREST)
    place = {sign: at for at, sign in enumerate(names)}
    tables: list[tuple[Floats, npt.NDArray[np.bool_]]] = []
    for row in rows:
        values = np.zeros((len(row.signs) + 1, len(names)))  # the last line is "none"
        for at, signs in enumerate(row.signs):
            for sign, times in signs.items():
                if sign in place:
                    values[at, place[sign]] = scale(times)
        tables.append((values, np.array([*row.right, not any(row.right)])))

    def loss(theta: Floats) -> tuple[float, Floats]:
        cost, slope = penalty * float((theta**2).sum()), 2 * penalty * theta
        for values, right in tables:
            scores = values @ theta
            odds = np.exp(scores - scores.max())
            chances = odds / odds.sum()
            hit = float(chances[right].sum()) + 1e-12
            cost -= float(np.log(hit))
            slope = slope + values.T @ (chances - np.where(right, chances, 0.0) / hit)
        return cost, slope

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    return {sign: round(float(weight), 3) for sign, weight in zip(names, found, strict=True)}


def whole_scene(document: Document, kind: str) -> Scene:
    """A scene of all sentences, for a report whose incident the cue words do not find."""
    first = document.sentences[0]
    indices = tuple(sentence.index for sentence in document.sentences if sentence.readable)
    return Scene(kind, Role.MAIN, Reality.ACTUAL, (first.start, first.end), indices)


class Reader:
    """Lays out reports and finds their main incident."""

    def __init__(self) -> None:
        self._finder, self._markers, self._gazetteer = CueFinder(load_taxonomy()), load_markers("en"), load_gazetteer()

    def read(self, report: Report, kind: str) -> tuple[Document, Scene]:
        """A report and its main incident; the whole report, as of ``kind``, where none is found."""
        document = lay_out(report, lambda text: find_spans(text, self._gazetteer))
        scenes = find_scenes(document, self._finder, self._markers, read_when)
        main = next((scene for scene in scenes if scene.is_main()), None)
        return document, main or whole_scene(document, kind)


def written_rows(reader: Reader, written: Iterable[Written]) -> Iterator[Row]:
    """The rows of reports written by hand."""
    for number, report in enumerate(written):
        if report.type == "none" or report.reality not in ("actual", "attempted"):
            continue
        first_end = report.sentences[0][1]
        title = report.text[:first_end] if report.text[first_end : first_end + 2] == "\n\n" else ""
        name = f"written-{number}"
        document, scene = reader.read(Report(name, name, None, None, title, report.text, "en", PRINTED), report.type)
        row = make_row(document, scene, target_names(report))
        if row is not None:
            yield row


def target_names(report: Written) -> list[str]:
    """How a report names its target: by proper names, or by plain nouns where it has none; a home by who lives there."""

    def told(wanted: str) -> list[str]:
        return [_ARTICLE.sub("", report.text[start:end]) for start, end, label, main in report.spans if label == wanted and main]

    targets = told("target")
    named = [words for words in targets if any(letter.isupper() for letter in words)]
    owners = [words for words in told("victim") if _NAME.fullmatch(words)]
    return named or (owners if owners and any(_HOME.search(words) for words in targets) else targets)


def look_rows(reader: Reader, folder: Path) -> Iterator[Row]:
    """The rows of heists look, of incidents whose target gold names."""
    named: dict[str, list[Mapping[str, Any]]] = {}
    for incident in read_incidents(folder, "heists/look"):
        for report_id in incident["reports"] if incident.get("target") else ():
            named.setdefault(report_id, []).append(incident)
    for report in read_reports(folder, "heists/look"):
        if report.source_id in named and report.language in (None, "en"):
            incidents = named[report.source_id]
            document, scene = reader.read(report, incidents[0]["type"])
            row = make_row(document, scene, [incident["target"] for incident in incidents])
            if row is not None:
                yield row


def main() -> None:
    """Fit on heists look and the reports written by hand, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    folder = parser.parse_args().folder or find_shared()
    if folder is None:
        raise SystemExit("no labelled data: give its folder, or set NEWSBLOTTER_SHARED")
    reader = Reader()
    written = written_rows(reader, (*load_reports(), *load_struck()))
    rows = [*track(written, "reading", total=None, transient=True), *look_rows(reader, folder)]
    about = "Log-odds by sign; newsblotter_lab.fit_target on heists look and the reports written by hand."
    weights = {"about": about, "trust": TRUST, "unread": UNREAD, "noun": NOUN, "log_odds": fit(rows)}
    OUTPUT.write_text(json.dumps(weights, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
