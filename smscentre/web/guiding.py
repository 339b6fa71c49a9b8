"""``/panduan``: the officers' guide to read and to print, a page for each kind of unit.

What it says is made by the commands and handed over; here it is only shown.
"""

from __future__ import annotations

__all__ = ["Guiding"]

from collections.abc import Sequence

from smscentre.web.means import Means
from smscentre.web.routes import Answer, Need, Page, Route, Visit


class Guiding:
    """The guide, for everybody."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def routes(self) -> Sequence[Route]:
        """Its address."""
        return [Route("/panduan", ("GET",), Need.PUBLIC, self.show)]

    async def show(self, visit: Visit) -> Answer:
        """All of it, or the page of one kind."""
        service = self._means.service
        kind = visit.query.get("jenis")
        pages = [page for page in service.guide if page.kind == kind]
        values = {
            "pages": pages or service.guide,
            "kinds": [(page.kind, page.title) for page in service.guide],
            "kind": kind if pages else "",
            "number": service.number,
        }
        return Page("guide.html", values)
