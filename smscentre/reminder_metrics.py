"""What is counted of reminders and digests: a part of `metrics`."""

from __future__ import annotations

__all__ = ["ReminderMetrics"]

from prometheus_client import Gauge

from smscentre.deadlines.schedule import Purpose
from smscentre.directory import ZONES
from smscentre.series import Counter, Registry


class ReminderMetrics:
    """Rounds, what they sent, and the units that lacked a report. Reactor's thread."""

    def __init__(self, registry: Registry) -> None:
        def counter(name: str, text: str, **labels: list[str]) -> Counter:
            made = Counter(f"smscentre_{name}", text, labels)
            registry.register(made)
            return made

        def gauges(name: str, text: str) -> dict[str, Gauge]:
            made = Gauge(f"smscentre_{name}", text, ["zone"], registry=registry)
            return {zone: made.labels(zone) for zone in ZONES}

        purposes = [purpose.value for purpose in Purpose]
        self._rounds = counter(
            "rounds_total", "Rounds of reminders and digests.", purpose=purposes
        )
        self._notices = counter(
            "notices_total", "SMS of reminders and digests.", purpose=purposes
        )
        self._recalled = counter(
            "reminders_recalled_total", "Reminders taken back before they left."
        )
        self._due = gauges("units_due", "Units with something due at the last round.")
        self._missing = gauges("units_missing", "Units that lacked a report then.")

    def round_done(self, purpose: str, told: int) -> None:
        """A round has told so many officers."""
        self._rounds.add(purpose)
        self._notices.add(purpose, count=told)

    def units_due(self, zone: str, expected: int, missing: int) -> None:
        """So many units of a zone had something due; some of them lacked it."""
        self._due[zone].set(expected)
        self._missing[zone].set(missing)

    def reminders_recalled(self, count: int) -> None:
        """Reminders were taken back: before they left nobody needed them any more."""
        self._recalled.add(count=count)
