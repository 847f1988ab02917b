"""A real HTTP proxy between two parts of Anlu, which can be made to hold, delay, spoil or cut what passes through it."""

import contextlib
import http.server
import json
import socket
import threading
import time
from typing import Any, Literal

import httpx

Mode = Literal["pass", "hold", "keep", "error", "nonsense", "empty", "odd", "drip", "cut"]
NONSENSE = b"<html><body>It works!</body></html>"
ODD = json.dumps({"topic": 7, "confidence": "x", "ranking": [[1]], "directives": [{"say": 1}, None]}).encode()
_LONGEST_HOLD = 60.0


class Proxy:
    """Stands in front of `target`. One request a connection, so that nothing lives on when it goes down.

    pass: as if it were not there. hold: the request is not passed on before `release`. keep: passed on, and the answer is
    held until `release`. error: HTTP 500. nonsense: 200 with a page. empty: 200 with `{}`. odd: 200 with wrong types.
    drip: the answer a byte each half second. cut: half the answer, then the end of the connection.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.mode: Mode = "pass"
        self.seen: list[dict[str, Any]] = []
        """The JSON bodies that came."""
        self.held = threading.Semaphore(0)
        """Counts requests (hold) or answers (keep) that wait for `release`."""
        self._go = threading.Event()
        self._port = 0
        self._server: http.server.ThreadingHTTPServer | None = None
        self.up()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    def up(self) -> None:
        """Listen, on the same port as before."""
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                with contextlib.suppress(OSError, httpx.HTTPError):
                    proxy._serve(self)

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        server.daemon_threads = True
        self._server, self._port = server, server.server_port
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def down(self) -> None:
        """Refuse connections."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def be(self, mode: Mode) -> None:
        """Behave like that from the next request on."""
        self._go.clear()
        self.held = threading.Semaphore(0)
        self.mode = mode

    def release(self) -> None:
        """Let go what is held, and pass everything on from now on."""
        self.mode = "pass"
        self._go.set()

    def _serve(self, request: http.server.BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        with contextlib.suppress(ValueError):
            self.seen.append(json.loads(body))
        mode = self.mode
        if mode == "hold":
            self.held.release()
            self._go.wait(_LONGEST_HOLD)
        if mode == "error":
            return self._answer(request, 500, b'{"error": "Boom"}')
        if mode in ("nonsense", "empty", "odd"):
            return self._answer(request, 200, {"nonsense": NONSENSE, "empty": b"{}", "odd": ODD}[mode])
        headers = {
            k: v for k, v in request.headers.items() if k.lower() not in ("host", "connection", "content-length")
        }
        answer = httpx.request(
            request.command, self.target + request.path, content=body, headers=headers, timeout=60, trust_env=False
        )
        if mode == "keep":
            self.held.release()
            self._go.wait(_LONGEST_HOLD)
        return self._answer(request, answer.status_code, answer.content, mode=mode)

    @staticmethod
    def _answer(request: http.server.BaseHTTPRequestHandler, status: int, body: bytes, *, mode: Mode = "pass") -> None:
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if mode == "cut":
            request.wfile.write(body[: len(body) // 2])
            request.connection.shutdown(socket.SHUT_RDWR)
        elif mode == "drip":
            for byte in body:
                request.wfile.write(bytes([byte]))
                time.sleep(0.5)
        else:
            request.wfile.write(body)
