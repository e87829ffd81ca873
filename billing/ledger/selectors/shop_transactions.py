"""Transactions as one shop may see them, and those of its orders."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import F, Q

from billing.ledger.contracts import AccountRef, Code, OwnerKind, Side
from billing.ledger.contracts.shop_books import ShopLeg, ShopTransaction
from billing.ledger.models import Account, Entry, Transaction

_OF_SHOPS = (OwnerKind.SHOP.value, OwnerKind.SHOP_PSP.value, OwnerKind.ORDER.value)

# What stood in the account after the money came in has to be taken before it has all gone.
_WAY_OUT = """
WITH brought AS (
    SELECT e.account_id, e.account_version, e.balance_after_minor
    FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
    WHERE e.transaction_id = %s AND a.shop_id = %s AND a.owner_kind = 'shop' AND a.code = %s AND e.side = 'C'
    ORDER BY e.account_version DESC LIMIT 1
), taken AS (
    SELECT e.transaction_id, e.account_version, sum(e.amount_minor) OVER (ORDER BY e.account_version) AS gone
    FROM brought b JOIN ledger_entry e ON e.account_id = b.account_id AND e.account_version > b.account_version
    WHERE e.side = 'D'
)
SELECT t.transaction_id FROM taken t, brought b WHERE t.gone >= b.balance_after_minor
ORDER BY t.account_version LIMIT 1
"""


class NotOfShop(LookupError):
    """There is no such transaction, or it has no entry on an account of the shop."""


def get_shop_transaction(*, shop_id: int, transaction_id: int) -> ShopTransaction:
    """A transaction with what is the shop's of it; three statements. Raises `NotOfShop`."""
    found = _read(shop_id, Q(pk=transaction_id))
    if not found:
        raise NotOfShop(transaction_id)
    return found[0]


def list_shop_reversals(*, shop_id: int, transaction_id: int) -> list[ShopTransaction]:
    """What took a transaction of the shop's back, oldest first."""
    return _read(shop_id, Q(reverses_id=transaction_id))


def list_order_transactions(*, shop_id: int, share_nos: Sequence[str]) -> dict[str, list[ShopTransaction]]:
    """All that was posted about orders of a shop, by order, oldest first; a few statements for any number of orders.

    That is what names the order, and what moved its escrow (a payment of several shops names its own number).
    """
    escrows = {f"{shop_id}/{share_no}": share_no for share_no in share_nos}
    rows = Account.objects.filter(
        shop_id=shop_id, code=Code.ESCROW.value, owner_kind=OwnerKind.ORDER.value, owner_id__in=list(escrows)
    )
    accounts = {pk: escrows[owner_id] for pk, owner_id in rows.values_list("pk", "owner_id")}
    moved = list(Entry.objects.filter(account_id__in=list(accounts)).values_list("transaction_id", "account_id"))
    found = _read(shop_id, Q(subject__in=list(share_nos)) | Q(pk__in={number for number, _ in moved}))
    orders: dict[str, list[ShopTransaction]] = {share_no: [] for share_no in share_nos}
    of_escrow: dict[int, list[str]] = {}
    for number, account_id in moved:
        of_escrow.setdefault(number, []).append(accounts[account_id])
    for row in found:
        for share_no in dict.fromkeys([row.subject, *of_escrow.get(row.transaction_id, [])]):
            if share_no in orders:
                orders[share_no].append(row)
    return orders


def _read(shop_id: int, wanted: Q) -> list[ShopTransaction]:
    rows = list(Transaction.objects.filter(wanted).annotate(original=F("reverses__kind")).order_by("pk"))
    entries: dict[int, list[Entry]] = {}
    for entry in (
        Entry.objects.filter(transaction__in=[row.pk for row in rows]).select_related("account").order_by("pk")
    ):
        entries.setdefault(entry.transaction_id, []).append(entry)
    seen = [_see(shop_id, row, entries.get(row.pk, [])) for row in rows]
    return [one for one in seen if one is not None]


def _see(shop_id: int, row: Transaction, entries: Sequence[Entry]) -> ShopTransaction | None:
    """A transaction of this shop alone is seen whole; of one with others only the shop's own entries are."""
    owners = {entry.account.shop_id for entry in entries if entry.account.owner_kind in _OF_SHOPS}
    if shop_id not in owners:
        return None
    whole = owners == {shop_id}
    shown = [entry for entry in entries if whole or entry.account.shop_id == shop_id]
    original: str | None = row.original  # type: ignore[attr-defined]
    return ShopTransaction(
        transaction_id=row.pk,
        kind=f"{row.kind}:{original}" if original else row.kind,
        subject=row.subject,
        event=row.event if whole else {},
        reverses_id=row.reverses_id,
        business_date=row.business_date,
        created_at=row.created_at,
        legs=tuple(_to_leg(shop_id, entry) for entry in shown),
        whole=whole,
    )


def _to_leg(shop_id: int, entry: Entry) -> ShopLeg:
    account = entry.account
    own = account.shop_id == shop_id
    return ShopLeg(
        account=AccountRef.of_row(account.book, account.currency, account.code, account.owner_kind, account.owner_id),
        normal=Side(account.normal),
        side=Side(entry.side),
        amount_minor=entry.amount_minor,
        balance_after_minor=entry.balance_after_minor if own else 0,
        own=own,
    )


def find_way_out(*, shop_id: int, transaction_id: int) -> ShopTransaction | None:
    """What took out of a shop's balance the money that a transaction brought, if the oldest money leaves first.

    None while some of it is still there. One walk over what was taken since.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAY_OUT, [transaction_id, shop_id, Code.PAYABLE.value])
        found = cursor.fetchone()
    return get_shop_transaction(shop_id=shop_id, transaction_id=found[0]) if found else None
