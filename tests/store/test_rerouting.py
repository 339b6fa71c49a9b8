"""Tests for `smscentre.store.rerouting`: whose links are no more.

What goes by others is in `tests.outbox.test_stage`.
"""

from __future__ import annotations

from functools import partial

from smscentre.store.rerouting import is_retired
from smscentre.store.sessions import begin_bind
from tests.storecase import StoreTestCase


class RetiredTests(StoreTestCase):
    """A link for which parts wait, and which this node has not configured."""

    def is_retired_after(self, *nodes: str, now: float = 100.0) -> tuple[bool, str]:
        """Whether it was this node's, bound by these a second apart; the dialect."""
        for place, node in enumerate(nodes):
            self.writer.perform(
                partial(
                    begin_bind,
                    bind=f"link-{place}",
                    link="link",
                    node=node,
                    now=float(place),
                )
            )
        asked = self.writer.perform(
            lambda transaction: (
                is_retired(transaction, "link", "here", now),
                transaction.dialect,
            )
        )
        self.turn()
        return self.successResultOf(asked)

    def test_bound_here(self) -> None:
        """What this node bound last is nobody else's."""
        self.assertTrue(self.is_retired_after("there", "here")[0])

    def test_alive(self) -> None:
        """By what seems to be a second host of this node's name."""
        retired, dialect = self.is_retired_after("there", "here", now=2.0)
        self.assertEqual(retired, dialect == "sqlite")

    def test_bound_elsewhere(self) -> None:
        """Another node may have it still, but on a database for one node alone."""
        retired, dialect = self.is_retired_after("here", "there")
        self.assertEqual(retired, dialect == "sqlite")

    def test_never_bound(self) -> None:
        """So may it where nobody knows."""
        retired, dialect = self.is_retired_after()
        self.assertEqual(retired, dialect == "sqlite")
