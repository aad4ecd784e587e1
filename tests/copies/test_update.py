"""Reports that come in one by one, in any order and in batches of any size, end in the groups that all of them at once give."""

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsblotter.copies import CopySettings, group_all, group_copies, update_copies
from newsblotter.records import CopyGroup, Report
from newsblotter.store import Store, open_store

VOCABULARY = [f"{onset}{vowel}{coda}" for onset in "bdfgklmnprstvz" for vowel in ("a", "e", "i", "o", "u") for coda in "lmnrstk"]
FIRST = date(2020, 1, 1)


def make_words(rng: random.Random, count: int) -> list[str]:
    return [rng.choice(VOCABULARY) for _ in range(count)]


def lay_out(words: list[str]) -> str:
    return "\n\n".join(" ".join(words[at : at + 30]) for at in range(0, len(words), 30))


def vary(rng: random.Random, words: list[str]) -> list[str]:
    """Another version of a text, of any of the kinds that copies come in, or a text that shares a part of it."""
    kind = rng.randrange(6)
    if kind == 0:
        return list(words)
    if kind == 1:
        return words[: rng.randrange(20, max(21, len(words)))]
    if kind == 2:
        return words + make_words(rng, rng.randrange(10, 150))
    if kind == 3:
        return make_words(rng, 40) + words[rng.randrange(10, 90) :]
    if kind == 4:
        return [rng.choice(VOCABULARY) if rng.random() < 0.03 else word for word in words]
    at = rng.randrange(len(words) // 2 + 1)
    return make_words(rng, 80) + words[at : at + 60] + make_words(rng, 60)


def make_pile(rng: random.Random, stories: int = 6, most: int = 6) -> list[Report]:
    """Stories in several versions, at outlets whose frames repeat, some of them undated or under another title."""
    frames = {outlet: [" ".join(make_words(rng, length)) for length in (4, 12, 25)] for outlet in ("east", "west", "")}
    pile = []
    for story in range(stories):
        words = make_words(rng, rng.choice((40, 90, 180, 320)))
        titles = [" ".join(make_words(rng, 6)).capitalize() for _ in range(2)]
        versions = [words]
        for _ in range(rng.randrange(1, most)):
            versions.append(vary(rng, rng.choice(versions)))
        for number, version in enumerate(versions):
            outlet = rng.choice(sorted(frames))
            lines = [rng.choice(titles), *frames[outlet][:1], lay_out(version), *frames[outlet][1:]]
            day = None if rng.random() < 0.2 else FIRST + timedelta(rng.randrange(120))
            pile.append(
                Report(f"r{story}-{number}", f"r{story}-{number}", None, outlet or None, lines[0], "\n".join(lines), "en", day)
            )
    return pile


def take_in(store: Store, reports: list[Report], settings: CopySettings | None = None) -> None:
    """Add reports to a store as a build does."""
    store.add_reports(reports)
    ids, _ = store.copy_index.ungrouped("g1")
    change = update_copies(list(store.reports(ids)), store.copy_index, settings)
    store.copy_index.apply("g1", change.traces, change.dropped, change.furniture, change.gone, change.groups)


def fill(store: Store, reports: list[Report]) -> None:
    """Add reports to an empty store, all at once."""
    store.add_reports(reports)
    found = group_all(store.reports())
    words = dict(zip(found.ids, found.words, strict=True))
    store.copy_index.fill("g1", words, found.anchors, found.lines, found.furniture, found.groups)


def by_reports(groups: object) -> set[tuple[str, tuple[str, ...], str]]:
    return {(group.id, group.report_ids, group.lead_id) for group in groups if isinstance(group, CopyGroup)}  # type: ignore[attr-defined]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_one_by_one_is_all_at_once(tmp_path_factory: pytest.TempPathFactory, seed: int, rng: random.Random) -> None:
    pile = make_pile(random.Random(seed))
    rng.shuffle(pile)
    cut = rng.randrange(len(pile))
    with open_store(str(tmp_path_factory.mktemp("store") / "incidents.db")) as store:
        if rng.random() < 0.7:
            fill(store, pile[:cut])
        else:
            cut = 0
        while cut < len(pile):
            size = rng.choice((1, 1, 1, 2, 5))
            take_in(store, pile[cut : cut + size])
            cut += size
        assert by_reports(store.copies()) == by_reports(group_copies(pile))
        grown = _dump(store)
    with open_store(str(tmp_path_factory.mktemp("store") / "incidents.db")) as store:
        fill(store, pile)
        assert _dump(store) == grown


def _dump(store: Store) -> dict[str, object]:
    """What the index holds, report ids in the place of row numbers."""
    import sqlite3

    with sqlite3.connect(store.url) as raw:
        names = dict(raw.execute("SELECT number, id FROM reports"))
        return {
            "texts": {(names[number], words) for number, words in raw.execute("SELECT number, words FROM copy_texts")},
            "anchors": {(anchor, names[number]) for anchor, number in raw.execute("SELECT anchor, number FROM copy_anchors")},
            "furniture": {line for (line,) in raw.execute("SELECT line FROM copy_furniture")},
        }


def test_a_copy_of_a_lead_that_becomes_a_copy_itself_looks_for_another(tmp_path: Path) -> None:
    rng = random.Random(23)
    first, second, more = make_words(rng, 200), make_words(rng, 180), make_words(rng, 300)
    reports = {
        "lead": Report("lead", "lead", None, None, "", lay_out(first + second), "en", None),
        "part": Report("part", "part", None, None, "", lay_out(second), "en", None),
        "fuller": Report("fuller", "fuller", None, None, "", lay_out(more + first), "en", None),
    }
    with open_store(str(tmp_path / "incidents.db")) as store:
        fill(store, [reports["lead"], reports["part"]])
        assert [group.lead_id for group in store.copies()] == ["lead"]
        take_in(store, [reports["fuller"]])
        assert [(group.lead_id, group.report_ids) for group in store.copies()] == [("fuller", ("fuller", "lead"))]
        assert by_reports(store.copies()) == by_reports(group_copies(reports.values()))


def test_a_story_that_everybody_prints_stays_one_group(tmp_path: Path) -> None:
    """Beyond the crowd only the first that came in and the leads of their groups are looked at."""
    rng = random.Random(29)
    words = make_words(rng, 300)
    pile = [Report(f"w{at:02}", f"w{at:02}", None, None, "", lay_out(words[: 300 - at]), "en", None) for at in range(30)]
    rng.shuffle(pile)
    few = CopySettings(crowd=4)
    with open_store(str(tmp_path / "incidents.db")) as store:
        for one in pile:
            take_in(store, [one], few)
        (group,) = store.copies()
        assert len(group.report_ids) == len(pile)
        assert group.lead_id == "w00"
        assert group_copies(pile, few) == (group,)


def test_a_line_that_becomes_furniture_parts_what_only_shared_it(tmp_path: Path) -> None:
    rng = random.Random(31)
    frame = make_words(rng, 110)

    def page(at: int) -> Report:
        lines = [" ".join(make_words(rng, 6)), " ".join(frame), lay_out(make_words(rng, 115))]
        return Report(f"p{at}", f"p{at}", None, "gazette", lines[0], "\n".join(lines), "en", FIRST + timedelta(at))

    pages = [page(at) for at in range(6)]
    with open_store(str(tmp_path / "incidents.db")) as store:
        for at, one in enumerate(pages):
            take_in(store, [one])
            assert by_reports(store.copies()) == by_reports(group_copies(pages[: at + 1]))
        assert not list(store.copies())


def test_another_grouper_means_grouping_anew(tmp_path: Path) -> None:
    pile = make_pile(random.Random(37))
    with open_store(str(tmp_path / "incidents.db")) as store:
        fill(store, pile)
        assert store.copy_index.ungrouped("g1") == ([], len(pile))
        assert store.copy_index.ungrouped("g2") == ([report.id for report in pile], 0)


def test_what_a_new_report_does_not_meet_is_not_read(tmp_path: Path) -> None:
    """Of a pile of strangers nothing but the anchors is looked at."""
    pile = make_pile(random.Random(41), stories=30)
    lone = replace(pile[0], id="new", source_id="new", title="", text=lay_out(make_words(random.Random(43), 250)))
    with open_store(str(tmp_path / "incidents.db")) as store:
        fill(store, pile)
        store.add_reports([lone])
        index = store.copy_index
        read: list[str] = []

        class Watched:
            def __getattr__(self, name: str) -> object:
                return getattr(index, name)

            def reports(self, ids: object) -> object:
                read.extend(ids)  # type: ignore[arg-type]
                return index.reports(read)

        change = update_copies([lone], Watched())  # type: ignore[arg-type]
        assert read == []
        assert [trace.report_id for trace in change.traces] == ["new"]
        assert (change.gone, change.groups, change.furniture) == ((), (), ())
