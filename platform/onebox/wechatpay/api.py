"""The provider's endpoints: which path does what. Every request here was authenticated before."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.serialization import Encoding

from onebox.wechatpay import applyments, bills, orders, refunds, returns, splits, withdrawals
from onebox.wechatpay.errors import ApiError, bad_parameter
from onebox.wechatpay.fields import Body
from onebox.wechatpay.signing import encrypt_resource
from onebox.wechatpay.simulator import Simulator, stamp


@dataclass(frozen=True, slots=True)
class Request:
    """An authenticated request. `mode` is how the merchant wants answers signed."""

    method: str
    target: str
    body: Body
    mode: str

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def query(self, name: str, default: str | None = None) -> str:
        values = parse_qs(urlsplit(self.target).query).get(name, [])
        if not values and default is not None:
            return default
        if len(values) != 1:
            raise bad_parameter(f"缺少参数 {name}")
        return values[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body; None is no body. A file is sent as it is, without a signature."""

    status: int
    body: object = None
    file: bytes | None = None

    @property
    def content(self) -> bytes:
        return b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()


def _close(simulator: Simulator, request: Request, order_no: str) -> Answer:
    orders.close(simulator, order_no, request.body)
    return Answer(204)


def _certificates(simulator: Simulator, request: Request) -> Answer:
    certificate = simulator.keys.certificate
    pem = certificate.public_bytes(Encoding.PEM).decode()
    described = {
        "serial_no": simulator.keys.certificate_serial,
        "effective_time": stamp(certificate.not_valid_before_utc.timestamp()),
        "expire_time": stamp(certificate.not_valid_after_utc.timestamp()),
        "encrypt_certificate": encrypt_resource(simulator.keys.apiv3_key, pem, "certificate"),
    }
    return Answer(200, {"data": [described]})


_Endpoint = Callable[..., Answer]
_ENDPOINTS: tuple[tuple[str, str, _Endpoint], ...] = (
    ("GET", r"/v3/certificates", _certificates),
    (
        "POST",
        r"/v3/combine-transactions/native",
        lambda simulator, request: Answer(200, orders.place(simulator, request.body, request.mode)),
    ),
    (
        "GET",
        r"/v3/combine-transactions/out-trade-no/([^/]+)",
        lambda simulator, request, order_no: Answer(200, orders.query(simulator, order_no)),
    ),
    ("POST", r"/v3/combine-transactions/out-trade-no/([^/]+)/close", _close),
    (
        "POST",
        r"/v3/refund/domestic/refunds",
        lambda simulator, request: Answer(200, refunds.ask(simulator, request.body, request.mode)),
    ),
    (
        "GET",
        r"/v3/refund/domestic/refunds/([^/]+)",
        lambda simulator, request, no: Answer(200, refunds.query(simulator, no, request.query("sub_mchid"))),
    ),
    (
        "POST",
        r"/v3/profitsharing/orders",
        lambda simulator, request: Answer(200, splits.split(simulator, request.body)),
    ),
    (
        "POST",
        r"/v3/profitsharing/orders/unfreeze",
        lambda simulator, request: Answer(200, splits.unfreeze(simulator, request.body)),
    ),
    (
        "GET",
        r"/v3/profitsharing/orders/([^/]+)",
        lambda simulator, request, no: Answer(
            200, splits.query(simulator, no, request.query("transaction_id"), request.query("sub_mchid"))
        ),
    ),
    (
        "POST",
        r"/v3/profitsharing/return-orders",
        lambda simulator, request: Answer(200, returns.ask(simulator, request.body)),
    ),
    (
        "GET",
        r"/v3/profitsharing/return-orders/([^/]+)",
        lambda simulator, request, no: Answer(
            200, returns.query(simulator, no, request.query("out_order_no"), request.query("sub_mchid"))
        ),
    ),
    (
        "POST",
        r"/v3/profitsharing/receivers/add",
        lambda simulator, request: Answer(200, splits.add_receiver(simulator, request.body)),
    ),
    (
        "POST",
        r"/v3/ecommerce/fund/withdraw",
        lambda simulator, request: Answer(200, withdrawals.ask(simulator, request.body)),
    ),
    (
        "GET",
        r"/v3/ecommerce/fund/withdraw/out-request-no/([^/]+)",
        lambda simulator, request, no: Answer(200, withdrawals.query(simulator, no, request.query("sub_mchid"))),
    ),
    (
        "GET",
        r"/v3/ecommerce/fund/withdraw/(\d+)",
        lambda simulator, request, no: Answer(200, withdrawals.query_by_id(simulator, no, request.query("sub_mchid"))),
    ),
    (
        "GET",
        r"/v3/ecommerce/fund/balance/([^/]+)",
        lambda simulator, request, sub_mchid: Answer(200, withdrawals.balance(simulator, sub_mchid)),
    ),
    (
        "GET",
        r"/v3/bill/(trade|fundflow)bill",
        lambda simulator, request, bill: Answer(200, bills.apply_for(simulator, bill, request.query)),
    ),
    (
        "GET",
        r"/v3/billdownload/file",
        lambda simulator, request: Answer(200, file=bills.fetch(simulator, request.query("token"))),
    ),
    (
        "POST",
        r"/v3/applyment4sub/applyment/",
        lambda simulator, request: Answer(200, applyments.submit(simulator, request.body, request.mode)),
    ),
    (
        "GET",
        r"/v3/applyment4sub/applyment/business_code/([^/]+)",
        lambda simulator, request, code: Answer(200, applyments.query_by_code(simulator, code)),
    ),
    (
        "GET",
        r"/v3/applyment4sub/applyment/applyment_id/(\d+)",
        lambda simulator, request, no: Answer(200, applyments.query_by_id(simulator, no)),
    ),
)
_ROUTES = tuple((method, re.compile(pattern), endpoint) for method, pattern, endpoint in _ENDPOINTS)


def answer(simulator: Simulator, request: Request) -> Answer:
    """Find the endpoint and run it. Raises ApiError."""
    for method, pattern, endpoint in _ROUTES:
        matched = pattern.fullmatch(request.path)
        if matched and method == request.method:
            return endpoint(simulator, request, *matched.groups())
    raise ApiError(404, "RESOURCE_NOT_EXISTS", f"没有接口 {request.method} {request.path}")
