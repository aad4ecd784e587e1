"""The filter as a query string: what is written is read again, and what is wrong is said."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.errors import UsageError
from newsblotter.store import Filter
from newsblotter.web.filters import PARAMETERS, list_pairs, read_filter, toggle, without, write_query


def _read(query: str) -> Filter:
    return read_filter(parse_qsl(query, keep_blank_values=True))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Filter()),
        ("type=theft&type=robbery&type=theft", Filter(types=("robbery", "theft"))),
        ("since=2024&until=2024", Filter(since=date(2024, 1, 1), until=date(2024, 12, 31))),
        ("since=2024-02&until=2024-02", Filter(since=date(2024, 2, 1), until=date(2024, 2, 29))),
        ("since=2024-02-03", Filter(since=date(2024, 2, 3))),
        ("country=fr&country=US", Filter(countries=("FR", "US"))),
        ("near=45.75,4.85", Filter(near=(45.75, 4.85))),
        ("near=45.75,4.85&within=50", Filter(near=(45.75, 4.85), within_km=50)),
        ("within=50", Filter()),  # of nothing
        ("bbox=-5,41,10,51", Filter(box=(41, -5, 51, 10))),
        ("bbox=170,-20,-170,0", Filter(box=(-20, 170, 0, -170))),  # over the date line
        ("loot_min=1e5&loot_max=9000000&currency=eur", Filter(loot_low=100_000, loot_high=9_000_000, currency="EUR")),
        ("min_voices=2&max_voices=5", Filter(min_voices=2, max_voices=5)),
        ("status=charged&reality=attempted", Filter(statuses=("charged",), realities=("attempted",))),
        ("disputed=1&disputed_on=loot", Filter(disputed=True, disputed_on=("loot",))),
        ("disputed=0&review=no", Filter(disputed=False, needs_review=False)),
        ("q=+gold++watches+&target=&person=", Filter(text="gold watches")),
        ("order=loot&after=x&lang=fr&utm_source=y", Filter()),  # none of the filter's
    ],
)
def test_queries_are_read(query: str, expected: Filter) -> None:
    assert _read(query) == expected
    assert _read(write_query(expected)) == expected


@pytest.mark.parametrize(
    "query",
    [
        "type=heist",
        "since=2024-13",
        "since=2024-02-30",
        "since=yesterday",
        "until=20240203",
        "country=France",
        "country=F1",
        "near=91,0",
        "near=0",
        "near=a,b",
        "near=nan,0",
        "near=0,0&within=-1",
        "near=0,0&within=inf",
        "bbox=1,2,3",
        "bbox=0,50,10,40",
        "loot_min=-1",
        "loot_min=much",
        "loot_max=1e99",
        "min_voices=-2",
        "min_voices=2.5",
        "min_voices=²",
        "status=open",
        "reality=real",
        "disputed=maybe",
        "disputed_on=fate",
        "review=2",
        "currency=euro",
        "&".join(f"country=A{chr(65 + i % 26)}" for i in range(9)) + "1",
    ],
)
def test_wrong_values_are_named(query: str) -> None:
    name = query.rpartition("=")[0].rpartition("&")[2].partition("=")[0]
    with pytest.raises(UsageError, match=f"^{name}: "):
        _read(query)


def test_many_values_are_refused() -> None:
    letters = [chr(65 + i) for i in range(26)]
    with pytest.raises(UsageError, match="at most"):
        read_filter(("country", a + b) for a in letters for b in letters)


_days = st.dates(date(1000, 1, 1), date(2999, 12, 31))
_degrees = st.integers(-90_000, 90_000).map(lambda n: n / 1000)
_words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=30)
_boxes = st.tuples(_degrees, _degrees, _degrees, _degrees).map(lambda b: (min(b[0], b[2]), b[1], max(b[0], b[2]), b[3]))
_filters = st.builds(
    Filter,
    types=st.sampled_from([(), ("robbery",), ("robbery", "theft")]),
    since=st.none() | _days,
    until=st.none() | _days,
    countries=st.sampled_from([(), ("FR",), ("DE", "FR")]),
    near=st.none() | st.tuples(_degrees, _degrees),
    box=st.none() | _boxes,
    target=st.none() | _words,
    person=st.none() | _words,
    loot_low=st.none() | st.integers(0, 10**12).map(float),
    loot_high=st.none() | st.integers(0, 10**9).map(lambda n: n / 100),
    currency=st.sampled_from([None, "EUR"]),
    min_voices=st.none() | st.integers(0, 999),
    statuses=st.sampled_from([(), ("charged", "convicted")]),
    disputed=st.sampled_from([None, True, False]),
    disputed_on=st.sampled_from([(), ("loot", "place")]),
    needs_review=st.sampled_from([None, True, False]),
    text=st.none() | _words,
)


@given(_filters)
def test_what_is_written_is_read_again(wanted: Filter) -> None:
    query = write_query(wanted)
    assert _read(query) == wanted
    assert write_query(_read(query)) == query


def test_every_part_of_a_filter_has_a_parameter() -> None:
    fields = {parameter.field for parameter in PARAMETERS.values()}
    assert fields == {*Filter.__dataclass_fields__} - {"limit", "offset"}


def test_values_are_put_in_and_let_go() -> None:
    wanted = toggle(Filter(), "type", "theft")
    assert toggle(wanted, "type", "robbery").types == ("robbery", "theft")
    assert toggle(wanted, "type", "theft") == Filter()
    assert toggle(Filter(disputed=False), "disputed", "1").disputed is True
    assert without(Filter(text="x", types=("theft",)), "q") == Filter(types=("theft",))
    assert list_pairs(Filter(limit=3, offset=5)) == []
