"""What the rest of the house may know of goods: nothing private, a fixed number of statements."""

from collections.abc import Iterable, Sequence

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Cast, Coalesce

from tenants.catalog.contracts import ProductSheet, ProductStatus, SellableVariant, Text
from tenants.catalog.models import Product, Variant
from tenants.catalog.rows import read_options, read_sheet
from tenants.catalog.rules import describe_choices
from tenants.catalog.selectors.editing import list_variant_rows


def list_product_sheets(product_ids: Sequence[int]) -> list[ProductSheet]:
    """Products as others may know them, in id order, of any status: two statements for any number."""
    products = list(Product.objects.filter(pk__in=product_ids).defer("private_notes", "import_digest").order_by("pk"))
    variants = list_variant_rows([row.pk for row in products])
    return [read_sheet(row, variants[row.pk]) for row in products]


def list_sellable(variant_ids: Iterable[int]) -> dict[int, SellableVariant]:
    """What checkout needs of each variant: one statement. Unknown ids are left out, retired ones are not on sale."""
    picture_url = Func(
        F("product__pictures"),
        Cast(Coalesce(F("picture_index"), Value(0)), TextField()),
        Value("url"),
        function="jsonb_extract_path_text",
        output_field=TextField(),
    )
    rows = Variant.objects.filter(pk__in=list(variant_ids)).values_list(
        "pk",
        "product_id",
        "product__title_zh",
        "product__title_en",
        "product__options",
        "choices",
        "sku",
        "price_minor",
        "product__currency",
        "weight_grams",
        "retired",
        "product__status",
        Coalesce(picture_url, Value(""), output_field=TextField()),
        "product__category_id",
    )
    return {
        row[0]: SellableVariant(
            product_id=row[1],
            variant_id=row[0],
            title=Text(row[2], row[3]),
            choices=describe_choices(read_options(row[4]), row[5]),
            sku=row[6],
            price_minor=row[7],
            currency=row[8],
            weight_grams=row[9],
            picture_url=row[12],
            on_sale=not row[10] and row[11] == ProductStatus.ACTIVE.value,
            category_id=row[13],
        )
        for row in rows
    }


def list_variant_products(variant_ids: Iterable[int]) -> dict[int, int]:
    """The product of each variant: one statement. Unknown ids are left out."""
    return dict(Variant.objects.filter(pk__in=list(variant_ids)).values_list("pk", "product_id"))
