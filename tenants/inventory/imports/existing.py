"""What a shop has already of what a file names."""

from tenants.catalog.contracts import EditedProduct, PictureDraft, Text
from tenants.catalog.rules import make_handle
from tenants.catalog.selectors import find_product_by_handle, list_product_drafts


def find_existing(handle: str) -> tuple[EditedProduct | None, str]:
    """The shop's product that a handle in a file means, and the digest of the import that wrote it last."""
    found = find_product_by_handle(make_handle(Text(zh=handle)))
    if found is None:
        return None, ""
    return list_product_drafts([found[0]])[0], found[1]


def list_known(existing: EditedProduct | None) -> dict[str, PictureDraft]:
    """The pictures a product has, by the addresses under which a file may name them."""
    if existing is None:
        return {}
    known: dict[str, PictureDraft] = {}
    for draft, picture in zip(existing.draft.pictures, existing.pictures, strict=True):
        # Our own address is how our export names a picture that was uploaded.
        known[picture.url] = draft
        known[draft.source_url or picture.url] = draft
    return known
