"""What make golden and make docs do, on records and pages of our own."""

from __future__ import annotations

from newsblotter_lab.golden import name_files, show_difference
from newsblotter_lab.transcripts import find_blocks, replay


def _record(record_id: str, title: str, start: str | None = "2024-03-12") -> dict[str, object]:
    return {"id": record_id, "title": title, "date": {"start": start} if start else None, "updated": "2024-03-13T00:00:00Z"}


def test_records_are_named_by_day_and_title() -> None:
    files = name_files([_record("nb1", "Raid at Joyería Almirón, Málaga"), _record("nb2", "Fraud", None)])
    assert sorted(files) == ["2024-03-12-raid-at-joyeria-almiron-malaga.json", "undated-fraud.json"]


def test_records_of_one_name_get_numbers_by_their_ids() -> None:
    forward = name_files([_record("nb1", "Raid"), _record("nb2", "Raid")])
    assert sorted(forward) == ["2024-03-12-raid-2.json", "2024-03-12-raid.json"]
    assert forward == name_files([_record("nb2", "Raid"), _record("nb1", "Raid")])


def test_what_changes_by_itself_is_left_out() -> None:
    [text] = name_files([_record("nb1", "Raid")]).values()
    assert "updated" not in text


def test_differences_name_what_is_new_gone_and_changed() -> None:
    before = {"a.json": "1\n", "b.json": "2\n", "c.json": "3\n"}
    after = {"a.json": "1\n", "b.json": "5\n", "d.json": "4\n"}
    shown = show_difference(before, after)
    assert "a.json" not in shown
    for line in ("-2", "+5", "-3", "+4", "+++ found/d.json"):
        assert line in shown.splitlines()
    assert show_difference(before, before) == ""


def test_blocks_are_found_by_language() -> None:
    page = "```sh\nmake demo\n```\ntext\n```console\n$ true\n```\n"
    assert [block.text for block in find_blocks(page, "console")] == ["$ true\n"]
    assert page[next(find_blocks(page)).start :].startswith("make demo")


def test_a_session_is_brought_up_to_date() -> None:
    stale = "Before\n```console\n$ echo one\nstale\n\n$ ls\n```\nAfter\n"
    assert replay(stale) == "Before\n```console\n$ echo one\none\n\n$ ls\nexamples\n```\nAfter\n"
    assert replay(replay(stale)) == replay(stale)
