"""The products that are searched, under names that stay: the EAN, or the shop's own number where there is none."""

from collections.abc import Sequence
from pathlib import Path

from search.listings.contracts import ListingDocument
from tests.search.listings.samples import read_icecat, read_newbee


def read_goods(folder: Path) -> list[ListingDocument]:
    """All real products, electronics and Chinese goods in one market."""
    return [*read_icecat(folder), *read_newbee(folder)]


def name_product(document: ListingDocument) -> str:
    """The name under which a product is judged."""
    variant = document.variants[0]
    return variant.barcode or variant.sku


def name_products(documents: Sequence[ListingDocument]) -> dict[int, str]:
    """The names by the ids under which engines know the products."""
    return {document.listing_id: name_product(document) for document in documents}
