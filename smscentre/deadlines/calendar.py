"""The days on which there are deadlines."""

from __future__ import annotations

__all__ = ["Calendar"]

import datetime

from attrs import frozen

_SATURDAY = 5


@frozen
class Calendar:
    """Every day or Monday to Friday, the holidays left out."""

    working_days_only: bool = True
    holidays: frozenset[datetime.date] = frozenset()

    def holds(self, day: datetime.date) -> bool:
        """Whether there are deadlines on a day."""
        if day in self.holidays:
            return False
        return not self.working_days_only or day.weekday() < _SATURDAY
