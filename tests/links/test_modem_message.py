"""Tests for `smscentre.links.modem_message`: PDUs to values, parts to PDUs."""

from __future__ import annotations

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm import udh
from smscentre.gsm.coding import read_coding
from smscentre.gsm.coding_text import read_text, write_text
from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu import decode, encode_with_smsc
from smscentre.gsm.tpdu_values import Deliver, StatusReport, Submit
from smscentre.gsm.udh import UserData
from smscentre.links.modem_message import Reading, centre_octets, read, write
from smscentre.messages import (
    Address,
    Alphabet,
    DeliveryState,
    IncomingKind,
    Part,
)
from tests.links.fakes import outgoing

NOON = Timestamp(bytes.fromhex("80407221000082"))
"""27 April 2008, 12.00 in Jakarta."""
NOON_S = 1_209_272_400.0
OFFICER = Address("628111203001", 1, 1)

PLAIN = Deliver(OFFICER, NOON, UserData(b"", b"RUTAN 82 54 36 39", None))


def reading(tpdu: Deliver | StatusReport | Submit) -> Reading:
    """What the octets of a TPDU say."""
    return read(encode_with_smsc(tpdu))


@frozen
class Silent:
    """A message that is none to be answered, and why."""

    name: str
    tpdu: Deliver
    reason: str


SILENT = (
    Silent("voicemail", evolve(PLAIN, coding=0xC8), "not_a_message"),
    Silent("voicemail with a text", evolve(PLAIN, coding=0xD8), "not_a_message"),
    Silent("compressed", evolve(PLAIN, coding=0x20), "not_a_message"),
    Silent("type 0", evolve(PLAIN, protocol=0x40), "not_a_message"),
    Silent(
        "part 3 of 2",
        evolve(PLAIN, data=udh.parse(bytes.fromhex("050003070203") + b"39")),
        "fragment",
    ),
)


class ReadTests(SynchronousTestCase):
    """What came."""

    def test_a_message(self) -> None:
        """With the SMSC's time as a stamp and in seconds."""
        found = reading(PLAIN)
        self.assertIs(found.kind, IncomingKind.MESSAGE)
        self.assertEqual(found.text, "RUTAN 82 54 36 39")
        self.assertEqual(found.source, OFFICER)
        self.assertEqual((found.stamp, found.sent_at), (NOON.octets, NOON_S))
        self.assertEqual(found.reason, "")

    def test_an_invalid_time_is_no_stamp(self) -> None:
        """The message is one all the same."""
        found = reading(evolve(PLAIN, sent=Timestamp(bytes(7))))
        self.assertIs(found.kind, IncomingKind.MESSAGE)
        self.assertEqual((found.stamp, found.sent_at), (b"", None))

    def test_a_name_as_sender(self) -> None:
        """It is told from a number by its type."""
        found = reading(evolve(PLAIN, source=Address("INFO", 5, 0)))
        self.assertTrue(found.source.is_name)

    def test_parts_have_their_place(self) -> None:
        """The only part of one is a message of its own."""
        for total, expected in ((2, Part(7, 8, 2, 1)), (1, None)):
            header = bytes((5, 0, 3, 7, total, 1))
            found = reading(evolve(PLAIN, data=udh.parse(header + b"RUTAN")))
            self.assertEqual(found.part, expected)
            self.assertEqual(found.text, "RUTAN")
            self.assertEqual(found.udh, header)

    def test_what_is_not_to_be_answered(self) -> None:
        """It is kept, with the name of its silence."""
        for case in SILENT:
            found = reading(case.tpdu)
            self.assertIs(found.kind, IncomingKind.MESSAGE, case.name)
            self.assertEqual(found.reason, case.reason, case.name)

    def test_what_is_corrupt(self) -> None:
        """Its octets are all there is of it; half a message is none."""
        whole = encode_with_smsc(PLAIN)
        submit = Submit(OFFICER, UserData(b"", b"Halo", None))
        for octets in (b"", b"\0", b"\x99", whole[:-3], encode_with_smsc(submit)):
            found = read(octets)
            self.assertIs(found.kind, IncomingKind.CORRUPT, octets.hex())
            self.assertEqual((found.body, found.stamp), (octets, b""))
            self.assertTrue(found.reason)

    def test_a_nul_is_no_text(self) -> None:
        """A database refuses it; the octets have it still."""
        body = "a\0b".encode("utf-16-be")
        found = reading(evolve(PLAIN, data=UserData(b"", body, None), coding=8))
        self.assertEqual(found.text, "a\N{REPLACEMENT CHARACTER}b")
        self.assertEqual(found.body, body)

    def test_a_status_report(self) -> None:
        """It names its message by the reference, and its state by TP-ST."""
        rows = (
            (0x00, DeliveryState.DELIVERED),
            (0x30, DeliveryState.ENROUTE),
            (0x46, DeliveryState.FAILED),
            (0x02, DeliveryState.UNKNOWN),
        )
        for status, state in rows:
            found = reading(StatusReport(42, OFFICER, NOON, NOON, status))
            assert found.receipt is not None
            self.assertIs(found.kind, IncomingKind.RECEIPT)
            self.assertEqual(found.receipt.smsc_id, "42")
            self.assertIs(found.receipt.state, state)
            self.assertIn(f"{status:#04x}", found.receipt.detail)
            self.assertEqual(found.source, OFFICER)
            self.assertEqual(len(found.stamp), 14)

    @settings(max_examples=2000, deadline=None)
    @given(st.binary(max_size=200))
    def test_anything_can_be_read(self, octets: bytes) -> None:
        """Something is said of whatever comes."""
        self.assertIsInstance(read(octets), Reading)


class WriteTests(SynchronousTestCase):
    """What goes."""

    def test_a_text_arrives_as_it_was(self) -> None:
        """In either alphabet, whole or a part."""
        rows = (
            ("Insert Data UPT 1203/LP_[€]", Alphabet.GSM7, None),
            ("LP_Ł你好 \U0001f600", Alphabet.UCS2, None),
            ("a" * 153, Alphabet.GSM7, Part(9, 8, 2, 1)),
            ("\u4f60" * 66, Alphabet.UCS2, Part(900, 16, 3, 2)),
        )
        for text, alphabet, part in rows:
            tpdu = decode(write(outgoing(1, text, alphabet, part), 600, receipt=True))
            assert isinstance(tpdu, Submit)
            self.assertEqual(read_text(tpdu.data, read_coding(tpdu.coding)), text)
            self.assertEqual(tpdu.data.part, part)
            self.assertEqual(tpdu.destination, OFFICER)

    def test_validity_and_report(self) -> None:
        """As long as the message is good for, five minutes at the least."""
        rows = ((3600.0, 11), (1.0, 0), (-5.0, 0), (86_400.0, 167), (1e9, 255))
        for remaining_s, octet in rows:
            tpdu = decode(write(outgoing(), remaining_s, receipt=False))
            assert isinstance(tpdu, Submit)
            self.assertEqual(tpdu.validity, octet)
            self.assertFalse(tpdu.report_requested)

    def test_what_does_not_fit_is_refused(self) -> None:
        """In length or in its letters."""
        for text, alphabet in (("a" * 161, Alphabet.GSM7), ("\u4f60", Alphabet.GSM7)):
            with self.assertRaises(Exception) as caught:
                write(outgoing(1, text, alphabet), 600, receipt=True)
            self.assertNotIsInstance(caught.exception, AssertionError)

    def test_the_service_centre(self) -> None:
        """None is the SIM's own."""
        self.assertEqual(centre_octets(""), b"\0")
        self.assertEqual(centre_octets("+62811000000").hex(), "07912618010000f0")

    def test_written_texts_have_their_coding(self) -> None:
        """The data coding scheme is that of the alphabet."""
        self.assertEqual(write_text("a", Alphabet.GSM7)[0], 0)
        self.assertEqual(write_text("a", Alphabet.UCS2)[0], 8)
