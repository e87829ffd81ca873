"""The one client for addresses that users give. It cannot be led into our own network.

The name is resolved once, every address it has must be public, and the connection goes to the address that was
checked, so that a second answer of the name server changes nothing (DNS rebinding). Redirects are followed by hand
and checked like the first address. Size and time are limited, also against servers that send a byte a second.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = [("User-Agent", "Jishi-Import/1"), ("Accept", "image/*,*/*;q=0.5"), ("Accept-Encoding", "identity")]
_TLS = ssl.create_default_context()


class FetchRefused(RuntimeError):
    """Nothing was fetched; `code` says why (address_forbidden, host_unknown, timed_out, too_large, …)."""

    def __init__(self, code: str, url: str, **params: str | int) -> None:
        super().__init__(f"{code}: {url[:200]}")
        self.code = code
        self.url = url
        self.params = params


def is_public_address(address: Address) -> bool:
    """Whether an address belongs to the open internet, also when it is an IPv4 address wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if wrapped is None and (address in _NAT64 or int(address) >> 32 == 0):
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None and not is_public_address(wrapped):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What a fetch may cost, and where it may go."""

    most_bytes: int = 15 * 1024 * 1024
    seconds: float = 12.0
    redirects: int = 3
    ports: frozenset[int] = frozenset({80, 443})
    is_allowed: Callable[[Address], bool] = is_public_address


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was there, and the address it came from in the end."""

    content: bytes
    content_type: str
    url: str


PICTURES = FetchLimits()


def fetch(url: str, *, limits: FetchLimits = PICTURES) -> Fetched:
    """GET an address that a user gave. Raises `FetchRefused`; never call it inside a transaction."""
    deadline = time.monotonic() + limits.seconds
    for _ in range(limits.redirects + 1):
        check_url(url, limits)
        try:
            outcome = _fetch_once(url, limits, deadline)
        except httpcore.TimeoutException as error:
            raise FetchRefused("timed_out", url) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise FetchRefused("not_reachable", url) from error
        if isinstance(outcome, Fetched):
            return outcome
        url = urljoin(url, outcome)
    raise FetchRefused("too_many_redirects", url)


def check_url(url: str, limits: FetchLimits = PICTURES) -> None:
    """Refuse what is not a plain web address: other schemes, credentials, odd ports, control characters."""
    if len(url) > 2000 or any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise FetchRefused("address_malformed", url)
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna" if not (parts.hostname or "").isascii() else "ascii")
    except (ValueError, UnicodeError) as error:
        raise FetchRefused("address_malformed", url) from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise FetchRefused("address_malformed", url)
    if port not in limits.ports:
        raise FetchRefused("address_forbidden", url)


def _fetch_once(url: str, limits: FetchLimits, deadline: float) -> Fetched | str:
    """The content, or where a redirect points."""
    backend = _PinnedBackend(limits, deadline, url)
    left = max(0.1, deadline - time.monotonic())
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), min(left, 5.0))
    with (
        httpcore.ConnectionPool(ssl_context=_TLS, network_backend=backend, http2=False) as pool,
        pool.stream("GET", _to_ascii(url), headers=_HEADERS, extensions={"timeout": timeouts}) as response,
    ):
        found = {name.lower(): value.decode("latin-1") for name, value in response.headers}
        if response.status in _REDIRECTS and found.get(b"location"):
            return found[b"location"]
        if response.status != 200:
            raise FetchRefused("answered", url, status=response.status)
        if found.get(b"content-encoding", "identity") != "identity":
            raise FetchRefused("not_reachable", url)
        content = _read(response.iter_stream(), url, limits)
        return Fetched(content=content, content_type=found.get(b"content-type", ""), url=url)


def _to_ascii(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host.isascii():
        parts = parts._replace(netloc=parts.netloc.replace(host, host.encode("idna").decode()))
    return _quote(parts.geturl())


def _quote(url: str) -> str:
    return "".join(c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode()) for c in url)


def _read(chunks: Iterable[bytes], url: str, limits: FetchLimits) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > limits.most_bytes:
            raise FetchRefused("too_large", url, limit=limits.most_bytes)
    return bytes(content)


class _PinnedBackend(httpcore.NetworkBackend):
    """Connects to a checked address of the host instead of asking the name server again."""

    def __init__(self, limits: FetchLimits, deadline: float, url: str) -> None:
        self._limits, self._deadline, self._url = limits, deadline, url
        self._tcp = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        address = self._resolve(host, port)
        stream = self._tcp.connect_tcp(str(address), port, timeout, local_address, socket_options)
        return _DeadlineStream(stream, self._deadline)

    def _resolve(self, host: str, port: int) -> Address:
        try:
            answers = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchRefused("host_unknown", self._url, host=host) from error
        addresses = [ipaddress.ip_address(str(answer[4][0]).split("%")[0]) for answer in answers]
        # One forbidden address among several is enough: an honest host has none.
        if not addresses or not all(self._limits.is_allowed(address) for address in addresses):
            raise FetchRefused("address_forbidden", self._url)
        return addresses[0]


class _DeadlineStream(httpcore.NetworkStream):
    """No single read or write may outlive the whole fetch."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the fetch took too long")
        return left if timeout is None else min(timeout, left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, self._left(timeout)), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:  # httpcore's own signature
        return self._stream.get_extra_info(info)
