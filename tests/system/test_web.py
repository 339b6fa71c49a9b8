"""The pages of a running service: logins over real sockets and real restarts."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from twisted.trial.unittest import SynchronousTestCase

from tests.system.centre import Officer, RunningCentre, Unit, free_port
from tests.system.webpages import WebPages, logged_in

SIX_MIB = 6 * 1024 * 1024


class LoginTests(SynchronousTestCase):
    """A user made at the shell, and his session."""

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, folder)
        self.centre = RunningCentre(folder, free_port())
        self.centre.prepare(
            [Unit("1203", "LP_CIPINANG2", "Lapas Cipinang")],
            [Officer("+628111203001", "Budi", "1203")],
        )
        self.addCleanup(self.centre.close)
        self.centre.start()

    def test_a_session_from_login_to_the_end(self) -> None:
        """It survives kill -9 and ends when the shell takes the user away.

        What is far too long to be read is answered all the same.
        """
        stranger = WebPages(self.centre.web_port)
        self.assertEqual(stranger.get("/gateway")[0], 303)
        pages = logged_in(self.centre, "operator")
        status, text = pages.get("/gateway")
        self.assertEqual(status, 200)
        self.assertIn("Tautan tersambung", text)
        self.centre.restart()
        self.assertEqual(pages.get("/gateway")[0], 200)
        self.assertEqual(
            self.centre.metric('smscentre_web_logins_total{outcome="right"}'), 0
        )
        self.centre.command("users", "deactivate", "operator")
        self.assertEqual(pages.get("/gateway")[0], 303)
        self.assertEqual(pages.log_in("operator"), 403)
        self.assertEqual(
            self.centre.metric('smscentre_web_logins_total{outcome="wrong"}'), 1
        )
        status, text = pages.send("/masuk", b"x" * SIX_MIB)
        self.assertEqual(status, 413)
        self.assertIn("Kiriman terlalu besar", text)
        listed = self.centre.command("users", "list")
        self.assertIn("operator  operator  ALL  not active  logged in 20", listed)
