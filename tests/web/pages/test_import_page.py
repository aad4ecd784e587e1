"""An empty desk teaches; files that are handed in become incidents."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import lxml.html
import pytest
from fastapi.testclient import TestClient

from newsblotter.store import open_store
from newsblotter.web.faults import Refusal
from newsblotter.web.importing import Importer, safe_name

Serve = Callable[..., TestClient]
EXAMPLES = Path(__file__).parents[3] / "examples"
WAIT_S = 60


def _wait(desk: TestClient) -> dict[str, object]:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        told: dict[str, object] = desk.get("/import/progress").json()
        if not told["running"]:
            return told
        time.sleep(0.1)
    raise AssertionError("the import did not end")


def test_an_empty_desk_teaches(serve: Serve, tmp_path: Path) -> None:
    desk = serve(tmp_path / "new.db")
    for path in ("/", "/incidents/nothing", "/search?q=x"):
        page = desk.get(path)
        assert page.status_code == 200
        assert "newsblotter build" in page.text and 'type="file"' in page.text
    assert desk.get("/incidents/nothing.json").json()["error"]["status"] == 503
    assert not (tmp_path / "new.db").exists()


def test_files_become_incidents(serve: Serve, tmp_path: Path) -> None:
    desk = serve(tmp_path / "new.db", workers=1)
    files = [("files", (path.name, path.read_bytes())) for path in sorted(EXAMPLES.iterdir())]
    answer = desk.post("/import", files=files, data={"published": "2024-03-14"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/import")
    assert desk.post("/import", files=files).status_code == 409  # one at a time
    told = _wait(desk)
    assert told["stage"] == "done" and "30 new reports" in str(told["counted"])
    assert lxml.html.fromstring(desk.get("/").text).cssselect(".total strong")[0].text == "19"
    desk.post("/import", files=files)
    assert "30 were known already" in str(_wait(desk)["counted"])


def test_a_build_elsewhere_is_told_of(serve: Serve, own_path: Path) -> None:
    desk = serve(own_path, workers=1)
    with open_store(str(own_path)) as store, store.build_lock():
        desk.post("/import", files=[("files", ("a.txt", b"A man robbed a bank in Lyon on Tuesday."))])
        told = _wait(desk)
    assert told["stage"] == "failed" and "another build" in str(told["counted"])


def test_what_cannot_be_read_is_counted(serve: Serve, tmp_path: Path) -> None:
    desk = serve(tmp_path / "new.db", workers=1)
    desk.post("/import", files=[("files", ("a.txt", b"\x00\xff\xfe\x00\x00")), ("files", ("b.jsonl", b"{not json\n"))])
    told = _wait(desk)
    assert told["stage"] == "done" and "could not be read" in str(told["counted"])


@pytest.mark.parametrize("data", [{"published": "soon"}, {"published": "2024-02-30"}])
def test_wrong_days_are_refused(serve: Serve, tmp_path: Path, data: dict[str, str]) -> None:
    desk = serve(tmp_path / "new.db")
    assert desk.post("/import", files=[("files", ("a.txt", b"x"))], data=data).status_code == 400
    assert desk.post("/import", data={"published": "2024-02-03"}).status_code == 422


def test_an_upload_has_a_size(serve: Serve, tmp_path: Path) -> None:
    desk = serve(tmp_path / "new.db", upload_bytes=2000)
    assert desk.post("/import", files=[("files", ("a.txt", b"x" * 3000))]).status_code == 413


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.txt", "report.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\news\\a.html", "a.html"),
        ("..", "report.txt"),
        (".hidden", "hidden"),
        ("", "report.txt"),
        (None, "report.txt"),
        ("a\x00b\u202ec.txt", "abc.txt"),
        ("<img src=x>.txt", "_img src_x_.txt"),
        ("Raub in Köln, Teil 2.txt", "Raub in Köln, Teil 2.txt"),
        ("x" * 300 + ".jsonl.gz", "x" * 111 + ".jsonl.gz"),
        ("/", "report.txt"),
    ],
)
def test_names_of_files_are_made_safe(name: str | None, safe: str) -> None:
    assert safe_name(name, []) == safe


def test_names_do_not_meet() -> None:
    assert safe_name("a/x.json.gz", ["x.json.gz"]) == "x-2.json.gz"
    assert safe_name("X.txt", ["x.txt", "x-2.txt"]) == "X-3.txt"


def test_the_folder_goes_when_nothing_was_handed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    importer = Importer(str(tmp_path / "new.db"))
    with pytest.raises(Refusal, match="at least one"):
        importer.start([], date(2024, 1, 1))
    with pytest.raises(OSError):
        importer.start([("a.txt", _Broken())], None)
    assert list(tmp_path.iterdir()) == [] and not importer.progress.running


class _Broken(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise OSError("the disk is gone")
