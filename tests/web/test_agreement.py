"""Pages, CSV, XLSX and replies by SMS say what an independent sum says.

Whatever officers texted, corrected and undid. The sum is made here in plain Python from
the texts alone: it shares no line with the store.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Final

from attrs import define, field, frozen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.texted import unit
from tests.web.figurepages import (
    DAY,
    MORNING,
    FigurePagesTestCase,
    csv_rows,
    xlsx_rows,
)

ONE = datetime.timedelta(1)

UNITS: Final = {
    each.code: each
    for each in (
        unit("101", kinds="RUTAN BAPAS RUPBASAN", capacity=100),
        unit("102", kinds="RUTAN"),
        unit("103", kinds="BAPAS", valid_from=DAY - ONE),
        unit("201", "JABAR", kinds="RUTAN RUPBASAN", capacity=50),
        unit("202", "JABAR", kinds="RUTAN", valid_until=DAY - ONE),
        unit("301", "MALUKU", kinds="RUPBASAN"),
    )
}
ASKER: Final = "101"

PAIRS: Final = {
    "RUTAN": ("tahanan", "napi"),
    "RUTAN PEG": ("pam", "staf"),
    "BAPAS PEG": ("pk", "staf"),
    "RUPBASAN PEG": ("pam", "staf", "pnl", "pml"),
}
SINGLES: Final = {
    "BAPAS": ("pb", "cmb", "cb", "pib"),
    "RUPBASAN BASAN": ("um", "bhg", "bhy", "tbk", "hwtbh"),
    "RUPBASAN BARAN": ("um", "bhg", "bhy", "tbk", "hwtbh"),
}
FORMS: Final = (*PAIRS, *SINGLES)
SLUGS: Final = {
    "rutan": "RUTAN",
    "rutan-peg": "RUTAN PEG",
    "bapas": "BAPAS",
    "bapas-peg": "BAPAS PEG",
    "basan": "RUPBASAN BASAN",
    "baran": "RUPBASAN BARAN",
    "rupbasan-peg": "RUPBASAN PEG",
}
QUERIES: Final = {
    "RUTAN": ("RUTAN", "RUTAN PEG"),
    "BAPAS": ("BAPAS", "BAPAS PEG"),
    "RUPBASAN BASAN": ("RUPBASAN BASAN", "RUPBASAN PEG"),
    "RUPBASAN BARAN": ("RUPBASAN BARAN", "RUPBASAN PEG"),
}
PROVINCES: Final = {"DKI": "DKI Jakarta", "JABAR": "Jawa Barat", "MALUKU": "Maluku"}

Figures = tuple[int | None, ...]


def size(form: str) -> int:
    """How many figures a form has."""
    return 2 * len(PAIRS[form]) if form in PAIRS else len(SINGLES[form])


@frozen
class Sent:
    """One report: of which unit and form, how many days back, and whether undone."""

    unit: str
    form: str
    back: int
    values: tuple[int, ...]
    undone: bool


@st.composite
def sent(draw: st.DrawFn) -> Sent:
    """Any report that a unit may send."""
    each = UNITS[draw(st.sampled_from(sorted(UNITS)))]
    forms = [form for form in FORMS if form.split()[0] in each.kinds]
    form = draw(st.sampled_from(forms))
    figures = st.integers(0, 9_999_999) | st.integers(0, 40)
    values = draw(st.tuples(*[figures] * size(form)))
    return Sent(each.code, form, draw(st.integers(0, 3)), values, draw(st.booleans()))


@define
class Book:
    """What holds, kept by hand: the versions of each unit, form and day."""

    versions: dict[tuple[str, str, datetime.date], list[tuple[int, ...]]] = field(
        factory=dict
    )

    def values(self, code: str, form: str, day: datetime.date) -> Figures:
        """What a unit has of a form on a day, staff from their last report."""
        nothing: Figures = (None,) * size(form)
        days = [day]
        if form.endswith("PEG"):
            days = [day - ONE * back for back in range(10)]
        for each in days:
            held = self.versions.get((code, form, each))
            if held:
                return held[-1]
        return nothing

    def sum(self, form: str, codes: Iterable[str], day: datetime.date) -> Figures:
        """The sum over some units, None where none has the field."""
        columns = list(
            zip(*(self.values(code, form, day) for code in codes), strict=True)
        )
        if not columns:
            return (None,) * size(form)
        return tuple(
            sum(there)
            if (there := [one for one in column if one is not None])
            else None
            for column in columns
        )


def counted(form: str, day: datetime.date, province: str = "") -> list[str]:
    """The units of a form's kind that count on a day."""
    return [
        code
        for code, each in UNITS.items()
        if form.split()[0] in each.kinds
        and (each.valid_from is None or each.valid_from <= day)
        and (each.valid_until is None or day <= each.valid_until)
        and (not province or each.province == province)
    ]


def with_totals(form: str, values: Figures) -> Figures:
    """The figures as a page shows them: pairs with their sums, then all of it."""
    shown: list[int | None] = []
    if form in PAIRS:
        for at in range(0, len(values), 2):
            pair = values[at : at + 2]
            shown += [*pair, added(pair)]
    else:
        shown += values
    return (*shown, added(values))


def added(values: Iterable[int | None]) -> int | None:
    """The sum of what is there."""
    there = [value for value in values if value is not None]
    return sum(there) if there else None


def labels(form: str) -> list[str]:
    """The columns of a file that hold figures."""
    long = {
        "tahanan": "Tahanan",
        "napi": "Narapidana",
        "pam": "Pengamanan",
        "staf": "Staf",
        "pk": "Pembimbing Kemasyarakatan",
        "pnl": "Peneliti/Penilai",
        "pml": "Pemelihara",
    }
    if form in PAIRS:
        names = [f"{long[pair]} {sex}" for pair in PAIRS[form] for sex in "PWT"]
    else:
        names = [single.upper() for single in SINGLES[form]]
    return [*names, {"RUTAN": "Penghuni", "BAPAS": "Klien"}.get(form, "Jumlah")]


def read(text: str) -> int | None:
    """A figure as a page has it."""
    return None if text == "-" else int(text.replace(".", ""))


class AgreementTests(FigurePagesTestCase):
    """One truth in four places."""

    units = tuple(UNITS.values())

    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(st.lists(sent(), max_size=25))
    def test_all_agree(self, reports: list[Sent]) -> None:
        """Every report of the last days, by unit, by province and for the country."""
        self.tearDownStore()
        book = self.filled(reports)
        for day in (DAY, DAY - ONE):
            for slug, form in SLUGS.items():
                self.check_units(book, slug, form, day)
                self.check_groups(book, slug, form, day)
            for query, forms in QUERIES.items():
                self.check_replies(book, query, forms, day)

    def tearDownStore(self) -> None:
        """Begin with an empty store: hypothesis runs all examples in one test."""
        self.doCleanups()
        self.setUp()

    def filled(self, reports: list[Sent]) -> Book:
        """Text everything, and write down what must hold."""
        book, moment = Book(), MORNING
        for each in reports:
            day = DAY - ONE * each.back
            held = book.versions.setdefault((each.unit, each.form, day), [])
            valid = each.unit in counted(each.form, day)
            if (held and held[-1] == each.values) or not valid:
                # The same again is no submission, and a unit must be valid.
                continue
            moment += 60
            figures = " ".join(map(str, each.values))
            self.text(each.unit, f"{each.form} {figures} {day:%d%m%y}", moment)
            if each.undone:
                moment += 60
                self.text(each.unit, "BATAL", moment)
            else:
                held.append(each.values)
        return book

    def check_units(self, book: Book, slug: str, form: str, day: datetime.date) -> None:
        """The lines of units, and the sum below them."""
        path = f"/laporan/{slug}{{}}?tanggal={day}&per=upt"
        codes = counted(form, day)
        expected = {
            code: with_totals(form, book.values(code, form, day)) for code in codes
        }
        total = with_totals(form, book.sum(form, codes, day))
        table = self.table(path.format(""))
        count = len(total)
        subs = [row for row in table.body if row[0].startswith("Jumlah ")]
        table.body = [row for row in table.body if row not in subs]
        self.assertEqual(
            {row[0]: tuple(map(read, row[2 : 2 + count])) for row in subs},
            {
                f"Jumlah {name}": with_totals(form, book.sum(form, there, day))
                for key, name in PROVINCES.items()
                if (there := counted(form, day, key))
            },
        )
        found = {
            row[0].split()[1]: tuple(map(read, row[2 : 2 + count]))
            for row in table.body
        }
        self.assertEqual(found, expected, (slug, day))
        (bottom,) = table.foot
        self.assertEqual(tuple(map(read, bottom[2 : 2 + count])), total, (slug, day))
        self.check_files(path, form, {**expected, "": total}, "Kode")

    def check_groups(
        self, book: Book, slug: str, form: str, day: datetime.date
    ) -> None:
        """The lines of provinces, their sum, and the line of the country."""
        expected: dict[str, Figures] = {
            name: with_totals(form, book.sum(form, codes, day))
            for key, name in PROVINCES.items()
            if (codes := counted(form, day, key))
        }
        total = with_totals(form, book.sum(form, counted(form, day), day))
        path = f"/laporan/{slug}{{}}?tanggal={day}&per=provinsi"
        table, count = self.table(path.format("")), len(total)
        found = {row[0]: tuple(map(read, row[1 : 1 + count])) for row in table.body}
        self.assertEqual(found, expected, (slug, day))
        self.check_files(path, form, {**expected, "Jumlah": total}, "Provinsi")
        path = f"/laporan/{slug}{{}}?tanggal={day}&per=indonesia"
        ((name, *cells),) = self.table(path.format("")).body
        self.assertEqual(tuple(map(read, cells[:count])), total, (slug, day))
        self.check_files(path, form, {name: total}, "Wilayah")

    def check_files(
        self, path: str, form: str, expected: Mapping[str, Figures], key: str
    ) -> None:
        """CSV and XLSX hold the same."""
        names = labels(form)
        csv = csv_rows(self.get(path.format(".csv")))
        for row in csv:
            figures = tuple(int(row[name]) if row[name] else None for name in names)
            self.assertEqual(figures, expected[row[key]], (path, row))
        self.assertEqual(len(csv), len(expected))
        xlsx = xlsx_rows(self.get(path.format(".xlsx")))
        for line in xlsx:
            values = tuple(line[name] for name in names)
            self.assertEqual(values, expected[line[key] or ""], (path, line))
        self.assertEqual(len(xlsx), len(expected))

    def check_replies(
        self, book: Book, query: str, forms: tuple[str, str], day: datetime.date
    ) -> None:
        """The replies for each unit, each province and the country."""
        date = f"{day:%d%m%y}"
        asked = {f"{query} GETALL {date}": counted(forms[0], day)}
        for key in PROVINCES:
            asked[f"{query} GETPROV {key} {date}"] = counted(forms[0], day, key)
        for code in counted(forms[0], day):
            asked[f"{query} GETUPT {code} {date}"] = [code]
        for text, codes in asked.items():
            reply = self.texted.text(ASKER, text, MORNING + 40_000)
            counts = book.sum(forms[0], codes, day)
            if not any(value is not None for value in counts):
                self.assertNotRegex(reply, r"[PWT]=\d", text)
                continue
            staff = book.sum(forms[1], codes, day)
            self.assertEqual(replied(reply), expected_reply(query, counts, staff), text)


def replied(reply: str) -> Figures:
    """All figures of a reply, in their order."""
    found = re.findall(r"=(-|\d+)", reply)
    return tuple(None if text == "-" else int(text) for text in found)


def expected_reply(query: str, counts: Figures, staff: Figures) -> Figures:
    """The figures of a reply: goods have no sum of all, clients have."""
    shown = with_totals(query, counts)
    # Of prisoners the manual gives the sums of pairs, and of goods none.
    kept = shown if query == "BAPAS" else shown[:-1]
    peg = f"{query.split()[0]} PEG"
    return (*kept, *with_totals(peg, staff)[:-1])
