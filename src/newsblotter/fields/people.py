"""People: full names with age, role and status, and the runs of capitals that are none.

find_people("Police arrested Tomas Verrin, 31.", is_place) → a Span over "Tomas Verrin"
read_person(text, start, end, "suspect") → Person("Tomas Verrin", 31, "suspect", ("arrested",))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from newsblotter.fields.numbers import parse_number
from newsblotter.lexicon import load_lexicon, people_nouns
from newsblotter.records import Person, Span

MIN_EVIDENCE = 1.0  # of the weights below, for a run of capitals to be a person; chosen on 60 reports of gunviolence train
GIVEN_NAME = 1.0  # the first word is a known given name
AGE = 1.5  # an age stands right before or after
TITLE = 1.0  # "Sgt.", "Mr.", or a noun for a person ("suspect", "brother") stands right before
STRONG_VERB = 1.0  # only a person pleads, dies or is whose
WEAK_VERB = 0.6  # firms and towns say things too
LOWER_CONTEXT = 0.4  # capitals in a sentence that is not set in headline style
INITIAL = 0.6  # "John F. Kennedy"
LED_IN = 0.6  # "arrested", "killing", "the family of" right before
LISTED = 0.6  # in one list with a sure name
PLACE = -1.2  # a gazetteer knows the whole run as a place
HEADLINE_SHARE = 0.6  # of a line's longer words capitalised: headline style
MAX_NAME_WORDS = 5
OLDEST = 110  # years; a larger number is no age

_WORD = r"(?:(?:[aeAE]l-)?[A-ZÀ-ÖØ-Þ][\w'’-]*[\wÀ-ÿ]|[A-ZÀ-ÖØ-Þ])"
_STRONG_VERBS = frozenset(
    "pleaded pled died whose who allegedly admitted faces faced testified confessed surrendered aged recalled".split()
)


@dataclass(frozen=True, slots=True)
class _Names:
    run: re.Pattern[str]
    given: frozenset[str]
    barred: frozenset[str]
    given_too: frozenset[str]
    word_surnames: frozenset[str]
    particles: frozenset[str]
    suffixes: frozenset[str]
    titles: frozenset[str]
    official_titles: frozenset[str]
    verbs: frozenset[str]
    nouns: dict[str, str]


@lru_cache(maxsize=4)
def _load_names(language: str = "en") -> _Names:
    words = load_lexicon("people", language)
    particles = "|".join(words["particles"])
    word = rf"(?:[A-Z]\.(?:[A-Z]\.)?|{_WORD})"
    nickname = r"(?:[\"“'‘(]\w[\w .-]{0,14}[\"”'’)][ \u00a0]+)?"
    more = rf"[ \u00a0]+{nickname}(?:(?:{particles})[ \u00a0]+){{0,2}}{word}"
    run = rf"(?<![\w@#&/-]){word}(?:,? (?:Jr|Sr)\b\.?|{more}){{1,7}}"
    return _Names(
        run=re.compile(run),
        given=frozenset(words["given_names"].split()),
        barred=frozenset(words["not_names"]),
        given_too=frozenset(words["given_too"]),
        word_surnames=frozenset(words["word_surnames"]),
        particles=frozenset(words["particles"]),
        suffixes=frozenset(words["suffixes"]),
        titles=frozenset(words["titles"]),
        official_titles=frozenset(words["official_titles"]),
        verbs=frozenset(words["person_verbs"]),
        nouns=people_nouns(language),
    )


_TOKEN = re.compile(r"[^\s\u00a0]+")
_AGE_AFTER = re.compile(
    r"(?:,\s*|\s+)(?:aged?\s+|who\s+(?:is|was)\s+)?\(?(?P<age>\d{1,3})\)?"
    r"(?=\s*(?:[,.;)\]]|(?:and|years?|of|was|were|who|from|on|in|is|has|died)\b|$))"
    r"(?!\s*(?:years? in prison|months|days|times|percent|%|miles))"
)
_AGE_PAREN = re.compile(r",?\s*\(\s*(?:aged?\s+)?(?P<age>\d{1,3})\s*(?:years?(?: old)?)?\s*\)")
_AGE_OLD_AFTER = re.compile(r",\s+(?:an?\s+|the\s+)?(?P<age>\d{1,3}|[a-z]+(?:-[a-z]+)?)[-\s]years?[-\s]old")
_AGE_BEFORE = re.compile(r"(?P<age>\d{1,3}|[A-Za-z]+(?:-[a-z]+)?)[-\s]years?[-\s]old,?\s+(?:[a-z-]+\s+){0,4}$")
_LAST_WORD = re.compile(r"([\w.'’-]+),?\s+$")
_LED_IN = re.compile(
    r"\b(?:(?:family|families|mother|father|parents|brother|sister|son|daughter|wife|husband|friends?|shootings?|deaths?|killings?"
    r"|murders?|slayings?|bod(?:y|ies)|funeral|kidnapping|abduction|arrests?|trial|robbery) of"
    r"|arrest(?:s|ed|ing)|charg(?:ed|ing)|accus(?:es?|ed|ing)|convict(?:ed|ing)|sentenced|indict(?:ed|ing)|detained|against"
    r"|found|kill(?:s|ed|ing)|injur(?:ed|ing)|wound(?:ed|ing)|shot|shooting|stabbed|stabbing|str(?:uck|iking)|murder(?:ed|ing)"
    r"|(?:victims?|suspects?|gunm[ae]n|deceased|dead|killed|injured|wounded|arrested|charged)\b[^.;\n]{0,30}?\b(?:was|is|were|are|as|included?):?)\s+$",
    re.IGNORECASE,
)
_LIST_GAP = re.compile(r",?\s+(?:\(?\d{1,3}\)?,?\s+)?(?:and\s+|&\s+)?|,?\s+and\s+(?:\d{1,3}-year-old\s+)?|;\s+(?:and\s+)?")
_OWN = re.compile(
    r"['’]s?\s+(?:\w+\s+)?(?:death|funeral|family|body|mother|father|wife|husband|attorney|lawyer|arrest|trial|killing|murder)\b"
)
_NEXT_WORD = re.compile(r"(?:,\s+\d{1,3},|,)?\s+([a-z]+)")
_NAMED_AS = re.compile(r"\b(?:identified|named|known)\b[^.;\n]{0,40}\b(?:as|was|is)\s+$|\b(?:named|called)\s+$", re.IGNORECASE)


def _read_age(text: str, start: int, end: int, low: int = 0, high: int | None = None) -> tuple[int, int, int] | None:
    """Age in years of somebody named at ``start:end``, and the stretch of name and age together."""
    high = len(text) if high is None else high
    for pattern in (_AGE_OLD_AFTER, _AGE_PAREN, _AGE_AFTER):
        match = pattern.match(text, end, high)
        if match:
            years = parse_number(match["age"])
            if years is not None and 0 < years <= OLDEST:
                return int(years), start, match.end()
    window = max(low, start - 60)
    match = _AGE_BEFORE.search(text, window, start)
    if match:
        years = parse_number(match["age"])
        if years is not None and 0 < years <= OLDEST:
            return int(years), match.start(), end
    return None


def _is_headline(text: str, start: int, end: int) -> bool:
    """Whether the line around a stretch is set in headline style, so that capitals mean little."""
    left = max(text.rfind("\n", max(0, start - 200), start) + 1, start - 200, 0)
    right = text.find("\n", end, end + 200)
    line = text[left : right if right >= 0 else end + 120]
    words = re.findall(r"[A-Za-zÀ-ÿ]{4,}", line)
    return len(words) >= 4 and sum(w[0].isupper() for w in words) >= HEADLINE_SHARE * len(words)


def _is_barred(names: _Names, text: str, piece: list[tuple[int, int]], token: re.Match[str], bare: str) -> bool:
    """Whether a word can be no part of a name that ``piece`` began."""
    known = bare in names.barred and not (piece and bare in names.particles)
    return (
        (known and not _is_surname(names, text, piece, token, bare))
        or bare in names.titles
        or (token.group().isupper() and len(bare) > 3)
        or "-year" in bare
        or (not piece and bare in names.nouns)
    )


def _cut_run(names: _Names, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Cut a run of capitals at words that stand in no name; yields start, end and the word before, lower case."""
    piece: list[tuple[int, int]] = []
    before = ""
    for token in [*_TOKEN.finditer(text, start, end), None]:
        word = token.group().lower().strip(".,\"“”'‘’()") if token else ""
        bare = word.removesuffix("'s").removesuffix("’s")
        possessive = bare != word
        opens = not piece and bare in names.given_too and _opens_name(names, text, token, end)
        initial = piece and token is not None and _INITIAL.fullmatch(token.group()) is not None  # "Ruth A. Lacy"
        barred = token is None or (not (opens or initial) and _is_barred(names, text, piece, token, bare))
        if token is not None and bare in names.suffixes and piece:
            piece.append((token.start(), token.end()))
            continue
        if not barred and token is not None:
            piece.append((token.start(), token.end() - (len(word) - len(bare))))
        if barred or possessive:
            while piece and text[piece[-1][0] : piece[-1][1]].strip(",").lower() in names.particles:
                if len(piece) > 1 and _AGE_NEAR.match(text, piece[-1][1] - (text[piece[-1][1] - 1] == ",")):
                    break  # "Minh Le, 20"
                piece.pop()
            if 2 <= len(piece) <= MAX_NAME_WORDS:
                yield piece[0][0], piece[-1][1], before
            piece, before = [], bare


_AGE_NEAR = re.compile(r"(?:['’]s)?,\s+\d{1,3}(?=,|\.|\s(?:of|was|were|and|is)\b)|\s+\(\d{1,3}\)")


_INITIAL = re.compile(r"[A-Z]\.")
_NEXT_CAPITAL = re.compile(r"[ \u00a0]+([A-Z][\w'’-]+)")
_AGED = re.compile(r"\d[- ]year[- ]old,? $")


def _opens_name(names: _Names, text: str, token: re.Match[str] | None, end: int) -> bool:
    """Whether a word that is a title, a month or a verb as well opens a name: "Justice Oram", "April Lund"."""
    following = _NEXT_CAPITAL.match(text, token.end(), end) if token is not None else None
    if following is None:
        return False
    word = following[1].lower().removesuffix("'s").removesuffix("’s")
    return word not in names.barred and word not in names.titles and word not in names.nouns and word not in names.given


_HOUSE_NUMBER = re.compile(r"\d\s+(?:block of )?(?:[NSEW]\.? )?$")


def _is_surname(names: _Names, text: str, piece: list[tuple[int, int]], token: re.Match[str], bare: str) -> bool:
    """Whether a common word closes a name: "Jared Smith", "Dominque Young, 21"."""
    if not piece:
        return False
    aged = _AGE_NEAR.match(text, token.end() - (token.group()[-1] == ",")) is not None
    if bare not in names.word_surnames:  # "Reginald L. Street, 19"
        return aged and bare not in names.nouns and text[piece[0][0] : piece[0][1]].lower() in names.given
    if aged or _AGED.search(text, max(0, piece[0][0] - 16), piece[0][0]):
        return True
    housed = _HOUSE_NUMBER.search(text, max(0, piece[0][0] - 12), piece[0][0]) is not None
    return text[piece[0][0] : piece[0][1]].lower() in names.given and not housed


def _weigh(names: _Names, text: str, start: int, end: int, before: str, is_place: Callable[[str], bool]) -> float:
    """Evidence that a run of capitals is a person's name."""
    words = [w.strip(".,\"“”'’()").lower() for w in text[start:end].split()]
    weight = 0.0
    if words[0] in names.given:
        weight += GIVEN_NAME
    if any(len(w) == 1 for w in words[1:-1]):
        weight += INITIAL
    if _read_age(text, start, end) is not None:
        weight += AGE
    if not before:
        match = _LAST_WORD.search(text, max(0, start - 24), start)
        before = match.group(1).strip(".").lower() if match else ""
    if before in names.titles or names.nouns.get(before) == before:
        weight += TITLE
    following = _NEXT_WORD.match(text, end)
    if _NAMED_AS.search(text, max(0, start - 60), start):
        weight += TITLE
    if _OWN.match(text, end):
        weight += STRONG_VERB
    if _LED_IN.search(text, max(0, start - 60), start):
        weight += LED_IN
    if following and following.group(1) in names.verbs:
        weight += STRONG_VERB if following.group(1) in _STRONG_VERBS else WEAK_VERB
    if not _is_headline(text, start, end):
        weight += LOWER_CONTEXT
    name = text[start:end]
    if is_place(name) or (len(words) > 2 and words[0] not in names.given and is_place(" ".join(name.split()[-2:]))):
        weight += PLACE
    return weight


def find_people(text: str, is_place: Callable[[str], bool]) -> tuple[Span, ...]:
    """Find the full names of people (two words or more), sorted by start; titles and ages are not part of a span.

    Args:
        text: A report.
        is_place: Whether a gazetteer knows a phrase as a place.
    """
    names = _load_names()
    found: list[tuple[int, int, float]] = []
    for run in names.run.finditer(text):
        for start, end, before in _cut_run(names, text, run.start(), run.end()):
            end = _trim(text, start, end)
            found.append((start, end, _weigh(names, text, start, end, before, is_place)))
    sure = [weight >= MIN_EVIDENCE for _, _, weight in found]
    for left, right in (*((i, i + 1) for i in range(len(found) - 1)), *((i, i + 1) for i in range(len(found) - 2, -1, -1))):
        if sure[left] != sure[right] and _LIST_GAP.fullmatch(text, found[left][1], found[right][0]):
            weaker = right if sure[left] else left
            sure[weaker] = found[weaker][2] + LISTED >= MIN_EVIDENCE
    return tuple(Span(start, end, "person") for (start, end, _), kept in zip(found, sure, strict=True) if kept)


def _trim(text: str, start: int, end: int) -> int:
    """Drop a full stop that ends the sentence, not that of "Jr." or an initial."""
    if text[end - 1] == "." and not re.search(r"\b(?:Jr|Sr|[A-Z])\.$", text[start:end]):
        return end - 1
    while end > start and text[end - 1] in ",'’\"”":
        end -= 1
    return end


@lru_cache(maxsize=2)
def _load_status(language: str = "en") -> tuple[tuple[tuple[str, re.Pattern[str]], ...], ...]:
    """What became of a person: patterns for the words behind a name, and for those before it."""
    words = load_lexicon("people", language)
    after = (
        (status, re.compile(rf"[^.;\n]{{0,60}}?\b(?:{'|'.join(forms)})\b", re.IGNORECASE))
        for status, forms in words["status_after"].items()
    )
    before = (
        (status, re.compile(rf"\b(?:{'|'.join(forms)})\W+(?:\w+\W+){{0,4}}$", re.IGNORECASE))
        for status, forms in words["status_before"].items()
    )
    return tuple(after), tuple(before)


def normalise_name(words: str) -> str:
    """A name as it is filed: titles, quotation marks and possessives off, white space folded."""
    names = _load_names()
    tokens = re.sub(r"['’]s$", "", words.strip(' ,;:"“”')).split()
    while len(tokens) > 1 and (title := tokens[0].strip(".,").lower()) in names.titles:
        if len(tokens) == 2 and title in names.given_too and not tokens[0].endswith("."):
            break  # "Justice Oram"
        tokens = tokens[1:]
    return " ".join(tokens).strip(" ,")


def read_person(text: str, start: int, end: int, role_hint: str | None = None) -> Person | None:
    """Read the person named between two offsets: name, age, what became of them.

    Age and status come from the words around the name; ``role_hint`` wins over the role that the status suggests.

    Returns:
        None if no name stands there.
    """
    name = normalise_name(text[start:end])
    if not re.search(r"[A-ZÀ-Þ]", name):
        return None
    aged = _read_age(text, start, end)
    after, before = _load_status()
    status = [s for s, pattern in after if pattern.match(text, end, min(len(text), end + 120))]
    status += [s for s, pattern in before if s not in status and pattern.search(text, max(0, start - 60), start)]
    role = role_hint or _guess_role(text, start, status)
    return Person(name, aged[0] if aged else None, role, tuple(status))


def _guess_role(text: str, start: int, status: list[str]) -> str:
    before = _LAST_WORD.search(text, max(0, start - 24), start)
    if before and before.group(1).strip(".").lower() in _load_names().official_titles:
        return "official"
    if {"arrested", "charged", "convicted", "sentenced", "at_large"} & set(status):
        return "suspect"
    return "victim" if status else "witness"


_NAME_IN_QUOTE = re.compile(rf"{_WORD}\.?(?:\s+(?:[a-z]{{2,4}}\s+){{0,2}}{_WORD}\.?)*(?:,? (?:Jr|Sr)\b\.?)?")
_AGE_IN_QUOTE = re.compile(
    r"(?P<old>\d{1,3}|[A-Za-z]+(?:-[a-z]+)?)[-\s]years?[-\s]old|(?:,\s*|\(|\baged?\s+|\b(?:is|was)\s+)(?P<age>\d{1,3})\b"
)


def fill_person(text: str, start: int, end: int, partial: Person | None = None) -> Person | None:
    """Read the person that a claim's quote carries: name and age from the quote alone, role and status from ``partial``.

    Returns:
        None if the quote neither names anybody nor tells an age, and the claimer said nothing either.
    """
    quote = text[start:end]
    base = partial or Person(None)
    age = None
    for match in _AGE_IN_QUOTE.finditer(quote):
        years = parse_number(match["old"] or match["age"])
        if years is not None and 0 < years <= OLDEST:
            age = int(years)
            if partial is None or partial.age in (None, age):
                break
    name = None
    if partial is None or partial.name is not None:
        if partial is not None and partial.name is not None and partial.name in quote:
            name = partial.name
        else:
            names = [m for m in _NAME_IN_QUOTE.finditer(quote) if " " in m.group().strip() or partial is not None]
            name = normalise_name(max(names, key=lambda m: len(m.group())).group()) if names else None
    if name is None and age is None and partial is None:
        return None
    return replace(base, name=name, age=age)
