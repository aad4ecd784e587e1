"""Commands about who may use the desk: user, token, audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from newsblotter.cli.codes import ERROR, OK
from newsblotter.cli.options import JsonOption, StoreOption, dump_json
from newsblotter.cli.review import who_speaks
from newsblotter.cli.terminal import open_console
from newsblotter.errors import UsageError

if TYPE_CHECKING:
    from newsblotter.web.people import DeskFile, User

user = typer.Typer(name="user", no_args_is_help=True, help="Who may use the desk.")
token = typer.Typer(name="token", no_args_is_help=True, help="Keys for programs that use the desk's API.")
audit = typer.Typer(name="audit", no_args_is_help=True, help="The log of what people did at the desk.")


class RoleName(StrEnum):
    """What a user may do: look; also judge and correct; also let others in."""

    reader = "reader"
    reviewer = "reviewer"
    admin = "admin"


NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input, one line.")]


@contextmanager
def open_desk_of(flag: str | None) -> Iterator[DeskFile]:
    """The desk file of the store that flag, environment or file name; the store must be there."""
    from newsblotter.cli.config import load_config
    from newsblotter.store import open_store
    from newsblotter.store.sqlite import parse_url
    from newsblotter.web.people import open_desk

    place = flag or load_config().store
    open_store(place, create=False, readonly=True).close()  # a store that is not there is named before a desk file is made
    desk = open_desk(parse_url(place))
    try:
        yield desk
    finally:
        desk.close()


def _find(desk: DeskFile, name: str) -> User:
    from newsblotter.web.people import find_user

    with desk.reading() as connection:
        found = find_user(connection, name)
    if found is None:
        raise UsageError(f"there is no user {name}; newsblotter user list names them all")
    return found


def _ask_password(from_stdin: bool) -> str:
    import sys

    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("no terminal to ask for the password at; give it on standard input with --password-stdin")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
    return password


def print_table(columns: list[str], rows: list[list[str]], empty: str) -> None:
    """Print rows below their headings, or say on stderr that there are none."""
    from rich.table import Table

    if not rows:
        typer.echo(empty, err=True)
        return
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*row)
    open_console().print(table)


def show_moment(moment: datetime | None) -> str:
    """A moment to the minute, in UTC."""
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


@user.command("add")
def add(
    name: NameArgument,
    role: Annotated[RoleName, typer.Option("--role", help="What they may do.")] = RoleName.reviewer,
    password_stdin: StdinOption = False,
    store: StoreOption = None,
) -> int:
    """Let somebody use the desk. Asks for a password of 12 characters or more.

    Example: newsblotter user add ada --role admin
    """
    from newsblotter.web.people import add_user, need_hashing

    need_hashing()
    with open_desk_of(store) as desk:
        made = add_user(desk, name, role.value, _ask_password(password_stdin), by=who_speaks(None))
    typer.echo(f"{made.name} may use the desk as {made.role}", err=True)
    return OK


@user.command("list")
def list_all(store: StoreOption = None, json: JsonOption = False) -> int:
    """List everybody who may use the desk.

    Example: newsblotter user list
    """
    from newsblotter.web.people import list_users

    with open_desk_of(store) as desk, desk.reading() as connection:
        users = list_users(connection)
    if json:
        typer.echo(dump_json([asdict(one) for one in users]))
        return OK
    rows = [[one.name, one.role, "" if one.active else "shut out"] for one in users]
    print_table(["name", "role", ""], rows, "nobody yet; let somebody in with: newsblotter user add NAME --role admin")
    return OK


@user.command("change")
def change(
    name: NameArgument,
    role: Annotated[RoleName | None, typer.Option("--role", help="What they may do from now on.", show_default=False)] = None,
    active: Annotated[
        bool | None, typer.Option("--let-in/--shut-out", help="Whether they may log in at all.", show_default=False)
    ] = None,
    store: StoreOption = None,
) -> int:
    """Give a user another role, shut them out or let them in again. Their logins end where they may do less.

    Example: newsblotter user change ben --role reader
    """
    from newsblotter.web.people import change_user

    with open_desk_of(store) as desk:
        now = change_user(desk, name, role=role and role.value, active=active, by=who_speaks(None))
    typer.echo(f"{now.name} is {now.role}{'' if now.active else ', shut out'}", err=True)
    return OK


@user.command("password")
def password(name: NameArgument, password_stdin: StdinOption = False, store: StoreOption = None) -> int:
    """Give a user another password; all their logins end.

    Example: newsblotter user password ada
    """
    from newsblotter.web.people import need_hashing, set_password

    need_hashing()
    with open_desk_of(store) as desk:
        _find(desk, name)
        set_password(desk, name, _ask_password(password_stdin), by=who_speaks(None))
    typer.echo(f"{name} has a new password", err=True)
    return OK


@token.command("make")
def make(
    name: NameArgument,
    purpose: Annotated[str, typer.Argument(metavar="PURPOSE", help="What the key is for.")],
    role: Annotated[RoleName, typer.Option("--role", help="What it may do; no more than its user.")] = RoleName.reader,
    days: Annotated[int | None, typer.Option("--days", help="After how many days it ends.", show_default=False)] = None,
    store: StoreOption = None,
) -> int:
    """Make a key for a program that uses the API in a user's name. The key is printed now and never again.

    Example: newsblotter token make ada "nightly export" --days 365
    """
    from newsblotter.web.people import make_token

    with open_desk_of(store) as desk:
        made, key = make_token(desk, _find(desk, name), purpose, role=role.value, days=days, by=who_speaks(None))
    typer.echo(f"token {made.id} of {made.user.name}, {made.user.role}; its key, shown only now:", err=True)
    typer.echo(key)
    return OK


@token.command("list")
def list_tokens(store: StoreOption = None, json: JsonOption = False) -> int:
    """List all keys, without the keys themselves.

    Example: newsblotter token list
    """
    from newsblotter.web import people

    with open_desk_of(store) as desk:
        found = people.list_tokens(desk)
    if json:
        typer.echo(dump_json([{**asdict(one), "user": one.user.name, "role": one.user.role} for one in found]))
        return OK
    rows = [
        [
            one.id,
            one.user.name,
            one.user.role,
            one.name,
            show_moment(one.made_at),
            show_moment(one.used),
            show_moment(one.expires),
            show_moment(one.revoked),
        ]
        for one in found
    ]
    print_table(["id", "user", "role", "for", "made", "last used", "ends", "revoked"], rows, "no tokens yet")
    return OK


@token.command("revoke")
def revoke(token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id.")], store: StoreOption = None) -> int:
    """Make a key worthless.

    Example: newsblotter token revoke t0f3c2a91b7de
    """
    from newsblotter.web.people import revoke_token

    with open_desk_of(store) as desk:
        revoke_token(desk, token_id, by=who_speaks(None))
    typer.echo(f"token {token_id} is revoked", err=True)
    return OK


@audit.command("list")
def list_entries(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many.")] = 50,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """Print what people did at the desk, the newest first.

    Example: newsblotter audit list --limit 20
    """
    from newsblotter.store.present import plain
    from newsblotter.web.people import list_audit

    with open_desk_of(store) as desk, desk.reading() as connection:
        entries = list_audit(connection, limit)
    if json:
        typer.echo(dump_json([asdict(entry) for entry in entries]))
        return OK
    rows = [[str(entry.number), show_moment(entry.at), plain(entry.who), entry.what, plain(entry.data)] for entry in entries]
    print_table(["", "when (UTC)", "who", "what", ""], rows, "nothing yet")
    return OK


@audit.command("verify")
def verify(
    expect: Annotated[
        str | None,
        typer.Option("--expect", metavar="HASH", help="A hash noted earlier: it must still stand in the log.", show_default=False),
    ] = None,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """Check that no entry of the log was edited, put in or taken out. Ends with 1 if one was.

    Example: newsblotter audit verify
    """
    from newsblotter.web.people import verify_audit

    with open_desk_of(store) as desk, desk.reading() as connection:
        state = verify_audit(connection, expect)
    if json:
        typer.echo(dump_json(asdict(state)))
    elif state.broken is None:
        typer.echo(f"the log is whole: {state.entries} entries; the newest has the hash {state.head}")
    else:
        typer.echo(f"the log was tampered with: entry {state.broken} {state.reason}")
    return OK if state.broken is None else ERROR
