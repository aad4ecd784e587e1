"""What schemathesis makes of the API's own description: whatever it sends, the desk does not fail."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("schemathesis")

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode

from newsblotter.store import Reading, open_store
from newsblotter.web.app import create_app
from newsblotter.web.settings import WebSettings
from store.invented import invent_entries, make_mention, make_report

A_ROUTE = 25  # cases of one route in every run
IN_ALL = 5_000  # cases of all routes in the long run
ADDRESS = "http://127.0.0.1:8765"
TAKEN = frozenset({"method", "url", "params", "headers", "json"})  # what the test client knows of a request
BEGIN_A_BUILD = {("POST", "/api/import")}  # each taken would be a process of its own; asked in test_api_described.py
PHASES = (Phase.explicit, Phase.generate)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A desk over a small store."""
    path = tmp_path_factory.mktemp("fuzz") / "a.db"
    report = make_report("a")
    mention = make_mention(report)
    with open_store(str(path)) as store:
        store.add_reports([report])
        store.save_readings([Reading(report.id, "rules-1", None, (mention,))])
        store.replace_incidents(invent_entries(1, 40))
    with TestClient(create_app(WebSettings(store=str(path))), base_url=ADDRESS, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def operations(client):
    described = client.get("/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(described)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    found = [operation.ok() for operation in schema.get_all_operations()]
    return [one for one in found if (one.method.upper(), one.path) not in BEGIN_A_BUILD]


def send(client, operations, cases: int) -> int:
    """Send so many cases to every route, those that write among them; how many were sent."""
    sent = 0
    for operation in operations:

        @settings(max_examples=cases, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck), database=None)
        @schemathesis_given(operation)
        def check(case) -> None:
            nonlocal sent
            sent += 1
            asked = case.as_transport_kwargs(base_url=ADDRESS, headers={"accept": "application/json"})
            answer = client.request(**{name: part for name, part in asked.items() if name in TAKEN})
            assert answer.status_code < 500, (case.as_curl_command(), answer.text)
            if answer.status_code >= 400:
                assert "error" in answer.json(), case.as_curl_command()

        check()
    return sent


def schemathesis_given(operation):
    from hypothesis import given
    from hypothesis import strategies as st

    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    return given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes)))


def test_no_case_fails(client, operations) -> None:
    assert send(client, operations, A_ROUTE) > 200


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("NEWSBLOTTER_LONG"), reason="takes minutes; set NEWSBLOTTER_LONG=1")
def test_none_of_five_thousand_cases_fails(client, operations) -> None:
    assert send(client, operations, 2 * IN_ALL // len(operations)) >= IN_ALL  # some routes take nothing, so that few cases differ
