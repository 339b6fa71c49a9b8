"""Gammu's codec of PDUs as a program: a line of JSON in, a line of JSON out.

Run by the interpreter that has python-gammu, which is not that of the tests, and
importing nothing of ours. Octets are hexadecimal, times are in ISO 8601.
"""

from __future__ import annotations

__all__: list[str] = []

import importlib
import json
import sys
from datetime import datetime
from typing import Any


def _as_json(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {value!r}")


def _answer(gammu: Any, request: dict[str, Any]) -> dict[str, Any]:
    try:
        if "pdu" in request:
            message = gammu.DecodePDU(bytes.fromhex(request["pdu"]), True)
            return {"message": message}
        message = request["message"]
        message["UDH"]["Text"] = bytes.fromhex(message["UDH"]["Text"])
        if message["Coding"] == "8bit":
            message["Text"] = bytes.fromhex(message["Text"])
        if "DateTime" in message:
            message["DateTime"] = datetime.fromisoformat(message["DateTime"])
        return {"pdu": gammu.EncodePDU(message, request["layout"])}
    except gammu.GSMError as error:
        return {"error": str(error)}


def _main() -> None:
    gammu = importlib.import_module("gammu")
    for line in sys.stdin:
        answer = _answer(gammu, json.loads(line))
        sys.stdout.write(json.dumps(answer, default=_as_json) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
