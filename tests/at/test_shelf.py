"""Tests for `smscentre.at.shelf`: what lies in the modem, list by list."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.at.answers import Slot
from smscentre.at.session_events import Place
from smscentre.at.shelf import Changes, Shelf


def slots(**texts: str) -> list[Slot]:
    """A list by index: ``s1="AA"`` is the first slot."""
    return [Slot(int(name[1:]), 1, 1, text) for name, text in texts.items()]


class ShelfTests(SynchronousTestCase):
    """From the list that has a message to that which lacks it."""

    def setUp(self) -> None:
        self.shelf = Shelf()

    def find(self, **texts: str) -> list[Place]:
        """Take a list; the places that are new in it."""
        changes = self.shelf.listed("SM", slots(**texts))
        return [place for place, _ in changes.found]

    def gone(self, **texts: str) -> list[Place]:
        """Take a list; the places of which it shows that they were cleared."""
        return self.shelf.listed("SM", slots(**texts)).gone

    def test_a_message_is_new_once(self) -> None:
        """However often it is listed, until it was settled."""
        [place] = self.find(s1="AA")
        self.assertEqual((place.storage, place.index), ("SM", 1))
        self.assertEqual(self.find(s1="AA"), [])

    def test_one_that_is_not_safe_is_new_again(self) -> None:
        """With another number, for it will arrive again."""
        [first] = self.find(s1="AA")
        self.shelf.settle(first, False)
        [second] = self.find(s1="AA")
        self.assertNotEqual(first, second)

    def test_what_is_safe_is_due_in_order(self) -> None:
        """Each once."""
        first, second = self.find(s1="AA", s2="BB")
        self.shelf.settle(second, True)
        self.shelf.settle(first, True)
        due = [self.shelf.next_due() for _ in range(3)]
        self.assertEqual(due, [second, first, None])

    def test_another_text_in_the_slot_is_another_message(self) -> None:
        """The one before is gone, and nothing is deleted in its name."""
        [first] = self.find(s1="AA")
        [second] = self.find(s1="BB")
        self.assertTrue(self.shelf.settle(first, True))
        self.assertIsNone(self.shelf.next_due())
        self.assertFalse(self.shelf.settle(second, True))
        self.assertEqual(self.shelf.next_due(), second)

    def test_a_deletion_in_doubt_is_settled_by_the_list(self) -> None:
        """Gone: it was carried out. Still there: it is due again."""
        first, second = self.find(s1="AA", s2="BB")
        for place in (first, second):
            self.shelf.settle(place, True)
            self.shelf.next_due()
            self.shelf.not_cleared(place)
        self.assertEqual(self.gone(s2="BB"), [first])
        self.assertEqual(self.shelf.next_due(), second)

    def test_a_deletion_that_waits_is_not_done_for_another_message(self) -> None:
        """Somebody else deleted, and the slot was filled anew."""
        [first] = self.find(s1="AA")
        self.shelf.settle(first, True)
        self.assertEqual(self.gone(s1="BB"), [first])
        self.assertIsNone(self.shelf.next_due())

    def test_what_vanished_unsettled_is_cleared_when_it_is_safe(self) -> None:
        """At once, since there is nothing to delete."""
        [place] = self.find(s1="AA")
        self.assertEqual(self.gone(), [])
        self.assertTrue(self.shelf.settle(place, True))
        self.assertIsNone(self.shelf.next_due())

    def test_what_vanished_unsettled_and_is_not_safe_is_lost_to_us(self) -> None:
        """Nobody says that it was cleared."""
        [place] = self.find(s1="AA")
        self.gone()
        self.assertFalse(self.shelf.settle(place, False))

    def test_tries_are_counted(self) -> None:
        """So that an operator hears of a slot that cannot be deleted."""
        [place] = self.find(s1="AA")
        for tries in (1, 2, 3):
            self.shelf.settle(place, True)
            self.assertEqual(self.shelf.not_cleared(place), tries)

    def test_an_ok_that_deleted_nothing(self) -> None:
        """The list shows it: it is due again, and no new message."""
        [place] = self.find(s1="AA")
        self.shelf.settle(place, True)
        self.shelf.next_due()
        self.shelf.cleared(place)
        changes = self.shelf.listed("SM", slots(s1="AA"))
        self.assertEqual(changes, Changes(left=[place]))
        self.assertEqual(self.shelf.next_due(), place)

    def test_what_was_cleared_is_gone_once(self) -> None:
        """The list that lacks it says nothing new."""
        [place] = self.find(s1="AA")
        self.shelf.settle(place, True)
        self.shelf.next_due()
        self.shelf.cleared(place)
        self.assertEqual(self.gone(), [])
        [again] = self.find(s1="AA")
        self.assertNotEqual(again, place)

    def test_a_slot_that_was_overwritten_is_listed_before_anything_is_deleted(
        self,
    ) -> None:
        """Whether what lay there was safe already, or is so later."""
        safe, in_hand = self.find(s1="AA", s2="BB")
        self.shelf.settle(safe, True)
        for index in (1, 2):
            self.shelf.overwritten("SM", index)
        self.shelf.settle(in_hand, True)
        self.assertIsNone(self.shelf.next_due())
        self.shelf.asked("SM")
        changes = self.shelf.listed("SM", slots(s1="CC", s2="BB"))
        self.assertEqual(changes.gone, [safe])
        self.assertEqual(len(changes.found), 1)
        self.assertEqual(self.shelf.next_due(), in_hand)
        self.assertIsNone(self.shelf.next_due())

    def test_a_list_shows_nothing_of_a_slot_that_is_overwritten_meanwhile(
        self,
    ) -> None:
        """What lies there now may have come behind its entry; the next list tells."""
        [known] = self.find(s1="AA")
        self.shelf.asked("SM")
        for index in (1, 2):
            self.shelf.overwritten("SM", index)
        [new] = self.find(s1="AA", s2="BB")
        for place in (known, new):
            self.shelf.settle(place, True)
        self.assertIsNone(self.shelf.next_due())
        self.shelf.asked("SM")
        self.assertEqual(self.gone(s1="CC", s2="BB"), [known])
        self.assertEqual(self.shelf.next_due(), new)

    def test_the_same_text_in_a_slot_that_was_filled_again_is_new(self) -> None:
        """The modem has said so, and the one before was deleted."""
        [place] = self.find(s1="AA")
        self.shelf.settle(place, True)
        self.shelf.next_due()
        self.shelf.cleared(place)
        self.shelf.overwritten("SM", 1)
        self.assertEqual(len(self.find(s1="AA")), 1)

    def test_a_list_that_was_cut_says_nothing_of_the_rest(self) -> None:
        """Nor of the entry that it cuts, if something was found there before."""
        first, second = self.find(s1="AABB", s2="CC")
        for place in (first, second):
            self.shelf.settle(place, True)
            self.shelf.next_due()
            self.shelf.not_cleared(place)
        for unread in ({1}, set[int]()):
            entries = slots(s1="AA") if unread else []
            changes = self.shelf.listed("SM", entries, unread, whole=False)
            self.assertEqual(changes, Changes())
        self.assertEqual(self.gone(), [first, second])

    def test_storages_are_apart(self) -> None:
        """A list of one says nothing of another."""
        [place] = self.find(s1="AA")
        self.shelf.settle(place, True)
        self.assertEqual(self.shelf.listed("SR", []), Changes())

    def test_a_message_that_was_brought_is_due_once_it_is_safe(self) -> None:
        """It has a place without a slot."""
        safe, other = self.shelf.bring(), self.shelf.bring()
        self.shelf.settle(safe, True)
        self.shelf.settle(other, False)
        self.assertEqual(self.shelf.next_due(), safe)
        self.assertTrue(self.shelf.idle)
