"""``/admin/upt``: the units as a list, each by a form, and in files."""

from __future__ import annotations

__all__ = ["UnitAdmin"]

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from smscentre.directory import Directory, Unit, fold
from smscentre.errors import DirectoryError
from smscentre.imports import KINDS, unit_cells, unit_of
from smscentre.plans import plan_units, trace_of
from smscentre.store.people import directory_to_change
from smscentre.store.transaction import Transaction
from smscentre.users import User
from smscentre.web.changing import change_for
from smscentre.web.faults import TEXTS, by_field
from smscentre.web.importing import Importing
from smscentre.web.means import Means
from smscentre.web.paging import Paging
from smscentre.web.problems import Problem
from smscentre.web.registers import unit_register
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

_LIST = "/admin/upt"

_FIELDS: Final = {
    "code": "kode",
    "name": "nama",
    "title": "lengkap",
    "province": "provinsi",
    "kinds": "jenis",
    "capacity": "kapasitas",
    "city": "kota",
    "aliases": "lain",
    "valid_from": "sejak",
    "valid_until": "sampai",
}
"""The fields of the form, by the columns of a file."""

_OVERTAKEN = (
    "UPT ini diubah orang lain sejak formulir dibuka. Isian Anda masih ada; bandingkan "
    "dengan daftar, lalu simpan sekali lagi."
)
_TAKEN = "Kode ini sudah dipakai {}."
_NAME_TAKEN = "Nama ini sudah dipakai UPT {}."


@frozen
class _Search:
    """Which units the list shows."""

    words: str
    province: str
    kind: str
    state: str

    @classmethod
    def asked(cls, query: Values) -> _Search:
        """What the query of a visit says."""
        return cls(
            query.get("cari"),
            query.get("provinsi"),
            query.get("jenis"),
            query.get("keadaan", "aktif"),
        )

    def fits(self, unit: Unit, today: datetime.date) -> bool:
        """Whether a unit is looked for."""
        if self.province and unit.province != self.province:
            return False
        if self.kind and self.kind not in unit.kinds:
            return False
        if self.state == "aktif" and not unit.valid_on(today):
            return False
        if self.state == "nonaktif" and unit.valid_on(today):
            return False
        words = fold(self.words)
        known = (unit.code, unit.name, unit.title, unit.city, *unit.aliases)
        return any(words in fold(text) for text in known)


class UnitAdmin:
    """Lists, adds and changes units."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._register = unit_register()
        self._importing = Importing(means, self._register)

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        new, one = f"{_LIST}/baru", f"{_LIST}/ubah/<code>"
        return [
            Route(_LIST, ("GET",), Need.ADMIN, self.show),
            Route(new, ("GET",), Need.ADMIN, self.new),
            Route(new, ("POST",), Need.ADMIN, self.add),
            Route(one, ("GET",), Need.ADMIN, self.edit),
            Route(one, ("POST",), Need.ADMIN, self.change),
            *self._importing.routes(),
        ]

    async def show(self, visit: Visit) -> Answer:
        """The units that are looked for."""
        directory = await self._means.current_directory()
        today = self._means.now().date()
        search = _Search.asked(visit.query)
        found = [
            unit
            for unit in self._register.own_of(visit.someone, directory)
            if search.fits(unit, today)
        ]
        paging = Paging.of(visit, len(found))
        values = {
            "search": search,
            "units": paging.part(found),
            "paging": paging,
            "provinces": _provinces(visit.someone, directory),
            "kinds": [("", "semua"), *((kind, kind) for kind in KINDS)],
            "today": today,
        }
        return Page("admin_units.html", values)

    async def new(self, visit: Visit) -> Answer:
        """The form for a new unit."""
        filled = _filled(dict.fromkeys(_FIELDS, ""))
        return self._form(visit, await self._means.current_directory(), filled, None)

    async def add(self, visit: Visit) -> Answer:
        """Add a unit."""
        return await self._save(visit, None)

    async def edit(self, visit: Visit) -> Answer:
        """The form for a unit that there is."""
        directory = await self._means.current_directory()
        unit = self._own(visit, directory)
        if unit is None:
            return Trouble(Problem.NO_PAGE)
        return self._form(visit, directory, _filled(unit_cells(unit)), unit)

    async def change(self, visit: Visit) -> Answer:
        """Change a unit."""
        unit = self._own(visit, await self._means.current_directory())
        if unit is None:
            return Trouble(Problem.NO_PAGE)
        return await self._save(visit, unit)

    async def _save(self, visit: Visit, before: Unit | None) -> Answer:
        """Write what the form holds, or show it again with what is wrong."""
        directory = await self._means.current_directory()
        filled = _sent(visit.form, before)
        try:
            unit = unit_of(
                _cells(filled),
                directory.provinces,
                lambda unit: self._register.denied(visit.someone, directory, unit),
            )
        except DirectoryError as error:
            faults = by_field(error.faults, _FIELDS)
            return self._form(visit, directory, filled, before, faults)
        faults = await change_for(
            self._means,
            visit,
            lambda transaction: self._write(transaction, visit, unit, before is None),
        )
        if faults:
            again = await self._means.current_directory()
            now = again.units.get(unit.code) if before else None
            return self._form(visit, again, filled, now, faults)
        return Redirect(_LIST, f"UPT {unit} sudah disimpan.")

    def _write(
        self, transaction: Transaction, visit: Visit, unit: Unit, is_new: bool
    ) -> dict[str, str]:
        """In the writer's thread; what speaks against it, by the field."""
        directory, register = directory_to_change(transaction), self._register
        before = directory.units.get(unit.code)
        if is_new and before is not None:
            return {"kode": _TAKEN.format(before)}
        if trace_of(before, unit_cells) != visit.form.get("jejak"):
            return {"": _OVERTAKEN}
        if register.denied(visit.someone, directory, unit):
            return {"provinsi": TEXTS["not_yours"]}
        for other in directory.units.values():
            if other.name == unit.name and other.code != unit.code:
                return {"nama": _NAME_TAKEN.format(other)}
        plan = plan_units([unit], directory.units)
        signature = visit.signature
        if plan.steps:
            action = "units.add" if is_new else "units.change"
            register.bring(transaction, plan, action, signature)
        return {}

    def _own(self, visit: Visit, directory: Directory) -> Unit | None:
        unit = directory.units.get(visit.arguments["code"])
        return unit if unit is not None and visit.someone.covers(unit) else None

    def _form(
        self,
        visit: Visit,
        directory: Directory,
        filled: Mapping[str, Any],
        unit: Unit | None,
        faults: Mapping[str, str] | None = None,
    ) -> Page:
        values = {
            "filled": filled,
            "unit": unit,
            "trace": trace_of(unit, unit_cells),
            "faults": faults or {},
            "provinces": _provinces(visit.someone, directory),
            "kinds": KINDS,
        }
        return Page("admin_unit.html", values, INVALID if faults else 200)


def _provinces(user: User, directory: Directory) -> list[tuple[str, str]]:
    """Keyword and name of the provinces in which a user may have units."""
    unit = directory.units.get(user.unit or "")
    own = (unit.province,) if unit else user.provinces
    return sorted(
        (
            (province.keyword, province.name)
            for province in directory.provinces.values()
            if not own or province.keyword in own
        ),
        key=lambda pair: pair[1],
    )


def _filled(cells: Mapping[str, str]) -> dict[str, Any]:
    """What the form shows, by its fields."""
    filled: dict[str, Any] = {_FIELDS[name]: text for name, text in cells.items()}
    filled["jenis"] = cells["kinds"].split("|")
    filled["lain"] = cells["aliases"].replace("|", ", ")
    return filled


def _sent(form: Values, before: Unit | None) -> dict[str, Any]:
    """What a form holds, by its fields; a code is never changed."""
    filled: dict[str, Any] = {name: form.get(name) for name in _FIELDS.values()}
    filled["jenis"] = [*form.all("jenis")]
    if before is not None:
        filled["kode"] = before.code
    return filled


def _cells(filled: Mapping[str, Any]) -> dict[str, str]:
    """The same as a row of a file has it, by column."""
    cells = {column: filled[name] for column, name in _FIELDS.items()}
    cells["kinds"] = "|".join(filled["jenis"])
    cells["aliases"] = filled["lain"].replace(",", "|")
    return cells
