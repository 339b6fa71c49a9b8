"""Tests for `smscentre.at.unsolicited`: what a modem says by itself."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.unsolicited import Kind, fits, has_pdu, is_hex, kind_of, names_length
from tests.at.samples import DELIVER, REPORT, UNSOLICITED


class KindTests(SynchronousTestCase):
    """The beginning of a line tells its kind."""

    def test_kinds(self) -> None:
        """Every sample has the kind that stands beside it, in any case."""
        for octets, kind in UNSOLICITED:
            line = octets.decode().partition("\r\n")[0]
            self.assertIs(kind_of(line), kind, line)
            self.assertIs(kind_of(line.lower()), kind, line)

    def test_unknown_prefixes(self) -> None:
        """Any prefix will do, for a modem has more of them than any table."""
        for line in (
            "+WIND: 4",
            "%CTZV: 1",
            "#QSS: 1",
            "^MODE:3,3",
            "+PACSP1",
            "$GPGGA,,",
        ):
            self.assertIs(kind_of(line), Kind.OTHER, line)

    def test_none(self) -> None:
        """Results, echoes, digits and texts are not unsolicited."""
        rows = (
            "OK",
            "AT+CSQ",
            "861234567890123",
            DELIVER,
            "hello",
            "+",
            "+CME ERROR: 1",
        )
        for line in (*rows, "+CMS ERROR: 38", "+628110000001"):
            self.assertIsNone(kind_of(line), line)

    def test_with_pdu(self) -> None:
        """A PDU follows +CMT, +CDS and +CBM, and no longer name."""
        rows = (("+CMT: ,21", True), ("+cds: 25", True), ("+CBM: 88", True))
        for line, expected in (*rows, ('+CMTI: "SM",3', False), ("+CDSI: 1", False)):
            self.assertEqual(has_pdu(line), expected, line)


class PduTests(SynchronousTestCase):
    """A PDU belongs to the header that names its length."""

    def test_fits(self) -> None:
        """The length leaves out the service centre's address."""
        rows = (
            ("+CMT: ,21", DELIVER, True),
            ('+CMT: "Budi",21', DELIVER, True),
            ("+CDS: 25", REPORT, True),
            ("+CMT: ,21", DELIVER[16:], True),
            ("+CMT: ,22", DELIVER, False),
            ("+CMT: ,21", DELIVER[:-1], False),
            ("+CMT: ,2", "OK", False),
            ("+CMT: ", DELIVER, False),
        )
        for header, pdu, expected in rows:
            self.assertEqual(fits(header, pdu), expected, (header, pdu))

    def test_length(self) -> None:
        """A header of text mode ends with a time and names no length."""
        self.assertTrue(names_length("+CMT: ,21"))
        line = '+CMT: "+628110000001",,"26/01/19,10:14:28+28"'
        self.assertFalse(names_length(line))

    def test_hex(self) -> None:
        """Octets have two digits each."""
        rows = (
            ("00fF", True),
            ("0", False),
            ("0G", False),
            ("", False),
            ("00 ", False),
        )
        for line, expected in rows:
            self.assertEqual(is_hex(line), expected, line)
