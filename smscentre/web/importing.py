"""Lists brought in from CSV files: read, shown as what would change, then written.

A file waits in the store until who sent it says yes, so that any node can go on with
it. The yes carries the digest of the plan that was shown: what would do anything
else by now is shown once more.
"""

from __future__ import annotations

__all__ = ["Importing"]

import datetime
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, Generic, TypeVar

from attrs import frozen

from smscentre.actors import web_actor
from smscentre.directory import Directory
from smscentre.errors import DirectoryError, Fault
from smscentre.plans import Plan
from smscentre.store.changes import Signature
from smscentre.store.drafts import Draft, add_draft, find_draft, remove_draft
from smscentre.store.pages import ReadConnection
from smscentre.store.people import directory_to_change
from smscentre.store.transaction import Transaction
from smscentre.users import User
from smscentre.web.changing import change_for
from smscentre.web.faults import COLUMNS, in_words
from smscentre.web.means import Means
from smscentre.web.paging import Paging
from smscentre.web.problems import Problem
from smscentre.web.registers import Register
from smscentre.web.routes import (
    IMPORT_OCTETS,
    INVALID,
    Answer,
    Download,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Upload,
    Visit,
)

Entry = TypeVar("Entry")

_OVERTAKEN: Final = 409
_SHOWN_FAULTS: Final = 200
_STEPS: Final = 100
"""How many entries of a plan stand on a page."""

_NO_FILE = "Pilih berkasnya."
_LONGEST_NAME = 100


@frozen
class _Read(Generic[Entry]):
    """A file that waits, with what it would do now."""

    draft: Draft
    plan: Plan[Entry]
    entries: tuple[Entry, ...]


class Importing(Generic[Entry]):
    """``<list>/impor`` and ``<list>/ekspor`` of one kind of list."""

    def __init__(self, means: Means, register: Register[Entry]) -> None:
        self._means = means
        self._register = register
        self._path = f"{register.path}/impor"

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        one = f"{self._path}/<draft>"
        need = Need.ADMIN
        return [
            Route(f"{self._register.path}/ekspor", ("GET",), need, self.export),
            Route(self._path, ("GET",), need, self.ask),
            Route(self._path, ("POST",), need, self.take, IMPORT_OCTETS),
            Route(one, ("GET",), need, self.show),
            Route(one, ("POST",), need, self.settle),
        ]

    async def export(self, visit: Visit) -> Answer:
        """All entries of the user's scope as a file that can be imported."""
        user, register = visit.someone, self._register

        def read(connection: ReadConnection) -> str:
            directory = self._means.directory.current(connection)
            return register.write(register.own_of(user, directory))

        content = await self._means.reader.read(read)
        name = f"{register.title.lower()}-{self._today(visit.now)}.csv"
        # Without the mark Excel takes UTF-8 for something else.
        return Download(content.encode("utf-8-sig"), "text/csv; charset=utf-8", name)

    # The file.

    async def ask(self, visit: Visit) -> Answer:
        """The form for a file."""
        return self._form({})

    async def take(self, visit: Visit) -> Answer:
        """Keep a file that can be read; of any other say what is wrong where."""
        upload = visit.files.get("berkas")
        if upload is None or not upload.content:
            return self._form({"fault": _NO_FILE})
        faults = await self._means.reader.read(
            lambda connection: self._faults(connection, upload, visit.someone)
        )
        replaces = visit.form.get("ganti") == "ya"
        if faults:
            return self._form(
                {
                    "faults": [(one, in_words(one)) for one in faults[:_SHOWN_FAULTS]],
                    "count": len(faults),
                    "filename": upload.filename,
                    "replaces": replaces,
                }
            )
        draft = Draft(
            secrets.token_urlsafe(16),
            self._register.kind,
            upload.filename[:_LONGEST_NAME] or "tanpa nama",
            upload.content.decode("utf-8-sig"),
            replaces,
            visit.someone.name,
            visit.now,
        )
        await change_for(
            self._means, visit, lambda transaction: add_draft(transaction, draft)
        )
        return Redirect(f"{self._path}/{draft.id}")

    def _faults(
        self, connection: ReadConnection, upload: Upload, user: User
    ) -> Sequence[Fault]:
        """In a reader's thread."""
        directory = self._means.directory.current(connection)
        try:
            self._register.read(upload.content, directory, user, upload.filename)
        except DirectoryError as error:
            return error.faults
        return ()

    def _form(self, given: Mapping[str, Any]) -> Page:
        values = {
            "register": self._register,
            "header": ", ".join(self._register.columns.names),
            "required": ", ".join(self._register.columns.required),
            "fault": "",
            "faults": [],
            "count": 0,
            "filename": "",
            "replaces": False,
            **given,
        }
        return Page("admin_import.html", values, INVALID if given else 200)

    # What it would change.

    async def show(self, visit: Visit) -> Answer:
        """What a file would change, and the question whether it is to."""
        read = await self._means.reader.read(
            lambda connection: self._read(connection, visit)
        )
        if read is None:
            return Trouble(Problem.NO_PAGE)
        return self._preview(visit, read)

    async def settle(self, visit: Visit) -> Answer:
        """Write what was shown, or forget the file."""
        read = await self._means.reader.read(
            lambda connection: self._read(connection, visit)
        )
        if read is None:
            return Trouble(Problem.NO_PAGE)
        if visit.form.get("tindakan") == "batal":
            await change_for(
                self._means,
                visit,
                lambda transaction: remove_draft(transaction, read.draft.id),
            )
            return Redirect(self._path, "Impor dibatalkan; tidak ada yang diubah.")
        done = await change_for(
            self._means,
            visit,
            lambda transaction: self._write(transaction, read, visit),
        )
        if done is None:
            again = await self._means.reader.read(
                lambda connection: self._read(connection, visit)
            )
            if again is None:
                return Trouble(Problem.NO_PAGE)
            return self._preview(visit, again, overtaken=True)
        return Redirect(self._register.path, f"Impor selesai: {_counts(done)}.")

    def _read(self, connection: ReadConnection, visit: Visit) -> _Read[Entry] | None:
        """A file of the user's own that waits. In a reader's thread.

        One that cannot be read any more, for the scope has changed, waits no more.
        """
        user, register = visit.someone, self._register
        draft = find_draft(connection, visit.arguments["draft"], visit.now)
        if draft is None or (draft.kind, draft.made_by) != (register.kind, user.name):
            return None
        directory = self._means.directory.current(connection)
        try:
            entries = register.read(draft.content, directory, user, draft.filename)
        except DirectoryError:
            return None
        plan = self._plan(draft, entries, directory, visit)
        return _Read(draft, plan, tuple(entries))

    def _plan(
        self,
        draft: Draft,
        entries: Sequence[Entry],
        directory: Directory,
        visit: Visit,
    ) -> Plan[Entry]:
        day = self._today(draft.made_at) if draft.replaces else None
        return self._register.plan(entries, directory, visit.someone, day)

    def _write(
        self, transaction: Transaction, read: _Read[Entry], visit: Visit
    ) -> Plan[Entry] | None:
        """In the writer's thread; None where the plan is not the one that was shown."""
        register, user = self._register, visit.someone
        directory = directory_to_change(transaction)
        plan = self._plan(read.draft, read.entries, directory, visit)
        denied = any(register.denied(user, directory, one) for one in plan.entries)
        if denied or plan.digest != visit.form.get("jejak"):
            return None
        source = read.draft.filename
        signature = Signature(web_actor(user.name), source, visit.now)
        register.bring(transaction, plan, f"{register.kind}.import", signature)
        remove_draft(transaction, read.draft.id)
        return plan

    def _preview(
        self, visit: Visit, read: _Read[Entry], *, overtaken: bool = False
    ) -> Page:
        plan = read.plan
        paging = Paging.of(visit, len(plan.steps), _STEPS)
        values = {
            "register": self._register,
            "draft": read.draft,
            "plan": plan,
            "steps": paging.part(plan.steps),
            "paging": paging,
            "columns": COLUMNS,
            "overtaken": overtaken,
            "day": self._today(read.draft.made_at),
        }
        return Page("admin_import_plan.html", values, _OVERTAKEN if overtaken else 200)

    def _today(self, at: float) -> datetime.date:
        return datetime.datetime.fromtimestamp(at, self._means.zone).date()


def _counts(plan: Plan[Any]) -> str:
    return (
        f"{len(plan.added)} ditambah, {len(plan.updated)} diubah, "
        f"{len(plan.closed)} dinonaktifkan"
    )
