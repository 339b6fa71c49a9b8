"""Endpoints of links: a host and port, with TLS where the carrier has it."""

from __future__ import annotations

__all__ = ["smpp_endpoint"]

from pathlib import Path
from typing import Any

from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint

from smscentre.links.trust import client_tls


def smpp_endpoint(
    reactor: Any,
    host: str,
    port: int,
    *,
    timeout_s: float,
    tls: bool,
    ca_file: Path | None,
) -> IStreamClientEndpoint:
    """Where an SMSC listens.

    With TLS the certificate must be valid for ``host`` and signed by the
    platform's authorities, or by those in ``ca_file``; nothing turns this off.

    :raises AuthorityError: ``ca_file`` holds no certificate
    """
    endpoint = HostnameEndpoint(reactor, host, port, timeout=timeout_s)
    if not tls:
        return endpoint
    return wrapClientTLS(client_tls(host, ca_file), endpoint)
