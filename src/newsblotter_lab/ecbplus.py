"""ECB+: news in topics of two confusable happenings each. Reads it as reports, and measures how documents group.

    python -m newsblotter_lab.ecbplus            B-cubed of the seminal events on the topics that nothing is fitted on
    python -m newsblotter_lab.ecbplus --fitted   the same on the topics that linking is fitted on

Many topics are no incidents (a film's cast, a new telephone): the product keeps no record of those, and their reports stand
alone. So three figures are given. *all documents* is the set's own count, each document in one cluster, of which the product can
reach no more than its taxonomy holds. *with an incident* leaves out the documents of which it keeps no record, its own misses
among them. *linker alone* counts every document and asks how well linking tells happenings apart, whatever they are: a document
without an incident is handed to it as a mention of no kind and no day, with the towns and people that it names.

Source: Agata Cybulska and Piek Vossen, "Using a sledgehammer to crack a nut? Lexical diversity and event coreference
resolution", LREC 2014. Annotation CC BY 3.0.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import re
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from newsblotter.collect.clean import CleanSettings, clean_pages
from newsblotter.fields import Gazetteer, find_spans, load_gazetteer
from newsblotter.fields.placing import resolve_places
from newsblotter.fields.readers import readers_of
from newsblotter.records import Claim, Mention, Quote, RawPage, Report, Span, Value, hash_id
from newsblotter_lab.gold import find_shared
from newsblotter_lab.linking import Corpus, bare_mention, extract, group_corpus, hold_against

TOWNS = frozenset({"city", "quarter"})
MOST_TOWNS, MOST_PEOPLE = 2, 3  # of a document without an incident; chosen on the topics that linking is fitted on
NAMED_SCORE = 0.6  # of what it names, as of facts in an incident's lead
HELD_OUT_TOPICS = 0.3  # of the topics are never fitted on, by a hash of the topic's number
_NAME = re.compile(r"(?P<topic>\d+)_\d+(?P<part>ecb(?:plus)?)$")
_TIGHT = re.compile(
    r" (?=[,.;:!?%)\]’”]|'(?:s|re|ve|ll|d|m)\b|n't\b)|(?<=[(\[“‘$£€#]) | (?=-)|(?<=-) |(?<=\d) (?=[:/]) ?|(?<=[:/]) (?=\d)"
)


def topic_of(document: str) -> str:
    """The topic of a document: "14" of "14_2ecbplus"."""
    return document.partition("_")[0]


def is_held_out(topic: str) -> bool:
    """Whether a topic is kept for measuring."""
    return int(hashlib.sha256(f"ecbplus {topic}".encode()).hexdigest(), 16) % 1000 < 1000 * HELD_OUT_TOPICS


def seminal_event(document: str) -> str:
    """What a document is about: each topic's older part tells of one happening, its newer part of another."""
    found = _NAME.match(document)
    return f"{found['topic']} {found['part']}" if found else document


def join_tokens(tokens: Iterable[str]) -> str:
    """Put tokens back together as one would write them."""
    text = " ".join(tokens).replace("`` ", '"').replace(" ''", '"').replace("``", '"').replace("''", '"')
    return _TIGHT.sub("", text)


def read_document(path: Path) -> RawPage:
    """One document as it may have been crawled: its lines, and the address where it has one."""
    lines: dict[int, list[str]] = defaultdict(list)
    for token in ElementTree.parse(path).getroot().iter("token"):
        lines[int(token.get("sentence", "0"))].append(token.text or "")
    url = None
    if "".join(lines.get(0, [])).startswith("http"):
        url = "".join(lines.pop(0))
    texts = [join_tokens(lines[at]) for at in sorted(lines)]
    given = {"title": texts[0], "language": "en"} if url and texts and len(texts[0]) <= 200 else {"language": "en"}
    body = "\n".join(texts[1:] if "title" in given else texts)
    return RawPage(str(path), path.stem, url, body.encode(), "text/plain", given=given)


def read_reports(folder: Path, *, held_out: bool) -> list[Report]:
    """The documents of the held-out topics, or of the others, cleaned and dated as any crawled text is."""
    paths = sorted((folder / "data" / "ecbplus").glob("*/*.xml"))
    pages = [read_document(path) for path in paths if is_held_out(topic_of(path.stem)) == held_out]
    cleaned = clean_pages(pages, CleanSettings())
    return [replace(report, id=report.source_id) for report in cleaned if isinstance(report, Report)]


def read_corpus(folder: Path, *, held_out: bool, cache: Path | None = None) -> Corpus:
    """The documents of some topics with their mentions, labelled by seminal event."""
    reports = {report.id: report for report in read_reports(folder, held_out=held_out)}
    name = "ecbplus-held-out" if held_out else "ecbplus-fitted"
    mentions = extract(reports.values(), cache and cache / f"{name}.pickle")
    gold = defaultdict(set, {report_id: {seminal_event(report_id)} for report_id in reports})
    return Corpus(name, reports, mentions, gold, defaultdict(set), defaultdict(lambda: None))


def add_bare(corpus: Corpus) -> Corpus:
    """The corpus with a mention of each document in which no incident was found, by what it names alone."""
    found = {mention.report_id for mention in corpus.mentions}
    gazetteer = load_gazetteer()
    bare = [name_mention(report, gazetteer) for report_id, report in sorted(corpus.reports.items()) if report_id not in found]
    return replace(corpus, mentions=[*corpus.mentions, *bare])


def name_mention(report: Report, gazetteer: Gazetteer) -> Mention:
    """A mention of a whole report with its first towns and full names, for texts in which no incident is found."""
    mention, readers, text = bare_mention(report), readers_of(report), report.text
    spans = find_spans(text, gazetteer, report.language)
    named: list[tuple[str, Span, Value]] = []
    wheres = resolve_places(text, list(spans["place"]), gazetteer, home=report.outlet or report.url)
    towns = ((span, where) for span, where in zip(spans["place"], wheres, strict=True) if where and where.precision in TOWNS)
    named.extend(("place", span, replace(where, role="scene")) for span, where in itertools.islice(towns, MOST_TOWNS))
    for span in spans["person"][:MOST_PEOPLE]:
        person = readers.read_person(text, span.start, span.end, None)
        if person is not None and person.name and " " in person.name:
            named.append(("people", span, replace(person, role="witness")))
    claims = tuple(
        Claim(
            hash_id("c", mention.id, field, str(span.start)),
            mention.id,
            field,
            Quote(report.id, span.start, span.end, text[span.start : span.end]),
            value,
            None,
            NAMED_SCORE,
        )
        for field, span, value in named
    )
    return replace(mention, claims=claims)


def measure(corpus: Corpus) -> dict[str, dict[str, float]]:
    """Pairwise and B-cubed scores: over all documents, over those with an incident, and of the linker alone."""
    label = group_corpus(corpus)
    told = {report_id: events for report_id, events in corpus.main_of.items() if report_id in label}
    linked = group_corpus(add_bare(corpus))
    return {
        "all documents": hold_against(corpus.main_of, label),
        f"{len(told)} with an incident": hold_against(told, label),
        "linker alone": hold_against(corpus.main_of, linked),
    }


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fitted", action="store_true")
    parser.add_argument("--cache", type=Path, help="folder to keep readings in between runs")
    options = parser.parse_args()
    folder = find_shared()
    if folder is None:
        sys.exit("No labelled data: set NEWSBLOTTER_SHARED.")
    corpus = read_corpus(folder, held_out=not options.fitted, cache=options.cache)
    topics = sorted({topic_of(report_id) for report_id in corpus.reports}, key=int)
    print(f"{len(corpus.reports)} documents of topics {' '.join(topics)}")
    for name, scores in measure(corpus).items():
        print(f"{name:24} " + " ".join(f"{key} {value:.3f}" for key, value in scores.items()))


if __name__ == "__main__":
    main()
