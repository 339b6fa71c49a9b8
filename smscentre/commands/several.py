"""Several commands in one SMS, one a line: all or none, and one reply.

Behind the dispatch of each line. It joins commands that are understood already and
knows nothing of how they are typed.
"""

from __future__ import annotations

__all__ = ["join"]

from collections.abc import Collection, Sequence
from itertools import chain

from attrs import evolve

from smscentre.commands.asker import Answer, answer
from smscentre.commands.examples import insert_examples
from smscentre.commands.insert import Insert
from smscentre.commands.query import Query
from smscentre.commands.replies import in_line, inserted_several
from smscentre.directory import Right
from smscentre.interfaces import Command, Ledger, Outcome, SubmissionKey
from smscentre.values import frozen

_MOST_INSERTS = 10
_MOST_QUERIES = 3
"""The answers to more would take more SMS than anybody reads."""

_STORED = ("insert", "update", "repeat")


@frozen
class Inserts:
    """Several reports of one unit."""

    inserts: tuple[Insert, ...]

    @property
    def needs(self) -> Collection[Right]:
        """The right that an officer may have put under a PIN."""
        return (Right.INSERT,)

    def expects(self) -> Sequence[SubmissionKey]:
        """Every report that may be there already."""
        return list(chain.from_iterable(each.expects() for each in self.inserts))

    def run(self, ledger: Ledger) -> Outcome:
        """Store all of them, or none where one is not to be stored."""
        outcomes = [insert.run(ledger) for insert in self.inserts]
        for line, outcome in enumerate(outcomes, 1):
            if outcome.name not in _STORED:
                return evolve(outcome, reply=in_line(outcome.reply, line), effects=())
        reports = [
            (insert.form.id, outcome.reply)
            for insert, outcome in zip(self.inserts, outcomes, strict=True)
        ]
        reply = inserted_several(str(self.inserts[0].unit), reports)
        names = {outcome.name for outcome in outcomes}
        name = next(each for each in _STORED if each in names)
        effects = chain.from_iterable(outcome.effects for outcome in outcomes)
        return Outcome(name, reply, tuple(effects))


@frozen
class Queries:
    """Several questions."""

    queries: tuple[Query, ...]

    @property
    def needs(self) -> Collection[Right]:
        """The right that an officer may have put under a PIN."""
        return (Right.QUERY,)

    def expects(self) -> Sequence[SubmissionKey]:
        """Nothing: sums are read when they are asked for."""
        return ()

    def run(self, ledger: Ledger) -> Outcome:
        """Answer them in their order."""
        outcomes = [query.run(ledger) for query in self.queries]
        return Outcome("query", "\n".join(outcome.reply for outcome in outcomes))


def join(commands: Sequence[Command]) -> Command:
    """One command of those that each line is."""
    inserts = [_unasked(each) for each in commands if isinstance(each, Insert)]
    queries = [each for each in commands if isinstance(each, Query)]
    refused = _first_refused(commands, bool(inserts))
    if refused is not None:
        return refused
    most = _MOST_INSERTS if inserts else _MOST_QUERIES
    if len(commands) > most:
        return answer("several_many", n=most, got=len(commands))
    if queries:
        return Queries(tuple(queries))
    return _same(inserts) or Inserts(tuple(inserts))


def _unasked(insert: Insert) -> Insert:
    """One that asks for no confirmation: all lines are stored or none."""
    rules = insert.asker.rules
    if rules.plausibility != "confirm":
        return insert
    asker = evolve(insert.asker, rules=evolve(rules, plausibility="flag"))
    return evolve(insert, asker=asker)


def _first_refused(commands: Sequence[Command], inserting: bool) -> Answer | None:
    """The answer to the first line that cannot be one of several, naming the line.

    A line that is wrong goes before one that is only in the wrong company.
    """
    for line, command in enumerate(commands, 1):
        if isinstance(command, Answer):
            outcome = command.outcome
            if outcome.name not in ("help", "list"):
                reply = in_line(outcome.reply, line)
                return Answer(evolve(outcome, reply=reply))
    for line, command in enumerate(commands, 1):
        if not isinstance(command, Insert if inserting else Query):
            return answer("several_mixed", i=line)
    return None


def _same(inserts: Sequence[Insert]) -> Answer | None:
    """The question which of two reports of one form and day is meant."""
    lines: dict[SubmissionKey, int] = {}
    for line, insert in enumerate(inserts, 1):
        key = insert.expects()[0]
        if key in lines:
            return answer(
                "several_same",
                i=lines[key],
                j=line,
                form=insert.form.id,
                example=insert_examples(insert.form),
            )
        lines[key] = line
    return None
