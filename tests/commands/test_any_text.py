"""Whatever is sent: an outcome, and nothing stored that was not typed."""

from __future__ import annotations

import re
import time
import unicodedata
from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from smscentre.commands.forms import FORMS, MAXIMUM, Form
from smscentre.commands.replies import is_own_reply
from smscentre.gsm.alphabet import is_gsm7, septets
from smscentre.interfaces import Outcome
from tests.commands.office import OFFICERS, Office

_OF_MANUAL = ("insert", "update", "repeat", "query")
_PEOPLE = st.sampled_from([*OFFICERS, "nobody"])
_REPORTERS = st.sampled_from(["unit", "salemba", "bapas", "rupbasan"])

_WORDS = """
RUTAN BAPAS RUPBASAN BASAN BARAN PEG GET GETUPT GETPROV GETALL UPT PROV HELP YA
HARI INI KEMARIN DKI 1203 UPT1203 270408 27-04-08 31/02/08 82 54 0 9999999
10000000 1.203 8,2 82/54 -5 +1 5O P W TAHANAN PB=1 , / . ; ? ... ' RUTNA
NIHIL NOL ORANG ( ) < > " TGL APRIL 27APR08 BESOK LUSA SENIN BUDI TRIMS YTH LAPOR
NAPI CMB CB=2 PIB3 STAF RIBU O RUTAN8 GETUPT1203
"""
_PIECES = st.sampled_from(_WORDS.split())
_FIGURES = st.integers(0, 10**8).map(str)
_COMMANDS = st.lists(
    st.tuples(_PIECES | _FIGURES, st.sampled_from([" ", " ", " ", "\n", ""])),
    max_size=14,
).map(lambda pieces: "".join(map("".join, pieces)))
_NOTHING = re.compile(r"(?<![A-Z0-9])(?:NIHIL|NOL)(?![A-Z0-9])")
_TEXTS = st.text(max_size=200) | _COMMANDS

_ODD = (
    "",
    " ",
    "A" * 160,
    "A" * 1_600,
    "9" * 1_600,
    "RUTAN " + "9" * 10_000,
    "RUTAN " + "1 " * 5_000,
    "RUTAN " + "1," * 5_000,
    "RUTAN " + "1." * 5_000,
    "RUTAN " + "/" * 5_000,
    "RUTAN GETUPT " + "LP_" * 500,
    "RUTAN GETPROV " + "JAWA " * 300,
    "RUTAN GETALL " + "2" * 1_600,
    "UPT " + "X" * 1_600,
    "PROV " + "9" * 10_000,
    "HELP " * 300,
    "\u0631\u0648\u062a\u0627\u0646 \u0668\u0662",
    "\u76d1\u72f1 \u516b\u5341\u4e8c",
    "\U0001f600" * 40,
    "RUTAN \U0001f600 1 2 3",
    "\ud800 RUTAN \udfff",
    "\x00\x01\x02\x1b\x7f",
    "RUTAN\x001\x002\x003\x004",
    "RUTAN 1 2 3 4'; DELETE FROM units; --",
    "<b>RUTAN</b> 1 2 3 4",
    "<script>alert(1)</script>",
    "RUTAN {0} {1} {form} %s",
    "{}{}{}",
)


class AnyTextTests(SynchronousTestCase):
    """`interpret` is total."""

    def _check(self, outcome: Outcome) -> None:
        self.assertTrue(outcome.name)
        self.assertTrue(is_gsm7(outcome.reply), outcome.reply)
        self.assertTrue(is_own_reply(outcome.reply), outcome.reply)
        self.assertFalse(set("^{}[]~|\\") & set(outcome.reply), outcome.reply)
        if outcome.name not in _OF_MANUAL:
            self.assertLessEqual(septets(outcome.reply), 160, outcome.reply)
        self.assertEqual(
            bool(outcome.effects), outcome.name in ("insert", "update"), outcome
        )

    @given(_TEXTS, _PEOPLE)
    @example("UPT 1203", "unit")
    @example("UPT MARTAPURA", "national")
    def test_any_text(self, text: str, officer: str) -> None:
        """Any text of anybody gets a reply that fits, and is known if it comes back."""
        self._check(Office().ask(text, officer))

    @given(_COMMANDS | st.text("RUTANBPS 0123456789,./-+()"), _REPORTERS)
    @example("RUTAN 1 2 3 4\nRUTAN PEG 1 2 3 4", "unit")
    @example("BAPAS CB=36 PB=82 PIB=39 CMB=nol", "unit")
    def test_stored_as_typed(self, text: str, officer: str) -> None:
        """A stored figure stands in the text as a number; only nothing is 0."""
        outcome = Office().ask(text, officer)
        typed = Counter(map(int, re.findall("[0-9]+", _NOTHING.sub("0", text.upper()))))
        stored: Counter[int] = Counter()
        for report in outcome.reports:
            stored.update(report.values)
            self.assertLessEqual(max(report.values), MAXIMUM)
        self.assertEqual(stored - typed, Counter(), text)

    @given(
        st.sampled_from(FORMS),
        st.lists(st.integers(0, MAXIMUM), min_size=8, max_size=8),
        st.sampled_from([" ", "  ", "\n", ";", "\t", ", ", "; "]),
    )
    def test_every_form(self, form: Form, values: list[int], between: str) -> None:
        """A form with exactly its figures is stored as it is, or asked about."""
        figures = values[: form.size]
        text = between.join([*form.words, *map(str, figures)])
        outcome = Office().ask(text)
        if outcome.name == "date_as_count":
            self.assertIn(6, [len(str(figure)) for figure in figures])
        else:
            self.assertEqual(outcome.reports[0].values, tuple(figures))

    def test_odd_texts(self) -> None:
        """Long, strange and hostile texts get a quick answer and store nothing."""
        for text in _ODD:
            with self.subTest(text=ascii(text[:40])):
                office = Office()
                before = time.perf_counter()
                outcome = office.ask(text)
                self.assertLess(time.perf_counter() - before, 0.5)
                self._check(outcome)
                self.assertEqual(outcome.effects, ())

    def test_digits_of_all_scripts(self) -> None:
        """A decimal digit of another script is never read, full width apart."""
        for code in range(0x80, 0x110000):
            digit = chr(code)
            if digit.isdigit() and not 0xFF10 <= code <= 0xFF19:
                outcome = Office().ask(f"RUTAN 8{digit} 1 2 3")
                self.assertEqual(outcome.name, "letter", unicodedata.name(digit))
