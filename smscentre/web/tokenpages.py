"""``/admin/token``: the tokens by which programs use the API.

A token is shown once, when it is made. Who is for a part of the country gives away
no more than that, and sees the tokens of that part only.
"""

from __future__ import annotations

__all__ = ["TokenPages"]

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from smscentre.csvfile import is_one_line
from smscentre.directory import Directory
from smscentre.store.pages import ReadConnection
from smscentre.store.people import load_directory
from smscentre.store.tokens import add_token, all_tokens, revoke_token
from smscentre.store.transaction import Transaction
from smscentre.tokens import ApiToken, TokenScope, new_token, token_hash
from smscentre.users import User
from smscentre.web.changing import change_for
from smscentre.web.faults import TEXTS
from smscentre.web.means import Means
from smscentre.web.paging import Paging
from smscentre.web.places import Offer, PlaceForm, place_words
from smscentre.web.problems import Problem
from smscentre.web.routes import (
    INVALID,
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Values,
    Visit,
)

_PATH = "/admin/token"
_LONGEST_NAME: Final = 60


@frozen
class _Filled:
    """The form for a token, as it was sent."""

    name: str
    scopes: tuple[str, ...]
    place: PlaceForm

    @classmethod
    def sent(cls, form: Values) -> _Filled:
        """What a form holds."""
        return cls(form.get("nama"), form.all("guna"), PlaceForm.sent(form))

    def faults(self, user: User, directory: Directory) -> dict[str, str]:
        """What is wrong, by the field."""
        found = self.place.faults(user, directory)
        if not self.name:
            found["nama"] = TEXTS["empty"]
        elif len(self.name) > _LONGEST_NAME or not is_one_line(self.name):
            found["nama"] = f"Satu baris, paling panjang {_LONGEST_NAME} karakter."
        known = {scope.value for scope in TokenScope}
        if not self.scopes or not set(self.scopes) <= known:
            found["guna"] = "Pilih paling sedikit satu kegunaan."
        return found

    def token(self, made_by: str, now: float) -> ApiToken:
        """The token; ask only where nothing is wrong."""
        scopes = frozenset(TokenScope(word) for word in self.scopes)
        unit, provinces = self.place.place
        return ApiToken(0, self.name, scopes, unit, provinces, made_by, now)


class TokenPages:
    """Lists, makes and withdraws tokens."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route(_PATH, ("GET",), Need.ADMIN, self.show),
            Route(_PATH, ("POST",), Need.ADMIN, self.make),
            Route(f"{_PATH}/cabut", ("GET",), Need.ADMIN, self.ask_to_revoke),
            Route(f"{_PATH}/cabut", ("POST",), Need.ADMIN, self.revoke),
        ]

    async def show(self, visit: Visit) -> Answer:
        """The tokens that there are, and the form for a new one."""
        place = PlaceForm.of(visit.someone.unit, visit.someone.provinces)
        return await self._page(visit, _Filled("", (), place), {})

    async def make(self, visit: Visit) -> Answer:
        """Make a token and show it, once."""
        filled, user = _Filled.sent(visit.form), visit.someone
        directory = await self._means.current_directory()
        faults = filled.faults(user, directory)
        if faults:
            return await self._page(visit, filled, faults)
        secret, signature = new_token(), visit.signature
        token = filled.token(user.name, visit.now)

        def work(transaction: Transaction) -> dict[str, str]:
            # Units do not go away, but they can move.
            now = filled.faults(user, load_directory(transaction))
            if not now:
                add_token(transaction, token, token_hash(secret), signature)
            return now

        faults = await change_for(self._means, visit, work)
        if faults:
            return await self._page(visit, filled, faults)
        values = {
            "secret": secret,
            "token": token,
            "place": place_words(token.unit, token.provinces, directory),
        }
        return Page("admin_token.html", values)

    async def ask_to_revoke(self, visit: Visit) -> Answer:
        """The question whether a token is to be withdrawn."""
        token = await self._named(visit, visit.query.get("token"))
        if token is None:
            return Trouble(Problem.NO_PAGE)
        return Page("admin_token_revoke.html", {"token": token})

    async def revoke(self, visit: Visit) -> Answer:
        """Withdraw a token for ever."""
        signature = visit.signature
        token = await self._named(visit, visit.form.get("token"))
        if token is None:
            return Trouble(Problem.NO_PAGE)
        await change_for(
            self._means,
            visit,
            lambda transaction: revoke_token(transaction, token.id, signature),
        )
        return Redirect(_PATH, f"Token {token.name} sudah dicabut.")

    async def _page(
        self, visit: Visit, filled: _Filled, faults: Mapping[str, str]
    ) -> Page:
        directory = await self._means.current_directory()
        tokens = await self._own(visit)
        paging = Paging.of(visit, len(tokens))
        values = {
            "filled": filled,
            "faults": faults,
            "offer": Offer.to(visit.someone, directory),
            "scopes": list(TokenScope),
            "tokens": paging.part(tokens),
            "paging": paging,
            "place": lambda one: place_words(one.unit, one.provinces, directory),
        }
        return Page("admin_tokens.html", values, INVALID if faults else 200)

    async def _named(self, visit: Visit, row: str) -> ApiToken | None:
        """One of the user's scope by its row."""
        found = [token for token in await self._own(visit) if str(token.id) == row]
        return found[0] if found else None

    async def _own(self, visit: Visit) -> list[ApiToken]:
        """The tokens for places of the user's scope."""

        def read(connection: ReadConnection) -> list[ApiToken]:
            units = self._means.directory.current(connection).units
            return [
                token
                for token in all_tokens(connection)
                if visit.someone.holds(units.get(token.unit or ""), token.provinces)
            ]

        return await self._means.reader.read(read)
