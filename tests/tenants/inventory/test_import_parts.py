"""The parts of an import that stand alone: which category is meant, and fetching pictures from a real server."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from market.media.fetch import FetchLimits
from market.taxonomy.selectors import forget_tree, get_tree
from market.taxonomy.services import load_taxonomy
from tenants.catalog.contracts import Text
from tenants.catalog.imports import ImportedPicture
from tenants.inventory.imports import pictures as fetching
from tenants.inventory.imports.categories import find_category
from tenants.inventory.imports.pictures import PictureFetcher


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("mugs", "mugs"),
        ("tableware/mugs", "mugs"),
        ("马克杯", "mugs"),
        ("餐具茶器 > 马克杯", "mugs"),
        ("Home & Garden > Tableware and tea ware > Mugs", "mugs"),
        ("家电 数码 手机/手机/华为手机", "mobile-phones"),
        ("美妆 清洁 宠物/美妆/口红", "lipstick"),
        ("餐具茶器 > 没有的", "tableware"),
        ("没有的", None),
        (" / ", None),
        ("", None),
    ],
)
def test_the_category_a_file_means(db, words, slug):
    forget_tree()
    load_taxonomy()
    found = find_category(get_tree(fresh=True), words)
    assert (found.slug if found else None) == slug


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        target = io.BytesIO()
        Image.new("RGB", (400, 300), "red").save(target, "JPEG")
        body = {"/a.jpg": target.getvalue(), "/text.jpg": b"no picture"}.get(self.path)
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetch(server, clock, *urls, **limits):
    port = int(server.rsplit(":", 1)[1])
    allowed = FetchLimits(ports=frozenset({port}), is_allowed=lambda address: address.is_loopback, **limits)
    fetcher = PictureFetcher(shop_id=7, limits=allowed)
    return fetcher.fetch_all([ImportedPicture(2, url) for url in urls], clock.now)


def test_pictures_come_from_a_real_server_and_what_is_lost_says_why(db, clock, server, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    urls = [f"{server}/{name}.jpg" for name in ("a", "text", "missing")]
    found, lost = fetch(server, clock, *urls, "http://10.0.0.1/x.jpg", "https://no.such.host.invalid/x.jpg")
    assert list(found) == [urls[0]]
    assert found[urls[0]].source_url == urls[0] and found[urls[0]].alt == Text()
    codes = [entry.code for entry in lost]
    assert codes == ["picture_unreadable", "answered", "address_forbidden", "address_forbidden"]


def test_a_product_has_a_budget_of_time(db, clock, server, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS_A_PRODUCT", 0.0)
    found, lost = fetch(server, clock, f"{server}/a.jpg")
    assert found == {} and [entry.code for entry in lost] == ["timed_out"]
