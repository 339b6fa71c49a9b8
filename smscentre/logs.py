"""Where events of the log go: one line each, from a level up, as text or as JSON."""

from __future__ import annotations

__all__ = ["log_observer", "speaks_for_itself"]

from collections.abc import Mapping
from typing import Any, TextIO

from twisted.logger import (
    FilteringLogObserver,
    ILogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    jsonFileLogObserver,
    textFileLogObserver,
)

from smscentre.sections import LogConfig


def log_observer(section: LogConfig, stream: TextIO) -> ILogObserver:
    """An observer that writes to a stream what the configuration asks for."""
    if section.format == "json":
        observer = jsonFileLogObserver(stream, recordSeparator="")
    else:
        observer = textFileLogObserver(stream)
    level = LogLevel.levelWithName(section.level)
    return FilteringLogObserver(observer, [LogLevelFilterPredicate(level)])


def speaks_for_itself(twistd: Mapping[str, Any] | None) -> bool:
    """Whether twistd's own options leave the log to us: in the foreground, with no
    log file, syslog or logger named."""
    if twistd is None or not twistd["nodaemon"]:
        return False
    return not any(twistd[option] for option in ("logfile", "syslog", "logger"))
