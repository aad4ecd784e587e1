"""Words of a language that the rules read by: months, numerals, currencies, cue words. Data in _data/languages/."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from newsblotter.errors import DataError


def read_yaml(path: Traversable) -> dict[str, Any]:
    """Read a packaged YAML file that holds a mapping.

    Raises:
        DataError: There is no such file, it is not YAML, or not a mapping; the message names it.
    """
    try:
        loaded = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, yaml.YAMLError) as error:
        raise DataError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(loaded, dict):
        raise DataError(f"{path.name} must be a mapping")
    return loaded


@lru_cache(maxsize=256)
def load_lexicon(section: str, language: str = "en") -> Mapping[str, Any]:
    """Load one section of a language's words, for instance ``load_lexicon("time")``.

    Args:
        section: Name of a file in ``_data/languages/<language>/``, without its ending.
        language: ISO 639-1.

    Raises:
        DataError: There is no such section, or it is not a mapping.
    """
    return read_yaml(files("newsblotter") / "_data" / "languages" / language / f"{section}.yaml")


@lru_cache(maxsize=1)
def list_languages() -> tuple[str, ...]:
    """Languages that the rules read, ISO 639-1: those with cue words. Reports in others are kept, grouped and searchable."""
    folder = files("newsblotter") / "_data" / "languages"
    return tuple(sorted(p.name for p in folder.iterdir() if p.is_dir() and (p / "cues.yaml").is_file()))


def make_plural(noun: str) -> str:
    """The plural of an English noun for people, by rule."""
    if noun.endswith("man"):
        return noun[:-3] + "men"
    return noun + "es" if noun.endswith(("s", "x", "ch", "sh")) else noun + "s"


@lru_cache(maxsize=8)
def people_nouns(language: str = "en") -> dict[str, str]:
    """Every form of every noun for people, lower case, with its singular."""
    forms: dict[str, str] = {}
    for group in load_lexicon("people", language)["nouns"].values():
        for entry in group:
            singular, *plurals = entry.lower().split("/")
            for plural in plurals or [make_plural(singular)]:
                forms[plural] = singular
            forms[singular] = singular
    return forms
