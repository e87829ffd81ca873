"""Two people of the platform let a payout pass, or one stops it."""

from datetime import datetime

from django.db import transaction

from billing.settlement.contracts.payouts import ChannelName, PayoutState, PayoutView
from billing.settlement.models.payouts import Payout, PayoutApproval
from billing.settlement.rules.payouts import is_approved
from billing.settlement.selectors.payouts import PayoutNotFound, get_payout
from billing.settlement.services.guarding import PayoutRefused, judge_shop
from billing.settlement.services.payout_steps import audit_payout, demand_state, lock_payout, move_payout, put_back
from market.shops.selectors import find_membership


class OwnPayout(RuntimeError):
    """Nobody approves what they asked for themselves, or what goes to a shop they work in."""


class ApprovedAlready(RuntimeError):
    """This person has approved it: it needs another one."""


class ReasonMissing(ValueError):
    """The shop is told why: an empty reason tells nothing."""


def approve_payout(*, number: str, actor_id: int, now: datetime) -> PayoutView:
    """One person's yes; with the second the payout may be sent. The guard is asked each time.

    May call the provider. Raises `PayoutNotFound`, `WrongState`, `OwnPayout`, `ApprovedAlready`, `PayoutRefused`.
    """
    row = Payout.objects.filter(number=number[:32]).first()
    if row is None:
        raise PayoutNotFound(number[:32])
    demand_state(row, PayoutState.ASKED)
    if row.asked_by == actor_id or find_membership(user_id=actor_id, shop_id=row.shop_id):
        raise OwnPayout(number)
    verdict = judge_shop(
        shop_id=row.shop_id,
        channel=ChannelName(row.channel),
        now=now,
        amount_minor=row.amount_minor,
        account_id=row.account_id,
    )
    if not verdict.allows:
        raise PayoutRefused(verdict)
    _approve(number, actor_id, now)
    return get_payout(number)


@transaction.atomic(durable=True)
def reject_payout(*, number: str, reason: str, actor_id: int, now: datetime) -> None:
    """Stop a payout that has not been sent: its money is the shop's again, and the shop reads why.

    A repeat changes nothing. Raises `PayoutNotFound`, `WrongState`, `ReasonMissing`.
    """
    if not reason.strip():
        raise ReasonMissing(number)
    row = lock_payout(number)
    if row.state == PayoutState.CANCELLED.value:
        return
    row.due_at = None
    move_payout(row, PayoutState.CANCELLED, now=now, reason=reason.strip())
    put_back(row, now)
    audit_payout(row, "payout.rejected", actor_id=actor_id, now=now)


@transaction.atomic(durable=True)
def _approve(number: str, actor_id: int, now: datetime) -> None:
    row = lock_payout(number)
    demand_state(row, PayoutState.ASKED)
    approved_by = list(row.approvals.values_list("actor_id", flat=True))
    if actor_id in approved_by:
        raise ApprovedAlready(number)
    PayoutApproval.objects.create(payout=row, asked_by=row.asked_by, actor_id=actor_id, at=now)
    if is_approved(row.asked_by, [*approved_by, actor_id]):
        # The clock sends withdrawals; the bank's file is made by a person.
        row.due_at = now if row.channel == ChannelName.WECHATPAY.value else None
        move_payout(row, PayoutState.APPROVED, now=now)
    audit_payout(row, "payout.approved", actor_id=actor_id, now=now)
