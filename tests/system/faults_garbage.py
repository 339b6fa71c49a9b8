"""Octets that are no PDUs, before and after the bind, and PDUs that never end.

One link for each kind, size and moment, all of them in one centre.
"""

from __future__ import annotations

__all__ = ["GARBAGE", "SIZES", "Garbage", "garbage", "mixture", "slowness"]

import time
from collections.abc import Callable, Iterable, Sequence
from random import Random

from attrs import frozen

from tests.system import pdus
from tests.system.faults_bench import Bench, Report, bench
from tests.system.faults_connection import Connection
from tests.system.faults_peer import Account

SIZES = (1, 3, 16, 1000, 65_536, 2**20)

_SEED = 20080427
_DELIVER_SM = 0x05
_BAD_LENGTH = 0x02
_UNKNOWN_COMMAND = 0x03
_LEAST_LENGTH, _MOST_LENGTH = 16, 65_536
_LENGTH_OCTETS = 4
_FLAT_OCTETS = 24 * 2**20
"""What the process may keep of all that garbage, its own warming up included."""

_WHOLE_PDU_S = 10.0
_SLACK_S = 3.0
_SLOW_S = 1.0
_PATIENT_S = 9.0
"""How long a PDU may take that is left alone."""


def _after_header(length: int) -> Callable[[int], bytes]:
    """Octets after a header that is plausible but for its length."""

    def make(size: int) -> bytes:
        head = pdus.header(length, _DELIVER_SM, 0, 1)
        return (head + b"a" * size)[:size]

    return make


def _unknown(size: int) -> bytes:
    """Whole PDUs, the longest allowed, of a command that nobody knows."""
    most = min(max(size, _LEAST_LENGTH), _MOST_LENGTH)
    one = pdus.header(most, 0x0777, 0, 1) + b"a" * (most - _LEAST_LENGTH)
    return one * max(1, size // most)


_FRAMES = "frame"
"""The one kind that keeps the framing."""

# A system_id has 15 characters, so the names are short.
_KINDS: dict[str, Callable[[int], bytes]] = {
    "noise": lambda size: Random(_SEED + size).randbytes(size),
    "zeros": bytes,
    "ones": lambda size: b"\xff" * size,
    "l0": _after_header(0),
    "l3": _after_header(3),
    "l15": _after_header(15),
    "l64k": _after_header(_MOST_LENGTH + 1),
    "l2g": _after_header(2**31),
    "l4g": _after_header(2**32 - 1),
    _FRAMES: _unknown,
}


@frozen
class Garbage:
    """What is sent, how much of it, and whether the bind was answered before."""

    kind: str
    size: int
    bound: bool

    @property
    def link(self) -> str:
        """The name of the link that gets it."""
        return f"{self.kind}-{self.size}-{'b' if self.bound else 'a'}"

    @property
    def octets(self) -> bytes:
        """The garbage."""
        return _KINDS[self.kind](self.size)


def mixture(sizes: Iterable[int]) -> tuple[Garbage, ...]:
    """Each kind in some sizes, before and after the bind."""
    return tuple(
        Garbage(kind, size, bound)
        for size in sizes
        for kind in _KINDS
        for bound in (False, True)
    )


GARBAGE = mixture(SIZES)


async def garbage(chosen: Sequence[Garbage] = GARBAGE) -> Report:
    """Send each once, on a link of its own."""
    async with bench("garbage", [case.link for case in chosen]) as made:
        warm: dict[Garbage, Connection] = {}
        pairs = list(zip(chosen, made.accounts, strict=True))
        # All are served once, so that nothing but garbage comes between the two
        # looks at the memory.
        await made.run(_warm(made, *pair, warm) for pair in pairs)
        before = made.centre.resident_octets()
        await made.run(_script(made, *pair, warm) for pair in pairs)
        grown = made.centre.resident_octets() - before
        sent = sum(len(case.octets) for case in chosen)
        made.report.figures += [
            f"{len(chosen)} kinds of garbage",
            f"{sent / 2**20:.1f} MiB",
            f"memory {grown / 2**20:+.1f} MiB",
        ]
        if grown > _FLAT_OCTETS:
            made.report.findings.append(f"memory grew by {grown} octets")
    return made.report


async def _warm(
    made: Bench, case: Garbage, account: Account, warm: dict[Garbage, Connection]
) -> None:
    made.token(account)
    warm[case] = await account.bound()
    await account.settle(warm[case])


async def _script(
    made: Bench, case: Garbage, account: Account, warm: dict[Garbage, Connection]
) -> None:
    connection = warm[case]
    octets = case.octets
    # An answer would complete what looks like the beginning of a PDU.
    connection.answering = case.kind == _FRAMES
    if case.bound:
        # A message in the same breath: it is safe, or it comes again.
        await connection.send(connection.copy_of(made.token(account).delivery) + octets)
    else:
        await connection.close()
        connection = await account.connection()
        connection.read()
        await connection.send(octets)
    await _judge(case, account, connection)
    made.token(account)
    if connection.alive:
        if not case.bound:
            await connection.accept()
        await account.settle(connection)
    else:
        await account.settle()


async def _judge(case: Garbage, account: Account, connection: Connection) -> None:
    """Wait for what the standard asks for, and no other answer."""
    if case.kind == _FRAMES:
        expected = [_UNKNOWN_COMMAND] * max(1, case.size // _MOST_LENGTH)
        await account.until(lambda: len(connection.nacks) >= len(expected), "nacks")
        assert connection.alive, f"{account.name}: the bind ended"
    else:
        await account.until(
            lambda: not connection.alive, "the end", _WHOLE_PDU_S + _SLACK_S
        )
        # With less than a length the centre can but wait for the rest.
        expected = [_BAD_LENGTH] if case.size >= _LENGTH_OCTETS else []
    assert connection.nacks == expected, f"{account.name}: nacks {connection.nacks}"


async def slowness(pdus_each: int) -> Report:
    """One peer takes too long for a PDU; one takes just less, some times."""
    async with bench("slowness", ["slow", "patient"]) as made:
        slow, patient = made.accounts
        await made.run([_slow(made, slow), _patient(made, patient, pdus_each)])
    return made.report


async def _slow(made: Bench, account: Account) -> None:
    connection = await account.bound()
    octets = connection.copy_of(made.token(account).delivery)
    began = time.monotonic()
    await connection.trickle((bytes([octet]) for octet in octets), _SLOW_S)
    took = time.monotonic() - began
    assert not connection.alive, f"left alone for {took:.1f} s"
    assert took > _WHOLE_PDU_S - _SLACK_S, f"given up after {took:.1f} s"
    assert took < _WHOLE_PDU_S + _SLACK_S, f"given up only after {took:.1f} s"
    made.report.figures.append(f"given up after {took:.1f} s")
    await account.settle()


async def _patient(made: Bench, account: Account, pdus_each: int) -> None:
    connection = await account.bound()
    for _ in range(pdus_each):
        octets = connection.copy_of(made.token(account).delivery)
        await connection.trickle([octets[:-1], octets[-1:]], _PATIENT_S)
    await account.until(lambda: not connection.in_flight, "acknowledgements")
    assert connection.alive, "a peer that is in time was given up"
    await account.settle(connection)
