"""A few invented reports on which pipeline and command line are tried. All names and events are made up."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

LEAD = (
    "Three masked robbers held up the Arvelle jewelry store in Lyon on Monday and fled with watches worth about 2 million "
    "euros, police said. No one was injured. The men threatened staff with handguns, smashed two display cases and escaped "
    "on motorbikes towards the river. Officers sealed off the street for several hours while experts looked for traces. "
    "The store's manager said the raid was over in less than two minutes and that customers had hidden behind the counter."
)
REPORTS: list[dict[str, Any]] = [
    {
        "id": "lyon-1",
        "url": "https://morning.example/lyon",
        "outlet": "morning.example",
        "title": "Armed robbers hit Arvelle jewelry store in Lyon",
        "published": "2023-03-14",
        "language": "en",
        "text": LEAD,
    },
    {
        "id": "lyon-2",
        "outlet": "evening.example",
        "title": "Armed robbers hit Arvelle jewelry store in Lyon",
        "published": None,
        "language": "en",
        "text": LEAD + " Reporting by our own desk.",
    },
    {
        "id": "lyon-3",
        "outlet": "courier.example",
        "title": "Two arrested over Arvelle robbery in Lyon",
        "published": "2023-03-28",
        "language": "en",
        "text": "Police arrested two suspects over the armed robbery of the Arvelle jewelry store in Lyon on March 13, a "
        "prosecutor said on Tuesday. Three masked robbers fled with watches worth 2 million euros. A third man is still sought.",
    },
    {
        "id": "tulsa-1",
        "outlet": "plains.example",
        "title": "Man shot dead outside Tulsa diner",
        "published": "2022-08-07",
        "language": "en",
        "text": "A 34-year-old man was shot and killed outside a diner in Tulsa, Oklahoma, late Saturday, police said. "
        "The victim was identified as Marlon Ferrick. No arrests have been made.",
    },
    {
        "id": "fair-1",
        "outlet": "plains.example",
        "title": "Town fair draws record crowd",
        "published": "2022-08-09",
        "language": "en",
        "text": "The summer fair drew a record crowd at the weekend. Children rode ponies and the brass band played until dusk.",
    },
]


def write_reports(path: Path, reports: list[dict[str, Any]] = REPORTS) -> Path:
    """Put reports into a JSON Lines file."""
    path.write_text("".join(json.dumps(report) + "\n" for report in reports), "utf-8")
    return path


def stand_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of one's own, in a terminal of known width, with none of the caller's settings."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "120")
    for name in list(os.environ):
        if name.startswith("NEWSBLOTTER_"):
            monkeypatch.delenv(name)
