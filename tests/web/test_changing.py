"""Users who may no longer what they may when their form has come to the door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import define, evolve, frozen
from sqlalchemy import select
from twisted.internet.defer import Deferred

from smscentre.store.changes import Signature
from smscentre.store.tables import closed_months, officers, reports, users
from smscentre.store.transaction import Transaction
from smscentre.store.users import change_user, end_sessions
from smscentre.users import Role, User
from smscentre.web.site import site
from tests.web.admincase import ANI, AdminCase, Pairs
from tests.web.support import NOW, Browser, FakeChanger, words_of
from tests.web.test_officers import page_of

T = TypeVar("T")

Deed = Callable[[Transaction], None]


@frozen
class Form:
    """A form that changes something: its page, where it is sent and what with."""

    page: str
    pairs: Pairs
    to: str = ""


FORMS = (
    Form(
        "/admin/data/isi?upt=1203&formulir=rutan&tanggal=2024-05-13",
        [
            *[(name, "5") for name in ("tahanan_p", "tahanan_w", "napi_p", "napi_w")],
            ("alasan", "Salah ketik, menurut Kalapas"),
        ],
        "/admin/data/isi",
    ),
    Form(
        "/admin/data/bulan",
        [("tindakan", "tutup"), ("bulan", "2024-04"), ("yakin", "ya")],
    ),
    Form(
        page_of(ANI),
        [("nama", "Ani"), ("wilayah", "upt"), ("upt", "1204"), ("aktif", "ya")],
    ),
    Form(
        "/admin/pengguna/ubah/viewer",
        [("peran", "admin"), ("wilayah", "semua"), ("aktif", "ya")],
    ),
)


def _demote(transaction: Transaction) -> None:
    change_user(transaction, User("admin", Role.VIEWER), Signature("test", "", NOW))


def _narrow(transaction: Transaction) -> None:
    user = User("admin", Role.ADMIN, provinces=("MALUKU",))
    change_user(transaction, user, Signature("test", "", NOW))


def _deactivate(transaction: Transaction) -> None:
    user = User("admin", Role.ADMIN, active=False)
    change_user(transaction, user, Signature("test", "", NOW))


def _log_out(transaction: Transaction) -> None:
    end_sessions(transaction, "admin")


DEEDS: tuple[Deed, ...] = (_demote, _narrow, _deactivate, _log_out)


@define
class Overtaken(FakeChanger):
    """Does something else before the first change that it is told to do."""

    deed: Deed | None = None

    def perform(self, action: Callable[[Transaction], T]) -> Deferred[T]:
        """Run a change."""
        deed, self.deed = self.deed, None
        if deed is not None:
            super().perform(deed)
        return super().perform(action)


class ChangingTests(AdminCase):
    """What happens to a user between the door and the writer counts."""

    def setUp(self) -> None:
        super().setUp()
        # Else the last administrator could not be demoted.
        self.browser_of(User("kepala", Role.ADMIN))

    def dumped(self) -> list[Any]:
        """All that the forms change."""
        others = select(users.c.name, users.c.role).where(users.c.name != "admin")
        queries = (select(reports), select(closed_months), select(officers), others)
        with self.engine.begin() as connection:
            return [connection.execute(query).all() for query in queries]

    def test_forms_as_they_are(self) -> None:
        """Each of them changes something where nothing happens meanwhile."""
        for form in FORMS:
            before = self.dumped()
            answer = self.fill(form.page, form.pairs, form.to)
            self.assertEqual(answer.status, 303, (form.page, words_of(answer)))
            self.assertNotEqual(self.dumped(), before, form.page)

    def test_overtaken(self) -> None:
        """None of them does, once its user may not."""
        for deed in DEEDS:
            for form in FORMS:
                self.doCleanups()
                self.setUp()
                self.check(form, deed)

    def check(self, form: Form, deed: Deed) -> None:
        """Send a form while something happens to its user."""
        changer = Overtaken(self.url)
        self.site = site(evolve(self.means, changer=changer))
        self.browser = Browser(self.site, Role.ADMIN)
        expected = self.dumped()
        changer.deed = deed
        answer = self.fill(form.page, form.pairs, form.to)
        self.assertEqual(answer.status, 403, (form.page, deed))
        self.assertIn("Muat ulang halaman formulirnya", words_of(answer))
        self.assertEqual(self.dumped(), expected, (form.page, deed))
