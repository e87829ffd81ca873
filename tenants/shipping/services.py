"""Writes of freight, inside an entered shop."""

from datetime import datetime

from market.outbox.services import record_event
from tenants.shipping.contracts import FreightTerms
from tenants.shipping.models import FreightRule

MAX_FLAT_MINOR = 1_000_00
MAX_HANDLING_HOURS = 30 * 24


class BadTerms(ValueError):
    """A freight term is out of range; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def set_terms(*, shop_id: int, terms: FreightTerms, now: datetime) -> None:
    """Set the shop's freight from now on; orders placed keep theirs. Raises `BadTerms`."""
    if not 0 <= terms.flat_minor <= MAX_FLAT_MINOR:
        raise BadTerms("flat_minor")
    if terms.free_from_minor is not None and not 0 < terms.free_from_minor <= 10**11:
        raise BadTerms("free_from_minor")
    if not 1 <= terms.handling_hours <= MAX_HANDLING_HOURS:
        raise BadTerms("handling_hours")
    FreightRule.objects.update_or_create(
        id=1,
        defaults={
            "flat_minor": terms.flat_minor,
            "free_from_minor": terms.free_from_minor,
            "ships_from": terms.ships_from.strip()[:60],
            "handling_hours": terms.handling_hours,
            "changed_at": now,
        },
    )
    record_event(
        kind="shop.changed", shop_id=shop_id, key=f"shop:{shop_id}:freight:{now.isoformat()}", payload={}, now=now
    )
