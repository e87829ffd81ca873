"""What a buyer in a process of its own does: hold what it wants, as often as it is told."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from market.shops.contracts import ShopContext
from market.shops.tenancy import enter_shop
from tenants.inventory.contracts import Wanted
from tenants.inventory.services import HoldClash, OutOfStock, hold_stock


@dataclass(frozen=True)
class Plan:
    """`tries` baskets of `lines` pieces each. All begin at `start` (seconds since 1970).

    Without a name all buyers use the same keys for the same basket. With a beat all want the same piece at once.
    """

    shop: ShopContext
    variants: Sequence[int]
    name: str
    tries: int
    lines: int
    seed: int
    beat_seconds: float
    start: float


def buy(plan: Plan) -> tuple[int, int, int]:
    """How many baskets were held, refused for want of pieces, and refused because the key was another's."""
    chance, done = random.Random(plan.seed), [0, 0, 0]
    time.sleep(max(0.0, plan.start - time.time()))
    for number in range(plan.tries):
        key = f"{plan.name}-{number}" if plan.name else f"shared-{number}"
        try:
            with transaction.atomic(), enter_shop(plan.shop):
                hold_stock(hold_key=key, wanted=_choose(plan, number, chance), expires_at=None, now=timezone.now())
            done[0] += 1
        except OutOfStock:
            done[1] += 1
        except HoldClash:
            done[2] += 1
    return done[0], done[1], done[2]


def _choose(plan: Plan, number: int, chance: random.Random) -> list[Wanted]:
    if plan.beat_seconds:
        time.sleep(max(0.0, plan.start + number * plan.beat_seconds - time.time()))
        return [Wanted(plan.variants[number], 1)]
    if not plan.name:
        return [Wanted(variant, 1) for variant in plan.variants[: plan.lines]]
    return [Wanted(variant, 1) for variant in chance.sample(list(plan.variants), plan.lines)]
