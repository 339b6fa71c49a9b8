"""Tests for the simulated modem's port: what stands at its name before."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from twisted.trial.unittest import SynchronousTestCase

from smscentre.sim.modem.port import ModemPort


class PortTests(SynchronousTestCase):
    """A port at a name in a folder of its own."""

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, folder)
        self.link = folder / "modem"
        self.port = ModemPort(self.link)
        self.addCleanup(self.port.unplug)

    def test_a_link_that_was_left_is_replaced(self) -> None:
        """An earlier modem that was killed leaves one to a terminal that is gone."""
        self.link.symlink_to("/dev/pts/4294967295")
        self.port.plug()
        self.assertTrue(self.link.exists())

    def test_a_file_is_never_replaced(self) -> None:
        """A name given by mistake costs nothing."""
        self.link.write_text("figures")
        self.assertRaises(FileExistsError, self.port.plug)
        self.assertFalse(self.port.is_plugged)
        self.port.unplug()
        self.assertEqual(self.link.read_text(), "figures")

    def test_a_link_of_others_is_never_replaced(self) -> None:
        """Such as the stable name of a real modem."""
        self.link.symlink_to("/dev/null")
        self.assertRaises(FileExistsError, self.port.plug)
        self.assertEqual(os.readlink(self.link), "/dev/null")
