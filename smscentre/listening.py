"""Where pages and monitor are served: from an address of the configuration.

Beside the centre, which listens; an address that cannot be is an error of its key.
"""

from __future__ import annotations

__all__ = ["endpoint_at", "listening_problems"]

from typing import Any

from OpenSSL import SSL, crypto
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import VerifyError
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
    VerifyError,
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
        problem = Problem(where, f'"{address}"', f"cannot be served: {_words(error)}")
        raise ConfigError(str(config.path), [problem]) from error
    return endpoint


def listening_problems(config: Config) -> list[Problem]:
    """What is wrong with both addresses; nothing listens at them."""
    problems: list[Problem] = []
    for where, address in (
        ("web.listen", config.web.listen),
        ("monitor.listen", config.monitor.listen),
    ):
        try:
            endpoint_at(None, config, where, address)
        except ConfigError as error:
            problems += error.problems
    return problems


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        # Unlike the paths of keys, these are Twisted's to read.
        return f"{error.filename}: {error.strerror}; give absolute paths"
    if isinstance(error, SSL.Error | crypto.Error | VerifyError):
        return (
            "privateKey and certKey must be files with a private key and the "
            "certificate that belongs to it, in PEM form"
        )
    return str(error)
