"""A peer that sends and never reads; and peers that make a stop hard.

Memory and the monitor are looked at all the while.
"""

from __future__ import annotations

__all__ = ["UNREAD", "enquiries", "flood", "stops"]

import asyncio
import time
from collections.abc import Callable, Coroutine
from threading import Event, Thread
from types import TracebackType

from attrs import define, field

from tests.system.faults_bench import Bench, Report, bench
from tests.system.faults_connection import Connection
from tests.system.faults_peer import Account

UNREAD = 20_000
"""How many deliver_sm come from a peer that reads no answer."""

_MOST_GROWN_OCTETS = 50 * 2**20
_MOST_LIVEZ_S = 1.0
"""How long the monitor may wait on a machine that does nothing else."""

_LOOK_S = 0.05
_RECEIVE_OCTETS = 4096
"""What the kernel keeps of the answers that the peer does not read."""

_OK = 200
_AT_ONCE = 4096
_FLOOD_S = 60.0
_REST_S = 1.0
_SETTLE_S = 120.0
_MESSAGES = 20
_DEAF = 2000
_WINDOW = 200
_PACE_S = 0.002


class _Watch:
    """Looks at memory and monitor from a thread of its own, from start to stop."""

    def __init__(self, made: Bench, most_livez_s: float) -> None:
        self._most_livez_s = most_livez_s
        self._centre = made.centre
        self._report = made.report
        self._before = made.centre.resident_octets()
        self._grown = 0
        self._livez_s = 0.0
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        report, grown = self._report, self._grown / 2**20
        report.figures.append(f"memory at most {grown:+.1f} MiB")
        report.figures.append(f"livez at most {self._livez_s:.2f} s")
        if self._grown > _MOST_GROWN_OCTETS:
            report.findings.append(f"memory grew by {grown:.0f} MiB")
        if self._livez_s > self._most_livez_s:
            report.findings.append(f"livez took {self._livez_s:.2f} s")

    def _look(self) -> None:
        while not self._over.wait(_LOOK_S):
            began = time.monotonic()
            answers = self._centre.page("livez") == _OK
            took = time.monotonic() - began if answers else float("inf")
            self._livez_s = max(self._livez_s, took)
            grown = self._centre.resident_octets() - self._before
            self._grown = max(self._grown, grown)


async def flood(count: int = UNREAD, most_livez_s: float = _MOST_LIVEZ_S) -> Report:
    """Send many messages to a centre and read no answer until it is at rest."""
    wide: dict[str, object] = {"window": _WINDOW}
    async with bench("flood", ["deaf"], wide, _RECEIVE_OCTETS) as made:
        (account,) = made.accounts
        await _warm(made, account)
        with _Watch(made, most_livez_s):
            await made.run([_unread(made, account, count)])
            await made.run([account.settle(timeout_s=_SETTLE_S)])
    return made.report


async def enquiries(seconds: float, most_livez_s: float = _MOST_LIVEZ_S) -> Report:
    """Ask without an end, each time for an answer, and read none."""
    async with bench("enquiries", ["deaf"], receive_octets=_RECEIVE_OCTETS) as made:
        (account,) = made.accounts
        await _warm(made, account)
        with _Watch(made, most_livez_s):
            await made.run([_enquire(made, account, seconds)])
        made.token(account)
        await made.run([account.settle()])
    return made.report


async def _warm(made: Bench, account: Account) -> None:
    """Serve the account once; its next bind is to come."""
    made.token(account)
    connection = await account.bound()
    await account.settle(connection)
    await connection.close()


async def _bound_deaf(account: Account) -> Connection:
    """A connection that is bound and not read."""
    connection = await account.connection()
    connection.answering = False
    account.binds += 1
    await connection.send(connection.bind_answer())
    return connection


async def _enquire(made: Bench, account: Account, seconds: float) -> None:
    connection = await _bound_deaf(account)
    octets = b"".join(connection.enquiry() for _ in range(_AT_ONCE))
    sent = 0
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0 and connection.alive:
        try:
            await asyncio.wait_for(connection.send(octets), left)
        except TimeoutError:
            break
        sent += _AT_ONCE
    made.report.figures.append(f"{sent} unread")
    made.report.figures.append("bind stood" if connection.alive else "bind ended")
    await connection.close(reset=True)


async def _unread(made: Bench, account: Account, count: int) -> None:
    """Write all of it, be deaf, then read what was answered, and go."""
    connection = await _bound_deaf(account)
    began = time.monotonic()
    pdus = (connection.copy_of(made.token(account).delivery) for _ in range(count))
    try:
        await asyncio.wait_for(connection.trickle(pdus, 0), _FLOOD_S)
    except TimeoutError:
        # The centre may stop reading.
        made.report.figures.append(f"held up after {len(account.tokens)}")
    took = time.monotonic() - began
    await _at_rest(lambda: made.centre.rows("SELECT count(*) FROM inbox"))
    connection.read()
    await _at_rest(lambda: len(connection.in_flight))
    copies = [token.delivery.copies[0] for token in account.tokens[1:]]
    made.report.figures += [
        f"{len(copies)} unread in {took:.1f} s",
        f"{sum(copy.status == 0 for copy in copies)} of them acknowledged",
        f"{sum(bool(copy.status) for copy in copies)} refused",
        "bind stood" if connection.alive else "bind ended",
    ]
    await connection.close()


async def _at_rest(look: Callable[[], object]) -> None:
    """Wait until something stays as it is."""
    seen = None
    while (now := look()) != seen:
        seen = now
        await asyncio.sleep(_REST_S)


@define
class _Stop:
    """What a script and the stop tell each other."""

    ready: asyncio.Event = field(factory=asyncio.Event)
    over: asyncio.Event = field(factory=asyncio.Event)


async def stops() -> Report:
    """Stop with peers that do not help; afterwards nothing is missing."""
    report = Report("stops")
    for one in await asyncio.gather(*(_stop(name) for name in _PEERS)):
        report.figures += [f"{one.name} {one.figures[0]}"]
        report.findings += one.findings
        report.took_s = max(report.took_s, one.took_s)
    return report


async def _stop(name: str) -> Report:
    """Stop while a peer does its worst, start again, settle."""
    small = _RECEIVE_OCTETS if name == "deaf" else 0
    async with bench(name, [name], receive_octets=small) as made:
        (account,) = made.accounts
        await _warm(made, account)
        stop = _Stop()
        peer = asyncio.create_task(_PEERS[name](made, account, stop))
        await stop.ready.wait()
        made.report.figures.append(f"{await made.stop():.1f} s")
        stop.over.set()
        await made.run([peer])
        await made.start()
        await made.run([account.settle()])
    return made.report


async def _mute(made: Bench, account: Account, stop: _Stop) -> None:
    """It answers until the stop, and no unbind."""
    connection = await account.bound()
    for _ in range(_MESSAGES):
        made.token(account)
    await account.settle(connection)
    connection.answering = False
    stop.ready.set()
    await stop.over.wait()
    assert connection.unbinding, "no unbind"


async def _owing(made: Bench, account: Account, stop: _Stop) -> None:
    """It answers no submit, so that a full window stands open at the stop."""
    connection = await account.bound()
    connection.answering = False
    await made.deliver(account, connection, _MESSAGES)
    await account.until(lambda: connection.submits, "a reply")
    stop.ready.set()
    await stop.over.wait()


async def _flooding(made: Bench, account: Account, stop: _Stop) -> None:
    """It sends all the while, and answers."""
    connection = await account.bound()
    while not stop.over.is_set():
        await made.deliver(account, connection)
        await asyncio.sleep(_PACE_S)
        if len(connection.submits) > _MESSAGES:
            stop.ready.set()


async def _deaf(made: Bench, account: Account, stop: _Stop) -> None:
    """It sends without reading, and reads at the end only."""
    connection = await _bound_deaf(account)
    await made.deliver(account, connection, _DEAF)
    stop.ready.set()
    await stop.over.wait()
    connection.read()
    await account.until(lambda: not connection.alive, "the end")


_PEERS: dict[str, Callable[[Bench, Account, _Stop], Coroutine[None, None, None]]] = {
    "mute": _mute,
    "owing": _owing,
    "flooding": _flooding,
    "deaf": _deaf,
}
