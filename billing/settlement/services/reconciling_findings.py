"""What becomes of a difference: a person explains it, or moves it into suspense and later clears it; or a rule does.

Only differences of our own money at a provider (its fund-flow statement) can stand in suspense: account 9020 keeps
1010 equal to what the provider says. A difference in a shop's custody is the shop's; posting what was missed, or the
provider's next file, makes it disappear.
"""

from datetime import date, datetime

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from billing.ledger.rules import SuspenseCleared, SuspenseExit, SuspenseRaised
from billing.ledger.services import request_posting
from billing.settlement.contracts.reconciling import RESOLVED, ROUNDED, FindingState
from billing.settlement.models.reconciling import Finding
from billing.settlement.selectors.reconciling import cleared_key, suspense_key, to_finding_view
from billing.settlement.services.reasons import read_reason
from market.audit.contracts import ActorKind
from market.audit.services import write_audit

ROUNDING_MINOR = 1
"""A difference of up to this much in one line is rounding: nobody has to look at it."""


class FindingNotFound(LookupError):
    """There is no such finding."""


class FindingDecided(RuntimeError):
    """Somebody, or a later file, was quicker."""


class NotSuspendable(ValueError):
    """The money is not ours, or nothing differs in one currency."""


def demand_transaction() -> None:
    """A step changes rows together with its caller's, or not at all."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A step of reconciling runs inside its caller's transaction.")


@transaction.atomic(durable=True)
def explain_finding(*, finding_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Nothing has to be posted: say why. Raises `FindingNotFound`, `FindingDecided`, `NoReason`."""
    finding = _lock(finding_id, FindingState.OPEN)
    _decide(finding, FindingState.EXPLAINED, read_reason(reason), actor_id, now)
    _write_trail(finding, "finding.explained", actor_id, now)


@transaction.atomic(durable=True)
def suspend_finding(*, finding_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """Move the difference into suspense (9020), so that the provider's balance and ours are equal meanwhile.

    Raises `FindingNotFound`, `FindingDecided`, `NotSuspendable`, `NoReason`.
    """
    finding = _lock(finding_id, FindingState.OPEN)
    if not to_finding_view(finding).may_be_suspended:
        raise NotSuspendable(finding_id)
    _raise_suspense(finding, read_reason(reason), now)
    _decide(finding, FindingState.SUSPENDED, reason, actor_id, now)
    _write_trail(finding, "finding.suspended", actor_id, now)


@transaction.atomic(durable=True)
def clear_finding(*, finding_id: int, exit: SuspenseExit, reason: str, actor_id: int, now: datetime) -> None:
    """What stands in suspense is understood: back where it came from, or into one of our costs.

    Raises `FindingNotFound`, `FindingDecided`, `NoReason`.
    """
    finding = _lock(finding_id, FindingState.SUSPENDED)
    _clear_suspense(finding, exit, read_reason(reason), now)
    _decide(finding, FindingState.CLEARED, reason, actor_id, now)
    _write_trail(finding, "finding.cleared", actor_id, now, exit=exit.value)


def resolve_finding(finding: Finding, by_day: date, now: datetime) -> None:
    """Step: a later comparison found what was missing; what stood in suspense goes back."""
    demand_transaction()
    reason = f"{RESOLVED} {by_day}"
    if finding.state == FindingState.SUSPENDED.value:
        _clear_suspense(finding, SuspenseExit.REVERSAL, reason, now)
    _decide(finding, FindingState.CLEARED, reason, None, now)
    _write_trail(finding, "finding.resolved", None, now)


def round_off(finding: Finding, now: datetime) -> None:
    """Step: a difference within the tolerance; of our own money it is a cost of ours (5070), else only explained."""
    demand_transaction()
    reason = ROUNDED
    if not to_finding_view(finding).may_be_suspended:
        _decide(finding, FindingState.EXPLAINED, reason, None, now)
        return
    _raise_suspense(finding, reason, now)
    _clear_suspense(finding, SuspenseExit.ROUNDING, reason, now)
    _decide(finding, FindingState.CLEARED, reason, None, now)


def _lock(finding_id: int, state: FindingState) -> Finding:
    finding = Finding.objects.select_for_update(no_key=True).filter(pk=finding_id).first()
    if finding is None:
        raise FindingNotFound(finding_id)
    if finding.state != state.value:
        raise FindingDecided(finding_id)
    return finding


def _decide(finding: Finding, state: FindingState, reason: str, actor_id: int | None, now: datetime) -> None:
    finding.state, finding.reason = state.value, read_reason(reason)
    finding.decided_by, finding.decided_at = actor_id, now
    finding.save(update_fields=["state", "reason", "decided_by", "decided_at", "suspense_minor", "suspense_raised"])


def _raise_suspense(finding: Finding, reason: str, now: datetime) -> None:
    view = to_finding_view(finding)
    finding.suspense_minor = view.difference_minor
    finding.suspense_raised += 1
    raised = SuspenseRaised(
        psp=finding.psp,
        reference=view.reference,
        reason=reason,
        amount_minor=view.difference_minor,
        currency=finding.currency,
    )
    request_posting(key=suspense_key(finding.pk, finding.suspense_raised), event=raised, now=now)


def _clear_suspense(finding: Finding, exit: SuspenseExit, reason: str, now: datetime) -> None:
    cleared = SuspenseCleared(
        psp=finding.psp,
        reference=to_finding_view(finding).reference,
        reason=reason,
        amount_minor=finding.suspense_minor,
        exit=exit,
        currency=finding.currency,
    )
    request_posting(key=cleared_key(finding.pk, finding.suspense_raised), event=cleared, now=now)


def _write_trail(finding: Finding, action: str, actor_id: int | None, now: datetime, **more: str) -> None:
    write_audit(
        action=action,
        actor_id=actor_id,
        actor_kind=ActorKind.SYSTEM if actor_id is None else ActorKind.STAFF,
        shop_id=finding.shop_id,
        target_kind="finding",
        target_id=str(finding.pk),
        detail={
            "psp": finding.psp,
            "number": finding.number,
            "kind": finding.kind,
            "reason": finding.reason,
            "amount_minor": to_finding_view(finding).difference_minor,
            **more,
        },
        now=now,
    )
