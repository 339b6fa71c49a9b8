"""What can go wrong with a page, in the words of its reader."""

from __future__ import annotations

__all__ = ["Problem"]

from enum import Enum


class Problem(Enum):
    """What went wrong: status, title and what to do."""

    BAD_REQUEST = (
        400,
        "Permintaan tidak dapat dibaca",
        "Kembali ke halaman sebelumnya, lalu coba lagi.",
    )
    FORGED = (
        403,
        "Formulir sudah tidak berlaku",
        "Muat ulang halaman formulirnya, lalu kirim sekali lagi.",
    )
    NO_LOGIN = (
        403,
        "Anda sudah keluar",
        "Masuk lagi, lalu kirim formulirnya sekali lagi. Belum ada yang disimpan.",
    )
    NO_RIGHT = (
        403,
        "Halaman ini bukan untuk peran Anda",
        "Jika Anda memerlukannya, hubungi admin.",
    )
    NO_PAGE = (404, "Halaman tidak ada", "Periksa alamatnya, atau kembali ke awal.")
    METHOD = (
        405,
        "Cara akses tidak dikenal",
        "Alamat ini ada, tetapi tidak untuk cara akses itu.",
    )
    TOO_LARGE = (
        413,
        "Kiriman terlalu besar",
        "Berkas impor paling besar 5 MiB, formulir lain 64 KiB. Tidak ada yang "
        "disimpan.",
    )
    TOO_MANY = (
        429,
        "Terlalu banyak percobaan",
        "Tunggu beberapa menit, lalu coba lagi.",
    )
    BROKEN = (
        500,
        "Halaman ini gagal dibuat",
        "Kesalahannya sudah dicatat. SMS tetap diterima dan disimpan.",
    )
    NO_DATABASE = (
        503,
        "Data belum dapat dibaca",
        "Basis data sedang tidak dapat dihubungi. Coba lagi sebentar lagi.",
    )
    NOT_STORED = (
        503,
        "Perubahan belum disimpan",
        "Basis data sedang tidak dapat ditulis. Tidak ada yang berubah; coba lagi "
        "sebentar lagi.",
    )
    UNCERTAIN = (
        503,
        "Belum pasti apakah perubahan disimpan",
        "Basis data tidak menjawab pada waktunya. Periksa dulu keadaannya sebelum "
        "mengirim sekali lagi.",
    )
    BUSY = (
        503,
        "Sedang terlalu ramai",
        "Coba lagi sebentar lagi.",
    )

    def __init__(self, status: int, title: str, advice: str) -> None:
        self.status = status
        self.title = title
        self.advice = advice
