"""
A small HTTP/1.1 server that also does what servers should not: it writes raw bytes.

One asyncio loop in a thread of this process, on loopback only. Every request is in the
log, with its time and how many were under way at once.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

HEAD_LIMIT = 64 << 10  # bytes of a request's head


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as the log keeps it."""

    at: float  # time.monotonic() when its head had come
    method: str
    path: str  # with the query, as it was sent
    headers: dict[str, str]  # names in lower case
    host: str  # the Host header
    at_once: int  # requests to this host under way, this one among them


@dataclass(slots=True)
class Answer:
    """What a handler gives back. Content-Length is added unless `raw` says everything."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str | bytes]] = field(default_factory=list)
    content_type: str = "text/html"
    raw: bytes | None = None  # the whole answer, head and all
    close: bool = False  # the connection, after the answer


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[Answer | None]]


class Server:
    """Serves on 127.0.0.1 from a thread of its own until it is closed."""

    def __init__(self, handler: Handler, port: int = 0) -> None:
        self.log: list[Request] = []
        self.sent = 0  # bytes of answers
        self.times: list[tuple[float, float, str]] = []  # begin, end, path of each answer
        self._handler = handler
        self._under_way: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(port, ready), daemon=True)
        self._thread.start()
        if not ready.wait(10) or not hasattr(self, "port"):
            raise OSError(f"the test site could not listen on port {port}")

    def close(self) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self, port: int, ready: threading.Event) -> None:
        try:
            asyncio.run(self._serve(port, ready))
        finally:
            ready.set()

    async def _serve(self, port: int, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", port, limit=HEAD_LIMIT)
        self.port: int = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stop.wait()
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._answered(reader, writer):
                    pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read one request and answer it; whether the connection stays."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, path, _ = first.split(" ", 2)
        pairs = (line.split(":", 1) for line in lines if ":" in line)
        headers = {name.strip().lower(): value.strip() for name, value in pairs}
        host = headers.get("host", "")
        self._under_way[host] = self._under_way.get(host, 0) + 1
        request = Request(time.monotonic(), method, path, headers, host, self._under_way[host])
        self.log.append(request)
        try:
            answer = await self._handler(request, writer)
            if answer is None:
                return False
            data = answer.raw if answer.raw is not None else _message(answer)
            self.sent += len(data)
        finally:  # before the client can have it all, so that its next request is counted alone
            self._under_way[host] -= 1
            self.times.append((request.at, time.monotonic(), path))
        writer.write(data)
        await writer.drain()
        return not answer.close


def _message(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} Answer".encode()]
    names = {name.lower() for name, _ in answer.headers}
    if answer.status != 304 and "content-type" not in names:
        lines.append(f"Content-Type: {answer.content_type}".encode())
    if answer.status not in {204, 304}:
        lines.append(f"Content-Length: {len(answer.body)}".encode())
    for name, value in answer.headers:
        lines.append(
            name.encode() + b": " + (value if isinstance(value, bytes) else value.encode())
        )
    return b"\r\n".join(lines) + b"\r\n\r\n" + answer.body
