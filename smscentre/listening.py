"""Where pages and monitor are served: from an address of the configuration.

Beside the centre, which listens; an address that cannot be is an error of its key.
"""

from __future__ import annotations

__all__ = ["endpoint_at"]

from typing import Any

from OpenSSL import SSL, crypto
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IStreamServerEndpoint

from smscentre.config import Config
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


def endpoint_at(
    reactor: Any, config: Config, where: str, address: str
) -> IStreamServerEndpoint:
    """The endpoint of an address that stands in a configuration under a key.

    :raises ConfigError: it cannot be served
    """
    try:
        endpoint: IStreamServerEndpoint = serverFromString(reactor, address)
    except _NO_ENDPOINT as error:
        problem = Problem(where, f'"{address}"', f"cannot be served: {error}")
        raise ConfigError(str(config.path), [problem]) from error
    return endpoint
