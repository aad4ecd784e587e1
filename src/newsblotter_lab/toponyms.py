"""Measure how well places are found and put on the map, on LGL, TR-News and GeoVirus.

    python -m newsblotter_lab.toponyms ../shared/data/geoparsing

Accuracy within 161 km (100 miles) of gold toponyms is the field's usual figure.
Source: M. Gritta, M. T. Pilehvar, N. Collier, A pragmatic guide to geoparsing evaluation, 2020.
"""

from __future__ import annotations

import argparse
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from newsblotter.fields.gazetteer import Gazetteer, load_gazetteer, measure_km
from newsblotter.fields.place import find_places, resolve_places
from newsblotter.records import Span

NEAR_KM = 161.0
_DRIFT = 80  # characters by which stated offsets may be wrong
CORPORA = ("lgl", "TR-News", "GeoVirus")


@dataclass(frozen=True, slots=True)
class Article:
    """A text with its gold toponyms; an unplaced toponym has no coordinates."""

    text: str
    home: str | None
    toponyms: tuple[tuple[int, int, float | None, float | None], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one corpus."""

    gold: int  # placed toponyms
    near: int  # of those, given as gold spans, put within 161 km
    inside: int  # the same, but a region or country is right when the gold point lies within one and a half of its radius
    known: int  # gold spans that got a point
    found: int  # our spans that overlap a gold toponym, placed or not
    spans: int  # our spans
    caught: int  # gold toponyms, placed or not, that a span of ours overlaps
    toponyms: int

    @property
    def accuracy(self) -> float:
        return self.near / max(1, self.gold)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.spans)

    @property
    def recall(self) -> float:
        return self.caught / max(1, self.toponyms)


def read_articles(path: Path) -> Iterator[Article]:
    """Read a corpus in the XML form that the three share."""
    for article in ElementTree.parse(path).getroot():
        text = article.findtext("text") or ""
        toponyms = []
        for toponym in (*article.iter("toponym"), *article.iter("location")):
            name = toponym.findtext("phrase") or toponym.findtext("name") or ""
            start = align(text, name, int(toponym.findtext("start") or 0))
            if start is None:
                continue
            end = start + len(name)
            latitude = toponym.findtext("gaztag/lat") or toponym.findtext("lat")
            longitude = toponym.findtext("gaztag/lon") or toponym.findtext("lon")
            placed = latitude and longitude
            toponyms.append((start, end, float(latitude or 0) if placed else None, float(longitude or 0) if placed else None))
        yield Article(text, article.findtext("domain") or None, tuple(sorted(toponyms, key=lambda t: t[:2])))


def align(text: str, name: str, start: int) -> int | None:
    """Find where a toponym really stands: some corpora count from one, or count line ends twice. None: nowhere near."""
    offsets = [i for i in range(max(0, start - _DRIFT), start + _DRIFT) if name and text.startswith(name, i)]
    return min(offsets, key=lambda i: (abs(i - start), i), default=None)


def score_corpus(path: Path, gazetteer: Gazetteer) -> Score:
    """Score one corpus: the placing of gold spans, and the finding of spans."""
    gold = near = inside = known = found = total = caught = toponyms = 0
    for article in read_articles(path):
        spans = tuple(Span(start, end, "place") for start, end, _, _ in article.toponyms)
        wheres = resolve_places(article.text, spans, gazetteer, home=article.home)
        for where, (_, _, latitude, longitude) in zip(wheres, article.toponyms, strict=True):
            if latitude is None or longitude is None:
                continue
            gold += 1
            if where and where.latitude is not None and where.longitude is not None:
                known += 1
                distance = measure_km(where.latitude, where.longitude, latitude, longitude)
                near += distance <= NEAR_KM
                wide = where.precision in ("region", "country")
                inside += distance <= max(NEAR_KM, 1.5 * (where.radius_km or 0.0) if wide else 0.0)
        ours = find_places(article.text, gazetteer)
        total += len(ours)
        toponyms += len(article.toponyms)
        found += sum(any(s.start < end and start < s.end for start, end, _, _ in article.toponyms) for s in ours)
        caught += sum(any(s.start < end and start < s.end for s in ours) for start, end, _, _ in article.toponyms)
    return Score(gold, near, inside, known, found, total, caught, toponyms)


def main() -> None:
    """Print one line for each corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of lgl.xml, TR-News.xml and GeoVirus.xml")
    folder = parser.parse_args().folder
    gazetteer = load_gazetteer()
    for corpus in CORPORA:
        score = score_corpus(folder / f"{corpus}.xml", gazetteer)
        print(
            f"{corpus:9} accuracy@161km {score.accuracy:.3f} of {score.gold} (placed {score.known}; areas by"
            f" extent {score.inside / max(1, score.gold):.3f})"
            f"  finding: precision {score.precision:.3f} recall {score.recall:.3f}"
        )


if __name__ == "__main__":
    main()
