"""Tests for `smscentre.gsm.dump`: TPDUs in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.gsm.dump import dump, type_of
from tests.gsm.octets import DELIVER, PART, REPORT, SUBMIT


class DumpTests(SynchronousTestCase):
    """Every type, field by field."""

    def fields(self, octets: bytes) -> dict[str, str]:
        """The fields by name, without what sets some of them in."""
        return {field.name.strip(): field.value for field in dump(octets)}

    def test_a_message_to_us(self) -> None:
        """The example that every manual of a modem has."""
        self.assertEqual(
            self.fields(DELIVER),
            {
                "service centre": "'27381000015' international, ISDN (E.164)",
                "TP-MTI": "SMS-DELIVER",
                "TP-OA": "'27838890001' subscriber number, national",
                "TP-PID": "0x00",
                "TP-DCS": "0x00 GSM 7-bit",
                "TP-SCTS": "2099-03-29 15:16:59+02:00",
                "TP-UD": "68 65 6c 6c 6f 68 65 6c 6c 6f",
                "text": "'hellohello'",
            },
        )

    def test_a_part(self) -> None:
        """Its place is told, and its text without the header."""
        fields = self.fields(PART)
        self.assertEqual(
            fields["user data header"], "part 1 of 2, reference 7 of 8 bits"
        )
        self.assertEqual(fields["text"], "'RUTAN 1 2 3 4'")

    def test_a_message_from_us(self) -> None:
        """With what was asked of the service centre."""
        fields = self.fields(SUBMIT)
        self.assertEqual(fields["service centre"], "the SIM's own")
        self.assertEqual(fields["TP-MTI"], "SMS-SUBMIT, report requested")
        self.assertEqual(fields["TP-DA"], "'628111203001' international, ISDN (E.164)")
        self.assertEqual(fields["TP-VP"], "0xA7 24 h")
        self.assertEqual(fields["text"], "'Insert Data'")

    def test_a_report(self) -> None:
        """Of which message, and what became of it."""
        fields = self.fields(REPORT)
        self.assertEqual(fields["TP-MTI"], "SMS-STATUS-REPORT")
        self.assertEqual(fields["TP-MR"], "7")
        self.assertEqual(fields["TP-DT"], "2008-04-27 08:00:04+07:00")
        self.assertEqual(fields["TP-ST"], "0x00 delivered")

    def test_types(self) -> None:
        """By name; what is no TPDU has none."""
        rows = ((DELIVER, "SMS-DELIVER"), (SUBMIT, "SMS-SUBMIT"))
        for octets, expected in (*rows, (REPORT, "SMS-STATUS-REPORT"), (b"HELP", "")):
            self.assertEqual(type_of(octets), expected)

    def test_half_a_message(self) -> None:
        """What is missing at its end is counted."""
        self.assertEqual(
            self.fields(DELIVER[:-4])["missing"], "5 septets or octets at the end"
        )

    def test_what_cannot_be_read(self) -> None:
        """Why."""
        (field,) = dump(DELIVER[:20])
        self.assertEqual(field.name, "not readable")
        self.assertIn("expected", field.value)

    @given(st.binary(max_size=180))
    def test_any_octets(self, octets: bytes) -> None:
        """Nothing fails, and something is always said."""
        self.assertTrue(dump(octets))
