"""Storing what is uploaded: checked, made clean, written once under a name made from its content."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from market.media.contracts import MediaKind
from market.media.models import MediaFile
from market.media.pictures import check_drawing, render_picture
from market.media.places import private_path, public_name, public_path, write_once

MOST_DOCUMENT_BYTES = 20 * 1024 * 1024


class DocumentTooLarge(ValueError):
    """A private file above the limit."""


class EmptyDocument(ValueError):
    """A private file without a byte in it."""


def store_picture(*, shop_id: int, content: bytes, file_name: str, now: datetime, trusted_svg: bool = False) -> int:
    """Store a public picture of a shop's (0: the market's) with its renditions. Returns its id.

    The same content again is the same id. `trusted_svg` is for drawings that our own programs made, never for
    uploads. Files are written before the row, so that a row never names a file that is not there.
    Raises `market.media.pictures.BadPicture`.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    known = MediaFile.objects.filter(shop_id=shop_id, sha256=sha256, private=False).first()
    if known and all(public_path(name).exists() for name in known.renditions.values()):
        return known.pk
    rendered = check_drawing(content) if trusted_svg else render_picture(content)
    names = {rendition: public_name(shop_id, sha256, rendition) for rendition in rendered.renditions}
    for rendition, data in rendered.renditions.items():
        write_once(public_path(names[rendition]), data)
    return _add_row(
        MediaFile(
            shop_id=shop_id,
            sha256=sha256,
            kind=MediaKind.PICTURE.value,
            content_type="image/svg+xml" if trusted_svg else "image/webp",
            file_name=file_name[:200],
            size=len(content),
            width=rendered.width,
            height=rendered.height,
            renditions=names,
            stored_at=now,
        )
    )


def store_document(*, shop_id: int, content: bytes, file_name: str, content_type: str, now: datetime) -> int:
    """Store a private file of a shop's, as it came. Returns its id; the same content again is the same id.

    Raises `DocumentTooLarge`, `EmptyDocument`.
    """
    if len(content) > MOST_DOCUMENT_BYTES:
        raise DocumentTooLarge(len(content))
    if not content:
        raise EmptyDocument(file_name)
    sha256 = hashlib.sha256(content).hexdigest()
    write_once(private_path(shop_id, sha256), content)
    return _add_row(
        MediaFile(
            shop_id=shop_id,
            sha256=sha256,
            kind=MediaKind.DOCUMENT.value,
            private=True,
            content_type=content_type[:80],
            file_name=file_name[:200],
            size=len(content),
            stored_at=now,
        )
    )


def _add_row(row: MediaFile) -> int:
    MediaFile.objects.bulk_create([row], ignore_conflicts=True)
    stored = MediaFile.objects.filter(shop_id=row.shop_id, sha256=row.sha256, private=row.private)
    return stored.values_list("pk", flat=True).get()


def remove_documents(*, media_ids: Sequence[int], shop_id: int) -> int:
    """Forget private files of a shop's that nobody needs any more; returns how many. A step of the caller's
    transaction: the bytes go once it is committed.
    """
    rows = MediaFile.objects.filter(
        pk__in=list(media_ids), shop_id=shop_id, private=True, kind=MediaKind.DOCUMENT.value
    )
    paths = [private_path(row.shop_id, row.sha256) for row in rows]
    number, _ = rows.delete()
    for path in paths:
        transaction.on_commit(partial(path.unlink, missing_ok=True))
    return number
