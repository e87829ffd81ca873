"""Twelve kinds of attackers among ordinary shoppers: what is not billed or is given back, and who suffers for it."""

import os
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from billing.settlement.services.days import business_date
from search.auction.ad_tokens import compute_expiry, sign_token
from search.auction.contracts import KeyRing, ShownAd, TokenKind
from search.auction.contracts.units import PPM
from search.spending.contracts import ClickReport, VisitorFacts
from search.spending.models import AdEvent, Credit, Decision
from search.spending.rules.days import number_day
from search.spending.rules.naming import digest_token
from search.spending.services import find_late_invalid, get_key_ring, note_rendered, store_decisions
from search.spending.services.recording import MOST_AT_ONCE, record_clicks, record_viewed
from tests.fixtures.ads import MICRO, AdRow, fund, lend, make_ad, make_decision, sign_as

SCALE = 5 if os.environ.get("JISHI_LONG") else 1
SHOPPERS = 500 * SCALE
VIEWS_A_CLICK = 15
MORNING = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # nine in Shanghai
EVENING = MORNING + timedelta(hours=12)
LEAST_RECALL_PPM = PPM * 95 // 100
MOST_ALARMS_PPM = PPM * 5 // 1_000
READS = timedelta(seconds=4)
CLEAN = "clean"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Deed:
    """A click with what it really is."""

    at: datetime
    label: str
    token: str
    facts: VisitorFacts


class Market:
    """Ads of ten shops, and pages that show them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.shops = list(range(901, 911))
        for shop in self.shops:
            fund(shop, 10_000_000, MORNING)
        self.ads = [make_ad(shop_id=shop, now=MORNING, daily_minor=1_000_000) for shop in self.shops for _ in range(3)]
        self.leases = {ad.ad_id: lend(ad, MORNING, least_micro=200_000 * MICRO).lease_id for ad in self.ads}
        self.decisions: list[tuple[AdRow, ShownAd, datetime]] = []
        self.drawn: list[tuple[datetime, str]] = []
        self.views: list[tuple[datetime, str, VisitorFacts]] = []

    def show(self, ad: AdRow, at: datetime, facts: VisitorFacts, *, views: int, drawn: bool = True) -> str:
        """A page with an ad; as many further views as it takes. Returns the click's token."""
        shown = ShownAd(
            kind=TokenKind.CLICK, decision=uuid.uuid4(), day=number_day(business_date(at)), ad=ad.ad_id, place=1,
            price_micro=50 * MICRO, lease=self.leases[ad.ad_id],
            expires_second=compute_expiry(TokenKind.CLICK, int(at.timestamp())),
        )  # fmt: skip
        self.decisions.append((ad, shown, at))
        token = sign_token(shown, get_key_ring())
        if drawn:
            self.drawn.append((at, token))
        for number in range(views):
            seen = replace(shown, decision=uuid.uuid4(), price_micro=0) if number else replace(shown, price_micro=0)
            self.views.append((at, sign_as(seen, TokenKind.VIEW), facts))
        return token

    def publish(self) -> None:
        """Store, draw and look at all that was shown."""
        store_decisions([make_decision(ad, shown, at) for ad, shown, at in self.decisions])
        bidders = ",".join(f'{{"ad":{shop},"merchant":{shop},"quality":500}}' for shop in self.shops)
        Decision.objects.update(auction=f'{{"candidates":[{bidders}]}}')
        for at, token in self.drawn:
            note_rendered(tokens=[token], now=at)
        for start in range(0, len(self.views), MOST_AT_ONCE):
            part = self.views[start : start + MOST_AT_ONCE]
            record_viewed([ClickReport(token=token, facts=facts, at=at) for at, token, facts in part])


def list_clean(market: Market) -> Iterator[Deed]:
    """Shoppers of small networks and of a few large ones, some of whom work for another shop: a click or two each."""
    chance = market.chance
    for number in range(SHOPPERS):
        shared = chance.random() < 0.2
        network = f"campus {chance.randrange(20)}" if shared else f"home {number // 2}"
        works_for = frozenset({chance.choice(market.shops)}) if chance.random() < 0.02 else frozenset()
        facts = VisitorFacts(person=f"shopper {number}", network=network, shop_ids=works_for)
        ads = [ad for ad in market.ads if ad.shop_id not in works_for]
        for ad in chance.sample(ads, 1 if works_for else chance.choice((1, 1, 2))):
            at = MORNING + timedelta(seconds=chance.randrange(1, 40_000))
            token = market.show(ad, at, facts, views=VIEWS_A_CLICK)
            yield Deed(at + timedelta(seconds=chance.randrange(1, 90)), CLEAN, token, facts)


def list_attacks(market: Market) -> Iterator[Deed]:
    """Each kind some forty times or more."""
    chance = market.chance
    for number in range(40):
        at = MORNING + timedelta(seconds=chance.randrange(1, 40_000))
        ad = chance.choice(market.ads)
        facts = VisitorFacts(person=f"attacker {number}", network=f"den {number}")
        once = market.show(ad, at, facts, views=1)
        yield Deed(at + READS, CLEAN, once, facts)
        yield Deed(at + READS * 9, "replay", once, facts)
        again = market.show(ad, at, facts, views=1)
        yield Deed(at + READS + timedelta(seconds=1), "double click", again, facts)
        for label, more in (
            ("data centre", {"data_centre": True}),
            ("prefetch", {"prefetch": True}),
            ("headless", {"user_agent_is_robot": True}),
            ("own clicks", {"shop_ids": frozenset({ad.shop_id})}),
        ):
            who = VisitorFacts(person=f"{label} {number}", network=f"{label} {number}", **more)
            yield Deed(at + READS, label, market.show(ad, at, who, views=1), who)
        hidden = VisitorFacts(person=f"hidden {number}", network=f"hidden {number}")
        yield Deed(at + READS, "hidden place", market.show(ad, at, hidden, views=0, drawn=False), hidden)
        yield Deed(at + timedelta(hours=2, minutes=1), "stale token", market.show(ad, at, hidden, views=1), hidden)
        yield Deed(at + READS, "forged token", forge(market, ad, at), hidden)
    yield from list_patient_attacks(market)


def list_patient_attacks(market: Market) -> Iterator[Deed]:
    """Those who look like a shopper each time: rivals, a slow drip, a farm."""
    chance, victim = market.chance, market.ads[0]
    for number in range(8):
        rival = VisitorFacts(
            person=f"rival {number}", network=f"rival {number}", shop_ids=frozenset({market.shops[1 + number]})
        )
        for turn, ad in enumerate(market.ads[:3]):
            at = MORNING + timedelta(minutes=number * 17 + turn * chance.randrange(40, 80))
            yield Deed(at + READS, "rival's accounts", market.show(ad, at, rival, views=4), rival)
    for turn in range(50):
        at = MORNING + timedelta(minutes=13 * turn)
        drip = VisitorFacts(person="drip", network=f"drip {turn}")
        ad = market.ads[turn % len(market.ads)]
        if turn < len(market.ads):
            yield Deed(at + READS, "slow drip", market.show(ad, at, drip, views=1), drip)
    for turn in range(120):
        at = MORNING + timedelta(seconds=turn * 240 + chance.randrange(200))
        hand = VisitorFacts(person=f"hand {turn}", network=f"farm {turn % 4}")
        yield Deed(at + READS, "click farm", market.show(victim, at, hand, views=1), hand)


def forge(market: Market, ad: AdRow, at: datetime) -> str:
    """A token of a shape like ours, signed with a key that is not ours."""
    shown = ShownAd(
        kind=TokenKind.CLICK, decision=uuid.uuid4(), day=number_day(business_date(at)), ad=ad.ad_id, place=1,
        price_micro=1, lease=market.leases[ad.ad_id], expires_second=int(at.timestamp()) + 3_600,
    )  # fmt: skip
    return sign_token(shown, KeyRing(current=1, keys=((1, b"guessed" * 8),)))


def test_attackers_are_caught_and_shoppers_are_left_alone(db: None) -> None:
    market = Market(seed=int(os.environ.get("JISHI_SEED", "1")))
    deeds = sorted([*list_clean(market), *list_attacks(market)], key=lambda deed: deed.at)
    market.publish()
    reasons: list[str] = []
    for start in range(0, len(deeds), MOST_AT_ONCE):
        part = deeds[start : start + MOST_AT_ONCE]
        outcomes = record_clicks([ClickReport(token=deed.token, facts=deed.facts, at=deed.at) for deed in part])
        reasons += [outcome.reason for outcome in outcomes]
    find_late_invalid(EVENING + timedelta(hours=6))
    credited = dict(Credit.objects.values_list("token", "finding__reasons"))
    caught: Counter[str] = Counter()
    added: Counter[tuple[str, str]] = Counter()
    for deed, reason in zip(deeds, reasons, strict=True):
        why = reason or "+".join(credited.get(digest_token(deed.token), ()))
        added[(deed.label, why)] += 1
        caught[deed.label] += bool(why)
    seen = Counter(deed.label for deed in deeds)
    attacks, clean = sum(seen.values()) - seen[CLEAN], seen[CLEAN]
    found = sum(caught.values()) - caught[CLEAN]
    for (label, why), count in sorted(added.items()):
        print(f"{label:17} {why or 'billed':32} {count}")
    print(f"recall {found}/{attacks}, false alarms {caught[CLEAN]}/{clean}")
    assert len(seen) == 13
    assert found * PPM >= LEAST_RECALL_PPM * attacks
    assert caught[CLEAN] * PPM <= MOST_ALARMS_PPM * clean
    for label in ("replay", "forged token", "stale token", "data centre", "headless", "hidden place", "own clicks"):
        assert caught[label] == seen[label], label


def test_no_forged_token_is_ever_recorded(db: None) -> None:
    """Letters changed, keys guessed, cut and lengthened, told to the service itself: nothing leads anywhere."""
    chance, tries = random.Random(1), 1_000_000 if SCALE > 1 else 10_000
    fund(901, 10_000, MORNING)
    ad = make_ad(shop_id=901, now=MORNING)
    shown = ShownAd(
        kind=TokenKind.CLICK, decision=uuid.UUID(int=7), day=number_day(business_date(MORNING)), ad=ad.ad_id, place=1,
        price_micro=MICRO, lease=lend(ad, MORNING).lease_id,
        expires_second=compute_expiry(TokenKind.CLICK, int(MORNING.timestamp())),
    )  # fmt: skip
    ours, guessed = sign_token(shown, get_key_ring()), KeyRing(current=1, keys=((1, b"guessed" * 8),))
    nobody, accepted = VisitorFacts(person="", network=""), 0
    for start in range(0, tries, MOST_AT_ONCE):
        forged = [deform(ours, shown, guessed, chance) for _ in range(min(MOST_AT_ONCE, tries - start))]
        reports = [ClickReport(token=token, facts=nobody, at=MORNING + READS) for token in forged]
        accepted += sum(outcome.target is not None for outcome in record_clicks(reports))
    print(f"{tries} forged tokens, {accepted} accepted")
    assert accepted == 0 and not AdEvent.objects.exists()
    note_rendered(tokens=[ours], now=MORNING)
    (outcome,) = record_clicks([ClickReport(token=ours, facts=nobody, at=MORNING + READS)])
    assert outcome.billed, "the one that was deformed is good itself"


def deform(ours: str, shown: ShownAd, guessed: KeyRing, chance: random.Random) -> str:
    match chance.randrange(8):
        case 0:
            cheaper = replace(
                shown, price_micro=chance.randrange(MICRO), decision=uuid.UUID(int=chance.getrandbits(128))
            )
            return sign_token(cheaper, guessed)
        case 1:
            return ours[: chance.randrange(len(ours))]
        case 2:
            return ours + chance.choice(ALPHABET) * chance.randint(1, 4)
        case _:
            letters = list(ours)
            for place in chance.sample(range(len(letters)), chance.choice((1, 1, 2, 8))):
                letters[place] = chance.choice(ALPHABET.replace(letters[place], ""))
            return "".join(letters)
