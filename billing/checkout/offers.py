"""Offers as JSON: how a cart line keeps what the shopper saw."""

from dataclasses import asdict
from typing import Any

from billing.checkout.contracts import Offer
from tenants.catalog.contracts import Text


def pack_offer(offer: Offer) -> dict[str, Any]:
    """An offer as plain JSON."""
    return asdict(offer)


def unpack_offer(packed: dict[str, Any]) -> Offer:
    """The offer that `pack_offer` packed."""
    texts = {name: Text(**packed[name]) for name in ("shop_name", "title", "choices")}
    return Offer(**{**packed, **texts})
