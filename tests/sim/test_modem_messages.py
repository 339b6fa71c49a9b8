"""Tests for messages at the simulated modem: its stores, +CNMI, sending, reports."""

from __future__ import annotations

from smscentre.at import commands
from smscentre.at.answers import entries, read_slot
from smscentre.gsm.coding_text import write_text
from smscentre.gsm.parts import alphabet_for
from smscentre.gsm.timestamp import Timestamp
from smscentre.gsm.tpdu import decode_with_smsc, encode
from smscentre.gsm.tpdu_values import Deliver, StatusReport, Submit
from smscentre.messages import Address, Part
from smscentre.sim.modem.record import Event, What
from smscentre.sim.modem.state import ModemOptions
from tests.sim.modems import NUMBER, ModemTestCase

SMALL = ModemOptions(sizes={"SM": 2, "ME": 1})
LONG = "Laporan penghuni rutan hari ini. " * 8


def submit_pdu(text: str, part: Part | None = None, report: bool = False) -> bytes:
    """The TPDU of a message to an officer."""
    coding, data = write_text(text, alphabet_for(text), part)
    to = Address(NUMBER.removeprefix("+"), 1, 1)
    return encode(Submit(to, data, coding, report_requested=report))


class MessageTestCase(ModemTestCase):
    """Sends and lists as our link does."""

    def send(self, tpdu: bytes) -> list[str]:
        """Send a TPDU; the lines of the answer."""
        command = commands.send(tpdu)
        self.assertEqual(self.desk.ask(command.text), "\r\n> ")
        answer = self.desk.write((command.body or "").encode() + b"\x1a")
        return answer.split()

    def listed(self) -> list[Deliver | Submit | StatusReport]:
        """What +CMGL=4 lists, decoded."""
        lines = tuple(self.desk.lines(commands.LIST.text)[:-1])
        slots = [read_slot(entry) for entry in entries(lines)]
        return [decode_with_smsc(slot.octets())[1] for slot in slots]

    def used(self, store: str = "MT") -> list[int]:
        """The indexes that are taken."""
        return [index for index, _ in self.gsm.state.stores.taken(store)]

    def moved(self, what: What) -> list[tuple[str, int]]:
        """The slots with which something was done."""
        found = [each for each in self.record.slots if each.what is what]
        return [(each.store, each.index) for each in found]


class StoreTests(MessageTestCase):
    """Messages in slots."""

    options = SMALL

    def test_a_message_is_stored_and_told_of(self) -> None:
        """With the number, the text and the time that it was sent with."""
        self.desk.ask("AT+CNMI=2,1")
        sent = Timestamp(bytes.fromhex("62112290300082"))
        self.gsm.deliver(NUMBER, "HELP", self.desk.now, sent)
        self.assertEqual(self.desk.heard(), '\r\n+CMTI: "SM",1\r\n')
        (message,) = self.listed()
        assert isinstance(message, Deliver)
        self.assertEqual(message.source, Address("628111203001", 1, 1))
        self.assertEqual((message.data.body, message.sent), (b"HELP", sent))

    def test_nothing_is_told_unless_asked(self) -> None:
        """As modems start."""
        self.desk.deliver("HELP")
        self.assertEqual(self.desk.heard(), "")
        self.assertEqual(self.used(), [1])

    def test_what_was_shown_is_read(self) -> None:
        """Status 0 becomes 1, by +CMGR and by +CMGL."""
        self.desk.deliver("satu")
        self.desk.deliver("dua")
        self.assertIn("+CMGR: 0,,", self.desk.ask("AT+CMGR=1"))
        self.assertIn("+CMGR: 1,,", self.desk.ask("AT+CMGR=1"))
        self.assertEqual(len(self.desk.lines("AT+CMGL")), 3)
        self.assertEqual(self.desk.lines("AT+CMGL=0"), ["OK"])
        self.assertEqual(len(self.desk.lines("AT+CMGL=1")), 5)
        self.assertEqual(self.moved(What.READ), [("SM", 1), ("SM", 1)])

    def test_one_slot_is_deleted(self) -> None:
        """And written down; an empty one is no error, one beyond the end is."""
        (delivery,) = self.desk.deliver("HELP")
        self.desk.wait(1)
        self.assertEqual(self.desk.lines("AT+CMGD=1"), ["OK"])
        self.assertEqual(self.used(), [])
        self.assertEqual(delivery.times(Event.DELETED), [1.0])
        self.assertEqual(self.desk.lines("AT+CMGD=1"), ["OK"])
        self.assertEqual(self.desk.lines("AT+CMGD=3"), ["+CMS ERROR: 321"])
        self.assertEqual(self.moved(What.DELETED), [("SM", 1)])

    def test_the_flag_deletes_by_status(self) -> None:
        """1 to 3 spare what is unread, 4 spares nothing; the index does not matter."""
        self.desk.deliver("satu")
        self.desk.ask("AT+CMGR=1")
        self.desk.deliver("dua")
        self.desk.ask("AT+CMGD=1,1")
        self.assertEqual(self.used(), [2])
        self.desk.ask("AT+CMGD=1,3")
        self.assertEqual(self.used(), [2])
        self.desk.ask("AT+CMGD=1,4")
        self.assertEqual(self.used(), [])

    def test_the_network_holds_what_has_no_room(self) -> None:
        """It comes when a slot gets free, and is told of then."""
        self.desk.ask("AT+CNMI=2,1")
        for text in ("satu", "dua", "tiga"):
            self.desk.deliver(text)
        self.assertEqual(self.desk.heard().count("+CMTI"), 2)
        answer = self.desk.lines("AT+CMGD=1")
        self.assertEqual(answer, ["OK", '+CMTI: "SM",1'])

    def test_other_messages_may_fill_it(self) -> None:
        """They are none of the network's."""
        self.assertEqual(self.gsm.fill(), 2)
        self.assertIn('"SM",2,2', self.desk.ask("AT+CPMS?"))
        self.desk.deliver("HELP")
        self.desk.ask("AT+CMGD=2")
        self.assertEqual(self.record.slots[0].delivery, None)
        self.assertEqual(self.record.slots[1].delivery, 0)

    def test_both_storages_are_one(self) -> None:
        """MT counts the SIM's slots first, then the modem's."""
        self.desk.ask('AT+CPMS="MT","MT","MT"')
        for text in ("satu", "dua", "tiga"):
            self.desk.deliver(text)
        self.assertEqual(self.used("MT"), [1, 2, 3])
        self.assertEqual(self.used("ME"), [1])
        self.desk.ask("AT+CMGD=3")
        self.assertEqual(self.used("ME"), [])

    def test_a_long_message_comes_in_parts(self) -> None:
        """Each in a slot of its own, with the same reference."""
        first, second = self.desk.deliver(LONG)
        self.assertEqual((first.number, second.number), (0, 1))
        parts = [message.data.part for message in self.listed() if message.data]
        self.assertEqual(parts, [Part(0, 8, 2, 1), Part(0, 8, 2, 2)])

    def test_octets_are_stored_as_they_are(self) -> None:
        """Also those that are no TPDU."""
        octets = bytes.fromhex("00040B91")
        self.gsm.hand_in(octets, 0.0)
        self.assertEqual(self.desk.lines("AT+CMGR=1")[1], "00040B91")

    def test_the_same_tpdu_may_come_again(self) -> None:
        """As from a network that heard no acknowledgement."""
        (delivery,) = self.desk.deliver("HELP")
        again = self.gsm.deliver_again(delivery, 5.0)
        self.assertEqual(again.octets, delivery.octets)
        self.assertEqual(self.used(), [1, 2])


class FirstIndexTests(MessageTestCase):
    """A modem that counts from 0."""

    options = ModemOptions(first_index=0)

    def test_the_first_slot_is_0(self) -> None:
        """To read, to delete, and in indications."""
        self.desk.ask("AT+CNMI=2,1")
        self.desk.deliver("HELP")
        self.assertEqual(self.desk.heard(), '\r\n+CMTI: "SM",0\r\n')
        self.assertIn("+CMGR: 0,", self.desk.ask("AT+CMGR=0"))
        self.desk.ask("AT+CMGD=0")
        self.assertEqual(self.used(), [])


class BroughtTests(MessageTestCase):
    """Messages that go straight to the line."""

    def setUp(self) -> None:
        """Ask for them, and for their acknowledgement."""
        super().setUp()
        self.desk.ask("AT+CSMS=1", "AT+CNMI=2,2,0,1,0")

    def test_one_waits_for_its_acknowledgement(self) -> None:
        """The next comes after it; none is stored."""
        first, second = (self.desk.deliver(text)[0] for text in ("satu", "dua"))
        self.assertEqual(self.desk.heard().count("+CMT: ,"), 1)
        answer = self.desk.lines("AT+CNMA")
        self.assertEqual(answer[:2], ["OK", "+CMT: ,22"])
        self.assertTrue(first.is_taken)
        self.assertFalse(second.is_taken)
        self.assertEqual(self.used(), [])

    def test_none_is_acknowledged_twice(self) -> None:
        """The second +CNMA is refused."""
        self.desk.deliver("HELP")
        self.assertEqual(self.desk.lines("AT+CNMA")[-1], "OK")
        self.assertEqual(self.desk.lines("AT+CNMA"), ["+CMS ERROR: 340"])

    def test_what_is_not_acknowledged_comes_again(self) -> None:
        """Into the store, for the modem stops bringing messages."""
        (delivery,) = self.desk.deliver("HELP")
        self.desk.wait(15)
        self.assertEqual(len(delivery.times(Event.NOT_ACKNOWLEDGED)), 1)
        self.assertIn("+CNMI: 2,0,0,0,0", self.desk.ask("AT+CNMI?"))
        self.desk.wait(5)
        self.assertEqual(delivery.times(Event.STORED), [20.0])

    def test_one_that_is_refused_comes_again(self) -> None:
        """+CNMA=2 says so."""
        self.desk.deliver("HELP")
        self.desk.heard()
        self.desk.ask("AT+CNMA=2")
        self.assertIn("+CMT: ", self.desk.wait(5))

    def test_a_restart_acknowledges_nothing(self) -> None:
        """What was brought before it comes again, to be stored."""
        (delivery,) = self.desk.deliver("HELP")
        self.desk.ask("AT+CFUN=1,1")
        self.desk.wait(5)
        self.assertEqual(delivery.times(Event.STORED), [5.0])

    def test_without_phase_2_none_is_awaited(self) -> None:
        """It is acknowledged as it is brought."""
        self.desk.ask("AT+CSMS=0")
        (delivery,) = self.desk.deliver("HELP")
        self.assertTrue(delivery.is_taken)


class SendTests(MessageTestCase):
    """+CMGS."""

    def test_a_message_is_taken_and_recorded(self) -> None:
        """With its destination, its text and the reference that was told."""
        tpdu = submit_pdu("Laporan diterima")
        self.assertEqual(self.send(tpdu), ["+CMGS:", "0", "OK"])
        (submit,) = self.record.submits
        self.assertEqual(submit.destination, NUMBER)
        self.assertEqual((submit.text, submit.octets), ("Laporan diterima", tpdu))
        self.assertEqual(self.record.commands[-1].body, "00" + tpdu.hex().upper())

    def test_parts_are_joined(self) -> None:
        """In any order, one that was sent twice once."""
        for number, text in ((2, "dunia ✓"), (2, "dunia ✓"), (1, "Halo ✓ ")):
            self.send(submit_pdu(text, Part(9, 8, 2, number)))
        self.assertEqual(self.record.texts(NUMBER), ["Halo ✓ dunia ✓"])

    def test_references_wrap(self) -> None:
        """255 is followed by 0."""
        self.gsm.state.last_reference = 254
        found = [self.send(submit_pdu("x"))[1] for _ in range(2)]
        self.assertEqual(found, ["255", "0"])

    def test_what_is_no_submit_is_refused(self) -> None:
        """A wrong length, no hexadecimal, another type; nothing is sent."""
        good = submit_pdu("x")
        for length, body in (
            (len(good) + 1, b"00" + good.hex().encode()),
            (len(good), b"00" + good.hex().encode()[:-1]),
            (len(good), b"00" + good[:-1].hex().encode()),
            (3, b"00" + b"000000"),
            (3, b"Halo"),
        ):
            self.desk.ask(f"AT+CMGS={length}")
            answer = self.desk.write(body + b"\x1a").split("\r\n")
            self.assertIn("+CMS ERROR: 304", answer, body)
        self.assertEqual(self.record.submits, [])

    def test_esc_sends_nothing(self) -> None:
        """The command ends with OK."""
        self.desk.ask("AT+CMGS=20")
        self.assertEqual(self.desk.write(b"0011\x1b"), "\r\nOK\r\n")
        self.assertEqual(self.record.submits, [])

    def test_without_a_network_it_is_refused(self) -> None:
        """As 331."""
        self.gsm.state.registration = 2
        self.assertIn("331", self.send(submit_pdu("x")))

    def test_a_stored_message_is_sent(self) -> None:
        """+CMGW and +CMSS; it is sent, and stays."""
        tpdu = submit_pdu("Halo")
        self.desk.ask(f"AT+CMGW={len(tpdu)}")
        answer = self.desk.write(b"00" + tpdu.hex().encode() + b"\x1a")
        self.assertIn("+CMGW: 1", answer)
        self.assertIn("+CMSS: 0", self.desk.ask("AT+CMSS=1"))
        self.assertIn("+CMGR: 3,,", self.desk.ask("AT+CMGR=1"))
        self.assertEqual(self.record.texts(), ["Halo"])


class ReportTests(MessageTestCase):
    """Status reports."""

    options = ModemOptions(report_s=2.0, report_status=0x46)

    def report(self, reports: int) -> str:
        """Ask for reports in one way and send; what the modem says later."""
        self.desk.ask("AT+CSMS=1", f"AT+CNMI=2,1,0,{reports},0")
        self.send(submit_pdu("Halo", report=True))
        self.assertEqual(self.desk.wait(1.9), "")
        return self.desk.wait(0.1)

    def test_one_is_stored(self) -> None:
        """With the reference of the message and the final status."""
        self.assertEqual(self.report(2), '\r\n+CDSI: "SM",1\r\n')
        (report,) = self.listed()
        assert isinstance(report, StatusReport)
        self.assertEqual((report.reference, report.status), (0, 0x46))
        self.assertEqual(report.recipient.digits, NUMBER.removeprefix("+"))

    def test_one_is_brought(self) -> None:
        """And waits for its acknowledgement."""
        header, pdu = self.report(1).split("\r\n")[1:3]
        self.assertRegex(header, r"\+CDS: \d+")
        _, report = decode_with_smsc(bytes.fromhex(pdu))
        self.assertIsInstance(report, StatusReport)
        self.assertEqual(self.desk.lines("AT+CNMA"), ["OK"])

    def test_one_that_nobody_wants_is_dropped(self) -> None:
        """As without +CNMI."""
        self.assertEqual(self.report(0), "")
        (report,) = self.record.deliveries
        self.assertEqual(report.times(Event.DROPPED), [2.0])

    def test_none_comes_unless_asked_for(self) -> None:
        """TP-SRR is what asks."""
        self.send(submit_pdu("Halo"))
        self.desk.wait(10)
        self.assertEqual(self.record.deliveries, [])


class NotifyTests(MessageTestCase):
    """A modem that takes less than the standard has."""

    options = ModemOptions(notify_kinds=(0, 1), notify_reports=(0, 1))

    def test_what_it_lacks_is_refused(self) -> None:
        """The setting that was stays."""
        self.assertEqual(self.desk.lines("AT+CNMI=2,1,0,1,0"), ["OK"])
        self.assertEqual(self.desk.lines("AT+CNMI=2,1,0,2,0"), ["+CMS ERROR: 303"])
        self.assertEqual(self.desk.lines("AT+CNMI=2,2"), ["+CMS ERROR: 303"])
        self.assertEqual(self.desk.lines("AT+CNMI?")[0], "+CNMI: 2,1,0,1,0")


class TextModeTests(MessageTestCase):
    """AT+CMGF=1."""

    def setUp(self) -> None:
        """Choose text mode."""
        super().setUp()
        self.desk.ask("AT+CMGF=1")

    def test_messages_are_listed(self) -> None:
        """Number, time and text, by the words for their status."""
        sent = Timestamp(bytes.fromhex("62112290300082"))
        self.gsm.deliver(NUMBER, "HELP", 0.0, sent)
        self.assertEqual(
            self.desk.lines('AT+CMGL="REC UNREAD"'),
            [f'+CMGL: 1,"REC UNREAD","{NUMBER}",,"26/11/22,09:03:00+28"', "HELP", "OK"],
        )
        self.assertEqual(self.desk.lines('AT+CMGL="REC UNREAD"'), ["OK"])

    def test_texts_are_in_the_character_set(self) -> None:
        """UCS2 shows all in hexadecimal."""
        self.desk.ask('AT+CSCS="UCS2"')
        self.desk.deliver("✓", "AB")
        header, text, _ = self.desk.lines("AT+CMGR=1")
        self.assertIn('"00410042"', header)
        self.assertEqual(text, "2713")

    def test_a_text_is_sent(self) -> None:
        """To the number in the command; +CSMP asks for a report."""
        self.desk.ask("AT+CSMP=49")
        self.desk.ask(f'AT+CMGS="{NUMBER}"')
        self.assertIn("+CMGS: 0", self.desk.write(b"Halo\x1a"))
        (submit,) = self.record.submits
        self.assertEqual((submit.destination, submit.text), (NUMBER, "Halo"))
        self.assertTrue(submit.report_requested)

    def test_messages_are_brought(self) -> None:
        """+CMT with number and text."""
        self.desk.ask("AT+CNMI=2,2")
        self.desk.deliver("HELP")
        self.assertIn(f'+CMT: "{NUMBER}",,"', self.desk.heard())
