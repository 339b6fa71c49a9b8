"""``/admin/petugas/kode``: codes by which officers register their numbers themselves.

Made by the code of the command line, shown once, listed without what they are,
withdrawn.
"""

from __future__ import annotations

__all__ = ["CodePages"]

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from smscentre.credentials import Invitation, code_hash, new_code
from smscentre.csvfile import is_one_line
from smscentre.directory import Directory, Right, Unit
from smscentre.imports import OFFICER_LONGEST
from smscentre.store.numbers import NumbersError, invite, revoke_invitation
from smscentre.store.pages import ReadConnection
from smscentre.store.people import directory_to_change
from smscentre.store.registration import all_invitations
from smscentre.store.transaction import Numbers, Transaction
from smscentre.users import User
from smscentre.web.asking import Question, ask, is_sure
from smscentre.web.changing import change_for
from smscentre.web.faults import TEXTS
from smscentre.web.means import Means
from smscentre.web.paging import Paging
from smscentre.web.places import NO_UNIT
from smscentre.web.problems import Problem
from smscentre.web.routes import (
    INVALID,
    Answer,
    Need,
    Page,
    Redirect,
    Route,
    Trouble,
    Values,
    Visit,
)

_CODES = "/admin/petugas/kode"
_DAY_S: Final = 24 * 3600
_MOST_DAYS: Final = 90
_DAYS: Final = "7"

_USED = "Kode itu sudah dipakai atau sudah dicabut."


@frozen
class _Code:
    """The form for a registration code, as it was sent."""

    unit: str = ""
    name: str = ""
    rights: tuple[str, ...] = tuple(right.value for right in Right)
    days: str = _DAYS

    @classmethod
    def sent(cls, form: Values) -> _Code:
        """What a form holds."""
        return cls(
            form.get("upt").upper(),
            " ".join(form.get("nama").split()),
            form.all("hak"),
            form.get("hari"),
        )

    def faults(self, user: User, directory: Directory) -> dict[str, str]:
        """What is wrong, by the field."""
        found = {}
        unit = directory.units.get(self.unit)
        if unit is None:
            found["upt"] = NO_UNIT
        elif not user.covers(unit):
            found["upt"] = TEXTS["not_yours"]
        most = OFFICER_LONGEST["name"]
        if not is_one_line(self.name):
            found["nama"] = TEXTS["control"]
        elif len(self.name) > most:
            found["nama"] = TEXTS["long"].format(most)
        known = {right.value for right in Right}
        if not self.rights or not set(self.rights) <= known:
            found["hak"] = "Pilih paling sedikit satu hak."
        days = self.days
        is_number = days.isascii() and days.isdigit() and len(days) <= 2
        if not is_number or not 1 <= int(days) <= _MOST_DAYS:
            found["hari"] = f"Isi 1 sampai {_MOST_DAYS}."
        return found

    def invitation(self, now: float) -> Invitation:
        """The invitation; ask only where nothing is wrong."""
        rights = frozenset(Right(word) for word in self.rights)
        ends_at = now + int(self.days) * _DAY_S
        return Invitation(0, self.unit, rights, self.name, now, ends_at)


class CodePages:
    """Makes, lists and withdraws codes."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        return [
            Route(_CODES, ("GET",), Need.ADMIN, self.codes),
            Route(_CODES, ("POST",), Need.ADMIN, self.invite),
            Route(f"{_CODES}/cabut", ("POST",), Need.ADMIN, self.revoke),
        ]

    async def codes(self, visit: Visit) -> Answer:
        """The codes that are open, or all there were, and the form for a new one."""
        return await self._codes(visit, _Code(unit=visit.query.get("upt")), {})

    async def invite(self, visit: Visit) -> Answer:
        """Make a code and show it, once."""
        sent = _Code.sent(visit.form)
        directory = await self._means.current_directory()
        faults = sent.faults(visit.someone, directory)
        if faults:
            return await self._codes(visit, sent, faults)
        code, signature = new_code(), visit.signature
        wanted = sent.invitation(visit.now)

        def work(transaction: Transaction) -> Invitation | None:
            # No unit goes away, but it may have moved out of the user's scope.
            unit = directory_to_change(transaction).units[wanted.unit]
            if not visit.someone.covers(unit):
                return None
            return invite(transaction, wanted, code_hash(code), signature)

        made = await change_for(self._means, visit, work)
        if made is None:
            return await self._codes(visit, sent, {"upt": TEXTS["not_yours"]})
        values = {"code": code, "invitation": made, "unit": directory.units[made.unit]}
        return Page("admin_code.html", values)

    async def revoke(self, visit: Visit) -> Answer:
        """Withdraw a code."""
        number, signature = visit.form.get("kode"), visit.signature
        found = [
            each for each in await self._own_codes(visit) if str(each.id) == number
        ]
        if not found:
            return Trouble(Problem.NO_PAGE)
        (invitation,) = found
        if not is_sure(visit.form):
            unit = (await self._means.current_directory()).units[invitation.unit]
            return ask(visit, _revoking(invitation, unit))

        def work(transaction: Transaction) -> bool:
            try:
                revoke_invitation(transaction, invitation.id, signature)
            except NumbersError:
                return False
            return True

        if await change_for(self._means, visit, work):
            return Redirect(_CODES, f"Kode nomor {invitation.id} sudah dicabut.")
        return Redirect(_CODES, _USED)

    async def _codes(
        self, visit: Visit, code: _Code, faults: Mapping[str, str]
    ) -> Page:
        directory = await self._means.current_directory()
        everything = visit.query.get("semua") == "ya"
        listed = [
            each
            for each in await self._own_codes(visit)
            if everything or each.is_open(visit.now)
        ]
        paging = Paging.of(visit, len(listed))
        values = {
            "code": code,
            "faults": faults,
            "everything": everything,
            "codes": paging.part(listed),
            "paging": paging,
            "units": [
                unit for unit in directory.units.values() if visit.someone.covers(unit)
            ],
            "unit_of": lambda each: directory.units.get(each.unit, each.unit),
        }
        return Page("admin_codes.html", values, INVALID if faults else 200)

    async def _own_codes(self, visit: Visit) -> list[Invitation]:
        """Those for units of the user's scope, the newest first."""

        def read(connection: ReadConnection) -> list[Invitation]:
            units = self._means.directory.current(connection).units
            found = all_invitations(Transaction(connection, Numbers()))
            return [each for each in found if visit.someone.covers(units[each.unit])]

        return (await self._means.reader.read(read))[::-1]


def _revoking(invitation: Invitation, unit: Unit) -> Question:
    whose = f"{unit}, {invitation.name}" if invitation.name else f"{unit}"
    words = (
        f"Cabut kode nomor {invitation.id} untuk {whose}? Nomor yang mengirim kode itu "
        "tidak akan terdaftar, dan kode ini tidak dapat dihidupkan lagi."
    )
    return Question("Cabut kode pendaftaran", words, "Cabut kode", _CODES)
