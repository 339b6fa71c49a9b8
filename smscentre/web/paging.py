"""A long list, a page at a time."""

from __future__ import annotations

__all__ = ["Paging", "page_asked"]

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlencode

from attrs import frozen

from smscentre.web.routes import Values, Visit

T = TypeVar("T")

_FIELD = "hal"
_SIZE = 50
_DIGITS_MOST = 7


@frozen
class Paging:
    """Which rows of a list a page shows.

    ``first`` and ``last`` count from 1; ``earlier`` and ``later`` are the addresses
    of its neighbours, empty where there are none.
    """

    number: int
    size: int
    total: int
    path: str
    query: Values

    @classmethod
    def of(cls, visit: Visit, total: int, size: int = _SIZE) -> Paging:
        """The page that a visit asks for, at most the last there is."""
        most = max(1, -(-total // size))
        number = min(page_asked(visit), most)
        return cls(number, size, total, visit.path, visit.query)

    @property
    def offset(self) -> int:
        """How many rows stand before it."""
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        """The number of its first row, 0 if there is none."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """The number of its last row."""
        return min(self.offset + self.size, self.total)

    def part(self, rows: Sequence[T]) -> Sequence[T]:
        """Its rows, of all of them."""
        return rows[self.offset : self.offset + self.size]

    @property
    def earlier(self) -> str:
        """The address of the page before."""
        return self._address(self.number - 1) if self.number > 1 else ""

    @property
    def later(self) -> str:
        """The address of the page after."""
        return self._address(self.number + 1) if self.last < self.total else ""

    def _address(self, number: int) -> str:
        fields = {**self.query.given, _FIELD: (str(number),)}
        return f"{self.path}?{urlencode(fields, doseq=True)}"


def page_asked(visit: Visit) -> int:
    """The number of the page that a visit asks for, from 1; 1 for what is none."""
    text = visit.query.get(_FIELD)
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS_MOST
    return max(1, int(text)) if is_number else 1
