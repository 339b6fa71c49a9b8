"""Texts as officers type them, played on the real stages, row by row."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from twisted.trial.unittest import SynchronousTestCase

from tests.commands.typed_world import Table, World, faults_of

_TABLES = Path(__file__).parent / "typed"

_NOT_YET = """
r-angle r-angleglued r-round r-roundall r-square r-wholeangle r-quotes r-curly
r-single r-low r-glued r-gluedbapas r-gluedpeg r-gluedtwo r-gluedbasan r-gluedcomma
r-yth r-lapor r-laporcolon r-ythlapor r-laporline r-pagi r-ass r-trims r-tks
r-makasih r-terimakasih r-name r-an r-ttd r-dash r-emdash r-emoji r-emojiskin r-bang
r-commathanks r-nihil r-nol r-nihil3 r-nihilall r-nihilcomma r-orang r-orangend
r-org r-labelslines r-reorder r-bapasspaced r-bapasorder r-bapasglued r-baranorder
r-ketik q-fewname q-nihilone q-pegalone q-gluedmany q-nameno q-o q-l q-tail q-dua
q-exp q-hex q-Ocomma q-dotvalue q-minusvalue q-rutn q-datefirst4 q-sixlast
q-datemonth3 k-glued k-thanks k-angle k-full k-zero k-provtrims k-getsemua k-uptmany
d-month d-monthlow d-monthglued d-monthhyph d-kmrn d-angle d-paren d-tgl d-tglcolon
d-tanggal d-iso d-hrini d-skrg d-name d-namefirst d-oldmonth d-besok d-lusa d-feb30
d-qmaret d-qpebruari d-qagt d-qagustus d-qnop d-qokt d-qdes d-qmei d-qall s-two
s-crlf s-blank s-greet s-signed s-glued s-three s-days s-rb s-badcount s-badkey
s-kind s-date u-batal u-batallow u-batalthanks u-batalfirst u-batalpeg u-14min
u-queryafter u-several u-again u-backfill h-tanya h-kanwil h-other h-prov h-provlow
z-img z-bold z-rlo z-combining z-escape
"""
"""Rows that do not pass yet. One that passes must leave the list."""


class TypedTests(SynchronousTestCase):
    """The tables of ``typed/``."""

    def setUp(self) -> None:
        self.folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, self.folder)

    def _play(self, table: Table) -> dict[str, list[str]]:
        """Play every row; in what those that fail differ, by id."""
        prepared = self.folder / "prepared.db"
        table.prepare(prepared)
        found = {}
        for case in table.cases:
            folder = Path(mkdtemp(dir=self.folder))
            world = World(table, prepared, folder / "row.db")
            try:
                faults = faults_of(case, world)
            finally:
                world.close()
                rmtree(folder)
            if faults:
                found[case["id"]] = faults
        return found

    def test_blind(self) -> None:
        """Every row has its reply, or its silence, and stores what it should."""
        found = self._play(Table(_TABLES / "blind.toml"))
        for row in found.keys() ^ set(_NOT_YET.split()):
            with self.subTest(id=row):
                self.fail(f"{row}: {found.get(row, 'passes, and leaves the list')}")
