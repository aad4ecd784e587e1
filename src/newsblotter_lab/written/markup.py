"""Reads the inline markup of a written report: ``[[label|words]]`` around a phrase, ``{{role kind}}`` after a sentence.

One line is one sentence; an empty line ends a paragraph; a line that opens with ``# `` is the headline. A label that opens with
``!`` belongs to another incident than the report's main one. A sentence without a tag tells the main incident.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LABELS = frozenset("victim suspect official target place time weapon vehicle goods money count".split())
INCIDENT_TYPES = frozenset(
    """robbery burglary theft shooting homicide assault attack bombing kidnapping arson fraud escape accident other_crime""".split()
)
STEPS = frozenset("arrest charge trial sentence death recovery release appeal".split())
REALITIES = frozenset("actual attempted planned denied hypothetical fiction".split())

Span = tuple[int, int, str, bool]
Sentence = tuple[int, int, str, str]

_TAG = re.compile(r"\s*\{\{(main|follow_up|background|none)(?: (\w+))?\}\}$")
_SPAN = re.compile(r"\[\[(!?)(\w+)\|([^\[\]|]+)\]\]")
_LEFTOVER = re.compile(r"\[\[|\]\]|\{\{|\}\}|<\w")


class MarkupError(ValueError):
    """A written report whose markup cannot be read."""


@dataclass(frozen=True, slots=True)
class Written:
    """One report of ours.

    Attributes:
        text: What a reader would see, without markup.
        spans: (start, end, label, is_main), in order, none overlapping; ``is_main`` is False for another incident's phrase.
        sentences: (start, end, role, kind), in order; kind is an incident type for main and background, a step for follow_up,
            empty for none.
        type: The main incident's type, ``none`` where the report tells no incident.
        reality: actual, attempted, planned, denied, hypothetical or fiction.
    """

    text: str
    spans: tuple[Span, ...]
    sentences: tuple[Sentence, ...]
    type: str
    reality: str


def _read_tag(line: str, kind: str) -> tuple[str, str, str]:
    """The line without its tag, its role and its kind."""
    found = _TAG.search(line)
    if not found:
        return (line, "none", "") if kind == "none" else (line, "main", kind)
    role, step = found[1], found[2] or ""
    allowed = {"none": {""}, "follow_up": STEPS}.get(role, INCIDENT_TYPES)
    if step not in allowed:
        raise MarkupError(f"{role} cannot be {step!r}: {line}")
    return line[: found.start()], role, step


def _read_spans(line: str, offset: int) -> tuple[str, list[Span]]:
    """The plain words of a line, and its spans counted from ``offset``."""
    plain, spans, read = "", [], 0
    for found in _SPAN.finditer(line):
        if found[2] not in LABELS:
            raise MarkupError(f"unknown label {found[2]!r}: {line}")
        if found[3] != found[3].strip():
            raise MarkupError(f"a phrase opens or ends with a space: {line}")
        plain += line[read : found.start()]
        start = offset + len(plain)
        plain += found[3]
        spans.append((start, offset + len(plain), found[2], not found[1]))
        read = found.end()
    plain += line[read:]
    if _LEFTOVER.search(plain):
        raise MarkupError(f"markup left over: {plain}")
    return plain, spans


def parse_report(source: str, kind: str, reality: str = "actual") -> Written:
    """Read one report's markup.

    Raises:
        MarkupError: An unknown label, tag, type or reality, or markup that is not closed.
    """
    if kind not in INCIDENT_TYPES | {"none"} or reality not in REALITIES:
        raise MarkupError(f"unknown type or reality: {kind!r}, {reality!r}")
    text, gap = "", ""
    spans: list[Span] = []
    sentences: list[Sentence] = []
    for line in source.strip().splitlines():
        if not line.strip():
            gap = "\n\n"
            continue
        words, role, step = _read_tag(line.strip(), kind)
        headline = words.startswith("# ")
        start = len(text) + len(gap)
        plain, found = _read_spans(words.removeprefix("# "), start)
        text += gap + plain
        spans += found
        sentences.append((start, len(text), role, step))
        gap = "\n\n" if headline else " "
    return Written(text, tuple(spans), tuple(sentences), kind, reality)


def render_report(report: Written) -> str:
    """The markup of a report: what ``parse_report`` reads back to the same report."""
    lines = []
    for index, (start, end, role, kind) in enumerate(report.sentences):
        line, read = "", start
        for left, right, label, is_main in report.spans:
            if start <= left < end:
                line += report.text[read:left] + f"[[{'' if is_main else '!'}{label}|{report.text[left:right]}]]"
                read = right
        line += report.text[read:end] + f" {{{{{role} {kind}".rstrip() + "}}"
        if index and "\n\n" in report.text[report.sentences[index - 1][1] : start]:
            lines.append("")
        lines.append(line)
    return "\n".join(lines)
