"""Corrections by a page, done in the writer's thread as an SMS would do them.

Joins the commands' rules with the store: reads what holds, decides, applies the
effect and writes the audit log, all in one transaction.
"""

from __future__ import annotations

__all__ = ["Desk"]

from collections.abc import Callable

from attrs import evolve

from smscentre.commands.asker import Rules
from smscentre.commands.correct import Ruled, correct, take_back
from smscentre.corrections import Correction, TakingBack, Verdict
from smscentre.interfaces import Request
from smscentre.messages import Submission
from smscentre.store import audit
from smscentre.store.effects import hold_figures
from smscentre.store.ledger import StoreLedger
from smscentre.store.transaction import Transaction

NO_MESSAGE = 0
"""What stands in the history in place of the message that brought the figures."""


class Desk:
    """Enters, corrects and takes back. Writer's thread."""

    def __init__(
        self, rules: Rules, ledger_of: Callable[[Transaction], StoreLedger]
    ) -> None:
        """:param ledger_of: the ledger that all works of a transaction share"""
        self._rules = rules
        self._ledger_of = ledger_of

    def correct(
        self, transaction: Transaction, correction: Correction, now: float
    ) -> Verdict:
        """Have figures hold, unless something speaks against it."""
        ledger = self._ledger(transaction, correction)
        ruled = correct(correction, ledger, self._rules, now)
        return self._do(transaction, ledger, correction, ruled, now)

    def take_back(
        self, transaction: Transaction, wish: TakingBack, now: float
    ) -> Verdict:
        """Have hold what held before, unless something speaks against it."""
        ledger = self._ledger(transaction, wish)
        ruled = take_back(wish, ledger, self._rules, now)
        return self._do(transaction, ledger, wish, ruled, now)

    def _ledger(
        self, transaction: Transaction, wish: Correction | TakingBack
    ) -> StoreLedger:
        """The ledger, with what holds now: no other node changes it meanwhile."""
        hold_figures(transaction)
        ledger = self._ledger_of(transaction)
        ledger.read_again(wish.key)
        return ledger

    def _do(
        self,
        transaction: Transaction,
        ledger: StoreLedger,
        wish: Correction | TakingBack,
        ruled: Ruled,
        now: float,
    ) -> Verdict:
        """Apply what was decided, and sign it."""
        if ruled.effect is None:
            return ruled.verdict
        before = ledger.latest(wish.key)
        request = Request(wish.author, wish.reason, None, now, now)
        for effect in ruled.effects:
            ledger.apply(effect, request, NO_MESSAGE)
        after = ledger.latest(wish.key)
        unit, form, day = wish.key
        action = "data.correct" if isinstance(wish, Correction) else "data.take_back"
        detail = f"{_figures(before)} -> {_figures(after)}; {wish.reason}"
        audit.record(
            transaction, wish.author, action, f"{unit} {form} {day}", detail, now
        )
        return evolve(ruled.verdict, held=after)


def _figures(submission: Submission | None) -> str:
    return " ".join(map(str, submission.values)) if submission else "-"
