"""Reads of what has been uploaded. Every read names the shop; a shop never sees another's files."""

from collections.abc import Mapping, Sequence

from market.media.contracts import MediaKind, StoredDocument, StoredPicture
from market.media.models import MediaFile
from market.media.places import private_path, public_url


class NoSuchDocument(LookupError):
    """The shop has no private file with this id, or its bytes are gone."""


def list_pictures(*, media_ids: Sequence[int], shop_id: int) -> dict[int, StoredPicture]:
    """The public pictures of a shop among these ids: one statement."""
    rows = MediaFile.objects.filter(pk__in=media_ids, shop_id=shop_id, kind=MediaKind.PICTURE.value, private=False)
    return {row.pk: to_picture(row) for row in rows}


def list_pictures_of_shops(*, owners: Mapping[int, int]) -> dict[int, StoredPicture]:
    """Public pictures of several shops, asked for by media id with the shop whose it has to be: one statement."""
    rows = MediaFile.objects.filter(pk__in=set(owners), kind=MediaKind.PICTURE.value, private=False)
    return {row.pk: to_picture(row) for row in rows if row.shop_id == owners[row.pk]}


def find_picture_by_content(*, sha256: str, shop_id: int) -> StoredPicture | None:
    """The shop's picture with this content, if it was stored before."""
    row = MediaFile.objects.filter(sha256=sha256, shop_id=shop_id, kind=MediaKind.PICTURE.value, private=False).first()
    return to_picture(row) if row else None


def get_document(*, media_id: int, shop_id: int) -> StoredDocument:
    """What is known of a shop's private file. Raises `NoSuchDocument`."""
    return _to_document(_get_document_row(media_id, shop_id))


def read_document(*, media_id: int, shop_id: int) -> bytes:
    """The bytes of a shop's private file. Raises `NoSuchDocument`."""
    row = _get_document_row(media_id, shop_id)
    try:
        return private_path(row.shop_id, row.sha256).read_bytes()
    except FileNotFoundError as error:
        raise NoSuchDocument(media_id) from error


def to_picture(row: MediaFile) -> StoredPicture:
    """The contract of a row. For this app only."""
    urls = {name: public_url(path) for name, path in row.renditions.items()}
    return StoredPicture(
        media_id=row.pk,
        shop_id=row.shop_id,
        width=row.width,
        height=row.height,
        renditions=urls,
        url=choose_url(urls),
    )


def choose_url(urls: dict[str, str]) -> str:
    """The rendition that every browser shows: the SVG, or the WebP nearest to 640 px."""
    if "svg" in urls:
        return urls["svg"]
    webp = {int(name.split(".")[0]): url for name, url in urls.items() if name.endswith(".webp")}
    return webp[min(webp, key=lambda width: (abs(width - 640), width))]


def _get_document_row(media_id: int, shop_id: int) -> MediaFile:
    row = MediaFile.objects.filter(pk=media_id, shop_id=shop_id, kind=MediaKind.DOCUMENT.value, private=True).first()
    if row is None:
        raise NoSuchDocument(media_id)
    return row


def _to_document(row: MediaFile) -> StoredDocument:
    return StoredDocument(
        media_id=row.pk,
        shop_id=row.shop_id,
        file_name=row.file_name,
        content_type=row.content_type,
        size=row.size,
    )
