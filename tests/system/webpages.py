"""A browser of the product's pages: keeps cookies, sends forms, follows nothing.

By the fixed forms only: addresses, names of fields, the login's command.
"""

from __future__ import annotations

__all__ = ["WebPages", "logged_in"]

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from typing import IO

from tests.system.centre import RunningCentre

PASSWORD = "kata-sandi-panjang"

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_TIMEOUT_S = 30.0


class _Stay(urllib.request.HTTPRedirectHandler):
    """Leaves it to the caller to go on."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Go nowhere."""


class WebPages:
    """The pages at a port of this machine."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}"
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._jar), _Stay
        )

    @property
    def cookie(self) -> str:
        """The header by which another program is the same visitor."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        return self._open(urllib.request.Request(self._root + path))

    def submit(self, page: str, form: Mapping[str, str], to: str = "") -> int:
        """Open a page and send a form of it; the status of the answer."""
        found = _TOKEN.search(self.get(page)[1])
        assert found is not None, f"{page} has no form"
        body = urllib.parse.urlencode({"csrf": found[1], **form}).encode()
        return self.send(to or page, body)[0]

    def send(self, path: str, body: bytes) -> tuple[int, str]:
        """Send a body from a page of the site; status and text of the answer."""
        request = urllib.request.Request(self._root + path, body)
        request.add_header("Origin", self._root)
        return self._open(request)

    def log_in(self, name: str, password: str = PASSWORD) -> int:
        """Fill the login form in; 303 where it is right."""
        return self.submit("/masuk", {"nama": name, "sandi": password})

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            answer = self._opener.open(request, timeout=_TIMEOUT_S)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.code, answer.read().decode()


def logged_in(centre: RunningCentre, role: str) -> WebPages:
    """A visitor of a role, whose user is added by the command for it."""
    centre.command(
        "users", "add", role, "--role", role, "--password-stdin", typed=PASSWORD
    )
    pages = WebPages(centre.web_port)
    assert pages.log_in(role) == 303, f"{role} cannot log in"
    return pages
