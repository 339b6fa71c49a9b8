"""How long a modem may stay silent, and what is then tried, in which order.

Lives as long as the link: it counts over sessions, since opening a port anew is one
of the measures. Knows no port; time is an argument, in seconds of any steady clock.
"""

from __future__ import annotations

__all__ = ["Patience", "Remedy"]

from enum import Enum


class Remedy(Enum):
    """What is done about a modem that does not answer, by its name in metrics."""

    REOPEN = "reopen"
    RESTART = "restart"
    HOOK = "hook"


_REMEDIES = {3: Remedy.REOPEN, 5: Remedy.RESTART, 8: Remedy.HOOK}
"""By the number of failures in a row; after the last the port is only reopened ..."""

_AGAIN_AFTER = 3
"""... each time after so many more."""

_ROUND_S = 300.0
"""A new round of remedies begins so long after the last one did.

A modem that is being restarted needs most of a minute, and must not be restarted anew.
"""


class Patience:
    """Counts answers that stay out; a list of messages ends the count."""

    def __init__(self) -> None:
        self.failures = 0
        """Answers that stayed out in a row."""
        self._round = 0
        self._began_at = 0.0

    def failed(self, now: float) -> Remedy | None:
        """Note that an answer stayed out; what is to be done now, if anything."""
        self.failures += 1
        if not self._round:
            self._began_at = now
        self._round += 1
        remedy = _REMEDIES.get(self._round)
        last = max(_REMEDIES)
        if remedy is not None or self._round < last:
            return remedy
        if now - self._began_at >= _ROUND_S:
            self._round = 0
        elif (self._round - last) % _AGAIN_AFTER:
            return None
        return Remedy.REOPEN

    def answered(self) -> None:
        """Note that the modem has shown its messages, which is what it is for."""
        self.failures = self._round = 0
