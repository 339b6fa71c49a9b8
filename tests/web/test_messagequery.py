"""What is looked for, from a form and back."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.numbers import Sought
from smscentre.store.search import Criteria, Direction, Place
from smscentre.store.steps import OutboxState
from smscentre.users import Role, User
from smscentre.web.messagequery import STATES, Query, read_place, read_query
from smscentre.web.routes import Values
from tests.web.support import WIB

TODAY = datetime.date(2024, 5, 14)
SARI = User("sari", Role.OPERATOR)


def read(**fields: str) -> Query:
    """A query with these fields."""
    return read_query(Values({name: (text,) for name, text in fields.items()}), TODAY)


def criteria(**fields: str) -> Criteria:
    """What the store is asked for."""
    return read(**fields).criteria(SARI, "ID", WIB)


def midnight(day: int) -> float:
    """A day of May 2024 begins."""
    return datetime.datetime(2024, 5, day, tzinfo=WIB).timestamp()


class ReadTests(SynchronousTestCase):
    """Fields of the form."""

    def test_nothing(self) -> None:
        """Everything is looked for."""
        self.assertEqual(criteria(), Criteria(SARI))

    def test_everything(self) -> None:
        """Each field narrows the search."""
        found = criteria(
            nomor=" 0811 ",
            keadaan="failed",
            tautan="modem",
            arah="keluar",
            dari="2024-05-13",
            sampai="2024-05-14",
            teks="RUTAN",
        )
        expected = Criteria(
            SARI,
            Sought(None, "+62811", begins=True),
            frozenset({"failed"}),
            "modem",
            Direction.OUT,
            midnight(13),
            midnight(15),
            "RUTAN",
        )
        self.assertEqual(found, expected)

    def test_today_has_a_word(self) -> None:
        """Links to the day need not know which it is."""
        self.assertEqual(read(dari="hari-ini").since, "2024-05-14")
        self.assertEqual(criteria(dari="hari-ini").since, midnight(14))

    def test_groups_of_states(self) -> None:
        """What needs somebody, and what is still on its way."""
        bad = criteria(keadaan="bermasalah").states
        self.assertLessEqual({"failed", "corrupt", "expired", "uncertain"}, bad)
        waiting = criteria(keadaan="menunggu").states
        self.assertEqual(waiting, {"queued", "claimed", "in_doubt"})

    def test_every_state_can_be_chosen(self) -> None:
        """By itself or in a group, and has words of its own."""
        reached = {
            name for value, _ in STATES for name in criteria(keadaan=value).states
        }
        self.assertLessEqual(set(OutboxState), reached)
        words = [words for _, words in STATES]
        self.assertEqual(len(set(words)), len(words))
        self.assertFalse([each for each in words if "_" in each])

    def test_faults(self) -> None:
        """Each says which field it is about; a search is not made."""
        for fields, at in (
            ({"keadaan": "odd"}, "keadaan"),
            ({"arah": "naik"}, "arah"),
            ({"dari": "14/5/2024"}, "dari"),
            ({"dari": "2024-W20-2"}, "dari"),
            ({"sampai": "2024-02-30"}, "sampai"),
            ({"dari": "2024-05-14", "sampai": "2024-05-13"}, "sampai"),
        ):
            self.assertEqual(list(read(**fields).faults), [at], fields)

    def test_long_fields_are_cut(self) -> None:
        """Nobody looks for more than a hundred characters."""
        self.assertEqual(len(read(teks="x" * 5000).text), 100)

    def test_days_at_the_edge(self) -> None:
        """The last day there is has no day after it: it is no limit."""
        self.assertIsNone(criteria(sampai="9999-12-31").until)


class AddressTests(SynchronousTestCase):
    """Addresses of further pages."""

    def test_fields_stay(self) -> None:
        """Those that are filled in, escaped."""
        query = read(nomor="+62811", teks="a&b=c")
        self.assertEqual(
            query.address("/pesan"), "/pesan?nomor=%2B62811&teks=a%26b%3Dc"
        )
        self.assertEqual(read().address("/pesan"), "/pesan")

    @given(st.floats(0, 1e12), st.integers(0, 2**63 - 1))
    def test_a_place_survives(self, at: float, row: int) -> None:
        """To the last bit of the moment."""
        place = Place(at, row)
        address = read().address("/pesan", place)
        text = address.partition("sebelum=")[2].replace("%2B", "+")
        self.assertEqual(read_place(text), place)

    @given(st.text())
    def test_what_is_no_place(self, text: str) -> None:
        """Is the beginning, never an error."""
        read_place(text)
        for odd in ("", "x", "1-", "-1", "nan-1", "inf-1", "1e999-1", f"1-{2**63}"):
            self.assertIsNone(read_place(odd), odd)

    def test_words_for_the_audit_log(self) -> None:
        """What was looked for."""
        self.assertEqual(str(read(nomor="0811", arah="masuk")), "nomor=0811 arah=masuk")
