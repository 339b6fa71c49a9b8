"""Figures for programs: the same as by SMS, and as who adds them up by himself."""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from attrs import frozen

from smscentre.directory import Unit
from smscentre.tokens import TokenScope
from smscentre.web.api.figures import Slug
from smscentre.web.reports import BY_SLUG, REPORTS, Report
from tests.texted import officer, unit
from tests.web.programs import ApiTestCase, Program
from tests.web.support import NOW

DAY = datetime.date(2024, 5, 14)
ONE = datetime.timedelta(1)
DAY_S = 86400.0

FIGURE = re.compile(r"=(\d+)")

BY_SMS = {
    "RUTAN": ("rutan", "rutan-peg"),
    "BAPAS": ("bapas", "bapas-peg"),
    "RUPBASAN BASAN": ("basan", "rupbasan-peg"),
    "RUPBASAN BARAN": ("baran", "rupbasan-peg"),
}
"""The reports that one query by SMS tells of: counts, then staff."""


class DayTests(ApiTestCase):
    """A report for one day."""

    def setUp(self) -> None:
        super().setUp()
        self.texted.text("1203", "RUTAN 82 54 36 39", NOW)
        self.texted.text("1301", "RUTAN 1 2 3 4", NOW)
        self.texted.text("1203", "RUTAN PEG 5 6 7 8", NOW - 2 * DAY_S)

    def figures(self, path: str, program: Program | None = None) -> list[Any]:
        """The figures of all rows."""
        rows = (program or self.program).json(path)["rows"]
        return [list(row["figures"].values()) for row in rows]

    def test_list(self) -> None:
        """All seven, with what they count and how it adds up."""
        found = self.program.json("/reports")["items"]
        self.assertEqual([one["report"] for one in found], list(BY_SLUG))
        rutan = found[0]
        self.assertEqual(rutan["title"], "Jumlah Tahanan dan Narapidana LP")
        self.assertEqual(rutan["figures"][2]["adds_up"], ["tahanan_p", "tahanan_w"])
        lasting = [one["report"] for one in found if one["carried_forward"]]
        self.assertEqual(lasting, ["rutan-peg", "bapas-peg", "rupbasan-peg"])

    def test_every_report_has_an_address(self) -> None:
        """The words of the parameter are those of the reports."""
        self.assertEqual(list(get_args(get_args(Slug)[0])), list(BY_SLUG))

    def test_by_country(self) -> None:
        """One row, with men, women, both together, and all."""
        found = self.program.json("/reports/rutan")
        (row,) = found["rows"]
        self.assertEqual(row, found["total"])
        expected = {
            "tahanan_p": 83,
            "tahanan_w": 56,
            "tahanan_t": 139,
            "napi_p": 39,
            "napi_w": 43,
            "napi_t": 82,
            "jumlah": 221,
        }
        self.assertEqual(row["figures"], expected)
        self.assertEqual((row["reported"], row["expected"]), (2, 3))

    def test_by_province(self) -> None:
        """A row for each that has units of the kind."""
        found = self.program.json("/reports/rutan?by=province")["rows"]
        rows = [
            (row["province"], row["name"], row["figures"]["jumlah"], row["expected"])
            for row in found
        ]
        expected = [("DKI", "DKI Jakarta", 211, 2), ("JABAR", "Jawa Barat", 10, 1)]
        self.assertEqual(rows, expected)

    def test_by_unit(self) -> None:
        """Also who has not reported, without figures; nothing is not zero."""
        missing, there, _ = self.program.json("/reports/rutan?by=unit")["rows"]
        self.assertEqual((missing["unit"], missing["reported"]), ("1201", 0))
        self.assertEqual({*missing["figures"].values()}, {None})
        self.assertIsNone(missing["reported_at"])
        self.assertEqual(there["name"], "Lapas Cipinang")
        self.assertEqual(there["reported_at"], "2024-05-14T08:15:30+07:00")
        self.assertEqual(there["reported_by"], officer("1203").number)
        self.assertEqual(there["reported_for"], "2024-05-14")

    def test_staff_is_carried_forward(self) -> None:
        """With the day that it is of."""
        row = self.program.json("/reports/rutan-peg?by=unit&unit=1203")["rows"][0]
        self.assertEqual(row["figures"]["pam_t"], 11)
        self.assertEqual(row["reported_for"], "2024-05-12")
        self.assertEqual(row["date"], "2024-05-14")

    def test_counts_are_not(self) -> None:
        """They hold for their day only."""
        self.assertEqual(self.figures("/reports/rutan?date=2024-05-15"), [[None] * 7])

    def test_numbers_are_masked(self) -> None:
        """Without the scope for them."""
        program = self.program_with([TokenScope.REPORTS])
        row = program.json("/reports/rutan?by=unit&unit=1203")["rows"][0]
        self.assertEqual(row["reported_by"], "+62811****203")

    def test_filters(self) -> None:
        """A province, a unit, or both, the total with them."""
        for query, total in (
            ("province=DKI", 211),
            ("province=JABAR", 10),
            ("unit=1301", 10),
            ("unit=1301&province=DKI", None),
            ("province=ACEH", None),
        ):
            found = self.program.json(f"/reports/rutan?by=unit&{query}")
            self.assertEqual(found["total"]["figures"]["jumlah"], total, query)

    def test_places_of_tokens(self) -> None:
        """All that a token tells is of its own units, sums too."""
        for place, total, elsewhere in (
            ({"provinces": ("JABAR",)}, 10, "province=DKI"),
            ({"unit": "1301"}, 10, "unit=1203"),
            ({"provinces": ("DKI", "BALI")}, 211, "unit=1301"),
        ):
            program = self.program_with(**place)
            for by in ("unit", "province", "country"):
                found = program.json(f"/reports/rutan?by={by}")
                self.assertEqual(found["total"]["figures"]["jumlah"], total)
                rows = [row["figures"]["jumlah"] or 0 for row in found["rows"]]
                self.assertEqual(sum(rows), total)
            answer = program.get(f"/reports/rutan?{elsewhere}")
            self.problem(answer, 404, "not-found")

    def test_no_such_place(self) -> None:
        """What there is not is not empty but missing."""
        for query in ("unit=9999", "province=XX"):
            answer = self.program.get(f"/reports/rutan?{query}")
            self.problem(answer, 404, "not-found")

    def test_pages(self) -> None:
        """Page by page all rows, once; the total is of all of them on each."""
        found, cursor = [], ""
        while True:
            page = self.program.json(f"/reports/rutan?by=unit&limit=1{cursor}")
            self.assertEqual(page["total"]["figures"]["jumlah"], 221)
            found += [row["unit"] for row in page["rows"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        self.assertEqual(found, ["1201", "1203", "1301"])

    def test_odd_days(self) -> None:
        """Any day there is has a report, and nothing else is a day."""
        for day in ("0001-01-01", "9999-12-31", "2024-02-29"):
            for by in ("unit", "province", "country"):
                for slug in ("rutan", "rutan-peg"):
                    path = f"/reports/{slug}?date={day}&by={by}"
                    self.assertEqual(self.program.get(path).status, 200, path)
        for day in ("2023-02-29", "0000-01-01", "10000-01-01", "today", ""):
            answer = self.program.get(f"/reports/rutan?date={day}")
            self.problem(answer, 400, "bad-parameter")


class PeriodTests(ApiTestCase):
    """A report for each of some days."""

    def setUp(self) -> None:
        super().setUp()
        for days in range(3):
            moment = NOW - days * DAY_S
            self.texted.text("1203", f"RUTAN {days + 1} 0 0 0", moment)
        self.texted.text("1301", "RUTAN 10 0 0 0", NOW - DAY_S)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Day, place and sum of all rows of all pages."""
        found, cursor = [], ""
        for _ in range(1000):
            page = self.program.json(f"/reports/rutan/period?{query}{cursor}")
            found += [
                (
                    row["date"][-2:],
                    row["unit"] or row["province"],
                    row["figures"]["jumlah"],
                )
                for row in page["rows"]
            ]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"
        raise AssertionError("the pages have no end")

    def test_by_country(self) -> None:
        """A row a day, also where nothing was reported."""
        expected = [("11", None, None), ("12", None, 3), ("13", None, 12)]
        expected.append(("14", None, 1))
        found = self.rows("since=2024-05-11&until=2024-05-14")
        self.assertEqual(found, expected)

    def test_pages(self) -> None:
        """Whatever their size, they give the same rows."""
        for by in ("unit", "province", "country"):
            query = f"since=2024-05-12&until=2024-05-14&by={by}"
            expected = self.rows(query)
            for limit in (1, 2, 4):
                self.assertEqual(self.rows(f"{query}&limit={limit}"), expected)

    def test_a_year(self) -> None:
        """It comes a month at a time."""
        path = "/reports/rutan/period?since=2023-06-01&until=2024-05-31"
        page = self.program.json(path)
        self.assertEqual(len(page["rows"]), 31)
        self.assertEqual(len(self.rows("since=2023-06-01&until=2024-05-31")), 366)

    def test_bounds(self) -> None:
        """The last day is not before the first, nor a year and more after it."""
        for until in ("2024-05-13", "2025-05-15", "9999-12-31"):
            path = f"/reports/rutan/period?since=2024-05-14&until={until}"
            found = self.problem(self.program.get(path), 400, "bad-parameter")
            self.assertEqual([one["name"] for one in found["errors"]], ["until"])

    def test_both_ends_are_needed(self) -> None:
        """A period has a beginning and an end."""
        answer = self.program.get("/reports/rutan/period")
        found = self.problem(answer, 400, "bad-parameter")
        expected = [
            {"name": "since", "detail": "harus ada"},
            {"name": "until", "detail": "harus ada"},
        ]
        self.assertEqual(found["errors"], expected)

    def test_a_cursor_of_another_day(self) -> None:
        """It leads to nothing before the period."""
        path = "/reports/rutan/period?until=2024-05-14&by=unit&limit=1"
        cursor = self.program.json(f"{path}&since=2024-05-12")["next_cursor"]
        found = self.program.json(f"{path}&since=2024-05-14&cursor={cursor}")
        self.assertEqual({row["date"] for row in found["rows"]}, {"2024-05-14"})


@frozen
class Told:
    """What somebody counts who only hears what was texted and taken."""

    units: Mapping[str, Unit]
    held: dict[tuple[str, str, datetime.date], tuple[int, ...]]

    def sums(self, report: Report, codes: set[str], day: datetime.date) -> Any:
        """The sum of each field over some units, and how many have reported."""
        found = [self._values(report, code, day) for code in sorted(codes)]
        there = [values for values in found if values is not None]
        if not there:
            return [None] * len(report.form.fields), 0
        return [sum(column) for column in zip(*there, strict=True)], len(there)

    def counted(self, report: Report, day: datetime.date) -> set[str]:
        """The units that report it and are valid."""
        return {
            code
            for code, unit in self.units.items()
            if report.form.kind in unit.kinds and unit.valid_on(day)
        }

    def _values(
        self, report: Report, code: str, day: datetime.date
    ) -> tuple[int, ...] | None:
        days = [day]
        if report.form.lasts:
            days = sorted((key[2] for key in self.held if key[2] <= day), reverse=True)
        for earlier in days:
            found = self.held.get((code, report.form.id, earlier))
            if found is not None:
                return found
        return None


class SameFiguresTests(ApiTestCase):
    """Random reports, corrections and undos: programs get what everybody gets."""

    DAYS = 3
    TEXTS = 100

    def tell(self, chance: random.Random) -> Told:
        """Have officers text, and count along."""
        kinds = "RUTAN BAPAS RUPBASAN"
        units = [
            unit("2001", "BALI", kinds),
            unit("2002", "BALI", kinds, valid_until=DAY - ONE),
            unit("2003", "BALI", "RUTAN", valid_from=DAY),
            unit("2101", "PAPUA", kinds),
            unit("2102", "PAPUA", "BAPAS RUPBASAN"),
        ]
        self.texted.put(*units)
        told = Told(self.texted.directory.units, {})
        for number in range(self.TEXTS):
            code = chance.choice(units).code
            report = chance.choice(REPORTS)
            day = DAY - chance.randrange(self.DAYS) * ONE
            key = (code, report.form.id, day)
            values = tuple(chance.randrange(1000) for _ in report.form.fields)
            words = f"{report.form.id} {' '.join(map(str, values))} {day:%d%m%y}"
            reply = self.texted.text(code, words, NOW + number)
            if not reply.startswith(("Insert", "Update")):
                continue
            before = told.held.get(key)
            told.held[key] = values
            if chance.random() < 0.2:
                undone = self.texted.text(code, "BATAL", NOW + number + 0.5)
                self.assertRegex(undone, "^Dibatalkan")
                if before is None:
                    del told.held[key]
                else:
                    told.held[key] = before
        self.assertGreater(len(told.held), 20)
        return told

    def test_one_sequence(self) -> None:
        """By unit, province and country, on each day, and for the period at once."""
        self.check(random.Random(1))

    def test_another_sequence(self) -> None:
        """The same of other texts."""
        self.check(random.Random(2))

    def check(self, chance: random.Random) -> None:
        """Compare all there is."""
        told = self.tell(chance)
        for report in REPORTS:
            for by in ("unit", "province", "country"):
                rows = [
                    row
                    for day in self.days()
                    for row in self.check_day(told, report, day, by)
                ]
                self.check_period(report, by, rows)
        self.check_replies(told)

    def check_day(
        self, told: Told, report: Report, day: datetime.date, by: str
    ) -> list[Any]:
        """Each row against what was heard."""
        counted = told.counted(report, day)
        path = f"/reports/{report.slug}?date={day}&by={by}"
        found = self.program.json(path)
        rows: list[Any] = found["rows"]
        for row in [found["total"], *rows]:
            codes = {
                code
                for code in counted
                if row["unit"] in (None, code)
                and row["province"] in (None, told.units[code].province)
            }
            sums, reported = told.sums(report, codes, day)
            fields = [row["figures"][name] for name in report.form.fields]
            where = (path, row["unit"], row["province"])
            self.assertEqual(fields, sums, where)
            self.assertEqual(row["reported"], reported, where)
            self.assertEqual(row["expected"], len(codes), where)
            self.check_totals(report, row["figures"])
        if by == "unit":
            self.assertEqual({row["unit"] for row in rows}, counted)
        return rows

    def check_totals(self, report: Report, figures: Mapping[str, int | None]) -> None:
        """T is P and W; all is all."""
        all_of = [figures[name] for name in report.form.fields]
        total = None if None in all_of else sum(filter(None, all_of))
        self.assertEqual(figures["jumlah"], total)
        for name, value in figures.items():
            group, _, kind = name.rpartition("_")
            if kind == "t":
                pair = figures[f"{group}_p"], figures[f"{group}_w"]
                expected = None if None in pair else sum(filter(None, pair))
                self.assertEqual(value, expected, name)

    def check_period(self, report: Report, by: str, rows: list[Any]) -> None:
        """A period is its days, one after the other."""
        first, *_, last = self.days()
        path = f"/reports/{report.slug}/period?since={first}&until={last}&by={by}"
        self.assertEqual(self.program.json(path)["rows"], rows)

    def check_replies(self, told: Told) -> None:
        """A query by SMS tells the same figures."""
        compared = 0
        for words, (counts, staff) in BY_SMS.items():
            for day in self.days():
                for where, query in self.places(told):
                    asked = f"{words} {where} {day:%d%m%y}"
                    reply = self.texted.text("1203", asked, NOW + 1000)
                    ours = [
                        self.program.json(f"/reports/{slug}?date={day}&{query}")[
                            "total"
                        ]
                        for slug in (counts, staff)
                    ]
                    if not all(one["reported"] for one in ours):
                        continue
                    expected = [int(found) for found in FIGURE.findall(reply)]
                    self.assertEqual(_as_by_sms(*ours), expected, (asked, reply))
                    compared += 1
        self.assertGreater(compared, 20)

    def places(self, told: Told) -> Iterator[tuple[str, str]]:
        """How a query names a place by SMS, and to a program."""
        yield "GETALL", ""
        for province in ("BALI", "PAPUA"):
            yield f"GETPROV {province}", f"province={province}"
        for code in ("2001", "2101"):
            yield f"GETUPT UPT{code}", f"unit={code}"

    def days(self) -> list[datetime.date]:
        """The days for which reports were texted."""
        return [DAY - number * ONE for number in reversed(range(self.DAYS))]


def _as_by_sms(counts: Any, staff: Any) -> list[int]:
    """Figures in the order of a reply: stores have no sum, and nobody has of all."""
    first = dict(counts["figures"])
    if "pb" not in first:
        del first["jumlah"]
    second = dict(staff["figures"])
    del second["jumlah"]
    return [*first.values(), *second.values()]
