"""The numbers of SMPP under short names: commands, statuses, TLV tags, flags.

The numbers themselves come from smpplib, which has them from the standard; only
what it lacks is written here. Knows no octets and no meaning.

Source: SMPP 3.4 §5.1.2.1 (command_id), §5.1.3 (command_status), §5.3.2 (tags).
"""

from __future__ import annotations

__all__ = [
    "ALERT_NOTIFICATION",
    "BIND_RECEIVER",
    "BIND_TRANSCEIVER",
    "BIND_TRANSMITTER",
    "COMMANDS",
    "DELIVER_SM",
    "DELIVER_SM_RESP",
    "ENQUIRE_LINK",
    "ENQUIRE_LINK_RESP",
    "ESM_INTERMEDIATE",
    "ESM_RECEIPT",
    "ESM_TYPE_MASK",
    "ESM_UDHI",
    "GENERIC_NACK",
    "OUTBIND",
    "RESPONSE",
    "SUBMIT_SM",
    "SUBMIT_SM_RESP",
    "UNBIND",
    "UNBIND_RESP",
    "Coding",
    "Status",
    "Tag",
    "Ton",
]

from enum import IntEnum
from typing import Final

from smpplib import consts
from smpplib.command_codes import commands

COMMANDS: Final[dict[str, int]] = dict(commands)
"""Every command of the standard that smpplib knows, by its name."""

RESPONSE: Final = 0x80000000
"""The bit that makes a command_id a response."""

GENERIC_NACK: Final = COMMANDS["generic_nack"]
BIND_RECEIVER: Final = COMMANDS["bind_receiver"]
BIND_TRANSMITTER: Final = COMMANDS["bind_transmitter"]
BIND_TRANSCEIVER: Final = COMMANDS["bind_transceiver"]
OUTBIND: Final = COMMANDS["outbind"]
UNBIND: Final = COMMANDS["unbind"]
UNBIND_RESP: Final = COMMANDS["unbind_resp"]
SUBMIT_SM: Final = COMMANDS["submit_sm"]
SUBMIT_SM_RESP: Final = COMMANDS["submit_sm_resp"]
DELIVER_SM: Final = COMMANDS["deliver_sm"]
DELIVER_SM_RESP: Final = COMMANDS["deliver_sm_resp"]
ENQUIRE_LINK: Final = COMMANDS["enquire_link"]
ENQUIRE_LINK_RESP: Final = COMMANDS["enquire_link_resp"]
ALERT_NOTIFICATION: Final = COMMANDS["alert_notification"]

ESM_UDHI: Final[int] = consts.SMPP_GSMFEAT_UDHI

ESM_TYPE_MASK: Final = 0x3C
"""Bits 5 to 2 of esm_class: what kind of message this is."""

ESM_INTERMEDIATE: Final = 0x20

ESM_RECEIPT: Final = frozenset({0x04, ESM_INTERMEDIATE})
"""Message types of the SMSC itself: delivery receipt, intermediate notification.

Source: SMPP 3.4 §5.2.12 (esm_class).
"""


class Status(IntEnum):
    """The statuses that this package answers with or treats on their own."""

    ROK = consts.SMPP_ESME_ROK
    RINVMSGLEN = consts.SMPP_ESME_RINVMSGLEN
    RINVCMDLEN = consts.SMPP_ESME_RINVCMDLEN
    RINVCMDID = consts.SMPP_ESME_RINVCMDID
    RINVBNDSTS = consts.SMPP_ESME_RINVBNDSTS
    RALYBND = consts.SMPP_ESME_RALYBND
    RSYSERR = consts.SMPP_ESME_RSYSERR
    RINVSRCADR = consts.SMPP_ESME_RINVSRCADR
    RINVDSTADR = consts.SMPP_ESME_RINVDSTADR
    RINVMSGID = consts.SMPP_ESME_RINVMSGID
    RBINDFAIL = consts.SMPP_ESME_RBINDFAIL
    RINVPASWD = consts.SMPP_ESME_RINVPASWD
    RINVSYSID = consts.SMPP_ESME_RINVSYSID
    RMSGQFUL = consts.SMPP_ESME_RMSGQFUL
    RINVSERTYP = consts.SMPP_ESME_RINVSERTYP
    RSUBMITFAIL = consts.SMPP_ESME_RSUBMITFAIL
    RINVSYSTYP = consts.SMPP_ESME_RINVSYSTYP
    RTHROTTLED = consts.SMPP_ESME_RTHROTTLED
    RINVSCHED = consts.SMPP_ESME_RINVSCHED
    RINVEXPIRY = consts.SMPP_ESME_RINVEXPIRY
    RX_T_APPN = consts.SMPP_ESME_RX_T_APPN
    RINVTLVSTREAM = consts.SMPP_ESME_RINVOPTPARSTREAM
    RUNKNOWNERR = consts.SMPP_ESME_RUNKNOWNERR


class Tag(IntEnum):
    """The TLVs that this package reads or writes; all others are only kept."""

    RECEIPTED_MESSAGE_ID = consts.OPTIONAL_PARAMS["receipted_message_id"]
    SAR_MSG_REF_NUM = consts.OPTIONAL_PARAMS["sar_msg_ref_num"]
    SAR_TOTAL_SEGMENTS = consts.OPTIONAL_PARAMS["sar_total_segments"]
    SAR_SEGMENT_SEQNUM = consts.OPTIONAL_PARAMS["sar_segment_seqnum"]
    SC_INTERFACE_VERSION = consts.OPTIONAL_PARAMS["sc_interface_version"]
    NETWORK_ERROR_CODE = consts.OPTIONAL_PARAMS["network_error_code"]
    MESSAGE_PAYLOAD = consts.OPTIONAL_PARAMS["message_payload"]
    MESSAGE_STATE = consts.OPTIONAL_PARAMS["message_state"]


class Ton(IntEnum):
    """The types of number that matter to a sender or receiver."""

    UNKNOWN = consts.SMPP_TON_UNK
    INTERNATIONAL = consts.SMPP_TON_INTL


class Coding(IntEnum):
    """The data_coding values with a meaning of their own.

    Source: SMPP 3.4 §5.2.19 (data_coding).
    """

    DEFAULT = consts.SMPP_ENCODING_DEFAULT
    ASCII = consts.SMPP_ENCODING_IA5
    LATIN1 = consts.SMPP_ENCODING_ISO88591
    CYRILLIC = consts.SMPP_ENCODING_ISO88595
    HEBREW = consts.SMPP_ENCODING_ISO88598
    UCS2 = consts.SMPP_ENCODING_ISO10646
