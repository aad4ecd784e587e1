"""Readers of the labelled sets: plain dictionaries for gold, records for reports.

The folder is named by NEWSBLOTTER_SHARED, else it is ``../shared`` beside the repository's root.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from newsblotter.records import Report, hash_id

HELD_OUT_SHARE = 0.1


def find_shared() -> Path | None:
    """The folder of labelled data, None where there is none."""
    named = os.environ.get("NEWSBLOTTER_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared"
    return folder if (folder / "data").is_dir() else None


def read_lines(path: Path) -> list[Any]:
    """Read a JSON Lines file, plain or gzipped."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def to_report(row: dict[str, Any]) -> Report:
    """Turn a row of a labelled set into a Report that keeps the row's id, so that gold labels still name it."""
    title, body = (row.get("title") or "").strip(), row.get("text") or ""
    text = body if not title or body.lstrip().startswith(title) else f"{title}\n\n{body}"
    url = row.get("url")
    return Report(
        id=row["id"],
        source_id=row["id"],
        url=url,
        outlet=row.get("outlet") or (urlsplit(url).hostname if url else None),
        title=title,
        text=text,
        language=row.get("language", "en"),
        published=date.fromisoformat(row["published"]) if row.get("published") else None,
    )


def read_reports(folder: Path, name: str) -> list[Report]:
    """Reports of a set: ``name`` is "gunviolence/train" or "heists/look"."""
    return [to_report(row) for row in read_lines(find_file(folder, name, "reports"))]


def read_incidents(folder: Path, name: str) -> list[dict[str, Any]]:
    """Gold incidents of a set, as its README describes them."""
    return list(read_lines(find_file(folder, name, "incidents")))


def find_file(folder: Path, name: str, kind: str) -> Path:
    """The file of a set: ``kind`` is reports, incidents, copies or none.

    Raises:
        FileNotFoundError: The set has no such file.
    """
    stem = folder / "data" / name
    for path in (stem / f"{kind}.jsonl", Path(f"{stem}.{kind}.jsonl.gz"), Path(f"{stem}.{kind}.jsonl")):
        if path.exists():
            return path
    raise FileNotFoundError(f"no {kind} of {name} under {folder}")


def gvdb_part(document_id: str) -> str:
    """Whether a document of the Gun Violence Database is to "train" on or to "test" on: by a hash, one in four is held out."""
    return "test" if hash_id("g", "gvdb", document_id)[-1] in "abcdefgh" else "train"


def is_held_out(incident: str) -> bool:
    """Whether an incident of gunviolence train is kept from the encoder's training, to weigh its word against the rules'.

    A tenth of them is, by a hash of the name.
    """
    return int(hashlib.sha256(incident.encode()).hexdigest(), 16) % 1000 < 1000 * HELD_OUT_SHARE
