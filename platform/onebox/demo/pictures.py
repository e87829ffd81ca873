"""Draws the pictures of the demo goods: a drawing of ours, three solids replaced, one of four views, perhaps a motif.

A drawing is an SVG of 800 square whose solids `main`, `accent` and `ground` are defined once, at the top; everything
after its floor is the object. Light and shadow are white or ink at low opacity over the solids, so any colours work.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from onebox.demo.colours import lightness

DRAWINGS = Path(__file__).parent / "drawings"
_NAME = re.compile(r'( id="|url\(#|href="#)')
FLOOR = '<path fill="url(#floor)" d="M0 560h800v240H0z"/>'

MOTIFS: Mapping[str, str] = {
    "sun": "M-20 0a20 20 0 1 0 40 0a20 20 0 1 0 -40 0zM-4 -48h8v18h-8zM-4 30h8v18h-8zM-48 -4h18v8h-18zM30 -4h18v8h-18z"
    "M-37 -31l6 -6 13 13 -6 6zM18 24l6 -6 13 13 -6 6zM31 -37l6 6 -13 13 -6 -6zM-24 18l6 6 -13 13 -6 -6z",
    "leaf": "M-40 34C-46 -14 -8 -44 42 -42C46 6 10 40 -30 30L-8 4L-36 42z",
    "hills": "M-54 34L-18 -26L2 6L16 -12L54 34zM24 -30a10 10 0 1 0 20 0a10 10 0 1 0 -20 0z",
    "waves": "M-50 -14q12 -16 25 0t25 0t25 0t25 0v10q-12 16 -25 0t-25 0t-25 0t-25 0zM-50 16q12 -16 25 0t25 0t25 0t25 0"
    "v10q-12 16 -25 0t-25 0t-25 0t-25 0z",
    "star": "M0 -44L12 -14L44 -12L19 8L28 40L0 22L-28 40L-19 8L-44 -12L-12 -14z",
    "moon": "M12 -42A44 44 0 1 0 40 20A36 36 0 0 1 12 -42z",
    "plum": "M0 -8a18 18 0 1 1 .1 0zM9 -3a18 18 0 1 1 11 14zM6 8a18 18 0 1 1 -12 13zM-6 8a18 18 0 1 1 -16 2z"
    "M-9 -3a18 18 0 1 1 8 -15z",
    "dots": "M-46 0a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM-10 0a10 10 0 1 0 20 0a10 10 0 1 0 -20 0zM26 0a10 10 0 1 0 20 0"
    "a10 10 0 1 0 -20 0zM-28 -26a7 7 0 1 0 14 0a7 7 0 1 0 -14 0zM14 26a7 7 0 1 0 14 0a7 7 0 1 0 -14 0z",
    "heart": "M0 38C-56 2 -40 -40 -12 -36Q0 -34 0 -20Q0 -34 12 -36C40 -40 56 2 0 38z",
    "bird": "M-50 -4C-30 -34 -8 -28 0 -6C8 -28 30 -34 50 -4C28 -16 12 -10 0 16C-12 -10 -28 -16 -50 -4z",
}


class View(StrEnum):
    """How the object is shown."""

    FRONT = "front"
    DETAIL = "detail"
    PAIR = "pair"
    BOXED = "boxed"


class UnknownDrawing(LookupError):
    """No drawing has this name."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The three solids of a picture, as "#rrggbb"."""

    main: str
    accent: str
    ground: str


@dataclass(frozen=True, slots=True)
class PictureSpec:
    """Everything that decides how a picture looks; two equal specs are two equal files."""

    drawing: str
    palette: Palette
    view: View = View.FRONT
    motif: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A base drawing taken apart, with the places where it may be changed."""

    head: str
    body: str
    detail: tuple[int, int]
    motif: tuple[float, float, float, str] | None
    can_pair: bool
    can_box: bool
    bearer: str


def list_drawings() -> list[str]:
    """The names of all base drawings."""
    return sorted(_places())


def takes_motif(drawing: str) -> bool:
    """Whether the drawing has a plain spot for an added figure."""
    return load_drawing(drawing).motif is not None


def can_pair(drawing: str) -> bool:
    """Whether two of the object may stand side by side."""
    return load_drawing(drawing).can_pair


def can_box(drawing: str) -> bool:
    """Whether the object may lie beside a gift box."""
    return load_drawing(drawing).can_box


def colour_bearer(drawing: str) -> str:
    """Which solid carries the colour a product is named after: "main" or "accent"."""
    return load_drawing(drawing).bearer


def draw(spec: PictureSpec) -> bytes:
    """The picture as an SVG file of 2 to 6 KB. Raises UnknownDrawing."""
    drawing = load_drawing(spec.drawing)
    head = _paint(drawing, spec.palette)
    body = drawing.body + _motif(drawing, spec)
    return (head + FLOOR + "\n" + _placed(body, drawing, spec.view) + "</svg>\n").encode()


def cut_out(spec: PictureSpec, prefix: str) -> tuple[str, str]:
    """The gradients of a picture and its object on no ground, all names behind `prefix`. Raises UnknownDrawing."""
    drawing = load_drawing(spec.drawing)
    defs = _paint(drawing, spec.palette).partition("<defs>")[2].partition("</defs>")[0]
    return _put_before_names(defs, prefix), _put_before_names(drawing.body + _motif(drawing, spec), prefix)


@cache
def load_drawing(name: str) -> Drawing:
    """One base drawing. Raises UnknownDrawing."""
    places = _places().get(name)
    if places is None:
        raise UnknownDrawing(name)
    head, floor, rest = (DRAWINGS / f"{name}.svg").read_text(encoding="utf-8").partition(FLOOR)
    if not floor:
        raise UnknownDrawing(f"{name}: the drawing has no floor")
    body = rest.strip().removesuffix("</svg>").strip() + "\n"
    motif = places.get("motif")
    return Drawing(
        head=head,
        body=body,
        detail=(places["detail"][0], places["detail"][1]),
        motif=(motif[0], motif[1], motif[2], motif[3]) if motif else None,
        can_pair=places.get("pair", False),
        can_box=places.get("boxed", False),
        bearer=places.get("bearer", "main"),
    )


@cache
def _places() -> dict[str, dict[str, Any]]:  # Any: what tomllib gives
    return tomllib.loads((DRAWINGS / "drawings.toml").read_text(encoding="utf-8"))


def _paint(drawing: Drawing, palette: Palette) -> str:
    """The head of a drawing in these colours."""
    head = drawing.head
    for solid in ("main", "accent", "ground"):
        head = _replace_solid(head, solid, getattr(palette, solid))
    return head


def _replace_solid(head: str, solid: str, colour: str) -> str:
    return re.sub(rf'(id="{solid}"[^>]*><stop stop-color=")#[0-9a-fA-F]+', rf"\g<1>{colour}", head, count=1)


def _put_before_names(text: str, prefix: str) -> str:
    return _NAME.sub(rf"\g<1>{prefix}", text)


def _motif(drawing: Drawing, spec: PictureSpec) -> str:
    if not spec.motif or drawing.motif is None:
        return ""
    x, y, scale, beneath = drawing.motif
    under = spec.palette.main if beneath == "main" else spec.palette.accent
    other = "accent" if beneath == "main" else "main"
    fill = 'fill="#fff" fill-opacity=".86"' if lightness(under) < 72 else f'fill="url(#{other})"'
    return f'<path {fill} transform="translate({x:g} {y:g}) scale({scale:g})" d="{MOTIFS[spec.motif]}"/>\n'


def _placed(body: str, drawing: Drawing, view: View) -> str:
    if view is View.DETAIL:
        x, y = drawing.detail
        return f'<g transform="translate(400 400) scale(1.6) translate({-x} {-y})">\n{body}</g>\n'
    if view is View.PAIR:
        return (
            f'<defs><g id="one">\n{body}</g></defs>\n<use href="#one" transform="translate(28 142) scale(.66)"/>\n'
            '<use href="#one" transform="translate(216 190) scale(.72)"/>\n'
        )
    if view is View.BOXED:
        return f'{GIFT_BOX}<g transform="translate(10 136) scale(.8)">\n{body}</g>\n'
    return body


GIFT_BOX = (
    '<ellipse fill="url(#drop)" cx="590" cy="612" rx="190" ry="26"/>\n'
    '<path fill="#c9ab82" d="M440 330h290v280h-290z"/>\n'
    '<path fill="#0b1a26" fill-opacity=".1" d="M440 330h60v280h-60z"/>\n'
    '<path fill="#fff" fill-opacity=".16" d="M500 330h230v280h-230z"/>\n'
    '<path fill="#d6bb95" d="M428 286h314v58h-314z"/>\n'
    '<path fill="#0b1a26" fill-opacity=".12" d="M440 344h290v10h-290z"/>\n'
    '<path fill="url(#accent)" d="M574 286h42v324h-42zM594 290C540 196 470 236 500 268Q520 288 594 290'
    'C666 288 690 268 700 254C706 214 640 200 594 290z"/>\n'
)
