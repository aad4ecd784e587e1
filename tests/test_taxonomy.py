"""Types and vocabularies are sound, and a file that is not says so by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsblotter.errors import DataError
from newsblotter.extract.cues import STRENGTHS
from newsblotter.lexicon import read_yaml
from newsblotter.taxonomy import _read_type, expand, load_taxonomy

TAXONOMY = load_taxonomy()
TYPES = "accident arson assault attack bombing burglary escape fraud homicide kidnapping other_crime robbery shooting theft".split()


def test_every_type_is_there() -> None:
    assert sorted(TAXONOMY.types) == TYPES
    assert sorted(TAXONOMY.vocabularies) == ["tactics", "vehicles", "weapons"]


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_whole(name: str) -> None:
    kind = TAXONOMY.types[name]
    assert kind.name == name
    assert kind.title[0].isupper()
    assert kind.definition.endswith(".")
    assert kind.rank > 0
    assert set(kind.cues) <= {*STRENGTHS, "not"}
    assert kind.cues.get("noun") and kind.cues.get("verb")
    for patterns in kind.cues.values():
        assert len(set(patterns)) == len(patterns)
        for pattern in patterns:
            re.compile(pattern)


def test_ranks() -> None:
    order = list(TAXONOMY.types)
    assert order == sorted(order, key=lambda name: (-TAXONOMY.rank(name), name))
    assert order.index("robbery") < order.index("shooting") < order.index("homicide") < order.index("assault")
    assert TAXONOMY.rank("no such type") == 0


@pytest.mark.parametrize("name", ["tactics", "vehicles", "weapons"])
def test_a_vocabulary_is_sound(name: str) -> None:
    vocabulary = TAXONOMY.vocabularies[name]
    assert vocabulary.name == name
    for term, patterns in vocabulary.terms.items():
        assert term == term.strip() and patterns
        for pattern in patterns:
            re.compile(pattern)


BROKEN = [
    ("no yaml", "a: [1", "cannot be read"),
    ("no mapping", "- a", "must be a mapping"),
    ("nothing", "", "must be a mapping"),
]


@pytest.mark.parametrize(("text", "reason"), [pytest.param(*c[1:], id=c[0]) for c in BROKEN])
def test_a_broken_file_is_named(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=f"bad.yaml.*{reason}"):
        read_yaml(path)


@pytest.mark.parametrize(
    "text", ["name: x", "name: x\ntitle: X\ndefinition: d\nrank: 1\ncues: [a]"], ids=["no title", "cues a list"]
)
def test_a_broken_type_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=r"bad\.yaml"):
        _read_type(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.yaml"):
        read_yaml(tmp_path / "gone.yaml")


def test_shared_words_stand_where_a_pattern_names_them() -> None:
    assert re.fullmatch(expand("took ?<goods>"), "took diamonds")  # behind a question mark too
    assert expand("(?P<name>a)(?<!b)(?<=c)") == "(?P<name>a)(?<!b)(?<=c)"
    with pytest.raises(DataError, match="nothing"):
        expand("took <nothing>")
