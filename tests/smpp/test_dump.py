"""Tests for `smscentre.smpp.dump`."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st
from smpplib import consts
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm import udh
from smscentre.messages import Address, Part
from smscentre.smpp import codec, codes, pdus
from smscentre.smpp.codes import Status, Tag
from smscentre.smpp.dump import dump, is_pdu, is_secret
from smscentre.smpp.pdus import BindMode, Pdu
from tests.smpp.samples import MESSAGE, header


@frozen
class FieldCase:
    """A PDU, and a field of it in words."""

    pdu: Pdu
    name: str
    value: str


def deliver(**fields: Any) -> Pdu:
    """A deliver_sm with some fields of its own."""
    return pdus.DeliverSm(7, evolve(MESSAGE, **fields))


def with_tlv(tag: int, value: bytes) -> Pdu:
    """A deliver_sm with one optional parameter."""
    return deliver(tlvs={tag: value})


TURKISH = b"\3\x25\1\1\x07\x1d"
"""Two letters of the Turkish locking shift table (3GPP TS 23.038 §A.3.1)."""

FIELDS = (
    FieldCase(deliver(), "command_id", "0x00000005 deliver_sm"),
    FieldCase(deliver(), "command_status", "0x00000000 ESME_ROK"),
    FieldCase(deliver(), "sequence_number", "7"),
    FieldCase(deliver(), "source_addr_ton", "1 international"),
    FieldCase(deliver(), "source_addr_npi", "1 ISDN (E.164)"),
    FieldCase(deliver(), "source_addr", "'6281112030001'"),
    FieldCase(deliver(), "dest_addr_ton", "0 unknown"),
    FieldCase(deliver(), "destination_addr", "'02170252704'"),
    FieldCase(
        deliver(source=Address("x", 9, 3)), "source_addr_ton", "9 not in the standard"
    ),
    FieldCase(deliver(), "esm_class", "0x00 default mode, message"),
    FieldCase(
        deliver(esm_class=0x04), "esm_class", "0x04 default mode, delivery receipt"
    ),
    FieldCase(
        deliver(esm_class=0xC3, short_message=b"\5\0\3\7\2\1x"),
        "esm_class",
        "0xC3 store and forward, message, user data header, reply path",
    ),
    FieldCase(deliver(esm_class=0x1C), "esm_class", "0x1C default mode, type 0x1C"),
    FieldCase(
        deliver(registered_delivery=1),
        "registered_delivery",
        "0x01 receipt of any outcome",
    ),
    FieldCase(deliver(), "data_coding", "0x00 the carrier's default"),
    FieldCase(deliver(data_coding=8), "data_coding", "0x08 UCS-2"),
    FieldCase(deliver(data_coding=0xF1), "data_coding", "0xF1 not in the standard"),
    FieldCase(deliver(), "sm_length", "18"),
    FieldCase(
        deliver(short_message=b"\0a"), "short_message", "00 61"
    ),  # octets as they are
    FieldCase(deliver(short_message=b"\0a"), "  text", "'@a'"),
    FieldCase(deliver(short_message=b"\0a", data_coding=8), "  text", "'a'"),
    FieldCase(deliver(service_type="WAP"), "service_type", "'WAP'"),
    FieldCase(deliver(), "service_type", "(empty)"),
    FieldCase(
        deliver(esm_class=0x40, short_message=udh.concatenation(Part(7, 8, 2, 1))),
        "  user data header",
        "part 1 of 2, reference 7 of 8 bits",
    ),
    FieldCase(
        deliver(esm_class=0x40, short_message=b"\x09\0\3"),
        "  user data header",
        "not readable: header longer than the user data at octet 0 of 3",
    ),
    FieldCase(
        deliver(esm_class=0x40, short_message=TURKISH),
        "  user data header",
        "header 03 25 01 01, locking shift Turkish",
    ),
    FieldCase(deliver(esm_class=0x40, short_message=TURKISH), "  text", "'ış'"),
    FieldCase(with_tlv(Tag.MESSAGE_STATE, b"\2"), "message_state", "2 DELIVERED"),
    FieldCase(
        with_tlv(Tag.RECEIPTED_MESSAGE_ID, b"1F00\0"), "receipted_message_id", "'1F00'"
    ),
    FieldCase(
        with_tlv(Tag.SAR_MSG_REF_NUM, b"\1\2"), "sar_msg_ref_num", "258 (0x0102)"
    ),
    FieldCase(
        with_tlv(Tag.NETWORK_ERROR_CODE, b"\3\0\1"), "network_error_code", "03 00 01"
    ),
    FieldCase(with_tlv(0x1501, b"abc"), "unknown TLV", "61 62 63"),
    FieldCase(
        pdus.SubmitSm(1, evolve(MESSAGE, validity_period="000000000130000R")),
        "validity_period",
        "'000000000130000R'",
    ),
    FieldCase(pdus.SubmitSmResp(1, 0, "a1"), "message_id", "'a1'"),
    FieldCase(
        pdus.SubmitSmResp(1, Status.RTHROTTLED),
        "command_status",
        "0x00000058 ESME_RTHROTTLED: Throttling error"
        " (ESME has exceeded allowed message limits)",
    ),
    FieldCase(
        pdus.SubmitSmResp(1, 0x4FF), "command_status", "0x000004FF not in the standard"
    ),
    FieldCase(pdus.GenericNack(1, 3), "command_id", "0x80000000 generic_nack"),
    FieldCase(pdus.DeliverSmResp(1, 0), "message_id", "(empty)"),
)


class DumpTests(SynchronousTestCase):
    """Fields in words."""

    def value(self, octets: bytes, name: str) -> str:
        """The first field of a name; of a TLV its number is left out."""
        values = [
            field.value
            for field in dump(octets)
            if field.name.partition(" (0x")[0] == name
        ]
        self.assertTrue(values, f"no {name} in {dump(octets)}")
        return values[0]

    def test_fields(self) -> None:
        """Each with its name in the standard."""
        for case in FIELDS:
            octets = codec.encode(case.pdu)
            self.assertEqual(self.value(octets, case.name), case.value, case)

    def test_every_tlv_of_the_standard_has_its_name(self) -> None:
        """And its number beside it, for the carrier's own book."""
        for name, tag in consts.OPTIONAL_PARAMS.items():
            *_, last = dump(codec.encode(with_tlv(tag, b"xyz")))
            if tag != Tag.MESSAGE_PAYLOAD:
                self.assertEqual(last.name, f"{name} (0x{tag:04X})")

    def test_a_payload_is_read_as_the_text_it_is(self) -> None:
        """With a header, if the text has one."""
        octets = codec.encode(
            deliver(
                short_message=b"",
                esm_class=0x40,
                tlvs={Tag.MESSAGE_PAYLOAD: b"\5\0\3\7\2\1hai"},
            )
        )
        self.assertEqual(self.value(octets, "  text"), "'hai'")
        self.assertEqual(
            self.value(octets, "  user data header"),
            "part 1 of 2, reference 7 of 8 bits",
        )

    def test_the_links_default_alphabet(self) -> None:
        """Octet 0 is an at sign in GSM 7-bit only."""
        fields = dump(codec.encode(deliver(short_message=b"\x40")), "latin1")
        self.assertIn("'@'", [field.value for field in fields])

    def test_no_password_is_shown(self) -> None:
        """Of a bind the header is all there is."""
        secretive: list[Pdu] = [
            pdus.Bind(1, mode, "centre", "geheim") for mode in BindMode
        ]
        for pdu in [*secretive, pdus.Outbind(1, "centre", "geheim")]:
            shown = repr(dump(codec.encode(pdu)))
            self.assertIn("not shown", shown)
            self.assertTrue(is_secret(codec.encode(pdu)))
            for secret in ("geheim", b"geheim".hex(" "), b"geheim".hex()):
                self.assertNotIn(secret, shown)
        for octets in (codec.encode(deliver()), b"", b"\0" * 8):
            self.assertFalse(is_secret(octets))


class BrokenTests(SynchronousTestCase):
    """What the codec would refuse."""

    def test_a_field_that_is_cut_off(self) -> None:
        """Is named; what came before it is shown."""
        octets = header(codes.DELIVER_SM, length=19) + b"\0\1\1"
        *_, before, last = dump(octets)
        self.assertEqual(
            (before.name, before.value), ("source_addr_npi", "1 ISDN (E.164)")
        )
        self.assertEqual(
            (last.name, last.value), ("source_addr", "missing: the PDU ends here")
        )

    def test_a_tlv_that_goes_past_the_end(self) -> None:
        """Its octets are left over, and shown."""
        body = codec.encode(deliver())[16:] + b"\4\x27\0\5\2"
        octets = header(codes.DELIVER_SM, length=16 + len(body)) + body
        *_, missing, unread = dump(octets)
        self.assertEqual(missing.name, "message_state (0x0427)")
        self.assertEqual(unread.value, "5 octets: 04 27 00 05 02")

    def test_the_body_of_an_unknown_command(self) -> None:
        """Is shown as octets."""
        *_, last = dump(header(0x1234, length=18) + b"ab")
        self.assertEqual(last.value, "2 octets: 61 62")

    def test_what_is_no_pdu(self) -> None:
        """Has no fields: a text of the phone link, an empty row."""
        for octets in (b"", b"RUTAN 1 2 3 4 and so on", header(4, length=17)):
            self.assertFalse(is_pdu(octets))
            self.assertEqual(dump(octets), [])

    @given(st.sampled_from(sorted(codes.COMMANDS.values())), st.binary(max_size=80))
    def test_anything(self, command: int, body: bytes) -> None:
        """Whatever the octets are, something is shown."""
        octets = header(command, length=16 + len(body)) + body
        self.assertGreaterEqual(len(dump(octets)), 4)
