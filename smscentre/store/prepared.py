"""Core statements compiled once, so that a row costs the driver's work alone.

SQLAlchemy compiles a statement once too, but walks every parameter of every row
again; over the nine rows that a report makes, that was half of the writer's time.
On SQLite a statement takes many rows at a time: its driver gives the interpreter's
lock away at every single step, and the reactor's thread is always there to take it.
A query is asked for many rows at a time on every database.
"""

from __future__ import annotations

__all__ = ["Driver", "Overtaken", "Row", "Statement", "iso_day"]

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, count
from operator import itemgetter
from typing import Any, cast

from attrs import Factory, frozen
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    Select,
    Update,
    bindparam,
    column,
    values,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import Compiled, SQLCompiler
from sqlalchemy.sql.elements import BindParameter

from smscentre.errors import SMSCentreError

Row = tuple[Any, ...]
"""What one row gives to a statement, in the order of its names. Dates are given as
ISO text, which every database takes."""

_AT_ONCE = (64, 32, 16, 8, 4, 2)
"""How many rows one statement takes; what is left over goes singly."""


@lru_cache(maxsize=1024)
def iso_day(day: datetime.date) -> str:
    """A day as rows give it; nearly all of them are of the same few."""
    return day.isoformat()


class Overtaken(SMSCentreError):
    """Another node has changed what was read; what follows is to be decided anew."""


@frozen(eq=False)
class Statement:
    """A statement of a module, and the names of what each of its rows gives.

    An insert names columns, in the order of the table; others name parameters.
    ``same`` are columns that have one value in all rows that an insert adds, each as
    SQL without a parameter. ``counted`` says that each of its rows changes one row of
    the table, unless another node was faster.
    """

    core: Insert | Update | Select[Any]
    names: tuple[str, ...]
    same: Mapping[str, ColumnElement[Any]] = Factory(dict)
    counted: bool = False

    def __attrs_post_init__(self) -> None:
        if isinstance(self.core, Insert):
            columns = self.core.table.columns.keys()
            if self.names != tuple(name for name in columns if name in self.names):
                raise ValueError(f"expected columns in order, found {self.names}")
        elif self.same:
            raise ValueError("expected an insert where all rows share values")
        for name, value in self.same.items():
            bound = any(isinstance(e, BindParameter) for e in visitors.iterate(value))
            if bound or name in self.names:
                raise ValueError(f"expected SQL without a parameter for {name} alone")


@frozen
class _Prepared:
    """A statement in the words of one database, for a number of rows.

    ``shape`` puts the values of all its rows into the form that the driver takes.
    """

    sql: str
    shape: Callable[[Row], Any]


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

        :raises Overtaken: one of a counted statement found nothing to change
        """
        sizes = _AT_ONCE if self._dialect.name == "sqlite" else ()
        for piece in _pieces(rows, sizes):
            if len(piece) in sizes or len(piece) == 1:
                self._execute(statement, piece)
            else:
                one = _prepare(statement, self._dialect)
                shapes = list(map(one.shape, piece))
                self._call(self._cursor.executemany, one.sql, shapes)
            if statement.counted and self._cursor.rowcount != len(piece):
                raise Overtaken(f"{self._cursor.rowcount} of {len(piece)} rows changed")

    def read_row(self, query: Statement, parameters: Row) -> Any:
        """The first row of a query, or None.

        Values are as the driver gives them: a date may be text.
        """
        self._execute(query, [parameters])
        return self._cursor.fetchone()

    def read_rows(self, query: Statement, parameters: Sequence[Row]) -> list[Any]:
        """What a query finds with each row of parameters, in no order.

        No two rows may be equal. Values are as the driver gives them.
        """
        found: list[Any] = []
        for piece in _pieces(parameters, _AT_ONCE):
            self._execute(query, piece)
            found.extend(self._cursor.fetchall())
        return found

    def _execute(self, statement: Statement, rows: Sequence[Row]) -> None:
        """Run a statement for one row, or for as many as it takes at once."""
        if len(rows) == 1:
            prepared = _prepare(statement, self._dialect)
        else:
            prepared = _prepare_many(statement, self._dialect, len(rows))
        values_of_rows = tuple(chain.from_iterable(rows))
        parameters = prepared.shape(values_of_rows)
        self._call(self._cursor.execute, prepared.sql, parameters)

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


def _pieces(rows: Sequence[Row], sizes: Sequence[int]) -> Iterator[Sequence[Row]]:
    """Cut rows into pieces of some sizes, the largest first, and what is left over."""
    if len(rows) == 1:
        # As nearly always while little comes: then each message waits for this.
        yield rows
        return
    done = 0
    for size in sizes:
        while len(rows) - done >= size:
            yield rows[done : done + size]
            done += size
    if done < len(rows):
        yield rows[done:]


@lru_cache(maxsize=256)
def _prepare(statement: Statement, dialect: Dialect) -> _Prepared:
    """Compile a statement for one row."""
    core, names = statement.core, statement.names
    if isinstance(core, Insert) and statement.same:
        core = core.values(statement.same)
    keys = None if isinstance(core, Select) else list(names)
    compiled = _compiled(core.compile(dialect=dialect, column_keys=keys))
    fixed = {
        name: value for name, value in compiled.params.items() if name not in names
    }
    if compiled.positiontup is None:
        return _Prepared(
            compiled.string, lambda row: {**fixed, **dict(zip(names, row, strict=True))}
        )
    given, rest = (*names, *fixed), tuple(fixed.values())
    if tuple(compiled.positiontup) == given:
        return _Prepared(compiled.string, lambda row: row + rest)
    take = itemgetter(*map(given.index, compiled.positiontup))
    return _Prepared(compiled.string, lambda row: take(row + rest))


@lru_cache(maxsize=256)
def _prepare_many(statement: Statement, dialect: Dialect, size: int) -> _Prepared:
    """Compile a statement that takes so many rows at once.

    Their values stand first in it.
    """
    core, names = statement.core, statement.names
    if isinstance(core, Insert):
        row = {**dict.fromkeys(names), **statement.same}
        many: Insert | Update | Select[Any] = core.values([row] * size)
        keys: list[str] | None = list(names)
    else:
        many = _from_rows(core, names, size)
        keys = list(names) if isinstance(core, Update) else None
    compiled = _compiled(many.compile(dialect=dialect, column_keys=keys))
    total = len(names) * size
    if compiled.positiontup is None:
        given = [_place(number) for number in range(total)]
        return _Prepared(
            compiled.string,
            lambda row: {**compiled.params, **dict(zip(given, row, strict=True))},
        )
    rest = tuple(compiled.params[name] for name in compiled.positiontup[total:])
    return _Prepared(compiled.string, lambda row: row + rest)


def _from_rows(
    statement: Update | Select[Any], names: tuple[str, ...], size: int
) -> Update | Select[Any]:
    """The same statement, its parameters taken from a list of rows it begins with."""
    types = {
        element.key: element.type
        for element in visitors.iterate(statement)
        if isinstance(element, BindParameter)
    }
    places = map(_place, count())
    placeholders = [
        tuple(bindparam(next(places), None, types[name]) for name in names)
        for _ in range(size)
    ]
    columns = [column(name, types[name]) for name in names]
    given = values(*columns, name="given").data(placeholders).cte("given")

    def replace(element: Any, **_options: Any) -> Any:
        if isinstance(element, BindParameter) and element.key in names:
            return given.c[element.key]
        return None

    return cast(
        "Update | Select[Any]", visitors.replacement_traverse(statement, {}, replace)
    )


def _place(number: int) -> str:
    """The name of a value in a list of rows, for databases that go by names."""
    return f"given_{number}"


def _compiled(compiled: Compiled) -> SQLCompiler:
    assert isinstance(compiled, SQLCompiler)
    return compiled
