"""The pages of payouts in a real browser: a shop's on the portal, the staff's on the console."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import expect

from billing.payments.services import enrol_merchant
from billing.settlement.contracts.payouts import AccountKind, CarryReport, CarryState
from billing.settlement.models.payouts import PayoutBatch
from billing.settlement.services.bank_accounts import set_bank_account
from billing.settlement.services.payout_answers import record_bank_answer
from billing.settlement.services.payout_deciding import approve_payout, reject_payout
from market.accounts.contracts import EntryKind, StaffRole
from market.accounts.services import appoint_staff, mint_ticket, register_person
from tests.billing.settlement.payouts import CARD, CLERK, DRAFT, FIRST, Till
from tests.browser import new_context, open_browser, overflow, screenshot, watch
from tests.fixtures.served import served

pytestmark = pytest.mark.browser


@pytest.fixture
def port(committed_db) -> Iterator[int]:
    """Every host, served from threads of this process."""
    try:
        with served() as port:
            yield port
    finally:
        connections.close_all()


@dataclass
class Street:
    """A shop with payouts in every state, and what the pages are called."""

    till: Till
    numbers: dict[str, str]
    batch_no: str


@pytest.fixture
def street(committed_db, make_merchant, clock, wechat_settings) -> Street:
    clock.now = datetime.now(UTC)
    merchant = make_merchant("alpha")
    enrol_merchant(shop_id=merchant.shop.shop_id, shop_name="甲铺", gateway="wechatpay", now=clock.now)
    till = Till(merchant.shop, clock)
    till.earn(300_000, 250_000, commission=15_000)
    company = replace(DRAFT, kind=AccountKind.COMPANY, holder="杭州清和茶业有限公司", cnaps="308331012345")
    till.name_account(company)
    numbers = {"failed": till.send(31_000).number, "confirmed": till.send(126_050).number}
    for state, name in ((CarryState.FAILED, "failed"), (CarryState.ARRIVED, "confirmed")):
        report = CarryReport(numbers[name], state, f"2026112200{name}", "账号与户名不符")
        record_bank_answer(number=numbers[name], report=report, actor_id=CLERK, now=till.now)
        till.post()
    numbers["cancelled"] = till.ask(2_000).number
    reject_payout(number=numbers["cancelled"], reason="与另一笔重复", actor_id=FIRST, now=till.now)
    numbers["sent"] = till.send(48_800).number
    numbers["approved"] = till.approve(till.ask(9_900)).number
    numbers["asked"] = till.ask(52_000).number
    approve_payout(number=numbers["asked"], actor_id=FIRST, now=till.now)
    batch = PayoutBatch.objects.order_by("-pk").first()
    assert batch is not None
    return Street(till, numbers, batch.number)


@pytest.fixture
def come_in(street, port) -> Callable[[str], tuple[str, dict[str, str]]]:
    """A session for a browser: `site, cookie = come_in("portal")`.

    Before the browser is opened: inside its loop Django would use another connection, which nobody closes.
    """

    def come(kind: str) -> tuple[str, dict[str, str]]:
        host = settings.PORTAL_HOST if kind == "portal" else settings.CONSOLE_HOST
        now, user_id = datetime.now(UTC), street.till.shop.owner_id
        if kind == "console":
            user_id = register_person(email="zhou@example.com", display_name="周岚", now=now).user_id
            appoint_staff(user_id=user_id, role=StaffRole.FINANCE, actor_id=None, now=now)
        token = mint_ticket(
            user_id=user_id,
            kind=EntryKind(kind),
            next_path="/",
            two_factor=True,
            authenticated_at=now,
            now=now,
        )
        client = Client(headers={"host": host})
        assert client.get("/enter", {"ticket": token}).status_code == 302
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        site = f"http://{host}:{port}"
        return site, {"name": cookie.key, "value": cookie.value, "url": site}

    return come


@pytest.mark.parametrize("kind", ["portal", "console"])
def test_every_page_fits_both_widths_and_breaks_no_rule(street, come_in, kind) -> None:
    shown = ("failed", "sent") if kind == "portal" else ("asked", "sent")
    pages = {"list": "/payouts/"} | {name: f"/payouts/{street.numbers[name]}/" for name in shown}
    if kind == "portal":
        pages |= {"account": "/payouts/account/"}
    else:
        pages |= {"all": "/payouts/?tab=all", "files": "/payouts/files/", "file": f"/payouts/files/{street.batch_no}/"}
    site, cookie = come_in(kind)
    with open_browser() as browser, new_context(browser) as context:
        context.add_cookies([cookie])
        page = context.new_page()
        seen = watch(page)
        for name, path in pages.items():
            answer = page.goto(f"{site}{path}")
            assert answer is not None and answer.status == 200, path
            screenshot(page, f"{kind}-payouts-{name}")
            for width in (1280, 640, 390):
                page.set_viewport_size({"width": width, "height": 844})
                assert overflow(page) == 0, (path, width)
        assert seen == []


def test_without_scripts_a_shop_asks_from_a_phone_and_is_told_what_is_wrong(street, come_in) -> None:
    site, cookie = come_in("portal")
    with open_browser() as browser, new_context(browser, width=390, language="en-GB", scripts=False) as context:
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(f"{site}/payouts/")
        page.get_by_label("Amount").fill("999999")
        page.get_by_role("button", name="Ask for it").click()
        expect(page.get_by_text("You can ask for").first).to_be_visible()
        screenshot(page, "portal-payouts-refused")
        page.get_by_label("Amount").fill("10")
        page.get_by_role("button", name="Ask for it").click()
        expect(page.get_by_role("heading", name="¥10.00")).to_be_visible()
        page.get_by_role("button", name="Call it off").click()
        expect(page.get_by_text("Called off. The money is in your balance again.").first).to_be_visible()
        page.goto(f"{site}/payouts/account/")
        page.get_by_label("Account number").fill("1234")
        page.get_by_role("button", name="Save the account").click()
        expect(page.get_by_text("An account number has 6 to 32 digits.").first).to_be_visible()
        screenshot(page, "portal-payouts-account-refused")


def test_staff_read_the_guards_doubts_and_a_bad_file(street, come_in, tmp_path) -> None:
    new = replace(DRAFT, number=CARD)
    till = street.till
    set_bank_account(shop_id=till.shop_id, draft=new, actor_id=till.shop.owner_id, now=till.now)
    site, cookie = come_in("console")
    with open_browser() as browser, new_context(browser, language="en-GB") as context:
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(f"{site}/payouts/{street.numbers['asked']}/")
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_text("The bank account was set less than 24 hours ago.")).to_be_visible()
        screenshot(page, "console-payouts-doubts")
        bad = tmp_path / "bad.csv"
        bad.write_text(
            "batch,payout,amount,currency,result,reference,reason\n"
            f"{street.batch_no},{street.numbers['sent']},488.01,CNY,SUCCESS,B7,\nBF9,PO9,x,CNY,maybe,,\n"
        )
        page.goto(f"{site}/payouts/files/")
        page.get_by_label("The bank's file").set_input_files(bad)
        page.get_by_role("button", name="Read it").click()
        expect(page.get_by_text("Nothing of the file was taken.")).to_be_visible()
        screenshot(page, "console-payouts-bad-file")
