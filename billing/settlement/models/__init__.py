"""From a sale to the shop's bank account: what is released, paid out, stated and compared. Public schema."""

from billing.settlement.models.clearing import ClearingItem, ClearingNote, ClearingProof, DayClose, DebtWriteOff
from billing.settlement.models.commission import CommissionRule, CommissionTerms
from billing.settlement.models.payouts import Payout, PayoutApproval, PayoutBatch, ShopBankAccount
from billing.settlement.models.reconciling import (
    Finding,
    ProviderStatement,
    ReconciliationRun,
    StatementFetch,
    StatementRow,
)
from billing.settlement.models.releases import Release
from billing.settlement.models.statements import Statement, StatementAccount
from billing.settlement.models.terms import Reserve, ShopTerms

__all__ = [
    "ClearingItem",
    "ClearingNote",
    "ClearingProof",
    "CommissionRule",
    "CommissionTerms",
    "DayClose",
    "DebtWriteOff",
    "Finding",
    "Payout",
    "PayoutApproval",
    "PayoutBatch",
    "ProviderStatement",
    "ReconciliationRun",
    "Release",
    "Reserve",
    "ShopBankAccount",
    "ShopTerms",
    "Statement",
    "StatementAccount",
    "StatementFetch",
    "StatementRow",
]
