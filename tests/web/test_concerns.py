"""What is wrong with the gateway, in which order, and what to do."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import ModemAlarm, ModemHealth
from smscentre.store.pages import ArrivalCount, Queue
from smscentre.store.unread import Unread
from smscentre.web.concerns import Concern, LimitShown, Read, Standing, concerns
from smscentre.web.status import LimitStatus, LinkStatus, ModemStatus, WriterStatus

NOW = 100_000.0

CARRIER = LinkStatus("carrier", "smpp", True, NOW - 60, "carrier-1")
MODEM = LinkStatus("modem-1", "modem", True, NOW - 60, "modem-1-1", modem=ModemStatus())
NOTHING = Read((), (), {}, (), {}, Unread(0, None))
FINE = Standing(NOW, [CARRIER, MODEM], WriterStatus(0, NOW), (), NOTHING)


class ConcernTests(SynchronousTestCase):
    """Each thing that can be wrong, by itself."""

    def only(self, **known: Any) -> Concern:
        """The one concern that there is when this is known."""
        (found,) = concerns(evolve(FINE, **known))
        return found

    def of_read(self, **known: Any) -> list[Concern]:
        """The concerns when the store knows this."""
        return concerns(evolve(FINE, read=evolve(NOTHING, **known)))

    def of_modem(self, modem: ModemStatus) -> list[Concern]:
        """The concerns about a modem that is up."""
        return concerns(evolve(FINE, links=[evolve(MODEM, modem=modem)]))

    def test_nothing(self) -> None:
        """All is well."""
        self.assertEqual(concerns(FINE), [])

    def test_a_link_that_is_down(self) -> None:
        """Since when, why, and that nothing is lost."""
        down = evolve(CARRIER, up=False, since=NOW - 7500, reason="wrong password")
        found = self.only(links=[down])
        self.assertTrue(found.is_bad)
        self.assertEqual(
            found.words, "Tautan carrier putus sejak 2 jam 5 mnt yang lalu"
        )
        self.assertIn("tidak hilang", found.advice)
        self.assertIn("Kata tautan: wrong password.", found.advice)

    def test_a_phone_that_is_down(self) -> None:
        """It bothers no officer."""
        phone = LinkStatus("demo", "phone", False, NOW)
        self.assertFalse(self.only(links=[phone]).is_bad)

    def test_the_database(self) -> None:
        """That it cannot be written, and that it cannot be read; no inner words."""
        writer = WriterStatus(3, None, "disk full: /secret", NOW - 5)
        found = self.only(writer=writer)
        self.assertIn("sejak 5 dtk", found.words)
        self.assertNotIn("secret", found.words + found.advice)
        self.assertIn("tidak dapat dibaca", self.only(read=None).words)

    def test_a_writer_that_is_behind(self) -> None:
        """Much that waits, or a slow disk; a little of either is none."""
        self.assertIn("501 SMS", self.only(writer=WriterStatus(501, NOW)).words)
        slow = WriterStatus(0, NOW, "", None, 200, 2.5)
        self.assertIn("lambat", self.only(writer=slow).words)
        self.assertEqual(
            concerns(evolve(FINE, writer=WriterStatus(500, NOW, "", None, 200, 1.9))),
            [],
        )

    def test_every_alarm(self) -> None:
        """Has its words and advice of its own."""
        advice = set()
        for alarm in ModemAlarm:
            (found,) = self.of_modem(ModemStatus(alarm=alarm))
            self.assertTrue(found.is_bad)
            self.assertIn("modem-1 perlu diperiksa petugas: ", found.words)
            advice.add(found.advice)
        self.assertEqual(len(advice), len(ModemAlarm))

    def test_the_health_of_a_modem(self) -> None:
        """Network before signal, and a store that fills."""
        cases: tuple[tuple[ModemHealth, list[str]], ...] = (
            (ModemHealth(), []),
            (ModemHealth(-79, "registered at home", True, 26, 30), []),
            (ModemHealth(-110, "searching", False, 3, 30), ["jaringan"]),
            (ModemHealth(-110, "registered at home", True, 3, 30), ["lemah"]),
            (ModemHealth(-79, "registered at home", True, 27, 30), ["hampir penuh"]),
            (ModemHealth(-79, "registered at home", True, 0, 0), []),
        )
        for health, expected in cases:
            found = self.of_modem(ModemStatus(health))
            self.assertEqual(len(found), len(expected), health)
            for one, word in zip(found, expected, strict=True):
                self.assertIn(word, one.words)
        full = ModemHealth(-79, "registered at home", True, 30, 30)
        self.assertTrue(self.of_modem(ModemStatus(full))[0].is_bad)

    def test_a_queue(self) -> None:
        """By link and kind, with the age of the oldest, once it is too long."""
        queues = [
            Queue("carrier", 0, "in_doubt", 1, NOW - 700),
            Queue("carrier", 0, "queued", 4, NOW - 300),
            Queue("carrier", 1, "queued", 4, NOW - 800),
            Queue("carrier", 2, "queued", 4, NOW - 7300),
        ]
        replies, broadcasts = self.of_read(queues=queues)
        self.assertTrue(replies.is_bad)
        self.assertEqual(replies.words, "Balasan menunggu 11 mnt 40 dtk di carrier")
        self.assertIn("arah=keluar", replies.to)
        self.assertIn("tautan=carrier", replies.to)
        self.assertFalse(broadcasts.is_bad)
        self.assertEqual(
            self.of_read(queues=[Queue("carrier", 0, "queued", 1, NOW)]), []
        )

    def test_a_queue_of_a_link_that_is_not_there(self) -> None:
        """Nobody sends it."""
        (found,) = self.of_read(queues=[Queue("gone", 0, "queued", 1, NOW - 200)])
        self.assertIn("tidak ada dalam konfigurasi", found.advice)

    def test_messages_of_today(self) -> None:
        """What ended badly, what could not be read, what nobody understood."""
        found = self.of_read(
            ended={"failed": 1200, "uncertain": 34},
            arrivals=[ArrivalCount("failed", "", 2), ArrivalCount("done", "insert", 9)],
            unread=Unread(3, NOW - 3600),
        )
        words = [one.words for one in found]
        self.assertIn("1.234 SMS keluar", words[0])
        self.assertIn("2 SMS masuk", words[1])
        self.assertIn(
            "3 SMS tidak dikenali menunggu dibaca, paling lama 1 jam", words[2]
        )

    def test_a_limit(self) -> None:
        """What it held back today; nothing is no concern."""
        limit = LimitStatus("sender_limit", ((30, "minute"),))
        found = self.only(limits=[LimitShown(limit, 7)])
        self.assertIn("(per pengirim): 7 balasan ditahan", found.words)
        for held in (0, None):
            shown = evolve(FINE, limits=[LimitShown(limit, held)])
            self.assertEqual(concerns(shown), [])

    def test_order(self) -> None:
        """What is bad comes first; keys tell all of them apart."""
        read = evolve(
            NOTHING,
            ended={"failed": 1},
            queues=[Queue("carrier", 0, "queued", 1, NOW - 900)],
            unread=Unread(1, NOW),
        )
        down = evolve(MODEM, up=False)
        found = concerns(evolve(FINE, links=[CARRIER, down], read=read))
        self.assertEqual([one.is_bad for one in found], [True, True, False, False])
        self.assertEqual(len({one.key for one in found}), 4)
