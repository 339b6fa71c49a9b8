"""One process a node, and one a database's file: a second is refused at its start."""

from __future__ import annotations

__all__ = ["NodeTakenError", "lock_database", "lock_node", "unusable"]

import fcntl
import os
from pathlib import Path

from smscentre.errors import SMSCentreError


class NodeTakenError(SMSCentreError):
    """What a node needs cannot be had: another process has it, or it cannot be made."""


def unusable(data_dir: Path) -> str:
    """Why a node's folder can be neither used nor made, or empty; nothing is made."""
    there = next(
        each for each in (data_dir, *data_dir.parents) if os.access(each, os.F_OK)
    )
    if not there.is_dir():
        return f"{there} is no folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"this account may not write to {there}"
    return ""


def lock_node(data_dir: Path) -> None:
    """Take the node's folder for as long as this process lives.

    The folder is made if need be. The lock goes with the process, whichever way
    that ends, and is kept over a fork.

    :raises NodeTakenError: with what to do
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        taken = _lock(data_dir / "lock")
    except OSError as error:
        raise NodeTakenError(f"node.data_dir cannot be used: {error}") from error
    if taken:
        raise NodeTakenError(
            f"another smscentre runs with node.data_dir = {data_dir}: stop it, or "
            "give this one a folder of its own"
        )


def lock_database(file: Path) -> None:
    """Take a SQLite file as the only service on it, as long as this process lives.

    A second one would take what the first has sent for lost, and send it again. The
    lock is on a file beside it: SQLite's own locks would end with any other use of it.

    :raises NodeTakenError: with what to do
    """
    try:
        if not file.exists():
            return
        file = file.resolve()
        taken = _lock(file.with_name(f"{file.name}-service"))
    except OSError as error:
        raise NodeTakenError(
            f"database.url: the folder of {file} cannot be used: {error}"
        ) from error
    if taken:
        raise NodeTakenError(
            f"another smscentre runs with the database {file}: stop it, or give this "
            "one a database of its own in database.url"
        )


def _lock(path: Path) -> bool:
    """Take a file, which is made; whether another process has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return True
    return False
