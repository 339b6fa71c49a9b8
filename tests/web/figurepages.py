"""A site over a store that is filled by texting it, and what its tables say."""

from __future__ import annotations

__all__ = ["DAY", "MORNING", "FigurePagesTestCase", "Table", "csv_rows", "xlsx_rows"]

import csv
import datetime
import shutil
from collections.abc import Sequence
from functools import cache
from html.parser import HTMLParser
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import openpyxl
from attrs import define, evolve, field
from sqlalchemy import update
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Unit
from smscentre.sections import WebConfig
from smscentre.store.engine import reading_engine
from smscentre.store.tables import users
from smscentre.users import Role
from smscentre.web.means import Means
from smscentre.web.site import site
from tests.prepared import make_store
from tests.texted import Texted, at
from tests.web.support import Answer, Browser, FakeReader, add_users, means_of

DAY = datetime.date(2024, 5, 14)
MORNING = at("2024-05-14T08:15")
NOW = MORNING + 7200


@cache
def _empty_store() -> Path:
    """A store with a user of each role and nothing else, to be copied."""
    file = Path(mkdtemp(prefix="smscentre-")) / "empty.db"
    make_store(f"sqlite:///{file}")
    add_users(f"sqlite:///{file}", NOW)
    return file


class FigurePagesTestCase(SynchronousTestCase):
    """A test with a store, an officer for each unit, and a browser."""

    units: Sequence[Unit] = ()
    role: Role | None = Role.VIEWER

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copy(_empty_store(), folder / "smscentre.db")
        self.url = f"sqlite:///{folder}/smscentre.db"
        self.texted = Texted(self.url, self.units)
        self.addCleanup(self.texted.close)
        self.engine = reading_engine(self.url)
        self.addCleanup(self.engine.dispose)
        self.means = self.make_means()
        self.browser = Browser(site(self.means), self.role)

    def make_means(self) -> Means:
        """What the site works with; reports are open to everybody."""
        means = means_of(self.url, FakeReader(self.engine), wall_clock=lambda: NOW)
        return evolve(means, config=WebConfig(public_reports=True))

    def text(self, code: str, text: str, moment: float = MORNING) -> None:
        """Text something that is understood."""
        reply = self.texted.text(code, text, moment)
        self.assertRegex(reply, "^(Insert|Update|Dibatalkan)")

    def scoped(self, provinces: str = "", unit: str | None = None) -> Browser:
        """A browser of somebody who is concerned with some provinces or one unit."""
        scope = {"provinces": provinces, "unit": unit}
        with self.texted.engine.begin() as connection:
            connection.execute(update(users).values(scope))
        return Browser(site(self.means), Role.VIEWER)

    def get(self, path: str) -> Answer:
        """A page that is there."""
        answer = self.browser.get(path)
        self.assertEqual(answer.status, 200, path)
        return answer

    def table(self, path: str) -> Table:
        """The table of figures of a page."""
        return Table.of(self.get(path).text)


@define
class Table:
    """What a table says: one list of texts a row, by the part that it stands in."""

    head: list[list[str]] = field(factory=list)
    body: list[list[str]] = field(factory=list)
    foot: list[list[str]] = field(factory=list)

    @classmethod
    def of(cls, html: str) -> Table:
        """The first table of figures in a page."""
        reader = _Reader()
        reader.feed(html)
        return reader.table

    def row(self, name: str) -> list[str]:
        """The cells behind those that begin a line with a name."""
        for row in (*self.body, *self.foot):
            if row[0] == name or row[0].startswith(f"{name} "):
                return row[1:]
        raise AssertionError(f"no line begins with {name!r}: {self.body}")


class _Reader(HTMLParser):
    """Reads the cells of the first table of class figures."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self._part: list[list[str]] | None = None
        self._inside = self._done = False
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._inside = not self._done and ("class", "figures") in attrs
        if not self._inside:
            return
        parts = {
            "thead": self.table.head,
            "tbody": self.table.body,
            "tfoot": self.table.foot,
        }
        if tag in parts:
            self._part = parts[tag]
        elif tag == "tr" and self._part is not None:
            self._part.append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag == "small" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None and self._part:
            self._part[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        if tag == "table" and self._inside:
            self._inside, self._done = False, True

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def csv_rows(answer: Answer) -> list[dict[str, str]]:
    """The lines of a CSV file by column."""
    return list(csv.DictReader(StringIO(answer.body.decode("utf-8-sig"))))


def xlsx_rows(answer: Answer) -> list[dict[str, Any]]:
    """The lines of a workbook's table by column, as an independent program reads it."""
    page = openpyxl.load_workbook(BytesIO(answer.body)).active
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    # The head is the first row that fills more than one cell.
    head = next(at for at, row in enumerate(rows) if sum(map(bool, row)) > 1)
    lines = []
    for row in rows[head + 1 :]:
        if not any(cell is not None for cell in row):
            break
        lines.append(dict(zip(map(str, rows[head]), row, strict=True)))
    return lines
