"""What keeps other sites from sending our forms: tokens and origins.

Pure. A token in each form is derived from the cookie, which other sites cannot
read; besides, browsers say from where a form was sent.
"""

from __future__ import annotations

__all__ = ["Sender", "csrf_of", "is_own", "read_signed", "same", "signed"]

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from urllib.parse import urlsplit

from attrs import frozen

_OWN = ("same-origin", "none")
_TAG_DIGITS = 32


@frozen
class Sender:
    """What a browser says of where a form comes from; empty where it does not."""

    origin: str
    fetch_site: str
    host: str


def csrf_of(token: str) -> str:
    """The token of the forms that go with a cookie's token."""
    return _tag(token, "csrf")


def same(given: str, expected: str) -> bool:
    """Whether a secret is the one expected, in equal time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def is_own(sender: Sender, public_url: str) -> bool:
    """Whether a form was sent by a page of ours, as far as the browser says.

    Without ``public_url`` the host by which we were asked is ours: who stands in
    front may have taken TLS off.
    """
    if sender.fetch_site and sender.fetch_site not in _OWN:
        return False
    if not sender.origin:
        return True
    if public_url:
        return sender.origin.lower() == public_url.lower().rstrip("/")
    try:
        return urlsplit(sender.origin).netloc.lower() == sender.host.lower()
    except ValueError:
        return False


def signed(text: str, token: str) -> str:
    """A text for a cookie, with a tag that only who knows a token can make."""
    encoded = urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"{encoded}.{_tag(token, encoded)}"


def read_signed(value: str, token: str) -> str:
    """The text of a cookie; empty unless its tag is right."""
    encoded, _, tag = value.partition(".")
    if not same(tag, _tag(token, encoded)):
        return ""
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def _tag(key: str, text: str) -> str:
    found = hmac.new(key.encode(), text.encode(), sha256).hexdigest()
    return found[:_TAG_DIGITS]
