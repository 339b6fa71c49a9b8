"""The style sheet, the script and the icon, held in memory.

Addresses carry a hash of the content, so a browser may keep what it has for
ever and never shows a new page in an old style.
"""

from __future__ import annotations

__all__ = ["Assets"]

import hashlib
from collections.abc import Iterable
from email.utils import formatdate
from pathlib import Path

from attrs import frozen
from twisted.web.http import CACHED, NOT_FOUND
from twisted.web.resource import Resource
from twisted.web.server import Request

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

_FOR_EVER = "public, max-age=31536000, immutable"
_SHORTLY = "public, max-age=60"


@frozen
class _Asset:
    content: bytes
    content_type: str
    tag: str
    modified_at: float


class Assets(Resource):
    """Serves the files of a folder as they were when it was made."""

    isLeaf = True

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._assets = dict(_read(folder))

    def address(self, name: str) -> str:
        """Where a page finds a file.

        :raises KeyError: there is no such file
        """
        return f"/static/{name}?v={self._assets[name].tag}"

    def render_GET(self, request: Request) -> bytes:
        """Answer with a file, or with 304 where the client has it."""
        path = b"/".join(request.postpath or ()).decode("utf-8", "replace")
        asset = self._assets.get(path)
        if asset is None:
            request.setResponseCode(NOT_FOUND)
            request.setHeader("Content-Type", "text/plain; charset=utf-8")
            return b"tidak ada\n"
        current = request.args.get(b"v") == [asset.tag.encode()]
        request.setHeader("Cache-Control", _FOR_EVER if current else _SHORTLY)
        request.setHeader("Content-Type", asset.content_type)
        # Only the tag decides on 304: a newer release may bring an older file.
        request.setHeader("Last-Modified", formatdate(asset.modified_at, usegmt=True))
        if request.setETag(f'"{asset.tag}"'.encode()) is CACHED:
            return b""
        return asset.content


def _read(folder: Path) -> Iterable[tuple[str, _Asset]]:
    for path in sorted(folder.iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            tag = hashlib.sha256(content).hexdigest()[:16]
            modified_at = path.stat().st_mtime
            yield path.name, _Asset(content, _TYPES[path.suffix], tag, modified_at)
