"""Tests for `smscentre.reminding`: the scheduler, and what a round stores."""

from __future__ import annotations

from attrs import evolve

from smscentre.directory import Right
from smscentre.messages import Priority
from smscentre.reminding.stage import LOOK_S
from smscentre.store.changes import Signature
from smscentre.store.numbers import move_officer
from smscentre.store.outgoing import postpone_number
from smscentre.store.people import put_officers
from tests.reminding.morning import BEGINS, DAY, ZONE_OF, MorningTestCase, local


class ClockTests(MorningTestCase):
    """Rounds go by the wall clock, whatever is done to it."""

    units = 12

    def reminders(self) -> int:
        """How many reminders went out for ten o'clock in the west."""
        return sum("Batas 10.00 WIB" in part.text for part in self.notices())

    def test_not_before_and_at_once(self) -> None:
        """Reminders leave at their moment, each unit's officer gets one."""
        self.start()
        self.wait_until(local("WIB", 9, 30) - 0.5)
        self.assertEqual(self.reminders(), 0)
        self.wait_until(local("WIB", 9, 30) + 0.5)
        self.assertEqual(self.reminders(), 4)
        self.wait_until(local("WIB", 9, 59))
        self.assertEqual(self.reminders(), 4)

    def test_a_clock_set_back(self) -> None:
        """Nothing comes twice when the same time comes again."""
        self.start()
        self.wait_until(local("WIB", 9, 40))
        self.skew = -1800.0
        self.wait_until(local("WIB", 10, 25))
        self.assertEqual(self.reminders(), 4)

    def test_a_clock_set_forward(self) -> None:
        """What is still due is done within one look, late as it is."""
        self.start()
        self.wait_until(local("WIB", 9))
        self.skew = 2400.0
        self.wait_until(local("WIB", 9) + LOOK_S + 1)
        self.assertEqual(self.reminders(), 4)

    def test_a_clock_set_past_the_deadline(self) -> None:
        """No reminder of what is over; the digest comes."""
        self.start()
        self.wait_until(local("WIB", 9))
        before = len(self.notices())
        self.skew = 3660.0
        self.wait_until(local("WIB", 9) + LOOK_S + 1)
        self.assertEqual(self.reminders(), 0)
        self.assertTrue(self.notices()[before:])

    def test_down_until_the_deadline(self) -> None:
        """A service that was down the whole time reminds nobody afterwards."""
        self.elapsed = local("WIB", 10) - BEGINS + 1
        self.start()
        self.assertEqual(self.reminders(), 0)
        self.assertIn(" 280408: 0 dari ", self.notices()[-1].text)

    def test_late_but_before(self) -> None:
        """One that comes back a minute before the deadline still reminds."""
        self.elapsed = local("WIB", 9, 59) - BEGINS
        self.start()
        self.assertEqual(self.reminders(), 4)

    def test_no_busy_loop(self) -> None:
        """With nothing to do there is a look every half minute."""
        self.start()
        process = self.process
        assert process is not None
        self.wait_until(local("WIB", 5))
        for _ in range(20):
            (call,) = process.clock.getDelayedCalls()
            left = call.getTime() - process.clock.seconds()
            self.assertGreater(left, LOOK_S - 0.1)
            self.wait_until(BEGINS + self.elapsed + left + 0.01)

    def test_stopped(self) -> None:
        """Nothing is left to be called."""
        self.start()
        self.stop()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_holiday(self) -> None:
        """Nobody is reminded on a day without deadlines."""
        holiday = evolve(self.config.reminders, holidays=frozenset({DAY}))
        self.config = evolve(self.config, reminders=holiday)
        self.start()
        self.wait_until(local("WIB", 18))
        self.assertEqual(self.notices(), [])


class RecallTests(MorningTestCase):
    """Reminders that wait while their units report."""

    units = 12

    def test_a_report_takes_its_reminder_back(self) -> None:
        """Without a link they wait; who reports meanwhile gets none."""
        self.start()
        process = self.process
        assert process is not None
        process.link.window = 0
        self.wait_until(local("WIT", 9, 31))
        unit = next(each for each in self.all_units if each.province == "MALUKU")
        self.report_all([(unit, f"{form} 1 2 3 4") for form in unit.kinds])
        self.wait_until(local("WIT", 9, 35))
        process.link.window = 2000
        process.outbox.tick()
        self.settle()
        reminded = {code for code, _ in self.reminded()}
        self.assertNotIn(unit.code, reminded)
        self.assertEqual(len(reminded), 3)
        (row,) = self.rows("SELECT error FROM outbox WHERE state = 'expired'")
        self.assertEqual(row.error, "the unit has reported since")

    def test_a_report_between_two_claims(self) -> None:
        """Who reports while others are reminded gets none, however soon it would be."""
        self.start()
        process = self.process
        assert process is not None
        process.link.window = 0
        self.wait_until(local("WIT", 9, 30))
        process.link.window = 1
        process.outbox.tick()
        self.turn()
        first = {code for code, _ in self.reminded()}
        self.assertEqual(len(first), 1)
        others = [
            unit
            for unit in self.all_units
            if ZONE_OF[unit.province] == "WIT" and unit.code not in first
        ]
        self.report_all(
            [(unit, f"{form} 1 2 3 4") for unit in others[:2] for form in unit.kinds]
        )
        late = {unit.code for unit in others[2:]}
        self.assertEqual(len(late), 1)
        self.assertEqual({code for code, _ in self.reminded()}, first | late)

    def test_a_report_behind_one_that_is_put_off(self) -> None:
        """A destination that is spared does not hide who reported behind it."""
        self.start()
        process = self.process
        assert process is not None
        process.link.window = 0
        self.wait_until(local("WIT", 9, 31))
        rows = self.rows("SELECT number FROM outbox WHERE state = 'queued' ORDER BY id")
        spared, behind = rows[0].number, rows[1].number
        until = local("WIT", 9, 59)
        process.writer.perform(
            lambda transaction: postpone_number(transaction, "carrier", spared, until)
        )
        officer = next(each for each in self.officers if each.number == behind)
        unit = next(each for each in self.all_units if each.code == officer.unit)
        self.report_all([(unit, f"{form} 1 2 3 4") for form in unit.kinds])
        process.link.window = 1
        process.outbox.tick()
        self.settle()
        self.assertNotIn(unit.code, {code for code, _ in self.reminded()})

    def test_who_reports_for_the_unit_no_more_is_not_reminded(self) -> None:
        """Deactivated, moved to another unit, or without the right since."""
        self.start()
        process = self.process
        assert process is not None
        process.link.window = 0
        self.wait_until(local("WIT", 9, 31))
        waiting = {
            row.number
            for row in self.rows("SELECT number FROM outbox WHERE state = 'queued'")
        }
        first, second, third, left = (
            each for each in self.officers if each.number in waiting
        )
        changed = [
            evolve(first, active=False),
            evolve(second, unit=self.all_units[0].code),
            evolve(third, rights=frozenset({Right.QUERY})),
        ]
        process.writer.perform(lambda transaction: put_officers(transaction, changed))
        process.link.window = 2000
        process.outbox.tick()
        self.settle()
        self.assertEqual({code for code, _ in self.reminded()}, {left.unit})
        errors = self.rows("SELECT error FROM outbox WHERE state = 'expired'")
        words = "the number reports for that unit no more"
        self.assertEqual([row.error for row in errors], [words] * 3)

    def test_who_has_a_new_number_is_reminded_there(self) -> None:
        """The reminder that waited for the old one goes to the new one."""
        self.start()
        process = self.process
        assert process is not None
        process.link.window = 0
        self.wait_until(local("WIT", 9, 31))
        old = self.rows("SELECT number FROM outbox WHERE state = 'queued'")[0].number
        new, signature = "+6281399990000", Signature("operator", "", self.now())
        process.writer.perform(
            lambda transaction: move_officer(transaction, old, new, signature)
        )
        process.link.window = 2000
        process.outbox.tick()
        self.settle()
        told = [part.number for part in self.notices()]
        self.assertIn(new, told)
        self.assertNotIn(old, told)

    def test_who_may_not_ask_any_more_gets_no_digest(self) -> None:
        """Who has left is not told how the units of his province stand."""
        self.start()
        process = self.process
        assert process is not None
        process.link.window = 0
        self.wait_until(local("WIT", 10, 1))
        (waiting,) = self.rows(
            "SELECT number FROM outbox WHERE state = 'queued' AND expires_at > :now",
            now=self.now(),
        )
        gone = next(one for one in self.officers if one.number == waiting.number)
        process.writer.perform(
            lambda transaction: put_officers(transaction, [evolve(gone, active=False)])
        )
        process.link.window = 2000
        process.outbox.tick()
        self.settle()
        self.assertEqual(self.notices(), [])

    def test_counted(self) -> None:
        """What was taken back is counted at the next look."""
        self.start()
        process = self.process
        assert process is not None
        process.link.window = 0
        self.wait_until(local("WIT", 9, 31))
        unit = next(each for each in self.all_units if each.province == "MALUKU")
        self.report_all([(unit, f"{form} 1 2 3 4") for form in unit.kinds])
        process.link.window = 2000
        process.outbox.tick()
        self.settle()
        self.wait_until(local("WIT", 9, 33))
        text = self.metrics.render().decode()
        self.assertIn("smscentre_reminders_recalled_total 1.0", text)

    def test_what_waits_ends_at_the_deadline(self) -> None:
        """A reminder is never delivered after it."""
        self.start()
        process = self.process
        assert process is not None
        process.link.window = 0
        self.wait_until(local("WIT", 10, 1))
        process.outbox.tick()
        process.link.window = 2000
        self.settle()
        self.assertEqual(self.reminded(), {})
        rows = self.rows(
            "SELECT state FROM outbox WHERE priority = :priority AND state = 'expired'",
            priority=int(Priority.REMINDER),
        )
        self.assertEqual(len(rows), 4)


class MetricsTests(MorningTestCase):
    """What is counted."""

    units = 12

    def test_counts(self) -> None:
        """Rounds, what they sent, and the units that lacked a report."""
        self.start()
        self.wait_until(local("WIB", 10, 1))
        text = self.metrics.render().decode()
        for line in (
            'smscentre_rounds_total{purpose="remind"} 3.0',
            'smscentre_notices_total{purpose="remind"} 12.0',
            'smscentre_rounds_total{purpose="digest"} 3.0',
            'smscentre_units_due{zone="WIB"} 4.0',
            'smscentre_units_missing{zone="WIB"} 4.0',
        ):
            self.assertIn(line, text)
