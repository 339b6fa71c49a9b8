"""A centre with users of every role, and a real browser that looks at its pages.

The browser is Debian's Chromium, driven by Playwright, and it is started with
nothing but what it needs here: no network beyond this machine. Accessibility is
judged by axe-core. Where one of them is not installed, `MISSING` says which.
"""

from __future__ import annotations

__all__ = [
    "DESK",
    "MISSING",
    "NARROW",
    "PHONE",
    "USERS",
    "House",
    "Look",
    "Scheme",
    "Size",
]

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal

from attrs import define, field, frozen
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    Response,
    sync_playwright,
)

from smscentre.passwords import password_hash
from smscentre.store.beside import change_store
from smscentre.store.changes import Signature
from smscentre.store.transaction import Transaction
from smscentre.store.users import add_user
from smscentre.users import Role, User
from tests.system.centre import (
    CentreOptions,
    Officer,
    RunningCentre,
    Unit,
    free_port,
)

_CHROMIUM = shutil.which("chromium") or ""
_AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"

_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_CHECK = "rules => axe.run(document, {resultTypes: ['violations'], ...rules})"
_COLOURS = {"runOnly": ["color-contrast"]}
"""The rules that depend on a scheme."""

_OVERFLOW = (
    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
)

Scheme = Literal["light", "dark"]

PASSWORD = "kata-sandi-uji-42"
USERS = {
    "melihat": User("melihat", Role.VIEWER),
    "mendata": User("mendata", Role.DATA, provinces=("DKI",)),
    "jaga": User("jaga", Role.OPERATOR),
    "kepala": User("kepala", Role.ADMIN),
}
"""A user of each role, one of them for a province only."""


def _add_users(transaction: Transaction) -> None:
    """By one hash: the command line would make each his own, in a second each."""
    kept, signature = password_hash(PASSWORD), Signature("test", "", time.time())
    for user in USERS.values():
        add_user(transaction, user, kept, signature)


def _missing() -> str:
    """Why there can be no test in a browser, or empty."""
    if not _CHROMIUM:
        return "chromium is not installed"
    if not _AXE.exists():
        return "the npm package axe-core is not installed"
    return ""


MISSING = _missing()


@frozen
class Size:
    """A window, in CSS pixels."""

    width: int
    height: int


DESK = Size(1280, 900)
PHONE = Size(390, 844)
NARROW = Size(360, 740)


# Playwright hangs attributes of its own on whoever listens.
@define(slots=False)
class Look:
    """What a user's browser heard while it showed pages."""

    page: Page
    home: str
    """The address of the site, without a path."""
    foreign: list[str] = field(factory=list)
    """Addresses that are not ours, and were asked for."""
    said: list[str] = field(factory=list)
    """Errors in the browser's console."""
    refused: list[str] = field(factory=list)
    """What was answered with an error: status and address."""
    octets: int = 0
    """What the page that is shown took, with style, script and pictures."""

    def open(self, path: str) -> Response:
        """Show a page; its answer."""
        self.octets = 0
        answer = self.page.goto(self.home + path, wait_until="load")
        assert answer is not None, f"{path} is no page"
        return answer

    def violations(self, schemes: Sequence[Scheme] = ("light", "dark")) -> list[str]:
        """What axe finds on the page in these schemes: rule and first place."""
        found = []
        self.page.evaluate(_AXE.read_text())
        for scheme in schemes:
            self.page.emulate_media(color_scheme=scheme)
            rules = _COLOURS if scheme == "dark" else {}
            result: dict[str, Any] = self.page.evaluate(_CHECK, rules)
            found += [
                f"{scheme} {each['id']}: {each['nodes'][0]['html'][:200]}"
                f" ({each['nodes'][0].get('failureSummary', '')[:200]})"
                for each in result["violations"]
            ]
        self.page.emulate_media(color_scheme="light")
        return found

    def overflow(self, size: Size) -> int:
        """How many pixels the page is wider than a window."""
        self.page.set_viewport_size({"width": size.width, "height": size.height})
        wider: int = self.page.evaluate(_OVERFLOW)
        return wider

    def heard(self, request: Request) -> None:
        """Hear that the browser asks for something."""
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.foreign.append(request.url)

    def answered(self, answer: Response) -> None:
        """Hear what the site says."""
        if answer.status >= 400:
            self.refused.append(f"{answer.status} {answer.url}")

    def told(self, message: ConsoleMessage) -> None:
        """Hear what the page writes into the console."""
        if message.type == "error":
            self.said.append(f"{message.location['url']}: {message.text}")

    def finished(self, request: Request) -> None:
        """Hear that it has come."""
        sizes = request.sizes()
        self.octets += sizes["responseBodySize"]


class House:
    """A running centre with its users, and the browser. `close` always."""

    def __init__(
        self,
        units: Sequence[Unit] = (),
        officers: Sequence[Officer] = (),
        adopted: Path | None = None,
    ) -> None:
        """:param adopted: a database to begin with, instead of units and officers"""
        self.folder = Path(mkdtemp(prefix="smscentre-browser-"))
        self.centre = RunningCentre(self.folder, free_port(), CentreOptions())
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        if adopted is None:
            self.centre.prepare(units, officers)
        else:
            self.centre.adopt(adopted.read_bytes())
        change_store(f"sqlite:///{self.centre.database}", _add_users)

    @property
    def home(self) -> str:
        """The address of the site."""
        return f"http://127.0.0.1:{self.centre.web_port}"

    def start(self) -> None:
        """Start the centre and the browser."""
        self.centre.start()
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=_CHROMIUM, args=[*_OPTIONS]
        )

    def text(self, number: str, text: str) -> str:
        """Text the centre by its phone; what it answers."""
        return self.centre.command("text", number, text)

    def close(self) -> None:
        """Leave no process and no file behind."""
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()
        self.centre.close()
        shutil.rmtree(self.folder)

    @contextmanager
    def looking(
        self, name: str = "", size: Size = DESK, *, script: bool = True
    ) -> Iterator[Look]:
        """A browser of its own for a user, who has logged in; "" for nobody."""
        assert self._browser is not None, "not started"
        context: BrowserContext = self._browser.new_context(
            viewport={"width": size.width, "height": size.height},
            java_script_enabled=script,
            locale="id-ID",
            accept_downloads=True,
        )
        try:
            page = context.new_page()
            look = Look(page, self.home)
            page.on("request", look.heard)
            page.on("requestfinished", look.finished)
            page.on("response", look.answered)
            page.on("console", look.told)
            page.on("pageerror", lambda error: look.said.append(str(error)))
            if name:
                self._log_in(look, name)
            yield look
        finally:
            context.close()

    def _log_in(self, look: Look, name: str) -> None:
        look.open("/masuk")
        look.page.get_by_label("Nama pengguna").fill(name)
        look.page.get_by_label("Kata sandi").fill(PASSWORD)
        look.page.get_by_role("button", name="Masuk").click()
        look.page.wait_for_url(lambda url: "/masuk" not in url)
