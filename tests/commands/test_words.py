"""Tests for `smscentre.commands.words`."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands.words import distance, echo, is_digits, near, nearest

_DISTANCES = (
    ("RUTAN", "RUTAN", 1, 0),
    ("RUTNA", "RUTAN", 1, 1),
    ("RUTA", "RUTAN", 1, 1),
    ("RUTTAN", "RUTAN", 1, 1),
    ("RUTEN", "RUTAN", 1, 1),
    ("", "A", 1, 1),
    ("RTUNA", "RUTAN", 2, 2),
    ("XRUPBASANX", "RUPBASAN", 2, 2),
)


class DigitsTests(SynchronousTestCase):
    """What counts as digits."""

    def test_ours_only(self) -> None:
        """Raised digits and those of other scripts are none."""
        self.assertTrue(is_digits("082"))
        for word in ("", "8O", "\u00b2", "\u0668", "-1"):
            self.assertFalse(is_digits(word), ascii(word))


class EchoTests(SynchronousTestCase):
    """What a reply repeats."""

    @given(st.text())
    def test_harmless(self, text: str) -> None:
        """At most twelve capital letters and digits."""
        shown = echo(text)
        self.assertLessEqual(len(shown), 12)
        self.assertLessEqual(set(shown), set(string.ascii_uppercase + string.digits))


class NearTests(SynchronousTestCase):
    """Near misses."""

    def test_distances(self) -> None:
        """A slip is a letter more, less or wrong, or two swapped."""
        for one, other, limit, slips in _DISTANCES:
            self.assertEqual(distance(one, other, limit), slips, (one, other))
            self.assertEqual(distance(other, one, limit), slips, (other, one))

    @given(st.text("AB", max_size=6), st.text("AB", max_size=6))
    def test_limit(self, one: str, other: str) -> None:
        """A limit changes nothing below itself."""
        full = distance(one, other, 20)
        self.assertEqual(min(distance(one, other, 2), 3), min(full, 3))

    def test_allowance(self) -> None:
        """Two slips are near from eight letters on."""
        self.assertEqual(near("RTUNA", ["RUTAN"]), [])
        self.assertEqual(near("RUBPASEN", ["RUPBASAN"]), ["RUPBASAN"])

    def test_nearest_only(self) -> None:
        """A candidate with more slips is not named beside a nearer one."""
        self.assertEqual(near("GORONTALA", ["GORONTALI", "GORONTALA"]), ["GORONTALA"])
        self.assertEqual(near("NTA", ["NTB", "DKI", "NTT"]), ["NTB", "NTT"])

    def test_glued_figures(self) -> None:
        """Figures at the end of a word are no slips."""
        self.assertEqual(nearest("RUTAN82", ["RUTAN"]), ["RUTAN"])
        self.assertEqual(nearest("82", ["RUTAN"]), [])
