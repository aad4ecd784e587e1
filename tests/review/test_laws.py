"""The laws of the journal: a person's word stands, ids live for ever, and the journal brings both back."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from newsblotter.errors import UnknownIncident
from newsblotter.records import Judgement
from newsblotter.review import Corrected, Judged, read_words
from newsblotter.review.ledger import in_force
from newsblotter.revise import revise
from newsblotter.store import JournalEntry, Store, open_store
from review.desk import TOWN, copy_store, enter, groups, home, judge, link_anew, make_store, mention_of, records

NAMES = sorted(TOWN)
QUIET = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a case is short as it is; making it shorter takes minutes
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("made"))


def test_the_town_has_three_incidents(made: Path) -> None:
    with open_store(str(made)) as store:
        assert groups(store) == {frozenset({"a1", "a2", "a3"}), frozenset({"b1", "b2"}), frozenset({"c1"})}


commands = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["same", "different", "unsure"]), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("correct"), st.sampled_from(NAMES), st.integers(0, 9)),
        st.tuples(st.just("undo"), st.integers(0, 5), st.just(0)),
    ),
    min_size=1,
    max_size=6,
)


def carry_out(store: Store, command: tuple[str, object, object]) -> None:
    """One command, where it makes sense."""
    verb, one, other = command
    if verb == "undo":
        standing = in_force(read_words(store.journal()))
        if standing:
            word = standing[int(str(one)) % len(standing)]
            revise(store, [JournalEntry("retired", {"number": word.number, "by": "ada", "why": ""})])
    elif verb == "correct":
        data = {"incident": home(store, str(one)), "field": "suspects", "by": "ada", "why": "counted"}
        value = {"kind": "count", "low": other, "high": other, "unit": None}
        mentions = judge("same", str(one), str(one)).data["left"]["mentions"]
        revise(store, [JournalEntry("correction", {**data, "value": value, "mentions": mentions})])
    elif one != other:
        revise(store, [judge(verb, str(one), str(other))])


def check_words(store: Store) -> None:
    """What people said and did not take back holds, the last word on a pair counting."""
    last: dict[frozenset[str], Judgement] = {}
    words = in_force(read_words(store.journal()))
    for word in words:
        if isinstance(word, Judged):
            last[frozenset((word.left.asked, word.right.asked))] = word.judgement
    for pair, judgement in last.items():
        left, right = sorted(pair)
        if judgement is Judgement.DIFFERENT:
            assert home(store, left) != home(store, right)
    corrected = {}
    for word in words:
        if isinstance(word, Corrected):
            try:
                name = store.get_incident(word.incident).id
            except UnknownIncident:  # split: it goes with the report that it was typed for
                name = home(store, str(word.mentions[0]["source"]))
            corrected[name] = word.correction.values
    for name, [value] in corrected.items():
        assert store.get_incident(name).record["suspects"] == {"low": value.low, "high": value.high}  # type: ignore[union-attr]


def check_ids(store: Store) -> None:
    """Every id ever given out lives, or leads to what lives."""
    live = {record["id"] for record in store.records()}
    redirects = store.redirects()
    for entry in store.journal("minted"):
        name = str(entry.data["id"])
        assert name in live or redirects[name].now
        assert not (name in live and name in redirects)


@QUIET
@given(commands)
@example([("different", "b1", "a3"), ("correct", "a1", 4), ("same", "a1", "b2"), ("correct", "a2", 7), ("undo", 5, 0)])
def test_any_order_of_commands(made: Path, told: list[tuple[str, object, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = copy_store(made, Path(folder, "one"))
        with open_store(str(path)) as store:
            before = records(store)
            for command in told:
                carry_out(store, command)
                check_words(store)
            check_ids(store)
            link_anew(store)
            check_words(store)
            check_ids(store)
            held = records(store)
        again = Path(folder, "two", path.name)  # the store is lost, its journal is not
        again.parent.mkdir()
        again.with_name(path.name + ".journal.jsonl").write_bytes(path.with_name(path.name + ".journal.jsonl").read_bytes())
        with open_store(str(again)) as store:
            enter(store)
            assert records(store) == held
            for word in in_force(read_words(store.journal())):  # all of it taken back: as it was
                revise(store, [JournalEntry("retired", {"number": word.number, "by": "ada", "why": ""})])
            assert records(store) == before


def test_taking_back_a_merge_gives_the_old_ids_back(made: Path, tmp_path: Path) -> None:
    with open_store(str(copy_store(made, tmp_path / "x"))) as store:
        before = records(store)
        b1, c1 = home(store, "b1"), home(store, "c1")
        revision = revise(store, [judge("same", "b1", "c1")])
        assert home(store, "b1") == home(store, "c1") and {e.kind for e in revision.effects} == {"merged", "changed"}
        assert store.get_incident(max(b1, c1)).id == store.get_incident(min(b1, c1)).id
        revise(store, [JournalEntry("retired", {"number": revision.numbers[0], "by": "ada", "why": ""})])
        assert (home(store, "b1"), home(store, "c1")) == (b1, c1)
        assert records(store) == before


def test_words_survive_another_reader(made: Path, tmp_path: Path) -> None:
    """A better reader finds other words, so that every mention has a new id."""
    with open_store(str(copy_store(made, tmp_path / "x"))) as store:
        revise(store, [judge("different", "a1", "a3"), judge("same", "a1", "a2"), judge("same", "b1", "c1")])
        ids = {name: home(store, name) for name in NAMES}
        value = {"kind": "text", "text": "Lumen Diamonds"}
        said = {"incident": ids["a1"], "field": "target", "value": value, "by": "ada", "why": "", "mentions": []}
        revise(store, [JournalEntry("correction", said)])
        pairs = [enter_anew(store, name) for name in NAMES]
        assert all(new != old for new, old in pairs)
        link_anew(store)
        assert {name: home(store, name) for name in NAMES} == ids
        assert ids["a1"] != ids["a3"] and ids["b1"] == ids["c1"]
        assert store.get_incident(ids["a1"]).record["target"] == "Lumen Diamonds"


def enter_anew(store: Store, name: str) -> tuple[str, str]:
    """Read a report again, finding other words."""
    from dataclasses import replace

    from newsblotter.records import Quote, hash_id
    from newsblotter.store import Reading
    from review.desk import tell

    report, mention = tell(name)
    start = report.text.index("fled")
    new = hash_id("m", report.id, "fled")
    claims = tuple(replace(claim, mention_id=new, id=hash_id("c", new, claim.field)) for claim in mention.claims)
    told = replace(mention, id=new, trigger=Quote(report.id, start, start + 4, "fled"), claims=claims)
    store.save_readings([Reading(report.id, "reader-2", report.published, (told,))])
    return new, mention_of(name)


def test_a_judgement_whose_report_is_gone_is_told(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "incidents.db")) as store:
        enter(store, "a1 a2 b1")
        [lost] = revise(store, [judge("same", "a1", "c1")]).lost
        assert "c1" in lost.why
        enter(store, "c1")
        assert home(store, "a1") == home(store, "c1")
