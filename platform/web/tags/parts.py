"""Tags for whole parts: pictures, sums, steps, charts, steppers, states."""

import json
from collections.abc import Sequence
from typing import Any  # Any: template contexts and template arguments are open by nature

from django import template
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from market.money import DEFAULT_CURRENCY
from web import figures, pictures
from web.charts import Chart
from web.shapes import LogLine, Option, Sellable, Step, SumRow
from web.tags.words import icon, pick
from web.toasts import Toast, list_toasts

register = template.Library()
PARTS = "web/parts/"
_IN_SCRIPT = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}  # as django.utils.html.json_script


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


@register.inclusion_tag(PARTS + "variants.html")
def variants(
    sellables: Sequence[Sellable],
    *,
    field: str = "variant",
    chosen: int | None = None,
    currency: str = DEFAULT_CURRENCY,
) -> dict[str, Any]:
    """What is sold, inside `<jishi-variants>` after `{% options %}`; the chosen variant goes into `field`."""
    rows = []
    for one in sellables:
        cut = figures.cut_price(one.price_minor, currency)
        rows.append(
            {
                "id": one.variant_id,
                "choices": one.choices,
                "price": (cut.symbol, cut.integer, cut.decimals),
                "was": "" if one.was_minor is None else figures.cut_price(one.was_minor, currency).whole,
                "sold": one.sold,
                "note": one.note,
                "picture": one.picture,
            }
        )
    data = json.dumps(rows, ensure_ascii=False).translate(_IN_SCRIPT)
    return {"field": field, "chosen": chosen, "json": mark_safe(data)}  # noqa: S308 - escaped the line before


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
