"""From twistd's command line to a running centre; no logic of its own."""

from __future__ import annotations

__all__ = ["Options", "makeService"]

import sys
import time
from pathlib import Path
from typing import ClassVar

from twisted.application.service import IService
from twisted.python import usage

from smscentre import config
from smscentre.centre import Centre
from smscentre.errors import SMSCentreError

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

    reactor.seconds = time.monotonic  # type: ignore[method-assign]  # on purpose
    try:
        return Centre(config.load(Path(options["config"])), reactor)
    except SMSCentreError as error:
        print(f"smscentre cannot start: {error}", file=sys.stderr)
        raise SystemExit(_EX_CONFIG) from None
