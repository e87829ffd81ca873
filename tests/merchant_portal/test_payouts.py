"""A shop has its money paid out: what is free, asking, following it, and where it goes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings

from billing.ledger.contracts import Code
from billing.ledger.rules import DisputeOpened
from billing.settlement.contracts.payouts import CarryReport, CarryState, PayoutState
from billing.settlement.models.payouts import ShopBankAccount
from billing.settlement.selectors.payouts import get_payout, list_payouts
from billing.settlement.services.payout_answers import record_bank_answer
from billing.settlement.services.payout_deciding import reject_payout
from market.shops.contracts import Role
from market.shops.models import Membership
from tests.billing.settlement.payouts import CARD, CLERK, Till
from tests.merchant_portal.conftest import enter, make_person

ACCOUNT = {"kind": "card", "holder": "陈小禾", "bank": "招商银行", "branch": "", "cnaps": "", "number": CARD}


@pytest.fixture
def desk(merchant, clock) -> Till:
    """The merchant's shop with 114.00 and an account named some days ago."""
    clock.now = datetime.now(UTC)
    till = Till(merchant.shop, clock)
    till.earn(12_000, commission=600)
    till.name_account()
    return till


def page(merchant, path: str = "/payouts/", status: int = 200) -> str:
    answer = merchant.browser.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def ask(merchant, amount: str = "", key: str = "", **more: str):
    key = key or re.search(r'name="key" value="([0-9a-f]{32})"', page(merchant)).group(1)
    return merchant.browser.post("/payouts/ask/", {"channel": "bank", "amount": amount, "key": key, **more})


def test_what_is_free_is_shown_and_paid_out_on_request(merchant, desk):
    shown = page(merchant)
    assert "114.00" in shown and "····0128" in shown and CARD not in shown
    answer = ask(merchant)
    (payout,) = list_payouts(shop_id=desk.shop_id)
    assert answer.headers["Location"] == f"/payouts/{payout.number}/"
    way = page(merchant, f"/payouts/{payout.number}/")
    assert "¥114.00" in way and "Payout set aside for the bank" in way and 'aria-current="step"' in way
    assert re.search(r"/money/postings/\d+/", way)
    assert desk.balance(Code.PAYOUT_IN_TRANSIT) == 11_400


def test_pressing_twice_is_asking_once(merchant, desk):
    first, second = (ask(merchant, "10", key="a" * 32) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(list_payouts(shop_id=desk.shop_id)) == 1
    refused = ask(merchant, "20", key="a" * 32)
    assert refused.status_code == 422 and "Load it again" in refused.content.decode()


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("114.01", "You can ask for ¥114.00 at most."),
        ("0.50", "A payout is from ¥1.00"),
        ("ten", "Enter a sum such as 8 or 8.50."),
        ("-5", "Enter a sum such as 8 or 8.50."),
        ("1.234", "Enter a sum such as 8 or 8.50."),
        ("9" * 30, "A payout is from ¥1.00 to ¥50,000,000.00."),
    ],
)
def test_an_amount_that_cannot_be_is_explained_at_its_field(merchant, desk, amount, sentence):
    answer = ask(merchant, amount)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert list_payouts(shop_id=desk.shop_id) == []


@pytest.mark.parametrize("fields", [{}, {"channel": "cash"}, {"channel": "bank", "key": "x"}, {"key": "a" * 32}])
def test_a_form_that_nobody_was_given_is_refused(merchant, desk, fields):
    assert merchant.browser.post("/payouts/ask/", fields).status_code == 422


def test_every_doubt_is_said_in_words(merchant, desk):
    desk.book("d", DisputeOpened(shop_id=desk.shop_id, reference="D1", psp="stripe", amount_minor=12_000))
    answer = ask(merchant).content.decode()
    assert "Your balance is negative" in answer and "disputes a payment" in answer


def test_a_payout_over_wechat_needs_an_account_there(merchant, desk):
    answer = ask(merchant, "1", channel="wechatpay")
    assert answer.status_code == 422 and "no account at WeChat Pay yet" in answer.content.decode()


def test_a_shop_without_an_account_is_led_to_name_one(merchant, clock):
    shown = page(merchant)
    assert "/payouts/account/" in shown and "/payouts/ask/" not in shown
    refused = ask_without_page(merchant)
    assert refused.status_code == 422 and "Say first where you want to be paid to." in refused.content.decode()


def ask_without_page(merchant):
    return merchant.browser.post("/payouts/ask/", {"channel": "bank", "amount": "", "key": "b" * 32})


def test_the_shop_calls_it_off_and_staff_stop_it_with_a_reason(merchant, desk):
    ask(merchant, "10")
    number = list_payouts(shop_id=desk.shop_id)[0].number
    assert "Call it off" in page(merchant, f"/payouts/{number}/")
    for _ in range(2):
        assert merchant.browser.post(f"/payouts/{number}/cancel/").status_code == 302
    assert get_payout(number).state is PayoutState.CANCELLED
    ask(merchant, "10")
    number = list_payouts(shop_id=desk.shop_id)[0].number
    reject_payout(number=number, reason="户名与店铺不符", actor_id=CLERK, now=desk.now)
    assert "户名与店铺不符" in page(merchant, f"/payouts/{number}/")


def test_what_failed_is_told_and_asked_again(merchant, desk):
    payout = desk.send(5_000)
    report = CarryReport(payout.number, CarryState.FAILED, "", "账号不存在")
    record_bank_answer(number=payout.number, report=report, actor_id=CLERK, now=desk.now)
    shown = page(merchant, f"/payouts/{payout.number}/")
    assert "账号不存在" in shown and "Taken back: Payout set aside for the bank" in shown
    answer = merchant.browser.post(f"/payouts/{payout.number}/retry/")
    again = get_payout(answer.headers["Location"].split("/")[2])
    assert (again.retry_of, again.amount_minor) == (payout.number, 5_000)
    assert "Ask for it again" not in page(merchant, f"/payouts/{payout.number}/")
    assert merchant.browser.post(f"/payouts/{again.number}/retry/").headers["Location"] == f"/payouts/{again.number}/"


def test_an_account_is_named_and_waits_a_day(merchant, clock):
    assert merchant.browser.post("/payouts/account/", ACCOUNT).status_code == 302
    shown = page(merchant)
    assert "····0128" in shown and "New account: payouts begin" in shown
    again = page(merchant, "/payouts/account/")
    assert CARD not in again and 'value="陈小禾"' in again
    refused = ask(merchant)
    assert "The bank account is new" in refused.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"number": CARD[:-1] + "9"}, "This is no card number"),
        ({"kind": "company"}, "needs its branch"),
        ({"kind": "company", "branch": "文三支行", "cnaps": "1"}, "A CNAPS code has 12 digits"),
        ({"holder": ""}, "Enter the holder&#x27;s name"),
        ({"bank": " "}, "Enter the name of the bank"),
        ({"kind": "pocket"}, "Select a valid choice"),
    ],
)
def test_an_account_that_cannot_be_is_explained_at_its_field(merchant, change, sentence):
    answer = merchant.browser.post("/payouts/account/", {**ACCOUNT, **change})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert not ShopBankAccount.objects.exists()
    assert CARD not in answer.content.decode().replace(f'value="{CARD}"', "")


def test_the_account_is_changed_only_by_somebody_who_proved_themselves_lately(merchant):
    session = merchant.browser.session
    session["proof"] = [False, (datetime.now(UTC) - timedelta(minutes=16)).timestamp()]
    session.save()
    for answer in (merchant.browser.get("/payouts/account/"), merchant.browser.post("/payouts/account/", ACCOUNT)):
        assert answer.status_code == 302 and django_settings.MARKET_HOST in answer.headers["Location"]
    assert not ShopBankAccount.objects.exists()


def test_another_shop_and_those_without_the_right_see_nothing(merchant, desk, make_merchant):
    ask(merchant, "10")
    number = list_payouts(shop_id=desk.shop_id)[0].number
    stranger = make_merchant("beta")
    assert number not in page(stranger) and "0128" not in page(stranger)
    assert stranger.browser.get(f"/payouts/{number}/").status_code == 404
    for deed in ("cancel", "retry"):
        assert stranger.browser.post(f"/payouts/{number}/{deed}/").status_code == 404
    packer = make_person("packer")
    Membership.objects.create(shop_id=desk.shop_id, user_id=packer.user_id, role=Role.FULFILMENT.value, since=desk.now)
    browser = enter(packer)
    for path in ("/payouts/", f"/payouts/{number}/", "/payouts/account/"):
        assert browser.get(path).status_code == 403
    assert browser.post("/payouts/ask/", {}).status_code == 403


def test_a_cursor_of_another_list_and_a_number_that_never_was_are_not_found(merchant):
    assert merchant.browser.get("/payouts/", {"after": "x"}).status_code == 404
    assert merchant.browser.get("/payouts/PO0/").status_code == 404
