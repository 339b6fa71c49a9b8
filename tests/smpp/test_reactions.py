"""What a session does with each command of SMPP, in each of its states.

`tests.smpp.test_states` walks the moves; here are the PDUs: what is answered, what
is told, and where the session stands afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.smpp import events
from smscentre.smpp.codes import COMMANDS, RESPONSE, Status
from smscentre.smpp.errors import LocalProtocolError
from smscentre.smpp.events import (
    BindRefused,
    Bound,
    Closed,
    Corrupt,
    Delivered,
    Event,
    Fault,
    PeerUnbound,
    SubmitAnswered,
)
from smscentre.smpp.framing import HEADER, Framer
from smscentre.smpp.pdus import BindMode
from smscentre.smpp.session import Session, State
from smscentre.smpp.window import LAST_SEQUENCE
from tests.smpp.samples import (
    MESSAGE,
    OPTIONS,
    bind_resp,
    bound,
    deliver,
    header,
    submit_resp,
)

NUMBER = 77
"""The sequence number of a PDU that answers nothing of ours."""

NACK = COMMANDS["generic_nack"]

BROADCASTS = {
    "broadcast_sm": 0x111,
    "query_broadcast_sm": 0x112,
    "cancel_broadcast_sm": 0x113,
}
"""What SMPP 5.0 adds (§4.4, §4.6); smpplib does not know them."""

ALL = (*COMMANDS, *BROADCASTS, *(f"{name}_resp" for name in BROADCASTS))


@frozen
class Reaction:
    """What comes of a PDU: the answer's command and status, what is told, the state.

    ``told`` has the reason of each fault and the type of every other event;
    ``following`` of None stays.
    """

    told: tuple[object, ...] = ()
    answer: tuple[int, int] | None = None
    following: State | None = None


def _answered(name: str, status: int = 0) -> tuple[int, int]:
    return COMMANDS[name] | RESPONSE, status


_NOTHING = Reaction()
_STRAY = Reaction((events.UNEXPECTED_RESPONSE,))
_UNKNOWN = Reaction((events.UNKNOWN_COMMAND,), (NACK, Status.RINVCMDID))
_EARLY = Reaction((events.UNEXPECTED_COMMAND,), _answered("deliver_sm", Status.RSYSERR))


def _ours_alone(name: str) -> Reaction:
    """A request that only an ESME may send."""
    answer = _answered(name, Status.RINVBNDSTS)
    return Reaction((events.UNEXPECTED_COMMAND,), answer)


EVERYWHERE: dict[str, Reaction] = {
    "bind_transceiver": _ours_alone("bind_transceiver"),
    "bind_transmitter": _ours_alone("bind_transmitter"),
    "bind_receiver": _ours_alone("bind_receiver"),
    "submit_sm": _ours_alone("submit_sm"),
    "alert_notification": Reaction((events.UNEXPECTED_COMMAND,)),
    "enquire_link": Reaction((), _answered("enquire_link")),
    "generic_nack": Reaction((events.NACKED,)),
    "outbind": Reaction((events.OUTBIND, Closed), None, State.CLOSED),
    "unbind": Reaction((PeerUnbound, Closed), _answered("unbind"), State.CLOSED),
    "query_sm": _UNKNOWN,
    "replace_sm": _UNKNOWN,
    "cancel_sm": _UNKNOWN,
    "submit_multi": _UNKNOWN,
    "data_sm": _UNKNOWN,
    **dict.fromkeys(BROADCASTS, _UNKNOWN),
    **{name: _STRAY for name in ALL if name.endswith("_resp")},
}
"""What is the same in every state but CLOSED, where nothing is read any more."""

BY_STATE: dict[str, dict[State, Reaction]] = {
    "deliver_sm": {
        State.OPEN: _EARLY,
        State.BINDING: _EARLY,
        State.BOUND: Reaction((Delivered,)),
        State.UNBINDING: Reaction((Delivered,)),
    },
}
"""What is not."""


def _open() -> Session:
    return Session(OPTIONS)


def _binding() -> Session:
    session = _open()
    session.connect(0.0)
    session.data_to_send()
    return session


def _busy() -> Session:
    """Bound; submit_sm 2 has no answer yet."""
    session = bound()
    session.submit(MESSAGE, 0.0)
    session.data_to_send()
    return session


def _leaving() -> Session:
    """Our unbind 3 waits for its answer, and so does submit_sm 2."""
    session = _busy()
    session.unbind(0.0)
    session.data_to_send()
    return session


def _asking() -> Session:
    """Our enquire_link 2 waits for its answer."""
    session = bound()
    session.expire(OPTIONS.enquire_link_s)
    session.data_to_send()
    return session


def _closed() -> Session:
    session = bound()
    session.close("over")
    return session


STATES: dict[State, Callable[[], Session]] = {
    State.OPEN: _open,
    State.BINDING: _binding,
    State.BOUND: bound,
    State.UNBINDING: _leaving,
    State.CLOSED: _closed,
}


@frozen
class Answer:
    """A PDU that answers one of ours, and what comes of it."""

    name: str
    make: Callable[[], Session]
    pdu: bytes
    reaction: Reaction


_REFUSED = (BindRefused, Closed)
_UNBIND_RESP = COMMANDS["unbind_resp"]
_ENQUIRE_RESP = COMMANDS["enquire_link_resp"]

ANSWERS = (
    Answer("bound", _binding, bind_resp(), Reaction((Bound,), None, State.BOUND)),
    Answer("not bound", _binding, bind_resp(status=13),
           Reaction(_REFUSED, None, State.CLOSED)),
    Answer("bind nacked", _binding, header(NACK, 1, 3),
           Reaction((events.NACKED, *_REFUSED), None, State.CLOSED)),
    Answer("another mode", _binding, bind_resp(BindMode.RECEIVER), _STRAY),
    Answer("submitted", _busy, submit_resp(2), Reaction((SubmitAnswered,))),
    Answer("refused", _busy, submit_resp(2, status=8), Reaction((SubmitAnswered,))),
    Answer("submit nacked", _busy, header(NACK, 2, 3), Reaction((SubmitAnswered,))),
    Answer("submitted, leaving", _leaving, submit_resp(2),
           Reaction((SubmitAnswered,))),
    Answer("submit nacked, leaving", _leaving, header(NACK, 2, 3),
           Reaction((SubmitAnswered,))),
    Answer("unbound, in flight", _leaving, header(_UNBIND_RESP, 3),
           Reaction((events.SubmitLost, Closed), None, State.CLOSED)),
    Answer("unbind nacked", _leaving, header(NACK, 3, 3),
           Reaction((events.NACKED, events.SubmitLost, Closed), None, State.CLOSED)),
    Answer("they unbind, in flight", _busy, header(COMMANDS["unbind"], NUMBER),
           Reaction((PeerUnbound, events.SubmitLost, Closed), _answered("unbind"),
                    State.CLOSED)),
    Answer("both unbind", _leaving, header(COMMANDS["unbind"], NUMBER),
           Reaction((PeerUnbound, events.SubmitLost, Closed), _answered("unbind"),
                    State.CLOSED)),
    Answer("alive", _asking, header(_ENQUIRE_RESP, 2), _NOTHING),
    Answer("alive, in an error", _asking, header(_ENQUIRE_RESP, 2, 8), _NOTHING),
    Answer("enquiry nacked", _asking, header(NACK, 2, 3),
           Reaction((events.NACKED,))),
    Answer("a corrupt deliver_sm", bound, header(COMMANDS["deliver_sm"], 5),
           Reaction((Corrupt,))),
    Answer("a question with a body", bound,
           header(COMMANDS["enquire_link"], NUMBER, length=17) + b"x",
           Reaction((events.BAD_BODY,), _answered("enquire_link", 2))),
    Answer("an unbind with a body", bound,
           header(COMMANDS["unbind"], NUMBER, length=17) + b"x",
           Reaction((events.BAD_BODY,), _answered("unbind", 2))),
)  # fmt: skip


class ReactionTests(SynchronousTestCase):
    """Every command in every state has one answer."""

    def assertReaction(self, session: Session, pdu: bytes, expected: Reaction) -> None:
        before = session.state
        happened = session.receive(pdu, 1.0)
        self.assertEqual(tuple(_told(event) for event in happened), expected.told)
        sent = Framer().feed(session.data_to_send())
        answers = [HEADER.unpack_from(octets)[1:3] for octets in sent]
        wanted = [expected.answer] if expected.answer else []
        self.assertEqual(answers, wanted)
        self.assertIs(session.state, expected.following or before)

    def test_every_command_has_a_row(self) -> None:
        """No command is in both tables, and each has all states."""
        self.assertEqual(EVERYWHERE.keys() & BY_STATE.keys(), set())
        self.assertEqual(EVERYWHERE.keys() | BY_STATE.keys(), set(ALL))
        for reactions in BY_STATE.values():
            self.assertEqual({*reactions, State.CLOSED}, set(State))

    def test_every_command_in_every_state(self) -> None:
        """With a number that answers nothing of ours."""
        for name in ALL:
            request = (COMMANDS | BROADCASTS).get(name.removesuffix("_resp"), 0)
            command = request | RESPONSE if name.endswith("_resp") else request
            command = COMMANDS.get(name, command)
            pdu = header(command, NUMBER)
            if name == "deliver_sm":
                pdu = deliver(NUMBER)
            for state, make in STATES.items():
                with self.subTest(command=name, state=state):
                    expected = EVERYWHERE.get(name) or BY_STATE[name].get(state)
                    if state is State.CLOSED:
                        expected = _NOTHING
                    assert expected is not None
                    lost = state is State.UNBINDING and expected.following
                    if lost:
                        # A submit_sm is in flight in that state.
                        *others, last = expected.told
                        told = (*others, events.SubmitLost, last)
                        expected = evolve(expected, told=told)
                    self.assertReaction(make(), pdu, expected)

    def test_what_answers_us(self) -> None:
        """In the states in which we may have asked."""
        for answer in ANSWERS:
            with self.subTest(answer=answer.name):
                self.assertReaction(answer.make(), answer.pdu, answer.reaction)

    def test_any_other_command(self) -> None:
        """What nobody has defined is nacked as a request, passed over as a response."""
        for command in (0, 0x10, 0x114, 0x10200, 0x7FFFFFFF):
            for make in (_open, _binding, bound, _leaving):
                self.assertReaction(make(), header(command, NUMBER), _UNKNOWN)
        for command in (0x80000010, 0x80010200, 0xFFFFFFFF):
            for make in (_open, _binding, bound, _leaving):
                self.assertReaction(make(), header(command, NUMBER), _STRAY)


class BusyUnbindTests(SynchronousTestCase):
    """An unbind while much is under way."""

    def test_theirs(self) -> None:
        """Each submit is lost once; what came before it can no longer be answered."""
        session = _busy()
        session.receive(deliver(5), 1.0)
        happened = session.receive(header(COMMANDS["unbind"], NUMBER) + deliver(6), 1.0)
        told = [_told(event) for event in happened]
        self.assertEqual(told, [PeerUnbound, events.SubmitLost, Closed])
        self.assertRaises(LocalProtocolError, session.acknowledge, 5)

    def test_ours(self) -> None:
        """Until its answer messages come, are answered, and submits are settled."""
        session = _busy()
        session.receive(deliver(5), 1.0)
        session.unbind(1.0)
        session.data_to_send()
        session.acknowledge(5)
        happened = session.receive(deliver(6) + submit_resp(2), 1.0)
        session.acknowledge(6, Status.RSYSERR)
        happened += session.receive(header(_UNBIND_RESP, 3), 1.0)
        told = [_told(event) for event in happened]
        self.assertEqual(told, [Delivered, SubmitAnswered, Closed])
        answers = Framer().feed(session.data_to_send())
        self.assertEqual(
            [HEADER.unpack_from(octets)[1:] for octets in answers],
            [(0x80000005, 0, 5), (0x80000005, 8, 6)],
        )


class WrapTests(SynchronousTestCase):
    """Sequence numbers at their end, with others in flight."""

    def test_with_numbers_in_flight(self) -> None:
        """Every kind of request of ours passes over them, and answers find theirs."""
        session = bound(evolve(OPTIONS, window=5))
        first = [session.submit(MESSAGE, 0.0) for _ in range(3)]
        self.assertEqual(first, [2, 3, 4])
        session._window._last = LAST_SEQUENCE - 1
        self.assertEqual(session.submit(MESSAGE, 0.0), LAST_SEQUENCE)
        self.assertEqual(session.submit(MESSAGE, 0.0), 1)
        session.data_to_send()
        session.expire(OPTIONS.enquire_link_s)
        (question,) = Framer().feed(session.data_to_send())
        self.assertEqual(HEADER.unpack_from(question)[3], 5)
        for sequence in (1, LAST_SEQUENCE, 3):
            happened = session.receive(submit_resp(sequence, f"{sequence:x}"), 21.0)
            self.assertEqual(happened, [SubmitAnswered(sequence, 0, f"{sequence:x}")])
        self.assertEqual(session.room(), 3)


def _told(event: Event) -> object:
    return event.reason if isinstance(event, Fault) else type(event)
