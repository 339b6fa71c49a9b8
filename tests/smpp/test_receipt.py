"""Tests for `smscentre.smpp.receipt`."""

from __future__ import annotations

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import DeliveryState, Receipt
from smscentre.smpp.codes import Tag
from smscentre.smpp.pdus import ShortMessage
from smscentre.smpp.receipt import (
    IdDialect,
    id_forms,
    id_key,
    is_receipt,
    parse_receipt,
)
from tests.smpp.samples import MESSAGE

DELIVERED, FAILED = DeliveryState.DELIVERED, DeliveryState.FAILED
ENROUTE, UNKNOWN = DeliveryState.ENROUTE, DeliveryState.UNKNOWN


@frozen
class Case:
    """The text of a receipt and what it says."""

    text: str
    smsc_id: str
    state: DeliveryState
    detail: str


CASES = (
    Case(
        "id:0123456789 sub:001 dlvrd:001 submit date:0811220530 "
        "done date:0811220531 stat:DELIVRD err:000 text:RUTAN 100",
        "0123456789",
        DELIVERED,
        "stat:DELIVRD err:000",
    ),
    Case("id:a stat:EXPIRED err:005", "a", FAILED, "stat:EXPIRED err:005"),
    Case("id:a stat:DELETED", "a", FAILED, "stat:DELETED"),
    Case("id:a stat:UNDELIV err:nul", "a", FAILED, "stat:UNDELIV err:nul"),
    Case("id:a stat:REJECTD", "a", FAILED, "stat:REJECTD"),
    Case("id:a stat:UNKNOWN", "a", UNKNOWN, "stat:UNKNOWN"),
    Case("id:a stat:ACCEPTD", "a", ENROUTE, "stat:ACCEPTD"),
    Case("id:a stat:ENROUTE", "a", ENROUTE, "stat:ENROUTE"),
    Case("id:a stat:BUFFRED", "a", ENROUTE, "stat:BUFFRED"),
    Case("stat:DELIVRD err:0 id:a", "a", DELIVERED, "stat:DELIVRD err:0"),
    Case("ID:a STAT:delivered ERR:0", "a", DELIVERED, "stat:delivered err:0"),
    Case("id: a stat: DELIVRD", "a", DELIVERED, "stat:DELIVRD"),
    Case("id:a;stat:DELIVRD;err:0", "a", DELIVERED, "stat:DELIVRD err:0"),
    Case("id:a text:id:b stat:UNDELIV", "a", FAILED, "stat:UNDELIV"),
    Case("id:a stat:DELIVRD text:stat:EXPIRED", "a", DELIVERED, "stat:DELIVRD"),
    Case("msgid:b id:a stat:DELIVRD", "a", DELIVERED, "stat:DELIVRD"),
    Case(
        "id:3fa85f64-5717-4562-b3fc-2c963f66afa6 stat:DELIVRD",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        DELIVERED,
        "stat:DELIVRD",
    ),
    Case("id:a", "a", ENROUTE, ""),
    Case("id:12 34 sub:001 stat:DELIVRD", "12 34", DELIVERED, "stat:DELIVRD"),
    Case("stat:DELIVRD id:12 34", "12", DELIVERED, "stat:DELIVRD"),
    Case("id:smsc1:77 sub:001 stat:DELIVRD", "smsc1:77", DELIVERED, "stat:DELIVRD"),
    Case("id::77 stat: :DELIVRD", "77", DELIVERED, "stat:DELIVRD"),
    Case('id:"77" stat:"DELIVRD"', "77", DELIVERED, "stat:DELIVRD"),
    Case("id:77 mccmnc:51010 stat:DELIVRD", "77", DELIVERED, "stat:DELIVRD"),
    Case("id:77,sub:001,stat:DELIVRD,err:0", "77", DELIVERED, "stat:DELIVRD err:0"),
    Case("id:7\0007 stat:DELI\0VRD\0", "77", DELIVERED, "stat:DELIVRD"),
    Case("id:77\r\nstat:DELIVRD\r\nerr:0\0", "77", DELIVERED, "stat:DELIVRD err:0"),
    Case("id : 77 stat : DELIVRD", "77", DELIVERED, "stat:DELIVRD"),
    Case("id:77 stat: err:000", "77", ENROUTE, "err:000"),
    Case("id: id:77 stat:DELIVRD", "77", DELIVERED, "stat:DELIVRD"),
    Case("id:{3FA8} stat:DELIVRD", "{3FA8}", DELIVERED, "stat:DELIVRD"),
)

WORDS = {
    DELIVERED: "DELIVRD DELIVERED DELIVERD DELIV DELIVR DELVRD DLVRD delivrd",
    FAILED: (
        "EXPIRED EXPIRD EXPRD DELETED UNDELIV UNDELIVERABLE UNDELIVERED UNDLVRD"
        " REJECTD REJECTED REJCTD FAILED SKIPPED"
    ),
    UNKNOWN: "UNKNOWN UNKNOWN_STATE",
    ENROUTE: (
        "ENROUTE ACCEPTD ACCEPTED SCHEDULED BUFFRED SENT PENDING DELIVERY DELIVERING"
        " DELIVERY_FAILED TERKIRIM GAGAL 2 000 DE ?"
    ),
}
"""What carriers write after ``stat:``."""

WHOLE = (
    b"id:77 sub:001 dlvrd:001 submit date:0804271200 done date:0804271201 "
    b"stat:DELIVRD err:000 text:RUTAN 1 2 3 4"
)


def _receipt(text: bytes = b"", **changes: object) -> ShortMessage:
    message = evolve(MESSAGE, short_message=text, esm_class=4)
    return evolve(message, **changes)  # type: ignore[arg-type]  # fields by name


class ReceiptTests(SynchronousTestCase):
    """What a receipt says, in TLVs and in text."""

    def test_text(self) -> None:
        """Each text gives its id, state and the carrier's words."""
        for case in CASES:
            expected = Receipt(case.smsc_id, case.state, case.detail)
            self.assertEqual(parse_receipt(_receipt(case.text.encode())), expected)

    def test_words(self) -> None:
        """Only a word that is known for an end ends the matter."""
        for state, words in WORDS.items():
            for word in words.split():
                receipt = parse_receipt(_receipt(f"id:a stat:{word} err:0".encode()))
                assert receipt is not None
                self.assertIs(receipt.state, state, word)

    def test_esm_class(self) -> None:
        """A few words of a receipt make none: esm_class does."""
        receipts = {value for value in range(256) if value & 0x3C in (0x04, 0x20)}
        for value in range(256):
            message = _receipt(b"id:a stat:DELIVRD", esm_class=value)
            self.assertEqual(is_receipt(message), value in receipts)
            self.assertEqual(parse_receipt(message) is not None, value in receipts)

    def test_unmarked(self) -> None:
        """Without esm_class it takes the text of a receipt, or both TLVs."""
        both = {Tag.RECEIPTED_MESSAGE_ID: b"77\0", Tag.MESSAGE_STATE: b"\2"}
        wide = str(WHOLE, "ascii").encode("utf-16-be")
        rows: tuple[tuple[str, ShortMessage, bool], ...] = (
            ("whole text", _receipt(WHOLE, esm_class=0), True),
            ("lower case", _receipt(WHOLE.lower(), esm_class=0), True),
            ("UCS-2", _receipt(wide, esm_class=0, data_coding=8), True),
            (
                "payload",
                _receipt(esm_class=0, tlvs={Tag.MESSAGE_PAYLOAD: WHOLE}),
                True,
            ),
            (
                "other dates",
                _receipt(WHOLE.replace(b"0804", b"2008-04-"), esm_class=0),
                True,
            ),
            (
                "no dates",
                _receipt(b"id:7 sub:1 dlvrd:1 stat:DELIVRD", esm_class=0),
                True,
            ),
            ("both TLVs", _receipt(b"", esm_class=0, tlvs=both), True),
            (
                "one TLV",
                _receipt(esm_class=0, tlvs={Tag.MESSAGE_STATE: b"\2"}),
                False,
            ),
            ("not at the beginning", _receipt(b"RUTAN " + WHOLE, esm_class=0), False),
            ("cut short", _receipt(WHOLE[:60], esm_class=0), False),
            ("a command", _receipt(b"RUTAN 1 2 3 4", esm_class=0), False),
            ("an officer's word", _receipt(b"id: 77 sub:1", esm_class=0), False),
            ("handset's acknowledgement", _receipt(WHOLE, esm_class=8), False),
            ("user's acknowledgement", _receipt(WHOLE, esm_class=16), False),
        )
        for name, message, expected in rows:
            self.assertEqual(is_receipt(message), expected, name)

    def test_behind_a_header(self) -> None:
        """A user data header before the text is no part of it."""
        header = b"\5\0\3\1\1\1"
        receipt = parse_receipt(_receipt(header + b"id:a stat:DELIVRD", esm_class=0x44))
        self.assertEqual(receipt, Receipt("a", DELIVERED, "stat:DELIVRD"))

    def test_intermediate(self) -> None:
        """An attempt that failed ends nothing: others follow."""
        rows = {"DELIVRD": DELIVERED, "UNDELIV": ENROUTE, "UNKNOWN": ENROUTE}
        for word, state in rows.items():
            receipt = parse_receipt(
                _receipt(f"id:a stat:{word}".encode(), esm_class=32)
            )
            assert receipt is not None
            self.assertIs(receipt.state, state, word)

    def test_tlv_against_text(self) -> None:
        """A known end in the text counts before a message_state that is open."""
        rows = (
            (1, "DELIVRD", DELIVERED),
            (6, "UNDELIV", FAILED),
            (77, "EXPIRED", FAILED),
            (5, "DELIVRD", FAILED),
            (2, "UNDELIV", DELIVERED),
            (7, "DELIVRD", UNKNOWN),
        )
        for number, word, state in rows:
            tlvs = {Tag.MESSAGE_STATE: bytes((number,))}
            receipt = parse_receipt(_receipt(f"id:a stat:{word}".encode(), tlvs=tlvs))
            assert receipt is not None
            self.assertIs(receipt.state, state, (number, word))

    def test_tlvs(self) -> None:
        """TLVs count before the text, and the text for what they lack."""
        tlvs = {
            Tag.RECEIPTED_MESSAGE_ID: b"TLV\0",
            Tag.MESSAGE_STATE: b"\5",
            Tag.NETWORK_ERROR_CODE: b"\3\0\1",
        }
        receipt = parse_receipt(_receipt(b"id:a stat:DELIVRD", tlvs=tlvs))
        detail = "stat:DELIVRD message_state:5 network_error_code:030001 id:a"
        self.assertEqual(receipt, Receipt("TLV", FAILED, detail))
        only_state = {Tag.MESSAGE_STATE: b"\2"}
        receipt = parse_receipt(_receipt(b"id:a", tlvs=only_state))
        self.assertEqual(receipt, Receipt("a", DELIVERED, "message_state:2"))

    def test_states(self) -> None:
        """Each message_state has its state; one outside the standard leaves it open."""
        expected = {
            **dict.fromkeys((0, 1, 6, 77), ENROUTE),
            **dict.fromkeys((3, 4, 5, 8, 9), FAILED),
            2: DELIVERED,
            7: UNKNOWN,
        }
        for value, state in expected.items():
            tlvs = {
                Tag.RECEIPTED_MESSAGE_ID: b"a\0",
                Tag.MESSAGE_STATE: bytes((value,)),
            }
            receipt = parse_receipt(_receipt(tlvs=tlvs))
            assert receipt is not None
            self.assertIs(receipt.state, state)

    def test_id_without_nul(self) -> None:
        """An id in a TLV without its NUL keeps its last character."""
        tlvs = {Tag.RECEIPTED_MESSAGE_ID: b"ABC"}
        receipt = parse_receipt(_receipt(tlvs=tlvs))
        assert receipt is not None
        self.assertEqual(receipt.smsc_id, "ABC")

    def test_state_of_odd_length(self) -> None:
        """A message_state of two octets is not read; the text counts."""
        tlvs = {Tag.MESSAGE_STATE: b"\0\5"}
        receipt = parse_receipt(_receipt(b"id:a stat:DELIVRD", tlvs=tlvs))
        self.assertEqual(receipt, Receipt("a", DELIVERED, "stat:DELIVRD"))

    def test_payload_and_ucs2(self) -> None:
        """The text may stand in message_payload, and in UCS-2."""
        text = "id:a stat:DELIVRD".encode("utf-16-be")
        tlvs = {Tag.MESSAGE_PAYLOAD: text}
        receipt = parse_receipt(_receipt(data_coding=8, tlvs=tlvs))
        self.assertEqual(receipt, Receipt("a", DELIVERED, "stat:DELIVRD"))

    def test_unreadable(self) -> None:
        """A receipt without an id is still a receipt, and says what came."""
        for text in (b"", b"RUTAN 100 20 30 40", b"id: sub:001 stat:DELIVRD", b"\xff"):
            receipt = parse_receipt(_receipt(text))
            assert receipt is not None
            self.assertEqual((receipt.smsc_id, receipt.state), ("", UNKNOWN))
            self.assertIn("no id", receipt.detail)

    @given(st.binary(max_size=254))
    def test_any_text(self, text: bytes) -> None:
        """Whatever stands in a receipt, it is a receipt."""
        self.assertIsNotNone(parse_receipt(_receipt(text)))


_GUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


class IdTests(SynchronousTestCase):
    """One id in the forms that carriers give it."""

    def test_matches(self) -> None:
        """A receipt's id finds the response's id, as far as the dialect allows."""
        rows: tuple[tuple[str, str, IdDialect, bool], ...] = (
            ("abc", "abc", "auto", True),
            ("1A2F", "1a2f", "auto", True),
            ("00012", "12", "auto", True),
            ("12", "00012", "auto", True),
            ("1A2F", "6703", "auto", True),
            ("6703", "1A2F", "auto", True),
            ("00001a2f", "0000006703", "auto", True),
            ("0", "000", "auto", True),
            ("12", "13", "auto", False),
            ("msg-001", "msg-1", "auto", False),
            ("abc", "abc", "same", True),
            ("012", "12", "same", True),
            ("1A2F", "6703", "same", False),
            ("1A2F", "6703", "hex-in-response", True),
            ("6703", "1A2F", "hex-in-response", False),
            ("10", "10", "hex-in-response", False),
            ("6703", "1A2F", "hex-in-receipt", True),
            ("16", "10", "hex-in-receipt", True),
            ("10", "10", "hex-in-receipt", False),
            ("3fa85f64-57", "3FA85F64-57", "hex-in-receipt", True),
            (_GUID, "{" + _GUID.upper() + "}", "same", True),
            (_GUID, _GUID.replace("-", ""), "same", True),
            (_GUID.replace("-", "").upper(), "{" + _GUID + "}", "auto", True),
            ("12 34", "1234", "same", True),
            (" 12", "12 ", "same", True),
            ("0x1A2F", "1a2f", "same", True),
            ("0x1A2F", "6703", "auto", True),
            ("a-b", "ab", "auto", False),
            ("1" * 5000, "1" * 5000, "auto", True),
        )
        for ours, theirs, dialect, match in rows:
            found = id_key(ours) in id_forms(theirs, dialect)
            self.assertEqual(found, match, (ours, theirs, dialect))

    def test_likeliest_first(self) -> None:
        """The same id comes before any reading in another base."""
        self.assertEqual(id_forms("0010"), ("10", "A", "16"))

    @given(st.integers(0, 2**80), st.integers(0, 4), st.integers(0, 4))
    def test_bases(self, number: int, zeros: int, more_zeros: int) -> None:
        """Any number is found in either base, with any zeros before it."""
        decimal = "0" * zeros + str(number)
        hexadecimal = "0" * more_zeros + f"{number:x}"
        self.assertIn(id_key(decimal), id_forms(hexadecimal))
        self.assertIn(id_key(hexadecimal), id_forms(decimal))
        self.assertIn(id_key(hexadecimal), id_forms(decimal, "hex-in-response"))
        self.assertIn(id_key(decimal), id_forms(hexadecimal, "hex-in-receipt"))

    @given(st.text(max_size=65))
    def test_any_id(self, smsc_id: str) -> None:
        """An id always finds itself."""
        self.assertIn(id_key(smsc_id), id_forms(smsc_id))
