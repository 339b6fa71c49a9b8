"""Which messages lie in the modem, and what is to become of each.

Beside the session, which tells it every list and every deletion. The list is the
truth: what it no longer has is gone, whatever the answer to a deletion was. It knows
no command and no content of a message.
"""

from __future__ import annotations

__all__ = ["Changes", "Shelf"]

from collections import deque
from collections.abc import Collection
from enum import Enum
from itertools import count

from attrs import define, field, frozen

from smscentre.at.answers import Slot
from smscentre.at.session_events import Place


class _Stand(Enum):
    """What is known of a message that was found.

    One that is unsure is safe, and may have been deleted or overwritten; one that
    was cleared should not be in the next list.
    """

    IN_HAND = "in hand"
    TO_CLEAR = "to clear"
    UNSURE = "unsure"
    CLEARED = "cleared"


@define
class _Held:
    place: Place
    text: str
    stand: _Stand = _Stand.IN_HAND
    overwritten: bool = False
    """Whether the modem has said that something came to lie there, which no list that
    was asked for since has shown."""
    tries: int = 0


@frozen
class Changes:
    """What a list shows: what is new, what is gone, what a deletion left there."""

    found: list[tuple[Place, Slot]] = field(factory=list)
    gone: list[Place] = field(factory=list)
    left: list[Place] = field(factory=list)


class Shelf:
    """Follows each message from the list that has it to that which lacks it.

    A message that was brought without being stored has a place as well, and is
    confirmed in the place of a deletion.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._held: dict[tuple[str, int], _Held] = {}
        self._due: deque[Place] = deque()
        self._told: set[tuple[str, int]] = set()
        """Slots that were overwritten since the last list was asked for."""

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be deleted or confirmed."""
        return not self._due

    def bring(self) -> Place:
        """Give a place to a message that is not stored."""
        return Place(next(self._numbers), "")

    def asked(self, storage: str) -> None:
        """Hear that a list of a storage is asked for."""
        self._told = {slot for slot in self._told if slot[0] != storage}

    def listed(
        self,
        storage: str,
        slots: list[Slot],
        unread: Collection[int] = (),
        *,
        whole: bool = True,
    ) -> Changes:
        """Take a list of a storage; only a ``whole`` one shows what is gone.

        Of a slot that was overwritten meanwhile it may show what lay there before; of
        those in ``unread`` it may show a half of what we know.
        """
        changes = Changes()
        seen = {slot.index for slot in slots}
        for (kept, index), held in [*self._held.items()]:
            if whole and kept == storage and index not in seen:
                changes.gone.extend(self._vanished(held))
        for slot in slots:
            held_now = self._held.get((storage, slot.index))
            if held_now is not None and held_now.text == slot.text:
                self._still_there(held_now, changes)
                continue
            if held_now is not None and slot.index in unread:
                continue
            if held_now is not None:
                changes.gone.extend(self._vanished(held_now))
            place = Place(next(self._numbers), storage, slot.index)
            told = (storage, slot.index) in self._told
            held = _Held(place, slot.text, overwritten=told)
            self._held[storage, slot.index] = held
            changes.found.append((place, slot))
        return changes

    def overwritten(self, storage: str, index: int) -> None:
        """Hear that something came to lie in a slot: what we know of it is old.

        A message may replace another one, in the same slot and without a deletion
        (TS 23.040 §9.2.3.9); nothing is deleted there before the next list.
        """
        self._told.add((storage, index))
        held = self._held.get((storage, index))
        if held is None:
            return
        held.overwritten = True
        if held.stand is _Stand.TO_CLEAR:
            held.stand = _Stand.UNSURE
        elif held.stand is _Stand.CLEARED:
            del self._held[storage, index]

    def read(self, place: Place, text: str) -> None:
        """Hear what lies in a slot whose entry in the list was another."""
        held = self._held.get((place.storage, place.index))
        if held is not None and held.place == place:
            held.text = text

    def settle(self, place: Place, accepted: bool) -> bool:
        """Hear whether a message is safe; whether the modem had lost it already.

        One that is not stays, and the next list finds it again.
        """
        if not place.is_slot:
            if accepted:
                self._due.append(place)
            return False
        held = self._held.get((place.storage, place.index))
        if held is None or held.place != place:
            return accepted
        if not accepted:
            del self._held[place.storage, place.index]
        elif held.overwritten:
            held.stand = _Stand.UNSURE
        else:
            self._to_clear(held)
        return False

    def next_due(self) -> Place | None:
        """Take the next place that is to be deleted or confirmed."""
        while self._due:
            place = self._due.popleft()
            held = self._held.get((place.storage, place.index))
            if not place.is_slot:
                return place
            if held and held.place == place and held.stand is _Stand.TO_CLEAR:
                return place
        return None

    def cleared(self, place: Place) -> None:
        """Hear that a message was deleted or confirmed; the next list will tell."""
        held = self._held.get((place.storage, place.index))
        if held is not None and held.place == place:
            held.stand = _Stand.CLEARED

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

    def _still_there(self, held: _Held, changes: Changes) -> None:
        if (held.place.storage, held.place.index) in self._told:
            return
        held.overwritten = False
        if held.stand is _Stand.CLEARED:
            held.tries += 1
            changes.left.append(held.place)
        if held.stand in (_Stand.CLEARED, _Stand.UNSURE):
            self._to_clear(held)

    def _to_clear(self, held: _Held) -> None:
        held.stand = _Stand.TO_CLEAR
        self._due.append(held.place)

    def _vanished(self, held: _Held) -> list[Place]:
        """Forget a slot; what was safe and not known to be deleted, is deleted now."""
        del self._held[held.place.storage, held.place.index]
        known = held.stand in (_Stand.IN_HAND, _Stand.CLEARED)
        return [] if known else [held.place]
