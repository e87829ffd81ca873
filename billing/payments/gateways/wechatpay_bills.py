"""WeChat Pay's bills of a day: asked for, then fetched from a signed address (doc/v3/merchant/4013071227, …235, …238).

A bill is there from ten o'clock of the next day on. The second answer is not signed: its SHA-1 stands in the first one.
The bills of single sub-merchants are not asked for: the service provider's trade bill has every sub-order of them.
"""

from datetime import date
from urllib.parse import urlsplit

import requests
from wechatpayv3.utils import build_authorization

from billing.payments.contracts import FetchedStatement, NoStatement, ProviderError, StatementNotReady
from billing.payments.gateways.wechatpay_client import Json, WechatPayClient

LARGEST_FILE = 20 * 1024 * 1024
"""Packed: some two million lines."""
_DOWNLOAD_SECONDS = 60
_CHUNK = 256 * 1024


def fetch(client: WechatPayClient, *, kind: str, day: date) -> FetchedStatement:
    """The bill of a day, packed. `kind` is trade or fundflow.

    Raises `NoStatement`, `StatementNotReady`, `ProviderError`.
    """
    described = _apply(client, kind, day)
    address, digest = described.get("download_url"), described.get("hash_value")
    if not isinstance(address, str) or not isinstance(digest, str) or described.get("hash_type") != "SHA1":
        raise ProviderError("WeChat Pay did not say where its bill is", code="BAD_ANSWER")
    return FetchedStatement(_download(client, address), digest, client.config.sp_mchid)


def _apply(client: WechatPayClient, kind: str, day: date) -> Json:
    methods = {"trade": client.library.trade_bill, "fundflow": client.library.fundflow_bill}
    if kind not in methods:
        raise ProviderError(f"WeChat Pay makes no bill called {kind}", code="PARAM_ERROR", retry=False)
    try:
        return client.call(methods[kind], bill_date=day.isoformat(), tar_type="GZIP")
    except ProviderError as error:
        if error.code == "NO_STATEMENT_EXIST":
            raise NoStatement(f"{kind} {day}") from error
        if error.code == "STATEMENT_CREATING":
            raise StatementNotReady(str(error), code=error.code) from error
        raise


def _download(client: WechatPayClient, address: str) -> bytes:
    """The file itself. Our signature goes to the provider's own host only, and no more than the limit is read."""
    parts, home = urlsplit(address), urlsplit(client.config.base_url)
    if (parts.scheme, parts.netloc) != (home.scheme, home.netloc):
        raise ProviderError("the bill lies on another host than WeChat Pay's", code="BAD_ANSWER", retry=False)
    core = client.library.core
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    authorization = build_authorization(path, "GET", client.config.sp_mchid, client.config.serial_no, core._private_key)
    try:
        with requests.get(
            f"{client.config.base_url}{path}",
            headers={"Authorization": authorization, "Accept": "application/json", "Accept-Encoding": "identity"},
            proxies=core._proxy,
            timeout=_DOWNLOAD_SECONDS,
            stream=True,
            allow_redirects=False,
        ) as answer:
            if answer.status_code != 200:
                raise ProviderError(f"the bill could not be fetched: {answer.status_code}", code="BAD_ANSWER")
            return _read(answer)
    except requests.RequestException as error:
        raise ProviderError(f"WeChat Pay did not answer: {error}", code="UNREACHABLE") from error


def _read(answer: requests.Response) -> bytes:
    content = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        content += chunk
        if len(content) > LARGEST_FILE:
            raise ProviderError("the bill is larger than we read", code="TOO_LARGE", retry=False)
    return bytes(content)
