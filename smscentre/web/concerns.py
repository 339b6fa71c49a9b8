"""What is wrong with the gateway now, the worst first, and what to do about it.

Plain functions from what is known to sentences in Indonesian, for an operator who has
not read the manual. They read nothing and change nothing.
"""

from __future__ import annotations

__all__ = ["Concern", "LimitShown", "Read", "Standing", "concerns"]

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from smscentre.messages import ModemAlarm, Priority
from smscentre.store.pages import ArrivalCount, LastMessage, Queue
from smscentre.store.unread import Unread
from smscentre.web.status import LimitStatus, LinkStatus, ModemStatus, WriterStatus
from smscentre.web.wording import age, alarm, figure, registration, silence

_MANY_WAITING: Final = 500
_SLOW_BATCH_S: Final = 2.0
_NEARLY_FULL: Final = 0.9
_WEAK_DBM: Final = -105

_PATIENCE_S: Final = {
    Priority.REPLY: 120.0,
    Priority.REMINDER: 900.0,
    Priority.BROADCAST: 7200.0,
}
"""How long the oldest of a queue may wait before somebody should know."""

_LONG: Final = 5
"""So many times the patience is worse than a nuisance."""

_UNREADABLE: Final = {"failed", "corrupt"}

_LINK_ADVICE: Final = {
    "smpp": (
        "Pesan tertahan di operator seluler dan tidak hilang; pusat menyambung lagi"
        " sendiri. Periksa jaringan ke SMSC. Bila lebih dari 15 menit, hubungi operator"
        " seluler."
    ),
    "modem": (
        "SMS tertahan di jaringan seluler dan tidak hilang; pusat mencoba lagi sendiri."
        " Periksa kabel USB, catu daya dan SIM modem."
    ),
    "phone": "Hanya telepon uji: SMS petugas tidak terganggu. Mulai ulang layanan.",
}

_ALARM_ADVICE: Final = {
    ModemAlarm.PIN_WANTED: (
        "Tulis PIN SIM ke berkas pin_file, lalu mulai ulang layanan."
    ),
    ModemAlarm.PIN_REFUSED: (
        "Perbaiki PIN dalam berkas pin_file. Jangan menebak: setelah tiga kali salah"
        " SIM terblokir."
    ),
    ModemAlarm.PUK: "Buka SIM di telepon biasa dengan PUK dari operator seluler.",
    ModemAlarm.SIM_ABSENT: "Pasang SIM, lalu cabut dan pasang lagi modem.",
    ModemAlarm.SIM_LOCKED: "Pakai SIM operator yang cocok, atau ganti modem.",
    ModemAlarm.SIM_FAILED: "Coba SIM di telepon biasa; ganti bila rusak.",
    ModemAlarm.MUTE: (
        "Cabut modem, tunggu sepuluh detik, pasang lagi. Bila tetap diam, ganti modem."
    ),
    ModemAlarm.UNUSABLE: "Cabut dan pasang lagi modem; bila tetap, ganti modem.",
    ModemAlarm.STORE: (
        "Pindahkan SIM ke telepon biasa, hapus SMS lama di dalamnya, lalu pasang lagi."
    ),
    ModemAlarm.SENDING: "Periksa pulsa, paket SMS dan masa aktif SIM ini.",
}


@frozen
class Concern:
    """Something wrong: in a sentence, what to do, and where to look.

    ``key`` tells it from the others as long as it lasts. ``to`` is an address of the
    site with its words, both empty where there is none.
    """

    key: str
    is_bad: bool
    words: str
    advice: str
    to: str = ""
    to_words: str = ""


@frozen
class LimitShown:
    """One limit with what it held back today, None where that is not known."""

    limit: LimitStatus
    held: int | None

    @property
    def full(self) -> bool:
        """Whether it has held anything back."""
        return bool(self.held)


@frozen
class Read:
    """What the store knows of the gateway."""

    queues: Sequence[Queue]
    arrivals: Sequence[ArrivalCount]
    ended: Mapping[str, int]
    last: Sequence[LastMessage]
    held: Mapping[str, int]
    unread: Unread


@frozen
class Standing:
    """All that is known at a moment; ``read`` is None while the database is away."""

    now: float
    links: Sequence[LinkStatus]
    writer: WriterStatus
    limits: Sequence[LimitShown]
    read: Read | None


def concerns(standing: Standing) -> list[Concern]:
    """All that is wrong, what is bad first, else in the order of the path."""
    found = [
        *_of_store(standing),
        *_of_links(standing),
        *_of_modems(standing),
        *_of_queues(standing),
        *_of_messages(standing),
        *_of_limits(standing),
    ]
    return sorted(found, key=lambda one: not one.is_bad)


def _of_store(standing: Standing) -> Iterator[Concern]:
    writer = standing.writer
    if writer.problem:
        since = _since(standing.now, writer.problem_since)
        yield Concern(
            "store",
            True,
            f"Penyimpanan terganggu{since}",
            "SMS baru ditolak sementara dan dikirim ulang oleh operator seluler."
            " Periksa ruang disk dan basis data di server; sebabnya ada di catatan"
            " layanan.",
        )
    if standing.read is None:
        yield Concern(
            "reading",
            True,
            "Basis data tidak dapat dibaca",
            "Antrean dan pesan belum dapat ditampilkan. Tautan tetap bekerja. Bila"
            " berlanjut, periksa basis data di server.",
        )
    if writer.waiting > _MANY_WAITING:
        yield Concern(
            "waiting",
            False,
            f"{figure(writer.waiting)} SMS dan catatan belum disimpan",
            "Datangnya lebih cepat daripada disk menulis. Bila tidak berkurang, periksa"
            " beban server.",
        )
    if writer.batch_s is not None and writer.batch_s > _SLOW_BATCH_S:
        yield Concern(
            "slow",
            False,
            f"Menyimpan lambat: {age(writer.batch_s)} untuk satu kali tulis",
            "Balasan ikut terlambat. Periksa disk dan beban server.",
        )


def _of_links(standing: Standing) -> Iterator[Concern]:
    for link in standing.links:
        if link.up:
            continue
        said = f" Kata tautan: {link.reason}." if link.reason else ""
        yield Concern(
            f"link {link.name}",
            link.kind != "phone",
            f"Tautan {link.name} putus{_since(standing.now, link.since)}",
            _LINK_ADVICE.get(link.kind, _LINK_ADVICE["smpp"]) + said,
        )


def _of_modems(standing: Standing) -> Iterator[Concern]:
    for link in standing.links:
        if link.modem is None:
            continue
        if link.modem.alarm is not None:
            yield Concern(
                f"alarm {link.name}",
                True,
                f"{link.name} perlu diperiksa petugas: {alarm(link.modem.alarm)}",
                _ALARM_ADVICE[link.modem.alarm],
            )
        elif link.up:
            yield from _of_health(link.name, link.modem)


def _of_health(name: str, modem: ModemStatus) -> Iterator[Concern]:
    """What a modem that works may soon lack."""
    health = modem.health
    if health.registration and not health.registered:
        yield Concern(
            f"network {name}",
            True,
            f"{name} tidak terhubung ke jaringan: {registration(health.registration)}",
            "Periksa antena, pulsa dan masa aktif SIM.",
        )
    elif health.signal_dbm is not None and health.signal_dbm < _WEAK_DBM:
        yield Concern(
            f"signal {name}",
            False,
            f"Sinyal {name} lemah",
            "SMS bisa terlambat. Pindahkan modem atau antenanya ke dekat jendela.",
        )
    if health.used and health.slots and health.used >= _NEARLY_FULL * health.slots:
        yield Concern(
            f"memory {name}",
            health.used >= health.slots,
            f"Memori SMS {name} hampir penuh: {health.used} dari {health.slots}",
            "Bila penuh, SMS tidak masuk. " + _ALARM_ADVICE[ModemAlarm.STORE],
        )


def _of_queues(standing: Standing) -> Iterator[Concern]:
    queues = standing.read.queues if standing.read else ()
    up = {link.name for link in standing.links if link.up}
    known = {link.name for link in standing.links}
    oldest: dict[tuple[str, int], Queue] = {}
    for queue in queues:
        other = oldest.get((queue.link, queue.priority))
        if other is None or queue.oldest_at < other.oldest_at:
            oldest[queue.link, queue.priority] = queue
    for (link, priority), queue in oldest.items():
        waited = standing.now - queue.oldest_at
        patience = _PATIENCE_S[Priority(priority)]
        if waited <= patience:
            continue
        if link not in known:
            advice = "Tautan ini tidak ada dalam konfigurasi: tidak ada yang mengirim."
        elif link in up:
            advice = "Operator seluler lambat atau menolak sementara; lihat galatnya."
        else:
            advice = "Dikirim begitu tautan tersambung, atau lewat tautan lain."
        yield Concern(
            f"queue {link} {priority}",
            priority == Priority.REPLY and waited > _LONG * patience,
            f"{_WHAT[Priority(priority)]} menunggu {age(waited)} di {link}",
            advice,
            f"/pesan?arah=keluar&keadaan=menunggu&tautan={link}",
            "Lihat yang menunggu",
        )


_WHAT: Final = {
    Priority.REPLY: "Balasan",
    Priority.REMINDER: "Pengingat",
    Priority.BROADCAST: "SMS siaran",
}


def _of_messages(standing: Standing) -> Iterator[Concern]:
    read = standing.read
    if read is None:
        return
    ended = sum(read.ended.values())
    if ended:
        yield Concern(
            "ended",
            False,
            f"{figure(ended)} SMS keluar hari ini gagal atau tidak pasti sampai",
            "Buka daftarnya; balasan dapat dikirim ulang dari sana.",
            "/pesan?arah=keluar&keadaan=bermasalah&dari=hari-ini",
            "Lihat yang gagal",
        )
    unreadable = sum(one.count for one in read.arrivals if one.state in _UNREADABLE)
    if unreadable:
        yield Concern(
            "unreadable",
            False,
            f"{figure(unreadable)} SMS masuk hari ini gagal diproses atau rusak",
            "Semuanya tersimpan. Minta pengirim mengirim ulang, dan beri tahu"
            " pengelola sistem.",
            "/pesan?arah=masuk&keadaan=bermasalah&dari=hari-ini",
            "Lihat yang gagal",
        )
    if read.unread.count and read.unread.oldest_at is not None:
        waited = age(standing.now - read.unread.oldest_at)
        yield Concern(
            "unread",
            False,
            f"{figure(read.unread.count)} SMS tidak dikenali menunggu dibaca,"
            f" paling lama {waited}",
            "Bantu pengirimnya, lalu tandai selesai.",
            "/admin/tak-dikenal",
            "Baca SMS-nya",
        )


def _of_limits(standing: Standing) -> Iterator[Concern]:
    for shown in standing.limits:
        if shown.full:
            yield Concern(
                f"limit {shown.limit.reason}",
                False,
                f"Batas balasan tercapai ({silence(shown.limit.reason)}):"
                f" {figure(shown.held)} balasan ditahan hari ini",
                "Laporan yang benar tetap disimpan. Bila pengirimnya wajar, naikkan"
                " batasnya dalam konfigurasi ([limits]).",
            )


def _since(now: float, at: float | None) -> str:
    return "" if at is None else f" sejak {age(now - at)} yang lalu"
