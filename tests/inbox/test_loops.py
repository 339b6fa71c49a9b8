"""Two automatic responders fall silent, whatever the other one says (D11)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import ClassVar
from zoneinfo import ZoneInfo

from attrs import evolve

from smscentre.commands.dispatch import Rules, interpret
from smscentre.commands.forms import FIELDS
from smscentre.commands.replies import is_own_reply, quotes_own_reply
from smscentre.directory import Directory
from smscentre.interfaces import Command, Request
from smscentre.messages import Accepted
from smscentre.store.people import load_directory, put_officers
from tests.stages import OFFICER, StagesTestCase

Responder = Callable[[str], str]
"""Answers any text with a text, at once and always."""

STRANGER = "+628123456789"

_RULES = Rules(7, ZoneInfo("Asia/Jakarta"))
_MOST = 3
"""After so many of its messages a responder gets no further reply."""

_ROUNDS = 40
_APART_S = 2.0


def _counting(words: str) -> Responder:
    numbers = count(1)
    return lambda text: words.format(next(numbers))


RESPONDERS: dict[str, Callable[[], Responder]] = {
    "echo": lambda: lambda text: text,
    "quoting echo": lambda: lambda text: f'Balasan otomatis untuk "{text}"',
    "cut echo": lambda: lambda text: text[:40],
    "fixed": lambda: lambda text: "Saya sedang rapat, nanti saya balas",
    "fixed, near a keyword": lambda: lambda text: "Rutin rapat tiap pagi",
    "fixed, of a command's form": lambda: lambda text: "RUTAN sedang tutup",
    "counter": lambda: _counting("Saya sedang rapat ({})"),
    "counter first": lambda: _counting("{} pesan Anda kami terima"),
    "counter near a keyword": lambda: _counting("Rutin {}: saya rapat"),
    "clock": lambda: _counting("Sekarang pukul 08.{:02}, kantor tutup"),
    "empty": lambda: lambda text: "...",
    "another centre": lambda: (
        lambda text: (
            "Perintah tidak dikenal. Awali dengan RUTAN, BAPAS atau RUPBASAN. "
            "Contoh: RUTAN ... ... ... .... Balas BANTUAN untuk daftar format."
        )
    ),
}


class LoopTests(StagesTestCase):
    """The real commands against responders, without any limit."""

    fields: ClassVar[Mapping[str, tuple[str, ...]]] = FIELDS

    def setUp(self) -> None:
        super().setUp()
        self.connect()

    def interpret(self, request: Request, directory: Directory) -> Command:
        return interpret(request, directory, _RULES)

    def is_own_reply(self, text: str) -> bool:
        return is_own_reply(text)

    def quotes_own_reply(self, text: str) -> bool:
        return quotes_own_reply(text)

    def talk(self, responder: Responder, number: str, first: str) -> list[str]:
        """Let a responder answer each reply; what it said after the first text."""
        said: list[str] = []
        replies = self.ask(first, number)
        for _ in range(_ROUNDS):
            if not replies:
                return said
            said.append(responder("".join(replies)))
            replies = self.ask(said[-1], number)
        return said

    def ask(self, text: str, number: str) -> list[str]:
        """Send a text a moment later; its reply, which the carrier takes."""
        self.clock.advance(_APART_S)
        replies = self.text(text, number)
        for row in list(self.link.in_flight):
            self.link.settle(self.exchange, row, Accepted(f"id-{row}"))
        return replies

    def loops(self, number: str, first: str) -> None:
        """Every responder ends after at most three messages."""
        for name, make in RESPONDERS.items():
            self.start_stages()
            self.link.bind = ""
            self.connect()
            said = self.talk(make(), number, first)
            self.assertLessEqual(len(said), _MOST, f"{name}: {said}")

    def test_of_an_officer(self) -> None:
        """It begins with a report of his, which is answered."""
        self.loops(OFFICER, "RUTAN 82 54 36 39")

    def test_of_a_stranger(self) -> None:
        """He is told once a day."""
        self.loops(STRANGER, "Halo")

    def test_of_an_officer_without_rights(self) -> None:
        """Of one who is not active, and of one who may do nothing."""
        directory = self.writer.perform(load_directory)
        self.turn()
        officer = self.successResultOf(directory).officers[OFFICER]
        for changed in (
            evolve(officer, active=False),
            evolve(officer, rights=frozenset()),
        ):
            self.writer.perform(partial(put_officers, rows=[changed]))
            self.turn()
            self.loops(OFFICER, "Halo")

    def test_reports_are_answered_meanwhile(self) -> None:
        """The silence is the responder's: a report by the same number is answered."""
        responder = RESPONDERS["counter"]()
        self.talk(responder, OFFICER, "RUTAN 82 54 36 39")
        for figure in range(5):
            (reply,) = self.ask(f"RUTAN {figure} 54 36 39", OFFICER)
            self.assertIn(f"P={figure},", reply)

    def test_wrong_figures_are_answered(self) -> None:
        """Three attempts that differ in their figures are three questions."""
        for figures in ("82 54 36", "82 54 39", "82 36 39", "54 36 39"):
            (reply,) = self.ask(f"RUTAN {figures}", OFFICER)
            self.assertIn("perlu 4 angka", reply)
