"""Commands that ask a store and change nothing: list, show, search, explain, export, changes, stats."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from newsblotter.cli.options import (
    JsonOption,
    StoreOption,
    dump_json,
    open_for_asking,
    read_day,
    read_first_day,
    read_last_day,
    read_moment,
    read_point,
)
from newsblotter.errors import UnknownIncident, UsageError

if TYPE_CHECKING:
    from newsblotter.store import Store, StoredIncident

AsOfOption = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DAY", help="As the reports published by the end of that day support it.", show_default=False),
]
COMMAND_NAMES = {"list_incidents": "list"}


def list_incidents(  # noqa: PLR0913  a command's parameters are its options
    type_: Annotated[str | None, typer.Option("--type", help="Only this type: robbery, burglary, theft, shooting, …")] = None,
    since: Annotated[str | None, typer.Option(metavar="DAY", help="On or after: 2024-05-20, 2024-05 or 2024.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DAY", help="On or before.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CC", help="Two letters: FR, US, …")] = None,
    near: Annotated[str | None, typer.Option(metavar="LAT,LON", help="Around a point, in degrees.")] = None,
    within: Annotated[float, typer.Option(metavar="KM", min=0.0, help="How far from the point.")] = 25.0,
    min_voices: Annotated[int | None, typer.Option(metavar="N", min=1, help="At least N independent texts.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="At most N incidents; 0 lists all.")] = 100,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """List incidents, newest first.

    Example: newsblotter list --type robbery --since 2024 --country FR --min-voices 2
    """
    from newsblotter.store import Filter
    from newsblotter.taxonomy import load_taxonomy

    types = load_taxonomy().types
    if type_ is not None and type_ not in types:
        raise UsageError(f"no incident type is called {type_!r}; there are {', '.join(sorted(types))}")
    if country is not None and not (len(country) == 2 and country.isalpha()):
        raise UsageError(f"--country takes two letters such as FR, not {country!r}")
    wanted = Filter(
        types=(type_,) if type_ else (),
        since=read_first_day(since, "--since"),
        until=read_last_day(until, "--until"),
        countries=(country,) if country else (),
        near=read_point(near),
        within_km=within,
        min_voices=min_voices,
        limit=limit or None,
    )
    with open_for_asking(store) as opened:
        records = opened.find_incidents(wanted)
        if json:
            print("[" + ",\n".join(_one_line(record) for record in records) + "]")
            return 0
        if not records:
            print("newsblotter: no incident fits", file=sys.stderr)
            return 0
        from newsblotter.cli.show import draw_list
        from newsblotter.cli.terminal import open_console

        draw_list(open_console(), records, opened.count_incidents(wanted))
    return 0


def _one_line(data: object) -> str:
    import json as codec

    return codec.dumps(data, ensure_ascii=False, default=str)


def show(
    incident: Annotated[str, typer.Argument(metavar="ID", help="An incident's id, or a unique beginning of it.")],
    as_of: AsOfOption = None,
    claims: Annotated[bool, typer.Option("--claims", help="Every claim with its standing, and why each value is shown.")] = False,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """Show an incident: its facts, each with quote and report, what is disputed, its history, its reports.

    Example: newsblotter show nb4k2jq7 --as-of 2017-03-26 --claims
    """
    day = read_day(as_of, "--as-of")
    with open_for_asking(store) as opened:
        found = find_incident(opened, incident)
        record = found.record
        if day is not None:
            from newsblotter.review.asof import Lookback

            record = Lookback(opened, day).record(found.id)
        if json:
            print(dump_json(record))
            return 0
        from newsblotter.cli.show import Asked, draw_incident
        from newsblotter.cli.terminal import open_console

        redirected = "" if found.id.startswith(found.asked) else found.asked
        asked = Asked(redirected or found.id, day, tuple(_find_parts(opened, found.id)), claims)
        draw_incident(open_console(), record, asked)
    return 0


def _find_parts(store: Store, incident_id: str) -> list[str]:
    """The incidents that parts of a living one have become."""
    parts: list[str] = []
    for entry in store.journal("split"):
        if entry.data["id"] == incident_id:
            parts += [part for part in entry.data["now"] if part != incident_id and part not in parts]
    live = []
    for part in parts:
        try:
            now = store.get_incident(part).id
        except UnknownIncident:
            continue
        if now != incident_id and now not in live:
            live.append(now)
    return live


def find_incident(store: Store, short: str) -> StoredIncident:
    """An incident by its id; a report's id stands for the one incident that it tells."""
    try:
        return store.get_incident(short)
    except UnknownIncident as error:
        try:
            resolved = store.resolve(short)
        except UnknownIncident:
            raise error from None
        if resolved.kind == "mention":
            from newsblotter.review.sides import look_up

            return store.get_incident(look_up(store, short).incident_id)
        told = store.incidents_of(resolved.id) if resolved.kind == "report" else [resolved.id]
        if len(told) == 1:
            return store.get_incident(told[0])
        if not told:
            raise UnknownIncident(f"{short} is a report that tells no incident") from None
        raise UnknownIncident(f"{short} is a report that tells {len(told)} incidents: {', '.join(told)}") from None


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help='Every word must occur; "in quotes" together.')],
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most N of each kind.")] = 20,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """Search the full text of reports and incidents.

    Example: newsblotter search Cartier "Monte Carlo"
    """
    quoted = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    with open_for_asking(store) as opened:
        result = opened.search(quoted, limit)
    if json:
        print(dump_json(asdict(result)))
        return 0
    if not result.hits:
        print("newsblotter: nothing found", file=sys.stderr)
        return 0
    from newsblotter.cli.show import draw_hits
    from newsblotter.cli.terminal import open_console

    draw_hits(open_console(), result.hits, cut_short=result.cut_short)
    return 0


def explain(
    left: Annotated[str, typer.Argument(metavar="ID", help="An incident or a report.")],
    right: Annotated[str, typer.Argument(metavar="ID", help="Another one.")],
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """Explain why two incidents or reports were joined or kept apart.

    Example: newsblotter explain nb4k2jq7 nb0c9x1f
    """
    from newsblotter.review.explaining import explain_pair

    with open_for_asking(store) as opened:
        answer = explain_pair(opened, left, right)
    if json:
        print(
            dump_json({"joined": answer.joined, "sentence": answer.sentence, "link": asdict(answer.link) if answer.link else None})
        )
        return 0
    from newsblotter.cli.show import draw_link
    from newsblotter.cli.terminal import open_console

    console = open_console()
    console.print(answer.sentence, markup=False)
    if answer.link is not None and answer.link.features:
        console.print()
        draw_link(console, answer.link)
    return 0


class ExportFormat(StrEnum):
    """What ``export`` can write."""

    jsonl = "jsonl"
    csv = "csv"
    geojson = "geojson"
    parquet = "parquet"
    jsonld = "jsonld"


def export(
    format_: Annotated[
        ExportFormat, typer.Option("--format", help="jsonl holds everything; the others are projections.")
    ] = ExportFormat.jsonl,
    output: Annotated[Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write here instead of stdout.")] = None,
    copies: Annotated[bool, typer.Option("--copies", help="Write the copy groups instead, one a line as JSON.")] = False,
    as_of: AsOfOption = None,
    store: StoreOption = None,
) -> int:
    """Export every incident, or every copy group.

    Example: newsblotter export --format csv --output incidents.csv
    """
    from newsblotter.cli.files import write_whole

    if copies and format_ is not ExportFormat.jsonl:
        raise UsageError("--copies writes JSON lines only; leave out --format")
    if copies and as_of is not None:
        raise UsageError("--copies are those of today; leave out --as-of")
    day = read_day(as_of, "--as-of")
    with open_for_asking(store) as opened:
        if output is None:
            _write_export(opened, format_, copies, day, sys.stdout)
            sys.stdout.flush()
        else:
            with write_whole(output) as stream:
                _write_export(opened, format_, copies, day, stream)
    return 0


def _write_export(store: Store, wanted: ExportFormat, copies: bool, day: date | None, stream: TextIO) -> None:
    from newsblotter.store.formats import FORMATS, Notes, export_copies

    if copies:
        export_copies(store, stream)
        return
    records = store.records()
    if day is not None:
        from newsblotter.review.asof import Lookback

        records = Lookback(store, day).records()
    stream.flush()
    for part in FORMATS[wanted.value].write(records, Notes()):
        stream.buffer.write(part)  # Parquet is no text
    stream.buffer.flush()


def changes(
    since: Annotated[str, typer.Option("--since", metavar="WHEN", help="A day or a moment in UTC: 2026-11-20, 2026-11-20T18:00.")],
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """List what became of the incidents since a moment: new, changed, merged, split, withdrawn.

    Example: newsblotter changes --since 2026-11-20
    """
    from newsblotter.review.changes import list_changes

    with open_for_asking(store) as opened:
        found = list_changes(opened, read_moment(since, "--since"))
    if json:
        print("[" + ",\n".join(_one_line(asdict(one)) for one in found) + "]")
        return 0
    if not found:
        print("newsblotter: nothing has changed", file=sys.stderr)
        return 0
    from newsblotter.cli.show import draw_changes
    from newsblotter.cli.terminal import open_console

    draw_changes(open_console(), found)
    return 0


def stats(store: StoreOption = None, json: JsonOption = False) -> int:
    """Show what a store holds: reports, copies, rejected with reasons, incidents, seconds by stage.

    Example: newsblotter stats --store incidents.db
    """
    with open_for_asking(store) as opened:
        found = opened.stats()
    if json:
        print(dump_json(asdict(found)))
        return 0
    from newsblotter.cli.show import draw_stats
    from newsblotter.cli.terminal import open_console

    draw_stats(open_console(), found)
    return 0
