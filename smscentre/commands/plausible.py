"""Figures that look like a slip: what of them does, and against what.

Between the insert and its reply. It knows figures only; what becomes of a report
that looks like a slip is the insert's to decide. A report whose form the unit
never had before cannot be compared, and passes.
"""

from __future__ import annotations

__all__ = ["EXAMPLES", "Doubt", "Past", "Values", "doubt"]

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Final

from smscentre.values import frozen

Values = tuple[int, ...]

_CHANGE_LEAST = 30
_CHANGE_PERCENT = 25
_HIGHEST_PERCENT = 110

_SMALL = 5
"""By less than this a figure, or a small unit's total, changes at any time."""

EXAMPLES: Final = frozenset(
    {
        (82, 54, 36, 39),
        (82, 54, 12, 12, 12),
        (82, 54, 36, 39, 12, 12, 12, 12),
    }
)
"""The manual's figures, which every guide and help text shows."""


@frozen
class Past:
    """What a unit reported before.

    ``held`` are the figures that hold for the day so far and ``before`` those of
    the last day before; ``others`` reads those of other forms that came just now,
    ``highest`` the highest total there ever was.
    """

    held: Values | None
    before: Values | None
    others: Callable[[], Iterable[Values]]
    highest: Callable[[], int | None]


@frozen
class Doubt:
    """Why figures look like a slip, and the change that shows it best.

    ``reasons`` are short fixed words; ``at`` is the place of a figure, None where it
    is the total that changed.
    """

    reasons: tuple[str, ...]
    at: int | None
    old: int
    new: int


def doubt(values: Values, past: Past) -> Doubt | None:
    """Compare figures with what was there; None if they look right.

    They need only be near to one of the day's own and of the day before: a slip
    that is put right is far from itself.
    """
    last = past.before if past.held is None else past.held
    if last is None or _is_near(last, values):
        return None
    known = [each for each in (past.held, past.before) if each is not None]
    if any(_is_near(each, values) for each in known[1:]):
        return None
    changed = _changed(known, values)
    jumps = [at for at in changed if _is_jump(known, values, at)]
    swaps = _swapped(known, values, changed) if len(changed) > 1 else []
    # A figure that is about as it was says that the form is right.
    other = bool(jumps) or all(at in changed for at, new in enumerate(values) if new)
    found = {
        "jump": bool(jumps),
        "swapped": bool(swaps),
        "example": values in EXAMPLES,
        "other_form": other and any(values) and values in past.others(),
        "highest": _is_highest(values, known, past.highest),
    }
    reasons = tuple(reason for reason, holds in found.items() if holds)
    if not reasons:
        return None
    if reasons == ("highest",):
        return Doubt(reasons, None, sum(last), sum(values))
    places = jumps or swaps or range(len(values))
    at = max(places, key=lambda place: abs(values[place] - last[place]))
    return Doubt(reasons, at, last[at], values[at])


def _is_near(last: Values, values: Values) -> bool:
    """Whether nothing of note has changed, as on most days."""
    for old, new in zip(last, values, strict=True):
        if not -_SMALL < new - old < _SMALL:
            return False
    return 100 * sum(values) <= _HIGHEST_PERCENT * sum(last) or values == last


def _changed(known: Sequence[Values], values: Values) -> list[int]:
    """The places of the figures that are not about as they were."""
    first = known[0]
    places = [at for at, new in enumerate(values) if abs(new - first[at]) >= _SMALL]
    for each in known[1:]:
        places = [at for at in places if abs(values[at] - each[at]) >= _SMALL]
    return places


def _is_jump(known: Sequence[Values], values: Values, at: int) -> bool:
    """Whether a figure is far from every one there was."""
    for each in known:
        # In hundredths, so that no fraction decides.
        most = max(100 * _CHANGE_LEAST, _CHANGE_PERCENT * each[at])
        if 100 * abs(values[at] - each[at]) <= most:
            return False
    return True


def _swapped(
    known: Sequence[Values], values: Values, changed: Sequence[int]
) -> list[int]:
    """The places of two figures that were exchanged."""
    for each in known:
        for one, other in combinations(changed, 2):
            if (values[one], values[other]) == (each[other], each[one]):
                return [one, other]
    return []


def _is_highest(
    values: Values, known: Sequence[Values], highest: Callable[[], int | None]
) -> bool:
    """Whether the total is far above all there were."""
    total = 100 * sum(values)
    # Nearly never so, and only then all that the unit reported has to be read.
    if any(total <= _HIGHEST_PERCENT * sum(each) for each in known):
        return False
    most = highest()
    return (
        most is not None
        and total > _HIGHEST_PERCENT * most
        and sum(values) - most >= _SMALL
    )
