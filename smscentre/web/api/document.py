"""The OpenAPI document, made of the operations.

Source: OpenAPI Specification 3.1.1 §4.8; RFC 6750 §3 (challenges).
"""

from __future__ import annotations

__all__ = ["openapi"]

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_type_hints

import msgspec
from attrs import NOTHING, Attribute, fields, has

from smscentre.web.api.faults import PREFIX, PROBLEM_TYPE, Fault, ProblemShown
from smscentre.web.api.operations import Operation, header_name, path_names

_JSON: Final = "application/json"
_TOKEN: Final = "token"
_REFERENCE: Final = "#/components/schemas/{name}"

_ABOUT: Final = """\
Counts by SMS of Indonesia's directorate of corrections: the figures that officers
report, units, messages, and the sending of SMS.

A token is given as `Authorization: Bearer <token>`. What it may see is limited by its
scopes and its places. Errors are problem details (RFC 9457), whose `type` never
changes. Moments have their offset; days are those of the units' own calendars."""

_PUBLIC = (Fault.METHOD, Fault.BROKEN, Fault.UNAVAILABLE)
_OF_ALL = (
    Fault.MALFORMED,
    Fault.PARAMETER,
    Fault.NO_TOKEN,
    Fault.BAD_TOKEN,
    Fault.NO_SCOPE,
    Fault.RATE,
    *_PUBLIC,
)
_OF_BODIES = (Fault.MEDIA, Fault.BODY, Fault.TOO_LARGE)
_OF_PATHS = (Fault.NOT_FOUND,)

_RATE_HEADERS: Final = {
    "RateLimit-Policy": "How many requests the token may make in how many seconds.",
    "RateLimit": "How many are left, and for how many seconds.",
}
_ETAG: Final = "Changes with the answer; give it back as `If-None-Match`."


def openapi(operations: Sequence[Operation], version: str) -> dict[str, Any]:
    """The document that describes some operations."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        path = PREFIX + one.path.replace("<", "{").replace(">", "}")
        paths.setdefault(path, {})[one.method.lower()] = _described(one)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "smscentre",
            "version": version,
            "summary": "The SMS centre's interface for programs.",
            "description": _ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(operations),
            "securitySchemes": {
                _TOKEN: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by an administrator, at `/admin/token`.",
                }
            },
        },
    }


def _schemas(operations: Sequence[Operation]) -> Mapping[str, Any]:
    kinds = {one.answered for one in operations if has(one.answered)} | {ProblemShown}
    kinds |= {one.body for one in operations if one.body is not None}
    # A set has no order; the document has to be the same in every process.
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    _, found = msgspec.json.schema_components(ordered, ref_template=_REFERENCE)
    return {name: _described_type(found[name]) for name in sorted(found)}


def _described_type(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema whose description, a docstring, is Markdown as all the others are."""
    words = schema.get("description", "").replace("``", "`")
    return {**schema, "description": words} if words else schema


def _described(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.id,
        "summary": one.summary,
        "parameters": [*_parameters(one)],
        "responses": _responses(one),
        "security": [] if one.scope is None else [{_TOKEN: [one.scope.value]}],
    }
    if one.words:
        found["description"] = one.words
    if one.body is not None:
        found["requestBody"] = {"required": True, "content": _content(one.body)}
    return found


def _parameters(one: Operation) -> Iterator[dict[str, Any]]:
    hints = get_type_hints(one.asked, include_extras=True)
    for each in fields(one.asked):
        schema = _schema(hints[each.name], each)
        name = header_name(each.metadata)
        place = "header" if name else "query"
        if each.name in path_names(one.path):
            place = "path"
        found = {"name": name or each.name, "in": place, "schema": schema}
        if each.default is NOTHING:
            found["required"] = True
        if "description" in schema:
            found["description"] = schema.pop("description")
        yield found
    if one.tagged:
        yield {
            "name": "If-None-Match",
            "in": "header",
            "description": "ETags that are already there.",
            "schema": {"type": "string"},
        }


def _schema(kind: Any, parameter: Attribute[Any]) -> dict[str, Any]:
    """The schema of a parameter that is given: none can be null."""
    schema = msgspec.json.schema(kind)
    definitions = schema.pop("$defs", {})
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if choices:
        (schema,) = choices
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if parameter.default not in (NOTHING, None):
        schema["default"] = msgspec.to_builtins(parameter.default)
    return schema


def _responses(one: Operation) -> dict[str, Any]:
    headers = {**one.headers}
    if one.scope is not None:
        headers |= _RATE_HEADERS
    if one.tagged:
        headers["ETag"] = _ETAG
    found: dict[str, Any] = {
        str(one.status): {
            "description": one.summary,
            "headers": _headers(headers),
            "content": _content(one.answered),
        }
    }
    if one.tagged:
        found["304"] = {
            "description": "What the program has is what there is.",
            "headers": _headers(headers),
        }
    by_status: dict[int, list[Fault]] = {}
    for fault in _faults(one):
        by_status.setdefault(fault.status, []).append(fault)
    for status, faults in sorted(by_status.items()):
        found[str(status)] = _problem(faults)
    return found


def _faults(one: Operation) -> Iterator[Fault]:
    yield from _PUBLIC if one.scope is None else _OF_ALL
    yield from _OF_BODIES if one.body is not None else ()
    yield from _OF_PATHS if path_names(one.path) else ()
    yield from one.faults


def _problem(faults: Sequence[Fault]) -> dict[str, Any]:
    words = " ".join(f"`{fault.slug}`: {fault.meaning}" for fault in faults)
    found: dict[str, Any] = {
        "description": words,
        "content": {PROBLEM_TYPE: {"schema": _reference(ProblemShown)}},
    }
    if faults[0].status == 401:
        found["headers"] = _headers({"WWW-Authenticate": "As RFC 6750 has it."})
    if faults[0].status == 405:
        found["headers"] = _headers({"Allow": "The methods that there are."})
    if faults[0].status == 429:
        found["headers"] = _headers({"Retry-After": "In seconds."})
    return found


def _headers(words: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: {"description": text, "schema": {"type": "string"}}
        for name, text in words.items()
    }


def _content(kind: type) -> dict[str, Any]:
    return {_JSON: {"schema": _reference(kind)}}


def _reference(kind: type) -> dict[str, str]:
    if kind is dict:
        return {"type": "object"}
    return {"$ref": _REFERENCE.format(name=kind.__name__)}
