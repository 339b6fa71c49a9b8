"""One transaction of the writer: rows collected in lists, flushed before reads.

Statements are Core statements over lists of rows, so that a batch of two hundred
messages costs each statement once. The order of statements is that in which they
first came; what depends on another row's presence reads, and so flushes, first.
"""

from __future__ import annotations

__all__ = [
    "NODE_LOCKS",
    "Numbers",
    "Row",
    "Statement",
    "Transaction",
    "insert_of",
    "iso_day",
]

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Executable, Select, Table, update
from sqlalchemy.dialects import postgresql, sqlite

from smscentre.store import tables
from smscentre.store.prepared import Driver, Row, Statement, iso_day

NODE_LOCKS: Final = 0x736D7363
"""The first number of all advisory locks between nodes; the second is each lock's own:
1 of closed months, 2 of the parts of long messages."""

_BLOCK = 2000
"""Row numbers taken at a time; the rest of a block is lost with a crash."""

_TAKE_BLOCK = (
    update(tables.counters)
    .where(tables.counters.c.name == "row")
    .values(value=tables.counters.c.value + _BLOCK)
    .returning(tables.counters.c.value)
)


class Numbers:
    """Row numbers, unique over all nodes, taken from the database in blocks."""

    def __init__(self) -> None:
        self._next = 0
        self._end = 0

    def take(self, connection: Connection) -> int:
        """The next number; takes a new block where the last is used up."""
        if self._next >= self._end:
            self._end = connection.execute(_TAKE_BLOCK).scalar_one()
            self._next = self._end - _BLOCK
        self._next += 1
        return self._next

    def forget(self) -> None:
        """Give up the present block: the transaction that took it may be undone."""
        self._next = self._end = 0


class Transaction:
    """What a piece of work may do to the database. Writer's thread only."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self.connection = connection
        self.dialect = connection.dialect.name
        """The name of the database's dialect: sqlite or postgresql."""
        self._numbers = numbers
        self._rows: dict[Statement, list[Row]] = {}
        self._driver = Driver(connection)
        self._after_commit: list[Callable[[], None]] = []
        self._undo: list[Callable[[], None]] = []

    def begin(self) -> None:
        """Begin it in the database. Called by the writer."""
        self._driver.begin()

    def new_id(self) -> int:
        """A number for a new row."""
        return self._numbers.take(self.connection)

    def add(self, statement: Statement, *rows: Row) -> None:
        """Run a statement for some rows before the next read or the commit.

        A statement is compiled once, so it is one of a module, not one made for
        the occasion.
        """
        pending = self._rows.get(statement)
        if pending is None:
            self._rows[statement] = [*rows]
        else:
            pending.extend(rows)

    def flush(self) -> None:
        """Run everything that was added."""
        if self._rows:
            pending, self._rows = self._rows, {}
            for statement, rows in pending.items():
                self._driver.run_for_rows(statement, rows)

    def all(
        self, query: Select[Any], parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Any]:
        """The rows of a query, which sees all that was added before."""
        self.flush()
        return self.connection.execute(query, parameters).all()

    def first(
        self, query: Select[Any], parameters: Mapping[str, Any] | None = None
    ) -> Any:
        """The first row of a query, or None."""
        self.flush()
        return self.connection.execute(query, parameters).first()

    def row(self, query: Statement, parameters: Row) -> Any:
        """The first row of a query that each batch makes, as the driver gives it."""
        self.flush()
        return self._driver.read_row(query, parameters)

    def rows(
        self, query: Statement, parameters: Sequence[Row], *, flush: bool = True
    ) -> list[Any]:
        """What a query finds with each of some rows of parameters, in no order.

        No two of them may be equal. Values are as the driver gives them. Without
        ``flush`` it may miss what was added: that costs a batch less.
        """
        if flush:
            self.flush()
        return self._driver.read_rows(query, parameters)

    def execute(self, statement: Executable, parameters: Any = None) -> Any:
        """Run a statement now and return its result."""
        self.flush()
        return self.connection.execute(statement, parameters)

    def hold(self, lock: Executable) -> None:
        """Keep other nodes out of something until the end, by a lock of PostgreSQL.

        SQLite has one writer.
        """
        if self.dialect == "postgresql":
            self.execute(lock)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do something in memory once the commit has succeeded."""
        self._after_commit.append(action)

    def on_undo(self, action: Callable[[], None]) -> None:
        """Take something in memory back should the transaction be undone."""
        self._undo.append(action)

    def committed(self) -> None:
        """Run what waited for the commit. Called by the writer."""
        for action in self._after_commit:
            action()

    def undone(self) -> None:
        """Take back what was changed in memory, last first. Called by the writer."""
        for action in reversed(self._undo):
            action()


def insert_of(dialect: str, table: Table) -> Any:
    """An insert of a dialect, for its ON CONFLICT clause."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
