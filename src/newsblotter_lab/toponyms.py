"""Measure how well places are found and put on the map, on LGL, TR-News and GeoVirus.

    python -m newsblotter_lab.toponyms [--set lgl|geovirus|trnews] [--misses]

Accuracy within 161 km (100 miles) of gold toponyms is the field's usual figure: the product's resolver gets the text, the gold
spans and, where the set tells it (LGL), the outlet's host. The weights were tuned on TR-News and on that half of LGL and of
GeoVirus whose texts' hash is even; the other half ("held") is only measured, and ``--misses`` never shows it.
Source: M. Gritta, M. T. Pilehvar, N. Collier, A pragmatic guide to geoparsing evaluation, 2020.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from newsblotter.fields.gazetteer import Gazetteer, load_gazetteer, measure_km
from newsblotter.fields.place import find_places, resolve_places
from newsblotter.records import Span, Where
from newsblotter_lab.gold import find_shared

NEAR_KM = 161.0
_DRIFT = 80  # characters by which stated offsets may be wrong
CORPORA = {"lgl": "lgl.xml", "geovirus": "GeoVirus.xml", "trnews": "TR-News.xml"}


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


def is_held(corpus: str, article: Article) -> bool:
    """Whether an article belongs to the half that nothing was tuned on."""
    return corpus != "trnews" and hashlib.sha256(article.text.encode()).digest()[0] % 2 == 1


def score_article(article: Article, gazetteer: Gazetteer) -> Score:
    """Score one article: the placing of gold spans, and the finding of spans."""
    gold = near = inside = known = 0
    for where, latitude, longitude in place_gold(article, gazetteer):
        gold += 1
        if where and where.latitude is not None and where.longitude is not None:
            known += 1
            distance = measure_km(where.latitude, where.longitude, latitude, longitude)
            near += distance <= NEAR_KM
            wide = where.precision in ("region", "country")
            inside += distance <= max(NEAR_KM, 1.5 * (where.radius_km or 0.0) if wide else 0.0)
    ours = find_places(article.text, gazetteer)
    found = sum(any(s.start < end and start < s.end for start, end, _, _ in article.toponyms) for s in ours)
    caught = sum(any(s.start < end and start < s.end for s in ours) for start, end, _, _ in article.toponyms)
    return Score(gold, near, inside, known, found, len(ours), caught, len(article.toponyms))


def place_gold(article: Article, gazetteer: Gazetteer) -> Iterator[tuple[Where | None, float, float]]:
    """Place the gold spans that have a point: what the resolver says, and that point."""
    spans = tuple(Span(start, end, "place") for start, end, _, _ in article.toponyms)
    wheres = resolve_places(article.text, spans, gazetteer, home=article.home)
    for where, (_, _, latitude, longitude) in zip(wheres, article.toponyms, strict=True):
        if latitude is not None and longitude is not None:
            yield where, latitude, longitude


def add_scores(scores: list[Score]) -> Score:
    """The sum of some articles' scores."""
    return Score(*(sum(column) for column in zip(*map(astuple, scores), strict=True))) if scores else Score(*[0] * 8)


def _print(name: str, score: Score) -> None:
    print(
        f"{name:15} accuracy@161km {score.accuracy:.3f} of {score.gold} (placed {score.known}; areas by"
        f" extent {score.inside / max(1, score.gold):.3f})"
        f"  finding: precision {score.precision:.3f} recall {score.recall:.3f}"
    )


def _print_misses(article: Article, gazetteer: Gazetteer) -> None:
    for where, latitude, longitude in place_gold(article, gazetteer):
        point = (where.latitude, where.longitude) if where else (None, None)
        if point[0] is None or point[1] is None or measure_km(point[0], point[1], latitude, longitude) > NEAR_KM:
            print(f"  {where.name if where else '-':24} {latitude:.2f} {longitude:.2f}  said {point}  home {article.home}")


def main() -> None:
    """Print one line for each part of each corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=tuple(CORPORA), help="one corpus; default all")
    parser.add_argument("--misses", action="store_true", help="list what the tuned part gets wrong")
    options = parser.parse_args()
    shared = find_shared()
    if shared is None or not (folder := shared / "data" / "geoparsing").is_dir():
        sys.exit("the geoparsing corpora are not here: set NEWSBLOTTER_SHARED")
    gazetteer = load_gazetteer()
    for corpus in [options.set] if options.set else CORPORA:
        parts: dict[str, list[Score]] = {"tuned": [], "held": []}
        for article in read_articles(folder / CORPORA[corpus]):
            held = is_held(corpus, article)
            parts["held" if held else "tuned"].append(score_article(article, gazetteer))
            if options.misses and not held:
                _print_misses(article, gazetteer)
        for part, scores in parts.items():
            if scores:
                _print(f"{corpus} {part}", add_scores(scores))
        _print(f"{corpus} all", add_scores(parts["tuned"] + parts["held"]))


if __name__ == "__main__":
    main()
