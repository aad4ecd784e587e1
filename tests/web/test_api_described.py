"""The description of the API is valid, tells every answer's form, and every answer has the form that it tells."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from newsblotter.store import open_store

Description = dict[str, Any]
WORDS = "correct horse battery"

# What the pages do → how a program does it. What is not there is a browser's own: its cookies, its login, its drawings.
DONE_BY: dict[str, tuple[str, ...]] = {
    "GET /": ("GET /api/incidents", "GET /api/facets", "GET /api/timeline"),
    "GET /incidents/points": ("GET /api/points",),
    "GET /incidents/{incident_id}": ("GET /api/incidents/{incident_id}", "GET /api/incidents/{incident_id}/doubts"),
    "GET /incidents/{incident_id}.json": ("GET /api/incidents/{incident_id}",),
    "GET /incidents/{incident_id}.jsonld": ("GET /export.{form}",),
    "GET /reports/{report_id}": ("GET /api/reports/{report_id}", "GET /api/differences"),
    "GET /search": ("GET /api/search",),
    "GET /import": ("GET /api/import",),
    "GET /import/progress": ("GET /api/import",),
    "POST /import": ("POST /api/import",),
    "GET /review": ("GET /api/review",),
    "GET /compare": ("GET /api/compare", "GET /api/incidents/{incident_id}/candidates"),
    "POST /review/judge": ("POST /api/judgements",),
    "POST /review/preview": ("POST /api/preview",),
    "POST /review/undo": ("POST /api/undo",),
    "GET /incidents/{incident_id}/correct": ("GET /api/incidents/{incident_id}",),
    "POST /incidents/{incident_id}/correct": ("POST /api/corrections",),
    "GET /judgements": ("GET /api/judgements",),
    "GET /alerts": ("GET /api/alerts",),
    "GET /alerts/new": ("GET /api/alerts",),
    "POST /alerts": ("POST /api/alerts",),
    "GET /alerts/{search_id}": ("GET /api/alerts/{alert_id}",),
    "POST /alerts/{search_id}": ("PATCH /api/alerts/{alert_id}",),
    "POST /alerts/{search_id}/forget": ("DELETE /api/alerts/{alert_id}",),
    "GET /people": ("GET /api/users",),
    "POST /people": ("POST /api/users",),
    "POST /people/{name}": ("PATCH /api/users/{name}",),
    "GET /audit": ("GET /api/audit",),
}
A_BROWSERS_OWN = {
    "GET /login": "asks for a password: programs have keys",
    "POST /login": "begins a browser's session",
    "POST /logout": "ends a browser's session",
    "GET /account": "a key may not manage the account that it belongs to",
    "POST /account/password": "the same",
    "POST /account/sessions/end": "the same",
    "POST /account/tokens": "the same; the command token makes them as well",
    "POST /account/tokens/revoke": "the same; the command token takes them back as well",
    "POST /preferences": "theme and language, in cookies",
    "GET /tiles/{zoom}/{x}/{y}": "the map's pictures",
    "GET /feeds/{search_id}.{secret}.rss": "for programs already",
    "GET /api/openapi.json": "the description itself",
}


# --- the description --------------------------------------------------------------------------------------------


@pytest.fixture
def client(serve: Callable[..., TestClient], own_path: Path) -> TestClient:
    opened = serve(own_path, user="ada", workers=1)
    opened.headers["accept"] = "application/json"
    return opened


@pytest.fixture
def described(client: TestClient) -> Description:
    return client.get("/api/openapi.json").json()


def _operations(described: Description) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation


def test_it_is_valid_openapi(described: Description) -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="needs: pip install 'newsblotter[webtest]'")
    assert described["openapi"].startswith("3.1")
    validator.validate(described)


def test_every_route_tells_its_answers_and_errors(described: Description) -> None:
    for name, operation in _operations(described):
        assert operation["description"] and operation["tags"], name
        answers = operation["responses"]
        [(status, good)] = [(status, answer) for status, answer in answers.items() if status.startswith("2")]
        if name.startswith("GET /export"):
            assert good["content"] and "application/json" not in good["content"], name
        elif status != "204":
            schema = good["content"]["application/json"]["schema"]
            assert schema["properties"] and schema["required"], name
        for error in ("400", "401", "403", "422", "503"):
            shape = answers[error]["content"]["application/json"]["schema"]
            assert shape["required"] == ["error"] and answers[error]["description"], name
        for parameter in operation.get("parameters", ()):
            assert parameter["schema"], name


def _routes(routes: Any) -> Iterator[APIRoute]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _routes(inner.routes)
        elif isinstance(route, APIRoute):
            yield route


def _name(route: APIRoute) -> Iterator[str]:
    return (f"{method} {re.sub(r':[a-z]+}', '}', route.path)}" for method in route.methods - {"HEAD"})


def test_what_the_pages_do_programs_can_do(client: TestClient, described: Description) -> None:
    """Each route is described, or a page whose doings a described route does, or a browser's own, for a reason."""
    told = {name for name, _ in _operations(described)}
    routes = {name for route in _routes(client.app.routes) for name in _name(route)}  # type: ignore[attr-defined]
    assert routes == told | DONE_BY.keys() | A_BROWSERS_OWN.keys()
    assert not told & (DONE_BY.keys() | A_BROWSERS_OWN.keys())
    assert {name for some in DONE_BY.values() for name in some} <= told


# --- the answers ------------------------------------------------------------------------------------------------


class Asker:
    """Asks the desk, and holds each answer against the description."""

    def __init__(self, client: TestClient, described: Description) -> None:
        self.client = client
        self.described = described
        self.asked: set[str] = set()
        self._registry = Registry().with_resource("", Resource.from_contents(described, default_specification=DRAFT202012))

    def ask(self, name: str, status: int = 200, *, query: str = "", given: dict[str, str] | None = None, **sent: Any) -> Any:
        """What a described route answers; ``given`` fills the braces of its path."""
        method, path = name.split()
        filled = path.format(**(given or {}))
        answer = self.client.request(method, f"{filled}?{query}" if query else filled, **sent)
        assert answer.status_code == status, (name, answer.text)
        told = self.described["paths"][path][method.lower()]["responses"][str(status)]
        if 200 <= status < 300:
            self.asked.add(name)
        if "content" not in told:
            assert not answer.content, name
            return None
        if "application/json" not in told["content"]:
            assert answer.headers["content-type"].partition(";")[0] in told["content"], name
            return answer.content
        schema = told["content"]["application/json"]["schema"]
        body = answer.json()
        problems = list(Draft202012Validator(self._rooted(schema), registry=self._registry).iter_errors(body))
        assert not problems, (name, problems[0].message, list(problems[0].absolute_path))
        return body

    def _rooted(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema with the components that its references name."""
        return {**json.loads(json.dumps(schema)), "components": self.described["components"]}


@pytest.fixture
def asker(client: TestClient, described: Description) -> Asker:
    return Asker(client, described)


def test_every_answer_has_the_form_that_is_told(asker: Asker, own_path: Path) -> None:
    """Every described route is asked, on the store of the golden reports."""
    _ask_to_look(asker, own_path)
    _ask_to_review(asker)
    _ask_about_alerts(asker)
    _ask_about_people(asker)
    _ask_to_import(asker)
    assert asker.asked == {name for name, _ in _operations(asker.described)}


def _ask_to_look(asker: Asker, path: Path) -> None:
    with open_store(str(path), readonly=True) as store:
        records = list(store.records())
        reports = [report.id for report in store.reports()]
    for query in ("", "limit=3&order=loot", "type=robbery&q=Verdier"):
        asker.ask("GET /api/incidents", query=query)
        for question in ("facets", "points", "timeline"):
            asker.ask(f"GET /api/{question}", query="" if "limit" in query else query)
    asker.ask("GET /api/points", query="zoom=1")
    for record in records:
        given = {"incident_id": record["id"]}
        assert asker.ask("GET /api/incidents/{incident_id}", given=given) == record
        asker.ask("GET /api/incidents/{incident_id}/doubts", given=given)
        asker.ask("GET /api/incidents/{incident_id}/candidates", given=given)
    for report in reports:
        asker.ask("GET /api/reports/{report_id}", given={"report_id": report})
    passages = asker.ask("GET /api/differences", query=f"left={reports[0]}&right={reports[1]}")["passages"]
    assert {passage["kind"] for passage in passages} <= {"same", "gone", "new"} and passages
    same = asker.ask("GET /api/differences", query=f"left={reports[0]}&right={reports[0]}")["passages"]
    assert {passage["kind"] for passage in same} == {"same"}
    asker.ask("GET /api/differences", 404, query="left=none&right=none")
    assert asker.ask("GET /api/search", query="q=robbery")["hits"]
    assert asker.ask("GET /api/changes")["changes"]
    asker.ask("GET /api/stats")
    asker.ask("GET /api/incidents/{incident_id}", 404, given={"incident_id": "none"})
    asker.ask("GET /api/incidents", 400, query="type=heist")
    asker.ask("GET /api/incidents", 422, query="limit=0")
    asker.ask("GET /export/codebook.md")
    asker.ask("GET /export/terms.txt")
    for form in ("csv", "jsonl", "geojson", "jsonld"):
        asker.ask("GET /export.{form}", given={"form": form})
    asker.ask("GET /export.{form}", 404, given={"form": "xlsx"})


def _ask_to_review(asker: Asker) -> None:
    at, left = "", 0
    while left < 30:
        question = asker.ask("GET /api/review", query=at)
        if question["next"] is None:
            break
        at, left = f"after={question['next']}", left + 1
    first, second = asker.ask("GET /api/incidents", query="limit=2")["incidents"]
    sides = {"left": first["id"], "right": second["id"]}
    pair = asker.ask("GET /api/compare", query=f"left={first['id']}&right={second['id']}")
    before = asker.ask("GET /api/incidents")["total"]
    outcomes = asker.ask("POST /api/preview", json={"judgement": "same", **sides})["outcomes"]
    assert {outcome["kind"] for outcome in outcomes} & {"merged", "changed"}
    assert asker.ask("GET /api/incidents")["total"] == before  # a look changes nothing
    asker.ask("POST /api/judgements", 428, json={"judgement": "same", **sides})
    told = asker.ask("POST /api/judgements", json={"judgement": "same", "seen": pair["seen"], **sides})
    asker.ask("POST /api/judgements", 409, json={"judgement": "same", "seen": pair["seen"], **sides})
    lost = next(effect["incident"] for effect in told["effects"] if effect["kind"] == "merged")
    led = asker.client.get(f"/api/incidents/{lost}")
    assert led.status_code == 308 and "308" in asker.described["paths"]["/api/incidents/{incident_id}"]["get"]["responses"]
    asker.ask("POST /api/undo", json={"number": told["number"]})
    body = {"incident": first["id"], "field": "loot", "value": "2-3m EUR"}
    asker.ask("POST /api/corrections", json=body, headers={"if-match": "*"})
    asker.ask("POST /api/corrections", 400, json={**body, "value": "many"}, headers={"if-match": "*"})
    assert len(asker.ask("GET /api/judgements")["judgements"]) == 2
    kinds = {one["kind"] for one in asker.ask("GET /api/changes", query="limit=1000")["changes"]}
    assert {"new", "revived"} <= kinds  # what was merged came back when the word was taken back


def _ask_about_alerts(asker: Asker) -> None:
    hook = {"name": "Robberies", "query": "type=robbery", "channel": "webhook", "target": "https://hook.example/in"}
    saved = asker.ask("POST /api/alerts", 201, json={**hook, "watch": ["loot"], "hours": {"digest": "daily"}})
    assert saved["secret"].startswith("whsec_") and saved["owner"] == "ada" and saved["query"] == "type=robbery"
    feed = asker.ask("POST /api/alerts", 201, json={"name": "All", "channel": "feed"})
    assert asker.client.get(feed["feed"]).status_code == 200 and feed["secret"] == ""
    asker.ask("POST /api/alerts", 400, json={**hook, "target": "ftp://hook.example/in"})
    asker.ask("POST /api/alerts", 422, json={**hook, "colour": "red"})
    given = {"alert_id": saved["id"]}
    assert not asker.ask("PATCH /api/alerts/{alert_id}", given=given, json={"active": False})["active"]
    assert not asker.ask("GET /api/alerts/{alert_id}", given=given)["alert"]["active"]
    assert len(asker.ask("GET /api/alerts")["alerts"]) == 2
    asker.ask("DELETE /api/alerts/{alert_id}", 204, given=given)
    asker.ask("GET /api/alerts/{alert_id}", 404, given=given)


def _ask_about_people(asker: Asker) -> None:
    assert asker.ask("GET /api/me") == {"name": "ada", "role": "admin", "how": "local"}
    asker.ask("POST /api/users", 201, json={"name": "Root", "role": "admin", "password": WORDS})
    asker.ask("POST /api/users", 201, json={"name": "Ben", "role": "reader", "password": WORDS})
    asker.ask("POST /api/users", 400, json={"name": "Cy", "password": "short"})
    asker.ask("POST /api/users", 422, json={"name": "Cy", "role": "king", "password": WORDS})
    changed = asker.ask("PATCH /api/users/{name}", given={"name": "ben"}, json={"role": "reviewer", "active": False})
    assert changed == {"name": "ben", "role": "reviewer", "active": False}
    asker.ask("PATCH /api/users/{name}", 400, given={"name": "root"}, json={"role": "reader"})  # the last admin
    asker.ask("PATCH /api/users/{name}", 400, given={"name": "nobody"}, json={"role": "reader"})
    assert [user["name"] for user in asker.ask("GET /api/users")["users"]] == ["ben", "root"]
    page = asker.ask("GET /api/audit", query="limit=2")
    assert page["state"]["broken"] is None and page["next"] and WORDS not in json.dumps(page)
    older = asker.ask("GET /api/audit", query=f"limit=2&before={page['next']}")
    assert older["state"] is None and older["entries"][0]["number"] == page["next"] - 1
    cut = asker.ask("GET /api/audit", query=f"expect={'0' * 63}1")["state"]
    assert cut["broken"] and "cut off" in cut["reason"]


def _ask_to_import(asker: Asker) -> None:
    assert not asker.ask("GET /api/import")["running"]
    text = b"Gunman robs Oldbridge bank\n\nA gunman robbed the Oldbridge Savings Bank in Leeds on Tuesday, police said."
    sent = {"files": {"files": ("leeds.txt", text, "text/plain")}, "data": {"published": "2024-05-22"}}
    assert asker.ask("POST /api/import", 202, **sent)["running"]
    asker.ask("POST /api/import", 409, **sent)
    end = time.monotonic() + 120
    while (state := asker.ask("GET /api/import"))["running"]:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert state["stage"] == "done" and state["result"]["read"] == 1
    asker.ask("POST /api/import", 422, data={"published": "yesterday"})
