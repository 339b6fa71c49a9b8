"""Tests for `smscentre.broadcasting`: whom a broadcast reaches, and at what cost."""

from __future__ import annotations

import datetime

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.broadcasting import (
    Recipients,
    Selection,
    Shipment,
    plan,
    preview,
)
from smscentre.composing import PartStyle
from smscentre.directory import Directory, Officer, Unit
from smscentre.messages import Alphabet, Priority
from smscentre.posting import SendingError
from smscentre.provinces import load

DAY = datetime.date(2008, 4, 27)

UNITS = (
    Unit("1203", "LP_CIPINANG2", "", "DKI", frozenset({"RUTAN"})),
    Unit("1251", "BAPAS_JAKBAR", "", "DKI", frozenset({"BAPAS"})),
    Unit("1301", "LP_SUKAMISKIN", "", "JABAR", frozenset({"RUTAN", "RUPBASAN"})),
    Unit(
        "1299",
        "RT_LAMA",
        "",
        "DKI",
        frozenset({"RUTAN"}),
        valid_until=DAY.replace(day=1),
    ),
)
OFFICERS = {
    "cipinang": Officer("+62811001", "A", "1203"),
    "second": Officer("+62811002", "B", "1203"),
    "bapas": Officer("+62811003", "C", "1251"),
    "bandung": Officer("+62811004", "D", "1301"),
    "region": Officer("+62811005", "E", None, ("DKI", "BANTEN")),
    "national": Officer("+62811006", "F"),
    "gone": Officer("+62811007", "G", "1203", active=False),
    "closed": Officer("+62811008", "H", "1299"),
    "moved": Officer("+62811009", "I", "9999"),
}
DIRECTORY = Directory.of(load(), UNITS, OFFICERS.values())
NAMES = {officer.number: name for name, officer in OFFICERS.items()}

CASES: tuple[tuple[Selection, str], ...] = (
    (Selection(), "cipinang second bapas bandung region national"),
    (Selection(provinces=["dki"]), "cipinang second bapas region"),
    (Selection(provinces=["DKI Jakarta"], kinds=["RUTAN"]), "cipinang second"),
    (Selection(provinces=["DKI", "JABAR"], kinds=["rutan"]), "cipinang second bandung"),
    (Selection(kinds=["BAPAS", "RUPBASAN"]), "bapas bandung"),
    (Selection(units=["1203", "BAPAS_JAKBAR"]), "cipinang second bapas"),
    (Selection(units=["1203"], provinces=["JABAR"]), ""),
    (Selection(units=["1299"]), ""),
)

STYLES = {"carrier": PartStyle(), "modem": PartStyle(max_parts=2)}


class SelectionTests(SynchronousTestCase):
    """Which officers the options choose."""

    def test_table(self) -> None:
        """Several of one option widen the choice, different ones narrow it."""
        for selection, names in CASES:
            chosen = selection.officers(DIRECTORY, DAY)
            found = [NAMES[officer.number] for officer in chosen]
            self.assertEqual(found, names.split(), str(selection))

    def test_what_is_not_known(self) -> None:
        """Is refused by its name: it would silently reach nobody."""
        units = [*UNITS, Unit("2", "LP_CIPINANG2", "", "DKI", frozenset())]
        for selection, word in (
            (Selection(provinces=["DIK"]), "no province is called DIK"),
            (Selection(units=["9"]), "no unit is called 9"),
            (Selection(units=["LP_CIPINANG2"]), "1203, 2"),
        ):
            with self.assertRaises(SendingError) as caught:
                selection.officers(Directory.of(load(), units), DAY)
            self.assertIn(word, str(caught.exception))

    def test_in_words(self) -> None:
        """It reads as it was typed, for the audit log."""
        selection = Selection(["DKI", "JABAR"], ["RUTAN"])
        words = "--province DKI --province JABAR --kind RUTAN"
        self.assertEqual((str(selection), str(Selection())), (words, "all officers"))


class PlanTests(SynchronousTestCase):
    """How a text is cut, and what the operator is shown."""

    def plan(
        self, text: str, link: str | None = "carrier", count: int = 12
    ) -> Shipment:
        """Plan a text for some numbers, a third of them in JABAR."""
        officers = [
            evolve(
                OFFICERS["cipinang" if at % 3 else "bandung"],
                number=f"+6281110000{at:02}",
            )
            for at in range(count)
        ]
        recipients = Recipients.of(officers, DIRECTORY)
        return plan(text, recipients, lambda number: link, STYLES, 99.0)

    def test_drafts(self) -> None:
        """A broadcast waits behind everything else and ends in time."""
        for draft in self.plan("Rapat").drafts:
            self.assertEqual(
                (draft.link, draft.parts, draft.priority, draft.expires_at),
                ("carrier", ["Rapat"], Priority.BROADCAST, 99.0),
            )

    def test_parts(self) -> None:
        """One odd letter makes the text longer."""
        for text, alphabet, parts in (
            ("a" * 160, Alphabet.GSM7, 1),
            ("a" * 161, Alphabet.GSM7, 2),
            ("\u0101" + "a" * 160, Alphabet.UCS2, 3),
        ):
            shipment = self.plan(text)
            (draft,) = {(one.alphabet, len(one.parts)) for one in shipment.drafts}
            self.assertEqual(draft, (alphabet, parts))
            self.assertEqual(shipment.parts, 12 * parts)

    def test_preview(self) -> None:
        """Text, alphabet, parts, provinces, the first ten masked, the total."""
        self.assertEqual(
            list(preview(self.plan("a" * 161)))[1:],
            [
                "characters  161",
                "alphabet    gsm7, 2 SMS each, for 12",
                "links       carrier 12",
                "numbers     12",
                "provinces   DKI 8",
                "            JABAR 4",
                "to          +62811****000",
                *(f"            +62811****{at:03}" for at in range(1, 10)),
                "            and 2 more",
                "total       24 SMS",
            ],
        )

    def test_refused(self) -> None:
        """What cannot go, or would not arrive whole."""
        for text, link, count, words in (
            (" \n", "carrier", 1, "empty"),
            ("a", "carrier", 0, "no active officer"),
            ("a", None, 1, "no link"),
            ("a" * 400, "modem", 1, "modem takes 2 parts at most"),
        ):
            with self.assertRaises(SendingError) as caught:
                self.plan(text, link, count)
            self.assertIn(words, str(caught.exception))
