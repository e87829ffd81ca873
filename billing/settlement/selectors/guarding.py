"""What the payout guard compares, read in one statement: books and rows of one instant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from json import loads
from typing import Any

from django.db import connection

from billing.ledger.contracts import Code, Leg, Side
from billing.ledger.rules import BadEvent, UnreadableEvent, read_event
from billing.settlement.contracts.payouts import ChannelBalance
from billing.settlement.rules.guard import ShopBooks
from market.money import DEFAULT_CURRENCY

# The poster takes a second, an event a few: what is younger than this may stand in one place and not yet in the other.
_ON_ITS_WAY = timedelta(minutes=10)
_FREED_KINDS = ("custody_released", "refund_custody_taken_back")
_RELEASED_KINDS = ("escrow_released", "cod_kept_by_shop")

# Entries of the kinds that releases bring, against the releases; 2010 per order, against the orders that are not
# released; 2030, against the payouts on their way; what left custody, against what was withdrawn there.
_SNAPSHOT = """
WITH mine AS (
    SELECT a.id, a.code, a.owner_id, a.opened_at, a.pending_debits_minor AS held,
           a.posted_credits_minor - a.posted_debits_minor AS credit
    FROM ledger_account a WHERE a.shop_id = %(shop_id)s AND a.currency = %(currency)s
), cod AS (
    SELECT r.share_no, r.state, r.carrier = 'self' AS kept, r.commission_minor,
           r.total_minor - r.cash_fee_minor AS left_minor
    FROM settlement_release r
    WHERE r.shop_id = %(shop_id)s AND r.method = 'cod' AND r.currency = %(currency)s
), payout AS (
    SELECT p.channel, p.state, p.amount_minor, p.returned_at FROM settlement_payout p
    WHERE p.shop_id = %(shop_id)s AND p.currency = %(currency)s
)
SELECT
    (SELECT coalesce(sum(credit), 0) FROM mine WHERE code = '2020'),
    (SELECT coalesce(sum(-credit), 0) FROM mine WHERE code = '1040'),
    (SELECT coalesce(sum(credit), 0) FROM mine WHERE code = '2110'),
    (SELECT coalesce(sum(CASE e.side WHEN 'C' THEN e.amount_minor ELSE -e.amount_minor END), 0)
     FROM ledger_entry e JOIN mine m ON m.id = e.account_id JOIN ledger_transaction t ON t.id = e.transaction_id
     WHERE m.code IN ('2020', '1040') AND t.kind IN ('escrow_released', 'cod_kept_by_shop')),
    (SELECT coalesce(sum(CASE WHEN kept THEN -commission_minor ELSE left_minor - least(commission_minor, left_minor)
                         END), 0) FROM cod WHERE state = 'released'),
    (SELECT coalesce(sum(m.credit), 0) FROM mine m
     WHERE m.code = '2010' AND m.credit <> 0 AND (m.opened_at <= %(settled)s OR EXISTS
         (SELECT FROM cod WHERE cod.share_no = split_part(m.owner_id, '/', 2)))),
    (SELECT coalesce(sum(left_minor), 0) FROM cod WHERE state <> 'released' AND NOT kept),
    (SELECT coalesce(sum(credit), 0) FROM mine WHERE code = '2030'),
    (SELECT coalesce(sum(amount_minor), 0) FROM payout WHERE channel = 'bank'
     AND (state IN ('asked', 'approved', 'sent') OR state = 'confirmed' AND returned_at IS NOT NULL)),
    (SELECT coalesce(sum(CASE e.side WHEN 'D' THEN e.amount_minor ELSE -e.amount_minor END), 0)
     FROM ledger_entry e JOIN mine m ON m.id = e.account_id JOIN ledger_transaction t ON t.id = e.transaction_id
     WHERE m.code = '2015' AND t.kind IN ('custody_released', 'refund_custody_taken_back')),
    (SELECT coalesce(sum(credit), 0) FROM mine WHERE code = '2015'),
    (SELECT coalesce(sum(amount_minor), 0) FROM payout
     WHERE channel = 'wechatpay' AND state IN ('sent', 'confirmed')),
    (SELECT coalesce(sum(amount_minor), 0) FROM payout
     WHERE channel = 'wechatpay' AND state IN ('asked', 'approved')),
    (SELECT coalesce(sum(held), 0) FROM mine WHERE code = '2020'),
    (SELECT coalesce(sum(amount_minor), 0) FROM settlement_reserve
     WHERE shop_id = %(shop_id)s AND currency = %(currency)s AND state = 'waiting'),
    (SELECT coalesce(json_agg(json_build_object('kind', q.kind, 'payload', q.payload, 'noted', EXISTS
         (SELECT FROM cod WHERE cod.share_no = q.payload->>'share_no'))), '[]')::text
     FROM ledger_postingrequest q
     WHERE q.transaction_id IS NULL AND NOT q.parked AND q.created_at > %(settled)s
       AND q.payload->>'shop_id' = %(shop_id)s::text AND q.payload->>'currency' = %(currency)s)
"""


@dataclass(frozen=True, slots=True)
class ShopMoney:
    """A shop's money in the books, and at a provider as we expect it there. Minor units.

    `free_minor` of 2020 may be asked for; `held_minor` is put aside there, or is about to be. Of what is free at the
    provider `promised_minor` is asked for already, but has not been sent.
    """

    books: ShopBooks
    free_minor: int
    held_minor: int
    at_provider: ChannelBalance
    promised_minor: int

    @property
    def free_at_provider_minor(self) -> int:
        return max(0, self.at_provider.available_minor - self.promised_minor)


def read_shop_money(*, shop_id: int, now: datetime, currency: str = DEFAULT_CURRENCY) -> ShopMoney:
    """Every figure of one shop, of one instant; what the poster has not posted yet is counted as posted."""
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT, {"shop_id": shop_id, "currency": currency, "settled": now - _ON_ITS_WAY})
        *figures, waiting = cursor.fetchone()
    owed, owes, disputed, released, releases, escrow, open_orders, transit, payouts = map(int, figures[:9])
    freed, frozen, withdrawn, promised, held, to_hold = map(int, figures[9:])
    coming = [_read_waiting(request) for request in loads(waiting)]
    books = ShopBooks(
        payable_minor=owed + _sum(coming, Code.PAYABLE),
        receivable_minor=owes - _sum(coming, Code.MERCHANT_RECEIVABLE),
        disputed_minor=disputed + _sum(coming, Code.DISPUTE_HOLD),
        released_posted_minor=released + _sum(coming, Code.PAYABLE, _RELEASED_KINDS),
        released_due_minor=releases,
        escrow_posted_minor=escrow + _sum((one for one in coming if one.noted), Code.ESCROW),
        escrow_due_minor=open_orders,
        transit_posted_minor=transit + _sum(coming, Code.PAYOUT_IN_TRANSIT),
        transit_due_minor=payouts,
    )
    freed -= _sum(coming, Code.CUSTODY_OWED, _FREED_KINDS)
    frozen += _sum(coming, Code.CUSTODY_OWED)
    return ShopMoney(
        books=books,
        # What is about to come cannot be spent yet, what is about to go is gone.
        free_minor=max(0, min(owed, books.payable_minor) - held - to_hold),
        held_minor=held + to_hold,
        at_provider=ChannelBalance(freed - withdrawn, frozen),
        promised_minor=promised,
    )


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A request that the poster has not taken yet."""

    kind: str
    legs: tuple[Leg, ...]
    noted: bool


def _read_waiting(request: dict[str, Any]) -> _Waiting:
    try:
        legs = read_event(request["kind"], request["payload"]).legs()
    except (UnreadableEvent, BadEvent):
        legs = ()  # the poster will park it, and the guard sees the difference
    return _Waiting(request["kind"], legs, request["noted"])


def _sum(coming: Iterable[_Waiting], code: Code, kinds: tuple[str, ...] = ()) -> int:
    """What waiting requests will bring to a code, credits above debits."""

    def legs() -> Iterator[Leg]:
        for one in coming:
            if not kinds or one.kind in kinds:
                yield from (leg for leg in one.legs if leg.account.code is code)

    return sum(leg.amount_minor if leg.side is Side.CREDIT else -leg.amount_minor for leg in legs())
