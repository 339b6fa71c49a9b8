"""Ten minutes of trouble with a modem, and their end: on a clock of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.session import SessionOptions
from smscentre.interfaces import Link
from smscentre.links.modem import ModemLink, ModemOptions
from smscentre.links.reconnect import Reconnecting
from smscentre.messages import Accepted, Incoming, SubmitOutcome
from smscentre.sim.modem.device import GsmModem
from smscentre.sim.modem.faults import Deed, Mishap
from tests.links.fakes import NOW, NUMBER, FakeDeliveries, outgoing
from tests.links.modem_case import FakeAid, ModemObserver

_OUTAGE_S = 600.0
_BACK_S = 60.0
_EVERY_S = 20.0
_AGAIN_S = 5.0
_LEAST_STEP_S = 0.001
_SEARCHING, _AT_HOME = 2, 1


class AnsweringDeliveries(FakeDeliveries):
    """A centre that stores at once and tries to answer until the answer went."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.answers: Counter[int] = Counter()
        """How often each message was answered, by its place."""
        self._clock = clock
        self._known: list[tuple[bytes, str]] = []
        self._waiting: list[int] = []

    def arrived(
        self, link: Link, incoming: Incoming, settle: Callable[[bool], None]
    ) -> None:
        super().arrived(link, incoming, settle)
        # The time in the key is of whole seconds.
        known = incoming.key, incoming.text
        if incoming.receipt is None and known not in self._known:
            self._waiting.append(len(self._known))
            self._known.append(known)
        self._clock.callLater(0, settle, True)
        self._clock.callLater(0, self._send, link)

    def bound(self, link: Link, bind: str) -> None:
        super().bound(link, bind)
        self._clock.callLater(0, self._send, link)

    def settled(self, link: Link, row: int, outcome: SubmitOutcome) -> None:
        super().settled(link, row, outcome)
        if isinstance(outcome, Accepted):
            self.answers[row] += 1
            self._clock.callLater(0, self._send, link)
        else:
            self._waiting.append(row)
            self._clock.callLater(_AGAIN_S, self._send, link)

    def _send(self, link: Link) -> None:
        while self._waiting and link.room():
            row = self._waiting.pop(0)
            link.send(outgoing(row, expires_s=self._clock.seconds() + 86_400))


class OutageTests(SynchronousTestCase):
    """The end of the trouble is the end of it, and nothing is lost or doubled."""

    def setUp(self) -> None:
        self.clock = Clock()
        self.deliveries = AnsweringDeliveries(self.clock)
        self.observer = ModemObserver()
        self.aid = FakeAid()
        self.modem = GsmModem(self._wall_clock)
        self.link = ModemLink(
            "modem-1",
            SessionOptions(),
            ModemOptions("+6281100000001", b"\0", 0, True),
            self.deliveries,
            self.clock,
            self._wall_clock,
            self.observer,
            self.aid,
        )
        self.lines = 0
        self.is_open = False
        self.asked = 0
        self.service = Reconnecting("modem-1", self._dial, self.clock, lambda: 1, 10.0)
        self.service.startService()
        self.run_for(_EVERY_S)
        self.serves(_BACK_S)

    def tearDown(self) -> None:
        self.service.stopService()
        self.run_for(_EVERY_S)
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_no_network(self) -> None:
        """The line stays, the link is down once, and all is answered afterwards."""
        self._text()
        self.modem.state.registration = _SEARCHING
        self._pass(_OUTAGE_S)
        self.assertEqual(self.link.bind, "")
        self.assertEqual(len(self.deliveries.lost_binds), 1)
        sent = len(self.modem.record.submits)
        self.modem.state.registration = _AT_HOME
        self.serves(_BACK_S)
        self.assertGreater(len(self.modem.record.submits), sent)
        self.assertEqual((self.lines, self.aid.cycles), (1, 0))

    def test_mute(self) -> None:
        """It is opened again and again, and not restarted all the time."""
        self.modem.faults.mute = True
        self._pass(_OUTAGE_S)
        self.modem.faults.mute = False
        self.serves(_BACK_S)
        self.assertGreater(self.aid.cycles, 0)
        self.assertLess(self.observer.resets.count("restart"), 4)

    def test_deletions_are_refused(self) -> None:
        """No message is found twice, and each is deleted in the end."""
        self.modem.faults.mishaps.append(Mishap("+CMGD", Deed.REFUSE, times=0))
        self._pass(_OUTAGE_S)
        self.modem.faults.clear()
        self.serves(_BACK_S)
        self.assertEqual(self.lines, 1)

    def test_no_sim(self) -> None:
        """A person is called for, and no longer when it is back."""
        self.modem.state.card.inserted = False
        self.modem.restart(self.clock.seconds())
        self._pass(_OUTAGE_S)
        self.assertTrue(self.observer.alarms[-1])
        self.modem.state.card.inserted = True
        self.modem.restart(self.clock.seconds())
        self.serves(_BACK_S)
        self.assertFalse(self.observer.alarms[-1])

    def serves(self, within_s: float) -> None:
        """A question is answered in time, and all those before it; each once."""
        self._text()
        self.run_for(within_s)
        answers = self.deliveries.answers
        self.assertEqual(answers, dict.fromkeys(range(self.asked), 1))
        record = self.modem.record
        self.assertEqual(len(record.submits), self.asked)
        self.assertTrue(all(brought.is_taken for brought in record.deliveries))

    def _text(self) -> None:
        self.asked += 1
        text = f"RUTAN {self.asked} 2 3 4"
        self.modem.deliver(NUMBER, text, self.clock.seconds())

    def _pass(self, seconds: float) -> None:
        """Let time pass, with questions in it."""
        for _ in range(int(seconds / _EVERY_S)):
            self._text()
            self.run_for(_EVERY_S)

    # The line, and time.

    def _wall_clock(self) -> float:
        return NOW + self.clock.seconds()

    def _dial(self) -> Deferred[Any]:
        self.lines += 1
        self.is_open = True
        self.transport = StringTransport()
        self.protocol = self.link.build()
        self.protocol.makeConnection(self.transport)
        return succeed(self.protocol)

    def run_for(self, seconds: float) -> None:
        """Go from one moment at which something is due to the next."""
        until = self.clock.seconds() + seconds
        while (now := self.clock.seconds()) < until:
            due = [call.getTime() for call in self.clock.getDelayedCalls()]
            at = self.modem.deadline()
            moment = min(due if at is None else [*due, at], default=until)
            self.clock.advance(min(max(moment - now, _LEAST_STEP_S), until - now))
            self.modem.expire(self.clock.seconds())
            while self._exchange():
                pass

    def _exchange(self) -> bool:
        """Move octets both ways; whether there were any."""
        now = self.clock.seconds()
        to_modem = self.transport.value()
        self.transport.clear()
        if to_modem:
            self.modem.receive(to_modem, now)
        to_us = self.modem.data_to_send(now)
        if to_us and self.is_open:
            self.protocol.dataReceived(to_us)
        self.clock.advance(0)
        if self.transport.disconnecting and self.is_open:
            self.is_open = False
            self.protocol.connectionLost(Failure(ConnectionDone()))
        return bool(to_modem or to_us)
