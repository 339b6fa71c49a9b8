"""The codec of `smscentre.gsm.tpdu` against gammu's, an independent one.

Compared are generated messages within what gammu supports. Where the two differ on
valid ones, a row of `DIFFERENCES` says how and which clause decides.
"""

from __future__ import annotations

import os
import string
from datetime import UTC, datetime
from typing import Any
from unittest import SkipTest

from attrs import evolve, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm import alphabet as gsm7
from smscentre.gsm import udh
from smscentre.gsm.coding import GSM7, OCTETS, UCS2, DataCoding, read_coding
from smscentre.gsm.coding_text import read_text, write_text
from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu import decode_with_smsc, encode_with_smsc
from smscentre.gsm.tpdu_data import NO_HEADER
from smscentre.gsm.tpdu_values import TPDU, Deliver, StatusReport, Submit
from smscentre.gsm.udh import UserData
from smscentre.messages import Address, Alphabet, DeliveryState, Part
from tests.gsm.tpdus import delivers, reports, submits
from tests.oracles.gammu_oracle import MISSING, Gammu

EXAMPLES = int(os.environ.get("GAMMU_EXAMPLES", "150"))
"""How many messages of each kind are compared; 20000 in a long run."""

SMSC = Address("62811000000", 1, 1)
SENT = Timestamp(bytes.fromhex("62112290300082"))

_CODINGS = [
    octet
    for octet in range(256)
    # Groups 00xx and 01xx without compression and reserved alphabet, 11xx without
    # reserved bits.
    if octet & 0xAC in (0x00, 0x04, 0x08)
    or (octet & 0xF4 in (0xC0, 0xD0, 0xE0))
    or octet & 0xF8 == 0xF0
]
"""TP-DCS as gammu knows it; see `DIFFERENCES` for the others."""

_letters = st.text(string.ascii_letters + string.digits, min_size=1, max_size=11)
_digits = st.text(string.digits, min_size=1, max_size=20)
_addresses = st.one_of(
    st.builds(Address, _digits, st.just(1), st.just(1)),
    st.builds(Address, _digits, st.just(0), st.just(1)),
    st.builds(Address, _letters, st.just(5)),
)
_headers = st.builds(
    lambda width, reference, a, b: udh.concatenation(
        Part(reference % (1 << width), width, max(a, b), min(a, b))
    ),
    st.sampled_from((8, 16)),
    st.integers(0, 0xFFFF),
    st.integers(1, 255),
    st.integers(1, 255),
)
_ports = st.binary(min_size=4, max_size=4).map(lambda ports: b"\6\5\4" + ports)
_several = st.builds(
    lambda ports, part: bytes((ports[0] + part[0],)) + ports[1:] + part[1:],
    _ports,
    _headers,
)
# Gammu's years from 90 on are ten too few.
_moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 - gammu knows no zone
    datetime(2089, 12, 31),  # noqa: DTZ001
).map(lambda moment: moment.replace(microsecond=0, tzinfo=UTC))
_stamps = _moments.map(Timestamp.of)
# Gammu has no mark and no padding of UCS-2, and uses the tilde for signs of its own.
_characters = st.one_of(
    st.sampled_from([chr(point) for point in gsm7.DEFAULT.encoding]),
    st.characters(max_codepoint=0xFEFE, exclude_categories=["Cs", "Cc"]),
    st.sampled_from("😀🚓"),
).filter(lambda character: character != "~")


@st.composite
def _datas(draw: st.DrawFn, coding: DataCoding) -> UserData:
    header = draw(st.one_of(st.just(b""), _headers, _ports, _several))
    plain = udh.parse(header) if header else NO_HEADER
    if coding.alphabet is None:
        return evolve(plain, body=draw(st.binary(min_size=1, max_size=130)))
    text = draw(st.text(_characters, min_size=1, max_size=60))
    if coding.alphabet is Alphabet.UCS2:
        return evolve(plain, body=text.encode("utf-16-be")[:130])
    text = "".join(c for c in text if ord(c) in gsm7.DEFAULT.encoding)
    return evolve(plain, body=gsm7.encode(text))


@st.composite
def _known(draw: st.DrawFn, tpdus: st.SearchStrategy[TPDU]) -> TPDU:
    """A message with nothing in it that gammu does not know."""
    tpdu = draw(tpdus)
    if isinstance(tpdu, StatusReport):
        return evolve(
            tpdu,
            recipient=draw(_addresses),
            sent=draw(_stamps),
            discharged=draw(_stamps),
            data=None,
        )
    coding = draw(st.sampled_from(_CODINGS))
    data = draw(_datas(read_coding(coding)))
    if isinstance(tpdu, Deliver):
        return evolve(
            tpdu, source=draw(_addresses), sent=draw(_stamps), coding=coding, data=data
        )
    return evolve(
        tpdu,
        destination=draw(_addresses),
        coding=coding,
        data=data,
        validity=draw(st.none() | st.integers(0, 255) | _stamps),
    )


def _number(address: Address) -> str:
    return "+" * (address.ton == 1) + address.digits


def _time(stamp: Timestamp) -> str | None:
    """As gammu gives it: by the clock of the sender, without the zone."""
    moment = stamp.moment
    return None if moment is None else moment.replace(tzinfo=None).isoformat()


def _text(data: UserData, coding: DataCoding) -> str:
    if coding.alphabet is None:
        return data.body.hex()
    # Gammu reads each part as if it were alone.
    return read_text(evolve(data, part=None), coding)


_NAMES = {
    Alphabet.GSM7: "Default_No_Compression",
    Alphabet.UCS2: "Unicode_No_Compression",
    None: "8bit",
}


class _GammuCase(SynchronousTestCase):
    """One process for all tests of a class."""

    gammu: Gammu

    @classmethod
    def setUpClass(cls) -> None:
        if MISSING:
            raise SkipTest(MISSING)
        cls.gammu = Gammu()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.gammu.close()

    def assertContent(
        self, found: dict[str, Any], tpdu: Deliver | Submit, pdu: bytes
    ) -> None:
        """Number, text and header are those of the message."""
        coding = read_coding(tpdu.coding)
        address = tpdu.source if isinstance(tpdu, Deliver) else tpdu.destination
        expected: dict[str, object] = {
            "Number": _number(address),
            "Coding": _NAMES[coding.alphabet],
            "Text": _text(tpdu.data, coding),
        }
        read = {name: found.get(name, found) for name in expected}
        if coding.in_septets:
            # What it counts are septets, so that something follows its NUL.
            read["Text"] = str(read["Text"]).partition("\0")[0]
        self.assertEqual(read, expected, pdu.hex())
        self.assertEqual(found["UDH"]["Text"], tpdu.data.header.hex(), pdu.hex())
        self.assertEqual(found["SMSC"]["Number"], _number(SMSC), pdu.hex())
        # The class of messages that are to be deleted it does not read.
        if not 0x40 <= tpdu.coding < 0x80:
            message_class = -1 if coding.message_class is None else coding.message_class
            self.assertEqual(found["Class"], message_class, pdu.hex())
        part = tpdu.data.part
        # It reads a header's elements only if it knows the header as a whole.
        if part is not None and len(tpdu.data.header) <= 7:
            place = (found["UDH"]["PartNumber"], found["UDH"]["AllParts"])
            self.assertEqual(place, (part.number, part.total), pdu.hex())
            width = found["UDH"][f"ID{part.width}bit"]
            self.assertEqual(width, part.reference, pdu.hex())


class ReadingTests(_GammuCase):
    """Gammu reads in what we write the message that we wrote."""

    @settings(max_examples=EXAMPLES)
    @given(_known(delivers()))
    def test_deliver(self, tpdu: Deliver) -> None:
        """SMS-DELIVER: sender, time, text, header, class."""
        pdu = encode_with_smsc(tpdu, SMSC)
        found = self.gammu.decode(pdu)
        self.assertContent(found, tpdu, pdu)
        self.assertEqual(found["DateTime"], _time(tpdu.sent), pdu.hex())

    @settings(max_examples=EXAMPLES)
    @given(_known(submits()))
    def test_submit(self, tpdu: Submit) -> None:
        """SMS-SUBMIT: reference, destination, text, header, class."""
        pdu = encode_with_smsc(tpdu, SMSC)
        found = self.gammu.decode(pdu)
        self.assertContent(found, tpdu, pdu)
        self.assertEqual(found["MessageReference"], tpdu.reference, pdu.hex())

    @settings(max_examples=EXAMPLES)
    @given(_known(reports()))
    def test_report(self, tpdu: StatusReport) -> None:
        """SMS-STATUS-REPORT: reference, number, both times, status."""
        pdu = encode_with_smsc(tpdu, SMSC)
        found = self.gammu.decode(pdu)
        read = {
            "MessageReference": tpdu.reference,
            "Number": _number(tpdu.recipient),
            "DateTime": _time(tpdu.sent),
            "SMSCDateTime": _time(tpdu.discharged),
            "DeliveryStatus": tpdu.status,
        }
        self.assertEqual({name: found.get(name, found) for name in read}, read)

    def test_states(self) -> None:
        """A status means the same to both, but for those of `DIFFERENCES`."""
        meanings = {
            "Delivered": DeliveryState.DELIVERED,
            "Failed": DeliveryState.FAILED,
            "Pending": DeliveryState.ENROUTE,
            "Unknown": DeliveryState.UNKNOWN,
        }
        differing = []
        for status in range(256):
            report = StatusReport(1, SMSC, SENT, SENT, status)
            found = self.gammu.decode(encode_with_smsc(report, SMSC))
            if meanings[found["Text"]] is not report.state:
                differing.append(status)
        # §9.2.3.15: not confirmed or replaced is not delivered; a reserved value
        # counts as "service rejected".
        reserved = [
            *range(0x03, 0x10),
            *range(0x26, 0x30),
            # It looks at bit 6 alone from here on, which is a failure again at 0xC0.
            *range(0x80, 0xC0),
        ]
        self.assertEqual(differing, [0x01, 0x02, *reserved])


@frozen
class Written:
    """What both are asked to write."""

    number: Address
    text: str
    alphabet: Alphabet
    part: Part | None
    report: bool


_parts = st.none() | _headers.map(lambda header: udh.parse(header).part)


def _is_kept(address: Address) -> bool:
    """Whether gammu writes a number as it is; of 00 it makes a plus."""
    return not address.is_name and not address.digits.startswith("00")


@st.composite
def _writings(draw: st.DrawFn) -> Written:
    alphabet = draw(st.sampled_from(Alphabet))
    if alphabet is Alphabet.GSM7:
        text = draw(
            st.text([chr(point) for point in gsm7.DEFAULT.encoding], max_size=76)
        )
    else:
        text = draw(st.text(_characters, max_size=33))
    number = draw(_addresses.filter(_is_kept))
    return Written(number, text, alphabet, draw(_parts), draw(st.booleans()))


def _as_theirs(written: Written, data: UserData) -> dict[str, Any]:
    """A message under gammu's names."""
    return {
        "Folder": 1,
        "Number": _number(written.number),
        "Text": written.text,
        "Coding": _NAMES[written.alphabet],
        "Class": -1,
        "SMSC": {"Number": _number(SMSC), "Validity": "1D"},
        "UDH": {
            "Type": "UserUDH" if data.header else "NoUDH",
            "Text": data.header.hex(),
        },
        "Type": "Status_Report" if written.report else "Submit",
    }


class WritingTests(_GammuCase):
    """We write octet for octet what gammu writes, and read it."""

    @settings(max_examples=EXAMPLES)
    @given(_writings())
    def test_submit(self, written: Written) -> None:
        """SMS-SUBMIT with a validity of a day."""
        coding, data = write_text(written.text, written.alphabet, written.part)
        theirs = self.gammu.encode("Submit", _as_theirs(written, data))
        ours = Submit(
            written.number,
            data,
            coding,
            validity=167,
            report_requested=written.report,
        )
        self.assertEqual(encode_with_smsc(ours, SMSC).hex(), theirs.hex())
        self.assertEqual(decode_with_smsc(theirs), (SMSC, ours))

    @settings(max_examples=EXAMPLES)
    @given(_writings(), _moments)
    def test_deliver(self, written: Written, moment: datetime) -> None:
        """SMS-DELIVER; gammu says that more are to come, and its zone is 0.

        It also sets bit 0, which would make it an SMS-SUBMIT (§9.2.3.1).
        """
        coding, data = write_text(written.text, written.alphabet, written.part)
        message = _as_theirs(written, data)
        message["DateTime"] = moment.replace(tzinfo=None).isoformat()
        written_by_gammu = bytearray(self.gammu.encode("Deliver", message))
        written_by_gammu[1 + written_by_gammu[0]] ^= 1
        theirs = bytes(written_by_gammu)
        ours = Deliver(
            written.number,
            Timestamp.of(moment),
            data,
            coding,
            more_to_come=True,
            report_indicated=written.report,
        )
        self.assertEqual(encode_with_smsc(ours, SMSC).hex(), theirs.hex())
        self.assertEqual(decode_with_smsc(theirs), (SMSC, ours))

    def test_septets(self) -> None:
        """Septets of all lengths are packed alike behind all numbers of fill bits.

        Behind headers of up to 7 octets: after longer ones gammu does not begin at
        the boundary of a septet, as §9.2.3.24 has it and as it expects in reading.
        """
        characters = gsm7.DEFAULT.characters.replace("\x1b", "")
        for size in range(8):
            header = bytes((size - 1, *range(0x70, 0x6F + size))) if size else b""
            before, fill_bits = (8 * size + 6) // 7, -8 * size % 7
            for count in range(161 - before):
                text = "".join(characters[(count + 17 * n) % 127] for n in range(count))
                written = Written(SMSC, text, Alphabet.GSM7, None, False)
                septets = gsm7.encode(text)
                theirs = self.gammu.encode(
                    "Submit", _as_theirs(written, UserData(header, septets, None))
                )
                ours = header + gsm7.pack(septets, fill_bits)
                expected = (bytes((before + count,)) + ours).hex()
                self.assertEqual(theirs.hex()[-len(expected) :], expected)


@frozen
class Difference:
    """A message, a field of gammu's, its value, and which clause says otherwise."""

    tpdu: TPDU
    field: str
    value: object
    clause: str


def _deliver(coding: int, body: bytes, **fields: Any) -> Deliver:
    data = evolve(NO_HEADER, body=body)
    message = Deliver(SMSC, SENT, data, coding)
    return evolve(message, **fields)


_TURKISH = evolve(udh.parse(b"\3\x24\1\1"), body=b"\x1bc")
_LATE = Timestamp(bytes.fromhex("99112290300082"))

DIFFERENCES = (
    Difference(
        _deliver(GSM7, b"A", source=Address("1*2#3a", 0, 1)),
        "Number",
        "123",
        "TS 23.040 §9.1.2.3: *, # and a to c are characters of numbers",
    ),
    Difference(
        _deliver(GSM7, b"A", source=Address("Ω", 5)),
        "Number",
        "\x15",
        "TS 23.040 §9.1.2.5: names are in the default alphabet",
    ),
    Difference(
        _deliver(GSM7, b"A", sent=_LATE),
        "DateTime",
        "2089-11-22T09:03:00",
        "TS 23.040 §9.2.3.11 has no century; 99 is not 89 in any",
    ),
    Difference(
        _deliver(0x0C, b"A"),
        "Coding",
        "8bit",
        "TS 23.038 §4: reserved codings are the default alphabet",
    ),
    Difference(
        _deliver(0x80, b"A"),
        "Coding",
        "8bit",
        "TS 23.038 §4: reserved groups are the default alphabet",
    ),
    Difference(
        _deliver(0x51, b"A"),
        "Class",
        -1,
        "TS 23.038 §4: group 01xx is coded as 00xx is, with its class",
    ),
    Difference(
        _deliver(0x20, b"A"),
        "error",
        "Function not supported by phone.",
        "TS 23.038 §4: compressed; we keep the octets",
    ),
    Difference(
        _deliver(GSM7, b"A\x1b"),
        "Text",
        "A¹",
        "TS 23.038 §6.2.1: an escape without a code shows a space",
    ),
    Difference(
        _deliver(GSM7, b"", data=_TURKISH),
        "Text",
        "¹c",
        "TS 23.040 §9.2.3.24.15: national language single shift",
    ),
    Difference(
        _deliver(UCS2, b"\0A\0"),
        "Text",
        "A",
        "half a unit is dropped; we show U+FFFD unless it is a NUL",
    ),
    Difference(
        _deliver(GSM7, b"A", reply_path=True),
        "ReplyViaSameSMSC",
        0,
        "TS 23.040 §9.2.3.17: TP-RP is bit 7",
    ),
    Difference(
        Submit(SMSC, evolve(NO_HEADER, body=b"A"), OCTETS, reject_duplicates=True),
        "RejectDuplicates",
        0,
        "TS 23.040 §9.2.3.25: TP-RD is bit 2 of an SMS-SUBMIT",
    ),
    Difference(
        Submit(SMSC, evolve(NO_HEADER, body=b"A"), OCTETS, report_requested=True),
        "Type",
        "Submit",
        "TS 23.040 §9.2.3.5: TP-SRR is bit 5",
    ),
    Difference(
        Submit(SMSC, evolve(NO_HEADER, body=b"A"), validity=bytes(7)),
        "error",
        "Unknown error.",
        "TS 23.040 §9.2.3.12.3: the enhanced format of TP-VP",
    ),
)


class DifferenceTests(_GammuCase):
    """Where gammu and we differ on valid messages, on purpose."""

    def test_table(self) -> None:
        """Gammu still differs where it is said to, and we read what we wrote."""
        for case in DIFFERENCES:
            pdu = encode_with_smsc(case.tpdu, SMSC)
            found = self.gammu.decode(pdu)[case.field]
            if case.field == "error":
                self.assertIn(str(case.value), found, case.clause)
            else:
                self.assertEqual(found, case.value, case.clause)
            self.assertEqual(decode_with_smsc(pdu), (SMSC, case.tpdu), case.clause)

    def test_length_of_a_name(self) -> None:
        """Gammu rounds the length of most names up to whole octets.

        §9.1.2.5 counts the semi-octets in use: 9 for five septets, where gammu
        has 10. All of them can be read.
        """
        for length in range(2, 12):
            name = "PEMASYARAKA"[:length]
            written = Written(Address(name, 5), "A", Alphabet.GSM7, None, False)
            theirs = self.gammu.encode("Submit", _as_theirs(written, NO_HEADER))
            _, tpdu = decode_with_smsc(theirs)
            assert isinstance(tpdu, Submit)
            self.assertEqual(tpdu.destination, Address(name, 5))
