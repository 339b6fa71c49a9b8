"""An SMSC in a process of its own, on somebody else's SMPP library.

The programs beside this module listen on loopback, take orders and report what
happened, as JSON objects, one a line. This module starts and ends them and keeps what
they said; it knows no PDU and no library.

Orders by their ``do``: ``deliver`` (source, destination, text, data_coding, udh, sar,
payload, tag), ``receipt`` (message_id, state, tag), ``refuse`` (statuses of the next
submits), ``enquire``, ``unbind``. Events by their ``event``: ``listening``, ``bind``,
``submit_sm``, ``text`` (parts joined), ``deliver_sm_resp``, ``enquire_link``,
``enquire_link_resp``, ``unbind``, ``unbind_resp``, ``closed``, ``fault``.
"""

from __future__ import annotations

__all__ = ["CENTRE", "Event", "Peer"]

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Condition, Thread
from typing import Any

CENTRE = "02170252704"
"""The number that officers text."""

Event = dict[str, Any]
"""What a peer reported, with ``event`` for its kind."""

_START_S = 20.0
_END_S = 5.0
_TICK_S = 0.05


class Peer:
    """One program: `start`, then orders and waiting, at last `stop`."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self.events: list[Event] = []
        self._command = command
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self._reader: Thread | None = None
        self._changed = Condition()
        self._tag = 0

    def start(self) -> None:
        """Start the program and wait until it listens."""
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
            )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self.wait_for(lambda: self.of("listening"), "listening", _START_S)

    def stop(self) -> None:
        """End the program by the end of its orders; by force if it stays."""
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert self._reader is not None
        self._reader.join()
        process.stdout.close()

    # What a test says.

    def order(self, do: str, **fields: object) -> None:
        """Give an order."""
        assert self._process is not None, "never started"
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **fields}) + "\n")
        self._process.stdin.flush()

    def deliver(
        self, source: str, text: str, data_coding: int | None = 0, **fields: object
    ) -> int:
        """Have a message delivered; the tag of its answer.

        ``data_coding`` of None leaves the choice to the library; ``fields`` are
        udh (hexadecimal), sar (reference, total, number) and payload.
        """
        self._tag += 1
        self.order(
            "deliver",
            source=source,
            destination=CENTRE,
            text=text,
            data_coding=data_coding,
            tag=self._tag,
            **fields,
        )
        return self._tag

    def receipt(self, submit: Event, state: str) -> int:
        """Have a receipt for a submit delivered; the tag of its answer."""
        self._tag += 1
        self.order(
            "receipt",
            source=submit["destination"],
            destination=CENTRE,
            message_id=submit["message_id"],
            state=state,
            tag=self._tag,
        )
        return self._tag

    # What a test asks.

    @property
    def port(self) -> int:
        """Where the program listens."""
        port: int = self.of("listening")[0]["port"]
        return port

    def of(self, kind: str) -> list[Event]:
        """The events of one kind so far."""
        return [event for event in list(self.events) if event["event"] == kind]

    def texts(self) -> list[str]:
        """The texts that were sent, their parts joined by the program."""
        return [event["text"] for event in self.of("text")]

    def status(self, tag: int) -> int | None:
        """How a delivery was answered; None as long as it was not."""
        for event in self.of("deliver_sm_resp"):
            if event["tag"] == tag:
                status: int = event["status"]
                return status
        return None

    def wait_for(
        self, predicate: Callable[[], object], what: str, timeout_s: float = 20.0
    ) -> None:
        """Wait until something holds.

        :raises AssertionError: with ``what`` and what the program said of errors.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while not predicate():
                if time.monotonic() > deadline:
                    said = self._log.read_text(errors="replace")
                    raise AssertionError(f"not within {timeout_s:g} s: {what}\n{said}")
                # Some predicates look at the store, which notifies nobody.
                self._changed.wait(_TICK_S)

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.events.append(json.loads(line))
                self._changed.notify_all()
