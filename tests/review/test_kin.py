"""A series grows as if all of it were derived anew: whatever comes, changes or goes, everyone is told."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from newsblotter.link import series
from newsblotter.link.series import Traits, decode_traits, encode_traits, find_related
from newsblotter.link.values import to_spot
from newsblotter.records import Where
from newsblotter.review.kin import relate_near, to_entry
from newsblotter.store import Store, open_store
from newsblotter.store.export import tell_related
from store.invented import make_entry

TOWNS = [
    to_spot(Where(name, None, 45.0 + north, 5.0, 6.0, "FR"))
    for name, north in (("Ostraven", 0.0), ("Lindhavn", 0.3), ("Vesk", 9.0))
]
WAYS = ("roof-entry", "alarm-disabled", "tunnel", "masked")

traits = st.builds(
    Traits,
    id=st.integers(0, 19).map(lambda number: f"i{number:02}"),
    kind=st.sampled_from(["robbery", "theft"]),
    days=st.none() | st.integers(737000, 737090).map(lambda day: (day, day)),
    spot=st.none() | st.sampled_from(TOWNS),
    target=st.just(frozenset()) | st.sampled_from(["arvelle", "corvo"]).map(lambda word: frozenset({word})),
    target_name=st.just("Arvelle"),
    suspects=st.sampled_from([{}, {"ivo brandt": "Ivo Brandt"}]),
    gangs=st.sampled_from([{}, {"night moth": "Night Moths"}, {"remling": "Remling"}]),
    tactics=st.frozensets(st.sampled_from(WAYS), max_size=3),
)
steps = st.lists(
    st.tuples(st.lists(traits, max_size=6, unique_by=lambda one: one.id), st.sets(st.integers(0, 19), max_size=3)), max_size=6
)


def write(store: Store, own: list[Traits], replaced: set[str]) -> None:
    """As a build of a region does it."""
    related = {name: tell_related(kin) for name, kin in relate_near(store, own, replaced).items()}
    entries = [replace(make_entry(one.id, related=related[one.id]), series=to_entry(one)) for one in own]
    store.replace_incidents(entries, (), replaced, {name: kin for name, kin in related.items() if name not in {o.id for o in own}})


@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(steps)
def test_what_grows_is_related_as_if_all_were_related_anew(told: list[tuple[list[Traits], set[int]]]) -> None:
    reach, series.REACH = series.REACH, 2  # so that a few crowd a block
    try:
        with tempfile.TemporaryDirectory() as folder, open_store(f"{folder}/s.db") as store, store.build_lock():
            now: dict[str, Traits] = {}
            for own, leaving in told:
                replaced = ({one.id for one in own} | {f"i{number:02}" for number in leaving}) & now.keys()
                write(store, own, replaced)
                now = {name: one for name, one in now.items() if name not in replaced} | {one.id: one for one in own}
                anew = find_related(now.values())
                assert {r["id"]: r["related"] for r in store.records()} == {name: tell_related(anew.get(name, ())) for name in now}
            assert not store.verify()
    finally:
        series.REACH = reach


@given(traits)
def test_traits_are_put_away_and_taken_out_again(one: Traits) -> None:
    assert decode_traits(encode_traits(one)) == one


def test_whom_a_new_incident_meets_is_told_and_is_said_to_have_changed(tmp_path: Path) -> None:
    ways = frozenset({"roof-entry", "alarm-disabled"})
    first, other, later = (
        Traits(name, "robbery", (day, day), TOWNS[0], frozenset(), "", {}, {}, ways if name != "c" else frozenset())
        for name, day in (("a", 737000), ("c", 737001), ("b", 737010))
    )
    with open_store(str(tmp_path / "s.db")) as store, store.build_lock():
        write(store, [first, other], set())
        edition = store.version()
        changed = {r["id"]: r for r in store.records()}
        write(store, [later], set())
        [told] = store.get_incident("a").record["related"]
        assert told["incident"] == "b" and told["why"].startswith("same tactics within 10 days")
        assert store.get_incident("c").record == changed["c"]
        assert store.version() != edition
        write(store, [], {"b"})
        assert store.get_incident("a").record["related"] == []
