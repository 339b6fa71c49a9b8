"""The link beside carriers of SMPP 3.3, 3.4 and 5.0, as they are on the wire."""

from __future__ import annotations

import struct
from typing import Any, ClassVar

from attrs import evolve, frozen
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.assembly import smpp_link
from smscentre.links.smpp import SmppOptions
from smscentre.messages import Accepted, Part
from smscentre.sections import SmppConfig
from smscentre.smpp import codec, events, pdus
from smscentre.smpp.codes import ESM_UDHI, Tag
from smscentre.smpp.framing import Framer
from smscentre.structuring import Secret
from tests.links.fakes import (
    NOW,
    FakeDeliveries,
    Observer,
    SmppLinkTestCase,
    Wire,
    outgoing,
)
from tests.smpp.samples import MESSAGE

BIND_RESP = 0x80000009
SUBMIT_RESP = 0x80000004
DELIVER = 0x05

CONGESTION = bytes.fromhex("04280001 5a")
"""congestion_state of 90. Source: SMPP 5.0 §4.8.4 (TLVs)."""

NETWORK = bytes.fromhex("060d0003 313233")
"""source_network_id. Source: SMPP 5.0 §4.8.4 (TLVs)."""


def pdu(command: int, sequence: int, body: bytes) -> bytes:
    """Header and body exactly as given."""
    return struct.pack(">4L", 16 + len(body), command, 0, sequence) + body


@frozen
class Peer:
    """A carrier by its bind_resp, and whether it may get TLVs."""

    name: str
    body: bytes
    tlvs: bool


PEERS = (
    Peer("3.3, or one that does not say", b"SMSC\0", tlvs=True),
    Peer("the same, without a name", b"\0", tlvs=True),
    Peer("3.3, as it says", b"SMSC\0" + bytes.fromhex("0210000133"), tlvs=False),
    Peer("3.4", b"SMSC\0" + bytes.fromhex("0210000134"), tlvs=True),
    Peer("5.0", b"SMSC\0" + bytes.fromhex("0210000150") + CONGESTION, tlvs=True),
)


class VersionTests(SmppLinkTestCase):
    """What each carrier gets, with SAR wanted where it can be had."""

    options: ClassVar[SmppOptions] = evolve(
        SmppLinkTestCase.options,
        style=evolve(SmppLinkTestCase.options.style, long_messages="sar"),
    )

    def meet(self, body: bytes) -> None:
        """Begin anew with a carrier that answers the bind so."""
        self.lose()
        self.endings.clear()
        self.deliveries.outcomes.clear()
        self.connect()
        self.received()
        self.protocol.dataReceived(pdu(BIND_RESP, 1, body))

    def submitted(self) -> pdus.SubmitSm:
        """A part of two, as it was written."""
        self.link.send(outgoing(part=Part(7, 8, 2, 1)))
        (submit,) = self.received()
        assert isinstance(submit, pdus.SubmitSm)
        return submit

    def test_tlvs_only_from_3_4_on(self) -> None:
        """An older carrier gets a part with a header instead."""
        for peer in PEERS:
            with self.subTest(peer=peer.name):
                self.meet(peer.body)
                message = self.submitted().message
                self.assertEqual(Tag.SAR_MSG_REF_NUM in message.tlvs, peer.tlvs)
                self.assertEqual(bool(message.esm_class & ESM_UDHI), not peer.tlvs)
                self.assertEqual(bool(message.tlvs), peer.tlvs)
        self.assertEqual(self.observer.faults, [])

    def test_ids(self) -> None:
        """Short ones, hexadecimal ones, and what 5.0 adds after them."""
        for body, smsc_id in (
            (b"0A1F\0", "0A1F"),
            (b"7\0", "7"),
            (b"0A1F\0" + CONGESTION, "0A1F"),
            (b"x" * 64 + b"\0", "x" * 64),
        ):
            self.meet(PEERS[0].body)
            sequence = self.submitted().sequence
            self.protocol.dataReceived(pdu(SUBMIT_RESP, sequence, body))
            self.assertEqual(self.deliveries.outcomes, [(1, Accepted(smsc_id))])
        self.assertEqual(self.observer.faults, [])

    def test_a_deliver_sm_of_5_0(self) -> None:
        """TLVs that we do not know are no fault."""
        self.meet(PEERS[-1].body)
        body = codec.encode(pdus.DeliverSm(1, MESSAGE))[16:] + NETWORK + CONGESTION
        self.protocol.dataReceived(pdu(DELIVER, 9, body))
        ((incoming, _),) = self.deliveries.arrivals
        self.assertEqual(incoming.text, "RUTAN 100 20 30 40")
        self.accept()
        self.assertEqual(self.received(), [pdus.DeliverSmResp(9)])
        self.assertEqual(self.observer.faults, [])

    def test_outbind(self) -> None:
        """It is not answered but counted, and the connection closes."""
        self.meet(PEERS[3].body)
        self.carrier(pdus.Outbind(1, "SMSC", "secret"))
        self.assertEqual(self.received(), [])
        self.assertTrue(self.wire.disconnecting)
        self.assertEqual(self.observer.faults, [events.OUTBIND])


class PayloadTests(VersionTests):
    """A text that was not cut goes as it was configured: nobody can cut it now."""

    options: ClassVar[SmppOptions] = evolve(
        SmppLinkTestCase.options,
        style=evolve(SmppLinkTestCase.options.style, long_messages="payload"),
    )

    def test_tlvs_only_from_3_4_on(self) -> None:
        """Only for a text that is too long for one SMS, but to every carrier."""
        for peer in PEERS:
            for length in (160, 161, 254, 255, 300):
                with self.subTest(peer=peer.name, length=length):
                    self.meet(peer.body)
                    self.link.send(evolve(outgoing(), text="x" * length))
                    (submit,) = self.received()
                    assert isinstance(submit, pdus.SubmitSm)
                    message = submit.message
                    payload = message.tlvs.get(Tag.MESSAGE_PAYLOAD, b"")
                    found = len(message.short_message), len(payload)
                    self.assertEqual(found, (160, 0) if length == 160 else (0, length))


class OlderTests(VersionTests):
    """We say that we speak 3.3: then no carrier gets TLVs, whatever it speaks."""

    session_options = evolve(SmppLinkTestCase.session_options, interface_version=0x33)

    def test_tlvs_only_from_3_4_on(self) -> None:
        """Not even a carrier of 5.0."""
        for peer in PEERS:
            self.meet(peer.body)
            self.assertEqual(self.submitted().message.tlvs, {})


class BindFieldTests(SynchronousTestCase):
    """From the configuration to the octets of the bind."""

    def bind(self, **keys: Any) -> pdus.Bind:
        """The bind of a section."""
        section = SmppConfig(
            "carrier", "host", "centre", Secret("secret"), "0217", **keys
        )
        link = smpp_link(section, FakeDeliveries(), Clock(), lambda: NOW, Observer())
        protocol, wire = link.build(), Wire()
        protocol.makeConnection(wire)
        (octets,) = Framer().feed(wire.value())
        request = codec.decode(octets)
        assert isinstance(request, pdus.Bind)
        protocol.connectionLost()
        return request

    def test_versions(self) -> None:
        """As the carrier asks for them."""
        for version, octet in (("3.3", 0x33), ("3.4", 0x34), ("5.0", 0x50)):
            found = self.bind(interface_version=version)
            self.assertEqual(found.interface_version, octet)

    def test_every_mode(self) -> None:
        """Each key has its command; a pair begins with its transmitter."""
        for bind, mode in (
            ("transceiver", pdus.BindMode.TRANSCEIVER),
            ("transmitter", pdus.BindMode.TRANSMITTER),
            ("receiver", pdus.BindMode.RECEIVER),
            ("pair", pdus.BindMode.TRANSMITTER),
        ):
            self.assertIs(self.bind(bind=bind).mode, mode)

    def test_every_field(self) -> None:
        """System type, address range, and how its numbers are to be read."""
        found = self.bind(
            system_type="SMS", address_range="^0217", source_ton=2, source_npi=8
        )
        expected = pdus.Bind(
            1, pdus.BindMode.TRANSCEIVER, "centre", "secret", "SMS", 0x34, 2, 8, "^0217"
        )
        self.assertEqual(found, expected)

    def test_without_a_range(self) -> None:
        """There is no number that a type would belong to."""
        found = self.bind(source_ton=2, source_npi=8)
        self.assertEqual((found.addr_ton, found.addr_npi), (0, 0))
