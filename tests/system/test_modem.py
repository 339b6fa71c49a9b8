"""The real process with modems: the manual, long and foreign texts, reports, locks."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from functools import partial
from unittest import SkipTest

from attrs import evolve, frozen

from smscentre.gsm.timestamp import Timestamp
from smscentre.messages import Alphabet, Part
from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.record import Event
from smscentre.sim.modem.state import ModemOptions
from tests.system.modem import Modem
from tests.system.modem_case import OFFICER, ModemTestCase, deliver_octets
from tests.system.peers.behaviour import LONG_COMMAND
from tests.system.peers.manual import NAMED, Manual

_UCS2_PARTS = 2
_LOCKED_S = 12.0
_TEXTS_LOCKED = 30
_LOOK_S = 0.1

_NO_TIMES = (bytes(7), b"\xff" * 7, bytes.fromhex("80201380201300"))
"""Octets that say no time: none at all, all ones, the 31st of February."""


class ManualTests(ModemTestCase):
    """The manual's commands, letter for letter."""

    def test_the_manual(self) -> None:
        """All nineteen are answered, each is deleted by itself, nothing is left."""
        modem = self.add_modem()
        self.run_centre()
        known = Manual()
        for exchange in known.exchanges:
            with self.subTest(id=exchange.id):
                self.assertEqual(self.ask(modem, exchange.text), exchange.reply)
        self.emptied(modem)
        self.centre.terminate()
        if known.over:
            raise SkipTest("midnight passed during the run")
        for spoken in modem.said("AT+CMGD"):
            self.assertRegex(spoken.text, r"^AT\+CMGD=\d+$")

    def test_what_waited(self) -> None:
        """What came before the start is answered, after kill -9 and a stop as well."""
        modem = self.add_modem()
        modem.deliver(OFFICER, "RUTAN 1 2 3 4")
        self.run_centre()
        self._answered(modem, 1)
        for figure, end in ((2, self.centre.kill9), (3, self.centre.terminate)):
            end()
            modem.deliver(OFFICER, f"RUTAN {figure} 2 3 4")
            self.centre.start()
            self._answered(modem, figure)
        self.emptied(modem)

    def _answered(self, modem: Modem, figure: int) -> None:
        wanted = f"Tahanan P={figure},"
        self.wait(
            modem, lambda: any(wanted in text for text in modem.texts()), f"{figure}"
        )


@frozen
class Cut:
    """A long command: in which alphabet, of how many parts, in which order."""

    alphabet: Alphabet
    width: int
    order: tuple[int, ...]


_CUTS = (
    Cut(Alphabet.GSM7, 8, (1, 2)),
    Cut(Alphabet.GSM7, 8, (2, 1)),
    Cut(Alphabet.GSM7, 16, (3, 1, 2)),
    Cut(Alphabet.UCS2, 8, (4, 2, 3, 1)),
    Cut(Alphabet.UCS2, 16, (2, 3, 1, 4)),
)


class LongTests(ModemTestCase):
    """Texts of several parts, and in any alphabet, both ways."""

    def test_commands_in_parts(self) -> None:
        """Two to four parts in any order are one command."""
        modem = self.add_modem()
        self.run_centre()
        for figure, cut in enumerate(_CUTS):
            with self.subTest(cut=cut):
                bring = partial(self._bring, modem, figure, cut)
                reply = self.reply(modem, bring)
                self.assertIn(f"Tahanan P={figure}, W=54 / Napi P=36, W=39", reply)
        self.emptied(modem)
        self.assertEqual(self.column("SELECT count(*) FROM submissions"), [len(_CUTS)])

    def _bring(self, modem: Modem, figure: int, cut: Cut) -> None:
        total = len(cut.order)
        text = f"RUTAN {figure}" + " " * (50 * total) + "54 36 39"
        size = -(-len(text) // total)
        for number in cut.order:
            piece = text[(number - 1) * size : number * size]
            part = Part(17 + figure, cut.width, total, number)
            modem.hand_in(deliver_octets(OFFICER, piece, cut.alphabet, part))

    def test_a_reply_in_parts(self) -> None:
        """The longest reply goes as two messages of one reference."""
        modem = self.add_modem()
        self.run_centre()
        reply = self.ask(modem, LONG_COMMAND)
        self.assertTrue(reply.endswith("Pml P=9999999, W=9999999. Terima Kasih"), reply)
        parts = [submit.part for submit in modem.submits]
        self.assertEqual(
            [part and (part.total, part.number) for part in parts], [(2, 1), (2, 2)]
        )
        self.assertEqual(len({part and part.reference for part in parts}), 1)

    def test_commands_in_unicode(self) -> None:
        """UCS-2, halves of surrogate pairs at a seam included, is stored as written."""
        modem = self.add_modem()
        self.run_centre()
        texts = (
            "RUTAN \u4f60\u597d 1 2 3",
            "RUTAN \U0001f600 1 2 3",
            "RUTAN \u0663\u0664 1 2 3",
            "RUTAN [\u20ac] 1 2 3",
        )
        for text in texts:
            with self.subTest(text=text):
                self.assertRegex(self.ask(modem, text), "berhasil|Angka ke-1")
        self.assertEqual(
            self.column("SELECT text FROM inbox WHERE state = 'done' ORDER BY id"),
            list(texts),
        )

    def test_replies_in_unicode(self) -> None:
        """Names decide the alphabet of a reply: GSM 7-bit, UCS-2, surrogate pairs."""
        modem = self.add_modem()
        self.run_centre(with_names=True)
        for row in NAMED:
            with self.subTest(name=row.name):
                known = len(modem.submits)
                reply = self.ask(modem, "RUTAN 82 54 36 39", f"+{row.number}")
                self.assertIn(f"UPT {row.code}/{row.name}/DKI", reply)
                self.assertTrue(reply.endswith("W=39. Terima Kasih"), reply)
                parts = _UCS2_PARTS if row.data_coding else 1
                self.assertEqual(len(modem.submits) - known, parts)


_STATES = ((0x00, "delivered"), (0x46, "failed"), (0x01, "unknown"))
_STORED, _BROUGHT = (0, 1, 2), (0, 1)
"""What +CNMI takes for <ds>: reports that go into the store, or straight to us."""


class ReportTests(ModemTestCase):
    """Status reports say how a reply ended."""

    def test_stored(self) -> None:
        """A report told of with +CDSI is kept and deleted."""
        modem = self.add_modem(options=ModemOptions(notify_reports=_STORED))
        self._try(modem)
        self.assertEqual(modem.said("AT+CNMA"), [])

    def test_brought(self) -> None:
        """A report brought with +CDS is kept, and confirmed with +CNMA."""
        modem = self.add_modem(options=ModemOptions(notify_reports=_BROUGHT))
        self._try(modem)
        reports = [each for each in modem.deliveries if each.is_report]
        self.assertEqual(
            [len(each.times(Event.ACKNOWLEDGED)) for each in reports], [1] * 3
        )

    def _try(self, modem: Modem) -> None:
        self.run_centre()
        for figure, (status, end) in enumerate(_STATES):
            self._report_as(modem, status)
            self.ask(modem, f"RUTAN {figure} 2 3 4")
            ends = [state for _, state in _STATES[: figure + 1]]
            self.wait(modem, partial(self._ended, ends), f"{end} in the outbox")
        self.emptied(modem)
        self.assertEqual(len(modem.texts()), len(_STATES))

    def _ended(self, ends: list[str]) -> bool:
        return self.column("SELECT state FROM outbox ORDER BY id") == ends

    def _report_as(self, modem: Modem, status: int) -> None:
        with modem.lock:
            state = modem.gsm.state
            state.options = evolve(state.options, report_status=status)


class SeveralTests(ModemTestCase):
    """More than one modem, each with a SIM of its own."""

    def test_each_answers_its_own(self) -> None:
        """Each question is answered by the modem that it came by, all at once."""
        names = [f"modem-{at}" for at in range(1, 4)]
        for at, name in enumerate(names):
            self.add_modem(name, card=SimCard(iccid=f"896210000000520123{at}"))
        self.run_centre()
        for turn in range(5):
            for at, modem in enumerate(self.modems.values()):
                modem.deliver(OFFICER, f"RUTAN {at} {turn} 3 4")
        for at, modem in enumerate(self.modems.values()):
            self.wait(modem, partial(self._has_sent, modem, 5), f"all of modem {at}")
            found = [re.findall(r"P=(\d+), W=(\d+)", text)[0] for text in modem.texts()]
            self.assertEqual(sorted(found), [(str(at), str(turn)) for turn in range(5)])
            self.emptied(modem)

    def _has_sent(self, modem: Modem, count: int) -> bool:
        return len(modem.texts()) == count


@frozen
class Sender:
    """Whence something comes that is not answered, and the reason in its row."""

    number: str
    silence: str


class SenderTests(ModemTestCase):
    """Times and senders as networks bring them."""

    def test_an_invalid_time(self) -> None:
        """A command whose time is none is answered once, also after kill -9."""
        modem = self.add_modem()
        self.run_centre()
        for figure, octets in enumerate(_NO_TIMES):
            sent = Timestamp(octets)
            self.assertIsNone(sent.moment)
            text = f"RUTAN {figure} 2 3 4"
            bring = partial(modem.deliver, OFFICER, text, sent)
            self.assertIn(f"P={figure},", self.reply(modem, bring))
        self.emptied(modem)
        self.centre.restart()
        self.assertIn("P=9,", self.ask(modem, "RUTAN 9 2 3 4"))
        self.assertEqual(len(modem.texts()), 4)

    def test_the_same_slot_again(self) -> None:
        """Without a valid time, an equal text in a slot that was freed is new."""
        modem = self.add_modem()
        self.run_centre()
        bring = partial(modem.deliver, OFFICER, "RUTAN 1 2 3 4", Timestamp(bytes(7)))
        for _ in range(3):
            self.assertIn("P=1,", self.reply(modem, bring))
            self.emptied(modem)
            self.wait(modem, self._all_marked, "the mark of the deletion")
        self.assertEqual(len(modem.texts()), 3)

    def _all_marked(self) -> bool:
        unmarked = "SELECT count(*) FROM inbox WHERE acked_at IS NULL"
        return self.column(unmarked) == [0]

    def test_senders_without_an_answer(self) -> None:
        """A name and a short code are kept and deleted, and get no reply."""
        modem = self.add_modem()
        self.run_centre()
        senders = (
            Sender("OPERATOR", "name"),
            Sender("3636", "short_code"),
            Sender("+6281100000001", "own_number"),
        )
        for sender in senders:
            modem.deliver(sender.number, "RUTAN 1 2 3 4")
        self.assertIn("P=5,", self.ask(modem, "RUTAN 5 2 3 4"))
        self.emptied(modem)
        rows = self.centre.rows(
            "SELECT source, reason FROM inbox WHERE state = 'silent' ORDER BY id"
        )
        self.assertEqual(
            rows, [(s.number.removeprefix("+"), s.silence) for s in senders]
        )
        self.assertEqual(len(modem.texts()), 1)


class LockedTests(ModemTestCase):
    """A database that cannot be written to for longer than the patience of D5."""

    def test_locked(self) -> None:
        """Nothing leaves the SIM meanwhile; afterwards all is answered, each once."""
        modem = self.add_modem()
        self.run_centre()
        self.ask(modem, "RUTAN 0 2 3 4")
        self.emptied(modem)
        known = len(modem.deleted)
        with closing(sqlite3.connect(self.centre.database, timeout=10)) as holder:
            holder.isolation_level = None
            holder.execute("BEGIN EXCLUSIVE")
            until = time.monotonic() + _LOCKED_S
            for figure in range(1, 1 + _TEXTS_LOCKED):
                modem.deliver(OFFICER, f"RUTAN {figure} 2 3 4")
            while time.monotonic() < until and len(modem.deleted) == known:
                self.assertTrue(self.centre.running)
                self.centre.wait_exit(_LOOK_S)
            self.assertEqual(len(modem.deleted), known)
            holder.execute("ROLLBACK")
        self.wait(modem, lambda: len(modem.texts()) > _TEXTS_LOCKED, "all replies", 40)
        self.emptied(modem)
        found = sorted(int(re.findall(r"P=(\d+)", text)[0]) for text in modem.texts())
        self.assertEqual(found, list(range(1 + _TEXTS_LOCKED)))
