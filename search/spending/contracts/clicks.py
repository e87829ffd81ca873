"""What comes in from pages about shown ads, and what is answered."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorFacts:
    """Who reports a view or a click.

    `person` is signals' digest of a member or guest, "" for nobody; `network` names the network (an address prefix).
    Both are hashed with the day's salt before anything is written. `shop_ids` are the shops the visitor works for.
    """

    person: str
    network: str
    user_agent_is_robot: bool = False
    data_centre: bool = False
    prefetch: bool = False
    staff: bool = False
    shop_ids: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickReport:
    """A click as it came in."""

    token: str
    facts: VisitorFacts
    at: datetime


@dataclass(frozen=True, slots=True)
class AdTarget:
    """Where an ad leads: a product of its shop, or the landing of its creative (a path on the market's host)."""

    ad_id: int
    campaign_id: int
    group_id: int
    shop_id: int
    product_id: int | None
    landing: str | None


@dataclass(frozen=True, slots=True)
class ClickOutcome:
    """Where the click leads, and whether it is billed; if not, why (a word of `InvalidReason`).

    `target` is None only for a token that is not ours, or of an ad that never was. A click that is valid but costs its
    merchant nothing, since no budget was left, has `billed` False and no reason.
    """

    target: AdTarget | None
    billed: bool
    reason: str
