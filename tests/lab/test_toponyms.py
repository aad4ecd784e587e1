"""The scorer of placed toponyms, on articles of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsblotter.fields.gazetteer import load_gazetteer
from newsblotter_lab.toponyms import Score, add_scores, align, is_held, read_articles, score_article

CORPUS = """<articles>
<article><text>A ferry left Ostend for Dover on Monday. Nobody in Zzyx saw it.</text><domain>example.be</domain><toponyms>
<toponym><start>14</start><end>20</end><phrase>Ostend</phrase><gaztag><lat>51.22</lat><lon>2.92</lon></gaztag></toponym>
<toponym><start>25</start><end>30</end><phrase>Dover</phrase><gaztag><lat>{dover}</lat><lon>1.31</lon></gaztag></toponym>
<toponym><start>51</start><end>55</end><phrase>Zzyx</phrase></toponym>
</toponyms></article></articles>"""


def score(tmp_path: Path, dover: float) -> Score:
    path = tmp_path / "corpus.xml"
    path.write_text(CORPUS.format(dover=dover), "utf-8")
    (article,) = read_articles(path)
    assert [article.text[start:end] for start, end, _, _ in article.toponyms] == ["Ostend", "Dover", "Zzyx"]
    assert article.home == "example.be"
    return score_article(article, load_gazetteer())


def test_counts_what_lies_within_the_limit(tmp_path: Path) -> None:
    found = score(tmp_path, 51.13)
    assert (found.gold, found.known, found.near, found.toponyms) == (2, 2, 2, 3)  # what has no point is not asked for
    assert found.accuracy == 1.0


def test_a_far_point_is_a_miss(tmp_path: Path) -> None:
    assert score(tmp_path, 39.16).accuracy == 0.5  # as if Delaware's Dover were meant


def test_scores_add_up(tmp_path: Path) -> None:
    one = score(tmp_path, 51.13)
    assert add_scores([one, one]).gold == 2 * one.gold
    assert add_scores([]).accuracy == 0.0


@pytest.mark.parametrize(
    ("start", "found"), [(4, 4), (3, 4), (32, 32), (30, 32), (400, None)], ids=["exact", "from one", "second", "drifted", "nowhere"]
)
def test_spans_are_aligned(start: int, found: int | None) -> None:
    assert align("The Bonn office wrote it all to Bonn", "Bonn", start) == found


def test_the_halves_are_fixed_and_trnews_has_none(tmp_path: Path) -> None:
    path = tmp_path / "corpus.xml"
    text = CORPUS.format(dover=51.13)
    body = text.removeprefix("<articles>").removesuffix("</articles>")
    path.write_text("<articles>" + "".join(body.replace("A ferry", f"Ferry {i}") for i in range(60)) + "</articles>", "utf-8")
    articles = list(read_articles(path))
    held = sum(is_held("lgl", article) for article in articles)
    assert 15 < held < 45
    assert not any(is_held("trnews", article) for article in articles)
