"""What we say to a modem: each command as a value, with how its answer is known.

Written by the dialogue, chosen by the link; knows no order and no answer's meaning.

Source: 3GPP TS 27.005 §3 and §4 (messages, in PDU mode); TS 27.007 §5.1 to §5.4
(identity), §7.2 (+CREG), §7.3 (+COPS), §8.2 (+CFUN), §8.3 (+CPIN), §8.5 (+CSQ), §9.1
(+CMEE).
"""

from __future__ import annotations

__all__ = [
    "ACKNOWLEDGE",
    "ATTENTION",
    "CENTRE",
    "ECHO_OFF",
    "ERROR_CODES",
    "ERROR_CODES_SET",
    "FUNCTIONALITY",
    "ICCID",
    "IMEI",
    "LIST",
    "MANUFACTURER",
    "MODEL",
    "NOTIFY",
    "NOTIFY_CHOICES",
    "NOTIFY_SET",
    "OPERATOR",
    "OWN_NUMBER",
    "NOT_SAFE",
    "PDU_MODE",
    "PDU_MODE_CHOICES",
    "PIN_STATE",
    "REGISTRATION",
    "REGISTRATIONS",
    "RESTART",
    "REVISION",
    "SERVICE",
    "SIGNAL",
    "STORAGE",
    "STORAGE_CHOICES",
    "Command",
    "delete",
    "enter_pin",
    "read",
    "read_from",
    "send",
    "set_error_codes",
    "set_storage",
]

import re

from attrs import field, frozen

from smscentre.at.errors import LocalProtocolError

_PRINTABLE = re.compile(r"[ -~]*")
_AT = re.compile(r"AT[ -~]*")
_PIN = re.compile(r"[0-9]{4,8}")
_STORAGE = re.compile(r"[A-Z]{2}")
_DIALLING = ("ATD", "ATA", "ATO")
_NO_CENTRE = b"\0"


@frozen
class Command:
    """A command line and how to know its answer; times in seconds.

    A line of the answer begins with one of ``prefixes`` and a colon, or has exactly
    the form of the regular expression ``form``. With ``pdus`` a line follows each of
    those, whatever is in it. A ``body`` is written after the prompt, which has
    ``prompt_s`` to come; ``timeout_s`` bounds the answer from the last that we wrote,
    with ``pdus`` from its last line.
    """

    text: str = field(repr=False)
    timeout_s: float = 10.0
    prefixes: tuple[str, ...] = ()
    form: str = ""
    pdus: bool = False
    body: str | None = field(default=None, repr=False)
    prompt_s: float = 10.0
    name: str = field(init=False)

    @name.default
    def _(self) -> str:
        """The command without its parameters, which may be a PIN."""
        name, assigned, _ = self.text.partition("=")
        return name + assigned

    @property
    def dials(self) -> bool:
        """Whether it makes or takes a call, whose results may then end its answer."""
        return self.text.upper().startswith(_DIALLING)

    def check(self) -> None:
        """Refuse what would not be one command line.

        :raises LocalProtocolError: the line or the body has a control character in
            it, or the line does not begin with AT.
        """
        if _AT.fullmatch(self.text) is None:
            raise LocalProtocolError(f"{self.name!a} is no command line")
        if self.body is not None and _PRINTABLE.fullmatch(self.body) is None:
            raise LocalProtocolError(f"the body of {self.name} has control characters")

    def claims(self, line: str) -> bool:
        """Tell whether a line is one of its answer."""
        prefix, colon, _ = line.partition(":")
        if colon and prefix.upper() in self.prefixes:
            return True
        return bool(self.form) and re.fullmatch(self.form, line) is not None


ATTENTION = Command("AT", 5.0)
ECHO_OFF = Command("ATE0")
ERROR_CODES = Command("AT+CMEE=1")
ERROR_CODES_SET = Command("AT+CMEE?", prefixes=("+CMEE",))
PIN_STATE = Command("AT+CPIN?", 20.0, prefixes=("+CPIN",))
PDU_MODE = Command("AT+CMGF=0")
PDU_MODE_CHOICES = Command("AT+CMGF=?", prefixes=("+CMGF",))
SERVICE = Command("AT+CSMS=1", prefixes=("+CSMS",))
"""Phase 2+: what comes with +CMT or +CDS waits for +CNMA."""
NOTIFY_SET = (Command("AT+CNMI=2,1,0,2,0"), Command("AT+CNMI=2,1,0,1,0"))
"""Reports stored and told of by +CDSI, or else brought by +CDS."""
NOTIFY = Command("AT+CNMI?", prefixes=("+CNMI",))
NOTIFY_CHOICES = Command("AT+CNMI=?", prefixes=("+CNMI",))
STORAGE = Command("AT+CPMS?", 20.0, prefixes=("+CPMS",))
STORAGE_CHOICES = Command("AT+CPMS=?", 20.0, prefixes=("+CPMS",))
CENTRE = Command("AT+CSCA?", prefixes=("+CSCA",))
IMEI = Command("AT+CGSN", prefixes=("+CGSN",), form=r'"?[0-9]{14,17}"?')
_NAME_FORM = r"[^+^*$%#&].*"
"""A line of words: what has a prefix is something that the modem says by itself."""
MANUFACTURER = Command("AT+CGMI", prefixes=("+CGMI",), form=_NAME_FORM)
MODEL = Command("AT+CGMM", prefixes=("+CGMM",), form=_NAME_FORM)
REVISION = Command("AT+CGMR", prefixes=("+CGMR",), form=_NAME_FORM)
_ICCID_FORM = r'"?[0-9]{18,20}[Ff]{0,2}"?'
ICCID = (
    Command("AT+CCID", prefixes=("+CCID", "+ICCID", "CCID"), form=_ICCID_FORM),
    Command("AT^ICCID?", prefixes=("^ICCID",), form=_ICCID_FORM),
    Command("AT+QCCID", prefixes=("+QCCID",), form=_ICCID_FORM),
    Command("AT+ICCID", prefixes=("+ICCID", "ICCID"), form=_ICCID_FORM),
)
"""No standard has it in all modems: SIMCom and Wavecom, Huawei, Quectel, others."""
SIGNAL = Command("AT+CSQ", prefixes=("+CSQ",))
OPERATOR = Command("AT+COPS?", 30.0, prefixes=("+COPS",))
REGISTRATIONS = tuple(
    Command(f"AT+{name}?", form=rf"\+{name}:\s*[0-5]\s*,\s*(?:[0-9]|1[0-9])\s*(?:,.*)?")
    for name in ("CREG", "CEREG", "CGREG")
)
"""By circuits, by LTE, by packets: messages take each of these ways.

The answer has one number more than the line by itself, whose area is in quotes.
"""
REGISTRATION = REGISTRATIONS[0]
LIST = Command("AT+CMGL=4", 40.0, prefixes=("+CMGL",), pdus=True)
ACKNOWLEDGE = Command("AT+CNMA", 15.0)
OWN_NUMBER = Command("AT+CNUM", prefixes=("+CNUM",))
FUNCTIONALITY = Command("AT+CFUN?", prefixes=("+CFUN",))
NOT_SAFE = Command("AT+CNMA=2", 15.0)
"""What was brought and not confirmed is to come again (TS 27.005 §4.7)."""
RESTART = Command("AT+CFUN=1,1", 20.0)


def set_error_codes(mode: int) -> Command:
    """Choose how errors are said: 0 not at all, 1 in numbers, 2 in words.

    :raises LocalProtocolError: the mode is none of these.
    """
    if mode not in (0, 1, 2):
        raise LocalProtocolError(f"+CMEE has no mode {mode}")
    return Command(f"AT+CMEE={mode}")


def set_storage(storage: str) -> Command:
    """Choose where messages are read, written and received: SM, ME or MT.

    :raises LocalProtocolError: it is not two capital letters.
    """
    if _STORAGE.fullmatch(storage) is None:
        raise LocalProtocolError(f"{storage!a} is no storage")
    names = ",".join([f'"{storage}"'] * 3)
    return Command(f"AT+CPMS={names}", 20.0, prefixes=("+CPMS",))


def read_from(storage: str) -> Command:
    """Choose where messages are listed and deleted, and nothing else.

    :raises LocalProtocolError: it is not two capital letters.
    """
    if _STORAGE.fullmatch(storage) is None:
        raise LocalProtocolError(f"{storage!a} is no storage")
    return Command(f'AT+CPMS="{storage}"', 20.0, prefixes=("+CPMS",))


def enter_pin(pin: str) -> Command:
    """Give the SIM its PIN, which no error and no ``repr`` shows.

    :raises LocalProtocolError: it is not 4 to 8 digits.
    """
    if _PIN.fullmatch(pin) is None:
        raise LocalProtocolError("a PIN has 4 to 8 digits")
    return Command(f'AT+CPIN="{pin}"', 20.0, prefixes=("+CPIN",))


def read(index: int) -> Command:
    """Read one slot by itself.

    :raises LocalProtocolError: the index is negative.
    """
    if index < 0:
        raise LocalProtocolError(f"no slot has the index {index}")
    return Command(f"AT+CMGR={index}", 20.0, prefixes=("+CMGR",), pdus=True)


def delete(index: int) -> Command:
    """Delete one slot; never more than one.

    :raises LocalProtocolError: the index is negative.
    """
    if index < 0:
        raise LocalProtocolError(f"no slot has the index {index}")
    return Command(f"AT+CMGD={index}", 30.0)


def send(tpdu: bytes, centre: bytes = _NO_CENTRE) -> Command:
    """Send a message; ``centre`` is its service centre's address, the SIM's if empty.

    :raises LocalProtocolError: the TPDU is empty or longer than any.

    Source: 3GPP TS 27.005 §4.3; TS 23.040 §9.2.2.2 (164 octets at most).
    """
    if not 1 <= len(tpdu) <= _TPDU_MOST:
        raise LocalProtocolError(f"a TPDU of {len(tpdu)} octets")
    body = (centre + tpdu).hex().upper()
    text = f"AT+CMGS={len(tpdu)}"
    return Command(text, _SEND_S, prefixes=("+CMGS",), body=body)


_TPDU_MOST = 164
_SEND_S = 50.0
"""More than a modem gives the network, whose repetitions are within that.

Source: 3GPP TS 24.011 §10 (TR1M, 35 to 45 s).
"""
