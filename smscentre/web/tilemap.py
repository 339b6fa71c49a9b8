"""Indonesia as a map of tiles, one a province, each where it lies among the others.

A list of links that the style sheet puts into a grid; on a phone it is a plain list.
Colours stand for what each tile also says in words.
"""

from __future__ import annotations

__all__ = ["PLACES", "Tile", "tile_map"]

from collections.abc import Iterable
from typing import Final

from attrs import frozen
from markupsafe import Markup

from smscentre.web.inert import inert_html

PLACES: Final = {
    "ACEH": (1, 1),
    "SUMUT": (2, 2),
    "RIAU": (3, 2),
    "KEPRI": (4, 2),
    "SUMBAR": (2, 3),
    "JAMBI": (3, 3),
    "SUMSEL": (4, 3),
    "BABEL": (5, 3),
    "BENGKULU": (3, 4),
    "LAMPUNG": (4, 4),
    "BANTEN": (4, 5),
    "DKI": (5, 5),
    "JABAR": (5, 6),
    "JATENG": (6, 5),
    "DIY": (6, 6),
    "JATIM": (7, 5),
    "BALI": (8, 6),
    "NTB": (9, 6),
    "NTT": (10, 6),
    "KALBAR": (6, 2),
    "KALTENG": (7, 2),
    "KALTARA": (8, 1),
    "KALTIM": (8, 2),
    "KALSEL": (7, 3),
    "SULBAR": (9, 2),
    "SULTENG": (10, 2),
    "GORONTALO": (10, 1),
    "SULUT": (11, 1),
    "SULSEL": (9, 3),
    "SULTRA": (10, 3),
    "MALUT": (12, 2),
    "MALUKU": (12, 3),
    "PBD": (13, 2),
    "PABAR": (14, 2),
    "PAPUA": (15, 2),
    "PATENG": (14, 3),
    "PAPEG": (15, 3),
    "PASEL": (15, 4),
}
"""Column and row of each province, from the north-west on."""


@frozen
class Tile:
    """A province on the map.

    ``level`` is the class of its colour, ``value`` stands on it in few characters,
    ``words`` says all of it in a sentence.
    """

    key: str
    href: str
    level: str
    value: str
    words: str


def tile_map(label: str, tiles: Iterable[Tile]) -> Markup:
    """The map, whose list is in the order given; who has no place comes below it."""
    items = "".join(map(_item, tiles))
    return Markup(f'<ol class="tilemap" aria-label="{inert_html(label)}">{items}</ol>')


def _item(tile: Tile) -> str:
    place = PLACES.get(tile.key)
    where = f"c{place[0]} r{place[1]} " if place else ""
    words = inert_html(tile.words)
    href = inert_html(tile.href)
    return (
        f'<li class="{where}{tile.level}"><a href="{href}" title="{words}">'
        f'<b aria-hidden="true">{inert_html(tile.key)}</b> '
        f'<span aria-hidden="true">{inert_html(tile.value)}</span>'
        f'<span class="unseen">{words}</span></a></li>'
    )
