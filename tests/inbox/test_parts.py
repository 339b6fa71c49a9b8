"""Long messages in every order, with losses and copies, on a real store (D6)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from smscentre.directory import Officer, Right
from smscentre.gsm import udh
from smscentre.messages import Part
from smscentre.sim.memory import MemoryLink
from smscentre.store.longmessages import COMPLETE_S, WAIT_S
from smscentre.store.people import put_officers
from tests.stages import OFFICER, StagesTestCase

_OTHER = "+628111203002"
_TOGETHER = 100
"""Cases that go side by side, each with a reference of its own."""

_FIRST_SERIAL = 1000


@frozen
class Piece:
    """One part on its way: its place, and the digits that it brings."""

    number: int
    total: int
    digits: str


@frozen
class Case:
    """The parts in the order of their coming, and what becomes of the texts.

    ``whole`` holds the digits of the texts that are complete; ``incomplete``
    counts the others.
    """

    pieces: Sequence[Piece]
    whole: Sequence[str]
    incomplete: int

    def __str__(self) -> str:
        return " ".join(f"{piece.number}:{piece.digits}" for piece in self.pieces)


def pieces_of(first: int, total: int) -> list[Piece]:
    """A report in parts, a digit each."""
    return [Piece(number, total, str(first + number)) for number in range(1, total + 1)]


def whole(pieces: Sequence[Piece]) -> str:
    """The digits of all parts."""
    return "".join(piece.digits for piece in pieces)


def orders(total: int) -> Iterator[Case]:
    """Every order of the parts, with each one lost, each one twice, and both."""
    pieces = pieces_of(0, total)
    choices = [None, *pieces]
    for order in itertools.permutations(pieces):
        for lost, twice in itertools.product(choices, choices):
            if lost is not None and lost is twice:
                continue
            came = [piece for piece in order if piece is not lost]
            if twice is not None:
                came.append(twice)
            yield Case(came, [] if lost else [whole(pieces)], int(lost is not None))


def reused(total: int) -> Iterator[Case]:
    """A reference used for a second text, with a late copy of the first one's parts.

    Where the first text misses the part that the second one begins with, nothing
    tells the two apart; such orders are left out.
    """
    old, new = pieces_of(0, total), pieces_of(4, total)
    for order in itertools.permutations(new):
        for lost in (None, *old):
            if lost is not None and order[0].number == lost.number:
                continue
            kept = [piece for piece in old if piece is not lost]
            texts = [whole(new)] if lost else [whole(old), whole(new)]
            for copy, place in itertools.product(kept, range(1, total + 1)):
                came = [*kept, *order[:place], copy, *order[place:]]
                yield Case(came, texts, int(lost is not None))


class PartsTests(StagesTestCase):
    """A text is run once and whole, or not at all and visibly."""

    def setUp(self) -> None:
        super().setUp()
        officer = Officer(_OTHER, "Ani", "1203", (), frozenset(Right))
        self.writer.perform(lambda transaction: put_officers(transaction, [officer]))
        self.connect()
        self.other.connect(self.exchange)
        self.turn()

    def part(
        self,
        text: str,
        place: Part,
        source: str = OFFICER,
        link: MemoryLink | None = None,
    ) -> None:
        """Let a part arrive; it is acknowledged once it is stored."""
        taker = link or self.link
        incoming = evolve(
            taker.incoming(source.removeprefix("+"), text, self.now()),
            part=place,
            udh=udh.concatenation(place),
        )
        settled = self.hand_over(taker, incoming)
        settled.addCallback(
            lambda _: self.exchange.acknowledged(taker, incoming.arrival_id)
        )

    ahead_s = 0.0
    """How far the machine's clock is ahead."""

    def now(self) -> float:
        """What the machine's clock shows."""
        return super().now() + self.ahead_s

    def give_up(self) -> int:
        """Let what is missing be too late; how many texts are shown as incomplete."""
        self.clock.advance(WAIT_S)
        self.writer.perform(
            lambda transaction: self.acceptance.tell_incomplete(transaction, self.now())
        )
        self.turn()
        (row,) = self.rows(
            "SELECT count(DISTINCT set_id) AS sets FROM long_messages"
            " WHERE state = 'incomplete'"
        )
        return int(row.sets)

    def check(
        self,
        cases: Sequence[Case],
        links: Sequence[MemoryLink] = (),
        *,
        rebind: bool = False,
    ) -> None:
        """Bring the parts of many cases side by side, each by the next link.

        Every first part is a command by itself. With ``rebind`` each part comes
        in a bind of its own.
        """
        numbered = dict(enumerate(cases, _FIRST_SERIAL))
        waiting = list(numbered.items())
        while waiting:
            together, waiting = waiting[:_TOGETHER], waiting[_TOGETHER:]
            ways = itertools.cycle(links or [self.link])
            for turn in range(max(len(case.pieces) for _, case in together)):
                way = next(ways)
                for serial, case in together:
                    if turn < len(case.pieces):
                        self._bring(serial, case.pieces[turn], way)
                self.turn()
                way.accept_all(self.exchange)
                if rebind:
                    way.disconnect(self.exchange)
                    way.connect(self.exchange)
        expected = Counter(
            f"{serial}{digits}"
            for serial, case in numbered.items()
            for digits in case.whole
        )
        found = Counter(self.submissions())
        wrong = [*(found - expected), *(expected - found)]
        told = [f"{value}: {numbered[int(value[:4])]}" for value in wrong if value]
        self.assertEqual(told, [])
        self.assertEqual(self.give_up(), sum(case.incomplete for case in cases))

    def _bring(self, serial: int, piece: Piece, way: MemoryLink) -> None:
        text = f"SET {serial}{piece.digits}" if piece.number == 1 else piece.digits
        self.part(text, Part(serial, 16, piece.total, piece.number), link=way)

    def test_orders(self) -> None:
        """Up to four parts in every order, each lost, each twice, in one bind."""
        self.check([case for total in (2, 3, 4) for case in orders(total)])

    def test_orders_over_two_links(self) -> None:
        """The same, each part by another link than the one before."""
        cases = [case for total in (2, 3, 4) for case in orders(total)]
        self.check(cases, [self.link, self.other])

    def test_orders_over_binds(self) -> None:
        """The same, each part in a bind of its own."""
        cases = [case for total in (2, 3) for case in orders(total)]
        self.check(cases, rebind=True)

    def test_five_parts(self) -> None:
        """Five parts in every order, each lost, each twice."""
        self.check(list(orders(5)))

    def test_reference_used_again(self) -> None:
        """A second text with the reference of a first, and late copies among it."""
        self.check([case for total in (2, 3) for case in reused(total)])

    def test_equal_references(self) -> None:
        """Other phones, widths and totals with one reference are other texts."""
        senders = (
            (OFFICER, 8, 2, "SET 1"),
            (_OTHER, 8, 2, "SET 2"),
            (OFFICER, 16, 2, "SET 3"),
            (OFFICER, 8, 3, "SET 4"),
        )
        for number in (1, 2, 3):
            for source, width, total, text in senders:
                if number <= total:
                    place = Part(7, width, total, number)
                    self.part(text if number == 1 else str(number), place, source)
            self.turn()
        self.assertEqual(sorted(self.submissions()), ["12", "22", "32", "423"])

    def test_equal_ends(self) -> None:
        """A part that the text before had as well is taken for its late copy.

        So the second text stays incomplete, which shows, and is not run with what
        may be no part of it.
        """
        for text, number in (("SET 1", 1), ("23", 2), ("SET 4", 1), ("23", 2)):
            self.part(text, Part(7, 8, 2, number))
            self.turn()
        self.assertEqual(self.submissions(), ["123"])
        self.assertEqual(self.give_up(), 1)

    def test_late_copies(self) -> None:
        """Copies of a whole text belong to it for a day; then they are a new one."""
        for wait, count in ((0.0, 1), (COMPLETE_S - 1, 1), (1.0, 2)):
            self.clock.advance(wait)
            for number, text in ((1, "SET 1"), (2, "23")):
                self.part(text, Part(7, 8, 2, number))
                self.turn()
            self.assertEqual(len(self.submissions()), count)

    def test_sent_again_after_it_was_given_up(self) -> None:
        """The same text with the same reference, once given up, begins anew."""
        self.part("SET 1", Part(7, 8, 2, 1))
        self.turn()
        self.assertEqual(self.give_up(), 1)
        for number, text in ((1, "SET 1"), (2, "23")):
            self.part(text, Part(7, 8, 2, number))
            self.turn()
        self.assertEqual(self.submissions(), ["123"])

    def test_text_of_a_wrong_clock(self) -> None:
        """One that came while the clock was ahead keeps no later one apart."""
        self.ahead_s = 7 * 3600.0
        for number, text in ((1, "SET 1"), (2, "23")):
            self.part(text, Part(7, 8, 2, number))
            self.turn()
        self.ahead_s = 0.0
        for number, text in ((1, "SET 4"), (2, "56")):
            self.part(text, Part(7, 8, 2, number))
            self.turn()
        self.assertEqual(self.submissions(), ["123", "456"])

    def test_parts_on_both_sides_of_a_wrong_clock(self) -> None:
        """They are one text, where the clock was set right between them."""
        self.ahead_s = 7 * 3600.0
        self.part("SET 1", Part(7, 8, 2, 1))
        self.turn()
        self.ahead_s = 0.0
        self.part("23", Part(7, 8, 2, 2))
        self.turn()
        self.assertEqual(self.submissions(), ["123"])

    def test_many_parts(self) -> None:
        """As many parts as a header can tell of are joined, or are incomplete."""
        for reference, kept in ((1, 255), (2, 254)):
            for number in range(kept, 0, -1):
                text = "SET 1" if number == 1 else " "
                self.part(text, Part(reference, 8, 255, number))
            self.turn()
        self.assertEqual(self.submissions(), ["1"])
        self.assertEqual(self.give_up(), 1)
