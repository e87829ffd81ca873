"""The cart: put in, change, tick, remove, merge. One row a line, one statement a change."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from billing.checkout.contracts import CartOwner, Offer
from billing.checkout.models import Cart
from billing.checkout.offers import pack_offer
from billing.checkout.rules import MAX_LINES, MAX_QUANTITY
from billing.checkout.selectors import lines_of


class CartFull(ValueError):
    """A cart holds so many lines and no more."""


class BadQuantity(ValueError):
    """A line has 1 to 999 pieces."""


class LineNotFound(LookupError):
    """This cart has no such line."""


def add_line(*, owner: CartOwner, offer: Offer, quantity: int, now: datetime) -> None:
    """Put pieces of an offer into the cart; more of the same adds up, to 999. One statement.

    Raises `BadQuantity`, `CartFull`.
    """
    if not 1 <= quantity <= MAX_QUANTITY:
        raise BadQuantity(quantity)
    column = "user_id" if owner.user_id is not None else "guest_key"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH cart AS (INSERT INTO checkout_cart ({column}, changed_at) VALUES (%(owner)s, %(now)s)"  # noqa: S608
            f" ON CONFLICT ({column}) DO UPDATE SET changed_at = excluded.changed_at RETURNING id)"
            " INSERT INTO checkout_cartline (cart_id, shop_id, variant_id, quantity, ticked, offer, added_at)"
            " SELECT id, %(shop)s, %(variant)s, %(quantity)s, true, %(offer)s, %(now)s FROM cart"
            " WHERE (SELECT count(*) FROM checkout_cartline line WHERE line.cart_id = cart.id) < %(most)s"
            " ON CONFLICT (cart_id, shop_id, variant_id) DO UPDATE SET ticked = true, offer = excluded.offer,"
            " quantity = LEAST(%(most_pieces)s, checkout_cartline.quantity + excluded.quantity)",
            {
                "owner": owner.user_id if owner.user_id is not None else owner.guest_key,
                "now": now,
                "shop": offer.shop_id,
                "variant": offer.variant_id,
                "quantity": quantity,
                "offer": json.dumps(pack_offer(offer)),
                "most": MAX_LINES,
                "most_pieces": MAX_QUANTITY,
            },
        )
        if not cursor.rowcount:
            raise CartFull(MAX_LINES)


def set_quantity(*, owner: CartOwner, line_id: int, quantity: int) -> None:
    """Say how many pieces a line has. Raises `BadQuantity`, `LineNotFound`."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise BadQuantity(quantity)
    if not lines_of(owner).filter(pk=line_id).update(quantity=quantity):
        raise LineNotFound(line_id)


def tick_lines(*, owner: CartOwner, line_ids: Sequence[int], ticked: bool) -> int:
    """Tick or untick lines; unknown ids are passed over. Returns how many changed."""
    return lines_of(owner).filter(pk__in=list(line_ids)[:MAX_LINES]).update(ticked=ticked)


@transaction.atomic
def tick_only(*, owner: CartOwner, shop_id: int, variant_id: int, quantity: int) -> None:
    """Buy this now: tick this offer alone, with so many pieces. Raises `LineNotFound`, `BadQuantity`."""
    if not 1 <= quantity <= MAX_QUANTITY:
        raise BadQuantity(quantity)
    lines_of(owner).filter(ticked=True).update(ticked=False)
    chosen = lines_of(owner).filter(shop_id=shop_id, variant_id=variant_id)
    if not chosen.update(ticked=True, quantity=quantity):
        raise LineNotFound(variant_id)


def refresh_offers(*, owner: CartOwner, offers: Sequence[Offer]) -> None:
    """The shopper has seen today's prices: keep them with the lines."""
    for offer in offers:
        lines_of(owner).filter(shop_id=offer.shop_id, variant_id=offer.variant_id).update(offer=pack_offer(offer))


def remove_lines(*, owner: CartOwner, line_ids: Sequence[int]) -> int:
    """Take lines out. Returns how many there were."""
    deleted, _ = lines_of(owner).filter(pk__in=list(line_ids)[:MAX_LINES]).delete()
    return deleted


@transaction.atomic
def merge_guest_cart(*, guest_key: str, user_id: int, now: datetime) -> int:
    """At sign-in: the guest's lines join the user's cart, pieces add up to 999. A repeat changes nothing.

    Returns how many lines came over.
    """
    guest = Cart.objects.select_for_update().filter(guest_key=guest_key).first()
    if guest is None:
        return 0
    cart, _ = Cart.objects.get_or_create(user_id=user_id, defaults={"changed_at": now})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO checkout_cartline (cart_id, shop_id, variant_id, quantity, ticked, offer, added_at)"
            " SELECT %s, shop_id, variant_id, quantity, ticked, offer, added_at FROM checkout_cartline"
            " WHERE cart_id = %s ORDER BY id DESC LIMIT %s"
            " ON CONFLICT (cart_id, shop_id, variant_id) DO UPDATE SET"
            " quantity = LEAST(%s, checkout_cartline.quantity + excluded.quantity)",
            [cart.pk, guest.pk, MAX_LINES, MAX_QUANTITY],
        )
        moved = int(cursor.rowcount)
    guest.delete()
    return moved
