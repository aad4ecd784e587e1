"""The commands that fill a store: build, rebuild."""

from __future__ import annotations

import shlex
import sys
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsblotter.cli.codes import INTERRUPTED, OK, REJECTED
from newsblotter.cli.options import JsonOption, StoreOption, dump_json, open_for_asking, read_day, read_mapping

if TYPE_CHECKING:
    from newsblotter.pipeline import BuildResult, Settings

SHOWN_REASONS = 5  # reasons for rejection that a build prints; stats has them all


def build(
    sources: Annotated[list[str], typer.Argument(metavar="SOURCE…", help="Folders, files, globs; - reads standard input.")],
    store: StoreOption = None,
    published: Annotated[
        str | None, typer.Option(metavar="DAY", help="Publication day of reports that state none.", show_default=False)
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(metavar="THEIRS=OURS", help="A JSON field by another name, e.g. headline=title; may be repeated."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Processes that read; one a processor by default.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read the sources and say what would be new; write nothing.")] = False,
    json: JsonOption = False,
) -> int:
    """Read reports and bring the incidents of the store up to date. What is known already is skipped.

    Text, HTML and JSON Lines are read, .gz as well.

    Example: newsblotter build reports/ --published 2024-05-20
    """
    from newsblotter.cli.config import load_config
    from newsblotter.cli.terminal import ProgressBars
    from newsblotter.pipeline import Settings, inspect_sources
    from newsblotter.pipeline import build as build_store

    config = load_config()
    day = read_day(published, "--published") or config.published
    settings = make_settings(Settings(), day, {**config.mapping, **read_mapping(mapping or ())}, workers or config.workers)
    where = store or config.store
    _announce_journal(where)
    with ProgressBars() as bars:
        if dry_run:
            result = inspect_sources(sources, where, settings=settings, on_progress=bars)
        else:
            result = build_store(sources, where, settings=settings, on_progress=bars)
    _report(result, where, json=json, dry_run=dry_run)
    if result.interrupted:
        again = (
            ["newsblotter", *sys.argv[1:]] if sys.argv[1:2] == ["build"] else ["newsblotter", "build", *sources, "--store", where]
        )
        print(f"newsblotter: interrupted; what was read is kept. Go on with: {shlex.join(again)}", file=sys.stderr)
        return INTERRUPTED
    return REJECTED if result.rejected else OK


def rebuild(
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Processes that work; one a processor by default.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would become of the incidents; write nothing.")] = False,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """Derive copies, links and incidents anew from the reports and the journal. Ids and what people said stay.

    A lost or damaged store comes back the same way: keep its .journal.jsonl, and build again from the reports.

    Example: newsblotter rebuild --store incidents.db
    """
    from newsblotter.cli.config import load_config
    from newsblotter.cli.review import open_for_writing
    from newsblotter.cli.terminal import ProgressBars
    from newsblotter.pipeline import Settings
    from newsblotter.revise import rebuild as rebuild_store

    config = load_config()
    where = store or config.store
    settings = replace(Settings(), workers=workers or config.workers)
    with ProgressBars() as bars, open_for_asking(store) if dry_run else open_for_writing(store) as opened:
        result, revision = rebuild_store(opened, settings=settings, on_progress=bars, dry_run=dry_run)
    if json:
        print(
            dump_json(
                {**result.as_dict(), "store": where, "dry_run": dry_run, "effects": [asdict(one) for one in revision.effects]}
            )
        )
        return INTERRUPTED if result.interrupted else OK
    from newsblotter.cli.show import draw_effects
    from newsblotter.cli.terminal import open_console

    draw_effects(open_console(), revision)
    verb = "would be" if dry_run else "are"
    count = f"{result.incidents:,} incident{'s' * (result.incidents != 1)}"
    print(f"newsblotter: {count} in {where}; {result.changed:,} {verb} new or changed", file=sys.stderr)
    return INTERRUPTED if result.interrupted else OK


def _announce_journal(where: str) -> None:
    """Say that a journal without its store is taken up: the ids and judgements of a store that was here before."""
    if "://" in where or Path(where).exists():
        return
    from newsblotter.store.journal import SUFFIX

    journal = Path(where + SUFFIX)
    if journal.exists():
        print(f"newsblotter: {where} is made anew; ids and judgements are taken from {journal.name}", file=sys.stderr)


def _complain_of_lost(result: BuildResult) -> None:
    for one in result.lost[:SHOWN_REASONS]:
        print(f"newsblotter: judgement {one.number} is not in force: {one.why}; newsblotter judgements lists them", file=sys.stderr)


def make_settings(settings: Settings, published: date | None, mapping: dict[str, str], workers: int | None) -> Settings:
    """The settings with what flags, environment and file say of reading."""
    return replace(
        settings,
        read=replace(settings.read, mapping=mapping),
        clean=replace(settings.clean, published=published),
        workers=workers,
    )


def _report(result: BuildResult, where: str, *, json: bool, dry_run: bool) -> None:
    if json:
        print(dump_json(result.as_dict()))
        return
    verb = "would be read" if dry_run else "read"
    parts = [f"{result.read:,} new report{'s' * (result.read != 1)} {verb}"]
    if result.known:
        parts.append(f"{result.known:,} known already")
    if not dry_run and not result.interrupted:
        parts.append(f"{result.incidents:,} incident{'s' * (result.incidents != 1)} in {where}")
    print("newsblotter: " + "; ".join(parts), file=sys.stderr)
    _complain_of_lost(result)
    if result.rejected:
        print(f"newsblotter: {result.rejected:,} rejected:", file=sys.stderr)
        for reason, number in sorted(result.rejected_by_reason.items(), key=lambda item: (-item[1], item[0]))[:SHOWN_REASONS]:
            print(f"  {number:>6,}  {reason}", file=sys.stderr)
