"""From bytes that a stranger sent to clean renditions. No Django, no disk."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
WIDTHS = (320, 640, 960, 1600)
MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 12_000
MOST_SVG_BYTES = 200 * 1024

_SVG_SIZE = re.compile(rb'viewBox="0 0 (\d{1,5}) (\d{1,5})"')
_SVG_ROOT = re.compile(rb"\A\s*(<\?xml[^>]*\?>)?\s*<svg[\s>]")
_SVG_ACTIVE = re.compile(rb"<script|<foreignObject|<!|<\?(?!xml)|\son\w+\s*=|href\s*=\s*[\"'](?!#)|javascript:", re.I)


class BadPicture(ValueError):
    """Bytes that are not a picture we take; `code` says why."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Rendered:
    """A picture made ready: its size, and the bytes of each rendition ("640.avif")."""

    width: int
    height: int
    renditions: dict[str, bytes]


def render_picture(content: bytes) -> Rendered:
    """Renditions of a photo: turned upright, in sRGB, without metadata, of an animation the first frame.

    Sizes are read from the header and refused before anything is decoded. Raises `BadPicture`.
    """
    if len(content) > MOST_BYTES:
        raise BadPicture("picture_too_large", limit=MOST_BYTES)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            _check_size(opened.width, opened.height)
            picture = _make_upright(opened)
    except BadPicture:
        raise
    except Image.DecompressionBombError as error:
        raise BadPicture("picture_too_many_pixels") from error
    except Exception as error:  # Pillow's decoders raise whatever a broken file makes them; all mean the same here
        raise BadPicture("picture_unreadable") from error
    renditions: dict[str, bytes] = {}
    for width in _choose_widths(picture.width):
        height = max(1, round(picture.height * width / picture.width))
        scaled = picture if width == picture.width else picture.resize((width, height), Image.Resampling.LANCZOS)
        renditions[f"{width}.avif"] = _encode(scaled, "AVIF", quality=60, speed=9)
        renditions[f"{width}.webp"] = _encode(scaled, "WEBP", quality=80, method=2)
    return Rendered(width=picture.width, height=picture.height, renditions=renditions)


def check_drawing(svg: bytes) -> Rendered:
    """A drawing of our own generator, kept as it is. Anything active in it is refused all the same."""
    if len(svg) > MOST_SVG_BYTES:
        raise BadPicture("picture_too_large", limit=MOST_SVG_BYTES)
    size = _SVG_SIZE.search(svg)
    if size is None or not _SVG_ROOT.match(svg) or _SVG_ACTIVE.search(svg):
        raise BadPicture("picture_unreadable")
    return Rendered(width=int(size[1]), height=int(size[2]), renditions={"svg": svg})


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise BadPicture("picture_too_many_pixels", width=width, height=height)


def _make_upright(opened: Image.Image) -> Image.Image:
    opened.seek(0)
    if opened.format == "JPEG":
        opened.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
    upright = ImageOps.exif_transpose(opened)
    upright = _to_srgb(upright)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    clean = upright.convert("RGBA" if has_alpha else "RGB")
    clean.info = {}
    if clean.width > WIDTHS[-1]:
        height = max(1, round(clean.height * WIDTHS[-1] / clean.width))
        clean = clean.resize((WIDTHS[-1], height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return clean


def _to_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture
    mode = "RGB" if picture.mode == "CMYK" else picture.mode
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return picture
    return turned if turned is not None else picture


def _choose_widths(width: int) -> Sequence[int]:
    smaller = [step for step in WIDTHS if step <= width]
    # A picture between two steps is also kept at its own width, unless that gains little.
    return smaller if smaller and width <= smaller[-1] * 1.15 else [*smaller, width]


def _encode(picture: Image.Image, kind: str, **settings: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **settings)
    return target.getvalue()
