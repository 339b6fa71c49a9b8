"""``/admin/pengguna`` and the audit log for an administrator of a part of the country.

Whoever could make a user of a wider scope, or take over one, would have that scope.
"""

from __future__ import annotations

from attrs import frozen

from smscentre.store.changes import Signature
from smscentre.store.transaction import Transaction
from smscentre.store.users import account_named, add_user
from smscentre.users import Role, User
from tests.web.admincase import AdminCase
from tests.web.support import NOW, Browser, words_of

_LIST = "/admin/pengguna"
_NEW = f"{_LIST}/baru"

NEAR = User("dekat", Role.VIEWER, "1203")
FAR = User("jauh", Role.VIEWER, "8101")
BOTH = User("berdua", Role.DATA, provinces=("DKI", "MALUKU"))
CHIEF = User("kepala", Role.ADMIN)


@frozen
class Chosen:
    """A place as the form has it, and why it is refused."""

    kind: str
    field: str = ""
    value: str = ""
    words: str = "Di luar wilayah Anda."


TOO_WIDE = (
    Chosen("semua"),
    Chosen("provinsi", "provinsi", "MALUKU"),
    Chosen("upt", "upt", "8101"),
)


def _add_users(transaction: Transaction) -> None:
    for user in (NEAR, FAR, BOTH, CHIEF):
        add_user(transaction, user, "x", Signature("test", "", NOW))


class UserScopesTests(AdminCase):
    """An administrator of Jakarta."""

    def setUp(self) -> None:
        super().setUp()
        self.change_store(_add_users)
        self.jakarta = self.in_jakarta()

    def user(self, name: str) -> User | None:
        """A user as stored."""
        with self.engine.begin() as connection:
            account = account_named(connection, name)
        return account.user if account else None

    def test_list(self) -> None:
        """Those of the scope, the own name among them."""
        words = self.jakarta.words(_LIST)
        self.assertIn("dekat", words)
        self.assertIn("dki-admin", words)
        for other in (FAR, BOTH, CHIEF):
            self.assertNotIn(other.name, words)
        self.assertIn("jauh", self.browser.words(_LIST))

    def test_offer(self) -> None:
        """The form has no place beyond it."""
        page = self.jakarta.get(_NEW).text
        for absent in ("Seluruh Indonesia", 'value="MALUKU"', "8101"):
            self.assertNotIn(absent, page)
        self.assertIn('value="DKI"', page)

    def test_no_wider_user_is_added(self) -> None:
        """Neither for the country nor for another province or its unit."""
        for chosen in TOO_WIDE:
            form = [("nama", "baru"), ("peran", "admin"), ("wilayah", chosen.kind)]
            form += [(chosen.field, chosen.value)] if chosen.field else []
            answer = self.fill(_NEW, form, browser=self.jakarta)
            self.assertEqual(answer.status, 422, chosen)
            self.assertIn(chosen.words, words_of(answer))
        self.assertIsNone(self.user("baru"))

    def test_nobody_is_widened(self) -> None:
        """Not a user of the scope, and not oneself."""
        for name in ("dekat", "dki-admin"):
            page, before = f"{_LIST}/ubah/{name}", self.user(name)
            for chosen in TOO_WIDE:
                form = [("peran", "admin"), ("wilayah", chosen.kind), ("aktif", "ya")]
                form += [(chosen.field, chosen.value)] if chosen.field else []
                answer = self.fill(page, form, browser=self.jakarta)
                self.assertEqual(answer.status, 422, chosen)
            self.assertEqual(self.user(name), before)

    def test_others_are_not_there(self) -> None:
        """Their page is none, and neither role nor password can be changed."""
        form = {"csrf": self.jakarta.csrf(_NEW), "peran": "viewer", "wilayah": "upt"}
        form |= {"upt": "1203", "aktif": ""}
        for other in (FAR, BOTH, CHIEF):
            page = f"{_LIST}/ubah/{other.name}"
            self.assertEqual(self.jakarta.get(page).status, 404)
            self.assertEqual(self.jakarta.post(page, form).status, 404)
            reset = f"{_LIST}/sandi/{other.name}"
            self.assertEqual(self.jakarta.post(reset, form).status, 404)
            self.assertEqual(self.user(other.name), other)

    def test_those_of_the_scope(self) -> None:
        """They are changed as ever."""
        form = [("peran", "data"), ("wilayah", "provinsi"), ("provinsi", "DKI")]
        page = f"{_LIST}/ubah/dekat"
        answer = self.fill(page, [*form, ("aktif", "ya")], browser=self.jakarta)
        self.assertEqual(answer.status, 303)
        self.assertEqual(self.user("dekat"), User("dekat", Role.DATA, None, ("DKI",)))
        csrf = {"csrf": self.jakarta.csrf(page)}
        self.assertEqual(self.jakarta.post(f"{_LIST}/sandi/dekat", csrf).status, 200)


class AuditScopeTests(AdminCase):
    """The audit log has the figures and numbers of the whole country."""

    def test_for_the_country_only(self) -> None:
        """Whoever is for a part of it is told why not, and is not led there."""
        jakarta = self.in_jakarta()
        answer = jakarta.get("/admin/audit")
        self.assertEqual(answer.status, 403)
        self.assertIn("seluruh Indonesia", words_of(answer))
        csrf = {"csrf": jakarta.csrf(_NEW)}
        self.assertEqual(jakarta.post("/admin/audit", csrf).status, 403)
        self.assertNotIn("/admin/audit", jakarta.get("/admin").text)
        self.assertIn("/admin/audit", self.browser.get("/admin").text)
        self.assertEqual(Browser(self.site, Role.ADMIN).get("/admin/audit").status, 200)
