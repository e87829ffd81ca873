"""What is approved of findings goes back to the wallet, whole fen at a time."""

from datetime import date, datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from billing.wallets.contracts import ChargeKind
from billing.wallets.services import credit_charge
from search.auction.charging import close_hour
from search.auction.contracts import TokenKind
from search.spending.contracts import CorrectionKind, FindingState
from search.spending.models import AdEvent, Correction, Credit, CreditPosting, Finding
from search.spending.services.charging import lock_head

MOST_CREDITS = 5_000

log = structlog.get_logger(__name__)


class CreditsNotPosted(RuntimeError):
    """What some shops get back could not be posted; what the others get is. The argument lists what happened."""


def post_credits(now: datetime) -> int:
    """Post what is approved and was charged, by shop, kind and day. Returns how many postings were made.

    Clicks that cost nothing are corrected without a posting. Raises `CreditsNotPosted` at the end.
    """
    _drop_freed()
    _correct_sales(now)
    due = _list_due().values_list("finding__shop_id", "kind", "day").distinct().order_by("finding__shop_id", "day")
    made, failures = 0, []
    for shop_id, kind, day in list(due):
        try:
            made += _post(shop_id, TokenKind(kind), day, now)
        except Exception as error:  # the edge of a shop: the others get theirs all the same, then it rises
            log.exception("ads.credit_not_posted", shop_id=shop_id, kind=kind, day=str(day))
            failures.append(f"shop {shop_id}, {kind}, {day}: {error}")
    if failures:
        raise CreditsNotPosted(*failures)
    return made


@transaction.atomic(durable=True)
def _post(shop_id: int, kind: TokenKind, day: date, now: datetime) -> bool:
    """One ledger posting for a shop, kind and day. False when somebody else is at it or nothing is left to do."""
    head = lock_head(shop_id=shop_id, kind=kind, day=day)
    if head is None:
        return False
    mine = list(
        _list_due().filter(finding__shop_id=shop_id, kind=kind.value, day=day).select_related("finding")[:MOST_CREDITS]
    )
    if not mine:
        return False
    amounts = [credit.amount_micro for credit in mine]
    closed = close_hour(amounts, carry_in_micro=head.credit_carry_micro, vat_bps=0)
    head.credit_seq += 1
    key = f"ads-credit:{shop_id}:{day}:{kind.value}:{head.credit_seq}"
    reasons = sorted({reason for credit in mine for reason in credit.finding.reasons})
    if closed.amount_minor:
        credit_charge(
            shop_id=shop_id,
            day=day,
            kind=ChargeKind(kind.value),
            amount_minor=closed.amount_minor,
            key=key,
            reason=", ".join(reasons),
            now=now,
        )
    posting = CreditPosting.objects.create(
        shop_id=shop_id,
        kind=kind.value,
        day=day,
        seq=head.credit_seq,
        key=key,
        sum_micro=closed.sum_micro,
        carry_in_micro=closed.carry_in_micro,
        amount_minor=closed.amount_minor,
        carry_out_micro=closed.carry_out_micro,
        posted_at=now,
    )
    head.credit_carry_micro = closed.carry_out_micro
    head.save(update_fields=["credit_seq", "credit_carry_micro"])
    _finish(mine, posting, now)
    return True


def _correct_sales(now: datetime) -> None:
    """Approved clicks on ads that are paid per sale: what they brought is not their plan's (`search.per_sale`)."""
    waiting = Credit.objects.filter(finding=OuterRef("pk"), kind=TokenKind.SALE.value, posting=None)
    approved = Finding.objects.filter(Exists(waiting), state=FindingState.APPROVED.value).order_by("pk")
    for finding_id in list(approved.values_list("pk", flat=True)):
        _correct(finding_id, now)


@transaction.atomic(durable=True)
def _correct(finding_id: int, now: datetime) -> None:
    """One finding's, unless somebody else is at it. Its number tells its postings of nothing apart."""
    finding = Finding.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=finding_id).first()
    mine = list(Credit.objects.filter(finding=finding, posting=None).select_related("finding")) if finding else []
    if finding is None or not mine:
        return
    posting = CreditPosting.objects.create(
        shop_id=finding.shop_id,
        kind=TokenKind.SALE.value,
        day=finding.day,
        seq=finding.pk,
        key=f"ads-credit:{finding.shop_id}:{finding.day}:{TokenKind.SALE.value}:{finding.pk}",
        sum_micro=0,
        carry_in_micro=0,
        amount_minor=0,
        carry_out_micro=0,
        posted_at=now,
    )
    _finish(mine, posting, now)


def _finish(mine: list[Credit], posting: CreditPosting, now: datetime) -> None:
    Credit.objects.filter(pk__in=[credit.pk for credit in mine]).update(posting=posting)
    campaigns = dict(
        AdEvent.objects.filter(day=posting.day, token__in=[credit.token for credit in mine]).values_list(
            "token", "campaign_id"
        )
    )
    Correction.objects.bulk_create(
        Correction(
            day=credit.day,
            token=credit.token,
            shop_id=posting.shop_id,
            campaign_id=campaigns[credit.token],
            kind=CorrectionKind.CREDITED.value,
            amount_micro=credit.amount_micro,
            reason=credit.finding.reasons[0],
            at=now,
        )
        for credit in mine
    )
    _end_findings()


def _list_due() -> QuerySet[Credit]:
    charged = AdEvent.objects.filter(day=OuterRef("day"), token=OuterRef("token"), charge_id__isnull=False, freed=False)
    return Credit.objects.filter(Exists(charged), finding__state=FindingState.APPROVED.value, posting=None).order_by(
        "pk"
    )


def _drop_freed() -> None:
    """What was never charged needs no credit."""
    freed = AdEvent.objects.filter(day=OuterRef("day"), token=OuterRef("token"), freed=True)
    Credit.objects.filter(Exists(freed), posting=None).delete()
    _end_findings()


def _end_findings() -> None:
    """A finding of which no credit waits any more is posted."""
    waiting = Credit.objects.filter(finding=OuterRef("pk"), posting=None)
    approved = Finding.objects.filter(~Exists(waiting), state=FindingState.APPROVED.value)
    approved.update(state=FindingState.POSTED.value)
