"""What is wrong with a row of a file or a field of a form, in Indonesian.

A table beside that of `imports`, by the same names of rules. It decides nothing.
"""

from __future__ import annotations

__all__ = ["COLUMNS", "TEXTS", "by_field", "day_faults", "in_words"]

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from smscentre.days import parse_day
from smscentre.errors import Fault

TEXTS: Final = {
    "empty": "Wajib diisi.",
    "day": "Tulis tanggal seperti 2026-12-31.",
    "control": "Harus satu baris, tanpa karakter kendali.",
    "long": "Paling panjang {} karakter.",
    "twice": "Sudah ada pada baris {}.",
    "no_file": "Berkasnya kosong.",
    "no_row": "Di bawah judul kolom tidak ada isi.",
    "encoding": "Bukan UTF-8. Simpan berkasnya sebagai CSV UTF-8.",
    "no_csv": "Bukan CSV yang benar; periksa tanda kutipnya.",
    "beyond": "Di luar kolom terakhir.",
    "header": "Judul kolom tidak dikenal.",
    "header_twice": "Judul kolom ada dua kali.",
    "header_missing": "Kolom {} tidak ada.",
    "code": "Isi 1 sampai 12 huruf dan angka.",
    "name": "Isi 1 sampai 15 karakter: A-Z, 0-9 dan _.",
    "name_taken": "Nama ini sudah dipakai UPT {}.",
    "province": "Provinsi tidak dikenal.",
    "kinds": "Pilih dari {}.",
    "capacity": "Isi bilangan bulat, atau kosongkan.",
    "order": "Tidak boleh sebelum {}.",
    "place": "Isi kode UPT, singkatan provinsi, atau ALL.",
    "rights": "Pilih dari {}, atau kosongkan.",
    "active": "Isi 1 atau 0, ya atau tidak.",
    "not_yours": "Di luar wilayah Anda.",
    "own_number": "Ini nomor pusat sendiri.",
    "digits": "Isi nomor dengan angka saja.",
    "short": "Nomornya terlalu pendek.",
    "length": "Panjang nomornya tidak mungkin.",
    "country": "Kode negaranya tidak dikenal.",
}
"""By the names of the rules; ``{}`` stands for what they are about."""

COLUMNS: Final = {
    "code": "Kode",
    "name": "Nama",
    "title": "Nama lengkap",
    "province": "Provinsi",
    "kinds": "Jenis",
    "capacity": "Kapasitas",
    "city": "Kota",
    "aliases": "Nama lain",
    "valid_from": "Berlaku sejak",
    "valid_until": "Berlaku sampai",
    "number": "Nomor",
    "unit": "UPT atau wilayah",
    "rights": "Hak",
    "roles": "Tugas",
    "active": "Aktif",
}
"""What the columns of files are called on pages."""

_NEAR: Final = " Maksudnya {}?"


def in_words(fault: Fault) -> str:
    """A fault in a sentence or two."""
    about = COLUMNS.get(fault.about, fault.about)
    near = _NEAR.format(fault.near) if fault.near else ""
    return TEXTS[fault.rule].format(about) + near


def by_field(faults: Sequence[Fault], fields: Mapping[str, str]) -> dict[str, str]:
    """What is wrong by the fields of a form, of which each has a column."""
    found: dict[str, str] = {}
    for fault in faults:
        found.setdefault(fields[fault.column], in_words(fault))
    return found


def day_faults(since: str, until: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the days from and to which somebody looks, by the field."""
    for name, day in (("dari", since), ("sampai", until)):
        if day and parse_day(day) is None:
            yield name, "Tulis tanggal sebagai tahun-bulan-tanggal: 2024-05-14."
            return
    if since and until and since > until:
        yield "sampai", "Tanggal akhir lebih awal daripada tanggal mulai."
