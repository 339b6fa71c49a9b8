"""What a dialogue has said last, and what became of it so far.

Kept by `dialogue`, also while it is lost: a line that comes too late for an answer can
still tell what happened to a message.
"""

from __future__ import annotations

__all__ = ["NOTHING", "Spoken"]

from attrs import Factory, define

from smscentre.at.commands import ATTENTION, Command
from smscentre.at.events import Answered, Lost
from smscentre.at.results import Outcome, Result

_SENT = Result(Outcome.OK, "OK")


@define
class Spoken:
    """The command in flight, or the one that was lost last.

    ``doubt`` is the outcome of a lost message, told once nothing more can come of it.
    """

    token: int
    command: Command
    lines: list[str] = Factory(list)
    pdu_due: bool = False
    doubt: Lost | None = None

    def lose(self, reason: str, *, written: bool) -> list[Lost]:
        """Hear that its answer stayed out; the outcome, if it is to be told now."""
        lost = Lost(self.token, reason, written)
        if self.command.body is None or not written:
            return [lost]
        self.doubt = lost
        return []

    def late(self, line: str) -> list[Answered]:
        """Hear a line while lost; the outcome, if this is the one that names it.

        The modem says +CMGS only of a message that was sent.

        Source: 3GPP TS 27.005 §3.5.1 (+CMGS).
        """
        if self.doubt is None or not self.command.claims(line):
            return []
        self.doubt = None
        return [Answered(self.token, (line,), _SENT)]

    def give_up(self) -> list[Lost]:
        """Hear that nothing more can come; the outcome, if it was not told yet."""
        doubt, self.doubt = self.doubt, None
        return [] if doubt is None else [doubt]


NOTHING = Spoken(0, ATTENTION)
