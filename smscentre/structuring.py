"""From a parsed TOML tree to frozen attrs classes, with every problem at once.

Beneath `config`: it checks types without coercing, limits, and unknown and
missing keys, and names each by its dotted path. It knows no section and no key.
"""

from __future__ import annotations

__all__ = ["Rule", "Secret", "SecretFile", "find_problems", "strict_converter"]

import difflib
import json
import math
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import attrs
from attrs import frozen
from cattrs import (
    BaseValidationError,
    Converter,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from smscentre.errors import Problem, SMSCentreError

_SECRET_SIZE = 1024
"""Octets that a file with a secret may have; more is some other file."""

_SHOWN = 60
"""Characters of a wrong value that a problem repeats."""

_FOR_OTHERS = 0o077


class Secret:
    """A text that no log, page or traceback shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@frozen
class SecretFile:
    """A file that holds one secret, and the secret as it was when read."""

    path: Path
    secret: Secret


@frozen
class Rule:
    """A limit on a value of the right type, for use in ``Annotated``.

    ``words`` go on after "must be". ``confidential`` keeps the value out of
    the problem.
    """

    holds: Callable[[Any], bool]
    words: str
    confidential: bool = False


class _BrokenRuleError(SMSCentreError):
    """One value breaks a rule; cattrs notes where it stands."""

    def __init__(self, value: str, rule: str) -> None:
        self.value = value
        self.rule = rule
        super().__init__(rule)


def strict_converter(folder: Path) -> Converter:
    """A converter that coerces nothing; relative paths start at a folder."""
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, words in _PLAIN.items():
        converter.register_structure_hook(kind, _exactly(kind, words))
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(ZoneInfo, _zone)
    converter.register_structure_hook(Secret, _secret)
    converter.register_structure_hook(
        Path, lambda value, _: folder / _text(value, "a path")
    )
    converter.register_structure_hook(
        SecretFile, lambda value, _: _secret_file(folder / _text(value, "a path"))
    )
    for origin, factory in (
        (Literal, _choices),
        (tuple, _lists),
        (Annotated, _limited),
        (UnionType, _optional),
        (Union, _optional),
    ):
        converter.register_structure_hook_factory(_has_origin(origin), factory)
    converter.register_structure_hook_factory(attrs.has, _tables)
    return converter


def find_problems(
    error: BaseValidationError, tree: Any, where: str = ""
) -> list[Problem]:
    """Name everything that cattrs found wrong in a tree, by dotted path."""
    problems = []
    for inner in error.exceptions:
        if isinstance(inner, ForbiddenExtraKeysError):
            problems += _unknown_keys(inner, where)
            continue
        place, branch = _place_of(inner, tree, where)
        if isinstance(inner, BaseValidationError):
            problems += find_problems(inner, branch, place)
        elif isinstance(inner, _BrokenRuleError):
            problems.append(Problem(place, inner.value, f"must be {inner.rule}"))
        elif isinstance(inner, KeyError):
            problems.append(Problem(place, "", "is missing and has no default"))
        else:
            raise inner
    return problems


def _place_of(inner: Exception, tree: Any, where: str) -> tuple[str, Any]:
    """Where a nested error stands, and the branch of the tree that is there."""
    for note in getattr(inner, "__notes__", ()):
        if isinstance(note, IterableValidationNote):
            branch = tree[note.index]
            name = branch.get("name") if isinstance(branch, dict) else None
            return f"{where}[{name if isinstance(name, str) else note.index}]", branch
        if hasattr(note, "name"):
            return _joined(where, note.name), tree.get(note.name)
    return where, tree


def _unknown_keys(error: ForbiddenExtraKeysError, where: str) -> list[Problem]:
    known = [field.name for field in attrs.fields(error.cl) if _is_key(field)]
    problems = []
    for key in sorted(error.extra_fields):
        near = difflib.get_close_matches(key, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
        problems.append(Problem(_joined(where, key), "", f"is no known key; {hint}"))
    return problems


def _is_key(field: attrs.Attribute[Any]) -> bool:
    """Tell a key of the file from a field with metadata ``{"key": False}``."""
    return bool(field.metadata.get("key", True))


def _joined(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _shown(value: Any) -> str:
    """A value as TOML would have it, cut to one line."""
    if isinstance(value, dict):
        return "a table"
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def _has_origin(origin: Any) -> Callable[[Any], bool]:
    return lambda kind: get_origin(kind) is origin


# What each type takes. Booleans are integers to Python but not to TOML, hence
# the comparison of types.

_PLAIN: dict[type, str] = {
    str: "a text in quotes",
    int: "a whole number without quotes",
    bool: "true or false, without quotes",
}


def _exactly(wanted: type, words: str) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not wanted:
            raise _BrokenRuleError(_shown(value), words)
        return value

    return structure


def _number(value: Any, _: Any) -> float:
    # TOML knows nan and inf, which no rule of ours survives.
    if type(value) not in (int, float) or not math.isfinite(value):
        raise _BrokenRuleError(_shown(value), "a number without quotes")
    return float(value)


def _text(value: Any, words: str) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise _BrokenRuleError(_shown(value), f"{words} in quotes")
    return value


def _zone(value: Any, _: Any) -> ZoneInfo:
    words = "a time zone such as Asia/Jakarta"
    name = _text(value, words)
    try:
        return ZoneInfo(name)
    # ZoneInfo lets errors of the file system through for names like "Asia".
    except (KeyError, ValueError, OSError) as error:
        raise _BrokenRuleError(_shown(value), words) from error


def _secret(value: Any, _: Any) -> Secret:
    if not isinstance(value, str):
        raise _BrokenRuleError("", "a text in quotes")
    return Secret(value)


def _secret_file(path: Path) -> SecretFile:
    """Read a secret: one line, in a file that is for its owner only."""
    try:
        with path.open("rb") as file:
            mode = path.stat().st_mode
            data = file.read(_SECRET_SIZE + 1)
        text = data.decode().rstrip("\r\n")
    except OSError as error:
        words = f"a file that can be read: {error.strerror}"
        raise _BrokenRuleError(str(path), words) from error
    except UnicodeDecodeError as error:
        raise _BrokenRuleError(str(path), "a file of UTF-8 text") from error
    if mode & _FOR_OTHERS:
        words = f"readable by its owner only; run: chmod 600 {path}"
        raise _BrokenRuleError(f"mode {mode & 0o777:04o}", words)
    if not text or not text.isprintable() or len(data) > _SECRET_SIZE:
        raise _BrokenRuleError(str(path), "a file with the secret in one line")
    return SecretFile(path, Secret(text))


def _choices(kind: Any, _: Converter) -> Callable[[Any, Any], Any]:
    choices = get_args(kind)
    words = "one of " + ", ".join(_shown(choice) for choice in choices)

    def structure(value: Any, _: Any) -> Any:
        if not any(type(value) is type(one) and value == one for one in choices):
            raise _BrokenRuleError(_shown(value), words)
        return value

    return structure


def _limited(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    inner, *rules = get_args(kind)
    structure_inner = converter.get_structure_hook(inner)

    def structure(value: Any, _: Any) -> Any:
        result = structure_inner(value, inner)
        for rule in rules:
            if not rule.holds(result):
                shown = "" if rule.confidential else _shown(value)
                raise _BrokenRuleError(shown, rule.words)
        return result

    return structure


def _optional(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """TOML has no null: an empty text stands for nothing."""
    inner = get_args(kind)[0]
    structure_inner = converter.get_structure_hook(inner)
    return lambda value, _: None if value == "" else structure_inner(value, inner)


def _lists(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    inner = get_args(kind)[0]
    structure_inner = converter.get_structure_hook(inner)
    words = "blocks headed by [[...]]" if attrs.has(inner) else "a list in brackets"

    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value, list):
            raise _BrokenRuleError(_shown(value), words)
        items, errors = [], []
        for index, item in enumerate(value):
            try:
                items.append(structure_inner(item, inner))
            except (_BrokenRuleError, BaseValidationError) as error:
                error.add_note(IterableValidationNote("", index, inner))
                errors.append(error)
        if errors:
            raise IterableValidationError("list", errors, kind)
        return tuple(items)

    return structure


def _tables(kind: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    hidden: Any = {
        field.name: override(omit=True)
        for field in attrs.fields(kind)
        if not _is_key(field)
    }
    structure_table = make_dict_structure_fn(kind, converter, **hidden)

    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value, dict):
            raise _BrokenRuleError(_shown(value), "a table of keys")
        return structure_table(value, kind)

    return structure
