"""The commands about who may use the desk."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path

import pytest

pytest.importorskip("argon2", reason="needs the extra newsblotter[web]")

from newsblotter.cli.app import run
from newsblotter.store import open_store

WORDS = "correct horse battery"


@pytest.fixture
def store(tmp_path: Path) -> str:
    path = tmp_path / "incidents.db"
    open_store(str(path)).close()
    return str(path)


def _type(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(words + "\n"))


def _let_in(monkeypatch: pytest.MonkeyPatch, store: str, name: str, role: str) -> None:
    _type(monkeypatch, WORDS)
    assert run(["user", "add", name, "--role", role, "--password-stdin", "--store", store]) == 0


def test_users_are_added_changed_and_listed(
    store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _let_in(monkeypatch, store, "ada", "admin")
    _let_in(monkeypatch, store, "ben", "reviewer")
    assert run(["user", "change", "ben", "--role", "reader", "--shut-out", "--store", store]) == 0
    capsys.readouterr()
    assert run(["user", "list", "--json", "--store", store]) == 0
    told = {one["name"]: (one["role"], one["active"]) for one in json.loads(capsys.readouterr().out)}
    assert told == {"ada": ("admin", True), "ben": ("reader", False)}


def test_a_password_is_never_taken_from_the_command_line_or_a_pipe_unasked(
    store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _type(monkeypatch, WORDS)
    assert run(["user", "add", "ada", "--store", store]) == 2
    assert "--password-stdin" in capsys.readouterr().err


def test_a_key_is_printed_alone_on_stdout(store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _let_in(monkeypatch, store, "ada", "admin")
    capsys.readouterr()
    assert run(["token", "make", "ada", "nightly export", "--days", "30", "--store", store]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("nbk_") and printed.out.count("\n") == 1
    assert run(["token", "list", "--json", "--store", store]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in listed] == ["nightly export"] and printed.out.strip() not in json.dumps(listed)
    assert run(["token", "revoke", listed[0]["id"], "--store", store]) == 0
    assert run(["token", "revoke", listed[0]["id"], "--store", store]) == 2


def test_an_edited_log_ends_with_an_error(store: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _let_in(monkeypatch, store, "ada", "admin")
    _let_in(monkeypatch, store, "ben", "reader")
    capsys.readouterr()
    assert run(["audit", "verify", "--store", store]) == 0
    assert "whole: 2 entries" in capsys.readouterr().out
    with sqlite3.connect(store + ".desk") as raw:
        raw.execute("DROP TRIGGER audit_is_never_edited")
        raw.execute("UPDATE audit SET data = '{}' WHERE number = 1")
    assert run(["audit", "verify", "--store", store]) == 1
    assert "entry 1 was edited" in capsys.readouterr().out


def test_a_store_that_is_not_there_gets_no_desk_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["user", "list", "--store", str(tmp_path / "none.db")]) == 1
    assert "no such store" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
