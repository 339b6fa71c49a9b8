"""The question before what a stray click must not do.

A form that comes without the answer is sent back as a page of its own: it says what
will happen, and holds all that was sent. Nothing is kept here between the two, and no
script is needed.
"""

from __future__ import annotations

__all__ = ["Question", "ask", "is_sure"]

from typing import Final

from attrs import frozen

from smscentre.web.routes import Page, Values, Visit

_ANSWER: Final = "yakin"
_YES: Final = "ya"
_NOT_KEPT: Final = ("csrf", _ANSWER)
"""The page has a token of its own, and the answer is its button's."""


@frozen
class Question:
    """What is asked: ``words`` say what will happen, ``yes`` is on the button.

    ``back`` is the address for who does not want it.
    """

    title: str
    words: str
    yes: str
    back: str


def is_sure(form: Values) -> bool:
    """Whether a form comes from the page with the question."""
    return form.get(_ANSWER) == _YES


def ask(visit: Visit, question: Question) -> Page:
    """The page with the question, whose button sends the same form again."""
    kept = [
        (name, value)
        for name, values in visit.form.given.items()
        for value in values
        if name not in _NOT_KEPT
    ]
    values = {
        "question": question,
        "to": visit.path,
        "kept": [*kept, (_ANSWER, _YES)],
    }
    return Page("question.html", values)
