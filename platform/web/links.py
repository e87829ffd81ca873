"""Addresses across our hosts: absolute URLs, and links that the frames show on every host."""

from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse


def absolute_url(path: str = "/", *, host: str | None = None) -> str:
    """The absolute address of a path on one of our hosts; the market host unless one is named."""
    default_port = {"http": 80, "https": 443}[settings.SCHEME]
    port = "" if default_port == settings.PORT else f":{settings.PORT}"
    return f"{settings.SCHEME}://{host or settings.MARKET_HOST}{port}{path}"


def shop_url(slug: str, path: str = "/") -> str:
    """The absolute address of a path on a shop's own subdomain."""
    return absolute_url(path, host=f"{slug}.{settings.MARKET_HOST}")


@lru_cache(maxsize=256)
def _market_path(name: str) -> str:
    try:
        return reverse(name, urlconf=settings.URLCONFS["market"])
    except NoReverseMatch:
        return ""


def market_link(name: str, *, from_market: bool) -> str:
    """The address of a named page of the market host; empty where no such page is installed."""
    path = _market_path(name)
    return path if from_market or not path else absolute_url(path)
