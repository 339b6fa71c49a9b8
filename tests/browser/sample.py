"""The units, officers and texts that the pages show in these tests."""

from __future__ import annotations

__all__ = ["OFFICERS", "TEXTS", "UNITS"]

from tests.system.centre import Officer, Unit

_LONG = "Lembaga Pembinaan Khusus Anak dan Rumah Tahanan Negara Kelas IIB"

UNITS = [
    Unit("1203", "LP_CIPINANG2", "Lapas Kelas IIA Cipinang", "DKI", "RUTAN|BAPAS"),
    Unit("1201", "LP_CIPINANG", "Lapas Kelas I Cipinang", "DKI", "RUTAN"),
    Unit("1271", "RB_CIPINANG", "Rupbasan Cipinang", "DKI", "RUPBASAN"),
    Unit("0301", "LP_TJGUSTA", "Lapas Tanjung Gusta", "SUMUT", "RUTAN"),
    Unit("3401", "LP_ABEPURA", f"{_LONG} Abepura", "PAPUA", "RUTAN"),
]

OFFICERS = [
    Officer("+628111203001", "Budi Santoso", "1203"),
    Officer("+628111201001", "Siti Rahmawati", "1201"),
    Officer("+628111271001", "Agus Prasetyo", "1271"),
    Officer("+628110301001", "Maruli Hutagalung", "0301"),
    Officer("+628113401001", f"Yohanes {_LONG}", "3401"),
]

TEXTS = [
    ("+628111203001", "RUTAN 82 54 36 39"),
    ("+628111203001", "RUTAN 83 54 36 39"),
    ("+628111203001", "BAPAS 10 20 30 40"),
    ("+628111203001", "RUTAN PEG 40 12 22 9"),
    ("+628111201001", "RUTAN 410 12 1830 41"),
    ("+628111271001", "RUPBASAN BASAN 1 2 3 4 5 6 7 8"),
    ("+628110301001", "RUTAN <b>82</b> 54 36"),
    ("+628110301001", '=HYPERLINK("http://contoh") \u202e terbalik'),
    ("+6281999000001", "Selamat pagi, ini nomor siapa?"),
]
