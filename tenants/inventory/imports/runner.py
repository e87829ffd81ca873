"""Works off an import in chunks of products.

A chunk's pictures are fetched first, outside any transaction; then goods, stock and the job's cursor are written in
one, so that a process killed anywhere goes on exactly after the last whole chunk. Products are found by their handle:
a file that says again what it said before changes nothing, not even what was sold or edited since, and only tries
pictures again that could not be had.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from market.jobs.contracts import Issue, JobRefused, JobView, Severity, Step
from market.media.selectors import NoSuchDocument, read_document
from market.shops.contracts import ShopContext
from market.shops.selectors import get_shop
from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import get_tree
from tenants.catalog.contracts import PictureDraft, ProductStatus
from tenants.catalog.imports import FileRefused, ImportedPicture, ImportedProduct, ImportIssue, ImportPlan, plan_import
from tenants.inventory.imports.counting import write_stock
from tenants.inventory.imports.existing import find_existing, list_known
from tenants.inventory.imports.pictures import LostPicture, PictureFetcher
from tenants.inventory.imports.writing import ImportContext, write_product

CHUNK = 20
SECONDS_A_CHUNK = 12.0
# Two imports into one shop take turns chunk by chunk; the number is only ours.
_LOCK = 7_105_193


@dataclass(slots=True)
class Prepared:
    """The products of one chunk with the pictures that could be fetched."""

    products: list[ImportedProduct] = field(default_factory=list)
    pictures: dict[str, PictureDraft] = field(default_factory=dict)
    lost: dict[str, list[LostPicture]] = field(default_factory=dict)


class ImportRunner:
    """Runs one job of kind `catalog.import` (see `market.jobs.contracts.Runner`)."""

    def __init__(self) -> None:
        self._plan: ImportPlan | None = None
        self._shop: ShopContext | None = None
        self._fetcher: PictureFetcher | None = None

    def prepare(self, job: JobView, now: datetime) -> Prepared:
        """Read the file once, and fetch the next products' pictures."""
        plan, shop = self._read(job)
        fetcher = self._fetcher or PictureFetcher(shop.shop_id)
        self._fetcher = fetcher
        prepared = Prepared()
        until = time.monotonic() + SECONDS_A_CHUNK
        for product in plan.products[job.cursor.get("next", 0) :][:CHUNK]:
            wanted = self._list_missing_pictures(shop, product)
            found, lost = fetcher.fetch_all(wanted, now)
            prepared.products.append(product)
            prepared.pictures |= found
            prepared.lost[product.handle] = lost
            if time.monotonic() > until:
                break
        return prepared

    def apply(self, job: JobView, prepared: object, now: datetime) -> Step:
        """Write the chunk's goods and stock in the transaction that moves the cursor."""
        assert isinstance(prepared, Prepared)
        plan, shop = self._read(job)
        start = job.cursor.get("next", 0)
        issues = [] if start else [_to_issue(issue) for issue in plan.issues]
        counts = {"created": 0, "updated": 0, "unchanged": 0, "refused": 0}
        context = ImportContext(
            columns=plan.columns,
            pictures=prepared.pictures,
            tree=get_tree(),
            default_status=ProductStatus(job.params.get("default_status", "draft")),
            reference=f"import {job.job_id}",
            actor_id=job.created_by,
            now=now,
        )
        counted: dict[int, ImportedProduct] = {}
        with enter_shop(shop):
            _take_turn(shop.shop_id)
            for product in prepared.products:
                outcome = write_product(product, context)
                counts[outcome.result] += 1
                issues += outcome.issues
                issues += [_to_lost(lost, plan) for lost in prepared.lost.get(product.handle, [])]
                if outcome.counted_id is not None:
                    counted[outcome.counted_id] = product
            issues += write_stock(counted, context)
        done = len(prepared.products)
        return Step(
            cursor={"next": start + done},
            done=done,
            total=len(plan.products),
            finished=start + done >= len(plan.products),
            counts=counts,
            issues=issues,
        )

    def _read(self, job: JobView) -> tuple[ImportPlan, ShopContext]:
        if self._plan is None or self._shop is None:
            try:
                content = read_document(media_id=job.params["media_id"], shop_id=job.shop_id)
                self._plan = plan_import(content)
            except NoSuchDocument as error:
                raise JobRefused("file_gone") from error
            except FileRefused as refusal:
                raise JobRefused(refusal.code, **refusal.params) from refusal
            self._shop = get_shop(job.shop_id)
        return self._plan, self._shop

    def _list_missing_pictures(self, shop: ShopContext, product: ImportedProduct) -> list[ImportedPicture]:
        """The pictures the shop does not have yet."""
        if not product.pictures:
            return []
        with transaction.atomic(), enter_shop(shop):
            existing, _ = find_existing(product.handle)
        known = list_known(existing)
        return [picture for picture in product.pictures if picture.url not in known]


def _take_turn(shop_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, shop_id % 2**31])


def _to_issue(issue: ImportIssue) -> Issue:
    severity = Severity.WARNING if issue.is_warning else Severity.ERROR
    return Issue(issue.row, issue.column, issue.code, severity, issue.params)


def _to_lost(lost: LostPicture, plan: ImportPlan) -> Issue:
    column = plan.columns.get("picture_urls", "picture_urls")
    params = {"url": lost.picture.url[:150], "reason": lost.code}
    return Issue(lost.picture.row, column, "picture_lost", Severity.WARNING, params)
