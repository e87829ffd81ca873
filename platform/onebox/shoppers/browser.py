"""A browser as far as a shopper's way through the market needs one: cookies, pages, what pages tell. Standard library.

Every shopper comes from a loopback network of its own (127.0.0.0/8), so that the market tells them apart as it does
people at home.
"""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Self

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
WAIT_SECONDS = 15.0
MOST_BYTES = 4 * 2**20
NETWORKS = 250 * 250

_SHOWN_AD = re.compile(r'data-ad="([\w-]{116})"')
_SHOWN_LOT = re.compile(r'data-lot="(\d+)"')
_AD_LINK = re.compile(r'href="(?:https?://[^"/]+)?(/ad/[\w-]{116}/)"')
_LOT_LINK = re.compile(r'href="(?:https?://[^"/]+)?(/ad/slot/\d+/)"')
_GOODS_LINK = re.compile(r'href="(?:https?://[^"/]+)?(/item/\d+/?)"')

Troubles = (OSError, HTTPException)
"""What a request may fail with."""


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: where ads and sold places lead and what they are told by, in the page's order, and goods."""

    status: int
    location: str = ""
    view_tokens: tuple[str, ...] = ()
    lots: tuple[int, ...] = ()
    ad_links: tuple[str, ...] = ()
    lot_links: tuple[str, ...] = ()
    goods_links: tuple[str, ...] = ()


@dataclass(slots=True)
class Shopper:
    """One visitor with cookies and a connection of its own."""

    host: str
    port: int
    number: int
    _cookies: SimpleCookie = field(default_factory=SimpleCookie)
    _connection: HTTPConnection | None = None

    def __enter__(self) -> Self:
        number = self.number % NETWORKS
        source = (f"127.{1 + number // 250}.{number % 250}.2", 0)
        self._connection = HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS, source_address=source)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            self._connection.close()

    def open(self, path: str) -> Page:
        """Ask for a page; redirects are not followed. Raises `Troubles`."""
        answer = self._ask("GET", path)
        html = answer.read(MOST_BYTES).decode("utf-8", "replace")
        answer.read()
        return Page(
            status=answer.status,
            location=_cut_host(answer.headers.get("Location", "")),
            view_tokens=tuple(dict.fromkeys(_SHOWN_AD.findall(html))),
            lots=tuple(int(lot) for lot in dict.fromkeys(_SHOWN_LOT.findall(html))),
            ad_links=tuple(dict.fromkeys(_AD_LINK.findall(html))),
            lot_links=tuple(dict.fromkeys(_LOT_LINK.findall(html))),
            goods_links=tuple(dict.fromkeys(unescape(link) for link in _GOODS_LINK.findall(html))),
        )

    def tell(self, report: dict[str, object]) -> int:
        """Report on ads as the page's script does. Returns the status. Raises `Troubles`."""
        answer = self._ask("POST", "/ad/seen/", json.dumps(report).encode())
        answer.read()
        return answer.status

    def _ask(self, method: str, path: str, body: bytes | None = None) -> HTTPResponse:
        assert self._connection is not None
        headers = {"Host": self._name(), "User-Agent": AGENT, "Accept-Language": "zh-CN"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in self._cookies.items())
        if body is not None:
            origin = f"http://{self._name()}"
            headers |= {"Content-Type": "application/json", "Origin": origin, "Sec-Fetch-Site": "same-origin"}
        self._connection.request(method, path, body=body, headers=headers)
        answer = self._connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self._cookies.load(line)
        return answer

    def _name(self) -> str:
        return f"{self.host}:{self.port}"


def _cut_host(address: str) -> str:
    """The path of an address on this host."""
    return re.sub(r"^https?://[^/]+", "", address)
