"""A profile put away and taken out again, so that a mention is compared years later without reading its report anew.

A *sheet* holds all that comparing asks for: the facts as they were laid out, and the telling words with their weights as of the
day it was made. So a new report's candidates cost one row each, not their claims and texts. What changes a mention or the day
of its report makes the report wait to be linked anew, and so gives it a new sheet.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from newsblotter.link.profile import FRAME_TEXTS, Profile, find_lines, strip_frame
from newsblotter.link.values import to_spot
from newsblotter.link.words import find_words, hash_text
from newsblotter.records import Count, Mention, Money, Quote, Reality, Report, Role, When, Where

_WHERE = tuple(field.name for field in fields(Where))
_DIGITS = 1e4  # weights are kept to four digits after the point, rarities too


def count_lines(reports: Iterable[Report], voices: Mapping[str, str]) -> Counter[int]:
    """In how many voices each line of the reports stands, by its hash."""
    hosts: dict[int, set[str]] = defaultdict(set)
    for report in reports:
        for line in find_lines(report.text):
            hosts[hash_text(line)].add(voices[report.id])
    return Counter({line: len(seen) for line, seen in hosts.items()})


def find_frame(reports: Iterable[Report], lines: Mapping[int, int]) -> frozenset[str]:
    """Those lines of the reports that stand in many texts, so belong to sites."""
    return frozenset(line for r in reports for line in find_lines(r.text) if lines.get(hash_text(line), 0) >= FRAME_TEXTS)


def count_words(reports: Sequence[Report], voices: Mapping[str, str], frame: frozenset[str]) -> Counter[str]:
    """In how many voices each word of the reports stands; of copies the first counts."""
    first: dict[str, Report] = {}
    for report in sorted(reports, key=lambda report: report.id):
        first.setdefault(voices[report.id], report)
    counts: Counter[str] = Counter()
    for report in first.values():
        counts.update(set(find_words(strip_frame(report.text, frame))))
    return counts


def to_sheet(profile: Profile) -> str:
    """Put a profile away."""
    mention = profile.mention
    parts: list[Any] = [
        [mention.type, mention.role.value, mention.reality.value, mention.trigger.start, mention.trigger.end, mention.trigger.text],
        [profile.in_focus, profile.published, profile.outlet, profile.slug, profile.host, profile.is_fresh],
        [[when.earliest.toordinal(), when.latest.toordinal(), when.precision] for when in profile.whens],
        [profile.whens.index(when) for when in profile.sure_whens],
        [[getattr(where, name) for name in _WHERE] for where in profile.wheres],
        [profile.people, profile.victims, profile.accused],
        [sorted(profile.ages), sorted(profile.victim_ages), sorted(profile.means), sorted(profile.target)],
        sorted(map(sorted, profile.addresses)),
        {name: [count.low, count.high, count.unit] for name, count in profile.counts.items()},
        [[money.low, money.high, money.currency] for money in profile.loot],
    ]
    for words in (profile.text, profile.names, profile.lead, profile.rare):
        parts += [" ".join(words), [round(weight * _DIGITS) for weight in words.values()]]
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def from_sheet(sheet: str, mention_id: str, report_id: str, voice: str) -> Profile:
    """Take a profile out again; equal to the one put away but for the last digits of its weights, and its mention's claims.

    Args:
        sheet: What ``to_sheet`` made.
        mention_id: Whose it is.
        report_id: Its report.
        voice: The copy group that it belongs to now, else its report.
    """
    told, seen, whens, sure, wheres, people, sets, streets, counts, loot, *words = json.loads(sheet)
    kind, role, reality, *trigger = told
    in_focus, published, outlet, slug, host, is_fresh = seen
    days = tuple(When(date.fromordinal(first), date.fromordinal(last), precision) for first, last, precision in whens)
    places = tuple(Where(*where) for where in wheres)
    ages, victim_ages, means, target = map(frozenset, sets)
    text, names, lead, rare = (_weights(words[at], words[at + 1]) for at in range(0, 8, 2))
    everyone, victims, accused = (tuple((first, last, age) for first, last, age in some) for some in people)
    return Profile(
        mention=Mention(mention_id, report_id, kind, Role(role), Quote(report_id, *trigger), Reality(reality), ()),
        voice=voice,
        in_focus=in_focus,
        published=published,
        outlet=outlet,
        slug=tuple(slug),
        host=tuple(host),
        whens=days,
        sure_whens=tuple(days[at] for at in sure),
        wheres=places,
        spots=tuple(map(to_spot, places)),
        people=everyone,
        victims=victims,
        accused=accused,
        ages=ages,
        victim_ages=victim_ages,
        means=means,
        is_fresh=is_fresh,
        target=target,
        addresses=frozenset(map(frozenset, streets)),
        counts={name: Count(*count) for name, count in counts.items()},
        loot=tuple(Money(*money) for money in loot),
        text=text,
        names=names,
        lead=lead,
        rare=rare,
    )


def _weights(words: str, weights: Sequence[int]) -> dict[str, float]:
    return {word: weight / _DIGITS for word, weight in zip(words.split(" "), weights, strict=True)} if weights else {}
