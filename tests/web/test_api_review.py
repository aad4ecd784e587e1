"""Review for programs: the same questions and answers as the pages', and the same guard against deciding on what has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra newsblotter[web]")

from fastapi.testclient import TestClient

from newsblotter.store import open_store

Serve = Callable[..., TestClient]


@pytest.fixture
def client(serve: Serve, own_path: Path) -> TestClient:
    return serve(own_path, user="ada")


def _records(path: Path) -> dict[str, Any]:
    with open_store(str(path), readonly=True) as store:
        return {record["id"]: record for record in store.records()}


def _pair(path: Path) -> tuple[str, str]:
    first, second, *_ = sorted(_records(path))
    return first, second


def test_the_queue_can_be_gone_through(client: TestClient) -> None:
    asked, after = 0, None
    while True:
        found = client.get("/api/review", params={"after": after} if after else {}).json()
        if found["question"] is None:
            break
        question = found["question"]
        assert question["seen"] and question["doubts"] and found["total"] > 0
        assert (question["pair"] is not None) == (question["doubts"][0]["mentions"] is not None)
        asked, after = asked + 1, found["next"]
        if after is None:
            break
    assert asked == client.get("/api/review").json()["total"]


def test_a_pair_is_shown_with_what_speaks_for_and_against(client: TestClient, own_path: Path) -> None:
    left, right = _pair(own_path)
    told = client.get("/api/compare", params={"left": left, "right": right}).json()
    assert {told["left"]["incident"], told["right"]["incident"]} == {left, right}
    assert told["link"] is None or {"name", "value", "weight", "detail"} == set(told["link"]["features"][0])
    assert told["seen"].count("=") == 2


def test_a_judgement_merges_and_undo_parts_again(client: TestClient, own_path: Path) -> None:
    left, right = _pair(own_path)
    seen = client.get("/api/compare", params={"left": left, "right": right}).json()["seen"]
    body = {"judgement": "same", "left": left, "right": right, "why": "one story", "seen": seen}
    answered = client.post("/api/judgements", json=body)
    assert answered.status_code == 200, answered.text
    assert "merged" in {effect["kind"] for effect in answered.json()["effects"]}
    assert len({left, right} & set(_records(own_path))) == 1
    late = client.post("/api/judgements", json={**body, "judgement": "different"})
    assert late.status_code == 409 and late.json()["error"]["code"] == "changed_meanwhile"
    assert late.json()["error"]["detail"]["changed"]
    number = answered.json()["number"]
    assert client.post("/api/undo", json={"number": number, "why": "a slip"}).status_code == 200
    assert set(_records(own_path)) >= {left, right}
    [said] = client.get("/api/judgements").json()["judgements"]
    assert (said["number"], said["by"], said["retired"]) == (number, "ada", {"by": "ada", "why": "a slip"})


def test_a_correction_takes_the_etag_of_its_incident(client: TestClient, own_path: Path) -> None:
    name = _pair(own_path)[0]
    body = {"incident": name, "field": "killed", "value": {"low": 2, "high": 2}, "why": "the court"}
    assert client.post("/api/corrections", json=body).status_code == 428
    tag = client.get(f"/api/incidents/{name}").headers["etag"]
    sent = client.post("/api/corrections", json=body, headers={"If-Match": tag})
    assert sent.status_code == 200, sent.text
    assert _records(own_path)[name]["killed"]["low"] == 2
    again = client.post("/api/corrections", json={**body, "value": "3"}, headers={"If-Match": tag})
    assert again.status_code == 409
    assert client.post("/api/corrections", json={**body, "value": "3+"}, headers={"If-Match": "*"}).status_code == 200
    assert _records(own_path)[name]["killed"]["high"] is None
    assert client.post("/api/corrections", json={**body, "value": None}, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("judgements", {"judgement": "perhaps", "left": "a", "right": "b"}, 422),
        ("judgements", {"judgement": "same", "left": "nothing", "right": "neither", "seen": "0:"}, 404),
        ("judgements", {"judgement": "same", "left": "{left}", "right": "{left}", "seen": "0:"}, 400),
        ("judgements", {"judgement": "same", "left": "{left}", "right": "{right}", "seen": "what"}, 400),
        ("judgements", {"judgement": "same", "left": "{left}", "right": "{right}", "seen": "0:", "score": 1}, 422),
        ("corrections", {"incident": "{left}", "field": "killed", "value": "many", "seen": "0:"}, 400),
        ("corrections", {"incident": "{left}", "field": "shoe_size", "value": "3", "seen": "0:"}, 400),
        ("undo", {}, 400),
        ("undo", {"number": 1}, 400),
    ],
)
def test_what_is_no_answer_is_refused(client: TestClient, own_path: Path, path: str, body: dict[str, Any], status: int) -> None:
    left, right = _pair(own_path)
    before = _records(own_path)
    filled = {k: v.format(left=left, right=right) if isinstance(v, str) else v for k, v in body.items()}
    refused = client.post(f"/api/{path}", json=filled)
    assert refused.status_code == status and refused.json()["error"]["status"] == status
    assert _records(own_path) == before


def test_a_page_of_another_site_cannot_answer(client: TestClient, own_path: Path) -> None:
    left, right = _pair(own_path)
    body = {"judgement": "same", "left": left, "right": right, "seen": "0:"}
    sent = client.post("/api/judgements", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert sent.status_code == 403


def test_the_description_tells_of_it(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert {"get", "post"} <= set(paths["/api/judgements"])
    for name in ("corrections", "undo"):
        told = paths[f"/api/{name}"]["post"]
        assert "application/json" in told["requestBody"]["content"]
        assert {"400", "403", "404", "422"} <= set(told["responses"])
    assert {"409", "428"} <= set(paths["/api/judgements"]["post"]["responses"])
