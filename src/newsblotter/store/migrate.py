"""Bring a store up to the shape that this program works with."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from newsblotter.errors import StoreDamaged, StoreTooNew
from newsblotter.store.schema import HEAD, REVISIONS

MIGRATIONS = Path(__file__).parent / "migrations"


def read_revision(connection: Connection, where: str) -> str | None:
    """The shape a store is in, None for one without any table of ours. Cheap: Alembic is not asked.

    Raises:
        StoreTooNew: The shape is none that this program knows.
    """
    try:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        if "no such table" in str(error.orig):
            return None
        raise
    if revision is None:
        raise StoreDamaged(f"{where}: the store does not say its version; restore a backup or build a new one")
    if revision not in REVISIONS:
        raise StoreTooNew(
            f"{where} was written by a newer Newsblotter (store version {revision}, this program knows up to {HEAD}); "
            "install the newer program, or build a new store with --store"
        )
    return str(revision)


def upgrade(connection: Connection) -> None:
    """Run the missing steps within the caller's transaction: all of them, or none."""
    from alembic import command  # takes long to import and is needed once in a store's life
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
