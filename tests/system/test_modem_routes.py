"""A modem beside an SMPP link: each answers its own, and stands in for the other."""

from __future__ import annotations

import time
from functools import partial

from smscentre.sim.modem.card import SimCard
from smscentre.sim.modem.faults import Deed
from tests.system.centre import CentreOptions
from tests.system.modem import Modem
from tests.system.modem_case import OFFICER, ModemTestCase
from tests.system.peer import Smsc

_NUMBER = OFFICER.removeprefix("+")
_QUEUE_FULL = 0x14
_OUTBOX: dict[str, object] = {"reroute_after_s": 1}

_REROUTED_S = 25.0
"""The centre looks every ten seconds after what waits too long, ..."""

_TWO_LOOKS_S = 21.0
"""... and has done so twice by then."""

_WITHOUT_NETWORK_S = 75.0
_TEMPORARY = 500
_SEARCHING = 2


class RouteTests(ModemTestCase):
    """Replies with both links up, and with one of them gone."""

    def setUp(self) -> None:
        super().setUp()
        self.smsc = Smsc()
        self.smsc.start()
        self.addCleanup(self.smsc.stop)

    def test_each_its_own(self) -> None:
        """A reply leaves by the link that its question came by."""
        modem = self.add_modem()
        self._begin()
        for figure in range(3):
            self.smsc.deliver(_NUMBER, f"RUTAN {2 * figure} 2 3 4")
            modem.deliver(OFFICER, f"RUTAN {2 * figure + 1} 2 3 4")
        self.wait(modem, lambda: len(modem.texts()) == 3, "the modem's replies")
        self.wait(modem, lambda: len(self._by_carrier()) == 3, "the carrier's replies")
        self.assertEqual([_figure(text) for text in modem.texts()], [1, 3, 5])
        self.assertEqual([_figure(text) for text in self._by_carrier()], [0, 2, 4])

    def test_the_carrier_is_down(self) -> None:
        """A reply that waits for its carrier goes by the modem, first by priority."""
        modem = self.add_modem()
        spare = self.add_modem("modem-2", card=SimCard(iccid="8962109000005201235"))
        self._begin()
        self._lose_the_carrier()
        self.wait(modem, modem.texts, "the reply by the modem", _REROUTED_S)
        self.assertEqual([_figure(text) for text in modem.texts()], [1])
        self.assertEqual(spare.texts(), [])
        self.assertEqual(self.centre.rows("SELECT link FROM outbox"), [("modem-1",)])

    def test_no_rerouting(self) -> None:
        """A modem that may not carry the replies of others leaves them there."""
        modem = self.add_modem()
        self._begin(CentreOptions(outbox=_OUTBOX, modem={"reroute": False}))
        self._lose_the_carrier()
        until = time.monotonic() + _TWO_LOOKS_S
        while time.monotonic() < until:
            self.assertEqual(modem.texts(), [])
            self.assertFalse(self.centre.wait_exit(1.0))
        self.smsc.listen()
        self.wait(modem, lambda: len(self._by_carrier()) == 1, "the reply", _REROUTED_S)

    def test_the_modem_is_unplugged(self) -> None:
        """A reply that waits for its modem goes by the carrier."""
        modem = self.add_modem()
        self._begin()
        self._refuse_a_reply(modem)
        modem.unplug()
        self.wait(modem, self._by_carrier, "the reply by the carrier", _REROUTED_S)
        self.assertEqual([_figure(text) for text in self._by_carrier()], [1])
        modem.plug()
        modem.faults.clear()
        self.wait(modem, self.up, "the modem", _REROUTED_S)
        self.assertIn("P=2,", self.ask(modem, "RUTAN 2 2 3 4"))

    def test_the_modem_has_no_network(self) -> None:
        """A modem without a network is as good as none, and serves when it has one."""
        modem = self.add_modem()
        self._begin()
        self._refuse_a_reply(modem)
        modem.register(_SEARCHING)
        self.wait(
            modem, self._by_carrier, "the reply by the carrier", _WITHOUT_NETWORK_S
        )
        self.assertEqual([_figure(text) for text in self._by_carrier()], [1])
        modem.faults.clear()
        modem.register(1)
        self.assertIn("P=2,", self.ask(modem, "RUTAN 2 2 3 4"))

    def _begin(self, options: CentreOptions | None = None) -> None:
        self.run_centre(options or CentreOptions(outbox=_OUTBOX), self.smsc.port)
        self.smsc.wait_for(lambda: self.smsc.bound, "the bind")
        for name, modem in self.modems.items():
            self.wait(modem, partial(self.up, name), f"{name} up")

    def _lose_the_carrier(self) -> None:
        """Let a reply be refused for now, then close the carrier."""
        self.smsc.submit_statuses.append(_QUEUE_FULL)
        self.smsc.deliver(_NUMBER, "RUTAN 1 2 3 4")
        self.smsc.wait_for(lambda: self.smsc.submits, "the refusal")
        self.smsc.go_away()
        self.smsc.submits.clear()

    def _refuse_a_reply(self, modem: Modem) -> None:
        """Let the modem refuse a reply for now, as often as it is tried."""
        refused = modem.befall("+CMGS", Deed.REFUSE, times=0, code=_TEMPORARY)
        modem.deliver(OFFICER, "RUTAN 1 2 3 4")
        self.wait(modem, lambda: refused.done, "the refusal")

    def _by_carrier(self) -> list[str]:
        return self.smsc.texts(_NUMBER)


def _figure(text: str) -> int:
    """The first figure of a reply to a report."""
    return int(text.partition("P=")[2].partition(",")[0])
