"""Find what stands in a text without being the report: prompts, credits, menus, notices, posts, foreign stretches.

Nothing is taken out of the text; the stretches found are only not read for facts. All is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newsblotter.extract.sentences import split_sentences
from newsblotter.extract.stems import Alternation
from newsblotter.lexicon import load_lexicon

OPENER_MAX = 420  # characters of an item that is furniture by its first words: login texts are long, reports longer
INSIDE_MAX = 260  # characters of an item that is furniture by a phrase in it
APPEAL_MAX = 480  # characters of an appeal for information, its telephone numbers included
HEADLINE_MAX = 130  # characters of a line below "Related stories" that is still a headline
HEADLINES_MAX = 12  # such lines below one heading
TITLE_MAX = 300  # characters of a title; a longer first paragraph is none
CREDIT_MAX = 70  # characters of a credit; a longer item that begins like one is a caption
HEAD_WORDS_MIN = 3  # words before an appeal in its sentence that may tell a fact
BYLINE_MAX = 90  # characters of a line that is "By" and names
POST_MAX = 400  # characters of a social post: 280 and its links and marks
POST_ALONE_MAX = 340  # characters of a paragraph that is one post
FOREIGN_WORDS_MIN = 4  # words that a sentence needs for its language to be told
FOREIGN_HITS_MIN = 2  # different small words of the other language that it must hold
FOREIGN_SHARE = 0.18  # of its words that must be such; running text has 0.35 to 0.5
FOREIGN_LEAD = 2.0  # times as many as of the report's own language: "on", "a" and "in" are small words of several


@dataclass(frozen=True, slots=True)
class Post:
    """A social post that a report shows. Offsets into the text, half-open; the dateline is the day it was sent."""

    start: int
    end: int
    dateline_start: int
    dateline_end: int
    language: str | None  # of its words; None when too few tell


@dataclass(frozen=True, slots=True)
class _Words:
    wholes: frozenset[str]
    openers: tuple[str, ...]
    credit_openers: tuple[str, ...]
    inside: tuple[str, ...]
    appeal_starts: re.Pattern[str]
    appeal_who: re.Pattern[str]
    appeal_ask: tuple[str, ...]
    appeal_ask_weakly: tuple[str, ...]
    appeal_to: tuple[str, ...]
    appeal_alone: tuple[str, ...]
    related: frozenset[str]
    inline: Alternation
    marks: tuple[str, ...]
    small: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def _load_words() -> _Words:
    words, dates = load_lexicon("furniture"), load_lexicon("published")
    return _Words(
        wholes=frozenset(words["wholes"]),
        openers=tuple(words["openers"]),
        credit_openers=tuple(words["credit_openers"]),
        inside=tuple(words["inside"]),
        appeal_starts=re.compile(rf"\b(?:{_either(words['appeal_starts'])})\b"),
        appeal_who=re.compile(rf"\b(?:{_either(words['appeal_who'])})\b"),
        appeal_ask=tuple(words["appeal_ask"]),
        appeal_ask_weakly=tuple(words["appeal_ask_weakly"]),
        appeal_to=tuple(words["appeal_to"]),
        appeal_alone=tuple(words["appeal_alone"]),
        related=frozenset(words["related_headings"]),
        inline=_compile_inline(words["credits"], words["networks"], dates),
        marks=tuple(words["post_marks"]),
        small={language: frozenset(listed) for language, listed in words["small_words"].items()},
    )


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _compile_inline(credits_: Sequence[str], networks: Sequence[str], dates: Mapping[str, Any]) -> Alternation:
    """The furniture that stands inside a sentence or against one, so that its ends must be found too."""
    month = rf"(?:{_either(name for names in dates['months'].values() for name in names)})\.?"
    weekday = rf"(?:(?:{_either(dates['weekdays'])})[.,]?\s{{1,2}})?"
    day = rf"{weekday}(?:{month}\s\d{{1,2}},?\s\d{{4}}|\d{{1,2}}\s{month},?\s\d{{4}}|\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{2,4}})"
    clock = r"(?:[\s,@|–-]{0,4}(?:at\s)?\d{1,2}[:.]\d{2}(?::\d{2})?\s?(?:[ap]\.?m\.?)?(?:\s?[A-Z]{2,4}\b)?)?"
    cue = rf"(?:{_either([*dates['published'], *dates['updated']])})"
    credit = _either(credits_)
    parts = (
        r"(?<![^\n])(?:advertisement|story continues below(?: advertisement)?|sponsored content)\b",
        r"(?<![^\n\s])date \d{4}-\d{2}-\d{2}\b",  # a crawler's mark
        rf"\((?:(?:[^()\n]{{0,60}}[\s/,])?(?:{credit})(?:[\s:/,][^()\n]{{0,90}})?|©[^()\n]{{0,80}}|copyright[^()\n]{{0,120}})\)",
        rf"\({cue}[:\s]{{1,2}}(?:on\s)?{day}{clock}\)",
        rf"(?<![\w(]){cue}\s?:?\s{{0,2}}(?:\d{{1,2}}:\d{{2}}\s?(?:[ap]\.?m\.?)?\s?(?:[A-Z]{{2,4}})?,\s)?(?:on\s)?{day}{clock}",
        r"\bphotos?:\s[^\n]{0,90}?(?=\simage\s\d|\scaption close|\n|\Z)",
        r"\bimage \d{1,3} of(?:\s/)?\s\d{1,3}\b(?:\scaption close\b)?|\bcaption close\b",
        r"\b(?:view full caption|buy photo|hide caption|toggle caption)\b",
        rf"\bfollow (?:[^\s]{{1,30}}\s){{1,5}}on (?:{_either(networks)})\b(?:[\s:|,]{{1,3}}@?[\w.]{{2,30}}\b)?",
        r"\b(?:or\s)?e-?mail (?:the author|the reporter|the writer|him|her|us) at\s[^\s@]{1,60}@[^\s@]{1,40}(?:\s?com\b)?",
        r"\bpic\.\s?twitter\.(?:\s?com/\w{4,20})?|\bread or share this story:?\s{0,2}(?:https?://\S{1,200})?|https?://t\.co/\w{4,20}",
        r"\b(?:sign up for our newsletters?|subscribe to our newsletters?|read more on the [^\n.]{3,60} website here)\b",
        r"\bimage (?:credit|source):\s[^\n.]{2,60}",
    )
    return Alternation([re.compile(part, re.I) for part in parts])


# --- furniture --------------------------------------------------------------------------------------------------

_STRIP = ' \t\n.:;,!?•·|*-–—>»«×[]()"“”'
_COPYRIGHT = re.compile(r"(?:copyright|©|\(c\))\s{0,3}(?:©|\(c\))?\s{0,3}(?:(?:19|20)\d{2}|associated press|by\b)", re.I)
_BYLINE = re.compile(
    r"(?:[Bb]y|BY|[Pp]ar|[Vv]on|[Pp]or|[Dd]i|[Ff]rom|[Vv]ia)\s?:?\s(?:[A-ZÀ-Þ][\w.'’-]{0,25}|and|&|,|/|\||de|van|von|der|et|und|y|news|staff|wire)(?:[\s,/|]{1,3}(?:[A-ZÀ-Þ][\w.'’-]{0,25}|and|&|de|van|von|der|et|und|y|for|the|news|staff|wire|with)){0,11}"
)
_REPORTS = re.compile(
    r"[A-Z][\w.'’-]{1,20}(?:\s[A-Z][\w.'’-]{1,20}){1,3} (?:reports?(?=[.:]?$| (?:for|from|live|on|with)\b)"
    r"|(?:has|with) the (?:story|details|latest)\b)"
)
_CONTACT = re.compile(
    r"[\w.+-]{1,60}@[\w-]{1,40}\.[\w.]{2,20}|@\w{2,30}|\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}|(?:https?://|www\.|twitter\.com/|facebook\.com/)\S{1,200}|\b(?:or|and|on|at|twitter|facebook|instagram|email|e-mail|phone|tel|follow|contact|call)\b",
    re.I,
)
_DEGREES = re.compile(r"-?\d{1,3}(?:\.\d)?\s?°\s?[CF]?\b")
_COUNTER = re.compile(
    r"\d{1,3} of \d{1,3} \w{1,20}(?: \w{1,20}){0,3}|\d{1,6} (?:pending )?(?:comments?|shares?|likes?|views?|replies|retweets?)"
    r"|\d{1,2}:\d{2}(?: / \d{1,2}:\d{2})?",
    re.I,
)
_SITE_BREAK = re.compile(r"\s{1,2}(?:[-–—|»]|::)\s{1,2}(?=[^\n]{2,90}$)")
_SITE = re.compile(
    r"\b(?:News|NEWS|Weather|Sports?|TV|Channel|[KW][A-Z]{2,3}(?:-?TV)?|FOX|CBS|NBC|ABC|CNN|BBC|Reuters|Times|Post|Herald"
    r"|Tribune|Gazette|Journal|Guardian|Telegraph|Mail|Report)\b|\.(?:com|net|org|co\.uk)\b"
)
_FLAT_DATE = re.compile(
    r"(?:[a-zé]{3,12}[.,]?\s{1,2})?(?:[a-zéû]{3,10}\.?\s\d{1,2},?\s\d{4}|\d{1,2}\s[a-zéû]{3,10}\.?,?\s\d{4}|\d{4}-\d{2}-\d{2})(?:[\s,|@–-]{1,3}(?:at\s)?\d{1,2}(?:[:.]\d{2}){0,2}\s?(?:[ap]\.?m\.?)?(?:\s?[a-z]{2,4})?)?",
    re.I,
)


def find_furniture(text: str) -> tuple[tuple[int, int], ...]:
    """Find the stretches of a text that are not the report: no fact is read from them.

    Returns:
        Half-open offsets, sorted, apart from one another. A caption that tells facts is no furniture, its credit is.
    """
    words = _load_words()
    found = [match.span() for match in words.inline.finditer(text)]
    title_end = text.find("\n\n")
    if 0 < title_end <= TITLE_MAX and (site := _find_site(text[:title_end])) is not None:
        found.append((site, title_end))
    below_heading = 0
    for start, end in _split_items(text):
        item = text[start:end]
        folded = item.lower().replace("’", "'")
        bare = folded.strip(_STRIP)
        alone = _stands_alone(text, start, end)
        if bare in words.related:
            below_heading = HEADLINES_MAX if alone else 0
        elif below_heading and alone and _is_headline(item):
            below_heading -= 1
            found.append((start, end))
            continue
        else:
            below_heading = 0
        if _is_furniture(item, folded, bare, alone, words):
            found.append((start, end))
        elif len(item) <= APPEAL_MAX and _is_appeal(folded, words):
            found.append((start + _find_appeal(folded, words), end))
    return _merge(found)


_GLUED = re.compile(r"(?<=[a-z0-9)”\"])[.!?](?=[A-Z][a-z’']*[ ,])")


def _split_items(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, and the parts of those that lost the space between them: "in custody.Anyone with …"."""
    for start, end in split_sentences(text):
        for match in _GLUED.finditer(text, start, end):
            yield start, match.end()
            start = match.end()
        if start < end:
            yield start, end


def _find_site(title: str) -> int | None:
    """Where the name of the outlet begins that many pages put behind their title: " - The Exampleton Times"."""
    for match in _SITE_BREAK.finditer(title):
        rest = title[match.end() :]
        names = all(word[0].isupper() or len(word) <= 3 or "." in word for word in re.findall(r"[^\W\d_][\w.]*", rest))
        if match.start() > 0 and names and _SITE.search(rest):
            return match.start()
    return None


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether an item is the whole of its line."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    return not text[line_start:start].strip() and not text[end : line_end if line_end >= 0 else len(text)].strip()


def _is_headline(item: str) -> bool:
    return len(item) <= HEADLINE_MAX and item[-1:] not in '.!?”"' and "\n" not in item


def _is_furniture(item: str, folded: str, bare: str, alone: bool, words: _Words) -> bool:
    size = len(item)
    if not bare or bare in words.wholes:
        return True
    if size <= OPENER_MAX and (folded.lstrip("×>»•-–—* ([").startswith(words.openers)) and _opens(folded, words):
        return True
    if size <= INSIDE_MAX and any(phrase in folded for phrase in words.inside):
        return True
    if size <= CREDIT_MAX and folded.startswith(words.credit_openers):
        return True
    if size <= INSIDE_MAX and _COPYRIGHT.match(folded):
        return True
    return alone and _is_line(item, bare, size)


def _opens(folded: str, words: _Words) -> bool:
    """Whether the phrase that an item opens with ends where a word does: "more:" but not "moreover", "sorry" but not a quote."""
    start = folded.lstrip("×>»•-–—* ([")
    for phrase in words.openers:
        if start.startswith(phrase):
            after = start[len(phrase) : len(phrase) + 1]
            if not after.isalnum() or not phrase[-1].isalnum():
                return True
    return False


# "Police are appealing for witnesses after a raid on …": an appeal that opens a report and tells what happened.
_TELLS = re.compile(
    r"\bappeal\w* (?:\w+ )?for (?:\w+ ){1,4}(?:after|following) (?:an?|the|two|three|four|several|\w+ (?:men|people)) "
)


def _is_appeal(folded: str, words: _Words) -> bool:
    if folded.startswith(words.appeal_alone):
        return True
    if _TELLS.search(folded):
        return False
    asks = any(phrase in folded for phrase in words.appeal_ask) or (
        any(phrase in folded for phrase in words.appeal_to) and any(phrase in folded for phrase in words.appeal_ask_weakly)
    )
    return asks and words.appeal_who.search(folded) is not None


_CLAUSE_END = re.compile(r"[,;:–—]\s+(?:and\s|but\s|so\s)?|\s(?:and|but)\s")


def _find_appeal(folded: str, words: _Words) -> int:
    """Where in its sentence an appeal begins: 0, or after a clause that may tell a fact."""
    first = words.appeal_starts.search(folded)
    ends = [match.end() for match in _CLAUSE_END.finditer(folded, 0, first.start() if first else 0)]
    return ends[-1] if ends and len(folded[: ends[-1]].split()) > HEAD_WORDS_MIN else 0


def _is_line(item: str, bare: str, size: int) -> bool:
    """Tests that hold only for an item that has its line to itself."""
    if size <= BYLINE_MAX and _BYLINE.fullmatch(item.rstrip(" .|")):
        return True
    if size <= BYLINE_MAX and (_COUNTER.fullmatch(bare) or _FLAT_DATE.fullmatch(bare) or _is_menu(item)):
        return True
    if size <= 2 * BYLINE_MAX and _DEGREES.search(item):
        return True
    if size <= 2 * BYLINE_MAX and ("@" in item or "://" in item or "www." in item or sum(map(str.isdigit, item)) >= 7):
        return not any(map(str.isalnum, _CONTACT.sub("", item)))
    return size <= BYLINE_MAX and _REPORTS.match(item) is not None


def _is_menu(item: str) -> bool:
    """Short names with bars, arrows or dots between them."""
    for mark in ("|", "»", " > ", "·", "•"):
        pieces = [piece.strip() for piece in item.split(mark)]
        if len(pieces) >= 3 and all(len(piece.split()) <= 4 for piece in pieces):
            return True
    return False


def _merge(found: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return tuple(merged)


# --- social posts -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _signature() -> re.Pattern[str]:
    """ "— Name (@handle) March 25, 2017": how a shown post is signed and dated."""
    dates = load_lexicon("published")
    month = rf"(?:{_either(name for names in dates['months'].values() for name in names)})\.?"
    day = rf"{month}\s{{1,2}}\d{{1,2}},?\s{{1,2}}\d{{4}}|\d{{1,2}}\.?\s(?:de\s)?{month}\s(?:de\s)?\d{{4}}"
    return re.compile(
        rf"(?:[—–]|--|(?<=\s)-)\s{{0,4}}[^\n()—–]{{1,70}}?\s{{0,3}}\(\s?@\s?\w{{1,30}}\s?\)\s{{0,3}}(?P<day>{day})?", re.I
    )


_PIECE_END = re.compile(r"[.!?…]+[)\"”’»]*\s+|(?<=\S)\s+(?=[\U0001F1E6-\U0001FAFF☀-➿]|RT @|\.@)|\n+|[\"”]\s+(?=#)")
_EMOJI_OPENS = re.compile(r"(?:[\U0001F1E6-\U0001FAFF☀-➿]|RT @|\.@)")
_FOOTER = re.compile(r"[\s,]{0,3}(?:\d{1,2}:\d{2}\s?(?:[ap]m)?)?", re.I)


def find_posts(text: str) -> tuple[Post, ...]:
    """Find the social posts shown in a text, by their signature, and where each begins as best as can be told.

    In a text that kept its paragraphs a post is one; else it runs back from the signature over sentences in another
    language, with an emoji, a hashtag or a link. The report's own sentences before it are left out.
    """
    if "@" not in text:
        return ()
    posts: list[Post] = []
    for match in _signature().finditer(text):
        lowest = max(posts[-1].end if posts else 0, match.start() - POST_MAX, 0)
        start = _find_post_start(text, lowest, match)
        day = match.span("day") if match["day"] else (match.end(), match.end())
        language = guess_language(text[start : match.start()])
        posts.append(Post(start, match.end(), *day, language))
    return tuple(posts)


def _find_post_start(text: str, lowest: int, match: re.Match[str]) -> int:
    dash = match.start()
    line_start = text.rfind("\n", lowest, dash) + 1 or lowest
    if not text[line_start:dash].strip():  # the signature has a line to itself: the post is the line above
        above = text[lowest:line_start].rstrip()
        line_start = max(lowest, lowest + above.rfind("\n") + 1) if above.strip() else line_start
    line_end = text.find("\n", match.end())
    rest = text[match.end() : line_end if line_end >= 0 else len(text)].strip(" ,.")
    if not rest and dash - line_start <= POST_ALONE_MAX and (line_start > lowest or lowest == 0):
        return _skip_space(text, line_start, dash)
    return _walk_back(text, line_start, dash)


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start] in " \t\n,.":
        start += 1
    return start


def _walk_back(text: str, lowest: int, dash: int) -> int:
    cuts = [lowest]
    for end in _PIECE_END.finditer(text, lowest, dash):
        before = text[max(lowest, end.start() - 12) : end.start() + 1].lower()
        if not before.rstrip(". ").endswith(("pic", "pic.twitter", "pic. twitter")) and end.end() < dash:
            cuts.append(end.end())
    start = cuts[-1]
    for at in range(len(cuts) - 1, -1, -1):
        start = cuts[at]
        if _EMOJI_OPENS.match(text, start) or at == 0:
            break
        previous = text[cuts[at - 1] : start]
        foreign = guess_language(previous) not in (None, "en")
        if not foreign and not any(mark in previous for mark in ("#", "@", "://", "pic.")) and not _EMOJI_OPENS.match(previous):
            break
    return _skip_space(text, start, dash)


# --- languages --------------------------------------------------------------------------------------------------

_WORD = re.compile(r"(?<![.@/])\b(?<![’'](?=\w\b))[^\W\d_]+")  # not "com" of an address, nor "s" of a genitive


_LETTERS = re.compile(r"[^\W\d_]+")


def _count_small(text: str) -> tuple[int, dict[str, int], dict[str, set[str]]]:
    """Count words, and gather the small words of each language; those inside a name ("Juan de la Cruz") count as words only."""
    listed = _load_words().small
    counts = dict.fromkeys(listed, 0)
    kinds: dict[str, set[str]] = {language: set() for language in listed}
    words = _WORD.findall(text)
    named = False  # whether the last word that was no small one has a capital
    waiting: list[str] = []  # small words behind a name: part of it if another name follows
    for at, word in enumerate([*words, ""]):
        small = word.lower()
        is_small = (at == 0 or word.islower()) and any(small in known for known in listed.values())
        if is_small and named:
            waiting.append(small)
            continue
        counted = () if waiting and word[:1].isupper() else waiting
        for one in (*counted, small) if is_small else counted:
            for language, known in listed.items():
                if one in known:
                    counts[language] += 1
                    kinds[language].add(one)
        if not is_small:
            named, waiting = word[:1].isupper(), []
    return len(words), counts, kinds


def guess_language(text: str) -> str | None:
    """Tell the language of a short text by its small words; None when they do not tell."""
    total, counts, _ = _count_small(text)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    (first, most), (_, second) = ranked[0], ranked[1]
    if total < FOREIGN_WORDS_MIN or most < FOREIGN_HITS_MIN or most < FOREIGN_SHARE * total or most <= second:
        return None
    return first


@lru_cache(maxsize=8)
def _telling_words(language: str) -> frozenset[str]:
    """Small words of other languages that the language lacks."""
    listed = _load_words().small
    others = (known for name, known in listed.items() if name != language)
    return frozenset[str]().union(*others) - listed.get(language, frozenset())


def foreign_stretches(sentences: Sequence[tuple[int, int]], text: str, language: str = "en") -> tuple[int, ...]:
    """Find the sentences that are clearly in another language than the report's.

    Args:
        sentences: Offsets of the report's sentences.
        text: The report's text.
        language: The report's language, ISO 639-1.

    Returns:
        Their indices, ascending. Short sentences, and such as are mostly names, follow the report.
    """
    telling = _telling_words(language)
    found = []
    for index, (start, end) in enumerate(sentences):
        sentence = text[start:end]
        if telling.isdisjoint(_LETTERS.findall(sentence.lower())):
            continue  # every small word of it is one of the report's own language
        total, counts, kinds = _count_small(sentence)
        own = counts.get(language, 0)
        other = max((name for name in counts if name != language), key=lambda name: (counts[name], name))
        if (
            total >= FOREIGN_WORDS_MIN
            and len(kinds[other]) >= FOREIGN_HITS_MIN
            and counts[other] >= FOREIGN_SHARE * total
            and counts[other] >= FOREIGN_LEAD * max(own, 0.5)
        ):
            found.append(index)
    return tuple(found)
