"""Messages found in a modem as arrivals, by which they are known again (D4).

Beside `modem`, which asks it for each message that was found. It remembers which place
is which arrival, and what could not be read the first time. Pure.
"""

from __future__ import annotations

__all__ = ["ModemArrivals"]

from collections.abc import Callable

from smscentre.at.session_events import Found, Place
from smscentre.links.modem_message import Reading, read
from smscentre.messages import Address, Incoming, IncomingKind

_INTERNATIONAL = 1
_E164_PLAN = 1

_NO_PDU = "no PDU in hexadecimal of the length that it has"

_BY_TIME, _BY_SLOT = b"t", b"s"
"""What the key of an arrival begins with."""


class ModemArrivals:
    """Makes an arrival of each message, and knows it by its place afterwards."""

    def __init__(self, link: str, number: str, wall_clock: Callable[[], float]) -> None:
        """:param number: whose messages these are, in E.164"""
        self._link = link
        self._destination = Address(
            number.removeprefix("+"), _INTERNATIONAL, _E164_PLAN
        )
        self._wall_clock = wall_clock
        self._bind = ""
        self._sim = ""
        self._count = 0
        self._arrivals: dict[Place, str] = {}
        self._doubted: set[tuple[str, int, str]] = set()

    def begin(self, bind: str, sim: str) -> None:
        """Begin the arrivals of a bind; ``sim`` is the ICCID, empty if unknown."""
        self._bind = bind
        self._sim = sim
        self._count = 0

    def end(self) -> None:
        """Forget the places of a session that is over, and what was seen in them."""
        self._arrivals.clear()
        self._doubted.clear()

    @property
    def open(self) -> bool:
        """Whether some message is still in the modem that was found in it."""
        return bool(self._arrivals)

    def incoming(self, found: Found) -> Incoming | None:
        """Make an arrival; None where the place should be looked at once more.

        What cannot be read may have been garbled on the line, and would be deleted:
        it counts only if it reads the same a second time.
        """
        octets = found.octets
        if octets is None:
            raw = found.text.encode("latin-1", "replace")
            reading = Reading(IncomingKind.CORRUPT, body=raw, reason=_NO_PDU)
        else:
            raw = octets
            reading = read(octets)
        if reading.kind is IncomingKind.CORRUPT and self._is_first_look(found):
            return None
        self._count += 1
        arrival_id = f"{self._bind}:{self._count}"
        self._arrivals[found.place] = arrival_id
        return Incoming(
            arrival_id=arrival_id,
            link=self._link,
            bind=self._bind,
            source=reading.source,
            destination=self._destination,
            coding=reading.coding,
            udh=reading.udh,
            body=reading.body,
            text=reading.text,
            raw=raw,
            arrived_at=self._wall_clock(),
            sent_at=reading.sent_at,
            part=reading.part,
            kind=reading.kind,
            receipt=reading.receipt,
            reason=reading.reason,
            key=self._key(found.place, reading),
            until_deleted=not reading.stamp,
        )

    def cleared(self, place: Place) -> str:
        """Hear that a message left the modem; its arrival, or empty."""
        return self._arrivals.pop(place, "")

    def refused(self, place: Place) -> None:
        """Hear that a message is not safe; it will be found again."""
        self._arrivals.pop(place, None)

    def _is_first_look(self, found: Found) -> bool:
        place = found.place
        if not place.is_slot:
            # Nobody would bring it again.
            return False
        seen = (place.storage, place.index, found.text)
        if seen in self._doubted:
            self._doubted.discard(seen)
            return False
        self._doubted.add(seen)
        return True

    def _key(self, place: Place, reading: Reading) -> bytes:
        """What names it for ever, or while it lies there; empty if nothing does."""
        if reading.stamp:
            return _BY_TIME + reading.stamp
        if not place.is_slot:
            return b""
        # The slot of a SIM, which may come to lie in another modem.
        whose = self._sim or self._link
        return _BY_SLOT + f"{whose}:{place.storage}:{place.index}".encode()
