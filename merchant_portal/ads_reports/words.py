"""What the values of a report are called: campaigns and words by name, hours, places and pages in words."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import get_language, gettext, pgettext

from market.accounts.regions import list_provinces
from search.auction.contracts import Model
from search.campaigns.selectors import map_ads, map_campaigns, map_creatives, map_keywords
from search.campaigns.words import name_match, name_page
from search.listings.selectors import list_listings, map_listing_ids
from search.reports.contracts import Dimension
from search.spending.words import name_reason

SHOWN: tuple[Dimension, ...] = (
    Dimension.CAMPAIGN,
    Dimension.AD,
    Dimension.KEYWORD,
    Dimension.TERM,
    Dimension.DAY,
    Dimension.HOUR,
    Dimension.PLACE,
    Dimension.PAGE,
    Dimension.REGION,
)
"""The tables of the portal, in the order of their tabs."""


def name_dimension(by: Dimension) -> str:
    """The tab of a table."""
    return {
        Dimension.DAY: pgettext("ads", "Days"),
        Dimension.HOUR: pgettext("ads", "Hours"),
        Dimension.CAMPAIGN: pgettext("ads", "Campaigns"),
        Dimension.AD: pgettext("ads", "What is advertised"),
        Dimension.KEYWORD: pgettext("ads", "Words bought"),
        Dimension.TERM: pgettext("ads", "Searched for"),
        Dimension.PLACE: pgettext("ads", "Places"),
        Dimension.PAGE: pgettext("ads", "Pages"),
        Dimension.REGION: pgettext("ads", "Regions"),
    }[by]


def name_model(model: Model) -> str:
    """How orders are shared among the ads before them."""
    return {
        Model.LAST: gettext("Last valid click in 7 days"),
        Model.LINEAR: gettext("All clicks of 7 days alike"),
        Model.POSITION: gettext("First and last click 40% each"),
    }[model]


def join_reasons(reasons: Sequence[str]) -> str:
    """Why something was given back: every reason, in words."""
    return " · ".join(name_reason(reason) for reason in reasons)


def name_keys(by: Dimension, keys: Sequence[str], *, shop_id: int) -> Mapping[str, str]:
    """The names of these rows. At most four statements, whatever the number of rows."""
    name = _NAMERS.get(by)
    return name(keys, shop_id) if name else {key: key for key in keys}


def _name_campaigns(keys: Sequence[str], shop_id: int) -> dict[str, str]:
    found = map_campaigns([int(key) for key in keys])
    return {str(pk): view.name for pk, view in found.items() if view.shop_id == shop_id}


def _name_keywords(keys: Sequence[str], shop_id: int) -> dict[str, str]:
    found = map_keywords([int(key) for key in keys])
    named = {str(pk): f"{view.text} · {name_match(view.match)}" for pk, view in found.items()}
    return {**named, "0": gettext("Shown without a word")}


def _name_ads(keys: Sequence[str], shop_id: int) -> dict[str, str]:
    ads = map_ads([int(key) for key in keys])
    titles = _read_titles([ad.product_id for ad in ads.values() if ad.product_id is not None], shop_id)
    creatives = map_creatives([ad.creative_id for ad in ads.values() if ad.creative_id is not None])
    named = {}
    for ad_id, ad in ads.items():
        creative = creatives.get(ad.creative_id or 0)
        named[str(ad_id)] = creative.title if creative else titles.get(ad.product_id or 0, f"#{ad_id}")
    return named


def _read_titles(product_ids: Sequence[int], shop_id: int) -> dict[int, str]:
    listing_ids = map_listing_ids(shop_id=shop_id, product_ids=product_ids)
    titles = {one.listing_id: one.title.best(get_language() or "") for one in list_listings(list(listing_ids.values()))}
    return {product: titles[listing] for product, listing in listing_ids.items() if listing in titles}


def _name_terms(keys: Sequence[str], shop_id: int) -> dict[str, str]:
    return {key: key or gettext("No search") for key in keys}


def _name_hours(keys: Sequence[str], shop_id: int) -> dict[str, str]:
    return {key: f"{int(key):02}:00–{int(key) + 1:02}:00" for key in keys}


def _name_places(keys: Sequence[str], shop_id: int) -> dict[str, str]:
    return {key: gettext("Place %(number)s") % {"number": key} for key in keys}


def _name_pages(keys: Sequence[str], shop_id: int) -> dict[str, str]:
    return {key: name_page(key) for key in keys}


def _name_regions(keys: Sequence[str], shop_id: int) -> dict[str, str]:
    provinces = {province.code: province.name for province in list_provinces()}
    return {key: provinces.get(key[:2], pgettext("ads", "Unknown")) for key in keys}


_NAMERS: Mapping[Dimension, Callable[[Sequence[str], int], dict[str, str]]] = {
    Dimension.CAMPAIGN: _name_campaigns,
    Dimension.KEYWORD: _name_keywords,
    Dimension.AD: _name_ads,
    Dimension.TERM: _name_terms,
    Dimension.HOUR: _name_hours,
    Dimension.PLACE: _name_places,
    Dimension.PAGE: _name_pages,
    Dimension.REGION: _name_regions,
}
