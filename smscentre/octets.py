"""What went over a wire, as hexadecimal digits and field by field.

Beneath `tracing` and the pages: chooses the dump by what octets are. The body of what
holds a password is never shown, as octets neither.
"""

from __future__ import annotations

__all__ = ["fields_of", "hex_lines"]

from collections.abc import Iterator
from typing import Final, assert_never

from smscentre.gsm import dump as tpdu
from smscentre.gsm.dump import Field
from smscentre.moments import Form, Octets, TraceStyle, printable
from smscentre.smpp import dump as pdu

_OCTETS_A_LINE: Final = 16


def fields_of(octets: Octets, style: TraceStyle) -> list[Field]:
    """What octets mean, on the link that they went by."""
    match octets.form:
        case Form.SMPP:
            alphabet = style.alphabets.get(octets.link, "gsm7")
            return pdu.dump(octets.data, alphabet)
        case Form.TPDU:
            return tpdu.dump(octets.data)
        case Form.LINE:
            return [Field("line", printable(octets.data.decode("latin-1")))]
        case Form.PLAIN:
            return []
        case _:
            assert_never(octets.form)


def hex_lines(octets: Octets) -> Iterator[str]:
    """Sixteen octets a line, each line with its place."""
    data = octets.data
    if pdu.is_secret(data):
        return
    for start in range(0, len(data), _OCTETS_A_LINE):
        yield f"{start:04x}  {data[start : start + _OCTETS_A_LINE].hex(' ')}"
