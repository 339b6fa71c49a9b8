"""Where pages are served: an address of the configuration as an endpoint.

Part of the assembly, for what Twisted makes of such a text it says in many ways.
"""

from __future__ import annotations

__all__ = ["server_endpoint"]

from typing import Any

from OpenSSL import SSL, crypto
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IStreamServerEndpoint

from smscentre.errors import ConfigError, Problem

_NO_ENDPOINT = (
    ValueError,
    TypeError,
    LookupError,
    OSError,
    SSL.Error,
    crypto.Error,
)
"""What Twisted raises for an address that it cannot serve, keys included."""


def server_endpoint(
    reactor: Any, address: str, file: str, where: str
) -> IStreamServerEndpoint:
    """The endpoint that an address describes; ``where`` it stands in a ``file``.

    :raises ConfigError: it cannot be served
    """
    try:
        endpoint: IStreamServerEndpoint = serverFromString(reactor, address)
    except _NO_ENDPOINT as error:
        problem = Problem(where, f'"{address}"', f"cannot be served: {error}")
        raise ConfigError(file, [problem]) from error
    return endpoint
