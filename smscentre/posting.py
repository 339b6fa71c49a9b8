"""What a program or an operator sends to one number: cut for the link that takes it.

Between whoever asks and the outbox: it chooses the link, knows how long a text may
be, and wakes the link once the parts are stored. It stores nothing itself.
"""

from __future__ import annotations

__all__ = ["Letter", "NoLinkError", "Post", "SendingError", "TooLongTextError", "cut"]

from collections.abc import Callable, Collection, Mapping

from attrs import field, frozen

from smscentre.composing import PartStyle, compose
from smscentre.errors import SMSCentreError
from smscentre.messages import Priority
from smscentre.store.outgoing import Draft


class SendingError(SMSCentreError):
    """Something cannot be sent as it was asked for."""


class NoLinkError(SendingError):
    """No link ever sends what is no reply."""

    def __init__(self) -> None:
        super().__init__("no link of the configuration can send this")


class TooLongTextError(SendingError):
    """A text needs more parts than its link may send."""

    def __init__(self, link: str, allowed: int) -> None:
        self.link = link
        self.allowed = allowed
        super().__init__(f"the text is too long: {link} takes {allowed} parts at most")


@frozen
class Letter:
    """A text for one number in E.164; ``expires_at`` is in seconds since 1970."""

    number: str
    text: str
    priority: Priority
    expires_at: float


@frozen
class Post:
    """How letters of programs go out.

    ``choose`` gives the link for a number. ``queued`` hears that so many parts were
    stored for a link. A token may send ``sms_per_day``, and one number gets
    ``per_number_hour`` of all programs; 0 is no limit.
    """

    choose: Callable[[str], str | None] = lambda number: None
    styles: Mapping[str, PartStyle] = field(factory=dict)
    queued: Callable[[str, int], None] = lambda link, parts: None
    own_numbers: Collection[str] = ()
    expires_s: float = 86_400.0
    sms_per_day: int = 0
    per_number_hour: int = 0

    def draft(self, letter: Letter) -> Draft:
        """The parts of a letter.

        :raises SendingError: no link, or no room for the whole text
        """
        return cut(letter, self.choose(letter.number), self.styles)


def cut(letter: Letter, link: str | None, styles: Mapping[str, PartStyle]) -> Draft:
    """Cut a letter for a link.

    :raises SendingError: there is no link, or no room for the whole text
    """
    if link is None:
        raise NoLinkError
    style = styles[link]
    alphabet, parts = compose(letter.text, style)
    if "".join(parts) != letter.text:
        # A reply may end in dots; of this its sender decides.
        raise TooLongTextError(link, style.max_parts)
    return Draft(
        link,
        letter.number,
        parts,
        alphabet,
        letter.priority,
        style.reference_width,
        letter.expires_at,
    )
