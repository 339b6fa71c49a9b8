"""Who is answered: the silences of D11, each with its name.

Pure decisions; what they count is read by the caller.
"""

from __future__ import annotations

__all__ = ["SILENCES", "ANSWERS", "silence_before"]

from collections.abc import Callable, Collection

from smscentre.messages import Address

SILENCES = (
    "not_a_message",
    "fragment",
    "no_sender",
    "name",
    "short_code",
    "own_number",
    "own_reply",
    "unknown_told",
    "unknown_limit",
    "locked",
    "third_identical",
    "sender_limit",
    "destination_limit",
    "centre_limit",
)
"""Every reason for which a message gets no reply."""

ANSWERS = frozenset(
    {"insert", "update", "repeat", "query", "help", "list", "undone", "confirm"}
)
"""The outcomes of valid commands: never met with silence but for the limits."""


def silence_before(
    source: Address,
    number: str | None,
    text: str,
    own_numbers: Collection[str],
    is_own_reply: Callable[[str], bool],
) -> str:
    """The reason not even to read a text, or empty.

    ``number`` is the source in E.164 if it is a subscriber's.
    """
    if not source.digits:
        return "no_sender"
    if number is None:
        named = source.is_name or any(map(str.isalpha, source.digits))
        return "name" if named else "short_code"
    if number in own_numbers:
        return "own_number"
    return "own_reply" if is_own_reply(text) else ""
