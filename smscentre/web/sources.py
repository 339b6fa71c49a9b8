"""What areas that show figures read from, shared by all of them."""

from __future__ import annotations

__all__ = ["Sources"]

from attrs import field, frozen

from smscentre.store.settled import SettledDays
from smscentre.store.snapshots import Snapshots


@frozen
class Sources:
    """The directory, and the sums of days that are over. Safe in several threads."""

    snapshots: Snapshots = field(factory=Snapshots)
    settled: SettledDays = field(factory=SettledDays)
