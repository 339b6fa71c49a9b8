"""Texts that would be live if anything let them, and a judge of whether they are.

Every text carries a mark of its own. In a page a mark may stand in text and in the
values of attributes; nowhere may it name a tag or an attribute, nor be part of a script
or of an address that leads elsewhere.
"""

from __future__ import annotations

__all__ = ["MARK", "TEXTS", "faults_of_cells", "faults_of_page"]

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from itertools import product
from typing import Final

MARK: Final = "zq"
"""What begins the mark of each text."""

_MARKUP = (
    "<script>{m}()</script>",
    "<{m}>",
    "<img src=x {m}=1 onerror={m}()>",
    "<svg/onload={m}()>",
    "</td></table><{m} a=1>",
    '" {m}="1',
    "' {m}='1",
    '" autofocus onfocus="{m}()',
    "<a href=javascript:{m}()>x</a>",
    "javascript:{m}()",
    "<!--{m}",
    "]]><{m}>",
    "&lt;{m}&gt;<{m}>",
    "&#60;{m}&#62;",
    "<style>{m}{{}}</style>",
    "<base href=//{m}.example>",
    "<meta http-equiv=refresh content=0;//{m}.example>",
    "{{{{ {m} }}}}",
    "{{% include '{m}' %}}",
    "<math><mi xlink:href='javascript:{m}()'>",
)

_FORMULAS = (
    "={m}()",
    '=HYPERLINK("http://{m}.example";"x")',
    "+{m}",
    "-{m}",
    "@{m}",
    "=cmd|'/C {m}'!A1",
    "\t={m}",
    " ={m}",
    "\uff1d{m}",
)

_STATEMENTS = (
    "'; DROP TABLE inbox; --{m}",
    "' OR '1'='1' --{m}",
    '"; DELETE FROM reports; --{m}',
    "%{m}_\\",
)

_UNSEEN = (
    "\u202e{m}",
    "{m}\u2066\u202d",
    "\x1b[2J{m}",
    "{m}\x07\x08\x7f",
    "{m}\r\nSet-Cookie: {m}=1",
    "\u200b{m}\ufeff",
    "{m}\u0085\u2028\u2029",
)

_PLACES = ("{}", "RUTAN {}", "Lapor {} 82 54 36 39", "{} {}", "a\n{}", "{}\U0001f600")


def _texts() -> list[str]:
    """Five hundred and more, each kind in several places of a text."""
    kinds = (*_MARKUP, *_FORMULAS, *_STATEMENTS, *_UNSEEN)
    found = []
    for number, (place, kind) in enumerate(product(_PLACES, kinds)):
        text = kind.format(m=f"{MARK}{number}")
        found.append(place.format(*[text] * place.count("{}")))
    pairs = product(_MARKUP, _FORMULAS + _UNSEEN)
    for number, (one, other) in enumerate(pairs, len(found)):
        mark = f"{MARK}{number}"
        found.append(one.format(m=mark) + other.format(m=mark))
    return found


TEXTS: Final = _texts()

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LEADING = ("href", "src", "action", "formaction", "data", "poster", "xlink:href")


class _Judge(HTMLParser):
    """Reads a page as a browser does and notes what is live."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self._within = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag if tag in ("script", "style") else ""
        if MARK in tag:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if MARK in name or name.startswith("on") or name == "style":
            self.faults.append(f"<{tag} {name}={value[:60]!r}>")
        elsewhere = not value.startswith(("/", "?", "#")) or value.startswith("//")
        if name in _LEADING and MARK in value and elsewhere:
            self.faults.append(f"<{tag} {name}={value[:60]!r}>")

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within and MARK in data:
            self.faults.append(f"{self._within}: {data[:60]!r}")

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.faults.append(f"a comment: {data[:60]!r}")


def faults_of_page(page: str) -> list[str]:
    """What of the marks is live in a page, and what turns or hides its text."""
    judge = _Judge()
    judge.feed(page)
    judge.close()
    faults = judge.faults
    faults += [f"turns the text: {each!r}" for each in set(_TURNING.findall(page))]
    faults += [f"a control: {each!r}" for each in set(_CONTROLS.findall(page))]
    return faults


def faults_of_cells(cells: Iterable[str]) -> list[str]:
    """The cells that a spreadsheet would take for a formula, and unseen ones."""
    return [
        repr(cell)
        for cell in cells
        if (MARK in cell and cell.lstrip()[:1] in tuple("=+-@\uff1d"))
        or _TURNING.search(cell)
        or _CONTROLS.search(cell)
    ]
