"""Every page in every state, for every role: empty, crowded, and wherever one errs.

Run as ``python -m tests.browser.states``, it looks at all there is and prints what it
saw and found; the tests look at a part. A state is a centre of its own, whose browser
is used for all that is looked at in it.
"""

from __future__ import annotations

__all__ = ["Seen", "State", "database_away", "main"]

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import define, field

from tests.browser.crawl import crawl
from tests.browser.house import MISSING, USERS, House, Look
from tests.browser.judge import judge, overheard
from tests.browser.stores import NAMELESS, crowded, empty
from tests.browser.wrong import ADDRESSES, FORMS, Address, Form, problems, send

_STRANGER = "+6281999000001"
_REPORTED = """
SELECT u.code, o.number, r.day FROM reports r
JOIN units u ON u.code = r.unit JOIN officers o ON o.unit = u.code
WHERE u.province = 'DKI' AND r.form = 'RUTAN' AND length(u.code) = 12
ORDER BY r.day DESC, u.code LIMIT 1
"""
"""A unit with the longest texts, its officer's number, and a day it reported for."""

_WAITING = "SELECT max(id) FROM outbox WHERE state = 'queued'"
_ALL_LINES = ("/laporan/rutan?per=upt&semua=1", "/kepatuhan?semua=1")
_STARTS = ("/", "/akun", "/masuk", "/panduan")


@define
class Seen:
    """What was looked at in a state, and what was wrong with it."""

    pages: int = 0
    faults: list[str] = field(factory=list)

    def add(self, page: str, found: Iterable[str]) -> None:
        """Count a page, with what is wrong with it."""
        self.pages += 1
        self.faults += [f"{page}: {each}" for each in found]

    def hear(self, who: str, look: Look) -> None:
        """Count what a browser heard that it should not have heard."""
        self.faults += [f"{who}: {each}" for each in overheard(look)]


class State:
    """A centre with a database of a kind, and ways to look at it. `close` always."""

    def __init__(self, make: Callable[[Path], None]) -> None:
        with TemporaryDirectory(prefix="smscentre-browser-") as folder:
            database = Path(folder) / "state.db"
            make(database)
            self.house = House(adopted=database)
        self._places: dict[str, str] = {}

    def start(self) -> None:
        """Start it, and learn what it has that addresses speak of."""
        self.house.start()
        for unit, number, day in self.house.centre.rows(_REPORTED):
            number = number.replace("+", "%2B")
            self._places |= {"unit": unit, "number": number, "day": day}

    def close(self) -> None:
        """Leave no process and no file behind."""
        self.house.close()

    def trouble(self) -> None:
        """Let there be texts without a space: not understood, and not yet sent."""
        self.house.text(_STRANGER, NAMELESS[:450])
        self.house.centre.command("send", _STRANGER, NAMELESS[:150])
        ((waiting,),) = self.house.centre.rows(_WAITING)
        self._places["waiting"] = str(waiting)

    def address(self, path: str) -> str:
        """An address of a row, with what is in the house put in."""
        return path.format(**self._places) if self._places else path

    # Ways to look.

    def crawled(self, name: str, *starts: str) -> Seen:
        """Every page that a user can come to from these."""
        seen = Seen()
        with self.house.looking(name) as look:
            for path in crawl(look, *starts):
                seen.add(path, judge(look))
            seen.faults += look.refused
            seen.hear(name, look)
        return seen

    def opened(self, name: str, paths: Iterable[str], *, quick: bool) -> Seen:
        """Some pages of a user."""
        seen = Seen()
        with self.house.looking(name) as look:
            for path in map(self.address, paths):
                answer = look.open(path)
                wrong = [f"status {answer.status}"] if answer.status != 200 else []
                seen.add(path, [*wrong, *judge(look, quick=quick)])
            seen.hear(name, look)
        return seen

    def sent(self, forms: Iterable[Form], *, quick: bool) -> Seen:
        """Forms that are sent wrong."""
        seen = Seen()
        with self._looks() as looks:
            for form in forms:
                look = looks(form.user)
                wrong = send(look, form, self.address)
                found = [*wrong, *judge(look, quick=quick)]
                seen.add(f"{form.page} ({form.says})", found)
                seen.hear(form.page, look)
        return seen

    def missed(self, addresses: Iterable[Address], *, quick: bool) -> Seen:
        """Addresses that ask for what there is not."""
        seen = Seen()
        with self._looks() as looks:
            for each in addresses:
                look = looks(each.user)
                look.open(each.path)
                found = look.page.locator("main").inner_text()
                wrong = [] if each.says in found else [f"no {each.says!r}: {found!r}"]
                seen.add(each.path[:60], [*wrong, *judge(look, quick=quick)])
                seen.hear(each.path[:60], look)
        return seen

    def met(self, *, quick: bool) -> Seen:
        """Problems that take several steps."""
        seen = Seen()
        with self.house.looking("kepala") as look, self.house.looking() as guest:
            for name in problems(look, guest):
                shown = guest if name.startswith("too many") else look
                seen.add(name, judge(shown, quick=quick))
            seen.hear("problems", look)
            seen.hear("problems", guest)
        return seen

    @contextmanager
    def _looks(self) -> Iterator[Callable[[str], Look]]:
        """Browsers of users, each logged in when it is first asked for."""
        looks: dict[str, Look] = {}
        with ExitStack() as stack:

            def of(name: str) -> Look:
                if name not in looks:
                    looks[name] = stack.enter_context(self.house.looking(name))
                return looks[name]

            yield of


def database_away(state: State) -> Seen:
    """What pages say while the database can be neither written nor read."""
    seen, database = Seen(), state.house.centre.database
    fields = {"nama": "x", "guna": "reports", "wilayah": "semua"}
    form = Form("/admin/token", "Perubahan belum disimpan", fields)
    with (
        state.house.looking("kepala") as look,
        closing(sqlite3.connect(database, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        wrong = send(look, form, state.address)
        seen.add("a database that is locked", [*wrong, *judge(look)])
        other.execute("ROLLBACK")
        # To a reader a table that is gone is like a server that is: an outage.
        other.execute("ALTER TABLE reports RENAME TO reports_away")
        answer = look.open("/laporan/rutan")
        wrong = [] if answer.status == 503 else [f"status {answer.status}"]
        seen.add("a database that is gone", [*wrong, *judge(look)])
        other.execute("ALTER TABLE reports_away RENAME TO reports")
        seen.hear("a database that is gone", look)
    return seen


def _looked(state: State, *, full: bool) -> Iterator[tuple[str, Seen]]:
    """All there is to see in a state, by what it is."""
    for name, user in USERS.items():
        starts = _STARTS if full and user.role.value == "admin" else ("/", "/akun")
        yield f"every page of {name} ({user.role.value})", state.crawled(name, *starts)
    if full:
        pages = map(state.address, _ALL_LINES)
        yield "every line", state.opened("kepala", pages, quick=False)
        yield "forms sent wrong", state.sent(FORMS, quick=False)
    yield "asked for in vain", state.missed(ADDRESSES, quick=False)
    yield "problems", state.met(quick=False)
    if full:
        yield "database away", database_away(state)


def main() -> None:
    """Look at everything; fail when anything is wrong."""
    if MISSING:
        raise SystemExit(MISSING)
    total, began, states = Seen(), time.monotonic(), 0
    for title, make in (("empty", empty), ("700 units", crowded)):
        state = State(make)
        try:
            state.start()
            full = make is crowded
            if full:
                state.trouble()
            for what, seen in _looked(state, full=full):
                states += 1
                print(f"{title}, {what}: {seen.pages} pages, {len(seen.faults)} faults")
                for fault in seen.faults:
                    print(f"  {fault}")
                total.pages += seen.pages
                total.faults += seen.faults
        finally:
            state.close()
    took = time.monotonic() - began
    print(
        f"{total.pages} pages in {states} states, {len(total.faults)} faults,"
        f" {took:.0f} s"
    )
    raise SystemExit(bool(total.faults))


if __name__ == "__main__":
    main()
