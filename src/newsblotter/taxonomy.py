"""Incident types and vocabularies, read from _data/types/*.yaml and _data/vocabulary/*.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from newsblotter.errors import DataError
from newsblotter.lexicon import load_lexicon, read_yaml

_SHARED = re.compile(r"(?<!\(\?P)<([a-z]+)>")  # not the name of a group: "(?P<name>"


@dataclass(frozen=True, slots=True)
class IncidentType:
    """One kind of incident, as its YAML file describes it."""

    name: str
    title: str  # for people: "Robbery"
    definition: str
    iccs_unodc: str | None  # UNODC ICCS v1.0 (2015)
    nibrs: str | None  # FBI NIBRS offense code
    rank: int  # of several types that one happening could carry, the highest rank names it
    cues: Mapping[str, tuple[str, ...]]  # strength (strong, weak, noun, verb, …) → regular expressions


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Canonical names and the regular expressions that find them in a text."""

    name: str
    terms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Every incident type and vocabulary that Newsblotter knows."""

    types: Mapping[str, IncidentType]
    vocabularies: Mapping[str, Vocabulary]

    def rank(self, type_name: str) -> int:
        """Precedence of a type; 0 for a name that is not in the taxonomy."""
        found = self.types.get(type_name)
        return found.rank if found else 0


def expand(pattern: str) -> str:
    """Put the shared words of ``goods.yaml`` where a pattern names them: "stole <gap><goods>".

    Raises:
        DataError: The pattern names words that are not there.
    """
    shared = load_lexicon("goods")
    try:
        return _SHARED.sub(lambda match: str(shared[match[1]]), pattern)
    except KeyError as error:
        raise DataError(f"goods.yaml: no words called {error}, which {pattern!r} names") from error


def _read_type(path: Traversable) -> IncidentType:
    loaded = read_yaml(path)
    try:
        return IncidentType(
            name=loaded["name"],
            title=loaded["title"],
            definition=loaded["definition"],
            iccs_unodc=loaded.get("iccs_unodc"),
            nibrs=loaded.get("nibrs"),
            rank=int(loaded["rank"]),
            cues={strength: tuple(map(expand, patterns)) for strength, patterns in loaded["cues"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path.name}: missing or malformed entry {error}") from error


@lru_cache(maxsize=1)
def load_taxonomy() -> Taxonomy:
    """Load the packaged taxonomy.

    Raises:
        DataError: A file is missing an entry or is not YAML; the message names it.
    """
    data = files("newsblotter") / "_data"
    types = [_read_type(p) for p in (data / "types").iterdir() if p.name.endswith(".yaml")]
    vocabularies = {}
    for path in (data / "vocabulary").iterdir():
        if path.name.endswith(".yaml"):
            name = path.name.removesuffix(".yaml")
            terms = {str(term): tuple(map(expand, patterns)) for term, patterns in read_yaml(path).items()}
            vocabularies[name] = Vocabulary(name, dict(sorted(terms.items())))
    return Taxonomy({t.name: t for t in sorted(types, key=lambda t: (-t.rank, t.name))}, dict(sorted(vocabularies.items())))
