"""Writes of settlement: what was sold goes to its shop, and what is ours to us."""

from billing.settlement.services.commission import (
    BadRule,
    RuleChanged,
    RuleNotFound,
    RuleProblem,
    TooManyRules,
    add_rule,
    change_rule,
    move_rule,
    restore_rule,
    switch_rule,
)
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
    "BadRule",
    "NoCashExpected",
    "RuleChanged",
    "RuleNotFound",
    "RuleProblem",
    "TooManyRules",
    "add_rule",
    "bank_account",
    "change_rule",
    "move_rule",
    "note_share",
    "record_cash_remitted",
    "record_provider_settled",
    "release_due",
    "restore_rule",
    "switch_rule",
]
