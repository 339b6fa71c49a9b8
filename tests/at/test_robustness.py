"""Any octets at all: the core goes on, and no command is forgotten."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.at import commands
from smscentre.at.dialogue import Dialogue, State
from smscentre.at.events import FAULTS, Answered, Event, Fault, Lost
from tests.at.samples import DELIVER, SEND, UNSOLICITED, idle

# Many cheap examples: the whole campaign takes some seconds.
campaign = settings(suppress_health_check=list(HealthCheck))

SPOKEN = (
    b"\r\nOK\r\n",
    b"\r\nERROR\r\n",
    b"\r\n+CMS ERROR: 38\r\n",
    b"\r\n> ",
    b"AT+CSQ\r",
    b"+CSQ: 3,99\r\n",
    b"+CMGL: 1,1,,21\r\n",
    DELIVER.encode() + b"\r\n",
    b"+CMGS: 5\r\n",
    b"861234567890123\r\n",
    b"\x1b\x1a\0\xff",
    b"\r",
    *(octets for octets, _ in UNSOLICITED),
)

ASKED = (commands.SIGNAL, commands.LIST, commands.IMEI, commands.REGISTRATION, SEND)

streams = st.lists(
    st.one_of(st.sampled_from(SPOKEN), st.binary(max_size=12)), max_size=12
).map(b"".join)
actions = st.lists(
    st.one_of(streams, st.sampled_from(ASKED), st.floats(0.0, 200.0)), max_size=12
)


def _played(script: list[object], size: int) -> tuple[Dialogue, list[int], list[Event]]:
    """Play a script: octets in pieces of a size, commands, and time that passes."""
    dialogue, now = idle(), 1.0
    tokens: list[int] = []
    happened: list[Event] = []
    for action in script:
        if isinstance(action, bytes):
            for at in range(0, len(action), size):
                happened += dialogue.receive(action[at : at + size], now)
        elif isinstance(action, float):
            now += action
            happened += dialogue.expire(now)
        elif isinstance(action, commands.Command):
            tokens.append(dialogue.enqueue(action, now))
    return dialogue, tokens, happened


class CampaignTests(SynchronousTestCase):
    """Thousands of conversations with a modem that is out of its mind."""

    @settings(campaign, max_examples=1500)
    @given(actions, st.integers(1, 40))
    def test_one_outcome_each(self, script: list[object], size: int) -> None:
        """Nothing raises, and every command has one outcome in the end."""
        dialogue, tokens, happened = _played(script, size)
        happened += dialogue.close("over")
        outcomes = [
            event.token for event in happened if isinstance(event, Answered | Lost)
        ]
        self.assertEqual(outcomes, tokens)
        for event in happened:
            if isinstance(event, Fault):
                self.assertIn(event.reason, FAULTS)

    @settings(campaign, max_examples=1000)
    @given(actions, st.integers(1, 7))
    def test_any_cutting(self, script: list[object], size: int) -> None:
        """However the octets are cut the same is told and the same is written."""
        whole, _, expected = _played(script, 10_000)
        cut, _, found = _played(script, size)
        self.assertEqual(found, expected)
        self.assertEqual(cut.state, whole.state)
        self.assertEqual(cut.deadline(), whole.deadline())
        self.assertEqual(cut.data_to_send(), whole.data_to_send())

    @settings(campaign, max_examples=500)
    @given(actions)
    def test_the_way_back(self, script: list[object]) -> None:
        """Whatever was, with a modem that answers AT the dialogue is ready again."""
        dialogue, _, _ = _played(script, 100)
        now = 10_000.0
        dialogue.receive(b"\r\n", now)
        # Each may need its prompt's time, its own, AT and the silence after it.
        for _ in range(6 * len(script) + 6):
            due = dialogue.deadline()
            if due is None:
                break
            now = max(now, due)
            dialogue.expire(now)
            if dialogue.state is State.LOST:
                dialogue.receive(b"\r\nOK\r\n", now)
        self.assertIs(dialogue.state, State.IDLE)
        self.assertIsNone(dialogue.deadline())
