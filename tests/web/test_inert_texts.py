"""Hostile texts in every place that people from outside can fill, on every page."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from attrs import evolve
from openpyxl import load_workbook
from sqlalchemy import insert
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Officer, Right, Unit
from smscentre.provinces import load
from smscentre.store import audit, tables
from smscentre.store.engine import reading_engine
from smscentre.store.people import put_officers, put_units
from smscentre.store.transaction import Transaction
from smscentre.users import Role
from smscentre.web.site import site
from tests.prepared import make_store
from tests.web.hostile import TEXTS, faults_of_cells, faults_of_page
from tests.web.support import (
    NOW,
    Answer,
    Browser,
    FakeChanger,
    FakeReader,
    add_users,
    means_of,
)

_UNITS = 60
_HREF = re.compile(r'(?:href|action)="([^"]*)"')
_NUMBERS = re.compile(r"(?<=/)[^/?]*\d[^/?]*")

_OF_A_KIND = 8
"""So many addresses are asked that differ only in a number or a value, ..."""

_LISTED = 130
"""... but of messages more: the lists show every text, their own pages each kind."""

_FILES = 2
"""A file takes long to read, and holds what its page shows."""

_STARTS = (
    "/",
    "/laporan",
    "/kepatuhan",
    "/gateway",
    "/pesan",
    "/coba",
    "/panduan",
    "/admin",
    "/admin/audit",
    "/admin/tak-dikenal",
)


class HostileTests(SynchronousTestCase):
    """No text is live, whoever wrote it and wherever it is shown."""

    def setUp(self) -> None:
        folder = Path(mkdtemp(prefix="smscentre-"))
        self.addCleanup(rmtree, folder)
        url = f"sqlite:///{folder}/smscentre.db"
        make_store(url)
        add_users(url)
        FakeChanger(url).perform(_fill)
        engine = reading_engine(url)
        self.addCleanup(engine.dispose)
        self.clock = Clock()
        means = evolve(means_of(url, FakeReader(engine)), clock=self.clock)
        self.browser = Browser(site(means), Role.ADMIN)

    def ask(self, path: str) -> Answer:
        """Ask for a page, at leisure: who asks for many has to wait for them."""
        self.clock.advance(1)
        return self.browser.get(path)

    def test_nothing_is_live(self) -> None:
        """Neither on a page nor in a file that is exported."""
        seen: Counter[str] = Counter()
        faults = []
        for path, answer in self._walk():
            self.assertNotIn(answer.status, (500, 503), path)
            kind = answer.headers.get("content-type", "").partition(";")[0]
            seen[kind] += 1
            faults += [f"{path}: {each}" for each in _faults(kind, answer)]
        self.assertEqual(faults, [])
        self.assertGreater(seen["text/html"], 100)
        self.assertGreater(seen["text/csv"], 5)

    def test_typed_is_not_live(self) -> None:
        """What is searched for comes back on the page as what it is."""
        for path in ("/laporan/rutan", "/kepatuhan", "/admin/upt", "/pesan"):
            for text in TEXTS[::7]:
                answer = self.ask(f"{path}?cari={_quoted(text)}")
                self.assertNotIn(answer.status, (500, 503), text)
                self.assertEqual(_faults("text/html", answer), [], path)

    def _walk(self) -> Iterator[tuple[str, Answer]]:
        """Every page that can be come to, and each file that they offer."""
        waiting, seen, kinds = deque(_STARTS), set(_STARTS), Counter[str]()
        while waiting:
            path = waiting.popleft()
            kind = _kind(path)
            if kinds[kind] >= _most(kind):
                continue
            kinds[kind] += 1
            answer = self.ask(path)
            yield path, answer
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            for link in _HREF.findall(answer.text):
                there, _ = urldefrag(urljoin(path, unescape(link)))
                if there.startswith("/") and there not in seen:
                    seen.add(there)
                    waiting.append(there)


def _faults(kind: str, answer: Answer) -> list[str]:
    if kind == "text/html":
        return faults_of_page(answer.text)
    if kind == "text/csv":
        rows = csv.reader(io.StringIO(answer.body.decode("utf-8-sig")))
        return faults_of_cells(cell for row in rows for cell in row)
    if "spreadsheet" in kind:
        return _faults_of_workbook(answer.body)
    return []


def _faults_of_workbook(content: bytes) -> list[str]:
    """The cells that are formulas or links; as text a workbook's cell is inert."""
    book = load_workbook(io.BytesIO(content))
    return [
        repr(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or cell.hyperlink is not None
    ]


def _kind(path: str) -> str:
    parts = urlsplit(path)
    names = re.sub(r"=[^&]*", "", parts.query)
    return f"{_NUMBERS.sub('#', parts.path)}?{names}"


def _most(kind: str) -> int:
    """How many addresses of a kind are asked."""
    if kind.startswith("/pesan"):
        return _LISTED
    return _FILES if ".csv" in kind or ".xlsx" in kind else _OF_A_KIND


def _quoted(text: str) -> str:
    return "".join(f"%{octet:02x}" for octet in text.encode())


def _fill(transaction: Transaction) -> None:
    """Texts in names of places and people, in messages, replies, errors and notes."""
    province = next(iter(load())).keyword
    plain = Unit("1", "LP", "Lapas", province, frozenset({"RUTAN"}))
    put_units(
        transaction,
        [
            evolve(
                plain,
                code=str(1000 + at),
                name=TEXTS[at],
                title=TEXTS[-at],
                city=TEXTS[at + _UNITS],
                aliases=(TEXTS[at + 2 * _UNITS],),
            )
            for at in range(_UNITS)
        ],
    )
    put_officers(
        transaction,
        [
            Officer(
                f"+62811100{at:04}", TEXTS[at], str(1000 + at), (), frozenset(Right)
            )
            for at in range(_UNITS)
        ],
    )
    transaction.flush()
    for at, text in enumerate(TEXTS):
        _message(transaction, at, text)
    for at, text in enumerate(TEXTS[::5]):
        audit.record(transaction, text, "test", text[::-1], text, NOW + at)


def _message(transaction: Transaction, at: int, text: str) -> None:
    """A message that nobody understood, its reply that failed, and a report of it."""
    row, unit = 10 * at + 1, str(1000 + at % _UNITS)
    number = f"+62811100{at % _UNITS:04}"
    values: dict[str, Any] = {
        "id": row,
        "arrival_id": f"{at}",
        "link": "carrier",
        "bind": "b",
        "source": number[1:] if at % 3 else text[:21],
        "number": number,
        "destination": "02170252704",
        "text": text,
        "raw": text.encode(),
        "state": "done",
        "outcome": "no_keyword",
        "reason": "" if at % 5 else text,
        "fingerprint": b"f",
        "arrived_at": NOW - at,
        "matched": False,
    }
    transaction.execute(insert(tables.inbox).values(values))
    transaction.execute(insert(tables.unrecognised).values(inbox_id=row))
    transaction.execute(
        insert(tables.outbox).values(
            id=row + 1,
            inbox_id=row,
            link="carrier",
            number=number,
            text=text,
            alphabet="ucs2",
            part_total=1,
            part_number=1,
            priority=0,
            state="failed",
            resent=False,
            attempts=1,
            created_at=NOW - at,
            due_at=NOW - at,
            expires_at=NOW,
            error=text,
        )
    )
    if at < _UNITS:
        _submission(transaction, row, unit, number, text)


def _submission(
    transaction: Transaction, row: int, unit: str, number: str, text: str
) -> None:
    day = "2024-05-14"
    transaction.connection.exec_driver_sql(
        "INSERT INTO submissions (id, unit, form, day, inbox_id, number, text,"
        " new_values, first, stored_at) VALUES (?, ?, 'RUTAN', ?, ?, ?, ?,"
        " '1 2 3 4', 1, ?)",
        (row + 2, unit, day, row, number, text, NOW - 100),
    )
    for at, field in enumerate(("tahanan_p", "tahanan_w", "napi_p", "napi_w")):
        transaction.connection.exec_driver_sql(
            "INSERT INTO reports VALUES (?, 'RUTAN', ?, ?, ?, ?)",
            (unit, day, field, at + 1, row + 2),
        )
