"""The test carrier itself, tried with a client that is not the product."""

from __future__ import annotations

import socket
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from benchmarks.serial_client import SerialClient
from tests.system import pdus
from tests.system.history import Submit, joined
from tests.system.pdus import Concatenation
from tests.system.peer import Smsc, SmscOptions

OFFICER = "628111203001"


@frozen
class TextCase:
    """A text, its data_coding, and the octets that stand for it."""

    text: str
    data_coding: int
    octets: bytes


TEXTS = (
    TextCase("RUTAN 1", 0, b"RUTAN 1"),
    TextCase("@_$", 0, b"\x00\x11\x02"),
    TextCase("a[b]", 0, b"a\x1b\x3cb\x1b\x3e"),
    TextCase("é", 3, b"\xe9"),
    TextCase("é", 8, b"\x00\xe9"),
    TextCase("\U0001f600", 8, b"\xd8\x3d\xde\x00"),
)


class TextTests(SynchronousTestCase):
    """The codings of the test carrier."""

    def test_texts(self) -> None:
        """Every coding is written and read as the standard has it."""
        for case in TEXTS:
            with self.subTest(case=case):
                written = pdus.encode_text(case.text, case.data_coding)
                self.assertEqual(written, case.octets)
                read = pdus.decode_text(case.octets, case.data_coding)
                self.assertEqual(read, case.text)

    def test_parts_are_joined(self) -> None:
        """Parts make one text in their order, whatever stands between them."""
        submits = [
            _submit("b", Concatenation(7, 2, 2)),
            _submit("alone", None),
            _submit("a", Concatenation(7, 2, 1)),
        ]
        self.assertEqual(joined(submits), [(OFFICER, "alone"), (OFFICER, "ab")])

    def test_header_with_a_reference_of_16_bits(self) -> None:
        """A user data header with a wide reference gives the part's place."""
        octets = pdus.build(
            "submit_sm",
            1,
            esm_class=0x40,
            short_message=b"\x06\x08\x04\x12\x34\x02\x01isi",
        )
        text, part = pdus.text_of(pdus.parse(octets))
        self.assertEqual((text, part), ("isi", Concatenation(0x1234, 2, 1)))


def _submit(text: str, part: Concatenation | None) -> Submit:
    return Submit(1, 1, OFFICER, text, part, 0, 0, 0.0, "1")


class PeerTests(SynchronousTestCase):
    """The test carrier against a client written on smpplib."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.database = Path(folder.name, "serial.db")
        self.smsc = Smsc(SmscOptions(redeliver_after_s=0.1))
        self.smsc.start()

    def tearDown(self) -> None:
        self.smsc.stop()

    def _client(self) -> Thread:
        """Start a client; it ends with the carrier's connection."""
        client = SerialClient("127.0.0.1", self.smsc.port, "rahasia", self.database)
        thread = Thread(target=client.run)
        thread.start()

        def end() -> None:
            self.smsc.drop()
            thread.join()

        self.addCleanup(end)
        return thread

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.database) as store:
            return store.execute(query).fetchall()

    def test_a_message_is_acknowledged_and_answered(self) -> None:
        """A delivery is acknowledged and its answer recorded with its moments."""
        self._client()
        delivery = self.smsc.deliver(OFFICER, "RUTAN 82 54 36 39")
        self.smsc.wait_for(lambda: self.smsc.submits, "a reply")
        self.smsc.wait_for(lambda: delivery.acknowledged, "an acknowledgement")
        submit, copy = self.smsc.submits[0], delivery.copies[0]
        self.assertIn("Tahanan P=82, W=54 / Napi P=36, W=39", submit.text)
        self.assertEqual(submit.status, 0)
        assert copy.answered_at is not None
        self.assertLess(copy.sent_at, copy.answered_at)
        self.assertEqual(self.smsc.faults, [])

    def test_the_window_is_kept(self) -> None:
        """No more is in flight than the window allows, and all comes through."""
        self._client()
        for number in range(50):
            self.smsc.deliver(OFFICER, f"RUTAN {number} 1 1 1")
        self.smsc.wait_for(
            lambda: all(found.acknowledged for found in self.smsc.deliveries), "all"
        )
        self.smsc.wait_for(lambda: len(self.smsc.submits) == 50, "all replies")
        texts = self.smsc.texts(OFFICER)
        self.assertTrue(all(f"P={n}," in text for n, text in enumerate(texts)))

    def test_unacknowledged_messages_come_again_in_a_new_bind(self) -> None:
        """What was in flight when the connection broke is delivered once more."""
        client = _Mute(self.smsc.port)
        delivery = self.smsc.deliver(OFFICER, "RUTAN 1 2 3 4")
        self.smsc.wait_for(lambda: delivery.copies, "the first copy")
        client.close()
        self.smsc.wait_for(lambda: not self.smsc.bound, "the end of the bind")
        self._client()
        self.smsc.wait_for(lambda: delivery.acknowledged, "the second copy")
        self.assertEqual(delivery.copies[-1].bind, 2)

    def test_a_message_without_answer_comes_again_in_the_same_bind(self) -> None:
        """The second copy has another sequence number."""
        client = _Mute(self.smsc.port)
        self.addCleanup(client.close)
        delivery = self.smsc.deliver(OFFICER, "RUTAN 1 2 3 4")
        self.smsc.wait_for(lambda: len(delivery.copies) > 1, "the second copy")
        first, second = delivery.copies[:2]
        self.assertEqual((first.bind, second.bind), (1, 1))
        self.assertNotEqual(first.sequence, second.sequence)

    def test_wrong_password(self) -> None:
        """A wrong password is refused with the status for it."""
        client = _Mute(self.smsc.port, password="salah")
        self.addCleanup(client.close)
        self.smsc.wait_for(lambda: self.smsc.refused, "a refusal")
        self.assertEqual(self.smsc.refused, [0x0E])
        self.assertFalse(self.smsc.bound)

    def test_a_second_bind_is_refused(self) -> None:
        """Two binds of one kind at a time are not allowed."""
        for _ in range(2):
            client = _Mute(self.smsc.port)
            self.addCleanup(client.close)
        self.smsc.wait_for(lambda: self.smsc.refused, "a refusal")
        self.assertEqual(self.smsc.refused, [0x05])

    def test_enquire_link_is_answered(self) -> None:
        """The moment of the client's answer is recorded."""
        self._client()
        self.smsc.wait_for(lambda: self.smsc.bound, "the bind")
        sequence = self.smsc.enquire()
        self.smsc.wait_for(lambda: self.smsc.enquiries[sequence], "the answer")

    def test_a_dropped_connection_ends_the_bind(self) -> None:
        """After a reset the bind is over and another one is taken."""
        for _ in range(2):
            client = _Mute(self.smsc.port)
            self.addCleanup(client.close)
            self.smsc.wait_for(lambda: self.smsc.bound, "the bind")
            self.smsc.drop(reset=True)
            self.assertFalse(self.smsc.bound)
        self.assertEqual(self.smsc.refused, [])

    def test_held_submits_are_answered_on_release(self) -> None:
        """A held response is not lost."""
        self.smsc.holding = True
        self._client()
        self.smsc.deliver(OFFICER, "RUTAN 1 2 3 4")
        self.smsc.wait_for(lambda: self.smsc.submits, "a reply")
        self.assertIsNone(self.smsc.submits[0].status)
        self.smsc.release()
        self.assertEqual(self.smsc.submits[0].status, 0)

    def test_receipts(self) -> None:
        """A receipt follows the response, with the same id in the text."""
        self.smsc.options = SmscOptions(receipts=True)
        self._client()
        self.smsc.deliver(OFFICER, "RUTAN 1 2 3 4")
        self.smsc.wait_for(lambda: len(self.smsc.deliveries) == 2, "a receipt")
        receipt = self.smsc.deliveries[1]
        self.assertEqual(receipt.esm_class, 0x04)
        self.assertIn(f"id:{self.smsc.submits[0].smsc_id} ", receipt.text)

    def test_a_wait_in_vain_says_what_for(self) -> None:
        """A wait that is not met fails and names what was expected."""
        nothing: Callable[[], bool] = bool
        with self.assertRaisesRegex(AssertionError, "the moon"):
            self.smsc.wait_for(nothing, "the moon", 0.1)


class _Mute:
    """A client that binds and then says nothing."""

    def __init__(self, port: int, password: str = "rahasia") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.sendall(
            pdus.build("bind_transceiver", 1, system_id="smscentre", password=password)
        )
        with self._socket.makefile("rb") as stream:
            self.answer = pdus.read_frame(stream)

    def close(self) -> None:
        """Leave without a word."""
        self._socket.close()
