"""How long pages of figures take over 700 units and two years of reports.

    python -m benchmarks.pages [--rounds N] [--store FILE]

A process of its own serves the site from a real store over a real socket; this one asks
for each page again and again, one at a time, and prints the first time, the median and
the size. The store is made once, which takes a minute or two, and kept in a temporary
folder. What is asked for first after a start reads a year of the country at once; it is
printed, and not in the median. What the serving process worked for a page stands beside
it, for a machine that is busy with something else.
"""

from __future__ import annotations

__all__ = ["LIMITS_MS", "Timing", "main", "serve"]

import argparse
import datetime
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen
from twisted.internet.defer import succeed
from twisted.internet.endpoints import TCP4ServerEndpoint

from benchmarks.history import Span, fill
from smscentre.commands.asker import Rules
from smscentre.deadlines.schedule import Schedule
from smscentre.desk import Desk
from smscentre.directory import ZONES
from smscentre.passwords import Passwords, password_hash
from smscentre.sections import WebConfig
from smscentre.store.beside import change_store
from smscentre.store.changes import Signature
from smscentre.store.engine import reading_engine
from smscentre.store.pages import Readers
from smscentre.store.schema import upgrade
from smscentre.store.transaction import Transaction
from smscentre.store.users import add_user, all_accounts
from smscentre.store.websessions import begin_session
from smscentre.threads import Lane
from smscentre.users import Role, User
from smscentre.web.means import Means
from smscentre.web.sessions import key_of
from smscentre.web.site import site
from smscentre.web.status import LimitStatus, LinkStatus, WriterStatus
from tests.web.support import new_ledger

JAKARTA: Final = ZONES["WIB"]
UNTIL: Final = datetime.datetime(2026, 11, 30, 10, 5, tzinfo=JAKARTA)
"""The present of the store: a Monday morning, with most of the reports there."""

LIMITS_MS: Final = {"page": 100.0, "dashboard": 150.0}

_TOKEN: Final = f"{'bench':x<43}"
_PORT_LINE: Final = "port "
_PATIENCE_S: Final = 30
_SHARED_S: Final = 5.2
"""A little longer than the dashboard's reading serves everybody."""

_DAY: Final = "tanggal=2026-11-30"
_MONTH: Final = "dari=2026-11-01&sampai=2026-11-30"
_YEAR: Final = "dari=2025-12-01&sampai=2026-11-30"

DASHBOARD: Final = "/"
PAGES: Final = (
    f"/laporan/rutan?{_DAY}",
    f"/laporan/rutan?{_DAY}&per=upt",
    f"/laporan/rutan?{_DAY}&per=upt&semua=1",
    f"/laporan/rutan?{_DAY}&per=indonesia",
    f"/laporan/rutan?{_DAY}&provinsi=JATENG",
    "/laporan/rutan?tanggal=2025-06-15&per=upt",
    f"/laporan/rutan-peg?{_DAY}",
    f"/laporan/rutan-peg?{_DAY}&per=upt",
    f"/laporan/bapas?{_DAY}&per=upt",
    f"/laporan/bapas-peg?{_DAY}",
    f"/laporan/basan?{_DAY}&per=upt",
    f"/laporan/baran?{_DAY}",
    f"/laporan/rupbasan-peg?{_DAY}&per=upt",
    f"/laporan/rutan?{_DAY}&banding=2026-11-29&per=upt",
    f"/laporan/rutan?{_MONTH}",
    f"/laporan/rutan?{_MONTH}&per=upt",
    f"/laporan/rutan?{_MONTH}&per=upt&provinsi=JATENG",
    f"/laporan/rutan?{_YEAR}",
    f"/laporan/rutan?{_YEAR}&per=upt&provinsi=JATENG",
    f"/laporan/rutan-peg?{_YEAR}",
    f"/kepatuhan?{_DAY}",
    f"/kepatuhan?{_DAY}&provinsi=JATENG&keadaan=belum",
    "/kepatuhan?bulan=2026-11",
    "/kepatuhan?bulan=2026-11&provinsi=JATENG",
    f"/upt/1201?{_DAY}",
    f"/upt/1201?{_DAY}&rentang=tahun",
)
FILES: Final = (
    f"/laporan/rutan.csv?{_DAY}&per=upt",
    f"/laporan/rutan.xlsx?{_DAY}&per=upt",
    f"/laporan/rutan.xlsx?{_MONTH}&per=upt",
    f"/laporan/rutan.csv?{_YEAR}&per=upt",
)


@define
class Timing:
    """How long one address took, in milliseconds, and how much it brought.

    ``worked`` is the mean of what the serving process worked for it.
    """

    path: str
    times: list[float] = field(factory=list)
    octets: int = 0
    worked: float = 0.0

    @property
    def median(self) -> float:
        """The median of all but the first."""
        return statistics.median(self.times[1:] or self.times)


@frozen
class _Served:
    """The process that serves."""

    port: int
    pid: int

    def worked_s(self) -> float:
        """How long it has been on a processor, with all its threads."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


class _Status:
    """A centre that runs nothing but its pages."""

    version = "benchmark"
    started_at = UNTIL.timestamp()

    def links(self) -> list[LinkStatus]:
        """None."""
        return []

    def writer(self) -> WriterStatus:
        """Idle."""
        return WriterStatus(0, None)

    def limits(self) -> list[LimitStatus]:
        """None."""
        return []


class _Logins:
    """Counts no logins."""

    def login(self, outcome: str) -> None:
        """Hear how one ended."""


class _Changer:
    """Changes nothing: pages of figures only read."""

    def perform(self, action: object) -> object:
        """Do nothing."""
        return succeed(None)


def serve(file: Path) -> None:
    """Serve the site from a store until this process is ended."""
    from twisted.internet import reactor
    from twisted.internet.interfaces import (
        IReactorCore,
        IReactorFromThreads,
        IReactorTime,
    )

    readers = Readers(reading_engine(_url(file)), IReactorFromThreads(reactor))
    readers.start()
    began = time.monotonic()
    ten, four = datetime.time(10), datetime.time(16)
    press = Lane(IReactorFromThreads(reactor), "pages")
    press.start()
    means = Means(
        status=_Status(),
        reader=readers,
        changer=_Changer(),  # type: ignore[arg-type]  # nothing is changed
        passwords=Passwords(lambda action: succeed(action())),
        make=press.run,
        logins=_Logins(),
        zone=JAKARTA,
        clock=IReactorTime(reactor),
        wall_clock=lambda: UNTIL.timestamp() + time.monotonic() - began,
        config=WebConfig(),
        desk=Desk(Rules(7, JAKARTA), new_ledger),
        schedule=Schedule(
            {"RUTAN": ("RUTAN", (ten, four)), "BAPAS": ("BAPAS", (ten,))}
        ),
    )
    endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
    endpoint.listen(site(means)).addCallback(_told)
    IReactorCore(reactor).run()


def _told(port: Any) -> None:
    """Say where the pages are."""
    print(f"{_PORT_LINE}{port.getHost().port}", flush=True)


def main() -> None:
    """Measure, print, and fail where a page took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--store", type=Path, default=_default_store())
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.store)
        return
    _prepare(arguments.store)
    with _served(arguments.store) as served:
        pages = [_measure(served, path, arguments.rounds) for path in PAGES]
        files = [_measure(served, path, 3) for path in FILES]
        dashboard = [_measure(served, DASHBOARD, 6, every_s=_SHARED_S)]
    for timing in (*dashboard, *pages, *files):
        first, kb = timing.times[0], timing.octets / 1000
        print(
            f"{timing.median:7.1f} ms {timing.worked:7.1f} ms {first:8.1f} ms "
            f"{kb:7.1f} kB  {timing.path}"
        )
    slow = [each for each in pages if each.median > LIMITS_MS["page"]]
    slow += [each for each in dashboard if each.median > LIMITS_MS["dashboard"]]
    print(
        "median, worked, first, size; too slow:", [each.path for each in slow] or "none"
    )
    raise SystemExit(1 if slow else 0)


def _measure(
    served: _Served, path: str, rounds: int, *, every_s: float = 0.0
) -> Timing:
    """Ask for an address again and again."""
    timing = Timing(path)
    for number in range(rounds + 1):
        if number == 1:
            before = served.worked_s()
        began = time.perf_counter()
        timing.octets = _get(served.port, path)
        timing.times.append((time.perf_counter() - began) * 1000)
        time.sleep(every_s)
    timing.worked = (served.worked_s() - before) * 1000 / rounds
    return timing


def _get(port: int, path: str) -> int:
    """Get an address; how many octets came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", path, headers={"Cookie": f"sesi={_TOKEN}"})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status}")
        return len(body)
    finally:
        connection.close()


@contextmanager
def _served(file: Path) -> Iterator[_Served]:
    """A process that serves the store."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.pages",
        "--serve",
        "--store",
        str(file),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None, "it was asked for"
        line = process.stdout.readline()
        if not line.startswith(_PORT_LINE):
            raise SystemExit("the pages were not served")
        yield _Served(int(line.removeprefix(_PORT_LINE)), process.pid)
    finally:
        process.terminate()
        process.wait()


def _default_store() -> Path:
    return Path(tempfile.gettempdir(), "smscentre-benchmark", "two-years.db")


def _url(file: Path) -> str:
    return f"sqlite:///{file}"


def _prepare(file: Path) -> None:
    """Make the store, or bring one that is there up to date."""
    if not file.exists():
        print(f"making {file}", flush=True)
        unfinished = file.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        fill(_url(unfinished), Span(UNTIL))
        for end in ("-wal", "-shm"):
            Path(f"{unfinished}{end}").unlink(missing_ok=True)
        unfinished.rename(file)
    upgrade(_url(file))
    change_store(_url(file), _log_in)


def _log_in(transaction: Transaction) -> None:
    """Have somebody logged in who may see all figures."""
    name = "bench"
    if all_accounts(transaction.connection):
        return
    signature = Signature(name, "", UNTIL.timestamp())
    user = User(name, Role.VIEWER)
    add_user(transaction, user, password_hash("benchmark-pages"), signature)
    begin_session(transaction, key_of(_TOKEN), name, UNTIL.timestamp())


if __name__ == "__main__":
    main()
