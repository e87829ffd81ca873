"""From an upload to a job."""

from datetime import datetime

from django.db import transaction

from market.jobs.services import start_job
from market.media.services import store_document
from market.shops.contracts import ShopContext, ShopRef
from tenants.catalog.contracts import ProductStatus
from tenants.catalog.imports import plan_import

IMPORT_KIND = "catalog.import"


def start_import(
    *,
    shop: ShopRef | ShopContext,
    content: bytes,
    file_name: str,
    default_status: ProductStatus = ProductStatus.DRAFT,
    created_by: int | None,
    now: datetime,
) -> int:
    """Keep the file as a private one and start its import. Returns the job's id.

    `default_status` is for new products of which the file says none. Raises
    `tenants.catalog.imports.FileRefused` when nothing of the file can be read.
    """
    plan = plan_import(content)
    with transaction.atomic():
        media_id = store_document(
            shop_id=shop.shop_id, content=content, file_name=file_name, content_type="text/csv", now=now
        )
        return start_job(
            shop_id=shop.shop_id,
            kind=IMPORT_KIND,
            params={"media_id": media_id, "file_name": file_name[:200], "default_status": default_status.value},
            total=len(plan.products),
            created_by=created_by,
            now=now,
        )
