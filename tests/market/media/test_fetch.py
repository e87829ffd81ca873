"""The client for addresses that users give goes only where it may, and only as far and as long as it may."""

import ipaddress
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from market.media import fetch as fetching
from market.media.fetch import FetchLimits, FetchRefused, check_url, fetch, is_public_address

FORBIDDEN = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2001:0:a00:1::",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_addresses_of_our_own_networks_are_forbidden(address):
    assert not is_public_address(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_of_the_internet_are_allowed(address):
    if not address.startswith("64:"):
        assert is_public_address(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/a",
        "file:///etc/passwd",
        "http://user:secret@example.com/",
        "http://example.com:22/",
        "http://example.com:99999/",
        "http:///x",
        "http://exa mple.com/",
        "http://example.com/\r\nHost: x",
        "//example.com/x",
        "",
        "http://" + "a" * 2000,
    ],
)
def test_addresses_that_are_no_plain_web_addresses_are_refused(url):
    with pytest.raises(FetchRefused) as raised:
        check_url(url)
    assert raised.value.code in ("address_malformed", "address_forbidden")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:7f00:1]/", "http://2130706433/"]
)
def test_our_own_machine_is_not_asked(url):
    with pytest.raises(FetchRefused) as raised:
        fetch(url)
    assert raised.value.code in ("address_forbidden", "host_unknown")


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/picture":
            self.reply(200, b"x" * 1000)
        elif self.path == "/large":
            self.reply(200, b"x" * 5000)
        elif self.path == "/again":
            self.reply(302, b"", Location="/picture")
        elif self.path == "/round":
            self.reply(302, b"", Location="/round")
        elif self.path == "/inside":
            self.reply(302, b"", Location="http://10.0.0.1/secret")
        elif self.path == "/file":
            self.reply(302, b"", Location="file:///etc/passwd")
        elif self.path == "/slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.1)
        else:
            self.reply(404, b"")

    def reply(self, status, body, **headers):
        self.send_response(status)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def limits(server):
    return FetchLimits(
        most_bytes=2000,
        seconds=1.0,
        ports=frozenset({80, int(server.rsplit(":", 1)[1])}),
        is_allowed=lambda address: address.is_loopback,
    )


def test_content_comes_with_its_type(server, limits):
    fetched = fetch(f"{server}/picture", limits=limits)
    assert (len(fetched.content), fetched.content_type) == (1000, "image/png")


def test_a_redirect_is_followed_and_told(server, limits):
    assert fetch(f"{server}/again", limits=limits).url == f"{server}/picture"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/large", "too_large"),
        ("/round", "too_many_redirects"),
        ("/inside", "address_forbidden"),
        ("/file", "address_malformed"),
        ("/missing", "answered"),
        ("/slow", "timed_out"),
    ],
)
def test_what_may_not_be_is_refused_with_its_reason(server, limits, path, code):
    began = time.monotonic()
    with pytest.raises(FetchRefused) as raised:
        fetch(server + path, limits=limits)
    assert raised.value.code == code
    assert time.monotonic() - began < 3


def test_the_name_is_resolved_once_and_the_checked_address_is_used(server, limits, monkeypatch):
    real, asked = socket.getaddrinfo, []

    def resolve(host, port, *args, **named):
        asked.append(host)
        # A second question for the name would be answered with an address inside.
        if host == "rebind.example":
            ip = "127.0.0.1" if asked.count(host) == 1 else "10.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]
        return real(host, port, *args, **named)

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
    port = server.rsplit(":", 1)[1]
    assert fetch(f"http://rebind.example:{port}/picture", limits=limits).content
    assert asked.count("rebind.example") == 1


def test_one_forbidden_address_among_several_is_enough(monkeypatch):
    def resolve(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("1.1.1.1", "127.0.0.1")]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)
    with pytest.raises(FetchRefused) as raised:
        fetch("http://two-faced.example/")
    assert raised.value.code == "address_forbidden"
