"""The sets whose labels are spans or sentences already, as examples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from newsblotter_lab.gold import read_lines
from newsblotter_lab.training.labels import Example, Marked
from newsblotter_lab.written import load_reports, load_written

WRITTEN_REPORTS = 1_000  # generated beside the hand-written ones
SENTENCES_A_TEXT = 6  # of Wikipedia, which tell of no incident
POLICE_DOCUMENTS = 600
MUC_SLOTS = {
    "perp_individual_id": "perp_individual",
    "perp_organization_id": "perp_organization",
    "phys_tgt_id": "target",
    "hum_tgt_name": "victim",  # not hum_tgt_description: the measure counts victims by name
    "incident_instrument_id": "weapon",
}
_SAME = {
    "victim": "victim",
    "suspect": "suspect",
    "official": "person",
    "target": "target",
    "place": "scene",
    "time": "day",
    "weapon": "weapon",
    "vehicle": "vehicle",
    "goods": "goods",
    "money": "loot",
    "count": "count",
}
# What a phrase of another incident is to the main one; the rest teach nothing.
_ELSEWHERE = {"place": "place", "time": "time", "money": "money", "official": "person"}


def read_written(seed: int, generated: int = WRITTEN_REPORTS) -> Iterator[Example]:
    """The texts written for the project, about robberies, thefts and loot; ``generated`` 0: only those by hand."""
    for number, written in enumerate(load_written(seed, generated) if generated else load_reports()):
        marked = []
        for start, end, label, is_main in written.spans:
            part = _SAME[label] if is_main else _ELSEWHERE.get(label)
            marked.append(Marked(start, end, (part,) if part else ("other", _SAME[label])))
        topics = tuple((start, end, role) for start, end, role, _ in written.sentences)
        is_real = written.reality in ("actual", "attempted") and any(role != "none" for *_, role, _ in written.sentences)
        kind = written.type if is_real else "none"
        yield Example(f"written-{number}", "written", written.text, tuple(marked), 1.0, topics=topics, type=kind)


def read_muc(folder: Path, part: str = "train") -> Iterator[Example]:
    """MUC-3/4 reports with the role fillers of all their templates, marked wherever the words stand."""
    templates = read_muc_keys(folder / f"data/muc34/keys_{part}")
    for line in (folder / f"data/muc34/doc_{part}").read_text("utf-8").splitlines():
        row = json.loads(line)
        text = row["text"]
        told = templates.get(row["docid"], [])
        found = {span for keys in told for span in _find_fillers(text, keys)}
        topics = () if told else ((0, len(text), "none"),)
        yield Example(row["docid"], "muc", text, muc=_longest(found), topics=topics, type=None if told else "none")


def read_muc_keys(path: Path) -> dict[str, list[list[Any]]]:
    """Templates by document: each a list of (slot, filler); a document without any tells no incident."""
    templates: dict[str, list[list[Any]]] = {}
    for block in path.read_text("utf-8").split("%%%"):
        if block.strip():
            keys = json.loads(block)
            slots = dict(keys[:2])
            told = templates.setdefault(slots["message_id"], [])
            if slots["message_template"] != "*":
                told.append(keys)
    return templates


def filler_strings(filler: Any) -> list[str]:
    """All the strings that a key gives for one filler."""
    if filler is None:
        return []
    if filler.get("type") == "colon_clause":
        return [words for words in (*filler.get("strings_lhs", []), *filler.get("strings_rhs", [])) if words]
    return [words for words in filler.get("strings", []) if words]


def _find_fillers(text: str, keys: list[Any]) -> Iterator[tuple[int, int, str]]:
    for slot, filler in keys:
        role = MUC_SLOTS.get(slot)
        for words in filler_strings(filler) if role else ():
            pattern = r"\s+".join(map(re.escape, words.split()))
            for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text):
                yield match.start(), match.end(), role or ""


def _longest(spans: set[tuple[int, int, str]]) -> tuple[tuple[int, int, str], ...]:
    """Without those that overlap a longer one."""
    kept: list[tuple[int, int, str]] = []
    for start, end, role in sorted(spans, key=lambda s: (s[0] - s[1], s)):
        if all(end <= a or b <= start for a, b, _ in kept):
            kept.append((start, end, role))
    return tuple(sorted(kept))


def read_names(folder: Path) -> Iterator[Example]:
    """Wikipedia's sentences with their names: people and places that have no part in any incident."""
    rows = (folder / "data/names/wikigold/CONLL-format/data/wikigold.conll.txt").read_text("utf-8").splitlines()
    sentences = [[row.split() for row in group] for blank, group in groupby(rows, key=lambda row: not row.strip()) if not blank]
    for number in range(0, len(sentences), SENTENCES_A_TEXT):
        text, marked = "", []
        for word, label in (pair for sentence in sentences[number : number + SENTENCES_A_TEXT] for pair in sentence):
            part = {"PER": "person", "LOC": "place"}.get(label.split("-")[-1])
            if part:
                marked.append(Marked(len(text), len(text) + len(word), (part,)))
            text += word + " "
        yield Example(
            f"names-{number}", "names", text, tuple(marked), 0.5, topics=((0, len(text), "none"),), type="none", killed=0, injured=0
        )


def read_police(folder: Path) -> Iterator[Example]:
    """Indian newspaper reports whose sentences say whether the police killed or arrested anybody."""
    documents: dict[int, list[tuple[str, list[str]]]] = {}
    for row in read_lines(folder / "data/india_police_events/sents.jsonl"):
        documents.setdefault(row["doc_id"], []).append((row["sent_text"], row["sent_labels"]))
    for name, sentences in list(documents.items())[:POLICE_DOCUMENTS]:
        text, topics = "", []
        for words, labels in sentences:
            if "ARREST" in labels:
                topics.append((len(text), len(text) + len(words), "follow_up"))
            elif "KILL" in labels:
                topics.append((len(text), len(text) + len(words), "main"))
            text += words.rstrip("\n") + " "
        if topics:
            yield Example(f"police-{name}", "police", text, topics=tuple(topics))
