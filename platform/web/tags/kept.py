"""`{% kept "name" key… %}…{% endkept %}`: a rendered part, kept in this process until a key changes.

Language, theme and kind of host always belong to the key. Everything else that the part says must be among the keys:
a document's version, a count. What belongs to one visitor (a name, a CSRF token, a nonce) must stay outside. A block
of an inheriting template must not stand inside: the part would be kept with whichever page came first.
"""

import threading
from collections.abc import Hashable, Sequence

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from web.context import Frame

register = template.Library()
MOST = 4096

_parts: dict[Hashable, SafeString] = {}
_lock = threading.Lock()


def forget() -> None:
    """Drop all parts; for tests."""
    with _lock:
        _parts.clear()


def _keep(key: Hashable, html: SafeString) -> None:
    with _lock:
        while len(_parts) >= MOST:
            del _parts[next(iter(_parts))]  # the oldest: dictionaries remember their order
        _parts[key] = html


class KeptNode(template.Node):
    """Renders its content once per key."""

    def __init__(self, name: str, keys: Sequence[FilterExpression], nodelist: NodeList) -> None:
        self.name = name
        self.keys = keys
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        frame = context.get("frame")
        if not isinstance(frame, Frame) or settings.DEBUG:
            return self.nodelist.render(context)
        values = tuple(key.resolve(context) for key in self.keys)
        key = (self.name, get_language(), frame.preferences, frame.host_kind, values)
        html = _parts.get(key)
        if html is None:
            html = self.nodelist.render(context)
            _keep(key, html)
        return html


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Compile the tag: its name in quotes, then the keys."""
    _, name, *keys = token.split_contents()
    if name[0] not in "\"'":
        raise template.TemplateSyntaxError("{% kept %} needs a name in quotes")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(name.strip("\"'"), [parser.compile_filter(key) for key in keys], nodelist)
