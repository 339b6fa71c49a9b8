"""``/admin/pengguna``: who may log in, as what, and for which place.

Who is for a part of the country sees and changes the users of that part only, and
gives away no more of it: else he would make himself one for the whole.
"""

from __future__ import annotations

__all__ = ["UserPages"]

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import asdict, evolve, field, frozen

from smscentre.directory import Directory
from smscentre.plans import trace_of
from smscentre.store.pages import ReadConnection
from smscentre.store.people import load_directory
from smscentre.store.transaction import Transaction
from smscentre.store.users import (
    Account,
    UserFault,
    UsersError,
    account_named,
    add_user,
    all_accounts,
    change_user,
    set_hash,
)
from smscentre.users import Role, User, is_user_name
from smscentre.web.asking import Question, ask, is_sure
from smscentre.web.changing import change_for
from smscentre.web.means import Means
from smscentre.web.paging import Paging
from smscentre.web.places import Offer, PlaceForm, place_words
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

_LIST = "/admin/pengguna"

_FAULTS: Final = {
    UserFault.EXISTS: "Nama itu sudah dipakai.",
    UserFault.MISSING: "Pengguna itu tidak ada.",
    UserFault.OVERTAKEN: "Pengguna ini diubah orang lain sejak formulir dibuka. Isian "
    "Anda masih ada; bandingkan dengan daftar, lalu simpan sekali lagi.",
    UserFault.LAST_ADMIN: "Ini admin terakhir; harus ada satu yang dapat masuk.",
}

_NAME_RULE = (
    "Dua sampai 32 karakter: huruf kecil, angka, titik, tanda hubung dan garis bawah; "
    "mulai dengan huruf atau angka."
)


@frozen
class _Filled:
    """A form as it was sent, or as it would be for a user that there is."""

    name: str = ""
    role: str = Role.VIEWER.value
    place: PlaceForm = field(factory=PlaceForm)
    active: bool = True

    @classmethod
    def sent(cls, form: Values, name: str) -> _Filled:
        """What a form holds."""
        return cls(
            name,
            form.get("peran"),
            PlaceForm.sent(form),
            form.get("aktif") == "ya",
        )

    @classmethod
    def of(cls, user: User) -> _Filled:
        """What the form shows of a user."""
        place = PlaceForm.of(user.unit, user.provinces)
        return cls(user.name, user.role.value, place, user.active)

    def faults(self, user: User, directory: Directory) -> dict[str, str]:
        """What is wrong, by the field, with what a user wants."""
        found = self.place.faults(user, directory)
        if not is_user_name(self.name):
            found["nama"] = _NAME_RULE
        if self.role not in [role.value for role in Role]:
            found["peran"] = "Pilih satu peran."
        return found

    def user(self) -> User:
        """The user; ask only where nothing is wrong."""
        return User(self.name, Role(self.role), *self.place.place, self.active)


class UserPages:
    """Lists, adds and changes users; passwords are made here and shown once."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def routes(self) -> Sequence[Route]:
        """Its addresses."""
        form, one = f"{_LIST}/baru", f"{_LIST}/ubah/<name>"
        return [
            Route(_LIST, ("GET",), Need.ADMIN, self.show),
            Route(form, ("GET",), Need.ADMIN, self.new),
            Route(form, ("POST",), Need.ADMIN, self.add),
            Route(one, ("GET",), Need.ADMIN, self.edit),
            Route(one, ("POST",), Need.ADMIN, self.change),
            Route(f"{_LIST}/sandi/<name>", ("POST",), Need.ADMIN, self.reset),
        ]

    # The list.

    async def show(self, visit: Visit) -> Answer:
        """The users of one's scope, or those whose name holds some letters."""
        words = visit.query.get("cari").lower()
        accounts, directory = await self._means.reader.read(self._all)
        found = [
            account
            for account in accounts
            if words in account.user.name and _is_own(visit.someone, account, directory)
        ]
        paging = Paging.of(visit, len(found))
        values = {
            "query": visit.query,
            "accounts": paging.part(found),
            "paging": paging,
            "place": lambda one: place_words(one.unit, one.provinces, directory),
        }
        return Page("users.html", values)

    def _all(self, connection: ReadConnection) -> tuple[list[Account], Directory]:
        """In a reader's thread."""
        return all_accounts(connection), self._means.directory.current(connection)

    # A new one.

    async def new(self, visit: Visit) -> Answer:
        """The form for a new user."""
        user = visit.someone
        filled = _Filled(place=PlaceForm.of(user.unit, user.provinces))
        return _form(visit, filled, await self._means.current_directory(), {}, None)

    async def add(self, visit: Visit) -> Answer:
        """Add a user and show the password that was made."""
        directory = await self._means.current_directory()
        filled = _Filled.sent(visit.form, visit.form.get("nama").lower())
        filled = evolve(filled, active=True)
        faults = filled.faults(visit.someone, directory)
        if faults:
            return _form(visit, filled, directory, faults, None)
        password = _new_password()
        kept = await self._means.passwords.hashed(password)
        user, signature = filled.user(), visit.signature
        refused = await self._changed(
            visit, lambda transaction: add_user(transaction, user, kept, signature)
        )
        if refused is not None:
            faults = {"nama": _FAULTS[refused]}
            return _form(visit, filled, directory, faults, None)
        return _shown_once(user.name, password, "Pengguna baru")

    # One that there is.

    async def edit(self, visit: Visit) -> Answer:
        """The form for a user that there is."""
        account = await self._account(visit)
        if account is None:
            return Trouble(Problem.NO_PAGE)
        filled = _Filled.of(account.user)
        directory = await self._means.current_directory()
        return _form(visit, filled, directory, {}, account.user)

    async def change(self, visit: Visit) -> Answer:
        """Give a user another role, another place, or another state."""
        account = await self._account(visit)
        if account is None:
            return Trouble(Problem.NO_PAGE)
        directory = await self._means.current_directory()
        filled = _Filled.sent(visit.form, account.user.name)
        faults = filled.faults(visit.someone, directory)
        blocks = account.user.active and not filled.active
        if blocks and not faults and not is_sure(visit.form):
            return ask(visit, _blocking(account.user.name))
        if faults:
            return _form(visit, filled, directory, faults, account.user)
        user, seen = filled.user(), visit.form.get("jejak")

        def work(transaction: Transaction, before: User) -> None:
            if trace_of(before, _cells) != seen:
                raise UsersError(user.name, UserFault.OVERTAKEN)
            change_user(transaction, user, visit.signature)

        refused = await self._changed_own(visit, user.name, work)
        if refused is None:
            return Redirect(_LIST, f"Pengguna {user.name} sudah disimpan.")
        account = await self._account(visit)
        if account is None:
            return Trouble(Problem.NO_PAGE)
        return _form(visit, filled, directory, {"": _FAULTS[refused]}, account.user)

    async def reset(self, visit: Visit) -> Answer:
        """Give a user another password, which logs it out everywhere."""
        account = await self._account(visit)
        if account is None:
            return Trouble(Problem.NO_PAGE)
        name, password = account.user.name, _new_password()
        if not is_sure(visit.form):
            return ask(visit, _resetting(name))
        kept = await self._means.passwords.hashed(password)
        signature = visit.signature
        refused = await self._changed_own(
            visit,
            name,
            lambda transaction, _: set_hash(transaction, name, kept, signature),
        )
        if refused is not None:
            return Trouble(Problem.NO_PAGE)
        return _shown_once(name, password, "Kata sandi baru")

    # The store.

    async def _account(self, visit: Visit) -> Account | None:
        """The account of the address, if it is of the user's scope."""
        return await self._means.reader.read(
            lambda connection: self._own(connection, visit)
        )

    def _own(self, connection: ReadConnection, visit: Visit) -> Account | None:
        """In a reader's thread."""
        account = account_named(connection, visit.arguments["name"])
        directory = self._means.directory.current(connection)
        own = account and _is_own(visit.someone, account, directory)
        return account if own else None

    async def _changed_own(
        self, visit: Visit, name: str, action: Callable[[Transaction, User], None]
    ) -> UserFault | None:
        """Change somebody who is still of the user's scope, as he is now."""

        def change(transaction: Transaction) -> None:
            account = account_named(transaction.connection, name)
            directory = load_directory(transaction)
            if account is None or not _is_own(visit.someone, account, directory):
                raise UsersError(name, UserFault.MISSING)
            action(transaction, account.user)

        return await self._changed(visit, change)

    async def _changed(
        self, visit: Visit, action: Callable[[Transaction], None]
    ) -> UserFault | None:
        """Make a change; why it was refused, None if it was not."""

        def attempted(transaction: Transaction) -> UserFault | None:
            # Out of here it would make the writer do its whole batch again.
            try:
                action(transaction)
            except UsersError as error:
                return error.fault
            return None

        return await change_for(self._means, visit, attempted)


def _is_own(user: User, account: Account, directory: Directory) -> bool:
    """Whether an account is of a user's scope."""
    unit = directory.units.get(account.user.unit or "")
    return user.holds(unit, account.user.provinces)


def _form(
    visit: Visit,
    filled: _Filled,
    directory: Directory,
    faults: Mapping[str, str],
    user: User | None,
) -> Page:
    """The form, for a user that there is or a new one."""
    values: dict[str, Any] = {
        "filled": filled,
        "faults": faults,
        "new": user is None,
        "trace": trace_of(user, _cells),
        "roles": list(Role),
        "offer": Offer.to(visit.someone, directory),
    }
    return Page("user.html", values, INVALID if faults else 200)


def _cells(user: User) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(user).items()}


def _shown_once(name: str, password: str, title: str) -> Page:
    values = {"name": name, "password": password, "title": title}
    return Page("password.html", values)


def _resetting(name: str) -> Question:
    words = (
        f"Buat kata sandi baru untuk {name}? Yang lama langsung tidak berlaku, dan "
        f"{name} keluar di semua perangkat. Yang baru ditampilkan satu kali."
    )
    title, back = "Kata sandi baru", f"{_LIST}/ubah/{name}"
    return Question(title, words, "Buat kata sandi baru", back)


def _blocking(name: str) -> Question:
    words = (
        f"Nonaktifkan {name}? Ia langsung keluar di semua perangkat, dan tidak dapat "
        "masuk sampai diaktifkan kembali. Perubahan lain di formulirnya ikut disimpan."
    )
    return Question(
        "Nonaktifkan pengguna", words, "Nonaktifkan", f"{_LIST}/ubah/{name}"
    )


def _new_password() -> str:
    """A password at random that can be read out: 80 bits."""
    return "-".join(secrets.token_hex(2) for _ in range(5))
