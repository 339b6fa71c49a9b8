"""BATAL: an officer takes back what he did last.

Everything that one message stored is taken back at once, and what held before it
holds again. What another officer reported since stays. The undo is remembered as
what it is, so that a second one finds nothing more to take back.
"""

from __future__ import annotations

__all__ = ["Undo", "read_undo", "withdrawals"]

from collections.abc import Collection, Sequence
from typing import Final

from smscentre.commands.asker import Asker, answer
from smscentre.commands.dates import written
from smscentre.commands.forms import KINDS
from smscentre.commands.replies import (
    EMPTY,
    NOW,
    SOME,
    THEIRS,
    compose,
    joined,
    month_name,
)
from smscentre.commands.signature import without_signature
from smscentre.directory import Right
from smscentre.interfaces import (
    Command,
    Ledger,
    Outcome,
    Pending,
    Settlement,
    SubmissionKey,
    Withdrawal,
)
from smscentre.messages import Submission
from smscentre.values import frozen

UNDO_S: Final = 900
"""For so long an action can be taken back."""

_NOTHING: Final = "nothing_to_undo"

_OF_LAST_WORDS = "DATA LAPORAN KIRIMAN YG YANG TADI TD INI DULU SALAH SLH"
_OF_LAST: Final = frozenset(_OF_LAST_WORDS.split())
"""What may be said of the last action and means no other."""


@frozen
class _Item:
    """One report of an undo: what was taken back, and what is there now."""

    form: str
    day: str
    taken: tuple[int, ...]
    now: tuple[int, ...]
    theirs: bool


@frozen
class Undo:
    """A wish to take back one's last action."""

    asker: Asker

    @property
    def needs(self) -> Collection[Right]:
        """The right that an officer may have put under a PIN."""
        return (Right.INSERT,)

    def expects(self) -> Sequence[SubmissionKey]:
        """Nothing: what it is about is not known before."""
        return ()

    def run(self, ledger: Ledger) -> Outcome:
        """Take back the newest of what was stored and what is pending."""
        request = self.asker.request
        since = request.arrived_at - UNDO_S
        action = ledger.last_action(request.number, since)
        pending = _newest(ledger.pending(request.number, since))
        if pending and (not action or _moment(pending[0]) >= action[0].stored_at):
            return _drop(pending)
        unit = self.asker.unit
        own = unit is not None and all(each.unit == unit.code for each in action)
        if not action or not own or not self.asker.may_insert:
            return Outcome(_NOTHING, compose(_NOTHING))
        if action[0].undoes is not None:
            return Outcome(
                "repeat", _reply([_item_again(ledger, each) for each in action])
            )
        closed = [each for each in action if self._is_closed(each)]
        if closed:
            return _refuse_closed(closed)
        taken = withdrawals(ledger, action)
        return Outcome("undone", _reply(list(map(_item, taken))), tuple(taken))

    def _is_closed(self, submission: Submission) -> bool:
        return self.asker.directory.is_closed(submission.day)


def read_undo(asker: Asker, words: Sequence[str]) -> Command:
    """Understand the words after BATAL: it takes back the last action, no other.

    A name and what says that it was wrong may follow; no day, and no "not".
    """
    named = any(word in KINDS or any(map(str.isdigit, word)) for word in words)
    if named or not _OF_LAST.issuperset(without_signature(words, "BATAL")):
        return answer("undo_alone")
    return Undo(asker)


def withdrawals(ledger: Ledger, action: Sequence[Submission]) -> list[Withdrawal]:
    """Take back the submissions of one message, the last first."""
    own = {submission.id for submission in action}
    holds: dict[SubmissionKey, Submission | None] = {}
    found = []
    for submission in reversed(action):
        key = submission.unit, submission.form, submission.day
        held = holds[key] if key in holds else ledger.latest(key)
        restored = held
        if held is not None and held.version == submission.id:
            restored = ledger.version_before(submission)
            while restored is not None and restored.id in own:
                restored = ledger.version_before(restored)
        holds[key] = restored
        found.append(Withdrawal(submission, held, restored))
    return found


def _refuse_closed(closed: Sequence[Submission]) -> Outcome:
    """Leave everything as it is: some of it is of a month that is closed."""
    names = dict.fromkeys(f"{each.form} {written(each.day)}" for each in closed)
    what = [joined([*names]), SOME.format(len(names))]
    month = month_name(closed[0].day)
    return Outcome("closed_undo", compose("closed_undo", month=month, what=what))


def _item(withdrawal: Withdrawal) -> _Item:
    taken, restored = withdrawal.submission, withdrawal.restored
    return _Item(
        taken.form,
        written(taken.day),
        taken.values,
        restored.values if restored else (),
        withdrawal.stays,
    )


def _item_again(ledger: Ledger, undo: Submission) -> _Item:
    """What an undo said when it was done."""
    assert undo.undoes is not None
    taken = ledger.submission(undo.undoes)
    theirs = bool(undo.values) and undo.restores is None
    return _Item(undo.form, written(undo.day), taken.values, undo.values, theirs)


def _reply(undone: Sequence[_Item]) -> str:
    """Name what was taken back and what is there now, as far as there is room."""
    # Of two reports of one key in one message the later one held.
    later = {(item.form, item.day): item for item in reversed(undone)}
    items = list(later.values())
    if all(item.theirs for item in items):
        template, texts = "undo_overtaken", [_full, _name]
    elif all(item.now and not item.theirs for item in items):
        template, texts = "undone", [_full_now, _full, _name]
    elif not any(item.now for item in items):
        template, texts = "undone_first", [_full, _name]
    else:
        template, texts = "undone_each", [_full_now, _name_now, _name]
    what = [joined(list(map(text, items))) for text in texts]
    return compose(template, what=[*what, SOME.format(len(items))])


def _name(item: _Item) -> str:
    return f"{item.form} {item.day}"


def _full(item: _Item) -> str:
    return " ".join([_name(item), *map(str, item.taken)])


def _state(item: _Item) -> str:
    return THEIRS if item.theirs else " ".join(map(str, item.now)) or EMPTY


def _name_now(item: _Item) -> str:
    return NOW.format(_name(item), _state(item))


def _full_now(item: _Item) -> str:
    return NOW.format(_full(item), _state(item))


def _moment(pending: Pending) -> float:
    """When something was last done about it."""
    return pending.asked_at if pending.settled_at is None else pending.settled_at


def _newest(pending: Sequence[Pending]) -> list[Pending]:
    """What the last message about pending reports left unconfirmed."""
    waiting = [each for each in pending if not each.confirmed]
    newest = max(map(_moment, waiting), default=None)
    return [each for each in waiting if _moment(each) == newest]


def _drop(pending: Sequence[Pending]) -> Outcome:
    """Take back what its sender did not confirm."""
    names = [f"{each.report.form} {written(each.report.day)}" for each in pending]
    names.reverse()
    reply = compose("undone_pending", what=[joined(names), SOME.format(len(names))])
    if pending[0].settled_at is not None:
        return Outcome("repeat", reply)
    return Outcome("undone", reply, tuple(Settlement(each, False) for each in pending))
