"""Queries: the sums of a report for a unit, a province or the country.

Reads place and day from the words after the keyword, and fills in the manual's
text from what the ledger adds up. It stores nothing.

Source: the manual of 2008, paragraphs 1c to 1e, 2c to 2e and 3d to 3i.
"""

from __future__ import annotations

__all__ = ["SCOPES", "Query", "read_query"]

import datetime
from collections.abc import Collection, Sequence
from typing import Final

from attrs import frozen

from smscentre.commands.asker import Answer, Asker, answer
from smscentre.commands.dates import Typed, is_day, take_day, written
from smscentre.commands.examples import own_example, query_example
from smscentre.commands.forms import FIELDS, Report
from smscentre.commands.places import find_province, find_unit, is_place
from smscentre.commands.replies import QUERIED, REPORT_NAMES, SCOPE_NAMES, compose
from smscentre.commands.words import echo, is_digits
from smscentre.directory import Right, Scope
from smscentre.interfaces import Command, Ledger, Outcome, SubmissionKey

SCOPES: Final = {
    "GETUPT": "UPT",
    "GETPROV": "PROV",
    "GETPROVINSI": "PROV",
    "GETPROPINSI": "PROV",
    "GETALL": "ALL",
}
"""The words of a query, each with the scope it asks for."""

_NOTHING = "-"
"""What stands for a figure that nobody reported."""


@frozen
class Query:
    """A question that is ready to be answered."""

    asker: Asker
    report: Report
    scope: str
    place: str
    day: datetime.date

    @property
    def needs(self) -> Collection[Right]:
        """The right that an officer may have put under a PIN."""
        return (Right.QUERY,)

    def expects(self) -> Sequence[SubmissionKey]:
        """Nothing: sums are read when they are asked for."""
        return ()

    def run(self, ledger: Ledger) -> Outcome:
        """Add up and answer."""
        report, day, scope = self.report, self.day, self._scope()
        counts = ledger.counts(report.counts, scope, day)
        if not counts.units:
            return Outcome("query", self._no_data(ledger))
        staff = ledger.staff(report.staff, scope, day)
        values = counts.values | staff.values
        figures = {
            field: values.get(field, _NOTHING)
            for form in (report.counts, report.staff)
            for field in FIELDS[form]
        }
        for total, fields in report.totals.items():
            there = [values[field] for field in fields if field in values]
            figures[total] = sum(there) if there else _NOTHING
        template = QUERIED[report.id, self.scope]
        reply = template.format(place=self.place, date=written(day), **figures)
        expected = len(ledger.directory.in_scope(scope, report.kind, day))
        if counts.units < expected:
            reply += compose("partial", n=counts.units, of=expected)
        return Outcome("query", reply)

    def _scope(self) -> Scope:
        return Scope(
            unit=self.place if self.scope == "UPT" else None,
            province=self.place if self.scope == "PROV" else None,
        )

    def _no_data(self, ledger: Ledger) -> str:
        """Say that there is nothing, and where there is something."""
        report = self.report
        values = {
            "report": REPORT_NAMES[report.id],
            "scope": SCOPE_NAMES[self.scope].format(self.place),
            "date": written(self.day),
        }
        latest = ledger.latest_day(report.counts, self._scope())
        if latest is None:
            return compose("no_data_ever", **values)
        example = query_example(report, self.scope, self.asker, self.place, latest)
        return compose("no_data", **values, latest=written(latest), example=example)


def read_query(
    asker: Asker, report: Report, scope: str, words: Sequence[str]
) -> Command:
    """Understand the words after a query's keyword."""
    if not asker.may_query:
        return answer("no_query", example=own_example(asker))
    typed = _take_day(asker, scope, words)
    day, places = asker.today, words
    if typed is not None:
        if typed.day is None:
            return _no_day(asker, report, scope, typed.word)
        day, places = typed.day, words[: -typed.length]
    if day > asker.today:
        return answer(
            "future",
            date=written(day),
            today=written(asker.today),
            zone=asker.now.tzname(),
            example=query_example(report, scope, asker),
        )
    place = _place(asker, report, scope, places)
    if isinstance(place, Answer):
        return place
    return Query(asker, report, scope, place, day)


def _take_day(asker: Asker, scope: str, words: Sequence[str]) -> Typed | None:
    """The day at the end of a query; one without a day where it is none."""
    typed = take_day(words, asker.today)
    if typed is not None or not words:
        return typed
    last, unit = words[-1], scope == "UPT"
    # A lone code of six digits is a unit rather than a day.
    alone = scope != "ALL" and len(words) == 1
    if alone and is_place(asker.directory, words, unit=unit):
        return None
    if (day := is_day(last)) is not None or scope == "ALL":
        return Typed(last, day)
    if is_place(asker.directory, words, unit=unit):
        return None
    # A place and something else: the something else should be a day.
    looks = is_digits(last) and len(last) in (6, 8)
    before = words[:-1]
    if looks or (before and is_place(asker.directory, before, unit=unit)):
        return Typed(last, None)
    return None


def _no_day(asker: Asker, report: Report, scope: str, word: str) -> Answer:
    return answer("date", value=echo(word), example=query_example(report, scope, asker))


def _place(
    asker: Asker, report: Report, scope: str, words: Sequence[str]
) -> str | Answer:
    """The code or keyword of the place asked about; empty for the country."""

    def example(place: str) -> str:
        return query_example(report, scope, asker, place)

    if scope == "ALL":
        return _no_day(asker, report, scope, "".join(words)) if words else ""
    if scope == "UPT":
        if not words:
            own = asker.unit
            return own.code if own else answer("no_place_upt", example=example(""))
        unit = find_unit(asker.directory, words, example)
        return unit if isinstance(unit, Answer) else unit.code
    if not words:
        keyword = asker.province
        return keyword or answer("no_place_province", example=example(""))
    province = find_province(asker.directory, words, example)
    return province if isinstance(province, Answer) else province.keyword
