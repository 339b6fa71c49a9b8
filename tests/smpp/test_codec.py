"""Tests for `smscentre.smpp.codec` and the bodies it reads and writes."""

from __future__ import annotations

from attrs import evolve, frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import Address
from smscentre.smpp import pdus
from smscentre.smpp.codec import decode, encode
from smscentre.smpp.codes import Status, Tag
from smscentre.smpp.errors import LocalProtocolError, RemoteProtocolError
from smscentre.smpp.fields import integer_tlv
from smscentre.smpp.pdus import BindMode, Pdu, ShortMessage
from tests.smpp.samples import DELIVER, MESSAGE, header


@frozen
class Vector:
    """A PDU in hex, written out by hand from the standard, and its meaning."""

    octets: str
    pdu: Pdu


VECTORS = (
    Vector(
        "00000029 00000009 00000000 00000001 63656e74726500 73656372657400"
        "494e4600 34 0001 30323100",
        pdus.Bind(
            1, BindMode.TRANSCEIVER, "centre", "secret", "INF", 0x34, 0, 1, "021"
        ),
    ),
    Vector(
        "0000001d 80000009 00000000 00000001 6361727269657200 02100001 34",
        pdus.BindResp(1, BindMode.TRANSCEIVER, 0, "carrier", 0x34),
    ),
    Vector(
        "00000018 80000001 00000000 00000001 6361727269657200",
        pdus.BindResp(1, BindMode.RECEIVER, 0, "carrier"),
    ),
    Vector(
        "00000010 80000002 0000000e 00000001",
        pdus.BindResp(1, BindMode.TRANSMITTER, 0x0E),
    ),
    Vector(
        "0000001b 0000000b 00000000 00000001 736d736300 70617373 3100",
        pdus.Outbind(1, "smsc", "pass1"),
    ),
    Vector(
        "00000032 00000005 00000000 00000007"
        "00 0101 3632383100 0001 30323100 000000 00 00 00 00 00 00 05 4b41424152"
        "0427 0001 02",
        pdus.DeliverSm(
            7,
            ShortMessage(
                Address("6281", 1, 1),
                Address("021", 0, 1),
                b"KABAR",
                tlvs={0x0427: b"\x02"},
            ),
        ),
    ),
    Vector(
        "0000003b 00000004 00000000 7fffffff"
        "57415000 0501 504f5300 0101 363200 400102"
        "00 30303030303130303030303030303052 00 01 01 08 03 02 0041",
        pdus.SubmitSm(
            0x7FFFFFFF,
            ShortMessage(
                Address("POS", 5, 1),
                Address("62", 1, 1),
                b"\x00\x41",
                data_coding=8,
                esm_class=0x40,
                registered_delivery=1,
                validity_period="000001000000000R",
                service_type="WAP",
                protocol_id=1,
                priority_flag=2,
                replace_if_present=1,
                sm_default_msg_id=3,
            ),
        ),
    ),
    Vector("00000013 80000004 00000000 00000002 313200", pdus.SubmitSmResp(2, 0, "12")),
    Vector("00000011 80000005 00000064 00000007 00", pdus.DeliverSmResp(7, 0x64)),
    Vector("00000010 00000015 00000000 00000003", pdus.EnquireLink(3)),
    Vector("00000010 80000015 00000000 00000003", pdus.EnquireLinkResp(3)),
    Vector("00000010 00000006 00000000 00000004", pdus.Unbind(4)),
    Vector("00000010 80000006 00000000 00000004", pdus.UnbindResp(4)),
    Vector("00000010 80000000 00000003 00000005", pdus.GenericNack(5, 3)),
)


@frozen
class Refusal:
    """A PDU that must be refused, the status to answer, and what is wrong."""

    octets: bytes
    status: Status
    fault: str


def _sized(command: int, body: bytes, status: int = 0) -> bytes:
    return header(command, 1, status, 16 + len(body)) + body


_LONG_SOURCE = b"\0\1\1" + b"6" * 21 + b"\0"
_TO_LENGTH = DELIVER[16 : -len(MESSAGE.short_message) - 1]

REFUSALS = (
    Refusal(b"", Status.RINVCMDLEN, "nothing"),
    Refusal(DELIVER[:15], Status.RINVCMDLEN, "less than a header"),
    Refusal(DELIVER + b"\0", Status.RINVCMDLEN, "longer than its command_length"),
    Refusal(header(0x00010200), Status.RINVCMDID, "a vendor's command"),
    Refusal(_sized(0x103, b"\0"), Status.RINVCMDID, "data_sm"),
    Refusal(_sized(0x15, b"\0"), Status.RINVCMDLEN, "enquire_link with a body"),
    Refusal(_sized(0x06, b"\0"), Status.RINVCMDLEN, "unbind with a body"),
    Refusal(_sized(5, b""), Status.RINVSERTYP, "a header alone"),
    Refusal(_sized(5, b"123456\0"), Status.RINVSERTYP, "a long service_type"),
    Refusal(_sized(5, _LONG_SOURCE), Status.RINVSRCADR, "a long source_addr"),
    Refusal(_sized(5, b"\0\1\x016281"), Status.RINVSRCADR, "a source without NUL"),
    Refusal(_sized(5, b"\0\1\1\0\1\x01021"), Status.RINVDSTADR, "no NUL at the end"),
    Refusal(_sized(5, b"\0\1\1\0\1\1\0\0\0"), Status.RINVCMDLEN, "an integer less"),
    Refusal(
        _sized(5, b"\0\1\1\0\1\1\0\0\0\0" + b"1" * 17 + b"\0"),
        Status.RINVSCHED,
        "a long schedule_delivery_time",
    ),
    Refusal(
        _sized(5, b"\0\1\1\0\1\1\0\0\0\0\0" + b"1" * 17 + b"\0"),
        Status.RINVEXPIRY,
        "a long validity_period",
    ),
    Refusal(
        _sized(5, _TO_LENGTH + b"\5RUTA"), Status.RINVMSGLEN, "sm_length of 5 of 4"
    ),
    Refusal(_sized(5, _TO_LENGTH + b"\xff"), Status.RINVMSGLEN, "sm_length alone"),
    Refusal(
        _sized(5, _TO_LENGTH + b"\0\4\x27"), Status.RINVTLVSTREAM, "half a TLV header"
    ),
    Refusal(
        _sized(5, _TO_LENGTH + b"\0\4\x27\0\2\1"),
        Status.RINVTLVSTREAM,
        "a TLV beyond the end",
    ),
    Refusal(
        _sized(5, _TO_LENGTH + b"\0\4\x24\xff\xff1"),
        Status.RINVTLVSTREAM,
        "a TLV far beyond the end",
    ),
    Refusal(_sized(0x80000004, b""), Status.RINVMSGID, "accepted without an id"),
    Refusal(_sized(0x80000004, b"12"), Status.RINVMSGID, "an id without NUL"),
    Refusal(_sized(0x80000004, b"1" * 65 + b"\0"), Status.RINVMSGID, "a long id"),
    Refusal(_sized(0x80000009, b""), Status.RINVSYSID, "bound without a system_id"),
    Refusal(_sized(9, b"1" * 16 + b"\0"), Status.RINVSYSID, "a long system_id"),
    Refusal(_sized(9, b"a\0" + b"1" * 9 + b"\0"), Status.RINVPASWD, "a long password"),
    Refusal(
        _sized(9, b"a\0b\0" + b"1" * 13 + b"\0"),
        Status.RINVSYSTYP,
        "a long system_type",
    ),
    Refusal(
        _sized(9, b"a\0b\0\0\x34\0"), Status.RINVCMDLEN, "a bind cut in its numbers"
    ),
    Refusal(
        _sized(9, b"a\0b\0\0\x34\0\0" + b"1" * 41 + b"\0"),
        Status.RBINDFAIL,
        "a long address_range",
    ),
)


class VectorTests(SynchronousTestCase):
    """PDUs written out octet by octet."""

    def test_decode(self) -> None:
        """The octets of each vector mean its PDU."""
        for vector in VECTORS:
            self.assertEqual(decode(bytes.fromhex(vector.octets)), vector.pdu)

    def test_encode(self) -> None:
        """Each vector's PDU is written as its octets."""
        for vector in VECTORS:
            self.assertEqual(encode(vector.pdu).hex(" "), _spaced(vector.octets))

    def test_every_class(self) -> None:
        """No class of PDU is without a vector."""
        seen = {type(vector.pdu) for vector in VECTORS}
        self.assertEqual(seen, set(Pdu.__args__))


def _spaced(octets: str) -> str:
    return bytes.fromhex(octets).hex(" ")


class MalformedTests(SynchronousTestCase):
    """What breaks the standard is refused with a status that names the field."""

    def test_refusals(self) -> None:
        """Each row is refused with its status and carries its octets."""
        for case in REFUSALS:
            error = self.assertRaises(RemoteProtocolError, decode, case.octets)
            self.assertEqual((error.status, case.fault), (case.status, case.fault))
            self.assertTrue(case.octets.startswith(error.octets))

    def test_cut_anywhere(self) -> None:
        """A PDU cut at any octet, its length set right, is never accepted."""
        for size in range(16, len(DELIVER)):
            cut = size.to_bytes(4, "big") + DELIVER[4:size]
            self.assertRaises(RemoteProtocolError, decode, cut)

    def test_kept_octets(self) -> None:
        """An error keeps only the beginning of a large PDU."""
        octets = _sized(5, b"\1" * 5000)
        error = self.assertRaises(RemoteProtocolError, decode, octets)
        self.assertEqual(error.octets, octets[:160])


class ToleranceTests(SynchronousTestCase):
    """What carriers do and the standard allows for, or that costs nothing."""

    def test_refusal_without_body(self) -> None:
        """A refused submit or bind may be a header alone."""
        self.assertEqual(
            decode(header(0x80000004, 2, 0x58)), pdus.SubmitSmResp(2, 0x58)
        )
        self.assertEqual(
            decode(header(0x80000001, 2, 5)),
            pdus.BindResp(2, BindMode.RECEIVER, 5),
        )

    def test_longest_message_id(self) -> None:
        """An id of 64 characters, 65 octets with its NUL, is read whole."""
        answer = pdus.SubmitSmResp(1, 0, "f" * 64)
        self.assertEqual(decode(encode(answer)), answer)

    def test_longest_fields(self) -> None:
        """Fields of the largest size are read whole."""
        message = evolve(
            MESSAGE,
            source=Address("6" * 20, 1, 1),
            service_type="12345",
            validity_period="0" * 16,
            short_message=b"x" * 254,
        )
        pdu = pdus.DeliverSm(1, message)
        self.assertEqual(decode(encode(pdu)), pdu)

    def test_255_octets(self) -> None:
        """A text of 255 octets, as SMPP 5.0 allows, is read."""
        pdu = decode(_sized(5, _TO_LENGTH + b"\xff" + b"x" * 255))
        assert isinstance(pdu, pdus.DeliverSm)
        self.assertEqual(pdu.message.short_message, b"x" * 255)

    def test_unknown_tlvs(self) -> None:
        """Vendor TLVs and empty ones are kept as they came."""
        message = evolve(MESSAGE, tlvs={0x1400: b"abc", 0xFFFF: b"", 0x0005: b"\1"})
        pdu = pdus.DeliverSm(1, message)
        self.assertEqual(decode(encode(pdu)), pdu)

    def test_integer_of_odd_length(self) -> None:
        """A TLV of the wrong length is kept raw, read as no integer, shifts nothing."""
        tlvs: dict[int, bytes] = {
            Tag.SAR_MSG_REF_NUM: b"\1",
            Tag.SAR_TOTAL_SEGMENTS: b"\2",
        }
        pdu = decode(encode(pdus.DeliverSm(1, evolve(MESSAGE, tlvs=tlvs))))
        assert isinstance(pdu, pdus.DeliverSm)
        found = pdu.message.tlvs
        self.assertEqual(found, tlvs)
        self.assertIsNone(integer_tlv(found, Tag.SAR_MSG_REF_NUM, 2))
        self.assertEqual(integer_tlv(found, Tag.SAR_TOTAL_SEGMENTS, 1), 2)

    def test_name_beyond_ascii(self) -> None:
        """A sender's name in Latin-1 survives both ways."""
        pdu = pdus.DeliverSm(1, evolve(MESSAGE, source=Address("Kéma", 5, 0)))
        self.assertEqual(decode(encode(pdu)), pdu)


class StrictEncodingTests(SynchronousTestCase):
    """We write nothing that the standard forbids."""

    def test_what_does_not_fit(self) -> None:
        """A field that does not fit is an error of ours, never cut."""
        wrong = (
            {"source": Address("6" * 21)},
            {"destination": Address("6" * 21)},
            {"destination": Address("62\0")},
            {"destination": Address("Ω")},
            {"destination": Address("62", 256, 0)},
            {"short_message": b"x" * 255},
            {"validity_period": "0100"},
            {"schedule_delivery_time": "0" * 17},
            {"service_type": "123456"},
            {"data_coding": 256},
            {"esm_class": -1},
            {"tlvs": {0x10000: b""}},
            {"tlvs": {1: b"x" * 65536}},
            {"tlvs": {1: b"x" * 65500}},
        )
        for change in wrong:
            pdu = pdus.SubmitSm(1, evolve(MESSAGE, **change))
            self.assertRaises(LocalProtocolError, encode, pdu)

    def test_other_pdus(self) -> None:
        """So is it in every other PDU."""
        wrong: tuple[Pdu, ...] = (
            pdus.Bind(1, BindMode.RECEIVER, "1" * 16),
            pdus.Bind(1, BindMode.RECEIVER, "a", "123456789"),
            pdus.Bind(1, BindMode.RECEIVER, "a", interface_version=256),
            pdus.BindResp(1, BindMode.RECEIVER, system_id="1" * 16),
            pdus.BindResp(1, BindMode.RECEIVER, interface_version=256),
            pdus.SubmitSmResp(1, 0, "1" * 65),
            pdus.EnquireLink(2**32),
            pdus.GenericNack(1, -1),
        )
        for pdu in wrong:
            self.assertRaises(LocalProtocolError, encode, pdu)

    def test_password_hidden(self) -> None:
        """No password shows in the text of a value."""
        self.assertNotIn("secret", repr(pdus.Bind(1, BindMode.RECEIVER, "a", "secret")))
        self.assertNotIn("secret", repr(pdus.Outbind(1, "a", "secret")))
