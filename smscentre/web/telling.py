"""The words in which pages tell a message's life: `telling`'s table in Indonesian."""

from __future__ import annotations

__all__ = ["INDONESIAN"]

import datetime
from typing import Final

from smscentre.telling import Words
from smscentre.web.wording import outcome, silence, stamp, state


def _time(moment: datetime.datetime) -> str:
    """A moment to the millisecond, with its zone."""
    zone = moment.tzinfo
    assert zone is not None, "moments are told in a zone"
    thousandths = moment.microsecond // 1000
    return f"{stamp(moment.timestamp(), zone)},{thousandths:03} {moment:%Z}"


INDONESIAN: Final = Words(
    {
        # What happened.
        "arrived": "SMS masuk",
        "arrived_again": "SMS masuk lagi: kiriman ulang dari pesan {original}",
        "arrived_part": "SMS masuk: bagian {part} dari {total} pesan panjang",
        "was_receipt": "SMS ini tanda terima: {state}",
        "became": "diproses: {became}",
        "acknowledged": "operator seluler diberi tahu bahwa SMS tersimpan",
        "acknowledged_not": "tidak diketahui apakah operator seluler diberi tahu",
        "deleted": "SMS dihapus dari modem",
        "deleted_not": "tidak diketahui apakah SMS dihapus dari modem",
        "receipt_acknowledged": "penerimaan tanda terima dijawab",
        "receipt_acknowledged_not": "tidak diketahui apakah tanda terima dijawab",
        "receipt_deleted": "tanda terima dihapus dari modem",
        "receipt_deleted_not": "tidak diketahui apakah tanda terima dihapus dari modem",
        "first_report": "laporan pertama hari itu disimpan",
        "changed_report": "laporan diubah",
        "resent": "balasan dikirim ulang oleh {actor}: {reason}",
        "part_created": "balasan dibuat, bagian {part} dari {total}",
        "part_queued": "bagian {part} dari {total} menunggu dikirim",
        "part_claimed": "bagian {part} dari {total} sedang dikirim, belum dijawab",
        "part_in_doubt": (
            "bagian {part} dari {total} belum pasti: sudah ditulis, jawabannya tidak"
            " datang"
        ),
        "part_sent": "bagian {part} dari {total} diterima operator seluler",
        "part_delivered": "bagian {part} dari {total} sampai di telepon",
        "part_failed": "bagian {part} dari {total} gagal",
        "part_cancelled": "bagian {part} dari {total} dibatalkan oleh {by}",
        "part_expired": "bagian {part} dari {total} kedaluwarsa sebelum terkirim",
        "part_uncertain": (
            "bagian {part} dari {total} tidak pasti sampai, tidak dikirim lagi"
        ),
        "part_unknown": (
            "bagian {part} dari {total}: nasibnya tidak diketahui operator seluler"
        ),
        "receipt_matched": "tanda terima datang: {state}",
        # Names of details.
        "message": "nomor pesan",
        "arrival": "tanda di tautan",
        "link": "tautan",
        "from": "dari",
        "to": "ke",
        "handed_in": "diserahkan pengirim",
        "text": "teks",
        "by": "dengan",
        "report": "laporan",
        "old_values": "angka lama",
        "new_values": "angka baru",
        "part": "nomor bagian",
        "expires": "berlaku sampai",
        "tried": "dicoba",
        "copies": "salinan",
        "reference": "nomor acuan",
        "carriers_id": "nomor dari operator",
        "error": "galat",
        "last_error": "galat terakhir",
        "next_try": "dicoba lagi",
        "of_part": "untuk bagian",
        "came_as": "datang sebagai",
        "carriers_words": "kata operator",
        # What they say.
        "sender": "{source} ({number})",
        "no_subscriber": "bukan nomor pelanggan",
        "by_command": "AT+CMGD, atau AT+CNMA bila tidak disimpan di modem",
        "report_of": "{form} UPT {unit} tanggal {day}",
        "none": "belum ada",
        "tried_once": "satu kali, dalam sesi {bind}",
        "tried_often": "{times} kali, terakhir dalam sesi {bind}",
        "was_in_doubt": "sempat belum pasti, lalu dikirim sekali lagi",
        "no_id": "(tidak ada)",
        "not_before": "paling cepat {time}",
        "no_part": "tidak diketahui",
        "as_message": "pesan {id}",
        "bind": "{link}, sesi {bind}",
        "bind_known": "{link}, sesi {bind} di {node} ({began} {end})",
        "bind_stands": "masih tersambung",
        "bind_ended": "sampai {time}",
        # What octets are.
        "answer": "jawaban",
        "octets": "oktet",
        "no_tpdu": "yang ditunjukkan modem, bukan TPDU",
        "rebuilt": (
            "deliver_sm_resp (tidak disimpan, disusun lagi dari nomor urut dan status)"
        ),
    },
    state,
    outcome,
    silence,
    _time,
)
