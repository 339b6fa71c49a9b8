"""Pieces of work for the writer: a function to run in a transaction, or an arrival.

Beneath the writer, which knows them by these names and nothing of what they do.
"""

from __future__ import annotations

__all__ = ["BEGUN", "Job", "Steward", "Work", "WorkState"]

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Final, Generic, Protocol, TypeVar

from twisted.internet.defer import Deferred

from smscentre.store.transaction import Transaction

T = TypeVar("T")


class WorkState(Enum):
    """How far a piece of work has come."""

    WAITING = "waiting"
    BEGUN = "begun"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


# Asked for several times of every message, and members are not found quickly.
BEGUN: Final = WorkState.BEGUN
_WITHDRAWN: Final = WorkState.WITHDRAWN


class Work:
    """One thing to be done in a transaction, whole or not at all.

    `run` may be called again when a batch has to be redone, so it changes
    nothing in memory that a rollback would not undo; `Transaction.after_commit`
    is for that.
    """

    arrival_id = ""
    """Set for arrivals: by it a commit of unknown outcome is checked."""

    sender = ""
    """Who has a share in each batch; empty for what needs no share."""

    steward: Steward | None = None
    """Reads for a whole batch what each piece of work would read alone."""

    state = WorkState.WAITING

    unknown = False
    """Whether a commit may have stored it, which nobody has heard."""

    @property
    def withdrawn(self) -> bool:
        """Whether it was taken back before it was begun."""
        return self.state is _WITHDRAWN

    def run(self, transaction: Transaction) -> None:
        """Do the work. Writer's thread."""
        raise NotImplementedError

    def blame(self, transaction: Transaction, error: Exception) -> None:
        """Store that this work cannot be done; by default it just fails."""
        raise error

    def found(self, transaction: Transaction) -> None:
        """Take up the result: the work turned out to be committed before."""

    def done(self) -> None:
        """Hear that the work is committed. Reactor's thread."""

    def failed(self, error: Exception) -> None:
        """Hear that the work was not done. Reactor's thread."""


class Steward(Protocol):
    """Prepares the works of its kind in one batch."""

    def prepare(self, transaction: Transaction, works: Sequence[Any]) -> None:
        """Read what the works will need. Writer's thread."""


class Job(Work, Generic[T]):
    """A function to run in a transaction, its result given by a Deferred."""

    def __init__(self, action: Callable[[Transaction], T]) -> None:
        self._action = action
        self._result: T | None = None
        self.outcome: Deferred[T] = Deferred()

    def run(self, transaction: Transaction) -> None:
        self._result = self._action(transaction)

    def done(self) -> None:
        self.outcome.callback(self._result)  # type: ignore[arg-type]  # set by run

    def failed(self, error: Exception) -> None:
        self.outcome.errback(error)
