"""What a session is told at its start: how to bind, and its limits.

Filled from the configuration by the link; the core reads no file.
"""

from __future__ import annotations

__all__ = ["SessionOptions"]

from attrs import field, frozen

from smscentre.smpp.pdus import Bind, BindMode


@frozen
class SessionOptions:
    """How to bind, and every limit of a session; all times in seconds.

    ``window`` bounds the submits without an answer. After ``enquire_link_s``
    without a PDU from the peer it is asked, and has ``enquire_answer_s`` to send
    one. ``pdu_s`` bounds a whole PDU, ``response_s`` the answer to a submit.
    """

    system_id: str
    password: str = field(repr=False)
    system_type: str = ""
    interface_version: int = 0x34
    mode: BindMode = BindMode.TRANSCEIVER
    address_range: str = ""
    addr_ton: int = 0
    addr_npi: int = 0
    window: int = 10
    enquire_link_s: float = 20.0
    enquire_answer_s: float = 10.0
    pdu_s: float = 10.0
    response_s: float = 60.0
    bind_s: float = 30.0
    unbind_s: float = 5.0

    def bind(self, sequence: int) -> Bind:
        """Give the request that opens the session."""
        return Bind(
            sequence=sequence,
            mode=self.mode,
            system_id=self.system_id,
            password=self.password,
            system_type=self.system_type,
            interface_version=self.interface_version,
            addr_ton=self.addr_ton,
            addr_npi=self.addr_npi,
            address_range=self.address_range,
        )
