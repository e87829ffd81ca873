"""What is there before the storm: money, campaigns, leases, tokens of clicks and views."""

import json
import random
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from billing.settlement.services.days import business_date
from search.auction.ad_tokens import compute_expiry, sign_token
from search.auction.contracts import ShownAd, TokenKind
from search.spending.rules.days import number_day
from search.spending.services import get_key_ring, note_rendered, store_decisions, take_lease
from tests.faults.click_storm import SHOPS, Plan
from tests.fixtures.ads import MICRO, AdRow, fund, make_ad, make_decision

VIEW_MICRO = 1_850_001


def prepare(folder: Path, seed: int, count: int) -> None:
    """Everything that is there before the storm. Each token is of a person and network of its own."""
    chance, now = random.Random(seed), datetime.now(UTC) - timedelta(seconds=20)
    each = count // (len(SHOPS) * 2)
    demand = each * 2 * 100  # fen a shop, roughly: clicks of 100 fen, two campaigns
    plan: Plan = {"day": str(business_date(now)), "shops": {}, "tokens": []}
    for shop, limits in SHOPS.items():
        funds = int(demand * limits.get("wallet", 3))
        fund(shop, funds, now)
        daily = int(demand / 2 * limits.get("daily", 3))
        total = max(daily, int(demand / 2 * limits["total"])) if "total" in limits else None
        if total is not None:
            daily = total = int(demand / 2 * limits["total"])
        shop_daily = int(demand * limits["shop_daily"]) if "shop_daily" in limits else None
        ads = [
            make_ad(shop_id=shop, now=now, daily_minor=daily, total_minor=total, shop_daily_minor=shop_daily)
            for _ in range(2)
        ]
        plan["shops"][shop] = {"funds": funds, "daily": daily, "total": total, "shop_daily": shop_daily}
        for ad in ads:
            plan["tokens"] += issue(ad, each, now, chance)
    (folder / "plan.json").write_text(json.dumps(plan))


def issue(ad: AdRow, count: int, now: datetime, chance: random.Random) -> list[tuple[str, str]]:
    """Signed tokens out of four leases, nine clicks to a view; their decisions stored, their ads rendered."""
    leases = [lend_some(ad, now, f"web-{number}") for number in range(4)]
    tokens: list[tuple[str, str]] = []
    decisions = []
    for number in range(count):
        kind = TokenKind.VIEW if number % 10 == 0 else TokenKind.CLICK
        price = VIEW_MICRO if kind is TokenKind.VIEW else chance.randint(80, 120) * MICRO
        shown = ShownAd(
            kind=kind, decision=uuid.UUID(int=chance.getrandbits(128)), day=number_day(business_date(now)), ad=ad.ad_id,
            place=1, price_micro=price, lease=chance.choice(leases),
            expires_second=compute_expiry(TokenKind.CLICK, int(now.timestamp())),
        )  # fmt: skip
        decisions.append(make_decision(ad, shown, now))
        tokens.append((kind.value, sign_token(shown, get_key_ring())))
    store_decisions(decisions)
    for start in range(0, count, 200):
        note_rendered(tokens=[token for _, token in tokens[start : start + 200]], now=now)
    return tokens


def lend_some(ad: AdRow, now: datetime, worker: str) -> int:
    """A lease, or the number of none where the budget is small."""
    lease = take_lease(
        campaign_id=ad.campaign_id, shop_id=ad.shop_id, day=business_date(now), worker=worker,
        least_micro=500 * MICRO, now=now,
    )  # fmt: skip
    return lease.lease_id if lease else 0
