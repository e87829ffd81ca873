"""Pages of the demo's month with ads on them: a real auction, its record, and the tokens of what it showed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
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
from search.campaigns.contracts import CampaignKind, Charge, LiveAd, LiveKeyword, PageKind
from search.campaigns.rules.tokens import tokenize_words
from search.campaigns.selectors import get_floors
from search.spending.contracts import DecisionLine, LeaseView, StoredDecision
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


@dataclass(slots=True)
class Market:
    """The ads there are, the quality of each, and the leases that were taken: one a campaign and day."""

    ads: Sequence[LiveAd]
    quality: Mapping[int, int]
    leases: dict[tuple[int, date], LeaseView | None] = field(default_factory=dict)

    def list_ads(self, kind: CampaignKind, shop_id: int | None) -> list[LiveAd]:
        """Those of a kind, of one shop where one is named."""
        return [ad for ad in self.ads if ad.kind is kind and shop_id in (None, ad.shop_id)]

    def find_lease(self, line: DecisionLine, now: datetime) -> LeaseView | None:
        """What the line's campaign may spend today; None where there is nothing."""
        key = (line.campaign_id, business_date(now))
        if key not in self.leases:
            self.leases[key] = take_lease(
                campaign_id=line.campaign_id,
                shop_id=line.shop_id,
                day=key[1],
                worker=WORKER,
                least_micro=max(line.price_micro, MICRO_PER_MINOR),
                now=now,
            )
        return self.leases[key]


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that somebody asks for; `shop_id` is the only one whose ads take part, None for all."""

    decision_id: UUID
    query: str
    region: str
    shop_id: int | None
    at: datetime


def show_search(market: Market, asked: Asked) -> ShownPage | None:
    """Results of a search with ads bought by words; None where nobody bought these."""
    reserve_minor = get_floors().find(PageKind.SEARCH, Charge.CLICK)
    words: dict[int, LiveKeyword] = {}
    candidates = []
    ads = market.list_ads(CampaignKind.KEYWORD, asked.shop_id)
    for ad in ads:
        found = _find_bid(ad, tokenize_words(asked.query))
        if found is not None and found[1] >= reserve_minor:
            words[ad.ad_id] = found[0]
            candidates.append(_enter(ad, found[1], market.quality[ad.ad_id], reserve_minor))
    if not candidates:
        return None
    terms = Terms(places=IN_SEARCH, rules=get_rules(), weights=get_weights(), quality_version=QUALITY_VERSION)
    decided = decide(candidates, terms, id=str(asked.decision_id), decided_us=to_us(asked.at), context=asked.query)
    lines = _write_lines(ads, [(award.place, award.ad, award.price) for award in decided.awards], words)
    return _show(market, asked, PageKind.SEARCH, lines, write_record(decided))


def show_home(market: Market, asked: Asked) -> ShownPage | None:
    """The home page with ads that are paid by the thousand views; None without any."""
    ads = market.list_ads(CampaignKind.DISPLAY, asked.shop_id)
    candidates = [
        DisplayCandidate(ad=ad.ad_id, merchant=ad.shop_id, ecpm_minor=ad.bid_minor, created_us=ad.created_us)
        for ad in ads
    ]
    if not candidates:
        return None
    decided = decide_display(
        candidates,
        ON_HOME,
        floor_minor=get_floors().find(PageKind.HOME, Charge.MILLE),
        id=str(asked.decision_id),
        decided_us=to_us(asked.at),
        context="",
    )
    lines = _write_lines(ads, [(award.place, award.ad, award.price) for award in decided.awards], {})
    return _show(market, asked, PageKind.HOME, lines, write_record(decided))


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
    market: Market, asked: Asked, page: PageKind, lines: Sequence[DecisionLine], auction: str
) -> ShownPage | None:
    """What of a decision can be paid for, with its tokens."""
    leased = [(line, lease) for line in lines if (lease := market.find_lease(line, asked.at)) is not None]
    if not leased:
        return None
    decision = StoredDecision(
        decision_id=asked.decision_id,
        day=business_date(asked.at),
        decided_at=asked.at,
        page=page.value,
        query=asked.query,
        region=asked.region,
        auction=auction,
        person="",
        network="",
        lines=tuple(line for line, _ in leased),
    )
    return ShownPage(decision, tuple(_sign(decision, line, lease.lease_id) for line, lease in leased))


def _sign(decision: StoredDecision, line: DecisionLine, lease_id: int) -> Shown:
    tokens = [
        sign_token(
            ShownAd(
                kind=kind,
                decision=decision.decision_id,
                day=number_day(decision.day),
                ad=line.ad_id,
                place=line.place,
                price_micro=line.price_micro if kind is line.kind else 0,
                lease=lease_id,
                expires_second=compute_expiry(kind, int(decision.decided_at.timestamp())),
            ),
            get_key_ring(),
        )
        for kind in (TokenKind.VIEW, TokenKind.CLICK)
    ]
    return Shown(*tokens)
