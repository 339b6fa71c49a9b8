"""Core statements compiled once, so that a row costs the driver's work alone.

SQLAlchemy compiles a statement once too, but walks every parameter of every row
again; over the nine rows that a report makes, that was half of the writer's time.
On SQLite inserts go many rows a statement: its driver gives the interpreter's lock
away at every single step, and the reactor's thread is always there to take it.
"""

from __future__ import annotations

__all__ = ["Row", "run_for_rows"]

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Dialect, Insert, Update
from sqlalchemy.sql.compiler import SQLCompiler

Row = Mapping[str, Any]
"""A row by the names of its columns or parameters. Dates are given as ISO text,
which every database takes."""

_AT_ONCE = (128, 32, 8)
"""How many rows one statement takes; what is left over goes singly."""


@frozen
class _Prepared:
    """A statement in the words of one database, for a number of rows."""

    sql: str
    shape: Callable[[Row], Any]
    """Puts a row into the form that the driver takes."""


def run_for_rows(
    connection: Connection, statement: Insert | Update, rows: Sequence[Row]
) -> None:
    """Run a statement for every row, in order; all rows give the same columns."""
    dialect, columns = connection.dialect, tuple(rows[0])
    done = 0
    if isinstance(statement, Insert) and dialect.name == "sqlite":
        for size in _AT_ONCE:
            prepared = _prepare(statement, dialect, columns, size)
            while len(rows) - done >= size:
                shaped = map(prepared.shape, rows[done : done + size])
                values = tuple(chain.from_iterable(shaped))
                connection.exec_driver_sql(prepared.sql, values)
                done += size
    if done < len(rows):
        prepared = _prepare(statement, dialect, columns, 1)
        connection.exec_driver_sql(prepared.sql, list(map(prepared.shape, rows[done:])))


@lru_cache(maxsize=128)
def _prepare(
    statement: Insert | Update, dialect: Dialect, columns: tuple[str, ...], size: int
) -> _Prepared:
    """Compile a statement for so many rows of these columns and parameters."""
    if size > 1:
        assert isinstance(statement, Insert)
        statement = statement.values([dict.fromkeys(columns)] * size)
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    assert isinstance(compiled, SQLCompiler)
    names = compiled.positiontup
    if size > 1:
        assert names is not None
        first = names[: len(columns)]
        return _Prepared(
            compiled.string, itemgetter(*(name.removesuffix("_m0") for name in first))
        )
    fixed = {
        name: value for name, value in compiled.params.items() if name not in columns
    }
    if names is None:
        return _Prepared(compiled.string, lambda row: {**fixed, **row})
    if len(names) == 1:
        return _Prepared(compiled.string, lambda row: (row[names[0]],))
    take = itemgetter(*names)
    if fixed:
        return _Prepared(compiled.string, lambda row: take({**fixed, **row}))
    return _Prepared(compiled.string, take)
