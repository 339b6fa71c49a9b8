"""The flood in small: what it costs is limited, and the judge sees what is wrong."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.flood import MOST_REPLIES, Round, measure, play, random_moments

_MESSAGES = 400
_OTHERS = 60
_SECONDS = 3.0
_PER_MINUTE = 30


class FloodTests(SynchronousTestCase):
    """The real process, with the limits of the sample configuration."""

    def test_in_small(self) -> None:
        """The flood gets its limit of replies, everybody else is answered."""
        moments = random_moments(_OTHERS, _SECONDS)
        (quiet,), (loud,) = play(moments, _MESSAGES, _SECONDS, 1)
        for one in (quiet, loud):
            self.assertEqual((len(one.waits), one.unanswered), (_OTHERS, 0))
        self.assertEqual((quiet.flooded, quiet.flood_replies), (0, 0))
        self.assertEqual(loud.flooded, _MESSAGES)
        # A minute may end in the middle of it.
        self.assertIn(loud.flood_replies, range(1, 2 * _PER_MINUTE + 1))


class MeasureTests(SynchronousTestCase):
    """What is found in rounds."""

    def test_as_it_should_be(self) -> None:
        """Nothing is found where the flood changes little."""
        quiet, loud = Round([0.010]), Round([0.0119], 0, 10_000, MOST_REPLIES)
        self.assertEqual(measure([[quiet], [loud]]), [])

    def test_what_is_wrong(self) -> None:
        """Too many replies, reports without one, and a delay are each told."""
        quiet = Round([0.010])
        for loud, words in (
            (Round([0.010], 0, 10_000, MOST_REPLIES + 1), "61 replies"),
            (Round([0.010], 1), "not answered"),
            (Round([0.012]), "1.20 times as long"),
        ):
            (found,) = measure([[quiet], [loud]])
            self.assertIn(words, found)
