"""``/admin/data/bulan``: months that are closed, and closing and reopening them."""

from __future__ import annotations

__all__ = ["MonthPages"]

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from smscentre.days import parse_day
from smscentre.store.months import (
    all_closed,
    close_month,
    has_ended,
    reopen_month,
)
from smscentre.store.transaction import Transaction
from smscentre.users import Role, User
from smscentre.web import figurewords
from smscentre.web.asking import Question, ask, is_sure
from smscentre.web.changing import change_for
from smscentre.web.dataform import reason_faults
from smscentre.web.means import Means
from smscentre.web.problems import Problem
from smscentre.web.routes import (
    INVALID,
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Visit,
)

_PATH = "/admin/data/bulan"
_OFFERED: Final = 36
"""How many months back one can be closed by a choice."""

_NOT_ENDED = "Pilih bulan yang sudah berakhir di seluruh Indonesia."
_COUNTRY = "Bulan ditutup untuk seluruh Indonesia; wilayah Anda hanya sebagian."


class MonthPages:
    """Lists, closes and reopens."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route(_PATH, ("GET",), Need.DATA, self.show),
            Route(_PATH, ("POST",), Need.ADMIN, self.change),
        ]

    async def show(self, visit: Visit) -> Answer:
        """The months that are closed, and the forms for who may change that."""
        return await self._page(visit, {})

    async def change(self, visit: Visit) -> Answer:
        """Close a month, or reopen one."""
        if not visit.someone.holds(None, ()):
            return Trouble(Problem.NO_RIGHT, _COUNTRY)
        month, reason = _month(visit.form.get("bulan")), visit.form.get("alasan")
        opening = visit.form.get("tindakan") == "buka"
        faults = {}
        if month is None or not has_ended(month, visit.now):
            faults["bulan"] = _NOT_ENDED
        wrong = reason_faults(reason)
        if wrong and (opening or reason):
            faults["alasan"] = wrong["alasan"]
        if month is None or faults:
            return await self._page(visit, faults)
        if not opening and not is_sure(visit.form):
            return ask(visit, _closing(month))
        act = reopen_month if opening else close_month

        def work(transaction: Transaction) -> bool:
            return act(transaction, month, visit.signature, reason)

        done = await change_for(self._means, visit, work)
        state = "dibuka kembali" if opening else "ditutup"
        again = "" if done else " sebelumnya"
        return Redirect(_PATH, f"{figurewords.month(month)} sudah {state}{again}.")

    async def _page(self, visit: Visit, faults: Mapping[str, str]) -> Page:
        closed = await self._means.reader.read(all_closed)
        user = visit.someone
        offered = [*_offered(visit.now, {each.month for each in closed})]
        values = {
            "closed": closed,
            "faults": faults,
            "offered": [
                (f"{month:%Y-%m}", figurewords.month(month)) for month in offered
            ],
            "chosen": visit.form.get("bulan"),
            "opening": visit.form.get("tindakan") == "buka",
            "reason": visit.form.get("alasan"),
            "may_change": _may_change(user),
        }
        return Page("admin_months.html", values, INVALID if faults else 200)


def _closing(month: datetime.date) -> Question:
    name = figurewords.month(month)
    words = (
        f"Tutup {name} untuk seluruh Indonesia? Laporan untuk hari-hari di bulan itu "
        "tidak dapat lagi diisi, diperbaiki atau dibatalkan, lewat SMS maupun halaman "
        "ini, sampai bulannya dibuka kembali."
    )
    return Question("Tutup bulan", words, f"Tutup {name}", _PATH)


def _may_change(user: User) -> bool:
    return user.role is Role.ADMIN and user.holds(None, ())


def _offered(now: float, closed: set[datetime.date]) -> Iterator[datetime.date]:
    """The last months that are over and not closed, the latest first."""
    month = datetime.datetime.fromtimestamp(now, datetime.UTC).date().replace(day=1)
    for _ in range(_OFFERED):
        if has_ended(month, now) and month not in closed:
            yield month
        month = (month - datetime.timedelta(1)).replace(day=1)


def _month(text: str) -> datetime.date | None:
    """The first day of a month as ``2024-05``."""
    return parse_day(f"{text}-01")
