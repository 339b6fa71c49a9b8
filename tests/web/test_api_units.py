"""Units and provinces for programs."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from tests.texted import unit
from tests.web.programs import ApiTestCase, Program


@frozen
class Case:
    """What is asked for, and the codes of the units that fit."""

    query: str
    codes: str


CASES = (
    Case("", "1201 1203 1301"),
    Case("?province=DKI", "1201 1203"),
    Case("?province=ACEH", ""),
    Case("?kind=BAPAS", "1203"),
    Case("?kind=RUTAN&province=JABAR", "1301"),
    Case("?search=cipinang", "1203"),
    Case("?search=u_13", "1301"),
    Case("?search=%25", ""),
    Case("?search=_1", "1201 1203 1301"),
    Case("?valid_on=2024-05-14", "1201 1203 1301"),
)

BAD = (
    ("limit=0", "limit", "harus bilangan bulat dari 1 sampai 1000"),
    ("limit=1001", "limit", "harus bilangan bulat dari 1 sampai 1000"),
    ("limit=1e2", "limit", "harus bilangan bulat dari 1 sampai 1000"),
    ("limit=", "limit", "harus bilangan bulat dari 1 sampai 1000"),
    ("limit=%D9%A1", "limit", "harus bilangan bulat dari 1 sampai 1000"),
    ("limit=1&limit=2", "limit", "paling banyak satu kali"),
    ("kind=LAPAS", "kind", "harus salah satu dari BAPAS, RUPBASAN, RUTAN"),
    ("valid_on=14-05-2024", "valid_on", "harus tanggal seperti 2024-05-14"),
    ("valid_on=2024-02-30", "valid_on", "harus tanggal seperti 2024-05-14"),
    ("province=dki", "province", "harus cocok dengan ^[A-Z]{2,20}$"),
    ("province=DKI%0a", "province", "harus cocok dengan ^[A-Z]{2,20}$"),
    ("cursor=%00", None, None),
    ("cursor=abc", "cursor", "harus next_cursor dari halaman sebelumnya"),
    ("cursor=WzFd", "cursor", "harus next_cursor dari halaman sebelumnya"),
    ("kabupaten=1", "kabupaten", "tidak dikenal di alamat ini"),
)


class UnitTests(ApiTestCase):
    """Which units there are."""

    def codes(self, path: str, program: Program | None = None) -> str:
        """The codes of the units in a list."""
        found = (program or self.program).json(path)["items"]
        return " ".join(one["code"] for one in found)

    def test_what_fits(self) -> None:
        """Each criterion narrows it."""
        for case in CASES:
            self.assertEqual(self.codes(f"/units{case.query}"), case.codes, case.query)

    def test_what_is_told(self) -> None:
        """All that an import has."""
        expected: dict[str, Any] = {
            "code": "1203",
            "name": "U_1203",
            "title": "Lapas Cipinang",
            "province": "DKI",
            "kinds": ["BAPAS", "RUPBASAN", "RUTAN"],
            "capacity": None,
            "city": "",
            "aliases": [],
            "valid_from": None,
            "valid_until": None,
        }
        self.assertEqual(self.program.json("/units/1203"), expected)

    def test_pages(self) -> None:
        """Page by page they are all there, once."""
        found, path = [], "/units?limit=1"
        while True:
            page = self.program.json(path)
            found += [one["code"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            path = f"/units?limit=1&cursor={page['next_cursor']}"
        self.assertEqual(found, ["1201", "1203", "1301"])

    def test_a_page_that_is_just_full(self) -> None:
        """It is the last one."""
        self.assertIsNone(self.program.json("/units?limit=3")["next_cursor"])

    def test_validity(self) -> None:
        """What is closed is there, and not on a day after its last."""
        self.texted.put(unit("1299", valid_until=None, title="Rutan Lama"))
        self.assertEqual(self.codes("/units?search=lama"), "1299")

    def test_changes_are_seen(self) -> None:
        """What was read before does not hide what was changed."""
        self.codes("/units")
        self.texted.put(unit("1202"))
        self.assertEqual(self.codes("/units"), "1201 1202 1203 1301")

    def test_bad_parameters(self) -> None:
        """Each is named, and told what it has to be."""
        for query, name, detail in BAD:
            answer = self.program.get(f"/units?{query}")
            if name is None:
                self.problem(answer, 400, "malformed-request")
                continue
            found = self.problem(answer, 400, "bad-parameter")
            expected = [{"name": name, "detail": detail}]
            self.assertEqual(found["errors"], expected, query)

    def test_all_faults_at_once(self) -> None:
        """A program need not mend one to hear of the next."""
        answer = self.program.get("/units?limit=0&kind=x&y=1")
        found = self.problem(answer, 400, "bad-parameter")
        names = {one["name"] for one in found["errors"]}
        self.assertEqual(names, {"limit", "kind", "y"})

    def test_no_such_unit(self) -> None:
        """Nor one whose code cannot be."""
        for code in ("9999", "x", "%00", "1203%0a"):
            self.problem(self.program.get(f"/units/{code}"), 404, "not-found")


class PlaceTests(ApiTestCase):
    """A token sees the units of its places."""

    def test_provinces(self) -> None:
        """What lies elsewhere is as if it were not there."""
        program = self.program_with(provinces=("JABAR", "BALI"))
        self.assertEqual(len(program.json("/units")["items"]), 1)
        self.assertEqual(program.json("/units?province=DKI")["items"], [])
        self.assertEqual(program.json("/units/1301")["code"], "1301")
        self.problem(program.get("/units/1203"), 404, "not-found")
        keywords = [one["keyword"] for one in program.json("/provinces")["items"]]
        self.assertEqual(keywords, ["BALI", "JABAR"])

    def test_one_unit(self) -> None:
        """It alone, and of its province only it."""
        program = self.program_with(unit="1203")
        self.assertEqual(len(program.json("/units")["items"]), 1)
        self.problem(program.get("/units/1201"), 404, "not-found")
        (province,) = program.json("/provinces")["items"]
        self.assertEqual((province["keyword"], province["units"]), ("DKI", 1))

    def test_a_cursor_gives_no_right(self) -> None:
        """One of a list that tells more tells no more here."""
        cursor = self.program.json("/units?limit=1")["next_cursor"]
        program = self.program_with(provinces=("JABAR",))
        found = program.json(f"/units?cursor={cursor}")["items"]
        self.assertEqual([one["code"] for one in found], ["1301"])

    def test_the_country(self) -> None:
        """All provinces, with their zones."""
        found = self.program.json("/provinces")["items"]
        self.assertEqual(len(found), 38)
        papua = next(one for one in found if one["keyword"] == "PAPUA")
        self.assertEqual((papua["name"], papua["zone"]), ("Papua", "WIT"))
