"""One modem of a campaign: its officers text by it, things go wrong, it serves again.

Beneath `faults_modem`, which runs many at once; what goes wrong is said in
`faults_modem_deeds`. It keeps what both sides of the line recorded, in the form in
which `crash_check` judges.
"""

from __future__ import annotations

__all__ = ["Lane", "Question", "Trial", "Wrong"]

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define, field, frozen

from smscentre.sim.modem import record
from smscentre.sim.modem.record import Spoken, Submitted
from tests.system.crash_check import Token, replies_to
from tests.system.history import Copy, Delivery, Submit
from tests.system.modem import Modem
from tests.system.traffic import Traffic

BACK_S = 60.0
"""How soon a modem has to serve again."""

_DRAIN_S = 120.0
_EVERY_S, _LOOK_S = 1.5, 0.05
_APART_S = 0.5
_CARRIED_S = 1.0
"""What was said so shortly before a line was cut may not have arrived."""


@frozen
class Question:
    """A command, and what the modem knows of the message that it came in."""

    token: Token[Delivery]
    brought: record.Delivery


@frozen
class Wrong:
    """One kind of fault: its name and what happens.

    ``blinds``: what the modem says meanwhile may not arrive, or not be understood, so
    that a reply may have to be sent again. ``deed`` lets it happen and gives the
    moment from which the modem could serve; its number goes from 0 to 1 over the
    trials and says how long or which kind, where there is a choice.
    """

    name: str
    deed: Callable[[Lane, float], float]
    blinds: bool = False
    trials: int = 20


@define
class Trial:
    """One fault at one modem: how soon it served again, and what was missed.

    ``back_s`` and ``done_s`` go from the end of the fault to the answer to a new
    question, and until all questions were answered and all messages deleted.
    """

    wrong: Wrong
    modem: str
    back_s: float = float("inf")
    done_s: float = float("inf")
    questions: list[Question] = field(factory=list)
    findings: list[str] = field(factory=list)


class Lane:
    """A modem with officers of its own.

    Two of them: one texts through the trouble, the other one afterwards, since what is
    for the first one may have to wait after a refusal.
    """

    def __init__(self, name: str, folder: Path, traffic: Traffic, officer: int) -> None:
        self.name = name
        self.modem = Modem(folder)
        self.questions: list[Question] = []
        self._traffic = traffic
        self._officer = officer
        self._asked_at = 0.0
        self._answered: set[int] = set()
        self._read = 0
        self._blind: list[tuple[float, float]] = []

    # What a trial is made of.

    def ask(self, officer: int = 0) -> Question:
        """Let an officer text a command by this modem."""
        brought: list[record.Delivery] = []
        self._asked_at = time.monotonic()

        def deliver(number: str, text: str) -> Delivery:
            brought.extend(self.modem.deliver(f"+{number}", text))
            return Delivery(number, "", text, b"")

        token = self._traffic.command(deliver, self._officer + officer)
        question = Question(token, brought[0])
        self.questions.append(question)
        return question

    def pass_time(self, seconds: float) -> None:
        """Let time pass in which the officer texts on."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._text_on()
            time.sleep(min(left, _LOOK_S))

    def wait(self, holds: Callable[[], object], what: str, timeout_s: float) -> None:
        """Wait until something holds, texting on.

        :raises AssertionError: it does not come to hold.
        """
        until = time.monotonic() + timeout_s
        while not holds():
            if time.monotonic() > until:
                raise AssertionError(f"{self.name}: not within {timeout_s:g} s: {what}")
            self.pass_time(_LOOK_S)

    @contextmanager
    def blind(self) -> Iterator[None]:
        """A time in which what the modem says may be lost on the way."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._blind.append((began - _CARRIED_S, time.monotonic()))

    # A trial.

    def trial(self, wrong: Wrong, part: float) -> Trial:
        """Let a fault happen, see the modem serve again and all be done."""
        trial = Trial(wrong, self.name)
        first = len(self.questions)
        try:
            if wrong.blinds:
                with self.blind():
                    over = wrong.deed(self, part)
            else:
                over = wrong.deed(self, part)
            self._serves_again(trial, over)
            self.drain(first)
            trial.done_s = time.monotonic() - over
            # What was just answered shall not be hit by the next fault.
            time.sleep(_APART_S)
        except AssertionError as error:
            trial.findings.append(f"{wrong.name}: {error}")
            self.modem.faults.clear()
        trial.questions = self.questions[first:]
        return trial

    def served(self, timeout_s: float = BACK_S) -> float:
        """See a new question answered; the seconds it took.

        :raises AssertionError: it is not.
        """
        question = self.ask(1)
        return self.modem.wait_for(
            lambda: self._is_answered(question), f"an answer by {self.name}", timeout_s
        )

    def drain(self, first: int = 0) -> None:
        """See all questions from one on answered, and their messages deleted.

        :raises AssertionError: they are not.
        """
        questions = self.questions[first:]

        def done() -> bool:
            return all(
                self._is_answered(each) and each.brought.is_taken for each in questions
            )

        self.modem.wait_for(done, f"all of {self.name} done", _DRAIN_S)

    def _text_on(self) -> None:
        if time.monotonic() - self._asked_at >= _EVERY_S:
            self.ask()

    def _serves_again(self, trial: Trial, over: float) -> None:
        self.served(2 * BACK_S)
        trial.back_s = time.monotonic() - over
        if trial.back_s > BACK_S:
            late = f"{trial.wrong.name}: {self.name} back after {trial.back_s:.1f} s"
            trial.findings.append(late)

    def _is_answered(self, question: Question) -> bool:
        new = self.modem.submits[self._read :]
        self._read += len(new)
        self._answered |= replies_to(map(_as_submit, new)).keys()
        return question.token.serial in self._answered

    # What passed, for the judge.

    def submits(self) -> list[Submit]:
        """Every message that the network took from this modem.

        Those whose result was given, and could be heard, have the moment of that.
        """
        spoken = [one for one in self.modem.commands if one.body]
        found = []
        for submitted in self.modem.submits:
            submit = _as_submit(submitted)
            if self._was_heard(submitted, spoken):
                submit.answered_at = submitted.at
            found.append(submit)
        return found

    def tokens(self) -> list[Token[Delivery]]:
        """Every command; those that left the modem were taken by the centre."""
        for question in self.questions:
            if question.brought.is_taken:
                copy = Copy(0, 0, 0.0, answered_at=0.0, status=0)
                question.token.delivery.copies[:] = [copy]
        return [question.token for question in self.questions]

    def left(self) -> list[str]:
        """The commands that still lie in the modem, or never came out of it."""
        return [
            question.token.delivery.text
            for question in self.questions
            if not question.brought.is_taken
        ]

    def deleted(self) -> list[tuple[str, bytes]]:
        """The messages that were deleted from the SIM, each with its place."""
        deliveries = self.modem.deliveries
        return [
            (f"slot {moved.index} of {self.name}", deliveries[moved.delivery].octets)
            for moved in self.modem.deleted
            if moved.delivery is not None
        ]

    def _was_heard(self, submitted: Submitted, spoken: list[Spoken]) -> bool:
        said = [one for one in spoken if one.at <= submitted.at]
        in_sight = not any(
            began <= submitted.at <= ended for began, ended in self._blind
        )
        return bool(said and said[-1].result and in_sight)


def _as_submit(submitted: Submitted) -> Submit:
    """What the network took, as the judge reads it."""
    return Submit(
        bind=0,
        sequence=submitted.reference,
        destination=submitted.destination.removeprefix("+"),
        text=submitted.text,
        part=None,
        data_coding=0,
        registered_delivery=int(submitted.report_requested),
        received_at=submitted.at,
        smsc_id=str(submitted.reference),
        status=0,
    )
