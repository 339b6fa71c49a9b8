"""What the real process does with an SMSC on somebody else's library.

The classes here have no program and are not collected; `against` gives them one.
"""

from __future__ import annotations

__all__ = [
    "LONG",
    "LONG_COMMAND",
    "THROTTLED",
    "GoldenTests",
    "IncomingTests",
    "LifeTests",
    "OutgoingTests",
    "PeerCase",
    "ReceiptTests",
    "against",
]

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar
from unittest import SkipTest, skipIf

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from tests.system.centre import CentreOptions, RunningCentre
from tests.system.peers import manual
from tests.system.peers.driver import Event, Peer
from tests.system.peers.manual import OFFICER, Manual
from tests.system.peers.programs import Program

_SINGLE = 160
THROTTLED = 0x58
_VERSION = 0x34
_UCS2 = 8

LONG_COMMAND = "RUPBASAN PEG" + " 9999999" * 8
_LONG_REPLY = (
    "berhasil, Pam P=9999999, W=9999999 / Staf P=9999999, W=9999999 / "
    "Pnl P=9999999, W=9999999 / Pml P=9999999, W=9999999. Terima Kasih"
)
"""The end of the longest reply to a report."""


@frozen
class Long:
    """How a carrier brings a long command: its pieces as fields of `Peer.deliver`."""

    name: str
    data_coding: int
    parts: tuple[dict[str, object], ...]


def _headers(head: str, *numbers: int) -> tuple[dict[str, object], ...]:
    """The concatenation headers of all parts, in the order in which they come."""
    total = len(numbers)
    return tuple({"udh": f"{head}{total:02x}{number:02x}"} for number in numbers)


LONG = (
    Long("header, 2 parts", 0, _headers("05000311", 1, 2)),
    Long("header, 3 parts, last first", 0, _headers("05000312", 3, 1, 2)),
    Long("header, reference of 16 bits", 0, _headers("0608041234", 1, 2, 3)),
    Long("header, UCS-2", _UCS2, _headers("05000313", 2, 1, 3)),
    Long("SAR", 0, tuple({"sar": (20, 3, number)} for number in (1, 2, 3))),
    Long("message_payload", 0, ({"payload": True},)),
    Long("message_payload, UCS-2", _UCS2, ({"payload": True},)),
)


def _place(fields: dict[str, object]) -> int:
    """Which part, from 0, a piece is by its fields."""
    match fields:
        case {"udh": str(header)}:
            return int(header[-2:], 16) - 1
        case {"sar": (_, _, int(number))}:
            return number - 1
    return 0


class PeerCase(SynchronousTestCase):
    """A program and a centre for each test; `run_centre` starts the centre."""

    program: ClassVar[Program]

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.peer = Peer(self.program.command, self.folder / "peer.log")
        self.addCleanup(self.peer.stop)
        self.peer.start()

    def run_centre(
        self, options: CentreOptions | None = None, with_names: bool = False
    ) -> None:
        """Start a centre in a folder of its own and wait for its bind."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        self.centre = RunningCentre(folder, self.peer.port, options)
        self.addCleanup(self.centre.close)
        self.centre.adopt(manual.database())
        if with_names:
            manual.add_named(self.centre)
        binds = len(self.peer.of("bind"))
        self.centre.start()
        self.wait(lambda: len(self.peer.of("bind")) > binds, "the bind")

    def end_centre(self) -> None:
        """Stop the centre; the program must have seen nothing amiss."""
        unbinds = len(self.peer.of("unbind"))
        self.centre.terminate()
        self.wait(lambda: len(self.peer.of("unbind")) > unbinds, "the unbind")
        self.assertEqual(self.peer.of("fault"), [])

    def wait(self, predicate: Callable[[], object], what: str) -> None:
        """Wait for the program to see something; on failure show the log."""
        try:
            self.peer.wait_for(predicate, what)
        except AssertionError as error:
            self.fail(f"{error}\n{self.centre.log()}")

    def reply(self, deliver: Callable[[], object], what: str) -> str:
        """Have something delivered and wait for the text that answers it."""
        known = len(self.peer.texts())
        deliver()
        self.wait(lambda: len(self.peer.texts()) > known, f"a reply to {what}")
        return self.peer.texts()[known]

    def ask(self, text: str, data_coding: int | None = 0, number: str = OFFICER) -> str:
        """Text a command and wait for its reply."""
        return self.reply(lambda: self.peer.deliver(number, text, data_coding), text)

    def ask_in_parts(self, text: str, case: Long) -> str:
        """Have a text delivered as the case has it and wait for its reply."""
        size = -(-len(text) // len(case.parts))

        def deliver() -> None:
            for fields in case.parts:
                place = _place(fields)
                piece = text[place * size : (place + 1) * size]
                self.peer.deliver(OFFICER, piece, case.data_coding, **fields)

        return self.reply(deliver, case.name)

    def try_manual(self) -> None:
        """Every command of the manual gets the manual's reply, letter for letter."""
        known = Manual()
        for exchange in known.exchanges:
            with self.subTest(id=exchange.id):
                self.assertEqual(self.ask(exchange.text), exchange.reply)
        if known.over:
            raise SkipTest("midnight passed during the run")


class GoldenTests(PeerCase):
    """The manual, and what the program saw of the bind and the PDUs."""

    def test_the_manual(self) -> None:
        """All nineteen commands; bind, acknowledgements and submits are in order."""
        self.run_centre()
        self.try_manual()
        self.end_centre()
        (bind,) = self.peer.of("bind")
        seen = bind["system_id"], bind["password"], bind["interface_version"]
        self.assertEqual(seen, ("smscentre", "rahasia", _VERSION))
        answers = [event["status"] for event in self.peer.of("deliver_sm_resp")]
        self.assertEqual(answers, [0] * 19)
        for submit in self.peer.of("submit_sm"):
            self.assertEqual(
                (submit["source"], submit["destination"]), ("02170252704", OFFICER)
            )
            self.assertEqual((submit["dest_addr_ton"], submit["dest_addr_npi"]), (1, 1))
            self.assertEqual(submit["registered_delivery"], 1)
            self.assertEqual((submit["data_coding"], submit["esm_class"]), (0, 0))


@frozen
class Coded:
    """A text in a data_coding; None leaves the choice to the library."""

    text: str
    data_coding: int | None


_CODED = (
    Coded("RUTAN 11 2 3 4", 0),
    Coded("RUTAN 12 2 3 4", 3),
    Coded("RUTAN 13 2 3 4", _UCS2),
    Coded("RUTAN 14 2 3 4", None),
    Coded("RUTAN \u4f60\u597d 1 2 3", _UCS2),
    Coded("RUTAN \U0001f600 1 2 3", _UCS2),
    Coded("RUTAN \u0663\u0664 1 2 3", _UCS2),
    Coded("RUTAN [\u20ac] 1 2 3", 0),
    Coded("RUTAN \u00e9\u00d1\u00dc 1 2 3", 0),
    Coded("RUTAN \u00e9\u00f1\u00e7 1 2 3", 3),
)


class IncomingTests(PeerCase):
    """Texts that the program's library encodes and the centre reads."""

    def test_long_messages(self) -> None:
        """A command in parts or in message_payload is one command."""
        self.run_centre()
        for figure, case in enumerate(LONG):
            with self.subTest(case=case.name):
                text = f"RUTAN {figure}" + " " * 180 + "54 36 39"
                reply = self.ask_in_parts(text, case)
                self.assertIn(f"Tahanan P={figure}, W=54 / Napi P=36, W=39", reply)
        self.end_centre()
        self.assertEqual({e["status"] for e in self.peer.of("deliver_sm_resp")}, {0})

    def test_codings(self) -> None:
        """Each text is stored as it was written and gets a reply."""
        self.run_centre()
        for case in _CODED:
            with self.subTest(case=case):
                reply = self.ask(case.text, case.data_coding)
                self.assertRegex(reply, "berhasil|Angka ke-1")
        stored = self.centre.rows("SELECT text FROM inbox ORDER BY id")
        self.assertEqual([text for (text,) in stored], [case.text for case in _CODED])
        self.end_centre()


@frozen
class Cut:
    """A setting for long messages, and what the program sees of it."""

    smpp: dict[str, object]
    esm_classes: list[int]
    payload: bool


_CUTS = (
    Cut({}, [0x40, 0x40], False),
    Cut({"reference_bits": 16}, [0x40, 0x40], False),
    Cut({"long_messages": "sar"}, [0, 0], False),
    Cut({"long_messages": "payload"}, [0], True),
)


class OutgoingTests(PeerCase):
    """Replies that the centre encodes and the program's library reads."""

    def test_long_replies(self) -> None:
        """The longest reply arrives whole in each way to cut it."""
        for case in _CUTS:
            with self.subTest(case=case.smpp):
                known = len(self.peer.of("submit_sm"))
                self.run_centre(CentreOptions(smpp=case.smpp))
                reply = self.ask(LONG_COMMAND)
                self.assertEqual(reply, self._due())
                self.assertGreater(len(reply), _SINGLE)
                self.end_centre()
                submits = self.peer.of("submit_sm")[known:]
                esm_classes = [submit["esm_class"] for submit in submits]
                self.assertEqual(esm_classes, case.esm_classes)
                self.assertEqual({s["payload"] for s in submits}, {case.payload})

    def test_codings(self) -> None:
        """Replies in GSM 7-bit with its extension and in UCS-2, surrogates included."""
        self.run_centre(with_names=True)
        for row in manual.NAMED:
            with self.subTest(name=row.name):
                known = len(self.peer.of("submit_sm"))
                reply = self.ask("RUTAN 82 54 36 39", number=row.number)
                self.assertIn(f"UPT {row.code}/{row.name}/DKI", reply)
                self.assertTrue(reply.endswith("W=39. Terima Kasih"), reply)
                codings = [s["data_coding"] for s in self.peer.of("submit_sm")[known:]]
                # What fits one GSM 7-bit message needs two in UCS-2.
                parts = 2 if row.data_coding == _UCS2 else 1
                self.assertEqual(codings, [row.data_coding] * parts)
        self.end_centre()

    def _due(self) -> str:
        # At night the reply names its day, as the manual's own does.
        (short,) = [each.reply for each in Manual().exchanges if each.id == "3c"]
        return short.partition("berhasil")[0] + _LONG_REPLY


class ReceiptTests(PeerCase):
    """Receipts in the form that the program gives them."""

    def test_delivered_and_failed(self) -> None:
        """Each finds the part it speaks of, is acknowledged and is no command."""
        self.run_centre()
        self.ask("RUTAN 82 54 36 39")
        self.ask(LONG_COMMAND)
        states = ("DELIVRD", "UNDELIV", "DELIVRD")
        self.wait(lambda: self._states() == ["sent"] * 3, "all parts sent")
        submits = self.peer.of("submit_sm")
        tags = [
            self.peer.receipt(submit, state)
            for submit, state in zip(submits, states, strict=True)
        ]
        self.wait(lambda: "sent" not in self._states(), "all ends")
        self.assertEqual(self._states(), ["delivered", "failed", "delivered"])
        self.wait(lambda: [self.peer.status(tag) for tag in tags] == [0] * 3, "answers")
        self.end_centre()
        self.assertEqual(len(self.peer.of("submit_sm")), 3)

    def _states(self) -> list[str]:
        rows = self.centre.rows("SELECT state FROM outbox ORDER BY id")
        return [state for (state,) in rows]


class LifeTests(PeerCase):
    """The session beside the messages."""

    def test_enquire_link(self) -> None:
        """Each side asks whether the other is there, and is answered."""
        self.run_centre(CentreOptions(smpp={"enquire_link_s": 1}))
        self.peer.order("enquire")
        self.wait(lambda: self.peer.of("enquire_link_resp"), "our answer")
        self.assertEqual(self.peer.of("enquire_link_resp")[0]["status"], 0)
        # A second one comes only if the answer to the first was understood.
        self.wait(lambda: len(self.peer.of("enquire_link")) > 1, "our questions")
        self.end_centre()
        self.assertEqual(len(self.peer.of("bind")), 1)

    def test_the_peer_unbinds(self) -> None:
        """Its unbind is answered; the centre binds anew and serves on."""
        self.run_centre()
        self.ask("RUTAN 1 2 3 4")
        self.peer.order("unbind")
        self.wait(lambda: self.peer.of("unbind_resp"), "the answer")
        self.assertEqual(self.peer.of("unbind_resp")[0]["status"], 0)
        self.wait(lambda: len(self.peer.of("bind")) == 2, "another bind")
        self.assertIn("Tahanan P=5", self.ask("RUTAN 5 6 7 8"))
        self.end_centre()

    def test_throttling(self) -> None:
        """What was refused as too much is sent later, in order."""
        self.run_centre(CentreOptions(window=1))
        self.peer.order("refuse", statuses=[THROTTLED, THROTTLED])
        for figure in range(3):
            self.peer.deliver(OFFICER, f"RUTAN {figure} 2 3 4")
        self.wait(lambda: len(self.peer.texts()) == 3, "the replies")
        for figure, text in enumerate(self.peer.texts()):
            self.assertIn(f"Tahanan P={figure}", text)
        self.assertEqual(self._statuses(), [THROTTLED, THROTTLED, 0, 0, 0])
        self.end_centre()

    def _statuses(self) -> list[int]:
        submits: list[Event] = self.peer.of("submit_sm")
        return [submit["status"] for submit in submits]


def against(
    program: Program, tests: type[PeerCase], module: str, missing: str = ""
) -> type[PeerCase]:
    """The same tests with a program, as a class of a module.

    ``missing`` says what else they lack here.
    """
    name = f"{program.name.title()}{tests.__name__}"
    members: dict[str, Any] = {
        "program": program,
        "__module__": module,
        "__qualname__": name,
        "__doc__": tests.__doc__,
    }
    reason = program.missing or missing
    return skipIf(bool(reason), reason)(type(name, (tests,), members))
