"""Balances now and at any past instant, and the entries that made them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, QuerySet, Subquery

from billing.ledger.contracts import (
    AccountRef,
    AccountView,
    Balance,
    Code,
    EntryView,
    FloorKind,
    Owner,
    OwnerKind,
    Side,
)
from billing.ledger.models import Account, Entry
from billing.ledger.rules import CHART, account_of
from market.money import DEFAULT_CURRENCY

MAX_ENTRIES = 500

_TICK = timedelta(microseconds=1)


def get_balance(*, code: Code, owner: Owner | None = None, currency: str = DEFAULT_CURRENCY) -> Balance:
    """An account's balance in its normal direction; all zero when nothing was ever posted to it."""
    row = _account(account_of(code, owner, currency)).first()
    return Balance() if row is None else _to_balance(row)


def list_balances(*, owner: Owner, currency: str = DEFAULT_CURRENCY) -> dict[Code, Balance]:
    """Every account of an owner, by code."""
    rows = Account.objects.filter(owner_kind=owner.kind, owner_id=owner.id, currency=currency)
    if owner.shop_id is not None:
        rows = rows.filter(shop_id=owner.shop_id)
    return {Code(row.code): _to_balance(row) for row in rows.order_by("code")}


def map_shop_balances(
    *, shop_ids: Iterable[int], codes: Iterable[Code], currency: str = DEFAULT_CURRENCY
) -> dict[tuple[int, Code], Balance]:
    """Accounts of these shops themselves, by shop and code; what was never opened is left out. One statement."""
    rows = Account.objects.filter(
        shop_id__in=list(shop_ids),
        owner_kind=OwnerKind.SHOP.value,
        code__in=[code.value for code in codes],
        currency=currency,
    )
    return {(row.shop_id or 0, Code(row.code)): _to_balance(row) for row in rows}


def list_accounts(
    *,
    code: Code,
    currency: str = DEFAULT_CURRENCY,
    shop_id: int | None = None,
    open_only: bool = False,
    after_id: int | None = None,
    limit: int = 50,
) -> list[AccountView]:
    """The accounts of a code, oldest first, all or those of a shop, and all or those not at zero: for staff.

    `after_id` goes on after the last one seen. At most `MAX_ENTRIES` at once.
    """
    rows = Account.objects.filter(book=CHART[code].book, code=code, currency=currency).order_by("pk")
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    if open_only:
        rows = rows.exclude(posted_debits_minor=F("posted_credits_minor"))
    if after_id is not None:
        rows = rows.filter(pk__gt=after_id)
    return [to_account_view(row) for row in rows[: min(limit, MAX_ENTRIES)]]


def balance_at(*, code: Code, at: datetime, owner: Owner | None = None, currency: str = DEFAULT_CURRENCY) -> int:
    """What was posted up to and including an instant: the balance that the last entry left. One index look-up."""
    entries = _entries(account_of(code, owner, currency)).filter(created_at__lte=at)
    last = entries.order_by("-created_at", "-account_version").values_list("balance_after_minor", flat=True).first()
    return last or 0


def list_entries(
    *,
    code: Code,
    owner: Owner | None = None,
    currency: str = DEFAULT_CURRENCY,
    before_version: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[EntryView]:
    """An account's entries, newest first, from `since` (included) to `until` (not included).

    `before_version` goes on after the last one seen. At most `MAX_ENTRIES` at once.
    """
    entries = account = _entries(account_of(code, owner, currency))
    order = ["-account_version"]
    if before_version is not None:
        entries = entries.filter(account_version__lt=before_version)
    if since is not None or until is not None:
        # By time first, which is the same order: the index then begins at the end of the range, not at today.
        order = ["-created_at", "-account_version"]
        until = _end_page(account, before_version, until)
    if since is not None:
        entries = entries.filter(created_at__gte=since)
    if until is not None:
        entries = entries.filter(created_at__lt=until)
    return to_entry_views(entries.order_by(*order)[: min(limit, MAX_ENTRIES)])


def _end_page(account: QuerySet[Entry], before_version: int | None, until: datetime | None) -> datetime | None:
    """Where a page of a range ends in time: no entry with a lower version is later than the one seen last."""
    if before_version is None:
        return until
    seen = account.filter(account_version=before_version).values_list("created_at", flat=True).first()
    ends = [end for end in (until, seen + _TICK if seen is not None else None) if end is not None]
    return min(ends, default=None)


def to_entry_views(entries: QuerySet[Entry]) -> list[EntryView]:
    """Entries with what is shown of their transaction and account, in one query."""
    rows = entries.annotate(
        key=F("transaction__key"), kind=F("transaction__kind"), subject=F("transaction__subject")
    ).select_related("account")
    return [
        EntryView(
            entry_id=row.pk,
            transaction_id=row.transaction_id,
            key=row.key,
            kind=row.kind,
            subject=row.subject,
            account=to_ref(row.account),
            side=Side(row.side),
            amount_minor=row.amount_minor,
            balance_after_minor=row.balance_after_minor,
            account_version=row.account_version,
            created_at=row.created_at,
        )
        for row in rows
    ]


def to_account_view(row: Account) -> AccountView:
    """An account as others know it."""
    return AccountView(
        account_id=row.pk,
        account=to_ref(row),
        debits_minor=row.posted_debits_minor,
        credits_minor=row.posted_credits_minor,
        balance_minor=_to_balance(row).posted_minor,
        version=row.version,
        last_posted_at=row.last_posted_at,
        floor_minor=None if row.floor_kind == FloorKind.NONE else row.floor_minor,
    )


def to_ref(row: Account) -> AccountRef:
    """An account's natural key."""
    return AccountRef.of_row(row.book, row.currency, row.code, row.owner_kind, row.owner_id)


def _account(ref: AccountRef) -> QuerySet[Account]:
    return Account.objects.filter(
        book=ref.book, currency=ref.currency, code=ref.code, owner_kind=ref.owner.kind, owner_id=ref.owner.id
    )


def _entries(ref: AccountRef) -> QuerySet[Entry]:
    # One scalar for the account, so that the index on (account, …) is read backwards and left after the first row.
    return Entry.objects.filter(account_id=Subquery(_account(ref).values("pk")[:1]))


def _to_balance(row: Account) -> Balance:
    debits, credited = row.posted_debits_minor, row.posted_credits_minor
    if row.normal == Side.DEBIT:
        return Balance(debits - credited, row.pending_credits_minor, row.pending_debits_minor, row.version)
    return Balance(credited - debits, row.pending_debits_minor, row.pending_credits_minor, row.version)
