"""Tests for `smscentre.store.prepared`: what it runs is what SQLAlchemy would run."""

from __future__ import annotations

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    literal,
    literal_column,
    select,
    update,
)

from smscentre.store.engine import writing_engine
from smscentre.store.prepared import Driver, Statement
from smscentre.store.tables import counters
from tests.storecase import StoreTestCase

_PUT = Statement(insert(counters), ("name", "value"))
_PUT_SEVEN = Statement(insert(counters), ("name",), {"value": literal_column("7")})
_SET = Statement(
    update(counters)
    .where(counters.c.name == bindparam("which"))
    .values(value=bindparam("b_value")),
    ("which", "b_value"),
)
_SET_NINE = Statement(
    update(counters).where(counters.c.name == bindparam("which")).values(value=9),
    ("which",),
)
_READ = Statement(
    select(counters.c.value).where(counters.c.name == bindparam("which")), ("which",)
)

SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 63, 64, 65, 100, 300)
"""Around the numbers of rows that one statement takes, whichever those are."""


class PreparedTests(StoreTestCase):
    """Statements for many rows."""

    def setUp(self) -> None:
        super().setUp()
        engine = writing_engine(self.url)
        self.addCleanup(engine.dispose)
        self.connection: Connection = engine.connect()
        self.addCleanup(self.connection.close)
        self.transaction = self.connection.begin()

    def values(self) -> dict[str, int]:
        """What the test has stored, by name."""
        found = self.connection.execute(
            select(counters.c.name, counters.c.value).where(
                counters.c.name.startswith("t-")
            )
        )
        return {row.name: row.value for row in found}

    def test_inserts(self) -> None:
        """Every row arrives, however many there are."""
        for size in SIZES:
            wanted = {f"t-{number}": number for number in range(size)}
            Driver(self.connection).run_for_rows(_PUT, list(wanted.items()))
            self.assertEqual(self.values(), wanted)
            self.connection.execute(
                delete(counters).where(counters.c.name.startswith("t-"))
            )

    def test_what_all_rows_share(self) -> None:
        """It is in each of them."""
        for size in SIZES:
            names = [f"t-{size}-{number}" for number in range(size)]
            Driver(self.connection).run_for_rows(
                _PUT_SEVEN, [(name,) for name in names]
            )
            found = self.values()
            self.assertEqual([found[name] for name in names], [7] * size)

    def test_updates(self) -> None:
        """Each row finds its own, and no other is touched."""
        names = [f"t-{number}" for number in range(max(SIZES) + 1)]
        Driver(self.connection).run_for_rows(_PUT, [(name, -1) for name in names])
        for size in SIZES:
            rows = [(name, size + place) for place, name in enumerate(names[:size])]
            Driver(self.connection).run_for_rows(_SET, rows)
            found = self.values()
            for place, name in enumerate(names[:size]):
                self.assertEqual(found[name], size + place)
            self.assertEqual(found[names[-1]], -1)

    def test_the_order_of_columns_is_the_tables(self) -> None:
        """An insert that names them in another order is refused when it is made."""
        self.assertRaises(ValueError, Statement, insert(counters), ("value", "name"))

    def test_what_cannot_be_shared(self) -> None:
        """A parameter, which would be misplaced; a column that rows give; an update."""
        put, names = insert(counters), ("name",)
        for core, same in (
            (put, {"value": literal(7)}),
            (put, {"name": literal_column("'x'")}),
            (_SET.core, {"value": literal_column("7")}),
        ):
            self.assertRaises(ValueError, Statement, core, names, same)

    def test_values_of_the_statement(self) -> None:
        """What stands in the statement holds for every row."""
        names = [f"t-{number}" for number in range(40)]
        zeros = [(name, 0) for name in names]
        Driver(self.connection).run_for_rows(_PUT, zeros)
        Driver(self.connection).run_for_rows(
            _SET_NINE, [(name,) for name in names[:20]]
        )
        found = self.values()
        self.assertEqual([found[name] for name in names], [9] * 20 + [0] * 20)

    def test_reading(self) -> None:
        """The first row, or None."""
        Driver(self.connection).run_for_rows(_PUT, [("t-a", 5)])
        row = Driver(self.connection).read_row(_READ, ("t-a",))
        self.assertEqual(tuple(row), (5,))
        self.assertIsNone(Driver(self.connection).read_row(_READ, ("t-b",)))

    def test_reading_for_many(self) -> None:
        """Every row of parameters finds its own; what is not there gives nothing."""
        names = [f"t-{number}" for number in range(max(SIZES))]
        rows = [(name, place) for place, name in enumerate(names)]
        Driver(self.connection).run_for_rows(_PUT, rows)
        for size in (0, *SIZES):
            wanted = names[-size:] if size else []
            found = Driver(self.connection).read_rows(
                _READ, [("t-none",), *((name,) for name in wanted)]
            )
            places = [len(names) - size + place for place in range(size)]
            self.assertEqual(sorted(row[0] for row in found), places)
