"""``/pesan``: messages of both directions looked for, and what was found as a file."""

from __future__ import annotations

__all__ = ["Messages"]

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import evolve, frozen

from smscentre.csvfile import for_spreadsheets
from smscentre.store.pages import ReadConnection
from smscentre.store.reach import Named, named
from smscentre.store.search import (
    Criteria,
    Direction,
    Effort,
    Found,
    Message,
    Place,
    search,
)
from smscentre.web.gatewaywords import error, priority
from smscentre.web.inert import marked
from smscentre.web.looking import Looks
from smscentre.web.means import Means
from smscentre.web.messagequery import (
    DIRECTIONS,
    STATES,
    Query,
    read_place,
    read_query,
)
from smscentre.web.routes import INVALID, Answer, Download, Need, Page, Route, Visit
from smscentre.web.wording import outcome, silence, state

_SIZE: Final = 50
_PATIENCE_S: Final = 2.0
"""How long a page may be looked for; what is left is looked for on demand."""

_FILE_MOST: Final = 10_000
_FILE_STEP: Final = 1000
_FILE_PATIENCE_S: Final = 20.0

_COLUMNS: Final = (
    "id",
    "waktu",
    "arah",
    "nomor",
    "nama",
    "upt",
    "tautan",
    "jenis",
    "bagian",
    "keadaan",
    "hasil",
    "keterangan",
    "teks",
)
_ID: Final = re.compile("[1-9][0-9]{0,8}")
"""What may be the id of a message, and is no whole number of a phone."""


@frozen
class _Listed:
    """What was found, and whose the numbers are."""

    found: Found
    named: Mapping[str, Named]


class Messages:
    """The list and its file."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._looks = Looks(means)

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route("/pesan", ("GET",), Need.OPERATOR, self.show),
            Route("/pesan.csv", ("GET",), Need.OPERATOR, self.export),
        ]

    async def show(self, visit: Visit) -> Answer:
        """A page of what is looked for, the newest first."""
        query = self._query(visit)
        values = {
            "query": query,
            "states": STATES,
            "directions": DIRECTIONS,
            "links": self._links(query),
            "may_be_id": bool(_ID.fullmatch(query.number)),
            "scoped": visit.someone.unit or visit.someone.provinces,
        }
        if query.faults:
            nothing = {"listed": None, "earlier": "", "newest": "", "export": ""}
            return Page("messages.html", {**values, **nothing}, INVALID)
        place = read_place(visit.query.get("sebelum"))
        found = await self._found(self._criteria(query, visit), _SIZE, place)
        listed = await self._means.reader.read(
            lambda connection: _with_names(connection, found)
        )
        count = len(listed.found.messages)
        await self._looks.note(visit, "messages.list", str(query), f"{count} shown")
        later = listed.found.next
        return Page(
            "messages.html",
            {
                **values,
                "listed": listed,
                "earlier": query.address("/pesan", later) if later else "",
                "newest": query.address("/pesan") if place else "",
                "export": query.address("/pesan.csv"),
            },
        )

    async def export(self, visit: Visit) -> Answer:
        """What is looked for, as a file for a spreadsheet, the newest first."""
        query = self._query(visit)
        if query.faults:
            return await self.show(visit)
        found = await self._gather(self._criteria(query, visit))
        count = len(found.messages)
        await self._looks.note(visit, "messages.export", str(query), f"{count} rows")
        content = await self._means.reader.read(
            lambda connection: _file(_with_names(connection, found), self._means)
        )
        day = self._means.now().date().isoformat()
        return Download(content, "text/csv; charset=utf-8", f"pesan-{day}.csv")

    def _query(self, visit: Visit) -> Query:
        there = datetime.datetime.fromtimestamp(visit.now, self._means.zone)
        return read_query(visit.query, there.date())

    def _criteria(self, query: Query, visit: Visit) -> Criteria:
        means = self._means
        return query.criteria(visit.someone, means.service.country, means.zone)

    def _links(self, query: Query) -> list[tuple[str, str]]:
        """The links of the configuration, and a former one that is asked for."""
        names = [link.name for link in self._means.status.links()]
        if query.link and query.link not in names:
            names.append(query.link)
        return [("", "semua"), *((name, name) for name in names)]

    async def _gather(self, criteria: Criteria) -> Found:
        """Page after page, as many as a file may have, or as there is patience for."""
        clock = self._means.clock
        deadline = clock.seconds() + _FILE_PATIENCE_S
        found = await self._found(criteria, _FILE_STEP)
        while (
            found.next is not None
            and len(found.messages) < _FILE_MOST
            and clock.seconds() < deadline
        ):
            more = await self._found(criteria, _FILE_STEP, found.next)
            found = evolve(more, messages=found.messages + more.messages)
        return found

    async def _found(
        self, criteria: Criteria, limit: int, place: Place | None = None
    ) -> Found:
        """A page of what is looked for."""
        clock = self._means.clock

        def look(connection: ReadConnection) -> Found:
            effort = Effort.of_seconds(_PATIENCE_S, clock.seconds)
            return search(connection, criteria, limit, place, effort)

        return await self._means.search_reader.read(look)


def _with_names(connection: ReadConnection, found: Found) -> _Listed:
    numbers = {message.number for message in found.messages}
    return _Listed(found, named(connection, numbers))


def _file(listed: _Listed, means: Means) -> bytes:
    """The rows, and a last one that says so where there are more.

    In a reader's thread, for it takes a while.
    """
    rows: list[Sequence[str]] = [_COLUMNS]
    for message in listed.found.messages:
        cells = _cells(message, listed.named.get(message.number), means)
        rows.append([marked(cell) for cell in cells])
    if listed.found.next is not None:
        rows.append(["", "daftar ini terpotong: persempit pencarian"])
    return for_spreadsheets(rows)


def _cells(message: Message, whose: Named | None, means: Means) -> tuple[str, ...]:
    at = datetime.datetime.fromtimestamp(message.at, means.zone)
    is_in = message.direction is Direction.IN
    return (
        str(message.id),
        f"{at:%Y-%m-%d %H:%M:%S}",
        "masuk" if is_in else "keluar",
        message.number,
        whose.name if whose else "",
        whose.unit if whose else "",
        message.link,
        "" if message.priority is None else priority(message.priority),
        f"{message.part_number}/{message.part_total}",
        state(message.state),
        outcome(message.outcome) if message.outcome else "",
        silence(message.reason) if is_in else error(message.reason),
        message.text,
    )
