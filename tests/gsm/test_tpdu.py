"""Tests for `smscentre.gsm.tpdu`, its values, its data and its reports."""

from __future__ import annotations

import os
from collections.abc import Callable

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm.alphabet import pack, unpack
from smscentre.gsm.coding import read_coding
from smscentre.gsm.coding_text import read_text
from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu import decode, decode_with_smsc, encode, encode_with_smsc
from smscentre.gsm.tpdu_data import NO_HEADER, read_data, write_data
from smscentre.gsm.tpdu_octets import Reader, TPDUError
from smscentre.gsm.tpdu_values import TPDU, Deliver, StatusReport, Submit, state_of
from smscentre.gsm.udh import UserData
from smscentre.messages import Address, DeliveryState, Part
from tests.gsm.tpdus import headers, numbers, stamps, tpdus

EXAMPLES = int(os.environ.get("TPDU_EXAMPLES", "3000"))
"""How many octet sequences of each kind are tried; 200000 in a long run."""

SENT = Timestamp(bytes.fromhex("62112290300082"))
SENDER = Address("628110000001", 1, 1)
SMSC = Address("62811000000", 1, 1)


@frozen
class Case:
    """A PDU as AT+CMGL gives it, what it says, and where it is from.

    ``exact`` is false where a writer would write other octets.
    """

    pdu: str
    smsc: Address | None
    tpdu: TPDU
    text: str
    source: str
    exact: bool = True


def plain(text: str) -> UserData:
    """Septets without a header; of ASCII letters and digits."""
    return evolve(NO_HEADER, body=text.encode("ascii"))


CASES = (
    Case(
        "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37",
        Address("27381000015", 1, 1),
        Deliver(
            Address("27838890001", 4, 8),
            Timestamp(bytes.fromhex("99309251619580")),
            plain("hellohello"),
        ),
        "hellohello",
        "published: the SMS and the PDU format, dreamfabric",
    ),
    Case(
        "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07",
        Address("31624000000", 1, 1),
        Deliver(
            Address("31641600986", 1, 1),
            Timestamp(bytes.fromhex("20806291731408")),
            plain("How are you?"),
        ),
        "How are you?",
        "published: an example of many PDU converters",
    ),
    Case(
        "0011000B916407281553F80000AA0AE8329BFD4697D9EC37",
        None,
        Submit(
            Address("46708251358", 1, 1),
            plain("hellohello"),
            validity=0xAA,
        ),
        "hellohello",
        "published: the SMS and the PDU format, dreamfabric",
    ),
    Case(
        "00440C9126180100001000006211229030008208050003AA020152",
        None,
        Deliver(SENDER, SENT, UserData(b"\5\0\3\xaa\2\1", b")", Part(0xAA, 8, 2, 1))),
        ")",
        "TS 23.040 §9.2.3.24.1: 8 bit, one fill bit",
    ),
    Case(
        "00440C912618010000100008621122903000820B060804AABB03020041D83D",
        None,
        Deliver(
            SENDER,
            SENT,
            UserData(
                b"\6\10\4\xaa\xbb\3\2", b"\0A\xd8\x3d", Part(0xAABB, 16, 3, 2), False
            ),
            8,
        ),
        "A\U0010d83d",
        "TS 23.040 §9.2.3.24.8: 16 bit, half a surrogate pair at its end",
    ),
    Case(
        "00640C9126180100001000046211229030008209060504158200000AFF00",
        None,
        Deliver(
            SENDER,
            SENT,
            UserData(b"\6\5\4\x15\x82\0\0", b"\x0a\xff", None),
            4,
            report_indicated=True,
        ),
        "\n\xff",
        "TS 23.040 §9.2.3.24.4: ports and octets, then one octet too many",
        exact=False,
    ),
    Case(
        "00440C9126180100001000006211229030008207 03240101 D88C01",
        None,
        Deliver(SENDER, SENT, UserData(b"\3\x24\1\1", b"\x1bc", None, False, 0, 1)),
        "ç",
        "TS 23.040 §9.2.3.24.15: Turkish single shift, three fill bits",
    ),
    Case(
        "0004 07D0D2A5940A 0000 62112290300082 01 61",
        None,
        Deliver(Address("RKRT", 5, 0), SENT, plain("a")),
        "a",
        "TS 23.040 §9.1.2.5: a name of four septets in seven semi-octets",
    ),
    Case(
        "0006AA0C912618010000106211229030008262112290301082 00",
        None,
        StatusReport(0xAA, SENDER, SENT, Timestamp(bytes.fromhex("62112290301082")), 0),
        "",
        "TS 23.040 §9.2.2.3: delivered",
    ),
    Case(
        "00020103A121F3 00000000000000 FFFFFFFFFFFFFF 46 07 00 04 02 6869",
        None,
        StatusReport(
            1,
            Address("123", 2, 1),
            Timestamp(bytes(7)),
            Timestamp(b"\xff" * 7),
            0x46,
            more_to_come=True,
            protocol=0,
            coding=4,
            data=plain("hi"),
        ),
        "hi",
        "TS 23.040 §9.2.3.27: all optional fields, times that are none",
    ),
    Case(
        "0007 0C91261801000010 7F C8 62112290300082 00",
        None,
        Deliver(SENDER, SENT, NO_HEADER, 0xC8, 0x7F),
        "",
        "TS 23.040 §9.2.3.1: the reserved type is read as an SMS-DELIVER",
        exact=False,
    ),
    Case(
        "0019 02 0081 00 00 62112290300082 00",
        None,
        Submit(Address("", 0, 1), NO_HEADER, reference=2, validity=SENT),
        "",
        "no destination, as some phones store drafts; TS 23.040 §9.2.3.12.2",
        exact=False,
    ),
    Case(
        "00A9 02 0281 21 00 00 01050000000000 00",
        None,
        Submit(
            Address("12", 0, 1),
            NO_HEADER,
            reference=2,
            validity=b"\1\5\0\0\0\0\0",
            report_requested=True,
            reply_path=True,
        ),
        "",
        "TS 23.040 §9.2.3.12.3: an enhanced validity is kept",
    ),
)


class VectorTests(SynchronousTestCase):
    """Messages in hex."""

    def test_reading(self) -> None:
        """Each says what the table says."""
        for case in CASES:
            smsc, tpdu = decode_with_smsc(bytes.fromhex(case.pdu))
            self.assertEqual((smsc, tpdu), (case.smsc, case.tpdu), case.source)
            if tpdu.data is not None:
                text = read_text(tpdu.data, read_coding(tpdu.coding or 0))
                self.assertEqual(text, case.text, case.source)

    def test_writing(self) -> None:
        """Each value gives its octets, where there is but one way to write it."""
        for case in CASES:
            if case.exact:
                pdu = encode_with_smsc(case.tpdu, case.smsc)
                self.assertEqual(pdu, bytes.fromhex(case.pdu), case.source)


class RoundTripTests(SynchronousTestCase):
    """What we write we read."""

    @settings(max_examples=400)
    @given(tpdus)
    def test_tpdu(self, tpdu: TPDU) -> None:
        """Every valid value is what its octets say."""
        self.assertEqual(decode(encode(tpdu)), tpdu)

    @given(st.none() | numbers.filter(lambda n: len(n.digits) < 20), tpdus)
    def test_smsc(self, smsc: Address | None, tpdu: TPDU) -> None:
        """The address of the service centre goes before the same octets."""
        octets = encode_with_smsc(tpdu, smsc)
        self.assertEqual(decode_with_smsc(octets), (smsc, tpdu))
        self.assertTrue(octets.endswith(encode(tpdu)))


class AnyOctetsTests(SynchronousTestCase):
    """Whatever a modem gives is a message or the one declared error."""

    def read(self, octets: bytes) -> None:
        for reading in (decode, decode_with_smsc):
            try:
                reading(octets)
            except TPDUError as error:
                self.assertLessEqual(error.offset, len(octets))
                self.assertEqual(error.octets, octets[:200])

    @settings(max_examples=EXAMPLES)
    @given(st.binary(max_size=220))
    def test_any(self, octets: bytes) -> None:
        """Octets without any order."""
        self.read(octets)

    @settings(max_examples=EXAMPLES)
    @given(tpdus, st.data())
    def test_damaged(self, tpdu: TPDU, data: st.DataObject) -> None:
        """Valid messages with one octet changed and an end cut off or added."""
        octets = bytearray(encode_with_smsc(tpdu, SMSC))
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(
            st.integers(0, 255)
        )
        self.read(bytes(octets[: data.draw(st.integers(0, len(octets)))]))
        self.read(bytes(octets) + data.draw(st.binary(max_size=8)))

    def test_where(self) -> None:
        """The error says what was expected, where, and of what."""
        header = "44 03 91 21F3 00 00 62112290300082"
        for pdu, offset, expected in (
            ("", 0, "the first octet of a TPDU"),
            ("04", 1, "the length of an address"),
            ("04 15 91", 1, "an address of at most 20 semi-octets"),
            ("04 03 91 21", 3, "an address of 3 semi-octets"),
            ("04 03 91 21F3 00 00 6211", 7, "TP-SCTS"),
            (f"{header}", 14, "the length of user data"),
            (f"{header} 08 08 0003AA020100", 15, "a valid header"),
            (f"{header} 08 05 0004AA020100", 16, "a valid header"),
            ("01 00 03 91 21F3 00", 7, "TP-DCS"),
            ("11 00 03 91 21F3 00 00", 8, "a relative TP-VP"),
            ("06 AA 03 91 21F3 62112290300082 62112290300082", 20, "TP-ST"),
        ):
            octets = bytes.fromhex(pdu)
            error = self.assertRaises(TPDUError, decode, octets)
            self.assertEqual((error.offset, error.octets), (offset, octets), pdu)
            self.assertIn(expected, error.expected)

    def test_where_after_smsc(self) -> None:
        """The offset counts from the first octet that was given."""
        octets = bytes.fromhex("0391261804")
        error = self.assertRaises(TPDUError, decode_with_smsc, octets)
        self.assertEqual(error.offset, 5)

    def test_octets_are_truncated(self) -> None:
        """An error keeps enough to look at and too little to fill a log."""
        error = self.assertRaises(TPDUError, decode, b"\x04\xff" + bytes(1000))
        self.assertEqual(len(error.octets), 200)


class DataTests(SynchronousTestCase):
    """The length, the header and the septets of user data."""

    def test_every_length(self) -> None:
        """Septets of every length behind headers of every number of fill bits."""
        scheme = read_coding(0)
        fill_bits = set()
        for header in (b"", b"\0", *(one_element(size) for size in range(9))):
            taken = (8 * len(header) + 6) // 7
            fill_bits.add(7 * taken - 8 * len(header))
            for count in range(161 - taken):
                data = UserData(header, some_septets(count), None)
                octets = write_data(data, scheme, 140)
                self.assertEqual(octets, one_bit_at_a_time(header, data.body))
                found = read_data(Reader(octets), scheme, bool(header))
                self.assertEqual(found, (data, 0))
        self.assertEqual(fill_bits, set(range(7)))

    def test_every_packing(self) -> None:
        """The packing itself: 0 to 160 septets after 0 to 6 fill bits."""
        for fill_bits in range(7):
            for count in range(161):
                body = some_septets(count)
                bits = [0] * fill_bits
                bits += [septet >> at & 1 for septet in body for at in range(7)]
                packed = pack(body, fill_bits)
                self.assertEqual(packed, in_octets(bits))
                self.assertEqual(unpack(packed, count, fill_bits), body)

    @given(headers, st.integers(0, 140), st.sampled_from((0x00, 0x04, 0x08, 0x20)))
    def test_cut(self, header: bytes, size: int, coding: int) -> None:
        """Data shorter than its length is read, and what is missing is counted."""
        scheme = read_coding(coding)
        octets = b"\xa0" + header + bytes(size)
        data, missing = read_data(Reader(octets), scheme, bool(header))
        if scheme.in_septets:
            there = min(160, 8 * (len(header) + size) // 7)
            body = max(0, there - (8 * len(header) + 6) // 7)
        else:
            there = min(160, len(header) + size)
            body = there - len(header)
        self.assertEqual((len(data.body), missing), (body, 160 - there))
        self.assertEqual(data.header, header)

    @given(tpdus, st.binary(max_size=20))
    def test_trailing(self, tpdu: TPDU, trailing: bytes) -> None:
        """What follows the last field changes nothing."""
        if isinstance(tpdu, StatusReport) and tpdu.data is None:
            return
        self.assertEqual(decode(encode(tpdu) + trailing), tpdu)

    def test_padded_report(self) -> None:
        """A report filled up to the size of a SIM's record is the same report."""
        report = StatusReport(7, SENDER, SENT, SENT, 0x30)
        for padding in (b"\0", b"\xff"):
            for count in (1, 2, 3, 100):
                octets = encode(report) + padding * count
                self.assertEqual(decode(octets), report, octets.hex())

    def test_longer_indicator(self) -> None:
        """More octets of TP-PI than are known are stepped over."""
        report = StatusReport(7, SENDER, SENT, SENT, 0, coding=4, data=plain("hi"))
        octets = encode(evolve(report, coding=None, data=None))
        self.assertEqual(
            decode(octets + bytes.fromhex("86 80 7F 04 02 6869 FF")), report
        )


@frozen
class Refused:
    """A value that cannot be written, and why."""

    tpdu: TPDU
    rule: str


MESSAGE = Submit(SENDER, plain("hi"))
REPORT = StatusReport(0, SENDER, SENT, SENT, 0)
PART = UserData(b"\5\0\3\1\2\1", b"", Part(1, 8, 2, 1))

REFUSED = (
    Refused(evolve(MESSAGE, data=plain("a" * 161)), "at most 140"),
    Refused(evolve(MESSAGE, data=plain("a" * 141), coding=4), "at most 140"),
    Refused(evolve(MESSAGE, data=evolve(PART, body=b"a" * 154)), "at most 140"),
    Refused(evolve(REPORT, data=plain("a" * 150)), "at most 131"),
    Refused(evolve(MESSAGE, data=evolve(NO_HEADER, body=b"\x80")), "septets"),
    Refused(evolve(MESSAGE, data=evolve(PART, part=None)), "fields as in header"),
    Refused(evolve(MESSAGE, data=evolve(PART, header=b"")), "fields as in header"),
    Refused(evolve(MESSAGE, data=evolve(PART, header=b"\5\0\3\1\2")), "longer than"),
    Refused(evolve(MESSAGE, data=evolve(PART, header=b"\0\0")), "fields as in header"),
    Refused(evolve(MESSAGE, destination=Address("", 1, 1)), "a destination"),
    Refused(evolve(MESSAGE, destination=Address("+62", 1, 1)), "0123456789"),
    Refused(evolve(MESSAGE, validity=256), "0 to 255"),
    Refused(evolve(MESSAGE, validity=-1), "0 to 255"),
    Refused(evolve(MESSAGE, validity=b"123456"), "7 octets"),
    Refused(evolve(MESSAGE, validity=Timestamp(b"123456")), "7 octets"),
    Refused(evolve(MESSAGE, protocol=256), "0 to 255"),
    Refused(evolve(MESSAGE, missing=1), "a whole message"),
    Refused(Deliver(SENDER, Timestamp(b""), plain("")), "7 octets"),
)


class StrictTests(SynchronousTestCase):
    """What does not fit is refused and never cut."""

    def test_table(self) -> None:
        """Each is refused, and the text says which rule."""
        for case in REFUSED:
            error = self.assertRaises(ValueError, encode, case.tpdu)
            self.assertIn(case.rule, str(error))


# Source: 3GPP TS 23.040 §9.2.3.15.
STATES: tuple[tuple[str, Callable[[int], bool], DeliveryState], ...] = (
    ("received by the SME", lambda s: s == 0, DeliveryState.DELIVERED),
    ("not confirmed, replaced", lambda s: s in (1, 2), DeliveryState.UNKNOWN),
    ("completed, each SC its own", lambda s: s >> 4 == 1, DeliveryState.UNKNOWN),
    ("the SC still tries", lambda s: 0x20 <= s <= 0x25, DeliveryState.ENROUTE),
    ("still tries, its own", lambda s: s >> 4 == 3, DeliveryState.ENROUTE),
    ("errors and reserved", lambda s: True, DeliveryState.FAILED),
)


class StatusTests(SynchronousTestCase):
    """What a status says of a message."""

    def test_all(self) -> None:
        """Each of the 256 values is one of four states."""
        for status in range(256):
            name, _, state = next(row for row in STATES if row[1](status))
            self.assertEqual(state_of(status), state, f"{status:02x}: {name}")

    @given(st.integers(0, 255), stamps)
    def test_report(self, status: int, stamp: Timestamp) -> None:
        """A report tells the state of its status."""
        report = StatusReport(0, SENDER, stamp, stamp, status)
        self.assertIs(report.state, state_of(status))


def one_element(size: int) -> bytes:
    """A header of one element that nobody knows, with so many octets of data."""
    return bytes((size + 2, 0x70, size, *range(size)))


def some_septets(count: int) -> bytes:
    """So many septets, others for each count."""
    return bytes((17 * at + count) & 0x7F for at in range(count))


def one_bit_at_a_time(header: bytes, body: bytes) -> bytes:
    """TP-UDL and TP-UD of septets, the slow way of the standard's drawing."""
    bits = [octet >> at & 1 for octet in header for at in range(8)]
    while len(bits) % 7:
        bits.append(0)
    bits += [septet >> at & 1 for septet in body for at in range(7)]
    return bytes((len(bits) // 7,)) + in_octets(bits)


def in_octets(bits: list[int]) -> bytes:
    """Bits, the lowest first, in octets that are filled up with zeros."""
    bits = bits + [0] * (-len(bits) % 8)
    return bytes(
        sum(bit << at for at, bit in enumerate(bits[start : start + 8]))
        for start in range(0, len(bits), 8)
    )
