"""The start page: today's national totals at a glance."""

from __future__ import annotations

__all__ = ["Today"]

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from smscentre.store import pages as store
from smscentre.web import sheets
from smscentre.web.means import Means
from smscentre.web.routes import Answer, Need, Page, Route, Visit
from smscentre.web.shared import Shared

_GOOD_FOR_S = 2.0
"""How long one read of the store serves everybody who asks."""

_REFRESH_S = 60


@frozen
class _Read:
    """The national totals of a day."""

    day: datetime.date
    totals: dict[str, store.Total]


class Today:
    """``/``."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._read = Shared(
            lambda: means.reader.read(self._read_totals), means.clock, _GOOD_FOR_S
        )

    def routes(self) -> Sequence[Route]:
        """Its address."""
        return [Route("/", ("GET",), Need.REPORTS, self.show)]

    async def show(self, visit: Visit) -> Answer:
        """Today at a glance."""
        return Page("today.html", _values(await self._read.get()), 200, _REFRESH_S)

    def _read_totals(self, connection: store.ReadConnection) -> _Read:
        """In a reader's thread."""
        day = self._means.now().date()
        return _Read(day, store.national_totals(connection, sheets.FORMS, day))


def _values(read: _Read) -> Mapping[str, Any]:
    return {
        "day": read.day,
        "headlines": [
            (headline.label, sheets.total(headline, read.totals))
            for headline in sheets.HEADLINES
        ],
        "sections": [
            (
                section,
                [
                    sheets.fill(sheet, read.totals[sheet.form.id])
                    for sheet in section.sheets
                ],
            )
            for section in sheets.SECTIONS
        ],
    }
