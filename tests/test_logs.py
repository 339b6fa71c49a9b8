"""The log: its level, its form, and who decides where it goes."""

from __future__ import annotations

import io
import json

from twisted.logger import Logger, LogLevel
from twisted.trial.unittest import SynchronousTestCase

from smscentre.logs import log_observer, speaks_for_itself
from smscentre.sections import LogConfig

_TWISTD = {"nodaemon": True, "logfile": None, "syslog": False, "logger": None}


class LogObserverTests(SynchronousTestCase):
    """Events are written as the configuration asks."""

    def written(self, section: LogConfig) -> list[str]:
        """The lines that one event of each of two levels makes."""
        stream = io.StringIO()
        log = Logger(namespace="test", observer=log_observer(section, stream))
        log.emit(LogLevel.debug, "{link} quiet", link="carrier")
        log.emit(LogLevel.warn, "{link} loud", link="carrier")
        return stream.getvalue().splitlines()

    def test_level(self) -> None:
        """What is below the level is not written."""
        (line,) = self.written(LogConfig(level="info"))
        self.assertTrue(line.endswith("carrier loud"), line)

    def test_debug(self) -> None:
        """At debug everything is written."""
        self.assertEqual(len(self.written(LogConfig(level="debug"))), 2)

    def test_json(self) -> None:
        """As JSON each line is one event with its fields."""
        (line,) = self.written(LogConfig(format="json", level="warn"))
        self.assertEqual(json.loads(line)["link"], "carrier")


class WhoDecidesTests(SynchronousTestCase):
    """twistd's own options go before ours."""

    def test_foreground(self) -> None:
        """In the foreground without further options the log is ours."""
        self.assertTrue(speaks_for_itself(_TWISTD))

    def test_others(self) -> None:
        """A daemon, a log file, syslog or another logger is not ours."""
        for option, value in (
            ("nodaemon", False),
            ("logfile", "x.log"),
            ("syslog", True),
            ("logger", "some.factory"),
        ):
            self.assertFalse(speaks_for_itself({**_TWISTD, option: value}), option)
        self.assertFalse(speaks_for_itself(None))
