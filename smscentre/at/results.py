"""How an answer ends: the final results, and what each error means.

The dialogue asks whether a line ends an answer, the link when to try a refused message
again: one table for both families of errors, as `smpp.status` is for SMPP.

Source: 3GPP TS 27.007 §9.2 (+CME ERROR); TS 27.005 §3.2.5 (+CMS ERROR), which takes
0 to 127 from TS 24.011 annex E.2 (RP-cause) and 128 to 255 from TS 23.040 §9.2.3.22
(TP-FCS); ITU-T V.250 §5.7.1 (OK, ERROR and the results of calls).
"""

from __future__ import annotations

__all__ = [
    "ERRORS",
    "ErrorMeaning",
    "Outcome",
    "Result",
    "read_result",
    "refusal",
]

import re
from enum import Enum
from typing import Final

from attrs import frozen

from smscentre.messages import Rejected, Retry

_ERROR_LINE = re.compile(r"\+CM([ES]) ERROR\s*:\s*(.*)", re.IGNORECASE)
_CODE = re.compile(r"[0-9]{1,5}")
_MANUFACTURER = 512
"""From here on the codes of +CMS ERROR are the manufacturer's."""


class Outcome(Enum):
    """What kind of final result ended an answer."""

    OK = "OK"
    ERROR = "ERROR"
    CME = "+CME ERROR"
    CMS = "+CMS ERROR"
    CALL = "call"


@frozen
class Result:
    """A final result.

    ``code`` is that of +CME ERROR and +CMS ERROR, also where the modem said it in
    words that the table has; None if there is none. ``text`` is the line as it came.
    """

    outcome: Outcome
    text: str
    code: int | None = None

    @property
    def ok(self) -> bool:
        """Whether the command was carried out."""
        return self.outcome is Outcome.OK


@frozen
class ErrorMeaning:
    """One row: the standard's meaning of a code, when to try again.

    ``throttled`` and ``queue_full`` are those of `Rejected`.
    """

    meaning: str
    retry: Retry
    throttled: bool = False
    queue_full: bool = False


_CME: Final = Outcome.CME
_CMS: Final = Outcome.CMS
_NEVER: Final = Retry.NEVER
_LATER: Final = Retry.LATER
_RECONNECT: Final = Retry.AFTER_RECONNECT

ERRORS: dict[tuple[Outcome, int], ErrorMeaning] = {
    (_CME, 0): ErrorMeaning("phone failure", _RECONNECT),
    (_CME, 1): ErrorMeaning("no connection to phone", _RECONNECT),
    (_CME, 2): ErrorMeaning("phone-adaptor link reserved", _LATER),
    (_CME, 3): ErrorMeaning("operation not allowed", _NEVER),
    (_CME, 4): ErrorMeaning("operation not supported", _NEVER),
    (_CME, 5): ErrorMeaning("PH-SIM PIN required", _RECONNECT),
    (_CME, 6): ErrorMeaning("PH-FSIM PIN required", _RECONNECT),
    (_CME, 7): ErrorMeaning("PH-FSIM PUK required", _RECONNECT),
    (_CME, 10): ErrorMeaning("SIM not inserted", _RECONNECT),
    (_CME, 11): ErrorMeaning("SIM PIN required", _RECONNECT),
    (_CME, 12): ErrorMeaning("SIM PUK required", _RECONNECT),
    (_CME, 13): ErrorMeaning("SIM failure", _RECONNECT),
    (_CME, 14): ErrorMeaning("SIM busy", _LATER),
    (_CME, 15): ErrorMeaning("SIM wrong", _RECONNECT),
    (_CME, 16): ErrorMeaning("incorrect password", _NEVER),
    (_CME, 17): ErrorMeaning("SIM PIN2 required", _RECONNECT),
    (_CME, 18): ErrorMeaning("SIM PUK2 required", _RECONNECT),
    (_CME, 20): ErrorMeaning("memory full", _LATER),
    (_CME, 21): ErrorMeaning("invalid index", _NEVER),
    (_CME, 22): ErrorMeaning("not found", _NEVER),
    (_CME, 23): ErrorMeaning("memory failure", _LATER),
    (_CME, 24): ErrorMeaning("text string too long", _NEVER),
    (_CME, 25): ErrorMeaning("invalid characters in text string", _NEVER),
    (_CME, 26): ErrorMeaning("dial string too long", _NEVER),
    (_CME, 27): ErrorMeaning("invalid characters in dial string", _NEVER),
    (_CME, 30): ErrorMeaning("no network service", _LATER),
    (_CME, 31): ErrorMeaning("network timeout", _LATER),
    (_CME, 32): ErrorMeaning("network not allowed - emergency calls only", _LATER),
    (_CME, 40): ErrorMeaning("network personalization PIN required", _RECONNECT),
    (_CME, 41): ErrorMeaning("network personalization PUK required", _RECONNECT),
    (_CME, 42): ErrorMeaning("network subset personalization PIN required", _RECONNECT),
    (_CME, 43): ErrorMeaning("network subset personalization PUK required", _RECONNECT),
    (_CME, 44): ErrorMeaning(
        "service provider personalization PIN required", _RECONNECT
    ),
    (_CME, 45): ErrorMeaning(
        "service provider personalization PUK required", _RECONNECT
    ),
    (_CME, 46): ErrorMeaning("corporate personalization PIN required", _RECONNECT),
    (_CME, 47): ErrorMeaning("corporate personalization PUK required", _RECONNECT),
    (_CME, 48): ErrorMeaning("hidden key required", _NEVER),
    (_CME, 49): ErrorMeaning("EAP method not supported", _NEVER),
    (_CME, 50): ErrorMeaning("incorrect parameters", _NEVER),
    (_CME, 51): ErrorMeaning("command implemented but currently disabled", _NEVER),
    (_CME, 52): ErrorMeaning("command aborted by user", _LATER),
    (_CME, 53): ErrorMeaning(
        "not attached to network due to MT functionality restrictions", _LATER
    ),
    (_CME, 54): ErrorMeaning(
        "modem not allowed - MT restricted to emergency calls only", _LATER
    ),
    (_CME, 55): ErrorMeaning(
        "operation not allowed because of MT functionality restrictions", _LATER
    ),
    (_CME, 56): ErrorMeaning("fixed dial number only allowed", _NEVER),
    (_CME, 57): ErrorMeaning(
        "temporarily out of service due to other MT usage", _LATER
    ),
    (_CME, 58): ErrorMeaning("language/alphabet not supported", _NEVER),
    (_CME, 59): ErrorMeaning("unexpected data value", _NEVER),
    (_CME, 60): ErrorMeaning("system failure", _RECONNECT),
    (_CME, 61): ErrorMeaning("data missing", _NEVER),
    (_CME, 62): ErrorMeaning("call barred", _NEVER),
    (_CME, 63): ErrorMeaning("message waiting indication subscription failure", _LATER),
    (_CME, 100): ErrorMeaning("unknown", _LATER),
    (_CME, 102): ErrorMeaning("IMSI unknown in HSS", _LATER),
    (_CME, 103): ErrorMeaning("illegal UE", _LATER),
    (_CME, 104): ErrorMeaning("IMSI unknown in VLR", _LATER),
    (_CME, 105): ErrorMeaning("IMEI not accepted", _LATER),
    (_CME, 106): ErrorMeaning("illegal ME", _LATER),
    (_CME, 107): ErrorMeaning("PS services not allowed", _LATER),
    (_CME, 108): ErrorMeaning("PS and non-PS services not allowed", _LATER),
    (_CME, 109): ErrorMeaning("UE identity cannot be derived by the network", _LATER),
    (_CME, 110): ErrorMeaning("implicitly detached", _LATER),
    (_CME, 111): ErrorMeaning("PLMN not allowed", _LATER),
    (_CME, 112): ErrorMeaning("area not allowed", _LATER),
    (_CME, 113): ErrorMeaning("roaming not allowed in this area", _LATER),
    (_CME, 114): ErrorMeaning("PS services not allowed in this PLMN", _LATER),
    (_CME, 115): ErrorMeaning("no suitable cells in area", _LATER),
    (_CME, 116): ErrorMeaning("MSC temporarily not reachable", _LATER),
    (_CME, 117): ErrorMeaning("network failure (attach)", _LATER),
    (_CME, 118): ErrorMeaning("CS domain not available", _LATER),
    (_CME, 119): ErrorMeaning("ESM failure", _LATER),
    (_CME, 122): ErrorMeaning("congestion", _LATER),
    (_CME, 124): ErrorMeaning(
        "MBMS bearer capabilities insufficient for the service", _NEVER
    ),
    (_CME, 125): ErrorMeaning("not authorized for this CSG", _NEVER),
    (_CME, 126): ErrorMeaning("insufficient resources", _LATER),
    (_CME, 127): ErrorMeaning("missing or unknown APN", _NEVER),
    (_CME, 128): ErrorMeaning("unknown PDP address or PDP type", _NEVER),
    (_CME, 129): ErrorMeaning("user authentication failed", _NEVER),
    (_CME, 130): ErrorMeaning(
        "activation rejected by GGSN, Serving GW or PDN GW", _NEVER
    ),
    (_CME, 131): ErrorMeaning("activation rejected, unspecified", _NEVER),
    (_CME, 132): ErrorMeaning("service option not supported", _NEVER),
    (_CME, 133): ErrorMeaning("requested service option not subscribed", _NEVER),
    (_CME, 134): ErrorMeaning("service option temporarily out of order", _LATER),
    (_CME, 135): ErrorMeaning("NSAPI/PTI already in use", _NEVER),
    (_CME, 136): ErrorMeaning("regular deactivation", _LATER),
    (_CME, 137): ErrorMeaning("QoS not accepted", _NEVER),
    (_CME, 138): ErrorMeaning("call cannot be identified", _LATER),
    (_CME, 139): ErrorMeaning("CS service temporarily not available", _LATER),
    (_CME, 140): ErrorMeaning("feature not supported", _NEVER),
    (_CME, 141): ErrorMeaning("semantic error in the TFT operation", _NEVER),
    (_CME, 142): ErrorMeaning("syntactical error in the TFT operation", _NEVER),
    (_CME, 143): ErrorMeaning("unknown PDP context", _NEVER),
    (_CME, 144): ErrorMeaning("semantic errors in packet filter(s)", _NEVER),
    (_CME, 145): ErrorMeaning("syntactical errors in packet filter(s)", _NEVER),
    (_CME, 146): ErrorMeaning("PDP context without TFT already activated", _NEVER),
    (_CME, 147): ErrorMeaning("multicast group membership timeout", _LATER),
    (_CME, 148): ErrorMeaning("unspecified GPRS error", _LATER),
    (_CME, 149): ErrorMeaning("PDP authentication failure", _NEVER),
    (_CME, 150): ErrorMeaning("invalid mobile class", _NEVER),
    (_CME, 151): ErrorMeaning("VBS/VGCS not supported by the network", _NEVER),
    (_CME, 152): ErrorMeaning("no service subscription on SIM", _NEVER),
    (_CME, 153): ErrorMeaning("no subscription for group ID", _NEVER),
    (_CME, 154): ErrorMeaning("group ID not activated on SIM", _NEVER),
    (_CME, 155): ErrorMeaning("no matching notification", _NEVER),
    (_CME, 156): ErrorMeaning("VBS/VGCS call already present", _NEVER),
    (_CME, 157): ErrorMeaning("congestion", _LATER),
    (_CME, 158): ErrorMeaning("network failure", _LATER),
    (_CME, 159): ErrorMeaning("uplink busy", _LATER),
    (_CME, 160): ErrorMeaning("no access rights for SIM file", _NEVER),
    (_CME, 161): ErrorMeaning("no subscription for priority", _NEVER),
    (_CME, 162): ErrorMeaning("operation not applicable or not possible", _NEVER),
    (_CME, 163): ErrorMeaning("group ID prefixes not supported", _NEVER),
    (_CME, 164): ErrorMeaning("group ID prefixes not usable for VBS", _NEVER),
    (_CME, 165): ErrorMeaning("group ID prefix value invalid", _NEVER),
    (_CME, 171): ErrorMeaning("last PDN disconnection not allowed", _NEVER),
    (_CME, 172): ErrorMeaning("semantically incorrect message", _NEVER),
    (_CME, 173): ErrorMeaning("invalid mandatory information", _NEVER),
    (_CME, 174): ErrorMeaning("message type non-existent or not implemented", _NEVER),
    (_CME, 175): ErrorMeaning("conditional IE error", _NEVER),
    (_CME, 176): ErrorMeaning("protocol error, unspecified", _NEVER),
    (_CME, 177): ErrorMeaning("operator determined barring", _NEVER),
    (_CME, 178): ErrorMeaning("maximum number of bearers reached", _NEVER),
    (_CME, 179): ErrorMeaning(
        "requested APN not supported in current RAT and PLMN", _NEVER
    ),
    (_CME, 180): ErrorMeaning(
        "request rejected, bearer control mode violation", _NEVER
    ),
    (_CME, 181): ErrorMeaning("unsupported QCI/5QI value", _NEVER),
    (_CME, 182): ErrorMeaning(
        "user data transmission via control plane is congested", _LATER
    ),
    (_CME, 183): ErrorMeaning("SMS provided via GPRS in routing area", _LATER),
    (_CME, 184): ErrorMeaning("invalid PTI value", _NEVER),
    (_CME, 185): ErrorMeaning("no bearer activated", _NEVER),
    (_CME, 186): ErrorMeaning("message not compatible with protocol state", _LATER),
    (_CME, 187): ErrorMeaning("recovery on timer expiry", _LATER),
    (_CME, 188): ErrorMeaning("invalid transaction identifier value", _NEVER),
    (_CME, 189): ErrorMeaning("service option not authorized in PLMN", _NEVER),
    (_CME, 190): ErrorMeaning("network failure (activation)", _LATER),
    (_CME, 191): ErrorMeaning("reactivation requested", _LATER),
    (_CME, 204): ErrorMeaning("severe network failure", _LATER),
    (_CMS, 1): ErrorMeaning("unassigned (unallocated) number", _NEVER),
    (_CMS, 8): ErrorMeaning("operator determined barring", _LATER),
    (_CMS, 10): ErrorMeaning("call barred", _NEVER),
    (_CMS, 17): ErrorMeaning("network failure", _LATER),
    (_CMS, 21): ErrorMeaning("short message transfer rejected", _LATER),
    (_CMS, 22): ErrorMeaning(
        "congestion or memory capacity exceeded", _LATER, queue_full=True
    ),
    (_CMS, 27): ErrorMeaning("destination out of service", _LATER),
    (_CMS, 28): ErrorMeaning("unidentified subscriber", _NEVER),
    (_CMS, 29): ErrorMeaning("facility rejected", _NEVER),
    (_CMS, 30): ErrorMeaning("unknown subscriber", _NEVER),
    (_CMS, 38): ErrorMeaning("network out of order", _LATER),
    (_CMS, 41): ErrorMeaning("temporary failure", _LATER),
    (_CMS, 42): ErrorMeaning("congestion", _LATER, throttled=True),
    (_CMS, 47): ErrorMeaning("resources unavailable, unspecified", _LATER),
    (_CMS, 50): ErrorMeaning("requested facility not subscribed", _NEVER),
    (_CMS, 69): ErrorMeaning("requested facility not implemented", _NEVER),
    (_CMS, 81): ErrorMeaning("invalid short message transfer reference value", _LATER),
    (_CMS, 95): ErrorMeaning("semantically incorrect message", _NEVER),
    (_CMS, 96): ErrorMeaning("invalid mandatory information", _NEVER),
    (_CMS, 97): ErrorMeaning("message type non-existent or not implemented", _NEVER),
    (_CMS, 98): ErrorMeaning(
        "message not compatible with short message protocol state", _LATER
    ),
    (_CMS, 99): ErrorMeaning(
        "information element non-existent or not implemented", _NEVER
    ),
    (_CMS, 111): ErrorMeaning("protocol error, unspecified", _LATER),
    (_CMS, 127): ErrorMeaning("interworking, unspecified", _LATER),
    (_CMS, 128): ErrorMeaning("telematic interworking not supported", _NEVER),
    (_CMS, 129): ErrorMeaning("short message type 0 not supported", _NEVER),
    (_CMS, 130): ErrorMeaning("cannot replace short message", _NEVER),
    (_CMS, 143): ErrorMeaning("unspecified TP-PID error", _NEVER),
    (_CMS, 144): ErrorMeaning("data coding scheme (alphabet) not supported", _NEVER),
    (_CMS, 145): ErrorMeaning("message class not supported", _NEVER),
    (_CMS, 159): ErrorMeaning("unspecified TP-DCS error", _NEVER),
    (_CMS, 160): ErrorMeaning("command cannot be actioned", _NEVER),
    (_CMS, 161): ErrorMeaning("command unsupported", _NEVER),
    (_CMS, 175): ErrorMeaning("unspecified TP-Command error", _NEVER),
    (_CMS, 176): ErrorMeaning("TPDU not supported", _NEVER),
    (_CMS, 192): ErrorMeaning("SC busy", _LATER, throttled=True),
    (_CMS, 193): ErrorMeaning("no SC subscription", _NEVER),
    (_CMS, 194): ErrorMeaning("SC system failure", _LATER),
    (_CMS, 195): ErrorMeaning("invalid SME address", _NEVER),
    (_CMS, 196): ErrorMeaning("destination SME barred", _NEVER),
    (_CMS, 197): ErrorMeaning("SM rejected - duplicate SM", _NEVER),
    (_CMS, 198): ErrorMeaning("TP-VPF not supported", _NEVER),
    (_CMS, 199): ErrorMeaning("TP-VP not supported", _NEVER),
    (_CMS, 208): ErrorMeaning("SIM SMS storage full", _LATER),
    (_CMS, 209): ErrorMeaning("no SMS storage capability in SIM", _NEVER),
    (_CMS, 210): ErrorMeaning("error in MS", _LATER),
    (_CMS, 211): ErrorMeaning("memory capacity exceeded", _LATER, queue_full=True),
    (_CMS, 212): ErrorMeaning("SIM application toolkit busy", _LATER),
    (_CMS, 213): ErrorMeaning("SIM data download error", _LATER),
    (_CMS, 255): ErrorMeaning("unspecified error cause", _LATER),
    (_CMS, 300): ErrorMeaning("ME failure", _RECONNECT),
    (_CMS, 301): ErrorMeaning("SMS service of ME reserved", _LATER),
    (_CMS, 302): ErrorMeaning("operation not allowed", _LATER),
    (_CMS, 303): ErrorMeaning("operation not supported", _NEVER),
    (_CMS, 304): ErrorMeaning("invalid PDU mode parameter", _LATER),
    (_CMS, 305): ErrorMeaning("invalid text mode parameter", _RECONNECT),
    (_CMS, 310): ErrorMeaning("SIM not inserted", _RECONNECT),
    (_CMS, 311): ErrorMeaning("SIM PIN required", _RECONNECT),
    (_CMS, 312): ErrorMeaning("PH-SIM PIN required", _RECONNECT),
    (_CMS, 313): ErrorMeaning("SIM failure", _RECONNECT),
    (_CMS, 314): ErrorMeaning("SIM busy", _LATER),
    (_CMS, 315): ErrorMeaning("SIM wrong", _RECONNECT),
    (_CMS, 316): ErrorMeaning("SIM PUK required", _RECONNECT),
    (_CMS, 317): ErrorMeaning("SIM PIN2 required", _RECONNECT),
    (_CMS, 318): ErrorMeaning("SIM PUK2 required", _RECONNECT),
    (_CMS, 320): ErrorMeaning("memory failure", _LATER),
    (_CMS, 321): ErrorMeaning("invalid memory index", _NEVER),
    (_CMS, 322): ErrorMeaning("memory full", _LATER),
    (_CMS, 330): ErrorMeaning("SMSC address unknown", _RECONNECT),
    (_CMS, 331): ErrorMeaning("no network service", _LATER),
    (_CMS, 332): ErrorMeaning("network timeout", _LATER),
    (_CMS, 340): ErrorMeaning("no +CNMA acknowledgement expected", _NEVER),
    (_CMS, 500): ErrorMeaning("unknown error", _LATER),
}
"""Every error of the standards that may answer a command of ours.

Never: the message or the command is at fault. After reconnect: the SIM or what the
modem was told at its start is; 305 is what one says that restarted and fell back to
text mode. Later: all else. 8 and 21 may be said when the credit is used up, 304 when
octets were lost on the way to the modem, so that they are not final. +CME 192 to 203
and 205 to 233 concern data sessions and are left out.
"""

_CODES = {(key[0], row.meaning.casefold()): key[1] for key, row in ERRORS.items()}
_CALL_RESULTS = ("NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "CONNECT")
_PLAIN_ERRORS = ("ERROR", "COMMAND NOT SUPPORT", "TOO MANY PARAMETERS", "ABORTED")
"""Some of Huawei end an answer in words of their own."""


def read_result(line: str, *, dials: bool = False) -> Result | None:
    """Tell whether a line ends an answer, and how; None if it does not.

    ``dials`` says that the command makes a call: only then a call's result ends its
    answer, otherwise somebody's call to the modem would.
    """
    words = line.upper()
    if words == "OK":
        return Result(Outcome.OK, line)
    if words in _PLAIN_ERRORS:
        return Result(Outcome.ERROR, line)
    error = _ERROR_LINE.match(line)
    if error is not None:
        outcome = _CME if error[1] in "Ee" else _CMS
        return Result(outcome, line, _code(outcome, error[2].strip()))
    if dials and (words in _CALL_RESULTS or words.startswith("CONNECT ")):
        return Result(Outcome.CALL, line)
    return None


def _code(outcome: Outcome, said: str) -> int | None:
    """Read the code of an error, in digits or in the standard's words."""
    if _CODE.fullmatch(said):
        return int(said)
    words = said.replace("(U)", "").casefold()
    return _CODES.get((outcome, words))


def refusal(result: Result) -> Rejected:
    """Turn the final result of a command that was not carried out into an outcome.

    What the table lacks is tried again: a refused message was not sent, so another try
    makes no second copy, and its expiry bounds the cost. The code is -1 without one.
    """
    if result.code is None:
        return Rejected(-1, result.text or result.outcome.value, Retry.LATER)
    row = ERRORS.get((result.outcome, result.code))
    if row is None:
        meaning = f"{result.outcome.value} {result.code}: {_range(result.code)}"
        return Rejected(result.code, meaning, Retry.LATER)
    return Rejected(
        result.code,
        f"{result.outcome.value} {result.code}: {row.meaning}",
        row.retry,
        throttled=row.throttled,
        queue_full=row.queue_full,
    )


def _range(code: int) -> str:
    """Say of a code that the table lacks whose it is, as +CMS ERROR has them."""
    if code >= _MANUFACTURER:
        return "the manufacturer's own"
    return "unknown"
