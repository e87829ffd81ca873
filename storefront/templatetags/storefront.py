"""`{% load storefront %}`: addresses of the market's pages from every host, masked numbers."""

from collections.abc import Sequence

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from market.shops.contracts import ShopContext
from search.collections.contracts import Collection
from search.listings.contracts import ListingCard
from search.results.contracts import Recommendation
from storefront.ads.marks import SHELF
from storefront.browse.cards import join_cards
from storefront.browse.suggesting import list_hot
from storefront.recommend import words
from web.links import absolute_url

CARD = "storefront/browse/card.html"

register = template.Library()


@register.simple_tag(takes_context=True)
def market_url(context: Context, name: str, *arguments: object) -> str:
    """The address of a page of the market host; absolute where the page is shown on another host."""
    path = reverse(name, urlconf=settings.URLCONFS["market"], args=arguments)
    frame = context.get("frame")
    return path if frame is None or frame.host_kind == "market" else absolute_url(path)


@register.simple_tag(takes_context=True)
def list_url(context: Context, collection: Collection, shop: ShopContext | None = None) -> str:
    """The page of a list: on the market, or of a shop on the host that is looked at."""
    if not shop:
        return market_url(context, "storefront:list", collection.slug)
    frame = context.get("frame")
    if frame is not None and frame.host_kind == "shop":
        return reverse("own-list", urlconf=settings.URLCONFS["shop"], args=[collection.slug])
    return market_url(context, "storefront:shop-list", shop.slug, collection.slug)


@register.simple_tag(takes_context=True)
def product_cards(
    context: Context, cards: Sequence[ListingCard], *, eager: int = 0, with_ads: bool = False
) -> SafeString:
    """Cards as entries of `<ul class="goods">`, each drawn once; the first `eager` pictures load at once.

    `with_ads`: sponsored goods are put among them when the page is shown.
    """
    frame = context.get("frame")

    def draw(card: ListingCard, is_eager: bool) -> str:
        template = context.template.engine.get_template(CARD)  # type: ignore[union-attr] # bound while it renders
        with context.push(card=card, eager=is_eager, why="", ad=None):
            return template.render(context)

    place = (get_language() or "", frame.host_kind if frame else "")
    return join_cards(cards, eager=eager, place=place, draw=draw, marked=with_ads)


@register.simple_tag
def ad_shelf() -> str:
    """Where sponsored goods and what explains them are put when the page is shown."""
    return SHELF


@register.simple_tag(takes_context=True)
def recommended(context: Context, items: Sequence[Recommendation], most: int, *, say_why: bool = False) -> SafeString:
    """The first `most` cards of a shelf; with `say_why` each says why it is there, and is drawn for this page alone."""
    chosen = items[:most]
    if not say_why:
        return product_cards(context, [one.card for one in chosen])
    template = context.template.engine.get_template(CARD)  # type: ignore[union-attr] # bound while it renders
    drawn = []
    for one in chosen:
        with context.push(card=one.card, eager=False, why=words.say_why(one.reason), ad=None):
            drawn.append(template.render(context))
    return mark_safe("\n".join(drawn))  # noqa: S308 - drawn by a template


@register.inclusion_tag("storefront/browse/hot.html", takes_context=True)
def hot_words(context: Context) -> dict[str, object]:
    """Ways on below the search box."""
    hot = list_hot(context["request"].epochs, now=timezone.now())
    return {"hot": hot, "version": tuple(hot), "frame": context.get("frame")}


@register.filter
def masked(phone: str) -> str:
    """A telephone number of which the middle is hidden: 138****6021."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"
