"""Pages made of values: the templates, and what each of them is given.

Between `site`, which reads, and the templates, which only lay out. Everything
that a template shows is escaped.
"""

from __future__ import annotations

__all__ = ["GatewayRead", "Pages", "Problem", "TodayRead"]

import datetime
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from smscentre.store.pages import ArrivalCount, LastMessage, Queue, Total
from smscentre.store.unread import Unread
from smscentre.web import sheets, wording
from smscentre.web.status import LimitStatus, StatusSource

_TEMPLATES = Path(__file__).parent / "templates"

_NO_MESSAGES = {"receipt", "redelivered"}
"""The states of arrivals that bring nothing new from an officer."""

_TODAY_REFRESH_S = 60
_GATEWAY_REFRESH_S = 15


@frozen
class TodayRead:
    """The national totals of a day."""

    day: datetime.date
    totals: dict[str, Total]


@frozen
class LimitShown:
    """One limit with what it held back today, None where that is not known."""

    limit: LimitStatus
    held: int | None

    @property
    def full(self) -> bool:
        """Whether it has held anything back."""
        return bool(self.held)


@frozen
class GatewayRead:
    """What the store knows of the gateway."""

    queues: Sequence[Queue]
    arrivals: Sequence[ArrivalCount]
    last: Sequence[LastMessage]
    held: Mapping[str, int]
    unread: Unread


class Problem(Enum):
    """What can go wrong with a page: status, title and what to do."""

    NO_PAGE = (404, "Halaman tidak ada", "Periksa alamatnya, atau kembali ke awal.")
    METHOD = (405, "Cara akses tidak dikenal", "Halaman ini hanya dapat dibaca.")
    BROKEN = (
        500,
        "Halaman ini gagal dibuat",
        "Kesalahannya sudah dicatat. SMS tetap diterima dan disimpan.",
    )
    NO_DATABASE = (
        503,
        "Data belum dapat dibaca",
        "Basis data sedang tidak dapat dihubungi. Coba lagi sebentar lagi.",
    )

    def __init__(self, status: int, title: str, advice: str) -> None:
        self.status = status
        self.title = title
        self.advice = advice


class Pages:
    """Makes the pages; ``zone`` is that of their dates and times."""

    def __init__(self, zone: ZoneInfo, address: Callable[[str], str]) -> None:
        """:param address: where a file of the folder ``static`` is found"""
        self._zone = zone
        self._templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            age=wording.age,
            alarm=wording.alarm,
            figure=wording.figure,
            kind_name=wording.kind_name,
            long_date=wording.long_date,
            outcome=wording.outcome,
            registration=wording.registration,
            rule=wording.rule,
            silence=wording.silence,
            signal=wording.signal,
            state=wording.state,
        )
        self._templates.globals["address"] = address

    def today(self, read: TodayRead, status: StatusSource, now: float) -> bytes:
        """The national totals at a glance."""
        return self._render(
            "today.html",
            now,
            version=status.version,
            refresh_s=_TODAY_REFRESH_S,
            day=read.day,
            headlines=[
                (headline.label, sheets.total(headline, read.totals))
                for headline in sheets.HEADLINES
            ],
            sections=[
                (
                    section,
                    [
                        sheets.fill(sheet, read.totals[sheet.form.id])
                        for sheet in section.sheets
                    ],
                )
                for section in sheets.SECTIONS
            ],
        )

    def gateway(
        self, read: GatewayRead | None, status: StatusSource, now: float
    ) -> bytes:
        """Links, queues, writer and last messages.

        With None for what the store knows, the rest is shown with a notice.
        """
        links = status.links()
        queues = read.queues if read else ()
        return self._render(
            "gateway.html",
            now,
            version=status.version,
            refresh_s=_GATEWAY_REFRESH_S,
            started_at=status.started_at,
            links=links,
            up=sum(link.up for link in links),
            modems=[(link.name, link.modem) for link in links if link.modem],
            writer=status.writer(),
            read=read,
            queues=queues,
            waiting=sum(queue.count for queue in queues),
            oldest_at=min((queue.oldest_at for queue in queues), default=None),
            arrived=_messages(read.arrivals) if read else None,
            limits=[_limit(limit, read) for limit in status.limits()],
            silences=_silences(read, status.limits()),
        )

    def problem(self, problem: Problem, version: str, now: float) -> bytes:
        """A page that says what went wrong, and nothing of why."""
        return self._render(
            "problem.html", now, version=version, refresh_s=0, problem=problem
        )

    def _render(self, template: str, now: float, **values: Any) -> bytes:
        there = datetime.datetime.fromtimestamp(now, self._zone)
        page = self._templates.get_template(template).render(
            now=now,
            zone=there.tzname(),
            moment=partial(wording.moment, now=now, zone=self._zone),
            **values,
        )
        return page.encode()


def _messages(arrivals: Sequence[ArrivalCount]) -> int:
    """How many messages came: receipts and redeliveries are none."""
    return sum(one.count for one in arrivals if one.state not in _NO_MESSAGES)


def _limit(limit: LimitStatus, read: GatewayRead | None) -> LimitShown:
    return LimitShown(limit, read.held.get(limit.reason, 0) if read else None)


def _silences(
    read: GatewayRead | None, limits: Sequence[LimitStatus]
) -> list[tuple[str, int]]:
    """What got no reply for another reason than a limit, the most frequent first."""
    limited = {limit.reason for limit in limits}
    held = read.held.items() if read else ()
    others = ((reason, count) for reason, count in held if reason not in limited)
    return sorted(others, key=lambda one: (-one[1], one[0]))
