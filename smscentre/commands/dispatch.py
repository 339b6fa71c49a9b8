"""The entry of all commands: a request becomes a command, whatever it says.

Finds the form, the report or the reserved word that the first words name, and
hands the rest on. Total: what cannot be understood becomes a command whose run
answers with what is wrong.
"""

from __future__ import annotations

__all__ = ["RESERVED", "Rules", "interpret"]

from collections.abc import Sequence
from typing import Final

from smscentre.commands.asker import Answer, Asker, Rules, answer
from smscentre.commands.confirm import read_confirmation
from smscentre.commands.examples import (
    insert_example,
    insert_examples,
    own_example,
    query_examples,
)
from smscentre.commands.forms import COUNT_FORMS, FORMS, KINDS, REPORTS, Form, Report
from smscentre.commands.guard import guarded
from smscentre.commands.help import (
    HELP_WORDS,
    give_help,
    list_provinces,
    list_units,
)
from smscentre.commands.insert import read_insert
from smscentre.commands.normalise import commands_of
from smscentre.commands.parse import Figures, read_figures
from smscentre.commands.query import SCOPES, read_query
from smscentre.commands.register import REGISTER, Register
from smscentre.commands.several import join
from smscentre.commands.undo import read_undo
from smscentre.commands.unreported import read_unreported
from smscentre.commands.words import echo, nearest
from smscentre.credentials import CODE_LENGTH
from smscentre.directory import Directory
from smscentre.interfaces import Command, Request

RESERVED: Final = frozenset(
    [*KINDS, "HELP", "BANTUAN", "BATAL", "YA", "DAFTAR", "BELUM", "PIN", "PROV", "UPT"]
)
"""Words that no procedure may take for a keyword or a verb of another meaning."""

_FORMS: Final = {form.words: form for form in FORMS}
_REPORTS: Final = {report.words: report for report in REPORTS}
_GET = "GET"
_SHORTEST_GUESSED = 4

_SECOND: Final = {
    kind: {
        words[1]: words
        for words in (*_FORMS, *_REPORTS)
        if words[0] == kind and words[1:]
    }
    for kind in KINDS
}
"""The words that may follow each kind, with the words that they make together."""

_STAFF = "PEG"
_STAFF_IN_FULL = "PEGAWAI"

_FIRST: Final = {
    **{kind: (kind,) for kind in KINDS},
    **{word: (word,) for word in RESERVED if len(word) >= _SHORTEST_GUESSED},
    **{words[-1]: words for words in _REPORTS},
    # Prisons report as detention houses; the word is a letter from BAPAS.
    "LAPAS": ("RUTAN",),
}
"""The first words with which a near miss is compared, each with what it may
stand for. Shorter words are near to anything."""


def interpret(request: Request, directory: Directory, rules: Rules) -> Command:
    """Understand a text. Any text gives a command."""
    officer = request.officer
    if officer is not None and not officer.active:
        return answer("inactive")
    commands = commands_of(request.text)
    if commands and commands[0][0] == REGISTER:
        typed = filter(str.isalnum, "".join(commands[0][1:]))
        return Register(request, "".join(typed)[:CODE_LENGTH], rules)
    if officer is None:
        return answer("unknown")
    asker = Asker.of(request, officer, directory, rules)
    return guarded(asker, _understand(asker, commands))


def _understand(asker: Asker, commands: list[list[str]]) -> Command:
    """Understand what a registered sender typed, line by line."""
    if len(commands) > 1:
        return join([_read(asker, words) for words in commands])
    return _read(asker, commands[0]) if commands else give_help(asker)


def _read(asker: Asker, words: list[str]) -> Command:
    """Understand the words of one command."""
    first, rest = words[0], words[1:]
    if first in _SECOND:
        return _read_kind(asker, first, rest)
    return _read_reserved(asker, first, rest)


def _read_kind(asker: Asker, kind: str, rest: list[str]) -> Command:
    """Understand what follows the name of a kind."""
    if not rest or rest[0] in HELP_WORDS:
        return give_help(asker, kind)
    words: tuple[str, ...] = (kind,)
    if rest[0] in _SECOND[kind]:
        words, rest = (kind, rest[0]), rest[1:]
    form, report = _FORMS.get(words), _REPORTS.get(words)
    if form is None:
        return _refuse_second(asker, kind, rest)
    if not rest or rest[0] in HELP_WORDS:
        return give_help(asker, kind)
    if rest[0].isdigit():
        return read_insert(asker, form, rest)
    scope = SCOPES.get(rest[0])
    if scope is None:
        return _refuse_scope(asker, form, rest) or read_insert(asker, form, rest)
    if report is None:
        return _refuse_staff_query(asker, form, scope)
    return read_query(asker, report, scope, rest[1:])


def _read_reserved(asker: Asker, first: str, rest: list[str]) -> Command:
    """Understand a text that begins with anything but the name of a kind."""
    if first in HELP_WORDS:
        kind = rest[0] if rest and rest[0] in _SECOND else None
        return give_help(asker, kind)
    match first:
        case "BATAL":
            return read_undo(asker, rest)
        case "YA":
            return read_confirmation(asker, rest)
        case "BELUM":
            return read_unreported(asker, rest)
        case "PIN":
            return give_help(asker)
        case "PROV":
            return list_provinces(asker, rest)
        case "UPT":
            return list_units(asker, rest)
    return _refuse_first(asker, first, rest)


def _refuse_first(asker: Asker, first: str, rest: list[str]) -> Answer:
    """Name what a first word may have been meant for."""
    near = nearest(first, _FIRST)
    guesses = list(dict.fromkeys(_FIRST[word] for word in near))
    if guesses:
        return _guessed(asker, first, guesses, rest)
    examples = [_bare_example(asker, [first, *rest]), own_example(asker)]
    return answer("no_keyword", example=examples)


def _refuse_second(asker: Asker, kind: str, rest: list[str]) -> Answer:
    """Name what must follow a kind that has no form of its own."""
    options = _second_options(kind)
    near = nearest(rest[0], options)
    if near:
        guesses = [options[word] for word in near]
        return _guessed(asker, rest[0], guesses, rest[1:])
    return answer("sub_keyword", example=_example(asker, (kind,), rest))


def _second_options(kind: str) -> dict[str, tuple[str, ...]]:
    """What a word after a kind may have been meant for."""
    return {**_SECOND[kind], _STAFF_IN_FULL: (kind, _STAFF)}


def _refuse_scope(asker: Asker, form: Form, rest: list[str]) -> Answer | None:
    """Name the word of a query, or the second word, that was nearly typed."""
    word = rest[0]
    if any(word in labels for labels in form.labels):
        return None
    options = {word: (*form.words, _GET + scope) for word, scope in SCOPES.items()}
    if len(form.words) == 1:
        options |= _second_options(form.kind)
    near = nearest(word, options)
    if not near and word.startswith(_GET):
        near = [_GET + "UPT"]
    if not near:
        return None
    guesses = list(dict.fromkeys(options[each] for each in near))
    return _guessed(asker, word, guesses, rest[1:])


def _refuse_staff_query(asker: Asker, form: Form, scope: str) -> Answer:
    """There is no query of staff alone: name the one that shows it."""
    report = next(report for report in REPORTS if report.staff == form.id)
    word = f"GET{scope}"
    return answer(
        "keyword",
        word=form.words[-1] + word,
        guess=" ".join([*report.words, word]),
        example=query_examples(report, scope, asker),
    )


def _guessed(
    asker: Asker,
    word: str,
    guesses: Sequence[tuple[str, ...]],
    rest: list[str],
) -> Answer:
    """The reply to a word that is nearly one or two others."""
    names = [" ".join(guess) for guess in guesses]
    if len(names) > 1:
        return answer("keyword_two", word=echo(word), guess=names[0], guess2=names[1])
    return answer(
        "keyword",
        word=echo(word),
        guess=names[0],
        example=_example(asker, guesses[0], rest),
    )


def _example(asker: Asker, words: tuple[str, ...], rest: list[str]) -> list[str]:
    """A command that begins with words, with what was typed after them."""
    if words[0] not in _SECOND:
        return [" ".join(words)]
    if rest and (*words, rest[0]) in _FORMS:
        words, rest = (*words, rest[0]), rest[1:]
    asked = next((word for word in (*words, *rest[:1]) if word.startswith(_GET)), "")
    if asked:
        plain = tuple(word for word in words if word != asked)
        report, scope = _report_of(plain), SCOPES.get(asked, "UPT")
        return query_examples(report, scope, asker)
    form = _FORMS.get(words)
    if form is None:
        return insert_examples(COUNT_FORMS[words[0]])
    figures = read_figures(form, rest, asker.today)
    if isinstance(figures, Figures):
        typed = list(map(str, figures.values))
        return insert_examples(form, typed, figures.day)
    return insert_examples(form)


def _report_of(words: tuple[str, ...]) -> Report:
    """The report that words name, else the first of their kind."""
    same = [report for report in REPORTS if report.kind == words[0]]
    return _REPORTS.get(words, same[0])


def _bare_example(asker: Asker, words: list[str]) -> str:
    """The sender's own command, with his figures if he typed only those."""
    # Of several kinds, or of goods of two sorts, it would be a guess.
    form = _FORMS.get(asker.reported)
    if form is not None:
        figures = read_figures(form, words, asker.today)
        if isinstance(figures, Figures):
            return insert_example(form, list(map(str, figures.values)), figures.day)
    return own_example(asker)
