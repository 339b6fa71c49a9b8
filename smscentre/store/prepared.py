"""Core statements compiled once, so that a row costs the driver's work alone.

SQLAlchemy compiles a statement once too, but walks every parameter of every row
again; over the nine rows that a report makes, that was half of the writer's time.
On SQLite a statement takes many rows at a time: its driver gives the interpreter's
lock away at every single step, and the reactor's thread is always there to take it.
"""

from __future__ import annotations

__all__ = ["Driver", "Row", "Statement"]

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from attrs import frozen
from sqlalchemy import (
    Connection,
    Dialect,
    Insert,
    Select,
    Update,
    column,
    literal,
    values,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter

Row = tuple[Any, ...]
"""What one row gives to a statement, in the order of its names. Dates are given as
ISO text, which every database takes."""

_AT_ONCE = (64, 32, 8, 4)
"""How many rows one statement takes; what is left over goes singly."""


@frozen(eq=False)
class Statement:
    """A statement of a module, and the names of what each of its rows gives.

    An insert names columns, in the order of the table; others name parameters.
    """

    core: Insert | Update | Select[Any]
    names: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        if isinstance(self.core, Insert):
            columns = self.core.table.columns.keys()
            if self.names != tuple(name for name in columns if name in self.names):
                raise ValueError(f"expected columns in order, found {self.names}")


@frozen
class _ForOne:
    """A statement in the words of one database, for one row.

    ``shape`` puts a row into the form that the driver takes.
    """

    sql: str
    shape: Callable[[Row], Any]


@frozen
class _ForMany:
    """A statement for a number of rows, one after another, and ``tail`` after them."""

    sql: str
    tail: Row


class Driver:
    """Runs prepared statements of one transaction on the driver's own cursor.

    Errors are raised as SQLAlchemy raises them.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        self._cursor = connection.connection.cursor()

    def begin(self) -> None:
        """Begin a transaction that writes, on a database that has to be told."""
        if self._dialect.name == "sqlite":
            self._call(self._cursor.execute, "BEGIN IMMEDIATE", ())

    def run_for_rows(self, statement: Statement, rows: Sequence[Row]) -> None:
        """Run a statement for every row, in order.

        No two rows of an update may be for the same row of the table.
        """
        done = 0
        for size in _AT_ONCE if self._dialect.name == "sqlite" else ():
            while len(rows) - done >= size:
                many = _prepare_many(statement, self._dialect, size)
                values_of_rows = chain.from_iterable(rows[done : done + size])
                parameters = (*values_of_rows, *many.tail)
                self._call(self._cursor.execute, many.sql, parameters)
                done += size
        if done < len(rows):
            one = _prepare(statement, self._dialect)
            shapes = list(map(one.shape, rows[done:]))
            self._call(self._cursor.executemany, one.sql, shapes)

    def read_row(self, query: Statement, parameters: Row) -> Any:
        """The first row of a query, or None.

        Values are as the driver gives them: a date may be text.
        """
        prepared = _prepare(query, self._dialect)
        self._call(self._cursor.execute, prepared.sql, prepared.shape(parameters))
        return self._cursor.fetchone()

    def _call(self, call: Callable[..., object], sql: str, parameters: Any) -> None:
        raised = self._dialect.loaded_dbapi.Error
        try:
            call(sql, parameters)
        except raised as error:
            lost = self._dialect.is_disconnect(
                error, self._connection.connection.dbapi_connection, self._cursor
            )
            raise DBAPIError.instance(
                sql,
                None,
                error,
                raised,
                hide_parameters=True,
                connection_invalidated=lost,
                dialect=self._dialect,
            ) from error


@lru_cache(maxsize=128)
def _prepare(statement: Statement, dialect: Dialect) -> _ForOne:
    """Compile a statement for one row."""
    core, names = statement.core, statement.names
    keys = None if isinstance(core, Select) else list(names)
    compiled = core.compile(dialect=dialect, column_keys=keys)
    assert isinstance(compiled, SQLCompiler)
    fixed = {
        name: value for name, value in compiled.params.items() if name not in names
    }
    if compiled.positiontup is None:
        return _ForOne(
            compiled.string, lambda row: {**fixed, **dict(zip(names, row, strict=True))}
        )
    given, rest = (*names, *fixed), tuple(fixed.values())
    if tuple(compiled.positiontup) == given:
        return _ForOne(compiled.string, lambda row: row + rest)
    take = itemgetter(*map(given.index, compiled.positiontup))
    return _ForOne(compiled.string, lambda row: take(row + rest))


@lru_cache(maxsize=128)
def _prepare_many(statement: Statement, dialect: Dialect, size: int) -> _ForMany:
    """Compile a statement that takes so many rows at once, for SQLite."""
    core, names = statement.core, statement.names
    if isinstance(core, Insert):
        many: Insert | Update = core.values([dict.fromkeys(names)] * size)
    else:
        assert isinstance(core, Update)
        many = _update_from_rows(core, names, size)
    compiled = many.compile(dialect=dialect, column_keys=list(names))
    assert isinstance(compiled, SQLCompiler)
    assert compiled.positiontup is not None
    rest = compiled.positiontup[len(names) * size :]
    return _ForMany(compiled.string, tuple(compiled.params[name] for name in rest))


def _update_from_rows(statement: Update, names: tuple[str, ...], size: int) -> Update:
    """The same update, its parameters taken from a list of rows it begins with."""
    placeholders = tuple(literal(None) for _ in names)
    rows = values(*map(column, names), name="given").data([placeholders] * size)
    given = rows.cte("given")

    def replace(element: Any, **_options: Any) -> Any:
        if isinstance(element, BindParameter) and element.key in names:
            return given.c[element.key]
        return None

    return cast(Update, visitors.replacement_traverse(statement, {}, replace))
