"""Which unit or province the words of a query mean.

Knows names, aliases and near misses. What fits two places or none is a
refusal that names what was probably meant; nothing is ever taken for it.
"""

from __future__ import annotations

__all__ = ["find_province", "find_unit", "is_place", "listed", "refuse_unit"]

from collections.abc import Callable, Iterator, Sequence

from smscentre.commands.asker import Answer, answer
from smscentre.commands.words import echo, near
from smscentre.directory import Directory, Province, Unit, fold

_UNIT_WORD = "UPT"
_PROVINCE_WORDS = ("PROVINSI", "PROPINSI", "PROV")
_LISTED = 3
_SHORTEST_PART = 4

Example = Callable[[str], str]
"""The command to show for a place; for an empty one, of any place."""


def find_unit(
    directory: Directory, words: Sequence[str], example: Example
) -> Unit | Answer:
    """The one unit that words mean: code, ``UPT`` and code, name or alias."""
    found = _units(directory, words)
    if len(found) == 1:
        return found[0]
    typed = echo("".join(words))
    if not found:
        return refuse_unit(directory, words, example)
    return _many(typed, found, example)


def _many(word: str, found: Sequence[Unit], example: Example) -> Answer:
    """The question which of several units is meant."""
    return answer(
        "upt_many",
        word=word,
        n=len(found),
        units=listed(found),
        example=[example(found[0].code), f"{_UNIT_WORD} {found[0].code}"],
    )


def _units_with(directory: Directory, part: str) -> list[Unit]:
    """The units with a word in their names, for words that are long enough."""
    if len(part) < _SHORTEST_PART:
        return []
    return [
        unit
        for unit in directory.units.values()
        if any(part in fold(name) for name in (unit.name, *unit.aliases))
    ]


def refuse_unit(directory: Directory, words: Sequence[str], example: Example) -> Answer:
    """The reply to words that no unit fits, naming those that nearly do."""
    typed = "".join(words)
    word = echo(typed)
    part = _units_with(directory, fold(typed))
    if len(part) > 1:
        return _many(word, part, example)
    for reading in _readings(words, (_UNIT_WORD,)):
        names: dict[str, list[str]] = {}
        for unit in directory.units.values():
            for name in (unit.code, unit.name, *unit.aliases):
                names.setdefault(fold(name), []).append(unit.code)
        codes = {code for name in near(reading, names) for code in names[name]}
        codes |= {unit.code for unit in part}
        if len(codes) == 1:
            unit = directory.units[codes.pop()]
            return answer(
                "upt_guess",
                word=word,
                code=unit.code,
                name=unit.name,
                province=unit.province,
                example=[example(unit.code), f"{_UNIT_WORD} {unit.code}"],
            )
    return answer("upt", word=word, example=[example(""), f"{_UNIT_WORD} CIPINANG"])


def find_province(
    directory: Directory, words: Sequence[str], example: Example
) -> Province | Answer:
    """The one province that words mean: keyword, name or alias."""
    for reading in _readings(words, _PROVINCE_WORDS):
        province = directory.province_named(reading)
        if province is not None:
            return province
    word = echo("".join(words))
    for reading in _readings(words, _PROVINCE_WORDS):
        meant = [
            province.keyword
            for name in near(reading, directory.province_names)
            if (province := directory.province_named(name)) is not None
        ]
        match list(dict.fromkeys(meant)):
            case [guess]:
                return answer("province_guess", word=word, guess=guess)
            case [guess, other]:
                return answer("province_two", word=word, guess=guess, guess2=other)
    return answer("province", word=word, example=example(""))


def is_place(directory: Directory, words: Sequence[str], *, unit: bool) -> bool:
    """Tell whether words mean some unit, or else some province."""
    if unit:
        return bool(_units(directory, words))
    return any(map(directory.province_named, _readings(words, _PROVINCE_WORDS)))


def listed(units: Sequence[Unit]) -> list[str]:
    """Units in a sentence, at most three; alternatives, the longest first."""
    shown = [f"{unit.code} {unit.name}" for unit in units[:_LISTED]]
    return [", ".join(shown[:length]) for length in range(len(shown), 0, -1)]


def _units(directory: Directory, words: Sequence[str]) -> tuple[Unit, ...]:
    for reading in _readings(words, (_UNIT_WORD,)):
        found = directory.units_named(reading)
        exact = tuple(unit for unit in found if unit.code == reading)
        if found:
            return exact or found
    return ()


def _readings(words: Sequence[str], labels: Sequence[str]) -> Iterator[str]:
    """The words as one name, then without the label before it."""
    name = fold("".join(words))
    yield name
    for label in labels:
        if name.startswith(label) and name != label:
            yield name.removeprefix(label)
            return
