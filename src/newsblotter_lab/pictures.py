"""Take the pictures of the desk that the documentation shows: ``python -m newsblotter_lab.pictures``.

Builds a store from ``examples/``, opens the desk over it and photographs each page in both themes with Chromium.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from newsblotter import build
from newsblotter.store import Store, open_store

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs" / "images"
CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
)
PATIENCE_S = 30.0  # for maps drawn without a graphics card
SETTLE_S = 1.0  # fonts and tiles that come after the first frame


@dataclass(frozen=True, slots=True)
class Picture:
    """One page to be taken."""

    name: str
    path: Callable[[Store], str]
    width: int = 1240
    height: int = 800
    part: str | None = None  # only this element
    themes: Sequence[str] = ("light", "dark")


def _told_most(store: Store) -> str:
    return f"/incidents/{max(store.records(), key=lambda record: record['voices'])['id']}"


def _report(store: Store) -> str:
    report, copy = (store.get_report(name).id for name in ("verdier-01", "verdier-04"))
    return f"/reports/{report}?at=209-230&beside={copy}"


PICTURES = (
    Picture("desk-incidents", lambda store: "/"),
    Picture("desk-filtered", lambda store: "/?type=robbery&disputed=1"),
    Picture("desk-incident", _told_most),
    Picture("desk-disputed", _told_most, part=".dispute"),
    Picture("desk-report", _report, height=1000),
    Picture("desk-search", lambda store: "/search?q=robbery"),
    Picture("desk-import", lambda store: "/import", height=620),
    Picture("desk-review", lambda store: "/review"),
    Picture("desk-phone", lambda store: "/", width=390, height=844),
    Picture("desk-phone-incident", _told_most, width=390, height=844),
)
WELCOME = (Picture("desk-welcome", lambda store: "/", height=680),)


@contextmanager
def open_desk(store: Path) -> Iterator[str]:
    """Serve a desk on a free port of this machine while the block runs; gives its address."""
    import uvicorn

    from newsblotter.web.app import create_app
    from newsblotter.web.settings import WebSettings

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(WebSettings(store=str(store), user="ada")), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)


def take_pictures(store: Path, target: Path, pictures: Sequence[Picture] = PICTURES) -> list[Path]:
    """Take the pictures of a desk over a store.

    Returns:
        The files written.
    """
    from playwright.sync_api import sync_playwright

    written = []
    with open_store(str(store), readonly=True) as opened:
        paths = {picture.name: picture.path(opened) for picture in pictures}
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with open_desk(store) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS.split())
        for picture in pictures:
            for theme in picture.themes:
                size = {"width": picture.width, "height": picture.height}
                context = browser.new_context(viewport=size, color_scheme=theme, locale="en-GB")  # type: ignore[arg-type]
                page = context.new_page()
                page.goto(address + paths[picture.name])
                end = time.monotonic() + PATIENCE_S
                drawn = "[...document.querySelectorAll('[data-map], [data-area]')].every((pane) => pane.dataset.shown)"
                while not page.evaluate(drawn) and time.monotonic() < end:
                    time.sleep(0.1)
                time.sleep(SETTLE_S)
                written.append(target / f"{picture.name}-{theme}.png")
                if picture.part:
                    page.evaluate("document.querySelector('.top').style.position = 'static'")  # or it is in the picture
                    page.locator(picture.part).first.screenshot(path=written[-1])
                else:
                    page.screenshot(path=written[-1])
                context.close()
        browser.close()
    return written


def main() -> int:
    """Write the pictures into docs/images."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "sample.db"
        build([ROOT / "examples"], store)
        empty = Path(folder) / "empty.db"
        open_store(str(empty)).close()
        for path in [*take_pictures(store, TARGET), *take_pictures(empty, TARGET, WELCOME)]:
            print(path.relative_to(ROOT), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
