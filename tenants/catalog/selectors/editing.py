"""What a shop's own people edit, private fields included."""

from collections import defaultdict
from collections.abc import Sequence

from tenants.catalog.contracts import EditedProduct
from tenants.catalog.models import Product, Variant
from tenants.catalog.rows import read_draft, read_pictures


class NoSuchProduct(LookupError):
    """The shop has no product with this id."""


def get_product_draft(product_id: int) -> EditedProduct:
    """A product whole, as its editor needs it: two statements. Raises `NoSuchProduct`."""
    found = list_product_drafts([product_id])
    if not found:
        raise NoSuchProduct(product_id)
    return found[0]


def list_product_drafts(product_ids: Sequence[int]) -> list[EditedProduct]:
    """Products whole, in id order, whatever their status: two statements for any number."""
    products = list(Product.objects.filter(pk__in=product_ids).order_by("pk"))
    variants = list_variant_rows(product_ids)
    return [
        EditedProduct(
            product_id=row.pk,
            version=row.version,
            draft=read_draft(row, variants[row.pk]),
            pictures=read_pictures(row.pictures),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in products
    ]


def list_variant_rows(product_ids: Sequence[int]) -> dict[int, list[Variant]]:
    """The variants in use of each product, in their order: one statement. For this app only."""
    grouped: dict[int, list[Variant]] = defaultdict(list)
    for row in Variant.objects.filter(product_id__in=product_ids, retired=False).order_by("position", "pk"):
        grouped[row.product_id].append(row)
    return grouped


def find_product_by_handle(handle: str) -> tuple[int, str] | None:
    """The id of the product with this handle and the digest of the import that last wrote it, or None."""
    return Product.objects.filter(handle=handle).values_list("pk", "import_digest").first()


def list_product_ids(after: int = 0, limit: int = 500) -> list[int]:
    """Ids above `after`, rising: to walk through all products."""
    return list(Product.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])
