"""Runs the practice acceptance system: in a thread for programs and tests, blocking for the command line."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from villagedesk.practice.access import PracticeSystem
from villagedesk.practice.application import make_application, with_faults
from villagedesk.practice.autopilot import AutopilotSetting
from villagedesk.practice.changes import Bell
from villagedesk.practice.fault_player import TRANSPORT
from villagedesk.practice.faults import FaultPlan, FaultSetting
from villagedesk.practice.load import Load, LoadLimits
from villagedesk.practice.load_shedder import SERVED
from villagedesk.practice.open_files import room_for_connections
from villagedesk.practice.reception import Reception
from villagedesk.practice.station_file import Practice, make_practice
from villagedesk.practice.storage import Storage

_START_SECONDS = 30.0
_GRACE_SECONDS = 1.0
_KEEP_ALIVE_SECONDS = 8
"""The program uses no connection that was idle for 4 s, so that no request of it crosses with this end; what is kept
for longer is one of thousands of sockets that nobody uses again."""

_COLLECT = (20_000, 20, 50)
_SWITCH_SECONDS = 0.001
"""The loop lets go of the interpreter at each call to the system, a dozen times for a handshake, and waits so long for
it while the database's threads are busy."""


class PracticeServer:
    """A practice system in a thread.

    Args:
        folder: prepared by :func:`make_practice`; prepared here when it is not yet.
        host: address to bind to; loopback unless told otherwise.
        port: 0 for the folder's remembered one.
        database_url: SQLAlchemy URL; None for a SQLite file in the folder.
        tls: False for plain HTTP (peers that cannot be given a CA).
        faults: what goes wrong from the start.
        autopilot: what happens by itself.
        limits: how much it takes on at once; as much as it may open files for unless given.
        now: the server's clock, aware, UTC.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        database_url: str | None = None,
        tls: bool = True,
        faults: FaultSetting | None = None,
        autopilot: AutopilotSetting | None = None,
        limits: LoadLimits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.practice: Practice = make_practice(folder, port, host=host, tls=tls)
        self._database_url = database_url or f"sqlite:///{folder / 'acceptance.sqlite'}"
        self.faults = FaultPlan(faults)
        self._autopilot = autopilot or AutopilotSetting()
        self._limits = limits or LoadLimits.for_connections(room_for_connections(LoadLimits.most_connections))
        self._now = now
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.practice.port

    @property
    def address(self) -> str:
        """URL without a trailing slash."""
        return self.practice.address

    def start(self) -> None:
        """Return when the server answers.

        Raises:
            OSError: the port is taken.
            RuntimeError: it did not come up; the cause is chained.
        """
        server, listening = self._prepare()
        self._server, self._failure = server, None
        self._thread = threading.Thread(target=self._serve, args=(server, listening), name="practice-server")
        self._thread.start()
        if not server.up.wait(_START_SECONDS) or not server.started:
            self.stop()
            raise RuntimeError("the practice system did not start") from self._failure

    def stop(self) -> None:
        """End it: requests in hand get a second, then every connection is cut. Harmless when it does not run."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
        self._server = self._thread = None

    def run(self, announce: Callable[[str], None]) -> None:
        """Serve in this thread until interrupted.

        Args:
            announce: told the address once the server listens.
        """
        server, listening = self._prepare()
        # With thousands of connections a collection is a second in which nobody is answered: what is there by now
        # stays, and there is little to be collected of the rest.
        gc.freeze()
        gc.set_threshold(*_COLLECT)
        sys.setswitchinterval(_SWITCH_SECONDS)
        announce(self.address)
        asyncio.run(server.serve(sockets=[listening]))

    def _prepare(self) -> tuple[_Server, socket.socket]:
        listening = _listen(self.practice.host, self.practice.port)
        try:
            storage = Storage(self._database_url)
            system = PracticeSystem(
                storage,
                self.practice.folder,
                self._now,
                faults=self.faults,
                autopilot_setting=self._autopilot,
                address=self.address,
                load=Load(self._limits),
            )
            system.stations.invite(self.practice.division_code, self.practice.name, self.practice.one_time_code)
        except BaseException:
            listening.close()
            raise
        config = uvicorn.Config(
            with_faults(make_application(system), system),
            http=_protocol(system.load),
            ws="none",
            loop="asyncio",
            lifespan="on",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            ssl_context_factory=self._tls_context if self.practice.tls else None,
        )
        return _Server(config, (system.bell, system.arrivals), self._limits.most_connections), listening

    def _tls_context(self, _config: uvicorn.Config, _default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.practice.server_certificate_path, self.practice.server_key_path)
        context.set_alpn_protocols(["http/1.1"])
        context.num_tickets = 0  # the program begins each session anew
        return context

    def _serve(self, server: _Server, listening: socket.socket) -> None:
        try:
            asyncio.run(server.serve(sockets=[listening]))
        except (Exception, SystemExit) as error:  # uvicorn leaves with SystemExit when it cannot start
            self._failure = error
        finally:
            listening.close()
            server.up.set()


def run(
    folder: Path,
    *,
    announce: Callable[[str], None],
    host: str = "127.0.0.1",
    port: int = 0,
    database_url: str | None = None,
    autopilot: AutopilotSetting | None = None,
) -> None:
    """Serve a folder until interrupted, for the command line; arguments as :class:`PracticeServer`."""
    PracticeServer(folder, host=host, port=port, database_url=database_url, autopilot=autopilot).run(announce)


def _protocol(load: Load) -> type[H11Protocol]:
    class Protocol(H11Protocol):
        """Hands each request its connection's transport, so that a fault can tear it, and what the connection was used
        for; and is counted."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            self.app_state = {**self.app_state, TRANSPORT: transport, SERVED: set()}
            super().connection_made(transport)
            if not load.connected():
                transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            load.disconnected()
            super().connection_lost(exc)

    return Protocol


class _Server(uvicorn.Server):
    """Stops promptly: long polls are woken, and kept-alive TLS sessions are not waited for."""

    def __init__(self, config: uvicorn.Config, bells: Sequence[Bell], most_connections: int) -> None:
        super().__init__(config)
        self.up = threading.Event()
        self._bells = bells
        self._most_connections = most_connections
        self._receptions: list[Reception] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn, but who comes over TLS is received one after the other; then tell whoever waits."""
        tls = self.config.ssl
        if tls is None or not isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop):
            await super().startup(sockets)
        else:
            await super().startup([])
            for listening in sockets or []:
                self._receptions.append(Reception(listening, self._protocol, tls, self._most_connections // 4))
                self._receptions[-1].open()
        self.up.set()

    def _protocol(self) -> asyncio.Protocol:
        make: Any = self.config.http_protocol_class
        made: asyncio.Protocol = make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        return made

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """No new connections; requests in hand finish or are cut; then as uvicorn."""
        for server in self.servers:
            server.close()
        for reception in self._receptions:
            reception.close()
        for bell in self._bells:
            bell.close()
        if self.server_state.tasks:
            await asyncio.wait(set(self.server_state.tasks), timeout=_GRACE_SECONDS)
        for connection in list(self.server_state.connections):
            transport: Any = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "nt":  # there SO_REUSEADDR would let two servers share the port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError:
        listening.close()
        raise
    return listening
