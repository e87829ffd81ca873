"""The advertising balance through the merchant API: topped up once under a key, within scopes, of its own shop only."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing.checkout.tasks import ask_unsure
from billing.wallets.selectors import get_wallet
from market.shops.contracts import Scope
from market.shops.tokens import make_token
from tests.billing.wallets.conftest import Till
from tests.billing.wallets.steps import charge, give_bonus, give_cash, hold_day
from tests.fixtures.api import PORTAL, Api


@pytest.fixture
def till(committed_db, trade, wechat_settings) -> Till:
    """Alpha's balance; the shop is owed 300.00."""
    trade.clock.now = datetime.now(UTC)
    till = Till(trade.shops[0].shop_id, wechat_settings, trade.clock)
    till.owe(30_000)
    return till


def top_up(api: Api, amount: int, source: str = "sales", key: str = "k"):
    return api.post("wallet/top-ups", {"amount_minor": amount, "source": source}, Idempotency_Key=key)


def test_a_payment_is_opened_scanned_and_found_paid(till, trade):
    opened = top_up(trade.alpha, 10_000, "payment")
    number = opened.json()["number"]
    assert (opened.status_code, opened.json()["state"]) == (201, "open")
    path = opened.headers["Location"].removeprefix("/api/v1/")
    assert trade.alpha.get(path).json()["state"] == "open"
    pay = trade.alpha.post(f"wallet/top-ups/{number}/pay").json()["qr_content"]
    assert trade.alpha.post(f"wallet/top-ups/{number}/pay").json()["qr_content"] == pay
    [order] = till.simulator.read("orders")
    till.simulator.pay(order["combine_out_trade_no"])
    ask_unsure(till.clock.move(minutes=5))  # pages go by the real clock, and a machine may be slow
    assert trade.alpha.get(path).json()["state"] == "paid"
    till.cash()
    assert trade.alpha.get("wallet").json() == {
        "cash_minor": 10_000,
        "bonus_minor": 0,
        "held_minor": 0,
        "available_minor": 10_000,
        "free_cash_minor": 10_000,
    }
    assert trade.alpha.post(f"wallet/top-ups/{number}/pay").status_code == 409


def test_the_same_key_takes_from_sales_once(till, trade):
    first, again = (top_up(trade.alpha, 10_000) for _ in range(2))
    assert first.status_code == 201 and first.content == again.content
    assert top_up(trade.alpha, 10_001).status_code == 422
    refused = top_up(trade.alpha, 20_001, key="more")
    assert (refused.status_code, refused.json()["owed_minor"]) == (409, 20_000)
    assert get_wallet(till.shop_id).cash_minor == 10_000
    assert trade.alpha.post("wallet/top-ups", {"amount_minor": 10_000, "source": "sales"}).status_code == 400
    [movement] = trade.alpha.get("wallet/movements").json()["items"]
    assert (movement["kind"], movement["account"], movement["change_minor"]) == (
        "ad_top_up_from_sales",
        "2050",
        10_000,
    )
    assert [one["source"] for one in trade.alpha.get("wallet/top-ups").json()["items"]] == ["sales"]


def test_a_provider_that_is_away_is_said_with_a_time_to_come_back(till, trade):
    number = top_up(trade.alpha, 10_000, "payment").json()["number"]
    till.simulator.switch(fail_next=1)
    away = trade.alpha.post(f"wallet/top-ups/{number}/pay")
    assert (away.status_code, away.headers["Retry-After"]) == (503, "30")


def test_where_the_platform_has_no_account_nothing_is_opened(till, trade, settings):
    settings.WECHATPAY = {**settings.WECHATPAY, "own_mchid": ""}
    refused = top_up(trade.alpha, 10_000, "payment")
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (409, "not-offered")
    assert trade.alpha.get("wallet/top-ups").json()["items"] == []


def test_it_fills_itself_when_the_shop_says_so(till, trade):
    assert trade.alpha.get("wallet/automatic").status_code == 404
    wish = {"is_on": True, "below_minor": 5_000, "take_minor": 20_000, "daily_minor": 50_000}
    assert trade.alpha.ask("PUT", "wallet/automatic", wish).json() == wish
    assert trade.alpha.get("wallet/automatic").json() == wish
    short = trade.alpha.ask("PUT", "wallet/automatic", {**wish, "daily_minor": 19_999})
    assert (short.status_code, short.json()["errors"][0]["pointer"]) == (422, "/daily_minor")


def test_movements_go_on_where_a_page_ends(till, trade):
    for number in range(53):
        give_cash(till.shop_id, 100 + number, key=f"c{number}", now=till.now)
    first = trade.alpha.get("wallet/movements").json()
    rest = trade.alpha.get(f"wallet/movements?cursor={first['next_cursor']}").json()
    amounts = [one["change_minor"] for one in (*first["items"], *rest["items"])]
    assert amounts == [100 + number for number in reversed(range(53))] and rest["next_cursor"] is None
    assert trade.beta.get(f"wallet/movements?cursor={first['next_cursor']}").status_code == 400


def test_invoices_are_those_of_months_that_are_over(till, trade):
    then = till.now.replace(day=1, hour=12) - timedelta(days=3)
    give_cash(till.shop_id, 50_000, key="cash", now=then)
    give_bonus(till.shop_id, 1_000, key="bonus", now=then)
    hold_day(till.shop_id, 6_000, key="h", now=then)
    charge(till.shop_id, 5_127, key="ads:1", now=then)
    [invoice] = trade.alpha.get("wallet/invoices").json()["items"]
    assert (invoice["amount_minor"], invoice["vat_minor"], invoice["bonus_minor"]) == (4_127, 234, 1_000)
    assert date.fromisoformat(invoice["issued_on"]).day == 1 and invoice["issued_on"] > invoice["month"]
    assert invoice["lines"] == [{"kind": "ad_clicks_charged", "postings": 1, "amount_minor": 4_127, "vat_minor": 234}]


def test_another_shop_finds_nothing_of_it(till, trade):
    number = top_up(trade.alpha, 10_000, "payment").json()["number"]
    assert trade.beta.get(f"wallet/top-ups/{number}").status_code == 404
    assert trade.beta.post(f"wallet/top-ups/{number}/pay").status_code == 404
    assert trade.beta.get("wallet/top-ups").json()["items"] == []
    assert top_up(trade.beta, 10_000).status_code == 409, "nothing is owed to it"


def test_each_scope_opens_its_own_part(till, trade):
    def api(*scopes: Scope) -> Api:
        shop = trade.shops[0]
        secret, _ = make_token(user_id=shop.owner_id, shop_id=shop.shop_id, name="t", scopes=scopes, now=till.now)
        return Api(PORTAL, secret)

    reader, other = api(Scope.WALLET_READ), api(Scope.ADS_WRITE, Scope.ADS_READ)
    assert reader.get("wallet").status_code == 200
    assert top_up(reader, 10_000).json()["scope"] == "wallet:write"
    assert other.get("wallet").json()["scope"] == "wallet:read"
    assert top_up(other, 10_000).status_code == 403
    assert get_wallet(till.shop_id).cash_minor == 0
