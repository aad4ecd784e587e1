"""Plant copies of known kinds among invented texts, and measure how many the copy finder finds and how fast.

    python -m newsblotter_lab.planted --texts 100000 --growth 1000000

Texts come from an order-2 Markov chain over a source: the labelled reports where NEWSBLOTTER_SHARED names them, else a
vocabulary made here. Five kinds of copies are planted (re-crawled with words dropped and links put in, cut, appended to,
under another headline and lede, edited) and three kinds of texts that only look like copies: one template filled with other
facts, pages of which nothing but the outlet's frame is common, and forms without a story.

What is timed is ``group_copies``, from reports in memory to groups, in processor time of one core; making the reports and
scoring the groups is left out, and so is the start of numba, with which a pile this large is grouped where it is at hand.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from newsblotter.copies import CopySettings, group_all, group_copies, update_copies
from newsblotter.copies.loops import COMPILED_FROM, PLAIN, choose_loops
from newsblotter.records import CopyGroup, Report
from newsblotter.store import open_store
from newsblotter_lab.gold import find_shared, read_reports

Tokens = npt.NDArray[np.int64]

KINDS = ("recrawl", "cut", "appended", "lede", "edited")
COPY_SHARE = 0.35  # of all texts, the five kinds alike
TEMPLATE_SHARE = 0.08
FORM_SHARE = 0.005
TEMPLATE_TEXTS = 20  # made of one template
TEMPLATE_WORDS = (90, 160, 300)
WIRE_TEXTS = 400  # copies of one story, planted once in a pile of more than a hundred times as many
OUTLET_TEXTS = 250  # printed by one outlet, on average
WORDS = (110, 200, 320, 480, 700)  # of a body, each as likely: 2.8 kB a page on average, as in the English of news agencies
BATCH = 2_000  # texts made at a time
FIRST_DAY = date(2018, 1, 1)
DAYS = 900


# --- words ------------------------------------------------------------------------------------------------------------


class Chain:
    """An order-2 Markov chain over the words of a source, walked by many texts at once."""

    def __init__(self, words: Sequence[str]) -> None:
        names, tokens = np.unique(np.array(words, dtype=object), return_inverse=True)
        self._names: list[str] = [str(name) for name in names]
        self._tokens = tokens.astype(np.int64)
        keys = self._tokens[:-2] * len(names) + self._tokens[1:-1]
        self._order = np.argsort(keys, kind="stable")
        ordered = keys[self._order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        group = np.repeat(np.arange(len(starts)), np.diff(np.concatenate((starts, [len(ordered)]))))
        self._start = np.empty(len(keys), dtype=np.int64)
        self._count = np.empty(len(keys), dtype=np.int64)
        self._start[self._order] = starts[group]
        self._count[self._order] = np.bincount(group)[group]
        self._openings = np.array([at for at in range(len(keys) - 1) if at == 0 or words[at - 1].endswith(".")], dtype=np.int64)

    def walk(self, rng: np.random.Generator, texts: int, words: int) -> list[list[str]]:
        """Texts of so many words that open as a sentence of the source does."""
        at = rng.choice(self._openings, texts)
        told = np.empty((words, texts), dtype=np.int64)
        for step in range(words):
            told[step] = self._tokens[at]
            at = self._order[self._start[at] + (rng.random(texts) * self._count[at]).astype(np.int64)] + 1
            at[at >= len(self._start)] = self._openings[0]
        names = self._names
        return [[names[token] for token in column] for column in told.T.tolist()]


def make_source(rng: np.random.Generator, words: int = 300_000) -> list[str]:
    """A source without any data: an invented vocabulary, rare and frequent words as in a language, in sentences."""
    heads = [f"{onset}{vowel}" for onset in "b br d dr f fl g gr h k kl l m n p pr r s st t tr v w z".split() for vowel in "aeiou"]
    tails = [f"{vowel}{coda}" for vowel in ("a", "e", "i", "o", "u", "ea", "ou") for coda in "l m n r s st t nd ck".split()]
    forms = [head + tail for head in heads for tail in ("", *tails)]
    forms = [forms[at] for at in rng.permutation(len(forms))]
    ranks = np.minimum((len(forms) ** rng.random(words)).astype(np.int64), len(forms) - 1)  # about 1 / rank, as Zipf found
    told = [forms[rank] for rank in ranks]
    for at in range(12, words, 17):
        told[at] += "."
        told[at + 1 : at + 2] = [word.capitalize() for word in told[at + 1 : at + 2]]
    return told


def load_source(rng: np.random.Generator) -> list[str]:
    """The words of the labelled reports, or of ``make_source`` where there are none."""
    shared = find_shared()
    if shared is None:
        return make_source(rng)
    return [word for report in read_reports(shared, "gunviolence/train") for word in report.text.split()]


# --- texts ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planted:
    """A report, what it is, and what it is a copy of."""

    report: Report
    kind: str  # original, template, form, wire or one of KINDS
    family: str  # equal for copies of one text


def _paragraphs(words: Sequence[str]) -> list[list[str]]:
    """Words in paragraphs of forty words or more that end with a sentence."""
    parts: list[list[str]] = [[]]
    for word in words:
        parts[-1].append(word)
        if (len(parts[-1]) >= 40 and word.endswith(".")) or len(parts[-1]) >= 90:
            parts.append([])
    return [part for part in parts if part]


class Writer:
    """Makes reports of every kind."""

    def __init__(self, chain: Chain, seed: int, texts: int) -> None:
        self._chain = chain
        self._rng = np.random.default_rng([seed, 1])
        self._outlets = max(3, texts // OUTLET_TEXTS)
        self._made = 0
        self._told: list[str] = []
        frames = chain.walk(np.random.default_rng([seed, 2]), self._outlets, 150)
        self._heads = [" ".join(frame[:9]) for frame in frames]
        self._feet = [[" ".join(frame[9:30]), " ".join(frame[30:85]), " ".join(frame[85:])] for frame in frames]

    def tell(self, texts: int, words: int) -> list[list[str]]:
        """Words of new texts."""
        return self._chain.walk(self._rng, texts, words)

    def tell_more(self, words: int) -> list[str]:
        """So many new words; walked many at a time, and none used twice."""
        while len(self._told) < words:
            self._told += [word for text in self.tell(BATCH // 4, 120) for word in text]
        told = self._told[-words:]
        del self._told[-words:]
        return told

    def print_text(self, kind: str, family: str, title: str, paragraphs: Sequence[Sequence[str]]) -> Planted:
        """Print a text at some outlet, in its frame."""
        rng = self._rng
        outlet = int(rng.integers(self._outlets))
        lines = [title, self._heads[outlet], *(" ".join(words) for words in paragraphs), *self._feet[outlet]]
        self._made += 1
        name = f"p{self._made:07}"
        day = FIRST_DAY + timedelta(int(rng.integers(DAYS)))
        host = f"outlet{outlet}.example"
        report = Report(name, name, f"https://{host}/{name}", host, title, "\n\n".join(lines), "en", day)
        return Planted(report, kind, family)

    def make_title(self) -> str:
        """A new headline."""
        return " ".join(self.tell_more(int(self._rng.integers(6, 11)))).strip(".").capitalize()

    def copy(self, kind: str, title: str, words: list[str]) -> tuple[str, list[list[str]]]:
        """Another version of a text: its title and paragraphs."""
        rng = self._rng
        if kind == "recrawl":
            kept = [word for word, chance in zip(words, rng.random(len(words)), strict=True) if chance > 0.03]
            for at in rng.integers(0, len(kept), 3).tolist():
                kept[at] += f" https://t.example/{at}x"
            return title, _paragraphs(kept)
        if kind == "cut":
            return title, _paragraphs(words[: max(80, int(len(words) * rng.uniform(0.25, 0.7)))])
        if kind == "appended":
            more = self.tell_more(int(len(words) * rng.uniform(0.1, 0.6)))
            return title, [*_paragraphs(words), *_paragraphs(more)]
        if kind == "lede":
            lead = int(rng.integers(25, 50))
            return self.make_title(), [self.tell_more(lead + 10), *_paragraphs(words[lead:])]
        return title, _paragraphs(self._edit(words))

    def _edit(self, words: list[str]) -> list[str]:
        """An update: some figures and words changed, a sentence taken out, one or two put in."""
        rng = self._rng
        told = list(words)
        for at in rng.choice(len(told), max(2, len(told) // 60), replace=False).tolist():
            told[at] = str(int(rng.integers(2, 90)))
        out = int(rng.integers(len(told) // 2, len(told) - 20))
        del told[out : out + 15]
        for new in [self.tell_more(22) for _ in range(int(rng.integers(1, 3)))]:
            at = int(rng.integers(10, len(told)))
            told[at:at] = new
        return told

    def fill_template(self, template: list[str]) -> tuple[str, list[list[str]]]:
        """A template with other facts: names and figures every few words, some sentences of its own."""
        rng = self._rng
        told = list(template)
        at = int(rng.integers(2, 8))
        facts = self.tell_more(len(told))
        while at < len(told):
            told[at] = facts[at].strip(".").capitalize() if rng.random() < 0.6 else str(int(rng.integers(2, 3000)))
            at += int(rng.integers(4, 15))
        told += self.tell_more(int(rng.integers(20, 60)))
        return self.make_title(), _paragraphs(told)


def plant(chain: Chain, texts: int, seed: int = 1) -> Iterator[Planted]:
    """Make so many reports, some of them copies; the same for the same source, number and seed."""
    rng = np.random.default_rng([seed, 3])
    writer = Writer(chain, seed, texts)
    form = _paragraphs(writer.tell_more(75))
    different = max(1, int(texts * TEMPLATE_SHARE / TEMPLATE_TEXTS / len(TEMPLATE_WORDS)))
    templates = [template for length in TEMPLATE_WORDS for template in writer.tell(different, length)]
    wire_at = texts // 2 if texts >= 100 * WIRE_TEXTS else None
    made = 0
    while made < texts:
        batch: list[Planted] = []
        originals = round(min(BATCH, texts - made) * (1 - COPY_SHARE - TEMPLATE_SHARE - FORM_SHARE))
        for length in WORDS:
            for number, words in enumerate(writer.tell(-(-originals // len(WORDS)), length)):
                family = f"{made}-{length}-{number}"
                title = writer.make_title()
                batch.append(writer.print_text("original", family, title, _paragraphs(words)))
                if rng.random() < COPY_SHARE / (1 - COPY_SHARE - TEMPLATE_SHARE - FORM_SHARE):
                    kind = KINDS[int(rng.integers(len(KINDS)))]
                    batch.append(writer.print_text(kind, family, *writer.copy(kind, title, words)))
        for number in range(round(BATCH * TEMPLATE_SHARE)):
            template = templates[int(rng.integers(len(templates)))]
            batch.append(writer.print_text("template", f"{made}-t{number}", *writer.fill_template(template)))
        for number in range(round(BATCH * FORM_SHARE)):
            batch.append(writer.print_text("form", f"{made}-f{number}", writer.make_title(), form))
        if wire_at is not None and made <= wire_at < made + BATCH:
            title, words = writer.make_title(), writer.tell_more(500)
            batch += [writer.print_text("wire", "wire", *writer.copy(KINDS[at % 2 * 4], title, words)) for at in range(WIRE_TEXTS)]
        rng.shuffle(batch)
        yield from batch[: texts - made]
        made += len(batch)


# --- measures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """How well and how fast planted copies were found."""

    texts: int
    planted: dict[str, int]  # kind → copies planted
    recall: dict[str, float]  # kind → share of them that stand in a group with their original
    precision: float  # of all pairs of texts in one group
    wrong: dict[str, int]  # kinds of two texts that are wrongly in one group → how many such pairs
    seconds: float  # of processor time, the median of the runs
    system: float  # of those, what the system took, mostly to clear memory
    runs: int  # in one process
    compiled: bool  # whether numba's loops did it
    per_second: float
    peak_mb: float  # of the whole process, texts and their generator included
    characters: float  # of a text, on average

    def as_dict(self) -> dict[str, object]:
        """The figures as plain data."""
        return {
            "texts": self.texts,
            "planted": self.planted,
            "recall": {kind: round(share, 4) for kind, share in self.recall.items()},
            "precision": round(self.precision, 4),
            "wrong": self.wrong,
            "timed": "group_copies, from reports in memory to groups; processor time, median of the runs",
            "runs": self.runs,
            "compiled": self.compiled,
            "seconds": round(self.seconds, 2),
            "system": round(self.system, 2),
            "per_second": round(self.per_second),
            "peak_mb": round(self.peak_mb),
            "characters": round(self.characters),
        }


class _Timed:
    """Hands on planted reports, and keeps the time that making them took out of the measure."""

    def __init__(self, planted: Iterable[Planted]) -> None:
        self._planted = planted
        self.seconds = self.system = 0.0
        self.characters = 0
        self.known: dict[str, tuple[str, str]] = {}  # id → kind, family

    def __iter__(self) -> Iterator[Report]:
        planted = iter(self._planted)
        while True:
            seconds, system = _read_clock()
            batch = [one for _, one in zip(range(BATCH), planted, strict=False)]
            self.known.update((one.report.id, (one.kind, one.family)) for one in batch)
            self.characters += sum(len(one.report.text) for one in batch)
            reports = [one.report for one in batch]
            self.seconds, self.system = (
                before + now - then
                for before, now, then in zip((self.seconds, self.system), _read_clock(), (seconds, system), strict=True)
            )
            if not reports:
                return
            yield from reports


def _read_clock() -> tuple[float, float]:
    """Processor time of this process, and what of it the system took."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_stime


def score(known: dict[str, tuple[str, str]], groups: Sequence[CopyGroup]) -> tuple[dict[str, float], float, dict[str, int]]:
    """Recall by kind, precision of pairs, and the kinds of wrong pairs."""
    group_of = {report: group.id for group in groups for report in group.report_ids}
    leads: dict[str, set[str]] = {}
    for report, (kind, family) in known.items():
        if kind in ("original", "wire") and report in group_of:
            leads.setdefault(family, set()).add(group_of[report])
    hits: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    largest = Counter(group_of.get(report) for report, (kind, _) in known.items() if kind == "wire").most_common(1)
    originals = {family for kind, family in known.values() if kind == "original"}
    for report, (kind, family) in known.items():
        if kind in KINDS and family in originals:
            planted[kind] += 1
            hits[kind] += group_of.get(report) in leads.get(family, ())
        elif kind == "wire":
            planted[kind] += 1
            hits[kind] += group_of.get(report) == largest[0][0] is not None
    pairs = right = 0
    wrong: Counter[str] = Counter()
    for group in groups:
        families = Counter(known[report][1] for report in group.report_ids)
        pairs += math.comb(len(group.report_ids), 2)
        right += sum(math.comb(count, 2) for count in families.values())
        if len(families) > 1:
            kinds = " ".join(sorted({known[report][0] for report in group.report_ids}))
            wrong[kinds] += math.comb(len(group.report_ids), 2) - sum(math.comb(count, 2) for count in families.values())
    recall = {kind: hits[kind] / planted[kind] for kind in (*KINDS, "wire") if planted[kind]}
    return recall, right / pairs if pairs else 1.0, dict(wrong.most_common(8))


def measure(chain: Chain, texts: int, seed: int = 1, settings: CopySettings | None = None, runs: int = 1) -> Measured:
    """Plant copies, group them, and score the groups; several times over for a steadier time."""
    took = []
    for _ in range(runs):
        reports = _Timed(plant(chain, texts, seed))
        seconds, system = _read_clock()
        groups = group_copies(reports, settings)
        now = _read_clock()
        took.append((now[0] - seconds - reports.seconds, now[1] - system - reports.system))
    seconds, system = sorted(took)[len(took) // 2]
    recall, precision, wrong = score(reports.known, groups)
    planted = Counter(kind for kind, _ in reports.known.values())
    return Measured(
        len(reports.known),
        dict(sorted(planted.items())),
        recall,
        precision,
        wrong,
        seconds,
        system,
        runs,
        choose_loops(texts) is not PLAIN,
        len(reports.known) / seconds,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        reports.characters / max(1, len(reports.known)),
    )


@dataclass(frozen=True, slots=True)
class Added:
    """What it costs to add reports, one at a time, to a store that is grouped."""

    stored: int  # reports in the store
    fill_seconds: float  # wall clock, to group and index them
    median_ms: float  # wall clock, to group one more and to keep that
    p95_ms: float
    same: bool  # whether the groups are those of grouping everything anew
    megabytes: float  # of the index in the store
    per_report: float  # bytes

    def as_dict(self) -> dict[str, object]:
        """The figures as plain data."""
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


def measure_adding(chain: Chain, stored: int, added: int, seed: int = 1) -> Added:
    """Fill a store with planted texts, then add some one by one."""
    reports = [one.report for one in plant(chain, stored + added, seed)]
    old, new = reports[:stored], reports[stored:]
    with tempfile.TemporaryDirectory() as folder, open_store(str(Path(folder, "planted.db"))) as store:
        for at in range(0, stored, BATCH):
            store.add_reports(old[at : at + BATCH])
        before = Path(store.url).stat().st_size
        began = time.perf_counter()
        index = store.copy_index
        found = group_all(old)
        index.fill("lab", dict(zip(found.ids, found.words, strict=True)), found.anchors, found.lines, found.furniture, found.groups)
        filled = time.perf_counter() - began
        size = _checkpoint(store.url) - before
        took = []
        for report in new:
            store.add_reports([report])
            began = time.perf_counter()
            change = update_copies([report], index)
            index.apply("lab", change.traces, change.dropped, change.furniture, change.gone, change.groups)
            took.append(1000 * (time.perf_counter() - began))
        same = {group.id for group in store.copies()} == {group.id for group in group_copies(reports)}
    median, p95 = np.percentile(took, [50, 95]).tolist()
    return Added(stored, filled, median, p95, same, size / 1e6, size / stored)


def _checkpoint(path: str) -> int:
    """Size of a store's file once everything is in it."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(path).stat().st_size


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as JSON, one line a size; with --growth the exponent of the cost between both sizes."""
    parser = argparse.ArgumentParser(prog="python -m newsblotter_lab.planted", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--growth", type=int, default=0, metavar="TEXTS", help="measure this many as well")
    parser.add_argument("--add", type=int, default=0, metavar="TEXTS", help="add this many one by one to a store of the others")
    parser.add_argument("--runs", type=int, default=3, help="of the first size; the median is told")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--made", action="store_true", help="use the made vocabulary even where there are labelled reports")
    asked = parser.parse_args(arguments)
    rng = np.random.default_rng([asked.seed, 0])
    chain = Chain(make_source(rng) if asked.made else load_source(rng))
    measure(chain, min(asked.texts, COMPILED_FROM + 500), asked.seed)  # tables are made and loops compiled at first use
    if asked.add:
        sys.stdout.write(json.dumps(measure_adding(chain, asked.texts, asked.add, asked.seed).as_dict()) + "\n")
        return 0
    found = [measure(chain, asked.texts, asked.seed, runs=asked.runs)]
    found += [measure(chain, asked.growth, asked.seed)] if asked.growth else []
    for one in found:
        sys.stdout.write(json.dumps(one.as_dict()) + "\n")
    if len(found) == 2:
        exponent = math.log(found[1].seconds / found[0].seconds) / math.log(found[1].texts / found[0].texts)
        sys.stdout.write(json.dumps({"exponent": round(exponent, 3)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
