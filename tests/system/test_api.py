"""A program that sends SMS by the API of the real process, which is killed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from smscentre.store.beside import change_store
from smscentre.store.changes import Signature
from smscentre.store.tokens import add_token
from smscentre.store.transaction import Transaction
from smscentre.store.users import add_user
from smscentre.tokens import ApiToken, TokenScope, new_token, token_hash
from smscentre.users import Role, User
from tests.system.case import OFFICER, ServiceTestCase

TEXT = "Rapat besok pukul 09.00 di Kanwil."
MAKER = User("ani", Role.ADMIN)
SIGNATURE = Signature("test", "", 0.0)


class SendingTests(ServiceTestCase):
    """A program, a carrier, and one SMS."""

    def setUp(self) -> None:
        super().setUp()
        self.run_centre()
        self.token = new_token()

        def prepare(transaction: Transaction) -> None:
            scopes = frozenset({TokenScope.SEND, TokenScope.REPORTS})
            add_user(transaction, MAKER, "-", SIGNATURE)
            token = ApiToken(0, "uji", scopes, None, (), MAKER.name, 0.0)
            add_token(transaction, token, token_hash(self.token), SIGNATURE)

        change_store(f"sqlite:///{self.centre.database}", prepare)

    def call(self, path: str, body: Any = None) -> tuple[int, Any, Any]:
        """Ask for something: status, headers and what was answered."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.centre.web_port}/api/v1{path}",
            json.dumps(body).encode() if body is not None else None,
            {
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": "rapat-1",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.headers, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, json.load(error)

    def send(self) -> Any:
        """Send the SMS; what is told of it."""
        status, headers, found = self.call("/send", {"to": f"+{OFFICER}", "text": TEXT})
        self.assertEqual(status, 202, found)
        return {**found, "repeated": headers["Idempotent-Replayed"] == "true"}

    def copies(self) -> int:
        """How often the carrier saw it."""
        return sum(submit.text == TEXT for submit in self.smsc.submits)

    def state(self) -> str:
        """What the API says has become of it."""
        _, _, found = self.call(f"/send/{self.row}")
        return str(found["state"])

    def test_sent_once(self) -> None:
        """It goes at once, and not again by asking again."""
        self.row = self.send()["id"]
        # Sooner than the outbox would look by itself.
        self.wait(self.copies, "the SMS", 8.0)
        self.wait(lambda: self.state() == "sent", "its answer")
        again = self.send()
        self.assertEqual((again["id"], again["repeated"]), (self.row, True))
        self.assertEqual(self.copies(), 1)

    def test_killed(self) -> None:
        """What was taken goes after a crash; whoever did not hear of it may ask."""
        self.smsc.go_away()
        self.wait(lambda: not self.smsc.bound, "the end of the bind")
        self.row = self.send()["id"]
        self.assertEqual(self.state(), "waiting")
        self.centre.kill9()
        self.smsc.listen()
        self.centre.start()
        again = self.send()
        self.assertEqual((again["id"], again["repeated"]), (self.row, True))
        self.wait(self.copies, "the SMS", 20.0)
        self.wait(lambda: self.state() == "sent", "its answer")
        self.assertEqual(self.copies(), 1)

    def test_the_same_figures(self) -> None:
        """What was texted through a carrier a program sees, and who has texted."""
        self.smsc.deliver(OFFICER, "RUTAN 82 54 36 39")
        self.wait(lambda: self.smsc.texts(OFFICER), "a reply")
        _, _, found = self.call("/reports/rutan?by=unit&unit=5001")
        figures = found["rows"][0]["figures"]
        self.assertEqual((figures["tahanan_t"], figures["jumlah"]), (136, 211))
        self.assertEqual(found["rows"][0]["reported_by"], "+62811****001")
