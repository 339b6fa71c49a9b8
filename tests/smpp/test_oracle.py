"""The codec of `smscentre.smpp` against smpplib's, an independent one.

Only well-formed PDUs are compared: smpplib accepts most malformed ones.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from smpplib import smpp
from smpplib.consts import SMPP_VERSION_34
from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import Address
from smscentre.smpp import pdus
from smscentre.smpp.codec import decode, encode
from smscentre.smpp.codes import Tag
from smscentre.smpp.pdus import BindMode, ShortMessage

octet = st.integers(0, 255)
sequence = st.integers(1, 0x7FFFFFFF)
# smpplib takes a text of one NUL for none, so the empty one is left to vectors.
text = st.binary(min_size=1, max_size=254)


def printable(size: int) -> st.SearchStrategy[str]:
    """ASCII texts up to a size, the empty one included."""
    return st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=size)


addresses = st.builds(Address, printable(20), octet, octet)
tlvs = st.fixed_dictionaries(
    {},
    optional={
        int(Tag.SAR_MSG_REF_NUM): st.binary(min_size=2, max_size=2),
        int(Tag.SAR_TOTAL_SEGMENTS): st.binary(min_size=1, max_size=1),
        int(Tag.SAR_SEGMENT_SEQNUM): st.binary(min_size=1, max_size=1),
    },
)
times = st.sampled_from(("", "000001000000000R", "261122083000028+"))
messages = st.builds(
    ShortMessage,
    source=addresses,
    destination=addresses,
    short_message=text,
    data_coding=octet,
    esm_class=octet,
    registered_delivery=octet,
    validity_period=times,
    service_type=printable(5),
    protocol_id=octet,
    priority_flag=octet,
    schedule_delivery_time=times,
    replace_if_present=octet,
    sm_default_msg_id=octet,
    tlvs=tlvs,
)

FIELDS = {
    "service_type": "service_type",
    "data_coding": "data_coding",
    "esm_class": "esm_class",
    "registered_delivery": "registered_delivery",
    "validity_period": "validity_period",
    "protocol_id": "protocol_id",
    "priority_flag": "priority_flag",
    "schedule_delivery_time": "schedule_delivery_time",
    "replace_if_present": "replace_if_present_flag",
    "sm_default_msg_id": "sm_default_msg_id",
    "short_message": "short_message",
}
"""Our names of fields, and smpplib's."""


class _Numbers:
    """What smpplib wants for a client: something that numbers PDUs."""

    sequence = 0

    def next_sequence(self) -> int:
        return 1


def _theirs(command: str, sequence: int, **fields: object) -> bytes:
    pdu = smpp.make_pdu(command, client=_Numbers(), **fields)
    # smpplib drops a sequence given as a keyword.
    pdu.sequence = sequence
    octets: bytes = pdu.generate()
    return octets


def _parsed(octets: bytes) -> Any:
    return smpp.parse_pdu(octets, client=_Numbers(), allow_unknown_opt_params=True)


def _as_theirs(message: ShortMessage) -> dict[str, object]:
    """A message under smpplib's names."""
    fields: dict[str, object] = {
        theirs: getattr(message, ours) for ours, theirs in FIELDS.items()
    }
    fields["source_addr_ton"] = message.source.ton
    fields["source_addr_npi"] = message.source.npi
    fields["source_addr"] = message.source.digits
    fields["dest_addr_ton"] = message.destination.ton
    fields["dest_addr_npi"] = message.destination.npi
    fields["destination_addr"] = message.destination.digits
    for tag, value in message.tlvs.items():
        name = Tag(tag).name.lower()
        payload = tag == Tag.MESSAGE_PAYLOAD
        fields[name] = value if payload else int.from_bytes(value, "big")
    return fields


def _same(value: object, expected: object) -> bool:
    """Compare as smpplib gives it: texts as octets, empty ones perhaps as None."""
    if isinstance(expected, str):
        return (value or b"") == expected.encode()
    return value == expected


class OracleTests(SynchronousTestCase):
    """Two codecs, written by different people, agree."""

    @given(sequence, messages)
    def test_they_read_ours(self, sequence: int, message: ShortMessage) -> None:
        """smpplib reads every field of the messages that we write."""
        for pdu in (
            pdus.SubmitSm(sequence, message),
            pdus.DeliverSm(sequence, message),
        ):
            theirs = _parsed(encode(pdu))
            self.assertEqual(theirs.sequence, sequence)
            for name, value in _as_theirs(message).items():
                self.assertTrue(_same(getattr(theirs, name), value), name)

    @given(sequence, messages)
    def test_we_read_theirs(self, sequence: int, message: ShortMessage) -> None:
        """We read every field of the messages that smpplib writes."""
        fields = _as_theirs(message)
        submit = decode(_theirs("submit_sm", sequence, **fields))
        self.assertEqual(submit, pdus.SubmitSm(sequence, message))
        deliver = decode(_theirs("deliver_sm", sequence, **fields))
        self.assertEqual(deliver, pdus.DeliverSm(sequence, message))

    @given(st.binary(min_size=1, max_size=260))
    def test_message_payload(self, payload: bytes) -> None:
        """A payload in place of the text is the same octets in both codecs."""
        tlvs = {int(Tag.MESSAGE_PAYLOAD): payload}
        message = ShortMessage(Address("1"), Address("2"), tlvs=tlvs)
        theirs = _theirs("submit_sm", 1, **_as_theirs(message))
        self.assertEqual(decode(theirs), pdus.SubmitSm(1, message))
        self.assertEqual(encode(pdus.SubmitSm(1, message)), theirs)

    @given(
        sequence,
        st.sampled_from(list(BindMode)),
        printable(15),
        printable(8),
        printable(12),
        printable(40),
        octet,
    )
    def test_bind(
        self,
        sequence: int,
        mode: BindMode,
        system_id: str,
        password: str,
        system_type: str,
        address_range: str,
        number: int,
    ) -> None:
        """Bind requests are the same octets in both codecs.

        smpplib writes version 3.4 whatever it is told.
        """
        bind = pdus.Bind(
            sequence,
            mode,
            system_id,
            password,
            system_type,
            SMPP_VERSION_34,
            number,
            number,
            address_range,
        )
        theirs = _theirs(
            f"bind_{mode.name.lower()}",
            sequence,
            system_id=system_id,
            password=password,
            system_type=system_type,
            addr_ton=number,
            addr_npi=number,
            address_range=address_range,
        )
        self.assertEqual(encode(bind), theirs)
        self.assertEqual(decode(theirs), bind)

    @given(sequence, printable(64))
    def test_submit_sm_resp(self, sequence: int, message_id: str) -> None:
        """Answers to submits are the same octets in both codecs."""
        answer = pdus.SubmitSmResp(sequence, 0, message_id)
        theirs = _theirs("submit_sm_resp", sequence, message_id=message_id)
        self.assertEqual(encode(answer), theirs)
        self.assertEqual(decode(theirs), answer)

    @given(sequence, st.integers(0, 2**32 - 1))
    def test_headers(self, sequence: int, status: int) -> None:
        """PDUs without fields are the same octets in both codecs."""
        pairs: tuple[tuple[str, pdus.Pdu], ...] = (
            ("enquire_link", pdus.EnquireLink(sequence)),
            ("enquire_link_resp", pdus.EnquireLinkResp(sequence, status)),
            ("unbind", pdus.Unbind(sequence)),
            ("unbind_resp", pdus.UnbindResp(sequence, status)),
            ("generic_nack", pdus.GenericNack(sequence, status)),
            ("deliver_sm_resp", pdus.DeliverSmResp(sequence, status)),
        )
        for command, pdu in pairs:
            keywords = (
                {} if command in ("enquire_link", "unbind") else {"status": status}
            )
            theirs = _theirs(command, sequence, **keywords)
            self.assertEqual(encode(pdu), theirs, command)
            self.assertEqual(decode(theirs), pdu, command)
