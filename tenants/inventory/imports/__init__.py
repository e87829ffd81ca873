"""Bringing a merchant's file into the shop: goods and stock together, hence above the catalogue.

`start_import` keeps the file and starts a job; `ImportRunner` works it off in chunks; `export_products` writes goods
with their stock so that importing the file again changes nothing.
"""

from tenants.inventory.imports.exporting import export_products
from tenants.inventory.imports.runner import ImportRunner
from tenants.inventory.imports.starting import IMPORT_KIND, start_import

__all__ = ["IMPORT_KIND", "ImportRunner", "export_products", "start_import"]
