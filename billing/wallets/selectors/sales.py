"""Commission on sales as it was charged and credited, and what wallets owe of it."""

from collections.abc import Collection, Sequence

from django.db.models import Count, Sum

from billing.wallets.contracts import SaleDeed
from billing.wallets.models import SaleCharge, Wallet


def list_owing_shops() -> frozenset[int]:
    """Shops that owe commission: their plans are not shown until it is paid. One statement."""
    return frozenset(Wallet.objects.filter(owed_minor__gt=0).values_list("shop_id", flat=True))


def get_owed_minor(shop_id: int) -> int:
    """What a shop's wallet owes of commission."""
    return Wallet.objects.filter(shop_id=shop_id).values_list("owed_minor", flat=True).first() or 0


def sum_owed() -> tuple[int, int]:
    """How many wallets owe commission, and how much all of them."""
    found = Wallet.objects.filter(owed_minor__gt=0).aggregate(shops=Count("pk"), owed=Sum("owed_minor", default=0))
    return int(found["shops"]), int(found["owed"])


def map_sale_postings(shop_id: int, sale_nos: Sequence[str]) -> dict[str, list[tuple[SaleDeed, int, tuple[int, ...]]]]:
    """What was done on sales: deed, amount, the ledger's transactions, in order."""
    rows = SaleCharge.objects.filter(shop_id=shop_id, sale_no__in=sale_nos).order_by("pk")
    found: dict[str, list[tuple[SaleDeed, int, tuple[int, ...]]]] = {}
    for row in rows:
        amount_minor = row.cash_minor + row.bonus_minor + row.owed_minor
        found.setdefault(row.sale_no, []).append((SaleDeed(row.deed), amount_minor, tuple(row.transaction_ids)))
    return found


def map_sale_transactions(sales: Collection[tuple[int, str]]) -> dict[tuple[int, str], list[int]]:
    """The ledger's transactions of sales of any shops, by shop and number, in order: one statement."""
    shops, numbers = {shop_id for shop_id, _ in sales}, {sale_no for _, sale_no in sales}
    rows = SaleCharge.objects.filter(shop_id__in=shops, sale_no__in=numbers).order_by("pk")
    found: dict[tuple[int, str], list[int]] = {}
    for shop_id, sale_no, transaction_ids in rows.values_list("shop_id", "sale_no", "transaction_ids"):
        if (shop_id, sale_no) in sales:
            found.setdefault((shop_id, sale_no), []).extend(transaction_ids)
    return found
