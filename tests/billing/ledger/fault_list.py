"""Faults of the ledger's code, its triggers and constraints, each with the tests that have to catch it."""

from dataclasses import dataclass

HERE = "tests/billing/ledger"


class Misplaced(AssertionError):
    """The text that a fault changes is not there any more, or there more than once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`old` becomes `new` in a module or in a function of the database; without either, `new` is run there as SQL."""

    name: str
    module: str = ""
    function: str = ""
    old: str = ""
    new: str
    tests: tuple[str, ...]

    def change(self, text: str) -> str:
        """The text with the fault. Raises `Misplaced`."""
        if text.count(self.old) != 1:
            raise Misplaced(f"{self.name}: {self.old!r} is there {text.count(self.old)} times")
        return text.replace(self.old, self.new)


def _code(name: str, module: str, old: str, new: str, *tests: str) -> Fault:
    return Fault(name=name, module=module, old=old, new=new, tests=tests)


def _function(name: str, function: str, old: str, new: str, *tests: str) -> Fault:
    return Fault(name=name, function=function, old=old, new=new, tests=tests)


def _sql(name: str, statement: str, *tests: str) -> Fault:
    return Fault(name=name, new=statement, tests=tests)


RULES, SERVICES, SELECTORS = "billing.ledger.rules", "billing.ledger.services", "billing.ledger.selectors"
ROUNDING = "market.money.rounding"
POSTING, HOLDS, SEALS = f"{HERE}/test_posting.py", f"{HERE}/test_holds.py", f"{HERE}/test_seals.py"
REFUSALS, REQUESTS, CROWD = f"{HERE}/test_refusals.py", f"{HERE}/test_requests.py", f"{HERE}/test_concurrency.py"
TAMPERING = f"{HERE}/test_tampering.py::test_every_tampering_is_found_and_named"
MODEL = f"{HERE}/test_model.py"
SIXTEEN = f"{CROWD}::test_sixteen_writers_on_hot_accounts_lose_nothing_and_never_deadlock"
GOLDEN, MONEY = f"{HERE}/test_posting_rules.py", "tests/market/money/test_rounding.py"

KEYS = (
    _code(
        "the key check is dropped",
        f"{SERVICES}.booking",
        "if draft.key in desk.known:",
        "if False:",
        f"{POSTING}::test_the_same_key_and_payload_gives_the_first_result",
    ),
    _code(
        "the payload's hash is not compared",
        f"{SERVICES}.booking",
        "if digest != draft.payload_hash:",
        "if False:",
        f"{POSTING}::test_the_same_key_and_another_payload_is_an_error",
    ),
    _code(
        "the payload's hash leaves out the payload",
        f"{RULES}.events",
        "_encode([kind, payload])",
        "_encode([kind])",
        f"{POSTING}::test_the_same_key_and_another_payload_is_an_error",
    ),
    _code(
        "a key that comes twice in a batch is posted twice",
        f"{SERVICES}.booking",
        "elif draft.key in accepted:",
        "elif False:",
        f"{POSTING}::test_a_batch_gives_a_verdict_for_each_and_refused_ones_leave_no_trace",
    ),
    _code(
        "a batch's verdict hides a refusal",
        f"{SERVICES}.posting",
        "if outcome.error is None:\n        kind",
        "if True:\n        kind",
        f"{POSTING}::test_a_batch_gives_a_verdict_for_each_and_refused_ones_leave_no_trace",
    ),
    _code(
        "a request's payload is not compared",
        f"{SERVICES}.requests",
        "if drafts[key].payload_hash != payload_hash:",
        "if False:",
        f"{REQUESTS}::test_asking_again_is_nothing_new_and_asking_otherwise_is_an_error",
    ),
    _code(
        "posters take what others have taken",
        f"{SERVICES}.requests",
        " FOR NO KEY UPDATE SKIP LOCKED",
        "",
        f"{CROWD}::test_two_posters_at_once_post_each_request_once",
    ),
    _code(
        "what is refused again and again is never put aside",
        f"{SERVICES}.requests",
        "attempts + 1 >= MAX_ATTEMPTS",
        "False",
        f"{REQUESTS}::test_what_is_refused_again_and_again_is_parked_for_a_person",
    ),
    _sql(
        "keys are not unique",
        "ALTER TABLE ledger_transaction DROP CONSTRAINT ledger_transaction_key_key",
        f"{CROWD}::test_one_key_taken_by_two_different_events_at_once_is_given_to_one",
    ),
)

LOCKS = (
    _code(
        "accounts are locked in any order",
        f"{SERVICES}.accounts",
        "ORDER BY id FOR NO KEY UPDATE",
        "ORDER BY random() FOR NO KEY UPDATE",
        SIXTEEN,
    ),
    _code(
        "accounts are locked for reading first and for writing later",
        f"{SERVICES}.accounts",
        "ORDER BY id FOR NO KEY UPDATE",
        "ORDER BY id FOR SHARE",
        SIXTEEN,
    ),
    _code("accounts are not locked", f"{SERVICES}.accounts", "ORDER BY id FOR NO KEY UPDATE", "ORDER BY id", SIXTEEN),
    _code(
        "a clock that goes back disorders an account",
        f"{SERVICES}.booking",
        "max([now, *last])",
        "now",
        f"{POSTING}::test_a_clock_that_goes_back_never_disorders_an_account",
    ),
)

BALANCES = (
    _code(
        "what is held counts as available",
        f"{RULES}.balances",
        "return self.balance_minor - self.held_minor",
        "return self.balance_minor",
        f"{HOLDS}::test_a_payout_cannot_take_what_a_hold_keeps_of_a_payable",
    ),
    _code(
        "a spill takes what is held",
        f"{RULES}.balances",
        "min(leg.amount_minor, state.available_minor)",
        "min(leg.amount_minor, state.balance_minor)",
        f"{HOLDS}::test_a_fee_spills_before_it_takes_what_a_hold_keeps",
    ),
    _code(
        "balance_after has the wrong sign",
        f"{RULES}.balances",
        "return difference if self.normal is Side.DEBIT else -difference",
        "return -difference if self.normal is Side.DEBIT else difference",
        f"{POSTING}::test_the_story_posted_one_by_one_clears",
    ),
    _code(
        "the version is not bumped",
        f"{RULES}.balances",
        "state.version += 1",
        "state.version += 0",
        f"{POSTING}::test_the_story_posted_one_by_one_clears",
    ),
    _code(
        "the floor is one too low",
        f"{RULES}.balances",
        "floor is not None and state.available_minor + change < floor:",
        "floor is not None and state.available_minor + change < floor - 1:",
        f"{POSTING}::test_a_refused_posting_changes_nothing",
    ),
    _code(
        "every kind may overdraw a payable",
        f"{RULES}.chart",
        "return kind.startswith(OVERDRAWING_PREFIXES)",
        "return True",
        f"{POSTING}::test_a_refused_posting_changes_nothing",
    ),
    _code(
        "a refused posting leaves its first half",
        f"{RULES}.balances",
        "    _check_floors(kind, parts)\n    return [_apply(*part) for part in parts]",
        "    drafts = [_apply(*part) for part in parts]\n    _check_floors(kind, parts)\n    return drafts",
        MODEL,
    ),
    _code(
        "currencies share an account",
        f"{SERVICES}.accounts",
        "USING (book, currency, code, owner_kind, owner_id)",
        "USING (book, code, owner_kind, owner_id)",
        f"{POSTING}::test_currencies_are_kept_apart",
    ),
    _code(
        "the past ends before its last entry",
        f"{SELECTORS}.balances",
        "filter(created_at__lte=at)",
        "filter(created_at__lt=at)",
        MODEL,
    ),
)

HELD = (
    _code(
        "a hold is posted twice",
        f"{SERVICES}.holds",
        "if key in desk.known:",
        "if False:",
        f"{HOLDS}::test_the_winner_pays_out_of_the_hold_and_it_closes",
    ),
    _code(
        "more is posted than is held",
        f"{SERVICES}.holds",
        "if not 0 < taken <= left:",
        "if not 0 < taken:",
        f"{HOLDS}::test_a_hold_is_posted_in_parts_and_the_rest_returns",
    ),
    _code(
        "an expired hold is posted",
        f"{SERVICES}.holds",
        "row.expires_at <= now:",
        "row.expires_at is None:",
        f"{HOLDS}::test_an_expired_hold_returns_and_cannot_be_posted",
    ),
    _code(
        "an expired hold is not given back",
        f"{SERVICES}.holds",
        "expires_at__lte=now",
        "expires_at__lt=now",
        f"{HOLDS}::test_an_expired_hold_returns_and_cannot_be_posted",
    ),
    _code(
        "a void gives back what was posted",
        f"{SERVICES}.holds",
        "hold_amount(row.kind, -(row.amount_minor - row.posted_minor), state)",
        "hold_amount(row.kind, -row.amount_minor, state)",
        f"{HOLDS}::test_only_what_was_not_posted_is_given_back",
    ),
    _code(
        "a top-up is not checked against the floor",
        f"{SERVICES}.holds",
        "    hold_amount(row.kind, amount_minor, state)\n",
        "    state.pending_debits_minor += amount_minor\n",
        f"{HOLDS}::test_a_hold_is_topped_up_once_under_its_key",
    ),
    _code(
        "a hold that is closed keeps its rest",
        f"{SERVICES}.holds",
        "-(left if ends else taken)",
        "-taken",
        f"{HOLDS}::test_a_hold_is_posted_in_parts_and_the_rest_returns",
    ),
)

AMOUNTS = (
    _code(
        "what was reversed before is forgotten",
        f"{SERVICES}.reversals",
        "_list_legs(Entry.objects.filter(transaction__reverses=original))",
        "[]",
        f"{POSTING}::test_partial_reversals_never_exceed_the_original",
    ),
    _code(
        "a part of a reversal takes nothing from the smaller book",
        f"{RULES}.reversing",
        "split(total, (wanted, whole - wanted))[0]",
        "min(total, wanted)",
        f"{HERE}/test_reversing_rules.py",
    ),
    _code(
        "amounts are rounded up",
        ROUNDING,
        "(2 * abs(numerator) + denominator) // (2 * denominator)",
        "-(-abs(numerator) // denominator)",
        MONEY,
    ),
    _code("a split goes by the smallest remainder", ROUNDING, "(-(size * weights", "((size * weights", MONEY),
    _code(
        "a commission's VAT stays commission",
        f"{RULES}.agent",
        "            self.credit(Code.COMMISSION, self.commission_minor - self.commission_vat_minor),\n"
        "            self.credit(Code.VAT_PAYABLE, self.commission_vat_minor),\n"
        "            self.credit(Code.PAYABLE, self.amount_minor - self.commission_minor, self.shop),",
        "            self.credit(Code.COMMISSION, self.commission_minor),\n"
        "            self.credit(Code.PAYABLE, self.amount_minor - self.commission_minor, self.shop),",
        GOLDEN,
    ),
)

SEALED = (
    _code(
        "a seal leaves out a column",
        f"{SELECTORS}.seals",
        "business_date, created_at AT",
        "created_at AT",
        TAMPERING,
    ),
    _code(
        "a seal leaves out a balance", f"{SELECTORS}.seals", "balance_after_minor, account_v", "account_v", TAMPERING
    ),
    _code(
        "a seal's time is not in the chain",
        f"{RULES}.sealing",
        "int(sealed_at.timestamp() * 1_000_000)",
        "0",
        TAMPERING,
    ),
    _code(
        "the record outside is not looked at",
        f"{SELECTORS}.seals",
        "if record.number > max(heads, default=0):",
        "if False:",
        TAMPERING,
    ),
    _code("rows below one are not looked at", f"{SELECTORS}.seals", "= _list_below_one()", "= []", TAMPERING),
    _code(
        "a seal does not wait for writers",
        f"{SERVICES}.seals",
        "while writers := writers & _list_writers():",
        "while False:",
        f"{SEALS}::test_a_writer_that_commits_late_raises_no_alarm",
    ),
)

DATABASE = (
    _sql(
        "the floor's constraint is gone",
        "ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_above_floor",
        f"{REFUSALS}::test_a_balance_under_its_floor_is_refused",
    ),
    _sql(
        "versions are not unique",
        "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_account_version",
        f"{REFUSALS}::test_an_entry_that_cannot_be_is_refused",
    ),
    _sql(
        "a hold may post more than it holds",
        "ALTER TABLE ledger_hold DROP CONSTRAINT ledger_hold_not_more_than_held",
        f"{REFUSALS}::test_more_than_was_held_cannot_be_posted",
    ),
    _sql(
        "an ended hold may be opened",
        "DROP TRIGGER ledger_hold_ended ON ledger_hold",
        f"{REFUSALS}::test_more_than_was_held_cannot_be_posted",
    ),
    _sql(
        "transactions may be empty",
        "DROP TRIGGER ledger_transaction_checked ON ledger_transaction",
        f"{REFUSALS}::test_a_transaction_without_entries_is_refused",
    ),
    _sql(
        "the check of entries does nothing",
        "CREATE OR REPLACE FUNCTION ledger_check_entries() RETURNS trigger LANGUAGE plpgsql AS"
        " $body$ BEGIN RETURN NULL; END $body$",
        f"{REFUSALS}::test_an_unbalanced_transaction_is_refused",
    ),
    _sql(
        "history may be changed by the owner",
        "CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $body$ BEGIN RETURN NEW; END $body$",
        f"{REFUSALS}::test_the_owner_of_the_tables_is_refused_too",
    ),
    _sql(
        "the application is granted to change entries",
        "GRANT UPDATE, DELETE ON ledger_entry TO jishi_app; DROP TRIGGER ledger_entry_append_only ON ledger_entry",
        f"{REFUSALS}::test_the_application_is_not_granted_what_it_must_not_do",
    ),
    _function(
        "books balance each other",
        "ledger_check_entries",
        "min(g.transaction_id) FILTER (WHERE g.difference <> 0) AS unbalanced",
        "CASE WHEN sum(g.difference) <> 0 THEN min(g.transaction_id) END AS unbalanced",
        f"{REFUSALS}::test_two_books_do_not_balance_each_other",
    ),
    _function(
        "a payable goes below zero by any kind",
        "ledger_check_entries",
        "t.kind NOT LIKE 'refund\\_%'",
        "t.kind IS NULL",
        f"{REFUSALS}::test_a_payable_goes_below_zero_only_by_refunds_and_disputes",
    ),
    _function(
        "entries may be added later",
        "ledger_check_entries",
        "WHERE transaction_id = ANY (transactions)) <> entries",
        "WHERE transaction_id = ANY (transactions)) < entries",
        f"{REFUSALS}::test_entries_cannot_be_added_later",
    ),
    _function(
        "entries need not lead to the totals",
        "ledger_check_entries",
        "seen.leading <> cardinality(accounts) OR seen.beyond > 0",
        "false",
        f"{REFUSALS}::test_entries_that_do_not_lead_to_the_totals_are_refused",
    ),
    _function(
        "more may be reversed than was posted",
        "ledger_check_reversals",
        "o.side <> n.side)",
        "o.side <> n.side) * 2",
        f"{REFUSALS}::test_more_than_was_posted_cannot_be_reversed",
    ),
)

FAULTS = (*KEYS, *LOCKS, *BALANCES, *HELD, *AMOUNTS, *SEALED, *DATABASE)
