"""Takes uploaded pictures, and gives those of the form their addresses."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from market.media.pictures import MOST_BYTES, BadPicture
from market.media.selectors import list_pictures
from market.media.services import store_picture
from merchant_portal.editor.drafting import Wrong
from merchant_portal.editor.entries import PictureEntry, ProductEntry
from tenants.catalog.rules import LIMITS
from tenants.catalog.words import describe


def take_uploads(
    *, shop_id: int, entry: ProductEntry, uploads: "list[UploadedFile[bytes]]", now: datetime
) -> list[Wrong]:
    """Store uploads and put them at the end of the form's pictures. Returns what could not be taken.

    Called outside any transaction: making renditions takes a while.
    """
    wrongs: list[Wrong] = []
    known = {picture.media_id for picture in entry.pictures}
    for upload in uploads:
        name = (upload.name or "")[:100]
        if len(entry.pictures) >= LIMITS.pictures:
            sentence = gettext("A product has at most %(limit)s pictures, so “%(name)s” was left out.")
            wrongs.append(("#uploads", sentence % {"limit": LIMITS.pictures, "name": name}))
            continue
        try:
            content = upload.read(MOST_BYTES + 1)
            media_id = store_picture(shop_id=shop_id, content=content, file_name=name, now=now)
        except BadPicture as error:
            wrongs.append(("#uploads", f"{name}: {describe(error.code, error.params)}"))
            continue
        if media_id not in known:
            known.add(media_id)
            entry.pictures.append(PictureEntry(media_id))
    return wrongs


def find_addresses(*, shop_id: int, entry: ProductEntry, sources: dict[int, str]) -> None:
    """Fill in where the form's pictures lie and came from; those that are not the shop's are dropped."""
    if not entry.pictures:
        return
    found = list_pictures(media_ids=[picture.media_id for picture in entry.pictures], shop_id=shop_id)
    entry.pictures = [picture for picture in entry.pictures if picture.media_id in found]
    for picture in entry.pictures:
        picture.url = found[picture.media_id].url
        picture.source_url = sources.get(picture.media_id, "")
