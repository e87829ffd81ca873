"""Nobody but staff with two factors sees a page of the console; found from the addresses, so none is forgotten."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from console.urls import urlpatterns
from market.accounts.contracts import StaffRole

KEYS = {
    "shop_id": 1,
    "purchase_no": "261122K7Q2M9T4XA",
    "code": "2010",
    "transaction_id": 1,
    "request_id": 1,
    "share_no": "261122K7Q2M9T4XA-1",
    "delivery_id": 1,
    "product_id": 1,
    "group_id": 1,
    "word_id": 1,
    "collection_id": 1,
    "rule_id": 1,
    "version": 1,
    "item_id": 1,
    "run_id": 1,
    "statement_id": 1,
    "finding_id": 1,
    "payout_no": "PO261122K7Q2M9",
    "batch_no": "PB261122K7Q2M9",
    "slot_id": 1,
    "lot_id": 1,
    "creative_id": 1,
    "campaign_id": 1,
    "charge_id": 1,
    "page": "search",
    "charge": "click",
    "day": "2026-11-22",
    "decision_id": UUID(int=1),
}
POSTED = {
    "approve-shop",
    "turn-down-shop",
    "suspend-shop",
    "enrol-shop",
    "ban-product",
    "remove-list",
    "put-back-list",
    "add-synonyms",
    "import-synonyms",
    "remove-synonyms",
    "add-hot-word",
    "put-back-hot-word",
    "block-word",
    "unblock-word",
    "remove-hot-word",
    "lift-ban",
    "retry-request",
    "retry-event",
    "restore-rule",
    "move-rule-up",
    "move-rule-down",
    "switch-rule-on",
    "switch-rule-off",
    "prove-clearing",
    "make-payout-file",
    "answer-payout-file",
    "approve-payout",
    "reject-payout",
    "confirm-payout",
    "fail-payout",
    "return-payout",
    "set-up-places",
    "set-place-price",
    "cancel-lot",
    "change-place",
    "decide-creative",
    "approve-ads-findings",
    "decide-ads-finding",
    "limit-advertiser",
    "stop-advertiser",
    "let-advertiser-run",
}


def addresses() -> list[tuple[str, str]]:
    """Every page and every deed of the console: (name, address)."""
    found = []
    for pattern in urlpatterns:
        names = pattern.pattern.converters
        path = reverse(
            f"console:{pattern.name}", urlconf="config.urls.console", kwargs={name: KEYS[name] for name in names}
        )
        found.append((pattern.name, path))
    return found


def ask(client: Client, name: str, path: str):
    return client.post(path) if name in POSTED else client.get(path)


def test_a_visitor_is_led_to_the_market_to_sign_in(db) -> None:
    client = Client(headers={"host": settings.CONSOLE_HOST})
    for name, path in addresses():
        answer = ask(client, name, path)
        assert answer.status_code == 302, path
        assert "/accounts/go/console/" in answer["Location"], path


def test_a_shopper_with_a_session_here_is_refused(enter) -> None:
    shopper = enter(None)
    for name, path in addresses():
        assert ask(shopper.client, name, path).status_code == 403, path


def test_a_merchant_is_refused(enter, make_shop) -> None:
    merchant = enter(None)
    make_shop("alpha", owner_id=merchant.user_id)
    for name, path in addresses():
        assert ask(merchant.client, name, path).status_code == 403, path


def test_staff_without_a_second_factor_are_sent_to_prove_it(enter) -> None:
    careless = enter(StaffRole.ADMIN, two_factor=False)
    for name, path in addresses():
        answer = ask(careless.client, name, path)
        assert answer.status_code == 302 and "/accounts/go/console/" in answer["Location"], path


@pytest.mark.parametrize("kind", ["market", "portal"])
def test_no_other_host_answers_for_the_console(enter, kind: str) -> None:
    host = settings.MARKET_HOST if kind == "market" else settings.PORTAL_HOST
    staff = enter()
    for path in ("/ledger/", "/trail/", "/webhooks/", "/releases/", "/events/"):
        assert staff.client.get(path, headers={"host": host}).status_code in (302, 404), path


def test_only_the_right_role_may_decide(enter, applicant) -> None:
    finance, reviewer = enter(StaffRole.FINANCE), enter(StaffRole.REVIEWER)
    for deed in ("approve", "turn-down", "suspend", "enrol"):
        assert finance.post(f"/shops/{applicant.shop_id}/{deed}/", reason="x").status_code == 403
    for path in ("/settlement/", "/cash/261122K7Q2M9T4XA-1/"):
        assert reviewer.get(path).status_code == 403
    assert reviewer.post("/ledger/requests/1/retry/").status_code == 403
    page = finance.get(f"/shops/{applicant.shop_id}/").content.decode()
    assert "Reviewers and admins decide about shops" in page and "/approve/" not in page


def test_money_asks_who_is_there_again(enter) -> None:
    tired = enter(StaffRole.FINANCE, proved_at=timezone.now() - timedelta(hours=1))
    for path in ("/settlement/", "/cash/261122K7Q2M9T4XA-1/", "/ledger/books/"):
        answer = tired.get(path)
        assert answer.status_code == 302 and "again=1" in answer["Location"]
    assert tired.get("/releases/").status_code == 200


def test_a_deed_without_a_token_is_refused(enter, applicant) -> None:
    staff = enter(checks_csrf=True)
    for name, path in addresses():
        if name in POSTED or name in (
            "record-cash",
            "settlement",
            "upload-statement",
            "fetch-statement",
            "decide-finding",
            "take-books",
        ):
            assert staff.client.post(path, {"reason": "x"}).status_code == 403, path


LED_BACK = {"decide-creative": "/ads/creatives/?"}
"""Where a refused form stands at the deed's address, who asks for that again is led to its page."""


def test_a_deed_is_never_done_by_a_link(enter, applicant) -> None:
    staff = enter()
    for name, path in addresses():
        if name in POSTED:
            answer = staff.get(path)
            leads_back = answer.status_code == 302 and answer["Location"].startswith(LED_BACK.get(name, "-"))
            assert leads_back or answer.status_code == 405, path
