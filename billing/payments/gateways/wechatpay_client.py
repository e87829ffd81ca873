"""A thin adapter over the library `wechatpayv3`: address, time-out, certificates and errors as we want them."""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.x509 import Certificate
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.core import Core
from wechatpayv3.utils import aes_decrypt, load_certificate

from billing.payments.contracts import BadNotification, ProviderError

SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
TOLERANCE_SECONDS = 300
LARGEST_BODY = 64 * 1024
_SIGNED_HEADERS = tuple(f"wechatpay-{name}" for name in ("signature", "timestamp", "nonce", "serial", "signature-type"))
_SERIAL = re.compile(r"^[0-9A-Fa-f]{8,64}$")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Codes with which the provider asks to be asked again (doc/v3/partner/4012365870, "error codes").
_PASSING = frozenset({"SYSTEM_ERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "BIZERR_NEED_RETRY", "NOT_ENOUGH"})

Json = dict[str, Any]  # a JSON object; what is read of it is checked where it is read


@dataclass(frozen=True, slots=True)
class WechatPayConfig:
    """settings.WECHATPAY. Public-key mode when a public key is named, certificate mode otherwise."""

    base_url: str
    sp_mchid: str
    sp_appid: str
    serial_no: str
    private_key_file: str
    apiv3_key: str
    notify_url: str
    public_key_id: str = ""
    public_key_file: str = ""
    certificate_dir: str = ""
    timeout_seconds: float = 5.0
    own_mchid: str = ""  # our own sub-merchant, for what merchants pay us


class WechatPayClient:
    """Calls the provider and reads its notifications. Safe to share between threads."""

    def __init__(self, config: WechatPayConfig) -> None:
        self.config = config
        self.library = _Library(config)

    def call(self, method: Callable[..., tuple[int, str | bytes]], **arguments: object) -> Json:
        """Run one of the library's methods. Raises ProviderError for every answer but 2xx."""
        try:
            status, content = method(**arguments)
        except requests.RequestException as error:
            raise ProviderError(f"WeChat Pay did not answer: {error}", code="UNREACHABLE") from error
        answer = _read_json(content)
        if 200 <= status < 300:
            return answer
        code = str(answer.get("code", status))
        retry = status >= 500 or status == 429 or code in _PASSING
        raise ProviderError(f"WeChat Pay said {code}: {answer.get('message', '')}"[:500], code=code, retry=retry)

    def read_message(self, headers: Mapping[str, str], body: bytes, now_seconds: float) -> tuple[Json, Json]:
        """A notification and its decrypted resource. Raises BadNotification; trusts nothing before the signature."""
        signed = _read_signed_headers(headers)
        if len(body) > LARGEST_BODY:
            raise BadNotification("too_large")
        if not signed["wechatpay-timestamp"].isascii() or not signed["wechatpay-timestamp"].isdecimal():
            raise BadNotification("bad_timestamp")
        if abs(now_seconds - int(signed["wechatpay-timestamp"])) > TOLERANCE_SECONDS:
            raise BadNotification("old_timestamp", signed["wechatpay-timestamp"])
        try:
            text = body.decode()
        except UnicodeDecodeError as error:
            raise BadNotification("bad_signature", "not UTF-8") from error
        if not self.library.core.is_signed(signed, text):
            raise BadNotification("bad_signature", f"serial {signed['wechatpay-serial']}")
        return self._open(text)

    def _open(self, text: str) -> tuple[Json, Json]:
        try:
            message = json.loads(text)
            resource = message["resource"]
            if resource["algorithm"] != "AEAD_AES_256_GCM":
                raise BadNotification("bad_encryption", str(resource["algorithm"]))
            plain = aes_decrypt(
                nonce=resource["nonce"],
                ciphertext=resource["ciphertext"],
                associated_data=resource.get("associated_data") or "",
                apiv3_key=self.config.apiv3_key,
            )
            if plain is None:
                raise BadNotification("bad_encryption", "the API v3 key does not fit")
            opened = json.loads(plain)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadNotification("unreadable", type(error).__name__) from error
        if not isinstance(opened, dict):
            raise BadNotification("unreadable", "no object")
        return message, opened


class _Core(Core):  # type: ignore[misc]  # the library has no types
    """The library's core with its private address set, and certificates fetched when needed, at most once a minute."""

    _REFRESH_SECONDS = 60.0
    _RETRY_SECONDS = 2.0
    _certificates: list[Certificate]

    def __init__(self, config: WechatPayConfig) -> None:
        self._config = config
        self._lock = threading.RLock()
        self._refresh_from = float("-inf")
        by_public_key = bool(config.public_key_id)
        local = urlsplit(config.base_url).hostname in _LOOPBACK
        super().__init__(
            mchid=config.sp_mchid,
            cert_serial_no=config.serial_no,
            private_key=Path(config.private_key_file).read_text(),
            apiv3_key=config.apiv3_key,
            cert_dir=config.certificate_dir or None,
            timeout=config.timeout_seconds,
            # A proxy of the environment is for the real provider, never for a simulator on this machine.
            proxy={"http": "", "https": ""} if local else None,
            public_key=Path(config.public_key_file).read_text() if by_public_key else None,
            public_key_id=config.public_key_id if by_public_key else None,
        )
        self._gate_way = config.base_url

    def _init_certificates(self) -> None:
        """Called by the library's constructor. What the folder has, without asking anybody: that comes when needed."""
        self._gate_way = self._config.base_url
        now = datetime.now(UTC)
        for path in sorted(Path(self._config.certificate_dir).glob("*.pem")):
            certificate = load_certificate(path.read_text())
            if certificate and certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
                self._certificates.append(certificate)

    def _update_certificates(self) -> None:
        """Fetch certificates, keep the known ones when that fails. Forged notifications cannot make us ask often."""
        if time.monotonic() < self._refresh_from:
            return
        self._refresh_from = time.monotonic() + self._REFRESH_SECONDS
        known = list(self._certificates)
        try:
            super()._update_certificates()
        finally:
            if not self._certificates:
                self._certificates = known
                self._refresh_from = time.monotonic() + self._RETRY_SECONDS

    def _last_certificate(self) -> Certificate:
        """The one that lasts longest. The library compares times without a zone, which `cryptography` gives up."""
        with self._lock:
            if not self._certificates:
                self._update_certificates()
            if not self._certificates:
                raise ProviderError("WeChat Pay gave no platform certificate", code="NO_CERTIFICATE")
            return max(self._certificates, key=lambda certificate: certificate.not_valid_after_utc)

    def _verify_signature(self, headers: Mapping[str, str], body: str) -> bool:
        """For answers: the library would raise a bare Exception, we say what it is."""
        signed = {name: headers.get(name, "") for name in _SIGNED_HEADERS}
        if not self.is_signed(signed, body):
            raise ProviderError("the answer of WeChat Pay is not signed by it", code="BAD_SIGNATURE")
        return True

    def is_signed(self, signed: Mapping[str, str], body: str) -> bool:
        """Whether the provider signed this. The serial is judged before the library parses it."""
        if signed["wechatpay-signature-type"] != SIGNATURE_TYPE:
            return False
        serial = signed["wechatpay-serial"]
        known_form = serial == self._public_key_id if self._public_key_id else bool(_SERIAL.match(serial))
        with self._lock:  # the library empties its list of certificates while it fetches new ones
            return known_form and bool(super()._verify_signature(dict(signed), body))


class _Library(WeChatPay):  # type: ignore[misc]  # the library has no types
    """The library's facade in service-provider mode over our core (its own constructor makes another)."""

    def __init__(self, config: WechatPayConfig) -> None:
        self._type = WeChatPayType.NATIVE
        self._mchid = config.sp_mchid
        self._appid = config.sp_appid
        self._notify_url = config.notify_url
        self._partner_mode = True
        self._core = self.core = _Core(config)


def _read_signed_headers(headers: Mapping[str, str]) -> dict[str, str]:
    lowered = {name.lower(): value for name, value in headers.items()}
    signed = {name: lowered.get(name, "") for name in _SIGNED_HEADERS}
    missing = [name for name, value in signed.items() if not value]
    if missing:
        raise BadNotification("missing_header", ", ".join(missing))
    return signed


def _read_json(content: str | bytes) -> Json:
    """An answer's object; an empty one for an answer without a body or of another form (a proxy's page, say)."""
    try:
        answer = json.loads(content or "{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
