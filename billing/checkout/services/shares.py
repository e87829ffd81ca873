"""Changing one share: the shop's order and its public copy move together, in one transaction."""

from collections.abc import Callable
from datetime import datetime

from billing.checkout.models import Purchase, PurchaseShare
from billing.checkout.selectors import ShareNotFound
from market.shops.contracts import ShopContext
from market.shops.selectors import get_shop
from market.shops.tenancy import enter_shop
from tenants.orders.contracts import OrderState
from tenants.orders.services import move_order


def lock_share(share_no: str) -> PurchaseShare:
    """Lock a share. Raises `ShareNotFound`."""
    row = PurchaseShare.objects.select_for_update(no_key=True, of=("self",)).filter(share_no=share_no).first()
    if row is None:
        raise ShareNotFound(share_no)
    return row


def lock_purchase(purchase_no: str) -> tuple[Purchase, list[PurchaseShare]]:
    """Lock a purchase and then its shares, shares in shop order (the order in which shops are entered)."""
    purchase = Purchase.objects.select_for_update(no_key=True).get(purchase_no=purchase_no)
    shares = PurchaseShare.objects.select_for_update(no_key=True).filter(purchase=purchase).order_by("shop_id")
    return purchase, list(shares)


def move_share(
    share: PurchaseShare,
    *,
    to: OrderState,
    actor: str,
    actor_id: int | None,
    now: datetime,
    detail: dict[str, str] | None = None,
    also: Callable[[], object] | None = None,
) -> ShopContext:
    """Move a locked share and its order; `also` runs inside the shop. Raises `WrongState`."""
    shop = get_shop(share.shop_id)
    with enter_shop(shop):
        version = move_order(share_no=share.share_no, to=to, actor=actor, actor_id=actor_id, now=now, detail=detail)
        if also is not None:
            also()
    copy_state(share, to, version, now)
    return shop


def copy_state(share: PurchaseShare, state: OrderState, version: int, now: datetime) -> None:
    """Write the order's state and version into its public copy."""
    share.state, share.state_at, share.version = state.value, now, version
    share.save(update_fields=["state", "state_at", "version", "carrier", "shipped_at"])
