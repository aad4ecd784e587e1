"""Users, logins, tokens, throttling and the audit log, on a desk file of their own."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

pytest.importorskip("argon2", reason="needs the extra newsblotter[web]")

from newsblotter.errors import StoreDamaged, StoreError, StoreTooNew, UsageError
from newsblotter.web.people import (
    BadLogin,
    DeskFile,
    TooManyTries,
    add_user,
    change_user,
    end_session,
    end_sessions_of,
    find_session,
    find_token,
    find_user,
    list_audit,
    list_sessions,
    list_tokens,
    log_in,
    make_token,
    open_desk,
    revoke_token,
    set_password,
    start_session,
    verify_audit,
)
from newsblotter.web.people.desk_file import desk_path
from newsblotter.web.people.throttle import FREE_TRIES, LONGEST_WAIT_S, wait_after

WORDS = "correct horse battery"
OTHER = "quite another sentence"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[DeskFile]:
    opened = open_desk(tmp_path / "incidents.db", clock=clock)
    yield opened
    opened.close()


# --- the file ---------------------------------------------------------------------------------------------------


def test_only_the_owner_reads_a_new_file(desk: DeskFile) -> None:
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o600


def test_what_was_written_is_there_after_opening_again(tmp_path: Path, desk: DeskFile) -> None:
    add_user(desk, "Ada", "admin", WORDS, by="system")
    desk.close()
    again = open_desk(tmp_path / "incidents.db")
    with again.reading() as connection:
        found = find_user(connection, "ADA")
    again.close()
    assert found is not None and (found.name, found.role) == ("ada", "admin")


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    path = desk_path(tmp_path / "incidents.db")
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreDamaged, match="not a desk file"):
        open_desk(tmp_path / "incidents.db")


def test_a_newer_programs_file_is_refused(tmp_path: Path, desk: DeskFile) -> None:
    desk.close()
    with sqlite3.connect(desk.path) as raw:
        raw.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreTooNew, match="999"):
        open_desk(tmp_path / "incidents.db")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        open_desk(tmp_path / "nowhere" / "incidents.db")


# --- users ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", " ", "a b", "../x", "ä", "-a", "a-", "x" * 65, "a\nb", "<b>"])
def test_what_is_no_name_is_refused(desk: DeskFile, name: str) -> None:
    with pytest.raises(UsageError):
        add_user(desk, name, "reader", WORDS, by="system")


@pytest.mark.parametrize("password", ["", "short", "x" * 1025, "aaaaaaaaaaaaaaaa", "adaadaadaada", "ada_ada-1234"])
def test_weak_passwords_are_refused(desk: DeskFile, password: str) -> None:
    with pytest.raises(UsageError):
        add_user(desk, "ada", "reader", password, by="system")


def test_a_name_is_given_once(desk: DeskFile) -> None:
    add_user(desk, "ada", "reader", WORDS, by="system")
    with pytest.raises(UsageError, match="already"):
        add_user(desk, "ADA", "reader", WORDS, by="system")


def test_passwords_are_kept_as_argon2id(desk: DeskFile) -> None:
    add_user(desk, "ada", "reader", WORDS, by="system")
    with desk.reading() as connection:
        stored = connection.execute(text("SELECT password FROM users")).scalar_one()
    assert stored.startswith("$argon2id$")
    assert WORDS.encode() not in desk.path.read_bytes()


def test_the_last_admin_cannot_go(desk: DeskFile) -> None:
    add_user(desk, "ada", "admin", WORDS, by="system")
    add_user(desk, "ben", "reader", WORDS, by="ada")
    for change in ({"role": "reviewer"}, {"active": False}):
        with pytest.raises(UsageError, match="last admin"):
            change_user(desk, "ada", by="ada", **change)
    change_user(desk, "ben", role="admin", by="ada")
    assert change_user(desk, "ada", active=False, by="ben").active is False


def test_roles_contain_one_another(desk: DeskFile) -> None:
    user = add_user(desk, "ada", "reviewer", WORDS, by="system")
    assert [user.may(role) for role in ("reader", "reviewer", "admin")] == [True, True, False]
    assert not change_user(desk, "ada", active=False, by="system").may("reader")


# --- logging in -------------------------------------------------------------------------------------------------


def test_login_takes_name_and_password(desk: DeskFile) -> None:
    add_user(desk, "ada", "reader", WORDS, by="system")
    assert log_in(desk, " Ada ", WORDS, "10.0.0.1").name == "ada"


def test_every_refusal_says_the_same(desk: DeskFile) -> None:
    add_user(desk, "ada", "reader", WORDS, by="system")
    add_user(desk, "ben", "reader", WORDS, by="system")
    change_user(desk, "ben", active=False, by="system")
    said = set()
    for name, password in (("ada", OTHER), ("nobody", WORDS), ("ben", WORDS), ("", ""), ("ada", "x" * 100_000)):
        with pytest.raises(BadLogin) as refused:
            log_in(desk, name, password, f"10.0.0.{len(said)}")
        said.add(str(refused.value))
    assert len(said) == 1


def test_the_same_password_typed_in_another_unicode_form(desk: DeskFile) -> None:
    add_user(desk, "ada", "reader", "caf\u00e9 au lait sucr\u00e9", by="system")
    assert log_in(desk, "ada", "cafe\u0301 au lait sucre\u0301", "10.0.0.1").name == "ada"


def test_guessing_waits_longer_and_longer(desk: DeskFile, clock: Clock) -> None:
    add_user(desk, "ada", "reader", WORDS, by="system")
    for _ in range(FREE_TRIES):
        with pytest.raises(BadLogin):
            log_in(desk, "ada", OTHER, "10.0.0.1")
    with pytest.raises(TooManyTries):
        log_in(desk, "ada", WORDS, "10.0.0.1")  # even the right one
    with pytest.raises(TooManyTries):
        log_in(desk, "ada", WORDS, "10.9.9.9")  # from anywhere
    clock.pass_by(seconds=1.5)
    assert log_in(desk, "ada", WORDS, "10.9.9.9").name == "ada"
    with pytest.raises(BadLogin):
        log_in(desk, "ada", OTHER, "10.9.9.9")


def test_one_address_that_tries_many_names_waits(desk: DeskFile, clock: Clock) -> None:
    add_user(desk, "ada", "reader", WORDS, by="system")
    for number in range(FREE_TRIES):
        with pytest.raises(BadLogin):
            log_in(desk, f"guess{number}", OTHER, "10.0.0.1")
    with pytest.raises(TooManyTries):
        log_in(desk, "ada", WORDS, "10.0.0.1")
    assert log_in(desk, "ada", WORDS, "10.0.0.2").name == "ada"


def test_waits_are_bounded() -> None:
    for kind, longest in LONGEST_WAIT_S.items():
        waits = [wait_after(failures, kind) for failures in range(100)]
        assert waits == sorted(waits)
        assert waits[-1] == longest


# --- sessions ---------------------------------------------------------------------------------------------------


def test_a_session_is_found_by_its_key_alone(desk: DeskFile) -> None:
    user = add_user(desk, "ada", "reader", WORDS, by="system")
    key = start_session(desk, user)
    found = find_session(desk, key)
    assert found is not None and found.user == user
    assert find_session(desk, found.id) is None
    for wrong in (None, "", key[:-1], key + "x", "' OR 1=1 --", "x" * 10_000):
        assert find_session(desk, wrong) is None
    assert key.encode() not in desk.path.read_bytes()


def test_login_gives_a_new_key_and_ends_the_old_session(desk: DeskFile) -> None:
    user = add_user(desk, "ada", "reader", WORDS, by="system")
    planted = start_session(desk, user)
    key = start_session(desk, user, old=planted)
    assert key != planted
    assert find_session(desk, planted) is None and find_session(desk, key) is not None


def test_a_replayed_cookie_is_worth_nothing_after_logout(desk: DeskFile) -> None:
    user = add_user(desk, "ada", "reader", WORDS, by="system")
    key = start_session(desk, user)
    end_session(desk, key, by="ada")
    assert find_session(desk, key) is None


def test_sessions_run_out(desk: DeskFile, clock: Clock) -> None:
    user = add_user(desk, "ada", "reader", WORDS, by="system")
    idle = start_session(desk, user)
    clock.pass_by(hours=12, minutes=1)
    assert find_session(desk, idle) is None
    busy = start_session(desk, user)
    for _ in range(14 * 3):
        assert find_session(desk, busy) is not None
        clock.pass_by(hours=8)
    assert find_session(desk, busy) is None


@pytest.mark.parametrize("what", ["password", "less", "out"])
def test_sessions_end_with_what_they_stand_on(desk: DeskFile, what: str) -> None:
    add_user(desk, "root", "admin", WORDS, by="system")
    user = add_user(desk, "ada", "reviewer", WORDS, by="root")
    key = start_session(desk, user)
    if what == "password":
        set_password(desk, "ada", OTHER, by="ada")
    elif what == "less":
        change_user(desk, "ada", role="reader", by="root")
    else:
        change_user(desk, "ada", active=False, by="root")
    assert find_session(desk, key) is None


def test_more_rights_keep_the_session(desk: DeskFile) -> None:
    user = add_user(desk, "ada", "reader", WORDS, by="system")
    key = start_session(desk, user)
    change_user(desk, "ada", role="admin", by="system")
    found = find_session(desk, key)
    assert found is not None and found.user.role == "admin"


def test_one_of_several_sessions_is_ended(desk: DeskFile) -> None:
    user = add_user(desk, "ada", "reader", WORDS, by="system")
    keys = [start_session(desk, user, agent=f"browser {number}") for number in range(3)]
    listed = list_sessions(desk, user)
    assert len(listed) == 3
    gone = find_session(desk, keys[1])
    assert gone is not None
    assert end_sessions_of(desk, user, by="ada", only=gone.id) == 1
    assert [find_session(desk, key) is None for key in keys] == [False, True, False]


# --- tokens -----------------------------------------------------------------------------------------------------


def test_a_token_works_until_it_is_revoked_or_runs_out(desk: DeskFile, clock: Clock) -> None:
    user = add_user(desk, "ada", "reviewer", WORDS, by="system")
    token, key = make_token(desk, user, "nightly export", role="reader", days=3, by="ada")
    _, forever = make_token(desk, user, "dashboard", by="ada")
    found = find_token(desk, key)
    assert found is not None and found.user.role == "reader" and found.id == token.id
    assert key.encode() not in desk.path.read_bytes()
    clock.pass_by(days=4)
    assert find_token(desk, key) is None and find_token(desk, forever) is not None
    revoke_token(desk, next(token.id for token in list_tokens(desk, user) if token.name == "dashboard"), by="ada")
    assert find_token(desk, forever) is None


def test_a_token_never_may_more_than_its_user(desk: DeskFile) -> None:
    add_user(desk, "root", "admin", WORDS, by="system")
    user = add_user(desk, "ada", "reviewer", WORDS, by="root")
    with pytest.raises(UsageError, match="cannot be admin"):
        make_token(desk, user, "too much", role="admin", by="ada")
    _, key = make_token(desk, user, "script", by="ada")
    change_user(desk, "ada", role="reader", by="root")
    found = find_token(desk, key)
    assert found is not None and found.user.role == "reader"
    change_user(desk, "ada", active=False, by="root")
    assert find_token(desk, key) is None


def test_nobody_revokes_another_ones_token(desk: DeskFile) -> None:
    ada = add_user(desk, "ada", "reader", WORDS, by="system")
    ben = add_user(desk, "ben", "reader", WORDS, by="system")
    token, key = make_token(desk, ada, "hers", by="ada")
    with pytest.raises(UsageError):
        revoke_token(desk, token.id, by="ben", user=ben)
    assert find_token(desk, key) is not None


# --- audit ------------------------------------------------------------------------------------------------------


def _fill(desk: DeskFile) -> None:
    user = add_user(desk, "ada", "admin", WORDS, by="system")
    for number in range(6):
        end_session(desk, start_session(desk, user), by="ada")
        make_token(desk, user, f"token {number}", by="ada")


def test_the_log_holds(desk: DeskFile) -> None:
    _fill(desk)
    with desk.reading() as connection:
        state = verify_audit(connection)
        newest = list_audit(connection, limit=2)
        older = list_audit(connection, limit=2, before=newest[-1].number)
    assert state.broken is None and state.entries == 13
    assert [entry.number for entry in newest + older] == [13, 12, 11, 10]


def test_the_log_cannot_be_changed_by_us(desk: DeskFile) -> None:
    _fill(desk)
    for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with pytest.raises(StoreError, match="audit log"), desk.writing() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET who = 'ben' WHERE number = 4", 4),
        ("UPDATE audit SET data = '{}' WHERE number = 1", 1),
        ("UPDATE audit SET at = '2020-01-01T00:00:00+00:00' WHERE number = 13", 13),
        ("DELETE FROM audit WHERE number = 7", 7),
        ("DELETE FROM audit WHERE number = 1", 1),
        ("UPDATE audit SET hash = before WHERE number = 5", 5),
    ],
)
def test_an_edited_log_is_found_out(desk: DeskFile, statement: str, broken: int) -> None:
    _fill(desk)
    with sqlite3.connect(desk.path) as raw:
        raw.executescript("DROP TRIGGER audit_is_never_edited; DROP TRIGGER audit_is_never_cut;")
        raw.execute(statement)
    with desk.reading() as connection:
        assert verify_audit(connection).broken == broken


def test_a_cut_end_is_found_by_a_hash_noted_before(desk: DeskFile) -> None:
    _fill(desk)
    with desk.reading() as connection:
        noted = verify_audit(connection).head
    with sqlite3.connect(desk.path) as raw:
        raw.execute("DROP TRIGGER audit_is_never_cut")
        raw.execute("DELETE FROM audit WHERE number > 10")
    with desk.reading() as connection:
        assert verify_audit(connection).broken is None
        assert verify_audit(connection, noted).broken == 11


def test_no_secret_is_logged(desk: DeskFile) -> None:
    user = add_user(desk, "ada", "admin", WORDS, by="system")
    _, key = make_token(desk, user, "script", by="ada")
    with pytest.raises(BadLogin):
        log_in(desk, "ada", OTHER, "10.0.0.1")
    with desk.reading() as connection:
        told = json.dumps([entry.data for entry in list_audit(connection)])
    assert WORDS not in told and OTHER not in told and key not in told
