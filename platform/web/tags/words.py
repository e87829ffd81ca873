"""Tags for single words: icons, prices, marks, moments."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any  # Any: template contexts and template arguments are open by nature

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from market.money import DEFAULT_CURRENCY
from web import figures, moments, pictures

register = template.Library()


@lru_cache(maxsize=1)
def _sprite_url() -> str:
    """Found once: a page names it thirty times."""
    return static("web/icons.svg")


@register.simple_tag
def icon(name: str, label: str = "", *, big: bool = False) -> SafeString:
    """An icon of the sprite, 20 px beside text. With a `label` it speaks for itself, without it is decoration."""
    return format_html(
        '<svg class="icon{}"{} viewBox="0 0 24 24" width="20" height="20"><use href="{}#i-{}"/></svg>',
        " big" if big else "",
        format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"'),
        _sprite_url(),
        name,
    )


@register.simple_tag
def price(
    minor: int, currency: str = DEFAULT_CURRENCY, *, size: str = "", card: bool = False, plain: bool = False
) -> SafeString:
    """A price, set as look.md says. `card` drops `.00`; `size` is "m" (a total) or "l" (product, cashier)."""
    parts = figures.cut_price(minor, currency, drop_zeros=card)
    names = " ".join(word for word in ("price", size, "plain" if plain else "") if word)
    if plain:
        return format_html('<span class="{}">{}</span>', names, parts.whole)
    decimals = format_html("<small>{}</small>", parts.decimals) if parts.decimals else ""
    return format_html(
        '<span class="{}">{}<small>{}</small>{}{}</span>', names, parts.minus, parts.symbol, parts.integer, decimals
    )


@register.simple_tag
def was(minor: int | None, currency: str = DEFAULT_CURRENCY) -> SafeString | str:
    """A struck price that was charged before; nothing for None."""
    if minor is None:
        return ""
    return format_html('<s class="was">{}</s>', figures.cut_price(minor, currency, drop_zeros=True).whole)


@register.simple_tag
def money(minor: int, currency: str = DEFAULT_CURRENCY, *, unit: bool = False) -> str:
    """A figure for a column (`1,234.50`); with `unit` for a sentence (`¥1,234.50`)."""
    return figures.cut_price(minor, currency).whole if unit else figures.column_figure(minor, currency)


@register.simple_tag
def bubble(count: int | None) -> SafeString | str:
    """The red count on a door: nothing for none, 99+ from a hundred on."""
    text = figures.bubble_count(int(count or 0))
    return format_html("<b>{}</b>", text) if text else ""


@register.simple_tag
def pick(text: object, language: str = "") -> str:
    """A text with `zh` and `en` in the page's language, the other one where it is empty. Plain text passes."""
    if text is None or isinstance(text, str):
        return text or ""
    zh, en = (str(pictures.read(text, name, "") or "") for name in ("zh", "en"))
    english = (language or get_language() or settings.LANGUAGE_CODE).startswith("en")
    return (en or zh) if english else (zh or en)


register.filter("pick", pick)


@register.simple_tag
def stall(shop: object, size: str = "") -> SafeString:
    """A shop's mark: the awning in its colour and one character of its name. `size` is "s" or "l"."""
    number, mark = pictures.read(shop, "stall", 1), pictures.read(shop, "mark", "")
    return format_html(
        '<span class="stall{}" data-stall="{}" aria-hidden="true">{}</span>', f" {size}" if size else "", number, mark
    )


@register.simple_tag
def seal(text: str, label: str = "") -> SafeString:
    """The seal: only for what will not change any more (paid, sealed, received)."""
    return format_html('<div class="seal" role="img" aria-label="{}">{}</div>', label or text, text)


@register.simple_tag
def when(moment: datetime | None, *, style: str = "stamp", now: datetime | None = None) -> SafeString | str:
    """A moment. `style`: "stamp" (11-22 18:41), "near" (today 18:20), "day" (tomorrow (24 Nov)), "left", "full"."""
    if moment is None:
        return ""
    at = now or timezone.now()
    if style == "day":
        text = moments.day_name(timezone.localdate(moment), today=timezone.localdate(at))
    elif style == "left":
        text = moments.time_left(moment, now=at)
    elif style == "full":
        text = moments.full_stamp(moment)
    else:
        text = moments.near(moment, now=at) if style == "near" else moments.stamp(moment, now=at)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), moments.full_stamp(moment), text)


@register.simple_tag
def day(value: date, *, now: datetime | None = None) -> str:
    """A date by name and number: `明天（11月24日）`."""
    return moments.day_name(value, today=timezone.localdate(now or timezone.now()))


@register.filter
def get(mapping: Mapping[Any, Any], key: object) -> object:
    """One entry of a mapping by a variable key; nothing where it is missing."""
    return mapping.get(key, "")


@register.filter
def percent(bps: int) -> str:
    """Basis points as people say them: `8.25%`."""
    return f"{bps / 100:g}%"
