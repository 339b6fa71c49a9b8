"""What the service knows of itself in memory: links, writer, readiness.

Kept by the exchange and the writer, shown by the pages and asked by monitoring;
nothing here acts. The metrics of the same things are told from here.
"""

from __future__ import annotations

__all__ = ["Board"]

from collections.abc import Callable, Mapping, Sequence

from attrs import define, evolve

from smscentre import __version__
from smscentre.messages import ModemAlarm, ModemHealth
from smscentre.metrics import Metrics
from smscentre.traffic import Traffic
from smscentre.web.status import (
    LimitStatus,
    LinkStatus,
    ModemStatus,
    WriterStatus,
)

_IDLE_S = 10.0
"""Without a commit for so long, what waits is refused (D5)."""


@define
class _Seen:
    """What was last heard of one link."""

    since: float
    bind: str = ""
    reason: str = ""
    error: str = ""
    error_at: float | None = None


class Board:
    """The state of one node; implements the pages' and the monitor's seams."""

    def __init__(
        self,
        links: Mapping[str, tuple[str, int]],
        wall_clock: Callable[[], float],
        in_flight: Callable[[str], int],
        waiting: Callable[[], int],
        metrics: Metrics,
        limits: Callable[[], Sequence[LimitStatus]] = tuple,
    ) -> None:
        """:param links: kind and window of each link, by name"""
        self._limits = limits
        self._metrics = metrics
        self._links = links
        self._wall_clock = wall_clock
        self._in_flight = in_flight
        self._waiting = waiting
        self._started_at = wall_clock()
        self._seen = {name: _Seen(self._started_at) for name in links}
        self._modems = {
            name: ModemStatus() for name, (kind, _) in links.items() if kind == "modem"
        }
        self._last_commit_at: float | None = None
        self._batch: tuple[int, float | None] = (0, None)
        self._traffic = Traffic(metrics.traffic)
        self._commits = 0
        """How many there were. Written in the writer's thread."""
        self._commits_seen = -1
        self._committed_by = self._idle_s = 0.0
        """When there was a new one last, or nothing waited, and how long ago that is:
        in the reactor's seconds, as far as was measured."""
        self._problem = ""
        self._problem_since: float | None = None
        self._recovered = False
        self._stopping = False

    def link_up(self, name: str, bind: str) -> None:
        """Note that a session stands."""
        before = self._seen[name]
        self._seen[name] = _Seen(
            self._wall_clock(), bind, "", before.error, before.error_at
        )
        self._metrics.bound(name)

    def link_down(self, name: str, reason: str) -> None:
        """Note that a session ended."""
        now = self._wall_clock()
        self._seen[name] = _Seen(now, "", reason, reason, now)
        self._metrics.lost(name)
        if name in self._modems:
            # Of a device that is closed nobody knows how it stands.
            self.modem_health(name, ModemHealth())

    def modem_health(self, link: str, health: ModemHealth) -> None:
        """Note how a modem stands."""
        self._modems[link] = evolve(self._modems[link], health=health)
        self._metrics.modem_health(link, health)

    def modem_reset(self, link: str, measure: str) -> None:
        """Note that a modem was reset, and by which measure."""
        modem = self._modems[link]
        self._modems[link] = evolve(modem, resets=modem.resets + 1)
        self._metrics.modem_reset(link, measure)

    def modem_fault(self, link: str, reason: str) -> None:
        """Count what went wrong with a modem."""
        self._metrics.modem_fault(link, reason)

    def modem_alarm(self, link: str, alarm: ModemAlarm | None) -> None:
        """Note why a person is needed at a modem, or with None that none is."""
        self._modems[link] = evolve(self._modems[link], alarm=alarm)
        self._metrics.modem_alarm(link, alarm is not None)

    def committed(self, size: int, seconds: float) -> None:
        """Note a commit. Writer's thread."""
        self._last_commit_at = self._wall_clock()
        self._commits += 1
        self._batch = size, seconds
        self._metrics.committed(size, seconds)

    def database(self, problem: str) -> None:
        """Note why the database cannot be used, or with nothing that it can."""
        if bool(problem) != bool(self._problem):
            self._problem_since = self._wall_clock() if problem else None
        self._problem = problem
        self._metrics.database_up(not problem)
        if problem:
            self._metrics.database_error("other")

    def measure(self, now: float) -> None:
        """Read how much the links carry, and whether what waits is committed.

        ``now`` is in the reactor's seconds.
        """
        self._traffic.sample(now)
        commits = self._commits
        if commits != self._commits_seen or not self._waiting():
            self._commits_seen, self._committed_by = commits, now
        self._idle_s = now - self._committed_by

    def recovered(self) -> None:
        """Note that what the last run left is taken care of."""
        self._recovered = True

    def stopping(self) -> None:
        """Note that the service drains."""
        self._stopping = True

    @property
    def version(self) -> str:
        """The version that runs."""
        return __version__

    @property
    def started_at(self) -> float:
        """When the service started."""
        return self._started_at

    def links(self) -> Sequence[LinkStatus]:
        """All links, in the order of the configuration."""
        return [
            LinkStatus(
                name,
                kind,
                bool(seen.bind),
                seen.since,
                seen.bind,
                self._in_flight(name),
                window,
                seen.reason,
                self._modems.get(name),
                seen.error,
                seen.error_at,
                self._traffic.last_minute(name),
            )
            for (name, (kind, window)), seen in zip(
                self._links.items(), self._seen.values(), strict=True
            )
        ]

    def writer(self) -> WriterStatus:
        """The writer of the store."""
        return WriterStatus(
            self._waiting(),
            self._last_commit_at,
            self._problem,
            self._problem_since,
            *self._batch,
        )

    def limits(self) -> Sequence[LimitStatus]:
        """The limits of replies, and what is used of them."""
        return self._limits()

    def ready(self) -> tuple[bool, dict[str, str]]:
        """Whether this node can store messages, whatever its carriers do."""
        checks = {
            "store": self._problem or self._idleness() or "ok",
            "recovery": "ok" if self._recovered else "not finished",
            "service": "stopping" if self._stopping else "ok",
        }
        return all(state == "ok" for state in checks.values()), checks

    def _idleness(self) -> str:
        """Why messages are refused although the database has not failed, or empty."""
        if self._idle_s <= _IDLE_S:
            return ""
        return f"nothing was committed for {self._idle_s:.0f} s"
