"""What the centre knows in memory and the pages show: links, writer, version.

The seam between the pages and whoever runs the service; values only.
"""

from __future__ import annotations

__all__ = ["LimitStatus", "LinkStatus", "ModemStatus", "StatusSource", "WriterStatus"]

from collections.abc import Sequence
from typing import Protocol

from attrs import field, frozen

from smscentre.messages import ModemAlarm, ModemHealth


@frozen
class ModemStatus:
    """What only a modem has: how it stands, and what was done to it.

    ``resets`` counts since the service started; ``alarm`` says why a person is
    needed, None while none is.
    """

    health: ModemHealth = field(factory=ModemHealth)
    resets: int = 0
    alarm: ModemAlarm | None = None


@frozen
class LinkStatus:
    """One link now.

    ``since`` is when it came up or went down, ``bind`` the id of its session,
    empty while it is down; ``reason`` says why it is down, in the link's words.
    ``window`` is the most parts that may be in flight, 0 where there is no limit.
    ``modem`` is None for what is no modem. ``error`` is why it last went down, also
    if that is over, at ``error_at``. ``last_minute`` is how many messages came and
    how many parts the carrier took, None where nobody counts.
    """

    name: str
    kind: str
    up: bool
    since: float
    bind: str = ""
    in_flight: int = 0
    window: int = 0
    reason: str = ""
    modem: ModemStatus | None = None
    error: str = ""
    error_at: float | None = None
    last_minute: tuple[int, int] | None = None


@frozen
class WriterStatus:
    """The store's writer now.

    ``waiting`` counts what is not committed yet; ``last_commit_at`` is None
    before the first. ``problem`` is empty while the database can be used, else there
    since ``problem_since``. The last batch was of ``batch`` works and took
    ``batch_s``.
    """

    waiting: int
    last_commit_at: float | None
    problem: str = ""
    problem_since: float | None = None
    batch: int = 0
    batch_s: float | None = None


@frozen
class LimitStatus:
    """One limit of replies: the silence that it keeps, and how many it lets pass.

    ``most`` has a number for each span (minute, hour, day), 0 where there is no limit;
    ``used`` is how many of the day's replies are given, None where it is not known.
    """

    reason: str
    most: tuple[tuple[int, str], ...]
    used: int | None = None


class StatusSource(Protocol):
    """Knows the state of the running service. Moments are seconds since 1970."""

    @property
    def version(self) -> str:
        """The version that runs."""

    @property
    def started_at(self) -> float:
        """When the service started."""

    def links(self) -> Sequence[LinkStatus]:
        """All configured links, in the order of the configuration."""

    def writer(self) -> WriterStatus:
        """The writer of the store."""

    def limits(self) -> Sequence[LimitStatus]:
        """All limits of replies."""
