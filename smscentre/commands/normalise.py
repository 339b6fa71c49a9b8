"""A text as its sender meant it, as far as that is certain: the one place of repair.

The first step of a command, before anything is parsed. Officers copy the manual's
brackets, greet, sign, glue a figure to a keyword or split one in two; none of that
changes what is meant. Whatever could is left as it is, to be asked about. The
text as it came is stored beside the result and is never changed.
"""

from __future__ import annotations

__all__ = ["commands_of", "normalise"]

import re
from collections.abc import Sequence
from typing import Final

from smscentre.commands.characters import GAP, level, unenclosed, words_of
from smscentre.commands.forms import FORMS, KINDS
from smscentre.commands.words import near

_KINDS: Final = frozenset(KINDS)
_SECOND: Final = frozenset(word for form in FORMS for word in form.words[1:])
_STARTS: Final = frozenset(
    [*KINDS, "HELP", "BANTUAN", "BATAL", "YA", "DAFTAR", "BELUM", "PROV", "UPT"]
)
"""The words with which a line begins a command of its own."""
_YES: Final = "YA"

_SCOPES: Final = {
    "UPT": "GETUPT",
    "PROV": "GETPROV",
    "PROVINSI": "GETPROV",
    "PROPINSI": "GETPROV",
    "ALL": "GETALL",
    "SEMUA": "GETALL",
}
_ASKED: Final = frozenset(_SCOPES.values())
_QUERIES: Final = {"GET" + word: query for word, query in _SCOPES.items()}

_GREETING_WORDS = """
YTH LAPOR LAPORAN MELAPOR MELAPORKAN SELAMAT SLMT MET PAGI SIANG SORE MALAM
ASSALAMUALAIKUM ASSALAMU'ALAIKUM ASS ASSALAM WR WB WR.WB SALAM HALO HALLO KEPADA
BAPAK PAK BPK IBU BU IZIN IJIN KETIK DATA
"""
_THANKS_WORDS = """
TERIMAKASIH TRIMAKASIH TRIMS TRIM TRMS TRMKSH TRMKASIH TKS TQ THX THANKS
MAKASIH MAKASI MKSH MKASIH SUWUN NUWUN
"""
_AFTER_WORDS = "YA PAK BAPAK BPK BU IBU BANYAK SEBELUMNYA"

_GREETINGS: Final = frozenset(_GREETING_WORDS.split())
"""What may stand before a command and says nothing."""

_THANKS: Final = frozenset(_THANKS_WORDS.split())
_THANKS_OF_TWO: Final = frozenset(
    [("TERIMA", "KASIH"), ("TRIMA", "KASIH"), ("TRM", "KASIH"), ("TERIMA", "KSH")]
)
_AFTER_THANKS: Final = frozenset(_AFTER_WORDS.split())
"""What may follow thanks and says nothing more."""

_GLUED_KIND = re.compile(
    rf"({'|'.join(KINDS)})({'|'.join(sorted(_SECOND))})?"
    rf"({'|'.join(sorted(_QUERIES, key=len, reverse=True))})?([0-9].*)?"
)
_GLUED_SECOND = re.compile(
    rf"({'|'.join(sorted(_SECOND))})?"
    rf"({'|'.join(sorted(_QUERIES, key=len, reverse=True))})?((?:UPT)?[0-9].*)?"
)
_GLUED_START = re.compile(r"(UPT|PROV|YA|DAFTAR)([0-9]+)")

_ASKS = re.compile("GET|UPT|PROV")
"""What tells that a line may name a place, whose words are not figures."""
_ZERO = re.compile(r"(?<![A-Z0-9])(?:NIHIL|NOL)(?![A-Z0-9])")
_PEOPLE = re.compile(r"(?<=[0-9])( *)(?:ORANG|ORG)(?![A-Z0-9])\.?")

_ROUNDS = 9
"""So often at most is a text repaired; two or three suffice."""


def normalise(text: str) -> str:
    """A text in capitals, a command a line, with a space between words.

    Total, and of its own result it makes the same again.
    """
    return "\n".join(map(" ".join, commands_of(text)))


def commands_of(text: str) -> list[list[str]]:
    """The words of each command of a text; none of an empty text."""
    if text.isascii():
        words = text.upper().split()
        if _are_figures(words):
            return [words]
        if _are_asked(words) and text.replace(" ", "").isalnum():
            return [words]
    for _ in range(_ROUNDS):
        # One repair can make room for another.
        before, text = text, _repaired(text)
        if text == before:
            break
    return [line.split(" ") for line in text.split("\n") if line]


def _are_figures(words: Sequence[str]) -> bool:
    """Whether words are a form and figures, as nearly all are."""
    if len(words) < 2 or words[0] not in _KINDS:
        return False
    return "".join(words[2 if words[1] in _SECOND else 1 :]).isdigit()


def _are_asked(words: Sequence[str]) -> bool:
    """Whether words are a question that ends with a code or a day."""
    return (
        len(words) > 2
        and words[0] in _KINDS
        and words[-1].isdigit()
        and words[2 if words[1] in _SECOND else 1] in _ASKED
    )


def _repaired(text: str) -> str:
    """All repairs once, each line with what belongs to it."""
    lines = unenclosed(level(text)).splitlines()
    words = list(filter(None, (words_of(_with_figures(line)) for line in lines)))
    blocks: list[list[str]] = []
    for line in _ungreeted(words):
        line = _unglued(line)
        if blocks and (_is_open(blocks[-1], line) or not _begins(line)):
            blocks[-1] = _unglued([*blocks[-1], *line])
        else:
            blocks.append(line)
    return "\n".join(" ".join(_without_thanks(block)) for block in blocks)


def _with_figures(line: str) -> str:
    """A line with 0 for nothing, and without the people who are counted."""
    if _ASKS.search(line):
        return line
    return _PEOPLE.sub(r"\1", _ZERO.sub("0", line))


def _ungreeted(lines: list[list[str]]) -> list[list[str]]:
    """The lines without the greetings before the first command."""
    while lines:
        length = next(
            (at for at, word in enumerate(lines[0]) if word not in _GREETINGS),
            len(lines[0]),
        )
        if length < len(lines[0]):
            return [lines[0][length:], *lines[1:]]
        if len(lines) == 1:
            # Nothing but greetings: that they were a command is for others to say.
            return lines
        lines = lines[1:]
    return lines


def _without_thanks(words: list[str]) -> list[str]:
    """A command without thanks at its end; thanks alone remain."""
    end = len(words)
    while end > 0:
        last = end
        while last > 1 and words[last - 1] in _AFTER_THANKS:
            last -= 1
        if words[last - 1] in _THANKS or words[last - 1] == GAP:
            end = last - 1
        elif tuple(words[max(last - 2, 0) : last]) in _THANKS_OF_TWO:
            end = last - 2
        else:
            break
    return words[:end] or words


def _begins(words: Sequence[str]) -> bool:
    """Whether a line begins a command, or nearly.

    The name of a kind without a figure behind it can be a signature's.
    """
    first, rest = words[0], words[1:]
    if first in _KINDS:
        known = bool(rest) and (rest[0] in _SECOND or rest[0] in _QUERIES)
        return not rest or known or any(map(_has_digit, rest))
    if first in _STARTS:
        # It always carries a code; without one it is a word of thanks.
        return first != _YES or (bool(rest) and rest[0].isdigit())
    figures = sum(word.isdigit() for word in rest)
    return figures > 1 and first not in _SECOND and bool(near(first, KINDS))


def _is_open(block: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a command has not come to its first figure or place yet."""
    opened = (len(block) == 1 and block[0] in _KINDS) or block[-1].startswith("GET")
    return opened and words[0] not in _KINDS


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def _unglued(words: list[str]) -> list[str]:
    """Cut keywords from what is glued to them, and join those that were split."""
    start = _GLUED_START.fullmatch(words[0])
    if start is not None:
        return [start[1], start[2], *words[1:]]
    glued = _GLUED_KIND.fullmatch(words[0])
    if glued is None:
        return words
    head, rest = list(filter(None, glued.groups())), words[1:]
    if len(head) == 1 and rest and (second := _GLUED_SECOND.fullmatch(rest[0])):
        head, rest = [*head, *filter(None, second.groups())], rest[1:]
    if len(head) == 2 and rest and head[1] in _SECOND:
        second = _GLUED_SECOND.fullmatch(rest[0])
        if second is not None and second[1] is None and second[2] is not None:
            head, rest = [*head, *filter(None, second.groups())], rest[1:]
    if rest and rest[0] == "GET" and len(rest) > 1 and rest[1] in _SCOPES:
        head, rest = [*head, _SCOPES[rest[1]]], rest[2:]
    return [*(_QUERIES.get(word, word) for word in head), *rest]
