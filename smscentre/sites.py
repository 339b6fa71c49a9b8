"""The pages and the monitor: what they are made of, where served, by which threads.

Part of the assembly, beside `centre`, which begins and ends them.
"""

from __future__ import annotations

__all__ = ["Sites", "Access"]

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IStreamServerEndpoint
from twisted.logger import Logger

from smscentre.assembly import deadline_schedule
from smscentre.board import Board
from smscentre.config import Config
from smscentre.desk import Desk
from smscentre.listening import endpoint_at
from smscentre.metrics import Metrics
from smscentre.passwords import Passwords
from smscentre.store.pages import Readers
from smscentre.store.patient import PatientWriter
from smscentre.store.writer import Writer
from smscentre.threads import Lane
from smscentre.web.means import Means, Programs
from smscentre.web.monitor import monitor_site
from smscentre.web.pace import Pace
from smscentre.web.server import Site
from smscentre.web.service import Service
from smscentre.web.site import site

Step = Callable[["Deferred[Any]"], Any]
"""Awaits a step of the stop for as long as it may take."""

_log = Logger(namespace="smscentre.sites")


@frozen
class Access:
    """What pages and programs may: read, change, enter figures, send."""

    readers: Readers
    writer: Writer
    desk: Desk
    programs: Programs
    service: Service


@frozen
class _Served:
    """A site and where it is served: the key of the configuration, what it says."""

    where: str
    address: str
    endpoint: IStreamServerEndpoint
    site: Site


class Sites:
    """Both sites of a node. Reactor's thread.

    :raises ConfigError: by the constructor, when one cannot be served as it says
    """

    def __init__(
        self,
        config: Config,
        board: Board,
        access: Access,
        metrics: Metrics,
        reactor: Any,
    ) -> None:
        self._ports: list[IListeningPort] = []
        self._passwords = Lane(reactor, "smscentre-passwords")
        self._press = Lane(reactor, "smscentre-pages")
        means = Means(
            status=board,
            reader=access.readers,
            changer=PatientWriter(access.writer, reactor),
            passwords=Passwords(self._passwords.run),
            make=self._press.run,
            logins=metrics.web,
            zone=config.centre.timezone,
            clock=reactor,
            wall_clock=time.time,
            config=config.web,
            desk=access.desk,
            programs=access.programs,
            service=access.service,
            country=config.centre.country,
            own_numbers=config.own_numbers,
            schedule=deadline_schedule(config),
        )
        endpoint = partial(endpoint_at, reactor, config)
        monitor = monitor_site(metrics, board, reactor, time.time)
        self._served = [
            _Served(where, address, endpoint(where, address), factory)
            for where, address, factory in (
                ("web.listen", config.web.listen, site(means, Pace(reactor))),
                ("monitor.listen", config.monitor.listen, monitor),
            )
        ]

    def start(self) -> None:
        """Begin the threads."""
        self._passwords.start()
        self._press.start()

    async def listen(self) -> None:
        """Open the pages and the monitor; without them the links go on."""
        for each in self._served:
            try:
                self._ports.append(await each.endpoint.listen(each.site))
            except (CannotListenError, OSError) as error:
                cause = getattr(error, "socketError", error)
                _log.error(
                    "{where}: cannot listen at {address}: {error}; all else goes on "
                    "without it. End what has it, or change {where}; then start again",
                    where=each.where,
                    address=each.address,
                    error=getattr(cause, "strerror", None) or cause,
                )

    async def stop_listening(self, within: Step) -> None:
        """Take no more visits."""
        for port in self._ports:
            await within(maybeDeferred(port.stopListening))

    async def stop(self, within: Step) -> None:
        """End the threads."""
        for lane in (self._passwords, self._press):
            await within(Deferred.fromCoroutine(lane.stop()))
