"""Where a sentence turns, midway, to another incident."""

from __future__ import annotations

import pytest

from newsblotter.extract.sentences import split_sentences
from newsblotter.extract.turns import find_turns
from newsblotter.fields.time import find_times

TURNS = [
    ("It came two weeks after a bomber killed nine people in Sheffield.", ["two weeks after"]),
    ("The theft is the biggest since 1985, when gunmen stole nine paintings in Rouen.", ["since 1985"]),
    ("He robbed a bank in Lima on May 14 and the First Citizens bank in Findlay on June 2.", ["and the First"]),
    (
        "He robbed a kiosk in Leven on 3 January, a chemist's in Methil on 17 January and a baker's in Buckhaven on 2 February.",
        [", a chemist", "and a baker"],
    ),
    ("In 2010 thieves stole a ring, and in 2008 a necklace went missing.", [", and in 2008"]),
    ("The shop was robbed in 2009, when a man took rings, and again in March 2012.", [", and again"]),
    ("The shop was robbed in 2007 and again in 2008.", []),
    ("He robbed a bank on May 14 and was arrested in Findlay on June 2.", []),
    ("He died two weeks after the attack.", []),
    ("The bank has been closed since 1985.", []),
    ("They were jailed on Monday for kidnapping Otto Larr, the son of a brewer, in Lima in January 2008.", []),
    ("He robbed a kiosk in Leven on 3 May at noon, a baker's in Methil on 4 May.", [", a baker"]),
    ("A boy was hurt in a stabbing in Leith Walk on Sunday, a day after a man was killed outside a pub.", ["a day after"]),
    ("Robbers took $40,000 from a bank in Lima on Friday, three weeks after masked thieves robbed a jeweller.", ["three weeks"]),
    ("Two men were arrested on Sunday, a day after a man was killed outside a pub.", []),  # the arrest is of that killing
    ("A man died on Sunday, two days after he was shot outside a bar.", []),
    ("No date stands here.", []),
]


@pytest.mark.parametrize(("text", "expected"), TURNS, ids=[case[0] for case in TURNS])
def test_turns(text: str, expected: list[str]) -> None:
    found = find_turns(text, tuple(split_sentences(text)), find_times(text))
    assert [text[at:].lstrip().startswith(words.lstrip()) for at, words in zip(found, expected, strict=True)] == [True] * len(
        expected
    )
