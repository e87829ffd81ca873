"""Reads of settlement, for staff and for the shop's own pages."""

from billing.settlement.selectors.releases import (
    find_release,
    list_cash_to_come,
    list_releases,
    list_releases_of,
    sum_unreleased_minor,
)

__all__ = [
    "find_release",
    "list_cash_to_come",
    "list_releases",
    "list_releases_of",
    "sum_unreleased_minor",
]
