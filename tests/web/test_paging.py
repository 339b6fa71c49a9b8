"""Long lists, a page at a time."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.web.paging import Paging
from smscentre.web.routes import Values, Visit


def paging(total: int, **query: str) -> Paging:
    """The page of a list that a visit asks for."""
    given = Values({name: (text,) for name, text in query.items()})
    return Paging.of(Visit("/daftar", 0.0, query=given), total)


class PagingTests(SynchronousTestCase):
    """Which rows, and where their neighbours are."""

    def test_first(self) -> None:
        """It has none before it."""
        page = paging(120)
        self.assertEqual((page.first, page.last, page.offset), (1, 50, 0))
        self.assertEqual((page.earlier, page.later), ("", "/daftar?hal=2"))

    def test_last(self) -> None:
        """It has none after it."""
        page = paging(120, hal="3")
        self.assertEqual((page.first, page.last, page.offset), (101, 120, 100))
        self.assertEqual((page.earlier, page.later), ("/daftar?hal=2", ""))

    def test_full(self) -> None:
        """A list that ends with a page has no empty one after it."""
        self.assertEqual(paging(100, hal="2").later, "")

    def test_empty(self) -> None:
        """A list without rows is one page."""
        page = paging(0)
        self.assertEqual((page.first, page.last), (0, 0))
        self.assertEqual((page.earlier, page.later), ("", ""))

    def test_the_search_stays(self) -> None:
        """Other fields of the address go along."""
        self.assertEqual(paging(120, q="a&b c").later, "/daftar?q=a%26b+c&hal=2")

    def test_odd(self) -> None:
        """What is no page is the first one, what is beyond the last is the last."""
        for text in ("", "0", "-1", "x", "1e9", "\u00b2", "9" * 400):
            self.assertEqual(paging(120, hal=text).number, 1, text)
        self.assertEqual(paging(120, hal="9999").number, 3)
