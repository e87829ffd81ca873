"""Sponsored goods put into kept pages: among the goods of a list, or as a shelf of their own.

Costs one statement at most, for cards that this process does not hold. Without ads a page is what it would be
without this part, also while the part is off, slow or broken.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from search.campaigns.contracts import CampaignKind, PageKind
from search.listings.contracts import ListingCard
from search.listings.selectors import list_cards
from search.results.rules.merging import AD_PLACES, count_ad_places, merge
from search.serving.contracts import NO_ADS, PageAds, ShownLine
from storefront.ads.asking import Question, ask_for_ads
from storefront.ads.marks import CLICK_TOKEN, VIEW_TOKEN, WHY, Cut, cut_page, put_shelf
from storefront.browse.cards import draw_cards

CARD = "storefront/browse/card.html"
SHELF_ADS = 6
EAGER_CARDS = 5


@dataclass(frozen=True, slots=True)
class Sponsored:
    """An ad that can be shown now: its line, the card of its goods, the sheet that says why it is here."""

    line: ShownLine
    card: ListingCard
    sheet: str


def fill_list(request: HttpRequest, response: HttpResponse, question: Question | None) -> HttpResponse:
    """The list with its sponsored goods; what is advertised leaves its organic place. None: it has no ads."""
    cut = cut_page(response.content)
    if cut is None or question is None:
        response.content = put_shelf(_join(response.content, cut), "")
        return response
    organic = [listing_id for listing_id, _ in cut.cards]
    ads = _ask(request, question, count_ad_places(len(organic)))
    drawn = dict(cut.cards)
    sponsored = _draw(request, ads, [place < EAGER_CARDS for place in AD_PLACES])
    places = merge(organic, [one.card.listing_id for one in ads])
    cards = [drawn[place.listing_id] if place.ad is None else sponsored[place.ad].encode() for place in places]
    sheets = _draw_sheets(request, ads, question)
    response.content = put_shelf(b"".join((cut.head, *cards, cut.tail)), sheets)
    return response


def fill_shelf(request: HttpRequest, response: HttpResponse, question: Question) -> HttpResponse:
    """The page with a shelf of sponsored goods, or without one."""
    ads = _ask(request, question, SHELF_ADS)
    shelf = ""
    if ads:
        cards = _draw(request, ads, [False] * len(ads))
        sheets = _draw_sheets(request, ads, question)
        context = {"cards": [mark_safe(card) for card in cards], "sheets": mark_safe(sheets)}  # noqa: S308
        shelf = render_to_string("storefront/ads/shelf.html", context, request)
    response.content = put_shelf(response.content, shelf)
    return response


def _ask(request: HttpRequest, question: Question, most: int) -> list[Sponsored]:
    """Ads of goods that are on sale at this moment, whatever memory says."""
    ads = ask_for_ads(request, question, timezone.now()) if most else NO_ADS
    lines = _order(ads)[:most]
    if not lines:
        return []
    listing_ids = [line.listing_id for line in lines if line.listing_id is not None]
    epochs = request.epochs  # type: ignore[attr-defined]
    cards = {card.listing_id: card for card in list_cards(listing_ids, epochs=epochs) if card.in_stock}
    sheets: dict[frozenset[str], str] = {}
    return [
        Sponsored(line, cards[line.listing_id], sheets.setdefault(line.used, f"why-ad-{len(sheets) + 1}"))
        for line in lines
        if line.listing_id in cards
    ]


def _join(body: bytes, cut: Cut | None) -> bytes:
    return body if cut is None else b"".join((cut.head, *(card for _, card in cut.cards), cut.tail))


def _order(ads: PageAds) -> Sequence[ShownLine]:
    return [*ads.of_kind(CampaignKind.KEYWORD), *ads.of_kind(CampaignKind.DISPLAY)]


def _draw(request: HttpRequest, ads: Sequence[Sponsored], eager: Sequence[bool]) -> list[str]:
    """The cards, each drawn once per version and given its tokens."""
    place = (get_language() or "", "sponsored", request.get_host())
    drawn = []
    for one, is_eager in zip(ads, eager, strict=False):
        (card,) = draw_cards(
            [one.card], eager=int(is_eager), place=place, draw=lambda card, now: _draw_card(request, card, now)
        )
        drawn.append(
            card.replace(VIEW_TOKEN, one.line.view_token)
            .replace(CLICK_TOKEN, one.line.click_token)
            .replace(WHY, one.sheet)
        )
    return drawn


def _draw_card(request: HttpRequest, card: ListingCard, is_eager: bool) -> str:
    ad = {"view": VIEW_TOKEN, "href": f"/ad/{CLICK_TOKEN}/", "why": WHY}
    return render_to_string(CARD, {"card": card, "eager": is_eager, "why": "", "ad": ad}, request)


def _draw_sheets(request: HttpRequest, ads: Sequence[Sponsored], question: Question) -> str:
    """What explains the ads: one sheet for all that were chosen by the same facts."""
    used = {one.sheet: one.line.used for one in ads}
    drawn = [
        render_to_string(
            "storefront/ads/why.html",
            {"id": name, "used": facts, "words": question.words, "page": question.page.value},
            request,
        )
        for name, facts in used.items()
    ]
    return "".join(drawn)


def describe_search(words: str) -> Question:
    """A search page: words only."""
    return Question(page=PageKind.SEARCH, places={CampaignKind.KEYWORD: len(AD_PLACES)}, words=words)


def describe_category(name: str, category_id: int) -> Question:
    """A category's page: its name stands for the words."""
    places = {CampaignKind.KEYWORD: len(AD_PLACES)}
    return Question(page=PageKind.CATEGORY, places=places, words=name, category_id=category_id)


def describe_product(product: tuple[int, int], category_ids: Sequence[int]) -> Question:
    """A product's page: goods of the same trade come first."""
    return Question(
        page=PageKind.PRODUCT,
        places={CampaignKind.DISPLAY: SHELF_ADS},
        product=product,
        category_id=category_ids[-1] if category_ids else None,
        trade_id=category_ids[0] if category_ids else None,
    )


HOME = Question(page=PageKind.HOME, places={CampaignKind.DISPLAY: SHELF_ADS})
