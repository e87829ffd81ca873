"""Pages of the demo's month with ads on them: a real auction, its record, and the tokens of what it showed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing.settlement.services.days import business_date
from market.money import MICRO_PER_MINOR
from search.auction.ad_tokens import compute_expiry, sign_token
from search.auction.contracts import (
    Candidate,
    DisplayCandidate,
    DisplayPrice,
    Keyword,
    Price,
    ShownAd,
    Terms,
    TokenKind,
)
from search.auction.display import decide_display
from search.auction.keyword import decide
from search.auction.matching import compute_effective_bid, find_match
from search.auction.records import write_record
from search.auction.versions import get_rules, get_weights
from search.campaigns.contracts import Charge, LiveAd, LiveKeyword, PageKind
from search.campaigns.rules.tokens import tokenize_words
from search.campaigns.selectors import get_floors
from search.spending.contracts import DecisionLine, StoredDecision
from search.spending.rules.days import number_day, to_us
from search.spending.services import get_key_ring, take_lease

IN_SEARCH, ON_HOME = 3, 2
QUALITY_VERSION = 1
WORKER = "demo"


@dataclass(frozen=True, slots=True)
class Shown:
    """An ad on a page, with what the page tells when it is seen and clicked."""

    view_token: str
    click_token: str


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page's decision and its ads, from the first place down."""

    decision: StoredDecision
    ads: tuple[Shown, ...]


def show_search(
    id: UUID, query: str, region: str, ads: Sequence[LiveAd], quality: Mapping[int, int], now: datetime
) -> ShownPage | None:
    """Results of a search with ads bought by words; None where nobody bought these."""
    reserve_minor = get_floors().find(PageKind.SEARCH, Charge.CLICK)
    words: dict[int, LiveKeyword] = {}
    candidates = []
    for ad in ads:
        found = _find_bid(ad, tokenize_words(query))
        if found is not None and found[1] >= reserve_minor:
            words[ad.ad_id] = found[0]
            candidates.append(_enter(ad, found[1], quality[ad.ad_id], reserve_minor))
    if not candidates:
        return None
    terms = Terms(places=IN_SEARCH, rules=get_rules(), weights=get_weights(), quality_version=QUALITY_VERSION)
    decided = decide(candidates, terms, id=str(id), decided_us=to_us(now), context=query)
    priced = [(award.place, award.ad, award.price) for award in decided.awards]
    lines = _write_lines(ads, priced, words)
    return _show(id, PageKind.SEARCH, (query, region), lines, write_record(decided), now)


def show_home(id: UUID, region: str, ads: Sequence[LiveAd], now: datetime) -> ShownPage | None:
    """The home page with ads that are paid by the thousand views; None without any."""
    candidates = [
        DisplayCandidate(ad=ad.ad_id, merchant=ad.shop_id, ecpm_minor=ad.bid_minor, created_us=ad.created_us)
        for ad in ads
    ]
    if not candidates:
        return None
    floor_minor = get_floors().find(PageKind.HOME, Charge.MILLE)
    decided = decide_display(
        candidates, ON_HOME, floor_minor=floor_minor, id=str(id), decided_us=to_us(now), context=""
    )
    lines = _write_lines(ads, [(award.place, award.ad, award.price) for award in decided.awards], {})
    return _show(id, PageKind.HOME, ("", region), lines, write_record(decided), now)


def _enter(ad: LiveAd, bid_minor: int, quality: int, reserve_minor: int) -> Candidate:
    return Candidate(
        ad=ad.ad_id,
        merchant=ad.shop_id,
        bid_minor=bid_minor,
        quality=quality,
        reserve_minor=reserve_minor,
        created_us=ad.created_us,
    )


def _find_bid(ad: LiveAd, asked: Sequence[str]) -> tuple[LiveKeyword, int] | None:
    """The word of an ad that bids most for what was asked."""
    found = [
        (word, compute_effective_bid(word.bid_minor, match))
        for word in ad.keywords
        if (match := find_match(Keyword(word.tokens, word.match), asked)) is not None
    ]
    return max(found, key=lambda pair: (pair[1], -pair[0].keyword_id), default=None)


def _write_lines(
    ads: Sequence[LiveAd],
    priced: Sequence[tuple[int, int, Price | DisplayPrice]],
    words: Mapping[int, LiveKeyword],
) -> tuple[DecisionLine, ...]:
    by_id = {ad.ad_id: ad for ad in ads}
    lines = []
    for place, ad_id, price in priced:
        ad, word = by_id[ad_id], words.get(ad_id)
        is_click = isinstance(price, Price)
        lines.append(
            DecisionLine(
                ad_id=ad_id,
                campaign_id=ad.campaign_id,
                group_id=ad.group_id,
                keyword_id=word.keyword_id if word else None,
                shop_id=ad.shop_id,
                product_id=ad.product_id,
                place=place,
                kind=TokenKind.CLICK if is_click else TokenKind.VIEW,
                price_micro=price.amount_minor * MICRO_PER_MINOR if isinstance(price, Price) else price.view_micro,
                inputs=write_record(price),
            )
        )
    return tuple(lines)


def _show(
    id: UUID,
    page: PageKind,
    asked: tuple[str, str],
    lines: Sequence[DecisionLine],
    auction: str,
    now: datetime,
) -> ShownPage | None:
    """What of a decision can be paid for, with its tokens."""
    day = business_date(now)
    shown, kept = [], []
    for line in lines:
        lease = take_lease(
            campaign_id=line.campaign_id,
            shop_id=line.shop_id,
            day=day,
            worker=WORKER,
            least_micro=max(line.price_micro, MICRO_PER_MINOR),
            now=now,
        )
        if lease is not None:
            kept.append(line)
            shown.append(_sign(id, line, lease.lease_id, number_day(day), now))
    decision = StoredDecision(
        decision_id=id,
        day=day,
        decided_at=now,
        page=page.value,
        query=asked[0],
        region=asked[1],
        auction=auction,
        person="",
        network="",
        lines=tuple(kept),
    )
    return ShownPage(decision, tuple(shown)) if kept else None


def _sign(id: UUID, line: DecisionLine, lease_id: int, day: int, now: datetime) -> Shown:
    tokens = [
        sign_token(
            ShownAd(
                kind=kind,
                decision=id,
                day=day,
                ad=line.ad_id,
                place=line.place,
                price_micro=line.price_micro if kind is line.kind else 0,
                lease=lease_id,
                expires_second=compute_expiry(kind, int(now.timestamp())),
            ),
            get_key_ring(),
        )
        for kind in (TokenKind.VIEW, TokenKind.CLICK)
    ]
    return Shown(*tokens)
