"""Deciding on an amount by what accounts hold, before it is posted."""

from collections.abc import Iterable
from datetime import datetime

from billing.ledger.contracts import AccountRef, Balance
from billing.ledger.services.accounts import lock_accounts, open_accounts
from billing.ledger.services.booking import demand_transaction


def lock_balances(*, refs: Iterable[AccountRef], now: datetime) -> dict[AccountRef, Balance]:
    """Lock accounts until the transaction ends, and what they hold then.

    Name every account that the posting will touch: `post` locks them again, in the same order and without waiting.
    """
    demand_transaction()
    states = lock_accounts(open_accounts(refs=refs, now=now))
    return {
        ref: Balance(posted_minor=state.balance_minor, held_minor=state.held_minor, version=state.version)
        for ref, state in states.items()
    }
