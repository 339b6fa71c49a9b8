"""Writes ``panduan.rst``, the officers' guide: a page for each kind of unit, to print.

Run as ``python -m docs.panduan`` (or ``make panduan``) after a change of
`smscentre.commands`; a test compares the file with what this makes of it. Formats and
fields are those of `commands.forms`, and every reply is what the commands answer.
"""

from __future__ import annotations

__all__ = ["EXAMPLES", "FILE", "MEANINGS", "NAMES", "Example", "Talk", "render"]

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Final

from attrs import frozen

from smscentre.commands.dispatch import Rules, interpret
from smscentre.commands.forms import FIELDS, FORMS, KIND_OF, KINDS, REPORTS, Form
from smscentre.directory import Directory, Officer, Right, Unit
from smscentre.interfaces import Request
from smscentre.provinces import load
from smscentre.sim.ledger import FakeLedger

FILE: Final = Path(__file__).parent / "panduan.rst"

_FIGURES = {
    4: (82, 54, 36, 39),
    5: (82, 54, 12, 12, 12),
    8: (82, 54, 36, 39, 12, 12, 12, 12),
}
"""The manual's figures, by how many a form has."""

_DAY = "270408"
_WIDTH = 56
"""Of a reply, so that two columns fit a page."""

NAMES: Final = {
    "tahanan": "Tahanan",
    "napi": "Narapidana",
    "pam": "Petugas pengamanan",
    "staf": "Staf",
    "pk": "Pembimbing kemasyarakatan",
    "pnl": "Peneliti atau penilai",
    "pml": "Petugas pemeliharaan",
    "pb": "Pembebasan bersyarat (PB)",
    "cmb": "Cuti menjelang bebas (CMB)",
    "cb": "Cuti bersyarat (CB)",
    "pib": "Pidana bersyarat (PIB)",
    "um": "Barang umum (UM)",
    "bhg": "Barang berharga (BHG)",
    "bhy": "Barang berbahaya (BHY)",
    "tbk": "Barang di tempat terbuka (TBK)",
    "hwtbh": "Hewan dan tumbuhan (HWTBH)",
}
"""What each field, or pair of fields, is called in full."""

_SEXES = {"p": "pria (P)", "w": "wanita (W)"}

_TITLES = {
    "RUTAN": "Rutan dan lapas",
    "BAPAS": "Bapas",
    "RUPBASAN": "Rupbasan",
}

_CONTENTS = {
    "RUTAN": "Jumlah penghuni, setiap pagi dan sore",
    "RUTAN PEG": "Jumlah pegawai, bila berubah",
    "BAPAS": "Jumlah klien, setiap hari",
    "BAPAS PEG": "Jumlah pegawai, bila berubah",
    "RUPBASAN BASAN": "Benda sitaan negara, setiap hari",
    "RUPBASAN BARAN": "Barang rampasan negara, setiap hari",
    "RUPBASAN PEG": "Jumlah pegawai, bila berubah",
}


@frozen
class Example:
    """Something that goes wrong: what is typed, and what the answer asks for."""

    kind: str
    text: str
    advice: str


EXAMPLES: Final = (
    Example("RUTAN", "RUTAN 82 54 36", "Satu angka kurang: kirim keempatnya."),
    Example("RUTAN", "RUTAN 82 54 36 3O", "Ada huruf O: ketik angka nol."),
    Example("RUTAN", "RUTAM 82 54 36 39", "Kata pertama salah ketik."),
    Example("BAPAS", "BAPAS 82 54 36 39 12", "Satu angka lebih: kirim empat saja."),
    Example("BAPAS", "BAPAS 1.082 54 36 39", "Angka ditulis tanpa titik."),
    Example("BAPAS", "BAPSA 82 54 36 39", "Kata pertama salah ketik."),
    Example("RUPBASAN", "RUPBASAN 82 54 12 12 12", "BASAN atau BARAN belum disebut."),
    Example("RUPBASAN", "RUPBASAN BASAN 82 54 12 12", "Satu angka kurang."),
    Example("RUPBASAN", "RUPBASAN BARAN 82 54 12 12 l2", "Ada huruf l: ketik satu."),
)

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

_RULES = """\
- Tulis jumlah yang ada **pada saat itu**, bukan tambahannya. Yang kosong ditulis 0.
- Beri satu spasi di antara kata dan angka. Huruf besar dan kecil sama saja.
- Angka tanpa titik dan tanpa huruf: ``1082``, bukan ``1.082`` atau ``1O82``.
- Tunggu balasan. Data tersimpan bila balasan berisi *berhasil*; tanpa kata itu belum.
"""

_CORRECTING = """\
- *Angka salah:* kirim laporan yang benar sekali lagi. Balasannya diawali ``Update
  Data``, dan angka yang terakhir yang dihitung.
- *Salah kirim:* ketik ``BATAL`` dalam 15 menit. Laporan Anda yang terakhir ditarik,
  dan angka sebelumnya berlaku lagi.
- *Ragu:* kirim laporan yang sama sekali lagi. Dalam sepuluh menit ia tidak dihitung
  dua kali, dan balasannya datang lagi.
"""

MEANINGS: Final = (
    ("Insert Data ... berhasil", "Laporan pertama hari itu sudah disimpan."),
    ("Update Data ... berhasil", "Laporan sudah disimpan dan mengganti yang tadi."),
    ("... Data belum disimpan.", "Ada yang salah; perbaiki lalu kirim ulang."),
    ("P=-", "Belum ada yang melapor. Nol ditulis P=0."),
    ("Lapor 212/337 UPT.", "Baru 212 dari 337 UPT yang masuk hitungan."),
    ("Nomor Anda belum terdaftar", "Minta admin UPT atau Kanwil mendaftarkannya."),
    ("SMS terpotong", "Satu bagian SMS panjang tidak sampai; kirim ulang."),
    ("Maaf, SMS Anda sudah diterima", "Gangguan di pusat; coba lagi nanti."),
)


class Talk:
    """An officer of the manual's unit, on its day, and what the centre answers."""

    def __init__(self) -> None:
        unit = Unit("1203", "LP_CIPINANG2", "", "DKI", frozenset(KINDS))
        officer = Officer("+628111203001", "", "1203", (), frozenset(Right))
        self._officer = officer
        self._directory = Directory.of(load(), [unit], [officer])
        self._ledger = FakeLedger(self._directory, FIELDS, KIND_OF)
        zone = self._directory.provinces["DKI"].timezone
        self._rules = Rules(7, zone)
        self._at = datetime.datetime(2008, 4, 27, 9, tzinfo=zone).timestamp()

    def ask(self, text: str) -> str:
        """Send a text; the reply."""
        # An equal one within ten minutes would be taken for a repetition.
        self._at += 900
        officer, at = self._officer, self._at
        request = Request(officer.number, text, officer, at, at)
        command = interpret(request, self._directory, self._rules)
        outcome = command.run(self._ledger)
        self._ledger.store(outcome.effects, request)
        return outcome.reply


def render() -> str:
    """The whole guide."""
    pages = ("\n".join(_page(kind)) for kind in KINDS)
    return "\n".join([_INTRO, _STYLE, *pages])


def _page(kind: str) -> Iterator[str]:
    """What an officer of one kind of unit needs."""
    talk = Talk()
    forms = [form for form in FORMS if form.kind == kind]
    yield from _heading(f"{_TITLES[kind]}: {kind}", "-")
    yield from _heading("Melapor", "~")
    yield _RULES
    for form in forms:
        yield from _insert(form, talk)
    yield from _heading("Tanggal", "~")
    yield from _dates(forms[0])
    yield from _heading("Membetulkan", "~")
    yield _CORRECTING
    yield from _heading("Bertanya", "~")
    yield from _queries(kind, talk)
    yield from _heading("Bila ada yang salah", "~")
    yield "Pusat tidak menebak. Bila SMS tidak jelas, ia bertanya dan memberi contoh."
    yield ""
    wrong = [example for example in EXAMPLES if example.kind == kind]
    yield from _dialogue(wrong[0].text, talk)
    rows = [(example.text, example.advice) for example in wrong]
    yield from _table(("SMS yang salah", "Sebabnya"), rows)
    yield from _heading("Arti balasan", "~")
    yield from _table(("Balasan", "Artinya"), MEANINGS)
    yield from _help(kind)


def _insert(form: Form, talk: Talk) -> Iterator[str]:
    """A form: what it holds, the order of its figures, an example."""
    figures = _FIGURES[form.size]
    yield f"**{_CONTENTS[form.id]}:** ``{form.id}`` dan {form.size} angka, berurutan:"
    yield ""
    named = [
        f"{place}. {_name(field)}: {figure}"
        for place, (field, figure) in enumerate(
            zip(form.fields, figures, strict=True), 1
        )
    ]
    yield from named
    yield ""
    yield from _dialogue(" ".join([form.id, *map(str, figures)]), talk)


def _dates(form: Form) -> Iterator[str]:
    """How a day is typed."""
    text = " ".join([form.id, *map(str, _FIGURES[form.size])])
    days = " ".join(f"``{day}``" for day in (_DAY, "27-04-08", "27/04/2008", "KEMARIN"))
    yield "Tanpa tanggal, laporan berlaku untuk hari ini menurut jam di UPT Anda. Untuk"
    yield "hari lain tulis tanggal, bulan, tahun di akhir, paling lama tujuh hari ke"
    yield f"belakang: ``{text} {_DAY}``. Bentuknya boleh"
    yield f"{days}. Balasan menyebut tanggal itu; periksalah."
    yield "Hari di dalam bulan yang sudah ditutup tidak dapat diisi lagi lewat SMS."
    yield ""


def _queries(kind: str, talk: Talk) -> Iterator[str]:
    """The questions of a kind, with their answers."""
    for report in REPORTS:
        if report.kind == kind:
            words = " ".join(report.words)
            yield from _dialogue(f"{words} GETUPT UPT1203 {_DAY}", talk)
            yield f"Satu provinsi: ``{words} GETPROV DKI {_DAY}``. Seluruh Indonesia:"
            yield f"``{words} GETALL {_DAY}``."
            yield ""
    yield "T adalah jumlahnya. Tanpa tanggal, jawabannya untuk hari ini. Kode UPT"
    yield "dicari dengan ``UPT CIPINANG``, singkatan provinsi dengan ``PROV``."
    yield ""


def _help(kind: str) -> Iterator[str]:
    yield f"Lupa formatnya? Kirim ``{kind}`` atau ``BANTUAN``."
    yield ""


def _name(field: str) -> str:
    """A field in full."""
    group, _, sex = field.partition("_")
    return f"{NAMES[group]}, {_SEXES[sex]}" if sex else NAMES[group]


def _dialogue(text: str, talk: Talk) -> Iterator[str]:
    """A text and its reply, as they stand on a telephone."""
    yield "::"
    yield ""
    yield f"    Anda:   {text}"
    first, *others = wrap(talk.ask(text), _WIDTH, break_on_hyphens=False)
    yield f"    Pusat:  {first}"
    yield from (f"            {line}" for line in others)
    yield ""


def _heading(text: str, line: str) -> Iterator[str]:
    yield text
    yield line * len(text)
    yield ""


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
