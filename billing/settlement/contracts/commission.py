"""What a sale pays us: rules in their order, and what they make of one order's lines."""

from dataclasses import dataclass
from datetime import datetime

from market.money import DEFAULT_CURRENCY


@dataclass(frozen=True, slots=True)
class CommissionRuleView:
    """One version of a rule. Rates in basis points, floor and cap in minor units of `currency`.

    An empty `category_path` covers every category, otherwise that category and all below it; without `shop_id` every
    shop. The default rule of the platform has the id 0.
    """

    rule_id: int
    version: int
    position: int
    category_path: str
    shop_id: int | None
    rate_bps: int
    floor_minor: int
    cap_minor: int | None
    vat_bps: int
    currency: str
    note: str
    active: bool
    made_by: int | None
    made_at: datetime | None

    @property
    def is_default(self) -> bool:
        return self.rule_id == 0


@dataclass(frozen=True, slots=True)
class SoldLine:
    """Goods of one line, before any discount that the platform bears. `category_path` is empty when it has none."""

    category_path: str
    goods_minor: int


@dataclass(frozen=True, slots=True)
class CommissionGroup:
    """The lines of one order that one rule covers, and what they pay. VAT is inside the commission.

    `limited` says that the provider lets us take no more than this of the order.
    """

    rule_id: int
    version: int
    category_path: str
    rate_bps: int
    floor_minor: int
    cap_minor: int | None
    vat_bps: int
    goods_minor: int
    commission_minor: int
    commission_vat_minor: int
    limited: bool = False


@dataclass(frozen=True, slots=True)
class Commission:
    """The commission of one order: its groups in the order of the rules, and their sums."""

    groups: tuple[CommissionGroup, ...]

    @property
    def rate_bps(self) -> int | None:
        """The rate, when the whole order has one."""
        rates = {group.rate_bps for group in self.groups}
        return rates.pop() if len(rates) == 1 else None

    @property
    def commission_minor(self) -> int:
        return sum(group.commission_minor for group in self.groups)

    @property
    def commission_vat_minor(self) -> int:
        return sum(group.commission_vat_minor for group in self.groups)


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What staff say of a rule. Rates in basis points, floor and cap in minor units of `currency`."""

    rate_bps: int
    vat_bps: int
    category_path: str = ""
    shop_id: int | None = None
    floor_minor: int = 0
    cap_minor: int | None = None
    currency: str = DEFAULT_CURRENCY
    note: str = ""
