"""Help and lists: which commands this sender may send, which places there are.

Answers that read nothing but the directory. It shows the manual's figures, as
the printed guide does.
"""

from __future__ import annotations

__all__ = ["HELP_WORDS", "give_help", "list_provinces", "list_units"]

from collections.abc import Sequence
from typing import Final

from smscentre.commands.asker import Answer, Asker, answer
from smscentre.commands.forms import KINDS
from smscentre.commands.places import refuse_unit
from smscentre.commands.replies import (
    INSERT_HELP,
    LONGEST,
    OR,
    QUERIED_WORDS,
    QUERY_HELP,
    TEXTS,
    joined,
)
from smscentre.commands.words import is_digits
from smscentre.directory import Unit, fold

HELP_WORDS: Final = frozenset({"HELP", "BANTUAN", "?"})
"""The words that ask for help."""

_MANUAL_PLACE = "CIPINANG"
_SHOWN = 6
"""The most units in one reply."""


def give_help(asker: Asker, kind: str | None = None) -> Answer:
    """The formats of one kind, or of whatever this sender reports for."""
    reported = asker.reported
    if not asker.may_query:
        if not reported:
            return answer("no_unit" if asker.may_insert else "no_right", "help")
        kind = kind if kind in reported else None
    if kind is None:
        if len(reported) != 1:
            return _help_of(asker, reported)
        kind = reported[0]
    template = f"help_{kind.lower()}"
    if not asker.may_query:
        template += "_insert"
    elif kind not in reported:
        template += "_query"
    return answer(template, "help")


def _help_of(asker: Asker, reported: Sequence[str]) -> Answer:
    """One example of each of several kinds, and how to see the others."""
    kinds = reported or KINDS
    if reported:
        examples = [INSERT_HELP[kind] for kind in kinds]
    else:
        query = QUERY_HELP["UPT" if asker.unit else "PROV" if asker.province else "ALL"]
        examples = [query.format(QUERIED_WORDS[kind]) for kind in kinds]
    return answer("help", "help", examples="; ".join(examples), kinds=joined(kinds, OR))


def list_provinces(asker: Asker, words: Sequence[str]) -> Answer:
    """The provinces' keywords: a page of all, or those that a word fits."""
    keywords = list(asker.directory.provinces)
    page = 1
    if words and is_digits(words[0]):
        page = int(words[0][:3])
    elif words:
        part = fold("".join(words))
        fitting = [
            province.keyword
            for province in asker.directory.provinces.values()
            if any(
                part in fold(name)
                for name in (province.keyword, province.name, *province.aliases)
            )
        ]
        keywords = fitting or keywords
    pages = _pages(keywords)
    page = min(max(page, 1), len(pages))
    if page == len(pages):
        return answer("list_provinces", "list", keywords=pages[-1])
    return answer(
        "list_provinces_more", "list", keywords=pages[page - 1], next=page + 1
    )


def _pages(keywords: Sequence[str]) -> list[str]:
    """Keywords as lines of which each fits one reply."""
    room = LONGEST - len(TEXTS["list_provinces_more"].format(keywords="", next=99))
    pages = [""]
    for keyword in keywords:
        line = f"{pages[-1]} {keyword}".strip()
        if len(line) <= room:
            pages[-1] = line
        else:
            pages.append(keyword)
    return pages


def list_units(asker: Asker, words: Sequence[str]) -> Answer:
    """The units that a code or a part of a name fits."""
    part = fold("".join(words))
    if not part:
        return answer("help_upt", "help")
    directory = asker.directory
    found = [unit for unit in directory.units.values() if _fits(unit, part)]
    if not found:
        return refuse_unit(
            directory, words, lambda code: f"UPT {code or _MANUAL_PLACE}"
        )
    found.sort(key=lambda unit: (unit.code != part, unit.code))
    units = [f"{unit.code} {unit.name} ({unit.province})" for unit in found[:_SHOWN]]
    lists = [", ".join(units[:length]) for length in range(len(units), 0, -1)]
    if len(found) <= _SHOWN and len(TEXTS["list_units"]) + len(lists[0]) <= LONGEST:
        return answer("list_units", "list", n=len(found), units=lists)
    return answer("list_units_more", "list", n=len(found), units=lists)


def _fits(unit: Unit, part: str) -> bool:
    names = (unit.code, unit.name, unit.title, *unit.aliases)
    return any(part in fold(name) for name in names)
