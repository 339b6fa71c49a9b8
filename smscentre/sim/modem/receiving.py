"""Messages from the network: into a store or straight to the line.

Between `network`, which makes them, and the commands about messages. It keeps to
+CNMI, holds what finds no room, and brings again what was not acknowledged.

Source: 3GPP TS 27.005 §3.4.1 (+CNMI), §3.4.4 and §4.7 (+CNMA).
"""

from __future__ import annotations

__all__ = ["acknowledge", "deadline", "expire", "give_back", "receive"]

from smscentre.sim.modem.record import Delivery, Event, What
from smscentre.sim.modem.state import AtError, Family, ModemState
from smscentre.sim.modem.stores import Slot, Status
from smscentre.sim.modem.textmode import brought_as_text

_NOT_EXPECTED = 340
_MODE_OFF = 0
_STORE_ONLY, _STORE_AND_TELL = 0, 1
_REPORTS_NONE, _REPORTS_BROUGHT = 0, 1


def receive(state: ModemState) -> None:
    """Take what waits in the network, in order, as far as there is room."""
    if not state.is_on_air:
        return
    for delivery in list(state.waiting):
        if delivery.due_at <= state.now and _take(state, delivery):
            state.waiting.remove(delivery)


def expire(state: ModemState) -> None:
    """Act on what was not acknowledged in time.

    The modem then stops bringing messages, as the standard has it.

    Source: 3GPP TS 27.005 §3.4.4 (both <mt> and <ds> are set to zero).
    """
    if state.awaited is not None and state.now >= state.awaited_until:
        mode, _, broadcasts, _, buffer = state.settings.notify
        state.settings.notify = (mode, 0, broadcasts, 0, buffer)
        give_back(state)
    receive(state)


def deadline(state: ModemState) -> float | None:
    """When `expire` has something to do."""
    moments = [one.due_at for one in state.waiting if one.due_at > state.now]
    if state.awaited is not None:
        moments.append(state.awaited_until)
    return min(moments, default=None)


def acknowledge(state: ModemState, accepted: bool) -> None:
    """Act on +CNMA.

    :raises AtError: none is expected.
    """
    delivery = state.awaited
    if delivery is None:
        raise AtError(Family.CMS, _NOT_EXPECTED)
    if accepted:
        state.awaited = None
        delivery.history.append((state.now, Event.ACKNOWLEDGED))
    else:
        give_back(state)


def give_back(state: ModemState) -> None:
    """Let the network keep the message that was brought, if any, and try again."""
    delivery, state.awaited = state.awaited, None
    if delivery is not None:
        delivery.history.append((state.now, Event.NOT_ACKNOWLEDGED))
        delivery.due_at = state.now + state.options.again_s
        state.waiting.append(delivery)


def _take(state: ModemState, delivery: Delivery) -> bool:
    mode, kind, _, reports, _ = state.settings.notify
    if delivery.is_report:
        if reports == _REPORTS_NONE:
            delivery.history.append((state.now, Event.DROPPED))
            return True
        if reports == _REPORTS_BROUGHT and mode != _MODE_OFF:
            return _bring(state, delivery, "+CDS")
        return _store(state, delivery, "+CDSI")
    if kind in (_STORE_ONLY, _STORE_AND_TELL) or mode == _MODE_OFF:
        return _store(state, delivery, "+CMTI" if kind == _STORE_AND_TELL else "")
    return _bring(state, delivery, "+CMT")


def _store(state: ModemState, delivery: Delivery, indication: str) -> bool:
    store = state.settings.memories[2]
    index = state.stores.put(
        store, Slot(delivery.octets, Status.UNREAD, delivery.number)
    )
    if index is None:
        return False
    state.record.moved(state.now, What.STORED, (store, index), delivery.number)
    if indication and state.settings.notify[0] != _MODE_OFF:
        state.said.append((f'{indication}: "{store}",{index}',))
    return True


def _bring(state: ModemState, delivery: Delivery, indication: str) -> bool:
    if state.awaited is not None:
        return False
    octets = delivery.octets
    if state.settings.text_mode:
        state.said.append(brought_as_text(state, indication, octets))
    else:
        length = len(octets) - 1 - octets[0]
        middle = "" if delivery.is_report else ","
        header = f"{indication}: {middle}{length}"
        state.said.append((header, octets.hex().upper()))
    delivery.history.append((state.now, Event.BROUGHT))
    if state.settings.service:
        state.awaited = delivery
        state.awaited_until = state.now + state.options.acknowledge_s
    else:
        delivery.history.append((state.now, Event.ACKNOWLEDGED))
    return True
