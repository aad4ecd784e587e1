"""What is not ours: whole, licensed, and asked of nobody."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path

import newsblotter.web

VENDOR = Path(newsblotter.web.__file__).parent / "static" / "vendor"
MOST_BYTES = 3_200_000  # unpacked; about a third of it in a wheel


def test_files_are_those_that_were_copied() -> None:
    listed = dict(reversed(line.split("  ", 1)) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())  # type: ignore[misc]
    found = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert found == {*listed, "SHA256SUMS", "VERSIONS"}
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
    assert sum((VENDOR / name).stat().st_size for name in found) < MOST_BYTES


def test_each_part_has_its_licence() -> None:
    licences = {path.stem for path in (VENDOR / "licences").iterdir()}
    assert licences == {"maplibre-gl", "newsreader", "inter", "world-atlas"}


def test_the_world_is_whole() -> None:
    world = json.loads((VENDOR / "world.geojson").read_text("utf-8"))
    kinds = [feature["properties"]["kind"] for feature in world["features"]]
    assert kinds[:3] == ["land", "water", "border"] and kinds.count("name") > 170


def _edges(ring: list[list[float]]) -> float:
    """The widest step east or west of a ring, in degrees, those along the map's lower and side edges apart."""
    steps = [abs(x - u) for (x, y), (u, v) in pairwise(ring) if not (y <= -89 and v <= -89)]
    return max(steps, default=0)


def test_nothing_is_drawn_across_the_map() -> None:
    """At the antimeridian raw shapes draw wedges from one side of the map to the other."""
    world = json.loads((VENDOR / "world.geojson").read_text("utf-8"))
    for feature in world["features"][:2]:
        for polygon in feature["geometry"]["coordinates"]:
            for ring in polygon:
                assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring)
                assert _edges(ring) < 30
    for line in world["features"][2]["geometry"]["coordinates"]:
        assert _edges(line) < 30
