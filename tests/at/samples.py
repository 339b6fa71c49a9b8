"""Dialogues with modems, and dialogues in each of their states, for several tests.

The transcripts have the shapes of modems of several makers; numbers and messages in
them are made up.
"""

from __future__ import annotations

from attrs import frozen

from smscentre.at import commands
from smscentre.at.commands import Command
from smscentre.at.dialogue import Dialogue
from smscentre.at.events import Event, Ready
from smscentre.at.unsolicited import Kind

TPDU = bytes.fromhex("11000A9126189900100000AA05C8329BFD06")
"""An SMS-SUBMIT of 18 octets."""

SEND = commands.send(TPDU)
PROBE = b"\x1bAT\r"

DELIVER = "07912618485400F9040A81806775180000629011907410820441E19008"
"""A PDU of 29 octets, 8 of them the service centre's address: its length is 21."""

REPORT = "07912618485400F906050A91261899001062901190741082629011907420820000"
"""A PDU of 33 octets: its length is 25."""


@frozen
class Exchange:
    """A command, the octets that answer it, and what is to come of them.

    ``unsolicited`` are the kinds of what comes between.
    """

    command: Command
    octets: bytes
    lines: tuple[str, ...] = ()
    result: str = "OK"
    unsolicited: tuple[Kind, ...] = ()


HUAWEI = (
    Exchange(commands.ECHO_OFF, b"ATE0\r\r\nOK\r\n"),
    Exchange(
        commands.ERROR_CODES, b"\r\n^RSSI:17\r\n\r\nOK\r\n", (), "OK", (Kind.OTHER,)
    ),
    Exchange(commands.PIN_STATE, b"\r\n+CPIN: READY\r\n\r\nOK\r\n", ("+CPIN: READY",)),
    Exchange(
        commands.ICCID[0],
        b"\r\nCOMMAND NOT SUPPORT\r\n",
        (),
        "COMMAND NOT SUPPORT",
    ),
    Exchange(
        commands.ICCID[1],
        b"\r\n^BOOT:27710117,0,0,0,20\r\n"
        b'\r\n^ICCID: "89621000000000000017"\r\n\r\nOK\r\n',
        ('^ICCID: "89621000000000000017"',),
        "OK",
        (Kind.OTHER,),
    ),
    Exchange(
        commands.REGISTRATION,
        b'\r\n+CREG: 1,"00A1","0001"\r\n\r\n+CREG: 2,1,"00A1","0001"\r\n\r\nOK\r\n',
        ('+CREG: 2,1,"00A1","0001"',),
        "OK",
        (Kind.REGISTRATION,),
    ),
    Exchange(
        commands.LIST,
        f"\r\n+CMGL: 0,1,,21\r\n{DELIVER}\r\n+CMGL: 3,0,,21\r\n{DELIVER}\r\n"
        '^RSSI:15\r\n\r\n+CMTI: "SM",4\r\n\r\nOK\r\n'.encode(),
        ("+CMGL: 0,1,,21", DELIVER, "+CMGL: 3,0,,21", DELIVER),
        "OK",
        (Kind.OTHER, Kind.MESSAGE_STORED),
    ),
    Exchange(SEND, b"\r\n> \r\n+CMGS: 17\r\n\r\nOK\r\n", ("+CMGS: 17",)),
)

SIMCOM = (
    Exchange(commands.ECHO_OFF, b"\0\0\xffATE0\r\r\nOK\r\n"),
    Exchange(commands.PIN_STATE, b"\r\n+CME ERROR: 14\r\n", (), "+CME ERROR: 14"),
    Exchange(
        commands.PIN_STATE,
        b"\r\n+CPIN: READY\r\n\r\nOK\r\n\r\nCall Ready\r\n\r\nSMS Ready\r\n",
        ("+CPIN: READY",),
        "OK",
        (Kind.READY, Kind.READY),
    ),
    Exchange(
        commands.IMEI,
        b"\r\nRING\r\n\r\n861234567890123\r\n\r\nNO CARRIER\r\n\r\nOK\r\n",
        ("861234567890123",),
        "OK",
        (Kind.CALL, Kind.CALL),
    ),
    Exchange(
        commands.ICCID[0],
        b"\r\n8962100000000000001F\r\n\r\n*PSUTTZ: 2026,1,19\r\n\r\nOK\r\n",
        ("8962100000000000001F",),
        "OK",
        (Kind.OTHER,),
    ),
    Exchange(SEND, b"\r\n> \r\n+CMS ERROR: 38\r\n", (), "+CMS ERROR: 38"),
)

QUECTEL = (
    Exchange(commands.ERROR_CODES, b"AT+CMEE=1\r\r\nOK\r\n"),
    Exchange(
        commands.set_storage("MT"),
        b'AT+CPMS="MT","MT","MT"\r\r\n+CPMS: 2,255,2,255,2,255\r\n\r\nOK\r\n',
        ("+CPMS: 2,255,2,255,2,255",),
    ),
    Exchange(
        commands.ICCID[2],
        b"AT+QCCID\r\r\n+QCCID: 89621000000000000017\r\n"
        b"\r\n+QIND: SMS DONE\r\n\r\nOK\r\n",
        ("+QCCID: 89621000000000000017",),
        "OK",
        (Kind.READY,),
    ),
    Exchange(
        SEND,
        b"AT+CMGS=18\r\r\n> " + (SEND.body or "").encode() + b"\x1a\r\n"
        b"+CDS: 25\r\n" + REPORT.encode() + b"\r\n\r\n+CMGS: 255\r\n\r\nOK\r\n",
        ("+CMGS: 255",),
        "OK",
        (Kind.REPORT,),
    ),
    Exchange(
        commands.ACKNOWLEDGE, b"AT+CNMA\r\r\n+CMS ERROR: 340\r\n", (), "+CMS ERROR: 340"
    ),
)

WAVECOM = (
    Exchange(commands.PDU_MODE, b"\r\n+WIND: 7\r\n\r\nOK\r\n", (), "OK", (Kind.OTHER,)),
    Exchange(commands.IMEI, b"\r\n350000000000006\r\n\r\nOK\r\n", ("350000000000006",)),
    Exchange(
        commands.LIST,
        f"\r\n+CMGL: 1,3,,21\r\n\r\n+CMT: ,21\r\n{DELIVER}\r\n"
        f"{DELIVER}\r\nOK\r\n".encode(),
        ("+CMGL: 1,3,,21", DELIVER),
        "OK",
        (Kind.MESSAGE,),
    ),
    Exchange(SEND, b"\r\n>\r\n+CMGS: 3\r\n\r\nOK\r\n", ("+CMGS: 3",)),
    Exchange(commands.delete(3), b"\nOK\n"),
    Exchange(commands.SIGNAL, b"\r+CSQ: 31,99\rOK\r", ("+CSQ: 31,99",)),
)

TRANSCRIPTS: dict[str, tuple[Exchange, ...]] = {
    "Huawei": HUAWEI,
    "SIMCom": SIMCOM,
    "Quectel": QUECTEL,
    "Wavecom": WAVECOM,
}

EXCHANGES = [exchange for exchanges in TRANSCRIPTS.values() for exchange in exchanges]

UNSOLICITED: tuple[tuple[bytes, Kind], ...] = (
    (b'+CMTI: "SM",3\r\n', Kind.MESSAGE_STORED),
    (b"+CMT: ,21\r\n" + DELIVER.encode() + b"\r\n", Kind.MESSAGE),
    (b"+CDS: 25\r\n" + REPORT.encode() + b"\r\n", Kind.REPORT),
    (b'+CDSI: "SM",7\r\n', Kind.REPORT_STORED),
    (b"+CREG: 2\r\n", Kind.REGISTRATION),
    (b'+CREG: 1,"00A1","0001"\r\n', Kind.REGISTRATION),
    (b"+CREG: 1,00A1,0001\r\n", Kind.REGISTRATION),
    (b'+CGREG: 1,"00A1","0001"\r\n', Kind.REGISTRATION),
    (b"+CEREG: 5\r\n", Kind.REGISTRATION),
    (b"RING\r\n", Kind.CALL),
    (b"NO CARRIER\r\n", Kind.CALL),
    (b"BUSY\r\n", Kind.CALL),
    (b'+CLIP: "+628110000001",145,"",,"",0\r\n', Kind.CALL),
    (b'+CUSD: 0,"Sisa pulsa Rp 10.000",15\r\n', Kind.USSD),
    (b"^RSSI:17\r\n", Kind.OTHER),
    (b"$QCRMTM: 1\r\n", Kind.OTHER),
    (b"*EMREADY: 1\r\n", Kind.OTHER),
    (b"Call Ready\r\n", Kind.READY),
    (b"SMS Ready\r\n", Kind.READY),
    (b"RDY\r\n", Kind.RESTARTED),
    (b"^SYSSTART\r\n", Kind.RESTARTED),
)
"""What may stand between any two lines."""


def lost() -> Dialogue:
    """Give a dialogue that waits for its first answer."""
    dialogue = Dialogue()
    dialogue.connect(0.0)
    dialogue.data_to_send()
    return dialogue


def settling() -> Dialogue:
    """Give a dialogue that waits for silence after it."""
    dialogue = lost()
    dialogue.receive(b"\r\nOK\r\n", 0.0)
    return dialogue


def idle() -> Dialogue:
    """Give a dialogue that is ready, at the time 1."""
    dialogue = settling()
    assert dialogue.expire(1.0) == [Ready()]
    return dialogue


def prompting() -> Dialogue:
    """Give a dialogue that waits for a prompt, with 1 as the command's token."""
    dialogue = idle()
    dialogue.enqueue(SEND, 1.0)
    dialogue.data_to_send()
    return dialogue


def answering() -> Dialogue:
    """Give a dialogue that waits for an answer, with 1 as the command's token."""
    dialogue = idle()
    dialogue.enqueue(commands.SIGNAL, 1.0)
    dialogue.data_to_send()
    return dialogue


def closed() -> Dialogue:
    """Give a dialogue that is over."""
    dialogue = idle()
    dialogue.close("over")
    return dialogue


def spoken(command: Command, pieces: list[bytes]) -> list[Event]:
    """Give what happens when pieces answer a command."""
    dialogue = idle()
    dialogue.enqueue(command, 1.0)
    happened: list[Event] = []
    for piece in pieces:
        happened += dialogue.receive(piece, 1.0)
    return happened
