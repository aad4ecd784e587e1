"""The words by which a language speaks of places, ready for use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from newsblotter.lexicon import load_lexicon


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """Lower-case word sets of ``_data/languages/<language>/places.yaml``; the YAML says what each means."""

    directions: frozenset[str]
    prepositions: frozenset[str]
    locative: frozenset[str]
    place_nouns: frozenset[str]
    attributes: frozenset[str]
    forces: frozenset[str]
    organisations: frozenset[str]
    outlets: frozenset[str]
    titles: frozenset[str]
    person_verbs: frozenset[str]
    persons_before: frozenset[str]
    street_ends: frozenset[str]
    street_starts: frozenset[str]
    function_words: frozenset[str]
    never: frozenset[str]
    common: frozenset[str]
    happening: frozenset[str]
    states: Mapping[str, tuple[str, str]]  # abbreviation without points → country, first-level code
    aliases: Mapping[str, str]  # short name, points left out → name in the gazetteer
    demonyms: Mapping[str, str]  # "French" → "FR", "Scottish" → "GB.SCT"
    country_cues: Mapping[str, str]  # "lakh" → "IN"
    press: frozenset[str]
    standalone: frozenset[str]  # folded names of cities
    parts_of_town: frozenset[str]  # folded
    long_demonyms: tuple[str, ...]  # those of two words


@lru_cache(maxsize=8)
def load_place_words(language: str = "en") -> PlaceWords:
    """Load the place words of a language; a section that it lacks holds nothing."""
    words = load_lexicon("places", language)

    def split(section: str) -> frozenset[str]:
        return frozenset(str(words.get(section, "")).split())

    def invert(section: str) -> dict[str, str]:
        return {name.replace("_", " "): str(code) for code, names in words.get(section, {}).items() for name in names.split()}

    demonyms = invert("demonyms")
    states = {str(key).replace(".", ""): tuple(str(value).split(".")) for key, value in words.get("states", {}).items()}
    return PlaceWords(
        directions=split("directions"),
        prepositions=split("prepositions"),
        locative=split("locative"),
        place_nouns=split("place_nouns"),
        attributes=split("attributes"),
        forces=split("forces"),
        organisations=split("organisations"),
        outlets=split("outlets"),
        titles=split("titles"),
        person_verbs=split("person_verbs"),
        persons_before=split("persons_before"),
        street_ends=split("street_ends"),
        street_starts=split("street_starts"),
        function_words=split("function_words"),
        never=split("never"),
        common=split("common"),
        happening=split("happening"),
        states={key: (value[0], value[1]) for key, value in states.items()},
        aliases={str(key): str(value) for key, value in words.get("aliases", {}).items()},
        demonyms=demonyms,
        country_cues=invert("country_cues"),
        press=split("press"),
        standalone=frozenset(name.replace("_", " ") for name in split("standalone")),
        parts_of_town=frozenset(name.replace("_", " ") for name in split("parts_of_town")),
        long_demonyms=tuple(name for name in demonyms if " " in name),
    )
