"""Where a shop is paid to. A change waits a day before money goes there, and everybody who may see money is told."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from billing.settlement.contracts.payouts import BankAccountDraft, BankAccountView
from billing.settlement.models.payouts import ShopBankAccount
from billing.settlement.rules.payouts import FREEZE, AccountProblem, clean_account, find_account_problems
from billing.settlement.selectors.payouts import to_account
from market.accounts.fields import blind_index
from market.audit.services import write_audit
from market.outbox.services import record_event


class BadBankAccount(ValueError):
    """An account that cannot be right; `problems` name the fields."""

    def __init__(self, problems: Sequence[AccountProblem]) -> None:
        super().__init__(", ".join(problems))
        self.problems = tuple(problems)


class AccountChangedMeanwhile(RuntimeError):
    """Somebody else of the shop set an account at this moment."""


def set_bank_account(*, shop_id: int, draft: BankAccountDraft, actor_id: int, now: datetime) -> BankAccountView:
    """Pay the shop to this account from tomorrow on. The same account again changes nothing and waits for nothing.

    Raises `BadBankAccount`, `AccountChangedMeanwhile`.
    """
    cleaned = clean_account(draft)
    if problems := find_account_problems(cleaned):
        raise BadBankAccount(problems)
    try:
        return to_account(_replace(shop_id, cleaned, actor_id, now))
    except IntegrityError as error:
        raise AccountChangedMeanwhile(str(shop_id)) from error


@transaction.atomic(durable=True)
def _replace(shop_id: int, draft: BankAccountDraft, actor_id: int, now: datetime) -> ShopBankAccount:
    index = blind_index(draft.number, purpose="bank_account.number")
    current = ShopBankAccount.objects.select_for_update(no_key=True).filter(shop_id=shop_id, replaced_at=None).first()
    if current is not None and _is_same(current, draft, index):
        return current
    if current is not None:
        current.replaced_at = now
        current.save(update_fields=["replaced_at"])
    row = ShopBankAccount.objects.create(
        shop_id=shop_id,
        kind=draft.kind.value,
        holder=draft.holder,
        bank=draft.bank,
        branch=draft.branch,
        cnaps=draft.cnaps,
        number=draft.number,
        number_index=index,
        last_four=draft.number[-4:],
        set_by=actor_id,
        set_at=now,
        usable_at=now + FREEZE,
    )
    _tell(row, current, now)
    return row


def _is_same(row: ShopBankAccount, draft: BankAccountDraft, index: str) -> bool:
    mine = (row.kind, row.holder, row.bank, row.branch, row.cnaps, row.number_index)
    return mine == (draft.kind.value, draft.holder, draft.bank, draft.branch, draft.cnaps, index)


def _tell(row: ShopBankAccount, before: ShopBankAccount | None, now: datetime) -> None:
    write_audit(
        action="bank_account.set",
        actor_id=row.set_by,
        shop_id=row.shop_id,
        target_kind="bank_account",
        target_id=str(row.pk),
        detail={
            "before": f"…{before.last_four}" if before else "",
            "after": f"…{row.last_four}",
            "usable_at": row.usable_at.isoformat(),
        },
        now=now,
    )
    record_event(
        kind="bank_account.set",
        shop_id=row.shop_id,
        key=f"bank_account:{row.pk}",
        payload={"last_four": row.last_four, "usable_at": row.usable_at.isoformat(), "set_by": row.set_by},
        now=now,
    )
