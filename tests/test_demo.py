"""Tests for what `smscentre.demo` prepares."""

from __future__ import annotations

import tempfile
from pathlib import Path

from twisted.internet.defer import Deferred, succeed
from twisted.trial.unittest import SynchronousTestCase

from smscentre import config
from smscentre.demo import prepare
from smscentre.passwords import Passwords
from smscentre.sections import LimitsConfig
from smscentre.store.beside import read_store
from smscentre.store.changes import stored_directory
from smscentre.store.users import all_accounts
from smscentre.users import Role, User


class PrepareTests(SynchronousTestCase):
    """A directory that a centre can be started from."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.demo = prepare(self.folder)
        self.config = config.load(self.demo.config)

    def test_the_configuration_has_the_ports(self) -> None:
        """Those that were found free, wherever they differ from the usual ones."""
        self.assertEqual(self.config.smpp[0].port, self.demo.smsc_port)
        self.assertIn(f"tcp:{self.demo.web_port}:", self.config.web.listen)
        self.assertIn(f"tcp:{self.demo.monitor_port}:", self.config.monitor.listen)

    def test_the_modem_is_in_the_directory(self) -> None:
        """Its device is the link that the simulated modem makes."""
        self.assertEqual(self.config.modem[0].device, str(self.demo.modem))
        self.assertEqual(self.demo.modem.parent, self.folder)

    def test_all_files_stay_in_the_directory(self) -> None:
        """A demo leaves nothing elsewhere."""
        self.assertEqual(self.config.node.data_dir, self.folder / "data")
        url = f"sqlite:///{self.folder / 'data' / 'smscentre.db'}"
        self.assertEqual(self.config.database.url, url)

    def test_limits_are_those_that_ship(self) -> None:
        """A demo shows what a centre does."""
        self.assertEqual(self.config.limits, LimitsConfig())

    def test_the_phone_writes(self) -> None:
        """What is texted by it counts."""
        self.assertTrue(self.config.phone[0].writes)

    def test_the_password_is_the_owners_only(self) -> None:
        """And random."""
        self.assertEqual(self.demo.password.stat().st_mode & 0o777, 0o600)
        self.assertEqual(len(self.demo.password.read_text().strip()), 8)

    def test_the_first_login(self) -> None:
        """An administrator whose password is in a file of the owner's only."""
        self.assertEqual(self.demo.login.stat().st_mode & 0o777, 0o600)
        (account,) = read_store(self.config.database.url, all_accounts)
        self.assertEqual(account.user, User("admin", Role.ADMIN))
        checks = Passwords(lambda action: succeed(action()))
        password = self.demo.login.read_text().strip()
        matching = Deferred.fromCoroutine(checks.match(password, account.hash))
        self.assertTrue(self.successResultOf(matching))

    def test_the_samples_are_stored(self) -> None:
        """The officer of the manual's unit among them."""
        directory = stored_directory(self.config.database.url)
        self.assertIn("1203", directory.units)
        self.assertEqual(directory.officers["+628111203001"].unit, "1203")

    def test_a_second_start_keeps_everything(self) -> None:
        """Password and units stay as they were left."""
        password = self.demo.password.read_text()
        prepare(self.folder)
        self.assertEqual(self.demo.password.read_text(), password)
