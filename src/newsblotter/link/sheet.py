"""A profile put away and taken out again, so that a mention is compared years later without reading its report anew.

A *sheet* holds what a profile takes from the corpus and the text: its telling words with their weights as of the day it was
made, and the ages it states. The facts are the mention's own and are laid out again from its claims.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from newsblotter.link import profile as laying
from newsblotter.link.profile import FRAME_TEXTS, Profile
from newsblotter.link.words import Rarity, find_words
from newsblotter.records import Mention, Report, Role

_DIGITS = 1e4  # weights are kept to four digits after the point, rarities too


def hash_line(line: str) -> int:
    """A line's 64 bits, signed as databases hold them."""
    return int.from_bytes(hashlib.blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True)


def find_lines(text: str) -> frozenset[str]:
    """The lines of a text that may belong to its site."""
    return frozenset(line.strip() for line in text[: laying._LONG_TEXT].split("\n") if len(line) > 3)


def count_lines(reports: Iterable[Report], voices: Mapping[str, str]) -> Counter[int]:
    """In how many voices each line of the reports stands, by its hash."""
    hosts: dict[int, set[str]] = defaultdict(set)
    for report in reports:
        for line in find_lines(report.text):
            hosts[hash_line(line)].add(voices[report.id])
    return Counter({line: len(seen) for line, seen in hosts.items()})


def find_frame(reports: Iterable[Report], lines: Mapping[int, int]) -> frozenset[str]:
    """Those lines of the reports that stand in many texts, so belong to sites."""
    return frozenset(line for r in reports for line in find_lines(r.text) if lines.get(hash_line(line), 0) >= FRAME_TEXTS)


def count_words(reports: Sequence[Report], voices: Mapping[str, str], frame: frozenset[str]) -> Counter[str]:
    """In how many voices each word of the reports stands; of copies the first counts."""
    first: dict[str, Report] = {}
    for report in sorted(reports, key=lambda report: report.id):
        first.setdefault(voices[report.id], report)
    counts: Counter[str] = Counter()
    for report in first.values():
        counts.update(set(find_words(laying._strip_frame(report.text, frame))))
    return counts


def lay_out(
    mentions: Sequence[Mention], reports: Mapping[str, Report], voices: Mapping[str, str], frame: frozenset[str], rarity: Rarity
) -> list[Profile]:
    """Profiles of all mentions of some reports, as ``build_profiles`` makes them for a whole corpus.

    Args:
        mentions: All that these reports hold.
        reports: The reports, by id.
        voices: Report id → voice.
        frame: Lines of theirs that belong to sites.
        rarity: How telling words are in the whole corpus.
    """
    told_in: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        told_in[mention.report_id].append(mention)
    profiles = []
    for report_id in sorted(told_in):
        report, beside = reports[report_id], told_in[report_id]
        whole = None
        for mention in beside:
            if mention.role not in (Role.MAIN, Role.FOLLOW_UP):
                read = laying._read(laying._nearby(mention, report), "")
            elif len(beside) > 1:
                read = laying._read(laying._strip_frame(laying._apart_from(mention, beside, report), frame), report.title)
            else:
                whole = whole or laying._read(laying._strip_frame(report.text, frame), report.title)
                read = whole
            profiles.append(laying._build(mention, report, voices[report_id], read, laying._weigh(read, rarity)))
    return sorted(profiles, key=lambda profile: profile.mention.id)


def to_sheet(profile: Profile) -> str:
    """Put a profile away."""
    words = {
        name: {word: round(weight * _DIGITS) for word, weight in getattr(profile, name).items()}
        for name in ("text", "names", "lead", "rare")
    }
    return json.dumps({**words, "ages": sorted(profile.ages)}, ensure_ascii=False, separators=(",", ":"))


def from_sheet(sheet: str, mention: Mention, report: Report, voice: str) -> Profile:
    """Take a profile out again; equal to the one put away but for the last digits of its weights.

    Args:
        sheet: What ``to_sheet`` made.
        mention: The mention as it is stored.
        report: Its report; only the day of publication is asked for.
        voice: The copy group that it belongs to now, else its report.
    """
    kept = json.loads(sheet)
    text, names, lead, rare = (
        {word: weight / _DIGITS for word, weight in kept[name].items()} for name in ("text", "names", "lead", "rare")
    )
    read = laying._Read(Counter(), Counter(), Counter(), frozenset(kept["ages"]))
    return laying._build(mention, report, voice, read, (text, names, lead, rare))
