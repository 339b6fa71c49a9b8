"""A real store that is filled by texting it, without links, queues or a reactor."""

from __future__ import annotations

__all__ = ["COUNTED", "Texted", "at", "officer", "unit"]

import datetime
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert

from smscentre.commands.dispatch import Rules, interpret
from smscentre.commands.forms import FIELDS, FORMS, KIND_OF
from smscentre.directory import Directory, Officer, Right, Unit
from smscentre.interfaces import Request
from smscentre.store.engine import reading_engine, writing_engine
from smscentre.store.figures import CountedForm
from smscentre.store.ledger import StoreLedger
from smscentre.store.people import load_directory, put_officers, put_units
from smscentre.store.tables import inbox
from smscentre.store.transaction import Numbers, Transaction

JAKARTA = ZoneInfo("Asia/Jakarta")

COUNTED = {
    form.id: CountedForm(form.id, form.kind, form.fields, form.id.endswith("PEG"))
    for form in FORMS
}
"""The seven forms as pages read them."""


def at(text: str, zone: ZoneInfo = JAKARTA) -> float:
    """A moment such as ``2024-05-14T08:15``, in seconds since 1970."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def unit(code: str, province: str = "DKI", kinds: str = "RUTAN", **values: Any) -> Unit:
    """A unit of some kinds, with spaces between."""
    values = {"name": f"U_{code}", "title": f"Unit {code}"} | values
    return Unit(code=code, province=province, kinds=frozenset(kinds.split()), **values)


def officer(code: str) -> Officer:
    """The officer of a unit, who may do everything."""
    number = f"+6281112{code:0>6}"
    return Officer(number, f"Petugas {code}", code, rights=frozenset(Right))


class Texted:
    """Runs the real commands on the real ledger, one transaction a message."""

    def __init__(self, url: str, units: Iterable[Unit], backfill_days: int = 7) -> None:
        self.engine = writing_engine(url)
        self._readers = reading_engine(url)
        self._numbers = Numbers()
        self._rules = Rules(backfill_days, JAKARTA, plausibility="flag")
        self.directory = Directory.of(())
        self.put(*units)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self._readers.dispose()

    def put(self, *units: Unit) -> None:
        """Add or change units, each with its officer."""
        with self.engine.begin() as connection:
            transaction = Transaction(connection, self._numbers)
            put_units(transaction, units)
            put_officers(transaction, [officer(unit.code) for unit in units])
            transaction.flush()
            self.directory = load_directory(transaction)

    def text(self, code: str, text: str, moment: float) -> str:
        """Text something as the officer of a unit; the reply."""
        sender = self.directory.officers[officer(code).number]
        request = Request(sender.number, text, sender, moment, moment)
        with self.engine.begin() as connection:
            transaction = Transaction(connection, self._numbers)
            ledger = StoreLedger(transaction, self.directory, FIELDS, KIND_OF)
            command = interpret(request, self.directory, self._rules)
            ledger.expect(command.expects())
            outcome = command.run(ledger)
            row = transaction.new_id()
            transaction.execute(insert(inbox), _arrival(row, request))
            for effect in outcome.effects:
                ledger.apply(effect, request, row)
            transaction.flush()
        return outcome.reply

    def connect(self) -> Connection:
        """A connection as readers have it; the caller closes it."""
        return self._readers.connect()


def _arrival(row: int, request: Request) -> dict[str, object]:
    """The row of a text that came."""
    return {
        "id": row,
        "arrival_id": f"text-{row}",
        "link": "carrier",
        "bind": "b",
        "source": request.number.removeprefix("+"),
        "number": request.number,
        "destination": "1",
        "text": request.text,
        "raw": b"",
        "state": "done",
        "outcome": "",
        "reason": "",
        "fingerprint": b"",
        "arrived_at": request.arrived_at,
        "matched": False,
    }
