"""What a mention looks like to the linker: its facts and its telling words, laid out once, compared many times."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from urllib.parse import unquote

from newsblotter.link.values import Spot, split_name, to_spot
from newsblotter.link.words import Rarity, find_names, find_words, weigh
from newsblotter.records import Claim, CopyGroup, Count, Mention, Money, Outcome, Person, Report, Role, When, Where

TEXT_WORDS = 90  # most telling words kept of a text: more change no ranking on gunviolence train
NAME_WORDS = 40
LEAD_CHARACTERS = 500  # the opening of a report, which says what it is about
NEARBY_CHARACTERS = 160  # read around each quote of an incident told in passing: about a sentence either side
FRAME_TEXTS = 3  # a line that stands in this many texts (copies apart) belongs to the site, not to the report
SURE_DATE = 0.45  # score from which a date is right in 95 of 100 reports (gunviolence train), so that it may rule a pair out
PRINTED_DATE = 0.1  # score up to which a date is but the day of publication, which is compared by itself
RULING_DATE = 0.6  # score from which two dates that lie apart keep two mentions apart (wrong in 3 of 10,000 pairs of train)
COURT_DAYS = 14  # between an incident and the first report of a trial over it, at least
OPENING_CHARACTERS = 250  # of a report: its title and first sentence
IN_COURT = ("trial", "conviction", "sentence")
MEANS = ("weapons", "vehicles", "tactics")
PLAIN_MEANS = frozenset({"firearm", "handgun", "car"})  # in every tenth account or more of gunviolence train and heists look
_NOT_STREET = frozenset({"block", "of", "the", "in", "on", "at", "near", "and"})
_AGE = re.compile(r"\b(\d{1,2})[- ]years?[- ]olds?\b|, (\d{1,2})(?=,)")
_SENTENCE_END = re.compile(r"[.!?…][)\"'”’]{0,2}\s|\n")
_LONG_TEXT = 20_000  # characters read of one report
_LONG_ADDRESS = 400  # characters read of one
_PATH = re.compile(r"^[a-z]+://[^/?#]*([^?#]*)", re.IGNORECASE)
_HOST = re.compile(r"^[a-z]+://([^/?#:]*)", re.IGNORECASE)
SLUG_WORDS = 2  # joined in one part of an address's path from which it is words, rather than a section or a number


@dataclass(frozen=True, slots=True)
class Profile:
    """A mention, ready to be compared. Lists are empty and values None where the report does not say."""

    mention: Mention
    voice: str  # copies of one text share it
    in_focus: bool  # the report is about it, rather than mentioning it in passing
    published: int | None  # day number
    outlet: str | None
    slug: tuple[str, ...]  # words of the report's address, which often say more than a text cut short
    host: tuple[str, ...]  # and of its site's name, which may be a town's
    whens: tuple[When, ...]
    sure_whens: tuple[When, ...]  # those that may speak against
    wheres: tuple[Where, ...]
    spots: tuple[Spot, ...]  # the same, ready to be measured
    people: tuple[tuple[str, str, int | None], ...]  # first name, surname, age
    victims: tuple[tuple[str, str, int | None], ...]  # those of the people who came to harm
    accused: tuple[tuple[str, str, int | None], ...]  # and those who are said to have done it
    ages: frozenset[int]
    victim_ages: frozenset[int]
    means: frozenset[str]  # telling weapons, vehicles and tactics
    is_fresh: bool  # the news itself, not a later turn of it: printed within days of the incident
    target: frozenset[str]
    addresses: frozenset[frozenset[str]]  # words of each street, house numbers left out
    counts: Mapping[str, Count]  # killed, injured, suspects
    loot: tuple[Money, ...]
    text: Mapping[str, float]
    names: Mapping[str, float]
    lead: Mapping[str, float]
    rare: Mapping[str, float]  # names → rarity


def voices_of(reports: Iterable[str], groups: Iterable[CopyGroup]) -> dict[str, str]:
    """Which voice each report is: the copy group it belongs to, else itself."""
    voices = {report: report for report in reports}
    for group in groups:
        voices.update(dict.fromkeys(group.report_ids, group.id))
    return voices


def best_claims(mention: Mention, field: str) -> list[Claim]:
    """A mention's read claims of a field, surest first."""
    found = [claim for claim in mention.claims if claim.field == field and claim.value is not None]
    return sorted(found, key=lambda claim: (-claim.score, claim.quote.start, claim.id))


def trusted_dates(mention: Mention, published: date | None) -> list[tuple[When, float]]:
    """A mention's days with their scores, surest first, without those that are rather of a hearing in court or of printing.

    A report that opens with a trial, a conviction or a sentence is not printed within days of the incident.
    """
    read = [(c.value, c.score) for c in best_claims(mention, "date") if isinstance(c.value, When)]
    found = [(when, score) for when, score in read if score > PRINTED_DATE or when.earliest != published]
    if published is None or not _opens_in_court(mention):
        return found
    return [(when, score) for when, score in found if (published - when.latest).days > COURT_DAYS]


def _opens_in_court(mention: Mention) -> bool:
    return any(
        isinstance(claim.value, Outcome) and claim.value.kind in IN_COURT and claim.quote.end <= OPENING_CHARACTERS
        for claim in mention.claims
    )


def find_sure_days(mentions: Iterable[Mention], reports: Mapping[str, Report]) -> dict[str, When]:
    """When each mention's incident came about, by mention id; only days and years sure enough to rule out a join."""
    found = {}
    for mention in mentions:
        dates = trusted_dates(mention, reports[mention.report_id].published)
        if dates and dates[0][1] >= RULING_DATE:
            found[mention.id] = dates[0][0]
    return found


def _street_words(address: str) -> frozenset[str]:
    """The words that name a street: "1400 block of Halsted Avenue" and "Halsted Avenue" have the same."""
    return frozenset(word for word in find_words(address) if not word.isdigit() and word not in _NOT_STREET)


def find_lines(text: str) -> frozenset[str]:
    """The lines of a text that may belong to its site."""
    return frozenset(line.strip() for line in text[:_LONG_TEXT].split("\n") if len(line) > 3)


def _frame_lines(reports: Sequence[Report], voices: Mapping[str, str]) -> frozenset[str]:
    hosts: dict[str, set[str]] = defaultdict(set)
    for report in reports:
        for line in find_lines(report.text):
            hosts[line].add(voices[report.id])
    return frozenset(line for line, seen in hosts.items() if len(seen) >= FRAME_TEXTS)


def strip_frame(text: str, frame: frozenset[str]) -> str:
    """A text without the lines that belong to its site."""
    return "\n".join(line for line in text[:_LONG_TEXT].split("\n") if line.strip() not in frame)


def _nearby(mention: Mention, report: Report) -> str:
    """The text around a mention's quotes."""
    quotes = sorted((q.start, q.end) for q in (mention.trigger, *(claim.quote for claim in mention.claims)))
    pieces, reached = [], 0
    for start, end in quotes:
        start, end = max(reached, start - NEARBY_CHARACTERS), min(len(report.text), end + NEARBY_CHARACTERS)
        if end > start:
            pieces.append(report.text[start:end])
            reached = end
    return " ".join(pieces)


def _sentences(report: Report) -> list[tuple[int, int]]:
    ends = [found.end() for found in _SENTENCE_END.finditer(report.text, 0, _LONG_TEXT)]
    bounds = [0, *ends, min(len(report.text), _LONG_TEXT)]
    return [(start, end) for start, end in pairwise(bounds) if end > start]


def _apart_from(mention: Mention, others: Sequence[Mention], report: Report) -> str:
    """A report's text without the sentences that tell of its other incidents only."""
    own = _offsets(mention)
    foreign = sorted(at for other in others if other is not mention for at in _offsets(other))
    kept = []
    for start, end in _sentences(report):
        if _any_within(foreign, start, end) and not _any_within(own, start, end):
            continue
        kept.append(report.text[start:end])
    return "".join(kept)


def _offsets(mention: Mention) -> list[int]:
    return sorted({mention.trigger.start, *(claim.quote.start for claim in mention.claims)})


def _any_within(offsets: Sequence[int], start: int, end: int) -> bool:
    at = bisect_left(offsets, start)
    return at < len(offsets) and offsets[at] < end


def find_slug(url: str | None) -> tuple[str, ...]:
    """The words of an address: ``shots`` and ``fired`` of "https://news.example/local/shots-fired/article_8f3b.html".

    Parts of one word are sections of a site; what holds a digit numbers an article.
    """
    found = _PATH.match(url or "")
    if not found:
        return ()
    path = unquote(found[1][:_LONG_ADDRESS]).casefold()
    parts = ([word for word in re.split(r"[-_]+", part) if word.isalpha()] for part in path.removesuffix(".html").split("/"))
    words = (word for part in parts if len(part) >= SLUG_WORDS for word in part if len(word) > 2)
    return tuple(dict.fromkeys(words))


def find_host(url: str | None) -> tuple[str, ...]:
    """The telling parts of a site's name: ``springfieldnews`` of "https://www.springfieldnews.example"."""
    found = _HOST.match(url or "")
    return tuple(part for part in found[1].casefold().split(".")[:-1] if len(part) > 3) if found else ()


def find_ages(text: str) -> frozenset[int]:
    """Ages that a text states: "a 19-year-old", "Smith, 42,"."""
    return frozenset(int(a or b) for a, b in _AGE.findall(text))


@dataclass(frozen=True, slots=True)
class _Read:
    words: Counter[str]
    names: Counter[str]
    lead: Counter[str]
    ages: frozenset[int]


def _read(text: str, report: Report | None = None) -> _Read:
    """Read a text; with its report, that one's title and the words of its address stand before it."""
    title = find_words(report.title) if report else []
    slug = [word for word in find_slug(report.url) if word not in title] if report else []
    lead = [*title, *slug, *find_words(text[:LEAD_CHARACTERS])]
    return _Read(Counter(find_words(text)), Counter(find_names(text)), Counter(lead), find_ages(text))


def build_profiles(
    mentions: Sequence[Mention], reports: Mapping[str, Report], groups: Sequence[CopyGroup]
) -> tuple[list[Profile], Rarity]:
    """Lay out mentions for comparing; the corpus tells how telling each word is."""
    used = [reports[report_id] for report_id in sorted({mention.report_id for mention in mentions})]
    voices = voices_of((report.id for report in used), groups)
    frame = _frame_lines(used, voices)
    whole = {report.id: _read(strip_frame(report.text, frame), report) for report in used}
    first_of_voice = {voices[report.id]: whole[report.id].words for report in reversed(used)}
    rarity = Rarity(first_of_voice[voice] for voice in sorted(first_of_voice))
    return lay_out(mentions, reports, voices, frame, rarity, whole), rarity


def lay_out(
    mentions: Sequence[Mention],
    reports: Mapping[str, Report],
    voices: Mapping[str, str],
    frame: frozenset[str],
    rarity: Rarity,
    whole: Mapping[str, _Read] | None = None,
) -> list[Profile]:
    """Profiles of all mentions of some reports, in their order.

    Args:
        mentions: All that these reports hold.
        reports: The reports, by id.
        voices: Report id → voice.
        frame: Lines of theirs that belong to sites.
        rarity: How telling words are in the whole corpus.
        whole: The reports' texts, read without their frames; None: read here, where they are needed.
    """
    told_in: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        told_in[mention.report_id].append(mention)
    profiles = []
    for mention in mentions:
        report, beside = reports[mention.report_id], told_in[mention.report_id]
        if mention.role not in (Role.MAIN, Role.FOLLOW_UP):
            read = _read(_nearby(mention, report))
        elif len(beside) > 1:
            read = _read(strip_frame(_apart_from(mention, beside, report), frame), report)
        else:
            read = whole[report.id] if whole is not None else _read(strip_frame(report.text, frame), report)
        profiles.append(build_profile(mention, report, voices[report.id], read.ages, _weigh(read, rarity)))
    return profiles


Weights = tuple[dict[str, float], dict[str, float], dict[str, float], dict[str, float]]


def _weigh(read: _Read, rarity: Rarity) -> Weights:
    return (
        weigh(read.words, rarity, TEXT_WORDS),
        weigh(read.names, rarity, NAME_WORDS),
        weigh(read.lead, rarity, TEXT_WORDS),
        {word: rarity.of(word) for word in sorted(read.names) if len(word) > 1},
    )


def _list_names(people: Iterable[Person]) -> tuple[tuple[str, str, int | None], ...]:
    named = {(*split_name(person.name), person.age) for person in people if person.name}
    return tuple(sorted((p for p in named if p[1]), key=lambda p: (p[1], p[0], p[2] or 0)))


def build_profile(mention: Mention, report: Report, voice: str, stated: frozenset[int], weights: Weights) -> Profile:
    """A profile of what is told of a mention.

    Args:
        mention: With its claims' values.
        report: Its report.
        voice: The copy group that it belongs to, else its report.
        stated: The ages that its text states.
        weights: Its telling words, weighed: text, names, lead, rare.
    """
    values = {field: [claim.value for claim in best_claims(mention, field)] for field in {c.field for c in mention.claims}}
    people = [v for v in values.get("people", []) if isinstance(v, Person)]
    counts = {}
    for field in ("killed", "injured", "suspects"):
        first = next((v for v in values.get(field, []) if isinstance(v, Count)), None)
        if first is not None:
            counts[field] = first
    trusted = trusted_dates(mention, report.published)
    text, names, lead, rare = weights
    return Profile(
        mention=mention,
        voice=voice,
        in_focus=mention.role in (Role.MAIN, Role.FOLLOW_UP),
        published=report.published.toordinal() if report.published else None,
        outlet=report.outlet.casefold().removeprefix("www.") if report.outlet else None,
        slug=find_slug(report.url) if mention.role in (Role.MAIN, Role.FOLLOW_UP) else (),
        host=find_host(report.url) if mention.role in (Role.MAIN, Role.FOLLOW_UP) else (),
        whens=tuple(value for value, _ in trusted),
        sure_whens=tuple(value for value, score in trusted if score >= SURE_DATE),
        wheres=tuple(v for v in values.get("place", []) if isinstance(v, Where) and v.role == "scene"),
        spots=tuple(to_spot(v) for v in values.get("place", []) if isinstance(v, Where) and v.role == "scene"),
        people=_list_names(people),
        victims=_list_names(person for person in people if person.role == "victim"),
        accused=_list_names(person for person in people if person.role == "suspect"),
        ages=stated | {person.age for person in people if person.age is not None},
        victim_ages=frozenset(person.age for person in people if person.role == "victim" and person.age is not None),
        means=frozenset(v for field in MEANS for v in values.get(field, []) if isinstance(v, str)) - PLAIN_MEANS - {mention.type},
        is_fresh=mention.role is Role.MAIN and not _opens_in_court(mention),
        target=frozenset(w for v in values.get("target", []) if isinstance(v, str) for w in find_words(v)),
        addresses=frozenset(street for v in values.get("address", []) if isinstance(v, str) and (street := _street_words(v))),
        counts=counts,
        loot=tuple(v for v in values.get("loot", []) if isinstance(v, Money)),
        text=text,
        names=names,
        lead=lead,
        rare=rare,
    )
