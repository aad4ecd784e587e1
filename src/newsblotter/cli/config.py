"""Where a command finds its settings: flags before NEWSBLOTTER_* variables before newsblotter.toml before defaults.

# newsblotter.toml, in the folder where the command runs or above it
store = "robberies.db"
workers = 2
published = 2024-05-20
mapping = { headline = "title", body = "text" }
user = "ada"
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

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
    public_url: str | None = None  # where the desk is reached, for links in alerts, such as https://blotter.example
    smtp_host: str | None = None  # the server that alerts by e-mail are handed to; None: no e-mail
    smtp_port: int = 587
    smtp_security: str = "starttls"  # starttls, tls or none
    smtp_user: str = ""  # empty: no login at the server
    smtp_password: str = ""  # better given as a variable than in the file
    smtp_sender: str = ""  # the From address of alerts
    alerts_inside: bool = False  # let webhooks go to this machine and to private networks


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
    from pydantic import ValidationError, create_model
    from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

    path = find_file(folder or Path.cwd())

    class _Sources(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="NEWSBLOTTER_", extra="forbid", toml_file=path)

        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return (named["env_settings"], TomlConfigSettingsSource(settings_cls))

    defaults = Config()
    kinds = get_type_hints(Config)
    shape: dict[str, Any] = {part.name: (kinds[part.name], getattr(defaults, part.name)) for part in fields(Config)}
    try:
        found = create_model("_Loaded", __base__=_Sources, **shape)()
    except ValidationError as error:
        raise UsageError("; ".join(_explain(part, path) for part in error.errors())) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    config = Config(**{name: getattr(found, name) for name in shape})
    if path and "://" not in config.store and "store" not in _from_environment() and "store" in found.model_fields_set:
        return replace(config, store=str(path.parent / config.store))  # a path in the file is meant from the file's folder
    return config


def _from_environment() -> set[str]:
    import os

    return {name.removeprefix("NEWSBLOTTER_").lower() for name in os.environ if name.startswith("NEWSBLOTTER_")}


def _explain(part: Any, path: Path | None) -> str:
    name = ".".join(str(step) for step in part["loc"])
    where = f"NEWSBLOTTER_{name.upper()}" if name.lower() in _from_environment() else f"{path or FILE_NAME}: {name}"
    return f"{where}: {part['msg'].lower()}"
