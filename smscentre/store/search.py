"""Messages found again by number, state, link, day and text, a page at a time.

Beside the path, for pages. A page goes on from a place in time, not from a count, so
that it costs the same however far back it is, and what arrives meanwhile moves
nothing. Numbers are found through their index. All else is looked for from the newest
back, some tens of thousands of rows at a time, until a page is full or the patience
of who asks is at its end.
"""

from __future__ import annotations

__all__ = [
    "OUTGOING_STATES",
    "Criteria",
    "Direction",
    "Effort",
    "Found",
    "Message",
    "Place",
    "search",
]

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any, Final

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, Select, or_, select
from sqlalchemy import text as sql

from smscentre.numbers import Sought
from smscentre.store.reach import within
from smscentre.store.recent import ARRIVAL_STATES
from smscentre.store.sought import FILED_OR_NOT, Meant, meant
from smscentre.store.steps import OutboxState
from smscentre.store.tables import LARGEST_ID, UNASKED, inbox, outbox
from smscentre.users import User

OUTGOING_STATES: Final = tuple(state.value for state in OutboxState)

_RECEIPT: Final = "receipt"


class Direction(Enum):
    """Which way a message went."""

    IN = "in"
    OUT = "out"


@frozen
class Criteria:
    """What is looked for; each one that is given narrows it.

    ``states`` are of `ARRIVAL_STATES` and `OUTGOING_STATES`; without any, receipts
    are left out. ``since`` and ``until``, which is not within, are in seconds since
    1970.
    """

    user: User
    number: Sought | None = None
    states: frozenset[str] = frozenset()
    link: str = ""
    direction: Direction | None = None
    since: float | None = None
    until: float | None = None
    text: str = ""


@frozen
class Place:
    """A place in the order of messages, newest first: behind this moment and row."""

    at: float
    id: int = LARGEST_ID


@frozen
class Effort:
    """How much is done for one page: the rows of a table that are looked through ...

    ... before it is asked whether the patience is ``spent``.
    """

    stride: int = 50_000
    spent: Callable[[], bool] = lambda: False

    @classmethod
    def of_seconds(cls, patience_s: float, now: Callable[[], float]) -> Effort:
        """What is done within some seconds from now on."""
        ends_at = now() + patience_s
        return cls(spent=lambda: now() >= ends_at)


@frozen
class Message:
    """One SMS in either direction.

    ``number`` is in E.164, or what an arrival had instead of one. ``inbox_id`` is the
    arrival that an outgoing one replies to, if any; ``priority`` is None for arrivals.
    """

    id: int
    at: float
    link: str
    number: str
    text: str
    state: str
    outcome: str = ""
    reason: str = ""
    inbox_id: int | None = None
    priority: int | None = None
    part_number: int = 1
    part_total: int = 1

    @property
    def direction(self) -> Direction:
        """Which way it went."""
        return Direction.IN if self.priority is None else Direction.OUT


@frozen
class Found:
    """A page of messages, newest first, and where the next one begins.

    ``next`` is None at the end. ``gave_up`` says that there was no patience to fill
    the page: it then ends at ``next``, and more may follow.
    """

    messages: list[Message]
    next: Place | None = None
    gave_up: bool = False


@frozen
class _Source:
    """One of the queries that make up a search, with the columns of its order."""

    query: Select[Any]
    at: Any
    id: Any


_ARRIVALS = select(
    inbox.c.id,
    inbox.c.arrived_at.label("at"),
    inbox.c.link,
    inbox.c.number,
    inbox.c.source,
    inbox.c.text,
    inbox.c.state,
    inbox.c.outcome,
    inbox.c.reason,
)
_OUTGOING = select(
    outbox.c.id,
    outbox.c.created_at.label("at"),
    outbox.c.link,
    outbox.c.number,
    outbox.c.text,
    outbox.c.state,
    outbox.c.error.label("reason"),
    outbox.c.inbox_id,
    outbox.c.priority,
    outbox.c.part_number,
    outbox.c.part_total,
)


_USUAL: Final = Effort()


def search(
    connection: Connection,
    criteria: Criteria,
    limit: int,
    before: Place | None = None,
    effort: Effort = _USUAL,
) -> Found:
    """The newest messages that fit, or those behind a place."""
    number = meant(connection, criteria.number) if criteria.number else None
    sources = _sources(connection, criteria, number)
    found: list[Message] = []
    upper = before or (None if criteria.until is None else Place(criteria.until, 0))
    while True:
        at_once = number is not None and number.whole
        lower = None if at_once else _floor(connection, upper, effort.stride)
        found += _read(connection, sources, limit + 1 - len(found), upper, lower)
        if len(found) > limit:
            last = found[limit - 1]
            return Found(found[:limit], Place(last.at, last.id))
        if lower is None or (criteria.since is not None and lower < criteria.since):
            return Found(found)
        upper = Place(lower)
        if effort.spent():
            return Found(found, upper, gave_up=True)


def _sources(
    connection: Connection, criteria: Criteria, number: Meant | None
) -> list[_Source]:
    """The queries that together give all that fits."""
    given, sources = criteria.states, []
    states = given & {*ARRIVAL_STATES}
    if criteria.direction is not Direction.OUT and (states or not given):
        columns, at = inbox.c, inbox.c.arrived_at
        wanted = columns.state.in_(sorted(states))
        query = _ARRIVALS.where(
            *_conditions(connection, criteria, columns, at),
            wanted if states else columns.state != _RECEIPT,
        )
        sources += [_Source(one, at, columns.id) for one in _arrivals(query, number)]
    states = given & {*OUTGOING_STATES}
    if criteria.direction is not Direction.IN and (states or not given):
        columns, at = outbox.c, outbox.c.created_at
        conditions = _conditions(connection, criteria, columns, at)
        if states:
            conditions.append(columns.state.in_(sorted(states)))
        going = _OUTGOING.where(*conditions)
        sources += [_Source(one, at, columns.id) for one in _outgoing(going, number)]
    return sources


def _arrivals(query: Select[Any], number: Meant | None) -> Iterator[Select[Any]]:
    """Arrivals of the numbers that are meant, and of senders that have none."""
    if number is None:
        yield query
        return
    yield from _of_numbers(query, number)
    if not number.whole:
        part = number.sought.part
        yield query.where(
            inbox.c.number.is_(None), inbox.c.source.icontains(part, autoescape=True)
        )


def _of_numbers(query: Select[Any], number: Meant) -> Iterator[Select[Any]]:
    """Those whose arrival is of the numbers that are meant, filed and not yet."""
    for condition in FILED_OR_NOT:
        yield query.where(number.among(inbox.c.number), condition)


def _outgoing(query: Select[Any], number: Meant | None) -> Iterator[Select[Any]]:
    """What went to the numbers that are meant."""
    if number is None:
        yield query
    elif number.names is None:
        yield query.where(number.among(outbox.c.number))
    else:
        # Replies have no index by number: they are found through what they answer.
        for asked in _of_numbers(select(inbox.c.id), number):
            yield query.where(outbox.c.inbox_id.in_(asked))
        yield query.where(number.among(outbox.c.number), sql(f"outbox.{UNASKED}"))


def _conditions(
    connection: Connection, criteria: Criteria, columns: Any, at: Any
) -> list[ColumnElement[bool]]:
    """What both directions have in common."""
    found: list[ColumnElement[bool]] = []
    reach = within(connection, criteria.user, columns.number)
    if reach is not None:
        found.append(reach)
    if criteria.link:
        found.append(columns.link == criteria.link)
    if criteria.since is not None:
        found.append(at >= criteria.since)
    if criteria.text:
        found.append(columns.text.icontains(criteria.text, autoescape=True))
    return found


def _floor(connection: Connection, upper: Place | None, stride: int) -> float | None:
    """How far back to look at once; None for to the very beginning."""
    floors = []
    for column in (inbox.c.arrived_at, outbox.c.created_at):
        query = select(column).order_by(column.desc()).offset(stride).limit(1)
        if upper is not None:
            query = query.where(column <= upper.at)
        floors.append(connection.execute(query).scalar())
    known = [floor for floor in floors if floor is not None]
    floor: float | None = max(known, default=None)
    if floor is not None and upper is not None and floor >= upper.at:
        # So many of one moment are looked through at once with all before them.
        return None
    return floor


def _read(
    connection: Connection,
    sources: Sequence[_Source],
    limit: int,
    upper: Place | None,
    lower: float | None,
) -> list[Message]:
    """The newest rows of all sources between two places, in order."""
    found: list[Message] = []
    for source in sources:
        query = source.query.order_by(source.at.desc(), source.id.desc()).limit(limit)
        if upper is not None:
            # The first condition is what an index goes by.
            behind = or_(source.at < upper.at, source.id < upper.id)
            query = query.where(source.at <= upper.at, behind)
        if lower is not None:
            query = query.where(source.at > lower)
        found += map(_message, connection.execute(query))
    found.sort(key=lambda one: (one.at, one.id), reverse=True)
    return found[:limit]


def _message(row: Any) -> Message:
    values = dict(row._mapping)
    source = values.pop("source", "")
    values["number"] = values["number"] or source
    values["reason"] = values["reason"] or ""
    return Message(**values)
