"""Reads tokens.css and measures contrast as WCAG 2.2 defines it (1.4.3 and 1.4.11)."""

import re
from pathlib import Path

TOKENS = Path(__file__).resolve().parents[2] / "platform" / "web" / "static" / "web" / "tokens.css"
_DECLARATION = re.compile(r"(--[\w-]+):\s*([^;]+);")

GROUNDS = ("canvas", "surface", "surface-sunken", "surface-hover", "surface-raised")
SOFT = ("choice-soft", "pay-soft", "good-soft", "warn-soft", "bad-soft")

# What stands on what. A pair that is not here is not allowed in a template either.
TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("ink", "ink-quiet", "ink-faint") for ground in GROUNDS),
    *((text, ground) for text in ("choice", "choice-hover", "money", "bad") for ground in GROUNDS),
    *((text, ground) for text in ("good", "warn") for ground in GROUNDS),
    *(("ink", soft) for soft in SOFT),
    *((text, "choice-soft") for text in ("ink-quiet", "ink-faint", "choice", "money")),
    ("ink-quiet", "good-soft"),
    ("ink-quiet", "warn-soft"),
    ("ink-quiet", "bad-soft"),
    ("choice", "good-soft"),
    ("choice", "warn-soft"),
    ("choice", "bad-soft"),
    *((f"on-{soft}", soft) for soft in SOFT),
    ("on-choice", "choice"),
    ("on-choice", "choice-hover"),
    ("on-pay", "pay"),
    ("on-pay", "pay-hover"),
    ("on-inverse", "surface-inverse"),
    ("on-inverse", "inverse-hover"),
    ("on-inverse-quiet", "surface-inverse"),
    ("on-inverse-quiet", "inverse-hover"),
    ("canvas", "ink"),
    *(("on-stall", f"stall-{number}") for number in range(1, 13)),
)
LINE_PAIRS: tuple[tuple[str, str], ...] = (
    *(("line-strong", ground) for ground in ("canvas", "surface", "surface-sunken", "surface-hover")),
    *(("focus", ground) for ground in GROUNDS),
    ("star", "surface"),
    *((f"series-{number}", ground) for number in range(1, 6) for ground in ("surface", "surface-sunken")),
    ("series-before", "surface"),
)


def _declarations(block: str) -> dict[str, str]:
    plain = re.sub(r"/\*.*?\*/", "", block, flags=re.S)
    return {name[2:]: value.strip() for name, value in _DECLARATION.findall(plain)}


def _block(css: str, head: str) -> str:
    """The declarations between the braces after a selector."""
    start = css.index(head) + len(head)
    return css[start : css.index("}", start)]


def read_themes() -> dict[str, dict[str, str]]:
    """light; system-dark and chosen-dark as they are written, and dark: light overlaid with the chosen one."""
    css = TOKENS.read_text(encoding="utf-8")
    light = _declarations(_block(css, ":root {"))
    system = _declarations(_block(css, ':root:not([data-theme="light"]) {'))
    chosen = _declarations(_block(css, ':root[data-theme="dark"] {'))
    return {"light": light, "system-dark": system, "chosen-dark": chosen, "dark": {**light, **chosen}}


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio of two colours written as #rrggbb."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
