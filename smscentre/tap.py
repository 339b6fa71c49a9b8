"""From twistd's command line to a running centre; no logic of its own."""

from __future__ import annotations

__all__ = ["Options", "makeService"]

import signal
import sys
import time
from pathlib import Path
from typing import ClassVar

from twisted.application.service import IService
from twisted.python import usage

from smscentre import config
from smscentre.centre import Centre
from smscentre.errors import SMSCentreError
from smscentre.locking import lock_database, lock_node
from smscentre.logs import log_observer, speaks_for_itself
from smscentre.store.engine import sqlite_file

_EX_CONFIG = 78
"""The exit status of a start that a restart cannot mend (sysexits.h)."""


class Options(usage.Options):
    """``twistd -n smscentre --config FILE``."""

    optParameters: ClassVar[list[list[str | None]]] = [
        ["config", "c", "/etc/smscentre/smscentre.toml", "The configuration file."],
    ]


def makeService(options: Options) -> IService:
    """Build the centre that a configuration describes.

    The reactor is told to measure time by a clock that nobody can set, before
    anything is made that asks it: its own is the wall clock.
    """
    from twisted.internet import reactor

    # A terminal that closes, or an operator's habit, must not end the gateway.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    reactor.seconds = time.monotonic  # type: ignore[method-assign]  # on purpose
    reactor.addSystemEventTrigger("before", "shutdown", _hear_no_more)
    try:
        settings = config.load(Path(options["config"]))
        lock_node(settings.node.data_dir)
        if (file := sqlite_file(settings.database.url)) is not None:
            lock_database(file)
        centre = Centre(settings, reactor)
    except SMSCentreError as error:
        print(f"smscentre cannot start: {error}", file=sys.stderr)
        raise SystemExit(_EX_CONFIG) from None
    if speaks_for_itself(options.parent):
        centre.log_by(log_observer(settings.log, sys.stdout))
    return centre


def _hear_no_more() -> None:
    """Take no further request to stop for a fault: a stop is under way, and bounded."""
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, signal.SIG_IGN)
