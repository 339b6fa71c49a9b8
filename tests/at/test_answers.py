"""Tests for `smscentre.at.answers`: what an answer's lines say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.answers import (
    Registration,
    Slot,
    Storage,
    entries,
    read_centre,
    read_choices,
    read_identity,
    read_mode,
    read_name,
    read_notify,
    read_operator,
    read_own_number,
    read_reference,
    read_registration,
    read_signal,
    read_slot,
    read_storage,
    read_storages,
    read_stored,
)
from smscentre.at.errors import RemoteProtocolError
from smscentre.at.sim import read_sim_state
from tests.at.samples import DELIVER

T = TypeVar("T")

OF_LINES: tuple[Callable[[tuple[str, ...]], object], ...] = (
    read_centre,
    read_choices,
    read_identity,
    read_notify,
    read_operator,
    read_reference,
    read_signal,
    read_sim_state,
    read_storage,
    read_storages,
)
LENIENT: tuple[Callable[[tuple[str, ...]], object], ...] = (
    read_mode,
    read_name,
    read_own_number,
)
"""What takes nearly any line for an answer."""
OF_A_LINE: tuple[Callable[[str], object], ...] = (read_registration, read_stored)


class ReaderTests(SynchronousTestCase):
    """Each reader with what modems say."""

    def test_storage(self) -> None:
        """The first storage counts, whether it was set or asked for."""
        rows = (
            "+CPMS: 3,30,3,30,3,30",
            '+CPMS: "SM",3,30,"SM",3,30,"SM",3,30',
            '+CPMS: "SM_P",3,30,"ME",1,255',
            "+CPMS:3,30",
        )
        for line in rows:
            self.assertEqual(read_storage((line,)), Storage(3, 30), line)

    def test_storages(self) -> None:
        """All that are chosen, each once."""
        line = '+CPMS: "SM",3,30,"SM",3,30,"ME",1,255'
        expected = {"SM": Storage(3, 30), "ME": Storage(1, 255)}
        self.assertEqual(read_storages((line,)), expected)

    def test_name(self) -> None:
        """Bare, in quotes, or headed as each manufacturer likes."""
        rows = (
            "huawei",
            '+CGMI: "huawei"',
            "+CGMM: huawei",
            "Manufacturer: huawei",
            "Revision:huawei",
        )
        for line in rows:
            self.assertEqual(read_name((line,)), "huawei", line)

    def test_operator(self) -> None:
        """By name or number; none where there is no network."""
        rows = (
            ('+COPS: 0,0,"TELKOMSEL",7', "TELKOMSEL"),
            ('+COPS: 0,2,"51010"', "51010"),
            ("+COPS: 0", ""),
        )
        for line, expected in rows:
            self.assertEqual(read_operator((line,)), expected, line)

    def test_own_number(self) -> None:
        """The first that is a number; a SIM need not have one."""
        rows = (
            ('+CNUM: "","+6281100000001",145', "+6281100000001"),
            ('+CNUM: "Saya 1","081100000001",129,7,4', "081100000001"),
            ('+CNUM: "","",255', ""),
        )
        for line, expected in rows:
            self.assertEqual(read_own_number((line,)), expected, line)
        self.assertEqual(read_own_number(()), "")

    def test_choices(self) -> None:
        """Ranges are written out, and names have no quotes."""
        rows = (
            ("+CNMI: (0-2),(0,2, 3)", ({"0", "1", "2"}, {"0", "2", "3"})),
            ('+CPMS: ("SM","ME"),("SM")', ({"SM", "ME"}, {"SM"})),
            ("+CMGF: (1)", ({"1"},)),
        )
        for line, expected in rows:
            self.assertEqual(read_choices((line,)), expected, line)

    def test_mode(self) -> None:
        """The number of a setting that was asked for."""
        self.assertEqual(read_mode(("+CMEE: 2",)), 2)
        self.assertEqual(read_mode(("+CFUN: 4,0",)), 4)

    def test_signal(self) -> None:
        """The scale is that of the standard; what is beyond it is unknown."""
        rows = (("0,0", -113), ("17,99", -79), ("31,0", -51), ("99,99", None))
        for said, dbm in (*rows, ("125,99", None)):
            self.assertEqual(read_signal((f"+CSQ: {said}",)), dbm, said)

    def test_registration(self) -> None:
        """The state is read from an answer and from what came by itself."""
        rows = (
            ("+CREG: 0,1", Registration.HOME),
            ('+CREG: 2,5,"00A1","0001",7', Registration.ROAMING),
            ("+CREG: 2", Registration.SEARCHING),
            ('+CREG: 1,"0012","0001"', Registration.HOME),
            ("+CREG: 1,00A1,0001", Registration.HOME),
            ("+CREG: 1,1234,5678", Registration.HOME),
            ("+CGREG: 3", Registration.DENIED),
            ("+CEREG: 0,0", Registration.NOT_SEARCHING),
            ("+CREG: 0,6", Registration.HOME),
            ("+CREG: 0,11", Registration.EMERGENCY),
        )
        for line, state in rows:
            self.assertIs(read_registration(line), state, line)
        found = [state for state in Registration if state.registered]
        self.assertEqual(found, [Registration.HOME, Registration.ROAMING])

    def test_identity(self) -> None:
        """IMEI and ICCID come bare, in quotes, or behind a prefix."""
        rows = (
            ("861234567890123", "861234567890123"),
            ('+CGSN: "861234567890123"', "861234567890123"),
            ("8962100000000000001F", "8962100000000000001"),
            ('^ICCID: "89621000000000000017"', "89621000000000000017"),
            ("ICCID: 89621000000000000017", "89621000000000000017"),
        )
        for line, digits in rows:
            self.assertEqual(read_identity((line,)), digits, line)

    def test_centre(self) -> None:
        """The number stands in quotes, and may be empty."""
        self.assertEqual(read_centre(('+CSCA: "+6281100000",145',)), "+6281100000")
        self.assertEqual(read_centre(('+CSCA: "",129',)), "")

    def test_notify(self) -> None:
        """The five settings are read as they were set."""
        self.assertEqual(read_notify(("+CNMI: 2,1,0,2,0",)), (2, 1, 0, 2, 0))
        self.assertRaises(RemoteProtocolError, read_notify, ("+CNMI: 2,1",))

    def test_reference(self) -> None:
        """It is one octet; what follows it does not matter."""
        self.assertEqual(read_reference(("+CMGS: 0",)), 0)
        self.assertEqual(read_reference(('+CMGS: 255,"26/01/19"',)), 255)
        self.assertRaises(RemoteProtocolError, read_reference, ("+CMGS: 256",))

    def test_stored(self) -> None:
        """A new message's storage and index are read."""
        self.assertEqual(read_stored('+CMTI: "SM",3'), ("SM", 3))
        self.assertEqual(read_stored('+CDSI: "MT", 255'), ("MT", 255))

    def test_bad_answers(self) -> None:
        """What is missing, or no number, is refused with the line that came."""
        for read in OF_LINES:
            for lines in ((), ("",), ("+CPMS: 1",), ("+CSQ: x",), ("+CMGS:",)):
                error = self.assertRaises(RemoteProtocolError, read, lines)
                self.assertNotIn("x", error.line.removeprefix("+CSQ: x"))
        for read_one in OF_A_LINE:
            for line in ("", "+CREG:", "+CREG: 12", '+CMTI: "SM"'):
                self.assertRaises(RemoteProtocolError, read_one, line)


class ListTests(SynchronousTestCase):
    """The slots of +CMGL."""

    def test_slots(self) -> None:
        """A header gives index, status and length, with or without a name between."""
        rows = (
            ("+CMGL: 0,1,,21", (0, 1, 21)),
            ('+CMGL: 254,0,"",21', (254, 0, 21)),
            ('+CMGL: 3,3,"Budi, kantor",21', (3, 3, 21)),
            ("+CMGL: 7,0,21", (7, 0, 21)),
        )
        for header, numbers in rows:
            slot = read_slot((header, DELIVER))
            self.assertEqual((slot.index, slot.status, slot.length), numbers, header)
            self.assertEqual(slot.octets(), bytes.fromhex(DELIVER))

    def test_pairs(self) -> None:
        """A missing PDU and a bad one leave the other slots as they are."""
        lines = ("+CMGL: 1,1,,21", "+CMGL: 2,1,,21", "??", "+CMGL: 3,1,,21", DELIVER)
        expected = [(lines[0], ""), (lines[1], "??"), (lines[3], DELIVER)]
        self.assertEqual(entries(lines), expected)
        self.assertEqual(entries(("astray",)), [])

    def test_without_a_centre(self) -> None:
        """A PDU without the service centre's address gets an empty one."""
        slot = Slot(1, 1, 21, DELIVER[16:])
        self.assertEqual(slot.octets(), b"\0" + bytes.fromhex(DELIVER[16:]))

    def test_bad_pdus(self) -> None:
        """What is no hexadecimal or has another length is refused."""
        for text in ("", "??", DELIVER[:-1], DELIVER[:-2], DELIVER + "00"):
            self.assertRaises(RemoteProtocolError, Slot(1, 1, 21, text).octets)

    def test_text_mode(self) -> None:
        """A header of text mode is refused: its index says nothing of its PDU."""
        entry = ('+CMGL: 1,"REC UNREAD","+628110000001",,"26/01/19"', "OK")
        self.assertRaises(RemoteProtocolError, read_slot, entry)

    def test_hidden(self) -> None:
        """Neither a slot nor an error shows the message."""
        slot = Slot(1, 1, 20, DELIVER)
        error = self.assertRaises(RemoteProtocolError, slot.octets)
        self.assertNotIn(DELIVER, repr(slot) + str(error))


class RobustnessTests(SynchronousTestCase):
    """Any text is read or refused."""

    @given(
        st.lists(st.text(max_size=40), max_size=3),
        st.sampled_from(
            ("+CPMS:", "+CSQ:", "+CREG:", "+CMGS:", "+CMTI:", "+CMGL:", "")
        ),
    )
    def test_any_lines(self, texts: list[str], prefix: str) -> None:
        """Readers raise their own error and no other."""
        lines = tuple(prefix + text for text in texts)
        for read in (*OF_LINES, *LENIENT):
            _tried(read, lines)
        for line in lines:
            for read_one in OF_A_LINE:
                _tried(read_one, line)
        for entry in entries(lines):
            _tried(lambda pair: read_slot(pair).octets(), entry)


def _tried(read: Callable[[T], object], said: T) -> None:
    try:
        read(said)
    except RemoteProtocolError:
        return
