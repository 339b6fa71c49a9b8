"""Core statements compiled once, so that a row costs the driver's work alone.

SQLAlchemy compiles a statement once too, but walks every parameter of every row
again; over the nine rows that a report makes, that was half of the writer's time.
"""

from __future__ import annotations

__all__ = ["Prepared", "Row", "prepare"]

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Dialect, Insert, Update
from sqlalchemy.sql.compiler import SQLCompiler

Row = Mapping[str, Any]
"""A row by the names of its columns or parameters. Dates are given as ISO text,
which every database takes."""


@frozen
class Prepared:
    """A statement in the words of one database."""

    sql: str
    shape: Callable[[Row], Any]
    """Puts a row into the form that the driver takes."""

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Run the statement for every row."""
        connection.exec_driver_sql(self.sql, list(map(self.shape, rows)))


@lru_cache(maxsize=64)
def prepare(
    statement: Insert | Update, dialect: Dialect, columns: tuple[str, ...]
) -> Prepared:
    """Compile a statement for rows that give these columns and parameters."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    assert isinstance(compiled, SQLCompiler)
    fixed = {
        name: value for name, value in compiled.params.items() if name not in columns
    }
    names = compiled.positiontup
    if names is None:
        return Prepared(compiled.string, lambda row: {**fixed, **row})
    take = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    if fixed:
        return Prepared(compiled.string, lambda row: take({**fixed, **row}))
    return Prepared(compiled.string, take)
