"""Messages found again: by what, in which order, by whom."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar
from unittest import skipIf

from sqlalchemy import insert

from smscentre.directory import Officer, Unit
from smscentre.numbers import sought
from smscentre.sim.memory import MemoryLink
from smscentre.store.arrivals import add_arrival, file_arrivals
from smscentre.store.engine import reading_engine
from smscentre.store.people import put_officers, put_units
from smscentre.store.reach import Named, may_see, named
from smscentre.store.search import (
    Criteria,
    Direction,
    Effort,
    Found,
    Place,
    search,
)
from smscentre.store.tables import inbox, outbox
from smscentre.users import Role, User
from tests.postgresql import MISSING, own_database
from tests.store.test_pages import arrival, part
from tests.storecase import StoreTestCase

EVERYWHERE = User("sari", Role.OPERATOR)

BUDI = "+628111203001"
ANI = "+628111203002"
REGION = "+628111203003"
COUNTRY = "+628111203004"
STRANGER = "+628579990001"


class SearchTestCase(StoreTestCase):
    """Rows of both tables, and questions about them."""

    filed: ClassVar[bool] = True
    """Whether arrivals are filed by number, as they are a moment after they came."""

    def setUp(self) -> None:
        super().setUp()
        self.engine = reading_engine(self.url)
        self.addCleanup(self.engine.dispose)

    def store(self, table: Any, *rows: dict[str, object]) -> None:
        """Write rows, all with the same columns."""
        job = self.writer.perform(
            lambda transaction: transaction.execute(insert(table), list(rows)) and None
        )
        self.turn()
        self.successResultOf(job)

    def came(self, row: int, number: str | None = BUDI, **values: Any) -> None:
        """Store an arrival, by default at as many seconds as its id."""
        source = (number or "").removeprefix("+")
        given = {"number": number, "source": source, "filed": self.filed, **values}
        self.store(inbox, arrival(row, **given))

    def went(self, row: int, number: str = BUDI, **values: Any) -> None:
        """Store a part that goes out."""
        self.store(outbox, part(row, number=number, **values))

    def find(
        self,
        limit: int = 50,
        before: Place | None = None,
        effort: Effort | None = None,
        **criteria: Any,
    ) -> Found:
        """Search as somebody does."""
        wanted = Criteria(**{"user": EVERYWHERE, **criteria})
        with self.engine.begin() as connection:
            return search(connection, wanted, limit, before, effort or Effort())

    def ids(self, **criteria: Any) -> list[int]:
        """The ids of all that is found."""
        return [one.id for one in self.find(**criteria).messages]

    def by_number(self, typed: str, **criteria: Any) -> list[int]:
        """The ids of what a number finds."""
        return self.ids(number=sought(typed, "ID"), **criteria)


class OrderTests(SearchTestCase):
    """What is listed, and its pages."""

    def test_both_directions_newest_first(self) -> None:
        """With all that a list shows; receipts are left out."""
        self.came(1, text="RUTAN 1 2 3 4", outcome="insert")
        self.went(2, inbox_id=1, text="Insert Data", state="failed", error="0x0B")
        self.came(3, None, state="receipt")
        self.came(4, None, source="TELKOMSEL", state="silent", reason="name")
        name, reply, report = self.find().messages
        self.assertEqual((name.number, name.reason), ("TELKOMSEL", "name"))
        self.assertEqual(reply.direction, Direction.OUT)
        self.assertEqual((reply.inbox_id, reply.reason), (1, "0x0B"))
        self.assertEqual(report.direction, Direction.IN)
        self.assertEqual((report.number, report.outcome), (BUDI, "insert"))

    def walk(self, effort: Effort, **criteria: Any) -> list[int]:
        """Turn over page after page, of three messages each."""
        ids, before = [], None
        while True:
            page = self.find(3, before, effort, **criteria)
            ids += [one.id for one in page.messages]
            if page.next is None:
                return ids
            before = page.next

    def test_pages(self) -> None:
        """Each message stands on one page, also of many at the same moment."""
        for row in range(1, 11):
            self.came(row, arrived_at=float(row // 4))
            self.went(row + 20, created_at=float(row // 3))
        times = {row: row // 4 for row in range(1, 11)}
        times |= {row + 20: row // 3 for row in range(1, 11)}
        order = sorted(times, key=lambda row: (times[row], row), reverse=True)
        for stride in (1, 2, 5, 1000):
            self.assertEqual(self.walk(Effort(stride)), order, stride)
        alone = [row for row in order if row <= 10]
        self.assertEqual(self.walk(Effort(2), direction=Direction.IN), alone)

    def test_the_last_page_is_known_to_be_the_last(self) -> None:
        """Also where it is full."""
        for row in (1, 2, 3):
            self.came(row)
        self.assertIsNone(self.find(3).next)
        self.assertEqual(self.find(2).next, Place(2.0, 2))

    def test_what_arrives_meanwhile_moves_nothing(self) -> None:
        """The next page goes on where the first one ended."""
        for row in (1, 2, 3):
            self.came(row)
        first = self.find(2)
        self.came(4)
        rest = self.find(2, first.next)
        self.assertEqual([one.id for one in rest.messages], [1])

    def test_no_patience(self) -> None:
        """What was found is given, and the place from which to go on."""
        self.came(1, text="old needle")
        for row in range(2, 9):
            self.came(row)
        self.came(9, text="new needle")
        effort = Effort(3, lambda: True)
        page = self.find(effort=effort, text="needle")
        self.assertEqual([one.id for one in page.messages], [9])
        self.assertTrue(page.gave_up)
        self.assertEqual(self.walk(effort, text="needle"), [9, 1])

    def test_patience_is_not_asked_for_at_the_end(self) -> None:
        """All was looked through: nothing is left for a second try."""
        self.came(1)
        self.assertFalse(self.find(effort=Effort(1, lambda: True)).gave_up)


class CriteriaTests(SearchTestCase):
    """By what messages are found."""

    def setUp(self) -> None:
        super().setUp()
        self.came(1, text="RUTAN 82 54 36 39")
        self.went(2, inbox_id=1, text="Insert Data 100% berhasil", state="delivered")
        self.came(3, STRANGER, text="apa kabar_semua", link="modem", state="failed")
        self.went(4, ANI, priority=1, text="Belum lapor", state="failed", link="modem")
        self.came(5, None, source="4321", text="promo", state="silent")
        self.came(6, None, state="receipt", text="")

    def test_a_whole_number(self) -> None:
        """In every form in which it is typed; replies too."""
        for typed in ("+628111203001", "08111203001", "628111203001", "0811-120 3001"):
            self.assertEqual(self.by_number(typed), [2, 1], typed)

    def test_a_number_that_was_only_written_to(self) -> None:
        """What nobody asked for is found by its number."""
        self.assertEqual(self.by_number("08111203002"), [4])

    def test_part_of_a_number(self) -> None:
        """Its beginning, its end or its middle."""
        for typed in ("0811", "+62811", "62811", "11203"):
            self.assertEqual(self.by_number(typed), [4, 2, 1], typed)
        self.assertEqual(self.by_number("3001"), [2, 1])
        self.assertEqual(self.by_number("0999"), [])

    def test_a_beginning_is_no_middle(self) -> None:
        """A zero in front begins the number."""
        self.assertEqual(self.by_number("0203"), [])
        self.assertEqual(self.by_number("203"), [4, 2, 1])

    def test_a_whole_number_that_begins_another(self) -> None:
        """Nothing is stored of it, so it is taken for a beginning."""
        self.assertEqual(self.by_number("0811120300"), [4, 2, 1])
        self.came(7, "+62811120300")
        self.assertEqual(self.by_number("0811120300"), [7])

    def test_a_sender_without_a_number(self) -> None:
        """By the short code or the name, in capitals or not."""
        self.assertEqual(self.by_number("4321"), [5])
        self.came(7, None, source="Telkomsel")
        self.assertEqual(self.by_number("TELKOM"), [7])

    def test_signs_that_stand_for_others_elsewhere(self) -> None:
        """They stand for themselves."""
        self.assertEqual(self.ids(text="100%"), [2])
        self.assertEqual(self.ids(text="r_s"), [3])
        self.assertEqual(self.ids(text="%"), [2])
        self.assertEqual(self.by_number("43%1"), [])

    def test_text(self) -> None:
        """In capitals or not, of both directions."""
        self.assertEqual(self.ids(text="rutan 82"), [1])
        self.assertEqual(self.ids(text="BELUM LAPOR"), [4])

    def test_state(self) -> None:
        """Of either direction; receipts if they are asked for."""
        self.assertEqual(self.ids(states=frozenset({"failed"})), [4, 3])
        self.assertEqual(self.ids(states=frozenset({"delivered"})), [2])
        self.assertEqual(self.ids(states=frozenset({"silent", "done"})), [5, 1])
        self.assertEqual(self.ids(states=frozenset({"receipt"})), [6])

    def test_direction_and_link(self) -> None:
        """Each by itself and together."""
        self.assertEqual(self.ids(direction=Direction.OUT), [4, 2])
        self.assertEqual(self.ids(direction=Direction.IN), [5, 3, 1])
        self.assertEqual(self.ids(link="modem"), [4, 3])
        both = self.ids(link="modem", direction=Direction.IN)
        self.assertEqual(both, [3])
        self.assertEqual(
            self.ids(states=frozenset({"delivered"}), direction=Direction.IN), []
        )

    def test_days(self) -> None:
        """The first moment is within, the last one is not."""
        self.assertEqual(self.ids(since=2.0, until=4.0), [3, 2])
        self.assertEqual(self.ids(since=4.0), [5, 4])
        self.assertEqual(self.ids(until=2.0), [1])
        self.assertEqual(self.ids(since=2.0, until=4.0, effort=Effort(1)), [3, 2])

    def test_all_together(self) -> None:
        """Each narrows the others."""
        found = self.by_number("0811", text="insert", states=frozenset({"delivered"}))
        self.assertEqual(found, [2])


class UnfiledTests(CriteriaTests):
    """The same of what has just come."""

    filed = False

    def file(self, most: int) -> int:
        """File some; how many were."""
        job = self.writer.perform(lambda transaction: file_arrivals(transaction, most))
        self.turn()
        return self.successResultOf(job)

    def test_filing(self) -> None:
        """The oldest come first; nothing is found twice or not at all."""
        self.came(9, filed=True)
        self.assertEqual(self.by_number(BUDI), [9, 2, 1])
        self.assertEqual(self.file(2), 2)
        rows = self.rows("SELECT id FROM inbox WHERE filed ORDER BY id")
        self.assertEqual([row.id for row in rows], [1, 3, 9])
        self.assertEqual(self.by_number(BUDI), [9, 2, 1])
        self.assertEqual([self.file(2), self.file(2)], [2, 0])
        self.assertEqual(self.rows("SELECT id FROM inbox WHERE NOT filed"), [])
        self.assertEqual(self.by_number("0811"), [9, 4, 2, 1])


class ArrivalTests(StoreTestCase):
    """Whether an arrival is filed as it comes."""

    filed = False

    def test_an_arrival(self) -> None:
        """On SQLite it waits to be; several come by one statement."""
        link = MemoryLink("carrier")
        for row in (1, 2, 3):
            incoming = link.incoming("628111203001", f"RUTAN {row}", float(row))
            self.writer.perform(
                partial(
                    add_arrival,
                    incoming=incoming,
                    row=row,
                    fingerprint=b"f",
                    number=BUDI,
                    state="done",
                )
            )
        self.turn()
        rows = self.rows("SELECT filed, matched FROM inbox")
        self.assertEqual(
            [tuple(map(bool, row)) for row in rows], [(self.filed, False)] * 3
        )
        filed = self.writer.perform(file_arrivals)
        self.turn()
        self.assertEqual(self.successResultOf(filed), 0 if self.filed else 3)


@skipIf(bool(MISSING), MISSING)
class PostgresqlArrivalTests(ArrivalTests):
    """There it is at once."""

    filed = True

    def new_database(self) -> str:
        return own_database(self)


class PlanTests(SearchTestCase):
    """SQLite's own words for how it looks."""

    def plan(self, **criteria: Any) -> str:
        """What is done for each of the queries of a search."""
        done: list[str] = []
        with self.engine.begin() as connection:
            raw: Any = connection.connection.driver_connection
            raw.set_trace_callback(done.append)
            search(connection, Criteria(EVERYWHERE, **criteria), 50)
            raw.set_trace_callback(None)
            asked = [one for one in done if one.startswith("SELECT")]
            plans = [
                raw.execute(f"EXPLAIN QUERY PLAN {one}").fetchall() for one in asked
            ]
        return "\n".join(step[3] for plan in plans for step in plan)

    def test_a_whole_number_goes_by_its_index(self) -> None:
        """Replies are found through what they answer, without reading them all."""
        self.came(1)
        plan = self.plan(number=sought(BUDI, "ID"))
        indexes = ("inbox_number", "inbox_unfiled", "outbox_inbox_id", "outbox_unasked")
        for index in indexes:
            self.assertIn(index, plan)
        others = plan.replace("SCAN inbox USING INDEX inbox_unfiled", "")
        for table in ("inbox", "outbox"):
            self.assertNotIn(f"SCAN {table}", others)

    def test_a_list_goes_by_time(self) -> None:
        """No table is read whole or sorted."""
        plan = self.plan(since=1.0, until=9.0, text="x")
        self.assertIn("inbox_arrived", plan)
        self.assertIn("outbox_created", plan)
        self.assertNotIn("TEMP B-TREE", plan)


class ReachTests(SearchTestCase):
    """Who sees whose messages."""

    def setUp(self) -> None:
        super().setUp()
        units = [
            Unit("1", "A", "", "DKI", frozenset({"RUTAN"})),
            Unit("2", "B", "", "JABAR", frozenset({"RUTAN"})),
        ]
        people = [
            Officer(BUDI, "Budi", "1"),
            Officer(ANI, "Ani", "2", active=False),
            Officer(REGION, "Rina", None, ("DKI", "JABAR")),
            Officer(COUNTRY, "Pusat"),
        ]
        self.writer.perform(lambda transaction: put_units(transaction, units))
        self.writer.perform(lambda transaction: put_officers(transaction, people))
        self.turn()
        for row, number in enumerate((BUDI, ANI, REGION, COUNTRY, STRANGER), 1):
            self.came(row, number)
            self.went(row + 10, number, inbox_id=row, created_at=float(row))
        self.came(6, None, source="4321")

    def seen(self, unit: str | None, *provinces: str) -> list[int]:
        """The arrivals that a user sees; of each the reply is seen as well."""
        user = User("x", Role.OPERATOR, unit, provinces)
        found = self.ids(user=user)
        arrivals = sorted(row for row in found if row <= 10)
        replies = sorted(row - 10 for row in found if row > 10)
        self.assertEqual([row for row in arrivals if row <= 5], replies)
        with self.engine.begin() as connection:
            for row, number in enumerate((BUDI, ANI, REGION, COUNTRY, STRANGER), 1):
                expected = row in arrivals
                self.assertEqual(may_see(connection, user, number), expected, number)
            self.assertEqual(may_see(connection, user, None), 6 in arrivals)
        return arrivals

    def test_the_country(self) -> None:
        """Everything, what is no officer's too."""
        self.assertEqual(self.seen(None), [1, 2, 3, 4, 5, 6])

    def test_a_unit(self) -> None:
        """Its officers only."""
        self.assertEqual(self.seen("1"), [1])

    def test_provinces(self) -> None:
        """Officers of their units, also former ones, and of no province beside."""
        self.assertEqual(self.seen(None, "DKI"), [1])
        self.assertEqual(self.seen(None, "JABAR"), [2])
        self.assertEqual(self.seen(None, "DKI", "JABAR"), [1, 2, 3])
        self.assertEqual(self.seen(None, "BALI"), [])

    def test_a_number_of_another_place(self) -> None:
        """It finds nothing, whole or in part."""
        user = User("x", Role.OPERATOR, "1")
        self.assertEqual(self.by_number(ANI, user=user), [])
        self.assertEqual(self.by_number("0811", user=user), [11, 1])

    def test_names(self) -> None:
        """Of officers, with the unit where there is one."""
        with self.engine.begin() as connection:
            known = named(connection, [BUDI, COUNTRY, STRANGER])
        self.assertEqual(
            known, {BUDI: Named("Budi", "1", "A"), COUNTRY: Named("Pusat", "", "")}
        )
