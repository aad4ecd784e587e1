"""Map tiles out of a PMTiles file, written here by hand."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from newsblotter.errors import UsageError
from newsblotter.web.tiles import TileFile, number_tile, open_ground

Serve = Callable[..., TestClient]
Tile = tuple[int, int, int]


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def _directory(rows: list[tuple[int, int, int, int]]) -> bytes:
    """(first, run, length, offset) of each entry, packed."""
    firsts = [row[0] for row in rows]
    steps = [here - before for before, here in zip([0, *firsts], firsts, strict=False)]
    columns = [steps, [row[1] for row in rows], [row[2] for row in rows], [row[3] + 1 for row in rows]]
    return gzip.compress(b"".join(map(_varint, [len(rows), *(number for column in columns for number in column)])))


def _write(path: Path, tiles: Mapping[Tile, bytes], *, kind: int = 2, packing: int = 1, leaves: bool = False) -> Path:
    data, rows = b"", []
    for number, body in sorted((number_tile(*tile), body) for tile, body in tiles.items()):
        rows.append((number, 1, len(body), len(data)))
        data += body
    root, leaf = _directory(rows), b""
    if leaves:  # one directory a tile
        packed = [_directory([row]) for row in rows]
        root = _directory(
            [(row[0], 0, len(one), sum(map(len, packed[:at]))) for at, (row, one) in enumerate(zip(rows, packed, strict=True))]
        )
        leaf = b"".join(packed)
    told = gzip.compress(json.dumps({"attribution": "© <a href='x'>Somebody</a>"}).encode())
    places = [127, len(root), 127 + len(root), len(told), 127 + len(root) + len(told), len(leaf)]
    places += [sum(places[-2:]), len(data), len(rows), len(rows), len(rows)]
    zooms = [zoom for zoom, _, _ in tiles]
    header = b"PMTiles\x03" + b"".join(number.to_bytes(8, "little") for number in places)
    header += bytes([0, 2, packing, kind, min(zooms), max(zooms)])
    path.write_bytes(header.ljust(127, b"\x00") + root + told + leaf + data)
    return path


TILES = {(0, 0, 0): b"world", (1, 0, 0): b"nw", (1, 1, 1): b"se", (5, 17, 11): b"Lyon"}


@pytest.mark.parametrize(
    ("tile", "number"),
    [((0, 0, 0), 0), ((1, 0, 0), 1), ((1, 0, 1), 2), ((1, 1, 1), 3), ((1, 1, 0), 4), ((2, 0, 0), 5), ((12, 3423, 1763), 19078479)],
)
def test_tiles_are_numbered_along_the_curve(tile: Tile, number: int) -> None:
    assert number_tile(*tile) == number


@pytest.mark.parametrize("leaves", [False, True])
def test_each_tile_is_found(tmp_path: Path, leaves: bool) -> None:
    tiles = TileFile(_write(tmp_path / "a.pmtiles", TILES, leaves=leaves))
    assert {tile: tiles.tile(*tile) for tile in TILES} == TILES
    assert [tiles.tile(*tile) for tile in ((1, 1, 0), (5, 0, 0), (6, 0, 0), (1, 2, 0), (1, -1, 0), (-1, 0, 0))] == [None] * 6
    assert (tiles.least_zoom, tiles.most_zoom, tiles.kind, tiles.is_vector) == (0, 5, "image/png", False)


def test_the_desk_serves_them(serve: Serve, tmp_path: Path, sample_path: Path) -> None:
    packed = {tile: gzip.compress(body) for tile, body in TILES.items()}
    desk = serve(sample_path, tiles=str(_write(tmp_path / "a.pmtiles", packed, kind=1, packing=2)))
    answer = desk.get("/tiles/5/17/11")
    assert (answer.content, answer.headers["content-encoding"]) == (b"Lyon", "gzip")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert desk.get("/tiles/5/17/11", headers={"accept-encoding": "identity"}).content == b"Lyon"
    assert desk.get("/tiles/5/0/0").status_code == 204
    assert desk.get("/tiles/99999999999999999999/0/0").status_code == 204
    assert desk.get("/tiles/a/0/0").status_code == 422
    page = desk.get("/").text
    assert 'data-tile-kind="vector"' in page and 'data-tiles="/tiles/{z}/{x}/{y}"' in page and 'data-credit="© Somebody"' in page


def test_without_a_file_there_are_none(desk: TestClient) -> None:
    assert desk.get("/tiles/0/0/0").status_code == 404
    assert "data-tiles" not in desk.get("/").text


def test_a_server_of_tiles_is_let_in(serve: Serve, sample_path: Path) -> None:
    desk = serve(sample_path, tiles="https://tiles.example/{z}/{x}/{y}.png", tiles_credit='"><script>')
    page = desk.get("/")
    assert "https://tiles.example;" in page.headers["content-security-policy"]
    assert 'data-tile-kind="raster"' in page.text and '"><script>' not in page.text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PMTiles\x03",
        b"PMTiles\x02" + b"\x00" * 200,
        b"SQLite format 3\x00" * 20,
        b"PMTiles\x03" + b"\xff" * 200,
        b"PMTiles\x03" + b"\x00" * 200,
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.pmtiles").write_bytes(data)
    with pytest.raises(UsageError, match=r"--tiles .*a\.pmtiles"):
        TileFile(tmp_path / "a.pmtiles")


def test_a_damaged_directory_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.pmtiles", TILES)
    data = bytearray(path.read_bytes())
    data[130:140] = b"\xff" * 10
    path.write_bytes(data)
    with pytest.raises(UsageError, match="damaged"):
        TileFile(path)


@pytest.mark.parametrize(
    "tiles", ["tiles.example/{z}/{x}/{y}", "https://tiles.example/a.png", "javascript:{z}{x}{y}", "/tmp", "gone.pmtiles"]
)
def test_what_is_no_tiles_is_said(tiles: str) -> None:
    with pytest.raises(UsageError, match="--tiles"):
        open_ground(tiles, "")
