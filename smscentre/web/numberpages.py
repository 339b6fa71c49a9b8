"""What becomes of officers' numbers by pages: a new SIM, and PINs.

Done by the code of the command line. A PIN is made here, shown once and never again.
"""

from __future__ import annotations

__all__ = ["NumberPages", "PinState", "officer_page", "pin_states"]

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeVar
from urllib.parse import urlencode

from attrs import frozen

from smscentre.credentials import pin_hash
from smscentre.directory import Directory, Officer, Right
from smscentre.numbers import NumberError, parse_number
from smscentre.store.numbers import (
    NumbersError,
    NumbersFault,
    move_officer,
    remove_pin,
    set_pin,
)
from smscentre.store.pages import ReadConnection
from smscentre.store.people import directory_to_change
from smscentre.store.registration import attempts_of
from smscentre.store.transaction import Numbers, Transaction
from smscentre.web.adminwords import right_name
from smscentre.web.asking import Question, ask, is_sure
from smscentre.web.changing import change_for
from smscentre.web.dataform import reason_faults
from smscentre.web.faults import TEXTS
from smscentre.web.means import Means
from smscentre.web.problems import Problem
from smscentre.web.registers import is_own_officer
from smscentre.web.routes import (
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Visit,
)

T = TypeVar("T")

_LIST = "/admin/petugas"
_PINS: Final = 1_000_000

_FAULTS: Final = {
    NumbersFault.UNREGISTERED: "Nomor itu tidak terdaftar.",
    NumbersFault.INACTIVE: "Petugas ini tidak aktif: tidak ada yang dapat dipindahkan.",
    NumbersFault.TAKEN: "Nomor itu sudah terdaftar dan aktif. Nonaktifkan dahulu.",
    NumbersFault.NO_PIN: "Tidak ada PIN yang terpasang.",
}

EditAgain = Callable[[Visit, Mapping[str, str]], Awaitable[Answer]]
"""Shows an officer's page again, with what is wrong by the field."""


@frozen
class PinState:
    """Whether a PIN keeps a right, and until when it is locked, if it is."""

    right: Right
    is_set: bool
    locked_until: float | None


def pin_states(
    connection: ReadConnection, directory: Directory, number: str, now: float
) -> list[PinState]:
    """How the rights of a number are kept. In a reader's thread."""
    transaction = Transaction(connection, Numbers())
    tried = attempts_of(transaction, [number])[number]
    states = []
    for right in Right:
        attempts = tried.get(right.value)
        counted = attempts.at(now) if attempts else None
        locked = counted.until if counted and counted.locked else None
        is_set = (number, right) in directory.pins
        states.append(PinState(right, is_set, locked if is_set else None))
    return states


class NumberPages:
    """Moves numbers and sets PINs."""

    def __init__(self, means: Means, edit_again: EditAgain) -> None:
        self._means = means
        self._edit_again = edit_again

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route(f"{_LIST}/pindah", ("POST",), Need.ADMIN, self.move),
            Route(f"{_LIST}/pin", ("POST",), Need.ADMIN, self.pin),
        ]

    # A new SIM.

    async def move(self, visit: Visit) -> Answer:
        """Give all that a number has to another one."""
        old, reason = visit.form.get("nomor"), visit.form.get("alasan")
        wrong = reason_faults(reason) if reason else {}
        if wrong:
            return await self._edit_again(visit, wrong)
        try:
            new = parse_number(visit.form.get("baru"), self._means.country)
        except NumberError as error:
            words = TEXTS[error.fault.name.lower()]
            return await self._edit_again(visit, {"baru": words})
        if new in self._means.own_numbers:
            return await self._edit_again(visit, {"baru": TEXTS["own_number"]})
        signature = visit.signature
        fault = await self._changed(
            visit,
            (old, new),
            lambda transaction: move_officer(transaction, old, new, signature, reason),
        )
        if fault is None:
            words = f"Nomor petugas sudah diganti menjadi {new}; nomor lama nonaktif."
            return Redirect(_LIST, words)
        return await self._edit_again(visit, {"baru": fault})

    # PINs.

    async def pin(self, visit: Visit) -> Answer:
        """Set a PIN, which is made here and shown once, or let go of it."""
        number, signature = visit.form.get("nomor"), visit.signature
        rights = [right for right in Right if right.value in visit.form.all("hak")]
        if not rights:
            return await self._edit_again(visit, {"pin": "Pilih paling sedikit satu."})
        removes = visit.form.get("tindakan") == "lepas"
        if not is_sure(visit.form):
            return await self._ask(visit, number, rights, removes=removes)
        if removes:
            fault = await self._changed(
                visit,
                (number,),
                lambda transaction: remove_pin(transaction, number, rights, signature),
            )
            if fault is None:
                return Redirect(_LIST, "PIN sudah dilepas.")
            return await self._edit_again(visit, {"pin": fault})
        pin = f"{secrets.randbelow(_PINS):06}"
        # Milliseconds of work: in a reader's thread no message waits for them.
        kept = await self._means.reader.read(lambda connection: pin_hash(pin))
        fault = await self._changed(
            visit,
            (number,),
            lambda transaction: set_pin(transaction, number, rights, kept, signature),
        )
        if fault is not None:
            return await self._edit_again(visit, {"pin": fault})
        values = {"number": number, "pin": pin, "rights": rights}
        return Page("admin_pin.html", values)

    async def _ask(
        self, visit: Visit, number: str, rights: Sequence[Right], *, removes: bool
    ) -> Answer:
        """The question before a PIN is set or removed."""
        directory = await self._means.current_directory()
        officer = directory.officers.get(number)
        if officer is None or not is_own_officer(visit.someone, directory, officer):
            return Trouble(Problem.NO_PAGE)
        question = _removing if removes else _setting
        return ask(visit, question(officer, rights))

    async def _changed(
        self, visit: Visit, numbers: Sequence[str], action: Callable[[Transaction], T]
    ) -> str | None:
        """Do something to numbers of the user's scope; else what speaks against it."""

        def work(transaction: Transaction) -> str | None:
            directory = directory_to_change(transaction)
            for number in numbers:
                officer = directory.officers.get(number)
                if officer and not is_own_officer(visit.someone, directory, officer):
                    return TEXTS["not_yours"]
            try:
                action(transaction)
            except NumbersError as error:
                # Raised before anything is written.
                return _FAULTS[error.fault]
            return None

        return await change_for(self._means, visit, work)


def _setting(officer: Officer, rights: Sequence[Right]) -> Question:
    words = (
        f"Buat PIN baru untuk {officer.name}, {officer.number}: {_named(rights)}? SMS "
        "untuk itu hanya diproses bila diakhiri PIN yang baru; PIN lama, kalau ada, "
        "langsung tidak berlaku. Yang baru ditampilkan satu kali."
    )
    return Question("PIN baru", words, "Buat PIN baru", officer_page(officer))


def _removing(officer: Officer, rights: Sequence[Right]) -> Question:
    words = (
        f"Lepas PIN {officer.name}, {officer.number}: {_named(rights)}? SMS untuk itu "
        "kemudian diproses tanpa PIN, siapa pun yang memegang nomornya."
    )
    return Question("Lepas PIN", words, "Lepas PIN", officer_page(officer))


def _named(rights: Sequence[Right]) -> str:
    return ", ".join(map(right_name, rights))


def officer_page(officer: Officer) -> str:
    """The address of the form about an officer."""
    return f"{_LIST}/ubah?{urlencode({'nomor': officer.number})}"
