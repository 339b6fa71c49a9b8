"""The campaign of repetitions: what comes again, and what is answered late or never.

Acknowledgements are lost at each position, in one bind and in several, with and
without a crash; responses come late, after the bind, or never. Every command
carries a figure of its own, and `crash_check` compares what the carrier saw with
what is stored: no command may count twice, no phone ring more than twice.

    python -m tests.system.again --rounds 3
"""

from __future__ import annotations

__all__ = ["Again", "Late", "Round", "main"]

import argparse
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from enum import Enum
from functools import partial
from pathlib import Path

from attrs import define, field

from tests.system import pdus
from tests.system.centre import CentreOptions
from tests.system.crash_check import Finding, Kind, Token, judge, replies_to
from tests.system.history import Delivery
from tests.system.pdus import Pdu
from tests.system.peer import CENTRE, SmscOptions
from tests.system.session import Session
from tests.system.traffic import Traffic

WINDOW = 4
"""Of the centre, so that positions in it are few."""

RESPONSE_S = 1
MESSAGES = 6
"""Messages of one round: more than one window."""

_DRAIN_S = 20.0
_RAW = 900_000
"""Sequence numbers that the carrier's own requests do not reach."""
_ACKNOWLEDGEMENT = "deliver_sm_resp"


class Late(Enum):
    """When a response comes that the centre waits for."""

    IN_TIME = "late but in time"
    AFTER_BIND = "after the end of its bind"
    NEVER = "never"


@define
class Round:
    """One round: what passed, what was wrong."""

    name: str
    tokens: list[Token[Delivery]] = field(factory=list)
    killed_at: list[float] = field(factory=list)
    findings: list[Finding] = field(factory=list)
    deliveries: int = 0
    copies: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        told = (
            f"{self.name}: {len(self.tokens)} messages, {self.deliveries} deliveries,"
            f" {self.copies} second copies, {self.seconds:.1f} s"
        )
        return "\n".join([told, *(f"  VIOLATION {found}" for found in self.findings)])


class Again(Traffic):
    """The rounds; each begins with a new process and bind."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder,
            SmscOptions(window=100, redeliver_after_s=60.0),
            CentreOptions(WINDOW, smpp={"response_s": RESPONSE_S}),
        )
        self.rounds: list[Round] = []
        self._meant: set[Finding] = set()
        """What a round did on purpose, and later ones see as well."""

    # The rounds.

    def unacknowledged_copies(self) -> Round:
        """Each message comes two to five times before the first is acknowledged."""
        found, began = self._begin("copies while unacknowledged")
        sequence = _RAW
        with closing(sqlite3.connect(self.centre.database)) as holder:
            holder.isolation_level = None
            holder.execute("BEGIN IMMEDIATE")
            for times in (2, 3, 4, 5):
                delivery = self._text(found).delivery
                for _ in range(times - 1):
                    sequence += 1
                    self.smsc.send_raw(
                        pdus.build(
                            "deliver_sm",
                            sequence,
                            source_addr=delivery.source,
                            destination_addr=CENTRE,
                            short_message=delivery.octets,
                        )
                    )
            self._wait_read()
            holder.execute("ROLLBACK")
        copies = sequence - _RAW
        answers = [(_ACKNOWLEDGEMENT, 0)] * copies
        try:
            self.smsc.wait_for(lambda: len(self.smsc.errors) >= copies, "all answers")
        except AssertionError as error:
            found.findings.append(Finding(Kind.PEER, str(error)))
        if self.smsc.errors != answers:
            found.findings.append(Finding(Kind.PEER, f"{self.smsc.errors}"))
        self._end(found, began)
        found.deliveries += copies
        return found

    def lost_acknowledgement(self, position: int, *, kill: bool = False) -> Round:
        """The carrier closes before it reads an acknowledgement.

        With ``kill`` the process dies at that moment.
        """
        how = "with a crash" if kill else "with the bind"
        found, began = self._begin(f"acknowledgement {position} lost {how}")

        def lose(session: Session) -> None:
            session.end()
            self.smsc.intercept = None
            if kill:
                found.killed_at.append(time.monotonic())
                self.centre.kill9()

        self._at(_ACKNOWLEDGEMENT, position, lose)
        self._texts(found)
        if kill:
            self.centre.wait_exit(_DRAIN_S)
            self.centre.start()
        return self._end(found, began)

    def lost_in_three_binds(self) -> Round:
        """Three binds in a row end before the carrier has read anything."""
        found, began = self._begin("acknowledgements of three binds lost")
        binds = 0

        def lose(session: Session) -> None:
            nonlocal binds
            binds += 1
            session.end()
            if binds == 3:
                self.smsc.intercept = None
            else:
                self._at(_ACKNOWLEDGEMENT, 1, lose)

        self._at(_ACKNOWLEDGEMENT, 1, lose)
        self._texts(found)
        return self._end(found, began)

    def on_purpose(self, times: int) -> Round:
        """The same text, acknowledged, is a new message; `judge` knows no such text."""
        found, began = self._begin(f"sent {times} times on purpose")
        first = self._text(found)

        def answered(already: int) -> bool:
            replies = replies_to(self.smsc.submits).get(first.serial, [])
            settled = all(delivery.settled for delivery in self.smsc.deliveries)
            return settled and len(replies) == already

        for already in range(1, times + 1):
            self.smsc.wait_for(partial(answered, already), f"reply {already}")
            if already < times:
                self.smsc.deliver(first.delivery.source, first.delivery.text)
        query = "SELECT count(*) FROM inbox WHERE text = ? AND state = 'done'"
        ((done,),) = self.centre.rows(query, first.delivery.text)
        if done != times:
            found.findings.append(Finding(Kind.LOST, f"{times - done} of {times}"))
        found.deliveries = times
        found.seconds = time.monotonic() - began
        return found

    def late_response(self, position: int, late: Late) -> Round:
        """The response to one reply comes late, or never, and its copy is answered."""
        found, began = self._begin(f"response {position} {late.value}")

        def hold(session: Session) -> None:
            self.smsc.holding = True
            # Only this one is kept back.
            self._at("submit_sm", 1, self._answer_all_others)

        self._at("submit_sm", position, hold)
        self._texts(found)
        self.smsc.wait_for(lambda: len(self.smsc.submits) >= position, "the reply")
        bind = len(self.smsc.sessions)
        match late:
            case Late.IN_TIME:
                # Every other reply was there and had its response before it.
                self.smsc.wait_for(
                    lambda: len(self.smsc.submits) >= MESSAGES, "all replies"
                )
                self.smsc.release()
            case Late.AFTER_BIND:
                self.smsc.wait_for(lambda: len(self.smsc.sessions) > bind, "a bind")
                self.smsc.release()
            case Late.NEVER:
                self.smsc.holding = False
        return self._end(found, began)

    def never_answered(self) -> Round:
        """No copy of one reply is ever answered: two go out, then it is uncertain."""
        found, began = self._begin("never answered, nor was its copy")
        silent = self._text(found)

        def keep(session: Session, pdu: Pdu) -> bool:
            if pdu.command == "submit_sm":
                text, _ = pdus.text_of(pdu)
                self.smsc.holding = f"P={silent.serial}," in text
            return False

        self.smsc.intercept = keep
        self._texts(found)
        state = "SELECT state FROM outbox WHERE text LIKE ?"
        wanted = f"%P={silent.serial},%"
        self.smsc.wait_for(
            lambda: self.centre.rows(state, wanted) == [("uncertain",)],
            "the end of the reply",
            _DRAIN_S,
        )
        ((row,),) = self.centre.rows("SELECT id FROM outbox WHERE text LIKE ?", wanted)
        self._meant.add(Finding(Kind.STUCK, f"outbox {(row, 'uncertain', 2)}"))
        copies = len(replies_to(self.smsc.submits)[silent.serial])
        if copies != 2:
            found.findings.append(Finding(Kind.THREE_COPIES, f"{copies} copies"))
        found.tokens.remove(silent)
        self._end(found, began)
        found.tokens.append(silent)
        found.copies += 1
        return found

    # What they are made of.

    def _begin(self, name: str) -> tuple[Round, float]:
        self.begin()
        found = Round(name)
        self.rounds.append(found)
        return found, time.monotonic()

    def _at(self, command: str, position: int, act: Callable[[Session], None]) -> None:
        """Do something at the so-manyth PDU of a kind, in place of reading it.

        A submit_sm is read nevertheless: it has arrived at the phone.
        """
        seen = 0

        def intercept(session: Session, pdu: Pdu) -> bool:
            nonlocal seen
            seen += pdu.command == command
            if pdu.command != command or seen != position:
                return False
            act(session)
            return command == _ACKNOWLEDGEMENT

        self.smsc.intercept = intercept

    def _wait_read(self) -> None:
        """Wait until the centre has read all that was sent to it."""
        enquiry = self.smsc.enquire()
        self.smsc.wait_for(lambda: self.smsc.enquiries[enquiry], "an answer")

    def _answer_all_others(self, session: Session) -> None:
        self.smsc.holding = False
        self.smsc.intercept = None

    def _texts(self, found: Round) -> None:
        for _ in range(MESSAGES):
            self._text(found)

    def _text(self, found: Round) -> Token[Delivery]:
        token = self.text()
        found.tokens.append(token)
        return token

    def _end(self, found: Round, began: float) -> Round:
        """Wait until both sides are quiet, then judge."""
        self.drain(found.tokens, _DRAIN_S)
        submits = [*self.smsc.submits]
        judged = judge(found.tokens, submits, self.centre, found.killed_at)
        found.findings += [finding for finding in judged if finding not in self._meant]
        found.findings += [Finding(Kind.PEER, fault) for fault in self.smsc.faults]
        copies = replies_to(submits)
        found.deliveries = sum(len(token.delivery.copies) for token in found.tokens)
        found.copies = sum(
            len(copies.get(token.serial, [])) > 1 for token in found.tokens
        )
        found.seconds = time.monotonic() - began
        return found


def _all_rounds(again: Again) -> list[Callable[[], Round]]:
    """Every round of the campaign, once."""
    rounds: list[Callable[[], Round]] = [again.unacknowledged_copies]
    for position in range(1, MESSAGES + 1):
        for kill in (False, True):
            rounds.append(partial(again.lost_acknowledgement, position, kill=kill))
    for position in (1, 2, WINDOW):
        rounds += [partial(again.late_response, position, late) for late in Late]
    return [
        *rounds,
        again.lost_in_three_binds,
        partial(again.on_purpose, 5),
        again.never_answered,
    ]


def _summary(rounds: list[Round]) -> str:
    kinds = Counter(finding.kind for found in rounds for finding in found.findings)
    first = (
        f"{len(rounds)} rounds,"
        f" {sum(len(found.tokens) for found in rounds)} messages,"
        f" {sum(found.deliveries for found in rounds)} deliveries,"
        f" {sum(found.copies for found in rounds)} second copies"
    )
    return "\n".join([first, *(f"{kind.value}: {kinds[kind]}" for kind in Kind)])


def main() -> int:
    """Run the campaign; 1 when anything was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="of each kind")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Again(Path(folder)) as again:
        for _ in range(options.rounds):
            for run in _all_rounds(again):
                found = run()
                print(found, flush=True)
                if found.findings:
                    print(again.centre.log(), flush=True)
    print(_summary(again.rounds))
    return int(any(found.findings for found in again.rounds))


if __name__ == "__main__":
    sys.exit(main())
