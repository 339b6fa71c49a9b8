"""Closed months through the real stages and a real store, on both databases."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from attrs import frozen

from smscentre.commands.insert import Insert
from smscentre.commands.undo import Undo
from smscentre.directory import Directory
from smscentre.interfaces import Command, Ledger, Outcome, Request, SubmissionKey
from smscentre.sim.memory import MemoryLink
from smscentre.store.beside import change_store
from smscentre.store.changes import Signature
from smscentre.store.engine import writing_engine
from smscentre.store.months import close_month, has_ended, reopen_month
from smscentre.store.writer import Writer
from tests.inbox.test_corrections import CorrectionCase, on_postgresql
from tests.storecase import at_once

_MARCH = datetime.date(2008, 3, 31)
_NONE = "-"
_REFUSED = (
    "Bulan Maret 2008 sudah ditutup, data tgl 310308 tidak bisa diubah lewat SMS. "
    "Hubungi Kanwil/admin. Data belum disimpan."
)
_DAY_S = 24 * 3600.0


class MonthsCase(CorrectionCase):
    """The centre's clock shows April; March can be closed."""

    @property
    def signature(self) -> Signature:
        """An administrator, now."""
        return Signature("web:ani", "", self.now())

    def close(self) -> bool:
        """Close March as another program or node does."""
        return change_store(
            self.url,
            lambda transaction: close_month(transaction, _MARCH, self.signature),
        )

    def reopen(self) -> bool:
        """Open it again."""
        return change_store(
            self.url,
            lambda transaction: reopen_month(transaction, _MARCH, self.signature),
        )


class ClosedMonthTests(MonthsCase):
    """What a closed month refuses, and what it lets pass."""

    def test_an_insert(self) -> None:
        """It is refused; the figures stay, and other months are open."""
        self.one("RUTAN 82 54 36 39 310308")
        self.assertTrue(self.close())
        self.after(20)
        self.assertEqual(self.one("RUTAN 1 2 3 4 310308"), _REFUSED)
        self.assertEqual(self.held(day=_MARCH), "82 54 36 39")
        self.assertEqual(len(self.history()), 1)
        self.assertIn("berhasil", self.one("RUTAN 1 2 3 4"))

    def test_one_of_several(self) -> None:
        """No line is stored; the reply names the day it is about."""
        self.close()
        reply = self.one("RUTAN 1 2 3 4\nRUTAN PEG 1 2 3 4 310308")
        self.assertEqual(reply, _REFUSED)
        self.assertEqual(self.history(), [])

    def test_the_same_message_again(self) -> None:
        """What was stored before gets the reply that it got: it holds."""
        first = self.one("RUTAN 82 54 36 39 310308")
        self.close()
        self.after(1)
        self.assertEqual(self.one("RUTAN 82 54 36 39 310308"), first)
        self.assertEqual(len(self.history()), 1)

    def test_an_undo(self) -> None:
        """It changes nothing, also of what is of an open month."""
        self.text("RUTAN 82 54 36 39 310308\nRUTAN PEG 1 2 3 4")
        self.close()
        self.assertEqual(
            self.one("BATAL"),
            "Bulan Maret 2008 sudah ditutup, RUTAN 310308 tidak bisa dibatalkan "
            "lewat SMS. Hubungi Kanwil/admin. Tidak ada yang diubah.",
        )
        self.assertEqual(self.held(day=_MARCH), "82 54 36 39")
        self.assertEqual(self.held("RUTAN PEG"), "1 2 3 4")

    def test_reopened(self) -> None:
        """All is as before."""
        self.close()
        self.one("RUTAN 82 54 36 39 310308")
        self.assertTrue(self.reopen())
        self.assertIn("berhasil", self.one("RUTAN 82 54 36 39 310308"))

    def test_twice(self) -> None:
        """Nothing happens the second time, and nothing is audited."""
        self.assertEqual((self.close(), self.close()), (True, False))
        self.assertEqual((self.reopen(), self.reopen()), (True, False))
        audited = self.rows("SELECT action, subject FROM audit ORDER BY id")
        self.assertEqual(
            [tuple(row) for row in audited],
            [("months.close", "2008-03"), ("months.reopen", "2008-03")],
        )


class ClosedConfirmTests(MonthsCase):
    """A report that waits for its sender's word while its month is closed."""

    plausibility: ClassVar[str] = "confirm"

    def test_the_word_comes_too_late(self) -> None:
        """Nothing is stored by it."""
        self.one("RUTAN 82 54 36 39 300308")
        asked = self.one("RUTAN 820 54 36 39 310308")
        code = asked.partition("YA ")[2][:4]
        self.close()
        self.assertEqual(self.one(f"YA {code}"), _REFUSED)
        self.assertEqual(self.held(day=_MARCH), _NONE)


@frozen
class _Interrupted:
    """A command beside which something happens before its effects are stored."""

    command: Command
    meanwhile: Callable[[], object]

    @property
    def needs(self) -> Collection[object]:
        """What the command needs."""
        return self.command.needs

    def expects(self) -> Sequence[SubmissionKey]:
        """What the command expects."""
        return self.command.expects()

    def run(self, ledger: Ledger) -> Outcome:
        """Decide, by what may not be true any more when this returns."""
        outcome = self.command.run(ledger)
        self.meanwhile()
        return outcome


class TwoNodesTests(MonthsCase):
    """Another node closes the month in the middle of a report or an undo."""

    def setUp(self) -> None:
        self.meanwhile: Callable[[], object] | None = None
        super().setUp()

    def interpret(self, request: Request, directory: Directory) -> Command:
        """Understand a text; the next report or undo is interrupted."""
        command = super().interpret(request, directory)
        if self.meanwhile is None or not isinstance(command, Insert | Undo):
            return command
        meanwhile, self.meanwhile = self.meanwhile, None
        return _Interrupted(command, meanwhile)  # type: ignore[return-value]

    def test_a_report(self) -> None:
        """It is decided anew, and refused."""
        self.meanwhile = self.close
        self.assertEqual(self.one("RUTAN 82 54 36 39 310308"), _REFUSED)
        self.assertEqual(self.history(), [])

    def test_an_undo(self) -> None:
        """It is decided anew, and refused."""
        self.one("RUTAN 82 54 36 39 310308")
        self.meanwhile = self.close
        self.assertIn("tidak bisa dibatalkan", self.one("BATAL"))
        self.assertEqual(self.held(day=_MARCH), "82 54 36 39")

    def test_a_node_that_only_looks_on(self) -> None:
        """It knows of it with its next message."""
        self.one("RUTAN 82 54 36 39 310308")
        with self.other_node():
            self.one("RUTAN GETUPT")
            self.close()
            self.assertEqual(self.one("RUTAN 1 2 3 4 310308"), _REFUSED)

    @contextmanager
    def other_node(self) -> Iterator[None]:
        """Have texts come by another process with the same database."""
        mine = {**vars(self)}
        engine = writing_engine(self.url, explicit=True)
        self.writer = Writer(engine, at_once, self.clock, self.batches)
        self.link, self.other = MemoryLink("spare"), MemoryLink("carrier")
        self.start_stages()
        self.connect()
        try:
            yield
        finally:
            self.writer.close()
            vars(self).update(mine)


class EndOfMonthTests(MonthsCase):
    """When a month can be closed."""

    def test_where_days_end_last(self) -> None:
        """Not before midnight in Jakarta."""
        midnight = datetime.datetime(2008, 4, 1, tzinfo=datetime.UTC).timestamp()
        self.assertFalse(has_ended(_MARCH, midnight - 7 * 3600 - 1))
        self.assertTrue(has_ended(_MARCH, midnight - 7 * 3600))
        december = datetime.date(2007, 12, 1)
        self.assertTrue(has_ended(december, midnight - 91 * _DAY_S))
        self.assertFalse(has_ended(december, midnight - 92 * _DAY_S))


PostgresqlClosedMonthTests = on_postgresql(ClosedMonthTests)
PostgresqlTwoNodesTests = on_postgresql(TwoNodesTests)

# SQLite's writers shut each other out: there it cannot happen.
del TwoNodesTests
