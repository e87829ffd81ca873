"""QR codes as inline SVG: dark on white in both themes, so that every phone reads them."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe

MAX_LENGTH = 600
MASK = 0
"""Any of the eight is read by every phone; to weigh them all against each other takes most of the drawing's time."""


def draw_qr(content: str) -> SafeString:
    """An SVG element for a QR code of this content (error correction M). Content is never part of the markup."""
    if len(content) > MAX_LENGTH:
        raise ValueError("A QR code's content has at most 600 characters.")
    buffer = io.BytesIO()
    segno.make(content, error="m", micro=False, mask=MASK).save(
        buffer,
        kind="svg",
        border=2,
        dark="#0b1a26",
        light="#ffffff",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return mark_safe(buffer.getvalue().decode())  # noqa: S308 - made of modules, not of text
