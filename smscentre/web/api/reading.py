"""From what a program gives to values of the types that an operation asks for.

All that is wrong is told at once, each with what it has to be; the words are made
from the same schema that the OpenAPI document has.
"""

from __future__ import annotations

__all__ = ["read_asked", "read_body"]

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_type_hints

import msgspec
from attrs import NOTHING, Attribute, fields, frozen

from smscentre.web.api.faults import BadField, Fault, Refused
from smscentre.web.api.operations import Operation, header_name, path_names
from smscentre.web.routes import Visit

_JSON: Final = "application/json"
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MEMBER = re.compile(r".* - at `\$\.(.*)`", re.DOTALL)
_ABSENT = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_STRANGE = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
"""What `msgspec` says of a body; its words are for who writes programs in Python."""

_ONCE = "paling banyak satu kali"
_UNKNOWN = "tidak dikenal di alamat ini"
_UNKNOWN_MEMBER = "tidak dikenal di kiriman ini"
_MISSING = "harus ada"
_NO_OBJECT = "harus objek JSON"
_TIMES = {
    "date": "harus tanggal seperti 2024-05-14",
    "date-time": "harus waktu dengan zona seperti 2024-05-14T08:00:00+07:00",
}


@frozen
class _Given:
    """All that was given, by parameter."""

    texts: Mapping[str, Sequence[str]]
    unknown: Sequence[str]


def read_asked(operation: Operation, visit: Visit) -> Any:
    """The parameters of a request as the operation's class has them.

    :raises Refused: some are wrong
    """
    given = _given(operation, visit)
    bad = [BadField(name, _UNKNOWN) for name in given.unknown]
    hints = get_type_hints(operation.asked, include_extras=True)
    values = {}
    for each in fields(operation.asked):
        name = header_name(each.metadata) or each.name
        try:
            values[each.name] = _value(each, given.texts[name], hints[each.name])
        except msgspec.ValidationError as error:
            bad.append(BadField(name, str(error)))
    if bad:
        is_path = {one.name for one in bad} <= {*visit.arguments}
        if is_path:
            # An address that cannot be is one that is not there.
            raise Refused(Fault.NOT_FOUND)
        raise Refused(Fault.PARAMETER, errors=bad)
    return operation.asked(**values)


def read_body(operation: Operation, visit: Visit) -> Any:
    """The body of a request as the operation's class has it; None where it has none.

    :raises Refused: it is no JSON, or not what it should be
    """
    if operation.body is None:
        return None
    kind = visit.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise Refused(Fault.MEDIA, f"harus {_JSON}")
    try:
        return msgspec.json.decode(visit.body, type=operation.body)
    except msgspec.ValidationError as error:
        bad = _bad_member(str(error), operation.body)
        raise Refused(Fault.BODY, errors=[bad]) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Fault.MALFORMED, "isinya bukan JSON") from error


def _given(operation: Operation, visit: Visit) -> _Given:
    in_path = path_names(operation.path)
    texts: dict[str, Sequence[str]] = {}
    for each in fields(operation.asked):
        header = header_name(each.metadata)
        if header is not None:
            found = visit.headers.get(header.lower())
            texts[header] = [] if found is None else [found]
        elif each.name in in_path:
            texts[each.name] = [visit.arguments[each.name]]
        else:
            texts[each.name] = visit.query.all(each.name)
    known = {each.name for each in fields(operation.asked)} - {*in_path}
    unknown = sorted(name for name in visit.query.given if name not in known)
    return _Given(texts, unknown)


def _value(parameter: Attribute[Any], texts: Sequence[str], kind: Any) -> Any:
    """The value of one parameter.

    :raises msgspec.ValidationError: it is wrong; the text says what it has to be
    """
    if not texts:
        if parameter.default is NOTHING:
            raise msgspec.ValidationError(_MISSING)
        return parameter.default
    if len(texts) > 1:
        raise msgspec.ValidationError(_ONCE)
    text = texts[0]
    schema = msgspec.json.schema(kind)
    value = int(text) if _is_whole(schema) and _WHOLE.fullmatch(text) else text
    try:
        if _CONTROL.search(text):
            raise msgspec.ValidationError
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise msgspec.ValidationError(_rule(schema)) from error


def _plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a value that is there: not of null."""
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return _plain(one)
    if "$ref" in schema:
        (found,) = schema["$defs"].values()
        return _plain(found)
    return schema


def _is_whole(schema: Mapping[str, Any]) -> bool:
    return _plain(schema).get("type") == "integer"


def _rule(schema: Mapping[str, Any]) -> str:
    """What a value has to be, in words."""
    plain = _plain(schema)
    if "enum" in plain:
        return f"harus salah satu dari {', '.join(sorted(map(str, plain['enum'])))}"
    if plain.get("format") in _TIMES:
        return _TIMES[plain["format"]]
    if plain.get("type") == "integer":
        return f"harus bilangan bulat dari {plain['minimum']} sampai {plain['maximum']}"
    rules = []
    if "maxLength" in plain:
        rules.append(f"paling banyak {plain['maxLength']} karakter")
    if "pattern" in plain:
        rules.append(f"cocok dengan {plain['pattern']}")
    return f"harus {' dan '.join(rules)}" if rules else "harus teks yang dapat dibaca"


def _bad_member(error: str, kind: Any) -> BadField:
    """The member of a body that an error is about, with what it has to be."""
    for pattern, words in ((_ABSENT, _MISSING), (_STRANGE, _UNKNOWN_MEMBER)):
        found = pattern.fullmatch(error)
        if found:
            return BadField(found[1], words)
    members = _plain(msgspec.json.schema(kind))["properties"]
    found = _MEMBER.fullmatch(error)
    if found and found[1] in members:
        return BadField(found[1], _rule(members[found[1]]))
    return BadField("", _NO_OBJECT)
