"""Who is answered: the silences of D11, each with its name.

Pure decisions; what they count is read by the caller.
"""

from __future__ import annotations

__all__ = [
    "ANSWERS",
    "LIMITS",
    "SILENCES",
    "STRAY",
    "is_for_a_person",
    "silence_before",
]

from collections.abc import Callable, Collection

from smscentre.messages import Address

LIMITS = ("sender_limit", "destination_limit", "centre_limit", "unknown_limit")
"""The silences that a limit of the configuration keeps."""

SILENCES = (
    "not_a_message",
    "fragment",
    "no_sender",
    "name",
    "short_code",
    "own_number",
    "own_reply",
    "unknown_told",
    "locked",
    "third_identical",
    *LIMITS,
)
"""Every reason for which a message gets no reply."""

ANSWERS = frozenset(
    {
        "insert",
        "update",
        "repeat",
        "query",
        "help",
        "list",
        "undone",
        "confirm",
        "nothing_to_undo",
        "no_pending",
        "registered",
    }
)
"""The outcomes of valid commands: never met with silence but for the limits."""

_UNRECOGNISED = frozenset({"no_keyword", "keyword", "keyword_two", "unknown"})
"""The outcomes of messages that were nobody's command."""

_FOREIGN = frozenset({"name", "short_code"})
"""The silences of senders that nobody can answer: operators tell so of credit and of
a SIM that runs out."""

STRAY = _UNRECOGNISED | {"inactive", "no_right"}
"""The outcomes that hang on no figure: texts that differ only in figures are one."""


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


def is_for_a_person(outcome: str, reason: str) -> bool:
    """Whether somebody is to read a message, for no command understood it.

    Of a text that comes again and again the first two are enough.
    """
    if reason == "third_identical":
        return False
    return outcome in _UNRECOGNISED or reason in _FOREIGN
