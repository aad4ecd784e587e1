"""Find the places that a report names: towns, quarters, counties, regions and countries, known or not."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from newsblotter.fields.addresses import find_addresses
from newsblotter.fields.gazetteer import Gazetteer, Place
from newsblotter.fields.place_words import PlaceWords, load_place_words
from newsblotter.fields.placing import best_scene, place_cue_score, resolve_places
from newsblotter.records import Span

__all__ = ["best_scene", "find_addresses", "find_places", "place_cue_score", "resolve_places"]

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:[’'\-][^\W_]+)*")
_POSSESSIVE = re.compile(r"[’']s?$")
_LONGEST_NAME = 6  # words; "Provence-Alpes-Côte d'Azur" and "Stoke on Trent" need four, a few Spanish names six
_PARTICLES = frozenset(  # small words within names
    "of the de la le les du des sur en sous upon on under by and d da do dos das di del della al el y e am an der den bei"
    " im aux lès in sul lo".split()
)
_SHORTENED = frozenset({"St", "Ste", "Sts", "Mt", "Ft", "SAINT", "ST", "MT", "FT"})  # the point after these belongs to the name
_DATELINE = re.compile(
    r"(?m)^[ \t]*(?:[A-Z][\w ]{0,24}: )?(?P<city>[A-Z][\w.’'\-]*(?:"
    r" [A-Z][\w.’'\-]*){0,4})(?P<state>, ?[A-Z][\w. ]{1,20}?)?(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?"
    r"(?: ?\([^()\n]{2,40}\) ?(?:[-–—:]|--)?| ?(?:–|—|--)| - ) ?"
)
_HEADLINE_SHARE = 0.6  # of a line's longer words that are capitalised in a headline in title case; prose stays under 0.35
_HEADLINE_LENGTH = 220  # characters; longer lines are prose
_ACCEPT = 1.95  # strength from which a name is a place; chosen on LGL and TR-News for the best F1 of found names
_KNOWN = ((1_000_000, 2.8), (300_000, 2.3), (100_000, 1.5), (20_000, 0.8), (0, 0.2))  # people from, weight of a town's fame
_SURE = 3.4  # strength from which a name is a place wherever the report says it again
_OTHER_NAME = 2.0  # taken off a name that is part of a person's or firm's name elsewhere in the report
_BIG_TOWN = 100_000  # people; known well enough to be named without a hint


class _Token(NamedTuple):
    start: int
    end: int  # possessive left out
    text: str  # possessive left out
    lower: str
    capital: bool
    opens: bool  # first of a sentence, line or quotation
    headline: bool  # stands in a title-case line
    after: str  # the characters up to the next token, possessive included


def find_places(
    text: str, gazetteer: Gazetteer, language: str = "en", addresses: tuple[Span, ...] | None = None
) -> tuple[Span, ...]:
    """Find the phrases that name places, persons' and streets' names left alone.

    The names may be unknown to the gazetteer where the words around them speak of a place ("the village of Xan").

    Args:
        addresses: What ``find_addresses`` found in the text, if that is known already.

    Returns:
        Spans of kind ``place``, sorted, none overlapping.
    """
    words = load_place_words(language)
    if addresses is None:
        addresses = find_addresses(text, language)
    tokens = list(_tokenize(text, words))
    datelines = {match.start("city"): match.end("city") for match in _DATELINE.finditer(text)}
    return tuple(_Search(text, tokens, words, gazetteer, addresses, datelines).run())


_OPENERS = frozenset('\n!?:“"•|')  # after one of these a capital means nothing


def _tokenize(text: str, words: PlaceWords) -> Iterator[_Token]:
    lines = [0, *(match.end() for match in re.finditer(r"\n", text)), len(text) + 1]
    headlines = [_is_headline(text[lines[i] : lines[i + 1] - 1], words) for i in range(len(lines) - 1)]
    found = [(match.start(), match.group()) for match in _TOKEN.finditer(text)]
    nexts = [*[start for start, _ in found], len(text)][1:]
    new = tuple.__new__  # the quick way to a NamedTuple
    opens, line = True, 0
    for (start, raw), following in zip(found, nexts, strict=True):
        capital = raw[0].isupper()
        bare = _POSSESSIVE.sub("", raw) if capital and ("'" in raw or "’" in raw) else raw
        end = start + len(bare)
        after = text[end:following]
        while lines[line + 1] <= start:
            line += 1
        yield new(_Token, (start, end, bare, bare.lower(), capital, opens, headlines[line], after))
        if after == " ":
            opens = False
        else:
            short = bare in _SHORTENED or len(bare) == 1
            opens = not _OPENERS.isdisjoint(after) or ("." in after and not short and "." not in bare)


def _is_headline(line: str, words: PlaceWords) -> bool:
    if len(line) > _HEADLINE_LENGTH:
        return False
    longer = [word for word in line.split() if len(word) > 3 and word[0].isalpha()]
    if len(longer) < 3:
        return False
    everyday = [word for word in longer if word.lower().strip(".,:;'’\"") in words.common] or longer
    return sum(word[0].isupper() for word in everyday) >= _HEADLINE_SHARE * len(everyday)


class _Search:
    """One walk over the tokens of a text."""

    def __init__(
        self,
        text: str,
        tokens: list[_Token],
        words: PlaceWords,
        gazetteer: Gazetteer,
        addresses: tuple[Span, ...],
        datelines: dict[int, int],
    ) -> None:
        self.text, self.tokens, self.words, self.gazetteer = text, tokens, words, gazetteer
        self.address_starts = [span.start for span in addresses]
        self.addresses = addresses
        self.datelines = datelines
        self.persons: set[str] = set()  # words seen within a person's or a firm's name
        self.previous_end = -1  # where the last name that is clearly a place ends

    def run(self) -> list[Span]:
        spans: list[tuple[Span, float, str]] = []
        position = 0
        while position < len(self.tokens):
            token = self.tokens[position]
            if not token.capital or self.in_address(token):
                position += 1
                continue
            found = self.match(position)
            if found is None:
                position += 1
                continue
            span, strength, next_position = found
            if span is not None:
                spans.append((span, strength, self.text[span.start : span.end].lower()))
                if strength >= _ACCEPT:
                    self.previous_end = span.end
            position = next_position
        # a name that was a person's or a firm's elsewhere must be clearly a place here
        sure = {name for _, strength, name in spans if strength >= _SURE}
        kept = []
        for span, strength, name in spans:
            if name in self.persons and name not in sure:
                strength -= _OTHER_NAME
            if name in sure:
                strength += 1.0
            if strength >= _ACCEPT:
                kept.append(span)
        return kept

    def in_address(self, token: _Token) -> bool:
        at = bisect_right(self.address_starts, token.start) - 1
        return at >= 0 and token.start < self.addresses[at].end

    def is_name(self, position: int) -> bool:
        """Whether the token is capitalised as a name is, not as the head of a sentence or a word of a headline."""
        if not 0 <= position < len(self.tokens):
            return False
        token = self.tokens[position]
        if not token.capital or token.lower in ("i", "i'm", "the"):
            return False
        if token.lower in _DAYS:
            return False
        return not ((token.opens or token.headline) and token.lower in self.words.common)

    def touches(self, position: int) -> bool:
        """Whether a token and the next are one phrase: a blank between them, or the point of "St."."""
        gap = self.tokens[position].after
        return gap == " " or (gap == ". " and (self.tokens[position].text in _SHORTENED or len(self.tokens[position].text) == 1))

    def match(self, position: int) -> tuple[Span | None, float, int] | None:
        """Try the names that start at a token, the longest first. None: nothing starts here."""
        last = position
        while (
            last + 1 < len(self.tokens)
            and last - position + 1 < _LONGEST_NAME
            and (self.touches(last) or self.tokens[last].after in ("'s ", "’s "))
        ):
            following = self.tokens[last + 1]
            if not (following.capital or following.lower in _PARTICLES):
                break
            last += 1
        for end in range(last, position - 1, -1):
            if not self.tokens[end].capital or (end > position and self.in_address(self.tokens[end])):
                continue
            name = self.text[self.tokens[position].start : self.tokens[end].end]
            places = self.gazetteer.lookup(self.words.aliases.get(name.replace(".", ""), name))
            if end > position and self.tokens[position].lower == "the" and places and not places[0].name.startswith("The "):
                return None
            if places:
                strength = self.judge(position, end, places)
                if strength is None:
                    continue
                return Span(self.tokens[position].start, self.tokens[end].end, "place"), strength, end + 1
        return self.match_compound(position) or self.match_unknown(position)

    def match_compound(self, position: int) -> tuple[Span | None, float, int] | None:
        """Read "Houston-area", "Paris-based" and "Augusta-Aiken" by their first part."""
        token = self.tokens[position]
        head, hyphen, tail = token.text.partition("-")
        if not hyphen or len(head) < 4 or not tail:
            return None
        places = self.gazetteer.lookup(head)
        known = tail in ("area", "based", "born", "bound", "style") or (tail[0].isupper() and bool(self.gazetteer.lookup(tail)))
        if not known and tail[0].isupper() and self.touches(position):  # "Dallas-Fort Worth"
            known = position + 1 < len(self.tokens) and bool(self.gazetteer.lookup(f"{tail} {self.tokens[position + 1].text}"))
        if not places or not known or head.lower() in self.words.never:
            return None
        return Span(token.start, token.start + len(head), "place"), _prior(places) + 2.0, position + 1

    def match_unknown(self, position: int) -> tuple[Span | None, float, int] | None:
        """Take a name that the gazetteer lacks for a place where the words before it say so: "in Xan", "the village of Xan"."""
        if not self.is_name(position) or position == 0:
            return None
        end = position
        while end + 1 < len(self.tokens) and end - position < 3 and self.touches(end) and self.is_name(end + 1):
            end += 1
        token, before = self.tokens[position], self.tokens[position - 1]
        name = self.text[token.start : self.tokens[end].end]
        if end > position:
            self.persons.update(t.text.lower() for t in self.tokens[position : end + 1])
        if not self.touches(position - 1) or token.headline:
            return None
        noun = before.lower == "of" and position >= 2 and self.tokens[position - 2].lower in self.words.place_nouns
        county = end == position + 1 and self.tokens[end].lower in (
            "county",
            "parish",
            "district",
            "province",
            "village",
        )
        plain = before.lower in ("in", "near", "outside") and end == position and self.is_plain_name(token, end)
        if not (noun or county or plain):
            return None
        if self.tokens[end].lower in self.words.organisations and not county:
            return None
        if token.lower in self.words.common | self.words.organisations or (noun and self.tokens[position - 2].capital):
            return None
        if noun and name.lower() in self.words.never:
            return None
        return Span(token.start, self.tokens[end].end, "place"), _ACCEPT, end + 1

    def is_plain_name(self, token: _Token, end: int) -> bool:
        lower = token.lower
        if (
            len(lower) < 4
            or token.text.isupper()
            or lower in self.words.never
            or lower in self.words.common
            or lower in self.words.titles
        ):
            return False
        if token.text in self.words.demonyms or lower in self.persons or token.after.startswith(("'", "’")):
            return False
        following = self.tokens[end + 1] if end + 1 < len(self.tokens) else None
        return (
            following is None
            or token.after != " "
            or following.lower in self.words.prepositions | {"and", "on", "where", "when", "after", "by", "as"}
        )

    def judge(self, first: int, last: int, places: tuple[Place, ...]) -> float | None:
        """Weigh whether a known name is meant as a place here. None: try a shorter name."""
        head, tail = self.tokens[first], self.tokens[last]
        words, single = self.words, first == last
        lower = self.text[head.start : tail.end].lower()
        dateline = self.datelines.get(head.start) is not None and self.datelines[head.start] >= tail.end
        contained = self.has_container(last) or self.is_within(last, places)
        before = self.tokens[first - 1] if first and self.touches(first - 1) else None
        locative = before is not None and (before.lower in words.locative) and not (before.opens and before.headline)
        if (
            single
            and (lower in words.never or lower in _DAYS or len(lower) < 3 or head.text in words.demonyms)
            and not (contained and locative)
            and head.text.replace(".", "") not in words.aliases
        ):
            return None
        strength = -0.3 if single else 0.3
        if single and lower in words.directions:
            return None
        everyday = single and lower in words.common
        if everyday:
            force = self.is_force(last + 1) and self.touches(last)
            sure = dateline or contained or force or (locative and not head.headline)
            if not sure or (head.opens and not dateline and not contained):
                return None
            strength -= 1.5
        strength += _prior(places)
        left = self.judge_left(first)
        right = self.judge_right(first, last)
        if left is None or right is None:
            if not (contained or dateline or (locative and right is None and places[0].population >= _BIG_TOWN)):
                if places[0].kind not in ("region", "country"):
                    self.persons.update(token.text.lower() for token in self.tokens[first : last + 1])
                return -9.0
            left, right = left or 0.0, right or 0.0
        strength += left + right
        if lower in words.parts_of_town and before is not None and before.lower == "the":
            strength += _PART_OF_TOWN
        if dateline:
            strength += 4.0
        elif len(head.text) > 3 and head.text.isupper() and places[0].population >= 20_000 and not head.headline:
            strength += 1.2
        if contained:
            strength += 3.0
        if first and not dateline and self.tokens[first - 1].lower in words.persons_before:
            strength -= 3.0
        if head.opens and not dateline and not contained and not right:
            strength -= 0.4
        return strength

    def is_force(self, position: int) -> bool:
        """Whether a capitalised "Police" or the like stands there."""
        return position < len(self.tokens) and self.tokens[position].capital and self.tokens[position].lower in self.words.forces

    def has_container(self, last: int) -> bool:
        """Whether a state, region or country follows: ", Ill.", "(Texas)", " Louisiana"."""
        after = self.tokens[last].after
        if after not in (", ", " (", ",", " ") or last + 1 >= len(self.tokens):
            return False
        following = self.tokens[last + 1]
        if not following.capital:
            return False
        short = following.text.replace(".", "")
        if short in self.words.states and (after != " " or short.isupper()):
            return True
        name = following.text
        if last + 2 < len(self.tokens) and self.tokens[last + 1].after == " " and self.tokens[last + 2].capital:
            two = self.gazetteer.lookup(f"{name} {self.tokens[last + 2].text}")
            if two and two[0].kind in ("region", "country", "county"):
                return True
        found = self.gazetteer.lookup(name)
        return bool(found) and found[0].kind in ("region", "country") and (after != " " or found[0].country == "US")

    def is_within(self, last: int, places: tuple[Place, ...]) -> bool:
        """Whether the name of an area follows that holds such a place: "Talata Mafara in Zamfara State"."""
        if last + 2 >= len(self.tokens) or self.tokens[last].after != " " or self.tokens[last + 1].lower != "in":
            return False
        if not self.tokens[last + 2].capital or self.tokens[last + 1].after != " ":
            return False
        names = [self.tokens[last + 2].text]
        if last + 3 < len(self.tokens) and self.tokens[last + 2].after == " " and self.tokens[last + 3].capital:
            names.insert(0, f"{names[0]} {self.tokens[last + 3].text}")
        areas = next((found for name in names if (found := self.gazetteer.lookup(name))), ())[:_FIRST_FOUND]
        return any(_holds(area, place) for area in areas for place in places[:_FIRST_FOUND])

    def judge_left(self, first: int) -> float | None:
        """Weigh the word before. None: it belongs to the same, other name."""
        if first == 0:
            return 0.0
        before, words = self.tokens[first - 1], self.words
        if self.previous_end > 0 and self.text[self.previous_end : self.tokens[first].start] in _JOINTS:
            return _LISTED
        if before.after not in (" ", " (", ", ", ". ", " “"):
            return 0.0
        if before.after == ", " and self.in_address(before):
            return _BEHIND_STREET
        if before.after == ". " and (before.text in _SHORTENED or len(before.text) == 1 or before.lower in words.titles):
            return None
        if before.after != " ":
            return 0.0
        lower = before.lower
        if lower in words.directions:
            return 2.0
        if lower in words.titles and before.capital:
            return None
        if lower in words.locative:
            return 3.0 if not before.headline or before.capital is False else 2.5
        if lower == "of" and first >= 2 and self.tokens[first - 2].lower in words.place_nouns:
            return 3.5
        if lower in words.prepositions:
            return 1.7
        if self.is_name(first - 1) and lower not in words.organisations and not before.text.isupper():
            known = self.gazetteer.lookup(before.text)
            if not known or known[0].kind not in ("country", "region"):
                return None
            return -1.0
        return 0.0

    def is_noun(self, lower: str) -> bool:
        """Whether a lower-case word may be a thing that a place stands before: neither verb form nor function word."""
        words = self.words
        return (
            lower[0].isalpha()
            and not lower.endswith(("ed", "ing", "ly", "s"))
            and lower not in words.prepositions
            and lower not in words.person_verbs
            and lower not in words.function_words
        )

    def is_article(self, position: int) -> bool:
        return (
            position >= 0
            and self.touches(position)
            and self.tokens[position].lower in ("a", "an", "the", "his", "her", "its", "their")
        )

    def judge_right(self, first: int, last: int) -> float | None:
        """Weigh the word after. None: it belongs to the same, other name."""
        if last + 1 >= len(self.tokens):
            return 0.0
        tail, following, words = self.tokens[last], self.tokens[last + 1], self.words
        if tail.after == " " and following.text[0].isdigit():  # "Loop 410"
            return None
        if tail.after != " ":
            if tail.after in ("’s ", "'s ") and following.lower in words.attributes | {
                "south",
                "north",
                "east",
                "west",
            }:
                return 0.8
            return _OWNER if tail.after in ("’s ", "'s ") and not following.capital else 0.0
        lower = following.lower
        if lower in (
            "county",
            "counties",
            "region",
            "province",
            "district",
            "parish",
            "state",
            "suburb",
            "neighborhood",
        ):
            return 2.5
        if lower in words.forces:
            return 2.5
        if lower in words.organisations and following.capital:
            return 0.9
        if lower in words.attributes:
            return 2.0
        if lower in words.person_verbs and last + 1 < len(self.tokens) and not following.capital:
            return -2.0
        if following.capital and lower in words.common and not following.headline:
            return -0.6  # "the Antwerp Diamond Centre": a firm, or a person called Brown
        if not following.capital and self.is_noun(lower):
            article = self.is_article(first - 1)
            return 1.4 if article else 0.6
        if self.is_name(last + 1):
            if (following.text.isupper() and len(following.text) <= 6) or following.text.replace(".", "") in words.states:
                return 0.5
            return None
        return 0.0


_JOINTS = frozenset({", ", " and ", ", and ", " or ", " & ", "/", " to "})  # between the places of a list
_LISTED = 1.6
_BEHIND_STREET = 1.7  # "27 Holly Road, Stockport"
_PART_OF_TOWN = 2.0  # "the East Side"
_OWNER = 0.3  # "Lisbon's oldest pawnshop"; more lets in persons who are called after towns
_FIRST_FOUND = 8  # places of a name that are weighed, the largest
_DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())


def _holds(area: Place, place: Place) -> bool:
    if area.id == place.id or area.country != place.country:
        return False
    return area.kind == "country" or (area.kind == "region" and area.admin1 == place.admin1)


def _prior(places: tuple[Place, ...]) -> float:
    """How well known the best known place of a name is: 0 for a village, 3 for a metropolis or a country."""
    best = 0.0
    for place in places[:_FIRST_FOUND]:
        if place.kind == "country":
            value = 3.0
        elif place.kind == "region":
            value = 2.5 if place.population > 500_000 or not place.population else 1.5
        elif place.kind == "county":
            value = 2.0 if " " in place.name else 0.8 if place.population else 1.6
        else:
            people = place.population
            value = next(weight for floor, weight in _KNOWN if people >= floor)
            value = max(value, 1.8) if place.id < 0 else value
        best = max(best, value - (0.8 if place.alternate else 0.0))
    return best
