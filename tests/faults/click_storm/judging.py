"""What must hold when all is quiet: every token billed once, no cap passed by a fen, all books exact."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db.models import Sum

from billing.ledger.selectors import prove_ledger
from billing.wallets.selectors import get_wallet
from search.spending.models import AdEvent, Cap, ChargeHead, HourCharge, Lease
from search.spending.rules.naming import digest_token
from search.spending.services import close_due_leases, close_hours, prove_hours
from tests.faults.click_storm import SHOPS, Plan
from tests.faults.click_storm.working import LONG_AFTER
from tests.fixtures.ads import MICRO


def judge(folder: Path) -> Plan:
    """Close everything and count. `findings` is what does not hold."""
    plan, now = json.loads((folder / "plan.json").read_text()), datetime.now(UTC)
    while close_due_leases(now + LONG_AFTER):
        pass
    close_hours(now + LONG_AFTER)
    while prove_hours(now):
        pass
    findings = (folder / "failures").read_text().splitlines() if (folder / "failures").exists() else []
    tokens = {digest_token(token) for _, token in plan["tokens"]}
    events = list(
        AdEvent.objects.values_list("token", "reason", "shop_id", "campaign_id", "billed_micro", "price_micro")
    )
    if {event[0] for event in events} != tokens or len(events) != len(tokens):
        findings.append(f"{len(events)} events of {len(tokens)} tokens")
    findings += [f"a valid token was refused: {event}" for event in events if event[1]][:5]
    findings += list(judge_caps(plan, events)) + list(judge_books(plan))
    billed = sum(event[4] for event in events)
    under = {SHOPS[shop]["name"]: part for shop, part in measure_under_use(plan, events).items()}
    return {
        "findings": findings,
        "events": len(events),
        "billed_micro": billed,
        "charges": HourCharge.objects.count(),
        "leases": Lease.objects.count(),
        "under_use_ppm": under,
    }


def judge_caps(plan: Plan, events: list[Any]) -> Any:
    """No cap by a fen, leases and caps equal to their events, all billed where nothing binds."""
    campaigns, shops, prices = Counter(), Counter(), Counter()
    for _, _, shop, campaign, billed, price in events:
        campaigns[campaign] += billed
        shops[shop] += billed
        prices[shop] += price
    by_lease = Counter(dict(AdEvent.objects.values_list("lease_id").annotate(Sum("billed_micro"))))
    for row in Lease.objects.all():
        if (row.billed_micro, row.granted_micro) != (by_lease[row.pk], by_lease[row.pk]) or row.closed_at is None:
            yield f"lease {row.pk} has {row.billed_micro} of {row.granted_micro}, its events {by_lease[row.pk]}"
    for cap in Cap.objects.all():
        spent = (campaigns if cap.kind.startswith("campaign") else shops)[cap.owner_id]
        if cap.taken_micro != spent or spent > cap.limit_micro:
            yield f"{cap.kind} of {cap.owner_id}: {cap.taken_micro} taken, {spent} billed, of {cap.limit_micro}"
    for shop, limits in plan["shops"].items():
        if shops[int(shop)] > limits["funds"] * MICRO:
            yield f"shop {shop} was billed more than it had"
    if shops[801] != prices[801]:
        yield f"where nothing binds {shops[801]} of {prices[801]} was billed"


def judge_books(plan: Plan) -> Any:
    """Fen and carry are exactly what was billed; wallets are what is left of the funds; all proofs hold."""
    if AdEvent.objects.filter(charge_id__isnull=True, billed_micro__gt=0).exists():
        yield "something was not charged"
    for row in HourCharge.objects.exclude(finding=""):
        yield f"{row.key}: {row.finding}"
    for shop, limits in plan["shops"].items():
        billed = AdEvent.objects.filter(shop_id=shop).aggregate(total=Sum("billed_micro"))["total"]
        charged = HourCharge.objects.filter(shop_id=shop).aggregate(total=Sum("amount_minor"))["total"]
        carry = ChargeHead.objects.filter(shop_id=shop).aggregate(total=Sum("carry_micro"))["total"]
        if charged * MICRO + carry != billed:
            yield f"shop {shop}: {charged} fen and {carry} carried are not {billed}"
        wallet = get_wallet(int(shop))
        if wallet.cash_minor != limits["funds"] - charged or min(wallet.cash_minor, wallet.available_minor) < 0:
            yield f"shop {shop}: {wallet} after {charged} of {limits['funds']}"
    proof = prove_ledger()
    if not proof.sound:
        yield f"the books: {proof}"


def measure_under_use(plan: Plan, events: list[Any]) -> dict[int, int]:
    """How much of what binds was left unspent, in millionths."""
    spent: Counter[int] = Counter()
    for event in events:
        spent[event[2]] += event[4]
    found = {}
    for shop, limits in plan["shops"].items():
        name = SHOPS[int(shop)]["name"]
        bound = {
            "roomy": None,
            "campaign_day": limits["daily"] * 2,
            "campaign_total": (limits["total"] or 0) * 2,
            "merchant_day": limits["shop_daily"],
            "wallet": limits["funds"],
        }[name]
        if bound:
            found[int(shop)] = (bound * MICRO - spent[int(shop)]) * 1_000_000 // (bound * MICRO)
    return found
