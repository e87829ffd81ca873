"""What the pages of auctions show: decisions of a list, and of one its ads and bids, with names instead of numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, pgettext

from console.advertising.amounts import print_exact
from market.accounts.regions import list_provinces
from market.shops.contracts import Epochs, ShopContext
from market.shops.selectors import list_shops_by_ids
from search.auction.contracts import Candidate, DisplayCandidate, TokenKind
from search.campaigns.contracts import CampaignKind, CampaignView, Charge
from search.campaigns.selectors import map_ads, map_campaigns, map_creatives, map_keywords
from search.campaigns.words import name_charge, name_page
from search.listings.selectors import list_advertised
from search.spending.contracts import DecisionLine, DecisionView
from tenants.catalog.contracts import Text


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision of a list, its page and region in words."""

    decision: DecisionView
    page: str
    region: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """An ad that was shown. The price is in yuan, "" where no price was set: of one that is paid per sale.

    `campaign_id` is None where staff have no page of it: a plan that is paid per sale is no campaign with groups.
    """

    line: DecisionLine
    campaign: str
    campaign_id: int | None
    shop: ShopContext | None
    ad: str
    word: str
    paid_by: str
    price: str


@dataclass(frozen=True, slots=True)
class BidRow:
    """Who took part. The bid is in fen for a click, or for what `unit` says: such a one has no quality and score."""

    shop_id: int
    shop: ShopContext | None
    ad: str
    bid_minor: int
    unit: str
    quality: int | None
    score: int | None


def describe_decisions(decisions: Sequence[DecisionView]) -> list[DecisionRow]:
    """Rows of a list: no statement."""
    return [DecisionRow(one, name_page(one.page), name_region(one.region)) for one in decisions]


def describe_lines(lines: Sequence[DecisionLine], *, epochs: Epochs) -> list[LineRow]:
    """What was shown: six statements, however many lines."""
    shops = list_shops_by_ids({line.shop_id for line in lines})
    campaigns = map_campaigns({line.campaign_id for line in lines})
    words = map_keywords({line.keyword_id for line in lines if line.keyword_id is not None})
    names = _name_ads({line.ad_id: line.shop_id for line in lines}, epochs)
    return [
        LineRow(
            line=line,
            campaign=campaigns[line.campaign_id].name if line.campaign_id in campaigns else f"#{line.campaign_id}",
            campaign_id=_find_page(campaigns.get(line.campaign_id)),
            shop=shops.get(line.shop_id),
            ad=names[line.ad_id],
            word=_name_word(line, {pk: word.text for pk, word in words.items()}),
            paid_by=_name_kind(line.kind),
            price="" if line.kind is TokenKind.SALE else print_exact(line.price_micro),
        )
        for line in lines
    ]


def describe_bids(candidates: Iterable[Candidate | DisplayCandidate], *, epochs: Epochs) -> list[BidRow]:
    """Who took part: four statements, however many did."""
    bids = list(candidates)
    shops = list_shops_by_ids({one.merchant for one in bids})
    names = _name_ads({one.ad: one.merchant for one in bids}, epochs)
    return [_describe_bid(one, shops.get(one.merchant), names[one.ad]) for one in bids]


def name_region(code: str) -> str:
    """The province of a code; "" where none is known."""
    return {one.code: str(one.name) for one in list_provinces()}.get(code[:2], code) if code else ""


def _describe_bid(one: Candidate | DisplayCandidate, shop: ShopContext | None, ad: str) -> BidRow:
    if isinstance(one, Candidate):
        return BidRow(one.merchant, shop, ad, one.bid_minor, "", one.quality, one.score)
    return BidRow(one.merchant, shop, ad, one.ecpm_minor, name_charge(Charge.MILLE), None, None)


def _find_page(campaign: CampaignView | None) -> int | None:
    return campaign.campaign_id if campaign and campaign.kind is not CampaignKind.SALE else None


def _name_word(line: DecisionLine, words: Mapping[int, str]) -> str:
    return "" if line.keyword_id is None else words.get(line.keyword_id, f"#{line.keyword_id}")


def _name_kind(kind: TokenKind) -> str:
    return {
        TokenKind.CLICK: pgettext("ads", "click"),
        TokenKind.VIEW: pgettext("ads", "view"),
        TokenKind.SALE: pgettext("ads", "sale"),
    }[kind]


def _name_ads(shop_of_ad: Mapping[int, int], epochs: Epochs) -> dict[int, str]:
    """The goods that ads show, or the line under their picture: three statements. What is gone has its number only."""
    ads = map_ads(shop_of_ad)
    creatives = map_creatives({ad.creative_id for ad in ads.values() if ad.creative_id is not None})
    products = {(shop_of_ad[pk], ad.product_id) for pk, ad in ads.items() if ad.product_id is not None}
    titles = {
        (one.shop_id, one.product_id): Text(*one.texts[:2]).best(get_language() or "")
        for one in list_advertised(sorted(products), epochs=epochs)
    }
    names = {pk: f"#{pk}" for pk in shop_of_ad}
    for pk, ad in ads.items():
        if ad.creative_id in creatives:
            names[pk] = creatives[ad.creative_id].title
        elif ad.product_id is not None:
            names[pk] = titles.get((shop_of_ad[pk], ad.product_id), names[pk])
    return names
