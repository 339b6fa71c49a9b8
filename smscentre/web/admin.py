"""The start page of administration: what there is for one's role."""

from __future__ import annotations

__all__ = ["Admin"]

from collections.abc import Sequence

from attrs import frozen

from smscentre.web.routes import Answer, Need, Page, Redirect, Route, Visit


@frozen
class _Office:
    """One part of administration: where it is, what it is for, and for whom.

    ``country`` is whether only for who is for the whole of it.
    """

    to: str
    title: str
    purpose: str
    need: Need
    country: bool = False


_OFFICES = (
    _Office(
        "/admin/data",
        "Data laporan",
        "Mengisi atau memperbaiki laporan UPT, menutup bulan.",
        Need.DATA,
    ),
    _Office(
        "/admin/tak-dikenal",
        "SMS tidak dikenali",
        "Membaca SMS yang tidak dimengerti, lalu menandainya selesai.",
        Need.OPERATOR,
    ),
    _Office(
        "/admin/upt",
        "UPT",
        "Daftar UPT: kode, nama, provinsi, kapasitas, impor CSV.",
        Need.ADMIN,
    ),
    _Office(
        "/admin/petugas",
        "Petugas",
        "Nomor petugas, hak, kode pendaftaran, ganti nomor, impor CSV.",
        Need.ADMIN,
    ),
    _Office(
        "/admin/pengguna",
        "Pengguna web",
        "Siapa yang dapat masuk ke halaman ini, peran dan wilayahnya.",
        Need.ADMIN,
    ),
    _Office(
        "/admin/token",
        "Token API",
        "Akses untuk program lain.",
        Need.ADMIN,
    ),
    _Office(
        "/admin/audit",
        "Catatan audit",
        "Siapa mengubah apa, dan kapan.",
        Need.ADMIN,
        country=True,
    ),
)


class Admin:
    """``/admin``."""

    def routes(self) -> Sequence[Route]:
        """Its address."""
        return [Route("/admin", ("GET",), Need.STAFF, self.show)]

    async def show(self, visit: Visit) -> Answer:
        """The parts that the user may open; a single one at once."""
        user = visit.someone
        offices = [
            office
            for office in _OFFICES
            if office.need.admits(user.role, False)
            and (user.holds(None, ()) or not office.country)
        ]
        if len(offices) == 1:
            return Redirect(offices[0].to)
        return Page("admin.html", {"offices": offices})
