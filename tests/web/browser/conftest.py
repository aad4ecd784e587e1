"""A desk that is really served, and Debian's Chromium to drive it. Skipped in plain words where either part is missing."""

from __future__ import annotations

import os
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

from newsblotter.web.app import create_app
from newsblotter.web.settings import WebSettings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
PATIENCE_S = 40.0  # software rendering on a busy machine


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

    def check(self) -> None:
        """Nothing went wrong, nothing was asked of anybody else, and axe finds nothing."""
        found = Axe().run(
            self.page,
            options={
                "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
            },
        )
        violations = [
            f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for one in found.response["violations"]
            for node in one["nodes"]
        ]
        assert violations == []
        assert self.problems == []
        assert self.outside == []


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


@pytest.fixture(scope="session")
def sample_address(host: Callable[..., str], sample_path: Path) -> str:
    return host(sample_path)


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
