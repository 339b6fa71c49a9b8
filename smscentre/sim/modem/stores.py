"""Where a modem keeps messages: the slots of the SIM and of the modem itself.

Beneath the commands and the network. It knows slots, their status and their number,
and nothing of what a message says.

Source: 3GPP TS 27.005 §3.1 (<index>, <mem1>, <stat>).
"""

from __future__ import annotations

__all__ = ["Slot", "Status", "Stores"]

from enum import IntEnum

from attrs import define

_BOTH = "MT"


class Status(IntEnum):
    """<stat> in PDU mode."""

    UNREAD = 0
    READ = 1
    UNSENT = 2
    SENT = 3


@define(eq=False)
class Slot:
    """A message in a store; ``octets`` have the service centre before the TPDU.

    ``delivery`` is its number among what the network has brought, None if that is
    not where it comes from.
    """

    octets: bytes
    status: Status
    delivery: int | None = None


class Stores:
    """SM and ME, and MT for both: the slots of SM, then those of ME."""

    def __init__(self, sizes: dict[str, int], first_index: int = 1) -> None:
        self._first = first_index
        self._slots: dict[str, list[Slot | None]] = {
            name: [None] * size for name, size in sizes.items()
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names that +CPMS takes."""
        return (*self._slots, _BOTH)

    def indexes(self, store: str) -> list[int]:
        """Every index that a store has, in order."""
        size = sum(len(self._slots[name]) for name in self._parts(store))
        return list(range(self._first, self._first + size))

    def taken(self, store: str) -> list[tuple[int, Slot]]:
        """The slots that hold a message, with their indexes."""
        found = [(index, self.get(store, index)) for index in self.indexes(store)]
        return [(index, slot) for index, slot in found if slot is not None]

    def get(self, store: str, index: int) -> Slot | None:
        """What is at an index, None if nothing.

        :raises IndexError: the store has no such index.
        """
        slots, at = self._find(store, index)
        return slots[at]

    def put(self, store: str, slot: Slot) -> int | None:
        """Keep a message in the first free slot; its index, None if all are taken."""
        for index in self.indexes(store):
            slots, at = self._find(store, index)
            if slots[at] is None:
                slots[at] = slot
                return index
        return None

    def clear(self, store: str, index: int) -> Slot | None:
        """Empty a slot; what was in it.

        :raises IndexError: the store has no such index.
        """
        slots, at = self._find(store, index)
        was, slots[at] = slots[at], None
        return was

    def _parts(self, store: str) -> tuple[str, ...]:
        return tuple(self._slots) if store == _BOTH else (store,)

    def _find(self, store: str, index: int) -> tuple[list[Slot | None], int]:
        at = index - self._first
        for name in self._parts(store):
            slots = self._slots[name]
            if 0 <= at < len(slots):
                return slots, at
            at -= len(slots)
        raise IndexError(f"{store} has no slot {index}")
