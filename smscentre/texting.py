"""A text through the running service, from another process: the client's end.

Speaks to the socket of a `[[phone]]` link. It blocks and knows no reactor.
"""

from __future__ import annotations

__all__ = ["LONGEST_TEXT", "TextingError", "phone_socket", "send_text"]

import json
import socket
from pathlib import Path

from smscentre.errors import SMSCentreError

_WAIT_S = 30.0
"""Longer than the service waits for a commit and a reply together."""

LONGEST_TEXT = 1_600
"""Characters; ten parts of an SMS hold fewer."""


class TextingError(SMSCentreError):
    """The service could not be reached or did not take the text."""


def phone_socket(data_dir: Path, name: str) -> Path:
    """Where the phone link of a name listens."""
    return data_dir / f"phone-{name}.sock"


def send_text(path: Path, number: str, text: str) -> list[str]:
    """Send a text as a number (E.164); what the centre replies.

    :raises TextingError: no SMS can have the text, or the service does not run or
        refuses
    """
    if len(text) > LONGEST_TEXT:
        raise TextingError(
            f"the text has {len(text):,} characters, an SMS in parts at most"
            f" {LONGEST_TEXT:,}"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TextingError(
            f"character {error.start + 1} of the text is not valid UTF-8: type it"
            " in a terminal that is set to UTF-8"
        ) from None
    request = json.dumps({"number": number, "text": text}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_WAIT_S)
            connection.connect(str(path))
            connection.sendall(request)
            with connection.makefile("rb") as stream:
                line = stream.readline()
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise TextingError(
            f"the service does not run: nobody listens at {path}"
        ) from error
    except OSError as error:
        raise TextingError(f"{path}: {error}") from error
    if not line:
        raise TextingError("the service ended before it replied")
    return _replies(line, path)


def _replies(line: bytes, path: Path) -> list[str]:
    try:
        match json.loads(line):
            case {"replies": [*replies]}:
                return [str(reply) for reply in replies]
            case {"error": str(error)}:
                raise TextingError(error)
    except ValueError:
        pass
    raise TextingError(f"who listens at {path} is no phone link")
