"""The context processor of the frames. It reads cookies and settings only: no query, no call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from web.links import absolute_url, market_link
from web.preferences import THEMES, Preferences, Theme, read_preferences


@dataclass(frozen=True, slots=True)
class Choice:
    """One language or theme that can be chosen, for the switches in top line and footer."""

    value: str
    label: str
    current: bool


class MarketLinks(Mapping[str, str]):
    """`frame.market.cart` and the like: pages of the market host, absolute on every other host.

    A link is empty while its page is not installed; templates then leave it out.
    """

    NAMES: Mapping[str, str] = {
        "home": "storefront:home",
        "search": "storefront:search",
        "cart": "storefront:cart",
        "orders": "storefront:orders",
        "account": "storefront:account",
        "interests": "storefront:interests",
        "open_shop": "merchant_portal:open-shop",
        "login": "account_login",
        "signup": "account_signup",
        "logout": "account_logout",
        "portal": "accounts:go-portal",
        "console": "accounts:go-console",
    }

    def __init__(self, *, from_market: bool) -> None:
        self._from_market = from_market

    def __getitem__(self, key: str) -> str:
        return market_link(self.NAMES[key], from_market=self._from_market)

    def __iter__(self) -> Any:
        return iter(self.NAMES)

    def __len__(self) -> int:
        return len(self.NAMES)


class Frame:
    """What every frame needs. Values are worked out when a template asks for them."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.preferences: Preferences = getattr(request, "preferences", None) or read_preferences(request)
        context = getattr(request, "host_context", None)
        self.host_kind = str(context.kind) if context else "unknown"
        self.market = MarketLinks(from_market=self.host_kind == "market")

    @property
    def language(self) -> str:
        """For the `lang` attribute: `zh-Hans` or `en`."""
        return "zh-Hans" if self.preferences.language == "zh-hans" else self.preferences.language

    @property
    def theme(self) -> Theme:
        return self.preferences.theme

    @property
    def languages(self) -> list[Choice]:
        return [Choice(code, name, code == self.preferences.language) for code, name in settings.LANGUAGES]

    @property
    def next_theme(self) -> Theme:
        """What the theme switch leads to: system, light, dark and round again."""
        return THEMES[(THEMES.index(self.theme) + 1) % len(THEMES)]

    @property
    def here(self) -> str:
        """The page to come back to after a choice."""
        return self._request.get_full_path()

    @property
    def market_url(self) -> str:
        return absolute_url()

    @property
    def portal_url(self) -> str:
        return absolute_url(host=settings.PORTAL_HOST)

    @property
    def console_url(self) -> str:
        return absolute_url(host=settings.CONSOLE_HOST)

    @property
    def suggest(self) -> str:
        """Where the search box asks what may be meant: on this host, a script asks no other."""
        return market_link("storefront:suggest", from_market=True) if self.host_kind in ("market", "shop") else ""

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)


def frame(request: HttpRequest) -> dict[str, Any]:  # Any: template contexts are open by nature
    """`frame` for the base templates, and `frame_counts`, which a face may have put on the request (lazily)."""
    return {"frame": Frame(request), "frame_counts": getattr(request, "frame_counts", {})}
