"""From a request of the server to a visit, and from an answer back to octets.

The one module of the site that touches requests; `site` says who may and which
handler answers.
"""

from __future__ import annotations

__all__ = ["HTML", "Visitor", "attend"]

from collections.abc import Mapping
from urllib.parse import quote

from attrs import evolve, frozen
from twisted.web.server import Request

from smscentre.web.cookies import Cookies
from smscentre.web.forgery import Sender, csrf_of
from smscentre.web.forms import read_form, read_query
from smscentre.web.means import Means
from smscentre.web.routes import Content, Redirect, Visit
from smscentre.web.server import host_of
from smscentre.web.sessions import new_token

HTML = "text/html; charset=utf-8"
"""What pages are."""


@frozen
class Visitor:
    """A request with the cookies that go with it."""

    request: Request
    cookies: Cookies
    token: str
    """What the browser brought, empty without it."""

    def header(self, name: str) -> str:
        """A header as text, empty without it; what is no text is that of no header."""
        values = self.request.requestHeaders.getRawHeaders(name.encode(), [b""])
        return values[-1].decode("latin-1") if values else ""

    @property
    def sender(self) -> Sender:
        """What the browser says of where a form comes from."""
        return Sender(
            self.header("Origin"), self.header("Sec-Fetch-Site"), self.header("Host")
        )

    def visit(self, means: Means, arguments: Mapping[str, str]) -> Visit:
        """The visit, before anything is known of who it is.

        :raises UnreadableError: the address holds what is no text
        """
        _, _, query = self.request.uri.partition(b"?")
        return Visit(
            path=self.request.path.decode("utf-8", "replace"),
            now=means.wall_clock(),
            method=self.request.method.decode("latin-1").upper(),
            arguments=arguments,
            query=read_query(query),
            csrf=csrf_of(self.token),
            session=self.token,
            address=self._address(means.config.proxy),
        )

    def filled(self, visit: Visit) -> Visit:
        """The visit with the form that its body holds.

        :raises UnreadableError: it holds none
        """
        form, files = read_form(self.header("Content-Type"), self._body())
        return evolve(visit, form=form, files=files)

    def by_program(self, visit: Visit) -> Visit:
        """The visit of a program, with its headers and its body as they are."""
        return evolve(
            visit,
            body=self._body(),
            content_type=self.header("Content-Type"),
            authorization=self.header("Authorization"),
            headers=self._headers(),
        )

    def with_form(self, visit: Visit) -> Visit:
        """The visit of a page with a form: the browser gets a token to send back."""
        if self.token:
            return visit
        token = new_token()
        self.cookies.give_token(token)
        return evolve(visit, csrf=csrf_of(token), session=token)

    def with_notice(self, visit: Visit) -> Visit:
        """The visit with what the page before had to say, which is said once."""
        notice = self.cookies.notice(self.token)
        if not notice:
            return visit
        self.cookies.give_notice("", self.token)
        return evolve(visit, notice=notice)

    def redirect(self, answer: Redirect) -> bytes:
        """Send the browser on."""
        if answer.session is not None:
            self.cookies.give_token(answer.session)
        if answer.notice:
            key = self.token if answer.session is None else answer.session
            self.cookies.give_notice(answer.notice, key)
        self.request.setResponseCode(303)
        self.request.setHeader("Location", quote(answer.to, safe="/?&=#%:,;+~.-_"))
        return self.give(b"", HTML)

    def page(self, page: bytes, status: int) -> bytes:
        """Give a page."""
        self.request.setResponseCode(status)
        return self.give(page, HTML)

    def give(self, content: bytes, content_type: str) -> bytes:
        """Give octets."""
        self.request.setHeader("Content-Type", content_type)
        self.request.setHeader("Content-Length", str(len(content)))
        return content

    def give_content(self, content: Content) -> bytes:
        """Give an answer to a program."""
        self.request.setResponseCode(content.status)
        for name, value in content.headers.items():
            self.request.setHeader(name, value)
        return self.give(content.content, content.content_type)

    def give_file(self, content: bytes, content_type: str, filename: str) -> bytes:
        """Give a file to keep, under a name without anything but plain characters."""
        safe = "".join(
            letter
            if letter.isascii() and (letter.isalnum() or letter in "-_.")
            else "_"
            for letter in filename
        ).lstrip(".")
        disposition = f'attachment; filename="{safe or "berkas"}"'
        self.request.setHeader("Content-Disposition", disposition)
        return self.give(content, content_type)

    def _body(self) -> bytes:
        content = self.request.content
        return content.read() if content is not None else b""

    def _headers(self) -> dict[str, str]:
        """All headers, of those given twice the last one."""
        given = self.request.requestHeaders.getAllRawHeaders()
        return {
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in given
        }

    def _address(self, proxy: str) -> str:
        """The client's; as what stands in front says it, if we know that."""
        host = host_of(self.request.getClientAddress()) or "local"
        if proxy and host == proxy:
            return self.header("X-Forwarded-For").rpartition(",")[2].strip() or host
        return host


def attend(request: Request, public_url: str) -> Visitor:
    """Take a request up."""
    secure = request.isSecure() or public_url.startswith("https:")
    cookies = Cookies(request, secure)
    return Visitor(request, cookies, cookies.token())
