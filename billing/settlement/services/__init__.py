"""Writes of settlement: what was sold goes to its shop, and what is ours to us."""

from billing.settlement.services.bank_accounts import AccountChangedMeanwhile, BadBankAccount, set_bank_account
from billing.settlement.services.cash import BadAmount, NoCashExpected, record_cash_remitted
from billing.settlement.services.clearing import ClearingItemNotFound, prove_clearing, prove_night, write_clearing_note
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
from billing.settlement.services.debts import DebtChanged, close_day, settle_debt, write_off_debt
from billing.settlement.services.guarding import PayoutRefused, judge_shop
from billing.settlement.services.payout_answers import (
    AnsweredOtherwise,
    AnswerIncomplete,
    carry_out_answer,
    record_bank_answer,
    return_payout,
)
from billing.settlement.services.payout_asking import (
    BadPayoutAmount,
    NotEnough,
    NotRetriable,
    PayoutKeyReused,
    ask_payout,
    cancel_payout,
    retry_payout,
)
from billing.settlement.services.payout_batches import (
    BadAnswerFile,
    NothingToSend,
    fetch_batch_file,
    make_batch,
    take_answers,
)
from billing.settlement.services.payout_deciding import (
    ApprovedAlready,
    OwnPayout,
    ReasonMissing,
    approve_payout,
    reject_payout,
)
from billing.settlement.services.payout_sending import carry_due_payouts
from billing.settlement.services.payout_steps import NotInBooksYet, WrongState
from billing.settlement.services.reasons import NoReason
from billing.settlement.services.reconciling_fetching import (
    DayOutOfReach,
    ask_for_fetch,
)
from billing.settlement.services.reconciling_files import (
    SMALL_BYTES,
    receive_statement,
)
from billing.settlement.services.reconciling_findings import (
    FindingDecided,
    FindingNotFound,
    NotSuspendable,
    clear_finding,
    explain_finding,
    suspend_finding,
)
from billing.settlement.services.releases import bank_account, note_share, record_provider_settled, release_due
from billing.settlement.services.reserve import hold_reserves
from billing.settlement.services.terms import MOST_DAYS, BadTerms, set_shop_terms

__all__ = [
    "MOST_DAYS",
    "SMALL_BYTES",
    "AccountChangedMeanwhile",
    "AnswerIncomplete",
    "AnsweredOtherwise",
    "ApprovedAlready",
    "BadAmount",
    "BadAnswerFile",
    "BadBankAccount",
    "BadPayoutAmount",
    "BadRule",
    "BadTerms",
    "ClearingItemNotFound",
    "DayOutOfReach",
    "DebtChanged",
    "FindingDecided",
    "FindingNotFound",
    "NoCashExpected",
    "NoReason",
    "NotEnough",
    "NotInBooksYet",
    "NotRetriable",
    "NotSuspendable",
    "NothingToSend",
    "OwnPayout",
    "PayoutKeyReused",
    "PayoutRefused",
    "ReasonMissing",
    "RuleChanged",
    "RuleNotFound",
    "RuleProblem",
    "TooManyRules",
    "WrongState",
    "add_rule",
    "approve_payout",
    "ask_for_fetch",
    "ask_payout",
    "bank_account",
    "cancel_payout",
    "carry_due_payouts",
    "carry_out_answer",
    "change_rule",
    "clear_finding",
    "close_day",
    "explain_finding",
    "fetch_batch_file",
    "hold_reserves",
    "judge_shop",
    "make_batch",
    "move_rule",
    "note_share",
    "prove_clearing",
    "prove_night",
    "receive_statement",
    "record_bank_answer",
    "record_cash_remitted",
    "record_provider_settled",
    "reject_payout",
    "release_due",
    "restore_rule",
    "retry_payout",
    "return_payout",
    "set_bank_account",
    "set_shop_terms",
    "settle_debt",
    "suspend_finding",
    "switch_rule",
    "take_answers",
    "write_clearing_note",
    "write_off_debt",
]
