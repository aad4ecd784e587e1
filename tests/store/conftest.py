"""One suite for every database: a test that takes ``store`` runs on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from newsblotter.store import Store, open_store

BACKENDS = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.skip(reason="PostgreSQL is not served yet")),
]


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path) -> str:
    return str(tmp_path / "incidents.db")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def reopen(url: str) -> Callable[[], Store]:
    return lambda: open_store(url)
