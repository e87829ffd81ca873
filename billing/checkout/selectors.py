"""Reads of carts, purchases and shares. What a person lists is read from here, never from the shops' schemas."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from billing.checkout.contracts import (
    CartLineView,
    CartOwner,
    CartView,
    PurchaseState,
    PurchaseView,
    SalesFigures,
    ShareOutcomes,
    ShareSummary,
    ShareTerms,
)
from billing.checkout.models import CartLine, Purchase, PurchaseShare
from billing.checkout.offers import unpack_offer
from billing.settlement.rules.commission import read_groups
from market.money import included_portion
from tenants.catalog.contracts import Text
from tenants.orders.contracts import OrderState, PaymentMethod

SOLD_STATES = ("paid", "shipped", "delivered", "completed")
EMPTY_CART = CartView(cart_id=0, lines=())

# The tabs of an order list and the states behind them; one definition for shopper and shop.
TABS: dict[str, Q] = {
    "all": Q(),
    "to_pay": Q(state="submitted", method="wechatpay"),
    "to_ship": Q(state="paid") | Q(state="submitted", method="cod"),
    "to_receive": Q(state__in=["shipped", "delivered"]),
    "done": Q(state="completed"),
    "after_sales": Q(state__in=["refunding", "refunded"]),
    "cancelled": Q(state="cancelled"),
}


class PurchaseNotFound(LookupError):
    """This person has no such purchase."""


class ShareNotFound(LookupError):
    """There is no such share, or it is somebody else's."""


def get_cart(owner: CartOwner) -> CartView:
    """The cart, one statement; empty when there is none."""
    rows = list(lines_of(owner).order_by("-shop_id", "-added_at", "-id"))
    if not rows:
        return EMPTY_CART
    return CartView(cart_id=rows[0].cart_id, lines=tuple(to_line(row) for row in rows))


def count_pieces(owner: CartOwner) -> int:
    """The number in the cart's bubble, one statement."""
    return int(lines_of(owner).aggregate(pieces=Sum("quantity"))["pieces"] or 0)


def get_purchase(*, purchase_no: str, buyer_id: int) -> PurchaseView:
    """A buyer's purchase, two statements. Raises `PurchaseNotFound`."""
    row = Purchase.objects.filter(purchase_no=purchase_no, buyer_id=buyer_id).first()
    if row is None:
        raise PurchaseNotFound(purchase_no)
    return to_purchase(row, list(row.shares.order_by("shop_id")))


def find_purchase_by_key(*, buyer_id: int, place_key: str) -> PurchaseView | None:
    """What an earlier request with this key placed."""
    row = Purchase.objects.filter(buyer_id=buyer_id, place_key=place_key).first()
    return to_purchase(row, list(row.shares.order_by("shop_id"))) if row else None


def find_purchase(purchase_no: str) -> PurchaseView | None:
    """Anybody's purchase, for staff; two statements."""
    row = Purchase.objects.filter(purchase_no=purchase_no).first()
    return to_purchase(row, list(row.shares.order_by("shop_id"))) if row else None


def list_purchases(
    *,
    state: PurchaseState | None = None,
    shop_id: int | None = None,
    number: str = "",
    before_id: int | None = None,
    limit: int = 50,
) -> list[tuple[int, PurchaseView]]:
    """Purchases for staff, newest first, with the id to go on from; two statements.

    `number` is how a purchase's number begins, or one of its shares' numbers.
    """
    rows = Purchase.objects.prefetch_related("shares").order_by("-id")
    if state is not None:
        rows = rows.filter(state=state.value)
    if shop_id is not None:
        rows = rows.filter(pk__in=PurchaseShare.objects.filter(shop_id=shop_id).values("purchase_id"))
    if number:
        rows = rows.filter(purchase_no__startswith=number.strip().upper().partition("-")[0])
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [
        (row.pk, to_purchase(row, sorted(row.shares.all(), key=lambda share: share.shop_id))) for row in rows[:limit]
    ]


def count_purchases_by_state() -> dict[PurchaseState, int]:
    """How many purchases stand in each state: for staff."""
    found = dict(Purchase.objects.values_list("state").annotate(number=Count("pk")).order_by())
    return {state: found.get(state.value, 0) for state in PurchaseState}


def sum_sales(*, since: datetime, until: datetime) -> SalesFigures:
    """What was bought from `since` (included) to `until` (not included), one statement: for staff."""
    sold = Q(state__in=[PurchaseState.PAID.value, PurchaseState.AGREED.value])
    found = Purchase.objects.filter(placed_at__gte=since, placed_at__lt=until).aggregate(
        purchases=Count("pk"),
        waiting=Count("pk", filter=Q(state=PurchaseState.WAITING.value)),
        sold=Count("pk", filter=sold),
        sold_minor=Sum("total_minor", filter=sold),
        buyers=Count("buyer_id", filter=sold, distinct=True),
    )
    return SalesFigures(**{**found, "sold_minor": int(found["sold_minor"] or 0)})


def count_sold(*, since: datetime) -> dict[tuple[int, int], int]:
    """Pieces sold of each (shop id, listing id) since an instant, without what was cancelled or refunded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shop_id, (line->>'listing_id')::bigint, sum((line->>'quantity')::bigint)"
            " FROM checkout_purchaseshare, jsonb_array_elements(summary->'lines') AS line"
            " WHERE placed_at >= %s AND state IN ('paid', 'shipped', 'delivered', 'completed') GROUP BY 1, 2",
            [since],
        )
        return {(int(shop_id), int(listing_id)): int(pieces) for shop_id, listing_id, pieces in cursor.fetchall()}


def count_outcomes(*, since: datetime, now: datetime, ship_within: timedelta) -> ShareOutcomes:
    """How the orders placed since an instant went, of all shops: two statements.

    An order counts as sold once it is paid or agreed on. It is due when it was sent, or when its time to be sent is
    over; orders that were sent before it was kept when are not due.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shop_id, product_id, count(*), count(*) FILTER (WHERE state IN ('refunding', 'refunded')) FROM ("
            " SELECT DISTINCT share.id, shop_id, state, (line->>'product_id')::bigint AS product_id"
            " FROM checkout_purchaseshare AS share, jsonb_array_elements(summary->'lines') AS line"
            " WHERE placed_at >= %s AND placed_at <= %s AND line->>'product_id' IS NOT NULL AND state IN"
            " ('paid', 'shipped', 'delivered', 'completed', 'refunding', 'refunded')) AS sold GROUP BY 1, 2",
            [since, now],
        )
        goods = {(int(shop), int(product)): (int(sold), int(back)) for shop, product, sold, back in cursor.fetchall()}
        cursor.execute(
            "SELECT shop_id, count(*), count(*) FILTER (WHERE shipped_at <= placed_at + make_interval(secs => %s))"
            " FROM checkout_purchaseshare WHERE placed_at >= %s AND placed_at <= %s"
            " AND (shipped_at IS NOT NULL OR placed_at < %s"
            " AND (state = 'paid' OR state = 'submitted' AND method = 'cod')) GROUP BY 1",
            [ship_within.total_seconds(), since, now, now - ship_within],
        )
        sent = {int(shop): (int(due), int(in_time)) for shop, due, in_time in cursor.fetchall()}
    return ShareOutcomes(goods, sent)


def list_kept_goods(*, share_nos: Iterable[str]) -> dict[str, list[int]]:
    """Listing ids of what was received and kept, by number of the purchases that these shares belong to.

    Of all shops of such a purchase; one statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT purchase_no, array_agg(DISTINCT (line->>'listing_id')::bigint)"
            " FROM checkout_purchase purchase JOIN checkout_purchaseshare share ON share.purchase_id = purchase.id,"
            " jsonb_array_elements(summary->'lines') AS line"
            " WHERE share.state = %s AND line->>'listing_id' IS NOT NULL AND purchase.id IN"
            " (SELECT purchase_id FROM checkout_purchaseshare WHERE share_no = ANY(%s)) GROUP BY 1",
            [OrderState.COMPLETED.value, list(share_nos)],
        )
        return {str(purchase_no): list(listing_ids) for purchase_no, listing_ids in cursor.fetchall()}


def list_bought_listings(buyer_id: int, *, limit: int = 200) -> list[int]:
    """Listing ids of what a person bought, newest orders first, without what was cancelled or given back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (line->>'listing_id')::bigint FROM checkout_purchaseshare share,"
            " jsonb_array_elements(summary->'lines') AS line"
            " WHERE buyer_id = %s AND state IN ('submitted', 'paid', 'shipped', 'delivered', 'completed')"
            " AND line->>'listing_id' IS NOT NULL ORDER BY share.id DESC LIMIT %s",
            [buyer_id, limit],
        )
        return list(dict.fromkeys(int(listing_id) for (listing_id,) in cursor.fetchall()))


def list_shops_bought_at(buyer_id: int) -> frozenset[int]:
    """The shops where a member bought something and did not send all of it back: one statement."""
    rows = PurchaseShare.objects.filter(buyer_id=buyer_id, state__in=SOLD_STATES)
    return frozenset(rows.values_list("shop_id", flat=True).distinct())


def count_buyers(shop_id: int) -> int:
    """How many different members bought something in a shop: one statement."""
    rows = PurchaseShare.objects.filter(shop_id=shop_id, state__in=SOLD_STATES)
    return rows.values("buyer_id").distinct().count()


def list_buyer_shares(
    *, buyer_id: int, tab: str = "all", before_id: int | None = None, limit: int = 20
) -> list[tuple[int, ShareSummary]]:
    """A shopper's orders, newest first, with the id to go on from; one statement."""
    return _page(PurchaseShare.objects.filter(buyer_id=buyer_id), tab, before_id, limit)


def list_shop_shares(
    *, shop_id: int, tab: str = "all", before_id: int | None = None, limit: int = 50, search: str = ""
) -> list[tuple[int, ShareSummary]]:
    """A shop's orders, newest first, with the id to go on from; one statement."""
    rows = PurchaseShare.objects.filter(shop_id=shop_id)
    if search:
        rows = rows.filter(share_no__istartswith=search.strip())
    return _page(rows, tab, before_id, limit)


def count_buyer_tabs(buyer_id: int) -> dict[str, int]:
    """How many orders stand behind each of a shopper's tabs, one statement."""
    return _count_tabs(PurchaseShare.objects.filter(buyer_id=buyer_id))


def count_shop_tabs(shop_id: int) -> dict[str, int]:
    """How many orders stand behind each of a shop's tabs, one statement."""
    return _count_tabs(PurchaseShare.objects.filter(shop_id=shop_id))


def get_buyer_share(*, share_no: str, buyer_id: int) -> ShareSummary:
    """A shopper's order. Raises `ShareNotFound`, also for somebody else's."""
    return _one(PurchaseShare.objects.filter(share_no=share_no, buyer_id=buyer_id), share_no)


def get_shop_share(*, share_no: str, shop_id: int) -> ShareSummary:
    """A shop's order. Raises `ShareNotFound`, also for another shop's."""
    return _one(PurchaseShare.objects.filter(share_no=share_no, shop_id=shop_id), share_no)


def list_shop_sales(*, shop_id: int, since: datetime) -> list[tuple[datetime, int, int]]:
    """(placed at, total in minor units, pieces) of a shop's sales since an instant, cancelled ones left out."""
    rows = PurchaseShare.objects.filter(shop_id=shop_id, placed_at__gte=since).exclude(
        state__in=[OrderState.CANCELLED.value, OrderState.REFUNDED.value]
    )
    rows = rows.exclude(state=OrderState.SUBMITTED.value, method=PaymentMethod.WECHATPAY.value)
    return [
        (placed_at, total, int(summary["pieces"]))
        for placed_at, total, summary in rows.values_list("placed_at", "total_minor", "summary").order_by("placed_at")
    ]


def get_share_terms(*, share_no: str, shop_id: int) -> ShareTerms:
    """What was agreed about a shop's order when it was placed. Raises `ShareNotFound`, also for another shop's."""
    row = PurchaseShare.objects.filter(share_no=share_no, shop_id=shop_id).first()
    if row is None:
        raise ShareNotFound(share_no)
    return to_terms(row)


def to_terms(row: PurchaseShare) -> ShareTerms:
    """What was agreed, as others know it."""
    return ShareTerms(
        goods_minor=row.goods_minor,
        freight_minor=row.freight_minor,
        total_minor=row.total_minor,
        commission_bps=row.commission_bps,
        commission_minor=row.commission_minor,
        currency=row.currency,
        commission_vat_minor=commission_vat_of(row),
        commission_groups=read_groups(row.commission_groups),
    )


def commission_vat_of(row: PurchaseShare) -> int:
    """The VAT inside a share's commission, in minor units: frozen at the sale, or by the rate of older ones."""
    if row.commission_vat_minor is not None:
        return row.commission_vat_minor
    return included_portion(row.commission_minor, row.commission_vat_bps)


def list_share_terms(share_nos: Sequence[str]) -> dict[str, ShareTerms]:
    """What was agreed about each of these orders, one statement: for staff."""
    return {row.share_no: to_terms(row) for row in PurchaseShare.objects.filter(share_no__in=share_nos)}


def sum_awaited_minor(shop_id: int) -> int:
    """What paid orders bring a shop after commission once receipt is confirmed, in minor units; one statement."""
    states = [OrderState.PAID.value, OrderState.SHIPPED.value, OrderState.DELIVERED.value]
    rows = PurchaseShare.objects.filter(shop_id=shop_id, state__in=states, method=PaymentMethod.WECHATPAY.value)
    return int(rows.aggregate(net=Sum(F("total_minor") - F("commission_minor")))["net"] or 0)


def list_due_purchases(*, now: datetime, limit: int = 100) -> list[str]:
    """Purchases whose time to pay has run out."""
    rows = Purchase.objects.filter(state=PurchaseState.WAITING.value, expires_at__lte=now).order_by("expires_at")
    return list(rows.values_list("purchase_no", flat=True)[:limit])


def list_shares_to_complete(*, before: datetime, limit: int = 100) -> list[str]:
    """Shares that were sent so long ago that receipt confirms itself."""
    rows = PurchaseShare.objects.filter(
        state__in=[OrderState.SHIPPED.value, OrderState.DELIVERED.value], state_at__lte=before
    ).exclude(method=PaymentMethod.COD.value, state=OrderState.SHIPPED.value)
    return list(rows.order_by("state_at").values_list("share_no", flat=True)[:limit])


def to_line(row: CartLine) -> CartLineView:
    """A cart line as others know it."""
    return CartLineView(row.pk, unpack_offer(row.offer), row.quantity, row.ticked, row.added_at)


def to_share(row: PurchaseShare, purchase_no: str) -> ShareSummary:
    """A share as others know it."""
    summary = row.summary
    return ShareSummary(
        share_no=row.share_no,
        purchase_no=purchase_no,
        shop_id=row.shop_id,
        shop_name=Text(summary["shop_zh"], summary["shop_en"]),
        shop_slug=summary["shop_slug"],
        buyer_id=row.buyer_id,
        state=OrderState(row.state),
        method=PaymentMethod(row.method),
        total_minor=row.total_minor,
        freight_minor=row.freight_minor,
        currency=row.currency,
        pieces=summary["pieces"],
        lines=tuple(summary["lines"]),
        placed_at=row.placed_at,
        version=row.version,
    )


def to_purchase(row: Purchase, shares: Sequence[PurchaseShare]) -> PurchaseView:
    """A purchase as others know it."""
    return PurchaseView(
        purchase_no=row.purchase_no,
        buyer_id=row.buyer_id,
        state=PurchaseState(row.state),
        method=PaymentMethod(row.method),
        total_minor=row.total_minor,
        currency=row.currency,
        placed_at=row.placed_at,
        expires_at=row.expires_at,
        shares=tuple(to_share(share, row.purchase_no) for share in shares),
        payment_no=row.payment_no,
    )


def lines_of(owner: CartOwner) -> QuerySet[CartLine]:
    """The lines of somebody's cart; at home only."""
    if owner.user_id is not None:
        return CartLine.objects.filter(cart__user_id=owner.user_id)
    return CartLine.objects.filter(cart__guest_key=owner.guest_key or "-")


def _page(rows: QuerySet[PurchaseShare], tab: str, before_id: int | None, limit: int) -> list[tuple[int, ShareSummary]]:
    rows = rows.filter(TABS[tab]).select_related("purchase").order_by("-id")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [(row.pk, to_share(row, row.purchase.purchase_no)) for row in rows[:limit]]


def _count_tabs(rows: QuerySet[PurchaseShare]) -> dict[str, int]:
    return rows.aggregate(**{name: Count("id", filter=condition or Q(pk__gt=0)) for name, condition in TABS.items()})


def _one(rows: QuerySet[PurchaseShare], share_no: str) -> ShareSummary:
    row = rows.select_related("purchase").first()
    if row is None:
        raise ShareNotFound(share_no)
    return to_share(row, row.purchase.purchase_no)
