"""`{% load storefront %}`: addresses of the market's pages from every host, masked numbers."""

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse

from market.taxonomy.contracts import CategoryNode
from market.taxonomy.selectors import get_tree
from web.links import absolute_url

HOT_CATEGORIES = 7

register = template.Library()


@register.simple_tag(takes_context=True)
def market_url(context: Context, name: str, *arguments: object) -> str:
    """The address of a page of the market host; absolute where the page is shown on another host."""
    path = reverse(name, urlconf=settings.URLCONFS["market"], args=arguments)
    frame = context.get("frame")
    return path if frame is None or frame.host_kind == "market" else absolute_url(path)


@register.inclusion_tag("storefront/browse/hot.html", takes_context=True)
def hot_categories(context: Context) -> dict[str, object]:
    """Ways on below the search box: the first narrower category of the first trades."""
    tree = get_tree()
    nodes: list[CategoryNode] = [tree.list_children(top.category_id)[0] for top in tree.list_tops() if top.children]
    return {"nodes": nodes[:HOT_CATEGORIES], "frame": context.get("frame")}


@register.filter
def masked(phone: str) -> str:
    """A telephone number of which the middle is hidden: 138****6021."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"
