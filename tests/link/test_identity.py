"""An id given out lives for ever: it is carried over, redirected or kept by the founding part."""

import json
import random
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st
from link_stories import make_mention, make_report

from newsblotter import build
from newsblotter.link.identity import Known, assign_ids, mint
from newsblotter.records import Mention, Report
from newsblotter.store import open_store

REPORTS: dict[str, Report] = {name: make_report(name, f"report {name} of it") for name in "abcdef"}
MENTIONS: dict[str, Mention] = {name: make_mention(report) for name, report in REPORTS.items()}


def groups(*names: str) -> list[list[Mention]]:
    return [[MENTIONS[letter] for letter in name] for name in names]


def previous(**named: str) -> dict[str, str]:
    return {MENTIONS[letter].id: incident for incident, letters in named.items() for letter in letters}


def test_a_first_run_mints_from_the_founding_report() -> None:
    naming = assign_ids(groups("ab", "c"), REPORTS, {})
    assert naming.ids == (mint("a", 0), mint("c", 0)) == naming.minted
    assert not naming.redirects and not naming.splits


def test_a_growing_incident_keeps_its_id() -> None:
    naming = assign_ids(groups("abd", "c"), REPORTS, previous(nb1="ab", nb2="c"))
    assert naming.ids == ("nb1", "nb2") and not naming.minted


def test_the_older_id_swallows_the_younger() -> None:
    naming = assign_ids(groups("abc"), REPORTS, previous(nb1="ab", nb2="c"), known=Known(["nb2", "nb1"]))
    assert naming.ids == ("nb2",) and naming.redirects == {"nb1": "nb2"}


def test_a_split_leaves_the_name_with_the_founding_report() -> None:
    founded = mint("a", 0)
    naming = assign_ids(groups("a", "bcd"), REPORTS, {MENTIONS[x].id: founded for x in "abcd"})
    assert naming.ids[0] == founded and naming.splits == {founded: tuple(sorted(naming.ids))}


def test_a_split_without_its_founder_leaves_the_name_with_the_larger_part() -> None:
    naming = assign_ids(groups("b", "cd"), REPORTS, previous(nb1="bcd"))
    assert naming.ids[1] == "nb1" and naming.minted == (naming.ids[0],)


def test_the_part_with_its_anchor_takes_an_old_id_back() -> None:
    anchors = {"nb1": MENTIONS["a"].id, "nb2": MENTIONS["c"].id}
    merged = previous(nb1="abcd")
    naming = assign_ids(groups("ab", "cd"), REPORTS, merged, known=Known(["nb1", "nb2"], anchors, {"nb2"}))
    assert naming.ids == ("nb1", "nb2") and naming.revived == ("nb2",) and not naming.minted


def test_new_mention_ids_find_their_incident_through_the_report() -> None:
    naming = assign_ids(groups("ab"), REPORTS, {"m-old": "nb1"}, {"a": "nb1"})
    assert naming.ids == ("nb1",)


def test_an_id_is_never_minted_twice() -> None:
    naming = assign_ids(groups("a"), REPORTS, {}, known=Known([mint("a", 0)]))
    assert naming.ids == (mint("a", 1),)


@given(
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
    st.randoms(use_true_random=False),
)
def test_every_cluster_has_its_own_id_and_every_old_id_leads_somewhere(
    before: list[int], after: list[int], rng: random.Random
) -> None:
    def split(labels: list[int]) -> list[list[Mention]]:
        return [[MENTIONS[x] for x, y in zip("abcdef", labels, strict=True) if y == label] for label in sorted(set(labels))]

    first = assign_ids(split(before), REPORTS, {})
    told = {m.id: name for name, members in zip(first.ids, split(before), strict=True) for m in members}
    clusters = split(after)
    second = assign_ids(clusters, REPORTS, told, known=Known(first.minted))
    assert len(set(second.ids)) == len(clusters)
    live = set(second.ids)
    assert all(old in live or old in second.redirects or old in second.splits for old in first.ids)
    assert set(second.redirects.values()) <= live and not set(second.redirects) & live
    order = rng.sample(range(len(clusters)), len(clusters))
    again = assign_ids([clusters[at] for at in order], REPORTS, told, known=Known(first.minted))
    assert again.ids == tuple(second.ids[at] for at in order)
    assert assign_ids(clusters, REPORTS, {m.id: n for n, c in zip(second.ids, clusters, strict=True) for m in c}).ids == second.ids


def test_ids_live_on_as_reports_come_in(tmp_path: Path) -> None:
    source = Path(__file__).parent / "cases" / "fresh_groups.yaml"
    rows = [row for group in yaml.safe_load(source.read_text("utf-8")) for row in group["reports"]]
    first, everything = tmp_path / "first.jsonl", tmp_path / "all.jsonl"
    for path, kept in ((first, rows[::2]), (everything, rows)):
        lines = ({key: row[key] for key in ("id", "title", "text", "published") if key in row} for row in kept)
        path.write_text("".join(json.dumps(line, default=str) + "\n" for line in lines), "utf-8")
    where = str(tmp_path / "incidents.db")
    build(first, where)
    with open_store(where) as store:
        before = {member.mention_id: member.incident_id for member in store.members()}
    build(everything, where)
    with open_store(where) as store:
        after = {member.mention_id: member.incident_id for member in store.members()}
        live = set(after.values())
        led = {entry.data["id"]: entry.data["now"] for entry in store.journal("redirected")}
        minted = {entry.data["id"]: entry.data for entry in store.journal("minted")}
        assert not set(led) & live  # a living id leads to itself
        assert set(before) <= set(after)  # nothing is lost
        for old in set(before.values()):
            now = {after[mention] for mention, incident in before.items() if incident == old}
            assert old in live or set(led[old]) == now
        stayed = [mention for mention, incident in before.items() if after[mention] == incident]
        assert len(stayed) > 0.8 * len(before)
        assert live <= set(minted) and all(mint(data["report"], data["ordinal"]) == name for name, data in minted.items())
        for old in led:
            assert len(led[old]) != 1 or store.get_incident(old).id == led[old][0]
