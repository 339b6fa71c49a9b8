"""Tests for `smscentre.at.commands`: what is said, and what is known as its answer."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at import commands
from smscentre.at.commands import Command
from smscentre.at.errors import LocalProtocolError

ALL = (
    commands.ACKNOWLEDGE,
    commands.ATTENTION,
    commands.CENTRE,
    commands.ECHO_OFF,
    commands.ERROR_CODES,
    *commands.ICCID,
    commands.IMEI,
    commands.LIST,
    commands.NOTIFY,
    *commands.NOTIFY_SET,
    commands.PDU_MODE,
    commands.PIN_STATE,
    commands.REGISTRATION,
    commands.RESTART,
    commands.SERVICE,
    commands.SIGNAL,
    commands.STORAGE,
    commands.delete(3),
    commands.enter_pin("1234"),
    commands.send(b"\x11"),
    commands.set_storage("SM"),
)


class CommandTests(SynchronousTestCase):
    """Commands as values."""

    def test_all_can_be_written(self) -> None:
        """Each is one command line with a time for its answer."""
        for command in ALL:
            command.check()
            self.assertGreater(command.timeout_s, 0)
            self.assertFalse(command.dials)

    def test_texts(self) -> None:
        """What is made from values has them in it."""
        rows = (
            (commands.delete(0), "AT+CMGD=0"),
            (commands.enter_pin("12345678"), 'AT+CPIN="12345678"'),
            (commands.set_storage("MT"), 'AT+CPMS="MT","MT","MT"'),
        )
        for command, text in rows:
            self.assertEqual(command.text, text)

    def test_send(self) -> None:
        """The length is that of the TPDU alone, the body has the centre before it."""
        tpdu = bytes.fromhex("1100AB")
        command = commands.send(tpdu)
        self.assertEqual((command.text, command.body), ("AT+CMGS=3", "001100AB"))
        command = commands.send(tpdu, bytes.fromhex("029126"))
        self.assertEqual((command.text, command.body), ("AT+CMGS=3", "0291261100AB"))

    def test_refused(self) -> None:
        """What would be something else than one command line is not made."""
        for pin in ("", "123", "123456789", "12\r34", "12 4", "１２３４"):
            self.assertRaises(LocalProtocolError, commands.enter_pin, pin)
        for storage in ("", "S", "sm", 'SM"', "SM_P"):
            self.assertRaises(LocalProtocolError, commands.set_storage, storage)
        for tpdu in (b"", bytes(165)):
            self.assertRaises(LocalProtocolError, commands.send, tpdu)
        self.assertRaises(LocalProtocolError, commands.delete, -1)

    def test_control_characters(self) -> None:
        """None can hide a second command or the end of a body."""
        for text in ("", "OK", "AT\r", "AT+CSQ\rAT", "AT\x1a", "ATé"):
            self.assertRaises(LocalProtocolError, Command(text).check)
        for body in ("00\x1a", "\x1b", "00\r", "é"):
            self.assertRaises(LocalProtocolError, Command("AT", body=body).check)

    def test_secrets(self) -> None:
        """Neither a PIN nor a message is shown."""
        self.assertNotIn("1234", repr(commands.enter_pin("1234")))
        self.assertNotIn("ABCD", repr(commands.send(b"\xab\xcd")))
        self.assertEqual(commands.enter_pin("1234").name, "AT+CPIN=")
        self.assertEqual(commands.SIGNAL.name, "AT+CSQ")

    def test_claims(self) -> None:
        """Its prefix or its form makes a line an answer's."""
        rows = (
            (commands.SIGNAL, "+CSQ: 3,99", True),
            (commands.SIGNAL, "+csq:3,99", True),
            (commands.SIGNAL, "+CSQN: 3", False),
            (commands.SIGNAL, "+CSQ", False),
            (commands.LIST, "+CMGL: 1,1,,21", True),
            (commands.LIST, '+CMTI: "SM",1', False),
            (commands.IMEI, "861234567890123", True),
            (commands.IMEI, "RING", False),
            (commands.IMEI, '+CGSN: "861234567890123"', True),
            (commands.REGISTRATION, "+CREG: 0,1", True),
            (commands.REGISTRATION, '+CREG: 2,1,"00A1","0001"', True),
            (commands.REGISTRATION, "+CREG: 1", False),
            (commands.REGISTRATION, '+CREG: 1,"00A1","0001"', False),
            (commands.REGISTRATION, "+CREG: 1,00A1,0001", False),
            (commands.ATTENTION, "+CSQ: 3,99", False),
        )
        for command, line, claimed in rows:
            self.assertEqual(command.claims(line), claimed, (command.name, line))

    def test_dials(self) -> None:
        """What makes or takes a call is known by its beginning."""
        self.assertTrue(Command("ATD*100#;").dials)
        self.assertFalse(Command("AT+CUSD=1").dials)
