"""Colour arithmetic of the pictures: CIE lightness and hue, and the contrast rules they obey.

Conversion: IEC 61966-2-1 (sRGB) and CIE 15 (L*a*b*, white point D65).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

WHITE_POINT = (0.95047, 1.0, 1.08883)
LEAST_CONTRAST = 25.0
GROUND_LIGHTNESS = (88.0, 93.0)


def lightness(colour: str) -> float:
    """CIE L* of "#rrggbb", 0 to 100."""
    return _lab(colour)[0]


def contrast(one: str, other: str) -> float:
    """How far apart two colours are in lightness."""
    return abs(lightness(one) - lightness(other))


def readable_accent(main: str, accents: Sequence[str], turn: int = 0) -> str:
    """The first accent, counted from `turn`, far enough from `main`; else one made lighter or darker until it is."""
    order = [accents[(turn + step) % len(accents)] for step in range(len(accents))]
    for accent in order:
        if contrast(main, accent) >= LEAST_CONTRAST:
            return accent
    target = lightness(main) + (LEAST_CONTRAST + 3.0) * (1 if lightness(main) < 55 else -1)
    return with_lightness(order[0], target)


def ground_for(main: str, accent: str) -> str:
    """A light tint that leans to the accent; white goods get a darker one."""
    _, a, b = _lab(accent)
    if math.hypot(a, b) < 6:
        _, a, b = _lab(main)
    hue = math.atan2(b, a)
    level = 89.0 if max(lightness(main), lightness(accent)) > 86 else 91.5
    return _hex(level, 3.6 * math.cos(hue), 3.6 * math.sin(hue))


def with_lightness(colour: str, level: float) -> str:
    """The same hue at another lightness."""
    _, a, b = _lab(colour)
    return _hex(level, a, b)


def nudged(colour: str, step: int) -> str:
    """A neighbour of a colour: the n-th one round the hue circle, a little lighter or darker."""
    level, a, b = _lab(colour)
    turn = math.radians(7.0 * ((step + 1) // 2) * (1 if step % 2 else -1))
    lift = 1.6 * ((step + 1) // 2) * (-1 if step % 2 else 1)
    turned_a = a * math.cos(turn) - b * math.sin(turn)
    turned_b = a * math.sin(turn) + b * math.cos(turn)
    return _hex(min(96.0, max(12.0, level + lift)), turned_a, turned_b)


def _lab(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour[index : index + 2], 16) / 255) for index in (1, 3, 5))
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (_curve(value / white) for value, white in zip((x, y, z), WHITE_POINT, strict=True))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _hex(level: float, a: float, b: float) -> str:
    fy = (level + 16) / 116
    x, y, z = (
        white * _uncurve(value) for white, value in zip(WHITE_POINT, (fy + a / 500, fy, fy - b / 200), strict=True)
    )
    channels = (
        3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
        -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
        0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
    )
    return "#" + "".join(f"{round(255 * _companded(min(1.0, max(0.0, value)))):02x}" for value in channels)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _companded(value: float) -> float:
    return value * 12.92 if value <= 0.0031308 else float(1.055 * value ** (1 / 2.4) - 0.055)


def _curve(value: float) -> float:
    return float(value ** (1 / 3)) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116


def _uncurve(value: float) -> float:
    return float(value**3) if value**3 > 216 / 24389 else (116 * value - 16) / (24389 / 27)
