"""What stands at the top of each page, by who reads it."""

from __future__ import annotations

__all__ = ["ENTRIES", "Entry", "Shown", "entries_for"]

from attrs import frozen

from smscentre.users import User
from smscentre.web.routes import Need


@frozen
class Entry:
    """One link: where to, its words, and who may go there."""

    to: str
    words: str
    need: Need


@frozen
class Shown:
    """A link as a page has it; ``current`` where it is, or lies below, that page."""

    to: str
    words: str
    current: bool


ENTRIES = (
    Entry("/", "Hari ini", Need.REPORTS),
    Entry("/laporan", "Laporan", Need.REPORTS),
    Entry("/kepatuhan", "Kepatuhan", Need.VIEWER),
    Entry("/gateway", "Gateway", Need.OPERATOR),
    Entry("/pesan", "Pesan", Need.OPERATOR),
    Entry("/coba", "Coba SMS", Need.ADMIN),
    Entry("/panduan", "Panduan", Need.PUBLIC),
    Entry("/admin", "Admin", Need.STAFF),
)
"""In the order in which they stand."""


def entries_for(user: User | None, path: str, public_reports: bool) -> list[Shown]:
    """The links that a user may follow."""
    role = user.role if user else None
    return [
        Shown(entry.to, entry.words, _holds(entry.to, path))
        for entry in ENTRIES
        if entry.need.admits(role, public_reports)
    ]


def _holds(to: str, path: str) -> bool:
    return path == to or (to != "/" and path.startswith(to + "/"))
