"""Rich text of merchants, reduced to what may stand on our pages."""

import nh3

_TAGS = {
    "a", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "figcaption", "figure", "h2",
    "h3", "h4", "hr", "i", "img", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}


def _own_pictures_only(tag: str, attribute: str, value: str) -> str | None:
    # A picture from elsewhere tells its host who reads the page, and our CSP would block it anyway.
    if (tag, attribute) == ("img", "src") and not value.startswith("/media/"):
        return None
    return value


def clean_html(html: str) -> str:
    """The same text with allowed tags only: no scripts, styles, forms, frames, event attributes or foreign pictures."""
    if not html:
        return ""
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "textarea"},
        attributes=_ATTRIBUTES,
        attribute_filter=_own_pictures_only,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow ugc",
        strip_comments=True,
    ).strip()
