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
from typing import TYPE_CHECKING

from newsblotter import build
from newsblotter.store import Store, open_store

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs" / "images"
CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
)
PATIENCE_S = 30.0  # for maps drawn without a graphics card
PASSWORD = "a picture of a desk"  # of accounts that live as long as the pictures are taken
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
    locale: str = "en-GB"
    logged_in: bool = False


def _told_most(store: Store) -> str:
    return f"/incidents/{max(store.records(), key=lambda record: record['voices'])['id']}"


def _report(store: Store) -> str:
    report, copy = (store.get_report(name).id for name in ("verdier-01", "verdier-04"))
    return f"/reports/{report}?at=209-230&beside={copy}"


def _pair(store: Store) -> str:
    """Two incidents that linking kept apart, but not easily."""
    doubts = (doubt for record in store.records() for doubt in store.doubts(record["id"]))
    left, right = next(doubt.mentions for doubt in doubts if doubt.mentions)
    return f"/compare?left={left}&right={right}"


PICTURES = (
    Picture("desk-incidents", lambda store: "/"),
    Picture("desk-filtered", lambda store: "/?disputed_on=loot"),
    Picture("desk-nothing", lambda store: "/?type=bombing&country=FR", height=620),
    Picture("desk-incident", _told_most),
    Picture("desk-disputed", _told_most, part=".dispute"),
    Picture("desk-report", _report, height=1000),
    Picture("desk-search", lambda store: "/search?q=robbery"),
    Picture("desk-import", lambda store: "/import", height=620),
    Picture("desk-review", lambda store: "/review"),
    Picture("desk-compare", _pair, height=1300),
    Picture("desk-compare-with", lambda store: f"/compare?left={_told_most(store).rpartition('/')[2]}", height=620),
    Picture("desk-correct", lambda store: f"{_told_most(store)}/correct?field=date"),
    Picture("desk-correct-which", lambda store: f"{_told_most(store)}/correct", height=1000),
    Picture("desk-decisions", lambda store: "/judgements", height=620),
    Picture("desk-alerts", lambda store: "/alerts", height=620),
    Picture("desk-alert", lambda store: "/alerts/new?type=robbery&country=FR", height=960),
    Picture("desk-changes", lambda store: "/changes"),
    Picture("desk-people", lambda store: "/people", height=620),
    Picture("desk-audit", lambda store: "/audit", height=620),
    Picture("desk-help", lambda store: "/help", height=1000),
    Picture("desk-error", lambda store: "/nowhere", height=620),
    Picture("desk-french", lambda store: "/", locale="fr-FR"),
    Picture("desk-french-incident", _told_most, locale="fr-FR"),
    Picture("desk-phone", lambda store: "/", width=390, height=844),
    Picture("desk-phone-incident", _told_most, width=390, height=844),
)
WELCOME = (Picture("desk-welcome", lambda store: "/", height=680),)
ACCOUNTS = (  # of a desk with accounts; the first is seen by nobody in particular, the others by an admin
    Picture("desk-login", lambda store: "/login", height=620),
    Picture("desk-account", lambda store: "/account", height=900, logged_in=True),
    Picture("desk-people-some", lambda store: "/people", height=900, logged_in=True),
)


@contextmanager
def open_desk(store: Path, *, login: bool = False) -> Iterator[str]:
    """Serve a desk on a free port of this machine while the block runs; gives its address."""
    import uvicorn

    from newsblotter.web.app import create_app
    from newsblotter.web.settings import WebSettings

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    app = create_app(WebSettings(store=str(store), user="ada", login=login))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)


def let_people_in(store: Path) -> None:
    """Give a desk accounts: an admin and a reviewer."""
    from newsblotter.web.people import add_user
    from newsblotter.web.people import open_desk as open_accounts

    people = open_accounts(store)
    for name, role in (("ada", "admin"), ("ben", "reviewer")):
        add_user(people, name, role, PASSWORD, by="ada")
    people.close()


def take_pictures(store: Path, target: Path, pictures: Sequence[Picture] = PICTURES, *, login: bool = False) -> list[Path]:
    """Take the pictures of a desk over a store.

    Returns:
        The files written.
    """
    from playwright.sync_api import sync_playwright

    written = []
    with open_store(str(store), readonly=True) as opened:
        paths = {picture.name: picture.path(opened) for picture in pictures}
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with open_desk(store, login=login) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS.split())
        for picture in pictures:
            for theme in picture.themes:
                size = {"width": picture.width, "height": picture.height}
                context = browser.new_context(viewport=size, color_scheme=theme, locale=picture.locale)  # type: ignore[arg-type]
                page = context.new_page()
                if picture.logged_in:
                    page.goto(f"{address}/login")
                    page.locator("main input[name=name]").fill("ada")
                    page.locator("input[name=password]").fill(PASSWORD)
                    page.locator("main button").click()
                page.goto(address + paths[picture.name])
                written.append(target / f"{picture.name}-{theme}.png")
                _take(page, picture, written[-1])
                context.close()
        browser.close()
    return written


def _take(page: Page, picture: Picture, path: Path) -> None:
    """One picture of a page, once its maps are drawn."""
    end = time.monotonic() + PATIENCE_S
    drawn = (
        "[...document.querySelectorAll('[data-map], [data-area]')].every((pane) => pane.dataset.shown)"
        " && (!window.deskMap || (deskMap.loaded() && deskMap.areTilesLoaded()))"
    )
    while not page.evaluate(drawn) and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(SETTLE_S)
    if picture.part:
        page.evaluate("document.querySelector('.top').style.position = 'static'")  # or it is in the picture
        page.locator(picture.part).first.screenshot(path=path)
    else:
        page.screenshot(path=path)


def main() -> int:
    """Write the pictures into docs/images."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "sample.db"
        build([ROOT / "examples"], store)
        empty = Path(folder) / "empty.db"
        open_store(str(empty)).close()
        written = [*take_pictures(store, TARGET), *take_pictures(empty, TARGET, WELCOME)]
        let_people_in(store)
        written += take_pictures(store, TARGET, ACCOUNTS, login=True)
        for path in written:
            print(path.relative_to(ROOT), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
