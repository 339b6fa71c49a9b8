"""Tests for `smscentre.values`: values are compared by what they hold and kept."""

from __future__ import annotations

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.messages import Address


class FrozenTests(SynchronousTestCase):
    """A class of values that is frozen to the type checker."""

    def test_equal_values_are_one_key(self) -> None:
        """Equal values are equal keys, and others are not."""
        known = {Address("628111203001", 1, 1): "here"}
        self.assertEqual(known.get(Address("628111203001", 1, 1)), "here")
        self.assertIsNone(known.get(Address("628111203001", 0, 1)))

    def test_a_change_makes_another(self) -> None:
        """A value that differs is made from one and leaves it alone."""
        address = Address("628111203001", 1, 1)
        self.assertEqual(evolve(address, ton=0), Address("628111203001", 0, 1))
        self.assertEqual(address.ton, 1)

    def test_nothing_else_fits_in(self) -> None:
        """There is no room for an attribute that the class does not name."""
        with self.assertRaises(AttributeError):
            Address("1").digit = "2"  # type: ignore[attr-defined]  # on purpose

    def test_the_type_checker_refuses_an_assignment(self) -> None:
        """The checker would find this ignore unused if it did not."""
        Address("1").digits = "2"  # type: ignore[misc]  # on purpose
