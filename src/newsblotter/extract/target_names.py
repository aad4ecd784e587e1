"""Names in a report that may be what was robbed or attacked: found, shed of what is no name, and told from places and people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from newsblotter.extract.document import Document, Sentence
from newsblotter.extract.names import Run, find_runs
from newsblotter.lexicon import load_lexicon

TRADES = 5  # groups of premises nouns, from the first, that thieves go for: not bars, hospitals and homes
POSSESSIVE_GAP = 3  # characters of "'s "
LEAST_LETTERS = 4  # of a name that may lose its noun
RUNS_MAX = 40  # names looked at in one sentence; more are a list, and the cost must stay linear
_AFTER = 60  # characters looked at behind a name
_NAME_LETTERS = re.compile(r"[\W_]+")
_ROAD = re.compile(r"[A-Z]{1,3}-?\d{1,4}")


@dataclass(frozen=True, slots=True)
class Patterns:
    """The expressions that a name and the words beside it are held against."""

    noun_after: re.Pattern[str]
    noun_inside: re.Pattern[str]
    verb_before: re.Pattern[str]
    deed_before: re.Pattern[str]
    deed_after: re.Pattern[str]
    taken_from: re.Pattern[str]
    owner_before: re.Pattern[str]
    passive_after: re.Pattern[str]
    loses_after: re.Pattern[str]
    staff_after: re.Pattern[str]
    near_before: re.Pattern[str]
    acts_after: re.Pattern[str]
    person_before: re.Pattern[str]
    person_after: re.Pattern[str]
    elsewhere: re.Pattern[str]
    hotel: re.Pattern[str]
    venue: re.Pattern[str]
    goods_after: re.Pattern[str]
    generic_any: re.Pattern[str]
    known: re.Pattern[str]
    trade: re.Pattern[str]
    apposition: re.Pattern[str]
    located_in: re.Pattern[str]
    at_premises: re.Pattern[str]
    area_after: re.Pattern[str]
    man_of: re.Pattern[str]
    law: re.Pattern[str]
    police_after: re.Pattern[str]
    aside: re.Pattern[str]
    trade_after: re.Pattern[str]
    street_ending: re.Pattern[str]
    in_town: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Words:
    """Plain words that cut, open or close names."""

    plain: frozenset[str]  # cuts runs in running text
    plain_title: frozenset[str]  # cuts runs in headlines
    bare: frozenset[str]
    offices: frozenset[str]
    places: frozenset[str]
    streets: frozenset[str]
    doubtful: frozenset[str]


def _join_plain(words: Iterable[str]) -> str:
    """Plain words as one expression, longer ones first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))


@lru_cache(maxsize=1)
def load_patterns() -> Patterns:
    """Compile the expressions, once."""
    words, flags = load_lexicon("targets"), re.IGNORECASE
    describe, nouns = _join_plain(words["descriptors"]), "|".join(words["premises"])
    article = r"(?:(?:the|a|an|its|his|her|their|another|one of the|two|both|self-\w+)\s+)?"
    lead = rf"{article}(?:(?:{describe}|[\w-]+[’']s|(?-i:[A-Z][\w-]+))[\s,]+){{0,4}}[\"“‘']?$"
    deeds, law = words["deeds"], _join_plain(words["law"])
    return Patterns(
        noun_after=re.compile(
            rf"^(?:[’']s?)?[\s-]+(?:(?:{describe}|(?-i:[A-Z][\w-]+))\s+){{0,3}}(?:{nouns})\b(?![’']s owner)", flags
        ),
        noun_inside=re.compile(
            rf"\b(?:{nouns}|{words['in_names']}|bank|bijouterie|joaillerie|gioielleria|juwelier|joyer[ií]a|centre|center)\b",
            flags,
        ),
        verb_before=re.compile(rf"\b{words['verbs']}\s+{lead}", flags),
        deed_before=re.compile(rf"\b{words['deeds']}{words['deed_links']}\s+{lead}", flags),
        deed_after=re.compile(rf"^(?:[’']s?)?[\s,]+(?:[\w’-]+\s+){{0,2}}?{deeds}\b", flags),
        taken_from=re.compile(rf"\b{words['taken_from']}\s+{lead}", flags),
        owner_before=re.compile(rf"\b(?:{words['owner_before']}\s+{lead}|belong\w* to\b[^.;]{{0,50}}$|{words['home_of']})", flags),
        passive_after=re.compile(words["passive_after"], flags),
        loses_after=re.compile(words["loses_after"], flags),
        staff_after=re.compile(words["staff_after"], flags),
        near_before=re.compile(words["near_before"], flags),
        acts_after=re.compile(words["acts_after"], flags),
        person_before=re.compile(words["person_robbed_before"], flags),
        person_after=re.compile(words["person_robbed_after"], flags),
        elsewhere=re.compile(load_lexicon("loot")["elsewhere"], flags),
        goods_after=re.compile(words["goods_after"], flags),
        hotel=re.compile(words["hotels"], flags),
        venue=re.compile(words["venues"], flags),
        generic_any=re.compile(rf"\b(?P<noun>{words['generic_attacked']}|{words['generic']}|{words['generic_also']})\b", flags),
        trade=re.compile(rf"\b(?:{'|'.join(words['premises'][:TRADES])}|{words['in_names']})\b", flags),
        known=re.compile(rf"(?:{_join_plain(n for group in load_lexicon('brands')['names'] for n in group)})(?!\w)"),
        apposition=re.compile(
            rf"(?:(?<!of )\b(?:the|an?|its|his|her|their)|\bone of)\s+(?:[\w’'-]+\s+){{0,4}}?(?:{nouns}|{words['apposition']})"
            r"(?:,?\s+|\s(?:in|on|of)\s(?:the\s)?(?-i:[A-Z])[\w’'-]+(?:\s(?-i:[A-Z])[\w’'-]+)?,\s)$",
            flags,
        ),
        located_in=re.compile(words["located_in"], flags),
        at_premises=re.compile(rf"\b{words['at_premises']}\s+{lead}", flags),
        area_after=re.compile(words["area_after"], flags),
        man_of=re.compile(words["man_of"], flags),
        law=re.compile(rf"\b(?:{law})\b", flags),
        police_after=re.compile(rf"^(?:[’']s)?\s+(?:(?-i:[A-Z])[\w’']+\s+){{0,2}}(?:{law})\b", flags),
        aside=re.compile(words["aside"], flags),
        trade_after=re.compile(
            rf"^,? \(?(?:an?|the|one of|its)\s[^,;.()]{{0,40}}?\b(?:{'|'.join(words['premises'][:TRADES])})\b", flags
        ),
        street_ending=re.compile(words["street_ending"], flags),
        in_town=re.compile(r"(?:\bin|\bnear|\bof|,) $", flags),
    )


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Read the word lists, once."""
    words = load_lexicon("targets")
    return Words(
        plain=frozenset(words["not_names"]) - frozenset(words["offices"]) - frozenset(words["name_parts"]),
        plain_title=frozenset(words["not_names"]) - frozenset(words["offices"]),
        bare=frozenset(words["bare_nouns"]) | frozenset(words["not_names"]),
        offices=frozenset(words["offices"]),
        places=frozenset(words["places"]) | {name.lower() for name in load_lexicon("money")["adjectives"]},
        streets=frozenset(words["streets"]),
        doubtful=frozenset(load_lexicon("brands")["doubtful"]),
    )


def fold(name: str) -> str:
    """Letters and digits of a name only, lower case."""
    return _NAME_LETTERS.sub("", name.lower())


def _known_runs(sentence: str) -> Iterator[Run]:
    """Well-known names; a doubtful one only serves to keep its words together."""
    for match in load_patterns().known.finditer(sentence):
        if match.start() and (sentence[match.start() - 1].isalnum() or sentence[match.start() - 1] in "@#"):
            continue
        follows = sentence[match.end() : match.end() + 2]
        yield Run(match.start(), match.end(), match.group(), follows in ("'s", "’s"))


def find_names(document: Document, sentence: Sentence, written_small: frozenset[str]) -> Iterator[tuple[Run, bool]]:
    """The names of a sentence, and whether each is well known."""
    words = load_words()
    known = list(islice(_known_runs(sentence.text), RUNS_MAX))
    yield from ((run, run.text not in words.doubtful) for run in known)
    title = document.is_title(sentence)
    plain = words.plain_title | written_small if title else words.plain
    for whole in islice(_join_possessive(sentence.text, find_runs(sentence.text, plain), words), RUNS_MAX):
        run = _trim_run(sentence.text, whole, words, title=title)
        if run is None:
            continue
        inside = next((k for k in known if k.start < run.end and run.start < k.end), None)
        if inside is None:
            yield run, False
        elif run.start <= inside.start and inside.end <= run.end and len(run.text) > len(inside.text) + 3 and not title:
            yield run, False  # "Harrow Watches of Brook Street": the longer name may be the right one


def _join_possessive(sentence: str, runs: Iterable[Run], words: Words) -> Iterator[Run]:
    """Unite "St Brendan's" and "Church"; leave "Harrow's" and "Paris" apart."""
    held: Run | None = None
    for run in runs:
        joins = (
            held is not None
            and held.possessive
            and run.start - held.end <= POSSESSIVE_GAP
            and run.text.split()[0].lower() in words.bare
            and held.text.lower() not in words.places
        )
        if held is not None and joins:
            held = Run(held.start, run.end, sentence[held.start : run.end], run.possessive)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


def _trim_run(sentence: str, run: Run, words: Words, *, title: bool) -> Run | None:
    """Shed what is no name: "Paris Harrow" → "Harrow", "Harrow Diamond" before "heist" → "Harrow"; None if nothing stays."""
    p = load_patterns()
    parts = run.text.split()
    start, end = run.start, run.end
    if len(parts) > 1 and parts[0].lower() in words.places and not p.noun_inside.search(run.text):
        start += len(parts[0]) + (len(run.text[len(parts[0]) :]) - len(run.text[len(parts[0]) :].lstrip()))
        parts = parts[1:]
    while len(parts) > 1 and parts[-1].lower() in words.bare and len(fold(" ".join(parts[:-1]))) >= LEAST_LETTERS:
        if not p.deed_after.match(sentence[end : end + _AFTER]) and not p.noun_after.match(sentence[end : end + _AFTER]):
            break
        end -= len(parts[-1])
        end = start + len(sentence[start:end].rstrip())
        parts = parts[:-1]
    nouns = words.bare if title or len(parts) < 2 else words.plain
    if not parts or all(part.lower() in nouns for part in parts):
        return None
    return Run(start, end, sentence[start:end], run.possessive and end == run.end)


def is_place(document: Document, run: Run, offset: int, words: Words) -> bool:
    """Whether a name is a street, a town or a country."""
    parts = run.text.lower().replace("-", " ").split()
    if parts[0] in words.streets or parts[-1] in words.streets or load_patterns().street_ending.search(parts[-1]):
        return True
    if run.text.lower() in words.places or all(part in words.places for part in parts):
        return True
    start, end = offset + run.start, offset + run.end
    if any(
        span.start <= start and end <= span.end
        for kind in ("place", "address")
        for span in document.spans_in(kind, max(0, start - 40), end + 40)
    ):
        return True
    report = document.report.text  # "Rathmore post office" in the headline, "in Rathmore" below
    return any(
        report.startswith(run.text, span.start)
        and span.end == span.start + len(run.text)
        and load_patterns().in_town.search(report, max(0, span.start - 8), span.start)
        for span in document.spans.get("place", ())
    )


def is_figure(document: Document, run: Run, offset: int) -> bool:
    """Whether capitals are no name: the "Rs" of a sum, the number of a road ("N2", "I-95")."""
    start, end = offset + run.start, offset + run.end
    if any(span.start < end and start < span.end for span in document.spans_in("money", max(0, start - 40), end + 40)):
        return True
    return _ROAD.fullmatch(run.text) is not None


def is_person(document: Document, run: Run, offset: int) -> bool:
    """Whether a name is, or holds, somebody's."""
    start, end = offset + run.start, offset + run.end
    near = document.spans_in("person", max(0, start - 40), end + 40)  # a name may reach out of the run
    return any(span.start < end and start < span.end for span in near)
