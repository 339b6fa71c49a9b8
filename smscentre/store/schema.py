"""The schema's version: brought up to date by command, checked at every start."""

from __future__ import annotations

__all__ = ["check_schema", "upgrade"]

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, exc

from smscentre.provinces import load as load_provinces
from smscentre.store.engine import (
    StoreError,
    in_words,
    sqlite_file,
    writing_engine,
)
from smscentre.store.people import put_provinces
from smscentre.store.transaction import Numbers, Transaction

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> str:
    """Make the database if need be, bring it to the newest schema, add provinces.

    Returns the revision reached. All in one transaction: a crash leaves the old
    schema or the new one.

    :raises StoreError: the database cannot be reached or written, or is newer
    """
    _make_file(url)
    engine = writing_engine(url)
    try:
        with engine.begin() as connection:
            _revision_of(connection)
            settings = _settings()
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
            transaction = Transaction(connection, Numbers())
            put_provinces(transaction, load_provinces())
            transaction.flush()
    except exc.DBAPIError as error:
        raise StoreError(
            f"cannot bring the database up to date: {in_words(error)}"
        ) from error
    finally:
        engine.dispose()
    return _newest()


def check_schema(engine: Engine) -> None:
    """Refuse a database whose schema is not exactly the one of this version.

    :raises StoreError: with the command that mends it, if there is one
    """
    try:
        with engine.connect() as connection:
            found = _revision_of(connection)
    except exc.DBAPIError as error:
        raise StoreError(f"the database cannot be read: {in_words(error)}") from error
    if found != _newest():
        raise StoreError(
            f"the database has schema {found or 'none'}, this version needs "
            f"{_newest()}: run 'smscentre --config FILE db upgrade'"
        )


def _revision_of(connection: Connection) -> str | None:
    """The revision of a database, None if it has none.

    :raises StoreError: this version does not know it, so a newer one made it
    """
    found = MigrationContext.configure(connection).get_current_revision()
    script = ScriptDirectory.from_config(_settings())
    known = {revision.revision for revision in script.walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"the database has schema {found} and belongs to a newer version of "
            f"smscentre; this one knows schemas up to {_newest()}: run the newer "
            "version, or restore a copy of the database from before it"
        )
    return found


def _make_file(url: str) -> None:
    """Make a SQLite file that is not there; only its owner may read it."""
    file = sqlite_file(url)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the database: {error}") from error


def _settings() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return settings


def _newest() -> str:
    head = ScriptDirectory.from_config(_settings()).get_current_head()
    assert head is not None
    return head
