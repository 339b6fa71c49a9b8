"""Figures that a user enters, corrects or takes back by a page, and what came of it.

The values between the pages and the commands, which do not know each other.
"""

from __future__ import annotations

__all__ = ["HIGHEST", "Correction", "Ruling", "Slip", "TakingBack", "Verdict"]

import datetime
from enum import Enum
from typing import Final

from attrs import frozen

from smscentre.interfaces import SubmissionKey
from smscentre.messages import Submission

HIGHEST: Final = 9_999_999
"""The largest figure of any field."""


@frozen
class Correction:
    """The figures that a unit's form is to have for a day, and why.

    ``author`` is a user as the audit log has him. ``seen`` is the submission whose
    figures he saw, None where he saw none; ``sure`` says that what looks like a slip
    is meant.
    """

    author: str
    reason: str
    key: SubmissionKey
    values: tuple[int, ...]
    seen: int | None
    sure: bool = False


@frozen
class TakingBack:
    """The wish that what holds for a unit, form and day was never sent."""

    author: str
    reason: str
    key: SubmissionKey
    seen: int | None


class Ruling(Enum):
    """What came of a wish."""

    STORED = "stored"
    SAME = "same"
    """These figures hold already."""
    DOUBTED = "doubted"
    """They look like a slip, and their author is not sure."""
    OVERTAKEN = "overtaken"
    """Others hold than those that their author saw."""
    CLOSED = "closed"
    NO_UNIT = "no_unit"
    KIND = "kind"
    """The unit does not report this form."""
    FUTURE = "future"
    NOT_COUNTED = "not_counted"
    """The unit was not there yet on that day, or is not any more."""


@frozen
class Slip:
    """Why figures look like a slip; ``at`` is the field, None for their sum."""

    reasons: tuple[str, ...]
    at: int | None
    old: int
    new: int


@frozen
class Verdict:
    """What came of a wish; ``held`` is what holds from now on.

    ``slip`` is there also where the figures were stored, marked by it.
    """

    ruling: Ruling
    held: Submission | None = None
    slip: Slip | None = None
    today: datetime.date | None = None
    """The day it is for the unit."""
