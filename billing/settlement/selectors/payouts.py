"""Payouts, the bank's files and the shops' accounts as they stand."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from billing.settlement.contracts.payouts import (
    AccountKind,
    ApprovalView,
    BankAccountView,
    BatchView,
    ChannelName,
    Destination,
    PayoutOrder,
    PayoutState,
    PayoutView,
)
from billing.settlement.models.payouts import Payout, PayoutBatch, ShopBankAccount

MOST_LISTED = 500
# What the clock or a person still looks at: few rows, by two indexes, however many were paid.
_UNDER_WAY = Q(state__in=["asked", "approved", "sent"]) | Q(due_at__isnull=False)


class PayoutNotFound(LookupError):
    """There is no payout of this number, or it is another shop's."""


class BatchNotFound(LookupError):
    """There is no file of this number."""


def get_payout(number: str, *, shop_id: int | None = None) -> PayoutView:
    """A payout with who approved it; with a shop, only that shop's. Raises `PayoutNotFound`."""
    rows = Payout.objects.filter(number=number[:32])
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    found = _to_views(rows)
    if not found:
        raise PayoutNotFound(number[:32])
    return found[0]


def list_payouts(
    *,
    shop_id: int | None = None,
    states: Collection[PayoutState] = (),
    channel: ChannelName | None = None,
    only_trouble: bool = False,
    before_id: int | None = None,
    limit: int = 50,
) -> list[PayoutView]:
    """Payouts, newest first; `only_trouble`: those that said why they do not go on."""
    rows = Payout.objects.order_by("-id")
    if shop_id is not None:
        rows = rows.filter(shop_id=shop_id)
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if channel is not None:
        rows = rows.filter(channel=channel.value)
    if only_trouble:
        rows = rows.filter(_UNDER_WAY).exclude(error="")
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return _to_views(rows[: min(limit, MOST_LISTED)])


def count_payouts() -> dict[str, int]:
    """How many payouts wait at each door, and how many of them are in `trouble`; one statement."""
    counts = Payout.objects.filter(_UNDER_WAY).aggregate(
        asked=Count("pk", filter=Q(state="asked")),
        approved=Count("pk", filter=Q(state="approved")),
        sent=Count("pk", filter=Q(state="sent")),
        trouble=Count("pk", filter=~Q(error="")),
    )
    return {name: int(count) for name, count in counts.items()}


def find_bank_account(shop_id: int) -> BankAccountView | None:
    """Where a shop is paid to at present."""
    row = ShopBankAccount.objects.filter(shop_id=shop_id, replaced_at__isnull=True).first()
    return None if row is None else to_account(row)


def list_batches(*, before_id: int | None = None, limit: int = 50) -> list[tuple[int, BatchView]]:
    """The bank's files, newest first, with the id to go on from and how many rows are unanswered."""
    rows = _with_unanswered(PayoutBatch.objects.order_by("-id"))
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [(row.pk, _to_batch(row)) for row in rows[: min(limit, MOST_LISTED)]]


def get_batch(number: str) -> tuple[BatchView, Sequence[PayoutView]]:
    """A file and its payouts, in its order. Raises `BatchNotFound`."""
    row = _with_unanswered(PayoutBatch.objects.filter(number=number[:32])).first()
    if row is None:
        raise BatchNotFound(number[:32])
    return _to_batch(row), _to_views(Payout.objects.filter(batch=row.pk).order_by("batch_row"))


def read_batch_file(number: str) -> tuple[BatchView, str]:
    """A file as it was handed out, with what it says of itself. Raises `BatchNotFound`."""
    row = _with_unanswered(PayoutBatch.objects.filter(number=number[:32])).first()
    if row is None:
        raise BatchNotFound(number[:32])
    return _to_batch(row), row.content


def list_due_payouts(*, now: datetime, limit: int = 50) -> list[str]:
    """Numbers of payouts that the clock should look at."""
    rows = Payout.objects.filter(due_at__lte=now).order_by("due_at")
    return list(rows.values_list("number", flat=True)[:limit])


def to_order(row: Payout) -> PayoutOrder:
    """What a channel is told (at home only: it holds the whole account number)."""
    destination = Destination(
        holder=row.holder,
        bank=row.bank,
        branch=row.branch,
        cnaps=row.cnaps,
        account_number=row.account_number,
        merchant_account=row.merchant_account,
    )
    return PayoutOrder(row.number, row.amount_minor, row.currency, destination)


def to_account(row: ShopBankAccount) -> BankAccountView:
    """A bank account as others know it."""
    return BankAccountView(
        account_id=row.pk,
        shop_id=row.shop_id,
        kind=AccountKind(row.kind),
        holder=row.holder,
        bank=row.bank,
        branch=row.branch,
        cnaps=row.cnaps,
        last_four=row.last_four,
        set_at=row.set_at,
        usable_at=row.usable_at,
    )


def _to_views(rows: QuerySet[Payout]) -> list[PayoutView]:
    """Without the account numbers: they are not even read."""
    found = rows.defer("account_number").select_related("batch", "retry_of", "retried_by")
    found = found.defer("account_number", "batch__content", "retry_of__account_number", "retried_by__account_number")
    return [_to_view(row) for row in found.prefetch_related("approvals")]


def _to_view(row: Payout) -> PayoutView:
    approvals = sorted(row.approvals.all(), key=lambda approval: approval.pk)
    retried_by: Payout | None = getattr(row, "retried_by", None)
    return PayoutView(
        payout_id=row.pk,
        number=row.number,
        shop_id=row.shop_id,
        channel=ChannelName(row.channel),
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=PayoutState(row.state),
        asked_by=row.asked_by,
        holder=row.holder,
        bank=row.bank,
        branch=row.branch,
        last_four=row.last_four,
        account_id=row.account_id,
        merchant_account=row.merchant_account,
        batch_no=row.batch.number if row.batch else "",
        reference=row.reference,
        attempts=row.attempts,
        error=row.error,
        reason=row.reason,
        asked_at=row.asked_at,
        approved_at=row.approved_at,
        sent_at=row.sent_at,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        returned_at=row.returned_at,
        retry_of=row.retry_of.number if row.retry_of else "",
        retried_by=retried_by.number if retried_by else "",
        approvals=tuple(ApprovalView(approval.actor_id, approval.at) for approval in approvals),
    )


def _with_unanswered(rows: QuerySet[PayoutBatch]) -> QuerySet[PayoutBatch]:
    return rows.annotate(unanswered=Count("payouts", filter=Q(payouts__state="sent", payouts__answer="")))


def _to_batch(row: PayoutBatch) -> BatchView:
    return BatchView(
        number=row.number,
        sha256=row.sha256,
        row_count=row.row_count,
        sum_minor=row.sum_minor,
        currency=row.currency,
        made_by=row.made_by,
        made_at=row.made_at,
        unanswered=int(getattr(row, "unanswered", 0)),
    )
