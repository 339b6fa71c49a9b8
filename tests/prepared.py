"""Stores at the newest schema: made once in a process, and copied.

Each revision of the schema takes its time, and most tests want a store that has them
all; what upgrading itself does is the business of the schema's own tests.
"""

from __future__ import annotations

__all__ = ["make_store"]

import atexit
from functools import cache
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp

from smscentre.store.schema import upgrade

_SQLITE = "sqlite:///"


def make_store(url: str) -> None:
    """Make a store at the newest schema; on SQLite there must be none yet."""
    if not url.startswith(_SQLITE):
        upgrade(url)
        return
    file = Path(url.removeprefix(_SQLITE))
    assert not file.exists(), f"{file} is there already"
    copyfile(_template(), file)


@cache
def _template() -> Path:
    folder = Path(mkdtemp(prefix="smscentre-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    file = folder / "template.db"
    upgrade(f"{_SQLITE}{file}")
    # With the log of its writes still beside it, a copy would be a part of it.
    assert not file.with_name("template.db-wal").exists(), "the template is open"
    return file
