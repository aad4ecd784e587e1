"""Requests made to cost much: ranges, forms and uploads of thousands of parts. Each is answered quickly, none with a failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

SOON_S = 5.0  # a plain answer takes milliseconds; what grows with the square of its parts takes minutes
BOUNDARY = "x7"


@pytest.fixture
def empty(serve: Callable[..., TestClient], tmp_path: Path) -> TestClient:
    return serve(tmp_path / "none.db")


def _part(name: str, body: str = "x", more: str = "") -> str:
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{body}\r\n'


@pytest.mark.parametrize(
    "ranges",
    [
        pytest.param(",".join(f"{at}-{at}" for at in range(0, 12_000, 2)), id="thousands apart"),
        pytest.param(",".join("0-" for _ in range(12_000)), id="all of it, thousands of times"),
        pytest.param("0-18446744073709551615", id="beyond every number"),
        pytest.param("-0,-1,5-2,a-b", id="nonsense"),
    ],
)
def test_ranges_cost_no_more_than_the_file(empty: TestClient, ranges: str) -> None:
    whole = len(empty.get("/static/desk.css").content)
    begun = time.monotonic()
    answer = empty.get("/static/desk.css", headers={"range": f"bytes={ranges}"})
    assert time.monotonic() - begun < SOON_S
    assert answer.status_code in (200, 206, 400, 416)
    assert len(answer.content) <= 4 * whole + 200_000  # with the lines between parts; never the file thousands of times


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("".join(_part(f"f{at}") for at in range(12_000)), id="thousands of fields"),
        pytest.param("".join(_part("files", more=f'; filename="{at}.txt"') for at in range(5_000)), id="thousands of files"),
        pytest.param(_part("theme", more="".join(f"; a{at}=b" for at in range(20_000))), id="thousands of parameters"),
        pytest.param(_part("theme") + "X: y\r\n" * 50_000, id="headers without end"),
        pytest.param(f"--{BOUNDARY}\r\n" * 50_000, id="nothing but boundaries"),
        pytest.param("\r" * 900_000, id="line ends before the first part"),
    ],
)
@pytest.mark.parametrize("path", ["/import", "/preferences", "/api/import"])
def test_forms_of_thousands_of_parts_are_refused_quickly(empty: TestClient, path: str, body: str) -> None:
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    begun = time.monotonic()
    answer = empty.post(path, content=(body + f"--{BOUNDARY}--\r\n").encode(), headers=headers)
    assert time.monotonic() - begun < SOON_S
    assert answer.status_code < 500
    assert empty.get("/import").status_code == 200 and not empty.get("/api/import").json()["running"]


def test_json_that_is_deep_or_long_is_refused(empty: TestClient) -> None:
    for body in (b"[" * 200_000, b'{"judgement":' * 50_000, b'{"number":' + b"9" * 100_000 + b"}", b'{"why":"\xff\xfe"}', b"\x00"):
        begun = time.monotonic()
        answer = empty.post("/api/undo", content=body, headers={"content-type": "application/json"})
        assert time.monotonic() - begun < SOON_S
        assert answer.status_code in (400, 422) and answer.json().keys() == {"error"}, body[:20]
