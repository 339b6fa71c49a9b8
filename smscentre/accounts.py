"""Who sits at this machine: the account's name that goes into the audit log.

Asked by whoever takes a change from the command line or a local socket; it knows
no rights, which are the file system's.
"""

from __future__ import annotations

__all__ = ["account"]

import pwd


def account(uid: int) -> str:
    """The audit log's name of a local account: ``local:`` and its login.

    An account without a name, as in containers, goes by its number.
    """
    try:
        return f"local:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"local:{uid}"
