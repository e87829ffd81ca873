"""Auctions by the thousand, `JISHI_LONG=1` by the million: what must hold in each. A failure names its seed."""

import random
import time
from dataclasses import replace

import pytest

from search.auction.contracts import Award, BadCandidate, Candidate, Decision, MechanismName, Terms
from search.auction.keyword import decide, hold_auction, replay
from search.auction.pricing import is_reproducible
from search.auction.records import read_record, write_record
from tests.search.auction import naive
from tests.search.auction.markets import LONG, SEED, make_market, make_terms, markets

COUNT = 1_000_000 if LONG else 20_000
COMPARED = 50_000 if LONG else 2_000
REPLAYED = 100_000 if LONG else 3_000


def find(awards: list[Award], ad: int) -> Award | None:
    return next((award for award in awards if award.ad == ad), None)


def with_quality(candidates: list[Candidate], ad: int, quality: int) -> list[Candidate]:
    return [replace(c, quality=quality) if c.ad == ad else c for c in candidates]


def check_bounds(number: int, candidates: list[Candidate], awards: list[Award]) -> None:
    by_ad = {candidate.ad: candidate for candidate in candidates}
    assert len({award.merchant for award in awards}) == len(awards), f"seed {number}"
    for award in awards:
        own = by_ad[award.ad]
        assert own.reserve_minor <= award.price.amount_minor <= own.bid_minor, f"seed {number}"
        assert own.reserve_minor <= award.vcg_minor <= award.price.amount_minor, f"seed {number}: VCG above GSP"
        assert is_reproducible(award.price), f"seed {number}"


def check_quality(number: int, candidates: list[Candidate], terms: Terms, before: Award | None, ad: int) -> None:
    """A better quality never lowers the place and at the same place never raises the price."""
    chance = random.Random(number)
    quality = next(c.quality for c in candidates if c.ad == ad)
    better = min(1_000, quality + chance.choice([1, 2, 5, 400]))
    after = find(hold_auction(with_quality(candidates, ad, better), terms), ad)
    if before is None:
        return
    assert after is not None, f"seed {number}: ad {ad} lost its place by a better quality"
    assert after.place <= before.place, f"seed {number}: ad {ad} fell from {before.place} to {after.place}"
    if after.place == before.place:
        assert after.price.amount_minor <= before.price.amount_minor, f"seed {number}: ad {ad} pays more at its place"


def check_second_ad(number: int, candidates: list[Candidate], terms: Terms, award: Award) -> None:
    """A further ad of a winner never makes it pay more, wherever it comes in."""
    chance = random.Random(number)
    own = next(c for c in candidates if c.ad == award.ad)
    second = replace(own, ad=1_000, bid_minor=chance.randint(1, own.bid_minor + 3), created_us=chance.randint(0, 2))
    after = find(hold_auction([*candidates, second], terms), award.ad)
    if after is not None:
        assert (after.place, after.price) == (award.place, award.price), f"seed {number}"


@pytest.mark.timeout(3_600)
def test_what_must_hold_in_every_auction() -> None:
    began = time.monotonic()
    sold = 0
    for number, candidates, terms in markets(COUNT):
        awards = hold_auction(candidates, terms)
        sold += len(awards)
        check_bounds(number, candidates, awards)
        if candidates:
            ad = candidates[number % len(candidates)].ad
            check_quality(number, candidates, terms, find(awards, ad), ad)
        if awards:
            check_second_ad(number, candidates, terms, awards[number % len(awards)])
    print(f"{COUNT} auctions from seed {SEED}, {sold} places sold, {time.monotonic() - began:.1f} s")
    assert sold > COUNT


@pytest.mark.timeout(3_600)
def test_brute_force_finds_the_same_winners_and_prices() -> None:
    """Up to four bidders; without reserves VCG is compared with the welfare of all fillings."""
    for number, candidates, terms in markets(COMPARED, most=4):
        awards = hold_auction(candidates, terms)
        assert [award.ad for award in awards] == [c.ad for c in naive.shown(candidates, terms)], f"seed {number}"
        paid = [award.price.amount_minor for award in awards]
        assert paid == naive.gsp_prices(candidates, terms), f"seed {number}"
        by_vcg = [award.vcg_minor for award in awards]
        exact = naive.vcg_prices_with_reserve(candidates, terms)
        assert by_vcg == [int(price) for price in exact], f"seed {number}"
        if not any(candidate.reserve_minor for candidate in candidates):
            assert exact == naive.vcg_prices(candidates, terms), f"seed {number}: the two naive ones disagree"


@pytest.mark.timeout(3_600)
def test_stored_decisions_replay_bit_for_bit() -> None:
    for number in range(SEED, SEED + REPLAYED):
        chance = random.Random(number)
        terms = make_terms(chance.randint(1, 6), mechanism=chance.choice(list(MechanismName)))
        decision = decide(
            make_market(chance, 30),
            terms,
            id=f"d{number}",
            decided_us=number,
            context='{"q":"手机"}',
            keep_all=number % 100 == 0,
        )
        stored = write_record(decision)
        again = replay(read_record(Decision, stored), terms)
        assert again == decision, f"seed {number}"
        assert write_record(again) == stored, f"seed {number}"


def test_a_better_quality_has_its_limit() -> None:
    (candidate, *_) = [c for _, market, _ in markets(5) for c in market]
    with pytest.raises(BadCandidate):
        with_quality([candidate], candidate.ad, 1_001)
