"""What a reader asks a report for, from the address of its page.

The fields of the query are in Indonesian, as they stand in the address: ``tanggal``,
``per``, ``provinsi``, ``dari`` and ``sampai``, ``banding``, ``isi``. What makes no
sense is refused with what to write instead.
"""

from __future__ import annotations

__all__ = [
    "Asked",
    "Misasked",
    "Per",
    "latest_day",
    "place_for",
    "place_of",
    "place_title",
    "provinces_for",
    "read_day",
]

import datetime
from enum import Enum
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from smscentre.days import parse_day
from smscentre.directory import ZONES, Directory
from smscentre.errors import SMSCentreError
from smscentre.store.courses import Span
from smscentre.store.figures import Place
from smscentre.users import User
from smscentre.web import wording
from smscentre.web.reports import Report, Shown, figures_of
from smscentre.web.routes import Values

_FIRST_YEAR: Final = 2000

SPAN_MOST: Final = 366
"""The longest period that is added up."""


class Misasked(SMSCentreError):
    """The address asks for what there cannot be; the text says what there can be."""


class Per(Enum):
    """What one line is of."""

    UNIT = "upt"
    PROVINCE = "provinsi"
    COUNTRY = "indonesia"


@frozen
class Asked:
    """A report for a day, for a period (``span``) or compared with an ``other`` day.

    ``province`` is a keyword, empty for all that the reader may see. ``shown`` is the
    figure of which a period shows the course.
    """

    report: Report
    day: datetime.date
    per: Per
    province: str = ""
    span: Span | None = None
    other: datetime.date | None = None
    shown: str = "jumlah"

    @classmethod
    def of(
        cls,
        report: Report,
        query: Values,
        now: float,
        user: User | None,
        zone: ZoneInfo,
    ) -> Asked:
        """What a query asks for; its days begin by the clock of ``zone``.

        :raises Misasked: it makes no sense
        """
        today = datetime.datetime.fromtimestamp(now, zone).date()
        latest = latest_day(now)
        province = query.get("provinsi").upper()
        span = _span(query, latest)
        day = read_day(query.get("tanggal"), latest) or today
        return cls(
            report,
            min(day, span.last) if span else day,
            _per(query.get("per"), province, user),
            province,
            span,
            read_day(query.get("banding"), latest),
            _shown(query.get("isi"), report),
        )

    @property
    def figure(self) -> Shown:
        """The figure that a period shows."""
        return next(each for each in figures_of(self.report) if each.key == self.shown)

    @property
    def path(self) -> str:
        """The address without its query."""
        return f"/laporan/{self.report.slug}"

    def address(self, ending: str = "", **changes: Any) -> str:
        """The address of the same with something changed; ``ending`` as ``.csv``."""
        asked = evolve(self, **changes)
        fields = {
            "tanggal": asked.day.isoformat() if asked.span is None else "",
            "dari": asked.span.first.isoformat() if asked.span else "",
            "sampai": asked.span.last.isoformat() if asked.span else "",
            "banding": asked.other.isoformat() if asked.other else "",
            "per": asked.per.value,
            "provinsi": asked.province,
            "isi": asked.shown if asked.span and asked.shown != "jumlah" else "",
        }
        query = urlencode({name: text for name, text in fields.items() if text})
        return f"{asked.path}{ending}?{query}"


def place_of(user: User | None) -> Place:
    """What a reader may see."""
    if user is None:
        return Place()
    if user.unit is not None:
        return Place(unit=user.unit)
    return Place(provinces=user.provinces or None)


def place_title(place: Place, directory: Directory) -> str:
    """How that is called which a reader may see."""
    if place.unit is not None:
        unit = directory.units.get(place.unit)
        return unit.title or unit.name if unit else place.unit
    names = [
        directory.provinces[key].name
        for key in place.provinces or ()
        if key in directory.provinces
    ]
    return ", ".join(names) or "seluruh Indonesia"


def place_for(
    user: User | None, province: str, directory: Directory
) -> tuple[Place, str]:
    """What a reader sees of what he asks for, and how that is called.

    :raises Misasked: the province is none, or not within what he may see
    """
    own = place_of(user)
    if own.unit is not None or not province:
        return own, place_title(own, directory)
    found = directory.provinces.get(province)
    if found is None:
        raise Misasked("Provinsi itu tidak ada. Pilih dari daftar provinsi.")
    if own.provinces is not None and province not in own.provinces:
        raise Misasked("Provinsi itu di luar wilayah Anda.")
    return Place(provinces=(province,)), f"Provinsi {found.name}"


def provinces_for(user: User | None, directory: Directory) -> list[tuple[str, str]]:
    """The provinces that a reader can choose from, by keyword and name."""
    within = user.provinces if user else ()
    return [
        (key, province.name)
        for key, province in directory.provinces.items()
        if not within or key in within
    ]


def read_day(text: str, latest: datetime.date) -> datetime.date | None:
    """A day as an address has it, None where there is none.

    :raises Misasked: it is no day, or not one that there are figures of
    """
    if not text:
        return None
    day = parse_day(text)
    if day is None or day.year < _FIRST_YEAR:
        raise Misasked("Tanggal ditulis seperti 2026-08-17: tahun, bulan, hari.")
    if day > latest:
        raise Misasked(f"{wording.long_date(day)} belum tiba.")
    return day


def latest_day(now: float) -> datetime.date:
    """The latest day that has begun anywhere in the country."""
    return max(
        datetime.datetime.fromtimestamp(now, clock).date() for clock in ZONES.values()
    )


def _span(query: Values, latest: datetime.date) -> Span | None:
    first = read_day(query.get("dari"), latest)
    last = read_day(query.get("sampai"), latest)
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise Misasked("Isi kedua tanggal: dari dan sampai.")
    if first > last:
        raise Misasked("Tanggal dari harus sebelum tanggal sampai.")
    span = Span(first, last)
    if len(span) > SPAN_MOST:
        raise Misasked(f"Rentang paling lama {SPAN_MOST} hari.")
    return span


def _per(text: str, province: str, user: User | None) -> Per:
    """What one line is of; of a single province or unit it can only be units."""
    if user is not None and user.unit is not None:
        return Per.UNIT
    if text:
        try:
            return Per(text)
        except ValueError:
            known = ", ".join(per.value for per in Per)
            raise Misasked(f"per harus salah satu dari: {known}.") from None
    single = user is not None and len(user.provinces) == 1
    return Per.UNIT if province or single else Per.PROVINCE


def _shown(text: str, report: Report) -> str:
    if not text or text in {each.key for each in figures_of(report)}:
        return text or "jumlah"
    raise Misasked("isi harus salah satu dari angka laporan itu.")
