"""One process a node: a second one on the same folder is refused at its start."""

from __future__ import annotations

__all__ = ["NodeTakenError", "lock_node"]

import fcntl
import os
from pathlib import Path

from smscentre.errors import SMSCentreError


class NodeTakenError(SMSCentreError):
    """The node's folder cannot be had: another process has it, or it cannot be made."""


def lock_node(data_dir: Path) -> None:
    """Take the node's folder for as long as this process lives.

    The folder is made if need be. The lock goes with the process, whichever way
    that ends, and is kept over a fork.

    :raises NodeTakenError: with what to do
    """
    path = data_dir / "lock"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise NodeTakenError(f"node.data_dir cannot be used: {error}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise NodeTakenError(
            f"another smscentre runs with node.data_dir = {data_dir}: stop it, or "
            "give this one a folder of its own"
        ) from error
