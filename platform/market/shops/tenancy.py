"""Entering and leaving a shop, and the one type that keys everything kept outside its schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from market.shops.backend.base import PUBLIC, NoShopEntered, NotInTransaction
from market.shops.backend.current import current
from market.shops.contracts import ShopContext, ShopRef

__all__ = ["AlreadyInShop", "NoShopEntered", "NotInTransaction", "ShopKey", "enter_shop", "entered_shop"]

_entered: ContextVar[ShopRef | None] = ContextVar("entered_shop", default=None)


class AlreadyInShop(RuntimeError):
    """A shop was entered from inside another: leave one before the next."""


def entered_shop() -> ShopRef:
    """The shop whose tables are seen now, for steps that write its events. Raises `NoShopEntered`."""
    shop = _entered.get()
    if shop is None:
        raise NoShopEntered("This step runs inside enter_shop only.")
    return shop


@contextmanager
def enter_shop(shop: ShopRef | ShopContext) -> Iterator[None]:
    """See this shop's tables until the block ends. Demands an open transaction; shops do not nest.

    Raises `NotInTransaction` and `AlreadyInShop`.
    """
    if not current.in_atomic_block:
        raise NotInTransaction("A shop is entered inside a transaction only.")
    if current.schema_name != PUBLIC:
        raise AlreadyInShop(f"{current.schema_name} has not been left yet.")
    current.enter_schema(shop.schema)
    token = _entered.set(ShopRef(shop_id=shop.shop_id, schema=shop.schema))
    try:
        yield
    finally:
        _entered.reset(token)
        current.enter_schema(PUBLIC)


@dataclass(frozen=True, slots=True)
class ShopKey:
    """The key of something of a shop's in a cache, in Valkey, on disk or in an index.

    `shop_id` None is the market itself. Written `s12/card/9`, `market/home`.
    """

    shop_id: int | None
    parts: tuple[str | int, ...]

    def __post_init__(self) -> None:
        if not self.parts or any("/" in str(part) or str(part) in ("", ".", "..") for part in self.parts):
            raise ValueError("A key has parts, none of which is empty or holds a slash.")

    def __str__(self) -> str:
        owner = "market" if self.shop_id is None else f"s{self.shop_id}"
        return "/".join([owner, *map(str, self.parts)])
