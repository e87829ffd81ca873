"""Walks every address as people whose business it is not, and notes whatever they get to see or to change."""

import json
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client

from tests.leaks import canaries
from tests.leaks.addresses import Address, fill, list_addresses
from tests.leaks.canaries import ALL, OF_BUYER, Canary, in_groups
from tests.leaks.rows import Rows
from tests.leaks.stage import Stage, sign_in

REFUSED = frozenset({401, 403, 404, 405, 406, 415, 421})
JSON = "application/json"
MARKET, PORTAL, CONSOLE, SHOP = "market", "portal", "console", "shop"


@dataclass(frozen=True, slots=True)
class Walker:
    """Somebody who looks around: on which hosts, as whom, and what may be seen by him.

    `keeps` are the beginnings of the names of tables in which nothing may be changed by him. `asks` is somebody who
    asks for the first shop, in the address and by what an old session remembers.
    """

    name: str
    kinds: tuple[str, ...]
    person: str = ""
    token: str = ""
    shop: int | None = None
    asks: bool = False
    may_see: frozenset[Canary] = frozenset()
    keeps: tuple[str, ...] = ("",)
    only_reads: bool = False


VISITOR = Walker("a visitor", (MARKET, PORTAL, CONSOLE, SHOP))
SHOPPER = Walker("another shopper", (MARKET, PORTAL, CONSOLE, SHOP), person="shopper")
STRANGER = Walker("the owner of another shop", (MARKET, PORTAL, CONSOLE, SHOP), person="stranger", shop=1)
ASKING = Walker("the owner of another shop, who asks for this one", (PORTAL,), "stranger", shop=0, asks=True)
SHOP_TOKEN = Walker("another shop's token", (MARKET, PORTAL), token="stranger")
PERSON_TOKEN = Walker("another shopper's token", (MARKET, PORTAL), token="shopper")
FULFILMENT = Walker(
    "a member who sends parcels",
    (PORTAL,),
    "fulfilment",
    shop=0,
    may_see=in_groups(canaries.ORDERS) | {Canary.MEMBER},
    keeps=("catalog_", "inventory_stockmovement", "inventory_warehouse", "shipping_", "shops_", "jobs_"),
)
GOODS = Walker(
    "a member who looks after goods",
    (PORTAL,),
    "goods",
    shop=0,
    may_see=in_groups(canaries.GOODS, canaries.TEAM),
    keeps=("orders_", "shipping_", "shops_", "checkout_", "payments_"),
)
STRANGERS = (VISITOR, SHOPPER, STRANGER, ASKING, SHOP_TOKEN, PERSON_TOKEN, FULFILMENT, GOODS)

SHOWN = ALL - {Canary.MAIL, Canary.UNOPENED, Canary.ACCOUNT}
OWNER = Walker("the owner", (PORTAL,), "owner", shop=0, may_see=SHOWN, only_reads=True)
OWNER_TOKEN = Walker("the shop's token", (PORTAL,), token="owner", may_see=SHOWN, only_reads=True)
BUYER = Walker("the buyer", (MARKET,), "buyer", may_see=OF_BUYER, only_reads=True)
BUYER_TOKEN = Walker("the buyer's token", (MARKET,), token="buyer", may_see=OF_BUYER, only_reads=True)
APPLICANT = Walker(
    "the owner of a shop that is not open",
    (PORTAL,),
    "owner",
    shop=2,
    may_see=frozenset({Canary.UNOPENED, Canary.OWNER}),
    only_reads=True,
)
ENTITLED = (OWNER, APPLICANT, OWNER_TOKEN, BUYER, BUYER_TOKEN)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be: who asked what, and what came of it."""

    who: str
    asked: str
    what: str

    def __str__(self) -> str:
        return f"{self.who}: {self.asked} → {self.what}"


@dataclass
class Report:
    """What a walk found, what was seen rightly, and how far it went."""

    findings: list[Finding] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)
    requests: int = 0

    def tell(self, most: int = 20) -> str:
        """The findings in words."""
        return "\n".join(map(str, self.findings[:most])) or f"nothing in {self.requests} requests"


Keep = Callable[[Address], bool]


def walk(stage: Stage, walkers: Sequence[Walker], *, only: Keep = lambda address: True, reads: bool = False) -> Report:
    """Let each of the walkers go everywhere he can knock. `reads` leaves out what could change something."""
    report, rows = Report(), Rows(stage)
    addresses = [(address, fill(address, stage.values)) for address in list_addresses() if only(address)]
    for walker in walkers:
        _Walk(stage, walker, report, rows, reads or walker.only_reads).go(addresses)
    return report


@dataclass
class _Walk:
    stage: Stage
    walker: Walker
    report: Report
    rows: Rows
    reads: bool
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def go(self, addresses: Sequence[tuple[Address, str]]) -> None:
        before = {} if self.reads else self.rows.digest()
        for kind in self.walker.kinds:
            self._sign_in(kind)
            for address, path in addresses:
                if address.kind == kind and (address.is_api or not self.walker.token):
                    before = self._visit(address, path, before)
            if not self.reads:
                before = self._compare(f"something on {kind} that was refused", before)

    @property
    def _query(self) -> str:
        """Ids of the first shop under whatever name a page may read them from the address."""
        ids, number = self.stage.values, self.stage.values["share_no"]
        return (
            f"q={number}&number={number}&variant={ids['variant_id']}&variant_id={ids['variant_id']}"
            f"&product_id={ids['product_id']}&warehouse={ids['warehouse_id']}&shop_id={ids['shop_id']}"
            f"&job_id={ids['job_id']}&media_id={ids['media_id']}&user_id={self.stage.people['buyer']}"
        )

    def _visit(self, address: Address, path: str, before: dict[str, str]) -> dict[str, str]:
        for method, sent, options in self._list_requests(address, path):
            response = self._ask(address.kind, method, sent, options)
            if method == "GET":
                continue
            if response.status_code not in REFUSED:
                before = self._compare(f"{method} {address.kind}:{path}", before)
                self._sign_in(address.kind)  # some pages end the session
        return before

    def _list_requests(self, address: Address, path: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        if self.walker.asks:
            yield "GET", f"{path}?shop_id={self.stage.shop.shop_id}", {}
            yield "GET", f"{path}?shop={self.stage.shop.slug}", {}
        yield "GET", path, {}
        yield "GET", f"{path}?{self._query}", {"HTTP_HX_REQUEST": "true"}
        if self.reads:
            return
        yield "POST", path, {"data": self.stage.form}
        more = self.stage.bodies.get(address.name, {"reason": "because"})
        for body in ({}, more) if address.is_api else ({},):
            yield "POST", path, {"data": json.dumps(body), "content_type": JSON}
        for method in ("PUT", "PATCH", "DELETE"):
            data = json.dumps(self.stage.bodies.get(address.name, {}))
            yield method, path, {"data": data, "content_type": JSON}

    def _ask(self, kind: str, method: str, path: str, options: dict[str, Any]) -> Any:
        headers = {"Host": self._host(kind), "Idempotency-Key": f"leaks-{self.report.requests}"}
        if self.walker.token:
            headers["Authorization"] = f"Bearer {self.stage.tokens[self.walker.token]}"
        self.report.requests += 1
        response = getattr(self.client, method.lower())(path, headers=headers, **options)
        asked = f"{method} {kind}:{path}"
        if response.status_code >= 500:
            told = traceback.format_exception_only(*response.exc_info[:2])[-1].strip() if response.exc_info else ""
            self._note(asked, f"error {response.status_code} {told}")
        found = canaries.find(_read_all(response), secrets=self.stage.secrets)
        self.report.seen.setdefault(self.walker.name, set()).update(found)
        for canary in sorted(found - self.walker.may_see):
            self._note(asked, f"shows {canary}")
        return response

    def _compare(self, asked: str, before: dict[str, str]) -> dict[str, str]:
        after = self.rows.digest()
        for table in sorted(after):
            if after[table] != before.get(table) and table.startswith(self.walker.keeps):
                self._note(asked, f"changes {table}")
        return after

    def _note(self, asked: str, what: str) -> None:
        self.report.findings.append(Finding(self.walker.name, asked, what))

    def _sign_in(self, kind: str) -> None:
        self.client.cookies.clear()
        if self.walker.person:
            shop = self.stage.shops[self.walker.shop].shop_id if self.walker.shop is not None else None
            key = sign_in(self.stage.people[self.walker.person], kind, shop_id=shop)
            self.client.cookies[settings.SESSION_COOKIE_NAME] = key

    def _host(self, kind: str) -> str:
        return {
            MARKET: settings.MARKET_HOST,
            PORTAL: settings.PORTAL_HOST,
            CONSOLE: settings.CONSOLE_HOST,
            SHOP: f"{self.stage.shop.slug}.{settings.MARKET_HOST}",
        }[kind]


def _read_all(response: Any) -> list[str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    texts = [*canaries.read(body), *(f"{name}: {value}" for name, value in response.headers.items())]
    for cookie in response.cookies.values():
        texts += canaries.read_cookie(cookie.value)
    return texts
