"""The revision of a database's schema, looked at before anything else is done with it.

A service only compares: what brings a schema up to date is `store.schema`, and Alembic
is loaded for that alone. The table of revisions is Alembic's.
"""

from __future__ import annotations

__all__ = [
    "MIGRATIONS",
    "check_revision",
    "check_schema",
    "known_revisions",
    "newest_revision",
]

from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, String, column, exc, inspect, select, table

from smscentre.store.engine import StoreError, in_words, named

MIGRATIONS: Final = Path(__file__).parent / "migrations"
"""The steps from one schema to the next: ``versions/<revision>_<name>.py``."""

_TABLE: Final = "alembic_version"
_REVISION: Final = column("version_num", String)


@cache
def known_revisions() -> tuple[str, ...]:
    """All revisions, in their order."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted(file.name.partition("_")[0] for file in files))


def newest_revision() -> str:
    """The revision that this version of the program needs."""
    return known_revisions()[-1]


def check_schema(engine: Engine) -> None:
    """Refuse a database whose schema is not exactly the one of this version.

    :raises StoreError: with the command that mends it, if there is one
    """
    try:
        with engine.connect() as connection:
            found = check_revision(connection)
    except exc.DBAPIError as error:
        raise StoreError(
            f"the database {named(engine.url)} cannot be read: {in_words(error)}"
        ) from error
    if found != newest_revision():
        raise StoreError(
            f"the database has schema {found or 'none'}, this version needs "
            f"{newest_revision()}: run 'smscentre --config FILE db upgrade'"
        )


def check_revision(connection: Connection) -> str | None:
    """The revision of a database, None if it has none.

    :raises StoreError: this version does not know it, so a newer one made it
    """
    found: str | None = None
    if inspect(connection).has_table(_TABLE):
        found = connection.scalar(select(_REVISION).select_from(table(_TABLE)))
    if found is not None and found not in known_revisions():
        raise StoreError(
            f"the database has schema {found} and belongs to a newer version of "
            f"smscentre; this one knows schemas up to {newest_revision()}: run the "
            "newer version, or restore a copy of the database from before it"
        )
    return found
