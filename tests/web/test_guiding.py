"""``/panduan``: the same guide as the document, for everybody."""

from __future__ import annotations

import re
from html import unescape

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from docs.panduan import pages
from smscentre.store.engine import reading_engine
from smscentre.web.site import site
from tests.web.support import Browser, FakeReader, means_of
from tests.web.test_site import filled_store


class GuideTests(SynchronousTestCase):
    """The page, without a login."""

    def setUp(self) -> None:
        engine = reading_engine(filled_store())
        self.addCleanup(engine.dispose)
        means = means_of(filled_store(), FakeReader(engine))
        service = evolve(means.service, guide=pages(), number="0211234567")
        self.browser = Browser(site(evolve(means, service=service)))
        self.empty = Browser(site(means))

    def text(self, path: str = "/panduan") -> str:
        """The text of the page without its marks, in one line."""
        main = self.browser.get(path).text.partition("<main")[2]
        return unescape(" ".join(re.sub(r"<[^>]+>", "", main).split()))

    def test_everything_of_the_guide(self) -> None:
        """Every rule, form, example, answer and meaning, for each kind."""
        text = self.text()
        for page in pages():
            said = [page.title, page.days, page.asking, page.forgotten]
            said += [*page.rules, *page.corrections, page.wrong.reply]
            said += [reply for meaning in page.meanings for reply in meaning]
            for insert in page.inserts:
                said += [insert.contents, insert.exchange.text, insert.exchange.reply]
                said += [f"{name}: {figure}" for name, figure in insert.figures]
            for question in page.questions:
                said += [question.exchange.reply, question.province, question.country]
            for one in said:
                plain = re.sub(r"``|\*\*|(?<!\d)\*", "", one)
                self.assertIn(" ".join(plain.split()), text)

    def test_the_centres_own_number(self) -> None:
        """Officers are told whom to text."""
        self.assertIn("Kirim semua SMS ke 0211234567", self.text())

    def test_one_kind(self) -> None:
        """By itself, to print; one that is not there shows all."""
        text = self.text("/panduan?jenis=BAPAS")
        self.assertIn("Bapas: BAPAS", text)
        self.assertNotIn("Rupbasan: RUPBASAN", text)
        self.assertIn("Rupbasan: RUPBASAN", self.text("/panduan?jenis=x"))

    def test_no_guide(self) -> None:
        """A site without a centre behind it says so."""
        self.assertIn("Panduan belum tersedia.", self.empty.words("/panduan"))
