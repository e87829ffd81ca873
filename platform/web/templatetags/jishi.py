"""The tags of all pages: a builtin library, so no template has to load it. README.md shows each one in use."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any  # Any: template contexts and template arguments are open by nature

from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from market.money import DEFAULT_CURRENCY
from web import figures, moments, pictures
from web.charts import Chart
from web.fields import FieldView, list_wrongs, view_field
from web.shapes import LogLine, Option, Step, SumRow, Tab
from web.toasts import Toast, list_toasts

register = template.Library()
PARTS = "web/parts/"


# ---- Small things ------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, label: str = "", *, big: bool = False) -> SafeString:
    """An icon of the sprite, 20 px beside text. With a `label` it speaks for itself, without it is decoration."""
    return format_html(
        '<svg class="icon{}"{} viewBox="0 0 24 24" width="20" height="20"><use href="{}#i-{}"/></svg>',
        " big" if big else "",
        format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"'),
        static("web/icons.svg"),
        name,
    )


@register.simple_tag
def price(
    minor: int, currency: str = DEFAULT_CURRENCY, *, size: str = "", card: bool = False, plain: bool = False
) -> SafeString:
    """A price, set as look.md says. `card` drops `.00`; `size` is "m" (a total) or "l" (product, cashier)."""
    parts = figures.cut_price(minor, currency, drop_zeros=card)
    names = " ".join(word for word in ("price", size, "plain" if plain else "") if word)
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


@register.inclusion_tag(PARTS + "picture.html")
def picture(
    picture: object, *, size: int | None = None, alt: object = None, css: str = "", eager: bool = False, sizes: str = ""
) -> dict[str, Any]:
    """A picture in its box. `size`: side in px of a square box. `css`: s, m, xs, round. First row: `eager=True`."""
    shown = pictures.show(picture, size=size)
    text = pick(shown.alt if alt is None else alt)
    return {"shown": shown, "alt": text, "css": css, "eager": eager, "sizes": sizes or f"{shown.width}px"}


@register.inclusion_tag(PARTS + "gallery.html")
def gallery(pictures: Sequence[object], title: object = "") -> dict[str, Any]:
    """The pictures of a product page: views that slide, thumbnails that lead to them, zoom with a script."""
    return {"pictures": pictures, "title": pick(title)}


# ---- Time --------------------------------------------------------------------------------------
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


# ---- Addresses ---------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def qs(context: RequestContext, **changes: object) -> str:
    """The page's query string with changes: `{% qs sort="price" after=None %}`. None or "" takes a name away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def qs_toggle(context: RequestContext, name: str, value: object) -> str:
    """The query string with one value of a name added or taken away; paging starts anew."""
    query = context["request"].GET.copy()
    values = query.getlist(name)
    text = str(value)
    query.setlist(name, [v for v in values if v != text] if text in values else [*values, text])
    for paging in ("page", "after", "before"):
        query.pop(paging, None)
    return f"?{query.urlencode()}"


@register.inclusion_tag(PARTS + "pages.html", takes_context=True)
def pages(context: RequestContext, number: int, count: int, param: str = "page") -> dict[str, Any]:
    """Numbered paging: first, last, and the neighbours of the current page."""
    near = {1, count, *range(max(1, number - 1), min(count, number + 1) + 1)}
    shown: list[dict[str, Any]] = []
    for page in sorted(near):
        if shown and page - shown[-1]["number"] > 1:
            shown.append({"number": page - 1, "gap": True})
        shown.append({"number": page, "href": qs(context, **{param: page})})
    return {
        "shown": shown,
        "number": number,
        "count": count,
        "previous": qs(context, **{param: number - 1}) if number > 1 else "",
        "next": qs(context, **{param: number + 1}) if number < count else "",
    }


@register.inclusion_tag(PARTS + "cursor_pages.html", takes_context=True)
def cursor_pages(context: RequestContext, next_cursor: str | None, param: str = "after") -> dict[str, Any]:
    """Cursor paging: back to the start, and on."""
    at_start = not context["request"].GET.get(param)
    return {
        "first": "" if at_start else qs(context, **{param: None}),
        "next": qs(context, **{param: next_cursor}) if next_cursor else "",
    }


@register.inclusion_tag(PARTS + "nav_link.html", takes_context=True)
def nav_link(
    context: RequestContext, href: str, icon: str, label: str, badge: object = "", tone: str = "", under: str = ""
) -> dict[str, Any]:
    """One entry of a rail. It is current on its own page and below; `under` names another path that counts as below."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    roots = [root for root in (href, under) if root]
    current = any(path == root or (root != "/" and path.startswith(root)) for root in roots)
    return {"href": href, "icon": icon, "label": label, "badge": badge, "tone": tone, "current": current}


@register.simple_tag(takes_context=True)
def th_sort(context: RequestContext, field: str, label: str, *, numeric: bool = False) -> SafeString:
    """A table head that sorts: `?sort=field` upwards, `?sort=-field` downwards."""
    current = context["request"].GET.get("sort", "")
    state = {field: "ascending", f"-{field}": "descending"}.get(current, "none")
    arrow = {"ascending": " ↑", "descending": " ↓"}.get(state, "")
    href = qs(context, sort=field if current == f"-{field}" else f"-{field}", page=None, after=None)
    return format_html(
        '<th{} aria-sort="{}"><a href="{}">{}{}</a></th>',
        mark_safe(' class="num"') if numeric else "",
        state,
        href,
        label,
        arrow,
    )


# ---- Parts -------------------------------------------------------------------------------------
@register.inclusion_tag(PARTS + "sum.html")
def sum_form(rows: Sequence[SumRow], currency: str = DEFAULT_CURRENCY) -> dict[str, Any]:
    """A sum that explains itself: label, dotted leader, figure, double rule under the total."""
    return {"rows": rows, "currency": currency}


@register.inclusion_tag(PARTS + "sum_row.html")
def sum_row(
    label: str, minor: int = 0, *, note: str = "", kind: str = "plain", text: str = "", currency: str = DEFAULT_CURRENCY
) -> dict[str, Any]:
    """One line inside `<dl class="sum">`. `kind`: plain, less (a deduction), total."""
    return {"row": SumRow(label, minor, note, kind, text), "currency": currency}  # type: ignore[arg-type]


@register.inclusion_tag(PARTS + "steps.html")
def steps(steps: Sequence[Step], label: str = "") -> dict[str, Any]:
    """A way in steps: done, now, still to come."""
    return {"steps": steps, "label": label or gettext("Progress")}


@register.inclusion_tag(PARTS + "log.html")
def log(lines: Sequence[LogLine]) -> dict[str, Any]:
    """What happened, newest first."""
    return {"lines": lines}


@register.inclusion_tag(PARTS + "tabs.html")
def tabs(tabs: Sequence[Tab], label: str = "", *, padded: bool = False) -> dict[str, Any]:
    """State tabs with counts."""
    return {"tabs": tabs, "label": label, "padded": padded}


@register.inclusion_tag(PARTS + "chart.html")
def chart(chart: Chart, sentence: str = "", head: str = "", unit: str = "") -> dict[str, Any]:
    """A drawn chart (web.charts), the sentence that says what it means, and its numbers as a table."""
    return {"chart": chart, "sentence": sentence, "head": head, "unit": unit}


@register.inclusion_tag(PARTS + "quantity.html")
def quantity(
    name: str, value: int, *, label: str = "", least: int = 1, most: int = 99, step_name: str = "", key: object = ""
) -> dict[str, Any]:
    """A stepper. With `step_name` its buttons send `<step_name>=<key>:-1` or `:1`, so that it needs no script."""
    return {
        "name": name,
        "value": value,
        "label": label or gettext("Quantity"),
        "least": least,
        "most": most,
        "step_name": step_name,
        "key": key,
    }


@register.inclusion_tag(PARTS + "options.html")
def options(options: Sequence[Option]) -> dict[str, Any]:
    """The choices of a product as radio buttons; what is sold out is dashed, struck and says so."""
    return {"options": options}


@register.inclusion_tag(PARTS + "empty.html")
def empty(
    icon: str, title: str, text: str = "", *, href: str = "", action: str = "", href2: str = "", action2: str = ""
) -> dict[str, Any]:
    """The empty state: icon, one line, one or two verbs."""
    return {
        "icon": icon,
        "title": title,
        "text": text,
        "links": [(href, action, "main"), (href2, action2, "")]
        if action2
        else [(href, action, "main")]
        if action
        else [],
    }


@register.simple_block_tag
def banner(content: str, tone: str = "", icon_name: str = "", *, small: bool = False) -> SafeString:
    """A banner around its content. `tone`: warn, bad, good or nothing."""
    name = icon_name or {"warn": "alert", "bad": "alert", "good": "check"}.get(tone, "info")
    names = " ".join(word for word in ("banner", tone, "small" if small else "") if word)
    role = mark_safe(' role="alert"') if tone == "bad" else ""
    return format_html('<div class="{}"{}>{}<span>{}</span></div>', names, role, icon(name), content)


@register.simple_block_tag
def bulk(content: str) -> SafeString:
    """The bar of what can be done with the ticked rows; CSS counts them and shows it."""
    return format_html(
        '<div class="bulk"><strong>{}<span class="ticked-count"></span>{}</strong>{}</div>',
        gettext("Ticked"),
        pgettext("after the count of ticked rows", "items"),
        content,
    )


@register.inclusion_tag(PARTS + "toasts.html", takes_context=True)
def toasts(context: RequestContext) -> dict[str, Any]:
    """What has just happened, with undo where there is one (web.toasts.add_toast)."""
    found: list[Toast] = list_toasts(context.get("messages") or ())
    return {"toasts": found, "csrf_token": context.get("csrf_token")}


# ---- Forms -------------------------------------------------------------------------------------
@register.inclusion_tag(PARTS + "field.html")
def field(
    bound: BoundField, *, hint: str = "", whole: bool = False, prefix: str = "", suffix: str = "", **attributes: object
) -> dict[str, Any]:
    """A field of a form: label above, the sentence at the field. More keywords become attributes of the input."""
    view: FieldView = view_field(bound, hint=hint, attributes={k.replace("_", "-"): v for k, v in attributes.items()})
    return {"field": view, "whole": whole, "prefix": prefix, "suffix": suffix}


@register.inclusion_tag(PARTS + "wrongs.html")
def wrongs(form: Any) -> dict[str, Any]:  # Any: a form, a formset or a list of pairs
    """The list of links above a form that could not be saved; nothing when all is well."""
    return {"wrongs": list_wrongs(form)}


@register.filter
def get(mapping: Mapping[Any, Any], key: object) -> object:
    """One entry of a mapping by a variable key; nothing where it is missing."""
    return mapping.get(key, "")
