"""How long a session waits: for the rest of a PDU, for an answer, for anything.

Part of a session; it knows times and limits, and neither octets nor numbers.

Source: SMPP 3.4 §2.9 (timers).
"""

from __future__ import annotations

__all__ = ["Overdue", "Patience"]

from enum import Enum

from smscentre.smpp.options import SessionOptions
from smscentre.smpp.states import State
from smscentre.smpp.window import Window


class Overdue(Enum):
    """What a session has waited for in vain, or what is due from itself."""

    PDU = "the rest of a PDU"
    SUBMIT = "the answer to a submit_sm"
    ANSWER = "the answer to a bind, an unbind or an enquire_link"
    ENQUIRY = "to be sent: an enquire_link"


class Patience:
    """The moments since which a session waits, and what they lead to."""

    def __init__(self, options: SessionOptions, window: Window) -> None:
        self._options = options
        self._window = window
        self._asked_at = 0.0
        self._heard_at = 0.0
        self._enquired_at: float | None = None
        self._unfinished_since: float | None = None

    def asked(self, now: float) -> None:
        """Note that a bind or an unbind was sent."""
        self._asked_at = now

    def enquired(self, now: float) -> None:
        """Note that an enquire_link was sent."""
        self._enquired_at = now

    def heard(self, now: float) -> None:
        """Note a PDU: it shows that the peer lives, an answer or not."""
        self._heard_at, self._enquired_at = now, None

    def read(self, now: float, *, progress: bool, unfinished: bool) -> None:
        """Note whether what was read ends within a PDU, and whether it ended one."""
        if not unfinished:
            self._unfinished_since = None
        elif progress or self._unfinished_since is None:
            self._unfinished_since = now

    def resume(self, now: float) -> None:
        """Wait anew for everything: until now nothing was read, whatever had come."""
        self.asked(now)
        self.heard(now)
        self._window.restart(now)
        if self._unfinished_since is not None:
            self._unfinished_since = now

    def deadline(self, state: State) -> float | None:
        """Tell when something will be overdue; None when nothing ever will."""
        due = self._state_deadline(state)
        if due is None:
            return None
        if self._unfinished_since is not None:
            due = min(due, self._unfinished_since + self._options.pdu_s)
        oldest = self._window.oldest()
        if oldest is not None:
            due = min(due, oldest + self._options.response_s)
        return due

    def overdue(self, state: State, now: float) -> Overdue | None:
        """Tell what is overdue; the gravest where it is more than one."""
        due = self._state_deadline(state)
        if due is None:
            return None
        slow, oldest = self._unfinished_since, self._window.oldest()
        if slow is not None and now >= slow + self._options.pdu_s:
            return Overdue.PDU
        if oldest is not None and now >= oldest + self._options.response_s:
            return Overdue.SUBMIT
        if now < due:
            return None
        if state is State.BOUND and self._enquired_at is None:
            return Overdue.ENQUIRY
        return Overdue.ANSWER

    def _state_deadline(self, state: State) -> float | None:
        """Tell when the state itself needs attention; None when it never does."""
        match state:
            case State.BOUND:
                if self._enquired_at is not None:
                    return self._enquired_at + self._options.enquire_answer_s
                return self._heard_at + self._options.enquire_link_s
            case State.BINDING:
                return self._asked_at + self._options.bind_s
            case State.UNBINDING:
                return self._asked_at + self._options.unbind_s
            case State.OPEN | State.CLOSED:
                return None
