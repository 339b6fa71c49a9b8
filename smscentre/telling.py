"""The words in which a message's life is told, as a table: here in English.

Beneath `moments`, which says what happened, by the names of phrases; the pages have a
table of their own. Names of details are phrases, too.
"""

from __future__ import annotations

__all__ = ["ENGLISH", "Words", "plain_time"]

import datetime
from collections.abc import Callable, Mapping
from typing import Final

from attrs import frozen


def plain_time(moment: datetime.datetime) -> str:
    """A moment to the millisecond, with its zone."""
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03} {moment:%Z}"


def _same(name: str) -> str:
    return name


@frozen
class Words:
    """A language: phrases with places to fill, and how names and times are said."""

    phrases: Mapping[str, str]
    state: Callable[[str], str] = _same
    outcome: Callable[[str], str] = _same
    reason: Callable[[str], str] = _same
    time: Callable[[datetime.datetime], str] = plain_time

    def say(self, phrase: str, **values: object) -> str:
        """A phrase with its places filled."""
        return self.phrases[phrase].format(**values)


ENGLISH: Final = Words(
    {
        # What happened.
        "arrived": "arrived",
        "arrived_again": "arrived again: a redelivery of message {original}",
        "arrived_part": "arrived: part {part} of {total} of a long message",
        "was_receipt": "was a receipt: {state}",
        "became": "became {became}",
        "acknowledged": "acknowledged",
        "acknowledged_not": "not known to be acknowledged",
        "deleted": "deleted from the modem",
        "deleted_not": "not known to be deleted from the modem",
        "receipt_acknowledged": "receipt acknowledged",
        "receipt_acknowledged_not": "receipt not known to be acknowledged",
        "receipt_deleted": "receipt deleted from the modem",
        "receipt_deleted_not": "receipt not known to be deleted from the modem",
        "first_report": "the day's first report was stored",
        "changed_report": "a report was changed",
        "resent": "the reply was sent once more by {actor}: {reason}",
        "part_created": "reply part {part} of {total} created",
        "part_queued": "reply part {part} of {total} waits",
        "part_claimed": (
            "reply part {part} of {total} claimed: on its way to the carrier, not"
            " answered yet"
        ),
        "part_in_doubt": (
            "reply part {part} of {total} in doubt: written, and the answer never came"
        ),
        "part_sent": "reply part {part} of {total} sent",
        "part_delivered": "reply part {part} of {total} delivered",
        "part_failed": "reply part {part} of {total} failed",
        "part_cancelled": "reply part {part} of {total} cancelled by {by}",
        "part_expired": "reply part {part} of {total} expired",
        "part_uncertain": (
            "reply part {part} of {total} uncertain: in doubt for good, not sent again"
        ),
        "part_unknown": (
            "reply part {part} of {total} of unknown fate, says the carrier"
        ),
        "receipt_matched": "receipt matched: {state}",
        # Names of details.
        "message": "message",
        "arrival": "arrival",
        "link": "link",
        "from": "from",
        "to": "to",
        "handed_in": "handed in",
        "text": "text",
        "by": "by",
        "report": "report",
        "old_values": "old values",
        "new_values": "new values",
        "part": "part",
        "expires": "expires",
        "tried": "tried",
        "copies": "copies",
        "reference": "reference",
        "carriers_id": "carrier's id",
        "error": "error",
        "last_error": "last error",
        "next_try": "next try",
        "of_part": "of part",
        "came_as": "came as",
        "carriers_words": "carrier's words",
        # What they say.
        "sender": "{source} ({number})",
        "no_subscriber": "no subscriber",
        "by_command": "AT+CMGD, or AT+CNMA if it was brought without being stored",
        "report_of": "{form} of unit {unit} for {day}",
        "none": "none",
        "tried_once": "once in bind {bind}",
        "tried_often": "{times} times, last in bind {bind}",
        "was_in_doubt": "was in doubt and sent once more",
        "no_id": "(none)",
        "not_before": "not before {time}",
        "no_part": "none is known",
        "as_message": "message {id}",
        "bind": "{link}, bind {bind}",
        "bind_known": "{link}, bind {bind} of node {node} ({began} {end})",
        "bind_stands": "stands",
        "bind_ended": "to {time}",
        # What octets are.
        "answer": "answer",
        "octets": "octets",
        "no_tpdu": "what the modem showed, which is no TPDU",
        "rebuilt": ("deliver_sm_resp (not stored, rebuilt from sequence and status)"),
    }
)
"""What the command line says."""
