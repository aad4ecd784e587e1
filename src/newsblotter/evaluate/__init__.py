"""Evaluate: incidents that a person labelled, held against incidents that a program found."""

from newsblotter.evaluate.agreement import Agreement, measure_agreement
from newsblotter.evaluate.gold import Gold, GoldIncident, keep_language, read_copy_groups, read_exported, read_gold
from newsblotter.evaluate.material import Texts, read_texts
from newsblotter.evaluate.score import Material, Miss, Scores, evaluate

__all__ = [
    "Agreement",
    "Gold",
    "GoldIncident",
    "Material",
    "Miss",
    "Scores",
    "Texts",
    "evaluate",
    "keep_language",
    "measure_agreement",
    "read_copy_groups",
    "read_exported",
    "read_gold",
    "read_texts",
]
