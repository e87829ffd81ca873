"""Who may ask the simulator, and what it says to the rest."""

import http.client
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from onebox.wechatpay import signing
from tests.fixtures.wechatpay import ROOT, Simulator, free_port
from tests.onebox.wechatpay.conftest import make_order


def ask(simulator: Simulator, method: str, path: str, body: str = "", headers: dict[str, str] | None = None):
    """One request as given: status, headers, body."""
    connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=10)
    try:
        connection.request(method, path, body.encode() or None, headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read().decode()
    finally:
        connection.close()


def authorize(simulator: Simulator, method: str, path: str, body: str = "", **changes: str) -> dict[str, str]:
    """The Authorization header, with fields changed after signing; `key` signs with another key."""
    environment = simulator.environment
    key = load_pem_private_key(Path(environment["WECHATPAY_PRIVATE_KEY_FILE"]).read_bytes(), password=None)
    if changes.pop("key", ""):
        key = generate_private_key(public_exponent=65537, key_size=2048)
    fields = {
        "mchid": environment["WECHATPAY_SP_MCHID"],
        "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "timestamp": changes.pop("signed_timestamp", str(int(time.time()))),
        "serial_no": environment["WECHATPAY_SERIAL_NO"],
    }
    fields["signature"] = signing.sign(key, method, path, fields["timestamp"], fields["nonce_str"], body)
    pairs = ",".join(f'{name}="{value}"' for name, value in (fields | changes).items())
    return {"Authorization": f"{signing.SCHEME} {pairs}", "Content-Type": "application/json"}


PATH = "/v3/combine-transactions/out-trade-no/PYNOSUCH"


@pytest.mark.parametrize(
    "changes",
    [
        {"key": "another"},
        {"mchid": "1900000001"},
        {"serial_no": "00"},
        {"timestamp": "1700000000"},
        {"signed_timestamp": str(int(time.time()) - 301)},
        {"signed_timestamp": "soon"},
        {"nonce_str": "X"},
        {"signature": "%%%"},
        {"signature": ""},
    ],
)
def test_a_request_that_is_not_signed_by_the_merchant_is_refused(wechat_simulator, changes):
    status, headers, body = ask(
        wechat_simulator, "GET", PATH, headers=authorize(wechat_simulator, "GET", PATH, **changes)
    )
    assert status == 401 and json.loads(body)["code"] == "SIGN_ERROR"
    assert "Wechatpay-Signature" not in headers


def test_a_signature_covers_method_path_and_body(wechat_simulator):
    signed = authorize(wechat_simulator, "GET", PATH)
    assert ask(wechat_simulator, "GET", PATH, headers=signed)[0] == 404
    assert ask(wechat_simulator, "GET", PATH + "?x=1", headers=signed)[0] == 401
    assert ask(wechat_simulator, "POST", PATH, headers=signed)[0] == 401
    assert ask(wechat_simulator, "GET", PATH, body="{}", headers=signed)[0] == 401
    assert ask(wechat_simulator, "GET", PATH, headers={"Authorization": "Basic eDp5"})[0] == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [("", 400), ("[]", 400), ("{", 400), ("null", 400), ('"x"', 400), ("{}", 400), ('{"combine_mchid": 5}', 400)],
)
def test_odd_bodies_get_a_parameter_error(wechat_simulator, body, status):
    path = "/v3/combine-transactions/native"
    answer = ask(wechat_simulator, "POST", path, body, authorize(wechat_simulator, "POST", path, body))
    assert answer[0] == status and json.loads(answer[2])["code"] == "PARAM_ERROR"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: body["sub_orders"].clear(), "PARAM_ERROR"),
        (lambda body: body["sub_orders"][0]["amount"].update(total_amount=0), "PARAM_ERROR"),
        (lambda body: body["sub_orders"][0]["amount"].update(total_amount=1.5), "PARAM_ERROR"),
        (lambda body: body["sub_orders"][0]["amount"].update(total_amount=True), "PARAM_ERROR"),
        (lambda body: body["sub_orders"][0]["amount"].update(currency="USD"), "PARAM_ERROR"),
        (lambda body: body["sub_orders"][0].update(out_trade_no="short"), "PARAM_ERROR"),
        (lambda body: body["sub_orders"][0].update(description="长" * 43), "PARAM_ERROR"),
        (lambda body: body["sub_orders"][0].update(sub_mchid="1600000000"), "NO_AUTH"),
        (lambda body: body["sub_orders"][0].update(mchid="1900000001"), "PARAM_ERROR"),
        (lambda body: body.update(combine_appid="wx0"), "PARAM_ERROR"),
        (lambda body: body.update(notify_url="ftp://x/"), "PARAM_ERROR"),
        (lambda body: body.update(notify_url="http://x/?a=1"), "PARAM_ERROR"),
        (lambda body: body.update(time_expire="tomorrow"), "PARAM_ERROR"),
        (lambda body: body.update(time_expire="2030-01-01T00:00:00"), "PARAM_ERROR"),
        (lambda body: body.update(combine_out_trade_no="a b"), "PARAM_ERROR"),
    ],
)
def test_an_order_is_read_strictly(gateway, wechat_simulator, change, code):
    order = make_order(gateway, 100)
    environment = wechat_simulator.environment
    body = {
        "combine_appid": environment["WECHATPAY_SP_APPID"],
        "combine_mchid": environment["WECHATPAY_SP_MCHID"],
        "combine_out_trade_no": order.payment_no,
        "notify_url": "http://127.0.0.1:9/",
        "sub_orders": [gateway._sub_order(share, "CNY") for share in order.shares],
    }
    path = "/v3/combine-transactions/native"
    change(body)
    text = json.dumps(body)
    answer = ask(wechat_simulator, "POST", path, text, authorize(wechat_simulator, "POST", path, text))
    assert json.loads(answer[2])["code"] == code


def test_a_body_that_is_too_large_is_not_read(wechat_simulator):
    connection = http.client.HTTPConnection("127.0.0.1", wechat_simulator.port, timeout=10)
    connection.putrequest("POST", "/v3/combine-transactions/native")
    connection.putheader("Content-Length", "999999999")
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_the_control_interface_takes_json_only(wechat_simulator):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(wechat_simulator, "POST", "/_control/reset", "a=1", form)[0] == 415
    assert ask(wechat_simulator, "POST", "/_control/nothing", "{}", {"Content-Type": "application/json"})[0] == 404
    assert ask(wechat_simulator, "GET", "/_control/nothing")[0] == 404
    wrong = json.dumps({"no_such_switch": 1})
    assert ask(wechat_simulator, "POST", "/_control/switches", wrong, {"Content-Type": "application/json"})[0] == 400


def test_the_cashier_page_shows_shops_and_escapes_their_names(gateway, wechat_simulator):
    gateway.enrol_merchant(shop_id=1, shop_name="<b>茶&酒</b>")
    order = make_order(gateway, 1234_56, 100)
    path = "/" + gateway.start(order).qr_content.split("/", 3)[3]
    status, headers, page = ask(wechat_simulator, "GET", path, headers={"Accept-Language": "zh-CN"})
    assert status == 200 and "&lt;b&gt;茶&amp;酒&lt;/b&gt;" in page and "<b>茶" not in page
    assert "1,235.56" in page and "1,234.56" in page and 'lang="zh-Hans"' in page
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", headers["Content-Security-Policy"])
    assert nonce and page.count(f'nonce="{nonce.group(1)}"') == 2 and "unsafe" not in headers["Content-Security-Policy"]
    assert "Pay now" in ask(wechat_simulator, "GET", path + "?lang=en")[2]
    assert "Pay now" in ask(wechat_simulator, "GET", path, headers={"Accept-Language": "en-GB"})[2]
    assert order.payment_no in ask(wechat_simulator, "GET", "/")[2]
    assert ask(wechat_simulator, "GET", "/pay/nothing")[0] == 404


def test_a_port_in_use_is_said_in_a_sentence(wechat_simulator, tmp_path):
    command = [sys.executable, "-m", "onebox.wechatpay", "--port", str(wechat_simulator.port), "--keys", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT / "platform", capture_output=True, text=True, timeout=30)
    assert done.returncode == 1 and f"port {wechat_simulator.port} cannot be used" in done.stderr


def test_keys_are_made_once_and_kept_private(tmp_path):
    command = [sys.executable, "-m", "onebox.wechatpay", "--keys", str(tmp_path), "--only-keys", "--port"]
    first, second = free_port(), free_port()
    for port in (first, second):
        subprocess.run([*command, str(port)], cwd=ROOT / "platform", check=True, timeout=30)
        if port == first:
            index = (tmp_path / "keys.json").read_text()
    assert (tmp_path / "keys.json").read_text() == index
    assert f"WECHATPAY_BASE_URL=http://127.0.0.1:{second}" in (tmp_path / "wechatpay.env").read_text()
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


def test_the_simulator_imports_nothing_of_the_product():
    probe = "import sys, onebox.wechatpay.__main__; print(sorted(n for n in sys.modules if n.split('.')[0] in " + (
        "('django', 'billing', 'market', 'tenants', 'config', 'web', 'search', 'wechatpayv3')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT / "platform", capture_output=True, text=True, timeout=30
    )
    assert done.stdout.strip() == "[]", done.stderr
