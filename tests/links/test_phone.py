"""Tests for `smscentre.links.phone` and its socket, with a fake centre."""

from __future__ import annotations

import json
import socket
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.trial.unittest import SynchronousTestCase

from smscentre.interfaces import Link
from smscentre.links.phone import PhoneError, PhoneLink, PhonePort
from smscentre.links.phonewire import PhoneProtocol
from smscentre.messages import (
    Accepted,
    Alphabet,
    Incoming,
    Outgoing,
    Part,
    Priority,
    SubmitOutcome,
)

NUMBER = "+628111203001"
OTHER = "+628111203002"
NOW = 1_209_268_800.0


class FakeDeliveries:
    """Hears a link as the centre does; the test decides what becomes of arrivals."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.arrivals: list[tuple[Incoming, Deferred[bool]]] = []
        self.outcomes: list[tuple[int, SubmitOutcome]] = []

    def bound(self, link: Link, bind: str) -> None:
        self.heard.append(("bound", bind))

    def lost(self, link: Link, bind: str, reason: str) -> None:
        self.heard.append(("lost", bind))

    def arrived(
        self, link: Link, incoming: Incoming, settle: Callable[[bool], None]
    ) -> None:
        settled: Deferred[bool] = Deferred()
        settled.addCallback(settle)
        self.arrivals.append((incoming, settled))

    def emptied(self, link: Link, shelf: str, taken: Collection[int]) -> None:
        raise AssertionError("a phone has no shelf")

    def acknowledged(self, link: Link, arrival_id: str) -> None:
        self.heard.append(("acknowledged", arrival_id))

    def settled(self, link: Link, row: int, outcome: SubmitOutcome) -> None:
        self.outcomes.append((row, outcome))

    def room_made(self, link: Link) -> None:
        raise AssertionError("a phone never runs out of room")


def outgoing(
    text: str, number: str = NUMBER, part: Part | None = None, row: int = 1
) -> Outgoing:
    """One row of the outbox for a phone link."""
    return Outgoing(
        row, "demo", number, text, Alphabet.GSM7, part, Priority.REPLY, NOW + 60
    )


class PhoneTestCase(SynchronousTestCase):
    """A phone link that is up."""

    def setUp(self) -> None:
        self.reactor = MemoryReactorClock()
        self.deliveries = FakeDeliveries()
        self.link = PhoneLink("demo", self.deliveries, self.reactor, lambda: NOW)
        self.link.start()

    def accept(self, accepted: bool = True) -> None:
        """Settle the newest arrival."""
        self.deliveries.arrivals[-1][1].callback(accepted)

    def tearDown(self) -> None:
        self.assertEqual(self.reactor.getDelayedCalls(), [])


class PhoneLinkTests(PhoneTestCase):
    """Texts in, replies out."""

    def test_an_arrival_says_what_was_texted(self) -> None:
        """The sender is an international number and the text comes only once."""
        self.link.text(NUMBER, "RUTAN 1 2 3 4").addErrback(lambda _: None)
        incoming, _ = self.deliveries.arrivals[0]
        self.assertEqual(incoming.source.digits, "628111203001")
        self.assertEqual((incoming.source.ton, incoming.source.npi), (1, 1))
        self.assertEqual(incoming.text, "RUTAN 1 2 3 4")
        self.assertEqual(incoming.bind, self.link.bind)
        self.assertTrue(incoming.once)
        self.accept(False)

    def test_arrivals_have_ids_of_their_own(self) -> None:
        """The same text twice is two arrivals."""
        for number in (NUMBER, OTHER):
            self.link.text(number, "HELP").addErrback(lambda _: None)
            self.accept(False)
        first, second = (found.arrival_id for found, _ in self.deliveries.arrivals)
        self.assertNotEqual(first, second)

    def test_reply_before_the_acceptance(self) -> None:
        """A reply that is sent in the commit's own turn is not missed."""
        asked = self.link.text(NUMBER, "HELP")
        self.link.send(outgoing("Bantuan"))
        self.assertNoResult(asked)
        self.accept()
        self.assertEqual(self.successResultOf(asked), ["Bantuan"])

    def test_reply_after_the_acceptance(self) -> None:
        """A reply that had to queue is waited for."""
        asked = self.link.text(NUMBER, "HELP")
        self.accept()
        self.assertNoResult(asked)
        self.link.send(outgoing("Bantuan"))
        self.assertEqual(self.successResultOf(asked), ["Bantuan"])

    def test_the_arrival_is_acknowledged(self) -> None:
        """Acceptance is acknowledged at once, as nothing can go wrong between."""
        self.link.text(NUMBER, "HELP")
        self.accept()
        incoming, _ = self.deliveries.arrivals[0]
        self.assertIn(("acknowledged", incoming.arrival_id), self.deliveries.heard)
        self.link.send(outgoing("Bantuan"))

    def test_parts_are_joined_in_their_order(self) -> None:
        """A long reply is one text, whichever part comes first."""
        asked = self.link.text(NUMBER, "HELP")
        self.accept()
        self.link.send(outgoing("dua", part=Part(7, 8, 2, 2)))
        self.assertNoResult(asked)
        self.link.send(outgoing("satu ", part=Part(7, 8, 2, 1)))
        self.assertEqual(self.successResultOf(asked), ["satu dua"])

    def test_silence_is_an_empty_list(self) -> None:
        """After five seconds without a reply the wait is over."""
        asked = self.link.text(NUMBER, "HELP")
        self.accept()
        self.reactor.advance(5)
        self.assertEqual(self.successResultOf(asked), [])

    def test_refusal_is_an_error(self) -> None:
        """A text that was not stored says so."""
        asked = self.link.text(NUMBER, "HELP")
        self.accept(False)
        self.failureResultOf(asked, PhoneError)

    def test_bad_number_is_an_error(self) -> None:
        """Only E.164 is taken."""
        for number in ("", "0811", "+62x", "62811120300"):
            self.failureResultOf(self.link.text(number, "HELP"), PhoneError)
        self.assertEqual(self.deliveries.arrivals, [])

    def test_texts_of_one_number_wait_for_each_other(self) -> None:
        """The second goes when the first has its reply, so that none gets both."""
        first = self.link.text(NUMBER, "SATU")
        second = self.link.text(NUMBER, "DUA")
        self.assertEqual(len(self.deliveries.arrivals), 1)
        for asked, reply in ((first, "1"), (second, "2")):
            self.link.send(outgoing(reply))
            self.accept()
            self.assertEqual(self.successResultOf(asked), [reply])

    def test_numbers_do_not_wait_for_each_other(self) -> None:
        """Replies find whoever asked as their number."""
        mine = self.link.text(NUMBER, "SATU")
        self.accept()
        theirs = self.link.text(OTHER, "DUA")
        self.accept()
        self.link.send(outgoing("2", OTHER))
        self.link.send(outgoing("1", NUMBER))
        self.assertEqual(self.successResultOf(mine), ["1"])
        self.assertEqual(self.successResultOf(theirs), ["2"])

    def test_every_part_is_accepted_with_its_own_id(self) -> None:
        """Even one that nobody waits for."""
        self.link.send(outgoing("a", row=4))
        self.link.send(outgoing("b", row=5))
        rows = [row for row, _ in self.deliveries.outcomes]
        ids = {
            outcome.smsc_id
            for _, outcome in self.deliveries.outcomes
            if isinstance(outcome, Accepted)
        }
        self.assertEqual(rows, [4, 5])
        self.assertEqual(len(ids), 2)

    def test_each_start_is_a_new_bind(self) -> None:
        """Bind ids never come twice, so neither do arrival ids."""
        first = self.link.bind
        self.link.stop()
        self.assertEqual(self.link.bind, "")
        self.link.start()
        self.assertNotEqual(self.link.bind, first)
        self.assertEqual(
            self.deliveries.heard,
            [("bound", first), ("lost", first), ("bound", self.link.bind)],
        )

    def test_stop_ends_the_wait(self) -> None:
        """Whoever waits is told, and nobody can ask any more."""
        waiting = self.link.text(NUMBER, "HELP")
        self.accept()
        self.link.stop()
        self.failureResultOf(waiting, PhoneError)
        self.failureResultOf(self.link.text(NUMBER, "HELP"), PhoneError)

    def test_room_never_ends(self) -> None:
        """Neither window nor rate hold anything back."""
        self.assertGreaterEqual(self.link.room(), 100)
        self.assertIsNone(self.link.room_at())


class PhonePortTests(PhoneTestCase):
    """The socket, by a memory reactor."""

    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "phone-demo.sock"
        self.audited: list[tuple[str, str, str]] = []
        self.link.stop()
        self.port = PhonePort(
            self.link, self.path, lambda *row: self.audited.append(row)
        )

    def connect(self) -> tuple[PhoneProtocol, StringTransport]:
        """A program at the socket."""
        _, factory, *_ = self.reactor.unixServers[0]
        protocol = factory.buildProtocol(None)
        transport = StringTransport()
        protocol.makeConnection(transport)
        return protocol, transport

    def start(self) -> tuple[PhoneProtocol, StringTransport]:
        """Start the service and connect to it."""
        self.port.startService()
        return self.connect()

    def test_the_socket_is_the_owners_only(self) -> None:
        """Its mode is what decides who may text as anybody."""
        self.port.startService()
        address, _, _, mode, _ = self.reactor.unixServers[0]
        self.assertEqual((address, mode), (str(self.path), 0o600))

    def test_the_link_is_up_while_the_service_runs(self) -> None:
        """Start and stop are those of the link."""
        self.port.startService()
        self.assertTrue(self.link.bind)
        self.successResultOf(self.port.stopService())
        self.assertFalse(self.link.bind)

    def test_a_question_is_answered_by_one_line(self) -> None:
        """JSON in, JSON out."""
        protocol, transport = self.start()
        question = json.dumps({"number": NUMBER, "text": "HELP"})
        protocol.dataReceived(question.encode() + b"\n")
        self.link.send(outgoing("Bantuan"))
        self.accept()
        self.assertEqual(transport.value(), b'{"replies": ["Bantuan"]}\n')

    def test_each_use_is_audited(self) -> None:
        """Who, what, as whom; before anything happens."""
        protocol, _ = self.start()
        question = json.dumps({"number": NUMBER, "text": "HELP"})
        protocol.dataReceived(question.encode() + b"\n")
        self.assertEqual(self.audited, [("local", "phone.text", NUMBER)])
        self.accept(False)

    def test_a_bad_line_is_answered_with_an_error(self) -> None:
        """And the connection goes on."""
        protocol, transport = self.start()
        for line in (
            b"HELP",
            b"[]",
            b'{"number": 1, "text": "HELP"}',
            b"\xff",
            b"[" * 9999,
        ):
            transport.clear()
            protocol.dataReceived(line + b"\n")
            self.assertIn("expected", json.loads(transport.value())["error"])
        self.assertEqual(self.audited, [])

    def test_a_refused_text_is_answered_with_an_error(self) -> None:
        """The reason is that of the link."""
        protocol, transport = self.start()
        protocol.dataReceived(b'{"number": "+1", "text": "HELP"}\n')
        self.assertIn("not a number", json.loads(transport.value())["error"])

    def test_answers_come_in_the_order_of_the_questions(self) -> None:
        """A question waits for the answer to the one before."""
        protocol, transport = self.start()
        for number in (NUMBER, OTHER):
            question = json.dumps({"number": number, "text": "HELP"})
            protocol.dataReceived(question.encode() + b"\n")
        self.assertEqual(len(self.deliveries.arrivals), 1)
        for number in (NUMBER, OTHER):
            self.link.send(outgoing(number, number))
            self.accept()
        answers = [json.loads(line) for line in transport.value().splitlines()]
        self.assertEqual(answers, [{"replies": [NUMBER]}, {"replies": [OTHER]}])

    def test_a_program_that_asks_too_much_is_not_read(self) -> None:
        """Until some of its questions are answered."""
        protocol, transport = self.start()
        question = json.dumps({"number": NUMBER, "text": "HELP"}).encode() + b"\n"
        protocol.dataReceived(question * 66)
        self.assertEqual(transport.producerState, "paused")
        for _ in range(3):
            self.link.send(outgoing("Bantuan"))
            self.accept()
        self.assertEqual(transport.producerState, "producing")
        self.successResultOf(self.port.stopService())

    def test_a_stale_socket_is_replaced(self) -> None:
        """What a killed process left behind does not keep a new one out."""
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(self.path))
        self.port.startService()
        self.assertFalse(self.path.exists())
        self.assertEqual(len(self.reactor.unixServers), 1)

    def test_a_live_socket_is_left_alone(self) -> None:
        """Two services in one directory do not steal from each other."""
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.path))
            other.listen()
            self.port.startService()
            self.assertTrue(self.path.exists())

    def test_a_file_that_is_no_socket_is_left_alone(self) -> None:
        """Nothing but sockets is removed."""
        self.path.write_text("kept")
        self.port.startService()
        self.assertEqual(self.path.read_text(), "kept")

    def test_a_stop_answers_who_waits(self) -> None:
        """The last line says why there will be no reply."""
        protocol, transport = self.start()
        question = json.dumps({"number": NUMBER, "text": "HELP"})
        protocol.dataReceived(question.encode() + b"\n")
        self.accept()
        self.successResultOf(self.port.stopService())
        self.assertIn("stops", json.loads(transport.value())["error"])
