"""The journal's file: whole lines stay, a torn one goes, damage is told, and store and file find together again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsblotter.errors import StoreDamaged, StoreError
from newsblotter.store import JournalEntry, open_store
from newsblotter.store.journal import SUFFIX, TAIL_BYTES, JournalFile, decode_line, encode_line

LINES = [JournalEntry("minted", {"id": f"nb{n}", "words": "über «dies» \u2028 \n"}) for n in range(3)]


def numbers(journal: JournalFile) -> list[int | None]:
    return [entry.number for entry in journal.read()]


def test_lines_are_numbered_and_read_back(tmp_path: Path) -> None:
    journal = JournalFile(tmp_path / "x.db")
    assert journal.last() is None and numbers(journal) == [] and journal.append([]) == []
    assert [entry.number for entry in journal.append(LINES)] == [1, 2, 3]
    journal.append(LINES[:1])
    assert numbers(journal) == [1, 2, 3, 4] and [e.number for e in journal.read(after=2)] == [3, 4]
    assert [e.data for e in journal.read()][:3] == [e.data for e in LINES]
    assert all(json.loads(line)["kind"] == "minted" for line in journal.path.read_text("utf-8").splitlines())


@given(st.data())
def test_a_torn_last_line_is_no_line(data: st.DataObject) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        journal = JournalFile(Path(folder, "x.db"))
        journal.append(LINES)
        whole = journal.path.read_bytes()
        cut = data.draw(st.integers(0, len(whole)))
        rest = data.draw(st.sampled_from([b"", b"\0\0\0", b"{", b'{"number":9}']))
        journal.path.write_bytes(whole[:cut] + rest)
        kept = sum(whole[:cut].endswith(b"\n") or True for _ in range(whole[:cut].count(b"\n")))
        if cut < len(whole) and whole[cut : cut + 1] == b"\n" and not rest:
            kept += 1  # all but the line's end came to the disk
        assert numbers(journal) == list(range(1, kept + 1))
        journal.append(LINES[:1])
        assert numbers(journal) == list(range(1, kept + 2))
        assert journal.path.read_bytes().startswith(whole[:cut][: whole[:cut].rfind(b"\n") + 1])


@pytest.mark.parametrize(
    ("line", "words"),
    [(b"nonsense\n", "no line of a journal"), (b'{"number":7,"kind":"x","at":null,"data":{}}\n', "numbered 7 instead of 2")],
    ids=["garbage", "missing lines"],
)
def test_damage_within_is_told(tmp_path: Path, line: bytes, words: str) -> None:
    journal = JournalFile(tmp_path / "x.db")
    journal.append(LINES)
    first, _, third = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(first + line + third)
    with pytest.raises(StoreDamaged, match=words) as told:
        list(journal.read())
    assert f"{journal.path}:2:" in str(told.value)


def test_a_very_long_line_is_found(tmp_path: Path) -> None:
    journal = JournalFile(tmp_path / "x.db")
    journal.append([LINES[0], JournalEntry("judgement", {"why": "x" * 3 * TAIL_BYTES})])
    last = journal.last()
    assert last is not None and last.number == 2
    journal.append(LINES[:1])
    assert numbers(journal) == [1, 2, 3]


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = JournalFile(tmp_path / "x.db")
    journal.append(LINES)
    before = journal.path.read_bytes()

    def half(descriptor: int, text: bytes, at: int) -> int:
        import os

        os.lseek(descriptor, at, os.SEEK_SET)
        os.write(descriptor, text[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("newsblotter.store.journal.os.pwrite", half)
    with pytest.raises(StoreError, match="No space left"):
        journal.append(LINES)
    assert journal.path.read_bytes() == before


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4))
def test_a_line_comes_back_as_it_was(data: dict[str, str]) -> None:
    entry = JournalEntry("judgement", data, None, 5)
    line = encode_line(entry)
    assert "\n" not in line and decode_line(line.encode("utf-8", "surrogatepass")) == entry


# --- the file and the store -----------------------------------------------------------------------------------------


def test_a_lost_database_takes_all_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with open_store(str(path)) as store:
        assert store.append_journal(LINES) == (1, 2, 3)
    for file in tmp_path.glob("x.db*"):
        if not file.name.endswith(SUFFIX):
            file.unlink()
    with open_store(str(path)) as store:
        assert [e.data["id"] for e in store.journal()] == ["nb0", "nb1", "nb2"] and store.last_number() == 3
        assert [e.number for e in store.journal_on(["nb1"])] == [2]


def test_a_lost_file_is_written_anew_from_the_database(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with open_store(str(path)) as store:
        store.append_journal(LINES)
    file = path.with_name(path.name + SUFFIX)
    before = file.read_text("utf-8")
    file.unlink()
    with open_store(str(path)):
        pass
    assert file.read_text("utf-8") == before


def test_a_crash_between_file_and_database_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with open_store(str(path)) as store:
        store.append_journal(LINES)
        JournalFile(path).append([JournalEntry("judgement", {"by": "ada"})])  # another process died before its commit
        assert store.append_journal(LINES[:1]) == (5,)
        assert [e.kind for e in store.journal(after=3)] == ["judgement", "minted"]


def test_the_journal_of_another_store_is_refused(tmp_path: Path) -> None:
    for name in ("x.db", "y.db"):
        with open_store(str(tmp_path / name)) as store:
            store.append_journal([JournalEntry("minted", {"id": name})])
    (tmp_path / f"x.db{SUFFIX}").write_bytes((tmp_path / f"y.db{SUFFIX}").read_bytes())
    with pytest.raises(StoreDamaged, match="another store"):
        open_store(str(tmp_path / "x.db"))


def test_a_copy_has_its_own_journal(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "x.db")) as store:
        store.append_journal(LINES)
        (tmp_path / "other").mkdir()
        with open_store(str(store.copy_to(tmp_path / "other"))) as copy:
            copy.append_journal(LINES)
            assert (copy.last_number(), store.last_number()) == (6, 3)


def test_verify_looks_at_the_journal_too(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "x.db")) as store:
        store.append_journal(LINES)
        assert store.verify() == []
        file = tmp_path / f"x.db{SUFFIX}"
        file.write_bytes(file.read_bytes().replace(b"nb1", b'"""'))
        [wrong] = store.verify()
        assert "journal: " in wrong and ":2:" in wrong
