"""The inbox between a memory link and a real store: rules D1, D2, D4, D5, D6, D11."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from attrs import evolve
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from smscentre import failpoints
from smscentre.directory import Officer, Right
from smscentre.gsm.seams import keep_escape
from smscentre.inbox.admission import SILENCES
from smscentre.inbox.limits import ReplyLimits
from smscentre.inbox.stage import BOUND_OCTETS, PATIENCE_S, RECHECK_S
from smscentre.messages import IncomingKind, Part
from smscentre.metrics import Metrics
from smscentre.store.arrivals import ACKNOWLEDGEMENT_DOUBT_S, REDELIVERY_HORIZON_S
from smscentre.store.engine import writing_engine
from smscentre.store.longmessages import WAIT_S
from smscentre.store.people import put_officers
from smscentre.store.sessions import end_left_open
from smscentre.store.tables import outbox
from smscentre.store.writer import BATCH, SHARE, Unavailable, Writer
from tests.stages import CENTRE_NUMBER, OFFICER, StagesTestCase

_COLLEAGUE = "+628111203002"
_STRANGER = "+628129999999"


def sqlalchemy_outage(reason: Exception) -> Exception:
    """An error as SQLAlchemy raises it when the database fails."""
    return OperationalError("COMMIT", None, reason)


class AcceptanceTests(StagesTestCase):
    """One transaction a message, and only then its acknowledgement."""

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    def test_reply_of_too_many_parts(self) -> None:
        """It ends in dots after the most that the link takes; the report counts."""
        sent = self.text(f"SET {'0' * 1600}5")
        self.assertEqual(self.submissions(), ["5"])
        self.assertEqual(len(sent), 10)
        self.assertTrue(sent[-1].endswith("0 ..."), sent[-1])

    def test_acknowledged_after_the_commit(self) -> None:
        """Nothing may be acknowledged before the writer has committed."""
        accepted = self.arrive("SET 5")
        self.assertNoResult(accepted)
        self.turn()
        self.assertIs(self.successResultOf(accepted), True)
        self.assertEqual(self.submissions(), ["5"])

    def test_reply(self) -> None:
        """The reply of a command leaves by the link that brought it."""
        self.assertEqual(self.text("SET 5"), ["Insert 5"])

    def test_one_batch_sees_its_own_reports(self) -> None:
        """The second message of a batch sees what the first one stored."""
        self.arrive("SET 5")
        self.arrive("SET 6")
        self.turn()
        self.assertEqual([out.text for out in self.link.sent], ["Insert 5", "Update 6"])

    def test_a_command_that_raises(self) -> None:
        """A command that raises leaves a failed row and one apology, nothing else."""
        self.arrive("SET 5")
        self.arrive("BOOM")
        self.arrive("SET 6")
        self.turn()
        self.assertEqual(self.states(), ["done", "failed", "done"])
        texts = [outgoing.text for outgoing in self.link.sent]
        self.assertEqual(texts, ["Insert 5", "sorry", "Update 6"])
        self.assertEqual(len(self.flushLoggedErrors(ValueError)), 1)

    def test_one_bad_message_in_a_batch(self) -> None:
        """A message whose data the database refuses is kept as failed, alone."""
        first, bad, last = (
            self.arrive("SET 5"),
            self.arrive("SET 99999999999999999999"),
            self.arrive("SET 6"),
        )
        self.turn()
        for accepted in (first, bad, last):
            self.assertIs(self.successResultOf(accepted), True)
        self.assertEqual(self.states(), ["done", "failed", "done"])
        self.assertEqual(self.submissions(), ["5", "6"])

    def test_corrupt(self) -> None:
        """What cannot be read is kept raw and acknowledged."""
        incoming = evolve(
            self.incoming(""),
            raw=b"\x01\x02",
            kind=IncomingKind.CORRUPT,
            reason="no NUL",
        )
        accepted = self.hand_over(self.link, incoming)
        self.turn()
        self.assertIs(self.successResultOf(accepted), True)
        (row,) = self.rows("SELECT raw, state, reason FROM inbox")
        self.assertEqual(tuple(row), (b"\x01\x02", "corrupt", "no NUL"))


class RedeliveryTests(StagesTestCase):
    """D4: a redelivery has no effect and gets its acknowledgement."""

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    def rebind(self) -> None:
        """Lose the bind and make another."""
        self.link.disconnect(self.exchange)
        self.link.connect(self.exchange)
        self.turn()

    def test_equal_while_unacknowledged(self) -> None:
        """In one bind an equal message is a redelivery until the acknowledgement."""
        first, second = self.arrive("SET 5"), self.arrive("SET 5")
        self.turn()
        third = self.arrive("SET 5")
        self.turn()
        for accepted in (first, second, third):
            self.assertIs(self.successResultOf(accepted), True)
        self.assertEqual(self.states(), ["done", "redelivered", "redelivered"])
        self.assertEqual(self.submissions(), ["5"])

    def test_equal_after_the_acknowledgement(self) -> None:
        """In one bind an equal message after the acknowledgement is a new one."""
        self.text("SET 5")
        self.text("SET 5")
        self.assertEqual(self.states(), ["done", "done"])

    def test_crossing_a_late_acknowledgement(self) -> None:
        """A repetition that crosses its acknowledgement is new, and shows.

        Nothing tells it from the same report made again on purpose.
        """
        self.text("SET 5")
        self.assertEqual(self.text("SET 6"), ["Update 6"])
        self.assertEqual(self.text("SET 5"), ["Update 5"])
        self.assertEqual(self.submissions(), ["5", "6", "5"])

    def test_question_repeated_after_a_lost_bind(self) -> None:
        """A question asked again just after the bind was lost is answered next time."""
        self.assertEqual(self.text("ASK"), ["ASK"])
        self.clock.advance(ACKNOWLEDGEMENT_DOUBT_S - 1)
        self.rebind()
        self.assertEqual([self.text("ASK"), self.text("ASK")], [[], ["ASK"]])
        self.assertEqual(self.states(), ["done", "redelivered", "done"])
        counted = b'redeliveries_total{link="carrier"} 1.0'
        self.assertIn(counted, self.metrics.render())

    def test_refused_with_its_twin(self) -> None:
        """An equal message waits for the first's outcome: both are refused."""
        with sqlite3.connect(self.database, isolation_level=None) as blocker:
            blocker.execute("BEGIN EXCLUSIVE")
            first = self.arrive("SET 5")
            self.clock.advance(PATIENCE_S - 1)
            second = self.arrive("SET 5")
            self.clock.advance(1)
            self.assertIs(self.successResultOf(first), False)
            blocker.execute("ROLLBACK")
        blocker.close()
        self.turn()
        self.assertIs(self.successResultOf(second), False)
        self.assertEqual(self.submissions(), [])

    def test_refused_twins_in_a_row(self) -> None:
        """A third copy is refused with the second, which was refused with the first."""
        with sqlite3.connect(self.database, isolation_level=None) as blocker:
            blocker.execute("BEGIN EXCLUSIVE")
            self.arrive("SET 5")
            self.clock.advance(PATIENCE_S - 2)
            self.arrive("SET 5")
            self.clock.advance(1)
            third = self.arrive("SET 5")
            self.clock.advance(1)
            blocker.execute("ROLLBACK")
        blocker.close()
        self.turn()
        self.assertIs(self.successResultOf(third), False)
        self.assertEqual(self.states(), [])

    def test_twin_of_what_could_not_even_be_kept_as_failed(self) -> None:
        """It repeats nothing that is stored, so it is refused with the first."""
        self.hear_later()
        incoming = self.incoming("ASK")
        unstorable = evolve(self.incoming("ASK"), text="ASK \ud800")
        first = self.hand_over(self.link, unstorable)
        second = self.hand_over(self.link, incoming)
        self.turn()
        self.clock.advance(0)
        self.assertIs(self.successResultOf(first), False)
        self.assertIs(self.successResultOf(second), False)
        self.assertEqual(self.states(), [])

    def hear_later(self) -> None:
        """Have the reactor hear of the writer's turns after them, as it does."""
        engine = writing_engine(self.url, explicit=True)
        later = partial(self.clock.callLater, 0)
        self.writer = Writer(engine, later, self.clock, self.batches)
        self.addCleanup(self.writer.close)
        self.start_stages()
        self.connect()

    def test_later_bind_in_one_batch(self) -> None:
        """What comes again straight after the bind is recognised in its batch."""
        self.arrive("SET 5")
        self.turn()
        self.link.disconnect(self.exchange)
        self.link.connect(self.exchange)
        self.arrive("SET 5")
        self.turn()
        self.assertEqual(self.states(), ["done", "redelivered"])

    def test_undone_batch(self) -> None:
        """What an undone batch had recalled is no earlier delivery."""
        self.arrive("SET 5")
        self.link.disconnect(self.exchange)
        self.link.connect(self.exchange)
        failures = [Unavailable("once")]

        def fail_once(point: str) -> None:
            if point == "before-commit" and failures:
                raise sqlalchemy_outage(failures.pop())

        self.patch(failpoints, "hit", fail_once)
        self.assertRaises(Unavailable, self.writer.turn)
        self.turn()
        self.assertEqual(self.submissions(), ["5"])

    def test_later_bind_never_acknowledged(self) -> None:
        """In a later bind it is a redelivery if no acknowledgement was written."""
        self.arrive("SET 5")
        self.turn()
        self.rebind()
        self.text("SET 5")
        self.assertEqual(self.states(), ["done", "redelivered"])
        self.assertEqual(self.submissions(), ["5"])

    def test_later_bind_acknowledged_shortly_before(self) -> None:
        """The last acknowledgements of a bind may not have reached the peer."""
        self.text("SET 5")
        self.clock.advance(ACKNOWLEDGEMENT_DOUBT_S - 1)
        self.rebind()
        self.text("SET 5")
        self.assertEqual(self.states(), ["done", "redelivered"])

    def test_later_bind_acknowledged_long_before(self) -> None:
        """What was acknowledged long before the bind's end is a new message."""
        self.text("SET 5")
        self.clock.advance(ACKNOWLEDGEMENT_DOUBT_S + 1)
        self.rebind()
        self.text("SET 5")
        self.assertEqual(self.states(), ["done", "done"])

    def test_later_bind_after_the_horizon(self) -> None:
        """After a day an equal message is a new one."""
        self.arrive("SET 5")
        self.turn()
        self.rebind()
        self.clock.advance(REDELIVERY_HORIZON_S + 1)
        self.text("SET 5")
        self.assertEqual(self.states(), ["done", "done"])

    def test_matched_once(self) -> None:
        """One earlier delivery accounts for one redelivery, not for two."""
        self.arrive("SET 5")
        self.turn()
        self.rebind()
        self.text("SET 5")
        self.text("SET 5")
        self.assertEqual(self.states(), ["done", "redelivered", "done"])

    def test_a_redelivery_can_be_matched(self) -> None:
        """A suppressed delivery, too, can be followed by its redelivery."""
        self.arrive("SET 5")
        for _ in range(3):
            self.turn()
            self.rebind()
            self.arrive("SET 5")
        self.turn()
        self.assertEqual(self.states(), ["done"] + ["redelivered"] * 3)

    def test_after_a_crash(self) -> None:
        """After a crash what came since the last heartbeat may come again."""
        self.exchange.beat()
        self.turn()
        self.clock.advance(4)
        self.text("SET 5")
        self.writer.perform(lambda transaction: end_left_open(transaction, "node"))
        self.start_stages()
        self.link.connect(self.exchange)
        self.turn()
        self.text("SET 5")
        self.assertEqual(self.states(), ["done", "redelivered"])

    def test_another_carrier(self) -> None:
        """The same words over another carrier are another message."""
        self.arrive("SET 5")
        self.turn()
        self.link.disconnect(self.exchange)
        self.other.connect(self.exchange)
        incoming = self.other.incoming("628111203001", "SET 5", self.now())
        self.hand_over(self.other, incoming)
        self.turn()
        self.assertEqual(self.states(), ["done", "done"])

    def test_different_text(self) -> None:
        """Another text is another message, whatever the circumstances."""
        self.arrive("SET 5")
        self.turn()
        self.rebind()
        self.text("SET 6")
        self.assertEqual(self.submissions(), ["5", "6"])


class SiblingTests(StagesTestCase):
    """D4 with two links of one account: the carrier has one queue for both."""

    siblings: ClassVar[Mapping[str, tuple[str, ...]]] = dict.fromkeys(
        ("carrier", "spare"), ("carrier", "spare")
    )

    def setUp(self) -> None:
        super().setUp()
        self.connect()
        self.other.connect(self.exchange)
        self.turn()

    def bring_by_other(self, text: str) -> None:
        """Deliver a message by the link that stands, and acknowledge it."""
        source = OFFICER.removeprefix("+")
        incoming = self.other.incoming(source, text, self.now())
        self.hand_over(self.other, incoming)
        self.turn()
        self.exchange.acknowledged(self.other, incoming.arrival_id)
        self.turn()

    def test_what_one_link_lost_comes_by_the_other(self) -> None:
        """It need not bind anew for that."""
        self.arrive("SET 5")
        self.turn()
        self.link.disconnect(self.exchange)
        self.turn()
        for _ in range(2):
            self.bring_by_other("SET 5")
        self.assertEqual(self.states(), ["done", "redelivered", "done"])

    def test_at_once(self) -> None:
        """The loss and the copy may meet in one transaction with the first."""
        self.arrive("SET 5")
        self.link.disconnect(self.exchange)
        self.bring_by_other("SET 5")
        self.assertEqual(self.states(), ["done", "redelivered"])
        self.assertEqual(self.submissions(), ["5"])

    def test_while_the_first_waits(self) -> None:
        """A carrier that gets no answer in time may ask by its other link."""
        first = self.arrive("SET 5")
        self.bring_by_other("SET 5")
        self.assertIs(self.successResultOf(first), True)
        self.assertEqual(self.states(), ["done", "redelivered"])
        self.assertEqual(self.submissions(), ["5"])

    def test_while_both_stand(self) -> None:
        """Nothing was lost, so an equal message is a new one."""
        self.text("SET 5")
        self.bring_by_other("SET 5")
        self.assertEqual(self.states(), ["done", "done"])


class CannotCommitTests(StagesTestCase):
    """D5: what cannot be committed is refused, and never half."""

    def setUp(self) -> None:
        super().setUp()
        self.connect()
        self.blocker = sqlite3.connect(self.database, isolation_level=None)
        self.addCleanup(self.blocker.close)

    def test_too_many_octets_wait(self) -> None:
        """Large messages are refused before there are too many of them."""
        settled = []
        for number in range(3):
            incoming = self.incoming(f"SET {number}")
            large = evolve(incoming, raw=bytes(BOUND_OCTETS // 2))
            settled.append(self.hand_over(self.link, large))
        self.assertFalse(self.successResultOf(settled.pop()))
        self.turn()
        self.assertEqual([self.successResultOf(one) for one in settled], [True, True])
        self.text("SET 4")
        self.assertEqual(self.states(), ["done"] * 3)

    def test_refused_when_not_begun(self) -> None:
        """A message that the writer has not begun in 10 s is withdrawn and refused."""
        self.blocker.execute("BEGIN EXCLUSIVE")
        accepted = self.arrive("SET 5")
        self.assertRaises(Unavailable, self.writer.turn)
        self.clock.advance(PATIENCE_S - 0.1)
        self.assertNoResult(accepted)
        self.clock.advance(0.1)
        self.assertIs(self.successResultOf(accepted), False)
        self.blocker.execute("ROLLBACK")
        self.turn()
        self.assertEqual(self.states(), [])

    def test_begun_waits_for_its_outcome(self) -> None:
        """A message whose batch is begun is not refused, however long it takes."""
        accepted = self.arrive("SET 5")

        begun = self.acceptance.prepare

        def slow(*arguments: object) -> None:
            self.clock.advance(PATIENCE_S + RECHECK_S)
            self.assertNoResult(accepted)
            begun(*arguments)  # type: ignore[arg-type]  # passed through

        self.patch(self.acceptance, "prepare", slow)
        self.writer.turn()
        self.assertIs(self.successResultOf(accepted), True)
        self.assertEqual(self.submissions(), ["5"])

    def test_refused_while_stopping(self) -> None:
        """While the service stops, a new message is refused at once."""
        self.inbox.close()
        self.assertIs(self.successResultOf(self.arrive("SET 5")), False)

    def test_refused_past_the_bound(self) -> None:
        """Past the queue's bound a new message is refused at once."""
        self.writer.waiting = 5000
        self.assertIs(self.successResultOf(self.arrive("SET 5")), False)

    def test_withdrawn_leave_no_trace(self) -> None:
        """What was withdrawn during an outage is not kept for its end."""
        self.blocker.execute("BEGIN EXCLUSIVE")
        for number in range(500):
            self.arrive(f"SET {number}")
            if number % 100 == 99:
                self.assertRaises(Unavailable, self.writer.turn)
                self.clock.advance(PATIENCE_S)
        self.assertFalse(self.writer.turn())
        self.assertEqual(len(self.writer._taken), 0)
        self.assertTrue(self.writer._queue.empty())
        self.blocker.execute("ROLLBACK")

    def test_stop_without_a_database(self) -> None:
        """A stop that cannot wait refuses what is not begun."""
        self.blocker.execute("BEGIN EXCLUSIVE")
        accepted = self.arrive("SET 5")
        closed = self.inbox.close()
        self.inbox.abandon()
        self.assertIs(self.successResultOf(accepted), False)
        self.successResultOf(closed)
        self.blocker.execute("ROLLBACK")

    def test_committed_after_the_bind(self) -> None:
        """What is committed after its bind has ended waits for nothing."""
        self.arrive("SET 5")
        self.link.disconnect(self.exchange)
        self.turn()
        self.assertEqual(self.inbox._committed, {})

    def test_no_timer_left(self) -> None:
        """When all is settled and closed, no delayed call is left."""
        self.text("SET 5")
        closed = self.inbox.close()
        self.successResultOf(closed)
        self.writer.close_intake()
        self.assertEqual(self.clock.getDelayedCalls(), [])


class LongMessageTests(StagesTestCase):
    """D6: parts are committed one by one, a fragment is never run."""

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    def part(
        self, number: int, text: str, *, total: int = 2, reference: int = 7
    ) -> None:
        """Deliver one part and acknowledge it."""
        place = Part(reference, 8, total, number)
        incoming = self.link.incoming("628111203001", text, self.now(), place)
        accepted = self.hand_over(self.link, incoming)
        self.turn()
        self.assertIs(self.successResultOf(accepted), True)
        self.exchange.acknowledged(self.link, incoming.arrival_id)

    def test_any_order(self) -> None:
        """The parts of a text are joined in their order, whatever came first."""
        self.part(2, "23")
        self.assertEqual(self.link.sent, [])
        self.part(1, "SET 1")
        self.assertEqual(self.submissions(), ["123"])

    def test_cut_character(self) -> None:
        """A character that was cut between two parts is whole in the text."""
        # Cut after the escape; "<" is the code of "[".
        self.part(1, keep_escape("RUTAN ", b"RUTAN\x1b"))
        self.part(2, "<82")
        self.turn()
        self.assertEqual([part.text for part in self.link.sent], ["RUTAN[82"])

    def test_repeated_part(self) -> None:
        """An equal part of a completed set belongs to it."""
        self.part(1, "SET 1")
        self.part(2, "23")
        self.part(2, "23")
        self.assertEqual(self.submissions(), ["123"])

    def test_same_reference_again(self) -> None:
        """The same reference with another text begins a new set."""
        self.part(1, "SET 1")
        self.part(2, "23")
        self.part(1, "SET 4")
        self.part(2, "56")
        self.assertEqual(self.submissions(), ["123", "456"])

    def give_up(self) -> None:
        """Let the missing parts be too late."""
        self.clock.advance(WAIT_S)
        self.writer.perform(
            lambda transaction: self.acceptance.tell_incomplete(transaction, self.now())
        )
        self.turn()

    def test_nothing_joins_what_was_given_up(self) -> None:
        """A part that comes after its set was given up begins another."""
        self.part(1, "SET 1")
        self.give_up()
        self.part(2, "23")
        self.assertEqual(self.submissions(), [])

    def test_strangers_are_not_told(self) -> None:
        """Only officers are told of lost parts."""
        place = Part(7, 8, 2, 1)
        incoming = self.link.incoming("628129999999", "x", self.now(), place)
        self.hand_over(self.link, incoming)
        self.turn()
        self.give_up()
        self.assertEqual(self.rows("SELECT id FROM outbox"), [])

    def test_incomplete(self) -> None:
        """A set without all its parts is given up and the officer is told."""
        self.part(1, "SET 1")
        self.clock.advance(WAIT_S)
        told = self.writer.perform(
            lambda transaction: self.acceptance.tell_incomplete(transaction, self.now())
        )
        self.turn()
        for link, parts in self.successResultOf(told).items():
            self.outbox.queued(link, parts)
        self.turn()
        self.assertEqual(self.link.sent[-1].text, "part 2 of 2 is missing")
        self.assertEqual(self.submissions(), [])


class SilenceTests(StagesTestCase):
    """D11: who is not answered, and that it is counted by name."""

    limits = ReplyLimits(unknown_replies_per_day=2)

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    def reasons(self) -> list[str]:
        """The reasons of silence, in the order of arrival."""
        query = "SELECT reason FROM inbox WHERE state = 'silent' ORDER BY id"
        return [row.reason for row in self.rows(query)]

    def test_never_answered(self) -> None:
        """Short codes, names, our own number and our own replies get no answer."""
        for source, text in (
            ("", "HELP"),
            ("4321", "HELP"),
            ("TELKOMSEL", "HELP"),
            (CENTRE_NUMBER, "HELP"),
            (_STRANGER, "Insert Data UPT 1"),
        ):
            self.assertEqual(self.text(text, source), [])
        self.assertEqual(
            self.reasons(),
            ["no_sender", "short_code", "name", "own_number", "own_reply"],
        )

    def test_not_a_message(self) -> None:
        """What is no person's message is kept and never answered."""
        incoming = evolve(self.incoming("SET 5"), reason="not_a_message")
        self.hand_over(self.link, incoming)
        self.turn()
        self.assertEqual(self.link.sent, [])
        self.assertEqual(self.reasons(), ["not_a_message"])

    def test_unknown_told_once_a_day(self) -> None:
        """An unknown number is told once a day, all of them up to a limit."""
        self.assertEqual(self.text("A", _STRANGER), ["unknown number"])
        self.assertEqual(self.text("B", _STRANGER), [])
        self.assertEqual(self.text("C", "+628129999998"), ["unknown number"])
        self.assertEqual(self.text("D", "+628129999997"), [])
        self.assertEqual(self.reasons(), ["unknown_told", "unknown_limit"])
        self.clock.advance(24 * 3600)
        self.assertEqual(self.text("E", _STRANGER), ["unknown number"])

    def test_third_identical(self) -> None:
        """The third identical text in ten minutes gets no answer."""
        answers = [self.text("WRONG") for _ in range(3)]
        self.assertEqual(answers, [["wrong form"], ["wrong form"], []])
        self.assertEqual(self.reasons(), ["third_identical"])

    def test_valid_commands_are_always_answered(self) -> None:
        """A valid command of an officer is answered however often it comes."""
        self.assertEqual([self.text("ASK") for _ in range(4)], [["ASK"]] * 4)

    def test_every_reason_is_counted(self) -> None:
        """Each named silence has its own series."""
        metrics = Metrics("0", ["carrier"], silences=SILENCES)
        for reason in SILENCES:
            metrics.silent(reason)
        rendered = metrics.render().decode()
        for reason in SILENCES:
            self.assertIn(
                f'smscentre_silences_total{{reason="{reason}"}} 1.0', rendered
            )


class LimitTests(StagesTestCase):
    """Limits hold back replies, never the effect of a valid insert."""

    limits = ReplyLimits(sender_per_minute=2)

    def test_within_a_batch(self) -> None:
        """A limit holds within one batch as well."""
        self.connect()
        for number in range(5):
            self.arrive(f"SET {number}")
        self.turn()
        self.assertEqual(len(self.link.sent), 2)

    def test_after_a_restart(self) -> None:
        """The day's replies of an earlier run count."""
        self.limits = ReplyLimits(sender_per_day=2)  # type: ignore[misc]  # this test's
        self.start_stages()
        self.connect()
        self.text("SET 1")
        self.text("SET 2")
        self.start_stages()
        self.writer.perform(
            lambda transaction: self.answering.recall(transaction, self.now())
        )
        self.turn()
        self.link.connect(self.exchange)
        self.assertEqual(self.text("SET 3"), [])

    def test_reply_is_held_back(self) -> None:
        """Past the limit the report is stored and no reply goes out."""
        self.connect()
        answers = [self.text(f"SET {number}") for number in (1, 2, 3)]
        self.assertEqual(answers, [["Insert 1"], ["Update 2"], []])
        self.assertEqual(self.submissions(), ["1", "2", "3"])
        self.clock.advance(60)
        self.assertEqual(self.text("SET 4"), ["Update 4"])


class PhoneTests(StagesTestCase):
    """A phone tries out anybody's number, at nobody's cost."""

    limits = ReplyLimits(sender_per_minute=1, unknown_replies_per_day=1)
    phones = frozenset({"spare"})

    def setUp(self) -> None:
        super().setUp()
        self.connect()
        self.other.connect(self.exchange)
        self.turn()

    def by_phone(self, text: str, source: str = OFFICER) -> int:
        """Text by the phone; how many answers came there."""
        before = len(self.other.sent)
        digits = source.removeprefix("+")
        incoming = self.other.incoming(digits, text, self.now())
        self.hand_over(self.other, incoming)
        self.turn()
        self.exchange.acknowledged(self.other, incoming.arrival_id)
        return len(self.other.sent) - before

    def test_limits_nothing(self) -> None:
        """What comes by a phone is answered, however often and whosever it is."""
        for source in (OFFICER, _STRANGER):
            answers = [self.by_phone("SAME", source) for _ in range(4)]
            self.assertEqual(answers, [1] * 4)

    def test_no_reply_outlives_who_waits_for_it(self) -> None:
        """One that a crash left goes to no telephone, whatever becomes of the link."""
        self.by_phone("SET 1")
        self.text("SET 2")
        lives = select(outbox.c.expires_at - outbox.c.created_at)
        found = self.rows(lives.order_by(outbox.c.id))
        self.assertEqual([row[0] for row in found], [60, 3600])

    def test_takes_nothing_from_the_number(self) -> None:
        """The number's own texts are answered as if there had been none by phone."""
        self.by_phone("SET 1")
        self.by_phone("A", _STRANGER)
        self.assertEqual(self.text("SET 2"), ["Update 2"])
        self.assertEqual(self.text("B", _STRANGER), ["unknown number"])


class FloodTests(StagesTestCase):
    """What one number sends keeps the others waiting for a share of a batch only."""

    limits = ReplyLimits(sender_per_minute=2)

    def setUp(self) -> None:
        super().setUp()
        officer = Officer(_COLLEAGUE, "Sari", "1203", (), frozenset(Right))
        self.writer.perform(lambda transaction: put_officers(transaction, [officer]))
        self.connect()
        self.flood = [self.arrive(f"SET {number}") for number in range(3 * BATCH)]

    def test_others_do_not_wait_behind_it(self) -> None:
        """Who texts after it is stored and answered with its first few messages."""
        other = self.arrive("SET 7777", _COLLEAGUE)
        self.writer.turn()
        self.assertTrue(self.successResultOf(other))
        self.assertEqual(self.link.sent[-1].text, "Update 7777")
        done = [settled.called for settled in self.flood]
        self.assertEqual(done, [True] * SHARE + [False] * (len(done) - SHARE))
        self.turn()

    def test_nothing_of_it_is_lost(self) -> None:
        """All is stored in its order; past the limit nothing is answered."""
        self.turn()
        self.assertEqual([self.successResultOf(each) for each in self.flood][-1], True)
        numbers = [str(number) for number in range(len(self.flood))]
        self.assertEqual(self.submissions(), numbers)
        self.assertEqual(len(self.link.sent), 2)

    def test_what_a_lost_bind_left_waiting_comes_again(self) -> None:
        """Its later messages are stored after its end, and still count once."""
        self.link.disconnect(self.exchange)
        self.link.connect(self.exchange)
        again = [self.arrive(f"SET {number}") for number in range(3 * BATCH)]
        self.turn()
        self.assertEqual({self.successResultOf(each) for each in again}, {True})
        numbers = [str(number) for number in range(len(self.flood))]
        self.assertEqual(self.submissions(), numbers)
