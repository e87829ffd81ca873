"""Wide pictures for fixed places: goods side by side on one ground, without words: those stand beside a picture."""

from __future__ import annotations

from collections.abc import Sequence

from onebox.demo.pictures import PictureSpec, cut_out

WIDTH = 1_200
STANDS_AT = 660
"""Where objects stand in a drawing of 800 square."""

FEET, TALL, SMALL = 0.88, 1.14, 1.0
"""In parts of the height: where the objects stand, and the side of the square of a large and of a small one."""


def draw_banner(specs: Sequence[PictureSpec], *, height: int) -> bytes:
    """Objects from left to right, a large one after a small one; the ground is the first one's. An SVG of 1200 wide."""
    parts = [cut_out(spec, f"o{number}-") for number, spec in enumerate(specs)]
    step = WIDTH / len(parts)
    objects = [
        _place(body, (number + 0.5) * step, height * (SMALL if number % 2 else TALL) / 800, height)
        for number, (_, body) in enumerate(parts)
    ]
    whole, floor = f"M0 0h{WIDTH}v{height}H0z", f"M0 {height * 0.7:g}h{WIDTH}v{height * 0.3:g}H0z"
    grounds = "".join(
        f'<path fill="url(#o0-{name})" d="{path}"/>\n'
        for name, path in (("ground", whole), ("glow", whole), ("floor", floor))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">\n'
        f"<defs>{''.join(defs for defs, _ in parts)}</defs>\n{grounds}{''.join(objects)}</svg>\n"
    ).encode()


def _place(body: str, middle: float, scale: float, height: int) -> str:
    left, top = middle - 400 * scale, height * FEET - STANDS_AT * scale
    return f'<g transform="translate({left:.1f} {top:.1f}) scale({scale:.4f})">\n{body}</g>\n'
