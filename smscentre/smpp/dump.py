"""A PDU field by field, in words, for whoever looks at one at night.

Beside the codec and more patient: what the codec refuses is read as far as it
goes, and the octets that are left are shown as they are. It knows no link and no
store. The body of a bind is never shown, for it holds a password.

Source: SMPP 3.4 §4 (the commands), §5.2 (fields), §5.3.2 (optional parameters).
"""

from __future__ import annotations

__all__ = ["dump", "is_pdu", "is_secret"]

from collections.abc import Callable, Mapping
from typing import Final

from smpplib import consts

from smscentre.gsm import udh
from smscentre.gsm.alphabet import DEFAULT
from smscentre.gsm.dump import Field, header_words
from smscentre.gsm.national import table_for
from smscentre.smpp.codes import (
    BIND_RECEIVER,
    BIND_TRANSCEIVER,
    BIND_TRANSMITTER,
    COMMANDS,
    DELIVER_SM,
    DELIVER_SM_RESP,
    ESM_TYPE_MASK,
    ESM_UDHI,
    OUTBIND,
    SUBMIT_SM,
    SUBMIT_SM_RESP,
    Tag,
)
from smscentre.smpp.framing import HEADER, MIN_PDU_OCTETS
from smscentre.smpp.status import STATUSES
from smscentre.smpp.text import DefaultAlphabet, decode_text

_COMMANDS: Final = {number: name for name, number in COMMANDS.items()}
_TLVS: Final = {tag: name for name, tag in consts.OPTIONAL_PARAMS.items()}
_SECRET: Final = frozenset({BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER, OUTBIND})

_TON: Final = {
    consts.SMPP_TON_UNK: "unknown",
    consts.SMPP_TON_INTL: "international",
    consts.SMPP_TON_NATNL: "national",
    consts.SMPP_TON_NWSPEC: "network specific",
    consts.SMPP_TON_SBSCR: "subscriber number",
    consts.SMPP_TON_ALNUM: "alphanumeric",
    consts.SMPP_TON_ABBREV: "abbreviated",
}
_NPI: Final = {
    consts.SMPP_NPI_UNK: "unknown",
    consts.SMPP_NPI_ISDN: "ISDN (E.164)",
    consts.SMPP_NPI_DATA: "data (X.121)",
    consts.SMPP_NPI_TELEX: "telex (F.69)",
    consts.SMPP_NPI_LNDMBL: "land mobile (E.212)",
    consts.SMPP_NPI_NATNL: "national",
    consts.SMPP_NPI_PRVT: "private",
    consts.SMPP_NPI_ERMES: "ERMES",
    consts.SMPP_NPI_IP: "internet",
    consts.SMPP_NPI_WAP: "WAP client",
}
_CODINGS: Final = {
    consts.SMPP_ENCODING_DEFAULT: "the carrier's default",
    consts.SMPP_ENCODING_IA5: "ASCII",
    consts.SMPP_ENCODING_BINARY: "octets",
    consts.SMPP_ENCODING_ISO88591: "Latin-1",
    consts.SMPP_ENCODING_BINARY2: "octets",
    consts.SMPP_ENCODING_JIS: "JIS",
    consts.SMPP_ENCODING_ISO88595: "Cyrillic",
    consts.SMPP_ENCODING_ISO88598: "Hebrew",
    consts.SMPP_ENCODING_ISO10646: "UCS-2",
}
_MODES: Final = ("default mode", "datagram", "forward", "store and forward")
_TYPES: Final = {
    0x00: "message",
    0x04: "delivery receipt",
    0x08: "delivery acknowledgement",
    0x10: "user acknowledgement",
    0x18: "conversation abort",
    0x20: "intermediate notification",
}
_REPLY_PATH: Final = 0x80
_RECEIPTS: Final = (
    "no receipt",
    "receipt of any outcome",
    "receipt of failure",
    "receipt of success",
)
_STATES: Final = {
    consts.SMPP_MESSAGE_STATE_ENROUTE: "ENROUTE",
    consts.SMPP_MESSAGE_STATE_DELIVERED: "DELIVERED",
    consts.SMPP_MESSAGE_STATE_EXPIRED: "EXPIRED",
    consts.SMPP_MESSAGE_STATE_DELETED: "DELETED",
    consts.SMPP_MESSAGE_STATE_UNDELIVERABLE: "UNDELIVERABLE",
    consts.SMPP_MESSAGE_STATE_ACCEPTED: "ACCEPTED",
    consts.SMPP_MESSAGE_STATE_UNKNOWN: "UNKNOWN",
    consts.SMPP_MESSAGE_STATE_REJECTED: "REJECTED",
}
_TEXT_TAGS: Final = frozenset(
    {Tag.RECEIPTED_MESSAGE_ID, consts.OPTIONAL_PARAMS["additional_status_info_text"]}
)
_INTEGER_OCTETS: Final = (1, 2, 4)


def is_pdu(octets: bytes) -> bool:
    """Tell whether octets are one whole PDU by their own length."""
    return len(octets) >= MIN_PDU_OCTETS and HEADER.unpack_from(octets)[0] == len(
        octets
    )


def is_secret(octets: bytes) -> bool:
    """Tell whether octets are, or begin, a PDU that holds a password."""
    return len(octets) >= MIN_PDU_OCTETS and HEADER.unpack_from(octets)[1] in _SECRET


def dump(octets: bytes, default_alphabet: DefaultAlphabet = "gsm7") -> list[Field]:
    """Take a PDU apart; never fails.

    ``default_alphabet`` is what data_coding 0 means on the link. What is no PDU
    gives no fields.
    """
    if not is_pdu(octets):
        return []
    length, command, status, sequence = HEADER.unpack_from(octets)
    reader = _Reader(octets, default_alphabet)
    reader.add("command_length", str(length))
    reader.add("command_id", _named(command, 8, _COMMANDS))
    reader.add("command_status", _status(status))
    reader.add("sequence_number", str(sequence))
    body = _BODIES.get(command)
    if command in _SECRET:
        reader.add("body", "not shown: it holds a password")
        return reader.fields
    try:
        if body is not None and len(octets) > MIN_PDU_OCTETS:
            body(reader)
            reader.tlvs()
    except _CutShortError as error:
        reader.add(error.field, "missing: the PDU ends here")
    reader.rest()
    return reader.fields


class _CutShortError(Exception):
    """The PDU ends before a field does."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


class _Reader:
    """Walks over a body and notes what it passes."""

    def __init__(self, octets: bytes, default_alphabet: DefaultAlphabet) -> None:
        self.fields: list[Field] = []
        self._octets = octets
        self._at = MIN_PDU_OCTETS
        self._alphabet = default_alphabet
        self._coding = 0
        self._payload_class = 0

    def add(self, name: str, value: str) -> None:
        """Note a field."""
        self.fields.append(Field(name, value))

    def text(self, name: str) -> None:
        """Read a text up to its NUL."""
        end = self._octets.find(b"\0", self._at)
        if end < 0:
            raise _CutShortError(name)
        self.add(name, _quoted(self._octets[self._at : end]))
        self._at = end + 1

    def octet(self, name: str, show: Callable[[int], str] = str) -> int:
        """Read one octet and note it in words; its value."""
        (value,) = self._take(1, name)
        self.add(name, show(value))
        return value

    def message(self) -> None:
        """Read the fields that deliver_sm and submit_sm share."""
        self.text("service_type")
        for name in ("source_addr", "dest_addr"):
            self.octet(f"{name}_ton", lambda ton: _named(ton, 0, _TON))
            self.octet(f"{name}_npi", lambda npi: _named(npi, 0, _NPI))
            self.text("source_addr" if name == "source_addr" else "destination_addr")
        esm_class = self.octet("esm_class", _esm_class)
        self.octet("protocol_id")
        self.octet("priority_flag")
        self.text("schedule_delivery_time")
        self.text("validity_period")
        self.octet("registered_delivery", _registered)
        self.octet("replace_if_present_flag")
        self._coding = self.octet("data_coding", lambda dc: _named(dc, 2, _CODINGS))
        self.octet("sm_default_msg_id")
        length = self.octet("sm_length")
        self._content("short_message", self._take(length, "short_message"), esm_class)
        # A header stands in message_payload if there is nothing else.
        self._payload_class = 0 if length else esm_class

    def message_id(self) -> None:
        """Read the body of a response to a message."""
        self.text("message_id")

    def tlvs(self) -> None:
        """Read the optional parameters, repeated ones as often as they stand."""
        while self._at < len(self._octets):
            start = self._at
            tag = int.from_bytes(self._take(2, "TLV"), "big")
            length = int.from_bytes(self._take(2, "TLV"), "big")
            name = f"{_TLVS.get(tag, 'unknown TLV')} (0x{tag:04X})"
            if self._at + length > len(self._octets):
                self._at = start
                raise _CutShortError(name)
            value = self._take(length, name)
            if tag == Tag.MESSAGE_PAYLOAD:
                self._content(name, value, self._payload_class)
            else:
                self.add(name, _tlv(tag, value))

    def rest(self) -> None:
        """Note the octets that belong to no field."""
        rest = self._octets[self._at :]
        if rest:
            self.add("unread", f"{len(rest)} octets: {rest.hex(' ')}")

    def _content(self, name: str, content: bytes, esm_class: int) -> None:
        """Note the octets of a text, its header, and the text."""
        self.add(name, content.hex(" ") or "(empty)")
        table = DEFAULT
        if content and esm_class & ESM_UDHI:
            try:
                parsed = udh.parse(content)
            except udh.UserDataError as error:
                self.add("  user data header", f"not readable: {error}")
            else:
                content = parsed.body
                table = table_for(parsed.locking, parsed.single)
                self.add("  user data header", header_words(parsed))
        if content:
            text = decode_text(content, self._coding, self._alphabet, table)
            self.add("  text", repr(text))

    def _take(self, size: int, name: str) -> bytes:
        taken = self._octets[self._at : self._at + size]
        if len(taken) < size:
            raise _CutShortError(name)
        self._at += size
        return taken


_BODIES: Final[Mapping[int, Callable[[_Reader], None]]] = {
    DELIVER_SM: _Reader.message,
    SUBMIT_SM: _Reader.message,
    SUBMIT_SM_RESP: _Reader.message_id,
    DELIVER_SM_RESP: _Reader.message_id,
}
"""The bodies that a trace meets; of other commands the octets are shown."""


def _quoted(octets: bytes) -> str:
    return repr(octets.decode("latin-1")) if octets else "(empty)"


def _named(value: int, digits: int, names: Mapping[int, str]) -> str:
    """A number with its name; in hexadecimal of so many digits, 0 for decimal."""
    shown = f"0x{value:0{digits}X}" if digits else str(value)
    return f"{shown} {names.get(value, 'not in the standard')}"


def _status(status: int) -> str:
    if not status:
        return "0x00000000 ESME_ROK"
    row = STATUSES.get(status)
    said = f"{row.name}: {row.meaning}" if row else "not in the standard"
    return f"0x{status:08X} {said}"


def _esm_class(esm_class: int) -> str:
    """Mode, type and features.

    Source: SMPP 3.4 §5.2.12 (esm_class).
    """
    words = [_MODES[esm_class & 3]]
    kind = esm_class & ESM_TYPE_MASK
    words.append(_TYPES.get(kind, f"type 0x{kind:02X}"))
    if esm_class & ESM_UDHI:
        words.append("user data header")
    if esm_class & _REPLY_PATH:
        words.append("reply path")
    return f"0x{esm_class:02X} {', '.join(words)}"


def _registered(registered: int) -> str:
    """Which receipts are asked for.

    Source: SMPP 3.4 §5.2.17 (registered_delivery).
    """
    return f"0x{registered:02X} {_RECEIPTS[registered & 3]}"


def _tlv(tag: int, value: bytes) -> str:
    if tag in _TEXT_TAGS:
        return _quoted(value.partition(b"\0")[0])
    if len(value) not in _INTEGER_OCTETS:
        return value.hex(" ") or "(empty)"
    number = int.from_bytes(value, "big")
    if tag == Tag.MESSAGE_STATE:
        return _named(number, 0, _STATES)
    return f"{number} (0x{value.hex().upper()})"
