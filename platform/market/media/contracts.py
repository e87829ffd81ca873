"""What crosses the border of media. No Django."""

from dataclasses import dataclass
from enum import StrEnum


class MediaKind(StrEnum):
    """A picture has renditions; a document (an import's file, a licence) is kept as it came."""

    PICTURE = "picture"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A public picture. `renditions` maps "<width px>.<format>", such as "640.avif", to a URL.

    `url` is the one every browser shows: WebP of about 640 px, or the SVG itself.
    """

    media_id: int
    shop_id: int
    width: int
    height: int
    renditions: dict[str, str]
    url: str


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A private file. Its bytes are read by `read_document` only, which checks the shop."""

    media_id: int
    shop_id: int
    file_name: str
    content_type: str
    size: int
