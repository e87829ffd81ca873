"""What the books know in the words of a provider's statement: which line each posting is, which belong together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from billing.ledger.contracts.provider_facts import PostedFact
from billing.payments.rules import split_no
from billing.settlement.contracts.reconciling import LineKind, StatementKind

CUSTODY_KINDS = ("custody_share_paid", "custody_fee_taken", "refund_custody", "custody_fee_returned")
"""Postings that a trade bill lists: sub-orders in shops' custody. Subsidies and releases are not on it."""

OWN_TRADE_KINDS = ("ad_top_up_captured", "provider_fee_charged")
"""Postings that a trade bill lists beside those: what was paid to our own sub-merchant, and the fee of it."""

SUSPENSE_KINDS = ("suspense_raised", "suspense_cleared")
"""Postings that stand for what is not understood yet; they are on nobody's statement."""

INLINE_FEES = frozenset({StatementKind.TRADE, StatementKind.BALANCE})
"""Statements that name a fee beside the amount it was taken of, instead of on a line of its own."""

_OWN_KINDS: Mapping[str, LineKind] = {
    "payment_captured": LineKind.PAYMENT,
    "ad_top_up_captured": LineKind.PAYMENT,
    "plan_sold": LineKind.PAYMENT,
    "refund_confirmed": LineKind.REFUND,
    "provider_settled": LineKind.SETTLEMENT,
    "custody_commission_split": LineKind.SPLIT,
    "refund_custody_commission": LineKind.SPLIT,
    "dispute_taken": LineKind.CHARGEBACK,
    "dispute_won": LineKind.CHARGEBACK,
}
_FEE_OF = {"provider_fee_charged": LineKind.PAYMENT, "provider_fee_returned": LineKind.REFUND}


@dataclass(frozen=True, slots=True)
class BookedItem:
    """What the books say of one line: the transaction it is known by, and when that was posted."""

    transaction_id: int
    kind: LineKind
    number: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime
    shop_id: int | None


@dataclass(frozen=True, slots=True)
class _Part:
    kind: LineKind
    number: str
    amount_minor: int
    fee_minor: int
    fact: PostedFact
    leads: bool


def list_booked_items(facts: Iterable[PostedFact], statement_kind: StatementKind) -> list[BookedItem]:
    """Postings as items of a statement: a payment with its fee is one; what was reversed wholly is none."""
    parts: dict[tuple[LineKind, str, str], list[_Part]] = {}
    for fact in facts:
        part = _read_trade(fact) if statement_kind is StatementKind.TRADE else _read_own(fact, statement_kind)
        parts.setdefault((part.kind, part.number, fact.currency), []).append(part)
    return [item for group in parts.values() for item in _join(group)]


def _join(parts: list[_Part]) -> list[BookedItem]:
    """Each leading part is an item; fees and reversals go with the last one before them, or the first."""
    parts = sorted(parts, key=lambda part: part.fact.transaction_id)
    leads = [part for part in parts if part.leads] or parts[:1]
    sums = {id(lead): [0, 0] for lead in leads}
    for part in parts:
        before = [lead for lead in leads if lead.fact.transaction_id <= part.fact.transaction_id]
        place = sums[id(part if part in leads else (before or leads[:1])[-1])]
        place[0] += part.amount_minor
        place[1] += part.fee_minor
    items = []
    for lead in leads:
        amount, fee = sums[id(lead)]
        if amount or fee:
            fact = lead.fact
            items.append(
                BookedItem(
                    fact.transaction_id,
                    lead.kind,
                    lead.number,
                    amount,
                    fee,
                    fact.currency,
                    fact.created_at,
                    _read_shop(fact),
                )
            )
    return items


def _read_trade(fact: PostedFact) -> _Part:
    amount = int(fact.event.get("amount_minor", 0))
    if fact.kind in ("custody_share_paid", "ad_top_up_captured"):
        return _Part(LineKind.PAYMENT, fact.subject, amount, 0, fact, leads=True)
    if fact.kind in ("custody_fee_taken", "provider_fee_charged"):
        return _Part(LineKind.PAYMENT, fact.subject, 0, amount, fact, leads=False)
    number = str(fact.event.get("refund_no", fact.subject))
    if fact.kind == "refund_custody":
        return _Part(LineKind.REFUND, number, -amount, 0, fact, leads=True)
    return _Part(LineKind.REFUND, number, 0, -amount, fact, leads=False)


def _read_own(fact: PostedFact, statement_kind: StatementKind) -> _Part:
    kind, moved = fact.original_kind or fact.kind, fact.moved_minor
    leads = not fact.original_kind
    if kind in _FEE_OF and statement_kind in INLINE_FEES:
        return _Part(_FEE_OF[kind], fact.subject, 0, -moved, fact, leads=False)
    if kind in _FEE_OF:
        return _Part(LineKind.FEE, fact.subject, moved, 0, fact, leads)
    if kind == "dispute_taken" and statement_kind in INLINE_FEES:
        fee = int(fact.event.get("fee_minor", 0))
        return _Part(LineKind.CHARGEBACK, fact.subject, moved + fee, fee, fact, leads)
    if kind == "custody_commission_split":
        return _Part(LineKind.SPLIT, split_no(fact.subject), moved, 0, fact, leads)
    if kind == "refund_custody_commission":
        return _Part(LineKind.SPLIT, str(fact.event.get("refund_no", fact.subject)), moved, 0, fact, leads)
    return _Part(_OWN_KINDS.get(kind, LineKind.ADJUSTMENT), fact.subject, moved, 0, fact, leads)


def _read_shop(fact: PostedFact) -> int | None:
    shop_id = fact.event.get("shop_id")
    return shop_id if isinstance(shop_id, int) else None
