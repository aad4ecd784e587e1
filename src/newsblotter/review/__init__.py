"""A person's word and the life of an incident: judgements, corrections, permanent ids, what was known when.

journal → Words + Ids → judged links, named incidents, corrected values
"""

from newsblotter.review.deriving import Derived, Past, Settled, derive, group_mentions, recall
from newsblotter.review.judging import Lost, judge_links
from newsblotter.review.ledger import Corrected, Ids, Judged, Side, Word, read_ids, read_words

__all__ = [
    "Corrected",
    "Derived",
    "Ids",
    "Judged",
    "Lost",
    "Past",
    "Settled",
    "Side",
    "Word",
    "derive",
    "group_mentions",
    "judge_links",
    "read_ids",
    "read_words",
    "recall",
]
