"""A connection that ends after each octet of each PDU that a carrier sends.

One link for each PDU, offset and way to end, all of them in one centre. What
stood in the cut PDU is sent again by whoever has a right to: the carrier what was
not acknowledged, the centre what was not answered.
"""

from __future__ import annotations

__all__ = ["CUTS", "Cut", "cuts"]

from collections.abc import Awaitable, Callable, Sequence

from attrs import frozen

from tests.system.faults_bench import Bench, Report, bench
from tests.system.faults_peer import Account

_LENGTHS = {"bind_resp": 21, "deliver_sm": 72, "submit_sm_resp": 25, "enquire_link": 16}
"""The octets of each PDU as `faults_peer` builds it; the scripts check them."""


@frozen
class Cut:
    """A PDU, how many octets of it are written, and how the connection ends."""

    pdu: str
    octets: int
    reset: bool

    @property
    def link(self) -> str:
        """The name of the link that it happens to."""
        # A system_id has 15 characters.
        word = self.pdu.partition("_")[0]
        return f"{word}-{self.octets}-{'rst' if self.reset else 'fin'}"


CUTS = tuple(
    Cut(pdu, octets, reset)
    for pdu, length in _LENGTHS.items()
    for octets in range(length + 1)
    for reset in (False, True)
)


async def cuts(chosen: Sequence[Cut] = CUTS) -> Report:
    """Run each cut once, each on a link of its own."""
    async with bench("cuts", [cut.link for cut in chosen]) as made:
        scripts = [
            _script(made, cut, account)
            for cut, account in zip(chosen, made.accounts, strict=True)
        ]
        await made.run(scripts)
        made.report.figures.append(f"{len(chosen)} cuts")
    return made.report


async def _script(made: Bench, cut: Cut, account: Account) -> None:
    """Cut once, then serve; the centre has to come back by itself."""
    await _SCRIPTS[cut.pdu](made, cut, account)
    if not account.tokens:
        made.token(account)
    await account.settle()


async def _cut_bind_resp(made: Bench, cut: Cut, account: Account) -> None:
    connection = await account.connection()
    octets = _checked(cut, connection.bind_answer())
    await connection.send(octets[: cut.octets])
    await connection.close(cut.reset)


async def _cut_deliver_sm(made: Bench, cut: Cut, account: Account) -> None:
    """One message stands whole before the cut one: both are under way."""
    connection = await account.bound()
    whole, part = (connection.copy_of(made.token(account).delivery) for _ in range(2))
    await connection.send(whole + _checked(cut, part)[: cut.octets])
    await connection.close(cut.reset)


async def _cut_submit_sm_resp(made: Bench, cut: Cut, account: Account) -> None:
    connection = await account.bound()
    connection.answering = False
    await made.deliver(account, connection)
    await account.until(lambda: connection.submits, "a reply")
    (submit,) = connection.submits
    octets = _checked(cut, connection.submit_answer(submit))
    await connection.send(octets[: cut.octets])
    if cut.octets == len(octets):
        account.accepted(submit)
        if cut.reset:
            # Nobody knows what the centre has read: a copy may follow, or none.
            submit.answered_at = None
    await connection.close(cut.reset)


async def _cut_enquire_link(made: Bench, cut: Cut, account: Account) -> None:
    connection = await account.bound()
    await made.deliver(account, connection)
    octets = _checked(cut, connection.enquiry())
    await connection.send(octets[: cut.octets])
    await connection.close(cut.reset)


def _checked(cut: Cut, octets: bytes) -> bytes:
    assert len(octets) == _LENGTHS[cut.pdu], f"a {cut.pdu} of {len(octets)} octets"
    return octets


_SCRIPTS: dict[str, Callable[[Bench, Cut, Account], Awaitable[None]]] = {
    "bind_resp": _cut_bind_resp,
    "deliver_sm": _cut_deliver_sm,
    "submit_sm_resp": _cut_submit_sm_resp,
    "enquire_link": _cut_enquire_link,
}
