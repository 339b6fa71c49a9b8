"""Tests for how `smscentre.probing` finds lines that belong together."""

from __future__ import annotations

import tempfile
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from smscentre.probing import Neighbour, neighbours, stable_name

_STICK = "usb-HUAWEI_Mobile-if{:02}-port0"
_OTHER = "usb-Prolific_Cable-if00-port0"


class NeighbourTests(SynchronousTestCase):
    """A folder that looks like /dev: a stick with two ports, a cable, a bare tty."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.dev = Path(folder.name).resolve()
        self.by_id = self.dev / "serial" / "by-id"
        self.by_id.mkdir(parents=True)
        for tty in ("ttyUSB0", "ttyUSB1", "ttyUSB2", "ttyACM0", "tty1"):
            (self.dev / tty).touch()
        names = (_STICK.format(0), _STICK.format(2), _OTHER)
        for number, name in enumerate(names):
            (self.by_id / name).symlink_to(f"../../ttyUSB{number}")

    def test_ports_of_the_same_stick_come_first(self) -> None:
        """Told by their stable names, whichever name was given."""
        expected = [
            Neighbour(str(self.by_id / _STICK.format(2)), self.tty("ttyUSB1"), True),
            Neighbour(str(self.by_id / _OTHER), self.tty("ttyUSB2"), False),
            Neighbour(self.tty("ttyACM0"), self.tty("ttyACM0"), False),
        ]
        for device in (self.tty("ttyUSB0"), str(self.by_id / _STICK.format(0))):
            self.assertEqual(neighbours(device, self.dev), expected)

    def test_without_names(self) -> None:
        """Nothing is known to belong together, or to be there at all."""
        self.assertEqual(neighbours("/dev/null", self.dev / "absent"), [])

    def test_the_stable_name(self) -> None:
        """Of a tty that has one."""
        stable = str(self.by_id / _OTHER)
        self.assertEqual(stable_name(self.tty("ttyUSB2"), self.dev), stable)
        bare = self.tty("ttyACM0")
        self.assertEqual(stable_name(bare, self.dev), bare)

    def tty(self, name: str) -> str:
        """The path of a tty."""
        return str(self.dev / name)
