"""Tests for what is typed at the simulated modem."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.sim.modem.faults import Deed, Mishap
from smscentre.sim.modem.steering import steer
from tests.sim.modems import Desk


class Hand:
    """A modem with a port that only says what was done to it."""

    def __init__(self) -> None:
        self.gsm = Desk().gsm
        self.done: list[str] = []

    def restart(self) -> None:
        """Be restarted."""
        self.done.append("restart")

    def unplug(self) -> None:
        """Be pulled out."""
        self.done.append("unplug")

    def plug(self) -> None:
        """Be put in again."""
        self.done.append("plug")

    def deliver_again(self) -> None:
        """Bring the last message."""
        self.done.append("again")


@frozen
class MishapCase:
    """A line and the mishap that it makes."""

    line: str
    mishap: Mishap


MISHAPS = (
    MishapCase("lose +cmgs", Mishap("+CMGS", Deed.LOSE)),
    MishapCase("lose +CMGD 3", Mishap("+CMGD", Deed.LOSE, 3)),
    MishapCase("restart +CMGL", Mishap("+CMGL", Deed.RESTART)),
    MishapCase("unplug *", Mishap("*", Deed.UNPLUG)),
    MishapCase("refuse +CMGS 38", Mishap("+CMGS", Deed.REFUSE, 0, code=38)),
    MishapCase("refuse +CMGS 38 2", Mishap("+CMGS", Deed.REFUSE, 2, code=38)),
)

FIELDS: tuple[tuple[str, str, Any], ...] = (
    ("mute on", "mute", True),
    ("mute off", "mute", False),
    ("delay 1.5", "delay_s", 1.5),
    ("octets 0.01", "octet_s", 0.01),
    ("garbage 0.1", "garbage", 0.1),
    ("interrupt 0.2", "interrupt", 0.2),
    ("foreign 0.3", "foreign", 0.3),
)

NONSENSE = ("x", "mute", "mute perhaps", "delay", "delay x", "lose", "refuse +CMGS", "")


class SteeringTests(SynchronousTestCase):
    """Lines that begin with an exclamation mark, without it."""

    def setUp(self) -> None:
        """Take a modem in hand."""
        self.hand = Hand()
        self.faults = self.hand.gsm.faults

    def test_faults_are_set(self) -> None:
        """Each field by its word; all goes well again in the end."""
        for line, name, value in FIELDS:
            steer(self.hand, line)
            self.assertEqual(getattr(self.faults, name), value, line)
        steer(self.hand, "well")
        self.assertEqual((self.faults.delay_s, self.faults.garbage), (0, 0))

    def test_mishaps_are_added(self) -> None:
        """To what may happen already."""
        for case in MISHAPS:
            steer(self.hand, case.line)
        self.assertEqual(self.faults.mishaps, [case.mishap for case in MISHAPS])

    def test_the_port_is_told(self) -> None:
        """What is done at once."""
        said = ["restart", "unplug", "plug", "again"]
        for line in said:
            steer(self.hand, line)
        self.assertEqual(self.hand.done, said)

    def test_the_network_and_the_store_change(self) -> None:
        """Registration is said, slots are taken."""
        steer(self.hand, "register 2")
        self.assertEqual(self.hand.gsm.state.registration, 2)
        self.assertIn(b"+CREG: 2", self.hand.gsm.data_to_send(0.0))
        steer(self.hand, "fill 3")
        self.assertEqual(len(self.hand.gsm.state.stores.taken("SM")), 3)
        steer(self.hand, "fill")
        self.assertEqual(len(self.hand.gsm.state.stores.taken("SM")), 20)

    def test_nonsense_is_refused(self) -> None:
        """And changes nothing."""
        for line in NONSENSE:
            with self.assertRaises((ValueError, IndexError), msg=line):
                steer(self.hand, line)
        self.assertEqual((self.faults.mute, self.faults.mishaps), (False, []))
