"""The line between a browser and its server, that can be cut: nothing passes, nothing new is let in, until mended."""

import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

from tests.serving import Server, free_port


class Cable:
    """Passes on whatever comes, between an address of its own and that of a server."""

    def __init__(self, server: Server) -> None:
        self.to = urlsplit(server.url)
        self.port = free_port()
        self.server = Server(f"http://127.0.0.1:{self.port}", server.pid, server.log)
        self.ends: list[socket.socket] = []
        self.door: socket.socket | None = None

    def __enter__(self) -> Self:
        self.mend()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()

    def mend(self) -> None:
        """Let everybody in again."""
        self.door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._let_in, args=(self.door,), daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and refuse those that are tried."""
        if self.door is not None:
            with suppress(OSError):
                self.door.shutdown(socket.SHUT_RDWR)
            self.door.close()
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.door, self.ends = None, []

    def _let_in(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = door.accept()
                far = socket.create_connection((self.to.hostname, self.to.port))
                self.ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
