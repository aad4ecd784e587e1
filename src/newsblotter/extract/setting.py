"""When and where: offer the phrases of a scene that may date and place it. The fields stage reads them and the best stays."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsblotter.extract.document import Document, Draft, Scene, Sentence
from newsblotter.records import Span

# How well a phrase's place in the report speaks for it. Chosen on a sample of gunviolence train.
IN_TRIGGER = 0.8  # in a sentence that evokes the incident
IN_TITLE = 0.6
IN_LEAD = 0.6
IN_BODY = 0.4
LEAD_SENTENCES = 3
IN_CONTEXT = 0.3  # in the headline of a round-up, which dates and places all its items
FADE = 0.03  # lost with each further sentence of the body
OFFERED_MAX = 12  # phrases a field; more are the report's furniture
DATELINE_SCORE = 0.2  # an embedded post's dateline dates an incident that nothing else dates

_CLOCK = re.compile(
    r"\d\s*(?::\s*\d\d|[ap]\.?\s?m\b)|\bo[’']clock\b|\bnoon\b|\bmidnight\b|\b\d{4} hours\b|\b\d{3,4}h\b", re.IGNORECASE
)


def _weigh(document: Document, scene: Scene, sentence: Sentence, order: int) -> float:
    if sentence.start <= scene.trigger[0] < sentence.end:
        return IN_TRIGGER
    if document.is_title(sentence):
        return IN_TITLE
    if order < LEAD_SENTENCES:
        return IN_LEAD
    return max(0.1, IN_BODY - FADE * order)


def _offer(document: Document, scene: Scene, kind: str) -> list[tuple[Span, float]]:
    offers: list[tuple[Span, float]] = []
    order = 0
    for index in scene.sentences:
        sentence = document.sentences[index]
        weight = _weigh(document, scene, sentence, order)
        order += not document.is_title(sentence)
        offers.extend((span, weight) for span in document.spans_in(kind, sentence.start, sentence.end))
    for index in scene.context:
        sentence = document.sentences[index]
        offers.extend((span, IN_CONTEXT) for span in document.spans_in(kind, sentence.start, sentence.end))
    return offers


def claim_date(document: Document, scene: Scene) -> Iterable[Draft]:
    """Offer the phrases that may date the scene."""
    if scene.anchor is not None:
        yield Draft("date", scene.anchor[0], scene.anchor[1], 0.95, value=scene.when)
        return
    offers = _offer(document, scene, "time")
    if not offers and scene.is_main():
        offers = [
            (span, IN_CONTEXT)
            for line in document.sentences
            if line.readable
            for span in document.spans_in("time", line.start, line.end)
        ]
    for span, weight in sorted(offers, key=lambda offer: (-offer[1], offer[0].start))[:OFFERED_MAX]:
        yield Draft("date", span.start, span.end, weight)
        if _CLOCK.search(document.report.text, span.start, span.end):
            yield Draft("time", span.start, span.end, weight)
    if scene.is_main():
        for span in document.spans.get("dateline", ()):
            yield Draft("date", span.start, span.end, DATELINE_SCORE)


def claim_place(document: Document, scene: Scene) -> Iterable[Draft]:
    """Offer the places and addresses that the scene names."""
    for kind in ("place", "address"):
        offers = _offer(document, scene, kind)
        for span, weight in sorted(offers, key=lambda offer: (-offer[1], offer[0].start))[:OFFERED_MAX]:
            yield Draft(kind, span.start, span.end, weight)
