"""From a merchant's file to products, and back. Pure: bytes in, drafts and issues out; no database, no network.

Three shapes are read: our own CSV (one row a variant, `columns.COLUMNS`), Shopify's product export, and flat lists
through a preset that names which of their columns is which of ours. A row that belongs to no product, or a cell that
cannot be read, is an issue with its row (as a spreadsheet counts, the heading is row 1), its column and a reason.
"""

from tenants.catalog.imports.contracts import (
    FileRefused,
    ImportedPicture,
    ImportedProduct,
    ImportedVariant,
    ImportFormat,
    ImportIssue,
    ImportPlan,
    ImportPreview,
)
from tenants.catalog.imports.merging import merge_product
from tenants.catalog.imports.planning import plan_import, preview_import
from tenants.catalog.imports.writing import write_heading, write_products, write_template

__all__ = [
    "FileRefused",
    "ImportFormat",
    "ImportIssue",
    "ImportPlan",
    "ImportPreview",
    "ImportedPicture",
    "ImportedProduct",
    "ImportedVariant",
    "merge_product",
    "plan_import",
    "preview_import",
    "write_heading",
    "write_products",
    "write_template",
]
