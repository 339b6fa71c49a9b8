"""Corrections by a page beside texts of officers, over the real stages and store."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TypeVar
from zoneinfo import ZoneInfo

from attrs import evolve
from sqlalchemy import exc, text

from smscentre.commands.asker import Rules
from smscentre.corrections import Correction, Ruling, TakingBack, Verdict
from smscentre.desk import Desk
from smscentre.directory import Unit
from smscentre.store.changes import Signature
from smscentre.store.effects import hold_figures
from smscentre.store.engine import writing_engine
from smscentre.store.months import close_month
from smscentre.store.people import put_units
from smscentre.store.transaction import Numbers, Transaction
from tests.inbox.test_corrections import CorrectionCase, on_postgresql
from tests.stages import OFFICER

T = TypeVar("T")

_DAY = datetime.date(2008, 4, 27)
_MARCH = datetime.date(2008, 3, 31)
_KEY = ("1203", "RUTAN", _DAY)
_FIRST = (82, 54, 36, 39)
_SECOND = (83, 54, 36, 39)
_REPORT = "RUTAN 82 54 36 39"
_NONE = "-"
_REASON = "Salah ketik, menurut Kalapas"
_AMBON = Unit(
    "8101",
    "RT_AMBON",
    "Rutan Ambon",
    "MALUKU",
    frozenset({"RUTAN"}),
    valid_from=datetime.date(2008, 4, 1),
    valid_until=datetime.date(2008, 4, 28),
)


class DeskCase(CorrectionCase):
    """An officer's phone and a user's page."""

    def start_stages(self) -> None:
        super().start_stages()
        rules = Rules(366, ZoneInfo("Asia/Jakarta"), self.plausibility)
        self.desk = Desk(rules, self.acceptance.ledger_of)

    def perform(self, action: Callable[[Transaction], T]) -> T:
        """Do something in the writer."""
        done = self.writer.perform(action)
        self.turn()
        return self.successResultOf(done)

    def seen(self, key: tuple[str, str, datetime.date] = _KEY) -> int | None:
        """The submission that a page shows as the one that holds."""
        latest = self.perform(
            lambda transaction: self.acceptance.ledger_of(transaction).latest(key)
        )
        return latest.id if latest else None

    def wish(self, *values: int, sure: bool = True) -> Correction:
        """A correction by who has seen what holds."""
        return Correction("web:ani", _REASON, _KEY, values, self.seen(), sure)

    def correct(self, *values: int, sure: bool = True) -> Verdict:
        """Correct by the page."""
        return self.do(self.wish(*values, sure=sure))

    def do(self, wish: Correction) -> Verdict:
        """Have a correction done."""
        now = self.now()
        return self.perform(
            lambda transaction: self.desk.correct(transaction, wish, now)
        )

    def take_back(self) -> Verdict:
        """Take back what holds."""
        wish, now = TakingBack("web:ani", _REASON, _KEY, self.seen()), self.now()
        return self.perform(
            lambda transaction: self.desk.take_back(transaction, wish, now)
        )

    def close_march(self) -> None:
        """Close the month before."""
        signature = Signature("web:ani", "", self.now())
        self.perform(lambda transaction: close_month(transaction, _MARCH, signature))


class CorrectTests(DeskCase):
    """What a correction stores."""

    def test_the_first_figures(self) -> None:
        """They hold, and the history says who entered them and why."""
        verdict = self.correct(*_FIRST)
        self.assertEqual(verdict.ruling, Ruling.STORED)
        assert verdict.held is not None
        self.assertEqual(verdict.held.values, _FIRST)
        self.assertEqual(self.held(), "82 54 36 39")
        query = "SELECT number, text, inbox_id, first, old_values FROM submissions"
        (row,) = self.rows(query)
        self.assertEqual(
            (row.number, row.text, row.inbox_id, bool(row.first), row.old_values),
            ("web:ani", _REASON, 0, True, None),
        )

    def test_a_correction(self) -> None:
        """It takes the place of what an officer sent, who is the one before."""
        self.one(_REPORT)
        sent = self.seen()
        self.correct(*_SECOND)
        self.assertEqual(self.held(), "83 54 36 39")
        self.assertEqual(self.history()[-1], ("82 54 36 39", "83 54 36 39"))
        (row,) = self.rows("SELECT replaces FROM submissions WHERE inbox_id = 0")
        self.assertEqual(row.replaces, sent)

    def test_a_query_by_sms_sees_it(self) -> None:
        """Pages and texts have the same figures."""
        self.correct(*_FIRST)
        self.assertIn("P=82, W=54, T=136", self.one("RUTAN GETUPT"))

    def test_it_is_audited(self) -> None:
        """Old and new figures, and the reason."""
        self.one(_REPORT)
        self.correct(*_SECOND)
        query = "SELECT actor, action, subject, detail FROM audit"
        self.assertEqual(
            [tuple(row) for row in self.rows(query)],
            [
                (
                    "web:ani",
                    "data.correct",
                    "1203 RUTAN 2008-04-27",
                    f"82 54 36 39 -> 83 54 36 39; {_REASON}",
                )
            ],
        )

    def test_the_same_figures(self) -> None:
        """They hold already: nothing is stored a second time."""
        self.correct(*_FIRST)
        self.assertEqual(self.correct(*_FIRST).ruling, Ruling.SAME)
        self.assertEqual(len(self.history()), 1)

    def test_who_saw_something_else(self) -> None:
        """Nothing is stored; he is told what holds."""
        wish = self.wish(*_SECOND)
        self.one(_REPORT)
        verdict = self.do(wish)
        self.assertEqual(verdict.ruling, Ruling.OVERTAKEN)
        assert verdict.held is not None
        self.assertEqual(verdict.held.values, _FIRST)
        self.assertEqual(self.held(), "82 54 36 39")

    def test_another_day(self) -> None:
        """No day is too old."""
        key = ("1203", "RUTAN", datetime.date(2001, 1, 1))
        verdict = self.do(evolve(self.wish(*_FIRST), key=key, seen=None))
        self.assertEqual(verdict.ruling, Ruling.STORED)

    def test_what_looks_like_a_slip(self) -> None:
        """It is asked about, and stored with its marks by who is sure."""
        yesterday = ("1203", "RUTAN", _DAY - datetime.timedelta(1))
        self.do(evolve(self.wish(*_FIRST), key=yesterday, seen=None))
        verdict = self.correct(820, 54, 36, 39, sure=False)
        self.assertEqual(verdict.ruling, Ruling.DOUBTED)
        assert verdict.slip is not None
        self.assertEqual((verdict.slip.at, verdict.slip.old), (0, 82))
        self.assertEqual(self.held(), _NONE)
        self.assertEqual(self.correct(820, 54, 36, 39).ruling, Ruling.STORED)
        self.assertEqual(self.flags(), {"RUTAN": ("jump", "highest", "confirmed")})


class RefusedTests(DeskCase):
    """What cannot be corrected."""

    def check(
        self, ruling: Ruling, unit: str = "1203", form: str = "RUTAN", day: int = 27
    ) -> None:
        """Correct something, and nothing is stored."""
        key = unit, form, datetime.date(2008, 4, day)
        verdict = self.do(evolve(self.wish(*_FIRST), key=key, seen=None))
        self.assertEqual(verdict.ruling, ruling)
        self.assertEqual(self.history(), [])

    def test_no_unit_of_that_code(self) -> None:
        """There is nobody who could have reported."""
        self.check(Ruling.NO_UNIT, unit="9999")

    def test_a_form_of_another_kind(self) -> None:
        """As an insert by SMS."""
        self.check(Ruling.KIND, form="BAPAS")

    def test_a_day_to_come(self) -> None:
        """By the unit's own calendar: in Ambon it is tomorrow two hours earlier."""
        self.perform(lambda transaction: put_units(transaction, [_AMBON]))
        self.check(Ruling.FUTURE, day=28)
        self.check(Ruling.FUTURE, unit="8101", day=28)
        self.after(14.5 * 60)
        self.check(Ruling.FUTURE, day=28)
        self.assertEqual(self.day_in_ambon(28).ruling, Ruling.STORED)

    def day_in_ambon(self, day: int) -> Verdict:
        """Enter figures for the unit in the east."""
        key = "8101", "RUTAN", datetime.date(2008, 4, day)
        return self.do(evolve(self.wish(*_FIRST), key=key, seen=None))

    def test_a_unit_that_was_not_there(self) -> None:
        """It would be counted nowhere."""
        self.perform(lambda transaction: put_units(transaction, [_AMBON]))
        march = "8101", "RUTAN", _MARCH
        verdict = self.do(evolve(self.wish(*_FIRST), key=march, seen=None))
        self.assertEqual(verdict.ruling, Ruling.NOT_COUNTED)

    def test_a_closed_month(self) -> None:
        """Neither figures nor taking back."""
        self.one(f"{_REPORT} 310308")
        self.close_march()
        key = "1203", "RUTAN", _MARCH
        seen = self.seen(key)
        wish = Correction("web:ani", _REASON, key, _SECOND, seen, True)
        self.assertEqual(self.do(wish).ruling, Ruling.CLOSED)
        back, now = TakingBack("web:ani", _REASON, key, seen), self.now()
        verdict = self.perform(
            lambda transaction: self.desk.take_back(transaction, back, now)
        )
        self.assertEqual(verdict.ruling, Ruling.CLOSED)
        self.assertEqual(self.held(day=_MARCH), "82 54 36 39")


class TakeBackTests(DeskCase):
    """What does not count any more."""

    def test_a_correction(self) -> None:
        """What the officer sent holds again; the history has all three steps."""
        self.one(_REPORT)
        self.correct(*_SECOND)
        self.assertEqual(self.take_back().ruling, Ruling.STORED)
        self.assertEqual(self.held(), "82 54 36 39")
        self.assertEqual(self.history()[-1], ("83 54 36 39", "82 54 36 39"))

    def test_all_there_is(self) -> None:
        """Nothing holds; the next report by SMS is a first one."""
        self.one(_REPORT)
        self.take_back()
        self.assertEqual(self.held(), _NONE)
        self.after(20)
        self.assertIn("Insert Data", self.one(_REPORT))

    def test_nothing(self) -> None:
        """Where nothing holds there is nothing to take back."""
        self.assertEqual(self.take_back().ruling, Ruling.OVERTAKEN)

    def test_what_an_undo_brought_back(self) -> None:
        """It goes too, and the one before it holds."""
        self.correct(*_FIRST)
        self.one("RUTAN 90 54 36 39")
        self.one("RUTAN 91 54 36 39")
        self.one("BATAL")
        self.assertEqual(self.held(), "90 54 36 39")
        self.take_back()
        self.assertEqual(self.held(), "82 54 36 39")

    def test_it_is_audited(self) -> None:
        """With what held and what holds."""
        self.one(_REPORT)
        self.take_back()
        (row,) = self.rows("SELECT action, detail FROM audit")
        self.assertEqual(tuple(row), ("data.take_back", f"82 54 36 39 -> -; {_REASON}"))


class BesideTextsTests(DeskCase):
    """Corrections and texts among each other."""

    def test_an_officers_undo(self) -> None:
        """It leaves the correction of what he sent as it is, and says so."""
        self.one(_REPORT)
        self.correct(*_SECOND)
        self.assertIn("tetap berlaku", self.one("BATAL"))
        self.assertEqual(self.held(), "83 54 36 39")

    def test_an_officers_later_report(self) -> None:
        """It holds, as the later one of two officers' does."""
        self.correct(*_FIRST)
        self.assertIn("Update Data", self.one("RUTAN 90 54 36 39"))
        self.one("BATAL")
        self.assertEqual(self.held(), "82 54 36 39")

    def test_overtaken_in_the_same_batch(self) -> None:
        """Who saw no figures does not correct those of a text that came just before."""
        now = self.now()
        wish = self.wish(82, 1, 1, 1)
        self.arrive("RUTAN 81 54 36 39")
        done = self.writer.perform(
            lambda transaction: self.desk.correct(transaction, wish, now)
        )
        self.turn()
        self.assertEqual(self.successResultOf(done).ruling, Ruling.OVERTAKEN)
        self.assertEqual(self.history(), [(None, "81 54 36 39")])

    def test_a_correction_between_two_texts(self) -> None:
        """The chain of the history has all three, though they commit together."""
        wanted: list[Verdict] = []

        def correct(transaction: Transaction) -> None:
            held = self.acceptance.ledger_of(transaction).latest(_KEY)
            seen = held.id if held else None
            wish = Correction("web:ani", _REASON, _KEY, (82, 54, 36, 39), seen, True)
            wanted.append(self.desk.correct(transaction, wish, self.now()))

        self.arrive("RUTAN 81 54 36 39")
        self.writer.perform(correct)
        self.arrive("RUTAN 83 54 36 39")
        self.turn()
        self.assertEqual([each.ruling for each in wanted], [Ruling.STORED])
        self.assertEqual(
            self.history(),
            [
                (None, "81 54 36 39"),
                ("81 54 36 39", "82 54 36 39"),
                ("82 54 36 39", "83 54 36 39"),
            ],
        )
        self.one("BATAL")
        self.assertEqual(self.held(), "82 54 36 39")


class OtherNodeTests(DeskCase):
    """Another program on the same database."""

    def test_it_waits(self) -> None:
        """Figures do not change between what a correction reads and its commit."""
        self.one(_REPORT, OFFICER)
        engine = writing_engine(self.url)
        self.addCleanup(engine.dispose)
        with engine.connect() as mine, engine.connect() as other:
            hold_figures(Transaction(mine, Numbers()))
            other.execute(text("SET lock_timeout = '200ms'"))
            with self.assertRaises(exc.OperationalError):
                other.execute(text("UPDATE reports SET value = 0"))


PostgresqlCorrectTests = on_postgresql(CorrectTests)
PostgresqlTakeBackTests = on_postgresql(TakeBackTests)
PostgresqlBesideTextsTests = on_postgresql(BesideTextsTests)
PostgresqlOtherNodeTests = on_postgresql(OtherNodeTests)

# On SQLite there is one writer.
del OtherNodeTests
