"""The real process against the test carrier: starts, stops, codings, receipts."""

from __future__ import annotations

from tests.system.case import (
    OFFICER,
    OTHER,
    STRANGER,
    ServiceTestCase,
    prepared_database,
)
from tests.system.centre import RunningCentre
from tests.system.peer import SmscOptions


class LifeTests(ServiceTestCase):
    """Start and stop."""

    def test_stop_unbinds(self) -> None:
        """SIGTERM ends the process in time and the bind by an unbind."""
        self.run_centre()
        self.centre.terminate()
        self.assertTrue(self.smsc.sessions[0].unbound)

    def test_stop_under_load_leaves_nothing_in_doubt(self) -> None:
        """What was acknowledged before the stop was answered; the rest comes again."""
        self.run_centre()
        for figure in range(200):
            self.smsc.deliver(OFFICER, f"RUTAN {figure} 1 1 1")
        self.wait(lambda: len(self.smsc.submits) > 20, "the first replies")
        self.centre.terminate()
        self.assertEqual(set(self.states("outbox")) - {"sent", "queued"}, set())
        self.centre.start()
        self.acknowledged(*self.smsc.deliveries)
        self.wait(lambda: len(self.smsc.texts(OFFICER)) >= 200, "all replies")
        stored = self.centre.rows("SELECT count(*) FROM submissions")
        self.assertEqual(stored, [(200,)])
        self.assertEqual(len(self.smsc.texts(OFFICER)), 200)

    def test_the_bind_password_is_wrong(self) -> None:
        """A refused bind does not touch readiness, which is the store's."""
        self.smsc.options = SmscOptions(password="lain")
        self.centre = RunningCentre(self.folder, self.smsc.port)
        self.addCleanup(self.centre.close)
        self.centre.adopt(prepared_database())
        self.centre.start()
        self.wait(lambda: self.smsc.refused, "a refusal")
        self.assertEqual(self.centre.page("readyz"), 200)
        self.centre.terminate()

    def test_enquire_link_is_answered(self) -> None:
        """The carrier's enquire_link is answered at once."""
        self.run_centre()
        sequence = self.smsc.enquire()
        self.wait(lambda: self.smsc.enquiries[sequence], "an answer", 1.0)


class TextTests(ServiceTestCase):
    """Codings, parts, receipts and strangers."""

    def test_ucs2_and_latin1_are_read(self) -> None:
        """A command means the same in every coding."""
        self.run_centre()
        for figure, data_coding in enumerate((0, 3, 8)):
            self.smsc.deliver(OFFICER, f"RUTAN {figure} 2 3 4", data_coding=data_coding)
        self.wait(lambda: len(self.smsc.texts(OFFICER)) == 3, "the replies")
        for figure, text in enumerate(self.smsc.texts(OFFICER)):
            self.assertIn(f"Tahanan P={figure}, W=2", text)

    def test_characters_beyond_gsm7(self) -> None:
        """A text of emoji and Chinese gets a reply of at most one GSM-7 message."""
        self.run_centre()
        self.smsc.deliver(OFFICER, "RUTAN \U0001f600 \u4f60", data_coding=8)
        self.wait(lambda: self.smsc.submits, "a reply")
        submit = self.smsc.submits[0]
        self.assertEqual(submit.data_coding, 0)
        self.assertLessEqual(len(submit.text), 160)
        self.assertIn("Data belum disimpan", submit.text)

    def test_a_reply_in_two_parts(self) -> None:
        """A long reply goes as joined parts that make the whole text."""
        self.run_centre()
        figures = " ".join(["9999999"] * 8)
        reply = self.ask(f"RUPBASAN PEG {figures}", OTHER)
        self.assertGreater(len(reply), 160)
        self.assertTrue(reply.endswith("Pml P=9999999, W=9999999. Terima Kasih"), reply)
        self.assertEqual([submit.part is None for submit in self.smsc.submits], [0, 0])

    def test_receipts(self) -> None:
        """A receipt is acknowledged, finds its reply and is no command."""
        for hexadecimal in (False, True):
            with self.subTest(hexadecimal=hexadecimal):
                self.smsc.options = SmscOptions(
                    receipts=True, hexadecimal_ids=hexadecimal
                )
                if not self.smsc.sessions:
                    self.run_centre()
                self.ask(f"RUTAN {int(hexadecimal)} 2 3 4")
                self.wait(
                    lambda: set(self.states("outbox")) == {"delivered"}, "the receipt"
                )
        self.acknowledged(*self.smsc.deliveries)
        self.assertEqual(len(self.smsc.submits), 2)

    def test_an_unknown_sender(self) -> None:
        """A stranger is told once; then there is a counted silence."""
        self.run_centre()
        self.assertIn("belum terdaftar", self.ask("RUTAN 1 2 3 4", STRANGER))
        again = self.smsc.deliver(STRANGER, "RUTAN 5 6 7 8")
        code = self.smsc.deliver("1234", "Menang undian", source_addr_ton=3)
        name = self.smsc.deliver("BANK", "Kode OTP 1", source_addr_ton=5)
        self.acknowledged(again, code, name)
        self.ask("RUTAN 1 2 3 4")
        self.assertEqual(len(self.smsc.submits), 2)
        silent = self.centre.rows(
            "SELECT count(*) FROM inbox WHERE state = 'silent' AND reason <> ''"
        )
        self.assertEqual(silent, [(3,)])
