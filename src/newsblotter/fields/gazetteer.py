"""The world's places by name: a packed, read-only file of towns, counties, regions and countries (data: GeoNames)."""

from __future__ import annotations

import math
import os
import re
import sqlite3
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from newsblotter.errors import DataError

KINDS = ("city", "quarter", "county", "region", "country")  # position = number stored in the file
COORDINATE_SCALE = 100_000  # degrees are stored as whole numbers of this fraction
FORMAT = 1  # of the packed file; raised when its columns change
_MAX_FOUND = 60  # places of one name that a lookup yields, the largest first; only eight names have more of any size
_CACHE_SIZE = 65_536  # names remembered; about 20 MB at worst, and a report names fewer than a hundred
_EARTH_RADIUS_KM = 6371.0

_MARKS = re.compile(r"[^\w&]+|_")
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "þ": "th",
        "ħ": "h",
        "’": "",
        "'": "",
        "ʻ": "",
        "`": "",
        "‘": "",
        ".": "",
    }
)
_SHORT_FORMS = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}


@lru_cache(maxsize=_CACHE_SIZE)
def fold_name(name: str) -> str:
    """Bring a place name to the form in which the gazetteer knows it.

    Case, diacritics, points and hyphens do not count, nor a leading "the"; Saint, Mount and Fort equal St, Mt and Ft.
    """
    plain = name.casefold().translate(_LETTERS)
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)).translate(_LETTERS)
    words = _MARKS.sub(" ", plain).split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    return " ".join(_SHORT_FORMS.get(word, word) for word in words)


def measure_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance of two points in kilometres.

    Source: R. W. Sinnott, Virtues of the Haversine, Sky and Telescope 68(2), 1984.
    """
    p, q = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((q - p) / 2) ** 2
    half += math.cos(p) * math.cos(q) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def area_key(country: str, admin1: str = "") -> str:
    """The form in which the gazetteer knows a country or region by its code; no name folds to it."""
    return f"={country}.{admin1}"


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the gazetteer."""

    id: int  # GeoNames id; negative: ours, GeoNames id unknown
    name: str
    kind: str  # city, quarter, county (second level: county, department, district), region (first level), country
    latitude: float  # degrees, WGS 84; of an area its middle
    longitude: float
    country: str  # ISO 3166-1 alpha-2
    admin1: str  # code of the state, province or region within the country, "" if none
    admin1_name: str | None
    population: int  # 0: unknown
    radius_km: float  # of the circle that holds most of it
    alternate: bool  # found by another name than its own

    def distance_km(self, other: Place) -> float:
        """Kilometres between the two centres."""
        return measure_km(self.latitude, self.longitude, other.latitude, other.longitude)


_QUERY = """
SELECT p.id, p.name, p.kind, p.latitude, p.longitude, p.country, p.admin1, p.population, p.radius_km, n.alternate
FROM names n JOIN places p ON p.id = n.place WHERE n.folded = ?
ORDER BY n.alternate, p.population DESC, p.id LIMIT ?
"""


class Gazetteer:
    """Places by name. Safe to share between threads, to fork with and to pickle; each opens the file anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        connection = self._connect()
        try:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            rows = connection.execute("SELECT country, code, name FROM regions").fetchall()
        except sqlite3.Error as error:
            raise DataError(
                f"gazetteer {path} cannot be read ({error}); pack it again with newsblotter_lab.pack_gazetteer"
            ) from error
        if found != FORMAT:
            raise DataError(f"gazetteer {path} has format {found}, this program reads {FORMAT}; pack it again")
        self._regions = {(country, code): name for country, code, name in rows}
        self.lookup: Callable[[str], tuple[Place, ...]] = lru_cache(maxsize=_CACHE_SIZE)(self._lookup)
        self._find: Callable[[str], tuple[Place, ...]] = lru_cache(maxsize=_CACHE_SIZE)(self._read_places)

    def __reduce__(self) -> tuple[Callable[[Path], Gazetteer], tuple[Path]]:
        return Gazetteer, (self.path,)

    def _connect(self) -> sqlite3.Connection:
        pid = os.getpid()
        if getattr(self._local, "pid", None) != pid:
            if not self.path.is_file():
                raise DataError(f"gazetteer {self.path} is missing; install the package whole or pack it again")
            uri = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
            self._local.connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._local.pid = pid
        connection: sqlite3.Connection = self._local.connection
        return connection

    def find_area(self, country: str, admin1: str = "") -> Place | None:
        """Find a country by its ISO 3166-1 code, or a region of it by its first-level code. None: no such area."""
        found = self._find(area_key(country, admin1))
        return found[0] if found else None

    def _lookup(self, name: str) -> tuple[Place, ...]:
        """All places of a name, those that bear it as their own name first, then by population, the largest first."""
        folded = fold_name(name)
        return self._find(folded) if folded else ()

    def _read_places(self, folded: str) -> tuple[Place, ...]:
        found = self._connect().execute(_QUERY, (folded, _MAX_FOUND)).fetchall()
        return tuple(self._read(row) for row in found)

    def _read(self, row: tuple[int, str, int, int, int, str, str, int, int, int]) -> Place:
        place_id, name, kind, latitude, longitude, country, admin1, population, radius_km, alternate = row
        return Place(
            id=place_id,
            name=name,
            kind=KINDS[kind],
            latitude=latitude / COORDINATE_SCALE,
            longitude=longitude / COORDINATE_SCALE,
            country=country,
            admin1=admin1,
            admin1_name=self._regions.get((country, admin1)),
            population=population,
            radius_km=float(radius_km) if radius_km else city_radius_km(population),
            alternate=bool(alternate),
        )


def city_radius_km(population: int) -> float:
    """Radius of a town's built-up circle, from its population.

    A density of 2,500 people a square kilometre (median of large urban areas is near 4,000, small towns lie lower), at least 1 km.
    """
    return round(max(1.0, math.sqrt(max(population, 1) / 2500 / math.pi)), 1)


@lru_cache(maxsize=4)
def load_gazetteer(path: Path | None = None) -> Gazetteer:
    """Open the packed gazetteer.

    Args:
        path: Another file made by ``newsblotter_lab.pack_gazetteer``; None: the one in the package.

    Raises:
        DataError: The file is missing, damaged or of another format.
    """
    return Gazetteer(path or Path(__file__).parent.parent / "_data" / "gazetteer.sqlite")
