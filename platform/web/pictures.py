"""Pictures for pages: which renditions a browser is offered. Pure: no Django.

A picture is anything with `url`, `width`, `height`, `alt` and `renditions`, as attributes or as keys, or just a URL.
`renditions` maps a width and a format in any spelling ("640.avif", "640w-webp", "avif/640") to a URL.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_WIDTH = re.compile(r"\d+")
_FORMATS = {"avif": "image/avif", "webp": "image/webp"}


@dataclass(frozen=True, slots=True)
class Source:
    """One `<source>`: a format and the widths it comes in."""

    media_type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the `<img>` needs. An empty `url` means that there is no picture."""

    url: str
    alt: object
    width: int
    height: int
    sources: tuple[Source, ...]


def read(thing: object, name: str, default: object = None) -> object:
    """An attribute or a key, whichever the thing has."""
    if isinstance(thing, Mapping):
        return thing.get(name, default)
    return getattr(thing, name, default)


def list_sources(renditions: Mapping[str, str]) -> tuple[Source, ...]:
    """AVIF before WebP, each with its widths in order; what has no known format or width is left out."""
    sources = []
    for suffix, media_type in _FORMATS.items():
        sized = [
            (int(found.group()), url)
            for key, url in renditions.items()
            if suffix in key.lower() and (found := _WIDTH.search(key))
        ]
        if sized:
            sources.append(Source(media_type, ", ".join(f"{url} {width}w" for width, url in sorted(sized))))
    return tuple(sources)


def show(picture: object, *, size: int | None = None) -> Shown:
    """What to draw. `size` is the side of a square box; without it the picture keeps its own shape."""
    if picture is None or picture == "":
        return Shown("", "", size or 0, size or 0, ())
    if isinstance(picture, str):
        return Shown(picture, "", size or 800, size or 800, ())
    width, height = (int(str(read(picture, side, 0) or 0)) for side in ("width", "height"))
    renditions = read(picture, "renditions")
    return Shown(
        url=str(read(picture, "url", "") or ""),
        alt=read(picture, "alt", "") or "",
        width=size or width or 800,
        height=size or height or 800,
        sources=list_sources(renditions) if isinstance(renditions, Mapping) else (),
    )
