"""Words of the gateway's pages."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import ModemAlarm, ModemHealth, Priority
from smscentre.store.recent import ARRIVAL_STATES
from smscentre.store.steps import ENDED_BADLY, OutboxState
from smscentre.web.gatewaywords import duration, error, priority, sim, tone
from smscentre.web.status import ModemStatus
from smscentre.web.wording import state


class GatewayWordTests(SynchronousTestCase):
    """Plain functions."""

    def test_times_that_are_short(self) -> None:
        """Milliseconds, then seconds with a comma."""
        for seconds, words in (
            (0.0, "0 md"),
            (0.0004, "1 md"),
            (0.0123, "13 md"),
            (1.0, "1,0 dtk"),
            (12.34, "12,3 dtk"),
        ):
            self.assertEqual(duration(seconds), words)

    def test_every_priority(self) -> None:
        """Has a word of its own."""
        self.assertEqual(len({priority(one) for one in Priority}), len(Priority))

    def test_sims(self) -> None:
        """What is known of one."""
        registered = ModemHealth(None, "registered at home", True)
        self.assertEqual(sim(ModemStatus()), "-")
        self.assertEqual(sim(ModemStatus(registered)), "siap")
        for alarm in ModemAlarm:
            words = sim(ModemStatus(registered, alarm=alarm))
            self.assertNotIn(words, ("-", "siap"))

    def test_errors(self) -> None:
        """The carrier's words as they are; what an operator did in Indonesian."""
        self.assertEqual(error("0x0B ESME_RINVDSTADR"), "0x0B ESME_RINVDSTADR")
        self.assertEqual(
            error("cancelled by web:sari: salah"), "dibatalkan oleh web:sari: salah"
        )

    def test_every_state_has_words(self) -> None:
        """None is shown by its inner name, and no bad end looks good."""
        for name in (*ARRIVAL_STATES, *OutboxState):
            self.assertNotIn(name, (state(name), ""))
        for name in ENDED_BADLY:
            self.assertIn(tone(name), ("bad", "warn"))
        self.assertEqual(tone("queued"), "")
