"""Every form sent wrong, and every address that asks for what is not there.

As rows: who sends what, and which words answer. What the browser itself would keep
back (`required`, `maxlength`) is sent all the same.
"""

from __future__ import annotations

__all__ = ["ADDRESSES", "FORMS", "Address", "Form", "problems", "send"]

from collections.abc import Callable, Iterator, Mapping

from attrs import field, frozen
from playwright.sync_api import FilePayload

from tests.browser.house import Look

_SEND = """([action, fields, button]) => {
  const forms = [...document.querySelectorAll("form[method=post]")];
  const pressed = button && document.querySelector(button);
  const form = pressed
    ? pressed.form
    : forms.find((each) => each.getAttribute("action") === action);
  for (const [name, value] of Object.entries(fields))
    for (const each of form.querySelectorAll(`[name="${name}"]`))
      if (["checkbox", "radio"].includes(each.type))
        each.checked = value.split("|").includes(each.value);
      else each.value = value;
  form.noValidate = true;
  (pressed || form.querySelector("button")).click();
}"""

_TRIES = 11
"""One more failure than a name has from an address."""

_TOO_LONG = "x" * 70_000
_ADMIN = "kepala"
_NEW = "kata-sandi-yang-baru"


@frozen
class Form:
    """A form that is sent wrong: on which page, to where, with what in which fields.

    ``says`` stands on the page that answers. ``{unit}``, ``{number}``, ``{day}`` and
    ``{waiting}`` in an address are what the house has: a unit that has reported for a
    day, its officer, and a message that has not left.
    """

    page: str
    says: str
    fields: Mapping[str, str] = field(factory=dict)
    action: str = ""
    button: str = ""
    file: bytes | None = None
    user: str = _ADMIN


_MARKED = "perbaiki isian yang ditandai"
_PHONE = "/coba?nomor=08111203001"
_ENTRY = "/admin/data/isi?upt={unit}&formulir=rutan&tanggal={day}"
_UNITS = b"code,name,title,province,kinds\n1,LP X,,ATLANTIS,LAPAS\n1,A,B,DKI,RUTAN\n"
_OFFICERS = b"number,name,unit,rights\n4321,,9999,terbang\n" * 40

FORMS = (
    Form("/masuk", "kata sandi salah", {"nama": "x", "sandi": "x"}, user=""),
    Form(
        "/akun",
        "Kata sandi lama salah.",
        {"lama": "x", "baru": _NEW, "ulang": _NEW},
    ),
    Form("/admin/upt/baru", _MARKED, {"jenis": ""}),
    Form("/admin/upt/ubah/{unit}", _MARKED, {"nama": "", "lengkap": "W" * 150}),
    Form("/admin/upt/impor", "Pilih"),
    Form("/admin/upt/impor", "tidak dapat diimpor", file=_UNITS),
    Form("/admin/petugas/impor", "tidak dapat diimpor", file=_OFFICERS),
    Form("/admin/petugas/impor", "Bukan UTF-8", file=b"\xff\xfe\x00" * 200),
    Form("/admin/petugas/baru", _MARKED, {"nomor": "4321", "wilayah": "provinsi"}),
    Form(
        "/admin/petugas/ubah?nomor={number}",
        _MARKED,
        {"nama": "", "wilayah": "upt", "upt": "ZZZ"},
        "/admin/petugas/ubah",
    ),
    Form(
        "/admin/petugas/ubah?nomor={number}",
        "Nomornya terlalu pendek",
        {"baru": "12", "alasan": "W" * 200},
        "/admin/petugas/pindah",
    ),
    Form(
        "/admin/petugas/ubah?nomor={number}",
        "Pilih paling sedikit satu.",
        {"hak": ""},
        "/admin/petugas/pin",
    ),
    Form(
        "/admin/petugas/ubah?nomor={number}",
        "PIN lama",
        action="/admin/petugas/pin",
    ),
    Form("/admin/petugas/kode", "tidak ada", {"upt": "ZZZ", "hari": "x", "hak": ""}),
    Form("/admin/token", _MARKED, {"nama": "W" * 90}),
    Form("/admin/pengguna/baru", "Pilih satu peran.", {"nama": "?", "peran": ""}),
    Form(
        "/admin/pengguna/baru",
        "Kode UPT itu tidak ada.",
        {"nama": "W" * 60, "wilayah": "upt", "upt": "ZZZ"},
    ),
    Form("/admin/pengguna/ubah/kepala", "Nonaktifkan kepala?", {"aktif": ""}),
    Form(
        "/admin/pengguna/ubah/kepala",
        "Kata sandi baru",
        action="/admin/pengguna/sandi/kepala",
    ),
    Form(_ENTRY, "Belum disimpan", {"alasan": "", "ta": "x"}, "/admin/data/isi"),
    Form("/admin/data/bulan", "sudah berakhir", {"bulan": "", "alasan": "W" * 300}),
    Form(_ENTRY, "Tulis alasannya", {"alasan": ""}, "/admin/data/tarik"),
    Form("/admin/data/bulan", "Tutup bulan", {"alasan": "W" * 200}),
    Form(
        "/admin/data/bulan",
        "Tulis alasannya",
        {"alasan": ""},
        button="[value=buka]",
    ),
    Form("/admin/tak-dikenal", "Centang paling sedikit", {"catatan": "W" * 300}),
    Form(
        "/pesan/{waiting}",
        "Tulis alasannya",
        {"alasan": ""},
        "/pesan/{waiting}/batal",
    ),
    Form(_PHONE, "Tulis SMS-nya dahulu.", {"teks": " "}, "/coba"),
    Form(_PHONE, "Kiriman terlalu besar", {"teks": _TOO_LONG}, "/coba"),
    Form("/admin/token", "Formulir sudah tidak berlaku", {"csrf": "x", "nama": "x"}),
)
"""What can be sent wrong by somebody who may send it."""


@frozen
class Address:
    """An address that asks for what there is not; ``says`` stands on its page."""

    path: str
    says: str
    user: str = _ADMIN


ADDRESSES = (
    Address("/admin/upt?cari=zzzz", "Tidak ada UPT yang cocok"),
    Address("/admin/petugas?cari=zzzz", "Tidak ada petugas yang cocok"),
    Address("/admin/pengguna?cari=zzzz", "Tidak ada pengguna yang cocok"),
    Address("/admin/audit?cari=zzzz", "Tidak ada catatan yang cocok"),
    Address("/admin/audit?dari=2024-02-31", "Catatan audit"),
    Address("/laporan/rutan?per=upt&cari=" + "zq" * 30, "Tidak ada baris yang cocok"),
    Address("/laporan/rutan?tanggal=2024-02-31", "anggal"),
    Address("/laporan/rutan?provinsi=ATLANTIS", "rovinsi"),
    Address("/laporan/tidak-ada", "Halaman tidak ada"),
    Address("/kepatuhan?bulan=2024-13", "ulan"),
    Address("/kepatuhan?cari=zzzz", "cocok"),
    Address("/upt/ZZZ", "Halaman tidak ada"),
    Address("/pesan?nomor=0&dari=x&teks=" + "W" * 100, "Pesan"),
    Address("/pesan?teks=zzzz", "Pesan"),
    Address("/pesan/999999", "Halaman tidak ada"),
    Address("/coba?cari=zzzz", "Tidak ada petugas yang cocok"),
    Address("/coba?nomor=12", "Tulis nomor lengkap"),
    Address("/admin/data?upt=ZZZ&tanggal=2024-02-31", "Data laporan"),
    Address("/admin/petugas/ubah?nomor=1", "Halaman tidak ada"),
    Address("/gateway", "bukan untuk peran Anda", user="melihat"),
    Address("/admin", "bukan untuk peran Anda", user="melihat"),
    Address("/keluar", "Cara akses tidak dikenal"),
    Address("/" + "W" * 300, "Halaman tidak ada"),
)
"""What can be asked for in vain."""


def send(look: Look, form: Form, place: Callable[[str], str]) -> list[str]:
    """Fill a form in as nobody should; what is wrong with what the answer says.

    :param place: puts the house's own units and numbers into an address
    """
    page = place(form.page)
    look.open(page)
    if form.file is not None:
        name = f"{'W' * 90}.csv"
        file = FilePayload(name=name, mimeType="text/csv", buffer=form.file)
        look.page.locator("input[type=file]").set_input_files(file)
    action = place(form.action) or page
    look.octets = 0
    with look.page.expect_navigation():
        look.page.evaluate(_SEND, [action, dict(form.fields), form.button])
    found = look.page.locator("main").inner_text()
    return [] if form.says in found else [f"no {form.says!r}: {found[:600]!r}"]


def problems(look: Look, guest: Look) -> Iterator[str]:
    """Problem pages that take several steps: what each is, as it is shown.

    :param guest: somebody who has not logged in
    """
    look.open("/akun")
    look.page.context.clear_cookies()
    _press(look, "/akun", {"lama": "x"})
    yield "logged out meanwhile"
    guest.open("/masuk")
    for _ in range(_TRIES):
        _press(guest, "/masuk", {"nama": "penebak", "sandi": "x"})
    guest.page.get_by_text("Terlalu banyak").first.wait_for()
    yield "too many tries"


def _press(look: Look, action: str, fields: Mapping[str, str]) -> None:
    with look.page.expect_navigation():
        look.page.evaluate(_SEND, [action, dict(fields), ""])
