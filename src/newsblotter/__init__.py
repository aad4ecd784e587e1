"""Newsblotter turns news reports into a database of real-world incidents, every fact tied to the words that said it.

from newsblotter import build, open_store

store = open_store("incidents.db")
build(["reports/"], store)
for record in store.records():
    print(record["title"], record["date"])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsblotter.pipeline import BuildResult, Settings, build
    from newsblotter.store import Filter, Store, open_store

__version__ = "0.1.0"

_HOMES = {  # name → the module that has it, imported at first use: importing newsblotter itself stays instant
    "BuildResult": "newsblotter.pipeline",
    "Filter": "newsblotter.store",
    "Settings": "newsblotter.pipeline",
    "Store": "newsblotter.store",
    "build": "newsblotter.pipeline",
    "open_store": "newsblotter.store",
}

__all__ = ["BuildResult", "Filter", "Settings", "Store", "__version__", "build", "open_store"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'newsblotter' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
