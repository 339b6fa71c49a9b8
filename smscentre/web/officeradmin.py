"""``/admin/petugas``: the officers as a list, each by a form, and in files.

Addresses hold no number: those of pages that fail are logged.
"""

from __future__ import annotations

__all__ = ["OfficerAdmin"]

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from smscentre.directory import Directory, Officer, Right, fold
from smscentre.errors import DirectoryError
from smscentre.imports import officer_cells, officer_of
from smscentre.plans import plan_officers, trace_of
from smscentre.store.people import directory_to_change
from smscentre.store.transaction import Transaction
from smscentre.users import User
from smscentre.web.asking import Question, ask, is_sure
from smscentre.web.changing import change_for
from smscentre.web.codepages import CodePages
from smscentre.web.faults import TEXTS, by_field
from smscentre.web.importing import Importing
from smscentre.web.means import Means
from smscentre.web.numberpages import NumberPages, officer_page, pin_states
from smscentre.web.paging import Paging
from smscentre.web.places import Offer, PlaceForm, place_words
from smscentre.web.problems import Problem
from smscentre.web.registers import is_own_officer, officer_register
from smscentre.web.routes import (
    INVALID,
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Values,
    Visit,
)

_LIST = "/admin/petugas"

_FIELDS: Final = {
    "number": "nomor",
    "name": "nama",
    "unit": "wilayah",
    "rights": "hak",
    "roles": "tugas",
    "active": "aktif",
}
"""The fields of the form, by the columns of a file."""

_OVERTAKEN = (
    "Petugas ini diubah orang lain sejak formulir dibuka. Isian Anda masih ada; "
    "bandingkan dengan daftar, lalu simpan sekali lagi."
)
_TAKEN = "Nomor ini sudah terdaftar atas nama {}."


@frozen
class Filled:
    """A form as it was sent, or as it would be for an officer that there is."""

    number: str = ""
    name: str = ""
    place: PlaceForm = field(factory=lambda: PlaceForm("upt"))
    rights: tuple[str, ...] = tuple(right.value for right in Right)
    roles: str = ""
    active: bool = True

    @classmethod
    def sent(cls, form: Values, before: Officer | None) -> Filled:
        """What a form holds; a number is changed by moving it."""
        return cls(
            before.number if before else form.get("nomor"),
            form.get("nama"),
            PlaceForm.sent(form),
            form.all("hak"),
            form.get("tugas"),
            before is None or form.get("aktif") == "ya",
        )

    @classmethod
    def of(cls, officer: Officer) -> Filled:
        """What the form shows of an officer."""
        return cls(
            officer.number,
            officer.name,
            PlaceForm.of(officer.unit, officer.provinces),
            tuple(right.value for right in officer.rights),
            ", ".join(sorted(officer.roles)),
            officer.active,
        )

    @property
    def cells(self) -> dict[str, str]:
        """The same as a row of a file has it, by column."""
        unit, provinces = self.place.place
        return {
            "number": self.number,
            "name": self.name,
            "unit": unit or "|".join(provinces) or "ALL",
            "rights": "|".join(self.rights),
            "roles": self.roles.replace(",", "|"),
            "active": "1" if self.active else "0",
        }


@frozen
class _Search:
    """Which officers the list shows."""

    words: str
    province: str
    state: str

    @classmethod
    def asked(cls, query: Values) -> _Search:
        """What the query of a visit says."""
        return cls(
            query.get("cari"), query.get("provinsi"), query.get("keadaan", "aktif")
        )

    def fits(self, officer: Officer, directory: Directory) -> bool:
        """Whether an officer is looked for."""
        if self.state != "semua" and officer.active != (self.state == "aktif"):
            return False
        unit = directory.unit_of(officer)
        places = (unit.province,) if unit else officer.provinces
        if self.province and self.province not in places:
            return False
        # As it is dialled at home, a number begins with a zero.
        words = fold(self.words).removeprefix("0" if self.words[:1] == "0" else "")
        known = [officer.number, officer.name]
        if unit:
            known += [unit.code, unit.name, unit.title]
        return any(words in fold(text) for text in known)


class OfficerAdmin:
    """Lists, adds and changes officers."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._register = officer_register(means.country)
        self._importing = Importing(means, self._register)
        self._codes = CodePages(means)
        self._numbers = NumberPages(means, self._edit_again)

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        new, one = f"{_LIST}/baru", f"{_LIST}/ubah"
        return [
            Route(_LIST, ("GET",), Need.ADMIN, self.show),
            Route(new, ("GET",), Need.ADMIN, self.new),
            Route(new, ("POST",), Need.ADMIN, self.add),
            Route(one, ("GET",), Need.ADMIN, self.edit),
            Route(one, ("POST",), Need.ADMIN, self.change),
            *self._numbers.routes(),
            *self._codes.routes(),
            *self._importing.routes(),
        ]

    async def show(self, visit: Visit) -> Answer:
        """The officers that are looked for."""
        directory = await self._means.current_directory()
        search = _Search.asked(visit.query)
        found = [
            officer
            for officer in self._register.own_of(visit.someone, directory)
            if search.fits(officer, directory)
        ]
        paging = Paging.of(visit, len(found))
        offer = Offer.to(visit.someone, directory)
        values = {
            "search": search,
            "officers": paging.part(found),
            "paging": paging,
            "provinces": [(one.keyword, one.name) for one in offer.provinces],
            "place": lambda one: place_words(one.unit, one.provinces, directory),
            "has_pin": directory.has_pin,
        }
        return Page("admin_officers.html", values)

    async def new(self, visit: Visit) -> Answer:
        """The form for a new officer."""
        return self._form(visit, await self._means.current_directory(), Filled(), None)

    async def add(self, visit: Visit) -> Answer:
        """Add an officer."""
        return await self._save(visit, None)

    async def edit(self, visit: Visit) -> Answer:
        """The form for an officer that there is."""
        return await self._edit(visit, visit.query.get("nomor"), {})

    async def change(self, visit: Visit) -> Answer:
        """Change an officer."""
        directory = await self._means.current_directory()
        officer = _own(visit.someone, directory, visit.form.get("nomor"))
        if officer is None:
            return Trouble(Problem.NO_PAGE)
        return await self._save(visit, officer)

    async def _edit_again(self, visit: Visit, faults: Mapping[str, str]) -> Answer:
        """The page of an officer whose number could not be changed as was wished."""
        return await self._edit(visit, visit.form.get("nomor"), faults)

    async def _edit(
        self, visit: Visit, number: str, faults: Mapping[str, str]
    ) -> Answer:
        directory = await self._means.current_directory()
        officer = _own(visit.someone, directory, number)
        if officer is None:
            return Trouble(Problem.NO_PAGE)
        states = await self._means.reader.read(
            lambda connection: pin_states(connection, directory, number, visit.now)
        )
        filled = Filled.of(officer)
        page = self._form(visit, directory, filled, officer, faults)
        values = {
            **page.values,
            "pins": states,
            "new_number": visit.form.get("baru"),
            "reason": visit.form.get("alasan"),
        }
        return Page(page.template, values, page.status)

    async def _save(self, visit: Visit, before: Officer | None) -> Answer:
        """Write what the form holds, or show it again with what is wrong."""
        directory = await self._means.current_directory()
        filled = Filled.sent(visit.form, before)
        faults = filled.place.faults(visit.someone, directory)
        officer = None
        try:
            officer = officer_of(filled.cells, directory, self._means.country)
        except DirectoryError as error:
            # The place was looked at as the form has it.
            others = [fault for fault in error.faults if fault.column != "unit"]
            faults |= by_field(others, _FIELDS)
        if officer is not None and officer.number in self._means.own_numbers:
            faults["nomor"] = TEXTS["own_number"]
        if officer is not None and not faults:
            wanted = officer
            blocks = before is not None and before.active and not officer.active
            if blocks and not is_sure(visit.form):
                return ask(visit, _blocking(officer))
            faults = await change_for(
                self._means,
                visit,
                lambda transaction: self._write(
                    transaction, visit, wanted, before is None
                ),
            )
        if officer is not None and not faults:
            return Redirect(_LIST, f"Petugas {officer.name} sudah disimpan.")
        again = await self._means.current_directory()
        now = again.officers.get(before.number) if before else None
        page = self._form(visit, again, filled, now, faults)
        if now is None:
            return page
        states = await self._means.reader.read(
            lambda connection: pin_states(connection, again, now.number, visit.now)
        )
        return Page(page.template, {**page.values, "pins": states}, page.status)

    def _write(
        self, transaction: Transaction, visit: Visit, officer: Officer, is_new: bool
    ) -> dict[str, str]:
        """In the writer's thread; what speaks against it, by the field."""
        directory, register = directory_to_change(transaction), self._register
        before = directory.officers.get(officer.number)
        if is_new and before is not None:
            own = is_own_officer(visit.someone, directory, before)
            return {"nomor": _TAKEN.format(before.name if own else "orang lain")}
        if trace_of(before, officer_cells) != visit.form.get("jejak"):
            return {"": _OVERTAKEN}
        if register.denied(visit.someone, directory, officer):
            return {"wilayah": TEXTS["not_yours"]}
        plan = plan_officers([officer], directory.officers)
        signature = visit.signature
        if plan.steps:
            action = "officers.add" if is_new else "officers.change"
            register.bring(transaction, plan, action, signature)
        return {}

    def _form(
        self,
        visit: Visit,
        directory: Directory,
        filled: Filled,
        officer: Officer | None,
        faults: Mapping[str, str] | None = None,
    ) -> Page:
        values: dict[str, Any] = {
            "filled": filled,
            "officer": officer,
            "trace": trace_of(officer, officer_cells),
            "faults": faults or {},
            "offer": Offer.to(visit.someone, directory),
            "pins": [],
            "new_number": "",
            "reason": "",
        }
        return Page("admin_officer.html", values, INVALID if faults else 200)


def _blocking(officer: Officer) -> Question:
    words = (
        f"Nonaktifkan {officer.name}, {officer.number}? SMS dari nomor itu tidak "
        "diproses sampai diaktifkan kembali. Perubahan lain di formulirnya ikut "
        "disimpan."
    )
    back = officer_page(officer)
    return Question("Nonaktifkan petugas", words, "Nonaktifkan", back)


def _own(user: User, directory: Directory, number: str) -> Officer | None:
    """The officer of a number, if he is of a user's scope."""
    officer = directory.officers.get(number)
    if officer is None or not is_own_officer(user, directory, officer):
        return None
    return officer
