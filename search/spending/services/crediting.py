"""Findings are approved or refused by staff, and what is approved goes back to the wallet, whole fen at a time."""

from datetime import date, datetime

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from billing.wallets.contracts import ChargeKind
from billing.wallets.services import credit_charge
from market.audit.contracts import ActorKind
from market.audit.services import write_audit
from search.auction.charging import close_hour
from search.auction.contracts import TokenKind
from search.spending.contracts import CorrectionKind, FindingState
from search.spending.models import AdEvent, Correction, Credit, CreditPosting, Finding
from search.spending.services.charging import lock_head

LONGEST_NOTE = 300
MOST_CREDITS = 5_000

log = structlog.get_logger(__name__)


class FindingNotFound(LookupError):
    """There is no such finding."""


class FindingDecided(RuntimeError):
    """Somebody has approved or refused it already."""


@transaction.atomic(durable=True)
def approve_finding(*, finding_id: int, note: str, actor_id: int, now: datetime) -> None:
    """Staff give back what a finding's clicks cost. Raises `FindingNotFound`, `FindingDecided`."""
    _decide(finding_id, FindingState.APPROVED, note, actor_id, now)


@transaction.atomic(durable=True)
def refuse_finding(*, finding_id: int, note: str, actor_id: int, now: datetime) -> None:
    """Staff let the charge stand; these clicks are not found again. Raises `FindingNotFound`, `FindingDecided`."""
    _decide(finding_id, FindingState.REFUSED, note, actor_id, now)


def post_credits(now: datetime) -> int:
    """Post what is approved and was charged, by shop, kind and day. Returns how many postings were made."""
    _drop_freed()
    due = _list_due().values_list("finding__shop_id", "kind", "day").distinct().order_by("finding__shop_id", "day")
    return sum(_post(shop_id, TokenKind(kind), day, now) for shop_id, kind, day in list(due))


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


def _decide(finding_id: int, state: FindingState, note: str, actor_id: int, now: datetime) -> None:
    row = Finding.objects.select_for_update(no_key=True).filter(pk=finding_id).first()
    if row is None:
        raise FindingNotFound(finding_id)
    if row.state != FindingState.FOUND:
        raise FindingDecided(row.state)
    row.state, row.decided_by, row.decided_at = state.value, actor_id, now
    row.note = " ".join(note.split())[:LONGEST_NOTE]
    row.save(update_fields=["state", "decided_by", "decided_at", "note"])
    write_audit(
        action=f"ad_finding.{state.value}",
        actor_id=actor_id,
        actor_kind=ActorKind.STAFF,
        shop_id=row.shop_id,
        target_kind="ad_finding",
        target_id=str(row.pk),
        detail={"amount_micro": row.amount_micro, "events": row.events},
        now=now,
    )
