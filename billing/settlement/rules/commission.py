"""What a sale pays us: the first rule that fits a line, and the commission of one order's lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from billing.settlement.contracts.commission import Commission, CommissionGroup, CommissionRuleView, SoldLine
from market.money import included_portion, portion, split


def default_rule(*, rate_bps: int, vat_bps: int, currency: str) -> CommissionRuleView:
    """The platform's own rule: what no other rule covers."""
    return CommissionRuleView(
        rule_id=0,
        version=1,
        position=0,
        category_path="",
        shop_id=None,
        rate_bps=rate_bps,
        floor_minor=0,
        cap_minor=None,
        vat_bps=vat_bps,
        currency=currency,
        note="",
        active=True,
        made_by=None,
        made_at=None,
    )


def choose_rule(rules: Iterable[CommissionRuleView], shop_id: int, category_path: str) -> CommissionRuleView | None:
    """The first active rule, by position, that covers goods of this category in this shop."""
    fitting = [rule for rule in rules if rule.active and covers(rule, shop_id, category_path)]
    return min(fitting, key=lambda rule: (rule.position, rule.rule_id), default=None)


def covers(rule: CommissionRuleView, shop_id: int, category_path: str) -> bool:
    """Whether a rule is about this shop and this category. A category covers everything below it."""
    if rule.shop_id is not None and rule.shop_id != shop_id:
        return False
    return not rule.category_path or f"{category_path}/".startswith(f"{rule.category_path}/")


def commission_of(
    lines: Sequence[SoldLine],
    *,
    rules: Sequence[CommissionRuleView],
    default: CommissionRuleView,
    shop_id: int,
    most_minor: int | None = None,
) -> Commission:
    """The commission of one shop's order.

    Lines of one rule are counted together, so that a floor or cap holds once an order. Nothing pays more than its
    goods are worth, and the whole never more than `most_minor`; what is too much is taken off in proportion.
    """
    goods: dict[tuple[int, int], int] = {}
    chosen: dict[tuple[int, int], CommissionRuleView] = {}
    for line in lines:
        rule = choose_rule(rules, shop_id, line.category_path) or default
        place = (rule.rule_id, rule.version)
        chosen[place] = rule
        goods[place] = goods.get(place, 0) + line.goods_minor
    ordered = sorted(chosen, key=lambda place: (chosen[place].is_default, chosen[place].position, place))
    groups = tuple(_charge(chosen[place], goods[place]) for place in ordered)
    return Commission(groups if most_minor is None else _limit(groups, most_minor))


def clamp_commission(rule: CommissionRuleView, goods_minor: int) -> int:
    """A rule's commission on goods, VAT inside: its portion, at least the floor, at most the cap and the goods."""
    wanted = max(rule.floor_minor, portion(goods_minor, rule.rate_bps))
    if rule.cap_minor is not None:
        wanted = min(wanted, rule.cap_minor)
    return min(wanted, goods_minor)


def freeze_groups(commission: Commission) -> list[dict[str, Any]]:
    """The groups as they are kept with a sale: JSON. `read_groups` is the way back."""
    return [asdict(group) for group in commission.groups]


def read_groups(frozen: Sequence[Mapping[str, Any]] | None) -> tuple[CommissionGroup, ...]:
    """What `freeze_groups` wrote; nothing for a sale from before rules had versions."""
    return tuple(CommissionGroup(**group) for group in frozen or ())


def _charge(rule: CommissionRuleView, goods_minor: int) -> CommissionGroup:
    commission = clamp_commission(rule, goods_minor)
    return CommissionGroup(
        rule_id=rule.rule_id,
        version=rule.version,
        category_path=rule.category_path,
        rate_bps=rule.rate_bps,
        floor_minor=rule.floor_minor,
        cap_minor=rule.cap_minor,
        vat_bps=rule.vat_bps,
        goods_minor=goods_minor,
        commission_minor=commission,
        commission_vat_minor=included_portion(commission, rule.vat_bps),
    )


def _limit(groups: tuple[CommissionGroup, ...], most_minor: int) -> tuple[CommissionGroup, ...]:
    wanted = [group.commission_minor for group in groups]
    if sum(wanted) <= most_minor:
        return groups
    return tuple(
        replace(
            group,
            commission_minor=part,
            commission_vat_minor=included_portion(part, group.vat_bps),
            limited=part < group.commission_minor,
        )
        for group, part in zip(groups, split(most_minor, wanted), strict=True)
    )
