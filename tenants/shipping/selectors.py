"""Reads of freight, inside an entered shop."""

from tenants.shipping.contracts import FreightTerms
from tenants.shipping.models import FreightRule

DEFAULT_TERMS = FreightTerms(flat_minor=0, free_from_minor=None, ships_from="", handling_hours=48)


def get_terms() -> FreightTerms:
    """The shop's freight; free until the merchant has said otherwise. One statement."""
    row = FreightRule.objects.first()
    if row is None:
        return DEFAULT_TERMS
    return FreightTerms(row.flat_minor, row.free_from_minor, row.ships_from, row.handling_hours)
