"""The officers' guide, made of the same tables as the commands: formats, fields, days.

Every reply in it is what the commands answer to the text beside it. It refuses to know
how the guide is printed.
"""

from __future__ import annotations

__all__ = [
    "CONTENTS",
    "EXAMPLES",
    "MEANINGS",
    "NAMES",
    "Example",
    "Talk",
    "guide_pages",
]

import datetime
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from attrs import frozen

from smscentre.commands.dispatch import Rules, interpret
from smscentre.commands.forms import FORMS, KINDS, REPORTS, Form
from smscentre.directory import Directory, Officer, Province, Right, Unit
from smscentre.guide import Exchange, GuidePage, Insert, Mistake, Question
from smscentre.interfaces import Effect, Ledger, Request

_FIGURES: Final = {
    4: (82, 54, 36, 39),
    5: (82, 54, 12, 12, 12),
    8: (82, 54, 36, 39, 12, 12, 12, 12),
}
"""The manual's figures, by how many a form has."""

_DAY: Final = "270408"

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

_SEXES: Final = {"p": "pria (P)", "w": "wanita (W)"}

_TITLES: Final = {
    "RUTAN": "Rutan dan lapas",
    "BAPAS": "Bapas",
    "RUPBASAN": "Rupbasan",
}

CONTENTS: Final = {
    "RUTAN": "Jumlah penghuni, setiap pagi dan sore",
    "RUTAN PEG": "Jumlah pegawai, bila berubah",
    "BAPAS": "Jumlah klien, setiap hari",
    "BAPAS PEG": "Jumlah pegawai, bila berubah",
    "RUPBASAN BASAN": "Benda sitaan negara, setiap hari",
    "RUPBASAN BARAN": "Barang rampasan negara, setiap hari",
    "RUPBASAN PEG": "Jumlah pegawai, bila berubah",
}
"""What each form is for, and when."""


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

_RULES: Final = (
    "Tulis jumlah yang ada **pada saat itu**, bukan tambahannya. Yang kosong ditulis"
    " 0.",
    "Beri satu spasi di antara kata dan angka. Huruf besar dan kecil sama saja.",
    "Angka tanpa titik dan tanpa huruf: ``1082``, bukan ``1.082`` atau ``1O82``.",
    "Tunggu balasan. Data tersimpan bila balasan berisi *berhasil*; tanpa kata itu"
    " belum.",
)

_CORRECTIONS: Final = (
    "*Angka salah:* kirim laporan yang benar sekali lagi. Balasannya diawali ``Update"
    " Data``, dan angka yang terakhir yang dihitung.",
    "*Salah kirim:* ketik ``BATAL`` dalam 15 menit. Laporan Anda yang terakhir ditarik,"
    " dan angka sebelumnya berlaku lagi.",
    "*Ragu:* kirim laporan yang sama sekali lagi. Dalam sepuluh menit ia tidak dihitung"
    " dua kali, dan balasannya datang lagi.",
)

_ASKING: Final = (
    "T adalah jumlahnya. Tanpa tanggal, jawabannya untuk hari ini. Kode UPT dicari"
    " dengan ``UPT CIPINANG``, singkatan provinsi dengan ``PROV``."
)

_CAUTION: Final = (
    "Pusat tidak menebak. Bila SMS tidak jelas, ia bertanya dan memberi contoh."
)

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


class Notebook(Ledger, Protocol):
    """A ledger that a talk is written into."""

    def store(self, effects: Iterable[Effect], request: Request) -> None:
        """Do what the store does with the effects of one message."""


NewNotebook = Callable[[Directory], Notebook]


class Talk:
    """An officer of the manual's unit, on its day, and what the centre answers."""

    def __init__(self, provinces: Iterable[Province], new: NewNotebook) -> None:
        unit = Unit("1203", "LP_CIPINANG2", "", "DKI", frozenset(KINDS))
        officer = Officer("+628111203001", "", "1203", (), frozenset(Right))
        self._officer = officer
        self._directory = Directory.of(provinces, [unit], [officer])
        self._notebook = new(self._directory)
        zone = self._directory.provinces["DKI"].timezone
        self._rules = Rules(7, zone)
        self._at = datetime.datetime(2008, 4, 27, 9, tzinfo=zone).timestamp()

    def ask(self, text: str) -> Exchange:
        """Send a text."""
        # An equal one within ten minutes would be taken for a repetition.
        self._at += 900
        officer, at = self._officer, self._at
        request = Request(officer.number, text, officer, at, at)
        command = interpret(request, self._directory, self._rules)
        outcome = command.run(self._notebook)
        self._notebook.store(outcome.effects, request)
        return Exchange(text, outcome.reply)


def guide_pages(
    provinces: Iterable[Province], new: NewNotebook
) -> tuple[GuidePage, ...]:
    """The whole guide; each page talks to an empty ledger of its own."""
    known = tuple(provinces)
    return tuple(_page(kind, Talk(known, new)) for kind in KINDS)


def _page(kind: str, talk: Talk) -> GuidePage:
    forms = [form for form in FORMS if form.kind == kind]
    wrong = [one for one in EXAMPLES if one.kind == kind]
    inserts = tuple(_insert(form, talk) for form in forms)
    return GuidePage(
        kind=kind,
        title=_TITLES[kind],
        rules=_RULES,
        inserts=inserts,
        days=_days(inserts[0].exchange.text),
        corrections=_CORRECTIONS,
        questions=tuple(_questions(kind, talk)),
        asking=_ASKING,
        caution=_CAUTION,
        wrong=talk.ask(wrong[0].text),
        mistakes=tuple(Mistake(one.text, one.advice) for one in wrong),
        meanings=MEANINGS,
        forgotten=f"Lupa formatnya? Kirim ``{kind}`` atau ``BANTUAN``.",
    )


def _insert(form: Form, talk: Talk) -> Insert:
    """A form: what it holds, the order of its figures, an example."""
    figures = _FIGURES[form.size]
    named = tuple(
        (_name(field), figure)
        for field, figure in zip(form.fields, figures, strict=True)
    )
    text = " ".join([form.id, *map(str, figures)])
    return Insert(form.id, CONTENTS[form.id], named, talk.ask(text))


def _days(text: str) -> str:
    """How a day is typed."""
    shapes = " ".join(
        f"``{day}``" for day in (_DAY, "27-04-08", "27/04/2008", "KEMARIN")
    )
    return (
        "Tanpa tanggal, laporan berlaku untuk hari ini menurut jam di UPT Anda. Untuk"
        " hari lain tulis tanggal, bulan, tahun di akhir, paling lama tujuh hari ke"
        f" belakang: ``{text} {_DAY}``. Bentuknya boleh {shapes}. Balasan menyebut"
        " tanggal itu; periksalah. Hari di dalam bulan yang sudah ditutup tidak dapat"
        " diisi lagi lewat SMS."
    )


def _questions(kind: str, talk: Talk) -> Iterable[Question]:
    """The questions of a kind, with an answer each."""
    for report in REPORTS:
        if report.kind == kind:
            words = " ".join(report.words)
            yield Question(
                talk.ask(f"{words} GETUPT UPT1203 {_DAY}"),
                f"{words} GETPROV DKI {_DAY}",
                f"{words} GETALL {_DAY}",
            )


def _name(field: str) -> str:
    """A field in full."""
    group, _, sex = field.partition("_")
    return f"{NAMES[group]}, {_SEXES[sex]}" if sex else NAMES[group]
