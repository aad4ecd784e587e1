"""Where a command finds its settings: flags before NEWSBLOTTER_* variables before newsblotter.toml before defaults.

# newsblotter.toml, in the folder where the command runs or above it
store = "robberies.db"
workers = 2
published = 2024-05-20
mapping = { headline = "title", body = "text" }
user = "ada"
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from newsblotter.errors import UsageError

FILE_NAME = "newsblotter.toml"
DEFAULT_STORE = "incidents.db"


@dataclass(frozen=True, slots=True)
class Config:
    """What file and environment say; a flag overrules each."""

    store: str = DEFAULT_STORE
    workers: int | None = None  # None: as many as there are processors
    published: date | None = None  # publication day of reports that state none
    mapping: dict[str, str] = field(default_factory=dict)  # their name of a JSON field → ours
    user: str | None = None  # the name under which judgements and corrections are written down; None: the login


def find_file(folder: Path) -> Path | None:
    """The nearest newsblotter.toml in a folder or above it, None if there is none."""
    for place in (folder, *folder.parents):
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
    return None


def load_config(folder: Path | None = None) -> Config:
    """Read newsblotter.toml and the NEWSBLOTTER_* variables.

    Args:
        folder: Where to begin to look; None: the current folder.

    Raises:
        UsageError: A setting is unknown or malformed; the message names it.
    """
    from pydantic import ValidationError
    from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

    path = find_file(folder or Path.cwd())

    class _Loaded(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="NEWSBLOTTER_", extra="forbid", toml_file=path)
        store: str = DEFAULT_STORE
        workers: int | None = None
        published: date | None = None
        mapping: dict[str, str] = {}
        user: str | None = None

        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (named["env_settings"], TomlConfigSettingsSource(settings_cls))

    try:
        found = _Loaded()
    except ValidationError as error:
        raise UsageError("; ".join(_explain(part, path) for part in error.errors())) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    store = found.store
    if path and "://" not in store and "store" not in _from_environment() and "store" in found.model_fields_set:
        store = str(path.parent / store)  # a path in the file is meant from the file's folder
    return Config(store=store, workers=found.workers, published=found.published, mapping=found.mapping, user=found.user)


def _from_environment() -> set[str]:
    import os

    return {name.removeprefix("NEWSBLOTTER_").lower() for name in os.environ if name.startswith("NEWSBLOTTER_")}


def _explain(part: Any, path: Path | None) -> str:
    name = ".".join(str(step) for step in part["loc"])
    where = f"NEWSBLOTTER_{name.upper()}" if name.lower() in _from_environment() else f"{path or FILE_NAME}: {name}"
    return f"{where}: {part['msg'].lower()}"
