"""What lists and deletions mean for the messages in a modem, as events.

Between the shelf, which knows where each message stands, and the session, which says
what is said. It knows no command and ends no session.
"""

from __future__ import annotations

__all__ = ["Keeper", "Outcome"]

from attrs import field, frozen

from smscentre.at.answers import Slot
from smscentre.at.duties import Duties, Reread
from smscentre.at.events import shown
from smscentre.at.listing import is_text_mode, octets_of, read_entries
from smscentre.at.results import Result
from smscentre.at.scripts import Listing
from smscentre.at.session_events import (
    DELETE_FAILED,
    NOT_LISTED,
    NOT_READ,
    Cleared,
    Event,
    Fault,
    Found,
    Listed,
    Place,
)
from smscentre.at.shelf import Shelf
from smscentre.at.sim import SimState, sim_state

_STARTS_S = 120.0
"""How long after its first list a SIM may be busy."""

_NOT_EXPECTED = 340
"""+CMS ERROR: the modem waits for no confirmation (TS 27.005 §3.2.5)."""


@frozen
class Outcome:
    """What a list means: what happened, whether it failed, why the session ends."""

    happened: list[Event] = field(factory=list)
    failed: bool = False
    ending: str = ""


class Keeper:
    """Takes lists and the results of deletions and confirmations."""

    def __init__(self, duties: Duties, shelf: Shelf) -> None:
        self._duties = duties
        self._shelf = shelf
        self._has_listed = False
        self._began_at = 0.0

    def take_list(self, storage: str, outcome: Listing | Result, now: float) -> Outcome:
        """Take a list of a storage, or the result where there is none."""
        result, entries = (outcome, []) if isinstance(outcome, Result) else outcome
        if not result.ok:
            return self._refused(storage, result, now)
        slots, unread = read_entries(entries)
        if any(is_text_mode(header) for header in unread):
            return Outcome(ending="the modem has left PDU mode")
        faults = [Fault(NOT_READ, shown(header)) for header in unread]
        self._began_at = self._began_at or now
        # Some modems cut a long list at a fixed size: it lacks what lies behind.
        cut = frozenset(slot.index for slot in slots if octets_of(slot) is None)
        whole = not cut and not unread
        happened = self._listed(storage, slots, whole, now)
        happened += self._changed(storage, slots, cut, whole)
        return Outcome([*faults, *happened])

    def _refused(self, storage: str, result: Result, now: float) -> Outcome:
        if storage == self._duties.own:
            self._duties.look_again(storage, now)
        else:
            self._duties.listed(storage, now)
        self._began_at = self._began_at or now
        # A SIM is busy for a while after its start, which is no failure.
        starts = now < self._began_at + _STARTS_S
        busy = sim_state(result) is SimState.BUSY and starts
        return Outcome(
            [Fault(NOT_LISTED, f"{storage}: {result.text}")],
            failed=storage == self._duties.own and not busy,
        )

    def _listed(
        self, storage: str, slots: list[Slot], whole: bool, now: float
    ) -> list[Event]:
        self._duties.listed(storage, now)
        if not whole:
            self._duties.look_again(storage, now)
        if storage != self._duties.own:
            return []
        taken = frozenset(slot.index for slot in slots)
        first = whole and not self._has_listed
        self._has_listed |= whole
        return [Listed(storage, taken, first)]

    def _changed(
        self, storage: str, slots: list[Slot], cut: frozenset[int], whole: bool
    ) -> list[Event]:
        happened: list[Event] = []
        changes = self._shelf.listed(storage, slots, cut, whole=whole)
        for place in changes.left:
            detail = f"slot {place.index} of {storage} is as it was after an OK"
            happened.append(Fault(DELETE_FAILED, detail))
        happened += [Cleared(place) for place in changes.gone]
        for place, slot in changes.found:
            octets = octets_of(slot)
            if octets is None:
                self._duties.rereads.append(Reread(place, slot.text))
            else:
                happened.append(Found(place, octets, slot.text))
        return happened

    def reread(self, reread: Reread, line: object) -> Found:
        """Take what a slot has whose entry in the list was no PDU.

        Some modems cut a long list at a fixed size; what a slot has by itself counts.
        Without that the entry is all there is.
        """
        if isinstance(line, str) and line:
            self._shelf.read(reread.place, line)
            return Found(reread.place, bytes.fromhex(line), line)
        return Found(reread.place, None, reread.text)

    def cleared(self, place: Place, result: Result) -> list[Event]:
        """Take the result of a deletion or a confirmation."""
        if place.is_slot and not result.ok:
            tries = self._shelf.not_cleared(place)
            where = f"slot {place.index} of {place.storage}, try {tries}"
            return [Fault(DELETE_FAILED, f"{where}: {result.text}")]
        self._shelf.cleared(place)
        happened: list[Event] = [Cleared(place)]
        if not result.ok and result.code != _NOT_EXPECTED:
            self._duties.renotify = True
            happened.append(Fault(DELETE_FAILED, f"not confirmed: {result.text}"))
        return happened
