"""Advertising balances for staff: the list, one shop's, bonus given once with a reason, and by finance only."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.ledger.contracts import Code, Owner
from billing.ledger.rules import AdTopUpCaptured, Posting, ProviderFeeCharged
from billing.ledger.selectors import get_balance
from billing.ledger.services import post_batch, post_pending
from billing.wallets.models import Bonus
from billing.wallets.selectors import get_wallet, is_cash_first
from market.accounts.contracts import StaffRole
from market.audit.models import AuditEntry
from tests.billing.wallets.steps import DAY, give_bonus, give_cash, hold_day
from tests.browser import list_cut, new_context, overflow, screenshot, watch
from tests.console.test_commission_pages import page_of
from tests.console.test_in_a_browser import browser, carry, site

__all__ = ["browser", "site"]
PATH = "/advertising/balances/"


@pytest.fixture
def shop(any_db, make_shop) -> int:
    """A shop with 500.00, bonus of 20.00 and 30.00 of both held."""
    shop_id, now = make_shop("alpha").shop_id, timezone.now()
    give_cash(shop_id, 50_000, key="cash", now=now)
    give_bonus(shop_id, 2_000, key="bonus", now=now)
    hold_day(shop_id, 3_000, key="h", now=now, day=DAY)
    return shop_id


def key_of(page: str) -> str:
    return re.search(r'name="key" value="([0-9a-f]{32})"', page).group(1)


def test_every_balance_is_listed_and_leads_to_its_shop(shop, shop_b, enter) -> None:
    staff = enter(StaffRole.REVIEWER)
    assert "500.00 20.00 30.00 490.00" in page_of(staff.get(PATH)), "cash, bonus, held, available"
    links = staff.get(PATH).content.decode()
    assert f'"{PATH}{shop}/"' in links
    assert f'"{PATH}{shop_b.shop_id}/"' not in links, "it never had one"
    assert staff.get(PATH, shop=str(shop_b.shop_id)).headers["Location"] == f"{PATH}{shop_b.shop_id}/"
    assert "No one shop has this number, address or name." in page_of(staff.get(PATH, shop="999999"))
    assert staff.get(f"{PATH}999999/").status_code == 404


def test_without_any_balance_the_page_says_the_next_step(enter, db) -> None:
    assert "No shop advertises yet" in page_of(enter().get(PATH))


def test_finance_gives_bonus_once_with_a_reason(shop, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    path = f"{PATH}{shop}/bonus/"
    asked = {
        "amount": "30.00",
        "days": "14",
        "reason": "Opening week",
        "key": key_of(staff.get(f"{PATH}{shop}/").content.decode()),
    }
    for wrong in ({"amount": "0"}, {"amount": "100000.01"}, {"days": "0"}, {"days": "2000"}, {"reason": " "}):
        assert staff.post(path, **{**asked, **wrong}).status_code == 422, wrong
    for _ in range(2):
        assert staff.post(path, **asked).status_code == 302
    assert staff.post(path, **{**asked, "amount": "31.00"}).status_code == 422
    assert get_wallet(shop).bonus_minor == 5_000
    bonus = Bonus.objects.latest("pk")
    assert timedelta(days=13) < bonus.expires_at - timezone.now() < timedelta(days=15)
    assert "Opening week" in page_of(staff.get(f"{PATH}{shop}/"))
    entry = AuditEntry.objects.filter(action="wallet.bonus_granted").latest("pk")
    assert (entry.actor_id, entry.shop_id, entry.detail["reason"]) == (staff.user_id, shop, "Opening week")
    assert "Gave a shop advertising bonus" in enter().get("/trail/").content.decode()


def test_what_is_wrong_with_a_bonus_is_said_in_our_words_with_the_fields_name(shop, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    path = f"{PATH}{shop}/bonus/"
    asked = {"amount": "30.00", "days": "14", "reason": "Opening week", "key": "0" * 32}
    for days in ("", "many", "1.5", "0", "2000"):
        answer = staff.post(path, **{**asked, "days": days})
        assert answer.status_code == 422, days
        said = "Good for so many days: Enter a whole number of days, three years at most."
        assert f'<a href="#id_days">{said}</a>' in answer.content.decode(), days
        assert 'value="Opening week"' in answer.content.decode(), "what was typed stays"
    for key in ("", "x"):
        page = staff.post(path, **{**asked, "key": key}).content.decode()
        assert "<li>This page is not whole. Load it again.</li>" in page and "Hidden field" not in page


def test_why_bonus_was_given_back_is_said_in_words(shop, enter) -> None:
    Bonus.objects.update(source="returned", granted_by=None, reason="no_dwell, unusual_click_rate")
    said = "Given back for invalid clicks: Never looks at what it opens · Clicks far more often than others"
    for language, sentence in {"en": said, "zh-CN": "无效点击退回：点开就走，从不看 · "}.items():
        page = enter().get(f"{PATH}{shop}/", language).content.decode()
        assert sentence in page and "no_dwell" not in page, language


def test_only_finance_with_a_fresh_proof_gives_bonus(shop, enter) -> None:
    reader = enter(StaffRole.REVIEWER)
    assert "Finance and admins give bonus." in page_of(reader.get(f"{PATH}{shop}/"))
    assert reader.post(f"{PATH}{shop}/bonus/", amount="1").status_code == 403
    stale = enter(StaffRole.FINANCE, proved_at=timezone.now() - timedelta(minutes=20))
    assert stale.post(f"{PATH}{shop}/bonus/", amount="1").status_code == 302
    assert enter(None).get(PATH).status_code in (302, 403)
    assert get_wallet(shop).bonus_minor == 2_000


def test_finance_sets_what_pays_first(shop, enter) -> None:
    staff, path = enter(StaffRole.FINANCE), f"{PATH}{shop}/"
    assert "Bonus pays clicks, views and commission on sales first" in page_of(staff.get(path))
    assert staff.post(f"{path}order/", first="cash").headers["Location"] == path
    assert is_cash_first(shop)
    page = staff.get(path).content.decode()
    assert "Cash pays clicks, views and commission on sales first" in page and 'name="first" value="bonus"' in page
    staff.post(f"{path}order/", first="cash")
    assert "It is set so already." in staff.get(path).content.decode()
    assert enter(StaffRole.REVIEWER).post(f"{path}order/", first="bonus").status_code == 403
    assert "Let bonus pay first" not in page_of(enter(StaffRole.REVIEWER).get(path))
    assert staff.post(f"{PATH}999999/order/", first="cash").status_code == 404
    assert "Set whether cash or bonus pays" in enter().get("/trail/").content.decode()


def test_what_the_provider_settles_of_top_ups_clears_its_own_account(shop, enter) -> None:
    now, psp = timezone.now(), "wechatpay_own"
    captured = AdTopUpCaptured(shop_id=shop, reference="TU-1", psp=psp, amount_minor=50_000)
    fee = ProviderFeeCharged(psp=psp, reference="TU-1", amount_minor=300)
    post_batch(requests=[Posting("t1", captured), Posting("f1", fee)], now=now)
    staff = enter(StaffRole.FINANCE)
    assert "497.00" in page_of(staff.get("/settlement/"))
    asked = {"account": psp, "amount": "497.00", "reference": "bank-7", "bank_account": "main"}
    assert staff.post("/settlement/", **asked).status_code == 302
    post_pending(now=timezone.now())
    assert get_balance(code=Code.PSP_RECEIVABLE, owner=Owner.of_psp(psp)).posted_minor == 0
    assert staff.post("/settlement/", **{**asked, "account": "nobody"}).status_code == 422


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_fit_both_widths_and_break_no_rule(committed_db, shop, enter, browser, site, dark) -> None:
    staff = enter(StaffRole.FINANCE)
    with new_context(browser, dark=dark) as context:
        carry(context, staff, site)
        page = context.new_page()
        seen = watch(page)
        for name, path in {"list": PATH, "one": f"{PATH}{shop}/", "settlement": "/settlement/"}.items():
            answer = page.goto(f"{site}{path}")
            assert answer is not None and answer.status == 200, path
            screenshot(page, f"console-wallets-{name}{'-dark' if dark else ''}")
            for width in (1280, 640, 390):
                page.set_viewport_size({"width": width, "height": 844})
                assert overflow(page) == 0, (path, width)
                assert list_cut(page) == [], (path, width)
        assert seen == []
