"""Tests for `smscentre.smpp.message`."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm.alphabet import UnencodableError
from smscentre.gsm.seams import join_parts
from smscentre.messages import Address, Alphabet, Part
from smscentre.smpp.codes import Tag
from smscentre.smpp.errors import LocalProtocolError
from smscentre.smpp.message import (
    LongMessages,
    ReadMessage,
    SubmitStyle,
    read_message,
    relative_time,
    write_message,
)
from smscentre.smpp.text import DefaultAlphabet
from tests.smpp.samples import MESSAGE

STYLE = SubmitStyle(Address("02170252704", 0, 1))
OFFICER = Address("6281112030001", 1, 1)
ALPHABETS: tuple[DefaultAlphabet, ...] = ("gsm7", "latin1", "ascii")
SAR = {
    int(Tag.SAR_MSG_REF_NUM): b"\xaa\xbb",
    int(Tag.SAR_TOTAL_SEGMENTS): b"\3",
    int(Tag.SAR_SEGMENT_SEQNUM): b"\2",
}


class ReadTests(SynchronousTestCase):
    """From a deliver_sm to its text and place."""

    def test_plain(self) -> None:
        """A short message is its own body."""
        text = "RUTAN 100 20 30 40"
        expected = ReadMessage(b"", text.encode(), text, None, 0)
        self.assertEqual(read_message(MESSAGE), expected)

    def test_header(self) -> None:
        """With the indicator set the header is taken off and gives the place."""
        header = bytes.fromhex("050003aa0201")
        message = evolve(MESSAGE, short_message=header + b"RUTAN", esm_class=0x40)
        expected = ReadMessage(header, b"RUTAN", "RUTAN", Part(0xAA, 8, 2, 1), 0)
        self.assertEqual(read_message(message), expected)

    def test_header_in_ucs2(self) -> None:
        """A header of odd length does not shift UCS-2."""
        header = bytes.fromhex("060804aabb0201")
        body = "RUT€".encode("utf-16-be")
        message = evolve(
            MESSAGE, short_message=header + body, esm_class=0x43, data_coding=8
        )
        found = read_message(message)
        self.assertEqual((found.text, found.part), ("RUT€", Part(0xAABB, 16, 2, 1)))

    def test_broken_header(self) -> None:
        """A header beyond its text is left in the body: nothing is lost."""
        message = evolve(MESSAGE, short_message=b"RUTAN", esm_class=0x40)
        found = read_message(message)
        self.assertEqual((found.udh, found.body, found.part), (b"", b"RUTAN", None))

    def test_header_not_indicated(self) -> None:
        """Without the indicator the same octets are text."""
        octets = bytes.fromhex("050003aa0201")
        found = read_message(evolve(MESSAGE, short_message=octets))
        self.assertEqual((found.udh, found.body, found.part), (b"", octets, None))

    def test_sar(self) -> None:
        """The three SAR TLVs give the place, with a reference of 16 bits."""
        found = read_message(evolve(MESSAGE, tlvs=SAR))
        self.assertEqual(found.part, Part(0xAABB, 16, 3, 2))

    def test_bad_sar(self) -> None:
        """One missing, odd or impossible SAR TLV makes them all void."""
        for change in (b"\0", b"\4", b"\0\1", None):
            tlvs = dict(SAR)
            del tlvs[Tag.SAR_SEGMENT_SEQNUM]
            if change is not None:
                tlvs[Tag.SAR_SEGMENT_SEQNUM] = change
            found = read_message(evolve(MESSAGE, tlvs=tlvs))
            self.assertEqual((found.part, found.fragment), (None, True))

    def test_fragment(self) -> None:
        """One of several parts without a place is told from a whole message."""
        rows = (
            ("050003aa0203", True),
            ("050003aa0200", True),
            ("050003aa0201", False),
            ("050003aa0101", False),
            ("050003aa0100", False),
            ("050003aa0000", False),
        )
        for header, fragment in rows:
            octets = bytes.fromhex(header) + b"RUTAN"
            found = read_message(evolve(MESSAGE, short_message=octets, esm_class=0x40))
            self.assertEqual((found.fragment, found.body), (fragment, b"RUTAN"))

    def test_part_of_one(self) -> None:
        """A message in one part is whole, by header and by TLVs."""
        octets = bytes.fromhex("050003aa0101")
        message = evolve(MESSAGE, short_message=octets, esm_class=0x40)
        self.assertIsNone(read_message(message).part)
        tlvs = dict(SAR)
        tlvs[Tag.SAR_TOTAL_SEGMENTS] = tlvs[Tag.SAR_SEGMENT_SEQNUM] = b"\1"
        self.assertIsNone(read_message(evolve(MESSAGE, tlvs=tlvs)).part)

    def test_header_before_sar(self) -> None:
        """Where both are present the header counts."""
        octets = bytes.fromhex("050003aa0201")
        message = evolve(MESSAGE, short_message=octets, esm_class=0x40, tlvs=SAR)
        self.assertEqual(read_message(message).part, Part(0xAA, 8, 2, 1))

    def test_header_of_one_part(self) -> None:
        """The only part of one is a message of its own, by header and by TLVs."""
        octets = bytes.fromhex("050003aa0101") + b"RUTAN"
        found = read_message(evolve(MESSAGE, short_message=octets, esm_class=0x40))
        self.assertEqual((found.part, found.text), (None, "RUTAN"))
        tlvs = SAR | {int(Tag.SAR_TOTAL_SEGMENTS): b"\1"}
        tlvs[Tag.SAR_SEGMENT_SEQNUM] = b"\1"
        found = read_message(evolve(MESSAGE, tlvs=tlvs))
        self.assertIsNone(found.part)

    def test_void_header_before_sar(self) -> None:
        """A header without a valid place leaves it to the TLVs."""
        octets = bytes.fromhex("050003aa0200")
        message = evolve(MESSAGE, short_message=octets, esm_class=0x40, tlvs=SAR)
        self.assertEqual(read_message(message).part, Part(0xAABB, 16, 3, 2))

    def test_national_language(self) -> None:
        """The languages of the header are those of its septets, on any link."""
        rows = (
            ("03240101", "1b67", 0, "ğ"),
            ("03250101", "0b65", 0, "Ğe"),
            ("06240101250101", "1b670b", 0xF1, "ğĞ"),
            ("032401ff", "1b65", 0, "€"),
            ("03250101", "0bff", 3, "\x0bÿ"),
            ("03250101", "011e", 8, "Ğ"),
        )
        for header, body, coding, text in rows:
            octets = bytes.fromhex(header + body)
            message = evolve(
                MESSAGE, short_message=octets, esm_class=0x40, data_coding=coding
            )
            self.assertEqual(read_message(message).text, text, header)

    def test_national_language_of_a_part(self) -> None:
        """Each part is read by the languages of its own header."""
        octets = bytes.fromhex("08 0003aa0201 250101 0b1b")
        message = evolve(MESSAGE, short_message=octets, esm_class=0x40)
        found = read_message(message)
        self.assertEqual((found.text, found.part), ("Ğ ", Part(0xAA, 8, 2, 1)))

    def test_cut_character(self) -> None:
        """A character cut in two is whole again when the parts are joined."""
        texts = []
        for octets in ("050003aa0201 0052d83d", "050003aa0202 de000053"):
            message = evolve(
                MESSAGE,
                short_message=bytes.fromhex(octets),
                esm_class=0x40,
                data_coding=8,
            )
            texts.append(read_message(message).text)
        self.assertEqual(join_parts(texts), "R😀S")

    def test_header_in_payload(self) -> None:
        """A header may begin message_payload as well."""
        octets = bytes.fromhex("050003aa0201") + b"RUTAN"
        tlvs: dict[int, bytes] = {Tag.MESSAGE_PAYLOAD: octets}
        message = evolve(MESSAGE, short_message=b"", esm_class=0x40, tlvs=tlvs)
        found = read_message(message)
        self.assertEqual((found.text, found.part), ("RUTAN", Part(0xAA, 8, 2, 1)))

    def test_greatest_payload(self) -> None:
        """All that a TLV can hold is read, in every coding."""
        for coding, octets, text in (
            (0, b"\x1be" * 32_767, "€" * 32_767),
            (8, b"\x20\xac" * 32_767, "€" * 32_767),
            (3, b"\xe9" * 65_535, "é" * 65_535),
        ):
            tlvs: dict[int, bytes] = {Tag.MESSAGE_PAYLOAD: octets}
            message = evolve(MESSAGE, short_message=b"", data_coding=coding, tlvs=tlvs)
            self.assertEqual(read_message(message).text, text)

    def test_payload(self) -> None:
        """message_payload is the body when short_message is empty, and only then."""
        tlvs: dict[int, bytes] = {Tag.MESSAGE_PAYLOAD: b"x" * 400}
        found = read_message(evolve(MESSAGE, short_message=b"", tlvs=tlvs))
        self.assertEqual(found.body, b"x" * 400)
        found = read_message(evolve(MESSAGE, tlvs=tlvs))
        self.assertEqual(found.body, MESSAGE.short_message)

    def test_empty(self) -> None:
        """An empty message is an empty text, with or without the indicator."""
        for esm_class in (0, 0x40):
            message = evolve(MESSAGE, short_message=b"", esm_class=esm_class)
            self.assertEqual(read_message(message), ReadMessage(b"", b"", "", None, 0))

    def test_default_alphabet(self) -> None:
        """What data_coding 0 means is the link's."""
        message = evolve(MESSAGE, short_message=b"\xe9")
        self.assertEqual(read_message(message, "latin1").text, "é")


class WriteTests(SynchronousTestCase):
    """From a text to a submit_sm."""

    def test_whole(self) -> None:
        """A short text is sent as it is, with its addresses and a receipt asked for."""
        found = write_message(STYLE, OFFICER, "OK@", Alphabet.GSM7)
        self.assertEqual((found.source, found.destination), (STYLE.source, OFFICER))
        self.assertEqual((found.short_message, found.data_coding), (b"OK\0", 0))
        self.assertEqual((found.esm_class, found.tlvs), (0, {}))
        self.assertEqual((found.registered_delivery, found.validity_period), (1, ""))

    def test_options(self) -> None:
        """Receipts can be left out and a validity be given."""
        style = evolve(STYLE, receipts=False)
        found = write_message(style, OFFICER, "OK", Alphabet.GSM7, None, 86400.9)
        self.assertEqual(found.registered_delivery, 0)
        self.assertEqual(found.validity_period, "000001000000000R")

    def test_udh(self) -> None:
        """A part carries its header before its text."""
        part = Part(0xAA, 8, 2, 1)
        found = write_message(STYLE, OFFICER, "OK", Alphabet.UCS2, part)
        expected = bytes.fromhex("050003aa0201 004f004b")
        self.assertEqual((found.short_message, found.esm_class), (expected, 0x40))

    def test_sar(self) -> None:
        """Or its place in TLVs, and no header."""
        style = evolve(STYLE, long_messages="sar")
        part = Part(0xAABB, 16, 3, 2)
        found = write_message(style, OFFICER, "OK", Alphabet.GSM7, part)
        self.assertEqual((found.short_message, found.esm_class), (b"OK", 0))
        self.assertEqual(found.tlvs, SAR)

    def test_payload(self) -> None:
        """A long text goes whole into message_payload, a short one does not."""
        style = evolve(STYLE, long_messages="payload")
        for length, alphabet, whole in (
            (160, Alphabet.GSM7, False),
            (161, Alphabet.GSM7, True),
            (70, Alphabet.UCS2, False),
            (71, Alphabet.UCS2, True),
        ):
            found = write_message(style, OFFICER, "x" * length, alphabet)
            self.assertEqual(found.short_message == b"", whole)
            self.assertEqual(Tag.MESSAGE_PAYLOAD in found.tlvs, whole)
            self.assertEqual(read_message(found).text, "x" * length)

    def test_payload_counts_as_phones_do(self) -> None:
        """What is long is counted as on the air: an escaped character twice."""
        style = evolve(STYLE, long_messages="payload")
        for text, whole in (("[" * 80, False), ("[" * 81, True)):
            for default in ALPHABETS:
                found = write_message(
                    evolve(style, default_alphabet=default),
                    OFFICER,
                    text,
                    Alphabet.GSM7,
                )
                self.assertEqual(Tag.MESSAGE_PAYLOAD in found.tlvs, whole)

    def test_cut_for_another_link(self) -> None:
        """What this link's data_coding 0 lacks goes as UCS-2 if that fits.

        Else it is lost, for a part cannot be cut again.
        """
        style = evolve(STYLE, default_alphabet="latin1")
        part = Part(0xAA, 8, 2, 1)
        for length, place, coding in (
            (70, None, 8),
            (71, None, 0),
            (67, part, 8),
            (68, part, 0),
            (153, part, 0),
        ):
            text = "x" * (length - 1) + "€"
            found = write_message(style, OFFICER, text, Alphabet.GSM7, place)
            self.assertEqual(found.data_coding, coding, length)
            lossless = read_message(found, "latin1").text == text
            self.assertEqual(lossless, coding == 8)
            self.assertLessEqual(len(found.short_message), 6 + 160)

    def test_cut_for_another_link_whole(self) -> None:
        """message_payload has room for it."""
        style = evolve(STYLE, default_alphabet="latin1", long_messages="payload")
        found = write_message(style, OFFICER, "€" * 150, Alphabet.GSM7)
        self.assertEqual(read_message(found).text, "€" * 150)

    def test_what_does_not_fit(self) -> None:
        """A part that cannot be is our error."""
        sar = evolve(STYLE, long_messages="sar")
        wrong = (
            (STYLE, Part(256, 8, 2, 1)),
            (STYLE, Part(1, 8, 2, 3)),
            (STYLE, Part(1, 8, 256, 1)),
            (sar, Part(65536, 16, 2, 1)),
            (sar, Part(1, 16, 2, 0)),
        )
        for style, part in wrong:
            self.assertRaises(
                LocalProtocolError,
                write_message,
                style,
                OFFICER,
                "OK",
                Alphabet.GSM7,
                part,
            )

    def test_unencodable(self) -> None:
        """A character that the alphabet lacks is the caller's error."""
        self.assertRaises(
            UnencodableError, write_message, STYLE, OFFICER, "😀", Alphabet.GSM7
        )

    @given(
        st.text("RUTAN 0123€@", max_size=60),
        st.sampled_from(Alphabet),
        st.sampled_from(("udh", "sar")),
        st.integers(2, 255).flatmap(
            lambda total: st.builds(
                Part,
                st.integers(0, 65535),
                st.just(16),
                st.just(total),
                st.integers(1, total),
            )
        ),
    )
    def test_round_trip(
        self, text: str, alphabet: Alphabet, long_messages: LongMessages, part: Part
    ) -> None:
        """What is written is read again, text and place."""
        style = evolve(STYLE, long_messages=long_messages)
        found = read_message(write_message(style, OFFICER, text, alphabet, part))
        self.assertEqual((found.text, found.part), (text, part))


class RelativeTimeTests(SynchronousTestCase):
    """Durations as SMPP writes them."""

    def test_cases(self) -> None:
        """Each duration is written in its units; none is shorter than a second."""
        rows = (
            (-5, "000000000001000R"),
            (0, "000000000001000R"),
            (59, "000000000059000R"),
            (3661, "000000010101000R"),
            (86_400, "000001000000000R"),
            (30 * 86_400, "000100000000000R"),
            (365 * 86_400, "010005000000000R"),
        )
        for seconds, expected in rows:
            self.assertEqual(relative_time(seconds), expected)

    def test_century(self) -> None:
        """More than the format holds is refused."""
        self.assertRaises(LocalProtocolError, relative_time, 100 * 360 * 86_400)
