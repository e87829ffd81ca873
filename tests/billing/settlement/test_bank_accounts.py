"""Where a shop is paid to: checked, kept unreadable, a day's wait after each change, everybody told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from billing.settlement.contracts.payouts import AccountKind, BankAccountDraft
from billing.settlement.models.payouts import ShopBankAccount
from billing.settlement.rules.payouts import AccountProblem, clean_account, find_account_problems, passes_luhn
from billing.settlement.selectors.payouts import find_bank_account
from billing.settlement.services.bank_accounts import AccountChangedMeanwhile, BadBankAccount, set_bank_account
from billing.settlement.tasks import on_payout_news
from market.accounts.contracts import Language
from market.accounts.services import register_person
from market.audit.models import AuditEntry
from market.outbox.contracts import EventEnvelope
from market.outbox.models import Event
from market.shops.contracts import Role
from market.shops.models import Membership
from tests.billing.payments.steps import in_threads
from tests.billing.settlement.payouts import CARD, DRAFT, OWNER

WIDE = {ord(digit): ord("０") + int(digit) for digit in "0123456789"}
COMPANY = BankAccountDraft(
    AccountKind.COMPANY, "杭州清和茶业有限公司", "招商银行", "杭州文三支行", "308331012345", "571907654310801"
)


def problems(draft: BankAccountDraft, **changes: str) -> list[AccountProblem]:
    return find_account_problems(clean_account(replace(draft, **changes)))


@pytest.mark.parametrize("draft", [DRAFT, COMPANY, replace(DRAFT, branch=""), replace(DRAFT, cnaps="308331012345")])
def test_good_accounts_pass(draft):
    assert problems(draft) == []


@pytest.mark.parametrize(
    "typed",
    ["6222 0212 3456 7890 128", "6222-0212-3456-7890-128", CARD.translate(WIDE), f"\t{CARD}\n"],
)
def test_a_number_may_be_typed_as_it_stands_on_the_card(typed):
    assert clean_account(replace(DRAFT, number=typed)).number == CARD
    assert problems(DRAFT, number=typed) == []


@pytest.mark.parametrize(
    ("draft", "changes", "problem"),
    [
        (DRAFT, {"number": CARD[:-1] + "9"}, AccountProblem.CARD_NUMBER),
        (DRAFT, {"number": CARD[1:]}, AccountProblem.CARD_NUMBER),
        (DRAFT, {"number": ""}, AccountProblem.CARD_NUMBER),
        (DRAFT, {"number": "六二二二"}, AccountProblem.CARD_NUMBER),
        (DRAFT, {"number": "0" * 20}, AccountProblem.CARD_NUMBER),
        (DRAFT, {"holder": "陈"}, AccountProblem.HOLDER),
        (DRAFT, {"holder": "陈" * 61}, AccountProblem.HOLDER),
        (DRAFT, {"bank": " "}, AccountProblem.BANK),
        (DRAFT, {"cnaps": "12345"}, AccountProblem.CNAPS),
        (COMPANY, {"cnaps": ""}, AccountProblem.CNAPS),
        (COMPANY, {"branch": ""}, AccountProblem.BRANCH),
        (COMPANY, {"branch": "行" * 81}, AccountProblem.BRANCH),
        (COMPANY, {"number": "12345"}, AccountProblem.COMPANY_NUMBER),
        (COMPANY, {"number": "5719-0765-A"}, AccountProblem.COMPANY_NUMBER),
    ],
)
def test_what_cannot_be_an_account_is_named_by_its_field(draft, changes, problem):
    assert problems(draft, **changes) == [problem]


@given(st.text(alphabet="0123456789", min_size=11, max_size=18), st.integers(0, 18), st.integers(1, 9))
def test_one_wrong_digit_never_passes(body, place, change):
    number = next(body + digit for digit in "0123456789" if passes_luhn(body + digit))
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    assert passes_luhn(number) and not passes_luhn(wrong)


def test_a_change_waits_a_day_and_the_same_again_waits_for_nothing(shop_a, clock):
    first = set_bank_account(shop_id=shop_a.shop_id, draft=DRAFT, actor_id=OWNER, now=clock.now)
    assert (first.last_four, first.usable_at) == ("0128", clock.now + timedelta(hours=24))
    clock.move(hours=5)
    again = replace(DRAFT, number="6222 0212 3456 7890 128", holder=" 陈小禾 ")
    assert set_bank_account(shop_id=shop_a.shop_id, draft=again, actor_id=OWNER, now=clock.now) == first
    second = set_bank_account(shop_id=shop_a.shop_id, draft=COMPANY, actor_id=OWNER, now=clock.now)
    assert second.usable_at == clock.now + timedelta(hours=24)
    assert find_bank_account(shop_a.shop_id) == second
    assert list(ShopBankAccount.objects.order_by("pk").values_list("replaced_at", flat=True)) == [clock.now, None]
    assert AuditEntry.objects.filter(action="bank_account.set").count() == 2
    trail = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert CARD not in trail and "…0128" in trail


def test_a_bad_account_changes_nothing(shop_a, clock):
    with pytest.raises(BadBankAccount) as refused:
        bad = replace(DRAFT, holder="", number="1")
        set_bank_account(shop_id=shop_a.shop_id, draft=bad, actor_id=OWNER, now=clock.now)
    assert refused.value.problems == (AccountProblem.HOLDER, AccountProblem.CARD_NUMBER)
    assert find_bank_account(shop_a.shop_id) is None


def test_two_shops_have_accounts_of_their_own(shop_a, shop_b, clock):
    set_bank_account(shop_id=shop_a.shop_id, draft=DRAFT, actor_id=OWNER, now=clock.now)
    assert find_bank_account(shop_b.shop_id) is None


def test_nothing_of_the_number_is_readable_at_rest_or_in_a_log(shop_a, clock):
    view = set_bank_account(shop_id=shop_a.shop_id, draft=DRAFT, actor_id=OWNER, now=clock.now)
    stored = ShopBankAccount.objects.extra(select={"raw": "number", "who": "holder"}).values("raw", "who").get()
    assert CARD not in stored["raw"] and "陈小禾" not in stored["who"]
    assert CARD not in repr(DRAFT) + repr(view) and "陈小禾" not in repr(DRAFT) + repr(view)


def test_two_changes_at_once_leave_one_current_account(committed_db, make_shop, clock):
    shop = make_shop("alpha", owner_id=OWNER)

    def change(number):
        draft = replace(DRAFT, number=number)
        return lambda: set_bank_account(shop_id=shop.shop_id, draft=draft, actor_id=OWNER, now=clock.now)

    results = in_threads(*[change(number) for number in (CARD, "4111111111111111", "5555555555554444")])
    assert all(isinstance(one, AccountChangedMeanwhile) or one.last_four for one in results)
    assert ShopBankAccount.objects.filter(replaced_at=None).count() == 1


def test_everybody_who_may_see_money_is_written_to_in_their_language(any_db, make_shop, clock, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    people = {
        name: register_person(email=f"{name}@example.com", language=language, now=clock.now).user_id
        for name, language in (("boss", Language.CHINESE), ("manager", Language.ENGLISH), ("packer", Language.CHINESE))
    }
    shop = make_shop("alpha", owner_id=people["boss"])
    for name, role in (("manager", Role.MANAGER), ("packer", Role.FULFILMENT)):
        Membership.objects.create(shop_id=shop.shop_id, user_id=people[name], role=role.value, since=clock.now)
    set_bank_account(shop_id=shop.shop_id, draft=DRAFT, actor_id=people["boss"], now=clock.now)
    event = Event.objects.get(kind="bank_account.set")
    on_payout_news([EventEnvelope(event.pk, event.kind, event.shop_id, event.key, event.payload, event.recorded_at)])
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert letters.keys() == {"boss@example.com", "manager@example.com"}
    assert "0128" in letters["boss@example.com"].body and letters["boss@example.com"].subject == "收款账户已更改"
    assert letters["manager@example.com"].subject == "Bank account changed"
    assert CARD not in letters["boss@example.com"].body
