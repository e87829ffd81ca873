"""The HTTP side: who may ask (signatures), how answers are signed, and the faults that tests switch on."""

import hmac
import json
import logging
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from onebox.wechatpay import api, cashier, control, refunds, signing, withdrawals
from onebox.wechatpay.api import Answer, Request
from onebox.wechatpay.errors import ApiError, bad_parameter
from onebox.wechatpay.fields import Body
from onebox.wechatpay.notifications import Sender
from onebox.wechatpay.simulator import Simulator

_LARGEST_BODY = 256 * 1024
_TOLERANCE_SECONDS = 300
_TICK_SECONDS = 0.05

log = logging.getLogger("wechatpay.server")


class Server(ThreadingHTTPServer):
    """The provider: answers requests, and beside that sends notifications and finishes refunds."""

    daemon_threads = True
    request_queue_size = 128

    simulator: Simulator

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, Handler)
        self._stopping = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def run(self, simulator: Simulator) -> None:
        """Serve until `stop`."""
        self.simulator = simulator
        self._sender = Sender(simulator)
        threading.Thread(target=self._tick, name="tick", daemon=True).start()
        try:
            self.serve_forever(poll_interval=0.2)
        finally:
            self._stopping.set()
            self._sender.stop()
            self.server_close()

    def stop(self) -> None:
        threading.Thread(target=self.shutdown, daemon=True).start()

    def _tick(self) -> None:
        while not self._stopping.wait(_TICK_SECONDS):
            try:
                refunds.finish_due(self.simulator)
                withdrawals.finish_due(self.simulator)
                self._sender.send_due()
            except Exception:
                # The edge of a loop that must not end: what failed is still in the store and is tried again.
                log.exception("a tick failed")


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "WeChatPaySimulator"
    timeout = 30
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)

    def _serve(self) -> None:
        simulator, path = self.server.simulator, urlsplit(self.path).path
        try:
            raw = self._read_body()
            if path.startswith("/v3/"):
                self._serve_api(simulator, raw)
            elif path.startswith("/_control/"):
                self._send_json(self._serve_control(simulator, path.removeprefix("/_control/"), raw))
            else:
                self._serve_page(simulator, path, raw)
        except ApiError as error:
            self._send_json(Answer(error.status, {"code": error.code, "message": error.message}))
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception:
            log.exception("%s %s failed", self.command, self.path)
            self._send_json(Answer(500, {"code": "SYSTEM_ERROR", "message": "系统异常，请稍后重试"}))

    def _serve_api(self, simulator: Simulator, raw: str) -> None:
        fails = simulator.store.take_switch("fail_next")  # of requests as they come, not as they are worked on
        time.sleep(simulator.store.switch("latency_ms") / 1000)
        if fails:
            raise ApiError(500, "SYSTEM_ERROR", "系统异常，请稍后重试")
        self._authenticate(simulator, raw)
        by_public_key = self.headers.get("Wechatpay-Serial") == simulator.keys.public_key_id
        mode = "public_key" if by_public_key else "certificate"
        answer = api.answer(simulator, Request(self.command, self.path, _parse(raw), mode))
        if simulator.store.take_switch("drop_next"):
            self.close_connection = True
            return
        if answer.file is not None:
            self._send(answer.status, answer.file, {"Content-Type": "application/octet-stream"})
            return
        self._send_json(answer, headers=_sign_answer(simulator, answer, mode))

    def _serve_control(self, simulator: Simulator, path: str, raw: str) -> Answer:
        if self.command == "GET":
            return Answer(200, control.read(simulator, path))
        # A page of another site cannot send JSON here without asking first, and is never answered with leave.
        if self.headers.get_content_type() != "application/json":
            raise ApiError(415, "PARAM_ERROR", "应为 application/json")
        return Answer(200, control.act(simulator, path, _parse(raw)))

    def _serve_page(self, simulator: Simulator, path: str, raw: str) -> None:
        if self.command != "GET":
            raise ApiError(405, "PARAM_ERROR", "只支持 GET")
        language = cashier.choose_language(self.path, self.headers.get("Accept-Language", ""))
        page = cashier.render(simulator, path, language)
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": page.policy}
        self._send(page.status, page.content, headers)

    def _authenticate(self, simulator: Simulator, raw: str) -> None:
        given = signing.parse_authorization(self.headers.get("Authorization", ""))
        keys = simulator.keys
        named = given.get("mchid") == keys.sp_mchid and hmac.compare_digest(
            given.get("serial_no", "").upper().encode(), keys.merchant_serial.encode()
        )
        timestamp = given.get("timestamp", "")
        fresh = timestamp.isdecimal() and abs(simulator.signed_at() - int(timestamp)) <= _TOLERANCE_SECONDS
        parts = (self.command, self.path, timestamp, given.get("nonce_str", ""), raw)
        if not (named and fresh and signing.is_signed(keys.merchant_public, given.get("signature", ""), *parts)):
            raise ApiError(401, "SIGN_ERROR", "签名错误，请检查商户号、证书序列号、时间戳和签名")

    def _read_body(self) -> str:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > _LARGEST_BODY:
            self.close_connection = True
            raise ApiError(413, "PARAM_ERROR", "请求体过大")
        try:
            return self.rfile.read(int(length)).decode()
        except UnicodeDecodeError as error:
            raise bad_parameter("请求体不是 UTF-8") from error

    def _send_json(self, answer: Answer, headers: dict[str, str] | None = None) -> None:
        self._send(answer.status, answer.content, {"Content-Type": "application/json; charset=utf-8"} | (headers or {}))

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        """Head and body in one write: two would wait for each other's acknowledgement."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self._headers_buffer.append(b"\r\n" + content)  # type: ignore[attr-defined]
        self.flush_headers()


def _sign_answer(simulator: Simulator, answer: Answer, mode: str) -> dict[str, str]:
    serial, key = simulator.keys.signer(mode)
    timestamp, nonce = str(simulator.signed_at()), secrets.token_hex(16)
    body = answer.content.decode()
    if simulator.store.take_switch("bad_signature_next"):
        body += " "
    return {
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature": signing.sign(key, timestamp, nonce, body),
        "Wechatpay-Signature-Type": signing.SCHEME,
        "Wechatpay-Timestamp": timestamp,
    }


def _parse(raw: str) -> Body:
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise bad_parameter("请求体不是 JSON") from error
    if not isinstance(body, dict):
        raise bad_parameter("请求体不是 JSON 对象")
    return body
