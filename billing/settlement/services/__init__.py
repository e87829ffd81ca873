"""Writes of settlement: what was sold goes to its shop, and what is ours to us."""

from billing.settlement.services.releases import (
    BadAmount,
    NoCashExpected,
    bank_account,
    note_share,
    record_cash_remitted,
    record_provider_settled,
    release_due,
)

__all__ = [
    "BadAmount",
    "NoCashExpected",
    "bank_account",
    "note_share",
    "record_cash_remitted",
    "record_provider_settled",
    "release_due",
]
