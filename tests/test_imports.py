"""Tests for `smscentre.imports` and the demo files."""

from __future__ import annotations

import datetime
from pathlib import Path

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Directory, Officer, Province, Right, Unit
from smscentre.errors import DirectoryError, Fault, Problem
from smscentre.imports import (
    officer_cells,
    officer_of,
    read_officers,
    read_units,
    unit_cells,
    unit_of,
    write_officers,
    write_units,
)

DEMO = Path(__file__).parents[1] / "etc" / "demo"

PROVINCES = {
    province.keyword: province
    for province in (
        Province("DKI", "DKI Jakarta", "WIB", ("JAKARTA",)),
        Province("KALTIM", "Kalimantan Timur", "WITA"),
        Province("KALTARA", "Kalimantan Utara", "WITA"),
    )
}
CIPINANG = Unit(
    code="1203",
    name="LP_CIPINANG2",
    title="LP Cipinang 2",
    province="DKI",
    kinds=frozenset({"RUTAN", "BAPAS"}),
    capacity=880,
    city="Jakarta Timur",
    aliases=("CIPINANG", "LP CIP 2"),
    valid_from=datetime.date(2008, 4, 27),
    valid_until=datetime.date(2026, 12, 31),
)
KNOWN = Directory.of(PROVINCES.values(), [CIPINANG])
OFFICER = Officer(
    number="+628111203001",
    name="Petugas Cipinang",
    unit="1203",
    rights=frozenset(Right),
    roles=frozenset({"kabapas", "pk"}),
)

UNITS_HEADER = "code,name,title,province,kinds"
ALL_UNITS_HEADER = f"{UNITS_HEADER},capacity,city,aliases,valid_from,valid_until"
UNITS_ROW = "1203,LP_CIPINANG2,LP Cipinang 2,DKI,RUTAN"
OFFICERS_HEADER = "number,name,unit,rights,roles,active"
OFFICERS_ROW = "+628111203001,Petugas,1203,insert|query"


def officers_from(content: bytes | str) -> list[Officer]:
    """Officers of a file, of the units and provinces above."""
    return read_officers(content, KNOWN, "ID")


@frozen
class Case:
    """One row, and the problems it makes: where, what stands there, the rule."""

    row: str
    problems: tuple[Problem, ...]


def problem(column: str, value: str, rule: str, line: int = 2) -> Problem:
    """A problem in a cell of the first row."""
    return Problem(f"line {line}, column {column}", value, rule)


CODE = "must be 1 to 12 letters and digits"
NAME = "must be 1 to 15 of A-Z, 0-9 and _"
KINDS = "must be of RUTAN|BAPAS|RUPBASAN"
DAY = "must be a date as 2026-12-31"
PLACE = "must be a known unit code, province keywords or ALL"

BAD_UNITS = (
    Case(",A,T,DKI,RUTAN", (problem("code", "", CODE),)),
    Case("12-3,A,T,DKI,RUTAN", (problem("code", "12-3", CODE),)),
    Case("1234567890123,A,T,DKI,RUTAN", (problem("code", "1234567890123", CODE),)),
    Case("1,LP CIP,T,DKI,RUTAN", (problem("name", "LP CIP", NAME),)),
    Case(
        "1,A234567890123456,T,DKI,RUTAN", (problem("name", "A234567890123456", NAME),)
    ),
    Case(
        f"1,A,{'T' * 121},DKI,RUTAN,,{'C' * 81},{'A' * 201}",
        (
            problem("title", "T" * 121, "must be at most 120 characters"),
            problem("city", "C" * 81, "must be at most 80 characters"),
            problem("aliases", "A" * 201, "must be at most 200 characters"),
        ),
    ),
    Case("1,A,,DKI,RUTAN", (problem("title", "", "must not be empty"),)),
    Case(
        "1,A,T,KALTM,RUTAN",
        (
            problem(
                "province", "KALTM", "must be a known province; did you mean KALTIM?"
            ),
        ),
    ),
    Case("1,A,T,,RUTAN", (problem("province", "", "must be a known province"),)),
    Case("1,A,T,DKI,", (problem("kinds", "", KINDS),)),
    Case("1,A,T,DKI,RUTAN|LAPAS", (problem("kinds", "RUTAN|LAPAS", KINDS),)),
    Case(
        "1,A,T,DKI,RUTAN,1.200",
        (problem("capacity", "1.200", "must be a whole number or empty"),),
    ),
    Case("1,A,T,DKI,RUTAN,,,,27/04/2008", (problem("valid_from", "27/04/2008", DAY),)),
    Case("1,A,T,DKI,RUTAN,,,,2008-02-30", (problem("valid_from", "2008-02-30", DAY),)),
    Case(
        "1,A,T,DKI,RUTAN,,,,2008-04-27,2008-04-26",
        (problem("valid_until", "2008-04-26", "must not be before valid_from"),),
    ),
    Case(
        "1,A,T,DKI,RUTAN,,,,,,more",
        (problem("11", "more", "is beyond the last header"),),
    ),
    Case(
        '1,A,"T\nU",DKI,RUTAN',
        (problem("title", "T\nU", "must be one line without control characters"),),
    ),
    Case(
        "?,A,T,DKI,CAT",
        (problem("code", "?", CODE), problem("kinds", "CAT", KINDS)),
    ),
)

BAD_OFFICERS = (
    Case(
        "4321,A,1203,insert",
        (problem("number", "4321", "expected at least 7 digits"),),
    ),
    Case(
        "6.28E+12,A,1203,insert",
        (problem("number", "6.28E+12", "expected a number of digits only"),),
    ),
    Case(
        f"08111203001,{'N' * 81},1203,,{'r' * 121}",
        (
            problem("name", "N" * 81, "must be at most 80 characters"),
            problem("roles", "r" * 121, "must be at most 120 characters"),
        ),
    ),
    Case("08111203001,,1203,", (problem("name", "", "must not be empty"),)),
    Case(
        "08111203001,A,1230,",
        (problem("unit", "1230", f"{PLACE}; did you mean 1203?"),),
    ),
    Case("08111203001,A,,", (problem("unit", "", PLACE),)),
    Case(
        "08111203001,A,1203|DKI,",
        (problem("unit", "1203|DKI", f"{PLACE}; did you mean 1203?"),),
    ),
    Case(
        "08111203001,A,ALL,read",
        (problem("rights", "read", "must be of insert|query, or empty"),),
    ),
    Case(
        "08111203001,A,ALL,query,,perhaps",
        (problem("active", "perhaps", "must be 1 or 0, ya or tidak, yes or no"),),
    ),
)


def elsewhere(unit: Unit) -> str:
    """Forbids all but Jakarta."""
    return "" if unit.province == "DKI" else "province"


class OneEntryTests(SynchronousTestCase):
    """Entries from a form, by the rules of a file."""

    def test_there_and_back(self) -> None:
        """The cells of an entry give the same entry."""
        self.assertEqual(unit_of(unit_cells(CIPINANG), PROVINCES), CIPINANG)
        again = officer_of(officer_cells(OFFICER), KNOWN, "ID")
        self.assertEqual(again, OFFICER)

    def test_faults_name_column_and_rule(self) -> None:
        """For whoever says them in another language."""
        cells = unit_cells(CIPINANG) | {"province": "KALTM", "title": "A\tB"}
        error: DirectoryError = self.assertRaises(
            DirectoryError, unit_of, cells, PROVINCES
        )
        self.assertEqual(
            error.faults,
            (
                Fault(1, "title", "A\tB", "control"),
                Fault(1, "province", "KALTM", "province", near="KALTIM"),
            ),
        )

    def test_a_place_that_is_not_ones_own(self) -> None:
        """It is reported as one more bad cell, unless the cell is bad anyway."""
        rows = (
            "1,A,T,DKI,RUTAN",
            "2,B,T,KALTIM,RUTAN",
            "3,C,T,NOWHERE,RUTAN",
        )
        content = "\n".join([UNITS_HEADER, *rows])
        error: DirectoryError = self.assertRaises(
            DirectoryError, read_units, content, PROVINCES, allowed=elsewhere
        )
        self.assertEqual(
            [(fault.line, fault.column, fault.rule) for fault in error.faults],
            [(3, "province", "not_yours"), (4, "province", "province")],
        )

    def test_a_file_full_of_faults_is_read_to_its_end(self) -> None:
        """What may have been meant is guessed of the first only."""
        rows = [f"{at},N{at},T,DKY,RUTAN" for at in range(500)]
        content = "\n".join([UNITS_HEADER, *rows])
        error: DirectoryError = self.assertRaises(
            DirectoryError, read_units, content, PROVINCES
        )
        self.assertEqual(len(error.faults), 500)
        self.assertEqual(error.faults[0].near, "DKI")
        self.assertEqual(error.faults[-1].near, "")


class ReadUnitsTests(SynchronousTestCase):
    """Files of units."""

    def problems(self, content: bytes | str) -> list[Problem]:
        """The problems for which a file is refused."""
        error: DirectoryError = self.assertRaises(
            DirectoryError, read_units, content, PROVINCES
        )
        self.assertEqual(error.source, "units.csv")
        return error.problems

    def test_whole_row(self) -> None:
        """All columns become the unit's attributes."""
        content = (
            f"{ALL_UNITS_HEADER}\n1203,LP_CIPINANG2,LP Cipinang 2,DKI,RUTAN|BAPAS,"
            "880,Jakarta Timur,CIPINANG|LP CIP 2,2008-04-27,2026-12-31\n"
        )
        self.assertEqual(read_units(content, PROVINCES), [CIPINANG])

    def test_forms_of_a_file(self) -> None:
        """Byte order mark, line ends, semicolons and blank lines do not matter."""
        expected = read_units(f"{UNITS_HEADER}\n{UNITS_ROW}\n", PROVINCES)
        for content in (
            f"{UNITS_HEADER}\r\n{UNITS_ROW}\r\n",
            f"{UNITS_HEADER}\r{UNITS_ROW}",
            f"\ufeff{UNITS_HEADER}\n{UNITS_ROW}",
            f"\n{UNITS_HEADER}\n\n ,,\n{UNITS_ROW}\n\n",
            f"{UNITS_HEADER}\n{UNITS_ROW}".replace(",", ";"),
            f"{UNITS_HEADER},,\n{UNITS_ROW},,\n",
            "Kinds,PROVINCE, title ,name,code\n"
            'rutan,Jakarta,"LP Cipinang 2", lp_cipinang2 ,1203\n',
        ):
            self.assertEqual(read_units(content, PROVINCES), expected, content)
            self.assertEqual(read_units(content.encode(), PROVINCES), expected)

    def test_bad_rows(self) -> None:
        """Each bad cell is reported by line and column."""
        for case in BAD_UNITS:
            problems = self.problems(f"{ALL_UNITS_HEADER}\n{case.row}\n")
            self.assertEqual(tuple(problems), case.problems, case.row)

    def test_all_at_once(self) -> None:
        """Every bad row of a file is reported in one error."""
        rows = "1,A,T,DKI,RUTAN\n?,B,T,DKI,RUTAN\n2,C,T,DKI,RUTAN\n3,D,,DKI,RUTAN"
        self.assertEqual(
            self.problems(f"{UNITS_HEADER}\n{rows}"),
            [
                problem("code", "?", CODE, line=3),
                problem("title", "", "must not be empty", line=5),
            ],
        )

    def test_line_after_a_long_cell(self) -> None:
        """Lines are counted as an editor shows them."""
        rows = '1,A,"T\nU",DKI,RUTAN\n?,B,T,DKI,RUTAN'
        self.assertIn(
            problem("code", "?", CODE, line=4),
            self.problems(f"{UNITS_HEADER}\n{rows}"),
        )

    def test_duplicates(self) -> None:
        """A code or a name that stands twice is reported with its first line."""
        rows = "a1,A,T,DKI,RUTAN\nA1,B,T,DKI,RUTAN\n2,a,T,DKI,RUTAN"
        self.assertEqual(
            self.problems(f"{UNITS_HEADER}\n{rows}"),
            [
                problem("code", "A1", "is already on line 2", line=3),
                problem("name", "a", "is already on line 2", line=4),
            ],
        )

    def test_names_of_others(self) -> None:
        """So is the name of a unit that is stored, unless the file renames it."""
        stored = {CIPINANG.code: CIPINANG}
        taken = f"{UNITS_HEADER}\n3,OTHER,T,DKI,RUTAN\n203,lp_cipinang2,T,DKI,RUTAN"
        with self.assertRaises(DirectoryError) as caught:
            read_units(taken, PROVINCES, stored=stored)
        rule = "is the name of unit 1203 already"
        expected = [problem("name", "lp_cipinang2", rule, line=3)]
        self.assertEqual(caught.exception.problems, expected)
        renamed = f"{taken}\n1203,LP_LAMA,T,DKI,RUTAN"
        for content in (renamed, f"{UNITS_HEADER}\n{UNITS_ROW}"):
            self.assertEqual(
                read_units(content, PROVINCES, stored=stored),
                read_units(content, PROVINCES),
            )

    def test_headers(self) -> None:
        """Unknown, missing and repeated headers are reported before any row."""
        self.assertEqual(
            self.problems("code,nama,title,province,kinds,code,zzz\n?,,,,,,\n"),
            [
                Problem("line 1", "nama", "header is not known; did you mean name?"),
                Problem("line 1", "code", "header stands twice"),
                Problem("line 1", "zzz", "header is not known"),
                Problem("line 1", "", "header name is missing"),
            ],
        )

    def test_empty(self) -> None:
        """A file without a header or without a row is refused."""
        for content in ("", "\ufeff", "\r\n\r\n"):
            self.assertEqual(
                self.problems(content), [Problem("line 1", "", "the file is empty")]
            )
        self.assertEqual(
            self.problems(UNITS_HEADER),
            [Problem("line 2", "", "there is no row below the header")],
        )

    def test_encoding(self) -> None:
        """A file in another encoding is refused with the line of the first octet."""
        content = f"{UNITS_HEADER}\n1,A,Ketapang é,DKI,RUTAN"
        rule = "must be UTF-8; save the file as CSV UTF-8"
        for encoding, where, found in (
            ("latin-1", "line 2", "0xE9"),
            ("utf-16", "line 1", "0xFF"),
        ):
            self.assertEqual(
                self.problems(content.encode(encoding)), [Problem(where, found, rule)]
            )

    def test_broken_quotes(self) -> None:
        """A quotation that never ends is reported where it begins."""
        (found,) = self.problems(f'{UNITS_HEADER}\n{UNITS_ROW}\n2,B,"T,DKI,RUTAN\n')
        self.assertEqual(found.where, "line 3")
        self.assertIn("is not CSV", found.rule)


class ReadOfficersTests(SynchronousTestCase):
    """Files of officers."""

    def problems(self, content: str) -> list[Problem]:
        """The problems for which a file is refused."""
        error: DirectoryError = self.assertRaises(
            DirectoryError, officers_from, content
        )
        return error.problems

    def test_whole_row(self) -> None:
        """All columns become the officer's attributes."""
        row = "0811-1203-001,Petugas Cipinang,1203,insert|query,PK|kabapas,ya"
        self.assertEqual(officers_from(f"{OFFICERS_HEADER}\n{row}"), [OFFICER])

    def test_places(self) -> None:
        """An officer belongs to a unit, to provinces or to the country."""
        for cell, unit, provinces in (
            ("1203", "1203", ()),
            ("KALTIM|KALTARA", None, ("KALTIM", "KALTARA")),
            ("kaltim", None, ("KALTIM",)),
            ("DKI|Jakarta", None, ("DKI",)),
            ("all", None, ()),
        ):
            row = f"08111203001,A,{cell},query"
            (officer,) = officers_from(f"{OFFICERS_HEADER}\n{row}")
            self.assertEqual((officer.unit, officer.provinces), (unit, provinces))

    def test_active(self) -> None:
        """An officer is active unless the file says otherwise."""
        for cells, active in (
            ("", True),
            (",", True),
            (",,", True),
            (",,1", True),
            (",,Ya", True),
            (",,true", True),
            (",,0", False),
            (",,tidak", False),
            (",,NO", False),
        ):
            (officer,) = officers_from(f"{OFFICERS_HEADER}\n{OFFICERS_ROW}{cells}")
            self.assertIs(officer.active, active, cells)

    def test_rights(self) -> None:
        """Rights are those named, and none where none is."""
        for cell, rights in (
            ("insert", {Right.INSERT}),
            ("Query|insert", set(Right)),
            ("", set()),
        ):
            row = f"08111203001,A,1203,{cell}"
            (officer,) = officers_from(f"{OFFICERS_HEADER}\n{row}")
            self.assertEqual(officer.rights, rights)

    def test_bad_rows(self) -> None:
        """Each bad cell is reported by line and column."""
        for case in BAD_OFFICERS:
            problems = self.problems(f"{OFFICERS_HEADER}\n{case.row}\n")
            self.assertEqual(tuple(problems), case.problems, case.row)

    def test_same_number(self) -> None:
        """One number written in two ways is a duplicate; bad ones are none."""
        rows = "08111203001,A,ALL,\n+628111203001,B,ALL,\nx,C,ALL,\nx,D,ALL,"
        self.assertEqual(
            self.problems(f"{OFFICERS_HEADER}\n{rows}"),
            [
                problem("number", "+628111203001", "is already on line 2", line=3),
                problem("number", "x", "expected a number of digits only", line=4),
                problem("number", "x", "expected a number of digits only", line=5),
            ],
        )


LINES = st.text(
    alphabet=st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=12
).map(str.strip)
TITLES = st.one_of(LINES, st.text(alphabet="'=+-@;,\"x", max_size=5)).filter(bool)


class WriteTests(SynchronousTestCase):
    """Exports."""

    def test_round_trip(self) -> None:
        """What was exported is imported as the same values."""
        units = [CIPINANG, Unit("2", "A", "A", "KALTIM", frozenset({"RUPBASAN"}))]
        self.assertEqual(read_units(write_units(units), PROVINCES), units)
        officers = [
            OFFICER,
            Officer("+14155550100", "B", provinces=("KALTIM", "KALTARA")),
            Officer("+6281234567890", "C", active=False),
        ]
        self.assertEqual(officers_from(write_officers(officers)), officers)

    @given(TITLES)
    def test_any_title(self, title: str) -> None:
        """No text is changed on its way out and in, formulas included."""
        unit = evolve(CIPINANG, title=title)
        self.assertEqual(read_units(write_units([unit]), PROVINCES), [unit])

    def test_formulas(self) -> None:
        """No cell begins with what a spreadsheet would run."""
        for name in ("=1+1", "+1", "-1", "@SUM(A1)", "'=1+1", " =1", "\uff1d1", "|x"):
            content = write_officers([evolve(OFFICER, name=name)])
            row = content.splitlines()[1]
            self.assertTrue(row.startswith(f"'+628111203001,'{name},"), row)

    def test_what_no_file_may_hold(self) -> None:
        """A control that got into the store does not get out of it."""
        unit = evolve(CIPINANG, title="\x1b[2JLapas \u202egnpiC")
        (back,) = read_units(write_units([unit]), PROVINCES)
        self.assertEqual(back.title, "\ufffd[2JLapas \ufffdgnpiC")

    def test_every_column(self) -> None:
        """An export has all columns under their names."""
        self.assertEqual(write_units([]), f"{ALL_UNITS_HEADER}\r\n")
        self.assertEqual(write_officers([]), f"{OFFICERS_HEADER}\r\n")


class DemoTests(SynchronousTestCase):
    """The files of etc/demo."""

    def test_import(self) -> None:
        """All 106 units come in, with an officer each and two without a unit."""
        # The provinces themselves belong to the store; the keywords do here.
        rows = (DEMO / "units.csv").read_text("utf-8").splitlines()[1:]
        keywords = {row.split(",")[3] for row in rows}
        self.assertEqual(len(keywords), 38)
        provinces = {word: Province(word, word, "WIB") for word in keywords}
        units = read_units((DEMO / "units.csv").read_bytes(), provinces)
        self.assertEqual(len(units), 106)
        by_code = {unit.code: unit for unit in units}
        self.assertEqual(by_code["1203"].name, "LP_CIPINANG2")

        content = (DEMO / "officers.csv").read_bytes()
        known = Directory.of(provinces.values(), units)
        officers = read_officers(content, known, "ID")
        numbers = {officer.unit: officer.number for officer in officers}
        self.assertEqual(numbers.pop("1203"), "+628111203001")
        self.assertEqual(len(officers), 108)
        self.assertEqual({unit for unit in numbers if unit}, {*by_code} - {"1203"})
        region, country = officers[-2:]
        self.assertEqual(region.provinces, ("KALTIM", "KALTARA"))
        self.assertEqual((country.unit, country.provinces), (None, ()))
