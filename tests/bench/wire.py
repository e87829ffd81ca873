"""A lean HTTP/1.1 client for measuring: one kept-alive connection, one question at a time, loopback only.

It costs a tenth of a full client, so that on a small machine the server is measured and not the measuring.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from json import dumps
from urllib.parse import urlencode

LOOPBACK = "127.0.0.1"
ANSWER_SECONDS = 60.0


class BrokenAnswer(OSError):
    """The server closed the connection before its answer was complete."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, its header lines unparsed: most of them nobody asks for."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """The first value of a header, or nothing."""
        start = self.head.lower().find(b"\r\n" + name.lower().encode() + b":")
        if start < 0:
            return ""
        end = self.head.find(b"\r\n", start + 2)
        line = self.head[start + 2 : end if end >= 0 else len(self.head)]
        return line.partition(b":")[2].strip().decode("latin-1")

    def cookies(self) -> dict[str, str]:
        """Names and values that the answer sets."""
        lines = [line for line in self.head.split(b"\r\n") if line.lower().startswith(b"set-cookie:")]
        pairs = (line.partition(b":")[2].split(b";", 1)[0].strip().decode("latin-1") for line in lines)
        return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


class _Stream(asyncio.Protocol):
    """Collects bytes until the answer that is waited for is complete."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._bytes += data
        end = self._bytes.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None:
            return
        head = bytes(self._bytes[:end])
        whole = end + 4 + _read_length(head)
        if len(self._bytes) >= whole:
            answer = Answer(int(head[9:12]), head, bytes(self._bytes[end + 4 : whole]))
            del self._bytes[:whole]
            waiting, self._waiting = self._waiting, None
            waiting.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(BrokenAnswer(str(error or "closed")))

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def send(self, request: bytes) -> "asyncio.Future[Answer]":
        assert self._transport is not None and self._waiting is None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _read_length(head: bytes) -> int:
    lower = head.lower()
    start = lower.find(b"\r\ncontent-length:")
    if start < 0:
        assert lower[9:12] in (b"204", b"304"), head  # our server always says how long an answer is
        return 0
    end = lower.find(b"\r\n", start + 2)
    return int(lower[start + 17 : end if end >= 0 else len(lower)])


@dataclass
class Client:
    """One visitor with cookies of its own. Opens its connection again when the server closed it."""

    port: int
    host: str
    cookies: dict[str, str] = field(default_factory=dict)
    _stream: _Stream | None = None

    def request(
        self,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The bytes of a question, to be sent often; a POST with a form or with JSON."""
        has_body = form is not None or json is not None
        lines = [f"{'POST' if has_body else 'GET'} {path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        body = b""
        if has_body:
            body = (dumps(json) if form is None else urlencode(form)).encode()
            kind = "application/json" if form is None else "application/x-www-form-urlencoded"
            lines += [f"Origin: http://{self.host}", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    async def send(self, request: bytes) -> Answer:
        """Send ready bytes. Raises OSError (also TimeoutError)."""
        if self._stream is None or not self._stream.is_open:
            _, self._stream = await asyncio.get_running_loop().create_connection(_Stream, LOOPBACK, self.port)
        return await self._stream.send(request)

    async def ask(self, path: str, *, form: Mapping[str, str] | None = None, json: object = None) -> Answer:
        """Ask and keep the cookies, as a browser does; redirects are not followed."""
        answer = await asyncio.wait_for(self.send(self.request(path, form=form, json=json)), ANSWER_SECONDS)
        self.cookies.update(answer.cookies())
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._stream is not None:
            self._stream.close()
