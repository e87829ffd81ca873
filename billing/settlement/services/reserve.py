"""The rolling reserve: part of each released sale is put aside in the ledger until its day, then free by itself."""

from datetime import datetime, timedelta

from django.db import transaction

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import account_of
from billing.ledger.selectors import list_posted_keys
from billing.ledger.services import FloorReached, hold
from billing.settlement.contracts.reserve import ReserveState, ShopTermsView, reserve_hold_key
from billing.settlement.models.releases import Release
from billing.settlement.models.terms import Reserve
from market.money import portion

HOLD_KIND = "reserve"
AT_ONCE = 200


def note_reserve(*, release: Release, net_minor: int, terms: ShopTermsView, posting_key: str, now: datetime) -> None:
    """Step: what is to be kept back of a release, beside the request to post it. Nothing when nothing was agreed."""
    amount_minor = portion(net_minor, terms.reserve_bps)
    if amount_minor <= 0:
        return
    Reserve.objects.create(
        share_no=release.share_no,
        shop_id=release.shop_id,
        currency=release.currency,
        amount_minor=amount_minor,
        rate_bps=terms.reserve_bps,
        until=now + timedelta(days=terms.reserve_days),
        posting_key=posting_key,
        noted_at=now,
    )


def hold_reserves(*, now: datetime) -> int:
    """Put aside what is to be kept back of releases that are in the books by now. Returns how many it dealt with."""
    done, after = 0, 0
    while True:
        rows = Reserve.objects.filter(state=ReserveState.WAITING.value, pk__gt=after).order_by("pk")
        waiting = list(rows.values_list("pk", "posting_key")[:AT_ONCE])
        if not waiting:
            return done
        posted = list_posted_keys([key for _, key in waiting])
        done += sum(_hold(number, now) for number, key in waiting if key in posted)
        after = waiting[-1][0]


@transaction.atomic(durable=True)
def _hold(number: int, now: datetime) -> bool:
    row = Reserve.objects.select_for_update(no_key=True).get(pk=number)
    if row.state != ReserveState.WAITING.value:
        return False
    row.held_minor = _put_aside(row, now) if row.until > now else 0
    row.state = (ReserveState.HELD if row.held_minor else ReserveState.NONE).value
    row.held_at = now
    row.save(update_fields=["held_minor", "state", "held_at"])
    return True


def _put_aside(row: Reserve, now: datetime) -> int:
    """Hold what was agreed, or what is left of it: a refund may have come first. Returns the amount."""
    wanted = row.amount_minor
    account = account_of(Code.PAYABLE, Owner.of_shop(row.shop_id), row.currency)
    while wanted > 0:
        try:
            hold(
                key=reserve_hold_key(row.share_no),
                kind=HOLD_KIND,
                account=account,
                amount_minor=wanted,
                expires_at=row.until,
                now=now,
            )
        except FloorReached as short:  # the account is locked by now, so that the second try is the last
            wanted = short.available_minor
        else:
            return wanted
    return 0
