"""A desk over a store of invented reports, and a client that asks it as a browser of this machine does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi")

from fastapi.testclient import TestClient

from hostile import write_hostile_reports
from newsblotter import build
from newsblotter.pipeline import Settings
from newsblotter.web.app import create_app
from newsblotter.web.settings import WebSettings

EXAMPLES = Path(__file__).parents[2] / "examples"
ADDRESS = "http://127.0.0.1:8765"

Serve = Callable[..., TestClient]


@pytest.fixture(scope="session")
def sample_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the sample reports; copy it before writing to it."""
    path = tmp_path_factory.mktemp("sample") / "sample.db"
    build([EXAMPLES], path, settings=Settings(workers=1))
    return path


@pytest.fixture(scope="session")
def hostile_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of reports that try to run something in the reader's browser."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "reports").mkdir()
    write_hostile_reports(folder / "reports")
    build([folder / "reports"], folder / "hostile.db", settings=Settings(workers=1))
    return folder / "hostile.db"


@pytest.fixture
def own_path(sample_path: Path, tmp_path: Path) -> Path:
    """A copy of the sample store that a test may change."""
    for part in sample_path.parent.iterdir():
        shutil.copy(part, tmp_path / part.name)
    return tmp_path / sample_path.name


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Opens desks: ``serve(path, host="0.0.0.0")`` gives a client of one."""
    opened: list[TestClient] = []

    def open_desk(store: str | os.PathLike[str], **settings: object) -> TestClient:
        app = create_app(WebSettings(store=os.fspath(store), **settings))  # type: ignore[arg-type]
        client = TestClient(app, base_url=ADDRESS, raise_server_exceptions=False, follow_redirects=False)
        client.headers["accept"] = "text/html"
        client.__enter__()
        opened.append(client)
        return client

    yield open_desk
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def desk(serve: Serve, sample_path: Path) -> TestClient:
    """A desk over the sample store."""
    return serve(sample_path)
