"""Measure how well the main text of web pages is found, on pages whose text people marked.

python -m newsblotter_lab.pages ../shared/data/pages
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from newsblotter.collect import CleanSettings, PageReader, clean_pages
from newsblotter.records import RawPage, Report

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PageScore:
    """Means over the pages of word precision, recall and F1; a page that was rejected counts as nought."""

    pages: int
    rejected: int
    dated: int
    precision: float
    recall: float
    f1: float
    pages_a_second: float


def score_pages(folder: Path, reader: PageReader | None = None) -> PageScore:
    """Clean every page of the folder and hold its body against the marked text, as bags of words.

    Args:
        folder: Holds ``ground-truth.json`` ({name: {"articleBody"}}) and ``html/<name>.html.gz``.
        reader: Reads the pages; None starts one.
    """
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    raw = [
        RawPage(name, name, None, gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()), "text/html")
        for name in sorted(truth)
    ]
    begun = time.perf_counter()
    found = list(clean_pages(raw, CleanSettings(), reader))
    took = time.perf_counter() - begun
    scores = [_score(item, truth[page.source]["articleBody"]) for page, item in zip(raw, found, strict=True)]
    count = len(scores)
    return PageScore(
        pages=count,
        rejected=sum(not isinstance(item, Report) for item in found),
        dated=sum(isinstance(item, Report) and item.published is not None for item in found),
        precision=sum(score[0] for score in scores) / count,
        recall=sum(score[1] for score in scores) / count,
        f1=sum(score[2] for score in scores) / count,
        pages_a_second=count / took,
    )


def _score(item: object, wanted: str) -> tuple[float, float, float]:
    if not isinstance(item, Report):
        return 0.0, 0.0, 0.0
    body = item.text.removeprefix(item.title)  # the marked texts leave the headline out
    ours, theirs = Counter(_WORD.findall(body)), Counter(_WORD.findall(wanted))
    same = (ours & theirs).total()
    precision, recall = same / max(1, ours.total()), same / max(1, theirs.total())
    return precision, recall, 2 * precision * recall / (precision + recall) if same else 0.0


if __name__ == "__main__":
    print(score_pages(Path(sys.argv[1])))
