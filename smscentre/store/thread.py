"""The thread in which the writer turns, and its patience with a lost database."""

from __future__ import annotations

__all__ = ["WriterThread"]

from collections.abc import Callable
from threading import Event, Thread

from twisted.internet.defer import Deferred
from twisted.logger import Logger

from smscentre.store.checkpoints import Checkpoints
from smscentre.store.writer import Unavailable, Writer
from smscentre.tasks import attempt

_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0

_log = Logger(namespace="smscentre.store.thread")


class WriterThread:
    """Turns the writer until it is stopped; waits while the database is away.

    `heard` is called in the reactor's thread with why the database cannot be used,
    with nothing when it can; only changes are told.
    """

    def __init__(
        self,
        writer: Writer,
        checkpoints: Checkpoints,
        to_reactor: Callable[..., object],
        heard: Callable[[str], None],
    ) -> None:
        self._writer = writer
        self._checkpoints = checkpoints
        self._to_reactor = to_reactor
        self._heard = heard
        self._stopping = Event()
        self._ended: Deferred[None] = Deferred()
        self._thread = Thread(target=self._run, name="smscentre-writer", daemon=True)

    def start(self) -> None:
        """Begin to turn."""
        self._checkpoints.start()
        self._thread.start()

    def stop(self) -> Deferred[None]:
        """End once everything that waits is committed; fires when it has ended.

        With a database that is away it ends at once and what waits is dropped:
        none of it was acknowledged.
        """
        self._stopping.set()
        self._writer.close_intake()
        return self._ended

    def _run(self) -> None:
        error = attempt(self._turn)
        if error is not None:
            # Nothing of ours ends a turn like this. Arrivals are refused once they
            # have waited in vain, and readiness tells why.
            _log.critical("the writer has failed: {error!r}", error=error)
            self._to_reactor(self._heard, f"the writer has failed: {error!r}")
        self._checkpoints.stop()
        self._writer.close()
        self._to_reactor(self._ended.callback, None)

    def _turn(self) -> None:
        available, pause = True, _FIRST_PAUSE_S
        while True:
            try:
                worked = self._writer.turn()
            except Unavailable as error:
                if available:
                    _log.error("{error}", error=error)
                    self._to_reactor(self._heard, str(error))
                available = False
                if self._stopping.wait(pause):
                    break
                pause = min(pause * 2, _LONGEST_PAUSE_S)
                continue
            if not available and worked:
                _log.info("the database can be used again")
                self._to_reactor(self._heard, "")
                available, pause = True, _FIRST_PAUSE_S
            if worked:
                self._checkpoints.turned()
            else:
                if self._stopping.is_set():
                    break
                self._writer.wait()
