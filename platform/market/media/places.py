"""Where files lie, and the only code that writes them."""

import os
import secrets
from pathlib import Path

from django.conf import settings


def owner_folder(shop_id: int) -> str:
    """The folder of a shop, as market.shops.tenancy.ShopKey writes it; shop 0 is the market itself."""
    return f"s{shop_id}" if shop_id else "market"


def public_name(shop_id: int, sha256: str, rendition: str) -> str:
    """The path below the media folder: named by the content, so it never changes and may be kept for ever."""
    stem, _, ending = rendition.rpartition(".")
    suffix = f"-{stem}" if stem else ""
    return f"{owner_folder(shop_id)}/{sha256[:2]}/{sha256[2:26]}{suffix}.{ending}"


def public_path(name: str) -> Path:
    """Where a public file lies."""
    return Path(settings.MEDIA_ROOT) / name


def public_url(name: str) -> str:
    """Where a browser finds a public file."""
    return f"{settings.MEDIA_URL}{name}"


def private_path(shop_id: int, sha256: str) -> Path:
    """Where a private file lies: outside everything that is served."""
    return Path(settings.PRIVATE_ROOT) / owner_folder(shop_id) / sha256[:2] / sha256


def write_once(path: Path, content: bytes) -> None:
    """Put the content there whole or not at all; a file that is there already is left alone."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
