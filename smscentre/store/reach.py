"""Whose messages a user of the pages may see: those of the officers in his scope.

Beside the path, as conditions of queries. Numbers that are no officer's belong to
the whole country.
"""

from __future__ import annotations

__all__ = ["Named", "may_see", "named", "within"]

from collections.abc import Collection
from typing import Any

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, or_, select

from smscentre.store.tables import officers, units
from smscentre.users import User


@frozen
class Named:
    """Whose number something is: name and unit, which has a code and a name.

    Both are empty for officers of provinces or of the country.
    """

    name: str
    unit: str
    unit_name: str


def within(
    connection: Connection, user: User, number: Any
) -> ColumnElement[bool] | None:
    """The condition that a number is of a user's scope; None for the whole country."""
    if user.unit is not None:
        return _in(number, officers.c.unit == user.unit)
    if not user.provinces:
        return None
    own = select(units.c.code).where(units.c.province.in_(user.provinces))
    return or_(
        _in(number, officers.c.unit.in_(own)),
        number.in_(_of_regions(connection, user.provinces)),
    )


def may_see(connection: Connection, user: User, number: str | None) -> bool:
    """Whether messages of a number are within a user's scope."""
    known = officers.c.number
    condition = within(connection, user, known)
    if condition is None:
        return True
    query = select(known).where(known == number, condition)
    return connection.execute(query).first() is not None


def named(connection: Connection, numbers: Collection[str]) -> dict[str, Named]:
    """The officers behind numbers, without those that have none."""
    query = (
        select(officers.c.number, officers.c.name, officers.c.unit, units.c.name)
        .outerjoin(units, units.c.code == officers.c.unit)
        .where(officers.c.number.in_(set(numbers)))
    )
    return {
        number: Named(name, unit or "", unit_name or "")
        for number, name, unit, unit_name in connection.execute(query)
    }


def _in(number: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = number.in_(select(officers.c.number).where(condition))
    return found


def _of_regions(connection: Connection, provinces: Collection[str]) -> list[str]:
    """The numbers of those who are for provinces all of which are among these."""
    query = select(officers.c.number, officers.c.provinces).where(
        officers.c.provinces != ""
    )
    return [
        number
        for number, region in connection.execute(query)
        if set(region.split("|")) <= set(provinces)
    ]
