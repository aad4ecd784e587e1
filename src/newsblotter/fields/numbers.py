"""Numbers in words and digits, shared by the readers of counts and of money.

parse_number("two hundred and fifty") → 250        parse_interval("several million") → (2e6, 9e6)
"""

from __future__ import annotations

import re
from functools import lru_cache

from newsblotter.lexicon import load_lexicon

# Longer runs of digits are identifiers, phone or account numbers. 15 digits is also what a float holds exactly.
MAX_DIGITS = 15

# How far "about 40" may be off. One tenth is the slack that the readers of loot allow each other.
NEAR_SLACK = 0.1

Interval = tuple[float, float | None]

_DIGITS = re.compile(
    r"(?P<plain>\d{1,15})(?P<fraction>[.,]\d{1,9})?$"
    r"|(?P<grouped>\d{1,3}(?:[,\u00a0\u202f '’]\d{3}){1,4})(?P<point>\.\d{1,9})?$"
    r"|(?P<indian>\d{1,2}(?:,\d{2}){1,5},\d{3})(?P<indian_point>\.\d{1,9})?$"
    r"|(?P<european>\d{1,3}(?:\.\d{3}){2,4})(?P<comma>,\d{1,2})?$"
)
_SPACE = re.compile(r"[\s\u00a0]+")
_JOINED = re.compile(r"(?<=[a-z])-(?=[a-z])")
_RANGE = re.compile(r"^(?:between |from )?(?P<left>.{1,40}?)(?: and | to | or |\s?[-–—]\s?)(?P<right>.{1,40})$")

DIGITS_PATTERN = r"(?:\d{1,3}(?:[,\u00a0]\d{2,3}){1,5}(?:\.\d{1,9})?|\d{1,15}(?:\.\d{1,9})?)(?![.,]?\d)"


def _alternatives(words: list[str]) -> str:
    """A regular expression for any of the words, longest first; white space in them matches any."""
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(words, key=lambda w: (-len(w), w)))


@lru_cache(maxsize=4)
def number_pattern(language: str = "en") -> str:
    """A regular expression source (ignore case) for one exact number: digits, words or both ("3.5 million").

    It has no groups that capture. Words of an article alone ("a man") are not a number.
    """
    words = load_lexicon("numbers", language)
    units, tens, scales = list(words["units"]), list(words["tens"]), list(words["scales"])
    small = _alternatives([*units, *tens])
    compound = rf"(?:{_alternatives(tens)})[-\s](?:{_alternatives([u for u, v in words['units'].items() if 0 < v < 10])})"
    scale = _alternatives(scales)
    first = rf"(?:{DIGITS_PATTERN}|(?:{compound}|{small})(?:\s+and\s+a\s+half)?|(?:an?\s+)?half(?:\s+an?)?(?=[-\s]+(?:{scale})\b)"
    first += rf"|an?(?=\s+(?:{scale})\b))"
    more = rf"(?:[\s-]+(?:{scale})\b(?:\s+(?:and\s+)?(?:{compound}|{small})\b)?)"
    return rf"(?:{first}{more}{{0,4}})"


@lru_cache(maxsize=4)
def bound_pattern(language: str = "en") -> str:
    """A regular expression source (ignore case) for the words before a number that bend it ("at least")."""
    bounds = load_lexicon("numbers", language)["bounds"]
    return _alternatives([w for kind in bounds.values() for w in kind])


@lru_cache(maxsize=4)
def vague_pattern(language: str = "en") -> str:
    """A regular expression source (ignore case) for the words that name an interval ("several", "dozens of")."""
    return _alternatives(list(load_lexicon("numbers", language)["vague"]))


def _tidy(words: str) -> str:
    return _SPACE.sub(" ", words.strip().lower())


def _parse_digits(token: str) -> float | None:
    match = _DIGITS.match(token)
    if match is None or sum(c.isdigit() for c in token) > MAX_DIGITS:
        return None
    if match["plain"]:
        fraction = match["fraction"] or ""
        if fraction.startswith(",") and len(fraction) == 4:  # "12,500" is handled as grouped; "1234,500" is no number
            return float(token.replace(",", "")) if len(match["plain"]) <= 3 else None
        return float(match["plain"] + fraction.replace(",", "."))
    if match["grouped"]:
        return float(re.sub(r"\D", "", match["grouped"]) + (match["point"] or ""))
    if match["indian"]:
        return float(match["indian"].replace(",", "") + (match["indian_point"] or ""))
    return float(match["european"].replace(".", "") + (match["comma"] or "").replace(",", "."))


def parse_number(words: str, language: str = "en") -> float | None:
    """Read one exact number, or None if the words are not one through and through.

    "21", "1,200", "3,00,000", "3.5", "twenty-one", "a dozen", "two hundred and fifty", "half a million",
    "two and a half million", "three lakh". Vague words ("several") belong to ``parse_interval``.
    """
    text = _tidy(words)
    if not text or len(text) > 80:
        return None
    digits = _parse_digits(text)
    return digits if digits is not None else _parse_words(_JOINED.sub(" ", text).split(" "), language)


def _parse_words(tokens: list[str], language: str) -> float | None:
    lexicon = load_lexicon("numbers", language)
    units, tens, scales = lexicon["units"], lexicon["tens"], lexicon["scales"]
    total, current, last = 0.0, None, ""
    for position, token in enumerate(tokens):
        if token in scales:
            scale = scales[token]
            if scale <= 100:  # "two hundred thousand": stays below the next scale
                current = (1 if current is None else current) * scale
            else:
                if current is None and last == "scale":
                    total *= scale  # "two thousand crore"
                else:
                    total, current = total + (1 if current is None else current) * scale, None
            last = "scale"
        elif token in units or token in tens:
            value = units.get(token, tens.get(token))
            if last == "unit" or (last == "tens" and (token in tens or not 0 < value < 10)):
                return None
            current = (current or 0) + value
            last = "tens" if token in tens else "unit"
        elif token in lexicon["article_one"] and position == 0 and len(tokens) > 1:
            last = "article"
        elif token in lexicon["and_words"]:
            if tokens[position + 1 : position + 3] == ["a", "half"]:
                current, last = (current or 0) + 0.5, "half"
                continue
            if last != "scale" or position + 1 == len(tokens):
                return None
        elif token == "half" and last != "half":
            current, last = 0.5, "half"
        elif token in ("a", "an", "half") and last == "half":
            continue
        else:
            digits = _parse_digits(token)
            if digits is None or current is not None:
                return None
            current, last = digits, "unit"
    if not last or last == "article":
        return None
    return total + (current or 0)


def _strip_bound(text: str, language: str) -> tuple[str, str]:
    """The kind of bound at the head of the words ("min", "over", …, "") and the rest."""
    bounds = load_lexicon("numbers", language)["bounds"]
    best, rest = "", text
    for kind, heads in bounds.items():
        for head in heads:
            if text.startswith(head + " ") and len(text) - len(head) - 1 < len(rest):
                best, rest = kind, text[len(head) + 1 :]
    return best, rest


def _parse_plain(text: str, language: str) -> Interval | None:
    """An exact number, a vague word, or a vague word with a scale."""
    exact = parse_number(text, language)
    if exact is not None:
        return exact, exact
    lexicon = load_lexicon("numbers", language)
    if text in lexicon["vague"]:
        low, high = lexicon["vague"][text]
        return float(low), None if high is None else float(high)
    head, _, scale = text.rpartition(" ")
    if scale == "of":
        return _parse_plain(head, language)
    if scale in lexicon["scales"] and head:
        inner = _parse_plain(head, language)
        if inner is not None:
            factor = lexicon["scales"][scale]
            return inner[0] * factor, None if inner[1] is None else inner[1] * factor
    return None


def _parse_span(text: str, language: str) -> Interval | None:
    """ "between two and four", "two or three", "3 to 5 million"."""
    match = _RANGE.match(text)
    if match is None:
        return None
    left, right = _parse_plain(match["left"], language), _parse_plain(match["right"], language)
    if left is None or right is None:
        return None
    scale = right[0] and text.rsplit(" ", 1)[-1]
    factor = load_lexicon("numbers", language)["scales"].get(scale)
    if factor and left[0] * factor <= right[0]:  # "3 to 5 million": the scale belongs to both
        left = left[0] * factor, (left[1] or left[0]) * factor
    if right[0] < left[0]:
        return None
    return left[0], right[1]


def parse_interval(words: str, language: str = "en") -> Interval | None:
    """Read a number, exact or not, as low and high; high None is open above. None if the words are no number.

    "at least three" (3, None) · "more than 10" (10, None: the caller knows whether the next whole number is meant) ·
    "up to five" (0, 5) · "several million" (2e6, 9e6) · "two or three" (2, 3) · "about 40" (36, 44).
    """
    text = _tidy(words)
    if not text or len(text) > 100:
        return None
    for tail in load_lexicon("numbers", language)["open_after"]:
        if text.endswith(" " + tail):
            inner = parse_interval(text[: -len(tail) - 1], language)
            return None if inner is None else (inner[0], None)
    if len(text) > 1 and text.endswith("+"):
        inner = parse_interval(text[:-1], language)
        return None if inner is None else (inner[0], None)
    span = _parse_plain(text, language) or _parse_span(text, language)
    if span is not None:
        return span
    kind, rest = _strip_bound(text, language)
    return _bend(kind, parse_interval(rest, language)) if kind else None


def _bend(kind: str, inner: Interval | None) -> Interval | None:
    if inner is None:
        return None
    low, high = inner
    if kind in ("min", "over"):
        return low, None
    if kind in ("max", "under"):
        return 0.0, high
    if low != high or low < 10:  # about three is three
        return inner
    return low * (1 - NEAR_SLACK), low * (1 + NEAR_SLACK)


def parse_bound(words: str, language: str = "en") -> str:
    """The kind of bound at the head of the words: min, over, max, under, near, or "" for none."""
    return _strip_bound(_tidy(words), language)[0]
