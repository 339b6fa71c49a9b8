"""Core statements compiled once, so that a row costs the driver's work alone.

SQLAlchemy compiles a statement once too, but walks every parameter of every row
again; over the nine rows that a report makes, that was half of the writer's time.
On SQLite a statement takes many rows at a time: its driver gives the interpreter's
lock away at every single step, and the reactor's thread is always there to take it.
"""

from __future__ import annotations

__all__ = ["Driver", "Row"]

from collections.abc import Callable, Mapping, Sequence
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

Row = Mapping[str, Any]
"""A row by the names of its columns or parameters. Dates are given as ISO text,
which every database takes."""

_AT_ONCE = (128, 32, 8)
"""How many rows one statement takes; what is left over goes singly."""


@frozen
class _Prepared:
    """A statement in the words of one database, for a number of rows.

    ``shape`` puts a row into the form that the driver takes; ``tail`` follows the
    rows of a statement that takes many.
    """

    sql: str
    shape: Callable[[Row], Any]
    tail: tuple[Any, ...] = ()


class Driver:
    """Runs prepared statements of one transaction on the driver's own cursor.

    Errors are raised as SQLAlchemy raises them.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        self._cursor = connection.connection.cursor()

    def run_for_rows(self, statement: Insert | Update, rows: Sequence[Row]) -> None:
        """Run a statement for every row, in order; all rows give the same columns.

        No two rows of an update may be for the same row of the table.
        """
        dialect, columns = self._dialect, tuple(rows[0])
        done = 0
        for size in _AT_ONCE if dialect.name == "sqlite" and columns else ():
            while len(rows) - done >= size:
                prepared = _prepare_many(statement, dialect, columns, size)
                shaped = map(prepared.shape, rows[done : done + size])
                parameters = (*chain.from_iterable(shaped), *prepared.tail)
                self._call(self._cursor.execute, prepared.sql, parameters)
                done += size
        if done < len(rows):
            prepared = _prepare(statement, dialect, columns)
            shapes = list(map(prepared.shape, rows[done:]))
            self._call(self._cursor.executemany, prepared.sql, shapes)

    def read_row(self, query: Select[Any], parameters: Row) -> Any:
        """The first row of a query of a module, or None.

        Values are as the driver gives them: a date may be text.
        """
        prepared = _prepare(query, self._dialect, tuple(parameters))
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
def _prepare(
    statement: Insert | Update | Select[Any], dialect: Dialect, columns: tuple[str, ...]
) -> _Prepared:
    """Compile a statement for one row of these columns and parameters."""
    keys = None if isinstance(statement, Select) else list(columns)
    compiled = statement.compile(dialect=dialect, column_keys=keys)
    assert isinstance(compiled, SQLCompiler)
    fixed = {
        name: value for name, value in compiled.params.items() if name not in columns
    }
    if compiled.positiontup is None:
        return _Prepared(compiled.string, lambda row: {**fixed, **row})
    take = _taker(compiled.positiontup)
    if fixed:
        return _Prepared(compiled.string, lambda row: take({**fixed, **row}))
    return _Prepared(compiled.string, take)


@lru_cache(maxsize=128)
def _prepare_many(
    statement: Insert | Update, dialect: Dialect, columns: tuple[str, ...], size: int
) -> _Prepared:
    """Compile a statement that takes so many rows at once, for SQLite."""
    if isinstance(statement, Insert):
        many: Insert | Update = statement.values([dict.fromkeys(columns)] * size)
    else:
        many = _update_from_rows(statement, columns, size)
    compiled = many.compile(dialect=dialect, column_keys=list(columns))
    assert isinstance(compiled, SQLCompiler)
    names = compiled.positiontup
    assert names is not None
    order = columns
    if isinstance(statement, Insert):
        order = tuple(name.removesuffix("_m0") for name in names[: len(columns)])
    tail = tuple(compiled.params[name] for name in names[len(columns) * size :])
    return _Prepared(compiled.string, _taker(order), tail)


def _update_from_rows(statement: Update, columns: tuple[str, ...], size: int) -> Update:
    """The same update, its parameters taken from a list of rows it begins with."""
    placeholders = tuple(literal(None) for _ in columns)
    rows = values(*map(column, columns), name="given").data([placeholders] * size)
    given = rows.cte("given")

    def replace(element: Any, **_options: Any) -> Any:
        if isinstance(element, BindParameter) and element.key in columns:
            return given.c[element.key]
        return None

    return cast(Update, visitors.replacement_traverse(statement, {}, replace))


def _taker(names: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    """A function that gives the values of some names, in order."""
    if len(names) == 1:
        return lambda row: (row[names[0]],)
    return itemgetter(*names)
