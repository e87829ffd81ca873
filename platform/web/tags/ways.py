"""Tags for moving about: query strings, paging, rails, tabs, sortable heads."""

from collections.abc import Sequence
from typing import Any  # Any: template contexts and template arguments are open by nature
from urllib.parse import quote_plus, urlencode

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from web.shapes import Tab

register = template.Library()
PARTS = "web/parts/"


@register.simple_tag(takes_context=True)
def qs(context: RequestContext, **changes: object) -> str:
    """The page's query string with changes: `{% qs sort="price" after=None %}`. None or "" takes a name away."""
    lists = context["request"].GET.lists()
    pairs = [(name, value) for name, values in lists if name not in changes for value in values]
    pairs += [(name, str(value)) for name, value in changes.items() if value not in (None, "")]
    return f"?{urlencode(pairs)}"


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
    others = qs(context, **{param: None})
    start = f"{others}{'&' if len(others) > 1 else ''}{quote_plus(param)}="
    near = {1, count, *range(max(1, number - 1), min(count, number + 1) + 1)}
    shown: list[dict[str, Any]] = []
    for page in sorted(near):
        if shown and page - shown[-1]["number"] > 1:
            shown.append({"number": page - 1, "gap": True})
        shown.append({"number": page, "href": f"{start}{page}"})
    return {
        "shown": shown,
        "number": number,
        "count": count,
        "previous": f"{start}{number - 1}" if number > 1 else "",
        "next": f"{start}{number + 1}" if number < count else "",
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


@register.inclusion_tag(PARTS + "tabs.html")
def tabs(tabs: Sequence[Tab], label: str = "", *, padded: bool = False) -> dict[str, Any]:
    """State tabs with counts."""
    return {"tabs": tabs, "label": label, "padded": padded}
