"""The gateway page: what got no reply today, and what waits for a person."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from twisted.trial.unittest import SynchronousTestCase

from smscentre.store.engine import StoreError, reading_engine, writing_engine
from smscentre.store.tables import inbox, unrecognised
from smscentre.users import Role
from smscentre.web.site import site
from smscentre.web.status import LimitStatus
from tests.prepared import make_store
from tests.store.test_pages import arrival
from tests.web.support import (
    NOW,
    Browser,
    FakeReader,
    FakeStatus,
    add_users,
    means_of,
)

LIMITS = (
    LimitStatus("sender_limit", ((30, "minute"), (300, "day"))),
    LimitStatus("unknown_limit", ((0, "day"),)),
    LimitStatus("centre_limit", ((20000, "day"),), 20000),
)

_DAY_S = 86400


class LimitsTests(SynchronousTestCase):
    """A limit and a name have cost replies today, and the limit yesterday too."""

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, folder)
        url = f"sqlite:///{folder}/smscentre.db"
        make_store(url)
        self.fill(url)
        engine = reading_engine(url)
        self.addCleanup(engine.dispose)
        self.reader = FakeReader(engine)
        self.status = FakeStatus(known_limits=LIMITS)
        add_users(url)
        self.browser = Browser(
            site(means_of(url, self.reader, self.status)), Role.OPERATOR
        )

    def fill(self, url: str) -> None:
        """Store what came."""
        arrivals = [
            arrival(1, arrived_at=NOW - _DAY_S, reason="centre_limit"),
            arrival(2, arrived_at=NOW - 300, reason="centre_limit"),
            arrival(3, arrived_at=NOW - 300, state="silent", reason="name"),
            arrival(4, arrived_at=NOW - 200, state="failed", reason="ValueError"),
            arrival(5, arrived_at=NOW - 100),
        ]
        read: list[dict[str, object]] = [
            {"inbox_id": 3, "done_at": None},
            {"inbox_id": 5, "done_at": NOW},
        ]
        engine = writing_engine(url)
        with engine.begin() as connection:
            connection.execute(inbox.insert(), arrivals)
            connection.execute(unrecognised.insert(), read)
        engine.dispose()

    def words(self) -> str:
        """The text of the page as it is read."""
        return self.browser.words("/gateway")

    def test_limits(self) -> None:
        """Each shows what it lets pass, and what it held back today."""
        words = self.words()
        self.assertIn("per pengirim 30 per menit, 300 per hari 0", words)
        self.assertIn("nomor belum terdaftar, semua tanpa batas 0", words)
        self.assertIn("seluruh pusat 20.000 per hari terpakai 20.000 1", words)

    def test_alarm(self) -> None:
        """The page begins with each limit that holds replies back."""
        alarm = "Batas balasan tercapai (seluruh pusat): 1 balasan ditahan hari ini"
        self.assertIn(alarm, self.words())
        self.status.known_limits = LIMITS[:2]
        self.assertNotIn("Batas balasan tercapai", self.words())

    def test_other_reasons(self) -> None:
        """Beside the limits, without what failed."""
        self.assertIn("Sebab SMS pengirim berupa nama 1 SMS masuk", self.words())

    def test_unread(self) -> None:
        """How many messages wait for a person, for how long, and where they are."""
        words = self.words()
        self.assertIn("Menunggu dibaca petugas 1 Paling lama 5 mnt", words)
        self.assertIn("Baca dan tandai selesai", words)

    def test_without_a_database(self) -> None:
        """The limits are known all the same."""
        self.browser.get("/")
        self.reader.error = StoreError("away")
        words = self.words()
        self.assertIn("per pengirim 30 per menit, 300 per hari -", words)
        self.assertIn("Menunggu dibaca petugas -", words)
