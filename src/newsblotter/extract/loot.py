"""What was stolen and what was found again, in money. Ransom, reward, bail, damage, prices and turnover are told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.lexicon import load_lexicon
from newsblotter.records import Span

# Scores add up from what stands around an amount. Chosen on heists look (English), at the level of the report.
BASE = 0.3
STOLEN_BEFORE = 0.25
STOLEN_AFTER = 0.2
GONE_AFTER = 0.2
IN_TRIGGER = 0.1  # in the sentence that evokes the scene
IN_TITLE = -0.25  # headlines round, and speak of several things
FADE = 0.015  # lost with each further sentence
FADE_MAX = 0.15

PART = 0.45  # one thing of the haul
JOINT = 0.35  # the sum of several incidents
DOUBTED = 0.6
ELSEWHERE = 0.5  # a sentence that turns to an earlier incident, in a scene that it does not evoke
INSURED = 0.5
WITHOUT_CURRENCY = 0.7
FENCED = 0.4  # what a fence pays, what the scrap is worth
FACE = 0.6  # what stands on a coin
SMALLER = 0.7  # the lesser of two sums that are listed side by side
TOTAL = 1.15  # "in all"
VAGUE = 0.85  # "millions": true, and soon outdone by a figure
LEAST = 0.2  # below it nothing is claimed
BEST = 0.95

_BEFORE = 110  # characters looked at before an amount
_AFTER = 90
_TOLD = 300  # characters either side that count as the sentence; a longer one is a list
_STEALING = frozenset(("robbery", "burglary", "theft", "fraud", "attack", "kidnapping", "other_crime"))
_CURRENCY = re.compile(
    r"[$£€¥₹₽₩₺₪₦₱฿₫₴]|dollar|euro|pound|franc|rupee|peso|yen|yuan|kron|crown|lir[ae]|\b(?:USD|EUR|GBP|CHF|kr|AUD|CAD)\b|\bRs|rand\b|"
    r"dirham|dinar|riyal|rouble|ruble|zlot|shilling|won\b|baht|ringgit|naira|[A-Z]{3}",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"\b(?:several|a few|millions|thousands|billions|multi|tens|hundreds)", re.IGNORECASE)
_THEFT_DAMAGE = re.compile(
    r"\b(?:building|property|premises|shop ?front|store ?front|facade|doors?|windows?|shutters?|fire|vehicle|car|structural|"
    r"repair\w*|flood|water|smoke)\b",
    re.IGNORECASE,
)
_REAL_DAMAGE = re.compile(r"\b(?:caus\w+|did|do(?:es|ing)?|inflict\w+)\W*$", re.IGNORECASE)  # "did €80,000 worth of damage"
_LESS = re.compile(r"(?:over|under|above|below|less than|more than|exceeding)\b", re.IGNORECASE)
_EQUIVALENT = re.compile(r"(?:the )?equivalent\b", re.IGNORECASE)
_SIZE = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?-?(thousand|k|lakhs?|million|mn?|mln|crores?|billion|bn)?\b", re.IGNORECASE)
_SCALE = {"t": 1e3, "k": 1e3, "l": 1e5, "m": 1e6, "c": 1e7, "b": 1e9}
_AND = re.compile(r"[\s,]*(?:and|or|to|plus|[(\[])?\s*(?:then|a|an|also)?\s*", re.IGNORECASE)
_CONVERSION = re.compile(r"^\s*[(\[][^()\[\]]{1,40}[)\]]")  # "($1.6 million)", which says the amount again


@dataclass(frozen=True, slots=True)
class _Cues:
    """The compiled cues; before-cues end at the amount, after-cues begin there."""

    single: Mapping[str, re.Pattern[str]]
    other_before: Mapping[str, re.Pattern[str]]
    other_after: Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=1)
def _load_cues() -> _Cues:
    words = load_lexicon("loot")
    flags = re.IGNORECASE
    single = {name: re.compile(source, flags) for name, source in words.items() if isinstance(source, str)}
    before = {name: re.compile(source, flags) for name, source in words["other_before"].items()}
    after = {name: re.compile(source, flags) for name, source in words["other_after"].items()}
    return _Cues(single, before, after)


def _other_kind(before: str, after: str, cues: _Cues) -> str | None:
    """What an amount is, if it is not stolen money: ransom, reward, bail, fine, business, insured, damage."""
    for kind, pattern in cues.other_after.items():
        if pattern.search(after):
            return kind
    for kind, pattern in cues.other_before.items():
        if pattern.search(before):
            return kind
    return None


def _is_recovered(before: str, after: str, cues: _Cues) -> bool:
    single = cues.single
    if single["of_the_whole"].search(before) or single["taken_by_thieves"].search(before):
        return False
    found = single["recovered_before"].search(before)
    if found and not single["not_recovered"].search(before, max(0, found.start() - 16)):
        return True
    late = single["recovered_after"].search(after)
    return bool(late and not single["not_recovered"].search(after, 0, late.end()))


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount in its sentence."""

    words: str
    before: str  # of the sentence
    near: str  # of the sentence, no further back than the amount before it, unless the two are listed together
    after: str
    told: str
    follows: bool  # another amount of the sentence


def _place(document: Document, sentence: Sentence, span: Span, spans: tuple[Span, ...]) -> _Amount:
    text = document.report.text
    start = max(sentence.start, span.start - _BEFORE)
    floor = max((s.end for s in spans if s.end <= span.start and not _AND.fullmatch(text, s.end, span.start)), default=start)
    return _Amount(
        words=text[span.start : span.end],
        before=text[start : span.start],
        near=text[max(start, floor) : span.start],
        after=_CONVERSION.sub("", text[span.end : min(sentence.end, span.end + _AFTER)]),
        told=text[max(sentence.start, span.start - _TOLD) : min(sentence.end, span.end + _TOLD)],
        follows=any(start <= s.end <= span.start for s in spans),
    )


def _is_other(amount: _Amount, scene: Scene, cues: _Cues) -> bool:
    """Whether an amount is no theft's: ransom, reward, damage, a price, a debt, what was left behind."""
    if amount.follows and _EQUIVALENT.match(amount.words):
        return True  # "£2.6m, the equivalent of £50m today"
    kind = _other_kind(amount.near, amount.after, cues)
    if kind == "damage" and scene.type in _STEALING:
        # Of goods taken: the French "préjudice" comes out as "damage".
        return bool(_THEFT_DAMAGE.search(amount.told) or _REAL_DAMAGE.search(amount.before))
    if kind == "threshold":
        return _LESS.match(amount.words) is not None
    if kind is not None and kind != "insured":
        return True
    return any(cues.single[name].search(amount.told) for name in ("empty_handed", "crime_wave"))


def _size(words: str) -> float:
    """How much, roughly; 0 where the words hold no figure."""
    found = _SIZE.search(words)
    return float(found[1].replace(",", "")) * _SCALE.get((found[2] or " ")[0].lower(), 1.0) if found else 0.0


def _is_lesser(document: Document, span: Span, spans: tuple[Span, ...], cues: _Cues) -> bool:
    """Whether a greater amount is listed beside this one: "$10,000 in cash and jewels worth $2.5 million"."""
    text = document.report.text
    size = _size(text[span.start : span.end])
    for other in spans:
        gap = text[min(span.end, other.end) : max(span.start, other.start)]
        listed = cues.single["listed"].match(gap) and not cues.single["unlisted"].search(gap)
        if listed and size < _size(text[other.start : other.end]):
            return True
    return False


def _lessen(amount: _Amount, score: float, cues: _Cues) -> float:
    """The score after what makes an amount doubtful, or no more than a part."""
    single, before, after = cues.single, amount.before, amount.after
    score *= 1.0 if _CURRENCY.search(amount.words) else WITHOUT_CURRENCY
    score *= VAGUE if _VAGUE.search(amount.words) else 1.0
    score *= DOUBTED if single["doubted"].search(before) else 1.0
    score *= INSURED if _other_kind(amount.near, after, cues) == "insured" else 1.0
    score *= FENCED if single["fence"].search(amount.near) else FACE if single["face_value"].search(amount.near) else 1.0
    score *= TOTAL if single["in_all"].search(before) else 1.0
    if single["part_before"].search(before) or single["part_after"].search(after) or single["included_after"].search(after):
        score *= PART
    if single["earlier_before"].search(amount.near) or single["earlier_after"].search(after):
        score *= ELSEWHERE
    return score * (JOINT if single["joint"].search(amount.told) else 1.0)


def _weigh(document: Document, scene: Scene, sentence: Sentence, span: Span, order: int) -> tuple[str, float]:
    """The field that an amount belongs to and how sure that is; ("", 0) for neither."""
    cues = _load_cues()
    single = cues.single
    spans = document.spans_in("money", sentence.start, sentence.end)
    amount = _place(document, sentence, span, spans)
    before, after = amount.before, amount.after
    if _is_other(amount, scene, cues):
        return "", 0.0
    score = BASE + (STOLEN_BEFORE if single["stolen_before"].search(before) else 0.0)
    score += STOLEN_AFTER if single["stolen_after"].search(after) else 0.0
    score += GONE_AFTER if single["gone_after"].search(after) else 0.0
    if scene.type not in _STEALING and score < BASE + STOLEN_BEFORE:
        return "", 0.0
    title = document.is_title(sentence)
    score += IN_TITLE if title else IN_TRIGGER if sentence.start <= scene.trigger[0] < sentence.end else 0.0
    score -= min(FADE_MAX, FADE * order)
    score = _lessen(amount, score, cues)
    if len(spans) > 1 and _is_lesser(document, span, spans, cues):
        score *= SMALLER
    evoked = sentence.start <= scene.trigger[0] < sentence.end or scene.anchor is not None
    if not evoked and scene.is_main() and single["elsewhere"].search(amount.told):
        score *= ELSEWHERE
    if not _is_recovered(before, after, cues):
        return "loot", min(score, BEST)
    return ("", 0.0) if single["drugs"].search(amount.near) else ("recovered", min(score, BEST))


def _nearest(spans: tuple[Span, ...], scene: Scene, sentence: Sentence) -> tuple[Span, ...]:
    """Where one sentence dates several incidents, the amount that goes with this scene's date."""
    anchor = scene.anchor
    if anchor is None or len(spans) < 2 or not sentence.start <= anchor[0] < sentence.end:
        return spans
    return (min(spans, key=lambda span: (max(span.start - anchor[1], anchor[0] - span.end), span.start)),)


def claim_loot(document: Document, scene: Scene) -> Iterable[Draft]:
    """Claim what was stolen ("loot") and what was found again ("recovered"), in the words that give the amount.

    A sum over several incidents, a part of the haul and a doubted figure score low; money of another kind (ransom,
    reward, bail, fine, damage, turnover, the price of a house) is not claimed.
    """
    for order, index in enumerate(scene.sentences):
        sentence = document.sentences[index]
        spans = document.spans_in("money", sentence.start, sentence.end)
        for span in _nearest(spans, scene, sentence):
            field, score = _weigh(document, scene, sentence, span, order)
            if field and score >= LEAST:
                yield Draft(field, span.start, span.end, round(score, 3))
