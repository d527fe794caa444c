"""
The review page on this machine's loopback, which saves answers as they are given.

Only this machine can ask, and of its pages only ours: the address carries a token, the Host and
the Origin of a request must be our own (no other site can be made to speak for us), and what comes
in is bounded and checked before it is written.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cleaners.errors import UsageError
from flows.review.answers import LARGEST, Answer, answer_of, latest, read_answers
from flows.review.data import Page
from flows.review.page import html

HOST = "127.0.0.1"
SECONDS = 30  # a request that is not whole by then is let go


class Review:
    """A page that is being served, and the file of its answers."""

    def __init__(self, page: Page, file: Path, port: int = 0) -> None:
        """UsageError: the port is taken, or the file cannot be written or read."""
        self.token = secrets.token_urlsafe(24)
        self.file = file
        self._page = page
        self._lock = threading.Lock()
        self._answers = list(read_answers(file)) if file.exists() else []
        try:
            self._lines = file.open("ab")
        except OSError as error:
            raise UsageError(
                str(file), "answers cannot be written there", saw=error.strerror or "",
                do="name another file: --answers answers.jsonl",
            ) from error  # fmt: skip
        try:
            self._server = ThreadingHTTPServer((HOST, port), self._handler())
        except OSError as error:
            self._lines.close()
            raise UsageError(
                f"--port {port}", "cannot be had", saw=error.strerror or "", do="leave it out"
            ) from error
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        """What to open, the token in it."""
        return f"http://{HOST}:{self.port}/?token={self.token}"

    @property
    def answers(self) -> list[Answer]:
        """The answers that count by now."""
        with self._lock:
            return latest(self._answers)

    def run(self) -> None:
        """Serve until `stop`, or an exception in this thread (Ctrl-C)."""
        try:
            self._server.serve_forever(poll_interval=0.2)
        finally:
            self._server.server_close()
            self._lines.close()

    def stop(self) -> None:
        """End `run`, from another thread."""
        self._server.shutdown()

    def save(self, answer: Answer) -> None:
        """Write one answer down; it is on the disk when this returns."""
        line = json.dumps(answer.state(), ensure_ascii=False).encode() + b"\n"
        with self._lock:
            self._lines.write(line)
            self._lines.flush()
            os.fsync(self._lines.fileno())
            self._answers.append(answer)

    def html(self) -> str:
        return html(self._page, [answer.state() for answer in self.answers], serve=True)

    def _handler(self) -> Callable[..., BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"review": self})


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    review: Review
    timeout = SECONDS
    server_version = "zhengben"
    sys_version = ""

    def do_GET(self) -> None:  # the name that http.server asks for
        url = urlsplit(self.path)
        token = parse_qs(url.query).get("token", [""])[0]
        if not self._is_ours() or not self._knows(token):
            self._reply(HTTPStatus.FORBIDDEN, "Open the address that zhengben review has printed.")
        elif url.path != "/":
            self._reply(HTTPStatus.NOT_FOUND, "There is only one page here.")
        else:
            self._reply(HTTPStatus.OK, self.review.html(), "text/html")

    def do_POST(self) -> None:
        own = self.headers.get("Origin") == f"http://{self.headers.get('Host')}"
        if not self._is_ours() or not own or not self._knows(self.headers.get("X-Zhengben-Token")):
            self._reply(HTTPStatus.FORBIDDEN, "Answers come from the page itself.")
            return
        length = self.headers.get("Content-Length", "")
        if self.path != "/answers" or not length.isdecimal() or int(length) > LARGEST:
            self._reply(HTTPStatus.BAD_REQUEST, "That is no answer.")
            return
        try:
            answer = answer_of(json.loads(self.rfile.read(int(length))))
        except ValueError as error:
            self._reply(HTTPStatus.BAD_REQUEST, str(error))
            return
        try:
            self.review.save(answer)
        except (OSError, UnicodeEncodeError) as error:
            self._reply(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
            return
        self._reply(HTTPStatus.OK, "saved")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
        """Say nothing: the terminal is for people."""

    def _is_ours(self) -> bool:
        """Whether it was asked by our own name: others may lead to this address, too."""
        ours = (f"{HOST}:{self.review.port}", f"localhost:{self.review.port}")
        return self.headers.get("Host") in ours

    def _knows(self, token: str | None) -> bool:
        return hmac.compare_digest((token or "").encode(), self.review.token.encode())

    def _reply(self, status: HTTPStatus, text: str, kind: str = "text/plain") -> None:
        body = text.encode("utf-8", "replace")
        self.send_response(status)
        for name, value in (
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
