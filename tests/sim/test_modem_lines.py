"""Tests for what the simulated modem reads: octets, lines, commands."""

from __future__ import annotations

from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.sim.modem.lines import (
    Body,
    Cancelled,
    CommandLine,
    Form,
    LineReader,
    Read,
    split,
)


@frozen
class SplitCase:
    """A line after its AT, and the names, forms and arguments in it."""

    line: str
    commands: tuple[tuple[str, Form, str], ...]


SPLITS = (
    SplitCase("", ()),
    SplitCase("E0", (("E", Form.SET, "0"),)),
    SplitCase("e", (("E", Form.RUN, ""),)),
    SplitCase("E0V1Q0", tuple((name, Form.SET, n) for name, n in ("E0", "V1", "Q0"))),
    SplitCase("&F", (("&F", Form.RUN, ""),)),
    SplitCase("S0=1", (("S0", Form.SET, "1"),)),
    SplitCase("S0?", (("S0", Form.READ, ""),)),
    SplitCase("I", (("I", Form.RUN, ""),)),
    SplitCase("D+62811;", (("D", Form.SET, "+62811;"),)),
    SplitCase("+CSQ", (("+CSQ", Form.RUN, ""),)),
    SplitCase("+csq?", (("+CSQ", Form.READ, ""),)),
    SplitCase("+CNMI=?", (("+CNMI", Form.TEST, ""),)),
    SplitCase("+CNMI=2,1", (("+CNMI", Form.SET, "2,1"),)),
    SplitCase("^ICCID?", (("^ICCID", Form.READ, ""),)),
    SplitCase("+CMEE=1;+CREG=2", (("+CMEE", Form.SET, "1"), ("+CREG", Form.SET, "2"))),
    SplitCase("E0;+CSQ", (("E", Form.SET, "0"), ("+CSQ", Form.RUN, ""))),
    SplitCase("E0+CSQ", (("E", Form.SET, "0"), ("+CSQ", Form.RUN, ""))),
    SplitCase('+CPBW=1,"a;b";I', (("+CPBW", Form.SET, '1,"a;b"'), ("I", Form.RUN, ""))),
    SplitCase("+CSQ nonsense", (("+CSQ NONSENSE", Form.RUN, ""),)),
    SplitCase("?!", (("?!", Form.RUN, ""),)),
)


def read(octets: bytes, reader: LineReader | None = None) -> list[Read]:
    """Everything that octets complete."""
    reader = reader or LineReader()
    found = [reader.take(octet) for octet in octets]
    return [each for each in found if each is not None]


class LineTests(SynchronousTestCase):
    """Octets to lines."""

    def test_a_line_ends_with_cr(self) -> None:
        """The LF that some programs add says nothing."""
        self.assertEqual(
            read(b"AT+CSQ\r\nat\r"), [CommandLine("+CSQ"), CommandLine("")]
        )

    def test_all_before_at_is_noise(self) -> None:
        """ESC, a dropped body, empty lines."""
        found = read(b"\x1b\r\r\nxyzAaAT+CSQ\r")
        self.assertEqual(found, [CommandLine("+CSQ")])

    def test_a_slash_repeats_the_last_line(self) -> None:
        """It needs no CR."""
        self.assertEqual(read(b"AT+CSQ\rA/"), [CommandLine("+CSQ")] * 2)

    def test_backspace_takes_back(self) -> None:
        """As somebody at a terminal types."""
        self.assertEqual(read(b"AT+CSX\x08Q\r"), [CommandLine("+CSQ")])

    def test_a_body_ends_with_control_z(self) -> None:
        """Its lines stay; after it lines are read again."""
        reader = LineReader()
        reader.in_body = True
        found = read(b"AB\rCD\x1aAT\r", reader)
        self.assertEqual(found, [Body(b"AB\rCD"), CommandLine("")])

    def test_esc_cancels_a_body(self) -> None:
        """What was written of it is gone."""
        reader = LineReader()
        reader.in_body = True
        self.assertEqual(read(b"AB\x1bAT\r", reader), [Cancelled(), CommandLine("")])

    @given(st.binary(max_size=200))
    def test_any_octets_are_read(self, octets: bytes) -> None:
        """No noise raises, and a command after it is understood."""
        found = read(octets + b"\r\rAT+CSQ\r")
        self.assertEqual(found[-1], CommandLine("+CSQ"))


class SplitTests(SynchronousTestCase):
    """Lines to commands."""

    def test_each_form_is_told(self) -> None:
        """Basic and extended, alone and together."""
        for case in SPLITS:
            found = tuple(
                (each.name, each.form, each.argument) for each in split(case.line)
            )
            self.assertEqual(found, case.commands, case.line)

    def test_parameters_are_told(self) -> None:
        """Commas in quotes part nothing."""
        (command,) = split('+CPMS="SM",,"a,b", 5')
        self.assertEqual(command.parameters, ["SM", "", "a,b", "5"])

    def test_numbers_are_told(self) -> None:
        """What is left out has its default, what is no number is refused."""
        (command,) = split('+CNMI=2,,"x"')
        self.assertEqual([command.number(0), command.number(1, 7)], [2, 7])
        for at in (1, 2, 9):
            self.assertRaises(ValueError, command.number, at)

    @given(st.text(max_size=60))
    def test_any_line_is_split(self, line: str) -> None:
        """No line raises or never ends."""
        for command in split(line):
            self.assertIsInstance(command.parameters, list)
