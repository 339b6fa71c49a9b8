"""The pictures of the pages in ``docs/images``, taken of the running product.

``make screenshots`` runs it: a country of 700 units with two months of reports, each
page in Chromium at the width of a desk and, for some, of a telephone.
"""

from __future__ import annotations

__all__ = ["SHOTS", "Shot", "main", "take"]

from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from benchmarks.history import Span, fill, morning
from tests.browser.house import DESK, MISSING, PHONE, House, Size

_IMAGES = Path(__file__).with_name("images")
_DAYS = 60


@frozen
class Shot:
    """One picture: its file's name, what it shows, to whom, in which window."""

    name: str
    path: str
    size: Size = DESK
    user: str = "kepala"
    whole: bool = False
    """Whether the page is shown down to its end."""


SHOTS = (
    Shot("hari-ini", "/"),
    Shot("hari-ini-telepon", "/", PHONE),
    Shot("laporan-upt", "/laporan/rutan?per=upt&provinsi=JABAR"),
    Shot("laporan-provinsi", "/laporan/rutan?per=provinsi"),
    Shot("kepatuhan", "/kepatuhan"),
    Shot("kepatuhan-telepon", "/kepatuhan", PHONE),
    Shot("upt", "/upt/0204"),
    Shot("gateway", "/gateway"),
    Shot("gateway-telepon", "/gateway", PHONE),
    Shot("pesan", "/pesan"),
    Shot("coba", "/coba"),
    Shot("panduan", "/panduan", user=""),
    Shot("admin", "/admin"),
    Shot("admin-upt", "/admin/upt"),
    Shot("admin-data", "/admin/data"),
    Shot("masuk", "/masuk", PHONE, user=""),
)
"""The main pages."""


def take(house: House, folder: Path) -> None:
    """Take every picture."""
    for shot in SHOTS:
        with house.looking(shot.user, shot.size) as look:
            answer = look.open(shot.path)
            assert answer.status == 200, f"{shot.path}: {answer.status}"
            look.page.screenshot(path=folder / f"{shot.name}.png", full_page=shot.whole)


def main() -> None:
    """Take the pictures anew."""
    if MISSING:
        raise SystemExit(MISSING)
    _IMAGES.mkdir(exist_ok=True)
    with TemporaryDirectory() as name:
        database = Path(name) / "country.db"
        fill(f"sqlite:///{database}", Span(morning(), _DAYS))
        house = House(adopted=database)
        try:
            house.start()
            take(house, _IMAGES)
        finally:
            house.close()


if __name__ == "__main__":
    main()
