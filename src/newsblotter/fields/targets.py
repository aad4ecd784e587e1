"""The premises, firm, object or person robbed or attacked: from the words of a report to a plain name."""

from __future__ import annotations

import re
from functools import lru_cache

from newsblotter.lexicon import load_lexicon

LONGEST = 60  # characters; a longer phrase is no name

_LEAD = re.compile(r"^(?:[\s\"“”'‘’(\[]+|(?:the|a|an|its|his|her|their|our|this|that)\s+)+", re.IGNORECASE)
_TAIL = re.compile(r"(?:[\s\"“”'‘’)\].,;:!?]+|[’']s?)+$")
_COMPANY = re.compile(
    r"[\s,]+(?:ltd|limited|inc|incorporated|llc|plc|gmbh|s\.?p\.?a|s\.?a|co|corp|company|pty|pvt)\.?$", re.IGNORECASE
)
_ONLY_LETTERS = re.compile(r"[\W_]+")


@lru_cache(maxsize=1)
def _generic() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    words = load_lexicon("targets")
    shed = "|".join(sorted(words["shed"], key=lambda w: (-len(w), w)))
    plain = [w for w in words["descriptors"] if w.islower()]
    lead = "|".join(sorted(plain, key=lambda w: (-len(w), w)))
    aliases = {fold_name(alias): name for name, others in load_lexicon("brands")["aliases"].items() for alias in others}
    return (
        re.compile(rf"\s+(?:(?:{lead})\s+)*(?:{shed})$", re.IGNORECASE),
        re.compile(rf"^(?-i:(?:{lead})\s+)+(?=\S)"),
        aliases,
    )


def fold_name(name: str) -> str:
    """Letters and digits only, lower case: what two spellings of a name share."""
    return _ONLY_LETTERS.sub("", name.lower())


def read_target(text: str, start: int, end: int) -> str | None:
    """Read the name of what was robbed or attacked: "the Harry Winston store" → "Harry Winston".

    Articles, possessive endings, "Ltd" and a plain noun behind the name ("store", "boutique") are shed while at least
    four letters stay: "L & Z Jewelry" and "British Museum" keep their nouns. A generic phrase ("jewelry store",
    "prison van") is its own name.

    Returns:
        The name, or None for an empty or overlong phrase.
    """
    shed, lead, aliases = _generic()
    phrase = re.sub(r"\s+", " ", text[start:end])
    name = _TAIL.sub("", _LEAD.sub("", phrase))
    for pattern in (_COMPANY, shed):
        shorter = _TAIL.sub("", pattern.sub("", name))
        if len(fold_name(shorter)) >= 4 and any(c.isupper() for c in shorter):
            name = shorter
    trimmed = lead.sub("", name)
    if any(c.isupper() for c in trimmed):
        name = trimmed
    name = aliases.get(fold_name(name), name)
    return name if name and len(name) <= LONGEST else None
