"""Tests for `smscentre.smpp.window`."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from smscentre.smpp.window import LAST_SEQUENCE, Window


class WindowTests(SynchronousTestCase):
    """Numbers and places of what is in flight."""

    def test_numbers_begin_at_one(self) -> None:
        """Numbers count up from 1, as 0 is none."""
        window = Window(2)
        self.assertEqual([window.next_sequence() for _ in range(3)], [1, 2, 3])

    def test_wrap(self) -> None:
        """After the last number comes 1, never 0 or 0x80000000."""
        window = Window(2, LAST_SEQUENCE - 1)
        self.assertEqual(window.next_sequence(), 0x7FFFFFFF)
        self.assertEqual(window.next_sequence(), 1)

    def test_none_in_flight_reused(self) -> None:
        """Numbers in flight are passed over."""
        window = Window(10, LAST_SEQUENCE)
        window.put(1, 0.0)
        window.put(2, 0.0)
        self.assertEqual(window.next_sequence(), 3)

    def test_oldest(self) -> None:
        """The oldest is the first of those that are left."""
        window = Window(10)
        self.assertIsNone(window.oldest())
        for sequence, now in ((5, 1.0), (6, 2.0), (7, 3.0)):
            window.put(sequence, now)
        self.assertTrue(window.take(5))
        self.assertFalse(window.take(5))
        self.assertEqual(window.oldest(), 2.0)
        self.assertEqual(window.drain(), [6, 7])
        self.assertEqual((window.oldest(), window.room()), (None, 10))
