"""Messages for programs: found again, one's life, and what is kept from whom."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final, get_args

from attrs import frozen
from sqlalchemy import Insert, insert

from smscentre.directory import Officer, Right
from smscentre.store.people import put_officers
from smscentre.store.recent import ARRIVAL_STATES
from smscentre.store.steps import OutboxState
from smscentre.store.tables import inbox, outbox, receipts, submissions
from smscentre.tokens import TokenScope
from smscentre.web.api.messages import State
from tests.store.test_pages import arrival, part
from tests.texted import officer
from tests.web.programs import ApiTestCase, Program
from tests.web.support import NOW

SECRET: Final = "RUTAN 82 54 36 39"
DKI, JABAR = officer("1203").number, officer("1301").number
STRANGER: Final = "+6289999999999"
REGION: Final = "+6281300000001"
ONLY_MESSAGES: Final = frozenset({TokenScope.MESSAGES})

ROWS: tuple[tuple[Any, dict[str, object]], ...] = (
    (inbox, arrival(1, number=DKI, arrived_at=NOW - 500, text=SECRET)),
    (
        outbox,
        part(
            2,
            inbox_id=1,
            number=DKI,
            created_at=NOW - 500,
            state="delivered",
            text=f"Insert {SECRET}",
            sent_at=NOW - 499,
            smsc_id="ab12",
        ),
    ),
    (inbox, arrival(3, number=JABAR, arrived_at=NOW - 400, outcome="bad_number")),
    (outbox, part(4, inbox_id=3, number=JABAR, created_at=NOW - 400)),
    (
        inbox,
        arrival(
            5,
            number=STRANGER,
            arrived_at=NOW - 300,
            state="failed",
            outcome="failed",
            reason=f"ValueError: {SECRET}",
        ),
    ),
    (
        inbox,
        arrival(
            6,
            number=None,
            source="BANK",
            arrived_at=NOW - 200,
            state="silent",
            outcome="",
            reason="name",
        ),
    ),
    (inbox, arrival(7, arrived_at=NOW - 100, state="receipt", outcome="")),
    (inbox, arrival(8, number=REGION, arrived_at=NOW - 50, outcome="query")),
    (outbox, part(9, number=DKI, created_at=NOW - 40, priority=2, text="Rapat")),
    (
        receipts,
        {
            "id": 10,
            "inbox_id": 7,
            "link": "carrier",
            "number": DKI,
            "smsc_id": "ab12",
            "state": "delivered",
            "detail": f"stat:DELIVRD text:{SECRET[:8]}",
            "arrived_at": NOW - 100,
            "outbox_id": 2,
        },
    ),
    (
        submissions,
        {
            "id": 11,
            "unit": "1203",
            "form": "RUTAN",
            "day": datetime.date(2024, 5, 14),
            "inbox_id": 1,
            "number": DKI,
            "text": SECRET,
            "old_values": "1 2 3 4",
            "new_values": "82 54 36 39",
            "first": False,
            "stored_at": NOW - 500,
        },
    ),
)


@frozen
class Case:
    """What is asked for, and the ids of what fits, the newest first."""

    query: str
    ids: Sequence[int]


CASES = (
    Case("", (9, 8, 6, 5, 4, 3, 2, 1)),
    Case("?direction=in", (8, 6, 5, 3, 1)),
    Case("?direction=out", (9, 4, 2)),
    Case("?state=delivered", (2,)),
    Case("?state=receipt", (7,)),
    Case("?state=failed", (5,)),
    Case(f"?number=%2B{DKI[1:]}", (9, 2, 1)),
    Case(f"?number=%2B{DKI[1:]}&direction=in", (1,)),
    Case("?number=%2B62811120012", (9, 2, 1)),
    Case("?number=%2B62811120019", ()),
    Case("?link=modem-1", ()),
    Case("?since=2024-05-14T08:10:00%2B07:00", (9, 8, 6, 5)),
    Case("?until=2024-05-14T01:10:00Z", (4, 3, 2, 1)),
    Case("?since=9999-12-31T00:00:00Z", ()),
    Case("?since=0001-01-01T00:00:00Z&until=0001-01-02T00:00:00Z", ()),
)


class MessagesTestCase(ApiTestCase):
    """Messages of two officers, of one of a region, of a stranger and of a name."""

    def setUp(self) -> None:
        super().setUp()
        region = Officer(
            REGION, "Kanwil", provinces=("JABAR",), rights=frozenset({Right.QUERY})
        )
        self.change(lambda transaction: put_officers(transaction, [region]))
        for table, row in ROWS:
            self.put(insert(table).values(**row))

    def put(self, query: Insert) -> None:
        """Store a row."""
        self.change(lambda transaction: transaction.execute(query) and None)

    def ids(self, query: str, program: Program | None = None) -> list[int]:
        """What a list has."""
        found = (program or self.program).json(f"/messages{query}")["items"]
        return [one["id"] for one in found]


class ListTests(MessagesTestCase):
    """Messages found again."""

    def test_what_fits(self) -> None:
        """Each criterion narrows it."""
        for case in CASES:
            self.assertEqual(self.ids(case.query), list(case.ids), case.query)

    def test_what_is_told(self) -> None:
        """All that a list needs."""
        (message,) = self.program.json("/messages?state=delivered")["items"]
        expected = {
            "id": 2,
            "direction": "out",
            "at": "2024-05-14T08:07:10+07:00",
            "link": "carrier",
            "number": DKI,
            "text": f"Insert {SECRET}",
            "state": "delivered",
            "outcome": "",
            "in_reply_to": 1,
            "part": 1,
            "parts": 1,
        }
        self.assertEqual(message, expected)

    def test_pages(self) -> None:
        """Page by page they are all there, once."""
        found: list[int] = []
        cursor = ""
        for _ in ROWS:
            page = self.program.json(f"/messages?limit=3{cursor}")
            found += [one["id"] for one in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        self.assertEqual(found, list(CASES[0].ids))

    def test_every_state(self) -> None:
        """The words of the parameter are those of the store."""
        known = {*ARRIVAL_STATES, *(state.value for state in OutboxState)}
        self.assertEqual({*get_args(State)}, known)
        for state in known:
            self.ids(f"?state={state}")

    def test_odd_cursors(self) -> None:
        """They are refused, or find nothing."""
        for cursor in ("WzFlOTk5LDFd", "WzEsOTIyMzM3MjAzNjg1NDc3NTgwOF0", "WzEsLTFd"):
            answer = self.program.get(f"/messages?cursor={cursor}")
            self.problem(answer, 400, "bad-parameter")
        self.assertEqual(self.ids("?cursor=Wy0xZTMwOCwxXQ"), [])

    def test_moments_need_a_zone(self) -> None:
        """Else nobody knows which is meant."""
        answer = self.program.get("/messages?since=2024-05-14T08:00:00")
        found = self.problem(answer, 400, "bad-parameter")
        words = "harus waktu dengan zona seperti 2024-05-14T08:00:00+07:00"
        self.assertEqual(found["errors"], [{"name": "since", "detail": words}])


class LifeTests(MessagesTestCase):
    """One message from its arrival to the receipts of its replies."""

    def test_life(self) -> None:
        """By the id of any of its rows."""
        for row in (1, 2):
            found = self.program.json(f"/messages/{row}")
            self.assertEqual([one["id"] for one in found["arrivals"]], [1])
            self.assertEqual([one["id"] for one in found["sent"]], [2])
            (receipt,) = found["receipts"]
            self.assertEqual((receipt["id"], receipt["sent_id"]), (10, 2))
            (report,) = found["reports"]
            self.assertEqual(report["old"], [1, 2, 3, 4])
            self.assertEqual(report["new"], [82, 54, 36, 39])

    def test_what_nobody_asked_for(self) -> None:
        """A broadcast has no arrival."""
        found = self.program.json("/messages/9")
        self.assertEqual((found["arrivals"], found["receipts"]), ([], []))
        self.assertEqual(found["sent"][0]["text"], "Rapat")

    def test_nothing(self) -> None:
        """What is no id, or nobody's."""
        for key in ("12", "0", "x", "9223372036854775807", "9223372036854775808", "-1"):
            self.problem(self.program.get(f"/messages/{key}"), 404, "not-found")


class DiscretionTests(MessagesTestCase):
    """What is kept from tokens without the scope for it."""

    PATHS = ("/messages", *(f"/messages/{row}" for row in (1, 2, 3, 5, 6, 7, 8, 9)))

    def test_numbers(self) -> None:
        """They are masked everywhere."""
        program = self.program_with([TokenScope.MESSAGES, TokenScope.TEXTS])
        for path in self.PATHS:
            text = program.get(path).text
            for number in (DKI, JABAR, STRANGER, REGION):
                self.assertNotIn(number[1:], text, path)
        self.assertIn("+62811****203", program.get("/messages/1").text)

    def test_texts(self) -> None:
        """They are nowhere, nor what may quote them."""
        program = self.program_with([TokenScope.MESSAGES, TokenScope.NUMBERS])
        for path in self.PATHS:
            text = program.get(path).text
            self.assertNotIn("RUTAN 82", text, path)
            self.assertNotIn("Rapat", text, path)
        self.assertIsNone(program.json("/messages")["items"][0]["text"])

    def test_reasons(self) -> None:
        """A word of ours is told, what may quote is not."""
        program = self.program_with(ONLY_MESSAGES)
        self.assertEqual(program.json("/messages/6")["arrivals"][0]["reason"], "name")
        self.assertIsNone(program.json("/messages/5")["arrivals"][0]["reason"])
        told = self.program.json("/messages/5")["arrivals"][0]["reason"]
        self.assertEqual(told, f"ValueError: {SECRET}")

    def test_no_guessing(self) -> None:
        """Who sees masked numbers cannot ask for whole ones, one after the other."""
        program = self.program_with([TokenScope.MESSAGES, TokenScope.TEXTS])
        answer = program.get(f"/messages?number=%2B{DKI[1:]}")
        self.problem(answer, 403, "scope-missing")

    def test_not_kept(self) -> None:
        """No answer with messages is kept anywhere."""
        for path in self.PATHS:
            headers = self.program.get(path).headers
            self.assertEqual(headers["cache-control"], "no-store")


class PlaceTests(MessagesTestCase):
    """A token tells of the officers of its places."""

    def test_lists(self) -> None:
        """Their messages, in both directions; those of a region that lies within."""
        for place, ids in (
            ({"provinces": ("JABAR",)}, [8, 4, 3]),
            ({"provinces": ("DKI",)}, [9, 2, 1]),
            ({"unit": "1203"}, [9, 2, 1]),
            ({"unit": "1301"}, [4, 3]),
            ({"provinces": ("BALI",)}, []),
        ):
            self.assertEqual(self.ids("", self.program_with(**place)), ids, place)

    def test_lives(self) -> None:
        """What is of others is not there."""
        program = self.program_with(provinces=("JABAR",))
        for row, status in ((1, 404), (2, 404), (3, 200), (4, 200), (8, 200), (9, 404)):
            self.assertEqual(program.get(f"/messages/{row}").status, status, row)

    def test_strangers(self) -> None:
        """Who is no officer is of the whole country only."""
        program = self.program_with(provinces=("DKI", "JABAR"))
        for row in (5, 6, 7):
            self.problem(program.get(f"/messages/{row}"), 404, "not-found")
            self.assertEqual(self.program.get(f"/messages/{row}").status, 200)
