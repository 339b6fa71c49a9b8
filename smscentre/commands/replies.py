"""Every text that an officer can read in a reply, as one table.

The last stop of a command before the store. No other module holds reply text;
this one knows no rule by which a reply is chosen, only how one is filled in.
"""

from __future__ import annotations

__all__ = [
    "AND",
    "COUNTRY",
    "EMPTY",
    "INSERTED",
    "INSERT_HELP",
    "LONGEST",
    "NOBODY",
    "NOW",
    "OR",
    "QUERIED",
    "QUERIED_WORDS",
    "QUERY_HELP",
    "REPORT_NAMES",
    "RIGHT_NAMES",
    "SCOPE_NAMES",
    "SOME",
    "SEVERAL",
    "TEXTS",
    "THEIRS",
    "TOTAL",
    "compose",
    "field_name",
    "in_line",
    "inserted",
    "inserted_several",
    "is_own_reply",
    "joined",
    "month_name",
    "places",
    "shortened",
    "quotes_own_reply",
]

import datetime
import re
from collections.abc import Sequence
from itertools import product
from typing import Final

from smscentre.monthnames import MONTHS

LONGEST: Final = 160
"""The most GSM-7 characters of any reply but the manual's own."""

TEXTS: Final = {
    "count": "Format salah: {form} perlu {n} angka, diterima {got}. "
    "Contoh: {example}. Data belum disimpan.",
    "date_as_count": "Angka ke-{i} '{value}' tampak seperti tanggal. "
    "{form} perlu {n} angka, lalu tanggal bila perlu. "
    "Contoh: {example}. Data belum disimpan.",
    "letter": "Angka ke-{i} tidak dikenal: '{value}'. "
    "Ketik ulang dengan angka saja. Contoh: {example}. Data belum disimpan.",
    "dot": "Angka ke-{i} '{value}' memakai titik atau koma. "
    "Tulis tanpa tanda: {plain}. Contoh: {example}. Data belum disimpan.",
    "range": "Angka ke-{i} '{value}' salah. "
    "Isi 0 sampai 9999999, tanpa tanda minus. "
    "Contoh: {example}. Data belum disimpan.",
    "keyword": "Perintah '{word}' tidak dikenal. Maksud Anda {guess}? "
    "Contoh: {example}. Balas BANTUAN untuk daftar format.",
    "keyword_two": "Perintah '{word}' tidak dikenal. "
    "Maksud Anda {guess} atau {guess2}? Balas BANTUAN untuk daftar format.",
    "no_keyword": "Perintah tidak dikenal. "
    "Awali dengan RUTAN, BAPAS atau RUPBASAN. "
    "Contoh: {example}. Balas BANTUAN untuk daftar format.",
    "sub_keyword": "RUPBASAN harus diikuti BASAN, BARAN atau PEG. "
    "Contoh: {example}. Data belum disimpan.",
    "upt": "UPT '{word}' tidak terdaftar. "
    "Balas UPT <nama> untuk mencari kode. Contoh: {example}",
    "upt_guess": "UPT '{word}' tidak terdaftar. "
    "Maksud Anda {code} {name} ({province})? Contoh: {example}",
    "upt_many": "'{word}' cocok dengan {n} UPT: {units}. "
    "Pakai kodenya. Contoh: {example}",
    "province": "Provinsi '{word}' tidak dikenal. "
    "Balas PROV untuk daftar singkatan. Contoh: {example}",
    "province_guess": "Provinsi '{word}' tidak dikenal. "
    "Maksud Anda {guess}? Balas PROV untuk daftar singkatan.",
    "province_two": "Provinsi '{word}' tidak dikenal. "
    "Maksud Anda {guess} atau {guess2}? Balas PROV untuk daftar singkatan.",
    "date": "Tanggal '{value}' tidak ada. "
    "Format: ddmmyy, contoh 270408 untuk 27 April 2008. Contoh: {example}",
    "future": "Tanggal {date} belum tiba (hari ini {today} {zone}). Contoh: {example}",
    "too_old": "Tanggal {date} lebih dari {days} hari lalu, "
    "tidak bisa diisi lewat SMS. Hubungi Kanwil/admin. Data belum disimpan.",
    "closed": "Bulan {month} sudah ditutup, data tgl {date} tidak bisa diubah "
    "lewat SMS. Hubungi Kanwil/admin. Data belum disimpan.",
    "closed_undo": "Bulan {month} sudah ditutup, {what} tidak bisa dibatalkan "
    "lewat SMS. Hubungi Kanwil/admin. Tidak ada yang diubah.",
    "not_counted": "UPT {unit} belum atau tidak lagi berlaku pada tgl {date}. "
    "Hubungi Kanwil/admin. Data belum disimpan.",
    "no_data": "Belum ada data {report} {scope} tgl {date}. "
    "Data terakhir: {latest}. Kirim: {example}",
    "no_data_ever": "Belum ada data {report} {scope} tgl {date}, "
    "dan belum pernah ada sebelumnya.",
    "partial": " Lapor {n}/{of} UPT.",
    "unknown": "Nomor Anda belum terdaftar di SMS Centre Ditjenpas. "
    "Minta admin UPT/Kanwil mendaftarkan nomor ini. SMS tidak diproses.",
    "inactive": "Nomor Anda terdaftar tetapi tidak aktif. "
    "Hubungi admin Kanwil. SMS tidak diproses.",
    "kind": "UPT {unit} hanya melapor {kinds}, bukan {kind}. "
    "Contoh: {example}. Data belum disimpan.",
    "no_insert": "Nomor Anda boleh bertanya tetapi tidak boleh mengisi data. "
    "Contoh: {example}",
    "no_query": "Nomor Anda boleh mengisi data tetapi tidak boleh bertanya. "
    "Contoh: {example}",
    "no_unit": "Nomor Anda tidak terikat pada satu UPT, "
    "jadi tidak dapat mengisi data lewat SMS. "
    "Isi di web atau kirim dari nomor UPT. Data belum disimpan.",
    "failed": "Maaf, SMS Anda sudah diterima tetapi belum dapat diproses. "
    "Data belum disimpan. Petugas kami sudah diberi tahu.",
    "parts": "SMS terpotong: bagian {part} dari {of} tidak sampai. "
    "Mohon kirim ulang. Data belum disimpan.",
    "flood": "Terlalu banyak SMS dari nomor ini. "
    "Coba lagi setelah {time}. Data belum disimpan.",
    "confirm": "Belum disimpan: {field} terakhir {old}, kini {new}. "
    "Bila benar balas YA {code} sebelum {time}. "
    "Bila salah kirim ulang angkanya.",
    "undone": "Dibatalkan: {what}. Nilai sebelumnya berlaku lagi. Terima Kasih",
    # What the list leaves open of an undo: nothing held before, another's report
    # holds, some of each, and reports that were only pending.
    "undone_first": "Dibatalkan: {what}. "
    "Belum ada laporan lain untuk hari itu. Terima Kasih",
    "undone_each": "Dibatalkan: {what}. Terima Kasih",
    "undo_overtaken": "Laporan Anda {what} sudah diganti petugas lain. "
    "Laporan petugas itu tetap berlaku, tidak ada yang diubah.",
    "undone_pending": "Dibatalkan: {what}, yang belum disimpan. Terima Kasih",
    "undo_alone": "BATAL membatalkan kiriman Anda yang terakhir. "
    "Balas BATAL saja, tanpa kata lain. Tidak ada yang diubah.",
    "nothing_to_undo": "Tidak ada tindakan Anda dalam 15 menit terakhir "
    "yang dapat dibatalkan.",
    "no_pending": "Tidak ada yang menunggu kode itu, "
    "atau waktunya sudah habis. Kirim ulang angkanya. Data belum disimpan.",
    "remind": "UPT {unit} belum lapor {forms} hari ini {date}. "
    "Batas {time} {zone}. Contoh: {example}",
    "digest": "{scope} {date}: {n} dari {of} UPT sudah lapor. "
    "Belum: {units}. Rincian di web.",
    "pin": "PIN salah atau belum ditulis. Tulis di akhir: {example} PIN 123456. "
    "Setelah 3 kali salah nomor diblokir 1 jam.",
    "registered": "Nomor Anda terdaftar untuk UPT {unit}, hak: {rights}. "
    "Balas BANTUAN untuk daftar format. Terima Kasih",
    "bad_code": "Kode pendaftaran salah atau sudah dipakai. "
    "Minta kode baru kepada admin.",
    "pin_locked": "PIN salah 3 kali. Hak {right} dari nomor ini diblokir "
    "sampai {time}. SMS tidak diproses. Lupa PIN? Hubungi admin Kanwil.",
    "code_locked": "Kode pendaftaran salah 3 kali. Nomor ini baru dapat mendaftar "
    "lagi pukul {time}. Minta kode baru kepada admin.",
    "has_number": "Nomor Anda sudah terdaftar. Kode tidak dipakai. "
    "Untuk pindah UPT hubungi admin. Balas BANTUAN untuk daftar format.",
    # What the lists above leave open: no place named, no right at all, the
    # sentence that ends a refused insert whose template serves queries too.
    "no_place_upt": "UPT mana? Tulis kode atau nama UPT. Contoh: {example}",
    "no_place_province": "Provinsi mana? Balas PROV untuk daftar singkatan. "
    "Contoh: {example}",
    "no_right": "Nomor Anda terdaftar tetapi belum diberi hak mengisi data "
    "atau bertanya. Hubungi admin Kanwil. SMS tidak diproses.",
    "not_stored": ". Data belum disimpan.",
    # Several commands in one SMS, one a line.
    "several_same": "Baris {i} dan {j} sama-sama {form} untuk hari yang sama. "
    "Kirim satu saja. Contoh: {example}. Data belum disimpan.",
    "several_mixed": "Baris {i}: laporan dan perintah lain tidak dapat dikirim dalam "
    "satu SMS. Kirim sendiri-sendiri. Data belum disimpan.",
    "several_many": "Satu SMS memuat paling banyak {n} perintah, diterima {got}. "
    "Kirim dalam beberapa SMS. Data belum disimpan.",
    # Help shows the manual's own figures.
    "help": "Format: {examples}. Balas {kinds} untuk semua format.",
    "help_upt": "Balas UPT <nama> untuk mencari kode UPT. Contoh: UPT CIPINANG",
    "help_rutan": "Format: RUTAN 82 54 36 39; RUTAN PEG 82 54 36 39; "
    "RUTAN GETUPT UPT1203 270408; RUTAN GETPROV DKI 270408; RUTAN GETALL 270408",
    "help_rutan_insert": "Format: RUTAN 82 54 36 39 (Tahanan P W, Napi P W); "
    "RUTAN PEG 82 54 36 39 (Pengamanan P W, Staf P W)",
    "help_rutan_query": "Format: RUTAN GETUPT UPT1203 270408; "
    "RUTAN GETPROV DKI 270408; RUTAN GETALL 270408",
    "help_bapas": "Format: BAPAS 82 54 36 39; BAPAS PEG 82 54 36 39; "
    "BAPAS GETUPT UPT1203 270408; BAPAS GETPROV DKI 270408; BAPAS GETALL 270408",
    "help_bapas_insert": "Format: BAPAS 82 54 36 39 (PB CMB CB PIB); "
    "BAPAS PEG 82 54 36 39 (PK P W, Staf P W)",
    "help_bapas_query": "Format: BAPAS GETUPT UPT1203 270408; "
    "BAPAS GETPROV DKI 270408; BAPAS GETALL 270408",
    "help_rupbasan": "Format: RUPBASAN BASAN (atau BARAN) 82 54 12 12 12; "
    "RUPBASAN PEG 82 54 36 39 12 12 12 12; "
    "RUPBASAN BASAN GETALL 270408 (atau GETUPT UPT1203, GETPROV DKI)",
    "help_rupbasan_insert": "Format: RUPBASAN BASAN 82 54 12 12 12; "
    "RUPBASAN BARAN 82 54 12 12 12 (UM BHG BHY TBK HWTBH); "
    "RUPBASAN PEG 82 54 36 39 12 12 12 12 (Pam Staf Pnl Pml, P W)",
    "help_rupbasan_query": "Format: RUPBASAN BASAN GETUPT UPT1203 270408; "
    "RUPBASAN BASAN GETPROV DKI 270408; RUPBASAN BASAN GETALL 270408 "
    "(BARAN sama seperti BASAN)",
    # Who has not reported yet.
    "unreported": "{scope} {date}: {n} dari {of} UPT belum lapor: {units}. "
    "Rincian di web.",
    "all_reported": "{scope} {date}: semua {of} UPT sudah lapor. Terima Kasih",
    "no_units": "Belum ada UPT terdaftar di {scope}. Balas PROV untuk daftar "
    "singkatan.",
    "list_provinces": "Provinsi: {keywords}",
    "list_provinces_more": "Provinsi: {keywords}. Lanjut: PROV {next}",
    "list_units": "{n} UPT: {units}",
    "list_units_more": "{n} UPT: {units} dan lain-lain. Tulis nama lebih lengkap.",
}
"""The replies that the manual does not give, by id."""

INSERTED: Final = {
    "RUTAN": "Insert Data UPT {} berhasil, Tahanan P={}, W={} / Napi P={}, W={}. "
    "Terima Kasih",
    "RUTAN PEG": "Insert Data Pegawai UPT {} berhasil, "
    "Pengamanan P={}, W={} / Staf P={}, W={}. Terima Kasih",
    "BAPAS": "Insert Data Bapas {} berhasil, PB={}, CMB={}, CB={}, PIB={}. "
    "Terima Kasih",
    "BAPAS PEG": "Insert Data Pegawai Bapas {} berhasil, "
    "Pembimbing P={}, W={} / Staf P={}, W={}. Terima Kasih",
    "RUPBASAN BASAN": "Insert Data Rupbasan Basan {} berhasil, "
    "UM={}, BHG={}, BHY={}, TBK={}, HWTBH={}. Terima Kasih",
    "RUPBASAN BARAN": "Insert Data Rupbasan Baran {} berhasil, "
    "UM={}, BHG={}, BHY={}, TBK={}, HWTBH={}. Terima Kasih",
    "RUPBASAN PEG": "Insert Data Pegawai Rupbasan {} berhasil, "
    "Pam P={}, W={} / Staf P={}, W={} / Pnl P={}, W={} / Pml P={}, W={}. "
    "Terima Kasih",
}
"""The manual's answers to inserts, by form: the unit, then its figures."""

_UPDATED: Final = {
    form: "Update" + text.removeprefix("Insert") for form, text in INSERTED.items()
}
_DAY_OF: Final = "{} tgl: {}"

SEVERAL: Final = "{verb} Data UPT {unit} berhasil, {reports}. Terima Kasih"
"""The answer to several inserts in one SMS, each shown as it is alone."""

_RUTAN = (
    "Tahanan P={tahanan_p}, W={tahanan_w}, T={tahanan_t} / "
    "Napi P={napi_p}, W={napi_w}, T={napi_t} / "
    "Pam P={pam_p}, W={pam_w}, T={pam_t} / "
)
_STAF = "Staf P={staf_p}, W={staf_w}, T={staf_t}"
# In this one place the manual writes Staff.
_STAFF = "Staff P={staf_p}, W={staf_w}, T={staf_t}"
_BAPAS = (
    "PB={pb}, CMB={cmb}, CB={cb}, PIB={pib}, T={t} / PK P={pk_p}, W={pk_w}, T={pk_t} / "
)
_GOODS = (
    "UM={um}, BHG={bhg}, BHY={bhy}, TBK={tbk}, HWTBH={hwtbh}"
    "/Pam P={pam_p}, W={pam_w}, T={pam_t}"
    "/Staf P={staf_p}, W={staf_w}, T={staf_t}"
    "/Pnl P={pnl_p}, W={pnl_w}, T={pnl_t}"
    "/Pml P={pml_p}, W={pml_w}, T={pml_t}"
)

QUERIED: Final = {
    ("RUTAN", "UPT"): "Data Rutan UPT{place}, tgl: {date} " + _RUTAN + _STAF,
    ("RUTAN", "PROV"): "Data Rutan Prov {place} {date} " + _RUTAN + _STAF,
    ("RUTAN", "ALL"): "Data Rutan All {date} " + _RUTAN + _STAFF,
    ("BAPAS", "UPT"): "Data Bapas UPT{place}, tgl: {date} " + _BAPAS + _STAF,
    ("BAPAS", "PROV"): "Data Bapas Prov {place} {date} " + _BAPAS + _STAF,
    ("BAPAS", "ALL"): "Data Bapas All {date} " + _BAPAS + _STAF,
    ("BASAN", "UPT"): "Basan UPT{place} {date} " + _GOODS,
    ("BASAN", "PROV"): "Basan {place} {date} " + _GOODS,
    ("BASAN", "ALL"): "Basan All {date} " + _GOODS,
    ("BARAN", "UPT"): "Baran UPT{place} {date} " + _GOODS,
    ("BARAN", "PROV"): "Baran {place} {date} " + _GOODS,
    ("BARAN", "ALL"): "Baran All {date} " + _GOODS,
}
"""The manual's answers to queries, by report and scope."""

REPORT_NAMES: Final = {
    "RUTAN": "Rutan",
    "BAPAS": "Bapas",
    "BASAN": "Basan",
    "BARAN": "Baran",
}
SCOPE_NAMES: Final = {"UPT": "UPT{}", "PROV": "Prov {}", "ALL": "All"}
"""How reports and scopes are called within a sentence."""

INSERT_HELP: Final = {
    "RUTAN": "RUTAN 82 54 36 39",
    "BAPAS": "BAPAS 82 54 36 39",
    "RUPBASAN": "RUPBASAN BASAN 82 54 12 12 12",
}
QUERIED_WORDS: Final = {
    "RUTAN": "RUTAN",
    "BAPAS": "BAPAS",
    "RUPBASAN": "RUPBASAN BASAN",
}
QUERY_HELP: Final = {
    "UPT": "{} GETUPT UPT1203 270408",
    "PROV": "{} GETPROV DKI 270408",
    "ALL": "{} GETALL 270408",
}
"""One example of each kind, for those who may use several kinds."""

NOW: Final = "{} (kini {})"
EMPTY: Final = "kosong"
THEIRS: Final = "laporan petugas lain"
SOME: Final = "{} laporan"
TOTAL: Final = "Jumlah"
"""Words within the reply to an undo or to figures that look like a slip: what an
undone report is now, and how several are called."""
RIGHT_NAMES: Final = {"insert": "mengisi data", "query": "bertanya"}
"""How rights are called within a sentence."""

_LINE: Final = "{} (baris {})"
_UPDATED_WORD: Final = "Update {}"
_REPORT: Final = "{}: {}"
AND: Final = "dan"
OR: Final = "atau"
COUNTRY: Final = "Indonesia"
NOBODY: Final = "tidak ada"
_SOME: Final = "{} dan {} lain"
_PROVINCES: Final = "{} provinsi"


_MOST_NAMES = 20
"""More names than fit one SMS."""


def compose(name: str, /, **values: object) -> str:
    """Fill in a template of `TEXTS` so that it fits one SMS.

    A value that is a list holds alternatives, the best first: the first
    combination that fits is taken, else the last one.
    """
    template = TEXTS[name]
    choices = [
        [(key, alternative) for alternative in value]
        if isinstance(value, list)
        else [(key, value)]
        for key, value in values.items()
    ]
    text = ""
    for chosen in product(*choices):
        text = template.format(**dict(chosen))
        if len(text) <= LONGEST:
            break
    return text


def inserted(
    form: str, unit: str, values: Sequence[int], *, first: bool, day: str = ""
) -> str:
    """The manual's answer to an insert, naming a day where one is given."""
    template = (INSERTED if first else _UPDATED)[form]
    return template.format(_DAY_OF.format(unit, day) if day else unit, *values)


def field_name(field: str) -> str:
    """How a field is called within a sentence, as the manual's replies have it."""
    group, _, sex = field.partition("_")
    short = len(group) < 3 or not sex
    return f"{group.upper() if short else group.capitalize()} {sex.upper()}".rstrip()


_BERHASIL: Final = " berhasil, "
_THANKS: Final = ". Terima Kasih"
_EXAMPLE: Final = re.compile(
    r"(?<=Contoh: ).*?(?=\. Data belum disimpan|\. Balas BANTUAN|$)"
)


def inserted_several(unit: str, reports: Sequence[tuple[str, str]]) -> str:
    """One answer to several inserts, from each one's form and its own answer."""
    updates = [reply.startswith("Update") for _, reply in reports]
    parts = []
    for (form, reply), updated in zip(reports, updates, strict=True):
        head, _, figures = reply.partition(_BERHASIL)
        _, _, day = head.partition(_DAY_OF.format("", ""))
        named = _DAY_OF.format(form, day) if day else form
        if updated and not all(updates):
            named = _UPDATED_WORD.format(named)
        parts.append(_REPORT.format(named, figures.removesuffix(_THANKS)))
    verb = "Update" if all(updates) else "Insert"
    return SEVERAL.format(verb=verb, unit=unit, reports="; ".join(parts))


def in_line(reply: str, line: int) -> str:
    """A refusal that says which of several lines it is about, where that fits."""
    named = _EXAMPLE.sub(lambda found: _LINE.format(found[0], line), reply, count=1)
    return named if len(named) <= LONGEST else reply


def joined(names: Sequence[str], word: str = AND) -> str:
    """A list within a sentence, with a word before the last name."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def month_name(day: datetime.date) -> str:
    """The month of a day, with its year."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def shortened(names: Sequence[str]) -> list[str]:
    """A list within a sentence: alternatives, ever more of it as a number only."""
    shown = range(min(len(names), _MOST_NAMES), 0, -1)
    return [_some(names, count) for count in shown] or [NOBODY]


def _some(names: Sequence[str], count: int) -> str:
    text = ", ".join(names[:count])
    rest = len(names) - count
    return _SOME.format(text, rest) if rest else text


def places(keywords: Sequence[str]) -> list[str]:
    """Provinces as what a sentence is about, or their number; none: the country."""
    if not keywords:
        return [COUNTRY]
    several = [_PROVINCES.format(len(keywords))] if len(keywords) > 1 else []
    return [", ".join(keywords), *several]


_VALUE = re.compile(r"\{[a-z0-9_]*\}")
_TELLING = 8
"""The fewest characters of a template that tell a reply of ours."""

_TELLING_WITHIN = 20
"""The same of a template that stands somewhere in another text."""

_TELLING_INNER = 14
"""The same of what is sought anywhere in a text: officers say " belum lapor " too."""

_BY_FORM = re.compile(
    r"Ba[sr]an [A-Z]+ [0-9]{6} UM=|"
    r"[0-9]+ UPT: .+ \([A-Z]+\)|"
    r"UPT \S+ belum lapor .+ hari ini [0-9]{6}\. Batas "
)
"""Those of our texts of which no piece alone tells them from an officer's."""


def _marks() -> tuple[tuple[str, ...], re.Pattern[str]]:
    """What begins our replies, and what is within those that begin with a value.

    A beginning in capitals could be a command's, so it does not count.
    """
    heads, inner = [], []
    for template in (*TEXTS.values(), *INSERTED.values(), *_UPDATED.values()):
        pieces = _VALUE.split(template)
        if len(pieces[0]) >= _TELLING and not pieces[0].split()[0].isupper():
            heads.append(pieces[0])
        elif len(longest := max(pieces, key=len)) >= _TELLING_INNER:
            inner.append(longest)
    queried = [_VALUE.split(text)[0] for text in QUERIED.values()]
    heads += [head for head in queried if len(head) >= _TELLING]
    return tuple(heads), re.compile("|".join(map(re.escape, inner)))


_HEADS, _INNER = _marks()


def is_own_reply(text: str) -> bool:
    """Tell whether a text looks like a reply of ours that came back."""
    return (
        text.startswith(_HEADS)
        or _BY_FORM.match(text) is not None
        or _INNER.search(text) is not None
    )


def _quoted() -> frozenset[str]:
    """What of each template is long enough to tell it within another text."""
    said = [max(_VALUE.split(text), key=len) for text in TEXTS.values()]
    given = (*INSERTED.values(), *_UPDATED.values(), *QUERIED.values())
    beginnings = [_VALUE.split(text)[0] for text in given]
    return frozenset(
        [piece for piece in said if len(piece) >= _TELLING_WITHIN]
        + [piece for piece in beginnings if len(piece) >= _TELLING]
    )


_QUOTED = _quoted()


def quotes_own_reply(text: str) -> bool:
    """Tell whether a text that is no command has a reply of ours within it."""
    return any(piece in text for piece in _QUOTED)
