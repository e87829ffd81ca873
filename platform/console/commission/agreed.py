"""What was agreed about commission when an order was placed, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from billing.checkout.contracts import ShareTerms
from billing.checkout.selectors import list_share_terms
from console.commission.words import name_path, say_rate, say_why


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """One rule's part of an order's commission. Without `rule_id` it was the platform's own rate."""

    rule_id: int
    version: int
    category: str
    rate: str
    why: str
    goods_minor: int
    commission_minor: int
    vat_minor: int


def list_agreed(share_nos: Sequence[str]) -> dict[str, list[AgreedLine]]:
    """By share number, the parts of its commission; one statement."""
    return {share_no: describe(terms) for share_no, terms in list_share_terms(share_nos).items()}


def describe(terms: ShareTerms) -> list[AgreedLine]:
    """A line for each rule; orders older than rules have one line from their sums."""
    if not terms.commission_groups:
        return [
            AgreedLine(
                0,
                0,
                "",
                say_rate(terms.commission_bps),
                "",
                terms.goods_minor,
                terms.commission_minor,
                terms.commission_vat_minor,
            )
        ]
    return [
        AgreedLine(
            rule_id=group.rule_id,
            version=group.version,
            category=name_path(group.category_path) if group.category_path else "",
            rate=say_rate(group.rate_bps),
            why=say_why(group, terms.currency),
            goods_minor=group.goods_minor,
            commission_minor=group.commission_minor,
            vat_minor=group.commission_vat_minor,
        )
        for group in terms.commission_groups
    ]
