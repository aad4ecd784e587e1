"""Every stage, chained: sources in, a store of incidents out.

    read + clean → copies → extract + fields (in worker processes) → link → cluster → incidents

Each batch is kept before the next begins, so an interrupted build goes on where it stopped.
"""

from __future__ import annotations

import gc
import hashlib
import os
import signal
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from importlib.resources import files
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from newsblotter.collect.clean import CleanSettings, clean_pages
from newsblotter.collect.formats import ReadSettings, read_pages
from newsblotter.copies import CopySettings, group_all, update_copies
from newsblotter.errors import StoreError
from newsblotter.extract import Engine, load_rules
from newsblotter.fields import FieldSettings, Filled, Gazetteer, fill, load_gazetteer, readers_of
from newsblotter.growth import enter_all, find_judged_anew, is_outgrown, link_new
from newsblotter.link import LinkSettings, build_profiles, link_profiles
from newsblotter.link.block import find_candidates
from newsblotter.records import Link, Mention, RawPage, Rejected, Report, hash_id
from newsblotter.review import Lost, Settled, Word, derive, group_mentions, judge_links, read_words, recall
from newsblotter.review.ledger import WORD_KINDS
from newsblotter.review.material import borrow_days, date_anew, find_groups, list_copies, load_reports
from newsblotter.review.references import Finder
from newsblotter.review.revising import find_corrected_anew, find_mentions_of
from newsblotter.store import Reading, Run, Store, open_store
from newsblotter.taxonomy import load_taxonomy
from newsblotter.workers import Workers, share_out, time_limit

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Item = TypeVar("Item")
OnProgress: TypeAlias = Callable[[str, int, int | None], None]

BATCH = 200  # reports kept in one transaction: under a second of reading, so an interruption loses little
POOL_FROM = 50  # reports from which worker processes pay for their start (about half a second)
REGROUP_FROM = 20  # new reports, at least, and
REGROUP_SHARE = 0.02  # of those grouped, for grouping everything anew: one by one a report costs fifty to a hundred times as much
COLLECT_AFTER = 50_000  # objects, some MB: by Python's own 700 a full search (90 ms beside the rules) falls into many small builds
REPORT_LIMIT_S = 20.0  # for one report; the slowest of gunviolence train takes well under one second
_READER_PARTS = ("extract", "fields", "_data", "taxonomy.py", "lexicon.py", "records.py")  # what a reading hangs on
_GROUPER_PARTS = ("copies", "_data/languages/en/copies.yaml")  # what the copy groups hang on
_LINKER_PARTS = ("link", "_data/link_weights.json", "_data/link_words.json", "_data/link_tactics.yaml", "records.py", "tables.py")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a store is built: one record for each stage."""

    read: ReadSettings = field(default_factory=ReadSettings)
    clean: CleanSettings = field(default_factory=CleanSettings)
    copies: CopySettings = field(default_factory=CopySettings)
    fields: FieldSettings = field(default_factory=FieldSettings)
    link: LinkSettings = field(default_factory=LinkSettings)
    workers: int | None = None  # processes that read reports; None: one a processor


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did."""

    store: str  # where the incidents are
    read: int = 0  # reports that are new
    known: int = 0  # reports that the store had already
    rejected: int = 0  # of this build
    copies: int = 0  # reports that add no voice, in the whole store
    mentions: int = 0  # in the whole store
    incidents: int = 0  # in the whole store
    changed: int = 0  # incidents that are new or changed
    seconds: Mapping[str, float] = field(default_factory=dict)  # by stage, wall clock
    rejected_by_reason: Mapping[str, int] = field(default_factory=dict)
    interrupted: bool = False
    lost: tuple[Lost, ...] = ()  # judgements and corrections that find nothing to be said of, where incidents were derived

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain data."""
        return {**asdict(self), "seconds": {k: round(v, 3) for k, v in self.seconds.items()}}

    def _repr_html_(self) -> str:
        shown = ("read", "known", "rejected", "copies", "mentions", "incidents")
        rows = "".join(f"<tr><th style='text-align:left'>{name}</th><td>{getattr(self, name):,}</td></tr>" for name in shown)
        return f"<table>{rows}</table>"


class _InterruptedError(Exception):
    """A person or the system asked the build to stop; the batch at hand is done."""


class _Stopper:
    """Turns the first SIGINT or SIGTERM into a wish to stop after the batch at hand; the second one stops at once."""

    def __init__(self) -> None:
        self.wanted = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._hear) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.wanted:
            raise KeyboardInterrupt
        self.wanted = True

    def check(self) -> None:
        if self.wanted:
            raise _InterruptedError


@dataclass
class _Build:
    """The state of one build: its store, its counters and its clock."""

    store: Store
    settings: Settings
    on_progress: OnProgress
    stopper: _Stopper
    anew: bool = False  # link everything, however little is new
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)  # what people said that finds nothing to be said of

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        self.stopper.check()
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began

    def result(self, *, interrupted: bool = False) -> BuildResult:
        named = {name: self.counts[name] for name in ("read", "known", "rejected", "copies", "mentions", "incidents", "changed")}
        return BuildResult(
            store=self.store.url,
            seconds=dict(self.seconds),
            rejected_by_reason=dict(self.reasons),
            interrupted=interrupted,
            lost=tuple(self.lost),
            **named,
        )


def build(
    sources: Iterable[str | Path] | str | Path,
    store: Store | str | Path = "incidents.db",
    *,
    settings: Settings | None = None,
    on_progress: OnProgress | None = None,
    anew: bool = False,
) -> BuildResult:
    """Read reports and bring the incidents of a store up to date.

    Running it again is safe: reports that the store knows are skipped, an interrupted build goes on.

    Args:
        sources: Folders, files, globs, or "-" for standard input; none: only go on with what the store holds.
        store: An open store, or where one lies or shall lie.
        settings: None for the defaults.
        on_progress: Called with stage, how many are done, and of how many (None: unknown).
        anew: Link everything, not only what is new: words are weighed by the whole corpus and every group may form again.

    Returns:
        What was done. ``interrupted`` is set when SIGINT or SIGTERM came; what was read until then is kept.

    Raises:
        SourceError: A source does not exist. Raised before anything is written.
        StoreBusy: Another build holds the store.
        StoreError: The store cannot be opened or written.
    """
    stopper = _Stopper()
    with ExitStack() as stack:
        opened = stack.enter_context(open_store(os.fspath(store))) if isinstance(store, str | Path) else store
        stack.enter_context(opened.build_lock())
        stack.enter_context(stopper.listening())
        stack.enter_context(_collect_seldom())
        running = _Build(opened, settings or Settings(), on_progress or (lambda *_: None), stopper, anew)
        started = datetime.now(UTC)
        try:
            _run(running, _names(sources))
        except _InterruptedError:
            _record(running, started)
            return running.result(interrupted=True)
        _record(running, started)
        return running.result()


@contextmanager
def _collect_seldom() -> Iterator[None]:
    """Look for cyclic garbage less often: a build makes next to none."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], COLLECT_AFTER), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _names(sources: Iterable[str | Path] | str | Path) -> list[str]:
    return [os.fspath(s) for s in ((sources,) if isinstance(sources, str | Path) else sources)]


def _run(running: _Build, sources: Sequence[str]) -> None:
    with running.stage("read"):
        _take_in(running, sources)
    with running.stage("copies"):
        _update_copies(running)
    with running.stage("extract"):
        _read_reports(running, load_engine())
    if running.anew or not is_linked(running.store, running.settings.link):
        with running.stage("link"):
            _link(running)
    running.counts.update(asdict(running.store.totals()))


def inspect_sources(
    sources: Iterable[str | Path] | str | Path,
    store: str | Path,
    *,
    settings: Settings | None = None,
    on_progress: OnProgress | None = None,
) -> BuildResult:
    """Read sources and say what a build would find new; writes nothing.

    Args:
        store: Where the store lies; it need not exist.
    """
    settings = settings or Settings()
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    seen: set[str] = set()
    with ExitStack() as stack:
        held: Store | None = None
        try:
            held = stack.enter_context(open_store(os.fspath(store), create=False, readonly=True))
        except StoreError:
            if Path(store).exists():
                raise
        for batch in _batches(clean_pages(read_pages(_names(sources), settings.read), settings.clean), BATCH):
            reports = {item.id for item in batch if isinstance(item, Report)}
            known = (held.known_reports(reports) if held else frozenset()) | (reports & seen)
            rejected = [item for item in batch if isinstance(item, Rejected)]
            new = len(reports - known)
            counts.update(read=new, known=len(batch) - len(rejected) - new, rejected=len(rejected))
            reasons.update(short_reason(item) for item in rejected)
            seen |= reports
            if on_progress:
                on_progress("read", sum(counts.values()), None)
    return BuildResult(
        str(store),
        read=counts["read"],
        known=counts["known"],
        rejected=counts["rejected"],
        rejected_by_reason=dict(reasons),
    )


# --- read, clean, copies ----------------------------------------------------------------------------------------


def short_reason(rejected: Rejected) -> str:
    """The reason without its details, for counting."""
    return rejected.reason.partition(":")[0]


def _batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _take_in(running: _Build, sources: Sequence[str]) -> None:
    """Read and clean the sources and store what is new, batch by batch."""
    passing: deque[str] = deque()  # where the items that are on their way through cleaning came from

    def note(pages: Iterable[RawPage | Rejected]) -> Iterator[RawPage | Rejected]:
        for page in pages:
            passing.append(page.source)
            yield page

    cleaned = clean_pages(note(read_pages(sources, running.settings.read)), running.settings.clean)
    done = 0
    for batch in _batches(cleaned, BATCH):
        read_from = [passing.popleft() for _ in batch]
        _store_batch(running, batch)
        running.store.forget_rejected({s for s, item in zip(read_from, batch, strict=True) if isinstance(item, Report)})
        done += len(batch)
        running.on_progress("read", done, None)
        running.stopper.check()


def _store_batch(running: _Build, batch: Sequence[Report | Rejected]) -> None:
    reports = [item for item in batch if isinstance(item, Report)]
    rejected = [item for item in batch if isinstance(item, Rejected)]
    known = running.store.known_reports(report.id for report in reports)
    new = running.store.add_reports([report for report in reports if report.id not in known], rejected)
    running.counts.update(read=len(new), known=len(reports) - len(new), rejected=len(rejected))
    running.reasons.update(short_reason(item) for item in rejected)


def _update_copies(running: _Build) -> None:
    """Group the reports that came in with those they meet; everything anew when many came, or the finder is another."""
    settings, index = running.settings.copies, running.store.copy_index
    grouper = name_grouper(settings)
    ungrouped, grouped = index.ungrouped(grouper)
    many = len(ungrouped) > max(REGROUP_FROM, REGROUP_SHARE * grouped)
    if running.anew or (ungrouped and (many or not grouped)):
        group_copies_anew(running.store, settings)
    else:
        for batch in _batches(ungrouped, BATCH):
            change = update_copies(list(running.store.reports(batch)), index, settings)
            index.apply(grouper, change.traces, change.dropped, change.furniture, change.gone, change.groups)
            running.stopper.check()


def group_copies_anew(store: Store, settings: CopySettings) -> None:
    """Group all reports of a store at once, and keep what the next ones are held against."""
    found = group_all(store.reports(), settings)
    words = dict(zip(found.ids, found.words, strict=True))
    store.copy_index.fill(name_grouper(settings), words, found.anchors, found.lines, found.furniture, found.groups)


def name_grouper(settings: CopySettings) -> str:
    """Names the program and settings that find copies: another one groups everything anew."""
    return f"{digest_parts(_GROUPER_PARTS)}-{digest_settings(settings)}"


# --- extract and fields -----------------------------------------------------------------------------------------


READ_CHARACTERS = 10_000  # read of a report; 26 of 4,241 local news texts are longer, by archives and comments below them


def read_report(report: Report, engine: Engine, gazetteer: Gazetteer, settings: FieldSettings | None = None) -> Filled:
    """Read one report: its mentions with their claims' values, and the claims that were refused.

    Pure; the same function runs in this process, in worker processes and on a cluster.
    """
    if len(report.text) > READ_CHARACTERS:
        report = replace(report, text=report.text[: max(report.text.rfind("\n", 0, READ_CHARACTERS), READ_CHARACTERS // 2)])
    if report.language is not None and report.language not in engine.languages:
        return Filled((), ())
    readers = readers_of(report)
    spans = readers.find_spans(report.text, gazetteer)
    mentions = engine.read(
        report, lambda text: spans if text is report.text else readers.find_spans(text, gazetteer), readers.read_when
    )
    return fill(report, mentions, gazetteer, settings, spans)


@lru_cache(maxsize=1)
def load_engine() -> Engine:
    """The engine that reads reports: the rules, for now."""
    return load_rules(load_taxonomy())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A report that is to be read, and by which reader."""

    report: Report
    reader: str
    copied: bool  # from its group's lead, which alone is read by the model


def name_reader(engine: Engine) -> str:
    """Names the program that reads: reports that another one read are read anew."""
    return f"{engine.version}-{digest_parts(_READER_PARTS)}"


def _load_all() -> None:
    """What a worker needs before its first report; loaded once, shared by what is forked later."""
    load_engine()
    load_gazetteer()


def _read_one(asked: _Asked, settings: FieldSettings) -> Reading:
    """A report's reading; one that fails or takes too long is quarantined with its reason."""
    began = time.monotonic()
    report, engine = asked.report, load_engine()
    try:
        with time_limit(REPORT_LIMIT_S):
            filled = read_report(report, engine.for_copies() if asked.copied else engine, load_gazetteer(), settings)
    except Exception as error:  # noqa: BLE001  the worker's boundary: one poisonous report must not end the build
        return _quarantine(asked, f"reading failed: {type(error).__name__}: {error}"[:300])
    return Reading(report.id, asked.reader, report.published, filled.mentions, len(filled.refused), time.monotonic() - began)


def _quarantine(asked: _Asked, reason: str) -> Reading:
    report = asked.report
    return Reading(report.id, asked.reader, report.published, rejected=(Rejected(report.source_id, "extract", reason),))


def _died(asked: _Asked) -> Reading:
    return _quarantine(asked, "reading failed: the process died")


def _read_reports(running: _Build, engine: Engine) -> None:
    """Read the reports that this reader has not read yet, batch by batch; copies without the model."""
    store, reader = running.store, name_reader(engine)
    waiting = store.waiting(reader)
    if waiting == []:
        return
    groups = find_groups(store, waiting)
    published = borrow_days(store, groups)
    copies = dict.fromkeys(list_copies(groups), name_reader(engine.for_copies()))
    wanted = store.unread(reader, published, waiting, copies)
    stored = (report for batch in _batches(wanted, BATCH) for report in list(store.reports(batch)))
    asked = (_Asked(report, copies.get(report.id, reader), report.id in copies) for report in date_anew(stored, published))
    for batch, last in _read_anew(running, asked, len(wanted)):
        with store.join():
            store.save_readings(batch)
            if last:
                store.settle_reading(reader, waiting)
    if not wanted:
        store.settle_reading(reader, waiting)


def _read_anew(running: _Build, asked: Iterable[_Asked], number: int) -> Iterator[tuple[list[Reading], bool]]:
    """The readings of so many reports, batch by batch, and whether a batch is the last."""
    if not number:
        return
    _load_all()
    count = _count_workers(running) if number >= POOL_FROM else 1
    workers = Workers(partial(_read_one, settings=running.settings.fields), _load_all, _died, count)
    done = 0
    for batch in _batches(workers.run(asked), BATCH):
        done += len(batch)
        yield batch, done == number
        rejected = [reject for reading in batch for reject in reading.rejected]
        running.counts["rejected"] += len(rejected)
        running.reasons.update(short_reason(reject) for reject in rejected)
        running.on_progress("extract", done, number)
        running.stopper.check()


def _count_workers(running: _Build) -> int:
    return running.settings.workers or os.cpu_count() or 1


# --- link and incidents -----------------------------------------------------------------------------------------


def is_linked(store: Store, settings: LinkSettings) -> bool:
    """Whether the incidents were derived from just what the store holds now: nothing waits, and people said nothing since."""
    desk = store.neighbourhood()
    return desk.linker() == name_linker(settings) and not desk.pending() and desk.heard() == store.last_number(*WORD_KINDS)


def _link(running: _Build) -> None:
    """Link what is new, or everything where that is as quick or the store was linked otherwise; derive the incidents touched."""
    store, settings = running.store, running.settings.link
    desk, spoken = store.neighbourhood(), store.last_number(*WORD_KINDS)
    running.on_progress("link", 0, None)
    words = read_words(store.journal(*WORD_KINDS))
    judged, lost = judge_links(words, find_mentions_of(store, words))
    waiting = {*desk.pending(), *find_judged_anew(store, judged), *find_corrected_anew(store, words)}
    running.lost += lost
    if running.anew or desk.linker() != name_linker(settings) or is_outgrown(desk, len(waiting)):
        _link_all(running, judged, words)
        desk.settle(waiting, spoken)
        return
    with store.join() if len(waiting) <= BATCH else nullcontext():  # more would keep other writers away for too long
        _link_region(running, sorted(waiting), judged, words)
        desk.settle(waiting, spoken)


def _link_region(running: _Build, waiting: Sequence[str], judged: Sequence[Link], words: Sequence[Word]) -> None:
    """Link the reports that wait and derive the incidents that they touch."""
    store = running.store
    region = link_new(store, waiting, partial(load_reports, store), running.settings.link, judged)
    running.stopper.check()
    groups = find_groups(store, region.reports)
    settled = Settled(region.list_members(), region.reports, groups, load_taxonomy(), among=region.replaced)
    _keep(running, settled, region.mentions.values(), words)


def link_store(store: Store, *, settings: Settings | None = None, anew: bool = False) -> BuildResult:
    """Link what a store holds and derive its incidents; nothing is read.

    Args:
        store: Open, its build lock held.
        settings: None for the defaults.
        anew: Link everything, not only what waits to be linked.
    """
    running = _Build(store, settings or Settings(), lambda *_: None, _Stopper(), anew)
    with running.stage("link"):
        _link(running)
    return running.result()


def _link_all(running: _Build, judged: Sequence[Link], words: Sequence[Word]) -> None:
    """Link all mentions and derive all incidents, in one transaction at the end."""
    store, settings = running.store, running.settings.link
    groups = find_groups(store, None)
    mentions: tuple[Mention, ...] = tuple(store.mentions())
    reports = load_reports(store)
    profiles, rarity = build_profiles(sorted(mentions, key=lambda mention: mention.id), reports, groups)
    candidates = find_candidates(profiles, rarity, settings.blocks)
    links = link_profiles(profiles, candidates, settings, judged, partial(share_out, count=_count_workers(running)))
    running.stopper.check()
    clusters = group_mentions(mentions, reports, links, settings.min_probability)
    store.replace_links(links)
    _keep(running, Settled(clusters, reports, groups, load_taxonomy()), mentions, words)
    enter_all(store.neighbourhood(), name_linker(settings), profiles, rarity, reports, settings)


def _keep(running: _Build, settled: Settled, mentions: Iterable[Mention], words: Sequence[Word]) -> None:
    """Derive the incidents and write them, with what the journal is told."""
    past = recall(running.store, settled, words)
    derived = derive(settled, past, Finder(mentions, settled.reports), running.store)
    running.stopper.check()
    running.counts["changed"] = running.store.replace_incidents(derived.entries, derived.journal, settled.among, derived.related)
    running.lost += derived.lost


def name_linker(settings: LinkSettings) -> str:
    """Names the program and settings that link: links of another one are made anew."""
    return hash_id("l", digest_parts(_LINKER_PARTS), repr(settings))


def _record(running: _Build, started: datetime) -> None:
    running.store.record_run(Run(started, datetime.now(UTC), dict(running.seconds), dict(running.counts)))


@lru_cache(maxsize=4)
def digest_parts(parts: tuple[str, ...]) -> str:
    """A short digest of parts of the package, so that a changed rule or word list means reading again."""
    digest = hashlib.blake2b(digest_size=5)
    package = files("newsblotter")
    for part in parts:
        for name, content in _walk(package.joinpath(part), part):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def digest_settings(settings: object) -> str:
    """A short digest of a stage's settings."""
    return hashlib.blake2b(repr(settings).encode(), digest_size=4).hexdigest()


def _walk(place: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    if place.is_dir():
        for child in sorted(place.iterdir(), key=lambda c: c.name):
            if not child.name.startswith(("__pycache__", ".")):
                yield from _walk(child, f"{name}/{child.name}")
    elif place.is_file():
        yield name, place.read_bytes()
