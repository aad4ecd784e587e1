"""Draw incidents, searches and explanations in a terminal of any width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from newsblotter.records import Link
from newsblotter.store.present import (
    LABELS,
    SHORT_ID,
    corrected_claims,
    describe_report,
    disputed_claims,
    group_voices,
    list_facts,
    plain,
    show_date,
    show_short,
    show_value,
    take_sides,
)
from newsblotter.store.reasons import list_claims, list_told, tell_choice

if TYPE_CHECKING:
    from newsblotter.review.changes import Changed
    from newsblotter.review.revising import Revision

WIDE = 110  # columns from which a list has room for losses and loot
STAGES = ("read", "copies", "extract", "link")  # in their order
CONTEXT = 28  # characters shown on either side of a quote
MOST_EFFECTS = 20  # lines that tell what a person's word did

Record = Mapping[str, Any]


def _table(*, header: bool = True) -> Table:
    return Table(box=None, show_header=header, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))


def draw_list(console: Console, records: Sequence[Record], total: int) -> None:
    """Incidents, one a line."""
    wide = console.width >= WIDE
    table = _table()
    table.add_column("id", style="cyan", no_wrap=True)
    table.add_column("when", no_wrap=True)
    table.add_column("incident", overflow="fold", min_width=24)
    table.add_column("", no_wrap=True, style="dim")
    table.add_column("dead", justify="right", no_wrap=True)
    table.add_column("hurt", justify="right", no_wrap=True)
    if wide:
        table.add_column("loot", no_wrap=True)
        table.add_column("status", no_wrap=True)
    table.add_column("voices", justify="right", no_wrap=True)
    for record in records:
        title = Text(plain(record.get("title") or record["type"]))
        if record.get("reality", "actual") != "actual":
            title.append(f" ({record['reality']})", style="yellow")
        country = (record.get("place") or {}).get("country") or ""
        cells: list[str | Text] = [record["id"][:SHORT_ID] if console.is_terminal else record["id"], _day(record), title, country]
        cells += [_interval(record, field) for field in ("killed", "injured", *(("loot",) if wide else ()))]
        if wide:
            cells.append(str(record.get("status") or "").replace("_", " ").replace("unknown", ""))
        table.add_row(*cells, str(record.get("voices", "")))
    console.print(table)
    if len(records) < total:
        console.print(f"{len(records):,} of {total:,} incidents; --limit 0 lists all", style="dim")


def _day(record: Record) -> str:
    """The day, or the week, month or years as short as they can be told."""
    if not record.get("date"):
        return "?"
    first, _, last = show_date({**record["date"], "time": None}).partition(" – ")
    if not last:
        return first
    same = [len(part) for part in (first[:8], first[:5]) if last.startswith(part)]
    return f"{first}/{last[same[0] :] if same else last}"


def _interval(record: Record, field: str) -> str:
    return show_short(record[field]) if record.get(field) else ""


def _quote(claim: Mapping[str, Any]) -> Text:
    quote = claim["quote"]
    prefix, suffix = plain(quote.get("prefix") or ""), plain(quote.get("suffix") or "")
    if len(prefix) > CONTEXT:
        prefix = "…" + prefix[-CONTEXT:].partition(" ")[2]
    if len(suffix) > CONTEXT:
        suffix = suffix[:CONTEXT].rpartition(" ")[0] + "…"
    text = Text()
    joint = " " if prefix and str(quote.get("prefix"))[-1:].isspace() else ""
    text.append(prefix + joint, style="dim")
    text.append(plain(quote["exact"]), style="bold")
    joint = " " if suffix and str(quote.get("suffix"))[:1].isspace() else ""
    text.append(joint + suffix, style="dim")
    return text


class _EvidenceGrid:
    """Values with the words that carry them: side by side where there is room, else below one another."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._wide = console.width >= WIDE
        self._table = _table(header=False)
        for style in ("cyan", "", "", "dim") if self._wide else ("cyan", ""):
            self._table.add_column(style=style, overflow="fold")

    def add(self, label: str, value: Text, claim: Mapping[str, Any] | None, reports: Mapping[str, Any]) -> None:
        if claim is None:
            self._table.add_row(label, value)
            return
        source = describe_report(reports.get(claim["report"]), claim["report"])
        if claim.get("said_by"):
            source += f", citing {plain(claim['said_by'])}"
        if self._wide:
            self._table.add_row(label, value, _quote(claim), source)
            return
        self._table.add_row(
            label, Text("\n").join([value, Text(" — ", style="dim").join([_quote(claim), Text(source, style="dim")])])
        )

    def add_said(self, label: str, value: Text, words: Text) -> None:
        """A value with a person's words beside it."""
        if self._wide:
            self._table.add_row(label, value, words)
        else:
            self._table.add_row(label, Text("\n").join([value, words]))

    def draw(self) -> None:
        self._console.print(self._table)


@dataclass(frozen=True, slots=True)
class Asked:
    """How an incident was asked for."""

    id: str  # differs from the record's after a merge
    as_of: date | None = None  # the day whose view it is, None: today's
    parts: tuple[str, ...] = ()  # incidents that parts of it have become
    claims: bool = False  # with every claim, not only those that carry what is shown


def draw_incident(console: Console, record: Record, asked: Asked) -> None:
    """One incident: facts with their words, what is disputed, its history, its reports."""
    reports = {report["id"]: report for report in record.get("reports", ())}
    if asked.id != record["id"]:
        console.print(f"{asked.id} is now part of {record['id']}", style="yellow")
    if asked.parts:
        console.print(f"parts of it are now {', '.join(asked.parts)}", style="yellow")
    if asked.as_of:
        console.print(f"as the reports published by {asked.as_of} support it", style="yellow")
    console.print(Text(plain(record.get("title") or record["type"]), style="bold"))
    console.print(_subtitle(record), style="dim")
    console.print()
    grid = _EvidenceGrid(console)
    for fact in list_facts(record):
        value = Text(fact.value)
        if fact.disputed:
            value.append(" (disputed)", style="yellow")
        if fact.corrected:
            value.append(f" (corrected by {plain(fact.corrected['by'])})", style="green")
        elif fact.confidence is not None:
            value.append(f" {fact.confidence:.0%}", style="dim")
        grid.add(fact.label, value, fact.claim, reports)
    grid.draw()
    _draw_corrections(console, record, reports)
    _draw_disputes(console, record, reports)
    if asked.claims:
        _draw_claims(console, record, reports)
    _draw_history(console, record, reports)
    _draw_reports(console, record)
    _draw_related(console, record)


def _subtitle(record: Record) -> str:
    voices = record.get("voices", 0)
    count = len(record.get("reports", ()))
    parts = [
        record["id"],
        str(record["type"]).replace("_", " "),
        f"ICCS {record['iccs_unodc']}" if record.get("iccs_unodc") else "",
        f"NIBRS {record['nibrs']}" if record.get("nibrs") else "",
        record.get("reality") or "",
        str(record.get("status") or "").replace("_", " ").replace("unknown", ""),
        f"{count} report{'s' * (count != 1)}, {voices} voice{'s' * (voices != 1)}",
    ]
    return " · ".join(part for part in parts if part)


def _draw_corrections(console: Console, record: Record, reports: Mapping[str, Any]) -> None:
    """What people put in the place of what the reports say, and what those say."""
    if not record.get("corrections"):
        return
    console.print("\nCorrected", style="bold green")
    grid = _EvidenceGrid(console)
    for correction in record["corrections"]:
        field = correction["field"]
        words = show_value(field, correction["value"]) or "unknown"
        said = f"{plain(correction['by'])}, {str(correction['at'] or '')[:10]}"
        why = f": {plain(correction['why'])}" if correction["why"] else ""
        grid.add_said(field, Text(words), Text(f"no. {correction['number']} by {said}{why}", style="dim"))
        for claim in corrected_claims(record, field):
            grid.add("", Text(show_value(field, claim.get("value")), style="strike"), claim, reports)
    grid.draw()


def _draw_disputes(console: Console, record: Record, reports: Mapping[str, Any]) -> None:
    disputes = list(disputed_claims(record))
    if not disputes:
        return
    console.print("\nDisputed", style="bold yellow")
    grid = _EvidenceGrid(console)
    for field, claims in disputes:
        for at, (words, says) in enumerate(take_sides(field, claims)):
            surest = max(says, key=lambda claim: claim["score"])
            grid.add("" if at else field, Text(words), surest, reports)
            also = [describe_report(reports.get(c["report"]), c["report"]) for c in says if c is not surest]
            if also:
                grid.add_said("", Text(), Text(f"also {'; '.join(also)}", style="dim"))
    grid.draw()


def _draw_claims(console: Console, record: Record, reports: Mapping[str, Any]) -> None:
    """Every claim, by field, with its standing and how sure it is; above them why the value shown was chosen."""
    console.print("\nClaims", style="bold")
    for field in list_told(record):
        console.print(Text(LABELS[field], style="cyan").append(f"  {tell_choice(record, field)}", style="dim"))
        grid = _EvidenceGrid(console)
        for claim in list_claims(record, field):
            style = "" if claim["standing"] == "agreed" else "yellow" if claim["standing"] == "disputed" else "strike dim"
            value = Text(show_value(field, claim.get("value")), style=style)
            grid.add(f"  {claim['standing']}", value.append(f" {claim['score']:.2f}", style="dim not strike"), claim, reports)
        grid.draw()


def _draw_history(console: Console, record: Record, reports: Mapping[str, Any]) -> None:
    if not record.get("history"):
        return
    console.print("\nHistory", style="bold")
    table = _table(header=False)
    for style in ("", "cyan", "", "dim"):
        table.add_column(style=style, overflow="fold")
    for change in record["history"]:
        before, after = (show_value(change["field"], change.get(side)) for side in ("from", "to"))
        words = f"{before} → {after}" if before else after
        table.add_row(
            change.get("on") or "?", change["field"], words, describe_report(reports.get(change["report"]), change["report"])
        )
    console.print(table)


def _draw_reports(console: Console, record: Record) -> None:
    console.print("\nReports", style="bold")
    table = _table(header=False)
    table.add_column(style="dim", justify="right", no_wrap=True)
    for style in ("", "", "", "dim"):
        table.add_column(style=style, overflow="fold")
    for number, group in enumerate(group_voices(record), 1):
        for at, report in enumerate(group):
            table.add_row(
                "" if at else f"{number}.",
                report.get("published") or "undated",
                plain(report.get("outlet") or "") or "–",
                plain(report["id"]) + (" (copy)" if at else ""),
                str(report["role"]).replace("_", "-"),
            )
    console.print(table)


def _draw_related(console: Console, record: Record) -> None:
    for related in record.get("related") or ():
        console.print(f"See also {related['incident'][:SHORT_ID]}: {escape(plain(related.get('why', '')))}", style="dim")


def draw_effects(console: Console, revision: Revision) -> None:
    """What a person's word did to the incidents."""
    for lost in revision.lost:
        console.print(f"no. {lost.number} is not in force: {lost.why}", style="yellow", markup=False)
    if not revision.effects:
        console.print("the incidents stay as they are", style="dim")
        return
    table = _table(header=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for effect in revision.effects[:MOST_EFFECTS]:
        went = f"→ {', '.join(effect.now)}" if effect.now else ", ".join(effect.fields)
        table.add_row(effect.kind, effect.incident, Text(plain(effect.title)).append(f"  {went}" if went else "", style="dim"))
    console.print(table)
    if len(revision.effects) > MOST_EFFECTS:
        console.print(f"and {len(revision.effects) - MOST_EFFECTS:,} more; --json lists all", style="dim")


def draw_changes(console: Console, found: Sequence[Changed]) -> None:
    """What became of the incidents, one a line."""
    table = _table()
    table.add_column("when (UTC)", style="dim", no_wrap=True)
    table.add_column("what", style="cyan", no_wrap=True)
    table.add_column("incident", no_wrap=True)
    table.add_column("", overflow="fold")
    for one in found:
        went = f"→ {', '.join(one.now)}" if one.now else ", ".join(one.fields)
        at = f"{one.at:%Y-%m-%d %H:%M}" if one.at else "?"
        table.add_row(at, one.kind, one.incident, Text(plain(one.title)).append(f"  {went}" if went else "", style="dim"))
    console.print(table)


def draw_words(console: Console, words: Sequence[Mapping[str, Any]]) -> None:
    """What people judged and corrected, one a line, the reason below it."""
    table = _table()
    table.add_column("no.", justify="right", no_wrap=True)
    table.add_column("on", style="dim", no_wrap=True)
    table.add_column("by", style="cyan", no_wrap=True)
    table.add_column("what", overflow="fold")
    for word in words:
        what = Text(plain(word["what"]), style="strike dim" if word["retired"] else "")
        if word["why"]:
            what.append(f"\n{plain(word['why'])}", style="dim")
        if word["retired"]:
            retired = word["retired"]
            because = f": {plain(retired['why'])}" if retired["why"] else ""
            what.append(f"\ntaken back by {plain(retired['by'])}{because}", style="yellow not strike")
        if word["lost"]:
            what.append(f"\nnot in force: {plain(word['lost'])}", style="yellow")
        table.add_row(str(word["number"]), str(word["at"] or "?")[:10], plain(word["by"]), what)
    console.print(table)


def draw_hits(console: Console, hits: Iterable[Any], *, cut_short: bool) -> None:
    """Answers of a search: incidents first, then reports."""
    for hit in hits:
        line = Text()
        line.append(hit.id[:SHORT_ID] if hit.kind == "incident" else plain(hit.id), style="cyan")
        line.append(f"  {hit.on or 'undated'}  ", style="dim")
        line.append(plain(hit.title) or "(no title)", style="bold" if hit.kind == "incident" else "")
        console.print(line)
        snippet = Text("    ")
        for at, part in enumerate(plain(hit.snippet).replace("»", "«").split("«")):
            snippet.append(part, style="bold" if at % 2 else "dim")
        if snippet.plain.strip():
            console.print(snippet)
    if cut_short:
        console.print("Only the newest matches were ranked; add a word to narrow the search.", style="dim")


def draw_link(console: Console, link: Link) -> None:
    """Why two mentions look alike: each feature with its weight, strongest first."""
    table = _table()
    table.add_column("feature", style="cyan", no_wrap=True)
    table.add_column("weight", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("because", overflow="fold")
    for feature in sorted(link.features, key=lambda f: (-abs(f.weight), f.name)):
        style = "green" if feature.weight > 0 else "red" if feature.weight < 0 else "dim"
        bar = Text("▪" * min(10, round(abs(feature.weight) * 2)), style=style)
        table.add_row(feature.name.replace("_", " "), f"{feature.weight:+.2f}", bar, plain(feature.detail))
    console.print(table)


def draw_stats(console: Console, stats: Any) -> None:
    """The store in figures."""
    table = _table(header=False)
    table.add_column(style="cyan")
    table.add_column(justify="right")
    table.add_column(style="dim", overflow="fold")
    languages = ", ".join(
        f"{name or 'unknown'} {n:,}" for name, n in sorted(stats.reports_by_language.items(), key=lambda i: -i[1])[:6]
    )
    table.add_row("reports", f"{stats.reports:,}", languages)
    table.add_row(
        "copies", f"{stats.copies:,}", f"in {stats.copy_groups:,} group{'s' * (stats.copy_groups != 1)}; {stats.voices:,} voices"
    )
    table.add_row("rejected", f"{stats.rejected:,}", _tally(stats.rejected_by_reason))
    if stats.unread:
        table.add_row("not yet read", f"{stats.unread:,}", "build again to go on")
    table.add_row(
        "mentions",
        f"{stats.mentions:,}",
        f"{stats.claims:,} claims; {stats.refused:,} refused, their words did not carry the value",
    )
    table.add_row("incidents", f"{stats.incidents:,}", _tally(stats.incidents_by_type))
    console.print(table)
    if stats.last_run:
        console.print(f"\nSeconds by stage, {stats.runs} build{'s' * (stats.runs != 1)}", style="bold")
        table = _table()
        table.add_column("stage", style="cyan")
        table.add_column("all builds", justify="right")
        table.add_column("last build", justify="right")
        for stage, seconds in sorted(stats.seconds_by_stage.items(), key=lambda item: _order(item[0])):
            table.add_row(stage, f"{seconds:,.1f}", f"{stats.last_run.seconds.get(stage, 0.0):,.1f}")
        console.print(table)


def _order(stage: str) -> tuple[int, str]:
    return (STAGES.index(stage) if stage in STAGES else len(STAGES), stage)


def _tally(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{plain(name)} {count:,}" for name, count in ordered[:8]) + (", …" if len(ordered) > 8 else "")
