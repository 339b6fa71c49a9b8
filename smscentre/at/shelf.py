"""Which messages lie in the modem, and what is to become of each.

Beside the session, which tells it every list and every deletion. The list is the
truth: what it no longer has is gone, whatever the answer to a deletion was. It knows
no command and no content of a message.
"""

from __future__ import annotations

__all__ = ["Shelf"]

from collections import deque
from enum import Enum
from itertools import count

from attrs import define

from smscentre.at.answers import Slot
from smscentre.at.session_events import Place


class _Stand(Enum):
    """What is known of a message that was found."""

    IN_HAND = "in hand"
    TO_CLEAR = "to clear"
    UNSURE = "unsure"


@define
class _Held:
    place: Place
    text: str
    stand: _Stand = _Stand.IN_HAND
    tries: int = 0


class Shelf:
    """Follows each message from the list that has it to that which lacks it.

    A message that was brought without being stored has a place as well, and is
    confirmed in the place of a deletion.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._held: dict[tuple[str, int], _Held] = {}
        self._direct: set[Place] = set()
        self._due: deque[Place] = deque()

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be deleted or confirmed."""
        return not self._due

    def bring(self) -> Place:
        """Give a place to a message that is not stored."""
        place = Place(next(self._numbers), "")
        self._direct.add(place)
        return place

    def listed(
        self, storage: str, slots: list[Slot]
    ) -> tuple[list[tuple[Place, Slot]], list[Place]]:
        """Take a whole list of a storage: what is new in it, and what is gone."""
        found, gone = [], []
        seen = {slot.index for slot in slots}
        for (kept, index), held in [*self._held.items()]:
            if kept == storage and index not in seen:
                gone += self._vanished(held)
        for slot in slots:
            held_now = self._held.get((storage, slot.index))
            if held_now is not None and held_now.text == slot.text:
                if held_now.stand is _Stand.UNSURE:
                    self._to_clear(held_now)
                continue
            if held_now is not None:
                gone += self._vanished(held_now)
            place = Place(next(self._numbers), storage, slot.index)
            self._held[storage, slot.index] = _Held(place, slot.text)
            found.append((place, slot))
        return found, gone

    def settle(self, place: Place, accepted: bool) -> bool:
        """Hear whether a message is safe; whether the modem had lost it already.

        One that is not stays, and the next list finds it again.
        """
        if not place.is_slot:
            self._direct.discard(place)
            if accepted:
                self._due.append(place)
            return False
        held = self._held.get((place.storage, place.index))
        if held is None or held.place != place:
            return accepted
        if accepted:
            self._to_clear(held)
        else:
            del self._held[place.storage, place.index]
        return False

    def next_due(self) -> Place | None:
        """Take the next place that is to be deleted or confirmed."""
        while self._due:
            place = self._due.popleft()
            held = self._held.get((place.storage, place.index))
            if not place.is_slot or (held is not None and held.place == place):
                return place
        return None

    def cleared(self, place: Place) -> None:
        """Hear that a message was deleted or confirmed."""
        self._held.pop((place.storage, place.index), None)

    def not_cleared(self, place: Place) -> int:
        """Hear that a deletion failed or that its answer stayed out; how often so far.

        The next list tells whether the message is still there.
        """
        held = self._held.get((place.storage, place.index))
        if held is None:
            return 0
        held.stand = _Stand.UNSURE
        held.tries += 1
        return held.tries

    def _to_clear(self, held: _Held) -> None:
        held.stand = _Stand.TO_CLEAR
        self._due.append(held.place)

    def _vanished(self, held: _Held) -> list[Place]:
        """Forget a slot; one that was safe, or may be deleted, counts as deleted."""
        del self._held[held.place.storage, held.place.index]
        return [] if held.stand is _Stand.IN_HAND else [held.place]
