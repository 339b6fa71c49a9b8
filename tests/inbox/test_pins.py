"""PINs cut out of texts, and out of the octets of every kind of link."""

from __future__ import annotations

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm.coding_text import write_text
from smscentre.gsm.parts import alphabet_for
from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu import encode
from smscentre.gsm.tpdu_values import Deliver
from smscentre.inbox.pins import cut, masked
from smscentre.links.modem_message import read
from smscentre.messages import Address, Alphabet, Incoming, Part
from smscentre.smpp.text import encode_text

_REPORT = "RUTAN 82 54 36 39"
_SENDER = Address("628111203001", 1, 1)
_CENTRE = bytes.fromhex("00")
_NOON = Timestamp(bytes.fromhex("80407221000082"))


@frozen
class Case:
    """A text, what a command reads of it, the PIN, and what is stored."""

    text: str
    left: str
    pin: str
    stored: str


CASES = (
    Case(f"{_REPORT} PIN 123456", _REPORT, "123456", f"{_REPORT} PIN ******"),
    Case(f"{_REPORT} pin:123456.", f"{_REPORT} .", "123456", f"{_REPORT} pin:******."),
    Case(f"{_REPORT}\nPin=123456", _REPORT, "123456", f"{_REPORT}\nPin=******"),
    Case(f"{_REPORT}PIN123456", _REPORT, "123456", f"{_REPORT}PIN******"),
    Case("RUTANPIN123456", "RUTAN", "123456", "RUTANPIN******"),
    Case("X PIN 12 34 56", "X", "123456", "X PIN ** ** **"),
    Case("X PIN 12-34-56", "X", "123456", "X PIN **-**-**"),
    Case("X PIN 12345O", "X", "12345O", "X PIN ******"),
    Case("X PIN l23456", "X", "L23456", "X PIN ******"),
    Case("X PIN 1\u200b23456", "X", "123456", "X PIN *\u200b*****"),
    Case("X \uff30\uff29\uff2e \uff11\uff12", "X", "12", "X \uff30\uff29\uff2e **"),
    Case("X PIN 123456 trims", "X   trims", "123456", "X PIN ****** trims"),
    Case("X PIN 1\nY PIN 1", "X  \nY", "1", "X PIN *\nY PIN *"),
    Case("X PIN 1\nY PIN 2", "X  \nY", "1 2", "X PIN *\nY PIN *"),
    Case("X PIN ******", "X", "", "X PIN ******"),
)

UNTOUCHED = (
    _REPORT,
    "",
    "RUTAN GETUPT LP CIPINANG 270408",
    "RUTAN GETUPT CIPINANG2",
    "PIN",
    "PINTU 5",
    "LAPIN 82",
    "SPIN 123456",
    "SPIN82",
)


class CutTests(SynchronousTestCase):
    """The text without its PIN."""

    def test_cases(self) -> None:
        """What is left, the PIN as on a keypad, and stars in its place."""
        for case in CASES:
            with self.subTest(text=case.text):
                found = cut(case.text)
                assert found is not None
                self.assertEqual(found.pin, case.pin)
                self.assertEqual(found.text.split(), case.left.split())
                kept = masked(_plain(case.text), found.places)
                self.assertEqual(kept.text, case.stored)

    def test_untouched(self) -> None:
        """No word that only has these letters is one."""
        for text in UNTOUCHED:
            self.assertIsNone(cut(text), text)

    def test_the_rest_of_a_long_message(self) -> None:
        """It may begin within the PIN; figures of more than a PIN do not."""
        for text in ("456", "IN 123456", " 123456 ", "N 123456", "1."):
            self.assertIsNotNone(cut(text, is_rest=True), text)
        for text in ("82 54 36 39 12", "halo", "RUTAN 5", ""):
            self.assertIsNone(cut(text, is_rest=True), text)

    def test_long_texts_cost_little(self) -> None:
        """Nothing in a text makes the search start over and over."""
        for text in ("PIN_" * 15_000, "PIN" + "_" * 60_000, "PIN" + "A" * 60_000):
            self.assertIsNone(cut(text))

    @given(st.text(), st.integers(0, 999_999), st.text())
    def test_any_text(self, before: str, number: int, after: str) -> None:
        """Of any text with a PIN nothing of it is left after the word."""
        pin = f"{number:06}"
        found = cut(f"{before} PIN {pin} {after}")
        assert found is not None
        kept = masked(_plain(f"{before} PIN {pin} {after}"), found.places)
        self.assertNotIn(f"PIN {pin}", kept.text)
        self.assertIn("PIN ******", kept.text)


def _plain(text: str) -> Incoming:
    """A text as a link with octets of its own has it."""
    body = text.encode("utf-16-be", "surrogatepass")
    return _incoming(text, 8, body, b"\x00head" + body + b"tail")


def _incoming(
    text: str, coding: int, body: bytes, raw: bytes, udh: bytes = b""
) -> Incoming:
    centre = Address("02170252704")
    return Incoming(
        "a:1", "carrier", "a", _SENDER, centre, coding, udh, body, text, raw, 0.0
    )


class OctetsTests(SynchronousTestCase):
    """The octets that brought it."""

    def of_carrier(self, text: str, alphabet: Alphabet) -> Incoming:
        """A text in a PDU, something before it and something behind."""
        coding, body = encode_text(text, alphabet)
        return _incoming(text, coding, body, b"\x00\x00\x00head" + body + b"\x14\x00")

    def of_modem(self, text: str, part: Part | None = None) -> Incoming:
        """A text as a modem reads it, septets packed."""
        coding, data = write_text(text, alphabet_for(text), part)
        raw = _CENTRE + encode(Deliver(_SENDER, _NOON, data, coding))
        reading = read(raw)
        return _incoming(reading.text, coding, reading.body, raw, reading.udh)

    def hide(self, incoming: Incoming) -> Incoming:
        """What is kept of it; of the same length, which the queue counts by."""
        found = cut(incoming.text)
        assert found is not None
        kept = masked(incoming, found.places)
        self.assertEqual(len(kept.raw), len(incoming.raw))
        self.assertEqual(len(kept.body), len(incoming.body))
        return kept

    def test_carrier(self) -> None:
        """In both alphabets only the digits are changed."""
        for alphabet in Alphabet:
            text = f"{_REPORT} [PIN] PIN 739184"
            kept = self.hide(self.of_carrier(text, alphabet))
            _, body = encode_text(f"{_REPORT} [PIN] PIN ******", alphabet)
            self.assertEqual(kept.body, body)
            self.assertEqual(kept.raw, b"\x00\x00\x00head" + body + b"\x14\x00")

    def test_modem(self) -> None:
        """What is kept reads as the text with stars, in whatever way it was packed."""
        for part in (None, Part(7, 8, 2, 2), Part(700, 16, 2, 2)):
            for text in (_REPORT, f"{_REPORT} {{}}", f"{_REPORT} \u2013"):
                kept = self.hide(self.of_modem(f"{text} PIN 739184", part))
                self.assertEqual(read(kept.raw).text, f"{text} PIN ******")
                self.assertEqual(kept.text, f"{text} PIN ******")

    def test_octets_that_do_not_fit(self) -> None:
        """Where places cannot be told nothing is kept of them."""
        text = f"{_REPORT} PIN 739184"
        kept = self.hide(_incoming(text, 0, b"739184 zipped", b"739184 zipped!"))
        self.assertEqual(kept.body, b"*" * 13)
        kept = self.hide(_incoming(text, 0, text.encode(), b"something 739184"))
        self.assertEqual(kept.raw, bytes(16))

    @given(
        st.text("ABC 0123456789[]{}\n\u20ac\u00e9", max_size=60),
        st.integers(0, 999_999),
        st.sampled_from(["", " ", ".", " trims", "\n[]"]),
        st.sampled_from([None, Part(7, 8, 2, 2)]),
    )
    def test_any_text_of_a_modem(
        self, before: str, number: int, after: str, part: Part | None
    ) -> None:
        """All but the digits of the PIN is as it was."""
        pin = f"{number:06}"
        incoming = self.of_modem(f"{before} PIN {pin}{after}", part)
        kept = self.hide(incoming)
        self.assertEqual(read(kept.raw).text, kept.text)
        self.assertIn("PIN ******", kept.text)
        self.assertEqual(len(kept.text), len(incoming.text))
