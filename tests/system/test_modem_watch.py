"""The modem that watches the store: it tells what is taken too early, and kills."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import termios
import tty
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import Part
from smscentre.sim.modem.record import Delivery, Submitted
from tests.system.crash_check import by_part, replies_to
from tests.system.crash_modem import Brought
from tests.system.modem_submits import submits_of
from tests.system.modem_watch import MOMENTS, WatchfulModem

_OFFICER = "+628111203001"
_LONG = "x" * 200


class WatchfulModemTests(SynchronousTestCase):
    """One modem, a client of a few lines, and a store of a few octets."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stored: list[bytes] = []
        self.modem = WatchfulModem(Path(folder.name), self.stored.count)
        self.modem.start()
        self.addCleanup(self.modem.stop)
        self.port = os.open(self.modem.device, os.O_RDWR | os.O_NOCTTY)
        self.addCleanup(os.close, self.port)
        tty.setraw(self.port, termios.TCSANOW)

    def test_after_its_commit(self) -> None:
        """A message may go when its row is there."""
        delivery = self._stored()
        self.stored.append(delivery.octets)
        self._delete(delivery)
        self.assertEqual(self.modem.early, [])

    def test_before_its_commit(self) -> None:
        """A message that goes without a row is told of."""
        self._delete(self._stored())
        self.assertEqual(len(self.modem.early), 1)

    def test_a_copy_before_its_commit(self) -> None:
        """A copy needs a row of its own."""
        first = self._stored()
        self.stored.append(first.octets)
        self._delete(first)
        again = self.modem.deliver_again(first)
        self._delete(again)
        self.assertEqual(len(self.modem.early), 1)

    def test_kills(self) -> None:
        """It kills at the passage that it was told, and not before."""
        code = "import sys; sys.stdin.read()"
        command = [sys.executable, "-c", code]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as victim:
            self.modem.kill_at("list", victim.pid, 2)
            self._say(MOMENTS["list"] + b"=4")
            self.assertIsNone(victim.poll())
            self._say(MOMENTS["list"] + b"=4")
            self.assertEqual(victim.wait(10), -9)

    def _stored(self) -> Delivery:
        (delivery,) = self.modem.deliver(_OFFICER, "RUTAN 1 2 3 4")
        self._say(b"AT+CMGF=0")
        return delivery

    def _delete(self, delivery: Delivery) -> None:
        self._say(b"AT+CMGD=1")
        self.assertTrue(delivery.is_taken)

    def _say(self, line: bytes) -> None:
        known = len(self.modem.commands)
        os.write(self.port, line + b"\r")
        self.modem.wait_for(
            lambda: len(self.modem.commands) > known, f"{line!r} to be heard"
        )


class BroughtTests(SynchronousTestCase):
    """A message is ours when every part of it is."""

    def test_parts(self) -> None:
        """One part that was taken is not the message; a copy keeps it unsettled."""
        with tempfile.TemporaryDirectory() as folder:
            modem = WatchfulModem(Path(folder), lambda octets: 1)
            parts = modem.gsm.deliver(_OFFICER, _LONG, 0.0)
        brought = Brought(_OFFICER, _LONG, (), parts)
        self.assertEqual(len(parts), 2)
        for part in parts:
            self.assertFalse(brought.acknowledged)
            for at, slot in modem.gsm.state.stores.taken("SM"):
                if slot.delivery == part.number:
                    modem.gsm.receive(f"AT+CMGD={at}\r".encode(), 0.0)
        self.assertTrue(brought.acknowledged)
        self.assertTrue(brought.settled)
        brought.again.append(modem.gsm.deliver_again(parts[0], 0.0))
        self.assertTrue(brought.acknowledged)
        self.assertFalse(brought.settled)
        self.assertEqual(brought.times, 2)


class SubmitsTests(SynchronousTestCase):
    """What a modem sent, for the judge."""

    def test_a_reply_in_parts(self) -> None:
        """Each part and each copy of one has the whole text and its own number."""
        sent = [self._part(1, "berhasil, "), self._part(2, "Pam P=7, W=1")]
        found = submits_of([*sent, self._part(2, "Pam P=7, W=1")])
        self.assertEqual([each.part and each.part.number for each in found], [1, 2, 2])
        self.assertEqual({each.text for each in found}, {"berhasil, Pam P=7, W=1"})
        parts = by_part(replies_to(found)[7])
        self.assertEqual([len(copies) for copies in parts], [1, 2])

    def test_a_part_that_is_missing(self) -> None:
        """A part that never went is one without a copy."""
        found = submits_of([self._part(1, "berhasil, Pam P=7, W=1")])
        parts = by_part(replies_to(found)[7])
        self.assertEqual([len(copies) for copies in parts], [1, 0])

    def _part(self, number: int, text: str) -> Submitted:
        return Submitted(1.0, _OFFICER, text, Part(5, 8, 2, number), 9, True, b"")
