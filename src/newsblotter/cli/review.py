"""Commands by which a person has the last word: judge, correct, undo, judgements."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsblotter.cli.options import JsonOption, StoreOption, dump_json, open_for_asking
from newsblotter.store.present import plain

if TYPE_CHECKING:
    from newsblotter.review import Corrected, Judged
    from newsblotter.review.revising import Revision
    from newsblotter.store import Store

WhyOption = Annotated[str, typer.Option("--why", metavar="WORDS", help="The reason, for those who come after.")]
ByOption = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who says so; else NEWSBLOTTER_USER, else the login.", show_default=False)
]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Say what would become of the incidents; write nothing.")]
LaterOption = Annotated[bool, typer.Option("--later", help="Only write it down; the next build brings the incidents in line.")]


class Verdict(StrEnum):
    """What ``judge`` takes."""

    same = "same"
    different = "different"
    unsure = "unsure"


def open_for_writing(flag: str | None) -> Store:
    """Open the store that flag, environment or file name; it must be there."""
    from newsblotter.cli.config import load_config
    from newsblotter.store import open_store

    return open_store(flag or load_config().store, create=False)


def _open(flag: str | None, *, dry_run: bool) -> Store:
    return open_for_asking(flag) if dry_run else open_for_writing(flag)


def who_speaks(flag: str | None) -> str:
    """The name that a word is written down under."""
    from newsblotter.cli.config import load_config

    named = flag or load_config().user
    if named and plain(named):
        return plain(named)
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a login without a name, as in some containers
        return "somebody"


def judge(  # noqa: PLR0913  a command's parameters are its options
    verdict: Annotated[Verdict, typer.Argument(metavar="same|different|unsure", help="Whether the two are one incident.")],
    left: Annotated[str, typer.Argument(metavar="A", help="An incident, a report or a mention.")],
    right: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    why: WhyOption = "",
    by: ByOption = None,
    dry_run: DryOption = False,
    later: LaterOption = False,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """Say whether two incidents or reports are one incident. Your word stands in every later build, until you undo it.

    Example: newsblotter judge same nb4k2jq7 nb0c9x1f --why "one raid, two spellings of the shop"
    """
    from newsblotter.records import Judgement
    from newsblotter.review.saying import Speaker, say_judgement
    from newsblotter.revise import revise

    speaker, judgement = who_speaks(by), Judgement(verdict.value)
    with _open(store, dry_run=dry_run) as opened:
        line = say_judgement(opened, judgement, left, right, Speaker(speaker, why))
        revision = revise(opened, [line], dry_run=dry_run, later=later)
    data = line.data
    words = {"same": "are the same incident", "different": "are different incidents", "unsure": "may be one incident: unsure"}
    said = f"{data['left']['asked']} and {data['right']['asked']} {words[judgement.value]}"
    _report(
        revision, "judgement", said, {"judgement": judgement.value, "by": speaker, "why": plain(why)}, _How(dry_run, later, json)
    )
    return 0


def correct(  # noqa: PLR0913  a command's parameters are its options
    incident: Annotated[str, typer.Argument(metavar="ID", help="An incident, or a report of it.")],
    field: Annotated[str, typer.Argument(metavar="FIELD", help="A field: date, time, place, address, target, killed, loot, …")],
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="2017-03-25 · 15:40 · Lyon · 43.74,7.43 · 3 · 2-4 · 3+ · 2.4m EUR · null · JSON.")
    ],
    why: WhyOption = "",
    by: ByOption = None,
    dry_run: DryOption = False,
    later: LaterOption = False,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """Put your value in the place of what the reports say. It beats every claim in every later build, until you undo it.

    Example: newsblotter correct nb4k2jq7 loot "2.4m EUR" --why "the court's figure"
    """
    from newsblotter.cli.ask import find_incident
    from newsblotter.fields import load_gazetteer
    from newsblotter.review.saying import Speaker, say_correction
    from newsblotter.review.values import read_values
    from newsblotter.revise import revise
    from newsblotter.store.export import describe_values
    from newsblotter.store.present import show_value
    from newsblotter.taxonomy import load_taxonomy

    speaker = who_speaks(by)
    values = read_values(field, value, load_gazetteer(), load_taxonomy())
    with _open(store, dry_run=dry_run) as opened:
        found = find_incident(opened, incident)
        line = say_correction(opened, found, field, values, Speaker(speaker, why))
        before = show_value(field, _stands(found.record, field)) or "nothing"
        revision = revise(opened, [line], dry_run=dry_run, later=later)
    now = describe_values(field, values)
    said = f"{field} of {found.id} is {show_value(field, now) or 'unknown'}, where {before} stood"
    known = {"incident": found.id, "field": field, "value": now, "by": speaker, "why": plain(why)}
    _report(revision, "correction", said, known, _How(dry_run, later, json))
    return 0


def _stands(record: dict[str, Any], field: str) -> Any:
    if field in ("time", "address"):
        return (record.get("date" if field == "time" else "place") or {}).get(field)
    return record.get(field)


def undo(
    number: Annotated[
        int | None,
        typer.Argument(metavar="NUMBER", help="As judgements numbers them; else the last one."),
    ] = None,
    why: WhyOption = "",
    by: ByOption = None,
    dry_run: DryOption = False,
    later: LaterOption = False,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """Take back a judgement or a correction. It stays in the journal, marked as taken back; incidents get their old ids again.

    Example: newsblotter undo 12 --why "a namesake"
    """
    from newsblotter.review import read_words
    from newsblotter.review.saying import Speaker, name_kind, say_retirement
    from newsblotter.revise import revise

    speaker = who_speaks(by)
    with _open(store, dry_run=dry_run) as opened:
        word, line = say_retirement(read_words(opened.journal()), number, Speaker(speaker, why))
        revision = revise(opened, [line], dry_run=dry_run, later=later)
    known = {"undone": word.number, "by": speaker, "why": plain(why)}
    _report(revision, "taken back", f"{name_kind(word)} {word.number}: {_tell(word)}", known, _How(dry_run, later, json))
    return 0


def judgements(
    everything: Annotated[bool, typer.Option("--all", help="Those that were taken back as well.")] = False,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Write the judged pairs that stand, with all features, one a line as JSON: to train on.")
    ] = False,
    store: StoreOption = None,
    json: JsonOption = False,
) -> int:
    """List what people judged and corrected: number, day, who, what and why.

    Example: newsblotter judgements --all
    """
    from newsblotter.cli.show import draw_words
    from newsblotter.cli.terminal import open_console
    from newsblotter.review import read_words
    from newsblotter.review.sides import find_lost

    with open_for_asking(store) as opened:
        if pairs:
            _write_pairs(opened)
            return 0
        words = read_words(opened.journal())
        lost = {one.number: one.why for one in find_lost(opened, words)}
    shown = [word for word in words if everything or word.retired is None]
    lines = [_describe(word, lost.get(word.number, "")) for word in shown]
    if json:
        print(dump_json(lines))
        return 0
    if not lines:
        import sys

        print("newsblotter: nobody judged or corrected anything" + ("" if everything else " that stands"), file=sys.stderr)
        return 0
    draw_words(open_console(), lines)
    return 0


def _write_pairs(store: Store) -> None:
    """The judged pairs on standard output."""
    from json import dumps

    from newsblotter.review.pairs import describe_pairs, find_judged_pairs

    for pair in describe_pairs(store, find_judged_pairs(store)[0]):
        print(dumps(pair, ensure_ascii=False))


# --- in words -----------------------------------------------------------------------------------------------------------


def _tell(word: Judged | Corrected) -> str:
    """A word in one clause: "same: nb4k2jq7 and nb0c9x1f"; "loot of nb4k2jq7: 2.4 million EUR"."""
    from newsblotter.review import Judged
    from newsblotter.store.export import describe_values
    from newsblotter.store.present import show_value

    if isinstance(word, Judged):
        return f"{word.judgement.value}: {word.left.asked} and {word.right.asked}"
    field = word.correction.field
    return f"{field} of {word.incident}: {show_value(field, describe_values(field, word.correction.values)) or 'null'}"


def _describe(word: Judged | Corrected, lost: str) -> dict[str, Any]:
    """A word as plain data."""
    from newsblotter.review import Judged
    from newsblotter.review.saying import describe_said, name_kind

    said = word if isinstance(word, Judged) else word.correction
    data: dict[str, Any] = {"number": word.number, "kind": name_kind(word), "what": _tell(word), "by": said.by, "why": said.why}
    data["at"] = said.at.isoformat(timespec="seconds") if said.at else None
    data |= describe_said(word)
    data["lost"] = lost or None
    retired = word.retired
    data["retired"] = None if retired is None else {"by": retired.by, "why": retired.why, "at": str(retired.at or "") or None}
    return data


class _How:
    """How a word was given: tried out, put off, to be told as JSON."""

    def __init__(self, dry_run: bool, later: bool, json: bool) -> None:
        self.dry_run, self.later, self.json = dry_run, later, json


def _report(revision: Revision, kind: str, said: str, known: dict[str, Any], how: _How) -> None:
    """Say what was written down and what became of the incidents."""
    if how.json:
        number = revision.numbers[0] if revision.numbers else None
        effects, lost = [asdict(effect) for effect in revision.effects], [asdict(one) for one in revision.lost]
        print(dump_json({"number": number, **known, "dry_run": how.dry_run, "effects": effects, "lost": lost}))
        return
    from newsblotter.cli.show import draw_effects
    from newsblotter.cli.terminal import open_console

    console = open_console()
    numbered = f" {revision.numbers[0]}" if revision.numbers and kind != "taken back" else ""
    opening = f"would be written down as a {kind}" if how.dry_run and kind != "taken back" else f"{kind}{numbered}"
    if how.dry_run and kind == "taken back":
        opening = "would be taken back"
    console.print(f"{opening}: {said}", markup=False)
    if known["why"]:
        console.print(f"  {known['by']}: {known['why']}", style="dim", markup=False)
    if how.later:
        console.print("the next build brings the incidents in line", style="dim")
    else:
        draw_effects(console, revision)
