"""Whole sessions in segments of any size: single octets, many PDUs, random cuts."""

from __future__ import annotations

__all__ = ["segments"]

from collections.abc import Iterable
from random import Random

from tests.system.faults_bench import Bench, Report, bench
from tests.system.faults_connection import Segments
from tests.system.faults_peer import Account

_PDUS_AT_ONCE = 200
_MESSAGES = 20
_LONGEST_SEGMENT = 90
"""A little more than a deliver_sm, so that some segments end in the next PDU."""


async def segments(seeds: Iterable[int], messages: int = _MESSAGES) -> Report:
    """A session in single octets, one with many PDUs at once, and one for each seed."""
    ways: dict[str, Segments] = {
        "octets": _octets,
        **{f"seed-{seed}": _random(seed) for seed in seeds},
    }
    async with bench("segments", ["at-once", *ways]) as made:
        at_once, *others = made.accounts
        scripts = [_at_once(made, at_once)]
        for account, way in zip(others, ways.values(), strict=True):
            account.segments = way
            scripts.append(_session(made, account, messages))
        await made.run(scripts)
    return made.report


async def _session(made: Bench, account: Account, messages: int) -> None:
    """From the bind's answer on, everything goes in the account's segments."""
    connection = await account.bound()
    for _ in range(messages):
        both = connection.copy_of(made.token(account).delivery) + connection.enquiry()
        await connection.send(both)
    await account.settle(connection)
    await account.until(
        lambda: connection.enquiries_answered == messages, "answers to enquire_link"
    )
    assert connection.nacks == [], f"{account.name}: nacks {connection.nacks}"


async def _at_once(made: Bench, account: Account) -> None:
    connection = await account.bound()
    pdus = [
        connection.copy_of(made.token(account).delivery) for _ in range(_PDUS_AT_ONCE)
    ]
    await connection.send(b"".join(pdus))
    await account.settle(connection)
    assert connection.nacks == [], f"{account.name}: nacks {connection.nacks}"


def _octets(octets: bytes) -> Iterable[bytes]:
    return (bytes([octet]) for octet in octets)


def _random(seed: int) -> Segments:
    """Borders that have nothing to do with those of PDUs."""
    random = Random(seed)

    def cut(octets: bytes) -> Iterable[bytes]:
        while octets:
            size = random.randint(1, _LONGEST_SEGMENT)
            yield octets[:size]
            octets = octets[size:]

    return cut
