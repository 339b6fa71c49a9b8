"""Who may use the API: tokens, scopes, quota, and how it says no."""

from __future__ import annotations

from attrs import evolve

from smscentre.store.changes import Signature
from smscentre.store.engine import StoreError
from smscentre.store.tokens import all_tokens, find_token, revoke_token
from smscentre.store.users import add_user, change_user
from smscentre.tokens import TokenScope, new_token, token_hash
from smscentre.users import Role, User
from smscentre.web.api.faults import PREFIX, Fault, fault_of
from smscentre.web.means import Programs
from smscentre.web.problems import Problem
from tests.web.programs import MAKER, ApiTestCase, Program
from tests.web.support import NOW, ask, post_of

SIGNATURE = Signature("test", "", NOW)

PATHS = {
    TokenScope.REPORTS: ("/reports", "/reports/rutan"),
    TokenScope.UNITS: ("/units", "/units/1203", "/provinces"),
    TokenScope.MESSAGES: ("/messages", "/messages/1"),
    TokenScope.SEND: ("/send/1",),
}


class TokenTests(ApiTestCase):
    """Only a token that works opens anything."""

    def test_without_a_token(self) -> None:
        """A program is told how to show one."""
        answer = Program(self.site, "").get("/units")
        self.problem(answer, 401, "no-token")
        self.assertEqual(answer.headers["www-authenticate"], "Bearer")

    def test_wrong_tokens(self) -> None:
        """None is taken, whatever it looks like."""
        good = self.program.token
        wrong = ["x", new_token(), good[:-1], good + "x", good.swapcase(), f"{good} x"]
        for token in wrong:
            answer = Program(self.site, token).get("/units")
            self.problem(answer, 401, "bad-token")
            challenge = 'Bearer error="invalid_token"'
            self.assertEqual(answer.headers["www-authenticate"], challenge)

    def test_other_schemes(self) -> None:
        """A token is no password."""
        for header in (f"Basic {self.program.token}", self.program.token, "Bearer"):
            answer = Program(self.site, "").get("/units", Authorization=header)
            self.problem(answer, 401, "bad-token")

    def test_scheme_in_any_case(self) -> None:
        """Names of schemes have no case (RFC 9110 §11.1)."""
        header = f"bEARER {self.program.token}"
        answer = Program(self.site, "").get("/units", Authorization=header)
        self.assertEqual(answer.status, 200)

    def test_a_token_in_the_address(self) -> None:
        """It would stand in logs, and opens nothing."""
        answer = Program(self.site, "").get(f"/units?token={self.program.token}")
        self.problem(answer, 401, "no-token")

    def test_a_withdrawn_token(self) -> None:
        """It ends at once."""
        token = self.change(
            lambda transaction: find_token(
                transaction.connection, token_hash(self.program.token)
            )
        )
        assert token is not None
        self.assertEqual(self.program.get("/units").status, 200)
        self.change(lambda transaction: revoke_token(transaction, token.id, SIGNATURE))
        self.problem(self.program.get("/units"), 401, "bad-token")

    def test_a_maker_who_may_no_more(self) -> None:
        """A token never does what its maker may not."""
        other = User("lain", Role.ADMIN)
        self.change(lambda transaction: add_user(transaction, other, "-", SIGNATURE))
        self.change(
            lambda transaction: change_user(
                transaction, evolve(MAKER, active=False), SIGNATURE
            )
        )
        self.problem(self.program.get("/units"), 401, "bad-token")

    def test_a_login_is_no_token(self) -> None:
        """A cookie opens nothing here: a form elsewhere could use it."""
        answer = Program(self.site, "").get("/units", Cookie="sesi=" + "x" * 43)
        self.problem(answer, 401, "no-token")

    def test_use_is_noted(self) -> None:
        """When a token was last used is stored, once in a while."""
        for _ in range(2):
            self.program.get("/units")
        used = self.change(lambda transaction: all_tokens(transaction.connection))
        self.assertEqual([one.last_used_at for one in used], [NOW])


class ScopeTests(ApiTestCase):
    """A token opens what it is for."""

    def test_each_scope(self) -> None:
        """With it something is found or missing, without it nothing is told."""
        for scope, paths in PATHS.items():
            own = self.program_with([scope])
            others = self.program_with(frozenset(TokenScope) - {scope})
            for path in paths:
                self.assertIn(own.get(path).status, (200, 404), path)
                answer = others.get(path)
                self.problem(answer, 403, "scope-missing")
                challenge = f'Bearer error="insufficient_scope", scope="{scope.value}"'
                self.assertEqual(answer.headers["www-authenticate"], challenge)

    def test_sending_is_a_scope(self) -> None:
        """Who may only read sends nothing."""
        readers = self.program_with(frozenset(TokenScope) - {TokenScope.SEND})
        answer = readers.send({"to": "+6281234567890", "text": "halo"})
        self.problem(answer, 403, "scope-missing")

    def test_public(self) -> None:
        """The document and the meaning of problems are for everybody."""
        nobody = Program(self.site, "")
        self.assertEqual(nobody.get("/openapi.json").status, 200)
        for fault in Fault:
            found = nobody.json(f"/problems/{fault.slug}")
            self.assertEqual(found["type"], f"{PREFIX}/problems/{fault.slug}")
        self.problem(nobody.get("/problems/other"), 404, "not-found")


class QuotaTests(ApiTestCase):
    """So many requests a minute, each token for itself."""

    def setUp(self) -> None:
        super().setUp()
        self.use(evolve(self.means, programs=Programs(3, post_of())))

    def test_headers(self) -> None:
        """Every answer says what is left, also one that refuses."""
        answer = self.program.get("/units")
        self.assertEqual(answer.headers["ratelimit-policy"], '"minute";q=3;w=60')
        self.assertEqual(answer.headers["ratelimit"], '"minute";r=2;t=60')
        self.clock.advance(20.5)
        answer = self.program.get("/units?limit=0")
        self.assertEqual(answer.headers["ratelimit"], '"minute";r=1;t=40')

    def test_too_many(self) -> None:
        """Beyond the limit a program is told when to ask again, and then it may."""
        for _ in range(3):
            self.assertEqual(self.program.get("/units").status, 200)
        self.clock.advance(18)
        answer = self.program.get("/units")
        self.problem(answer, 429, "rate-limit")
        self.assertEqual(answer.headers["retry-after"], "42")
        self.clock.advance(42)
        self.assertEqual(self.program.get("/units").status, 200)

    def test_each_token_for_itself(self) -> None:
        """One program does not keep another from asking."""
        for _ in range(4):
            self.program.get("/units")
        self.assertEqual(self.program_with().get("/units").status, 200)

    def test_what_is_refused_counts(self) -> None:
        """A program that may not do something may not ask for it for ever."""
        program = self.program_with([TokenScope.REPORTS])
        for _ in range(3):
            self.problem(program.get("/units"), 403, "scope-missing")
        self.problem(program.get("/units"), 429, "rate-limit")

    def test_public_without_limit(self) -> None:
        """The document has no program to be counted."""
        for _ in range(5):
            self.assertEqual(Program(self.site, "").get("/openapi.json").status, 200)

    def test_no_limit(self) -> None:
        """0 is none, and there is nothing to be told."""
        self.use(evolve(self.means, programs=Programs(0, post_of())))
        self.assertNotIn("ratelimit", self.program.get("/units").headers)


class DoorTests(ApiTestCase):
    """What never reaches an operation is told in the same form."""

    def test_no_such_address(self) -> None:
        """Beneath /api everything is a problem in JSON."""
        for path in ("", "/", "/nothing", "/units/", "//units", "/%ff", "/units/a%2fb"):
            self.problem(self.program.get(path), 404, "not-found")

    def test_methods(self) -> None:
        """Another method is told which there are."""
        for method, path, allowed in (
            ("POST", "/units", "GET, HEAD"),
            ("DELETE", "/units/1203", "GET, HEAD"),
            ("PUT", "/send", "POST"),
            ("GET", "/send", "POST"),
            ("OPTIONS", "/send/1", "GET, HEAD"),
            ("TRACE", "/openapi.json", "GET, HEAD"),
        ):
            answer = self.program.ask(method, path)
            self.problem(answer, 405, "method-not-allowed")
            self.assertEqual(answer.headers["allow"], allowed, path)

    def test_unreadable(self) -> None:
        """An address that is no text is none, whatever it asks for."""
        for query in ("?search=%ff", "?search=%00", "?%ff=1", "?" + "a=1&" * 1001):
            answer = self.program.get(f"/units{query}")
            self.problem(answer, 400, "malformed-request")

    def test_too_large(self) -> None:
        """A body beyond the limit is refused by its announcement."""
        answer = self.program.ask("POST", "/send", headers={"Content-Length": "65537"})
        self.problem(answer, 413, "too-large")

    def test_database_away(self) -> None:
        """A program is told to come again, and nothing of why."""
        self.reader.error = StoreError("disk I/O error at /secret/path")
        answer = self.program.get("/units")
        self.problem(answer, 503, "unavailable")
        self.assertEqual(answer.headers["retry-after"], "15")
        self.assertNotIn("secret", answer.text)

    def test_every_problem_of_the_site(self) -> None:
        """Each has a fault of the same status, but those that only forms have."""
        for problem in set(Problem) - {Problem.FORGED, Problem.NO_LOGIN}:
            if problem not in (Problem.NO_RIGHT, Problem.TOO_MANY):
                self.assertEqual(fault_of(problem).status, problem.status, problem)

    def test_broken(self) -> None:
        """A fault of ours is logged and not shown."""
        self.reader.error = ZeroDivisionError("inner secret")
        answer = self.program.get("/units")
        self.problem(answer, 500, "internal-error")
        self.assertNotIn("secret", answer.text)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_head(self) -> None:
        """HEAD has the headers of GET and no body."""
        got = self.program.get("/units")
        answer = self.program.ask("HEAD", "/units")
        self.assertEqual((answer.status, answer.body), (200, b""))
        for name in ("content-length", "etag", "content-type"):
            self.assertEqual(answer.headers[name], got.headers[name])

    def test_odd_host(self) -> None:
        """What a client calls us is nowhere in an answer."""
        request = (
            f"GET {PREFIX}/units/1203 HTTP/1.1\r\nHost: evil.example\r\n"
            f"Authorization: Bearer {self.program.token}\r\n\r\n"
        )
        answer = ask(self.site, request.encode())
        self.assertEqual(answer.status, 200)
        self.assertNotIn("evil", str(answer.headers) + answer.text)


class TagTests(ApiTestCase):
    """What a program has already is not sent again."""

    def test_not_modified(self) -> None:
        """With the tag, an old list of them, or any, there is no body."""
        tag = self.program.get("/units").headers["etag"]
        for given in (tag, f'"a", W/{tag}', "*"):
            answer = self.program.get("/units", If_None_Match=given)
            self.assertEqual((answer.status, answer.body), (304, b""))
            self.assertEqual(answer.headers["etag"], tag)

    def test_changed(self) -> None:
        """Another report makes another tag."""
        tag = self.program.get("/reports/rutan").headers["etag"]
        self.texted.text("1203", "RUTAN 82 54 36 39", NOW)
        answer = self.program.get("/reports/rutan", If_None_Match=tag)
        self.assertEqual(answer.status, 200)
        self.assertNotEqual(answer.headers["etag"], tag)

    def test_kept_by_the_program_only(self) -> None:
        """Nobody in between keeps an answer that was for one token."""
        answer = self.program.get("/units")
        self.assertEqual(answer.headers["cache-control"], "private, no-cache")

    def test_each_page_has_its_own(self) -> None:
        """Tags are of what was asked for."""
        tags = {
            self.program.get(path).headers["etag"]
            for path in ("/units", "/units?limit=1", "/units/1203")
        }
        self.assertEqual(len(tags), 3)
