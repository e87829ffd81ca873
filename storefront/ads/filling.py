"""Sponsored goods put into kept pages: among the goods of a list, or on a shelf of their own, with merchants' pictures.

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

from market.shops.contracts import ShopContext
from market.shops.selectors import map_shops
from search.campaigns.contracts import CampaignKind, PageKind
from search.listings.contracts import ListingCard
from search.listings.keeping import Memory
from search.listings.selectors import list_cards
from search.results.rules.merging import AD_PLACES
from search.serving.contracts import PageAds, ShownLine
from storefront.ads.asking import Question, ask_for_ads, ask_for_sales
from storefront.ads.marks import CLICK_TOKEN, VIEW_TOKEN, WHY, Arranged, arrange, has_cards, put_shelf
from storefront.browse.cards import draw_cards

CARD = "storefront/browse/card.html"
SHELF_ADS = 6
EAGER_CARDS = 5
MOST_ARRANGED_BYTES = 10 * 1024 * 1024
_sheets: Memory[str] = Memory(1_000)
_arranged: Memory[Arranged] = Memory(MOST_ARRANGED_BYTES, weigh=Arranged.weigh)

_Look = tuple[str, str]
"""What every drawn thing hangs on: the language, and the host that is asked."""

_Reason = tuple[CampaignKind, frozenset[str]]
"""Why an ad is on a page: what was bought, and by which facts of the visitor it was chosen."""

_NO_LOOK = ("", "")
"""Of a page on which nothing is drawn."""


@dataclass(frozen=True, slots=True)
class Sponsored:
    """An ad that can be shown now: its line, the card of its goods (None: it shows its creative), its shop, and the
    name of the sheet that says why it is here."""

    line: ShownLine
    card: ListingCard | None
    shop: ShopContext
    sheet: str


def fill_list(request: HttpRequest, response: HttpResponse, question: Question | None) -> HttpResponse:
    """The list with its sponsored goods, and a shelf of display ads below it where the page has places for some.

    What is advertised leaves its organic place. No question: the page has no ads.
    """
    body = response.content
    if question is None or not has_cards(body):
        response.content = _arrange(request, _NO_LOOK, body, []).fill("", [])
        return response
    found, look = _ask(request, question), _find_look(request)
    ads = [one for one in found if one.card and one.line.kind is CampaignKind.KEYWORD]
    page = _arrange(request, look, body, ads)
    ads, beside = ads[: page.ads], [one for one in found if one.line.kind is CampaignKind.DISPLAY]
    shelf = _draw_sheets(request, look, [*ads, *beside], question)
    if beside:
        shelf = _draw_shelf(request, look, beside, shelf)
    if question.page is PageKind.CATEGORY:
        shelf += draw_sales(request, question, [*ads, *beside])
    response.content = page.fill(shelf, [(one.line.view_token, one.line.click_token) for one in ads])
    return response


def fill_shelf(request: HttpRequest, response: HttpResponse, question: Question) -> HttpResponse:
    """The page with a shelf of sponsored goods and pictures, or without one."""
    ads = _ask(request, question)
    look = _find_look(request)
    shelf = _draw_shelf(request, look, ads, _draw_sheets(request, look, ads, question)) if ads else ""
    shelf += draw_sales(request, question, ads)
    response.content = put_shelf(response.content, shelf)
    return response


def _arrange(request: HttpRequest, look: _Look, body: bytes, ads: Sequence[Sponsored]) -> Arranged:
    """The page with these ads as it was put together, or as it is now."""
    shown = tuple((one.card.listing_id, one.card.version, one.sheet) for one in ads if one.card)
    key = (body, shown, look)
    known = _arranged.find(key)
    if known is None:
        drawn = _draw(request, look, ads, [place < EAGER_CARDS for place in AD_PLACES])
        known = _arranged.keep(key, arrange(body, dict(zip((pk for pk, _, _ in shown), drawn, strict=False))))
    return known


def _draw_shelf(request: HttpRequest, look: _Look, ads: Sequence[Sponsored], sheets: str) -> str:
    """Pictures of merchants' own first, which are wide, then goods."""
    cards = _draw_signed(request, look, [one for one in ads if one.card])
    context = {
        "pictures": [one for one in ads if not one.card],
        "cards": [mark_safe(card) for card in cards],  # noqa: S308
        "sheets": mark_safe(sheets),  # noqa: S308
    }
    return render_to_string("storefront/ads/shelf.html", context, request)


def draw_sales(request: HttpRequest, question: Question, others: Sequence[Sponsored]) -> str:
    """A shelf of goods that are paid per sale, of shops that have no other ad on the page; "" where none fits."""
    taken = frozenset(one.line.shop_id for one in others)
    ads = _find_cards(request, ask_for_sales(request, question, taken, timezone.now()), "why-sale")
    if not ads:
        return ""
    look = _find_look(request)
    cards = _draw_signed(request, look, ads)
    sheets = _draw_sheets(request, look, ads, question, "storefront/ads/why_sale.html")
    context = {"cards": [mark_safe(card) for card in cards], "sheets": mark_safe(sheets)}  # noqa: S308
    return render_to_string("storefront/ads/sales.html", context, request)


def _ask(request: HttpRequest, question: Question) -> list[Sponsored]:
    """Ads of goods that are on sale and of shops that are open at this moment, whatever memory says."""
    return _find_cards(request, _order(ask_for_ads(request, question, timezone.now())), "why-ad")


def _find_cards(request: HttpRequest, lines: Sequence[ShownLine], sheet: str) -> list[Sponsored]:
    if not lines:
        return []
    listing_ids = [line.listing_id for line in lines if line.listing_id is not None]
    epochs = request.epochs  # type: ignore[attr-defined]
    cards = {card.listing_id: card for card in list_cards(listing_ids, epochs=epochs) if card.in_stock}
    shops = map_shops(epochs)
    sheets: dict[_Reason, str] = {}
    found = []
    for line in lines:
        card, shop = cards.get(line.listing_id or 0), shops.get(line.shop_id)
        if shop is not None and shop.is_open and (card or line.creative):
            name = sheets.setdefault((line.kind, line.used), f"{sheet}-{len(sheets) + 1}")
            found.append(Sponsored(line, card, shop, name))
    return found


def _order(ads: PageAds) -> Sequence[ShownLine]:
    return [*ads.of_kind(CampaignKind.KEYWORD), *ads.of_kind(CampaignKind.DISPLAY)]


def _find_look(request: HttpRequest) -> _Look:
    return get_language() or "", request.META.get("HTTP_HOST", "")


def _draw_signed(request: HttpRequest, look: _Look, ads: Sequence[Sponsored]) -> list[str]:
    """The cards of a shelf, given their tokens."""
    return [
        card.replace(VIEW_TOKEN, one.line.view_token).replace(CLICK_TOKEN, one.line.click_token)
        for one, card in zip(ads, _draw(request, look, ads, [False] * len(ads)), strict=True)
    ]


def _draw(request: HttpRequest, look: _Look, ads: Sequence[Sponsored], eager: Sequence[bool]) -> list[str]:
    """The cards without their tokens, each drawn once per version."""
    place = ("sponsored", *look)
    drawn = []
    for one, is_eager in zip(ads, eager, strict=False):
        assert one.card is not None
        (card,) = draw_cards(
            [one.card], eager=int(is_eager), place=place, draw=lambda card, now: _draw_card(request, card, now)
        )
        drawn.append(card.replace(WHY, one.sheet))
    return drawn


def _draw_card(request: HttpRequest, card: ListingCard, is_eager: bool) -> str:
    ad = {"view": VIEW_TOKEN, "href": f"/ad/{CLICK_TOKEN}/", "why": WHY}
    return render_to_string(CARD, {"card": card, "eager": is_eager, "why": "", "ad": ad}, request)


def _draw_sheets(
    request: HttpRequest,
    look: _Look,
    ads: Sequence[Sponsored],
    question: Question,
    template: str = "storefront/ads/why.html",
) -> str:
    """What explains the ads: one sheet for all of a kind that were chosen by the same facts, each drawn once."""
    if not ads:
        return ""
    reasons = {one.sheet: (one.line.kind, one.line.used) for one in ads}
    asked = (template, look, question.words, question.page)
    sheets = []
    for name, (kind, facts) in reasons.items():
        sheet = _sheets.find((name, kind, facts, asked))
        if sheet is None:
            page = question.page.value
            context = {"id": name, "kind": kind.value, "used": facts, "words": question.words, "page": page}
            sheet = _sheets.keep((name, kind, facts, asked), render_to_string(template, context, request))
        sheets.append(sheet)
    return "".join(sheets)


def describe_search(words: str) -> Question:
    """A search page: words only."""
    return Question(page=PageKind.SEARCH, places={CampaignKind.KEYWORD: len(AD_PLACES)}, words=words)


def describe_category(name: str, category_id: int) -> Question:
    """A category's page: its name stands for the words; below the list there is a shelf."""
    places = {CampaignKind.KEYWORD: len(AD_PLACES), CampaignKind.DISPLAY: SHELF_ADS}
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
