"""The outbox between a memory link and a real store: rules D7, D8, D9, D10, D12."""

from __future__ import annotations

import itertools

from attrs import evolve
from sqlalchemy import update

from smscentre.messages import (
    Accepted,
    Address,
    Alphabet,
    DeliveryState,
    IncomingKind,
    InDoubt,
    Octets,
    Outgoing,
    Priority,
    Receipt,
    Rejected,
    Retry,
    Unsent,
)
from smscentre.outbox.routing import Route
from smscentre.sim.memory import MemoryLink
from smscentre.store import outgoing, steps
from smscentre.store.outgoing import Draft
from smscentre.store.receipts import Marks, Parked
from smscentre.store.sessions import end_left_open
from smscentre.store.steps import STEPS, OutboxState
from smscentre.store.tables import outbox
from tests.stages import CENTRE_NUMBER, OFFICER, StagesTestCase

_THROTTLED = Rejected(0x58, "ESME_RTHROTTLED", Retry.LATER, throttled=True)
_FULL = Rejected(0x14, "ESME_RMSGQFUL", Retry.LATER, queue_full=True)
_LATER = Rejected(0x08, "ESME_RSYSERR", Retry.LATER)
_NEVER = Rejected(0x0B, "ESME_RINVDSTADR", Retry.NEVER)


class OutboxTestCase(StagesTestCase):
    """Rows put straight into the outbox."""

    def put(
        self,
        text: str,
        number: str = OFFICER,
        priority: Priority = Priority.REPLY,
        expires_s: float = 3600,
    ) -> None:
        """Queue a text for the carrier."""
        draft = Draft(
            "carrier",
            number,
            [text],
            Alphabet.GSM7,
            priority,
            8,
            self.now() + expires_s,
        )
        self.writer.perform(
            lambda transaction: outgoing.add_outgoing(
                transaction, draft, now=self.now()
            )
        )
        self.turn()
        self.outbox.queued("carrier", 1)
        self.turn()

    def texts(self) -> list[str]:
        """Everything sent so far."""
        return [sent.text for sent in self.link.sent]

    def states(self) -> list[str]:
        """The states of the outbox, in order."""
        return [row.state for row in self.rows("SELECT state FROM outbox ORDER BY id")]

    def settle(self, outcome: object, index: int = -1) -> None:
        """Give a sent part its outcome and store it."""
        row = self.link.sent[index].row
        self.link.settle(self.exchange, row, outcome)  # type: ignore[arg-type]  # any
        self.pass_time(0.05)

    def pass_time(self, seconds: float) -> None:
        """Let time pass and everything that it brings be stored."""
        self.clock.advance(seconds)
        self.turn()


class ClockTests(OutboxTestCase):
    """The machine's clock was hours fast and is set back, or leaps."""

    fast_s = 7 * 3600.0

    def now(self) -> float:
        """What the machine's clock shows."""
        return super().now() + self.fast_s

    def test_waiting(self) -> None:
        """What came to wait by the fast clock is due."""
        self.put("a")
        self.fast_s = 0.0
        self.connect()
        self.assertEqual(self.texts(), ["a"])

    def test_in_doubt(self) -> None:
        """So is what is in doubt since then."""
        self.connect()
        self.put("a")
        self.link.disconnect(self.exchange)
        self.turn()
        self.fast_s = 0.0
        self.connect()
        self.assertEqual(self.texts(), ["a", "a"])

    def test_by_less_than_parts_are_put_off(self) -> None:
        """A moment that may be meant is not taken for a fast clock's."""
        self.fast_s = 600.0
        self.put("a")
        self.fast_s = 0.0
        self.connect()
        self.assertEqual(self.texts(), [])
        self.pass_time(600)
        self.assertEqual(self.texts(), ["a"])

    def test_nothing_expires_by_a_leap_of_a_moment(self) -> None:
        """The clock was years ahead for half a minute: what waited still waits."""
        self.put("a")
        self.pass_time(10)
        self.fast_s += 365 * 86400.0
        for _ in range(3):
            self.outbox.tick()
            self.pass_time(10)
        self.assertEqual(self.states(), ["queued"])
        self.fast_s = 0.0
        self.connect()
        self.assertEqual(self.texts(), ["a"])

    def test_nothing_is_refused_a_claim_by_a_leap(self) -> None:
        """A link that is bound meanwhile takes it along."""
        self.put("a")
        self.fast_s += 365 * 86400.0
        self.connect()
        self.assertEqual(self.texts(), ["a"])

    def test_put_off(self) -> None:
        """What was put off a moment ago still is, and goes when that is over."""
        self.connect()
        self.put("a")
        self.settle(_LATER)
        self.fast_s = 0.0
        self.outbox.tick()
        self.pass_time(1)
        self.assertEqual(self.texts(), ["a"])
        self.pass_time(4)
        self.assertEqual(self.texts(), ["a", "a"])


class ClaimTests(OutboxTestCase):
    """D7: a claim is committed before the write; each step is a legal one."""

    def test_waits_for_the_link(self) -> None:
        """What is queued while the link is down goes when it is bound."""
        self.put("a")
        self.assertEqual(self.texts(), [])
        self.connect()
        self.assertEqual(self.texts(), ["a"])
        self.assertEqual(self.states(), ["claimed"])

    def test_reply_is_born_claimed(self) -> None:
        """A reply that fits the free window is claimed in its own transaction."""
        self.connect()
        self.arrive("ASK")
        self.writer.turn()
        self.assertEqual(self.states(), ["claimed"])
        self.assertEqual(self.texts(), ["ASK"])

    def test_place_while_a_claim_is_under_way(self) -> None:
        """A reply has its place at once though an older one is being claimed."""
        self.connect()
        draft = Draft(
            "carrier", OFFICER, ["a"], Alphabet.GSM7, Priority.REPLY, 8, self.now() + 60
        )
        self.writer.perform(
            lambda transaction: outgoing.add_outgoing(
                transaction, draft, now=self.now()
            )
        )
        self.turn()
        self.outbox.queued("carrier", 1)
        self.arrive("ASK")
        self.writer.turn()
        self.assertEqual(self.texts(), ["a", "ASK"])

    def test_replies_in_the_order_of_messages(self) -> None:
        """A third one has no place while the second is on its way without one."""
        self.connect()
        first = self.arrive("ASK 1")
        self.arrive("ASK 2")
        first.addCallback(lambda _: self.arrive("ASK 3"))
        self.turn()
        self.assertEqual(self.texts(), ["ASK 1", "ASK 2", "ASK 3"])

    def test_no_place_before_all_is_counted(self) -> None:
        """Until it is known what waits, a reply waits behind it."""
        self.put("a")
        self.link.connect(self.exchange)
        self.arrive("ASK")
        self.writer.turn()
        self.assertEqual(self.texts(), ["a"])
        self.turn()
        self.assertEqual(self.texts(), ["a", "ASK"])

    def test_reply_behind_others_is_queued(self) -> None:
        """A reply does not overtake what waits before it."""
        self.link.window = 1
        self.connect()
        self.put("a")
        self.put("b")
        self.arrive("ASK")
        self.turn()
        self.settle(Accepted("1"))
        self.settle(Accepted("2"))
        self.assertEqual(self.texts(), ["a", "b", "ASK"])

    def test_window(self) -> None:
        """No more is claimed than the link has room for."""
        self.link.window = 2
        for text in "abc":
            self.put(text)
        self.connect()
        self.assertEqual(self.states(), ["claimed", "claimed", "queued"])
        self.settle(Accepted("1"), 0)
        self.assertEqual(self.texts(), ["a", "b", "c"])

    def test_sent(self) -> None:
        """The carrier's positive response makes it sent."""
        self.connect()
        self.put("a")
        self.settle(Accepted("42"))
        (row,) = self.rows("SELECT state, smsc_id, sent_at FROM outbox")
        self.assertEqual((row.state, row.smsc_id), ("sent", "42"))
        self.assertIsNotNone(row.sent_at)

    def test_lost_bind(self) -> None:
        """A reply in doubt is sent once more, and marked."""
        self.connect()
        self.put("a")
        self.link.disconnect(self.exchange)
        self.turn()
        self.link.connect(self.exchange)
        self.turn()
        self.assertEqual(self.texts(), ["a", "a"])
        self.assertEqual([sent.resent for sent in self.link.sent], [False, True])

    def test_at_most_two_copies(self) -> None:
        """What is in doubt twice is uncertain and not sent a third time."""
        self.connect()
        self.put("a")
        for _ in range(3):
            self.link.disconnect(self.exchange)
            self.turn()
            self.link.connect(self.exchange)
            self.turn()
        self.assertEqual(self.texts(), ["a", "a"])
        self.assertEqual(self.states(), ["uncertain"])

    def test_broadcast_in_doubt(self) -> None:
        """A broadcast in doubt is not sent again by itself."""
        self.connect()
        self.put("a", priority=Priority.BROADCAST)
        self.link.disconnect(self.exchange)
        self.turn()
        self.link.connect(self.exchange)
        self.turn()
        self.assertEqual((self.texts(), self.states()), (["a"], ["uncertain"]))

    def test_unsent(self) -> None:
        """What was certainly not written is queued as if for the first time."""
        self.connect()
        self.put("a")
        self.settle(Unsent("not bound"))
        self.assertEqual([sent.resent for sent in self.link.sent], [False, False])

    def test_crash(self) -> None:
        """What a crash left claimed is in doubt."""
        self.connect()
        self.put("a")
        self.writer.perform(lambda transaction: end_left_open(transaction, "node"))
        self.writer.perform(
            lambda transaction: outgoing.leave_in_doubt(transaction, "crash")
        )
        self.turn()
        self.assertEqual(self.states(), ["in_doubt"])

    def test_claim_of_a_lost_bind(self) -> None:
        """What was claimed for a bind that ended meanwhile was never written."""
        self.connect()
        self.writer.perform(
            lambda transaction: outgoing.add_outgoing(
                transaction,
                Draft(
                    "carrier",
                    OFFICER,
                    ["a"],
                    Alphabet.GSM7,
                    Priority.REPLY,
                    8,
                    self.now() + 60,
                ),
                now=self.now(),
            )
        )
        self.outbox.queued("carrier", 1)
        self.link.disconnect(self.exchange)
        self.link.connect(self.exchange)
        self.turn()
        self.pass_time(0.05)
        self.assertEqual([sent.resent for sent in self.link.sent], [False])

    def test_news_during_a_claim(self) -> None:
        """What is queued again while a claim is on its way is not forgotten."""
        self.link.window = 2
        self.connect()
        self.put("a")
        self.outbox.queued("carrier", 1)
        row = self.link.sent[0].row
        self.link.settle(self.exchange, row, Unsent("not bound"))
        self.turn()
        self.assertEqual(self.texts(), ["a", "a"])

    def test_orphaned_claim(self) -> None:
        """What a lost bind had claimed and never written is queued again."""
        bind = self.link.connect(self.exchange)
        draft = Draft(
            "carrier", OFFICER, ["a"], Alphabet.GSM7, Priority.REPLY, 8, self.now() + 60
        )
        self.writer.perform(
            lambda transaction: outgoing.add_outgoing(
                transaction, draft, now=self.now(), bind=bind
            )
        )
        self.turn()
        self.link.disconnect(self.exchange)
        self.link.connect(self.exchange)
        self.turn()
        self.assertEqual([sent.resent for sent in self.link.sent], [False])

    def test_priority(self) -> None:
        """Replies go before reminders, reminders before broadcasts."""
        for text, priority in (
            ("broadcast", Priority.BROADCAST),
            ("reminder", Priority.REMINDER),
            ("reply", Priority.REPLY),
        ):
            self.put(text, priority=priority)
        self.connect()
        self.assertEqual(self.texts(), ["reply", "reminder", "broadcast"])

    def test_illegal_step(self) -> None:
        """A mark changes nothing in a row that is not in the state it leaves."""
        self.connect()
        self.put("a")
        self.settle(_NEVER)
        row = self.link.sent[-1].row
        self.writer.mark(steps.SENT, (row, self.link.bind, 0.0, "1", "1"))
        self.pass_time(0.05)
        self.assertEqual(self.states(), ["failed"])

    def test_steps(self) -> None:
        """Every pair of states is a legal step or not, as D7 says."""
        legal = {
            f"{state.value}>{following.value}"
            for state, followers in STEPS.items()
            for following in followers
        }
        self.assertEqual(
            legal,
            {
                "queued>claimed",
                "queued>expired",
                "queued>failed",
                "claimed>sent",
                "claimed>queued",
                "claimed>failed",
                "claimed>in_doubt",
                "in_doubt>claimed",
                "in_doubt>uncertain",
                "uncertain>queued",
                "sent>delivered",
                "sent>failed",
                "sent>unknown",
            },
        )
        self.assertEqual(set(STEPS), set(OutboxState))


class FailureTests(OutboxTestCase):
    """D8: failures are data."""

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    def test_never(self) -> None:
        """A permanent refusal fails at once, with its meaning."""
        self.put("a")
        self.settle(_NEVER)
        (row,) = self.rows("SELECT state, error FROM outbox")
        self.assertEqual(tuple(row), ("failed", "ESME_RINVDSTADR"))

    def test_throttled(self) -> None:
        """Throttling pauses the link, longer each time, and keeps the order."""
        self.link.window = 1
        self.put("a")
        self.put("b")
        for pause in (1, 2, 4):
            self.settle(_THROTTLED)
            self.pass_time(pause - 0.1)
            before = len(self.link.sent)
            self.pass_time(0.1)
            self.assertEqual(len(self.link.sent), before + 1)
        self.settle(Accepted("1"))
        self.assertEqual(self.texts(), ["a", "a", "a", "a", "b"])

    def test_one_bad_number_stops_nobody(self) -> None:
        """A temporary refusal spares its destination, others go on."""
        self.link.window = 1
        self.put("a", "+628111111111")
        self.settle(_LATER)
        self.put("b", "+628111111112")
        self.assertEqual(self.texts(), ["a", "b"])
        self.settle(Accepted("1"))
        self.pass_time(5)
        self.assertEqual(self.texts(), ["a", "b", "a"])

    def test_spared_number(self) -> None:
        """A new reply to a spared destination waits with the one refused."""
        self.put("a", OFFICER)
        self.settle(_FULL)
        self.arrive("ASK")
        self.turn()
        self.assertEqual(self.texts(), ["a"])
        self.pass_time(5)
        self.assertEqual(self.texts(), ["a", "a", "ASK"])

    def test_full_queue_of_one(self) -> None:
        """A full queue of one destination spares that destination."""
        self.put("a", "+628111111111")
        self.settle(_FULL)
        self.put("b", "+628111111112")
        self.assertEqual(self.texts(), ["a", "b"])

    def test_full_queue_of_three(self) -> None:
        """Full queues of three destinations within 10 s pause the link."""
        for last in "123":
            self.put(last, f"+62811111111{last}")
            self.settle(_FULL)
        self.put("b", "+628111111119")
        self.assertEqual(self.texts(), ["1", "2", "3"])
        self.pass_time(1)
        self.assertEqual(self.texts()[3:], ["b"])

    def test_after_reconnect(self) -> None:
        """What only a new bind can mend waits for it."""
        self.put("a")
        self.link.window = 0
        self.settle(Rejected(4, "ESME_RINVBNDSTS", Retry.AFTER_RECONNECT))
        self.link.disconnect(self.exchange)
        self.link.window = 10
        self.link.connect(self.exchange)
        self.turn()
        self.assertEqual([sent.resent for sent in self.link.sent], [False, False])

    def test_expiry(self) -> None:
        """A reply that waited too long ends as expired, link or no link."""
        self.link.disconnect(self.exchange)
        self.put("a", expires_s=60)
        self.pass_time(61)
        self.outbox.tick()
        self.turn()
        self.assertEqual(self.states(), ["expired"])

    def test_expiry_at_the_claim(self) -> None:
        """What expired meanwhile is not sent when the link returns."""
        self.link.disconnect(self.exchange)
        self.put("a", expires_s=60)
        self.pass_time(61)
        self.link.connect(self.exchange)
        self.turn()
        self.assertEqual((self.texts(), self.states()), ([], ["expired"]))

    def test_rate(self) -> None:
        """Where the rate leaves no room the outbox looks again when it does."""
        self.link.window = 0
        self.link.ready_at = self.clock.seconds() + 3
        self.put("a")
        self.pass_time(2.9)
        self.assertEqual(self.texts(), [])
        self.link.window = 10
        self.pass_time(0.1)
        self.assertEqual(self.texts(), ["a"])


class RoutingTests(OutboxTestCase):
    """D10: a reply leaves by the link it came in, or by another after a while."""

    def test_reroute(self) -> None:
        """With its link down past the limit a reply goes by another."""
        self.put("a")
        self.other.connect(self.exchange)
        self.outbox.tick()
        self.turn()
        self.assertEqual(self.other.sent, [])
        self.pass_time(300)
        self.outbox.tick()
        self.turn()
        self.assertEqual([sent.text for sent in self.other.sent], ["a"])

    def break_between_parts(self) -> None:
        """Of a reply of two parts one is sent; then its link is down for long."""
        self.link.window = 1
        self.connect()
        self.arrive(f"LONG {200}")
        self.turn()
        self.settle(Accepted("1"))
        row = self.link.sent[-1].row
        self.link.settle(self.exchange, row, Unsent("not bound"))
        self.link.disconnect(self.exchange)
        self.other.connect(self.exchange)
        self.turn()
        self.assertEqual(self.states(), ["sent", "queued"])
        self.pass_time(300)
        self.outbox.tick()
        self.turn()

    def test_parts_from_two_numbers(self) -> None:
        """No phone joins them: the rest of a text waits for the link that began it."""
        self.break_between_parts()
        self.assertEqual(self.other.sent, [])
        self.connect()
        self.assertEqual(self.part_numbers(self.link)[-1:], [2])

    def test_parts_from_one_number(self) -> None:
        """By a link with the same number the rest of a text goes at once."""
        for name in ("carrier", "spare"):
            self.routes[name] = evolve(self.routes[name], source=CENTRE_NUMBER)
        self.break_between_parts()
        self.assertEqual(self.part_numbers(self.other), [2])

    def test_text_of_which_nothing_was_sent(self) -> None:
        """It goes whole by another link, from whatever number."""
        self.put_parts(Priority.REPLY)
        self.put_parts(Priority.BROADCAST)
        self.other.connect(self.exchange)
        self.pass_time(300)
        self.outbox.tick()
        self.turn()
        self.assertEqual([sent.text for sent in self.other.sent], ["a", "b"] * 2)

    def test_rest_of_a_broadcast(self) -> None:
        """It waits as that of a reply does."""
        self.link.window = 1
        self.connect()
        self.put_parts(Priority.BROADCAST)
        self.settle(Accepted("1"))
        row = self.link.sent[-1].row
        self.link.settle(self.exchange, row, Unsent("not bound"))
        self.link.disconnect(self.exchange)
        self.other.connect(self.exchange)
        self.pass_time(300)
        self.outbox.tick()
        self.turn()
        self.assertEqual(self.other.sent, [])

    def part_numbers(self, link: MemoryLink) -> list[int]:
        """Which parts of texts were sent by a link."""
        return [sent.part.number for sent in link.sent if sent.part is not None]

    def put_parts(self, priority: Priority) -> None:
        """Queue a text of two parts for the carrier."""
        draft = Draft(
            "carrier",
            OFFICER,
            ["a", "b"],
            Alphabet.GSM7,
            priority,
            8,
            self.now() + 3600,
        )
        self.writer.perform(
            lambda transaction: outgoing.add_outgoing(
                transaction, draft, now=self.now()
            )
        )
        self.turn()
        self.outbox.queued("carrier", 2)
        self.turn()

    def test_link_that_is_no_more(self) -> None:
        """What waits for it goes by others at once, each as it may."""
        for priority in Priority:
            self.put(priority.name, priority=priority)
        self.writer.perform(
            lambda transaction: transaction.execute(update(outbox).values(link="gone"))
        )
        self.outbox.retire(["gone"])
        self.connect()
        texts = ["REPLY", "REMINDER", "BROADCAST"]
        self.assertEqual(self.texts(), texts)

    def test_link_that_is_no_more_beside_one_that_takes_no_others(self) -> None:
        """Where no link may carry its replies they wait; one may come."""
        self.routes["carrier"] = Route(False, 10)
        self.put("a")
        self.writer.perform(
            lambda transaction: transaction.execute(update(outbox).values(link="gone"))
        )
        self.outbox.retire(["gone"])
        self.connect()
        self.assertEqual((self.texts(), self.states()), ([], ["queued"]))
        self.other.connect(self.exchange)
        self.turn()
        self.assertEqual([sent.text for sent in self.other.sent], ["a"])

    def test_what_is_no_reply_goes_by_another_link_too(self) -> None:
        """Also where that link may carry no replies of others; not before the limit."""
        self.routes["spare"] = Route(False, 20)
        for priority in Priority:
            self.put(priority.name, priority=priority)
        self.other.connect(self.exchange)
        self.outbox.tick()
        self.turn()
        self.assertEqual(self.other.sent, [])
        self.pass_time(300)
        self.outbox.tick()
        self.turn()
        texts = [sent.text for sent in self.other.sent]
        self.assertEqual(texts, ["REMINDER", "BROADCAST"])

    def test_only_a_reply_in_doubt_is_sent_again(self) -> None:
        """A reminder or a broadcast may have arrived, and nobody waits for it."""
        self.link.connect(self.exchange)
        for priority in Priority:
            self.put(priority.name, priority=priority)
        self.outbox.tick()
        self.turn()
        self.link.disconnect(self.exchange)
        self.turn()
        before = len(self.link.sent)
        self.link.connect(self.exchange)
        self.turn()
        self.assertEqual([sent.text for sent in self.link.sent[before:]], ["REPLY"])

    def test_binds_that_refuse_everything_do_not_count(self) -> None:
        """A link that comes and goes is down all the while."""
        self.put("a")
        self.other.connect(self.exchange)
        for _ in range(30):
            self.link.connect(self.exchange)
            self.turn()
            [row] = self.link.in_flight
            refused = Rejected(1, "no SMSC", Retry.AFTER_RECONNECT)
            self.link.settle(self.exchange, row, refused)
            self.link.disconnect(self.exchange)
            self.pass_time(10)
        self.outbox.tick()
        self.turn()
        self.assertEqual([sent.text for sent in self.other.sent], ["a"])

    def test_binds_that_answer_nothing_do_not_count(self) -> None:
        """Nor does one that takes what it is given and breaks."""
        self.other.connect(self.exchange)
        for _ in range(30):
            self.put("a")
            self.link.connect(self.exchange)
            self.turn()
            self.link.disconnect(self.exchange)
            self.pass_time(10)
        self.put("b")
        self.outbox.tick()
        self.turn()
        self.assertEqual(self.other.sent[-1].text, "b")

    def test_what_such_a_bind_leaves_in_doubt(self) -> None:
        """It goes once more by the other link, however soon the first is back."""
        self.other.connect(self.exchange)
        for _ in range(40):
            self.put("a")
            self.link.connect(self.exchange)
            self.turn()
            self.pass_time(10)
            self.link.disconnect(self.exchange)
        self.link.connect(self.exchange)
        self.turn()
        self.assertEqual(self.link.in_flight, {})
        self.assertEqual([sent.text for sent in self.other.sent][-1:], ["a"])

    def test_a_bind_that_stood_long_before_it_failed_counts(self) -> None:
        """The time begins with what it did not answer."""
        self.connect()
        self.other.connect(self.exchange)
        self.pass_time(3600)
        self.put("a")
        self.link.disconnect(self.exchange)
        self.pass_time(10)
        self.outbox.tick()
        self.turn()
        self.assertEqual(self.other.sent, [])

    def test_a_bind_in_which_something_was_sent_counts(self) -> None:
        """The time begins anew when it ends."""
        self.link.window = 1
        for text in ("a", "b"):
            self.put(text)
        self.pass_time(299)
        self.other.connect(self.exchange)
        self.link.connect(self.exchange)
        self.turn()
        self.settle(Accepted("1"))
        self.turn()
        self.settle(Rejected(1, "no SMSC", Retry.AFTER_RECONNECT))
        self.link.disconnect(self.exchange)
        self.pass_time(10)
        self.outbox.tick()
        self.turn()
        self.assertEqual(self.other.sent, [])

    def test_links_that_carry_only_their_own(self) -> None:
        """A link that may not carry others' replies does not."""
        self.put("a")
        self.routes["spare"] = Route(False, 20)
        self.other.connect(self.exchange)
        self.pass_time(300)
        self.outbox.tick()
        self.turn()
        self.assertEqual(self.other.sent, [])


class OctetsTests(OutboxTestCase):
    """What went to and fro is kept with the step that it led to."""

    def setUp(self) -> None:
        super().setUp()
        self.connect()
        self.put("a")

    def octets(self) -> Octets:
        """What is stored of the one part."""
        (row,) = self.rows("SELECT submit_pdu, answer_pdu FROM outbox")
        return Octets(
            bytes(row.submit_pdu or b""),
            bytes(row.answer_pdu or b""),
        )

    def test_with_every_outcome_of_what_was_written(self) -> None:
        """Whatever the next state is."""
        octets = Octets(b"\0submit\xff", b"\0answer\xff")
        for outcome in (
            evolve(_THROTTLED, octets=octets),
            InDoubt("no answer", Octets(octets.submit)),
            Accepted("42", octets),
        ):
            # A part that is sent again is claimed again: it must be the last one.
            self.settle(outcome)
            self.assertEqual(self.octets(), outcome.octets)
            self.pass_time(2)

    def test_of_a_part_refused_for_good(self) -> None:
        """Which is when somebody will look."""
        octets = Octets(b"submit", b"refused")
        self.settle(evolve(_NEVER, octets=octets))
        self.assertEqual(self.octets(), octets)

    def test_of_an_earlier_attempt(self) -> None:
        """A part that was not written after all keeps what it had."""
        octets = Octets(b"submit", b"busy")
        self.settle(evolve(_THROTTLED, octets=octets))
        self.pass_time(2)
        self.settle(Unsent("no room"))
        self.assertEqual(self.octets(), octets)


class MuteLinkTests(OutboxTestCase):
    """D10: a link that can never send hands its replies on at once."""

    def setUp(self) -> None:
        super().setUp()
        self.routes["carrier"] = Route(True, 10, sends=False)
        self.link.window = 0

    def carried(self) -> list[str]:
        """What the other link sent."""
        return [sent.text for sent in self.other.sent]

    def test_at_once(self) -> None:
        """Though its own bind stands: it is not down, it only receives."""
        self.other.connect(self.exchange)
        self.connect()
        self.text("ASK")
        self.assertEqual(self.carried(), ["ASK"])
        self.assertEqual(self.texts(), [])

    def test_as_soon_as_another_stands(self) -> None:
        """What waited meanwhile goes with its bind, without a tick."""
        self.connect()
        self.text("ASK")
        self.assertEqual(self.carried(), [])
        self.other.connect(self.exchange)
        self.turn()
        self.assertEqual(self.carried(), ["ASK"])

    def test_it_carries_nothing_itself(self) -> None:
        """Nobody's replies are handed to a link that cannot send."""
        self.routes["carrier"] = Route(True, 10)
        self.routes["spare"] = Route(True, 20, sends=False)
        self.put("a")
        self.other.connect(self.exchange)
        self.pass_time(300)
        self.outbox.tick()
        self.turn()
        self.assertEqual(self.states(), ["queued"])
        ((link,),) = self.rows("SELECT link FROM outbox")
        self.assertEqual(link, "carrier")

    def test_a_long_reply(self) -> None:
        """All of its parts."""
        self.other.connect(self.exchange)
        self.connect()
        self.text("LONG 300")
        self.assertEqual(len(self.carried()), 2)


class ReceiptTests(OutboxTestCase):
    """D9: receipts are stored, matched, parked; a final state is final."""

    def setUp(self) -> None:
        super().setUp()
        self.connect()
        self._serial = itertools.count(1)

    def receive(
        self, smsc_id: str, state: DeliveryState, source: str = OFFICER
    ) -> None:
        """Let a receipt arrive and be stored."""
        incoming = evolve(
            self.incoming("", source),
            kind=IncomingKind.RECEIPT,
            body=str(next(self._serial)).encode(),
            receipt=Receipt(smsc_id, state, f"stat:{state.value}"),
        )
        self.hand_over(self.link, incoming)
        self.turn()

    def test_delivered(self) -> None:
        """A receipt moves its part to delivered."""
        self.put("a")
        self.settle(Accepted("42"))
        self.receive("42", DeliveryState.DELIVERED)
        self.assertEqual(self.states(), ["delivered"])
        counted = b'receipts_total{link="carrier",state="delivered"} 1.0'
        self.assertIn(counted, self.metrics.render())

    def test_final(self) -> None:
        """A second receipt changes nothing."""
        self.put("a")
        self.settle(Accepted("42"))
        self.receive("42", DeliveryState.DELIVERED)
        self.receive("42", DeliveryState.FAILED)
        self.assertEqual(self.states(), ["delivered"])

    def test_wrong_address(self) -> None:
        """A receipt from another number than the part's matches nothing."""
        self.put("a")
        self.settle(Accepted("42"))
        self.receive("42", DeliveryState.DELIVERED, "+628111111111")
        self.assertEqual(self.states(), ["sent"])

    def test_addresses(self) -> None:
        """The number is compared in E.164, on whichever side the carrier has it."""
        centre = Address(CENTRE_NUMBER.removeprefix("+"), 1, 1)
        for serial, address in enumerate(
            (
                Address("628111203001", 1, 1),
                Address("+628111203001", 1, 1),
                Address("08111203001", 2, 1),
                Address("08111203001", 0, 0),
            )
        ):
            for source, destination in ((address, centre), (centre, address)):
                smsc_id = f"{serial}-{source.digits}"
                self.put("a")
                self.settle(Accepted(smsc_id))
                incoming = evolve(
                    self.incoming(""),
                    kind=IncomingKind.RECEIPT,
                    source=source,
                    destination=destination,
                    body=smsc_id.encode(),
                    receipt=Receipt(smsc_id, DeliveryState.DELIVERED, ""),
                )
                self.hand_over(self.link, incoming)
                self.turn()
        self.assertEqual(self.states(), ["delivered"] * 8)

    def test_before_the_response(self) -> None:
        """A receipt that comes before the response waits for it."""
        self.put("a")
        self.receive("42", DeliveryState.DELIVERED)
        self.settle(Accepted("42"))
        parked = Parked(lambda link, smsc_id: Marks((link,), (smsc_id,)))
        waiting = self.writer.perform(
            lambda transaction: parked.match(transaction, self.now())
        )
        self.turn()
        self.assertEqual(self.successResultOf(waiting), 0)
        self.assertEqual(self.states(), ["delivered"])

    def test_id_used_again(self) -> None:
        """A carrier's id that comes again is the newer part's."""
        for _ in range(2):
            self.put("a")
            self.settle(Accepted("42"))
            self.receive("42", DeliveryState.DELIVERED)
        self.assertEqual(self.states(), ["delivered", "delivered"])

    def test_never_a_command(self) -> None:
        """A receipt gets no reply."""
        self.receive("42", DeliveryState.DELIVERED)
        self.assertEqual(self.texts(), [])


class StopTests(OutboxTestCase):
    """D12: the stop waits for what is in flight and claims nothing more."""

    def test_close(self) -> None:
        """The stop fires when the last part in flight is settled."""
        self.connect()
        self.put("a")
        closed = self.outbox.close()
        self.assertNoResult(closed)
        self.settle(Accepted("1"))
        self.successResultOf(closed)
        self.put("b")
        self.assertEqual(self.texts(), ["a"])

    def test_claim_under_way(self) -> None:
        """What is claimed in the middle of the stop waits for the next start."""
        self.put("a")
        self.link.connect(self.exchange)
        self.successResultOf(self.outbox.close())
        self.turn()
        self.pass_time(0.05)
        self.assertEqual((self.texts(), self.states()), ([], ["queued"]))

    def test_no_timer_left(self) -> None:
        """After the stop no delayed call is left."""
        self.connect()
        self.put("a")
        self.settle(_THROTTLED)
        self.successResultOf(self.outbox.close())
        self.writer.close_intake()
        self.assertEqual(self.clock.getDelayedCalls(), [])


class LongReplyTests(OutboxTestCase):
    """Replies of several parts: one row a part, references by destination."""

    def test_parts(self) -> None:
        """A long reply goes as parts with one reference."""
        self.connect()
        self.assertEqual(len(self.text("LONG 300")), 2)
        first, second = (self.part(sent) for sent in self.link.sent)
        self.assertEqual((first[1:], second[1:]), ((2, 1), (2, 2)))
        self.assertEqual(first[0], second[0])

    def test_references_follow_each_other(self) -> None:
        """The next long reply to a number has the next reference."""
        self.connect()
        self.text("LONG 300")
        self.text("LONG 301")
        references = [self.part(sent)[0] for sent in self.link.sent]
        self.assertEqual(references, [1, 1, 2, 2])

    def part(self, sent: Outgoing) -> tuple[int, int, int]:
        """Reference, total and number of a part."""
        assert sent.part is not None
        return sent.part.reference, sent.part.total, sent.part.number


class InDoubtTests(OutboxTestCase):
    """What is in doubt in the middle of a bind."""

    def test_marked(self) -> None:
        """A part whose answer will not come is in doubt, and goes once more."""
        self.connect()
        self.put("a")
        self.settle(InDoubt("no answer"))
        self.assertEqual([sent.resent for sent in self.link.sent], [False, True])
