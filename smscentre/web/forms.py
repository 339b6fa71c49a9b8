"""Forms and queries from the octets of a request.

The parser of forms is Werkzeug's, which Klein brings. What is no text a database
could keep is refused as a whole.
"""

from __future__ import annotations

__all__ = ["UnreadableError", "read_form", "read_query"]

from io import BytesIO
from typing import IO
from urllib.parse import parse_qsl

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from smscentre.web.routes import FORM_OCTETS, Upload, Values

_MOST_FIELDS = 1000
# Of all fields but files; Werkzeug counts its buffer of 64 KiB as well.
_FIELDS_OCTETS = 4 * FORM_OCTETS
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class UnreadableError(Exception):
    """A request that holds no form, or one with what is no text."""


def read_query(query: bytes) -> Values:
    """The fields of an address.

    :raises UnreadableError: too many, or no text
    """
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as error:
        raise UnreadableError(str(error)) from error
    return _values(MultiDict(pairs))


def read_form(content_type: str, body: bytes) -> tuple[Values, dict[str, Upload]]:
    """The fields and files of a form.

    :raises UnreadableError: it is none, or no text
    """
    kind, options = parse_options_header(content_type)
    if kind not in _FORMS:
        raise UnreadableError(f"no form but {kind!r}")
    parser = FormDataParser(
        stream_factory=_in_memory,
        max_form_memory_size=_FIELDS_OCTETS,
        max_form_parts=_MOST_FIELDS,
        silent=False,
    )
    try:
        _, form, files = parser.parse(BytesIO(body), kind, len(body), options)
    except (ValueError, RequestEntityTooLarge) as error:
        raise UnreadableError(str(error)) from error
    uploads = {name: _upload(found) for name, found in files.items()}
    names = [*uploads, *(upload.filename for upload in uploads.values())]
    if not all(map(_is_text, names)):
        raise UnreadableError("a file has a name that is no text")
    return _values(form), uploads


def _in_memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> IO[bytes]:
    """Where a file goes that is being read; the whole body has its limit."""
    return BytesIO()


def _upload(found: FileStorage) -> Upload:
    return Upload(found.filename or "", found.stream.read())


def _values(pairs: MultiDict[str, str]) -> Values:
    values = {name: tuple(texts) for name, texts in pairs.lists()}
    for name, texts in values.items():
        # The parser gives a part without a name, against its types.
        if any(not _is_text(text) for text in (name, *texts)):
            raise UnreadableError("a field holds what is no text")
    return Values(values)


def _is_text(text: str | None) -> bool:
    """Whether a database can keep it: no NUL, nothing that was no UTF-8."""
    return text is not None and "\0" not in text and "\ufffd" not in text
