"""Cuts a PIN out of a text and out of the octets that brought it.

Between arrival and storage: what is kept of a message has stars where the PIN was,
what a command reads does not have it at all. It refuses to know whose PIN it is and
whether it is right.
"""

from __future__ import annotations

__all__ = ["Cut", "TypedParts", "cut", "hide", "masked"]

import re
import unicodedata

from attrs import evolve

from smscentre.gsm.alphabet import UnencodableError, pack, septets
from smscentre.inbox.arrival import Arrival, fingerprint
from smscentre.messages import Incoming
from smscentre.values import frozen

_STAR = "*"

# Letters of double width are of the same word to a reader.
_WORD = r"[P\uff30\uff50][I\uff29\uff49][N\uff2e\uff4e]"

# The word, at the end of another one only if a whole PIN is glued to it. Then each
# word after it that has a digit: what is no PIN there is a slip in one. Stars are
# what is left of a part when a restart has forgotten what it said.
_PIN = re.compile(
    rf"(?:(?<![^\W\d_]){_WORD}|{_WORD}(?=\d{{6}}(?!\d)))"
    r"(?P<digits>(?:[\W_]+[^\W_]*\d|\d)[^\W_]*(?:[\W_]+[^\W_]*\d[^\W_]*)*"
    r"|[\W_]*\*)",
    re.IGNORECASE,
)

# The end of a long message may have no more of the word than this.
_REST = re.compile(r"(?:[PI]?[IN])?[\W_]*(?P<digits>\d[\d\W_]*)", re.IGNORECASE)
_LONGEST_REST = 12
_PARTS_IN_MIND = 1000


@frozen
class Cut:
    """A text without its PIN, the PIN, and the places of its characters.

    Of several PINs that differ none is right: ``pin`` then joins them.
    """

    text: str
    pin: str
    places: frozenset[int]


def cut(text: str, *, is_rest: bool = False) -> Cut | None:
    """Take the PIN out of a text; None where there is none.

    ``is_rest`` says that it is the last part of a longer one, which may begin within
    the PIN.
    """
    if text.isascii() and "PIN" not in text.upper() and not is_rest:
        return None
    found = list(_PIN.finditer(text))
    if not found and is_rest and len(text) <= _LONGEST_REST:
        rest = _REST.fullmatch(text)
        found = [rest] if rest else []
    if not found:
        return None
    places = {
        place
        for match in found
        for place in range(*match.span("digits"))
        if text[place].isalnum()
    }
    pins = dict.fromkeys(_plain(match["digits"]) for match in found)
    return Cut(_PIN.sub(" ", text).strip(), " ".join(pins), frozenset(places))


class TypedParts(dict[int, str]):
    """What the newest parts with a PIN said, by their rows: in memory only."""

    def keep(self, arrival: Arrival) -> None:
        """Remember a part of which something else is stored."""
        if arrival.kept is not arrival.incoming:
            self[arrival.row] = arrival.incoming.text
            if len(self) > _PARTS_IN_MIND:
                del self[next(iter(self))]


def hide(arrival: Arrival, *, has_pin: bool) -> None:
    """Have nothing stored of an arrival from which a PIN could be read.

    ``has_pin`` says that its sender has one, so that the last part of a long message
    may begin within it.
    """
    incoming = arrival.incoming
    part = incoming.part
    is_last = part is not None and part.number == part.total
    found = cut(incoming.text, is_rest=is_last and has_pin)
    if found is not None:
        arrival.kept = masked(incoming, found.places)
        arrival.kept_key = fingerprint(arrival.kept)


def masked(incoming: Incoming, places: frozenset[int]) -> Incoming:
    """What is kept of a message: some characters of it are stars, on the wire too."""
    body = _masked_body(incoming, places)
    return evolve(
        incoming,
        text=_starred(incoming.text, places),
        body=body,
        raw=_masked_raw(incoming, body),
    )


def _plain(digits: str) -> str:
    """Letters and digits alone, as they are on a keypad."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", digits))).upper()


def _starred(text: str, places: frozenset[int]) -> str:
    return "".join(
        _STAR if place in places else letter for place, letter in enumerate(text)
    )


def _masked_body(incoming: Incoming, places: frozenset[int]) -> bytes:
    """The octets of the text with stars; all of them where places cannot be told."""
    text, body = incoming.text, incoming.body
    if text.encode("utf-16-be", "surrogatepass") == body:
        # A letter beyond the first plane takes the room of two.
        stars = (
            _STAR * (1 + (letter > "\uffff")) if place in places else letter
            for place, letter in enumerate(text)
        )
        return "".join(stars).encode("utf-16-be", "surrogatepass")
    lengths = [1] * len(text) if len(text) == len(body) else _lengths(text)
    if sum(lengths) != len(body):
        return _STAR.encode() * len(body)
    starred = bytearray(body)
    at = 0
    for place, length in enumerate(lengths):
        if place in places:
            starred[at : at + length] = _STAR.encode() * length
        at += length
    return bytes(starred)


def _lengths(text: str) -> list[int]:
    """How many septets each character takes; none where one has no septets."""
    try:
        return [septets(letter) for letter in text]
    except UnencodableError:
        return []


def _masked_raw(incoming: Incoming, body: bytes) -> bytes:
    """The octets of the wire with those of the text exchanged; else none of them."""
    raw = incoming.raw
    before, found, after = raw.rpartition(incoming.body)
    if found:
        return before + body + after
    fill_bits = -8 * len(incoming.udh) % 7
    if max(incoming.body) < 0x80:
        before, found, after = raw.rpartition(pack(incoming.body, fill_bits))
        if found:
            return before + pack(body, fill_bits) + after
    return bytes(len(raw))
