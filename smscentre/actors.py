"""Who did something: the names of people in the audit log, by where they sit.

Given by whoever takes a change from the command line, a local socket or a page. It
knows no rights, which are the file system's and the roles'.
"""

from __future__ import annotations

__all__ = ["WEB", "local_actor", "web_actor"]

import pwd
from typing import Final

WEB: Final = "web:"
"""What stands before the name of a user of the pages."""


def local_actor(uid: int) -> str:
    """The name of an account of this machine: ``local:`` and its login.

    An account without a name, as in containers, goes by its number.
    """
    try:
        return f"local:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"local:{uid}"


def web_actor(name: str) -> str:
    """The name of a user of the pages."""
    return f"{WEB}{name}"
