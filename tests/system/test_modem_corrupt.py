"""What cannot be read is kept raw, counted, deleted, and stops nothing behind it."""

from __future__ import annotations

from attrs import frozen

from smscentre.gsm.coding_text import write_text
from smscentre.gsm.tpdu import encode_with_smsc
from smscentre.gsm.tpdu_values import Submit
from smscentre.messages import Address, Alphabet
from smscentre.sim.modem.stores import Slot, Status
from tests.system.modem import Modem
from tests.system.modem_case import OFFICER, ModemTestCase, deliver_octets

_UNDECODABLE = 'smscentre_modem_faults_total{link="modem-1",reason="undecodable"}'
_COMPRESSED, _EIGHT_BIT, _VOICEMAIL = 0x20, 0x04, 0xC8
_COMMAND = "RUTAN 1 2 3 4"


class _Garbled(bytes):
    """Octets whose line in a list is no PDU."""

    def hex(self, *_arguments: object) -> str:
        """The line, with a letter that is none of hexadecimal."""
        return "Z" + bytes(self).hex()[1:]


class _Shortened(bytes):
    """Octets of which the list shows less than it says."""

    def hex(self, *_arguments: object) -> str:
        """The line without its end."""
        return bytes(self).hex()[:-6]


def _submit_octets() -> bytes:
    coding, data = write_text(_COMMAND, Alphabet.GSM7)
    return encode_with_smsc(Submit(Address("628111203001", 1, 1), data, coding))


@frozen
class Odd:
    """Octets as a modem may have them, and the row that is due for them."""

    name: str
    octets: bytes
    state: str
    reason: str


_WHOLE = deliver_octets(OFFICER, _COMMAND)

_UNREADABLE = (
    Odd("cut in its text", _WHOLE[:-4], "corrupt", "septets or octets are missing"),
    Odd("cut in its sender", _WHOLE[:12], "corrupt", "expected"),
    Odd("cut behind the centre", _WHOLE[:9], "corrupt", "expected"),
    Odd("no hexadecimal", _Garbled(_WHOLE), "corrupt", "no PDU in hexadecimal"),
    Odd("shorter than it says", _Shortened(_WHOLE), "corrupt", "no PDU in hexadecimal"),
    Odd("an SMS-SUBMIT", _submit_octets(), "corrupt", "an SMS-SUBMIT"),
)

_READABLE = (
    Odd(
        "compressed",
        deliver_octets(OFFICER, _COMMAND, coding=_COMPRESSED),
        "silent",
        "not_a_message",
    ),
    Odd(
        "voicemail waits",
        deliver_octets(OFFICER, _COMMAND, coding=_VOICEMAIL),
        "silent",
        "not_a_message",
    ),
)


class CorruptTests(ModemTestCase):
    """Each kind of octets, with a command right behind it."""

    def test_unreadable(self) -> None:
        """Each is kept as corrupt with its octets, and counted."""
        modem = self._begin()
        for figure, odd in enumerate(_UNREADABLE):
            with self.subTest(name=odd.name):
                self._try(modem, figure, odd)
        self.assertEqual(self.centre.metric(_UNDECODABLE), len(_UNREADABLE))

    def test_no_message(self) -> None:
        """What is readable and no message is kept in silence, and not counted."""
        modem = self._begin()
        for figure, odd in enumerate(_READABLE):
            with self.subTest(name=odd.name):
                self._try(modem, figure, odd)
        self.assertEqual(self.centre.metric(_UNDECODABLE), 0)

    def test_eight_bit_data(self) -> None:
        """Data without an alphabet is a text nobody understands, and is answered so."""
        modem = self._begin()
        octets = deliver_octets(OFFICER, "\u0393\u0394", coding=_EIGHT_BIT)
        self.reply(modem, lambda: modem.hand_in(octets))
        self.assertEqual(self.column("SELECT raw FROM inbox"), [octets])
        self.assertEqual(self.column("SELECT count(*) FROM submissions"), [0])
        self.emptied(modem)

    def test_what_is_not_for_us(self) -> None:
        """A draft and a message sent by the phone's owner stay where they are."""
        modem = self.add_modem()
        for status in (Status.UNSENT, Status.SENT):
            with modem.lock:
                slot = Slot(_submit_octets(), status)
                self.assertIsNotNone(modem.gsm.state.stores.put("SM", slot))
        self.run_centre()
        self.assertIn("P=5,", self.ask(modem, "RUTAN 5 2 3 4"))
        self.wait(modem, lambda: modem.used == 2, "the command's deletion")
        self.assertEqual(self.column("SELECT count(*) FROM inbox"), [1])

    def _begin(self) -> Modem:
        modem = self.add_modem()
        self.run_centre()
        return modem

    def _try(self, modem: Modem, figure: int, odd: Odd) -> None:
        delivery = modem.hand_in(odd.octets)
        reply = self.ask(modem, f"RUTAN {figure} 2 3 4")
        self.assertIn(f"Tahanan P={figure},", reply)
        self.wait(modem, lambda: delivery.is_taken, "the deletion")
        query = "SELECT state, reason, raw FROM inbox WHERE outcome = '' ORDER BY id"
        rows = self.centre.rows(query)
        state, reason, raw = rows[-1]
        self.assertEqual(len(rows), figure + 1)
        self.assertEqual(state, odd.state)
        self.assertIn(odd.reason, reason)
        # What is no hexadecimal is kept as it was shown.
        shown = odd.octets.hex().upper().encode()
        self.assertIn(bytes(raw), (bytes(odd.octets), shown))
        self.assertEqual(len(modem.texts()), figure + 1)
