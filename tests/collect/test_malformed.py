"""Broken and hostile input: each is rejected with a reason or read soundly, and its neighbours are read all the same."""

from __future__ import annotations

import gzip
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsblotter.collect import CleanSettings, PageReader, ReadSettings, clean_pages, read_pages
from newsblotter.records import Rejected, Report

SENTENCE = "Two masked men robbed a jewellery shop in Exampleton on Tuesday, police said. Nobody was hurt."
RECORD = {"id": "good", "title": "Shop robbed", "published": "2020-05-06", "text": SENTENCE}
LINE = json.dumps(RECORD).encode()
SOUND = "sound"  # the case is read as a report

Case = tuple[str, bytes, str]  # file name, bytes, what the reason must hold, or SOUND


def jsonl(*lines: bytes) -> bytes:
    return b"\n".join((LINE, *lines, LINE.replace(b"good", b"better"))) + b"\n"


def page(body: str) -> bytes:
    return f"<!doctype html><html><head><title>Shop robbed</title></head><body>{body}</body></html>".encode()


# One bad file each. "rejected" cases name the start of the reason.
FILES: dict[str, Case] = {
    "zero bytes": ("a.txt", b"", "empty file"),
    "zero bytes html": ("a.html", b"", "empty file"),
    "zero bytes json": ("a.json", b"", "empty file"),
    "blank": ("a.txt", b" \n\t\n", "empty text"),
    "blank lines": ("a.jsonl", b"\n\n  \n", "empty file"),
    "two letters": ("a.txt", b"ab 12", "empty text"),
    "binary": ("a.txt", bytes(range(256)) * 40, "binary"),
    "png as text": ("a.txt", b"\x89PNG\r\n\x1a\n" + b"\x00" * 99, "binary: PNG"),
    "pdf as html": ("a.html", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "binary: PDF"),
    "zip": ("a.json", b"PK\x03\x04\x14\x00" + b"\x01" * 60, "binary: zip"),
    "unknown ending": ("a.csv", b"id,text\n1,hello\n", "unknown format"),
    "unknown binary, no ending": ("data", os.urandom(16) + b"\x00\x01\x02" * 500, "binary"),
    "text, no ending": ("notes", SENTENCE.encode(), SOUND),
    "nul inside": ("a.txt", SENTENCE.replace("jewellery", "jewel\x00lery").encode(), SOUND),
    "terminal escapes": ("a.txt", f"\x1b[31m{SENTENCE}\x1b[0m\x07".encode(), SOUND),
    "direction marks": ("a.txt", f"\u202e{SENTENCE}\u202c".encode(), SOUND),
    "utf-8 mark": ("a.txt", b"\xef\xbb\xbf" + SENTENCE.encode(), SOUND),
    "utf-16 little": ("a.txt", SENTENCE.encode("utf-16-le"), SOUND),
    "utf-16 with mark": ("a.txt", b"\xff\xfe" + SENTENCE.encode("utf-16-le"), SOUND),
    "utf-16 big with mark": ("a.txt", b"\xfe\xff" + SENTENCE.encode("utf-16-be"), SOUND),
    "utf-32 with mark": ("a.txt", b"\xff\xfe\x00\x00" + SENTENCE.encode("utf-32-le"), SOUND),
    "latin-1": ("a.txt", f"{SENTENCE} Der Täter floh über die Brücke, sagte der Müller.".encode("latin-1"), SOUND),
    "one broken byte": ("a.txt", f"{SENTENCE} Café".encode() + b"\xff", SOUND),
    "old line ends": ("a.txt", SENTENCE.replace(". ", ".\r").encode(), SOUND),
    "gzip that is none": ("a.txt.gz", SENTENCE.encode(), SOUND),
    "gzip without its ending": ("a.txt", gzip.compress(SENTENCE.encode()), SOUND),
    "gzip cut short": ("a.txt.gz", gzip.compress(SENTENCE.encode() * 50)[:-20], "gzip cut short"),
    "gzip damaged": ("a.txt.gz", gzip.compress(os.urandom(9000).hex().encode())[:4000] + b"\x00" * 900, "gzip"),
    "gzip of nothing": ("a.txt.gz", gzip.compress(b""), "empty file"),
    "gzip header only": ("a.jsonl.gz", b"\x1f\x8b", "gzip cut short"),
    "gzip bomb": ("a.jsonl.gz", gzip.compress(b" " * 64_000_000, 9), "gzip bomb"),
    "broken json": ("a.json", b'{"text": "abc', "json broken"),
    "json list of numbers": ("a.json", b"[1]", "not a record"),
    "json number": ("a.json", b"17", "not a record"),
    "json empty list": ("a.json", b"[]", "empty file"),
    "json lines called json": ("a.json", LINE + b"\n" + LINE.replace(b"good", b"x"), SOUND),
    "html without text": ("a.html", page("<script>alert(1)</script>"), "empty text"),
    "html without anything": ("a.html", b"<html><body></body></html>", "empty text"),
    "html never closed": ("a.html", b"<html><body><div><p>" + SENTENCE.encode() + b" <b>More <i>and more", SOUND),
    "html fragment": ("a.html", b"<p>" + SENTENCE.encode() + b"</p>", SOUND),
    "html wrong charset": ("a.html", b'<meta charset="zip">' + page(f"<p>{SENTENCE}</p>"), SOUND),
    "html soup": ("a.html", page("</p></div><<<p>" + f"<p>{SENTENCE}</p>" + "<table><td></p>" * 50), SOUND),
    "html plain": ("a.html", SENTENCE.encode(), SOUND),
    "html too many tags": ("a.html", page("<b>x" * 500_000), "page too large"),
    "page too large": ("a.txt", b"word " * 4_200_000, "too large"),
    "text too long": ("a.txt", b"word " * 300_000, "text too long"),
    "very long name": ("n" * 250 + ".txt", SENTENCE.encode(), SOUND),
    "odd name": ("\x1b[31m\u202eevil.txt", SENTENCE.encode(), SOUND),
}  # fmt: skip

# One bad line each, between two good ones.
LINES: dict[str, tuple[bytes, str]] = {
    "no json": (b"hello", "json broken"),
    "cut": (LINE[:-9], "json broken"),
    "deep": (b"[" * 500_000, "json too deep"),
    "deep object": (b'{"a":' * 200_000, "json too deep"),
    "long number": (b'{"text": ' + b"7" * 5_000_000 + b"}", "json number too long"),
    "big whole number as id": (json.dumps({**RECORD, "id": 2**63}).encode(), SOUND),
    "infinite": (b'{"id": 1e999, "text": "' + SENTENCE.encode() + b'"}', SOUND),
    "list": (b"[1]", "not a record"),
    "string": (b'"text"', "not a record"),
    "null": (b"null", "not a record"),
    "empty object": (b"{}", "no text"),
    "no text": (b'{"id": "a", "title": "Shop robbed"}', "no text"),
    "text null": (b'{"text": null}', "no text"),
    "text list": (b'{"text": ["a"]}', "text is not a string"),
    "text number": (b'{"text": 5}', "text is not a string"),
    "text empty": (b'{"text": ""}', "empty text"),
    "not utf-8": (b'{"text": "caf\xe9"}', "json not utf-8"),
    "lone surrogate": (b'{"id": "s", "text": "\\ud800 ' + SENTENCE.encode() + b'"}', SOUND),
    "nul": (b'{"id": "n", "text": "\\u0000' + SENTENCE.encode() + b'"}', SOUND),
    "impossible day": (json.dumps({**RECORD, "id": "d", "published": "2020-02-31T25:61"}).encode(), SOUND),
    "year nought": (json.dumps({**RECORD, "id": "y", "published": "0000-00-00"}).encode(), SOUND),
    "odd types": (json.dumps({**RECORD, "id": [1], "title": {"a": 1}, "url": 7, "language": None}).encode(), SOUND),
    "script address": (json.dumps({**RECORD, "id": "u", "url": "javascript:alert(1)"}).encode(), SOUND),
    "same id": (LINE, SOUND),
    "html as text": (json.dumps({"id": "h", "text": f"<div><p>{SENTENCE}</p></div>"}).encode(), SOUND),
    "line too long": (b'{"text": "' + b"x" * 50_000_000 + b'"}', "line too long"),
}  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    with PageReader(time_limit_s=2.0) as started:
        yield started


def read(path: Path, reader: PageReader) -> list[Report | Rejected]:
    return list(clean_pages(read_pages([str(path)], ReadSettings()), CleanSettings(), reader))


def check_sound(report: Report | Rejected) -> None:
    assert isinstance(report, Report), report
    for value in (report.text, report.source_id, report.title):
        value.encode("utf-8")
        assert not any(character in value for character in "\x00\x1b\u202e\ufeff")
    assert report.url is None or report.url.startswith("http")


def judge(found: list[Report | Rejected], wanted: str) -> None:
    assert found
    if wanted == SOUND:
        for report in found:
            check_sound(report)
    else:
        assert [item for item in found if isinstance(item, Rejected) and item.reason.startswith(wanted)], found


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_spoils_no_neighbour(case: str, tmp_path: Path, reader: PageReader) -> None:
    name, body, wanted = FILES[case]
    (tmp_path / "!first.txt").write_text(SENTENCE)
    (tmp_path / name).write_bytes(body)
    (tmp_path / "~last.txt").write_text(SENTENCE)
    found = read(tmp_path, reader)
    assert {"!first", "~last"} <= {item.source_id for item in found if isinstance(item, Report)}
    rest = [item for item in found if not (isinstance(item, Report) and item.source_id in ("!first", "~last"))]
    judge(rest, wanted)
    assert wanted == SOUND or len(rest) == 1


@pytest.mark.parametrize("case", LINES)
def test_a_bad_line_spoils_no_neighbour(case: str, tmp_path: Path, reader: PageReader) -> None:
    line, wanted = LINES[case]
    path = tmp_path / "reports.jsonl"
    path.write_bytes(jsonl(line))
    found = read(path, reader)
    assert len(found) == 3  # the ledger: three lines, three answers
    assert isinstance(found[0], Report) and isinstance(found[2], Report)
    assert (found[0].source_id, found[2].source_id) == ("good", "better")
    judge([found[1]], wanted)
    if isinstance(found[1], Rejected):
        assert found[1].source.endswith(":2")


def test_a_cut_gzip_keeps_its_whole_lines_and_flags_the_end(tmp_path: Path, reader: PageReader) -> None:
    lines = [json.dumps({**RECORD, "id": number, "text": f"{SENTENCE} {os.urandom(40).hex()}"}) for number in range(400)]
    whole = gzip.compress("\n".join(lines).encode())
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    found = read(path, reader)
    assert 100 < sum(isinstance(item, Report) for item in found) < 300
    assert [item.reason.split(":")[0] for item in found if isinstance(item, Rejected)] == ["gzip cut short"]


def test_a_small_gzip_is_sound_however_it_is_cut(tmp_path: Path, reader: PageReader) -> None:
    whole = gzip.compress(LINE + b"\n" + LINE.replace(b"good", b"b") + b"\n")
    for size in range(1, len(whole), 7):
        path = tmp_path / f"{size}.jsonl.gz"
        path.write_bytes(whole[:size])
        assert any(isinstance(item, Rejected) for item in read(path, reader))


HANGS = {
    "attributes": "<p " + " ".join(f"a{number}='x'" for number in range(200_000)) + f">{SENTENCE}</p>",
    "nested": "<div>" * 190_000 + SENTENCE,
}


@pytest.mark.parametrize("case", HANGS)
def test_a_page_that_hangs_its_parser_is_given_up_and_the_next_is_read(case: str, tmp_path: Path, reader: PageReader) -> None:
    (tmp_path / "a.html").write_bytes(page(HANGS[case]))
    (tmp_path / "b.html").write_bytes(page(f"<p>{SENTENCE}</p>"))
    first, second = read(tmp_path, reader)
    assert isinstance(second, Report)
    if isinstance(first, Rejected):
        assert first.reason.startswith("page")
    else:
        assert "jewellery" in first.text


def test_a_page_that_takes_too_much_memory_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page("<p>word</p>" * 190_000))
    (tmp_path / "b.html").write_bytes(page(f"<p>{SENTENCE}</p>"))
    with PageReader(time_limit_s=5.0, memory_limit=200_000_000) as small:
        found = read(tmp_path, small)
    assert len(found) == 2 and isinstance(found[1], Report)


def make_loop(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)


def make_self(folder: Path) -> None:
    (folder / "self.txt").symlink_to(folder / "self.txt")


def make_dangling(folder: Path) -> None:
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")


def make_outside(folder: Path) -> None:
    (folder / "passwd.txt").symlink_to("/etc/hosts")


def make_device(folder: Path) -> None:
    (folder / "zero.txt").symlink_to("/dev/zero")


def make_pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")


def make_socket(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("s.txt")
    finally:
        os.chdir(here)


@pytest.mark.skipif(os.name != "posix", reason="needs links, pipes and sockets")
@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (make_loop, "link"),
        (make_self, "link"),
        (make_dangling, "link"),
        (make_outside, "link"),
        (make_device, "link"),
        (make_pipe, "not a regular file: named pipe"),
        (make_socket, "not a regular file: socket"),
    ],
)
def test_odd_things_in_a_folder_are_not_opened(
    make: Callable[[Path], None], wanted: str, tmp_path: Path, reader: PageReader
) -> None:
    (tmp_path / "a.txt").write_text(SENTENCE)
    make(tmp_path)
    (tmp_path / "z.txt").write_text(SENTENCE)
    found = read(tmp_path, reader)
    assert [item.source_id for item in found if isinstance(item, Report)] == ["a", "z"]
    (rejected,) = [item for item in found if isinstance(item, Rejected)]
    assert rejected.reason.startswith(wanted)


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
def test_a_pipe_named_by_the_user_is_not_waited_for(tmp_path: Path, reader: PageReader) -> None:
    os.mkfifo(tmp_path / "pipe")
    (found,) = read(tmp_path / "pipe", reader)
    assert isinstance(found, Rejected) and "named pipe" in found.reason


def test_a_folder_with_a_file_s_name_is_walked(tmp_path: Path, reader: PageReader) -> None:
    (tmp_path / "x.txt").mkdir()
    (tmp_path / "x.txt" / "y.txt").write_text(SENTENCE)
    assert [item.source_id for item in read(tmp_path, reader) if isinstance(item, Report)] == ["y"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_rejected(tmp_path: Path, reader: PageReader) -> None:
    (tmp_path / "a.txt").write_text(SENTENCE)
    (tmp_path / "b.txt").write_text(SENTENCE)
    (tmp_path / "a.txt").chmod(0)
    first, second = read(tmp_path, reader)
    assert isinstance(first, Rejected) and first.reason.startswith("permission denied")
    assert isinstance(second, Report)


def test_seen_is_reports_and_rejected(tmp_path: Path, reader: PageReader) -> None:
    lines = [line for line, _ in LINES.values() if len(line) < 10_000]
    (tmp_path / "all.jsonl").write_bytes(b"\n".join(lines))
    names = set()
    for number, (name, body, _) in enumerate(FILES.values()):
        if len(body) < 100_000 and ".json" not in name:
            ending = "." + name.partition(".")[2] if "." in name else ""
            names.add(f"f{number}{ending}")
            (tmp_path / f"f{number}{ending}").write_bytes(body)
    pages = list(read_pages([str(tmp_path)], ReadSettings()))
    assert len(pages) == len(lines) + len(names)
    found = list(clean_pages(pages, CleanSettings(), reader))
    assert len(found) == len(pages)
    ids = [item.source_id for item in found if isinstance(item, Report)]
    assert len(ids) == len(set(ids))
