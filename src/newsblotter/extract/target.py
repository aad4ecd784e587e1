"""What was robbed or attacked: premises, a firm, an object or a person, told by the words around its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.extract.names import Run, find_runs
from newsblotter.extract.stricken import claim_stricken
from newsblotter.lexicon import load_lexicon

# What each sign adds to a name's score. Chosen on heists look (English), at the level of the report.
BASE = 0.05
KNOWN = 0.2  # a well-known jeweller, bank or museum
NOUN_AFTER = 0.35  # "the Harrow boutique"
TRADE_AFTER = 0.3  # "Harrow, a dealer in coins,"
NOUN_INSIDE = 0.15  # "the Harrow Museum"
VERB_BEFORE = 0.4  # "raided the Harrow"
DEED_BEFORE = 0.35  # "heist at the Harrow"
DEED_AFTER = 0.3  # "Harrow heist"
TAKEN_FROM = 0.3  # "took jewels from Harrow"
LOCATIVE = 0.12  # "at the Harrow", where nothing else ties it to the deed
OWNER_BEFORE = 0.3  # "the Swiss jeweller Harrow"
PASSIVE_AFTER = 0.4  # "Harrow was robbed"
LOSES_AFTER = 0.15
STAFF_AFTER = 0.15
PERSON_ROBBED = 0.45
NEAR = -0.35  # "next to the Harrow"
ACTS_AFTER = -0.45  # "Harrow said", "Harrow, 41,"
PLACE_MAX = 0.26  # "the Brookvale heist": a place stands in for what was robbed there, for want of better
HOTEL = -0.15  # where the owner of the goods stayed or showed them, more often than the one robbed
GOODS = -0.25  # "Harrow watches": goods that bear the name, perhaps from another's shop
SMALL_SHARE = 0.6  # of a headline's longer words, written small: then its capitals are names
UNSURE_CAPITAL = 0.5  # of the score: a capital in a headline, or where a sentence opens, says little unless it comes elsewhere too
PERSON = -0.3
TRIGGER_SENTENCE = 0.08
LEAD = 0.05
LEAD_SENTENCES = 4
REPEATED = 0.05  # a name that comes again is what the report is about
REPEATED_MAX = 0.2
VENUE_LEAST = 0.35  # score of a shop or a maker, for it to come before the hotel or mall where it was robbed (look)
ELSEWHERE = 0.5  # of the score, in a sentence that turns to an earlier incident
GENERIC_SCORE = 0.2  # "a jewelry store", where nobody names it
ATTACKED_SCORE = 0.5  # "a prison van", of an attack or a bombing
UNTIED = 0.5  # of the score, where no deed stands beside the generic noun
LATE = 0.8  # of the score, after the lead
LEAST = 0.25
BEST = 0.95
BARE_LEAST = 0.2  # of a shop, bank or museum named without a deed beside it, where no name has more to show for it (look)
LEAST_STRICKEN = 0.55  # of assaults: they seldom have a target
OFFERED_MAX = 4
RUNS_MAX = 40  # names looked at in one sentence, and
CANDIDATES_MAX = 200  # in one scene; more are a list, and the cost must stay linear
RUNNER_UP_LEAST = 0.4  # of the likeliest name's score; a weaker one is noise that only parts reports of one incident (look)
RUNNER_UP = 0.8  # of the score, for every name but the likeliest: a report has one target

TRADES = 5  # groups of premises nouns, from the first, that thieves go for: not bars, hospitals and homes
POSSESSIVE_GAP = 3  # characters of "'s "
LEAST_LETTERS = 4  # of a name that may lose its noun

_BEFORE = 100  # characters looked at before a name
_AFTER = 60
_AFTER_ASIDE = 130  # behind a name, where something is said in passing before what befell it
_STEALING = frozenset(("robbery", "burglary", "theft", "fraud"))
_STRICKEN = frozenset(("assault",))
_ATTACKING = frozenset(("attack", "bombing", "arson", "escape", "other_crime"))
_SMALL = re.compile(r"\b[a-z][a-z’'-]+")
_NAME_LETTERS = re.compile(r"[\W_]+")
_ROAD = re.compile(r"[A-Z]{1,3}-?\d{1,4}")


@dataclass(frozen=True, slots=True)
class _Patterns:
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
    generic: re.Pattern[str]
    generic_attacked: re.Pattern[str]
    generic_before: re.Pattern[str]
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
    house: re.Pattern[str]
    in_town: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Words:
    plain: frozenset[str]  # cuts runs in running text
    plain_title: frozenset[str]  # cuts runs in headlines
    bare: frozenset[str]
    offices: frozenset[str]
    places: frozenset[str]
    streets: frozenset[str]
    doubtful: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    key: str
    start: int
    end: int
    score: float
    venue: bool = False  # a hotel, a mall or an airport, which holds the premises of others
    noun: str = ""  # of premises of the trade: within a longer name ("Harrow Museum"), or behind a word ("the Harrow museum")
    full: bool = False  # the noun is part of the name
    loose: bool = False  # one word that only stands before a deed's noun, as a town or a painter may: "the Harrow heist"


def _join_plain(words: Iterable[str]) -> str:
    """Plain words as one expression, longer ones first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w)))


@lru_cache(maxsize=1)
def _load_patterns() -> _Patterns:
    words, flags = load_lexicon("targets"), re.IGNORECASE
    describe, nouns = _join_plain(words["descriptors"]), "|".join(words["premises"])
    article = r"(?:(?:the|a|an|its|his|her|their|another|one of the|two|both|self-\w+)\s+)?"
    lead = rf"{article}(?:(?:{describe}|[\w-]+[’']s|(?-i:[A-Z][\w-]+))[\s,]+){{0,4}}[\"“‘']?$"
    deeds, law = words["deeds"], _join_plain(words["law"])
    opening = r"(?:\b(?:an?|the|two|three|several|its|their|his|her|from|at|of|robs?|raids?|hits?)\s+(?:[\w’'-]+\s+){0,3}?|^)"
    return _Patterns(
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
        generic=re.compile(rf"{opening}(?P<noun>{words['generic']})\b", flags),
        generic_attacked=re.compile(rf"{opening}(?P<noun>{words['generic_attacked']}|{words['generic']})\b", flags),
        generic_before=re.compile(
            rf"\b(?:{words['verbs']}|{deeds}{words['deed_links']}|{words['blasts']})\s+(?:[\w’'.-]+\s+){{0,4}}$", flags
        ),
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
        house=re.compile(rf"\b(?:{words['houses']})\b", flags),
        in_town=re.compile(r"(?:\bin|\bnear|\bof|,) $", flags),
    )


@lru_cache(maxsize=1)
def _load_words() -> _Words:
    words = load_lexicon("targets")
    return _Words(
        plain=frozenset(words["not_names"]) - frozenset(words["offices"]) - frozenset(words["name_parts"]),
        plain_title=frozenset(words["not_names"]) - frozenset(words["offices"]),
        bare=frozenset(words["bare_nouns"]) | frozenset(words["not_names"]),
        offices=frozenset(words["offices"]),
        places=frozenset(words["places"]) | {name.lower() for name in load_lexicon("money")["adjectives"]},
        streets=frozenset(words["streets"]),
        doubtful=frozenset(load_lexicon("brands")["doubtful"]),
    )


def _fold(name: str) -> str:
    return _NAME_LETTERS.sub("", name.lower())


def _known_runs(sentence: str) -> Iterator[Run]:
    """Well-known names; a doubtful one only serves to keep its words together."""
    for match in _load_patterns().known.finditer(sentence):
        if match.start() and (sentence[match.start() - 1].isalnum() or sentence[match.start() - 1] in "@#"):
            continue
        follows = sentence[match.end() : match.end() + 2]
        yield Run(match.start(), match.end(), match.group(), follows in ("'s", "’s"))


def _runs_of(document: Document, sentence: Sentence, written_small: frozenset[str]) -> Iterator[tuple[Run, bool]]:
    """The names of a sentence, and whether each is well known."""
    words = _load_words()
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


def _join_possessive(sentence: str, runs: Iterable[Run], words: _Words) -> Iterator[Run]:
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


def _trim_run(sentence: str, run: Run, words: _Words, *, title: bool) -> Run | None:
    """Shed what is no name: "Paris Harrow" → "Harrow", "Harrow Diamond" before "heist" → "Harrow"; None if nothing stays."""
    p = _load_patterns()
    parts = run.text.split()
    start, end = run.start, run.end
    if len(parts) > 1 and parts[0].lower() in words.places and not p.noun_inside.search(run.text):
        start += len(parts[0]) + (len(run.text[len(parts[0]) :]) - len(run.text[len(parts[0]) :].lstrip()))
        parts = parts[1:]
    while len(parts) > 1 and parts[-1].lower() in words.bare and len(_fold(" ".join(parts[:-1]))) >= LEAST_LETTERS:
        if not p.deed_after.match(sentence[end : end + _AFTER]) and not p.noun_after.match(sentence[end : end + _AFTER]):
            break
        end -= len(parts[-1])
        end = start + len(sentence[start:end].rstrip())
        parts = parts[:-1]
    nouns = words.bare if title or len(parts) < 2 else words.plain
    if not parts or all(part.lower() in nouns for part in parts):
        return None
    return Run(start, end, sentence[start:end], run.possessive and end == run.end)


def _is_place(document: Document, run: Run, offset: int, words: _Words) -> bool:
    parts = run.text.lower().replace("-", " ").split()
    if parts[0] in words.streets or parts[-1] in words.streets or _load_patterns().street_ending.search(parts[-1]):
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
        and _load_patterns().in_town.search(report, max(0, span.start - 8), span.start)
        for span in document.spans.get("place", ())
    )


def _is_figure(document: Document, run: Run, offset: int) -> bool:
    """Whether capitals are no name: the "Rs" of a sum, the number of a road ("N2", "I-95")."""
    start, end = offset + run.start, offset + run.end
    if any(span.start < end and start < span.end for span in document.spans_in("money", max(0, start - 40), end + 40)):
        return True
    return _ROAD.fullmatch(run.text) is not None


def _is_person(document: Document, run: Run, offset: int) -> bool:
    start, end = offset + run.start, offset + run.end
    near = document.spans_in("person", max(0, start - 40), end + 40)  # a name may reach out of the run
    return any(span.start < end and start < span.end for span in near)


def _weigh_before(p: _Patterns, before: str) -> float:
    """What the words before a name add: it is the object of a deed, or of a noun that tells whose premises they are."""
    weight = VERB_BEFORE * bool(p.verb_before.search(before)) + DEED_BEFORE * bool(p.deed_before.search(before))
    weight += TAKEN_FROM * bool(p.taken_from.search(before))
    weight += OWNER_BEFORE * bool(p.owner_before.search(before) or p.apposition.search(before))
    return weight or LOCATIVE * bool(p.at_premises.search(before))


def _weigh_after(p: _Patterns, after: str) -> float:
    """What the words behind a name add."""
    weight = NOUN_AFTER * bool(p.noun_after.match(after)) + DEED_AFTER * bool(p.deed_after.match(after))
    weight += TRADE_AFTER * bool(p.trade_after.match(after))
    aside = p.aside.match(after)
    told = (after, after[aside.end() :]) if aside else (after,)
    weight += PASSIVE_AFTER * any(p.passive_after.match(words) for words in told)
    weight += LOSES_AFTER * any(p.loses_after.match(words) for words in told)
    return weight + STAFF_AFTER * bool(p.staff_after.match(after))


def _score_run(document: Document, scene: Scene, sentence: Sentence, run: Run, known: bool) -> float:
    """How strongly the words around a name make it the target."""
    p, words, text = _load_patterns(), _load_words(), sentence.text
    before, after = text[max(0, run.start - _BEFORE) : run.start], text[run.end : run.end + _AFTER_ASIDE]
    parts = run.text.lower().split()
    inside = p.noun_inside.search(run.text) is not None
    last = len(run.text) - len(parts[-1])
    closing = any(m.end() == len(run.text) and m.start() < last for m in p.noun_inside.finditer(run.text))  # "Lough Credit Union"
    if not known and ((parts[-1] in words.offices and not closing) or (parts[0] in words.offices and not inside)):
        return 0.0
    score = BASE + KNOWN * known + NOUN_INSIDE * inside
    if scene.type in _STEALING and (p.law.search(run.text) or p.police_after.match(after)):
        return 0.0
    if not known and not inside and p.located_in.search(before) and not p.noun_after.match(after):
        return 0.0  # "a shop in Harrow was robbed"
    if not known and p.area_after.match(after):
        return 0.0  # "the Harrow home of a singer"
    as_object, as_subject = _weigh_before(p, before), _weigh_after(p, after)
    context = as_object + as_subject
    if not known and not inside and _is_place(document, run, sentence.start, words):
        named = p.deed_after.match(after) or p.man_of.search(before)  # "staff at Harrow"
        return PLACE_MAX if named and run.text.lower() not in words.places else 0.0
    person = not known and not inside and _is_person(document, run, sentence.start)
    paired = len(parts) == 2 and not known and not inside  # a first name and a surname, perhaps of a person that nobody knows yet
    robbed = (person and p.person_before.search(before)) or ((person or paired) and p.person_after.match(after))
    if robbed:
        score += PERSON_ROBBED
    elif person and not (p.noun_after.match(after) or p.owner_before.search(before) or p.apposition.search(before)):
        score += PERSON + min(context, -PERSON)
    else:
        score += context
    score += GOODS if p.goods_after.match(after) else 0.0
    hotel = p.hotel.search(run.text) or p.hotel.match(after[1:])
    score += HOTEL if hotel and context else 0.0
    score += NEAR if p.near_before.search(before) and not p.verb_before.search(before) else 0.0
    excused = known or robbed or (as_object and (inside or p.man_of.search(before)))
    score += ACTS_AFTER if p.acts_after.match(after) and not excused else 0.0
    return score if context or person or known else min(score, LEAST - 0.01)


def _find_named(document: Document, scene: Scene) -> Iterator[_Candidate]:
    body = document.report.text[document.title_end :]
    small = frozenset(_SMALL.findall(body))
    elsewhere = _load_patterns().elsewhere
    order = 0
    for index in scene.sentences:
        sentence = document.sentences[index]
        evoked = sentence.start <= scene.trigger[0] < sentence.end
        turned = scene.is_main() and not evoked and order > 1 and elsewhere.search(sentence.text) is not None
        for run, known in _runs_of(document, sentence, small):
            if _is_figure(document, run, sentence.start):
                continue
            score = _score_run(document, scene, sentence, run, known)
            if score <= 0:
                continue
            score += TRIGGER_SENTENCE * evoked + LEAD * (order < LEAD_SENTENCES)
            score *= ELSEWHERE if turned else 1.0
            if not known and _is_unsure_capital(document, sentence, run, body):
                score *= UNSURE_CAPITAL
            start, end = sentence.start + run.start, sentence.start + run.end
            noun, full = _trade_noun(sentence.text, run)
            loose = not known and not noun and " " not in run.text and _only_deed_after(sentence.text, run)
            yield _Candidate(_fold(run.text), start, end, score, _is_venue(sentence.text, run), noun, full and not known, loose)
        order += not document.is_title(sentence)


def _is_unsure_capital(document: Document, sentence: Sentence, run: Run, body: str) -> bool:
    """Whether a word may have its capital from where it stands: in a headline, or alone at the start of a sentence."""
    p, after = _load_patterns(), sentence.text[run.end : run.end + _AFTER]
    robbed = p.passive_after.match(after) is not None
    opens = run.start <= 1 and " " not in run.text and not run.possessive and not robbed
    if document.is_title(sentence):
        if not body or run.text in body:
            return False
        trade = p.noun_after.match(after) is not None  # "Rathmore jeweller robbed"
        return opens or trade or not _writes_small(sentence.text)
    return bool(opens and document.report.text.count(run.text) == 1 and run.text.isalpha())


def _writes_small(headline: str) -> bool:
    """Whether a headline is written like any sentence, so that its capitals are names."""
    longer: list[str] = re.findall(r"[^\W\d_]{4,}", headline)
    return sum(word.islower() for word in longer) >= SMALL_SHARE * max(len(longer), 1)


def _trade_noun(sentence: str, run: Run) -> tuple[str, bool]:
    """The noun of premises in a name of several words, or right behind a single word; and whether it is part of the name."""
    p = _load_patterns()
    if " " in run.text:
        inside = list(p.house.finditer(run.text))
        return (inside[-1].group().lower(), True) if inside else ("", False)
    behind = p.house.match(sentence, min(run.end + 1, len(sentence)))
    return (behind.group().lower(), False) if behind and sentence[run.end : run.end + 1] == " " else ("", False)


def _only_deed_after(sentence: str, run: Run) -> bool:
    p = _load_patterns()
    before, after = sentence[max(0, run.start - _BEFORE) : run.start], sentence[run.end : run.end + _AFTER]
    return p.deed_after.match(after) is not None and _weigh_before(p, before) <= LOCATIVE and not p.noun_after.match(after)


def _is_venue(sentence: str, run: Run) -> bool:
    venue = _load_patterns().venue
    return venue.search(run.text) is not None or venue.match(sentence, run.end + 1) is not None


def _gather(candidates: Iterable[_Candidate]) -> list[_Candidate]:
    """One candidate a name, best occurrence first; a name inside another supports it."""
    found = sorted(candidates, key=lambda c: (-c.score, c.start))[:CANDIDATES_MAX]
    names: list[_Candidate] = []
    support: dict[str, int] = {}
    venues: set[str] = set()
    for candidate in found:
        home = next((n for n in names if n.key == candidate.key or _holds(n.key, candidate.key)), None)
        if home is None:
            names.append(candidate)
            support[candidate.key] = 0
        else:
            support[home.key] += 1
            venues.update({home.key} if candidate.venue else ())
    lifted = [
        replace(n, score=min(BEST, n.score + min(REPEATED_MAX, REPEATED * support[n.key])), venue=n.venue or n.key in venues)
        for n in names
    ]
    tenant = max((n.score for n in lifted if not n.venue), default=0.0)
    if tenant >= VENUE_LEAST:
        lifted = [replace(n, score=min(n.score, tenant - 0.01)) if n.venue else n for n in lifted]
    return sorted(_give_way(lifted), key=lambda c: (-c.score, c.start))


def _give_way(names: list[_Candidate]) -> list[_Candidate]:
    """Put a bare word below the full name whose town or painter it may be: "the Bath museum", "the Vermeer theft"."""
    houses = [n for n in names if n.full and n.score >= BARE_LEAST]
    given: list[_Candidate] = []
    for name in names:
        rivals = [h.score for h in houses if h is not name and (name.loose or (not name.full and name.noun == h.noun))]
        given.append(replace(name, score=min(name.score, max(rivals) - 0.01)) if rivals else name)
    return given


def _holds(a: str, b: str) -> bool:
    shorter, longer = sorted((a, b), key=len)
    return len(shorter) >= 4 and shorter in longer


def _find_generic(document: Document, scene: Scene) -> Iterator[Draft]:
    """A kind of premises, where nobody names it: "a jewelry store", "a prison van"."""
    p = _load_patterns()
    attacked = scene.type in _ATTACKING
    score, pattern = (ATTACKED_SCORE, p.generic_attacked) if attacked else (GENERIC_SCORE, p.generic)
    best: Draft | None = None
    for order, index in enumerate(scene.sentences):
        sentence = document.sentences[index]
        for match in pattern.finditer(sentence.text):
            start, end = match.span("noun")
            if p.near_before.search(sentence.text, max(0, match.start() - _BEFORE), match.start() + 1) and not attacked:
                continue
            tied = p.generic_before.search(sentence.text, max(0, start - _BEFORE), start) is not None
            tied = tied or p.passive_after.match(sentence.text[end : end + _AFTER]) is not None
            weight = (score if tied else score * UNTIED) * (1.0 if order < LEAD_SENTENCES else LATE)
            if best is None or weight > best.score:
                best = Draft("target", sentence.start + start, sentence.start + end, round(weight, 3))
    if best is not None:
        yield best


def claim_target(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim what was robbed or attacked, the likeliest names first; the quote is the name alone.

    Names are weighed by the words beside them: a premises noun ("the Harrow boutique"), a verb ("raided the Harrow"), a
    deed ("heist at the Harrow"), an owner's noun ("the jeweller Harrow"). A place, an office, an outlet, a speaker and a
    neighbour ("next to the Harrow") are not targets. Of shootings and homicides nothing is claimed; of accidents and
    assaults only premises that much speaks for.
    """
    if scene.type == "accident":
        yield from claim_stricken(document, scene)
        return
    meant = scene.type in _STEALING or scene.type in _ATTACKING
    if not meant and scene.type not in _STRICKEN:
        return
    least = LEAST if meant else LEAST_STRICKEN
    gathered = _gather(_find_named(document, scene))
    named = [c for c in gathered if c.score >= least][:OFFERED_MAX]
    if not named and scene.type in _STEALING and scene.is_main():
        trade, text = _load_patterns().trade, document.report.text
        named = [c for c in gathered if c.score >= BARE_LEAST and trade.search(text, c.start, c.end)][:1]
    for place, candidate in enumerate(named):
        if candidate.score < RUNNER_UP_LEAST * named[0].score:
            break
        score = candidate.score * (RUNNER_UP if place else 1.0)
        yield Draft("target", candidate.start, candidate.end, round(min(score, BEST), 3))
    if meant and (not named or named[0].score < ATTACKED_SCORE):
        yield from _find_generic(document, scene)
