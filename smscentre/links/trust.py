"""Whom a link trusts over TLS, and why not, in words for the log.

Beneath `endpoints`: certificates are checked by Twisted's own rules, and nothing here
touches them. OpenSSL says only that a check of the certificate failed.
"""

from __future__ import annotations

__all__ = ["AuthorityError", "client_tls", "reason_of"]

from pathlib import Path
from typing import Any

from OpenSSL import SSL, crypto
from service_identity import VerificationError
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import (
    Certificate,
    optionsForClientTLS,
    trustRootFromCertificates,
)
from twisted.python.failure import Failure

from smscentre.errors import SMSCentreError

_PEM_END = b"-----END CERTIFICATE-----"

_UNTRUSTED = (
    "the carrier's certificate is refused: it has expired, is not valid yet, or is "
    "signed by nobody whom we trust (the system's authorities, or ca_file)"
)
_FAILED = "certificate verify failed"

_OTHER_HOST = "the carrier's certificate is not for the host that was asked for"


class AuthorityError(SMSCentreError):
    """The file of a private authority cannot be used."""


def client_tls(host: str, ca_file: Path | None) -> IOpenSSLClientConnectionCreator:
    """TLS with a peer whose certificate must be valid for a host.

    Signed by the platform's authorities, or by those in ``ca_file``.

    :raises AuthorityError: ``ca_file`` holds no certificate
    """
    trust = None if ca_file is None else _authorities(ca_file)
    creator: IOpenSSLClientConnectionCreator = optionsForClientTLS(
        host, trustRoot=trust
    )
    return creator


def reason_of(failure: Failure) -> str:
    """Why a connection ended, in words."""
    if failure.check(VerificationError):
        return _OTHER_HOST
    if failure.check(SSL.Error) and _FAILED in failure.getErrorMessage():
        return _UNTRUSTED
    return failure.getErrorMessage()


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
