"""A desk that is really served, and Debian's Chromium to drive it. Skipped in plain words where either part is missing.

Every test of a page runs on two stores: the golden reports, and labelled reports of heists where they are at hand. The texts
of those are kept unread, so a test that fails on them tells the line and no value.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="browser tests need: pip install 'newsblotter[webtest]'")
pytest.importorskip("axe_playwright_python", reason="browser tests need: pip install 'newsblotter[webtest]'")

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from newsblotter import build
from newsblotter.pipeline import Settings
from newsblotter.web.app import create_app
from newsblotter.web.settings import WebSettings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
PATIENCE_S = 40.0  # software rendering on a busy machine
SHARED = Path(os.environ.get("NEWSBLOTTER_SHARED") or Path(__file__).parents[4] / "shared")
HEISTS = SHARED / "data" / "heists" / "dev" / "reports.jsonl"
LOOKS = {"golden": (("light", 1300), ("dark", 390), ("dark", 1000)), "heists": (("light", 1300),)}  # theme and width


# --- what a failure tells ---------------------------------------------------------------------------------------


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """On reports that nobody may read: where it failed, and as what; no value, no text of a page."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.failed and "heists" in item.nodeid and call.excinfo is not None:
        places = [f"{entry.path.name}:{entry.lineno + 1}: {str(entry.statement).strip()}" for entry in call.excinfo.traceback]
        ours = [place for place in places if place.startswith(("test_", "conftest"))]
        report.longrepr = "\n".join([*ours, f"{call.excinfo.typename}; its words are left out, as they may hold a report's"])
        report.sections = []


class Watched:
    """A page and what went wrong on it."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.problems: list[str] = []
        self.outside: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("console", self._hear)
        page.on("dialog", lambda dialog: (self.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", self._look)

    def _hear(self, message: Any) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.problems.append(f"console: {message.text}")

    def _look(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self, path: str) -> Page:
        """Go to a page of the desk and wait until it is drawn."""
        self.page.goto(self.base + path)
        self.wait("document.readyState === 'complete'")
        return self.page

    def wait(self, condition: str, patience_s: float = PATIENCE_S) -> None:
        """Wait until a condition holds: asked again and again, as the policy forbids what wait_for_function does."""
        end = time.monotonic() + patience_s
        while not self._holds(condition):
            assert time.monotonic() < end, f"never came true: {condition}"
            time.sleep(0.05)

    def _holds(self, condition: str) -> bool:
        try:
            return bool(self.page.evaluate(condition))
        except Error as error:
            if "context was destroyed" in error.message:  # the page is on its way to another
                return False
            raise

    def forget(self, status: str | None) -> None:
        """Pass over what the browser says itself of an answer with an error's status, which was meant to come."""
        self.problems = [one for one in self.problems if status is None or status not in one]

    def check(self) -> None:
        """Nothing went wrong, nothing was asked of anybody else, and axe finds nothing."""
        found = Axe().run(
            self.page,
            options={
                "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
            },
        )
        violations = [
            f"{one['id']}: {_tag(node['html'])} {node['failureSummary'][:300]}"
            for one in found.response["violations"]
            for node in one["nodes"]
        ]
        assert violations == []
        assert self.problems == []
        assert self.outside == []


def _tag(html: str) -> str:
    """An element by its name and classes."""
    named = re.match(r"<([\w-]+)(?:[^>]*?\bclass=\"([^\"]*)\")?", html)
    return f"<{named[1]} class={named[2] or ''}>" if named else "?"


# --- stores -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def heists_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of labelled reports of heists."""
    if not HEISTS.is_file():
        pytest.skip("the labelled reports of heists are not at hand: set NEWSBLOTTER_SHARED")
    path = tmp_path_factory.mktemp("heists") / "heists.db"
    build([HEISTS], path, settings=Settings(workers=1))
    return path


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a store runs on each; if it asks for ``theme`` and ``width``, too, in each store's looks."""
    names = metafunc.fixturenames
    if {"theme", "width"} <= set(names):
        most = metafunc.definition.get_closest_marker("looks")
        cases = [(stock, *look) for stock, looks in LOOKS.items() for look in looks[: most.args[0] if most else None]]
        metafunc.parametrize(("stock", "theme", "width"), [_mark(*case) for case in cases], indirect=["stock"])
    elif "stock" in names:
        metafunc.parametrize("stock", [_mark(stock) for stock in LOOKS], indirect=True)


def _mark(stock: str, *look: str | int) -> Any:
    return pytest.param(stock, *look, marks=pytest.mark.data if stock == "heists" else ())


@pytest.fixture
def stock(request: pytest.FixtureRequest) -> str:
    """Which store a test runs on."""
    return str(request.param)


@pytest.fixture
def stock_path(stock: str, request: pytest.FixtureRequest) -> Path:
    """The store; not to be written to."""
    found: Path = request.getfixturevalue("sample_path" if stock == "golden" else f"{stock}_path")
    return found


@pytest.fixture
def stock_address(stock_path: Path, host: Callable[..., str]) -> str:
    """A desk over the store, the same for all tests."""
    return _opened_once(host, stock_path)


@pytest.fixture
def own_path(stock_path: Path, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    for part in stock_path.parent.iterdir():
        shutil.copy(part, tmp_path / part.name)
    return tmp_path / stock_path.name


_ADDRESSES: dict[Path, str] = {}


def _opened_once(host: Callable[..., str], path: Path) -> str:
    if path not in _ADDRESSES:
        _ADDRESSES[path] = host(path)
    return _ADDRESSES[path]


# --- the browser ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("browser tests need Chromium (Debian: apt install chromium)")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def host() -> Iterator[Callable[..., str]]:
    """Serves desks on free ports: ``host(path)`` gives the address."""
    servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    def open_desk(store: str | os.PathLike[str], **settings: Any) -> str:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        app = create_app(WebSettings(store=os.fspath(store), **settings))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield open_desk
    for server, _ in servers:
        server.should_exit = True
    for _, thread in servers:
        thread.join(5)


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """Opens pages: ``browse(address, theme="dark", width=390)``."""
    contexts: list[BrowserContext] = []

    def open_page(base: str, *, theme: str = "light", width: int = 1300, **options: Any) -> Watched:
        context = chromium.new_context(color_scheme=theme, viewport={"width": width, "height": 850}, locale="en-GB", **options)  # type: ignore[arg-type]
        contexts.append(context)
        return Watched(context.new_page(), base)

    yield open_page
    for context in contexts:
        context.close()
