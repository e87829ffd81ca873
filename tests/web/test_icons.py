"""Every icon that a template or a module names is in the sprite."""

import re
from pathlib import Path

from web.gallery.samples import list_icons

ROOT = Path(__file__).resolve().parents[2]
_TAG = re.compile(r'{% icon "([a-z-]+)"')
_PART = re.compile(r'{% (?:empty "([a-z-]+)"|nav_link \S+ "([a-z-]+)")')


def _used() -> dict[str, str]:
    used: dict[str, str] = {}
    for folder in ("platform", "storefront", "merchant_portal"):
        for path in (ROOT / folder).rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            for name in _TAG.findall(text) + [a or b for a, b in _PART.findall(text)]:
                used[name] = str(path.relative_to(ROOT))
    return used


def test_every_icon_that_is_used_is_in_the_sprite() -> None:
    used = _used()
    assert len(used) > 20
    assert {name: where for name, where in used.items() if name not in set(list_icons())} == {}


def test_the_icons_of_all_mocks_came_along() -> None:
    mocks = """alert bag bell bike book box car cart chart chat check clock close cup down download dress drop ear edit
    eye filter gear grid heart home horn info lamp leaf ledger menu more orders phone pin plant plus shield shoe shop
    sofa ticket truck undo upload user users wallet"""
    assert set(mocks.split()) <= set(list_icons())


def test_no_icon_stands_twice() -> None:
    names = list_icons()
    assert len(names) == len(set(names))
