"""The command that measures: evaluate."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsblotter.cli.agreement import evaluate_judgements
from newsblotter.cli.build import make_settings
from newsblotter.cli.codes import INTERRUPTED, OK
from newsblotter.cli.options import JsonOption, dump_json, read_day, read_mapping
from newsblotter.errors import GoldError, UsageError

if TYPE_CHECKING:
    from newsblotter.cli.terminal import ProgressBars
    from newsblotter.evaluate import Gold, Scores, Texts
    from newsblotter.pipeline import Settings
    from newsblotter.store import Store

SHOWN_IDS = 5  # ids that a remark lists


@dataclass(frozen=True, slots=True)
class _Found:
    """What is to be scored."""

    records: Sequence[Mapping[str, Any]]
    copies: Sequence[Sequence[str]] | None  # None: the records' reports name their groups


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where what is to be scored comes from."""

    sources: Sequence[str]
    store: str | None
    predicted: Path | None
    predicted_copies: Path | None


class _InterruptedError(Exception):
    """The build was stopped."""


def _file(words: str, *names: str) -> Any:
    """An option that names a file."""
    return typer.Option(*names, metavar="FILE", help=words, show_default=False)


def evaluate(  # noqa: PLR0913  a command's parameters are its options
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE…", help="The reports: folders, files, globs.", show_default=False)
    ] = None,
    gold: Annotated[Path | None, _file("Labelled incidents, one a line as JSON.")] = None,
    judgements: Annotated[
        bool, typer.Option("--judgements", help="Score linking against what people judged in the store, instead of labels.")
    ] = False,
    store: Annotated[
        str | None, typer.Option(metavar="FILE|URL", help="Score what this store holds instead of building.", show_default=False)
    ] = None,
    predicted: Annotated[Path | None, _file("Score this export instead of building.")] = None,
    predicted_copies: Annotated[Path | None, _file("Its copy groups, as export --copies writes them.")] = None,
    copies: Annotated[Path | None, _file("Labelled groups of copies, one a line as JSON.")] = None,
    min_overlap: Annotated[
        float, typer.Option(metavar="SHARE", min=0.0, max=1.0, help="Leave out labelled copies of less stated overlap.")
    ] = 0.0,
    none: Annotated[Path | None, _file("Ids of reports that hold no incident, a JSON string a line.")] = None,
    language: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Leave out reports that state another language than this.", show_default=False),
    ] = None,
    misses: Annotated[bool, typer.Option("--misses", help="List everything that is wrong or missing.")] = False,
    published: Annotated[
        str | None, typer.Option(metavar="DAY", help="Publication day of reports that state none.", show_default=False)
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option(metavar="THEIRS=OURS", help="A JSON field by another name; may be repeated.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Processes that read; one a processor by default.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> int:
    """Score what is found against incidents that you labelled.

    Builds from the sources in a store that is thrown away; with --store scores what that store holds, with --predicted an export.

    With --judgements no labels are needed: the pairs that people judged are linked again without their words.

    Example: newsblotter evaluate --gold incidents.jsonl reports.jsonl --misses
    """
    from newsblotter.cli.config import load_config
    from newsblotter.evaluate import read_gold
    from newsblotter.pipeline import Settings

    if judgements:
        if gold or sources or predicted:
            raise UsageError("--judgements scores what a store holds: name the store alone")
        return evaluate_judgements(store, misses=misses, json=json)
    if gold is None:
        raise UsageError("name labels (--gold incidents.jsonl), or ask for --judgements")
    _check_options(sources, store, predicted, predicted_copies)
    labels = read_gold(gold, copies, none, min_overlap)
    config = load_config()
    day = read_day(published, "--published") or config.published
    settings = make_settings(Settings(), day, {**config.mapping, **read_mapping(mapping or ())}, workers or config.workers)
    try:
        scores = _score(_Asked(sources or [], store, predicted, predicted_copies), (gold, labels), settings, language)
    except _InterruptedError:
        print("newsblotter: interrupted; nothing was scored", file=sys.stderr)
        return INTERRUPTED
    _print(scores, json=json, misses=misses)
    return OK


def _score(asked: _Asked, gold: tuple[Path, Gold], settings: Settings, language: str | None) -> Scores:
    from newsblotter.cli.terminal import ProgressBars
    from newsblotter.evaluate import Material, evaluate, keep_language

    path, labels = gold
    with ProgressBars() as bars:
        found, texts = _find(asked, settings, bars)
        kept = frozenset(texts.words)
        if language:
            labels, kept = keep_language(labels, texts.languages, language)
            if not kept:
                raise UsageError(f"all {len(texts.words):,} reports state another language than {language}")
        _remark(labels, kept, path)
        words = {name: text for name, text in texts.words.items() if name in kept}
        return evaluate(labels, Material(words, found.copies), found.records, on_progress=bars)


def _check_options(sources: Sequence[str] | None, store: str | None, predicted: Path | None, predicted_copies: Path | None) -> None:
    if store and predicted:
        raise UsageError("--store and --predicted both say what to score; leave one out")
    if predicted_copies and not predicted:
        raise UsageError("--predicted-copies goes with --predicted")
    if not sources and not store:
        raise UsageError("name the reports: newsblotter evaluate --gold incidents.jsonl reports.jsonl")
    if "-" in (sources or ()):
        raise UsageError("evaluate reads its sources twice, standard input can be read once: write it to a file")


def _find(asked: _Asked, settings: Settings, bars: ProgressBars) -> tuple[_Found, Texts]:
    """The incidents to be scored, and the reports they were found in."""
    from newsblotter.evaluate import Texts, read_copy_groups, read_exported, read_texts
    from newsblotter.store import open_store

    if asked.predicted:
        groups = read_copy_groups(asked.predicted_copies) if asked.predicted_copies else None
        found = _Found(read_exported(asked.predicted), groups)
    elif asked.store:
        with open_store(asked.store, create=False, readonly=True) as opened:
            found = _take(opened)
            if not asked.sources:
                held = list(opened.reports())
                words = {report.source_id: f"{report.title}\n{report.text}" for report in held}
                return found, Texts(words, {report.source_id: report.language for report in held})
    else:
        found = _build(asked.sources, settings, bars)
    return found, read_texts(asked.sources, settings.read, settings.clean, bars)


def _take(store: Store) -> _Found:
    names = store.source_ids()
    groups = [[names[report] for report in group.report_ids if report in names] for group in store.copies()]
    return _Found(list(store.records()), groups)


def _build(sources: Sequence[str], settings: Settings, bars: ProgressBars) -> _Found:
    """Build in a store that lives as long as the scoring."""
    from newsblotter.pipeline import build as build_store
    from newsblotter.store import open_store

    with tempfile.TemporaryDirectory(prefix="newsblotter-") as folder:
        where = str(Path(folder, "evaluate.db"))
        result = build_store(sources, where, settings=settings, on_progress=bars)
        if result.interrupted:
            raise _InterruptedError
        if result.rejected:
            reasons = ", ".join(f"{reason} ({number:,})" for reason, number in sorted(result.rejected_by_reason.items()))
            print(f"newsblotter: {result.rejected:,} rejected: {reasons}", file=sys.stderr)
        with open_store(where, create=False, readonly=True) as opened:
            return _take(opened)


def _remark(gold: Gold, given: frozenset[str], path: Path) -> None:
    """Say what in the labels cannot count, so that a slip does not pass for a miss."""
    from newsblotter.taxonomy import load_taxonomy

    named = list(dict.fromkeys(report for incident in gold.incidents for report in (*incident.reports, *incident.background)))
    absent = [report for report in named if report not in given]
    if len(absent) == len(named):
        raise GoldError(f"{path}: none of the {len(named):,} reports it names is among those given; are the ids the same?")
    remarks = []
    if absent:
        shown = ", ".join(absent[:SHOWN_IDS]) + (", …" if len(absent) > SHOWN_IDS else "")
        remarks.append(f"{len(absent):,} of {len(named):,} labelled reports are not among those given, and not scored: {shown}")
    strange = sorted({incident.type for incident in gold.incidents if incident.type} - load_taxonomy().types.keys())
    if strange:
        remarks.append(f"no incident type is called {', '.join(strange)}; there are {', '.join(sorted(load_taxonomy().types))}")
    if gold.unscored:
        remarks.append(f"labels that are not scored: {', '.join(gold.unscored)}")
    for remark in remarks:
        print(f"newsblotter: {remark}", file=sys.stderr)


def _print(scores: Scores, *, json: bool, misses: bool) -> None:
    if json:
        listed = [
            {"incident": m.incident, "field": m.field, "gold": m.gold, "found": m.found, "found_in": m.found_in}
            for m in scores.misses
        ]
        print(dump_json({"scores": scores.as_dict(), **({"misses": listed} if misses else {})}))
        return
    from newsblotter.cli.scores import draw_misses, draw_scores
    from newsblotter.cli.terminal import open_console

    console = open_console()
    draw_scores(console, scores)
    if misses:
        console.print()
        draw_misses(console, scores.misses)
