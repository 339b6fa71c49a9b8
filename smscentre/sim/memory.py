"""A link without a wire: what is sent stays in a list, outcomes come on request."""

from __future__ import annotations

__all__ = ["MemoryLink"]

from smscentre.interfaces import Deliveries
from smscentre.messages import (
    Accepted,
    Address,
    Incoming,
    InDoubt,
    Outgoing,
    Part,
    SubmitOutcome,
)


class MemoryLink:
    """Implements `interfaces.Link` for tests of the stages."""

    kind = "memory"

    def __init__(self, name: str, window: int = 10) -> None:
        self.name = name
        self.bind = ""
        self.window = window
        self.sent: list[Outgoing] = []
        """Everything handed over, over all binds."""
        self.in_flight: dict[int, Outgoing] = {}
        self.ready_at: float | None = None
        self._binds = 0
        self._arrivals = 0

    def room(self) -> int:
        """The free places of the window."""
        return self.window - len(self.in_flight) if self.bind else 0

    def room_at(self) -> float | None:
        """The moment that a test has set."""
        return self.ready_at

    def send(self, outgoing: Outgoing) -> None:
        """Keep a part in flight."""
        self.sent.append(outgoing)
        self.in_flight[outgoing.row] = outgoing

    def connect(self, deliveries: Deliveries) -> str:
        """Begin a bind; its id."""
        self._binds += 1
        self.bind = f"{self.name}-{self._binds}"
        deliveries.bound(self, self.bind)
        return self.bind

    def disconnect(self, deliveries: Deliveries) -> None:
        """End the bind; what is in flight is in doubt."""
        bind, self.bind = self.bind, ""
        for row in list(self.in_flight):
            self.settle(deliveries, row, InDoubt("connection lost"))
        deliveries.lost(self, bind, "connection lost")

    def settle(self, deliveries: Deliveries, row: int, outcome: SubmitOutcome) -> None:
        """Give a part in flight its outcome."""
        del self.in_flight[row]
        deliveries.settled(self, row, outcome)

    def accept_all(self, deliveries: Deliveries) -> None:
        """Let the carrier accept everything in flight."""
        for row in list(self.in_flight):
            self.settle(deliveries, row, Accepted(f"id-{row}"))

    def incoming(
        self, source: str, text: str, at: float, part: Part | None = None
    ) -> Incoming:
        """A message as this link would hand it over."""
        self._arrivals += 1
        return Incoming(
            arrival_id=f"{self.bind}:{self._arrivals}",
            link=self.name,
            bind=self.bind,
            source=Address(source, 1, 1),
            destination=Address("02170252704"),
            coding=0,
            udh=b""
            if part is None
            else bytes([part.reference, part.total, part.number]),
            body=text.encode(),
            text=text,
            raw=text.encode(),
            arrived_at=at,
            part=part,
        )
