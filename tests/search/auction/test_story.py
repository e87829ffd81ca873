"""One day of the market from auction to charge: the parts fit, no cap is exceeded, every fen can be computed again."""

import random
from collections import Counter, defaultdict
from dataclasses import replace
from uuid import UUID

from market.money import MICRO_PER_MINOR
from search.auction.ad_tokens import compute_expiry, read_token, sign_token
from search.auction.charging import close_hour, list_breaks
from search.auction.contracts import (
    Cap,
    CapKind,
    Decision,
    HourCharge,
    KeyRing,
    Lease,
    Price,
    ShownAd,
    TokenKind,
)
from search.auction.keyword import decide, get_terms, replay
from search.auction.leases import bill, give_back, grant, top_up
from search.auction.pricing import is_reproducible
from search.auction.records import read_record, write_record
from search.auction.versions import get_rules, get_weights
from tests.search.auction.markets import SEED, make_candidate, make_terms

RING = KeyRing(1, ((1, bytes(32)),))
TERMS = replace(make_terms(3), rules=get_rules(), weights=get_weights())
MERCHANTS, HOURS, REQUESTS = 12, 24, 60
DAY, MIDNIGHT = 20_785, 20_785 * 86_400
BID_MINOR = 90


class Market:
    """What tables and workers will be: caps, a lease a merchant, kept events and decisions."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.caps = {
            merchant: [
                Cap(CapKind.CAMPAIGN_DAY, self.chance.randint(1_000, 4_000) * MICRO_PER_MINOR),
                Cap(CapKind.WALLET, self.chance.randint(500, 4_000) * MICRO_PER_MINOR),
            ]
            for merchant in range(1, MERCHANTS + 1)
        }
        self.leases = {merchant: Lease(0) for merchant in self.caps}
        self.events: dict[int, dict[int, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
        self.decisions: list[str] = []
        self.borne: Counter[int] = Counter()

    def has_budget(self, merchant: int) -> bool:
        """Take a new lease where the old one is used up."""
        if not self.leases[merchant].rest_micro:
            self.caps[merchant] = give_back(self.caps[merchant], self.leases[merchant])
            self.caps[merchant], self.leases[merchant] = grant(
                self.caps[merchant], least_micro=BID_MINOR * MICRO_PER_MINOR
            )
        return self.leases[merchant].rest_micro > 0

    def serve(self, second: int) -> list[tuple[str, Price, int]]:
        """A page: its tokens with the price and the merchant of each."""
        candidates = [
            make_candidate(
                merchant * 10,
                self.chance.randint(20, BID_MINOR),
                self.chance.randint(100, 900),
                merchant=merchant,
                reserve=20,
            )
            for merchant in self.caps
            if self.has_budget(merchant)
        ]
        name = UUID(int=self.chance.getrandbits(128))
        decision = decide(candidates, TERMS, id=str(name), decided_us=second * 10**6, context="")
        self.decisions.append(write_record(decision))
        return [
            (sign_token(self._show(award, name, second), RING), award.price, award.merchant)
            for award in decision.awards
        ]

    def _show(self, award, name: UUID, second: int) -> ShownAd:
        return ShownAd(
            kind=TokenKind.CLICK,
            decision=name,
            day=DAY,
            ad=award.ad,
            place=award.place,
            price_micro=award.price.amount_minor * MICRO_PER_MINOR,
            lease=award.merchant,
            expires_second=compute_expiry(TokenKind.CLICK, second),
        )

    def click(self, token: str, price: Price, second: int) -> None:
        """What a click costs is in its token; the lease says how much of it there is."""
        shown = read_token(token, RING, now_second=second)
        caps, lease = top_up(self.caps[shown.lease], self.leases[shown.lease], shown.price_micro)
        self.caps[shown.lease] = caps
        self.leases[shown.lease], paid = bill(lease, shown.price_micro)
        self.borne[shown.lease] += paid.borne_micro
        hour = (second - MIDNIGHT) // 3_600
        self.events[shown.lease][hour].append((paid.billed_micro, write_record(price)))


def close_day(market: Market, merchant: int) -> list[HourCharge]:
    charges: list[HourCharge] = []
    for hour in range(HOURS):
        carry = charges[-1].carry_out_micro if charges else 0
        amounts = [billed for billed, _ in market.events[merchant][hour]]
        charges.append(close_hour(amounts, carry_in_micro=carry, vat_bps=600))
    return charges


def test_a_day_from_auction_to_charge() -> None:
    market = Market(SEED)
    for second in sorted(MIDNIGHT + market.chance.randrange(86_400) for _ in range(HOURS * REQUESTS)):
        for token, price, _ in market.serve(second):
            if market.chance.random() < 0.3:
                market.click(token, price, second)
    spent_all = 0
    for merchant, caps in market.caps.items():
        charges = close_day(market, merchant)
        billed = sum(amount for hour in market.events[merchant].values() for amount, _ in hour)
        assert list_breaks(charges) == []
        assert sum(charge.amount_minor for charge in charges) * MICRO_PER_MINOR == billed, "clicks are whole fen"
        assert billed <= min(cap.limit_micro for cap in caps)
        assert all(cap.taken_micro == billed + market.leases[merchant].rest_micro for cap in caps)
        spent_all += billed == min(cap.limit_micro for cap in caps)
        prices = [read_record(Price, kept) for hour in market.events[merchant].values() for _, kept in hour]
        assert all(is_reproducible(price) for price in prices)
        due = sum(price.amount_minor for price in prices) * MICRO_PER_MINOR
        assert due == billed + market.borne[merchant], "each click is its price: paid, or borne by the platform"
        assert market.borne[merchant] < BID_MINOR * MICRO_PER_MINOR, "only the last click of a budget is borne"
    assert spent_all >= MERCHANTS // 2
    for kept in market.decisions:
        decision = read_record(Decision, kept)
        assert replay(decision, get_terms(decision)) == decision
