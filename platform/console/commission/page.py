"""Rules as their pages show them, and what a basket would pay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any  # Any: cleaned form data

from billing.settlement.contracts import CommissionGroup, CommissionRuleView, SoldLine
from billing.settlement.rules.commission import commission_of
from console.commission.words import name_path, say_bounds, say_rate, say_why

NO_SHOP = 0
"""A shop that no rule names."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in words."""

    rule: CommissionRuleView
    category: str
    rate: str
    vat: str
    bounds: str
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What a basket would pay, and why."""

    group: CommissionGroup
    category: str
    rate: str
    why: str

    @property
    def net_minor(self) -> int:
        """What is left of the goods."""
        return self.group.goods_minor - self.group.commission_minor


def lay_out(rules: Sequence[CommissionRuleView]) -> list[RuleRow]:
    """Rules in the order given."""
    return [
        RuleRow(
            rule=rule,
            category=name_path(rule.category_path),
            rate=say_rate(rule.rate_bps),
            vat=say_rate(rule.vat_bps),
            bounds=say_bounds(rule, rule.currency),
            first=place == 0,
            last=place == len(rules) - 1,
        )
        for place, rule in enumerate(rules)
    ]


def try_out(typed: Mapping[str, Any], rules: Sequence[CommissionRuleView], default: CommissionRuleView) -> Tried:
    """The commission of goods of one category in one shop, by the rules that are on."""
    commission = commission_of(
        [SoldLine(typed["category"], typed["amount"])],
        rules=rules,
        default=default,
        shop_id=typed["shop"] or NO_SHOP,
    )
    (group,) = commission.groups
    return Tried(group, name_path(group.category_path), say_rate(group.rate_bps), say_why(group, default.currency))
