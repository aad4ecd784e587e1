"""Who says so: the police, a prosecutor, a witness, another outlet."""

from __future__ import annotations

import re
from functools import lru_cache

from newsblotter.extract.document import Document
from newsblotter.lexicon import load_lexicon

_SAYING = re.compile(
    r"said|says?\b|told|accord|confirm|report|believe|think|added|court|indict|complaint|judge|alleg|estimat|quot|\bput\b",
    re.IGNORECASE,
)
_LONGEST = 600  # characters; a longer sentence is a list or a page's furniture


@lru_cache(maxsize=4)
def _load_speakers(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    words = load_lexicon("attribution", language)
    return tuple((who, re.compile(rf"\b(?:{'|'.join(patterns)})", re.IGNORECASE)) for who, patterns in words.items())


@lru_cache(maxsize=512)
def _speaker_of(sentence: str, language: str) -> str | None:
    if len(sentence) > _LONGEST or _SAYING.search(sentence) is None:
        return None
    return next((who for who, pattern in _load_speakers(language) if pattern.search(sentence)), None)


def find_speaker(document: Document, offset: int, language: str = "en") -> str | None:
    """Name whom the sentence at an offset gives as its source, None where it speaks for itself.

    Returns:
        police, prosecutor, court, witness, company, official or another outlet.
    """
    sentence = document.sentence_at(offset)
    return None if sentence is None else _speaker_of(sentence.text, language)
