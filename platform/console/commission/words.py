"""What rules are called: their category, their bounds, what they take."""

from django.utils.translation import get_language, gettext

from billing.settlement.contracts import CommissionGroup, CommissionRuleView
from billing.settlement.services import RuleProblem
from market.money import format_minor, portion
from market.taxonomy.selectors import get_tree

SIGN = " › "


def name_path(path: str) -> str:
    """A category with what is above it, in the page's language; the path itself when the category is gone."""
    if not path:
        return gettext("All categories")
    tree, language = get_tree(), get_language() or "zh-hans"
    slugs = path.split("/")
    nodes = [tree.find_slug(slug) for slug in slugs]
    return SIGN.join(node.name(language) if node else slug for node, slug in zip(nodes, slugs, strict=True))


def list_categories() -> list[tuple[str, str]]:
    """(path, name) of every category for a choice, in the order of the tree."""
    tree, language = get_tree(), get_language() or "zh-hans"
    found: list[tuple[str, str]] = []

    def walk(ids: tuple[int, ...]) -> None:
        for category_id in ids:
            node = tree.nodes[category_id]
            found.append((node.path, SIGN.join(above.name(language) for above in tree.list_line(category_id))))
            walk(node.children)

    walk(tree.tops)
    return found


def say_rate(bps: int) -> str:
    """Basis points as people say them: `8.25%`."""
    return f"{bps / 100:g}%"


def say_bounds(rule: CommissionRuleView | CommissionGroup, currency: str = "CNY") -> str:
    """What bounds a commission, an order; empty when nothing does."""
    parts = []
    if rule.floor_minor:
        parts.append(gettext("at least ¥%(sum)s") % {"sum": format_minor(rule.floor_minor, currency)})
    if rule.cap_minor is not None:
        parts.append(gettext("at most ¥%(sum)s") % {"sum": format_minor(rule.cap_minor, currency)})
    return gettext(", ").join(parts)


def say_why(group: CommissionGroup, currency: str) -> str:
    """Why a commission is not simply its rate; empty when it is."""
    plain = portion(group.goods_minor, group.rate_bps)
    if group.limited:
        return gettext("no more than the provider lets us split off")
    if group.commission_minor == plain:
        return ""
    if group.commission_minor == group.floor_minor:
        return gettext("the floor of ¥%(sum)s") % {"sum": format_minor(group.floor_minor, currency)}
    if group.commission_minor == group.cap_minor:
        return gettext("the cap of ¥%(sum)s") % {"sum": format_minor(group.cap_minor, currency)}
    return gettext("never more than the goods")


def say_problem(problem: RuleProblem) -> tuple[str, str]:
    """(field, sentence) of what is wrong with a rule."""
    return {
        RuleProblem.RATE: ("rate", gettext("A rate is between 0 and 100%.")),
        RuleProblem.VAT: ("vat", gettext("A tax rate is between 0 and 100%.")),
        RuleProblem.FLOOR: ("floor", gettext("A floor is an amount of at least 0.")),
        RuleProblem.CAP: ("cap", gettext("The cap is lower than the floor. Raise it, or leave it empty.")),
        RuleProblem.CATEGORY: ("category", gettext("This category is gone. Choose another one.")),
        RuleProblem.SHOP: ("shop", gettext("No one shop has this number, address or name. See the list of shops.")),
        RuleProblem.CURRENCY: ("rate", gettext("Sales are not made in this currency.")),
    }[problem]
