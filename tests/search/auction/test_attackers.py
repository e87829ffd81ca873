"""Twelve kinds of attackers in a day of honest clicks: how many are found, by what, and who is accused in error."""

from collections import Counter, defaultdict

from search.auction.contracts import InvalidReason
from tests.search.auction.markets import LONG, SEED
from tests.search.auction.traffic import CLEAN, Click, Desk, Street

DAYS = 20 if LONG else 1
SHOPPERS, ROUNDS = 6_000, 120


def judge_day(seed: int) -> dict[Click, list[InvalidReason]]:
    street, desk = Street(seed), Desk()
    clicks = [*street.shoppers(SHOPPERS), *street.attackers(ROUNDS)]
    for click in sorted(clicks, key=lambda click: click.at_us):
        desk.judge(click)
    desk.look_again()
    return desk.verdicts


def test_attackers_are_found_and_shoppers_left_alone() -> None:
    made: Counter[str] = Counter()
    found: Counter[str] = Counter()
    filters: Counter[InvalidReason] = Counter()
    alone: Counter[InvalidReason] = Counter()
    kinds: dict[InvalidReason, set[str]] = defaultdict(set)
    accused: Counter[InvalidReason] = Counter()
    for seed in range(SEED, SEED + DAYS):
        for click, reasons in judge_day(seed).items():
            made[click.label] += 1
            found[click.label] += bool(reasons)
            if click.label == CLEAN:
                accused.update(reasons)
                continue
            filters.update(reasons)
            alone.update(reasons if len(reasons) == 1 else ())
            for reason in reasons:
                kinds[reason].add(click.label)
    for label in sorted(made):
        print(f"{label:<18} {found[label]:>6} of {made[label]:>6}  {found[label] / made[label]:7.2%}")
    for reason, count in filters.most_common():
        print(f"  {reason:<20} finds {count:>5}, {alone[reason]:>5} alone: {', '.join(sorted(kinds[reason]))}")
    attacks = sum(count for label, count in made.items() if label != CLEAN)
    recall = sum(count for label, count in found.items() if label != CLEAN) / attacks
    alarms = found[CLEAN] / made[CLEAN]
    print(f"seed {SEED}: recall {recall:.2%} of {attacks}, false alarms {alarms:.3%} of {made[CLEAN]} {dict(accused)}")
    assert len(made) == 13
    assert recall >= 0.95
    assert alarms <= 0.005
    assert all(found[label] / made[label] >= 0.8 for label in made if label != CLEAN)
    needed = set(InvalidReason) - {InvalidReason.STAFF, InvalidReason.ENDLESS_VIEWS}
    assert needed <= set(filters), "a filter that finds nobody is not needed"
