"""From page to page by the links that a user sees, one of each kind.

Knows addresses only; what is looked at on each page is the caller's.
"""

from __future__ import annotations

__all__ = ["MOST", "crawl"]

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from tests.browser.house import Look

_LINKS = (
    "() => [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
)
_NUMBERED = re.compile(r"(?<=/)[^/]*\d[^/]*")
_FILES = (".csv", ".xlsx", ".json", ".txt", "/ekspor")
MOST = 60
"""So many kinds of pages hold every path, and most of their queries."""


def crawl(look: Look, *starts: str, most: int = MOST) -> Iterator[str]:
    """Show page after page; each address as it is shown.

    Pages that differ in a number or in the values of their query only are of a kind.
    Of many kinds, those come first whose path is new.
    """
    waiting, seen, kinds = [*starts], set(starts), set[str]()
    paths = set[str]()
    while waiting and len(kinds) < most:
        path = next((each for each in waiting if _place(each) not in paths), waiting[0])
        waiting.remove(path)
        kind = _kind(path)
        if kind in kinds:
            continue
        kinds.add(kind)
        paths.add(_place(path))
        look.open(path)
        found = _links(look)
        yield path
        for link in found:
            if link not in seen:
                seen.add(link)
                waiting.append(link)


def _links(look: Look) -> list[str]:
    """Where the page that is shown leads, within the site."""
    here = urlsplit(look.page.url)
    links = []
    for link in look.page.evaluate(_LINKS):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or link.startswith("#"):
            continue
        path = parts.path or here.path
        if not path.endswith(_FILES) and path.startswith("/"):
            links.append(path + (f"?{parts.query}" if parts.query else ""))
    return links


def _kind(path: str) -> str:
    names = ",".join(sorted(name for name, _ in parse_qsl(urlsplit(path).query)))
    return f"{_place(path)}?{names}"


def _place(path: str) -> str:
    """The path without its numbers and its query."""
    return _NUMBERED.sub("#", urlsplit(path).path)
