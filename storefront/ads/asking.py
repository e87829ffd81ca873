"""Who asks for ads and who reports on them, as serving and spending want to know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import structlog
from django.conf import settings
from django.http import HttpRequest

from market.accounts.selectors import find_staff_role
from market.shops.selectors import list_memberships
from search.campaigns.contracts import CampaignKind, PageKind
from search.campaigns.rules.tokens import tokenize_words
from search.per_sale.services import SaleAsk, choose_sales
from search.serving.contracts import AdAsk, PageAds, Product, ShownLine
from search.serving.services import choose_ads
from search.signals.rules.robots import is_robot
from search.spending.contracts import VisitorFacts
from storefront.ads.devices import find_device_bit
from storefront.ads.visitors import Wish, find_traits
from storefront.seen.telling import find_person, find_user_id, says_no
from web.middleware.limits import find_address

log = structlog.get_logger(__name__)

_HIDDEN_BITS = {4: 32 - 24, 6: 128 - 48}
"""What a network leaves out of an address: /24, or /48."""

_UNASKED = ("Sec-Purpose", "Purpose", "X-Moz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a page is about, for its ads."""

    page: PageKind
    places: Mapping[CampaignKind, int]
    words: str = ""
    category_id: int | None = None
    trade_id: int | None = None
    product: Product | None = None


def ask_for_ads(request: HttpRequest, question: Question, now: datetime) -> PageAds:
    """The ads of a page for its visitor. Nothing is known of somebody who said no but the network."""
    person, user_id = ("", None) if says_no(request) else (find_person(request), find_user_id(request))
    traits = find_traits(Wish(person, user_id), now)
    ask = AdAsk(
        page=question.page,
        places=question.places,
        query=question.words,
        tokens=tokenize_words(question.words) if question.words else (),
        category_id=question.category_id,
        trade_id=question.trade_id,
        product=question.product,
        region=traits.region,
        audiences=traits.audiences | find_device_bit(request),
        bought_at=traits.bought_at,
        person=person,
        network=name_network(request),
    )
    return choose_ads(ask=ask, now=now)


def ask_for_sales(request: HttpRequest, question: Question, taken: frozenset[int], now: datetime) -> list[ShownLine]:
    """Goods of a page that are paid per sale. Whatever fails costs the page these only."""
    ask = SaleAsk(
        page=question.page,
        category_id=question.category_id,
        trade_id=question.trade_id,
        product=question.product,
        person="" if says_no(request) else find_person(request),
        network=name_network(request),
        taken=taken,
    )
    try:
        return choose_sales(ask=ask, now=now)
    except Exception:  # whatever is wrong here, the page is shown without them
        log.exception("ads.sales_failed")
        return []


def read_facts(request: HttpRequest) -> VisitorFacts:
    """Who clicks or looks: two statements for a member, to know staff and merchants; none for others."""
    user_id = find_user_id(request)
    return VisitorFacts(
        person="" if says_no(request) else find_person(request),
        network=name_network(request),
        user_agent_is_robot=is_robot(request.headers.get("User-Agent", "")),
        data_centre=_is_data_centre(find_address(request), tuple(settings.DATA_CENTRE_NETWORKS)),
        prefetch=any("prefetch" in request.headers.get(name, "") for name in _UNASKED),
        staff=user_id is not None and find_staff_role(user_id) is not None,
        shop_ids=frozenset(shop.shop_id for shop, _ in list_memberships(user_id)) if user_id else frozenset(),
    )


def name_network(request: HttpRequest) -> str:
    """The visitor's network: the address without its last part (/24, or /48), "" for no address."""
    return _find_network(find_address(request))


@lru_cache(maxsize=4_096)
def _find_network(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    hidden = _HIDDEN_BITS[known.version]
    return f"{type(known)(int(known) >> hidden << hidden)}/{known.max_prefixlen - hidden}"


def _is_data_centre(address: str, networks: tuple[str, ...]) -> bool:
    if not networks:
        return False
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in _read_networks(networks))


@lru_cache(maxsize=4)
def _read_networks(networks: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network.strip()) for network in networks)
