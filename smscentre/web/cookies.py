"""The two cookies: the session's token, and the notice for the next page.

Over TLS they have the prefix by which a browser takes them from us alone.
"""

from __future__ import annotations

__all__ = ["Cookies"]

from twisted.web.server import Request

from smscentre.web.forgery import read_signed, signed
from smscentre.web.sessions import is_token

_SESSION = "sesi"
_NOTICE = "kabar"
_NOTICE_S = 60
_MOST_CHARACTERS = 300


class Cookies:
    """The cookies of one request and its answer."""

    def __init__(self, request: Request, secure: bool) -> None:
        self._request = request
        self._secure = secure
        self._prefix = "__Host-" if secure else ""

    def token(self) -> str:
        """The token that the browser brought, empty without one."""
        found = self._get(_SESSION)
        return found if is_token(found) else ""

    def give_token(self, token: str) -> None:
        """Have the browser keep a token until it is closed; empty removes it."""
        self._set(_SESSION, token, None if token else 0)

    def notice(self, token: str) -> str:
        """What the page before this one had to say."""
        found = self._get(_NOTICE)
        return read_signed(found, token) if found else ""

    def give_notice(self, text: str, token: str) -> None:
        """Have the next page say something; empty removes what it would say."""
        short = text[:_MOST_CHARACTERS]
        value = signed(short, token) if short else ""
        self._set(_NOTICE, value, _NOTICE_S if short else 0)

    def _get(self, name: str) -> str:
        found = self._request.getCookie((self._prefix + name).encode())
        return found.decode("latin-1") if found else ""

    def _set(self, name: str, value: str, max_age: int | None) -> None:
        self._request.addCookie(
            self._prefix + name,
            value,
            path="/",
            max_age=None if max_age is None else str(max_age),
            secure=self._secure,
            httpOnly=True,
            sameSite="lax",
        )
