"""Figures with the names of their fields: in our order, or all of them named.

Between the words of an insert and its figures. Where a label leaves it open which
field it means, nothing is read: the words stay as they are, to be asked about.
"""

from __future__ import annotations

__all__ = ["without_labels"]

import re
from collections.abc import Sequence

from smscentre.commands.forms import Form
from smscentre.commands.words import is_digits

_GLUED = re.compile(r"([A-Z]+)([0-9]+)", re.ASCII)


def without_labels(form: Form, words: Sequence[str]) -> list[str]:
    """The words without the form's labels, the figures in the form's order."""
    known = frozenset().union(*form.labels)
    if not any(map(str.isalpha, "".join(words))):
        return list(words)
    words = _unglued(words, known)
    if known.isdisjoint(words):
        return words
    plain = _in_order(form, words)
    if not known.isdisjoint(plain):
        return _by_name(form, words) or plain
    return plain


def _unglued(words: Sequence[str], known: frozenset[str]) -> list[str]:
    """Cut labels from the figures that are glued to them."""
    cut: list[str] = []
    for word in words:
        found = _GLUED.fullmatch(word)
        cut += found.groups() if found and found[1] in known else [word]
    return cut


def _in_order(form: Form, words: Sequence[str]) -> list[str]:
    """Leave out the labels that stand before their own figure."""
    figures: list[str] = []
    for word in words:
        at = len(figures)
        if at >= form.size or word not in form.labels[at]:
            figures.append(word)
    return figures


def _by_name(form: Form, words: Sequence[str]) -> list[str]:
    """The figures put where their labels say, if that is certain for all."""
    figures: dict[int, str] = {}
    group: frozenset[int] = frozenset(range(form.size))
    fields = group
    for word in words:
        if not is_digits(word):
            meant = _fields_of(form, word)
            if _is_group(form, meant):
                group = meant
            fields &= meant
            continue
        # A sex alone goes on with the group that was named last.
        fields &= group
        if len(fields) != 1 or not figures.keys().isdisjoint(fields):
            return []
        figures[next(iter(fields))] = word
        fields = frozenset(range(form.size))
    if len(figures) != form.size or len(fields) != form.size:
        return []
    return [figures[at] for at in range(form.size)]


def _fields_of(form: Form, word: str) -> frozenset[int]:
    """The places of the fields that a word can mean."""
    return frozenset(at for at, labels in enumerate(form.labels) if word in labels)


def _is_group(form: Form, fields: frozenset[int]) -> bool:
    """Whether fields are the men and women of one group."""
    names = {form.fields[at].partition("_")[0] for at in fields}
    return len(names) == 1 and len(fields) > 1
