"""The end of an insert: who sent it, and the day it is for.

Between the normaliser and the figures. A signature is words without a figure in
them; what speaks of a day, of a form or of a figure is none, and is left to be asked
about.
"""

from __future__ import annotations

__all__ = ["without_signature"]

import unicodedata
from collections.abc import Sequence
from typing import Final

from smscentre.commands.dates import DAY_WORDS
from smscentre.commands.forms import FORMS, KINDS
from smscentre.commands.words import near

_NUMBER_WORDS: Final = (
    "SATU DUA TIGA EMPAT LIMA ENAM TUJUH DELAPAN SEMBILAN SEPULUH SEBELAS BELAS PULUH "
    "RATUS SERATUS RIBU SERIBU RB JUTA JT KOSONG TOTAL JUMLAH JML"
)
_CORRECTIONS: Final = (
    "SALAH SLH KELIRU RALAT KOREKSI REVISI PERBAIKAN PEMBETULAN UBAH GANTI BATAL "
    "BATALKAN DIBATALKAN ABAIKAN HAPUS BUKAN BKN JANGAN JGN TIDAK TDK TAK BELUM BLM "
    "KURANG TAMBAH DITAMBAH DIKURANGI MINUS PLUS LEBIH SAMA SEPERTI TETAP PIN PROV "
    "UPT DAFTAR HELP BANTUAN"
)
_TRIALS: Final = "TES TEST TESTING COBA PERCOBAAN CONTOH"

_BEFORE_DIGITS: Final = (
    "NIP NRP NO NOMOR NMR HP TELP TLP WA JAM PUKUL PKL BLOK KAMAR PASAL"
)

_SPEAKING: Final = frozenset(
    [
        *DAY_WORDS,
        *_NUMBER_WORDS.split(),
        *_CORRECTIONS.split(),
        *_TRIALS.split(),
        *_BEFORE_DIGITS.split(),
        *(word for form in FORMS for word in form.words if word not in KINDS),
        *(label for form in FORMS for labels in form.labels for label in labels),
    ]
) - {"DAN"}
"""The words that say something of the report: no signature has them."""

_NEARLY_SPEAKING: Final = (
    "PEG",
    "PEGAWAI",
    "KEMARIN",
    "KEMAREN",
    "KOREKSI",
    "BATALKAN",
    "DIBATALKAN",
)
"""Those of another form, another day or no report that no name is a slip away from."""

_LIKE_DIGITS = frozenset("OILSBZGQ")
"""Letters that are typed for digits."""
_LONGEST_FIGURE_OF_LETTERS = 3


def without_signature(words: Sequence[str], kind: str) -> Sequence[str]:
    """The words without those at their end that only say who sent them.

    ``kind`` is the first word of the command: a unit's own name begins with it.
    """
    end, signed = len(words), False
    for word in reversed(words):
        if word in _SPEAKING or (word in KINDS and word != kind):
            break
        if near("".join(filter(str.isalpha, word)), _NEARLY_SPEAKING):
            break
        if not _says_nothing(word):
            break
        signed = signed or _is_name(word)
        end -= 1
    return words[:end] if signed else words


def _says_nothing(word: str) -> bool:
    """Whether a word has neither a figure nor a mark that belongs to one."""
    return not word.startswith(("GET", "+")) and not any(
        each.isnumeric() or each in "=<>%" or unicodedata.category(each)[0] == "C"
        for each in word
    )


def _is_name(word: str) -> bool:
    """Whether a word can be no figure that was mistyped.

    A lone letter can, and a short word of letters that look like digits.
    """
    letters = [each for each in word if each.isalpha()]
    if any(unicodedata.category(each) == "So" for each in word):
        return True
    if len(letters) < 2:
        return False
    short = len(letters) <= _LONGEST_FIGURE_OF_LETTERS
    return not (short and _LIKE_DIGITS.issuperset(letters))
