"""The officers' guide is what their commands make of it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from docs.panduan import FILE, pages, render
from smscentre.commands.forms import FORMS, KINDS
from smscentre.commands.replies import INSERTED, QUERIED, TEXTS
from smscentre.guide import Mark, spans
from smscentre.guidebook import CONTENTS, EXAMPLES, MEANINGS, NAMES

_MANUAL = Path(__file__).parent / "golden" / "manual.toml"


class PanduanTests(SynchronousTestCase):
    """docs/panduan.rst."""

    def test_it_is_up_to_date(self) -> None:
        """If not: make panduan."""
        self.assertEqual(FILE.read_text(encoding="utf-8"), render())

    def test_the_manuals_inserts_are_in_it(self) -> None:
        """With the manual's figures, and its answers when the lines are joined."""
        guide = " ".join(render().split())
        cases = tomllib.loads(_MANUAL.read_text(encoding="utf-8"))["case"]
        inserts = [case for case in cases if "GET" not in case["text"]]
        self.assertEqual(len(inserts), len(FORMS))
        for case in inserts:
            self.assertIn(f"Anda: {' '.join(case['text'].split())} Pusat:", guide)
            self.assertIn(case["reply"], guide)

    def test_every_query_of_the_manual_is_in_it(self) -> None:
        """As it is typed."""
        guide = " ".join(render().split())
        cases = tomllib.loads(_MANUAL.read_text(encoding="utf-8"))["case"]
        for case in cases:
            self.assertIn(" ".join(case["text"].split()), guide)

    def test_every_field_has_a_name(self) -> None:
        """In full; none is left over."""
        groups = {field.partition("_")[0] for form in FORMS for field in form.fields}
        self.assertEqual(set(NAMES), groups)
        self.assertEqual(set(CONTENTS), {form.id for form in FORMS})

    def test_what_goes_wrong_stores_nothing(self) -> None:
        """Each example is asked about, and each kind has some."""
        self.assertEqual({example.kind for example in EXAMPLES}, set(KINDS))
        for page in pages():
            self.assertNotIn("berhasil", page.wrong.reply)
            self.assertIn("Contoh", page.wrong.reply)

    def test_meanings_are_of_real_replies(self) -> None:
        """What is explained is what the centre says."""
        said = [*TEXTS.values(), *INSERTED.values(), *QUERIED.values()]
        said += [text.replace("Insert", "Update") for text in INSERTED.values()]
        known = " ".join(said).replace("{n}/{of}", "212/337").replace("{pb}", "-")
        known = known.replace("{tahanan_p}", "-")
        for shown, _ in MEANINGS:
            for piece in shown.split("..."):
                self.assertIn(piece.strip(), known)


class SpanTests(SynchronousTestCase):
    """Sentences with marks."""

    def test_every_mark(self) -> None:
        """In any order; what is typed may hold the others' signs."""
        self.assertEqual(
            list(spans("Kirim ``A * B`` **kini**, bila *perlu*.")),
            [
                (Mark.PLAIN, "Kirim "),
                (Mark.CODE, "A * B"),
                (Mark.PLAIN, " "),
                (Mark.STRONG, "kini"),
                (Mark.PLAIN, ", bila "),
                (Mark.EMPHASIS, "perlu"),
                (Mark.PLAIN, "."),
            ],
        )
        self.assertEqual(list(spans("biasa")), [(Mark.PLAIN, "biasa")])
        self.assertEqual(list(spans("")), [])
