"""The seven forms and the four reports, each kind as one table of data.

Everything that differs between commands stands here but for the texts of
their replies, which are in `replies`. It refuses to know how words are typed.

Source: the manual of 2008, paragraphs 1 to 3.
"""

from __future__ import annotations

__all__ = [
    "BY_ID",
    "COUNT_FORMS",
    "FIELDS",
    "FORMS",
    "KINDS",
    "KIND_OF",
    "MAXIMUM",
    "REPORTS",
    "Form",
    "Report",
]

from typing import Final

from attrs import frozen

from smscentre.corrections import HIGHEST

KINDS: Final = ("RUTAN", "BAPAS", "RUPBASAN")
"""What a unit may report for; each is also the first word of its commands."""

MAXIMUM: Final = HIGHEST
"""The largest figure of any field."""

_Labels = tuple[frozenset[str], ...]


@frozen
class Form:
    """One kind of insert: its words, its fields and what officers call them.

    ``id`` is what is stored, the command's words; ``labels`` gives for each
    field the words that may be written before its figure.
    """

    id: str
    kind: str
    words: tuple[str, ...]
    fields: tuple[str, ...]
    labels: _Labels

    @property
    def size(self) -> int:
        """The number of figures."""
        return len(self.fields)


@frozen
class Report:
    """One kind of query: the sums of a count form beside those of a staff form.

    ``totals`` names each total and the fields it adds up.
    """

    id: str
    kind: str
    words: tuple[str, ...]
    counts: str
    staff: str
    totals: dict[str, tuple[str, ...]]


_SEXES = {"p": "P PRIA", "w": "W WANITA"}

_GROUPS = {
    "tahanan": "TAHANAN",
    "napi": "NAPI",
    "pam": "PAM PENGAMANAN PENGAMAN",
    "staf": "STAF STAFF",
    "pk": "PK PEMBIMBING KEMASYARAKATAN PEMKEMAS",
    "pnl": "PNL PENELITI PENILAI",
    "pml": "PML PEMELIHARA PEMELIHARAAN",
}
"""What may stand before a pair of men and women, by the pair's name."""

_SINGLES = {
    "pb": "PB",
    # The manual's list of abbreviations prints CMD for CMB.
    "cmb": "CMB CMD",
    "cb": "CB",
    "pib": "PIB",
    "um": "UM UMUM",
    "bhg": "BHG BERHARGA",
    "bhy": "BHY BERBAHAYA",
    "tbk": "TBK TERBUKA",
    "hwtbh": "HWTBH HEWAN DAN TUMBUHAN",
}


def _pairs(*groups: str) -> tuple[tuple[str, ...], _Labels]:
    """The fields of groups that are counted by men and women."""
    fields = tuple(f"{group}_{sex}" for group in groups for sex in _SEXES)
    labels = tuple(
        frozenset(f"{_GROUPS[group]} {words}".split())
        for group in groups
        for words in _SEXES.values()
    )
    return fields, labels


def _singles(*fields: str) -> tuple[tuple[str, ...], _Labels]:
    """Fields that stand alone."""
    return fields, tuple(frozenset(_SINGLES[field].split()) for field in fields)


def _form(words: str, shape: tuple[tuple[str, ...], _Labels]) -> Form:
    parts = tuple(words.split())
    return Form(words, parts[0], parts, *shape)


def _totals(*groups: str) -> dict[str, tuple[str, ...]]:
    return {f"{group}_t": tuple(f"{group}_{sex}" for sex in _SEXES) for group in groups}


_CLIENTS = ("pb", "cmb", "cb", "pib")
_GOODS = ("um", "bhg", "bhy", "tbk", "hwtbh")
_STORE_STAFF = ("pam", "staf", "pnl", "pml")

FORMS: Final = (
    _form("RUTAN", _pairs("tahanan", "napi")),
    _form("RUTAN PEG", _pairs("pam", "staf")),
    _form("BAPAS", _singles(*_CLIENTS)),
    _form("BAPAS PEG", _pairs("pk", "staf")),
    _form("RUPBASAN BASAN", _singles(*_GOODS)),
    _form("RUPBASAN BARAN", _singles(*_GOODS)),
    _form("RUPBASAN PEG", _pairs(*_STORE_STAFF)),
)
"""The seven forms."""

REPORTS: Final = (
    Report(
        "RUTAN",
        "RUTAN",
        ("RUTAN",),
        "RUTAN",
        "RUTAN PEG",
        _totals("tahanan", "napi", "pam", "staf"),
    ),
    Report(
        "BAPAS",
        "BAPAS",
        ("BAPAS",),
        "BAPAS",
        "BAPAS PEG",
        {"t": _CLIENTS} | _totals("pk", "staf"),
    ),
    Report(
        "BASAN",
        "RUPBASAN",
        ("RUPBASAN", "BASAN"),
        "RUPBASAN BASAN",
        "RUPBASAN PEG",
        _totals(*_STORE_STAFF),
    ),
    Report(
        "BARAN",
        "RUPBASAN",
        ("RUPBASAN", "BARAN"),
        "RUPBASAN BARAN",
        "RUPBASAN PEG",
        _totals(*_STORE_STAFF),
    ),
)
"""The four reports."""

BY_ID: Final = {form.id: form for form in FORMS}
"""The seven forms by their ids."""

FIELDS: Final = {form.id: form.fields for form in FORMS}
"""The fields of each form, in the order in which they are typed."""

KIND_OF: Final = {form.id: form.kind for form in FORMS}
"""The kind of unit that each form belongs to."""

COUNT_FORMS: Final = {
    kind: next(form for form in FORMS if form.kind == kind) for kind in KINDS
}
"""The form by which each kind is shown in an example."""
