"""What each format gives, and how sources and ids are named."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from newsblotter.collect import ReadSettings, read_pages
from newsblotter.errors import SourceError
from newsblotter.records import RawPage, Rejected

TEXT = "Two masked men robbed a jewellery shop in Exampleton."
RECORD = {
    "id": 7,
    "url": "https://example.com/a",
    "title": "Shop robbed",
    "published": "2020-05-06",
    "outlet": "The Example",
    "language": "en",
    "text": TEXT,
}


def read(*sources: str | Path, **settings: object) -> list[RawPage | Rejected]:
    return list(read_pages([str(source) for source in sources], ReadSettings(**settings)))  # type: ignore[arg-type]


def only(*sources: str | Path, **settings: object) -> RawPage:
    (page,) = read(*sources, **settings)
    assert isinstance(page, RawPage), page
    return page


@pytest.mark.parametrize(
    ("name", "body", "media_type", "source_id"),
    [
        ("r1.txt", TEXT, "text/plain", "r1"),
        ("r1.HTML", f"<p>{TEXT}</p>", "text/html", "r1"),
        ("r1.htm", f"<p>{TEXT}</p>", "text/html", "r1"),
        ("r1.xhtml", f"<?xml version='1.0'?><html><body><p>{TEXT}</p></body></html>", "text/html", "r1"),
        ("r1.txt", f"<!DOCTYPE html><html><body><p>{TEXT}</p></body></html>", "text/html", "r1"),
        ("r1.html", TEXT, "text/plain", "r1"),
        ("r1.jsonl", json.dumps(RECORD), "text/plain", "7"),
        ("r1.ndjson", json.dumps(RECORD), "text/plain", "7"),
        ("r1.json", json.dumps(RECORD, indent=1), "text/plain", "7"),
        ("r1.json", json.dumps([RECORD]), "text/plain", "7"),
        ("r1.json", json.dumps({"text": TEXT}), "text/plain", "r1"),
        ("r1.jsonl", json.dumps({"id": "x", "html": f"<p>{TEXT}</p>"}), "text/html", "x"),
        ("r1", json.dumps(RECORD), "text/plain", "7"),
        ("2020.05.06", TEXT, "text/plain", "2020.05.06"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_each_format_is_read_packed_or_not(
    name: str, body: str, media_type: str, source_id: str, packed: bool, tmp_path: Path
) -> None:
    path = tmp_path / (name + ".gz" * packed)
    path.write_bytes(gzip.compress(body.encode()) if packed else body.encode())
    page = only(path)
    assert (page.media_type, page.source_id) == (media_type, source_id)
    assert TEXT in page.body.decode()


def test_a_record_s_fields_are_kept_as_stated(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(RECORD))
    page = only(tmp_path / "a.jsonl")
    assert page.url == "https://example.com/a"
    given = {name: page.given[name] for name in ("title", "published", "outlet", "language")}
    assert given == {"title": "Shop robbed", "published": "2020-05-06", "outlet": "The Example", "language": "en"}


@pytest.mark.parametrize(
    ("record", "mapping"),
    [
        ({"story": TEXT, "head": "Shop robbed"}, {"story": "text", "head": "title"}),
        ({"text": "not this", "story": TEXT, "title": "Shop robbed"}, {"story": "text"}),
        ({"body": TEXT, "headline": "Shop robbed"}, {}),
        ({"content": TEXT, "title": "Shop robbed", "source": {"id": None, "name": "The Example"}}, {}),
    ],
)
def test_other_names_are_mapped(record: dict[str, object], mapping: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(record))
    page = only(tmp_path / "a.jsonl", mapping=mapping)
    assert page.body.decode() == TEXT
    assert page.given["title"] == "Shop robbed"


def test_a_mapping_to_an_unknown_field_is_refused() -> None:
    with pytest.raises(SourceError, match="use one of"):
        read("-", mapping={"a": "txet"})


def test_folders_are_walked_in_order_and_hidden_files_passed_over(tmp_path: Path) -> None:
    for name in ("b/z.txt", "b/a.txt", "a.txt", ".hidden.txt", "c/d/e.txt", ".git/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT)
    ids = [page.source_id for page in read(tmp_path) if isinstance(page, RawPage)]
    assert ids[0] == "a" and len(set(ids)) == len(ids) == 4
    assert [page.source.removeprefix(f"{tmp_path}/") for page in read(tmp_path)] == ["a.txt", "b/a.txt", "b/z.txt", "c/d/e.txt"]


def test_the_second_report_of_an_id_gets_its_place_too(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps({**RECORD, "text": TEXT + str(n)}) for n in range(3)))
    ids = [page.source_id for page in read(tmp_path / "a.jsonl") if isinstance(page, RawPage)]
    assert ids == ["7", f"7 ({tmp_path}/a.jsonl:2)", f"7 ({tmp_path}/a.jsonl:3)"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    assert len(read(tmp_path, tmp_path / "a.txt", f"{tmp_path}/*.txt")) == 1


@pytest.mark.parametrize("source", ["nowhere.txt", "nowhere/*.jsonl"])
def test_a_missing_source_is_an_error_before_anything_is_read(source: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT)
    with pytest.raises(SourceError, match="check the"):
        read_pages([str(tmp_path), str(tmp_path / source)], ReadSettings())


@pytest.mark.parametrize(
    ("body", "count", "media_type"),
    [
        (TEXT.encode(), 1, "text/plain"),
        (f"{json.dumps(RECORD)}\n{json.dumps(RECORD)}\n".encode(), 2, "text/plain"),
        (gzip.compress(json.dumps(RECORD).encode()), 1, "text/plain"),
        (b"<html><body><p>hello there</p></body></html>", 1, "text/html"),
        (json.dumps([RECORD, RECORD]).encode(), 2, "text/plain"),
        (json.dumps({**RECORD, "text": TEXT * 900}).encode(), 1, "text/plain"),
    ],
)
def test_standard_input_is_known_by_its_look(body: bytes, count: int, media_type: str) -> None:
    pages = read("-", stdin=io.BytesIO(body))
    assert [page.media_type for page in pages if isinstance(page, RawPage)] == [media_type] * count


def test_the_same_sources_give_the_same_pages(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.jsonl").write_text(json.dumps(RECORD))
    assert read(tmp_path) == read(tmp_path)
