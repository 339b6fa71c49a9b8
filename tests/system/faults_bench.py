"""One centre and a carrier of many accounts, and what must hold at the end.

Starts the process, runs the scripts of a campaign side by side, and judges by the
records of both sides and by the log. Knows no fault.
"""

from __future__ import annotations

__all__ = ["Bench", "Report", "alarms", "bench"]

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import define, field

from tests.system.case import OFFICER, UNIT, prepared_database
from tests.system.centre import CentreOptions, RunningCentre
from tests.system.crash_check import Token, judge
from tests.system.faults_connection import Connection
from tests.system.faults_peer import Account, Carrier
from tests.system.history import Delivery

_LOOKS, _LOOK_S = 300, 0.1
"""How often, and at what distance, one looks whether the outbox is at rest."""

_ALARMS = ("Unhandled", "Traceback", "#critical", "#error")
_SHOWN = 5


@define
class Report:
    """What a campaign found: its figures in words, and each violation."""

    name: str
    figures: list[str] = field(factory=list)
    findings: list[str] = field(factory=list)
    took_s: float = 0.0

    def __str__(self) -> str:
        told = ", ".join([*self.figures, f"{len(self.findings)} violations"])
        lines = [f"{self.name}: {told}, {self.took_s:.1f} s"]
        return "\n".join([*lines, *(f"  VIOLATION {it}" for it in self.findings)])


class Bench:
    """A centre that runs, its links bound to accounts of their own."""

    def __init__(self, carrier: Carrier, centre: RunningCentre, report: Report) -> None:
        self.carrier = carrier
        self.centre = centre
        self.report = report

    @property
    def accounts(self) -> list[Account]:
        """The accounts, in the order of their names as given."""
        return list(self.carrier.accounts.values())

    def token(self, account: Account) -> Token[Delivery]:
        """A new command for an account to deliver."""
        return self.carrier.token(account, OFFICER, UNIT.code)

    async def deliver(
        self, account: Account, connection: Connection, count: int = 1
    ) -> None:
        """Send new commands, without a wait for anything."""
        for _ in range(count):
            await connection.send(connection.copy_of(self.token(account).delivery))

    async def run(self, scripts: Iterable[Awaitable[None]]) -> None:
        """Run the scripts side by side; what one of them misses is a finding."""
        done = await asyncio.gather(*scripts, return_exceptions=True)
        for error in done:
            if isinstance(error, AssertionError):
                self.report.findings.append(str(error))
            elif error is not None:
                raise error

    async def start(self) -> None:
        """Start the process."""
        await asyncio.to_thread(self.centre.start)

    async def stop(self) -> float:
        """Stop the process; the seconds it took. Too many are a finding."""
        began = time.monotonic()
        await self.run([self._terminate()])
        took = time.monotonic() - began
        self.centre.close()
        return took

    async def _terminate(self) -> None:
        await asyncio.to_thread(self.centre.terminate)

    async def judge(self) -> None:
        """Compare both sides once the outbox is at rest, and read the log."""
        await self._drained()
        findings = self.report.findings
        tokens = [token for account in self.accounts for token in account.tokens]
        submits = sorted(
            (submit for account in self.accounts for submit in account.submits),
            key=lambda submit: submit.received_at,
        )
        findings += map(str, judge(tokens, submits, self.centre, []))
        findings += [fault for account in self.accounts for fault in account.faults]
        findings += alarms(self.centre.log(0))
        again = sum(len(token.delivery.copies) > 1 for token in tokens)
        binds = sum(account.binds for account in self.accounts)
        self.report.figures += [
            f"{len(self.accounts)} links",
            f"{binds} binds",
            f"{len(tokens)} messages",
            f"{again} delivered again",
            f"{len(submits) - len(tokens)} second copies",
        ]

    async def _drained(self) -> None:
        """Wait until nothing is open; the judge sees what stays so."""
        query = "SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'delivered')"
        for _ in range(_LOOKS):
            if self.centre.rows(query) == [(0,)]:
                return
            await asyncio.sleep(_LOOK_S)


@asynccontextmanager
async def bench(
    name: str,
    links: Iterable[str],
    smpp: dict[str, object] | None = None,
    receive_octets: int = 0,
) -> AsyncIterator[Bench]:
    """A centre with a link for each name; judged at the end, and the report told.

    ``smpp`` holds keys of all links.
    """
    report = Report(name)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with Carrier(links, receive_octets) as carrier:
            options = CentreOptions(links=tuple(carrier.accounts), smpp=smpp or {})
            centre = RunningCentre(Path(folder), carrier.port, options)
            centre.adopt(prepared_database())
            made = Bench(carrier, centre, report)
            try:
                await made.start()
                yield made
                await made.judge()
            finally:
                centre.close()
    report.took_s = time.monotonic() - began


def alarms(log: str, words: Iterable[str] = _ALARMS) -> list[str]:
    """The first lines of the log that no peer may bring about."""
    found = [line for line in log.splitlines() if any(word in line for word in words)]
    return [f"the log: {line}" for line in found[:_SHOWN]]
