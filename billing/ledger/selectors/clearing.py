"""What has a balance, found without reading the whole of the books: by code, or by what was posted lately."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from json import dumps

from django.db import connection
from django.db.models import F, Max, Q, QuerySet, Sum

from billing.ledger.contracts import AccountRef, AccountView, Book, Code, Owner, Side
from billing.ledger.models import Account, Entry, PostingRequest, Seal
from billing.ledger.rules import CHART
from billing.ledger.selectors.balances import to_account_view
from market.money import CURRENCIES

AT_ONCE = 1_000
MOST_PARTS = 100_000

_TOUCHED = """
SELECT DISTINCT e.account_id FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
WHERE e.id > %s AND a.code = ANY (%s)
"""

# Running sums from the newest entry back; the first that reaches what is there is its oldest part.
_OLDEST_PARTS = """
SELECT account_id, max(created_at) FROM (
    SELECT e.account_id, e.created_at, w.value::bigint AS wanted,
           sum(e.amount_minor) OVER (PARTITION BY e.account_id ORDER BY e.account_version DESC) AS reached
    FROM json_each_text(%s) w JOIN ledger_entry e ON e.account_id = w.key::bigint AND e.side = %s
) parts WHERE reached >= wanted GROUP BY account_id
"""


def list_unbalanced_accounts(codes: Collection[Code], *, negative: bool | None = None) -> list[AccountView]:
    """The accounts of some codes that are not at zero, or only those above it, or only those below.

    A look at these codes' part of the index. Meant for codes with few accounts (a provider, carrier or shop each), not
    for those with one per order.
    """
    rows = Account.objects.filter(
        book__in={CHART[code].book for code in codes}, currency__in=list(CURRENCIES), code__in=list(codes)
    )
    lowered = Q(normal=Side.DEBIT.value, posted_debits_minor__lt=F("posted_credits_minor"))
    lowered |= Q(normal=Side.CREDIT.value, posted_credits_minor__lt=F("posted_debits_minor"))
    if negative:
        rows = rows.filter(lowered)
    elif negative is not None:
        rows = rows.exclude(lowered)
    return _to_views(rows.exclude(posted_debits_minor=F("posted_credits_minor")))


def list_touched_accounts(codes: Collection[Code], *, after_entry: int) -> list[AccountView]:
    """The accounts of some codes that are not at zero and have an entry after one that is known."""
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, [after_entry, [code.value for code in codes]])
        numbers = [number for (number,) in cursor.fetchall()]
    return _of_numbers(numbers)


def list_accounts_of(refs: Collection[AccountRef]) -> list[AccountView]:
    """Those of these accounts that are not at zero."""
    found: list[AccountView] = []
    groups: dict[tuple[Book, str, Code], list[Owner]] = {}
    for ref in refs:
        groups.setdefault((ref.book, ref.currency, ref.code), []).append(ref.owner)
    for (book, currency, code), owners in groups.items():
        for start in range(0, len(owners), AT_ONCE):
            part = owners[start : start + AT_ONCE]
            rows = Account.objects.filter(
                book=book,
                currency=currency,
                code=code,
                owner_kind__in={owner.kind for owner in part},
                owner_id__in=[owner.id for owner in part],
            )
            found += _to_views(rows.exclude(posted_debits_minor=F("posted_credits_minor")))
    return found


def find_oldest_part(account_id: int, *, side: Side, amount_minor: int) -> datetime | None:
    """When the oldest part of a balance came, first in first out: the entries of `side`, newest first, that make it.

    Reads no more entries than make up the amount, at most `MOST_PARTS`; None when there are none.
    """
    entries = Entry.objects.filter(account_id=account_id, side=side).order_by("-account_version")
    left, oldest = amount_minor, None
    for _ in range(MOST_PARTS // AT_ONCE):
        rows = list(entries.values_list("account_version", "amount_minor", "created_at")[:AT_ONCE])
        for _, part, at in rows:
            oldest, left = at, left - part
            if left <= 0:
                return oldest
        if len(rows) < AT_ONCE:
            break
        entries = entries.filter(account_version__lt=rows[-1][0])
    return oldest


def map_oldest_parts(amounts: Mapping[int, int], *, side: Side) -> dict[int, datetime]:
    """`find_oldest_part` for many accounts by their ids, in one statement. Reads all their entries of that side."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST_PARTS, [dumps(dict(amounts)), side.value])
        return dict(cursor.fetchall())


def map_sums_since(account_ids: Collection[int], *, side: Side, since: datetime) -> dict[int, int]:
    """What was posted to one side of each account from an instant on, in minor units; one statement."""
    rows = Entry.objects.filter(account_id__in=account_ids, side=side, created_at__gte=since)
    summed = rows.values_list("account_id").annotate(total=Sum("amount_minor")).order_by()
    return {account_id: int(total) for account_id, total in summed}


def get_closed_entry() -> int:
    """The last entry under a seal: up to it nothing can come in any more. 0 before the first seal."""
    return int(Seal.objects.aggregate(upto=Max("entries_upto"))["upto"] or 0)


def list_posted_keys(keys: Collection[str]) -> set[str]:
    """Which of these posting requests are in the books."""
    rows = PostingRequest.objects.filter(key__in=list(keys), transaction__isnull=False)
    return set(rows.values_list("key", flat=True))


def _of_numbers(numbers: Sequence[int]) -> list[AccountView]:
    found: list[AccountView] = []
    for start in range(0, len(numbers), AT_ONCE):
        rows = Account.objects.filter(pk__in=numbers[start : start + AT_ONCE])
        found += _to_views(rows.exclude(posted_debits_minor=F("posted_credits_minor")))
    return found


def _to_views(rows: QuerySet[Account]) -> list[AccountView]:
    return [to_account_view(row) for row in rows.order_by("pk")]
