"""Sales and the ads they are credited to: worked out anew whenever something about the sale or its touches changed."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from search.auction.contracts import TouchKind
from search.reports.contracts import BoughtLine, Cell, SoldShare, TouchedAd
from search.reports.contracts.events import CELL_NAMES
from search.reports.models import Sale, SaleCredit, SaleTouch
from search.reports.rules.crediting import credit_share
from search.reports.services.adding import LONGEST_TERM, name_terms

MOST_TOUCHES = 500
"""Of one sale, the latest: whoever looks at a shop's ads more often in a week is no longer shared among all of them."""


@transaction.atomic(durable=True)
def credit_sale(*, share: SoldShare, touches: Sequence[TouchedAd]) -> int:
    """Write a sale with its touches and credits. A sale that is known keeps its touches. Returns how many credits.

    What nobody's ad was touched before is no sale of ads and is not kept.
    """
    row = Sale.objects.select_for_update(no_key=True).filter(pk=share.share_no).first()
    if row is None:
        if not touches:
            return 0
        row = _write_sale(share, touches)
    return _credit(row)


@transaction.atomic(durable=True)
def note_refund(*, share_no: str, refunded_at: datetime) -> bool:
    """All of a sale went back. Returns whether it is a sale of ads; told again, nothing changes."""
    row = Sale.objects.select_for_update(no_key=True).filter(pk=share_no).first()
    if row is None:
        return False
    if row.refunded_at is None:
        row.refunded_at = refunded_at
        row.save(update_fields=["refunded_at"])
        _credit(row)
    return True


def drop_touches(numbers: Sequence[int]) -> int:
    """Clicks that were found to be invalid late earn no credit any more: their sales go to the touches before.

    Demands a transaction. Returns how many sales are credited anew.
    """
    touched = SaleTouch.objects.filter(number__in=numbers, is_valid=True).values_list("sale_id", flat=True)
    sales = Sale.objects.select_for_update(no_key=True).filter(pk__in=list(touched)).order_by("pk")
    for row in sales:
        SaleTouch.objects.filter(sale=row, number__in=numbers).update(is_valid=False)
        _credit(row)
    return len(sales)


def _write_sale(share: SoldShare, touches: Sequence[TouchedAd]) -> Sale:
    row = Sale.objects.create(
        share_no=share.share_no,
        shop_id=share.shop_id,
        ordered_at=share.ordered_at,
        refunded_at=share.refunded_at,
        lines=[asdict(line) for line in share.lines],
    )
    latest = sorted(touches, key=lambda touch: (touch.at, touch.number))[-MOST_TOUCHES:]
    terms = name_terms(touch.cell.term for touch in latest)
    SaleTouch.objects.bulk_create(_to_row(row, touch, terms[touch.cell.term[:LONGEST_TERM]]) for touch in latest)
    return row


def _credit(row: Sale) -> int:
    """Work the credits of a locked sale out anew."""
    held = {touch.number: touch for touch in row.touches.filter(is_valid=True).select_related("term")}
    share = SoldShare(
        share_no=row.share_no,
        shop_id=row.shop_id,
        ordered_at=row.ordered_at,
        lines=tuple(BoughtLine(**line) for line in row.lines),
        refunded_at=row.refunded_at,
    )
    SaleCredit.objects.filter(touch__sale=row).delete()
    credited = credit_share(share, [_to_touch(touch) for touch in held.values()])
    SaleCredit.objects.bulk_create(
        SaleCredit(
            touch=held[one.credit.touch.id],
            line=one.line,
            model=one.model.value,
            scope=one.credit.scope.value,
            share_ppm=one.credit.share_ppm,
            revenue_minor=one.credit.revenue_minor,
            adjusted_minor=one.adjusted_minor,
        )
        for one in credited
    )
    return len(credited)


def _to_row(sale: Sale, touch: TouchedAd, term_id: int) -> SaleTouch:
    cell = {name: getattr(touch.cell, name) for name in CELL_NAMES if name != "term"}
    return SaleTouch(
        sale=sale,
        number=touch.number,
        kind=touch.kind.value,
        at=touch.at,
        product_id=touch.product_id,
        term_id=term_id,
        **cell,
    )


def _to_touch(row: SaleTouch) -> TouchedAd:
    cell = {name: getattr(row, name) for name in CELL_NAMES if name != "term"}
    return TouchedAd(
        number=row.number,
        kind=TouchKind(row.kind),
        at=row.at,
        product_id=row.product_id,
        cell=Cell(**cell, term=row.term.text),
    )
