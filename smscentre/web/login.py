"""Logging in and out, and one's own password."""

from __future__ import annotations

__all__ = ["PASSWORD_FAULTS", "Login", "is_ours", "login_address"]

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from smscentre.actors import web_actor
from smscentre.passwords import Busy
from smscentre.store import audit
from smscentre.store.transaction import Transaction
from smscentre.store.users import Account, account_named, has_hash, set_hash
from smscentre.users import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    is_user_name,
    password_fault,
)
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
)
from smscentre.web.sessions import Sessions
from smscentre.web.tries import Tries

_OURS = re.compile(r"/(?![/\\])[\x21-\x7e]*")

_LONGEST_NAME: Final = 64
"""Longer than any name: what is typed for one is kept while it counts as a try."""

_LONGEST_ADDRESS: Final = 1000
"""Of one that is handed on, each of whose signs may take three."""

_WRONG = "Nama atau kata sandi salah."
_WRONG_OLD: Final = {"lama": "Kata sandi lama salah."}
_BUSY = "Terlalu banyak orang masuk pada saat yang sama. Coba lagi sebentar lagi."

PASSWORD_FAULTS: Final = {
    "short": f"Kata sandi paling sedikit {SHORTEST_PASSWORD} karakter.",
    "long": f"Kata sandi paling banyak {LONGEST_PASSWORD} karakter.",
    "name": "Kata sandi tidak boleh hanya nama pengguna dan beberapa karakter.",
}
"""Why a password is not taken, for who chose it."""


def is_ours(path: str) -> bool:
    """Whether an address to go on to is one of this site."""
    return _OURS.fullmatch(path) is not None


def login_address(wanted: str) -> str:
    """Where to log in in order to go on to an address; to its path if it is long."""
    if len(wanted) > _LONGEST_ADDRESS:
        wanted = wanted.partition("?")[0]
    return "/masuk" if wanted == "/" else f"/masuk?ke={quote(wanted, safe='/')}"


class Login:
    """``/masuk``, ``/keluar`` and ``/akun``."""

    def __init__(self, means: Means, sessions: Sessions) -> None:
        self._means = means
        self._sessions = sessions
        self._tries = Tries()

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route("/masuk", ("GET",), Need.PUBLIC, self.ask),
            Route("/masuk", ("POST",), Need.PUBLIC, self.log_in),
            Route("/keluar", ("POST",), Need.VIEWER, self.log_out),
            Route("/akun", ("GET",), Need.VIEWER, self.account),
            Route("/akun", ("POST",), Need.VIEWER, self.change_password),
        ]

    # Logging in.

    async def ask(self, visit: Visit) -> Answer:
        """The form; who has logged in goes on."""
        going_to = _going_to(visit.query.get("ke"))
        return Redirect(going_to) if visit.user else _form("", going_to)

    async def log_in(self, visit: Visit) -> Answer:
        """Begin a session, unless name and password are wrong or tried too often."""
        name = visit.form.get("nama").lower()[:_LONGEST_NAME]
        going_to = _going_to(visit.form.get("ke"))
        wait_s = self._tries.wait_s(name, visit.address, visit.now)
        if wait_s:
            self._means.logins.login("limited")
            minutes = math.ceil(wait_s / 60)
            words = f"Terlalu banyak percobaan masuk. Coba lagi dalam {minutes} menit."
            return _form(words, going_to, name, Problem.TOO_MANY)
        self._tries.add(name, visit.address, visit.now)
        try:
            token = await self._token(visit, name)
        except Busy:
            return _form(_BUSY, going_to, name, Problem.BUSY)
        if token is None:
            return _form(_WRONG, going_to, name, Problem.NO_RIGHT)
        self._tries.succeeded(name, visit.address)
        return Redirect(going_to, "Anda sudah masuk.", token)

    async def _token(self, visit: Visit, name: str) -> str | None:
        """The token of a new session, None if name or password are wrong."""
        account = await self._account(name)
        kept = account.hash if account and account.user.active else None
        right = await self._means.passwords.match(visit.form.exact("sandi"), kept)
        token = None
        if right and kept is not None:
            token = await self._sessions.begin(name, kept, visit.session)
        self._means.logins.login("right" if token else "wrong")
        if token is None and account is not None:
            await self._note_failure(name, visit)
        return token

    async def _account(self, name: str) -> Account | None:
        return await self._means.reader.read(
            lambda connection: (
                account_named(connection, name) if is_user_name(name) else None
            )
        )

    async def _note_failure(self, name: str, visit: Visit) -> None:
        """For the audit log; of names that exist, which the tries keep few."""
        actor, detail, now = web_actor(name), f"from {visit.address}", visit.now
        await self._means.changer.perform(
            lambda transaction: audit.record(
                transaction, actor, "login.failed", name, detail, now
            )
        )

    # Logging out.

    async def log_out(self, visit: Visit) -> Answer:
        """End the session."""
        await self._sessions.end(visit.session)
        return Redirect("/masuk", "Anda sudah keluar.", "")

    # One's own account.

    async def account(self, visit: Visit) -> Answer:
        """Who one is, and the form for another password."""
        return _account_page({})

    async def change_password(self, visit: Visit) -> Answer:
        """Take another password; all other sessions end."""
        name, given = visit.someone.name, visit.form
        wait_s = self._tries.wait_s(name, visit.address, visit.now)
        if wait_s:
            return Trouble(Problem.TOO_MANY)
        faults = _faults(given.exact("baru"), given.exact("ulang"), name)
        if faults:
            return _account_page(faults)
        before = await self._proved(visit, name)
        if before is None:
            return _account_page(_WRONG_OLD)
        kept = await self._means.passwords.hashed(given.exact("baru"))
        signature = visit.signature

        def change(transaction: Transaction) -> bool:
            # Another may have been set while hashes were made, and it holds.
            if not has_hash(transaction, name, before):
                return False
            set_hash(transaction, name, kept, signature)
            return True

        if not await self._means.changer.perform(change):
            return _account_page(_WRONG_OLD)
        token = await self._sessions.begin(name, kept, visit.session)
        return Redirect("/akun", "Kata sandi sudah diganti.", token or "")

    async def _proved(self, visit: Visit, name: str) -> str | None:
        """The hash of the old password, None if what was typed is not the old one.

        Each try counts as one to log in.
        """
        self._tries.add(name, visit.address, visit.now)
        account = await self._account(name)
        kept = account.hash if account else None
        if not await self._means.passwords.match(visit.form.exact("lama"), kept):
            return None
        self._tries.succeeded(name, visit.address)
        return kept


def _faults(new: str, again: str, name: str) -> dict[str, str]:
    """What is wrong with a new password, by the field."""
    fault = password_fault(new, name)
    if fault is not None:
        return {"baru": PASSWORD_FAULTS[fault]}
    return {} if new == again else {"ulang": "Kedua kata sandi baru tidak sama."}


def _account_page(faults: Mapping[str, str]) -> Page:
    return Page("account.html", {"faults": faults}, INVALID if faults else 200)


def _going_to(path: str) -> str:
    return path if is_ours(path) else "/"


def _form(
    fault: str, going_to: str, name: str = "", problem: Problem | None = None
) -> Page:
    values = {"fault": fault, "going_to": going_to, "name": name}
    return Page("login.html", values, problem.status if problem else 200)
