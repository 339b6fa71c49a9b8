"""What the centre says of its own accord: reminders and digests.

Beside the commands, with which they share the texts. It is told what to say to
whom, and decides only how it fits one SMS.
"""

from __future__ import annotations

__all__ = ["digest_text", "reminder_text"]

from smscentre.commands.dates import written
from smscentre.commands.examples import insert_examples
from smscentre.commands.forms import BY_ID
from smscentre.commands.replies import compose, joined, places, shortened
from smscentre.deadlines.schedule import Deadline
from smscentre.deadlines.standing import Digest, Reminder


def reminder_text(reminder: Reminder, deadline: Deadline) -> str:
    """The SMS that asks a unit for all the forms that it lacks."""
    forms = reminder.forms
    return compose(
        "remind",
        unit=reminder.unit,
        forms=[joined(forms), *shortened(forms)],
        date=written(deadline.day),
        time=f"{deadline.time:%H.%M}",
        zone=deadline.zone,
        example=insert_examples(BY_ID[forms[0]]),
    )


def digest_text(digest: Digest, deadline: Deadline) -> str:
    """The SMS that says how many units have reported, and which have not."""
    return compose(
        "digest",
        scope=places(digest.provinces),
        date=written(deadline.day),
        n=digest.reported,
        of=digest.expected,
        units=shortened([unit.name for unit in digest.missing]),
    )
