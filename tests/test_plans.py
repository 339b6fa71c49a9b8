"""Tests for `smscentre.plans`."""

from __future__ import annotations

import datetime

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.directory import Officer, Right, Unit
from smscentre.plans import Cell, StepKind, plan_officers, plan_units

DAY = datetime.date(2008, 4, 27)
RUTAN = frozenset({"RUTAN"})
ONE = Unit("1203", "LP_CIPINANG2", "Lapas Cipinang", "DKI", RUTAN, 880)
TWO = Unit("1204", "LP_SALEMBA", "Lapas Salemba", "DKI", RUTAN)
FAR = Unit("8101", "RT_AMBON", "Rutan Ambon", "MALUKU", RUTAN)
BEFORE = {unit.code: unit for unit in (ONE, TWO, FAR)}
ANI = Officer("+628111203001", "Ani", "1203", rights=frozenset(Right))


class UnitPlanTests(SynchronousTestCase):
    """What a list of units would do."""

    def test_cells_that_change(self) -> None:
        """Old and new stand beside each other; the rest is not told."""
        plan = plan_units([evolve(ONE, capacity=900, city="Jakarta"), TWO], BEFORE)
        (step,) = plan.steps
        self.assertEqual((step.kind, step.key), (StepKind.UPDATED, "1203"))
        self.assertEqual(
            step.cells, (Cell("capacity", "880", "900"), Cell("city", "", "Jakarta"))
        )
        self.assertEqual(plan.unchanged, ("1204",))

    def test_what_is_written(self) -> None:
        """Only what is different."""
        changed = evolve(ONE, capacity=900)
        plan = plan_units([changed, TWO, evolve(TWO, code="9")], BEFORE)
        self.assertEqual(plan.entries, (changed, evolve(TWO, code="9")))
        self.assertEqual((plan.added, plan.updated), (("9",), ("1203",)))

    def test_absent_ones(self) -> None:
        """They close on the day, but for those that closed before and others' own."""
        before = BEFORE | {"1204": evolve(TWO, valid_until=DAY)}
        plan = plan_units([], before, DAY, lambda unit: unit.province == "DKI")
        self.assertEqual(plan.closed, ("1203",))
        self.assertEqual(plan.entries, (evolve(ONE, valid_until=DAY),))
        self.assertEqual(plan.steps[0].cells, (Cell("valid_until", "", "2008-04-27"),))

    def test_the_digest(self) -> None:
        """It is another where the same list does something else."""
        given = [evolve(ONE, capacity=900)]
        digest = plan_units(given, BEFORE).digest
        self.assertEqual(plan_units([*given, TWO], BEFORE).digest, digest)
        now = BEFORE | {"1203": evolve(ONE, capacity=890)}
        self.assertNotEqual(plan_units(given, now).digest, digest)


class OfficerPlanTests(SynchronousTestCase):
    """What a list of officers would do."""

    def test_absent_ones(self) -> None:
        """They become inactive if that is asked for."""
        before = {ANI.number: ANI}
        self.assertEqual(plan_officers([], before).closed, ())
        plan = plan_officers([], before, replace=True)
        self.assertEqual(plan.closed, (ANI.number,))
        self.assertEqual(plan.entries, (evolve(ANI, active=False),))
        self.assertEqual(str(plan), "0 added, 0 updated, 0 unchanged, 1 deactivated")
