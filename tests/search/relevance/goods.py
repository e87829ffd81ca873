"""The products that are searched, under names that stay: the EAN, or the shop's own number where there is none."""

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
