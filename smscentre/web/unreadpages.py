"""``/admin/tak-dikenal``: messages that no command understood, as a list to work off.

Who is for a part of the country sees those of its officers; those of unknown numbers
are for the whole of it.
"""

from __future__ import annotations

__all__ = ["UnreadPages"]

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from smscentre.actors import web_actor
from smscentre.directory import Directory
from smscentre.store.pages import ReadConnection
from smscentre.store.people import load_directory
from smscentre.store.transaction import Transaction
from smscentre.store.unread import (
    NotOnTheList,
    Unrecognised,
    find_unrecognised,
    mark_done,
    numbers_of,
)
from smscentre.users import User
from smscentre.web.changing import change_for
from smscentre.web.dataform import reason_faults
from smscentre.web.means import Means
from smscentre.web.paging import Paging, page_asked
from smscentre.web.problems import Problem
from smscentre.web.registers import is_own_officer
from smscentre.web.revisionwords import sender
from smscentre.web.routes import (
    INVALID,
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Visit,
    row_id,
)

_PATH = "/admin/tak-dikenal"
_SIZE: Final = 25
_NONE_CHOSEN = "Centang paling sedikit satu SMS."
_GONE = "Di antaranya ada yang sudah ditandai orang lain. Daftar ini sudah diperbarui."


@frozen
class _Found:
    """A page of the list, and how many there are in all."""

    total: int
    messages: Sequence[Unrecognised]
    directory: Directory


class UnreadPages:
    """Lists, and marks as done."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route(_PATH, ("GET",), Need.OPERATOR, self.show),
            Route(_PATH, ("POST",), Need.OPERATOR, self.done),
        ]

    async def show(self, visit: Visit) -> Answer:
        """The messages that wait, or those that are done."""
        return await self._page(visit, {})

    async def done(self, visit: Visit) -> Answer:
        """Take messages off the list with a note."""
        chosen = _chosen(visit)
        note = visit.form.get("catatan")
        faults = {}
        if not chosen:
            faults["sms"] = _NONE_CHOSEN
        wrong = reason_faults(note) if note else {}
        if wrong:
            faults["catatan"] = wrong["alasan"]
        if faults:
            return await self._page(visit, faults)
        user = visit.someone

        def work(transaction: Transaction) -> bool | None:
            directory = load_directory(transaction)
            senders = numbers_of(transaction.connection, chosen)
            own = _own_numbers(user, directory)
            if own is not None and not own.issuperset(senders.values()):
                return None
            try:
                mark_done(
                    transaction, sorted(chosen), web_actor(user.name), visit.now, note
                )
            except NotOnTheList:
                # Raised before anything is written.
                return False
            return True

        marked = await change_for(self._means, visit, work)
        if marked is None:
            return Trouble(Problem.NO_PAGE)
        if not marked:
            return await self._page(visit, {"": _GONE})
        return Redirect(_PATH, f"{len(chosen)} SMS ditandai selesai.")

    async def _page(self, visit: Visit, faults: Mapping[str, str]) -> Page:
        is_done = visit.query.get("keadaan") == "selesai"
        found = await self._means.reader.read(
            lambda connection: self._find(connection, visit, is_done)
        )
        values = {
            "messages": found.messages,
            "paging": Paging.of(visit, found.total, _SIZE),
            "is_done": is_done,
            "faults": faults,
            "chosen": _chosen(visit),
            "note": visit.form.get("catatan"),
            "sender": lambda message: _sender(message, found.directory),
        }
        return Page("admin_unread.html", values, INVALID if faults else 200)

    def _find(self, connection: ReadConnection, visit: Visit, is_done: bool) -> _Found:
        """In a reader's thread; of the last page where there are not so many."""
        directory = self._means.directory.current(connection)
        numbers = _own_numbers(visit.someone, directory)
        offset = (page_asked(visit) - 1) * _SIZE
        total, messages = find_unrecognised(connection, is_done, numbers, offset, _SIZE)
        if not messages and total:
            last = (total - 1) // _SIZE * _SIZE
            _, messages = find_unrecognised(connection, is_done, numbers, last, _SIZE)
        return _Found(total, messages, directory)


def _chosen(visit: Visit) -> set[int]:
    """The messages that were ticked."""
    rows = map(row_id, visit.form.all("sms"))
    return {row for row in rows if row is not None}


def _own_numbers(user: User, directory: Directory) -> frozenset[str] | None:
    """The numbers of a user's scope; None for the whole country."""
    if user.holds(None, ()):
        return None
    return frozenset(
        officer.number
        for officer in directory.officers.values()
        if is_own_officer(user, directory, officer)
    )


def _sender(message: Unrecognised, directory: Directory) -> str:
    """Who sent a message: an officer by his name, and the number, its middle hidden."""
    return sender(message.number, directory) if message.number else message.source
