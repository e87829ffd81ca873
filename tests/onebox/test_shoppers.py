"""Simulated shoppers see ads before they click them, each from a network of its own, and a dead market is said so."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from onebox.shoppers.visiting import Market, simulate
from tests.fixtures.wechatpay import free_port

VIEW, CLICK = "v" * 116, "c" * 116
PAGE = f'<li data-ad="{VIEW}"><a href="/ad/{CLICK}/">ad</a></li><a href="/item/7/">goods</a>'
SOLD = '<div data-lot="5"><a href="/ad/slot/5/">place</a></div>'


@dataclass
class Street:
    """A market of one page, and what shoppers did in it: (network, method, path, body)."""

    port: int = 0
    asked: list[tuple[str, str, str, dict[str, Any]]] = field(default_factory=list)
    cookies: set[str] = field(default_factory=set)


@pytest.fixture
def street() -> Iterator[Street]:
    street = Street()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._note({})
            page = PAGE + SOLD if self.path == "/" else PAGE
            status, body = (303, b"") if self.path.startswith("/ad/") else (200, page.encode())
            self.send_response(status)
            if status == 303:
                self.send_header("Location", f"http://{self.headers['Host']}/item/7/")
            self.send_header("Set-Cookie", "guest=abc; Path=/")
            self._end(body)

        def do_POST(self) -> None:
            self._note(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            assert self.headers["Origin"] == f"http://{self.headers['Host']}"
            self.send_response(204)
            self._end(b"")

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

        def _note(self, body: dict[str, Any]) -> None:
            street.asked.append((self.client_address[0], self.command, self.path, body))
            street.cookies.add(self.headers.get("Cookie", ""))

        def _end(self, body: bytes) -> None:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    street.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield street
    server.shutdown()
    server.server_close()


def test_ads_are_drawn_then_seen_then_clicked_by_shoppers_of_many_networks(street: Street) -> None:
    done: list[int] = []
    happened = simulate(Market("jishi.localhost", street.port, 0), visits=30, at_once=4, seed=1, progress=done.append)
    assert done == list(range(1, 31))
    assert not [name for name in happened if "failed" in name or "answer" in name]
    assert happened["views"] and happened["clicks"] and happened["pages"] > 60
    assert street.cookies == {"", "guest=abc"}
    by_network: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for network, _, path, body in street.asked:
        by_network.setdefault(network.rsplit(".", 1)[0], []).append((path, body))
    assert len(by_network) == 30
    for steps in by_network.values():
        clicked = [place for place, (path, _) in enumerate(steps) if path.startswith("/ad/c")]
        for place in clicked:
            assert steps[place - 1][1]["viewed"] == [VIEW]
            assert steps[place - 2] == ("/ad/seen/", {"rendered": [VIEW]})
            assert steps[place + 1][0] == "/item/7/"
            assert steps[place + 2][1]["dwell"]["token"] == CLICK
    told = [body for _, _, path, body in street.asked if path == "/ad/seen/" and "viewed" in body]
    assert sum(len(body["viewed"]) + len(body["lots"]) for body in told) == happened["views"]
    assert sum(body["lots"] == [5] for body in told) == sum(path == "/" for _, _, path, _ in street.asked) == 30


def test_the_same_seed_sends_the_same_shoppers(street: Street) -> None:
    market = Market("jishi.localhost", street.port, 0)
    first = simulate(market, visits=5, at_once=2, seed=3, progress=lambda done: None)
    assert first == simulate(market, visits=5, at_once=1, seed=3, progress=lambda done: None)


def test_a_market_that_does_not_run_is_said_so(settings: Any) -> None:
    settings.PORT = free_port()
    with pytest.raises(CommandError, match="Start it"):
        call_command("simulate_shoppers", visits=2)


@pytest.mark.parametrize("wrong", [{"visits": 0}, {"at_once": 65}, {"pace": -1.0}])
def test_numbers_have_limits(wrong: dict[str, float]) -> None:
    with pytest.raises(CommandError, match="At most"):
        call_command("simulate_shoppers", **wrong)
