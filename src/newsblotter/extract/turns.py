"""Find where a sentence turns, midway, to another incident, so that each part can be read for itself.

It came | two weeks after a bomber killed 19 people in Sheffield.
A boy was hurt in a stabbing on Sunday, | a day after a man was killed in Leith.
He robbed a bank in Lima on May 14 | and the First Citizens bank in Findlay on June 2.
In 2010 thieves stole a ring, | and in 2008 a necklace went missing.
The theft is the biggest | since 1985, when gunmen stole nine paintings in Rouen.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from newsblotter.records import Span

HEAD_MAX = 30  # characters before the date of a sentence that opens with its date
ITEM_TAIL = 15  # characters of an item behind its date, where only a comma parts it from the next: "on 3 May at noon, a bank …"
LISTED_MAX = 110  # characters of one item of a list ("a chemist's in Methil on 17 January")

_HEAD = re.compile(
    r"[-•*–—\s]*(?:(?:And|But|Then|Also|Back|Earlier|Later),? )?(?:(?:[Ii]n|[Oo]n|[Ll]ate in|[Ee]arly in|[Dd]uring) )?"
)
_SINCE = re.compile(r"\bsince (?:the |early |late )?$")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_WHEN = re.compile(r",? when\b")
_COMES = re.compile(
    r"(?:It|This|That|The|[A-Z][\w-]+['’]s?)(?: [\w'’-]+){0,4} (?:comes?|came|follow(?:s|ed)|happened|occurred|took place)\b"
)
_AFTER = re.compile(r"\bafter$", re.I)
# Somebody new comes on: "after a man was shot", not "after he was shot".
_SOMEBODY = re.compile(
    r" (?:(?:an?|another|two|three|four|five|six|several|some|at least|more than|\d+)\b(?! (?:similar|second)\b)"
    r"|(?:[a-z]+ ){0,2}(?:thieves|robbers|gunmen|burglars|raiders|bandits|militants|attackers|assailants)\b)"
)
_HARM = re.compile(
    r"\b(?:injur\w+|wound\w+|hurt|kill\w+|died|dead|shot|shoot\w+|stabb\w+|knif\w+|attack\w*|robb\w+|raid\w*|heists?|burgl\w+"
    r"|stole|stolen|thefts?|explosions?|blasts?|bomb\w*|crash\w*|fires?|blaze|kidnapp\w+|abduct\w+|assault\w*)\b",
    re.IGNORECASE,
)
_AND_DATED = re.compile(r"(?:[,;—–]\s?|\s)(?:(?:and|while|but|then) )?(?:again )?(?:[Ii]n|[Oo]n) (?:the )?$")
_PARTED = re.compile(r"[,;—–]|\b(?:and|while|but|then)\b")
_AGAIN = re.compile(r"(?:,\s?|\s)(?:and |then )+(?:once )?again (?:[Ii]n|[Oo]n) $")
_DATED_LAST = re.compile(r"\b(?:in|on) $")
_NEXT_ITEM = re.compile(r"(?:;|, and|,| and) (?=(?:an?|the|another|one|two|three) |[A-Z])")
_PLACED = re.compile(r"\b(?:in|at|near|from|of) (?:the )?[A-Z]")
_VERB = re.compile(r"\b(?:was|were|is|are|has|had|have|said|told|will|would|he|she|they|it|who|which)\b|\b[a-z]{3,}ed\b")


def find_turns(text: str, bounds: Sequence[tuple[int, int]], times: Sequence[Span]) -> tuple[int, ...]:
    """The offsets at which sentences turn to another incident, ascending.

    Args:
        bounds: The sentences of the text, half-open, ascending.
        times: The phrases of time found in it, ascending.
    """
    starts = [span.start for span in times]
    found: set[int] = set()
    for start, end in bounds:
        inside = times[bisect_left(starts, start) : bisect_left(starts, end)]
        if inside:
            found.update(_turns_of(text, start, end, inside))
    return tuple(sorted(found))


def _turns_of(text: str, start: int, end: int, times: Sequence[Span]) -> Iterator[int]:
    first = times[0]
    comes = _COMES.match(text, start, end) is not None
    led = first.start - start <= HEAD_MAX and _HEAD.fullmatch(text, start, first.start) is not None
    for at, span in enumerate(times):
        since = _SINCE.search(text, start, span.start)
        if (
            since is not None
            and since.start() > start
            and _YEAR.search(text, span.start, span.end)
            and _WHEN.match(text, span.end, end)
        ):
            yield since.start()
        if span.start > start and _AFTER.search(text, span.start, span.end):
            other = _SOMEBODY.match(text, span.end, end) is not None and _HARM.search(text, start, span.start) is not None
            if comes or other:
                yield span.start
        if at == 0:
            continue
        again = _AGAIN.search(text, first.end, span.start)
        dated = _AND_DATED.search(text, first.end, span.start) if led else None
        if again is not None:
            if text[times[at - 1].end : again.start()].strip(
                " ,"
            ):  # "in 2007 and again in 2008" is a list of dates, and stays whole
                yield again.start()
        elif dated is not None and _PARTED.search(dated.group()):
            yield dated.start()
        else:
            item = _find_item(text, times[at - 1], span, start)
            if item is not None:
                yield item


def _find_item(text: str, before: Span, span: Span, start: int) -> int | None:
    """Where the item of a list begins whose date is ``span``, if the item before it has its own."""
    if not (_DATED_LAST.search(text, start, before.start) and _DATED_LAST.search(text, before.end, span.start)):
        return None
    joints = [
        joint
        for joint in _NEXT_ITEM.finditer(text, before.end, span.start)
        if joint.group() != ", " or joint.start() - before.end <= ITEM_TAIL  # "of Larrondo, the son of a brewer, in March"
    ]
    if not joints:
        return None
    last = joints[-1]
    words = text[last.end() : span.start]
    if len(words) > LISTED_MAX or _VERB.search(words) or not _PLACED.search(words):
        return None
    return last.start()
