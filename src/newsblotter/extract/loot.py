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
VAGUE = 0.85  # "millions": true, and soon outdone by a figure
LEAST = 0.2  # below it nothing is claimed
BEST = 0.95

_BEFORE = 110  # characters looked at before an amount
_AFTER = 90
_TOLD = 300  # characters either side that count as the sentence; a longer one is a list
_STEALING = frozenset(("robbery", "burglary", "theft", "fraud", "attack", "kidnapping", "other_crime"))
_CURRENCY = re.compile(
    r"[$£€¥₹₽₩₺₪₦₱฿₫₴]|dollar|euro|pound|franc|rupee|peso|yen|yuan|kron|crown|lir[ae]|\b(?:USD|EUR|GBP|CHF|Rs|kr|AUD|CAD)\b|rand\b|"
    r"dirham|dinar|riyal|rouble|ruble|zlot|shilling|won\b|baht|ringgit|naira|[A-Z]{3}",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"\b(?:several|a few|millions|thousands|billions|multi|tens|hundreds)", re.IGNORECASE)
_THEFT_DAMAGE = re.compile(
    r"\b(?:building|property|premises|shop ?front|store ?front|facade|doors?|windows?|shutters?|fire|vehicle|car|structural|"
    r"repair\w*|flood|water|smoke)\b",
    re.IGNORECASE,
)
_CONVERSION = re.compile(r"^\s*[(\[][^()\[\]]{1,40}[)\]]")  # "($1.6 million)", which says the amount again
_SPEAKERS = (
    ("police", re.compile(r"\b(?:police|officers?|detectives?|investigators?|sheriff|commander|cmdr)\b", re.IGNORECASE)),
    ("prosecutor", re.compile(r"\bprosecut(?:or|ors|ion|or.s)\b", re.IGNORECASE)),
    ("court", re.compile(r"\b(?:court|judge|charges|indictment)\b", re.IGNORECASE)),
)
_SAID = re.compile(r"\b(?:said|says|say|told|according to|put|puts|estimate[ds]?|reported|spoke of|think|believe)\b", re.IGNORECASE)


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
    found = single["recovered_before"].search(before)
    if found and not single["not_recovered"].search(before, max(0, found.start() - 16)):
        return True
    late = single["recovered_after"].search(after)
    return bool(late and not single["not_recovered"].search(after, 0, late.end()))


def _weigh(document: Document, scene: Scene, sentence: Sentence, span: Span, order: int) -> tuple[str, float]:
    """The field that an amount belongs to and how sure that is; ("", 0) for neither."""
    cues = _load_cues()
    single = cues.single
    text = document.report.text
    before = text[max(sentence.start, span.start - _BEFORE) : span.start]
    after = _CONVERSION.sub("", text[span.end : min(sentence.end, span.end + _AFTER)])
    words = text[span.start : span.end]
    told = text[max(sentence.start, span.start - _TOLD) : min(sentence.end, span.end + _TOLD)]
    kind = _other_kind(before, after, cues)
    if kind == "damage" and scene.type in _STEALING and not _THEFT_DAMAGE.search(told):
        kind = None  # of goods taken: the French "préjudice" comes out as "damage"
    if kind is not None and kind != "insured":
        return "", 0.0
    score = BASE + (STOLEN_BEFORE if single["stolen_before"].search(before) else 0.0)
    score += STOLEN_AFTER if single["stolen_after"].search(after) else 0.0
    score += GONE_AFTER if single["gone_after"].search(after) else 0.0
    if scene.type not in _STEALING and score < BASE + STOLEN_BEFORE:
        return "", 0.0
    title = document.is_title(sentence)
    score += IN_TITLE if title else IN_TRIGGER if sentence.start <= scene.trigger[0] < sentence.end else 0.0
    score -= min(FADE_MAX, FADE * order)
    score *= 1.0 if _CURRENCY.search(words) else WITHOUT_CURRENCY
    score *= VAGUE if _VAGUE.search(words) else 1.0
    score *= DOUBTED if single["doubted"].search(before) else 1.0
    score *= INSURED if kind == "insured" else 1.0
    if single["part_before"].search(before) or single["part_after"].search(after) or single["included_after"].search(after):
        score *= PART
    if single["earlier_before"].search(before):
        score *= ELSEWHERE
    if single["joint"].search(told):
        score *= JOINT
    evoked = sentence.start <= scene.trigger[0] < sentence.end or scene.anchor is not None
    if not evoked and scene.is_main() and single["elsewhere"].search(told):
        score *= ELSEWHERE
    return ("recovered" if _is_recovered(before, after, cues) else "loot"), min(score, BEST)


def _speaker(sentence: Sentence) -> str | None:
    """Who gives the figure, by office; None: the report itself."""
    if not _SAID.search(sentence.text):
        return None
    return next((name for name, pattern in _SPEAKERS if pattern.search(sentence.text)), None)


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
    speakers: dict[int, str | None] = {}
    for order, index in enumerate(scene.sentences):
        sentence = document.sentences[index]
        spans = document.spans_in("money", sentence.start, sentence.end)
        for span in _nearest(spans, scene, sentence):
            field, score = _weigh(document, scene, sentence, span, order)
            if field and score >= LEAST:
                if index not in speakers:
                    speakers[index] = _speaker(sentence)
                yield Draft(field, span.start, span.end, round(score, 3), speakers[index])
