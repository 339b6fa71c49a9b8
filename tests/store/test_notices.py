"""Tests for `smscentre.store.notices`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from attrs import evolve
from sqlalchemy import exc
from twisted.internet.defer import Deferred

from smscentre.messages import Alphabet, Priority
from smscentre.store import notices
from smscentre.store.notices import Notice, WaitingNotice
from smscentre.store.outgoing import Draft, add_outgoing, postpone_number
from smscentre.store.transaction import Transaction
from tests.storecase import StoreTestCase

T = TypeVar("T")

_KEY = ("remind", "WIB", "2008-04-28", "10:00")
_DRAFT = Draft(
    "carrier", "+62811", ["text"], Alphabet.GSM7, Priority.REMINDER, 8, 100.0
)


def _of(key: Sequence[str]) -> notices.RoundKey:
    purpose, zone, day, time = key
    return purpose, zone, day, time


class NoticeTests(StoreTestCase):
    """Rounds once, and what they told."""

    draft = _DRAFT

    def begin(self, key: Sequence[str]) -> bool:
        """Take a round in a transaction of its own."""
        begun = self.writer.perform(
            lambda transaction: notices.begin_round(transaction, _of(key), 1.0)
        )
        self.turn()
        return self.successResultOf(begun)

    def tell(self, transaction: Transaction) -> int:
        """Put an SMS into the outbox and store whom it tells; its row."""
        first, *_ = add_outgoing(transaction, self.draft, now=1.0)
        notice = Notice("1203", "+62811", ("RUTAN",), first.row)
        notices.add_notice(transaction, _KEY, notice)
        return first.row

    def test_a_round_is_taken_once(self) -> None:
        """Another purpose, zone, day or time is another round."""
        self.assertTrue(self.begin(_KEY))
        self.assertFalse(self.begin(_KEY))
        for at, other in enumerate(("digest", "WIT", "2008-04-29", "16:00")):
            self.assertTrue(self.begin((*_KEY[:at], other, *_KEY[at + 1 :])))

    def test_an_officer_is_told_once(self) -> None:
        """The key refuses a second notice of the same unit in a round."""
        self.successResultOf(self._done(self.tell))
        self.failureResultOf(self._done(self.tell), exc.IntegrityError)

    def test_recall(self) -> None:
        """What waits can be taken back, once."""
        row = self.successResultOf(self._done(self.tell))
        self.assertEqual(self.open_notices(), {row: "1203"})
        (waiting,) = self.waiting()
        self.assertEqual(waiting.outbox_id, row)
        for count in (1, 0):
            taken = self._done(
                lambda transaction: notices.recall(transaction, waiting, "why", 2.0)
            )
            self.assertEqual(self.successResultOf(taken), count)
        self.assertEqual((self.open_notices(), self.waiting()), ({}, []))

    def test_recall_in_parts(self) -> None:
        """All parts go or none; those of another text to the number stay."""
        self.draft = evolve(_DRAFT, parts=["one", "two"])
        first = self.successResultOf(self._done(self.tell))
        other = evolve(_DRAFT, parts=["three", "four"])
        self.successResultOf(
            self._done(lambda transaction: add_outgoing(transaction, other, now=1.0))
        )
        waiting = self.waiting()
        self.assertEqual(len(waiting), 2)
        self.assertEqual(waiting[0].outbox_id, first)
        taken = self._done(
            lambda transaction: notices.recall(transaction, waiting[0], "why", 2.0)
        )
        self.assertEqual(self.successResultOf(taken), 2)
        self.assertEqual(self.waiting(), waiting[1:])

    def test_what_is_put_off_takes_no_room(self) -> None:
        """A claim passes over it, so that the one behind it is next."""
        number = self.draft.number
        put_off = self.successResultOf(self._done(self.tell))
        self.successResultOf(
            self._done(
                lambda transaction: postpone_number(transaction, "carrier", number, 9.0)
            )
        )
        other = evolve(_DRAFT, number="+62812")
        (behind,) = self.successResultOf(
            self._done(lambda transaction: add_outgoing(transaction, other, now=1.0))
        )
        for now, row in ((2.0, behind.row), (9.0, put_off)):
            (waiting,) = self.waiting(now, room=1)
            self.assertEqual(waiting.outbox_id, row)

    def open_notices(self) -> dict[int, str]:
        """What of the round has not come to an end."""
        return self.successResultOf(
            self._done(lambda transaction: notices.open_notices(transaction, _KEY))
        )

    def waiting(self, now: float = 2.0, room: int = 9) -> list[WaitingNotice]:
        """What could leave next by the link."""
        return self.successResultOf(
            self._done(
                lambda transaction: notices.next_to_leave(
                    transaction, "carrier", room, now
                )
            )
        )

    def _done(self, action: Callable[[Transaction], T]) -> Deferred[T]:
        done = self.writer.perform(action)
        self.turn()
        return done
