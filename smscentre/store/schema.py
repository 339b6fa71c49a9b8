"""The schema, brought up to date by command; `store.schema_revision` checks it."""

from __future__ import annotations

__all__ = ["upgrade"]

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import exc

from smscentre.provinces import load as load_provinces
from smscentre.store.engine import (
    StoreError,
    in_words,
    named,
    sqlite_file,
    writing_engine,
)
from smscentre.store.people import put_provinces
from smscentre.store.schema_revision import MIGRATIONS, check_revision, newest_revision
from smscentre.store.transaction import Numbers, Transaction


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
            check_revision(connection)
            settings = _settings()
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
            transaction = Transaction(connection, Numbers())
            put_provinces(transaction, load_provinces())
            transaction.flush()
    except exc.DBAPIError as error:
        raise StoreError(
            f"cannot bring the database {named(engine.url)} up to date: "
            f"{in_words(error)}"
        ) from error
    finally:
        engine.dispose()
    return newest_revision()


def _make_file(url: str) -> None:
    """Make a SQLite file that is not there; only its owner may read it."""
    file = sqlite_file(url)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the database {file}: {error.strerror}"
        ) from error


def _settings() -> AlembicConfig:
    settings = AlembicConfig()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return settings
