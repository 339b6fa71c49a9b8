"""Writes ``panduan.rst``, the officers' guide: a page for each kind of unit, to print.

Run as ``python -m docs.panduan`` (or ``make panduan``) after a change of
`smscentre.commands`; a test compares the file with what this makes of it. What it says
is `smscentre.guidebook`'s; the page ``/panduan`` shows the same.
"""

from __future__ import annotations

__all__ = ["FILE", "pages", "render"]

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Final

from smscentre.commands.forms import FIELDS, KIND_OF
from smscentre.guide import Exchange, GuidePage, Insert
from smscentre.guidebook import guide_pages
from smscentre.provinces import load
from smscentre.sim.ledger import FakeLedger

FILE: Final = Path(__file__).parent / "panduan.rst"

_WIDTH = 56
"""Of a reply, so that two columns fit a page."""

_LINE = 86

_INTRO = """\
Panduan SMS Centre
==================

.. Berkas ini dibuat oleh docs/panduan.py: ubah di sana, lalu jalankan "make panduan".

Satu halaman untuk tiap jenis UPT. Cetak halaman untuk UPT Anda dan tempel di dekat
telepon. Semua SMS dikirim ke nomor SMS Centre, **02170252704**, dari nomor telepon
yang sudah didaftarkan: dari nomor itu pusat tahu siapa Anda dan UPT mana yang
melapor, jadi kode UPT tidak perlu ditulis dalam laporan.

Angka dalam contoh hanya contoh. Tulis angka UPT Anda sendiri.
"""

_STYLE = """\
.. raw:: html

   <style>
   @page { size: A4; margin: 10mm; }
   @media print {
     html, body { background: none; border: 0; box-shadow: none; }
     body { font-size: 8pt; line-height: 1.2; max-width: none; padding: 0; }
     h1, h2, h3, p, ol, ul, pre, table { margin: 3pt 0; padding-block: 0; }
     main > section { break-before: page; columns: 2; column-gap: 8mm; }
     main > section > h2 { column-span: all; }
     pre { font-size: 6.5pt; break-inside: avoid; }
     th, td { padding: 0 4pt; }
   }
   </style>
"""


def pages() -> tuple[GuidePage, ...]:
    """What the guide says, by a ledger in memory."""
    return guide_pages(load(), lambda directory: FakeLedger(directory, FIELDS, KIND_OF))


def render() -> str:
    """The whole guide."""
    made = ("\n".join(_page(page)) for page in pages())
    return "\n".join([_INTRO, _STYLE, *made])


def _page(page: GuidePage) -> Iterator[str]:
    """What an officer of one kind of unit needs."""
    yield from _heading(f"{page.title}: {page.kind}", "-")
    yield from _heading("Melapor", "~")
    yield from _bullets(page.rules)
    for insert in page.inserts:
        yield from _insert(insert)
    yield from _heading("Tanggal", "~")
    yield from _paragraph(page.days)
    yield from _heading("Membetulkan", "~")
    yield from _bullets(page.corrections)
    yield from _heading("Bertanya", "~")
    for question in page.questions:
        yield from _dialogue(question.exchange)
        yield from _paragraph(
            f"Satu provinsi: ``{question.province}``. Seluruh Indonesia:"
            f" ``{question.country}``."
        )
    yield from _paragraph(page.asking)
    yield from _heading("Bila ada yang salah", "~")
    yield from _paragraph(page.caution)
    yield from _dialogue(page.wrong)
    rows = [(mistake.text, mistake.advice) for mistake in page.mistakes]
    yield from _table(("SMS yang salah", "Sebabnya"), rows)
    yield from _heading("Arti balasan", "~")
    yield from _table(("Balasan", "Artinya"), page.meanings)
    yield from _paragraph(page.forgotten)


def _insert(insert: Insert) -> Iterator[str]:
    """A form: what it holds, the order of its figures, an example."""
    size = len(insert.figures)
    yield f"**{insert.contents}:** ``{insert.form}`` dan {size} angka, berurutan:"
    yield ""
    for place, (name, figure) in enumerate(insert.figures, 1):
        yield f"{place}. {name}: {figure}"
    yield ""
    yield from _dialogue(insert.exchange)


def _dialogue(exchange: Exchange) -> Iterator[str]:
    """A text and its reply, as they stand on a telephone."""
    yield "::"
    yield ""
    yield f"    Anda:   {exchange.text}"
    first, *others = wrap(exchange.reply, _WIDTH, break_on_hyphens=False)
    yield f"    Pusat:  {first}"
    yield from (f"            {line}" for line in others)
    yield ""


def _heading(text: str, line: str) -> Iterator[str]:
    yield text
    yield line * len(text)
    yield ""


def _paragraph(text: str) -> Iterator[str]:
    yield from _wrapped(text)
    yield ""


def _bullets(sentences: Sequence[str]) -> Iterator[str]:
    for sentence in sentences:
        first, *others = _wrapped(sentence)
        yield f"- {first}"
        yield from (f"  {line}" for line in others)
    yield ""


def _wrapped(text: str) -> list[str]:
    return wrap(text, _LINE, break_on_hyphens=False, break_long_words=False)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A simple table."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    border = "  ".join("=" * width for width in widths)
    yield border
    for at, row in enumerate((heads, *rows)):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
        if not at:
            yield border
    yield border
    yield ""


if __name__ == "__main__":
    FILE.write_text(render(), encoding="utf-8")
