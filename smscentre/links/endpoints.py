"""Endpoints of links: a host and port, with TLS where the carrier has it."""

from __future__ import annotations

__all__ = ["UnreachedError", "smpp_endpoint"]

from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import (
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
)
from twisted.python.failure import Failure
from zope.interface import implementer

from smscentre.errors import SMSCentreError
from smscentre.links.trust import client_tls


class UnreachedError(SMSCentreError):
    """A connection was not made: to which address, and why."""


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
    reached = HostnameEndpoint(reactor, host, port, timeout=timeout_s)
    endpoint = _Named(reached, f"{host}:{port}")
    if not tls:
        return endpoint
    return wrapClientTLS(client_tls(host, ca_file), endpoint)


@implementer(IStreamClientEndpoint)
@frozen
class _Named:
    """An endpoint whose failures name it: a link's name does not tell its address."""

    endpoint: IStreamClientEndpoint
    place: str

    def connect(self, factory: IProtocolFactory) -> Deferred[IProtocol]:
        """Connect, or fail with UnreachedError."""
        return self.endpoint.connect(factory).addErrback(self._unreached)

    def _unreached(self, failure: Failure) -> Failure:
        if failure.check(CancelledError):
            return failure
        return Failure(UnreachedError(f"{self.place}: {failure.getErrorMessage()}"))
