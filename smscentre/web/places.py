"""The part of a form that names a place: the country, provinces, or one unit.

Of users' scopes, officers and tokens alike. A user gives away no more than his own.
"""

from __future__ import annotations

__all__ = ["NO_UNIT", "Offer", "PlaceForm", "place_words"]

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from smscentre.directory import Directory, Province, Unit
from smscentre.users import User
from smscentre.web.faults import TEXTS
from smscentre.web.routes import Values

_COUNTRY, _PROVINCES, _UNIT = "semua", "provinsi", "upt"

_NO_KIND = "Pilih wilayahnya."
NO_UNIT: Final = "Kode UPT itu tidak ada."
_NONE_CHOSEN = "Pilih paling sedikit satu provinsi."
_NO_PROVINCE = "Provinsi itu tidak ada."


@frozen
class Offer:
    """The places that a user may choose from."""

    country: bool
    provinces: Sequence[Province]
    units: Sequence[Unit]

    @classmethod
    def to(cls, user: User, directory: Directory) -> Offer:
        """What lies within a user's scope."""
        provinces = [
            province
            for province in directory.provinces.values()
            if user.holds(None, (province.keyword,))
        ]
        return cls(
            user.holds(None, ()),
            sorted(provinces, key=lambda province: province.name),
            [unit for unit in directory.units.values() if user.covers(unit)],
        )


@frozen
class PlaceForm:
    """What was chosen, as it was sent or as it is."""

    kind: str = ""
    provinces: tuple[str, ...] = ()
    unit: str = ""

    @classmethod
    def sent(cls, form: Values) -> PlaceForm:
        """What a form holds."""
        provinces = tuple(dict.fromkeys(form.all("provinsi")))
        return cls(form.get("wilayah"), provinces, form.get("upt").strip().upper())

    @classmethod
    def of(cls, unit: str | None, provinces: Sequence[str]) -> PlaceForm:
        """What the form shows of a place that there is."""
        kind = _UNIT if unit else _PROVINCES if provinces else _COUNTRY
        return cls(kind, tuple(provinces), unit or "")

    @property
    def place(self) -> tuple[str | None, tuple[str, ...]]:
        """Unit and provinces, neither for the country; ask where nothing is wrong."""
        unit = self.unit if self.kind == _UNIT else None
        return unit, self.provinces if self.kind == _PROVINCES else ()

    def faults(self, user: User, directory: Directory) -> dict[str, str]:
        """What is wrong, by the field."""
        if self.kind == _UNIT:
            unit = directory.units.get(self.unit)
            if unit is None:
                return {"upt": NO_UNIT}
            return {} if user.covers(unit) else {"upt": TEXTS["not_yours"]}
        if self.kind == _PROVINCES:
            if not self.provinces:
                return {"provinsi": _NONE_CHOSEN}
            if not set(self.provinces) <= set(directory.provinces):
                return {"provinsi": _NO_PROVINCE}
            own = user.holds(None, self.provinces)
            return {} if own else {"provinsi": TEXTS["not_yours"]}
        if self.kind != _COUNTRY:
            return {"wilayah": _NO_KIND}
        return {} if user.holds(None, ()) else {"wilayah": TEXTS["not_yours"]}


def place_words(
    unit: str | None, provinces: Sequence[str], directory: Directory
) -> str:
    """A place in words."""
    if unit:
        known = directory.units.get(unit)
        return str(known) if known else unit
    return ", ".join(provinces) or "seluruh Indonesia"
