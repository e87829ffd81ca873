"""Reads of settlement, for staff and for the shop's own pages."""

from billing.settlement.selectors.commission import (
    find_rule,
    list_active_rules,
    list_rule_versions,
    list_rules,
    map_rule_versions,
)
from billing.settlement.selectors.releases import (
    find_release,
    list_cash_to_come,
    list_releases,
    list_releases_of,
    sum_unreleased_minor,
)

__all__ = [
    "find_release",
    "find_rule",
    "list_active_rules",
    "list_cash_to_come",
    "list_releases",
    "list_releases_of",
    "list_rule_versions",
    "list_rules",
    "map_rule_versions",
    "sum_unreleased_minor",
]
