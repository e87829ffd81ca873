"""What crosses the border of shops: who the tenant is, which host was asked, what a member may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ShopStatus(StrEnum):
    """applied > open <> suspended; closed is for ever."""

    APPLIED = "applied"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Role(StrEnum):
    """What a member of a shop's team may do."""

    OWNER = "owner"
    MANAGER = "manager"
    GOODS = "goods"
    FULFILMENT = "fulfilment"


class HostKind(StrEnum):
    """The four kinds of host."""

    MARKET = "market"
    PORTAL = "portal"
    CONSOLE = "console"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class ShopName:
    """A shop's name in Chinese and English; either may be empty."""

    zh: str
    en: str

    def best(self, language: str) -> str:
        """The name for a language code, falling back to the other."""
        return (self.en or self.zh) if language.startswith("en") else (self.zh or self.en)


@dataclass(frozen=True, slots=True)
class ShopRef:
    """All that is needed to enter a shop."""

    shop_id: int
    schema: str


@dataclass(frozen=True, slots=True)
class ShopContext:
    """The shop of a request or a task, resolved once. `stall` is its awning's colour, 1 to 12."""

    shop_id: int
    schema: str
    slug: str
    name: ShopName
    intro: ShopName
    mark: str
    stall: int
    status: ShopStatus
    cell: str
    owner_id: int

    @property
    def ref(self) -> ShopRef:
        return ShopRef(shop_id=self.shop_id, schema=self.schema)

    @property
    def is_open(self) -> bool:
        return self.status is ShopStatus.OPEN


@dataclass(frozen=True, slots=True)
class ShopFile:
    """A shop as staff see it: what it is, where it answers, how it got where it stands."""

    shop: ShopContext
    hosts: tuple[str, ...]
    status_reason: str
    applied_at: datetime
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class HostContext:
    """Which of the four kinds of host was asked; `shop` is set for a shop's own host."""

    kind: HostKind
    host: str
    shop: ShopContext | None = None


@dataclass(frozen=True, slots=True)
class Epochs:
    """Counters that change whenever what visitors may see changes."""

    shops: int
    listings: int
    curation: int = 0
    collections: int = 0
    slots: int = 0


@dataclass(frozen=True, slots=True)
class MembershipView:
    """One person's place in one shop's team."""

    user_id: int
    shop_id: int
    role: Role


class Scope(StrEnum):
    """What a token opens. The first two are a person's, the others a shop's."""

    CART = "cart"
    ORDERS = "orders"
    GOODS_READ = "goods:read"
    GOODS_WRITE = "goods:write"
    STOCK_READ = "stock:read"
    STOCK_WRITE = "stock:write"
    SALES_READ = "sales:read"
    SALES_WRITE = "sales:write"
    ADS_READ = "ads:read"
    ADS_WRITE = "ads:write"
    WALLET_READ = "wallet:read"
    WALLET_WRITE = "wallet:write"


PERSON_SCOPES = frozenset({Scope.CART, Scope.ORDERS})
SHOP_SCOPES = frozenset(Scope) - PERSON_SCOPES


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as lists show it and as a request knows it; never the secret."""

    token_id: int
    name: str
    hint: str
    user_id: int
    shop_id: int | None
    scopes: frozenset[Scope]
    expires_at: datetime | None
    last_used_at: datetime | None
