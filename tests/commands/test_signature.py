"""Tests for `smscentre.commands.signature`: what at the end of a report is a name."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.commands.office import Office

_REPORT = "RUTAN 82 54 36 39 "


class SignatureTests(SynchronousTestCase):
    """Words behind the figures."""

    def test_names(self) -> None:
        """A name is no part of the report, however near to a word of ours."""
        for name in ("Hasan", "Saleh", "Agustinus", "Karin", "Amrin", "LP Batam"):
            with self.subTest(name=name):
                self.assertEqual(Office().ask(_REPORT + name).name, "insert")

    def test_another_form(self) -> None:
        """Staff named behind the figures is not taken for a count, slips included."""
        for word in ("PEG", "PG", "POEG", "PE#G", "pegawai", "pegwai"):
            with self.subTest(word=word):
                self.assertEqual(Office().ask(_REPORT + word).name, "letter")

    def test_another_day(self) -> None:
        """A slip in the word for yesterday is not taken for today."""
        for word in ("kemarn", "KEMARI", "kemarinn", "koreksii", "dibatalkn"):
            with self.subTest(word=word):
                self.assertEqual(Office().ask(_REPORT + word).name, "letter")

    def test_speaking(self) -> None:
        """Nor is what says that the figures are of another day, or not to be stored."""
        for words, name in (
            ("smlm", "date"),
            ("td malam", "letter"),
            ("sehari sebelumnya", "letter"),
            ("bulan lalu", "letter"),
            ("slh", "letter"),
            ("pembetulan", "letter"),
            ("abaikan", "letter"),
            ("tes", "letter"),
            ("hanya contoh", "letter"),
        ):
            with self.subTest(words=words):
                self.assertEqual(Office().ask(_REPORT + words).name, name)
