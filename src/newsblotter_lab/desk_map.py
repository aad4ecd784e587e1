"""How long the map of a desk takes in a browser, from the click to the last drop of paint.

    python -m newsblotter_lab.desk_map FILE.db                serve that store here and open it in Chromium, which draws by software
    python -m newsblotter_lab.desk_map FILE.db --query q=zzz  a filter that nothing passes: what an empty map costs

Each run is a browser that knows nothing of the desk yet. Milliseconds from the start of the navigation: ``text`` first words are
seen, ``made`` the map stands, ``cells`` first circles are drawn, ``done`` nothing is left to load or draw.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newsblotter_lab.desk_load import ADDRESS, PORT, serve

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
)
PATIENCE_S = 30.0
TARGET_MS = 3000
_WATCH = """
window.marks = {};
const mark = (name) => (marks[name] ??= Math.round(performance.now()));
new MutationObserver(() => {
  if (!window.deskMap || marks.made) return;
  mark("made");
  const pane = document.querySelector("[data-map]");
  deskMap.on("render", () => {
    if (deskMap.getLayer("cells") && deskMap.queryRenderedFeatures({layers: ["cells", "dots"]}).length) mark("cells");
  });
  deskMap.on("idle", () => pane.dataset.shown !== undefined && mark("done"));
}).observe(document, {subtree: true, childList: true, attributes: true});
"""
_READ = """() => ({
  text: Math.round(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1), ...window.marks})"""


def draw(query: str) -> dict[str, Any]:
    """Open the incidents once; the moments of it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(_WATCH)
        page.goto(f"http://{ADDRESS}:{PORT}/?{query}", wait_until="commit")
        end = time.monotonic() + PATIENCE_S
        found: dict[str, Any] = {}
        while "done" not in found and time.monotonic() < end:
            time.sleep(0.1)
            found = page.evaluate(_READ)
        browser.close()
    return found


def main(words: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("store", type=Path)
    parser.add_argument("--query", default="")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args(words)
    desk = serve(given.store)
    try:
        for _ in range(given.runs):
            found = draw(given.query)
            print(json.dumps({**found, "within": found.get("done", PATIENCE_S * 1000) <= TARGET_MS}), flush=True)
    finally:
        desk.terminate()
        desk.wait()


if __name__ == "__main__":
    main()
