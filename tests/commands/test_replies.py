"""Tests for `smscentre.commands.replies`."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import smscentre
from smscentre.commands import replies
from smscentre.commands.asker import Answer
from smscentre.commands.examples import MISSING
from smscentre.commands.forms import FORMS
from smscentre.commands.replies import (
    TEXTS,
    compose,
    in_line,
    inserted,
    inserted_several,
    is_own_reply,
    joined,
)
from smscentre.gsm.alphabet import is_gsm7, septets
from tests.commands.office import Office

_GOLDEN = Path(__file__).parents[1] / "golden"
_PACKAGE = Path(smscentre.__file__).parent
_COSTLY = frozenset("^{}[]~|\\\u20ac")

_UNIT = "123456/LPKA_LABUHANBAT/GORONTALO"
_QUERY = "RUPBASAN BASAN GETPROV GORONTALO 270408"
_LONGEST_FORM = max((form.id for form in FORMS), key=len)
_ENDED = TEXTS["not_stored"]

_ANY = {
    "form": _LONGEST_FORM,
    "n": "9999",
    "got": "9999",
    "of": "9999",
    "i": "9999",
    "j": "9999",
    "page": "99",
    "next": "99",
    "part": "99",
    "days": "9999",
    "value": "W" * 12,
    "word": "W" * 12,
    "plain": MISSING,
    "example": f"{_LONGEST_FORM} {MISSING}",
    "guess": "RUPBASAN BASAN GETPROV",
    "guess2": "RUPBASAN BARAN GETPROV",
    "code": "123456",
    "name": "LPKA_LABUHANBAT",
    "province": "GORONTALO",
    "unit": _UNIT,
    "units": "123456 LPKA_LABUHANBAT",
    "date": "270408",
    "today": "270408",
    "latest": "270408",
    "month": "September 2008",
    "zone": "WITA",
    "time": "23.59",
    "report": "Rutan",
    "scope": "Prov GORONTALO",
    "kind": "RUPBASAN",
    "kinds": "RUTAN dan RUPBASAN",
    "forms": "RUTAN, RUTAN PEG",
    "field": "Pengamanan P",
    "old": "9999999",
    "new": "9999999",
    "what": "RUPBASAN BASAN 270408",
    "right": "mengisi data",
    "rights": "mengisi data dan bertanya",
    "keywords": "KALTIM",
    "examples": "; ".join(replies.INSERT_HELP.values()),
}
"""The longest value of each placeholder, alternatives at their shortest."""

_OWN = {
    "date": {"example": f"{_LONGEST_FORM} {MISSING}{_ENDED}", "value": "W" * 12},
    "future": {"example": f"{_LONGEST_FORM} {MISSING}{_ENDED}"},
    "no_insert": {"example": f"RUPBASAN BASAN GETUPT UPT123456 270408{_ENDED}"},
    "no_query": {"example": "RUPBASAN BASAN ... ... ... ... ..."},
    "no_data": {"example": _QUERY},
    "keyword": {"example": "RUPBASAN BASAN GETPROV"},
    "upt": {"example": "RUPBASAN BASAN GETUPT UPT123456 270408"},
    "upt_guess": {"example": "UPT 123456"},
    "upt_many": {"example": "UPT 123456"},
    "province": {"example": _QUERY},
    "province_guess": {"guess": "GORONTALO"},
    "province_two": {"guess": "GORONTALO", "guess2": "GORONTALO"},
    "sub_keyword": {"example": _QUERY},
    "no_place_upt": {"example": "RUPBASAN BASAN GETUPT UPT123456 270408"},
    "no_place_province": {"example": _QUERY},
    "help": {"kinds": "RUTAN, BAPAS atau RUPBASAN"},
    "pin_locked": {"time": "23.59 WITA"},
    "code_locked": {"time": "23.59 WITA"},
    "digest": {"scope": "99 provinsi", "units": "LPKA_LABUHANBAT dan 9999 lain"},
    "unreported": {"scope": "99 provinsi", "units": "LPKA_LABUHANBAT dan 9999 lain"},
    "all_reported": {"scope": "99 provinsi"},
    "no_units": {"scope": "99 provinsi"},
    "remind": {"forms": f"{_LONGEST_FORM} dan 6 lain"},
}
"""Values that only one template has."""

_LINES = (
    ("Contoh: RUTAN 1 .... Data belum disimpan.", "Contoh: RUTAN 1 ... (baris 2)."),
    ("Contoh: RUTAN 1. Balas BANTUAN untuk", "Contoh: RUTAN 1 (baris 2). Balas"),
    ("Contoh: UPT CIPINANG", "Contoh: UPT CIPINANG (baris 2)"),
    ("Tidak ada contoh.", "Tidak ada contoh."),
)

_VALUE = re.compile(r"\{(\w*)\}")
_WORD = re.compile(r"[A-Za-z]{4,}")
_WITH_ENGLISH = {"Data", "Format", "admin", "format", "data", "Insert", "Centre"}
"""Words of replies that English, or a name in the code, has too."""


def _texts_of_replies() -> Iterator[str]:
    yield from TEXTS.values()
    yield from replies.INSERTED.values()
    yield from replies.QUERIED.values()
    yield replies.SEVERAL.replace("{verb}", "Insert")


class GoldenTests(SynchronousTestCase):
    """The texts that the manual does not give."""

    def test_letter_for_letter(self) -> None:
        """Every template of the golden file is there, unchanged."""
        golden = tomllib.loads((_GOLDEN / "replies.toml").read_text(encoding="utf-8"))
        for name, text in golden["reply"].items():
            with self.subTest(id=name):
                self.assertEqual(TEXTS.get(name), text)

    def test_every_form_has_its_figures(self) -> None:
        """The answer to an insert has a place for the unit and each figure."""
        for form in FORMS:
            places = replies.INSERTED[form.id].count("{}")
            self.assertEqual(places, form.size + 1, form.id)


class LengthTests(SynchronousTestCase):
    """One SMS is all that a reply takes."""

    def test_longest_values(self) -> None:
        """Every template fits with the longest values."""
        for name, template in TEXTS.items():
            with self.subTest(id=name):
                values = _ANY | _OWN.get(name, {})
                text = template.format(**values)
                self.assertLessEqual(septets(text), replies.LONGEST, text)

    def test_cheap_characters(self) -> None:
        """No template has a character that costs two septets, or UCS-2."""
        for text in _texts_of_replies():
            plain = _VALUE.sub("", text)
            self.assertTrue(is_gsm7(plain), plain)
            self.assertFalse(_COSTLY & set(plain), plain)

    def test_line_of_several(self) -> None:
        """A refusal names its line where that fits, and is never too long for it."""
        for name, template in TEXTS.items():
            with self.subTest(id=name):
                text = template.format(**_ANY | _OWN.get(name, {}))
                named = in_line(text, 10)
                self.assertLessEqual(septets(named), replies.LONGEST, named)
                self.assertEqual(named.replace(" (baris 10)", ""), text)

    def test_line_in_an_example(self) -> None:
        """The line follows the example, whatever ends the sentence."""
        for text, named in _LINES:
            self.assertTrue(in_line(text, 2).startswith(named), text)

    def test_several(self) -> None:
        """The longest answer to several inserts can be sent as one message."""
        reports = [
            (
                form.id,
                inserted(form.id, _UNIT, [9_999_999] * form.size, first=first, day=day),
            )
            for first, day in ((True, "270408"), (False, "260408"))
            for form in FORMS[2:]
        ]
        text = inserted_several(_UNIT, reports)
        self.assertTrue(is_own_reply(text))
        self.assertLessEqual(septets(text), 153 * 10)
        self.assertEqual(text.count("9999999"), 2 * sum(f.size for f in FORMS[2:]))


class ComposeTests(SynchronousTestCase):
    """Templates with alternatives."""

    def test_best_alternative_that_fits(self) -> None:
        """The first alternative that fits is taken."""
        text = compose("sub_keyword", example=["x" * 100, "short", "shorter"])
        self.assertIn("short.", text)

    def test_last_alternative(self) -> None:
        """Where none fits the last is taken, whole."""
        text = compose("sub_keyword", example=["x" * 200, "y" * 150])
        self.assertIn("y" * 150, text)

    def test_several_values(self) -> None:
        """The value named last is shortened first."""
        text = compose(
            "upt_many",
            word="X",
            n=2,
            units=["u" * 30, "u"],
            example=["e" * 90, "e" * 9],
        )
        self.assertIn("u" * 30, text)
        self.assertTrue(text.endswith(": " + "e" * 9))

    def test_joined(self) -> None:
        """A list ends with a word before its last name."""
        self.assertEqual(joined([]), "")
        self.assertEqual(joined(["A"]), "A")
        self.assertEqual(joined(["A", "B"]), "A dan B")
        self.assertEqual(joined(["A", "B", "C"], "atau"), "A, B atau C")


class OwnReplyTests(SynchronousTestCase):
    """Replies that come back, from a forwarder or another machine."""

    def test_replies(self) -> None:
        """Every reply but the sentence after a query is known again."""
        for text in _texts_of_replies():
            if text in (TEXTS["partial"], TEXTS["list_units"]):
                continue
            with self.subTest(text=text):
                filled = _VALUE.sub("270408", text.replace("{place}", "DKI"))
                self.assertTrue(is_own_reply(filled))

    def test_commands(self) -> None:
        """No text that a valid command has is taken for a reply."""
        texts = tomllib.loads((_GOLDEN / "texts.toml").read_text(encoding="utf-8"))
        manual = tomllib.loads((_GOLDEN / "manual.toml").read_text(encoding="utf-8"))
        for case in (*texts["case"], *manual["case"]):
            for text in (case["text"], case["text"].capitalize()):
                self.assertFalse(is_own_reply(text), text)


class OnePlaceTests(SynchronousTestCase):
    """Reply texts stand in one module."""

    def test_no_text_elsewhere(self) -> None:
        """No other literal has a space and a word that only replies have."""
        words = {
            word
            for text in (*_texts_of_replies(), *replies.SCOPE_NAMES.values())
            for word in _WORD.findall(_VALUE.sub(" ", text))
            if not word.isupper()
        } - _WITH_ENGLISH
        modules: list[Path] = []
        for folder in ("commands", "inbox", "links", "outbox", "reminding", "store"):
            modules += (_PACKAGE / folder).rglob("*.py")
        for module in modules:
            if module.name == "replies.py":
                continue
            for literal in _literals(module):
                if " " in literal:
                    found = words & set(_WORD.findall(literal))
                    self.assertFalse(found, f"{module.name}: {literal!r}")


def _literals(module: Path) -> Iterator[str]:
    """The strings of a module that are no docstrings or notes on constants."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    notes = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if id(node) in notes or not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, str):
            yield node.value


class AnswerTests(SynchronousTestCase):
    """Commands that only answer."""

    def test_expects_nothing(self) -> None:
        """An answer reads no report."""
        office = Office()
        outcome = office.ask("HELP")
        self.assertEqual(Answer(outcome).expects(), ())
        self.assertEqual(outcome.effects, ())
