"""The review queue: what it asks, how an answer is taken, and that nobody decides on what they did not see."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra newsblotter[web]")

from fastapi.testclient import TestClient

from newsblotter.records import Feature, Link
from newsblotter.store import open_store
from newsblotter.web import reviewing
from newsblotter.web.people import list_audit, open_desk, verify_audit
from newsblotter.web.waterfall import draw_waterfall


@pytest.fixture
def client(serve: Callable[..., TestClient], own_path: Path) -> TestClient:
    return serve(own_path, user="ada")


def _fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to an address."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form is not None, f"no form goes to {action}"
    return {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1])}


def _pair(path: Path) -> tuple[str, str]:
    """Two incidents of the sample store."""
    with open_store(str(path), readonly=True) as store:
        first, second, *_ = sorted(record["id"] for record in store.records())
    return first, second


def _records(path: Path) -> dict[str, Any]:
    with open_store(str(path), readonly=True) as store:
        return {record["id"]: record for record in store.records()}


def _compare(client: TestClient, left: str, right: str) -> dict[str, str]:
    page = client.get("/compare", params={"left": left, "right": right})
    assert page.status_code == 200
    return _fields(page.text, "/review/judge")


def test_the_queue_asks_and_every_question_can_be_left(client: TestClient) -> None:
    path, asked = "/review", 0
    while asked < 60:
        page = client.get(path)
        assert page.status_code == 200
        if "Nothing is left to look at" in page.text:
            break
        asked += 1
        onward = re.search(r'<a class="button" href="([^"]+)" data-key="[uj]"', page.text)
        if onward is None:
            break
        path = html.unescape(onward[1])
    assert 0 < asked < 60


def test_a_disputed_value_is_settled_by_one_button(client: TestClient, own_path: Path) -> None:
    disputed = {name: record for name, record in _records(own_path).items() if record["disputed"]}
    assert disputed
    name, record = next((n, r) for n, r in disputed.items() if "loot" in r["disputed"] or r["disputed"])
    field = record["disputed"][0]
    page = client.get(f"/incidents/{name}/correct", params={"field": field})
    fields = _fields(page.text, f"/incidents/{name}/correct")
    values = [html.unescape(v) for v in re.findall(r'<button class="button small" name="value" value="([^"]*)"', page.text)]
    assert len(values) > 1
    answered = client.post(f"/incidents/{name}/correct", data={**fields, "value": values[-1]})
    assert answered.status_code == 303, answered.text
    [correction] = _records(own_path)[name]["corrections"]
    assert correction["by"] == "ada" and correction["field"] == field
    with open_store(str(own_path), readonly=True) as store:
        assert field not in {doubt.field for doubt in store.doubts(name)}


def test_a_merge_is_previewed_done_and_undone(client: TestClient, own_path: Path) -> None:
    left, right = _pair(own_path)
    fields = _compare(client, left, right)
    preview = client.post("/review/preview", data={**fields, "verdict": "same"})
    assert preview.status_code == 200 and "merged" in preview.text
    assert set(_records(own_path)) >= {left, right}
    merged = client.post("/review/judge", data={**fields, "verdict": "same", "why": "one story"})
    assert merged.status_code == 303
    number = int(merged.headers["location"].rpartition("done=")[2])
    assert len({left, right} & set(_records(own_path))) == 1
    gone = next(iter({left, right} - set(_records(own_path))))
    assert client.get(f"/incidents/{gone}").status_code == 308
    undone = client.post("/review/undo", data={"number": number, "why": "a namesake"})
    assert undone.status_code == 303
    assert set(_records(own_path)) >= {left, right}
    assert "taken back by ada" in client.get("/judgements").text


def test_undo_without_a_number_takes_back_ones_own_last_word(serve: Callable[..., TestClient], own_path: Path) -> None:
    left, right = _pair(own_path)
    ada, ben = serve(own_path, user="ada"), serve(own_path, user="ben")
    for one in (ada, ben):
        assert one.post("/review/judge", data={**_compare(one, left, right), "verdict": "unsure"}).status_code == 303
    assert ada.post("/review/undo").status_code == 303
    page = ada.get("/judgements").text
    assert page.count("taken back by ada") == 1 and "taken back by ben" not in page
    assert ada.post("/review/undo").status_code == 400  # ben's word is ben's


def test_the_second_of_two_reviewers_is_told_what_changed(client: TestClient, own_path: Path) -> None:
    left, right = _pair(own_path)
    first = _compare(client, left, right)
    second = _compare(client, left, right)
    assert client.post("/review/judge", data={**first, "verdict": "same"}).status_code == 303
    late = client.post("/review/judge", data={**second, "verdict": "different"}, headers={"accept": "application/json"})
    assert late.status_code == 409
    told = late.json()["error"]
    assert told["code"] == "changed_meanwhile" and any(c["kind"] == "merged" for c in told["detail"]["changed"])
    assert client.post("/review/judge", data={**second, "verdict": "different"}).status_code == 409  # and as a page


def test_of_many_answers_to_one_question_one_is_taken(client: TestClient, own_path: Path) -> None:
    left, right = _pair(own_path)
    fields = _compare(client, left, right)
    codes: list[int] = []

    def answer() -> None:
        codes.append(client.post("/review/judge", data={**fields, "verdict": "same"}).status_code)

    threads = [threading.Thread(target=answer) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 409, 409, 409, 409, 409]


@contextmanager
def _building(path: Path) -> Iterator[None]:
    """A build of another process holds the store meanwhile."""
    script = "import sys; from newsblotter.store import open_store\n"
    script += "with open_store(sys.argv[1]).build_lock(): print('held', flush=True); input()"
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as build:
        assert build.stdout is not None and build.stdout.readline() == "held\n"
        yield
        build.communicate("\n")


@pytest.mark.parametrize("address", ["/review/judge", "/review/preview"])
def test_what_is_answered_during_a_build_is_kept_for_sending_it_again(
    client: TestClient, own_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(reviewing, "PATIENCE_S", 0.2)
    fields = {**_compare(client, *_pair(own_path)), "verdict": "same", "why": 'one <story> "twice"'}
    with _building(own_path):
        page = client.post(address, data=fields)
        assert page.status_code == 503 and int(page.headers["retry-after"]) > 0
        again = _fields(page.text, address)
        assert again == fields
        assert client.post(address, data=fields, headers={"accept": "application/json"}).json()["error"]["code"] == "busy"
        assert client.get("/").status_code == client.get("/review").status_code == 200
    assert client.post(address, data=again).status_code == {"/review/judge": 303, "/review/preview": 200}[address]


def test_a_correction_made_during_a_build_is_kept_too(client: TestClient, own_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "PATIENCE_S", 0.2)
    address = f"/incidents/{_pair(own_path)[0]}/correct"
    form = client.get(address, params={"field": "target"}).text
    fields = {**_fields(form, address), "field": "target", "value": "Lumen & Sons", "why": "says the sign"}
    with _building(own_path):
        page = client.post(address, data=fields)
        assert page.status_code == 503 and "Lumen &amp; Sons" in page.text
        undo = client.post("/review/undo", data={"number": 1})
        assert undo.status_code == 503 and _fields(undo.text, "/review/undo") == {"number": "1"}
    assert client.post(address, data=_fields(page.text, address)).status_code == 303
    assert _records(own_path)[_pair(own_path)[0]]["target"] == "Lumen & Sons"


def test_many_who_wait_for_a_build_leave_the_pages_to_others(
    client: TestClient, own_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviewing, "PATIENCE_S", 4.0)
    fields = {**_compare(client, *_pair(own_path)), "verdict": "same"}
    codes: list[int] = []
    with _building(own_path):
        answers = [
            threading.Thread(target=lambda: codes.append(client.post("/review/judge", data=fields).status_code)) for _ in range(16)
        ]
        for one in answers:
            one.start()
        while len(codes) < 16 - reviewing.MOST_PATIENT:
            time.sleep(0.05)
        for place in range(10):
            assert client.get(f"/?min_voices={place + 1}").status_code == 200
        assert len(codes) == 16 - reviewing.MOST_PATIENT  # the others still wait
        for one in answers:
            one.join()
    assert codes == [503] * 16


def test_words_are_listed_a_page_at_a_time(client: TestClient, own_path: Path) -> None:
    left, right = _pair(own_path)
    for _ in range(5):
        client.post("/review/judge", data={**_compare(client, left, right), "verdict": "unsure"})
    numbers = [word["number"] for word in client.get("/api/judgements").json()["judgements"]]
    client.post("/review/undo", data={"number": numbers[3], "why": "a slip"})
    found: list[dict[str, Any]] = []
    before: int | None = None
    while True:
        page = client.get("/api/judgements", params={"limit": 2, **({"before": before} if before else {})}).json()
        found += page["judgements"]
        before = page["next"]
        if before is None:
            break
    assert [word["number"] for word in found] == numbers == sorted(numbers, reverse=True)
    assert [word["number"] for word in found if word["retired"]] == [numbers[3]]


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("NEWSBLOTTER_LONG"), reason="takes a minute; set NEWSBLOTTER_LONG=1")
def test_of_a_hundred_answers_by_two_desks_one_is_taken(serve: Callable[..., TestClient], own_path: Path) -> None:
    """Two programs over one store, fifty answers each, all at once, each saying something else."""
    desks = [serve(own_path, user=name) for name in ("ada", "ben")]
    fields = _compare(desks[0], *_pair(own_path))
    ready = threading.Barrier(20)
    codes: list[int] = []

    def answer(start: int) -> None:
        ready.wait()
        for turn in range(start, start + 5):
            verdict = ("same", "different")[turn % 2] if codes else "same"
            codes.append(desks[turn % 2].post("/review/judge", data={**fields, "verdict": verdict}).status_code)

    threads = [threading.Thread(target=answer, args=(5 * n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 100
    with open_store(str(own_path), readonly=True) as store:
        told = len(list(store.journal("judgement")))
        changed = len(list(store.journal("redirected", "split")))
    assert codes.count(303) == told and set(codes) <= {303, 409, 503}
    assert changed <= told and 303 in codes


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"verdict": "same", "seen": ""}, 400),
        ({"verdict": "perhaps"}, 422),
        ({"verdict": "same", "left": "m-nothing"}, 404),
        ({"verdict": "same", "seen": "0:" + "x" * 3000}, 422),
    ],
)
def test_what_is_no_answer_is_refused(client: TestClient, own_path: Path, data: dict[str, str], status: int) -> None:
    fields = _compare(client, *_pair(own_path))
    before = _records(own_path)
    assert client.post("/review/judge", data={**fields, **data}).status_code == status
    assert _records(own_path) == before


def test_a_correction_keeps_the_words_that_were_picked(client: TestClient, own_path: Path) -> None:
    name = _pair(own_path)[0]
    page = client.get(f"/incidents/{name}/correct", params={"field": "killed", "quote": "two “men” <died>"})
    assert "two “men” &lt;died&gt;" in page.text
    fields = _fields(page.text, f"/incidents/{name}/correct")
    sent = client.post(f"/incidents/{name}/correct", data={**fields, "value": "2", "quote": "two men died", "why": "the court"})
    assert sent.status_code == 303
    [correction] = _records(own_path)[name]["corrections"]
    assert correction["why"] == "the court “two men died”" and correction["value"]["low"] == 2


@pytest.mark.parametrize(("field", "value"), [("killed", "many"), ("date", "someday"), ("shoe_size", "3"), ("type", "null")])
def test_a_value_that_is_none_is_explained(client: TestClient, own_path: Path, field: str, value: str) -> None:
    name = _pair(own_path)[0]
    fields = _fields(client.get(f"/incidents/{name}/correct", params={"field": "killed"}).text, f"/incidents/{name}/correct")
    refused = client.post(f"/incidents/{name}/correct", data={**fields, "field": field, "value": value})
    assert refused.status_code == 400


def test_a_blind_reviewer_sees_no_score(client: TestClient, own_path: Path) -> None:
    hidden = client.get("/review?blind=1").text
    assert "waterfall" not in hidden and "with probability" not in hidden


def test_what_was_decided_stands_in_the_audit_log(client: TestClient, own_path: Path) -> None:
    fields = _compare(client, *_pair(own_path))
    client.post("/review/judge", data={**fields, "verdict": "different"})
    people = open_desk(own_path)
    with people.reading() as connection:
        entries, state = list_audit(connection), verify_audit(connection)
    people.close()
    assert [(entry.who, entry.what) for entry in entries] == [("ada", "different")] and state.broken is None


def test_the_picture_adds_up() -> None:
    features = tuple(Feature(f"f{n}", 1.0, weight, f"because {n}") for n, weight in enumerate((2.0, -1.0, 0.5, 0.001, 0.0)))
    link = Link("a", "b", 0.8, features)
    picture = draw_waterfall(link)
    assert picture is not None
    start, *steps, end = picture.bars
    assert [bar.number for bar in steps] == [2.0, -1.0, 0.5]
    assert (start.kind, end.kind, end.number) == ("start", "end", 0.8)
    for before, bar in pairwise(steps):
        edges = {before.left, round(before.left + before.width, 1)}
        assert edges & {bar.left, round(bar.left + bar.width, 1)}, "each bar begins where the one before it ended"
    assert draw_waterfall(Link("a", "b", 1.0)) is None


def test_the_store_that_was_reviewed_rebuilds_to_the_same(client: TestClient, own_path: Path, tmp_path: Path) -> None:
    """A person's words live in the journal: what the desk wrote, a rebuild keeps."""
    from newsblotter.revise import rebuild

    left, right = _pair(own_path)
    client.post("/review/judge", data={**_compare(client, left, right), "verdict": "same"})
    before = json.dumps({n: r["title"] for n, r in sorted(_records(own_path).items())})
    copy = tmp_path / "copy"
    copy.mkdir()
    for part in own_path.parent.glob(own_path.name + "*"):
        shutil.copy(part, copy / part.name)
    with open_store(str(copy / own_path.name)) as store:
        rebuild(store)
    assert json.dumps({n: r["title"] for n, r in sorted(_records(copy / own_path.name).items())}) == before
