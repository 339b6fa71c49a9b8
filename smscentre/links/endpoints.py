"""Endpoints of links: a host and port, with TLS where the carrier has it."""

from __future__ import annotations

__all__ = ["AuthorityError", "smpp_endpoint"]

from pathlib import Path
from typing import Any

from OpenSSL import crypto
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.ssl import (
    Certificate,
    optionsForClientTLS,
    trustRootFromCertificates,
)

from smscentre.errors import SMSCentreError

_PEM_END = b"-----END CERTIFICATE-----"


class AuthorityError(SMSCentreError):
    """The file of a private authority cannot be used."""


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
    trust = None if ca_file is None else _authorities(ca_file)
    return wrapClientTLS(optionsForClientTLS(host, trustRoot=trust), endpoint)


def _authorities(ca_file: Path) -> Any:
    try:
        blocks = ca_file.read_bytes().split(_PEM_END)
        found = [
            Certificate.loadPEM(block + _PEM_END)
            for block in blocks
            if b"BEGIN CERTIFICATE" in block
        ]
    except (OSError, crypto.Error) as error:
        raise AuthorityError(f"{ca_file} cannot be read: {error}") from error
    if not found:
        raise AuthorityError(f"{ca_file} holds no certificate in PEM form")
    return trustRootFromCertificates(found)
