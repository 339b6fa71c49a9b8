"""``/pesan/<id>``: one message's whole life, and what an operator may do to it."""

from __future__ import annotations

__all__ = ["MessagePage"]

from collections.abc import Mapping, Sequence
from typing import Any, Final

from smscentre.actors import web_actor
from smscentre.store.interventions import Order, Resending, cancel, resend
from smscentre.store.pages import ReadConnection
from smscentre.store.reach import may_see, named
from smscentre.store.trace import find_story
from smscentre.users import User
from smscentre.web.changing import change_for
from smscentre.web.dataform import reason_faults
from smscentre.web.life import Life, life_of
from smscentre.web.looking import Looks
from smscentre.web.means import Means
from smscentre.web.problems import Problem
from smscentre.web.routes import (
    INVALID,
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Visit,
    row_id,
)

_SHORTEST: Final = 5

_PHONE: Final = "phone"

_ABSENT: Final = Trouble(
    Problem.NO_PAGE, "Pesan ini tidak ada, atau bukan dari petugas di wilayah Anda."
)

_BECAME: Final = {
    Resending.DONE: "Balasan dikirim ulang.",
    Resending.GONE: "Balasan itu tidak ada.",
    Resending.COPIED: "Balasan ini sudah dikirim ulang; tidak dikirim dua kali.",
    Resending.OPEN: "Balasan masih dalam perjalanan; belum dikirim ulang.",
    Resending.FINE: "Balasan tidak gagal; tidak dikirim ulang.",
}


class MessagePage:
    """One message."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._looks = Looks(means)

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route("/pesan/<key>", ("GET",), Need.OPERATOR, self.show),
            Route("/pesan/<key>/kirim-ulang", ("POST",), Need.OPERATOR, self.resend),
            Route("/pesan/<key>/batal", ("POST",), Need.OPERATOR, self.cancel),
        ]

    async def show(self, visit: Visit) -> Answer:
        """All about one message."""
        life = await self._life(visit)
        return _ABSENT if life is None else await self._page(visit, life, {})

    async def resend(self, visit: Visit) -> Answer:
        """Send the reply once more, whole; a second click finds it sent."""
        life = await self._life(visit)
        if life is None:
            return _ABSENT
        fault = self._fault(visit) or self._hindrance(life)
        if fault:
            return await self._page(visit, life, {"kirim": fault}, INVALID)
        row, inbox_id = row_id(visit.form.get("salinan")), life.answers
        if row is None or inbox_id is None:
            return Trouble(Problem.BAD_REQUEST)
        order = self._order(visit)
        expires_at = visit.now + self._means.service.reply_expires_s
        result = await change_for(
            self._means,
            visit,
            lambda transaction: resend(transaction, inbox_id, row, order, expires_at),
        )
        if result.parts:
            self._means.service.queued(result.link, result.parts)
        return Redirect(f"/pesan/{life.id}", _BECAME[result.became])

    async def cancel(self, visit: Visit) -> Answer:
        """Stop what still waits of it."""
        life = await self._life(visit)
        if life is None:
            return _ABSENT
        fault = self._fault(visit)
        if fault:
            return await self._page(visit, life, {"batal": fault}, INVALID)
        order = self._order(visit)
        count = await change_for(
            self._means,
            visit,
            lambda transaction: cancel(transaction, life.id, life.waiting, order),
        )
        words = f"{count} SMS dibatalkan." if count else "Tidak ada lagi yang menunggu."
        return Redirect(f"/pesan/{life.id}", words)

    async def _life(self, visit: Visit) -> Life | None:
        """The message that is asked for, if there is one that the user may see."""
        key, user = visit.arguments["key"], visit.someone
        return await self._means.reader.read(
            lambda connection: self._read(connection, key, user)
        )

    def _read(self, connection: ReadConnection, key: str, user: User) -> Life | None:
        """In a reader's thread."""
        story = find_story(connection, key)
        if story is None:
            return None
        number = story.number
        if not may_see(connection, user, number):
            return None
        whose = named(connection, [number]).get(number) if number else None
        return life_of(story, whose, self._means.service.trace)

    async def _page(
        self, visit: Visit, life: Life, faults: Mapping[str, str], status: int = 200
    ) -> Page:
        await self._looks.note(visit, "messages.read", str(life.id), life.number)
        values: dict[str, Any] = {
            "life": life,
            "faults": faults,
            "reason": visit.form.get("alasan"),
            "hindrance": self._hindrance(life),
            "may_resend": life.resending is Resending.DONE,
        }
        return Page("message.html", values, status)

    def _hindrance(self, life: Life) -> str:
        """Why the reply cannot be sent by its link; empty if it can."""
        if not life.copies:
            return ""
        name = life.copies[-1].parts[0].link
        kinds = {link.name: link.kind for link in self._means.status.links()}
        if name not in kinds:
            return f"Tautan {name} tidak ada lagi dalam konfigurasi."
        if kinds[name] == _PHONE:
            return "Balasan ke telepon uji tidak dapat dikirim ulang."
        return ""

    def _fault(self, visit: Visit) -> str:
        """What is wrong with the reason that was given."""
        reason = visit.form.get("alasan")
        if len(reason) < _SHORTEST:
            return f"Tulis alasannya, paling sedikit {_SHORTEST} huruf."
        return reason_faults(reason).get("alasan", "")

    def _order(self, visit: Visit) -> Order:
        actor = web_actor(visit.someone.name)
        return Order(actor, visit.form.get("alasan"), visit.now)
