"""Money in news English: find the phrases, read them as intervals with an ISO 4217 currency.

"several million euros" → 2e6..9e6 EUR · "more than $1.5m" → 1.5e6.. USD · "Rs 3 lakh" → 3e5 INR

A sign, a letter code or a unit word anchors the search; the number is read beside it, so the cost is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from newsblotter.fields.amount_patterns import fold, load_patterns, load_words
from newsblotter.fields.numbers import parse_number
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Money, Span

# "Up to ten million": the least that the words let one think of. A tenth keeps the interval within one order of
# magnitude, which is how far the record commits an open interval.
UP_TO_SHARE = 0.1

# "Several million" is 2 to 9 million by the definition of the record; bare "millions" is read the same.
VAGUE_LOW, VAGUE_HIGH = 2, 9

# A bare scaled number, a letter that is also a word and a unit that is also a word need at least this much to be money.
LEAST_DOUBTFUL = 1000

_LEFT_WINDOW = 72  # characters before a unit word that are searched for its number; the longest real phrase has 60
_BOUND_WINDOW = 48  # characters before an amount that are searched for "more than an estimated"
_RIGHT_WINDOW = 64
NEIGHBOURS = 4  # amounts before one that it may convert
_CONVERSION_WINDOW = 160  # a conversion in brackets may close the sentence that named the amount

_DOLLARS = {"US": "USD", "Canadian": "CAD", "Australian": "AUD"}
_DOLLAR_AFTER = re.compile(
    r"[\s\u00a0]?\(?(USD|AUD|CAD|NZD|SGD|HKD|US|Canadian|Australian)\b\)?(?!\s+(?:dollars?)?\w*\s*(?:police|officials?|authorit))"
)
_WEIGHED_AFTER = re.compile(
    r"\s+(?:of\s+(?!(?:jewel|cash|good|item|stuff|damage|stock))|heavier|lighter|and\s+\w+\s+(?:feet|foot|inches))"
)
_WEIGHED_BEFORE = re.compile(r"weigh\w*\W+(?:\w+\W+){0,3}$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_BEFORE = re.compile(r"\b(?:in|since|until|before|by|of|from)\s+$", re.IGNORECASE)
_SHORT_LETTERS = frozenset(("R", "P", "K", "N", "Re", "Sh", "Fr"))
_UPPER_OF_PAIR = re.compile(r"^.*\band[\s\u00a0]+(?=\S)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Core:
    """One amount without the words that bend it."""

    start: int
    end: int
    low: float
    high: float
    unit: str | None  # a code, a family, or None
    country: str | None  # of an adjective: "Swiss francs"


def _read_digits(words: str) -> float | None:
    """ "1,200", "35 000", "2.500.000", "1,5", "3,00,000"."""
    text = words.replace("\u00a0", " ").replace("\u202f", " ").strip()
    if re.fullmatch(r"\d{1,9}[.,]\d{1,2}|0\.\d{3}", text):
        return float(text.replace(",", "."))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?", text):
        return float(text.replace(".", "").replace(",", "."))
    try:
        return float(re.sub(r"[,\s’']", "", text))
    except ValueError:
        return None


def _read_number(words: str, language: str) -> tuple[float, float] | None:
    """Read one amount without its unit: exact (low == high) or vague."""
    patterns, lexicon = load_patterns(language), load_words(language)
    text = re.sub(r"[\s\u00a0]+", " ", words.strip().strip("-").lower())
    digits = patterns.digits.fullmatch(text)
    if digits:
        scale_words = re.findall(r"[^\W\d]+", digits["scale"] or "")
        if scale_words and re.fullmatch(r"\d{1,3}\.\d{3}", digits["digits"]):
            value: float | None = float(digits["digits"])  # "1.234 million" is a fraction; "1.234 euros" a thousand
        else:
            value = _read_digits(digits["digits"])
        for word in scale_words:
            scale = lexicon.scales.get(word)  # none for words run together: "millionmillion"
            value = None if value is None or scale is None else value * scale
        return None if value is None else (value, value)
    return _read_vague(text.removesuffix(" of"), language) or _exact(parse_number(text.replace("-", " "), language))


def _exact(value: float | None) -> tuple[float, float] | None:
    return None if value is None else (value, value)


def _read_vague(text: str, language: str) -> tuple[float, float] | None:
    """ "several million", "tens of millions", "multimillion", "millions"; "billion" alone is one."""
    lexicon = load_words(language)
    if text.startswith("multi"):
        text = "multi " + text.removeprefix("multi").lstrip("- ")
    head, _, last = text.replace("-", " ").rpartition(" ")
    factor = lexicon.scales.get(last) or lexicon.scales.get(last.removesuffix("s"))
    if factor is None:
        return None
    if not head or re.fullmatch(r"\w+s (?:and|upon|on)", head):
        plural = last.endswith("s")
        return (VAGUE_LOW * factor, VAGUE_HIGH * factor) if plural else (factor, factor)
    for vague, (low, high) in lexicon.vague.items():
        if head == vague or head.startswith(vague + " "):
            rest = head.removeprefix(vague).strip()
            inner = {"": 1.0, "tens of": 10.0, "hundred": 100.0, "hundreds of": 100.0}.get(rest)
            return None if inner is None else (low * factor * inner, high * factor * inner)
    return None


def _cores_by_sign(text: str, language: str) -> Iterator[_Core]:
    """ "$1.5 million", "Rs 3 lakh", "EUR 40m"."""
    patterns, lexicon = load_patterns(language), load_words(language)
    for scanner in (patterns.mark, patterns.letters):
        for match in scanner.finditer(text):
            sign = " ".join(match.group().split())  # "U.S. $" may be broken over two lines
            if sign[0].isalpha() and match.start() and text[match.start() - 1].isalnum():
                continue
            begin = match.end() + (text[match.end()] in " \u00a0\t\n")
            found = patterns.number.match(text, begin, begin + _RIGHT_WINDOW)
            if found is None or text[found.end() : found.end() + 1].isdigit():
                continue
            words = found.group()
            end = found.end() - (len(words) - len(words.removesuffix(" of").rstrip()))
            value = _read_number(text[begin:end], language)
            if value is None or (sign in _SHORT_LETTERS and value[0] < LEAST_DOUBTFUL):
                continue
            unit = lexicon.signs[sign]
            late = _DOLLAR_AFTER.match(text, end) if unit == "dollar" else None
            if late:  # "$1.5 million USD", "$5,000 Canadian"
                unit, end = _DOLLARS.get(late[1], late[1]), late.end()
            yield _Core(match.start(), end, *value, unit, None)


def _is_plain_word(text: str, unit: str, start: int, end: int, amount: float) -> bool:
    """Whether a unit is a plain word or a weight here: "221 pound gold coin", "two crowns", "10 pounds of gold"."""
    if unit in load_words().doubtful and amount < LEAST_DOUBTFUL:
        return True
    if unit != "pounds":
        return False
    if amount < LEAST_DOUBTFUL and _WEIGHED_AFTER.match(text, end, end + 24):
        return True
    return _WEIGHED_BEFORE.search(text[max(0, start - 40) : start]) is not None


def _cores_by_unit(text: str, folded: str, language: str) -> Iterator[_Core]:
    """ "several million euros", "35 000 €", "5 million Swiss francs", "40 million EUR"."""
    patterns, lexicon = load_patterns(language), load_words(language)
    for scanner, source in ((patterns.unit, folded), (patterns.sign, folded), (patterns.code, text)):
        for match in scanner.finditer(source):
            start, unit = match.start(), " ".join(match.group().split())
            if not start or (unit[0].isalpha() and text[start - 1].isalpha()):
                continue
            window = max(0, start - _LEFT_WINDOW)
            adjective = patterns.adjective.search(text[window:start]) if unit[0].isalpha() else None
            edge = window + adjective.start() if adjective else start
            found = patterns.number_end.search(text[window:edge])
            if found is None:
                continue
            begin, value = window + found.start(), _read_number(found.group(), language)
            upper = _UPPER_OF_PAIR.match(found.group()) if value is None else None
            if upper:  # "five and eight million" is no number, but the two ends of a range
                begin, value = begin + upper.end(), _read_number(found.group()[upper.end() :], language)
            if value is None:
                continue
            if _YEAR.fullmatch(found.group().strip()) and _YEAR_BEFORE.search(text, window, begin):
                continue
            if not adjective and _is_plain_word(text, unit, begin, match.end(), value[0]):
                continue
            country = lexicon.adjectives.get(" ".join(adjective["adjective"].lower().split())) if adjective else None
            yield _Core(begin, match.end(), *value, lexicon.units.get(unit) or lexicon.signs.get(unit), country)


def _cores_bare(text: str, folded: str, language: str, taken: list[_Core], *, strict: bool) -> Iterator[_Core]:
    """Amounts without a unit, where goods or a value word stand beside: "jewels worth millions", "29m gems raid"."""
    patterns = load_patterns(language)
    at = 0  # in the amounts taken, which are in order
    for match in patterns.scale.finditer(folded):
        short = match.group() in ("m", "bn", "mn")
        before_scale = text[match.start() - 1 : match.start()]
        if before_scale.isalpha() or (short and not before_scale.isdigit()):
            continue
        while at < len(taken) and taken[at].end <= match.start():
            at += 1
        if at < len(taken) and taken[at].start < match.end():
            continue
        window = max(0, match.end() - _LEFT_WINDOW)
        found = patterns.number_end.search(text[window : match.end()])
        if found is None or (match.group() == found.group().lower() and not match.group().endswith("s")):
            continue
        start = window + found.start()
        value = _read_number(found.group(), language)
        if value is None or value[0] < LEAST_DOUBTFUL:
            continue
        if strict:
            before = text[max(0, start - _BOUND_WINDOW) : start]
            bound = patterns.bound.search(before)
            before = before[: bound.start()] if bound else before
            if not patterns.goods_after.match(text, match.end()) and not patterns.worth_before.search(before):
                continue
        yield _Core(start, match.end(), *value, None, None)


def _find_cores(text: str, language: str, *, strict: bool = True) -> list[_Core]:
    """Amounts in order, none inside another; a sign beats a unit word beats none."""
    folded = fold(text)
    found: list[_Core] = []
    named = (*_cores_by_sign(text, language), *_cores_by_unit(text, folded, language))
    for core in sorted(named, key=lambda c: (c.start, -c.end)):
        if found and core.start < found[-1].end:
            if core.end > found[-1].end and found[-1].unit == "dollar":  # "$5 million dollars"
                last = found[-1]
                found[-1] = _Core(last.start, core.end, last.low, last.high, core.unit or last.unit, core.country)
            continue
        found.append(core)
    found.extend(_cores_bare(text, folded, language, found, strict=strict))
    return sorted(found, key=lambda c: c.start)


def _last_scale(words: str, language: str) -> float:
    """What the scales of a phrase multiply by: 1e6 for "$77 million"."""
    scales = load_words(language).scales
    scale = 1.0
    for word in re.findall(r"[^\W\d]+", words.lower()):
        scale *= scales.get(word, 1.0)
    return scale


def _stretch_left(text: str, core: _Core, language: str) -> _Core:
    """Take in the lower end of a range whose unit stands at the upper: "between 6 and 10 million euros"."""
    window = max(0, core.start - 40)
    match = load_patterns(language).first_of_range.search(text[window : core.start])
    if match is None or (match["join"].strip() == "and" and not match["between"]):
        return core
    value = _read_number(match["number"], language)
    if value is None:
        return core
    low, scale = value[0], _last_scale(text[core.start : core.end], language)
    if low < LEAST_DOUBTFUL <= scale and low * scale <= core.high:
        low *= scale
    if not core.high / 1000 <= low <= core.high:
        return core
    return _Core(window + match.start(), core.end, low, core.high, core.unit, core.country)


def _stretch_right(text: str, core: _Core, language: str) -> _Core:
    """Take in the upper end of a range whose sign stands at the lower: "$43-77 million"."""
    match = load_patterns(language).second_of_range.match(text, core.end)
    value = _read_number(match["number"], language) if match else None
    if match is None or value is None:
        return core
    low, scale = core.low, _last_scale(match["number"], language)
    if low < LEAST_DOUBTFUL <= scale and low * scale <= value[0]:
        low *= scale
    if not value[0] / 1000 <= low < value[0]:
        return core
    return _Core(core.start, match.end(), low, value[0], core.unit, core.country)


_OPENER = re.compile(r"\b(?:between|from)\s+$", re.IGNORECASE)


def _join_pair(text: str, last: _Core, core: _Core, language: str) -> _Core | None:
    """Unite "between $43 million and $77 million" into one amount; None where the two are apart."""
    gap = text[last.end : core.start]
    if len(gap) > 6 or (last.unit and core.unit and last.unit != core.unit):
        return None
    opener = _OPENER.search(text[max(0, last.start - 12) : last.start])
    if gap.strip() not in ("-", "–", "—", "to", "or") and not (gap.strip() == "and" and opener):
        return None
    low, scale = last.low, _last_scale(text[core.start : core.end], language)
    if low < LEAST_DOUBTFUL <= scale and low * scale <= core.high:
        low *= scale
    if low > core.high:
        return None
    start = last.start - (len(opener.group()) if opener else 0)
    return _Core(start, core.end, low, core.high, core.unit or last.unit, core.country or last.country)


def _join_ranges(text: str, cores: list[_Core], language: str) -> list[_Core]:
    """Make one amount of the two ends of each range."""
    out: list[_Core] = []
    for each in cores:
        core = _stretch_right(text, each, language)
        if out and core.start < out[-1].end:
            continue
        joined = _join_pair(text, out[-1], core, language) if out else None
        if joined is not None:
            out[-1] = joined
            continue
        stretched = _stretch_left(text, core, language)
        out.append(core if out and stretched.start < out[-1].end else stretched)
    return out


def _spread(text: str, core: _Core, language: str, floor: int) -> tuple[int, int]:
    """The phrase around an amount: "more than an estimated $5 million or more"."""
    patterns = load_patterns(language)
    window = max(floor, core.start - _BOUND_WINDOW)
    match = patterns.bound.search(text[window : core.start])
    start = window + match.start() if match else core.start
    after = patterns.open_after.match(text, core.end)
    return start, after.end() if after else core.end


_HEDGE = r"about|around|approximately|roughly|some|nearly|almost|over|or|at the time|then|equivalent to|more than|worth"
_BRACKET_OPEN = re.compile(rf"[(\[](?:\s*(?:{_HEDGE}|=|~|≈)){{0,2}}\s*$", re.IGNORECASE)
_BRACKET_CLOSE = re.compile(
    r"\s*(?:at (?:the time|today[’']s rates|current (?:rates|exchange)\w*)|approx\.?|each|today|then)?\s*[)\],;]",
    re.IGNORECASE,
)
_OR_BEFORE = re.compile(
    r"(?:,\s*(?:or|about|some|around)(?:\s+(?:about|around|roughly|nearly|almost|some|over))?|—\s*(?:or|about)|\s/)\s+$",
    re.IGNORECASE,
)


def _converts(text: str, core: _Core, earlier: list[_Core]) -> bool:
    """Whether an amount only says an earlier one in another currency."""
    before = text[max(0, core.start - 28) : core.start]
    others = [c for c in earlier[-NEIGHBOURS:] if core.start - c.end <= _CONVERSION_WINDOW and c.unit != core.unit]
    if not others:
        return False
    bracket = _BRACKET_OPEN.search(before)
    if bracket and _BRACKET_CLOSE.match(text, core.end):
        return "\n\n\n" not in text[others[-1].end : core.start]
    return bool(_OR_BEFORE.search(before)) and core.start - others[-1].end <= 24 and core.unit is not None


def _phrases(text: str, language: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is a conversion, of every amount in order."""
    cores = _join_ranges(text, _find_cores(text, language), language)
    kept: list[_Core] = []
    floor = 0
    for core in cores:
        start, end = _spread(text, core, language, floor)
        converted = _converts(text, _Core(start, core.end, core.low, core.high, core.unit, core.country), kept)
        if not converted:
            kept.append(core)
        floor = end
        yield start, end, converted


def find_money(text: str, language: str = "en") -> tuple[Span, ...]:
    """Find the amounts of money in a text, with the words that bend them ("more than", "an estimated").

    A conversion ("40 million euros ($53 million)", "£14m, or $20m") is left out: it says the same amount again.
    A bare amount ("jewels worth millions", "a 29m gems raid") counts where goods or a value word stand beside it.

    Returns:
        Spans of kind "money", sorted, none overlapping. Linear in the length of the text.
    """
    return tuple(
        Span(start, end, "money")
        for start, end, converted in _phrases(text, language)
        if not converted and read_money(text, start, end, language=language) is not None
    )


def is_conversion(text: str, start: int, end: int, language: str = "en") -> bool:
    """Whether the amount at ``start:end`` only repeats an earlier one in another currency."""
    window = max(0, start - _CONVERSION_WINDOW - _LEFT_WINDOW)
    piece = text[window : end + 40]
    return any(converted and window + left < end and start < window + right for left, right, converted in _phrases(piece, language))


def _currency(core: _Core, country: str | None, families: dict[str, dict[str, Any]]) -> str | None:
    if core.unit is None or core.unit not in families:
        return core.unit
    family = families[core.unit]
    chosen = family.get(core.country or "") or family.get(country or "") or family["default"]
    return None if chosen is None else str(chosen)


def _bound_kind(words: str, language: str) -> str:
    """min, over, max, under or "": what the words before an amount do to it. A bound beats "near"."""
    text = f" {' '.join(words.lower().split())} "
    bounds = load_lexicon("numbers", language)["bounds"]
    held = [(len(h), str(kind), h) for kind, heads in bounds.items() for h in heads if f" {h} " in text]
    hard = max((h for h in held if h[1] != "near"), default=None)
    if hard is None or any(kind == "near" and f" {hard[2]} " in f" {head} " for _, kind, head in held):
        return ""  # "just over" is about
    return hard[1]


def read_money(text: str, start: int, end: int, country: str | None = None, language: str = "en") -> Money | None:
    """Read the amount written at ``start:end``.

    Args:
        text: The report.
        start: Where the phrase begins, code points.
        end: Where it ends, exclusive.
        country: ISO 3166-1 alpha-2 of the outlet or place, where known: decides what "$", "kr" or "pesos" is.
        language: ISO 639-1 of the words.

    Returns:
        Low and high; "more than" leaves high None; "up to X" is X/10 to X; "around X" is X. Currency None when
        neither the words nor the country tell. None when the phrase holds no amount.
    """
    phrase = text[start:end]
    cores = _join_ranges(phrase, _find_cores(phrase, language, strict=False), language)
    if not cores:
        return None
    core = cores[0]
    currency = _currency(core, country, load_lexicon("money", language)["families"])
    low, high = core.low, core.high
    if low != high and not re.match(r"\s*(?:up to|as much as|at most)\b", phrase, re.IGNORECASE):
        return Money(low, high, currency)
    if load_patterns(language).open_after.match(phrase, core.end):
        return Money(low, None, currency)
    kind = _bound_kind(phrase[: core.start], language)
    if kind in ("min", "over"):
        return Money(low, None, currency)
    if kind in ("max", "under"):
        return Money(high * UP_TO_SHARE, high, currency)
    return Money(low, high, currency)
