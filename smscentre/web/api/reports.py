"""``/reports``: the figures of a day or of several, by unit, province and country.

What is asked and answered; `figures` reads the rows.
"""

from __future__ import annotations

__all__ = ["Reports"]

from collections.abc import Sequence
from typing import Annotated, Final

from attrs import frozen
from msgspec import Meta

from smscentre.store.pages import ReadConnection
from smscentre.tokens import TokenScope
from smscentre.web.api.cursors import Cursor, cursor_of, position
from smscentre.web.api.faults import BadField, Fault, Refused
from smscentre.web.api.figures import (
    By,
    Question,
    Row,
    RowReader,
    Slug,
    key_of,
    place_of,
)
from smscentre.web.api.operations import Call, Caller, NothingAsked, Operation, Reply
from smscentre.web.api.shapes import (
    Code,
    Day,
    Keyword,
    Kind,
    Limit,
    NextCursor,
)
from smscentre.web.means import Means
from smscentre.web.reports import BY_SLUG, REPORTS, Report, figures_of

_DAYS_MOST: Final = 366


@frozen
class FigureShown:
    """One figure of a report."""

    key: str
    label: str
    group: Annotated[str, Meta(description="What its label stands under, or empty.")]
    adds_up: Annotated[
        list[str],
        Meta(description="The fields whose sum it is; itself where it is reported."),
    ]


@frozen
class ReportShown:
    """One of the seven reports: what it counts."""

    report: Slug
    form: Annotated[str, Meta(description="The words of its SMS.")]
    kind: Annotated[Kind, Meta(description="The kind of units that report it.")]
    title: str
    carried_forward: Annotated[
        bool,
        Meta(description="Whether figures hold until the unit's next report."),
    ]
    figures: list[FigureShown]


@frozen
class ReportList:
    """The seven reports."""

    items: list[ReportShown]


@frozen
class DayReport:
    """A report for one day. ``total`` is over all rows, whichever are on this page."""

    report: Slug
    title: str
    date: Day
    by: By
    total: Row
    rows: list[Row]
    next_cursor: NextCursor


@frozen
class PeriodReport:
    """A report for each day of a period, the first day first."""

    report: Slug
    title: str
    since: Day
    until: Day
    by: By
    rows: list[Row]
    next_cursor: NextCursor


@frozen
class _DayAsked:
    report: Slug
    date: Annotated[Day | None, Meta(description="Today, if left out.")] = None
    by: By = "country"
    province: Keyword | None = None
    unit: Code | None = None
    limit: Limit = 1000
    cursor: Cursor | None = None


@frozen
class _PeriodAsked:
    report: Slug
    since: Annotated[Day, Meta(description="The first day.")]
    until: Annotated[
        Day, Meta(description=f"The last day, of at most {_DAYS_MOST} in all.")
    ]
    by: By = "country"
    province: Keyword | None = None
    unit: Code | None = None
    limit: Limit = 1000
    cursor: Cursor | None = None


class Reports:
    """``/reports``."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def operations(self) -> Sequence[Operation]:
        """What can be asked."""
        scope = TokenScope.REPORTS
        return [
            Operation(
                "listReports",
                "/reports",
                scope,
                "Which reports there are, and what they count",
                NothingAsked,
                ReportList,
                self.all_reports,
                tagged=True,
            ),
            Operation(
                "getReport",
                "/reports/<report>",
                scope,
                "A report for one day",
                _DayAsked,
                DayReport,
                self.day,
                tagged=True,
            ),
            Operation(
                "getReportPeriod",
                "/reports/<report>/period",
                scope,
                "A report for each day of a period",
                _PeriodAsked,
                PeriodReport,
                self.period,
                tagged=True,
                words="A page may have fewer rows than `limit` and still not be the "
                "last: only `next_cursor` tells.",
            ),
        ]

    async def all_reports(self, call: Call[NothingAsked, None]) -> Reply:
        """The seven reports."""
        return Reply(ReportList([_described(report) for report in REPORTS]))

    async def day(self, call: Call[_DayAsked, None]) -> Reply:
        """A report for one day."""
        asked = call.asked
        day = asked.date or self._means.now().date()
        after = position(asked.cursor, str) or ""

        def read(connection: ReadConnection) -> DayReport:
            reader = self._reader(connection, call.caller, asked)
            every = reader.rows(day)
            total = every[0] if asked.by == "country" else reader.total(day)
            found = [row for row in every if key_of(row) > after]
            rows, following = found[: asked.limit], found[asked.limit :]
            return DayReport(
                asked.report,
                BY_SLUG[asked.report].title,
                day,
                asked.by,
                total,
                rows,
                cursor_of(key_of(rows[-1])) if following else None,
            )

        return Reply(await self._means.reader.read(read))

    async def period(self, call: Call[_PeriodAsked, None]) -> Reply:
        """A report for each day of a period."""
        asked = call.asked
        days = (asked.until - asked.since).days + 1
        if not 1 <= days <= _DAYS_MOST:
            words = f"harus tidak sebelum since, paling banyak {_DAYS_MOST} hari"
            raise Refused(Fault.PARAMETER, errors=[BadField("until", words)])
        first, after = position(asked.cursor, tuple[Day, str]) or (asked.since, "")
        first = max(first, asked.since)

        def read(connection: ReadConnection) -> PeriodReport:
            reader = self._reader(connection, call.caller, asked)
            rows, following = reader.page(first, asked.until, after, asked.limit)
            return PeriodReport(
                asked.report,
                BY_SLUG[asked.report].title,
                asked.since,
                asked.until,
                asked.by,
                rows,
                following,
            )

        return Reply(await self._means.reader.read(read))

    def _reader(
        self,
        connection: ReadConnection,
        caller: Caller,
        asked: _DayAsked | _PeriodAsked,
    ) -> RowReader:
        directory = self._means.directory.current(connection)
        place = place_of(caller, asked.province, asked.unit, directory)
        question = Question(
            BY_SLUG[asked.report], asked.by, place, caller.may(TokenScope.NUMBERS)
        )
        return RowReader(connection, directory, question, self._means.zone)


def _described(report: Report) -> ReportShown:
    kind: Kind = report.form.kind  # type: ignore[assignment]  # one of the three
    slug: Slug = report.slug  # type: ignore[assignment]  # one of the seven
    return ReportShown(
        slug,
        report.form.id,
        kind,
        report.title,
        report.form.lasts,
        [
            FigureShown(one.key, one.label, one.group, list(one.fields))
            for one in figures_of(report)
        ],
    )
