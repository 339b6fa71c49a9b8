"""``/coba``: a phone on the page, that texts the centre as any officer.

By the phone link of the running service, so that a text takes the path of every SMS.
What was said is read from the store, as all messages are: there is no state here.
"""

from __future__ import annotations

__all__ = ["Trying"]

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from attrs import evolve, field, frozen

from smscentre.actors import web_actor
from smscentre.errors import SMSCentreError
from smscentre.numbers import NumberError, parse_number
from smscentre.store import audit
from smscentre.store.pages import ReadConnection
from smscentre.store.reach import may_see
from smscentre.texting import LONGEST_TEXT
from smscentre.users import User
from smscentre.web.changing import change_for
from smscentre.web.means import Means
from smscentre.web.routes import (
    INVALID,
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Values,
    Visit,
)
from smscentre.web.service import Phone
from smscentre.web.talk import Asked, Choice, Talk, read_choices, read_talk

_LONGEST_FIELD: Final = 100

_NO_NUMBER: Final = "Tulis nomor lengkap, misalnya 08111203001."
_ELSEWHERE: Final = "Nomor ini bukan petugas di wilayah Anda."
_AWAY: Final = "Pusat tidak dapat menerima SMS sekarang. Coba lagi nanti."


@frozen
class _Held:
    """The phone in somebody's hand: which it is, as whom, what was typed."""

    phone: Phone | None
    typed: str
    number: str | None
    text: str = ""
    faults: Mapping[str, str] = field(factory=dict)

    def at_fault(self, name: str, words: str) -> _Held:
        """The same with something wrong about a field."""
        return evolve(self, faults={**self.faults, name: words})


class Trying:
    """The phone."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route("/coba", ("GET",), Need.ADMIN, self.show),
            Route("/coba", ("POST",), Need.ADMIN, self.send),
        ]

    async def show(self, visit: Visit) -> Answer:
        """The phone, with the conversation of the number that was chosen."""
        return await self._page(visit, self._held(visit.query))

    async def send(self, visit: Visit) -> Answer:
        """Text the centre as the number; the page shows what it answers."""
        held = self._held(visit.form)
        phone, number, text = held.phone, held.number, held.text
        if phone is None or number is None:
            return await self._page(visit, held, INVALID)
        fault = _text_fault(text)
        if fault:
            return await self._page(visit, held.at_fault("teks", fault), INVALID)
        if not await self._may_be(visit.someone, number):
            return await self._page(visit, held.at_fault("nomor", _ELSEWHERE), INVALID)
        await self._note(visit, phone, number)
        try:
            arrival, _ = await phone.ask(number, text)
        except SMSCentreError:
            return await self._page(visit, held.at_fault("teks", _AWAY), 503)
        fields = f"telepon={quote(phone.name)}&nomor={quote(number)}"
        return Redirect(f"/coba?{fields}&pesan={quote(arrival)}#terakhir")

    async def _may_be(self, user: User, number: str) -> bool:
        """Whether a user may act as a number: one of his scope, for the country any."""
        return await self._means.reader.read(
            lambda connection: may_see(connection, user, number)
        )

    async def _note(self, visit: Visit, phone: Phone, number: str) -> None:
        """For the audit log, before anything is sent."""
        actor, now = web_actor(visit.someone.name), visit.now
        detail = f"{phone.name}, {'real' if phone.writes else 'dry run'}"
        await change_for(
            self._means,
            visit,
            lambda transaction: audit.record(
                transaction, actor, "phone.text", number, detail, now
            ),
        )

    def _held(self, given: Values) -> _Held:
        """The phone of the name that is given, else the first; and as whom."""
        phones = self._means.service.phones
        named = [one for one in phones if one.name == given.get("telepon")]
        phone = next(iter([*named, *phones]), None)
        typed = given.get("nomor")[:_LONGEST_FIELD]
        number, faults = None, {}
        try:
            number = parse_number(typed, self._means.service.country)
        except NumberError:
            faults = {"nomor": _NO_NUMBER} if typed else {}
        return _Held(phone, typed, number, given.exact("teks"), faults)

    async def _page(self, visit: Visit, held: _Held, status: int = 200) -> Page:
        wanted = visit.query.get("cari")[:_LONGEST_FIELD]
        arrival = visit.query.get("pesan")
        asked = None
        if held.phone is not None and held.number is not None:
            asked = Asked(held.number, held.phone.name, arrival)
        choices, talk = await self._means.reader.read(
            lambda connection: self._read(connection, visit.someone, wanted, asked)
        )
        if asked is not None and talk is None:
            held = held.at_fault("nomor", _ELSEWHERE)
        phones = self._means.service.phones
        values: dict[str, Any] = {
            "held": held,
            "phone_names": [(one.name, one.name) for one in phones],
            "wanted": wanted,
            "choices": choices,
            "talk": talk,
            "longest": LONGEST_TEXT,
        }
        return Page("trying.html", values, status)

    def _read(
        self, connection: ReadConnection, user: User, wanted: str, asked: Asked | None
    ) -> tuple[Sequence[Choice], Talk | None]:
        """In a reader's thread."""
        directory = self._means.directory.current(connection)
        choices = read_choices(directory, user, wanted)
        if asked is None:
            return choices, None
        return choices, read_talk(connection, directory, user, asked)


def _text_fault(text: str) -> str:
    if not text.strip():
        return "Tulis SMS-nya dahulu."
    if len(text) > LONGEST_TEXT:
        return f"Terlalu panjang: paling banyak {LONGEST_TEXT} karakter."
    return ""
