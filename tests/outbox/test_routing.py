"""Tests for `smscentre.outbox.routing`: links for what is no reply."""

from __future__ import annotations

from attrs import frozen
from twisted.trial.unittest import SynchronousTestCase

from smscentre.outbox.routing import Route, Routes

ROUTES = Routes(
    {
        "main": Route(True, 10),
        "xl": Route(False, 20, prefixes=("+62817", "+62818")),
        "xl-special": Route(True, 30, prefixes=("+628170",)),
        "ears": Route(False, 1, sends=False),
        "phone": Route(False, 0, replies_only=True),
        "whole": Route(True, 40, whole=True),
    }
)
ALL = tuple(ROUTES.by_name)


@frozen
class Case:
    """A destination, the links that stand, the one to take."""

    number: str
    standing: tuple[str, ...]
    link: str | None


CASES = (
    Case("+62811000000", ALL, "main"),
    Case("+62818000000", ALL, "xl"),
    Case("+62817100000", ALL, "xl"),
    # The longer prefix goes first, whatever its priority.
    Case("+62817000000", ALL, "xl-special"),
    Case("+62817000000", ("main", "xl"), "xl"),
    Case("+62817000000", ("main",), "main"),
    # A link with prefixes takes others too where nothing better stands.
    Case("+62811000000", ("xl", "xl-special"), "xl"),
    # Nothing stands, or nothing that may: it waits for the link that is first.
    Case("+62818000000", (), "xl"),
    Case("+62811000000", ("phone", "ears"), "main"),
)


class ChooseTests(SynchronousTestCase):
    """By prefix, then by priority (D10)."""

    def test_cases(self) -> None:
        """Each destination has its link."""
        for case in CASES:
            with self.subTest(case=case):
                self.assertEqual(ROUTES.choose(case.number, case.standing), case.link)

    def test_only_phones(self) -> None:
        """Where no link may, none is taken."""
        routes = Routes({"phone": Route(False, 0, replies_only=True)})
        self.assertIsNone(routes.choose("+62811", ["phone"]))

    def test_replace(self) -> None:
        """What was cut for a link goes by another that stands and fits."""
        for name, number, standing, other in (
            ("main", "+62811", ("main", "xl"), "xl"),
            ("main", "+62811", ("main", "phone", "ears"), None),
            ("whole", "+62811", ("main",), None),
            ("main", "+62811", ("whole",), "whole"),
        ):
            self.assertEqual(ROUTES.replace(name, number, standing), other)
