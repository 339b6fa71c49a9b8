"""Tests for `smscentre.posting`: a letter cut for the link that takes it."""

from __future__ import annotations

from attrs import evolve
from twisted.trial.unittest import SynchronousTestCase

from smscentre.composing import PartStyle
from smscentre.messages import Alphabet, Priority
from smscentre.posting import Letter, NoLinkError, Post, TooLongTextError
from smscentre.store.outgoing import Draft

LETTER = Letter("+6281234567890", "halo", Priority.REMINDER, 100.0)

STYLES = {
    "carrier": PartStyle(reference_width=16, max_parts=2),
    "wide": PartStyle(whole=True),
}


def post(link: str | None) -> Post:
    """One that chooses this link for every number."""
    return Post(lambda number: link, STYLES, lambda link, parts: None, (), 60.0)


class PostTests(SynchronousTestCase):
    """From a letter to the parts of a draft."""

    def test_one_part(self) -> None:
        """All that the letter says is in the draft."""
        expected = Draft(
            "carrier",
            "+6281234567890",
            ["halo"],
            Alphabet.GSM7,
            Priority.REMINDER,
            16,
            100.0,
        )
        self.assertEqual(post("carrier").draft(LETTER), expected)

    def test_as_long_as_can_be(self) -> None:
        """Two parts of the link's alphabet, headers counted."""
        letter = evolve(LETTER, text="x" * 304)
        draft = post("carrier").draft(letter)
        self.assertEqual([len(part) for part in draft.parts], [152, 152])

    def test_too_long(self) -> None:
        """Nothing is cut off; who sends decides what to leave out."""
        for text in ("x" * 305, "\u20ac" * 153, "\u3042" * 133):
            with self.assertRaises(TooLongTextError) as caught:
                post("carrier").draft(evolve(LETTER, text=text))
            error = caught.exception
            self.assertEqual((error.link, error.allowed), ("carrier", 2))

    def test_in_one_piece(self) -> None:
        """A link that takes a long text whole gets it whole."""
        text = "x" * 500
        self.assertEqual(post("wide").draft(evolve(LETTER, text=text)).parts, [text])

    def test_no_link(self) -> None:
        """A centre that only answers sends nothing."""
        with self.assertRaises(NoLinkError):
            post(None).draft(LETTER)
