"""`python -m tests.faults.click_storm prepare|submit|judge FOLDER …`: reports that come far too often, and kills.

`prepare SEED TOKENS` funds wallets, lends budgets and signs tokens of clicks and views. `submit SEED KILLS` forks eight
processes that each report all of them, shuffled, and a quarter again (ten times each in all), and two workers that lend
money, close leases, charge and prove; it kills KILLS of them and starts them again where they stood. Ends when all was
answered. `judge` closes everything and counts.
"""

import itertools
import json
import os
import random
import signal
import sys
import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

from django.db import InterfaceError, OperationalError, connection  # noqa: E402
from django.db.models import Sum  # noqa: E402

from billing.ledger.selectors import prove_ledger  # noqa: E402
from billing.settlement.services.days import business_date  # noqa: E402
from billing.wallets.selectors import get_wallet  # noqa: E402
from search.auction.ad_tokens import compute_expiry, sign_token  # noqa: E402
from search.auction.contracts import ShownAd, TokenKind  # noqa: E402
from search.spending.contracts import ClickReport, VisitorFacts  # noqa: E402
from search.spending.models import AdEvent, Cap, ChargeHead, HourCharge, Lease  # noqa: E402
from search.spending.rules.days import number_day  # noqa: E402
from search.spending.rules.naming import digest_token  # noqa: E402
from search.spending.services import (  # noqa: E402
    close_due_leases,
    close_hours,
    get_key_ring,
    note_rendered,
    prove_hours,
    store_decisions,
    take_lease,
)
from search.spending.services.recording import MOST_AT_ONCE, record_clicks, record_viewed  # noqa: E402
from tests.fixtures.ads import MICRO, AdRow, fund, make_ad, make_decision  # noqa: E402

SUBMITTERS, WORKERS = 8, 2
SHORTEST, LONGEST = 0.1, 1.0  # seconds between two kills
VIEW_MICRO = 1_850_001
LONG_AFTER = timedelta(hours=3)
LOCKED = "55P03"  # a click waits for a lock only so long; here it is told again, a page goes on without it
Plan = dict[str, Any]  # JSON

# What binds in each shop: nothing, a campaign's day, its total, the shop's day, the wallet. In parts of the demand.
SHOPS = {
    801: {"name": "roomy"},
    802: {"name": "campaign_day", "daily": 0.5},
    803: {"name": "campaign_total", "total": 0.5},
    804: {"name": "merchant_day", "shop_daily": 0.5},
    805: {"name": "wallet", "wallet": 0.5},
}


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


class Child:
    """One process of the storm; its place in the work stands in a file and survives it."""

    def __init__(self, folder: Path, plan: Plan, name: str, seed: str) -> None:
        self.folder, self.plan, self.name, self.chance = folder, plan, name, random.Random(seed)

    def report(self, slot: int) -> None:
        """Report every token, then a quarter of them again, in an order of this slot's own."""
        order = list(range(len(self.plan["tokens"])))
        random.Random(f"order {slot}").shuffle(order)
        order += order[: len(order) // 4]
        place = self.folder / f"{slot}.place"
        start = int(place.read_text()) if place.exists() else 0
        while start < len(order):
            numbers = order[start : start + MOST_AT_ONCE]
            self.insist(lambda numbers=numbers: self.tell(numbers))
            start += len(numbers)
            write_whole(place, str(start))
        (self.folder / f"{slot}.done").touch()

    def tell(self, numbers: list[int]) -> None:
        for kind, record in ((TokenKind.CLICK, record_clicks), (TokenKind.VIEW, record_viewed)):
            reports = [
                ClickReport(
                    token=self.plan["tokens"][number][1],
                    facts=VisitorFacts(person=f"person {number}", network=f"network {number}"),
                    at=datetime.now(UTC),
                )
                for number in numbers
                if self.plan["tokens"][number][0] == kind.value
            ]
            if reports:
                record(reports)

    def work(self) -> None:
        """What timers and pages do beside: lend, give back, charge, prove."""
        while not (self.folder / "stop").exists():
            self.insist(self.do_something)
            time.sleep(0.05)

    def do_something(self) -> None:
        now = datetime.now(UTC)
        row = Lease.objects.order_by("?").first()
        assert row is not None
        match self.chance.randrange(4):
            case 0:
                take_lease(
                    campaign_id=row.campaign_id, shop_id=row.shop_id, day=row.day, worker=self.name,
                    least_micro=300 * MICRO, now=now,
                )  # fmt: skip
            case 1:
                close_due_leases(now + LONG_AFTER, limit=3)
            case 2:
                close_hours(now + LONG_AFTER)
            case _:
                prove_hours(now)

    def insist(self, deed: Any) -> None:
        """Do it until it is done: a server that is away comes back."""
        while os.getppid() != 1:
            try:
                return deed()
            except (OperationalError, InterfaceError) as away:
                code = getattr(away.__cause__, "sqlstate", None)
                if code is not None and not code.startswith(("57P", "08", LOCKED)):
                    note(self.folder, f"{self.name}: {code} {away}")
            except Exception as error:
                if not is_away(error):
                    note(self.folder, f"{self.name}: {type(error).__name__}: {error}")
                    raise
            connection.close()
            time.sleep(0.05)


def is_away(error: Exception) -> bool:
    """`close_hours` tells of all its shops at once: nothing but a server that was away."""
    told = " ".join(map(str, error.args))
    return type(error).__name__ == "HoursNotClosed" and ("connection" in told or "terminat" in told)


def note(folder: Path, text: str) -> None:
    with (folder / "failures").open("ab", buffering=0) as file:
        file.write(text.replace("\n", " ").encode() + b"\n")


def write_whole(path: Path, text: str) -> None:
    """A file that is there with all of the text, or as it was."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


def fork(folder: Path, plan: Plan, slot: int, life: int, seed: int) -> int:
    """Start a child that shares nothing with its parent but the code and the plan."""
    pid = os.fork()
    if pid:
        return pid
    code = 0
    try:
        child = Child(folder, plan, f"{slot}", f"{seed}/{slot}/{life}")
        child.report(slot) if slot < SUBMITTERS else child.work()
    except BaseException as problem:
        note(folder, f"{slot}: {type(problem).__name__}: {problem}")
        code = 1
    os._exit(code)


def submit(folder: Path, seed: int, kills: int) -> Plan:
    """Run the storm. PostgreSQL is killed by whoever started it."""
    plan, chance, killed = json.loads((folder / "plan.json").read_text()), random.Random(seed), 0
    lives = itertools.count(1)
    children = {slot: fork(folder, plan, slot, 0, seed) for slot in range(SUBMITTERS + WORKERS)}
    began, parent = time.monotonic(), os.getppid()
    while os.getppid() == parent and not all((folder / f"{slot}.done").exists() for slot in range(SUBMITTERS)):
        time.sleep(chance.uniform(SHORTEST, LONGEST))
        slot = chance.randrange(SUBMITTERS + WORKERS)
        if killed < kills and not (folder / f"{slot}.done").exists():
            os.kill(children[slot], signal.SIGKILL)
            os.waitpid(children[slot], 0)
            killed += 1
            children[slot] = fork(folder, plan, slot, next(lives), seed)
        (folder / "killed").write_text(str(killed))
    (folder / "stop").touch()
    for pid in children.values():
        os.waitpid(pid, 0)
    return {"killed": killed, "seconds": round(time.monotonic() - began, 1)}


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


def main(words: list[str]) -> Any:
    match words:
        case ["prepare", folder, seed, count]:
            return prepare(Path(folder), int(seed), int(count))
        case ["submit", folder, seed, kills]:
            return submit(Path(folder), int(seed), int(kills))
        case ["judge", folder]:
            return judge(Path(folder))
    raise SystemExit(__doc__)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
