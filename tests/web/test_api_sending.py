"""SMS that programs send: taken once, refused with a reason, followed to the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from attrs import define, evolve, frozen
from sqlalchemy import select, update
from twisted.internet.defer import Deferred, fail

from smscentre.directory import Officer
from smscentre.messages import Priority
from smscentre.store.changes import Signature
from smscentre.store.engine import reading_engine
from smscentre.store.patient import UncertainError
from smscentre.store.people import put_officers
from smscentre.store.steps import OutboxState
from smscentre.store.tables import outbox
from smscentre.store.tokens import all_tokens, revoke_token
from smscentre.store.transaction import Transaction
from smscentre.tokens import TokenScope
from smscentre.web.means import Programs
from tests.texted import officer
from tests.web.programs import ApiTestCase, Program
from tests.web.support import NOW, FakeChanger, post_of

T = TypeVar("T")

NUMBER = "+6281234567890"
SMS = {"to": NUMBER, "text": "Rapat pukul 9"}


class SlowChanger(FakeChanger):
    """Does what it is told to, and says that it does not know."""

    def perform(self, action: Callable[[Transaction], T]) -> Deferred[T]:
        """Run a change."""
        super().perform(action)
        return fail(UncertainError("a change was begun and has not ended"))


@define
class OvertakenChanger(FakeChanger):
    """Does another change before the one that it is told to do."""

    before: Callable[[Transaction], Any] = lambda transaction: None

    def perform(self, action: Callable[[Transaction], T]) -> Deferred[T]:
        """Run a change."""
        super().perform(self.before)
        return super().perform(action)


@frozen
class Bad:
    """A body that is refused: how, and which member is named."""

    body: Any
    status: int
    slug: str
    name: str | None = None


BODIES = (
    Bad(b"", 400, "malformed-request"),
    Bad(b"{", 400, "malformed-request"),
    Bad(b"to=1&text=2", 400, "malformed-request"),
    Bad(b"\xff\xfe", 400, "malformed-request"),
    Bad(b'{"to":"\xff"}', 400, "malformed-request"),
    Bad(b"[" * 50_000, 422, "bad-body", ""),
    Bad(b'{"a":' * 10_000, 422, "bad-body", "a"),
    Bad(b'{"to":' + b"[" * 50_000, 422, "bad-body", "to"),
    Bad(b'{"to": NaN}', 400, "malformed-request"),
    Bad([], 422, "bad-body", ""),
    Bad(None, 422, "bad-body", ""),
    Bad("x", 422, "bad-body", ""),
    Bad({}, 422, "bad-body", "to"),
    Bad({**SMS, "too": "x"}, 422, "bad-body", "too"),
    Bad({**SMS, "to": 6281234567890}, 422, "bad-body", "to"),
    Bad({**SMS, "to": [NUMBER]}, 422, "bad-body", "to"),
    Bad({**SMS, "to": "081234567890"}, 422, "bad-body", "to"),
    Bad({**SMS, "to": NUMBER + "\n"}, 422, "bad-destination"),
    Bad({**SMS, "to": "+6281 234"}, 422, "bad-body", "to"),
    Bad({**SMS, "to": "+6281\u0662\u0663\u0664567"}, 422, "bad-body", "to"),
    Bad({**SMS, "to": "+62812"}, 422, "bad-body", "to"),
    Bad({**SMS, "to": "+9991234567"}, 422, "bad-destination"),
    Bad({**SMS, "to": "+123456789012"}, 422, "bad-destination"),
    Bad({**SMS, "to": "+622170252704"}, 422, "bad-destination"),
    Bad({**SMS, "text": ""}, 422, "bad-body", "text"),
    Bad({**SMS, "text": " \n "}, 422, "bad-body", "text"),
    Bad({**SMS, "text": None}, 422, "bad-body", "text"),
    Bad({**SMS, "text": "a\0b"}, 422, "bad-body", "text"),
    Bad({**SMS, "text": "a\x1b[31m"}, 422, "bad-body", "text"),
    Bad({**SMS, "text": "x" * 1531}, 422, "bad-body", "text"),
    Bad({**SMS, "text": "x" * 307}, 422, "text-too-long"),
    Bad({**SMS, "text": "\u3042" * 135}, 422, "text-too-long"),
    Bad({**SMS, "priority": "reply"}, 422, "bad-body", "priority"),
    Bad({**SMS, "priority": 0}, 422, "bad-body", "priority"),
)

STATES = (
    (("queued",), "waiting"),
    (("sent", "claimed"), "waiting"),
    (("delivered", "in_doubt"), "waiting"),
    (("sent", "sent"), "sent"),
    (("delivered", "sent"), "sent"),
    (("delivered", "unknown"), "sent"),
    (("delivered", "delivered"), "delivered"),
    (("delivered", "failed"), "failed"),
    (("expired", "uncertain"), "failed"),
    (("uncertain", "queued"), "uncertain"),
)


class SendingTestCase(ApiTestCase):
    """A program that may send, by a link that takes two parts."""

    def setUp(self) -> None:
        self.woken: list[tuple[str, int]] = []
        super().setUp()
        self.post = evolve(
            post_of(), queued=lambda link, parts: self.woken.append((link, parts))
        )
        self.use(evolve(self.means, programs=Programs(0, self.post)))

    def taken(self, body: Any, key: str = "k1") -> Any:
        """What is told of an SMS that was taken."""
        answer = self.program.send(body, key)
        self.assertEqual(answer.status, 202, answer.text)
        return json.loads(answer.body)

    def outbox(self) -> list[Any]:
        """All rows of the outbox."""
        engine = reading_engine(self.url)
        try:
            with engine.connect() as connection:
                return list(connection.execute(select(outbox).order_by(outbox.c.id)))
        finally:
            engine.dispose()


class TakenTests(SendingTestCase):
    """What is in order goes into the outbox."""

    def test_taken(self) -> None:
        """It is answered with where to look, and the link is woken."""
        answer = self.program.send(SMS)
        self.assertEqual(answer.status, 202)
        found = json.loads(answer.body)
        expected = {
            "id": found["id"],
            "href": f"/api/v1/send/{found['id']}",
            "to": NUMBER,
            "state": "waiting",
            "link": "carrier",
            "created_at": "2024-05-14T08:15:30+07:00",
            "expires_at": "2024-05-14T09:15:30+07:00",
            "parts": [
                {
                    "number": 1,
                    "state": "queued",
                    "sent_at": None,
                    "final_at": None,
                    "error": None,
                }
            ],
        }
        self.assertEqual(found, expected)
        self.assertEqual(answer.headers["location"], found["href"])
        self.assertNotIn("idempotent-replayed", answer.headers)
        self.assertEqual(self.woken, [("carrier", 1)])
        (row,) = self.outbox()
        self.assertEqual((row.number, row.text), (NUMBER, SMS["text"]))

    def test_priorities(self) -> None:
        """Messages go before broadcasts, and both after replies."""
        self.taken(SMS)
        self.taken({**SMS, "priority": "broadcast"}, "k2")
        found = [row.priority for row in self.outbox()]
        self.assertEqual(found, [Priority.REMINDER, Priority.BROADCAST])

    def test_a_long_text(self) -> None:
        """As many parts as the link takes."""
        found = self.taken({**SMS, "text": "x" * 306})
        self.assertEqual([one["number"] for one in found["parts"]], [1, 2])
        self.assertEqual(self.woken, [("carrier", 2)])

    def test_texts(self) -> None:
        """They go as they are: letters of all kinds, lines, what looks like markup."""
        texts = ("Selamat \u00e9\u20ac\U0001f600", "a\r\nb", "<b>&amp;</b>", "=1+1")
        for number, text in enumerate(texts):
            self.taken({**SMS, "text": text}, f"k{number}")
        self.assertEqual([row.text for row in self.outbox()], list(texts))

    def test_state(self) -> None:
        """What has become of it is told at its address."""
        found = self.taken({**SMS, "text": "x" * 306})
        rows = [row.id for row in self.outbox()]
        for states, expected in STATES:
            for row, state in zip(rows, states * 2, strict=False):
                self.assertIn(state, [*OutboxState])
                self.move(row, state)
            state = self.program.json(f"/send/{found['id']}")["state"]
            self.assertEqual(state, expected, states)

    def move(self, row: int, state: str) -> None:
        """Have a part be in a state."""
        query = update(outbox).where(outbox.c.id == row).values(state=state)
        self.change(lambda transaction: transaction.execute(query) and None)

    def test_of_others(self) -> None:
        """It is told to the token that sent it."""
        found = self.taken(SMS)
        for key in (found["id"], found["id"] + 1, 0, "x", "9" * 30):
            self.problem(self.program_with().get(f"/send/{key}"), 404, "not-found")


class OnceTests(SendingTestCase):
    """Whoever tries again sends nothing again."""

    def test_repeated(self) -> None:
        """The answer is the same, and says that it was there."""
        first = self.program.send(SMS)
        again = self.program.send(dict(reversed(SMS.items())))
        self.assertEqual((again.status, again.body), (202, first.body))
        self.assertEqual(again.headers["location"], first.headers["location"])
        self.assertEqual(again.headers["idempotent-replayed"], "true")
        self.assertEqual(len(self.outbox()), 1)
        self.assertEqual(self.woken, [("carrier", 1)])

    def test_another_sms(self) -> None:
        """A key stands for one of them."""
        self.taken(SMS)
        for other in (
            {**SMS, "text": "lain"},
            {**SMS, "to": "+6281234567891"},
            {**SMS, "priority": "broadcast"},
        ):
            self.problem(self.program.send(other), 422, "idempotency-key-reused")
        self.assertEqual(len(self.outbox()), 1)

    def test_keys(self) -> None:
        """One is needed, of characters that can be seen."""
        for key in ("", "a b", "x" * 101, "\u00e9"):
            answer = self.program.send(SMS, key)
            found = self.problem(answer, 400, "bad-parameter")
            names = [one["name"] for one in found["errors"]]
            self.assertEqual(names, ["Idempotency-Key"], key)
        self.assertEqual(self.outbox(), [])

    def test_withdrawn_on_the_way(self) -> None:
        """Once a token is said to be withdrawn, nothing more of it is sent."""

        def withdraw(transaction: Transaction) -> None:
            for token in all_tokens(transaction.connection):
                revoke_token(transaction, token.id, Signature("test", "", NOW))

        changer = OvertakenChanger(self.url, before=withdraw)
        token = self.program.token
        self.use(evolve(self.means, changer=changer))
        answer = Program(self.site, token).send(SMS)
        self.problem(answer, 401, "bad-token")
        self.assertIn("invalid_token", answer.headers["www-authenticate"])
        self.assertEqual(self.outbox(), [])

    def test_the_database_is_slow(self) -> None:
        """A program is told to ask again, and what was stored late goes once."""
        usual, token = self.means, self.program.token
        self.use(evolve(self.means, changer=SlowChanger(self.url)))
        answer = Program(self.site, token).send(SMS)
        self.problem(answer, 503, "unavailable")
        self.assertIn("retry-after", answer.headers)
        self.use(usual)
        again = Program(self.site, token).send(SMS)
        self.assertEqual(again.headers["idempotent-replayed"], "true")
        self.assertEqual(len(self.outbox()), 1)


class RefusedTests(SendingTestCase):
    """What is wrong is told, and nothing is sent."""

    def test_bodies(self) -> None:
        """Each as the table has it."""
        for case in BODIES:
            answer = self.program.send(case.body)
            found = self.problem(answer, case.status, case.slug)
            names = [one["name"] for one in found["errors"]]
            expected = [] if case.name is None else [case.name]
            self.assertEqual(names, expected, case.body)
        self.assertEqual(self.outbox(), [])

    def test_words_about_bodies(self) -> None:
        """What is wrong is said as it is of parameters, not in a library's words."""
        number = r"harus cocok dengan ^\+[1-9][0-9]{6,14}$"
        for body, words in (
            ([], "harus objek JSON"),
            (None, "harus objek JSON"),
            ({"text": "x"}, "harus ada"),
            ({**SMS, "x": 1}, "tidak dikenal di kiriman ini"),
            ({**SMS, "to": 8}, number),
            ({**SMS, "to": "08"}, number),
            ({**SMS, "priority": 1}, "harus salah satu dari broadcast, message"),
        ):
            found = self.problem(self.program.send(body), 422, "bad-body")
            self.assertEqual([one["detail"] for one in found["errors"]], [words])
        long = {**SMS, "text": "x" * 1531}
        found = self.problem(self.program.send(long), 422, "bad-body")
        words = found["errors"][0]["detail"]
        self.assertIn("harus paling banyak 1530 karakter dan cocok dengan", words)

    def test_types_of_bodies(self) -> None:
        """Only JSON is one; a form of another site can send none."""
        for kind in ("text/plain", "application/x-www-form-urlencoded", "", "json"):
            answer = self.program.send(SMS, Content_Type=kind)
            self.problem(answer, 415, "media-type")
        answer = self.program.send(SMS, Content_Type="Application/JSON; charset=utf-8")
        self.assertEqual(answer.status, 202)

    def test_no_link(self) -> None:
        """A centre that only answers sends nothing."""
        post = evolve(self.post, choose=lambda number: None)
        self.use(evolve(self.means, programs=Programs(0, post)))
        self.problem(self.program.send(SMS), 503, "no-link")

    def test_limit_of_a_token(self) -> None:
        """Beyond it the program is told when there is room again."""
        post = evolve(self.post, sms_per_day=3)
        self.use(evolve(self.means, programs=Programs(0, post)))
        self.taken({**SMS, "text": "x" * 200})
        answer = self.program.send({**SMS, "text": "x" * 200}, "k2")
        self.problem(answer, 429, "sending-limit")
        self.assertEqual(answer.headers["retry-after"], "86400")
        self.taken(SMS, "k3")

    def test_limit_of_a_number(self) -> None:
        """Nobody is flooded, by however many programs."""
        post = evolve(self.post, per_number_hour=2)
        self.use(evolve(self.means, programs=Programs(0, post)))
        for key in ("k1", "k2"):
            self.taken(SMS, key)
        answer = self.program_with().send(SMS)
        self.problem(answer, 429, "sending-limit")
        self.assertEqual(answer.headers["retry-after"], "3600")
        self.taken({**SMS, "to": "+6281234567891"}, "k3")


class PlaceTests(SendingTestCase):
    """A token of a place writes to its officers."""

    def setUp(self) -> None:
        super().setUp()
        others = (
            Officer("+6281300000001", "Kanwil", provinces=("JABAR",)),
            Officer("+6281300000002", "Dua", provinces=("JABAR", "DKI")),
            Officer("+6281300000003", "Pusat"),
            Officer("+6281300000004", "Lama", "1301", active=False),
        )
        self.change(lambda transaction: put_officers(transaction, others))

    def test_who_may_be_written_to(self) -> None:
        """Active officers of units and regions that lie within."""
        jabar = officer("1301").number
        dki = officer("1203").number
        region = "+6281300000001"
        for place, allowed in (
            ({"provinces": ("JABAR",)}, {jabar, region}),
            ({"provinces": ("DKI", "JABAR")}, {jabar, dki, region, "+6281300000002"}),
            ({"unit": "1301"}, {jabar}),
        ):
            program = self.program_with(**place)
            numbers = {jabar, dki, NUMBER, *(f"+628130000000{n}" for n in "1234")}
            for number in sorted(numbers):
                answer = self.send(program, number)
                if number in allowed:
                    self.assertEqual(answer.status, 202, (place, number))
                else:
                    self.problem(answer, 403, "recipient-not-allowed")

    def send(self, program: Program, number: str) -> Any:
        """Send somebody something."""
        return program.send({**SMS, "to": number}, key=number)

    def test_the_country(self) -> None:
        """Without a place a token writes to anybody."""
        program = self.program_with([TokenScope.SEND])
        self.assertEqual(self.send(program, NUMBER).status, 202)
