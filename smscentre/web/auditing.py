"""``/admin/audit``: who changed what and when, and whether the log is whole.

For administrators of the whole country: its rows hold figures and numbers of all of it.
"""

from __future__ import annotations

__all__ = ["Auditing"]

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from attrs import frozen

from smscentre.days import begins_at, parse_day
from smscentre.store import audit
from smscentre.store.pages import ReadConnection
from smscentre.web.faults import day_faults
from smscentre.web.means import Means
from smscentre.web.paging import Paging, page_asked
from smscentre.web.problems import Problem
from smscentre.web.routes import (
    INVALID,
    Answer,
    Need,
    Page,
    Route,
    Trouble,
    Values,
    Visit,
)

_SIZE = 50
_LONGEST = 100
_COUNTRY = "Catatan audit mencakup seluruh Indonesia; wilayah Anda hanya sebagian."


@frozen
class _Check:
    """The result of a check of the chain: when, and the row at which it breaks."""

    at: float
    broken_at: int | None


class Auditing:
    """The audit log to be read and searched."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._check: _Check | None = None

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route("/admin/audit", ("GET",), Need.ADMIN, self.show),
            Route("/admin/audit", ("POST",), Need.ADMIN, self.check),
        ]

    async def show(self, visit: Visit) -> Answer:
        """A page of the rows that are looked for."""
        if not visit.someone.holds(None, ()):
            return Trouble(Problem.NO_RIGHT, _COUNTRY)
        query = visit.query
        faults = dict(day_faults(query.get("dari"), query.get("sampai")))
        search = _search(query, self._means.zone)
        offset = (page_asked(visit) - 1) * _SIZE
        found = audit.Found(0, ())
        if not faults:
            found = await self._means.reader.read(
                lambda connection: _find(connection, search, offset)
            )
        values = {
            "query": query,
            "faults": faults,
            "rows": found.rows,
            "paging": Paging.of(visit, found.total, _SIZE),
            "check": self._check,
        }
        return Page("audit.html", values, INVALID if faults else 200)

    async def check(self, visit: Visit) -> Answer:
        """Go through the whole chain, which a long log takes some seconds for."""
        if not visit.someone.holds(None, ()):
            return Trouble(Problem.NO_RIGHT, _COUNTRY)
        broken_at = await self._means.long_reader.read(audit.verify)
        self._check = _Check(visit.now, broken_at)
        return await self.show(visit)


def _find(
    connection: ReadConnection, search: audit.AuditSearch, offset: int
) -> audit.Found:
    """The rows of a page; of the last one where there are not so many."""
    found = audit.find(connection, search, offset, _SIZE)
    if found.rows or not found.total:
        return found
    last = (found.total - 1) // _SIZE * _SIZE
    return audit.find(connection, search, last, _SIZE)


def _search(query: Values, zone: ZoneInfo) -> audit.AuditSearch:
    since, until = parse_day(query.get("dari")), parse_day(query.get("sampai"))
    return audit.AuditSearch(
        query.get("cari")[:_LONGEST],
        begins_at(since, zone) if since else None,
        begins_at(until, zone, 1) if until else None,
    )
