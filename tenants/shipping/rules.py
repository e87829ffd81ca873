"""Pure freight arithmetic."""

from tenants.shipping.contracts import FreightTerms


def charge_freight(terms: FreightTerms, goods_minor: int) -> int:
    """What a shop charges for goods of this total, in minor units; nothing for no goods."""
    if goods_minor <= 0:
        return 0
    if terms.free_from_minor is not None and goods_minor >= terms.free_from_minor:
        return 0
    return terms.flat_minor
