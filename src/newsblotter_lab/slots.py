"""Score who fills which part of an incident, as the sets that label it do: MUC-4 by CEAF-REE, the Gun Violence Database by slot.

A system is a function from a text to the words that fill each role, ``Predict``; what they are called is the set's own.
"""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from newsblotter_lab.gold import gvdb_part, read_lines

Spans: TypeAlias = Mapping[str, Sequence[tuple[int, int]]]  # role → offsets, half-open
Predict: TypeAlias = Callable[[str], Spans]  # of a text
Entities: TypeAlias = Mapping[str, Sequence[Sequence[str]]]  # role → entities, each the strings that name it
Fits: TypeAlias = Callable[[Sequence[str], Sequence[str]], bool]  # gold entity, predicted entity

MUC_ROLES = ("PerpInd", "PerpOrg", "Target", "Victim", "Weapon")
# The slots of the Gun Violence Database that name a thing a record holds; race and number of shots have no place in one.
_GVDB_CELLS: Mapping[str, tuple[str, str]] = {
    "SHO-NAME": ("shooter-section", "name"),
    "SHO-AGE": ("shooter-section", "age"),
    "VIC-NAME": ("victim-section", "name"),
    "VIC-AGE": ("victim-section", "age"),
    "DAT-CITY": ("date-and-time", "city"),
    "DAT-LOC": ("date-and-time", "details"),
    "DAT-CLOCK": ("date-and-time", "clock-time"),
    "CIR-WEAPON": ("circumstances", "type-of-gun"),
}
GVDB_ROLES = tuple(_GVDB_CELLS)
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text with what fills the roles of its incidents."""

    id: str
    text: str
    gold: Entities


@dataclass(frozen=True, slots=True)
class Score:
    """Hits among those said and among those wanted."""

    hits: int
    said: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.hits / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        return self.hits / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hits / (self.said + self.wanted) if self.said + self.wanted else 0.0


# --- readers --------------------------------------------------------------------------------------------------------


def read_muc(folder: Path, part: str) -> list[Labelled]:
    """MUC-3/4 reports as they were printed, with the entities of the five roles.

    Args:
        folder: The folder of labelled data.
        part: "train" or "dev".
    """
    texts = {row["docid"]: row["text"] for row in read_lines(folder / f"data/muc34/doc_{part}")}
    documents = []
    for row in read_lines(folder / f"data/muc34/{part}.json"):
        gold = {role: [[words for words, _ in entity] for entity in row["extracts"][role] if entity] for role in MUC_ROLES}
        documents.append(Labelled(row["docid"], texts.get(row["docid"], row["doctext"]), gold))
    return documents


def read_gvdb(folder: Path, part: str) -> list[Labelled]:
    """Reports of the Gun Violence Database with the words that annotators marked for each slot.

    The set's JSON numbers its documents otherwise than its table does; the table's article ids share them out, so that none that
    was trained on is scored.

    Args:
        folder: The folder of labelled data.
        part: "train" or "test", as ``gvdb_part`` shares out article ids.
    """
    documents = []
    for line in (folder / "data/gvdb/dev.tsv").read_text("utf-8").split("\n")[1:]:
        cells = line.split("\t")
        if len(cells) > 4 and gvdb_part(cells[0]) == part:
            documents.append(Labelled(cells[0], cells[3], _gvdb_gold(json.loads(cells[4]))))
    return documents


def _gvdb_gold(told: Mapping[str, Any]) -> Entities:
    """Slot → the strings marked for it, one for each victim or shooter."""
    gold: dict[str, list[list[str]]] = {}
    for role, (section, name) in _GVDB_CELLS.items():
        parts = told.get(section) or {}
        values = [one[name]["value"] for one in (parts if isinstance(parts, list) else [parts]) if name in one]
        gold[role] = [[value] for value in values if value.strip()]
    return gold


# --- scores ---------------------------------------------------------------------------------------------------------


def normalise(words: str) -> str:
    """Words without capitals, punctuation, articles and double spaces."""
    return " ".join(_ARTICLES.sub(" ", words.lower().translate(_PUNCTUATION)).split())


def score_ceaf_ree(gold: Mapping[str, Entities], predicted: Mapping[str, Entities]) -> dict[str, Score]:
    """CEAF-REE: entities aligned one to one so that most fit, an entity fitting if all its strings name the gold one.

    Source: Du, Rush and Cardie, GRIT: Generative Role-filler Transformers for Document-level Event Entity Extraction, 2021,
    section 3; strings are compared as its published scorer does.

    Args:
        gold: Document id → role → entities, each the strings that name it.
        predicted: The same; documents and roles that are missing have none.

    Returns:
        Role → score, and "micro" over all roles.
    """
    return _score(gold, predicted, lambda wanted, said: all(words in wanted for words in said))


def score_gvdb_slots(gold: Mapping[str, Entities], predicted: Mapping[str, Entities], *, exact: bool) -> dict[str, Score]:
    """Slot scores: a string fits if it is the gold one or, unless ``exact``, if either holds the other.

    Source: Pavlick, Ji, Pan and Callison-Burch, The Gun Violence Database: a new task and data set for NLP, 2016, section 5,
    whose approximate match the later figures on the set follow.
    """

    def fits(wanted: Sequence[str], said: Sequence[str]) -> bool:
        left, right = f" {wanted[0]} ", f" {said[0]} "
        return left == right if exact else left in right or right in left

    return _score(gold, predicted, fits)


def _score(gold: Mapping[str, Entities], predicted: Mapping[str, Entities], fits: Fits) -> dict[str, Score]:
    totals: dict[str, Counter[str]] = {}
    for document, roles in gold.items():
        for role, entities in roles.items():
            wanted = _clean(entities)
            said = _clean(predicted.get(document, {}).get(role, ()))
            hits = _align([[at for at, theirs in enumerate(wanted) if fits(theirs, ours)] for ours in said])
            totals.setdefault(role, Counter()).update(hits=hits, said=len(said), wanted=len(wanted))
    scores = {role: Score(total["hits"], total["said"], total["wanted"]) for role, total in totals.items()}
    whole: Counter[str] = sum(totals.values(), Counter())
    return {**scores, "micro": Score(whole["hits"], whole["said"], whole["wanted"])}


def _clean(entities: Iterable[Sequence[str]]) -> list[list[str]]:
    """Strings made comparable; what is left of none is no entity."""
    cleaned = ([normal for words in entity if (normal := normalise(words))] for entity in entities)
    return [entity for entity in cleaned if entity]


def _align(choices: Sequence[Sequence[int]]) -> int:
    """How many of the left can each have a partner of its own among its choices (Kuhn's augmenting paths)."""
    partner: dict[int, int] = {}

    def seat(left: int, tried: set[int]) -> bool:
        for right in choices[left]:
            if right not in tried:
                tried.add(right)
                if right not in partner or seat(partner[right], tried):
                    partner[right] = left
                    return True
        return False

    return sum(seat(left, set()) for left in range(len(choices)))


def predict_all(documents: Iterable[Labelled], predict: Predict) -> dict[str, Entities]:
    """What a system says of each document, every different string an entity of its own."""
    said: dict[str, Entities] = {}
    for document in documents:
        found = predict(document.text)
        said[document.id] = {
            role: [[words] for words in dict.fromkeys(normalise(document.text[start:end]) for start, end in spans)]
            for role, spans in found.items()
        }
    return said
