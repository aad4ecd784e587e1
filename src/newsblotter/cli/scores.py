"""Draw scores, and what is wrong, in a terminal of any width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsblotter.store.present import SHORT_ID, plain, show_date, show_interval

if TYPE_CHECKING:
    from newsblotter.evaluate import Miss, Scores

BAR = 20  # characters of a full bar
WIDE = 72  # columns from which there is room for bars
# What a field is called, and when it counts as right where that is not plain.
FIELDS: Mapping[str, str] = {
    "date": "date (the day)",
    "place": "place (25 km)",
    "loot": "loot (a tenth)",
}
_SETS = ("reports", "victim", "suspect")  # of which some may be lacking and others be too many
_WITHOUT_INCIDENT = {
    "copies": "Copies",
    "false_alarm": "Reports without incident that were taken for one",
    "evidence": "Quotes that do not stand in their report",
}


def make_table(*columns: str, header: bool = True) -> Table:
    """A table whose first column is text and whose others are numbers."""
    table = Table(box=None, show_header=header, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(columns[0], style="cyan", no_wrap=True, min_width=14)
    for name in columns[1:]:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def draw_scores(console: Console, scores: Scores) -> None:
    """All that was measured, in three tables."""
    bars = console.width >= WIDE
    table = make_table("grouping", "precision", "recall", "F1", *([""] if bars else []))
    rows = [("B-cubed", scores.b3), ("pairs", scores.pairs)]
    rows += [("copies", scores.copies)] if scores.copies else []
    for name, found in rows:
        table.add_row(name, *(f"{x:.3f}" for x in (found.precision, found.recall, found.f1)), *_bar(found.f1, bars))
    for name, found in scores.people.items():
        cells = (f"{x:.3f}" for x in (found.precision, found.recall, found.f1))
        table.add_row(f"{name}s by name", *cells, *_bar(found.f1, bars))
    console.print(table)
    console.print()
    table = make_table("fact", "right", "wrong", "unsaid", "of", "share", *([""] if bars else []))
    facts = [*scores.facts.items(), *([("told in passing", scores.background)] if scores.background else [])]
    for name, score in facts:
        counts = (score.right, score.said - score.right, score.known - score.said, score.known)
        table.add_row(FIELDS.get(name, name), *(f"{n:,}" for n in counts), f"{score.share:.3f}", *_bar(score.share, bars))
    console.print(table)
    console.print()
    for line in _sum_up(scores):
        console.print(Text(line))


def _bar(share: float, wanted: bool) -> list[Text]:
    if not wanted:
        return []
    full = round(share * BAR)
    return [Text.assemble(("▪" * full, "green"), ("·" * (BAR - full), "dim"))]


def _sum_up(scores: Scores) -> list[str]:
    lines = [
        f"{_count(scores.incidents_gold, 'incident')} labelled, {scores.incidents_found:,} found in the same"
        f" {_count(scores.reports, 'report')}.",
        f"{scores.evidence_verbatim:.1%} of {_count(scores.claims, 'quote')} stand word for word in their report.",
    ]
    if scores.facts_without_claim:
        lines.append(f"{scores.facts_without_claim:.1%} of the facts have no quote.")
    if scores.false_alarms is not None:
        lines.append(f"{scores.false_alarms:.1%} of the reports without incident were taken for one.")
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


# --- misses ---------------------------------------------------------------------------------------------------------


def draw_misses(console: Console, misses: Sequence[Miss]) -> None:
    """What is wrong or missing, by labelled incident, then what concerns none."""
    if not misses:
        console.print("Nothing is wrong or missing.")
        return
    by_incident: dict[str, list[Miss]] = {}
    for miss in misses:
        if miss.incident:
            by_incident.setdefault(miss.incident, []).append(miss)
    for name, group in by_incident.items():
        _draw_group(console, plain(name), group)
    rest = [miss for miss in misses if not miss.incident]
    for field, title in _WITHOUT_INCIDENT.items():
        listed = [miss for miss in rest if miss.field == field]
        if listed:
            _draw_group(console, title, listed, named=False)


def _draw_group(console: Console, title: str, misses: Sequence[Miss], *, named: bool = True) -> None:
    head = Text(title, style="bold")
    found_in = next((miss.found_in for miss in misses if miss.found_in), None)
    if named:
        head.append(f" found as {found_in[:SHORT_ID]}" if found_in else " not found", style="dim" if found_in else "yellow")
    console.print(head)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="cyan", no_wrap=True, min_width=12)
    table.add_column(overflow="fold", ratio=1)
    table.add_column(overflow="fold", ratio=1)
    table.expand = True
    for miss in misses:
        table.add_row("  " + (miss.field if named else (miss.found_in or "")[:SHORT_ID]), *_cells(miss))
    console.print(table)


def _cells(miss: Miss) -> Iterable[Text]:
    """What was labelled, and what was found instead."""
    wanted, found = _show(miss.field, miss.gold), _show(miss.field, miss.found)
    if miss.field in _SETS:
        yield Text(f"lacks {wanted}" if wanted else "")
        yield Text(f"has besides {found}" if found else "", style="yellow")
        return
    yield Text(f"labelled {wanted}" if wanted else "not labelled", style="" if wanted else "dim")
    yield Text(f"found {found}" if found else "not found", style="yellow" if found else "dim")


def _show(field: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return plain(", ".join(map(str, value)))
    if not isinstance(value, Mapping):
        return plain(value)
    if field == "date":
        return plain(show_date(value))
    if field == "place":
        return _show_place(value)
    if field == "evidence":
        return plain(f"“{value['quote']}” in {value['report']}" if value["quote"] else f"no words of {value['report']}")
    if field == "background":
        about = (value["type"], value["target"], value["date"], f"in {', '.join(value['reports'])}")
        return plain(", ".join(str(part) for part in about if part))
    return plain(show_interval(value))


def _show_place(value: Mapping[str, Any]) -> str:
    parts = [str(value[name]) for name in ("name", "country") if value.get(name)]
    if not parts and value.get("lat") is not None:
        parts = [f"{value['lat']:g}, {value['lon']:g}"]
    away = f" ({value['km']:,.0f} km away)" if value.get("km") is not None else ""
    return plain(", ".join(parts)) + away or "a place without a point"
