"""``/admin/token``: tokens made, shown once, listed and withdrawn."""

from __future__ import annotations

import re

from smscentre.store.tokens import all_tokens, find_token, touch_token
from smscentre.tokens import ApiToken, TokenScope, token_hash
from smscentre.users import Role, User
from smscentre.web.adminwords import scope_name
from tests.web.admincase import AdminCase
from tests.web.support import Answer, Browser, words_of

_PATH = "/admin/token"
_SECRET = re.compile(r">(smsc_[A-Za-z0-9_-]{43})<")


class TokenCase(AdminCase):
    """Tokens by their page."""

    def make(self, *pairs: tuple[str, str], browser: Browser | None = None) -> Answer:
        """Fill the form in."""
        form = [("nama", "Dasbor"), ("guna", "reports"), ("wilayah", "semua")]
        names = {name for name, _ in pairs}
        kept = [pair for pair in form if pair[0] not in names]
        return self.fill(_PATH, [*kept, *pairs], browser=browser)

    def tokens(self) -> list[ApiToken]:
        """All that are stored."""
        with self.engine.begin() as connection:
            return all_tokens(connection)

    def found(self, answer: Answer) -> tuple[str, ApiToken | None]:
        """The token that a page shows, and what it is good for."""
        shown = _SECRET.search(answer.text)
        assert shown is not None
        with self.engine.begin() as connection:
            return shown[1], find_token(connection, token_hash(shown[1]))


class MakeTests(TokenCase):
    """A new one."""

    def test_shown_once(self) -> None:
        """What is shown works, and only its hash is kept."""
        secret, token = self.found(
            self.make(("guna", "reports"), ("guna", "send"), ("nama", "Dasbor"))
        )
        assert token is not None
        self.assertEqual(token.scopes, {TokenScope.REPORTS, TokenScope.SEND})
        self.assertEqual((token.name, token.made_by), ("Dasbor", "admin"))
        self.assertNotIn(secret, self.browser.get(_PATH).text)
        with self.engine.begin() as connection:
            dump = connection.exec_driver_sql("SELECT * FROM api_tokens").all()
        self.assertNotIn(secret, str(dump))
        self.assertEqual(self.details("tokens.add"), ["Dasbor: reports send for ALL"])

    def test_places(self) -> None:
        """Provinces or a unit."""
        _, token = self.found(self.make(("wilayah", "provinsi"), ("provinsi", "DKI")))
        assert token is not None
        self.assertEqual(token.provinces, ("DKI",))
        _, token = self.found(self.make(("wilayah", "upt"), ("upt", "1203")))
        assert token is not None
        self.assertEqual(token.unit, "1203")

    def test_faults_at_their_fields(self) -> None:
        """Each is named, and nothing that was typed is lost."""
        answer = self.make(("nama", ""), ("guna", "all"), ("wilayah", "upt"))
        self.assertEqual(answer.status, 422)
        for words in (
            "Wajib diisi.",
            "Pilih paling sedikit satu kegunaan.",
            "Kode UPT itu tidak ada.",
        ):
            self.assertIn(words, answer.text)
        answer = self.make(("nama", "Dasbor Baru"), ("wilayah", "provinsi"))
        self.assertIn('value="Dasbor Baru"', answer.text)
        self.assertIn('value="reports" checked', answer.text)
        self.assertEqual(self.tokens(), [])

    def test_a_scope(self) -> None:
        """Nobody gives away more than his own."""
        browser = self.in_jakarta()
        for pairs in (
            [("wilayah", "semua")],
            [("wilayah", "provinsi"), ("provinsi", "MALUKU")],
            [("wilayah", "upt"), ("upt", "8101")],
        ):
            answer = self.make(*pairs, browser=browser)
            self.assertIn("Di luar wilayah Anda.", answer.text)
        self.assertEqual(self.tokens(), [])
        _, token = self.found(
            self.make(("wilayah", "provinsi"), ("provinsi", "DKI"), browser=browser)
        )
        self.assertIsNotNone(token)

    def test_hostile_names(self) -> None:
        """They are inert, or refused."""
        self.assertEqual(self.make(("nama", "x\u202ey")).status, 422)
        self.make(("nama", "<script>x</script>"))
        self.assertNotIn("<script>x", self.browser.get(_PATH).text)

    def test_every_scope_has_words(self) -> None:
        """None is shown as it is called in the API alone."""
        for scope in TokenScope:
            self.assertNotEqual(scope_name(scope), scope.value)


class ListTests(TokenCase):
    """Those that there are."""

    def test_used(self) -> None:
        """When last is shown."""
        self.make()
        self.assertIn("belum pernah", self.browser.words(_PATH))
        (token,) = self.tokens()
        self.change_store(lambda t: touch_token(t, token.id, self.now))
        self.assertNotIn("belum pernah", self.browser.words(_PATH))

    def test_withdrawn(self) -> None:
        """It does not work any more, and stays in the list."""
        secret, _ = self.found(self.make())
        (token,) = self.tokens()
        page = f"{_PATH}/cabut?token={token.id}"
        self.assertIn("Cabut token Dasbor?", self.browser.words(page))
        answer = self.fill(page, [], f"{_PATH}/cabut")
        self.assertEqual(answer.status, 303)
        with self.engine.begin() as connection:
            self.assertIsNone(find_token(connection, token_hash(secret)))
        words = self.browser.words(_PATH)
        self.assertIn("Token Dasbor sudah dicabut.", words)
        self.assertIn("dicabut 14 Mei 2024", words)
        self.assertEqual(len(self.details("tokens.revoke")), 1)

    def test_of_somebody_who_may_no_more(self) -> None:
        """It says that it does not work, and why."""
        self.make()
        other = self.browser_of(User("lain", Role.ADMIN))
        self.change(User("admin", Role.ADMIN, provinces=("DKI",)))
        self.assertIn("pembuatnya tidak lagi berhak", other.words(_PATH))

    def test_a_scope(self) -> None:
        """Others' tokens are neither seen nor withdrawn."""
        self.make(("nama", "Ambon"), ("wilayah", "upt"), ("upt", "8101"))
        self.make(("nama", "Cipinang"), ("wilayah", "upt"), ("upt", "1203"))
        browser = self.in_jakarta()
        words = words_of(browser.get(_PATH))
        self.assertIn("Cipinang", words)
        self.assertNotIn("Ambon", words)
        row = next(token.id for token in self.tokens() if token.name == "Ambon")
        self.assertEqual(browser.get(f"{_PATH}/cabut?token={row}").status, 404)
        answer = self.fill(_PATH, [("token", str(row))], f"{_PATH}/cabut", browser)
        self.assertEqual(answer.status, 404)
        self.assertTrue(all(token.active for token in self.tokens()))
