"""How pages say things in Indonesian: numbers, dates, ages, names of states.

Plain functions over values, used by the templates as filters. It decides nothing.
"""

from __future__ import annotations

__all__ = [
    "FILTERS",
    "MONTHS",
    "age",
    "alarm",
    "author",
    "deed",
    "figure",
    "kind_name",
    "long_date",
    "moment",
    "outcome",
    "registration",
    "role",
    "role_purpose",
    "rule",
    "signal",
    "silence",
    "stamp",
    "state",
]

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from smscentre.actors import WEB
from smscentre.messages import ModemAlarm
from smscentre.monthnames import MONTHS
from smscentre.numbers import masked
from smscentre.users import Role

_WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

_ROLES: Final = {
    Role.VIEWER: "pembaca laporan",
    Role.DATA: "petugas data",
    Role.OPERATOR: "operator gateway",
    Role.ADMIN: "admin",
}

_ROLE_PURPOSES: Final = {
    Role.VIEWER: "melihat laporan",
    Role.DATA: "juga memperbaiki data laporan",
    Role.OPERATOR: "juga melihat gateway dan SMS",
    Role.ADMIN: "semuanya, juga pengguna dan petugas",
}

_DEEDS: Final = {
    "broadcast": "SMS massal dikirim",
    "broadcast.resend": "SMS massal dikirim ulang",
    "login": "masuk",
    "login.failed": "gagal masuk",
    "logout": "keluar",
    "message.cancel": "SMS yang menunggu dibatalkan",
    "messages.done": "SMS tidak dikenali ditandai selesai",
    "messages.export": "SMS diekspor",
    "messages.list": "daftar SMS dibuka",
    "messages.read": "SMS dibaca",
    "data.correct": "data laporan diisi atau diperbaiki",
    "data.take_back": "data laporan ditarik kembali",
    "months.close": "bulan ditutup",
    "months.reopen": "bulan dibuka kembali",
    "officers.add": "petugas ditambah",
    "officers.change": "petugas diubah",
    "officers.import": "petugas diimpor",
    "officers.invite": "kode pendaftaran dibuat",
    "officers.move": "nomor petugas diganti",
    "officers.pin": "PIN petugas dipasang",
    "officers.pin.remove": "PIN petugas dilepas",
    "officers.register": "petugas mendaftar",
    "officers.revoke": "kode pendaftaran dicabut",
    "phone.text": "SMS dicoba lewat telepon uji",
    "reply.resend": "balasan dikirim ulang",
    "send": "SMS dikirim lewat API",
    "tokens.add": "token API dibuat",
    "tokens.revoke": "token API dicabut",
    "units.add": "UPT ditambah",
    "units.change": "UPT diubah",
    "units.import": "UPT diimpor",
    "users.add": "pengguna ditambah",
    "users.change": "pengguna diubah",
    "users.password": "kata sandi diganti",
}

_STATES: Final = {
    "done": "selesai",
    "silent": "tanpa balasan",
    "failed": "gagal",
    "corrupt": "rusak",
    "receipt": "tanda terima",
    "redelivered": "kiriman ulang",
    "enroute": "dalam perjalanan",
    "part": "bagian pesan panjang",
    "queued": "menunggu",
    "claimed": "sedang dikirim",
    "in_doubt": "belum pasti",
    "sent": "terkirim",
    "delivered": "sampai",
    "expired": "kedaluwarsa",
    "uncertain": "tidak pasti sampai",
    "unknown": "nasib tidak diketahui",
}

_OUTCOMES: Final = {
    "": "-",
    "insert": "data baru",
    "update": "data diperbarui",
    "repeat": "data sama, diulang",
    "query": "permintaan data",
    "help": "bantuan",
    "list": "daftar",
    "unknown": "nomor belum terdaftar",
    "inactive": "nomor tidak aktif",
    "count": "jumlah angka salah",
    "date_as_count": "angka tampak seperti tanggal",
    "letter": "huruf di dalam angka",
    "dot": "titik atau koma di dalam angka",
    "range": "angka di luar batas",
    "keyword": "perintah salah ketik",
    "keyword_two": "perintah salah ketik",
    "no_keyword": "perintah tidak dikenal",
    "sub_keyword": "RUPBASAN tanpa jenis",
    "upt": "UPT tidak terdaftar",
    "upt_guess": "UPT tidak terdaftar",
    "upt_many": "nama UPT cocok dengan beberapa",
    "province": "provinsi tidak dikenal",
    "province_guess": "provinsi tidak dikenal",
    "province_two": "provinsi tidak dikenal",
    "date": "tanggal salah",
    "future": "tanggal belum tiba",
    "too_old": "tanggal terlalu lama",
    "closed": "bulan sudah ditutup",
    "closed_undo": "bulan sudah ditutup",
    "not_counted": "UPT tidak berlaku pada hari itu",
    "no_data": "belum ada data",
    "no_data_ever": "belum ada data",
    "kind": "bukan jenis UPT ini",
    "no_insert": "tidak berhak mengisi",
    "no_query": "tidak berhak bertanya",
    "no_unit": "nomor tanpa UPT",
    "failed": "gagal diproses",
    "parts": "bagian pesan hilang",
    "flood": "terlalu banyak SMS",
    "no_right": "belum diberi hak",
    "no_place_upt": "UPT belum disebut",
    "no_place_province": "provinsi belum disebut",
    "confirm": "menunggu persetujuan",
    "no_pending": "tidak ada yang menunggu",
    "undone": "dibatalkan",
    "undone_first": "dibatalkan",
    "undone_each": "dibatalkan",
    "undone_pending": "dibatalkan",
    "undo_overtaken": "sudah diganti petugas lain",
    "undo_alone": "BATAL dengan kata lain",
    "several_same": "laporan yang sama dua kali",
    "several_mixed": "perintah berbeda dalam satu SMS",
    "several_many": "terlalu banyak perintah dalam satu SMS",
    "unreported": "daftar yang belum lapor",
    "all_reported": "semua sudah lapor",
    "no_units": "tidak ada UPT yang wajib lapor",
    "nothing_to_undo": "tidak ada yang dibatalkan",
    "pin": "PIN salah",
    "registered": "nomor didaftarkan",
    "bad_code": "kode pendaftaran salah",
    "pin_locked": "PIN salah 3 kali",
    "code_locked": "kode salah 3 kali",
    "has_number": "nomor sudah terdaftar",
}

_SILENCES: Final = {
    "sender_limit": "per pengirim",
    "destination_limit": "per tujuan",
    "unknown_limit": "nomor belum terdaftar, semua",
    "centre_limit": "seluruh pusat",
    "not_a_message": "bukan pesan",
    "fragment": "potongan tanpa nomor bagian",
    "no_sender": "tanpa pengirim",
    "name": "pengirim berupa nama",
    "short_code": "pengirim nomor pendek",
    "own_number": "dari nomor kita sendiri",
    "own_reply": "balasan kita yang kembali",
    "unknown_told": "nomor belum terdaftar, sudah diberi tahu",
    "locked": "kode salah 3 kali, diblokir",
    "third_identical": "teks sama untuk ketiga kali",
}

_SPANS: Final = {"minute": "menit", "hour": "jam", "day": "hari"}

_KINDS: Final = {"smpp": "SMPP", "modem": "modem", "phone": "telepon uji"}

_REGISTRATIONS: Final = {
    "": "-",
    "not registered and not searching": "tidak terdaftar",
    "registered at home": "terdaftar",
    "searching": "mencari jaringan",
    "registration denied": "ditolak jaringan",
    "unknown": "tidak diketahui",
    "registered, roaming": "terdaftar, roaming",
    "emergency calls only": "hanya panggilan darurat",
}

_SIGNALS: Final = ((-85, "kuat"), (-100, "cukup"))
_WEAK: Final = "lemah"

_ALARMS: Final = {
    ModemAlarm.PIN_WANTED: "SIM meminta PIN",
    ModemAlarm.PIN_REFUSED: "PIN ditolak, tidak dicoba lagi",
    ModemAlarm.PUK: "SIM terblokir, perlu PUK",
    ModemAlarm.SIM_ABSENT: "tidak ada SIM",
    ModemAlarm.SIM_LOCKED: "modem terkunci ke operator lain",
    ModemAlarm.SIM_FAILED: "SIM tidak dapat dipakai",
    ModemAlarm.MUTE: "modem tidak menjawab",
    ModemAlarm.UNUSABLE: "modem tidak dapat dipakai",
    ModemAlarm.STORE: "memori penuh atau SMS tidak dapat dihapus",
    ModemAlarm.SENDING: "SMS tidak dapat dikirim, periksa pulsa",
}

_AGES = ((86400, "hari"), (3600, "jam"), (60, "mnt"))


def figure(value: int | None) -> str:
    """A number with dots between thousands; ``-`` for what nobody reported."""
    return "-" if value is None else f"{value:,}".replace(",", ".")


def long_date(day: datetime.date) -> str:
    """A day in words: ``Selasa, 14 Mei 2024``."""
    return f"{_WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def moment(at: float, now: float, zone: ZoneInfo) -> str:
    """A moment by the clock of a zone: ``08.15.30``, or ``13 Mei 08.15``.

    Both are seconds since 1970; only another day than that of ``now`` is named.
    """
    there = datetime.datetime.fromtimestamp(at, zone)
    if there.date() == datetime.datetime.fromtimestamp(now, zone).date():
        return there.strftime("%H.%M.%S")
    return f"{there.day} {MONTHS[there.month - 1][:3]} {there:%H.%M}"


def stamp(at: float, zone: datetime.tzinfo) -> str:
    """A moment in full, as a log has it: ``14 Mei 2024 08.15.30``."""
    there = datetime.datetime.fromtimestamp(at, zone)
    return f"{there.day} {MONTHS[there.month - 1][:3]} {there:%Y %H.%M.%S}"


def age(seconds: float) -> str:
    """A duration by its two largest units: ``2 jam 5 mnt``."""
    rest = max(0, int(seconds))
    words: list[tuple[int, str]] = []
    for size, name in _AGES:
        count, rest = divmod(rest, size)
        if count or words:
            words.append((count, name))
    words.append((rest, "dtk"))
    return " ".join(f"{count} {name}" for count, name in words[:2] if count) or "0 dtk"


def state(name: str) -> str:
    """The state of an arrival or of a part."""
    return _STATES.get(name, name.replace("_", " "))


def outcome(name: str) -> str:
    """What a command decided; a name that is new here shows as it is."""
    return _OUTCOMES.get(name, name.replace("_", " "))


def silence(reason: str) -> str:
    """Why a message got no reply."""
    return _SILENCES.get(reason, reason.replace("_", " "))


def rule(most: Iterable[tuple[int, str]]) -> str:
    """How many replies a limit lets pass: ``30 per menit, 300 per hari``."""
    given = [f"{figure(number)} per {_SPANS[span]}" for number, span in most if number]
    return ", ".join(given) or "tanpa batas"


def kind_name(name: str) -> str:
    """The kind of a link."""
    return _KINDS.get(name, name)


def registration(name: str) -> str:
    """Where a modem stands with its network."""
    return _REGISTRATIONS.get(name, name)


def role(of: Role) -> str:
    """What a user may do, in a word or two."""
    return _ROLES[of]


def role_purpose(of: Role) -> str:
    """What a role is for."""
    return _ROLE_PURPOSES[of]


def author(of: str) -> str:
    """Who sent or changed something: a number with its middle hidden, or a user."""
    name = of.removeprefix(WEB)
    return f"web: {name}" if name != of else masked(of)


def deed(action: str) -> str:
    """What somebody did, of the audit log; what is new here shows as it is."""
    return _DEEDS.get(action, action)


def alarm(why: ModemAlarm) -> str:
    """Why a person is needed at a modem."""
    return _ALARMS[why]


def signal(dbm: int | None) -> str:
    """How strong a signal is: ``-79 dBm (kuat)``; ``-`` while it is unknown."""
    if dbm is None:
        return "-"
    word = next((word for least, word in _SIGNALS if dbm >= least), _WEAK)
    return f"{dbm} dBm ({word})".replace("-", "\N{MINUS SIGN}")


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "age": age,
    "alarm": alarm,
    "author": author,
    "deed": deed,
    "figure": figure,
    "kind_name": kind_name,
    "long_date": long_date,
    "outcome": outcome,
    "registration": registration,
    "role": role,
    "role_purpose": role_purpose,
    "rule": rule,
    "silence": silence,
    "signal": signal,
    "state": state,
}
"""By the names by which templates call them."""
