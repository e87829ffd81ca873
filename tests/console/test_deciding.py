"""Deciding about shops: each decision changes what it says, and is in the trail as the deed of this person."""

import pytest
from django.utils import timezone

from billing.payments.selectors import list_merchant_accounts
from market.audit.contracts import ActorKind
from market.audit.selectors import list_entries
from market.shops.contracts import ShopStatus
from market.shops.selectors import get_shop, list_open_shops
from market.shops.services import approve_shop


def account_of(shop_id: int) -> str:
    return list_merchant_accounts(shop_ids=[shop_id], gateway="wechatpay").get(shop_id, "")


def last_deed(shop_id: int):
    return list_entries(shop_id=shop_id)[0]


@pytest.fixture
def committed_applicant(committed_db, wechat_settings, applicant):
    """The provider is called outside transactions, so these tests really commit."""
    return applicant


def test_an_approved_shop_is_open_and_has_its_payment_account(committed_applicant, enter) -> None:
    staff, shop_id = enter(), committed_applicant.shop_id
    answer = staff.client.post(f"/shops/{shop_id}/approve/", follow=True)
    assert "Cloud Bakery” is open" in answer.content.decode()
    assert get_shop(shop_id).is_open and account_of(shop_id)
    deeds = {line.action: line for line in list_entries(shop_id=shop_id)}
    assert deeds["shop.open"].actor_id == deeds["shop.enrolled"].actor_id == staff.user_id
    assert deeds["shop.open"].actor_kind is deeds["shop.enrolled"].actor_kind is ActorKind.STAFF


def test_a_provider_that_does_not_answer_is_said_and_asked_again_once(
    committed_applicant, wechat_settings, settings, enter
) -> None:
    staff, shop_id = enter(), committed_applicant.shop_id
    working = settings.WECHATPAY
    settings.WECHATPAY = {**working, "base_url": "http://127.0.0.1:9", "timeout_seconds": 0.5}
    page = staff.client.post(f"/shops/{shop_id}/approve/", follow=True).content.decode()
    assert "does not answer" in page and "Apply again" in page
    assert get_shop(shop_id).is_open and not account_of(shop_id)
    assert "no account yet" in staff.get("/shops/?tab=open").content.decode()
    settings.WECHATPAY = working
    page = staff.client.post(f"/shops/{shop_id}/enrol/", follow=True).content.decode()
    assert "takes WeChat Pay now" in page and "Apply again" not in page
    account = account_of(shop_id)
    staff.client.post(f"/shops/{shop_id}/enrol/")
    assert account and account_of(shop_id) == account
    assert [line.action for line in list_entries(shop_id=shop_id)].count("shop.enrolled") == 1


def test_a_platform_without_a_provider_still_opens_shops(committed_applicant, settings, enter) -> None:
    settings.WECHATPAY = {**settings.WECHATPAY, "sp_mchid": ""}
    page = enter().client.post(f"/shops/{committed_applicant.shop_id}/approve/", follow=True).content.decode()
    assert "is not set up on this platform" in page and get_shop(committed_applicant.shop_id).is_open


def test_a_shop_that_is_not_open_gets_no_account(applicant, enter) -> None:
    page = enter().client.post(f"/shops/{applicant.shop_id}/enrol/", follow=True).content.decode()
    assert "Approve it first" in page


def test_a_suspended_shop_is_gone_and_let_back_by_one_press(committed_applicant, enter) -> None:
    staff, shop_id = enter(), committed_applicant.shop_id
    approve_shop(shop_id=shop_id, actor_id=1, now=timezone.now())
    answer = staff.client.post(f"/shops/{shop_id}/suspend/", {"reason": "Licence is missing: send it."}, follow=True)
    page = answer.content.decode()
    assert "is suspended" in page and f"/shops/{shop_id}/approve/" in page, "the toast offers to take it back"
    assert "Licence is missing" in page
    assert shop_id not in {shop.shop_id for shop in list_open_shops()}
    line = last_deed(shop_id)
    assert (line.action, line.actor_id, line.detail["reason"]) == (
        "shop.suspended",
        staff.user_id,
        "Licence is missing: send it.",
    )
    staff.post(f"/shops/{shop_id}/approve/")
    assert shop_id in {shop.shop_id for shop in list_open_shops()}


def test_an_application_is_turned_down_with_a_reason(applicant, enter) -> None:
    staff = enter()
    staff.post(f"/shops/{applicant.shop_id}/turn-down/", reason="We sell no fireworks.")
    assert get_shop(applicant.shop_id).status is ShopStatus.CLOSED
    assert last_deed(applicant.shop_id).detail["reason"] == "We sell no fireworks."
    assert "A closed shop stays closed" in staff.get(f"/shops/{applicant.shop_id}/").content.decode()


@pytest.mark.parametrize(("reason", "sentence"), [("", "Say why"), ("因" * 301, "at most 300 characters")])
def test_a_decision_without_a_fit_reason_changes_nothing_and_keeps_what_was_typed(
    reason: str, sentence: str, applicant, enter
) -> None:
    answer = enter().post(f"/shops/{applicant.shop_id}/turn-down/", reason=reason)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page and (not reason or reason in page)
    assert get_shop(applicant.shop_id).status is ShopStatus.APPLIED


def test_who_decides_second_learns_how_it_stands(applicant, enter) -> None:
    first, second = enter(), enter()
    first.post(f"/shops/{applicant.shop_id}/turn-down/", reason="No.")
    page = second.client.post(f"/shops/{applicant.shop_id}/suspend/", {"reason": "x"}, follow=True).content.decode()
    assert "decided about this shop meanwhile" in page
    assert get_shop(applicant.shop_id).status is ShopStatus.CLOSED


def test_a_shop_that_is_not_there_is_not_found(enter) -> None:
    staff = enter()
    for deed in ("approve", "turn-down", "suspend", "enrol"):
        assert staff.post(f"/shops/999999/{deed}/", reason="x").status_code == 404
