"""A browser reloads pages as fast as it can: what the links notice of it.

    python -m benchmarks.reload [--rounds N] [--messages N] [--days N] [PATH ...]

A carrier keeps a window of messages full all the while, and in every other round a
browser loads the pages, one after the other and again. The store has the reports of
700 units. What is compared is the messages a second with and without the browser.
"""

from __future__ import annotations

__all__ = ["Reloads", "main"]

import argparse
import datetime
import http.client
import re
import statistics
import tempfile
import time
from itertools import cycle
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode

from attrs import define, field

from benchmarks.contenders import LoadProcess, prepared_centre
from benchmarks.history import Span, fill
from benchmarks.load import percentile
from smscentre.directory import ZONES
from tests.system.centre import RunningCentre

MOST_LOST = 0.1
"""The share of the links' throughput that pages may cost."""

_PATHS = ("/", "/laporan/rutan?per=upt", "/laporan/rutan?per=provinsi", "/gateway")
_NAME, _PASSWORD = "peramban", "muat-ulang-terus"
_WINDOW = 100
_CSRF = re.compile(rb'name="csrf" value="([^"]+)"')


@define
class Reloads:
    """A browser that loads pages while it is told to."""

    port: int
    paths: tuple[str, ...]
    cookie: str = ""
    took: list[float] = field(factory=list)
    wrong: list[str] = field(factory=list)

    def log_in(self) -> None:
        """Log in as a person does, by the form."""
        head, page = self._ask("GET", "/masuk")
        found = _CSRF.search(page)
        assert found is not None, "the login has no form"
        given = {"nama": _NAME, "sandi": _PASSWORD, "csrf": found[1].decode()}
        self.cookie = head["Set-Cookie"].partition(";")[0]
        head, _ = self._ask("POST", "/masuk", urlencode(given))
        cookies = [value.partition(";")[0] for value in head.get_all("Set-Cookie", [])]
        self.cookie = next(each for each in cookies if each.startswith("sesi="))

    def run(self, until: Event) -> None:
        """Load page after page until an event."""
        for path in cycle(self.paths):
            if until.is_set():
                return
            began = time.perf_counter()
            self._ask("GET", path)
            self.took.append(time.perf_counter() - began)

    def _ask(
        self, method: str, path: str, body: str = ""
    ) -> tuple[http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            page = answer.read()
        finally:
            connection.close()
        if answer.status not in (200, 303):
            self.wrong.append(f"{answer.status} {path}")
        return answer.headers, page


def prepare(folder: Path, port: int, days: int) -> RunningCentre:
    """A centre whose store has a country's reports, and the load's officers."""
    template = folder / "country.db"
    now = datetime.datetime.now(ZONES["WIB"])
    fill(f"sqlite:///{template}", Span(now, days))
    centre = prepared_centre(folder, port, adopted=template)
    centre.command(
        *("users", "add", _NAME, "--role", "admin", "--password-stdin"),
        typed=f"{_PASSWORD}\n",
    )
    return centre


def compare(
    folder: Path, rounds: int, messages: int, days: int, paths: tuple[str, ...]
) -> tuple[list[float], list[float], Reloads]:
    """The rates of the quiet rounds, those of the others, and the browser."""
    phases = [f"{_WINDOW}:{messages}"] * (2 * rounds)
    load = LoadProcess("20:2000", *phases)
    centre = prepare(folder, load.port(), days)
    browser = Reloads(centre.web_port, paths)
    quiet, watched = [], []
    try:
        centre.start()
        browser.log_in()
        load.expect("bound")
        load.summary()
        for _ in range(rounds):
            quiet.append(load.summary().rate)
            until = Event()
            reloading = Thread(target=browser.run, args=(until,))
            reloading.start()
            watched.append(load.summary().rate)
            until.set()
            reloading.join()
        load.expect("done")
    finally:
        load.close()
        if centre.running:
            centre.terminate(20)
        centre.close()
    return quiet, watched, browser


def main() -> None:
    """Measure, print, and end with 1 where pages cost too much."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("paths", nargs="*", default=_PATHS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        quiet, watched, browser = compare(
            Path(name),
            options.rounds,
            options.messages,
            options.days,
            tuple(options.paths),
        )
    for alone, beside in zip(quiet, watched, strict=True):
        print(f"alone {alone:6.0f}/s, beside a browser {beside:6.0f}/s")
    lost = 1 - statistics.median(watched) / statistics.median(quiet)
    print(
        f"lost {100 * lost:.1f} % of the throughput to {len(browser.took)} pages,"
        f" p50 {percentile(browser.took, 0.5):.0f} ms,"
        f" p99 {percentile(browser.took, 0.99):.0f} ms; wrong {browser.wrong[:3]}"
    )
    raise SystemExit(lost > MOST_LOST or bool(browser.wrong))


if __name__ == "__main__":
    main()
