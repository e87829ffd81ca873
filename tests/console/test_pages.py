"""Every page, empty and full, in both languages, with a bounded number of statements."""

import re
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from market.shops.services import open_shop
from tests.console.conftest import fail_jobs

EMPTY = {
    "/": "Nothing has been bought yet",
    "/shops/?tab=applied": "No shop waits for a review",
    "/shops/?tab=suspended": "No shop is in this state",
    "/shops/?shop=nobody": "No one shop has this number, address or name",
    "/purchases/": "No purchase is in this state",
    "/purchases/?q=261122": "No number begins like this",
    "/ledger/": "Nothing is posted yet",
    "/ledger/accounts/2010/": "Nothing is posted to this code yet",
    "/ledger/accounts/4010/": "Nothing is posted to this account yet",
    "/ledger/transactions/": "No transaction like this",
    "/ledger/requests/": "Everything is posted",
    "/releases/": "No sale is final yet",
    "/cash/": "No carrier holds cash of ours",
    "/settlement/": "None is posted yet",
    "/webhooks/": "Nothing was refused",
    "/webhooks/?tab=accepted": "No provider has written yet",
    "/events/": "Every event arrives",
    "/search-health/": "Nobody has searched in these days",
    "/jobs/": "No job is in this state",
    "/trail/?action=cash.remitted": "Nobody did anything like this",
}
LISTS = ("/shops/?tab=applied", "/jobs/?tab=failed")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MOST_STATEMENTS = 30


def words_of(page: str) -> str:
    """What a person reads on a page."""
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"<[^>]+>", " ", main)


@pytest.mark.parametrize("path", EMPTY)
def test_an_empty_page_says_the_next_step(path: str, enter) -> None:
    page = enter().get(path).content.decode()
    assert EMPTY[path] in page
    assert CHINESE.search(enter().get(path, "zh-CN").content.decode().partition("<main")[2])


def test_every_page_shows_what_happened_in_both_languages(world, applicant, enter) -> None:
    fail_jobs(1, timezone.now())
    staff, shop = enter(), world.fair.shops[0]
    share_no = world.cod.shares[0].share_no
    expected = {
        "/": [world.paid.purchase_no, "Shops to review"],
        "/shops/?tab=open": [shop.slug, shop.schema],
        "/shops/?tab=applied": ["Cloud Bakery"],
        f"/shops/{shop.shop_id}/": [shop.schema, f"{shop.slug}.", world.paid.purchase_no, "Suspend the shop"],
        f"/shops/{applicant.shop_id}/": ["Approve the shop", "Turn it down", "Applied for a shop"],
        "/purchases/": [world.paid.purchase_no, world.cod.purchase_no],
        f"/purchases/?q={share_no.lower()}": [world.cod.purchase_no],
        f"/purchases/{world.paid.purchase_no}/": ["Captured", "WeChat Pay", "custody_share_paid", "100.00"],
        f"/purchases/{world.cod.purchase_no}/": [share_no, "cod_delivered", "Waiting"],
        "/ledger/": ["Not proved yet", "1030", "2010", "Not cleared"],
        "/ledger/?book=custody-CNY&check=seals": ["1060", "2015", "Seals in the chain"],
        "/ledger/?at=2020-01-01T00:00": ["Nothing is posted yet"],
        "/ledger/accounts/1030/": ["顺丰速运", "10.00"],
        "/ledger/accounts/2015/": ["Alpha", "Beta", "9.94", "89.46"],
        f"/ledger/accounts/1060/?owner={shop.shop_id}/wechatpay": ["Alpha", "custody_share_paid"],
        "/ledger/accounts/1030/?owner=顺丰速运": ["cod_delivered", "10.00"],
        "/ledger/transactions/": ["cod_delivered", "custody_share_paid"],
        f"/ledger/transactions/?subject={share_no}": [share_no],
        "/ledger/transactions/1/": ["T-1", "Idempotency key"],
        "/ledger/requests/": ["strange_event", "Try again"],
        "/releases/": [share_no, "Waiting"],
        "/cash/": [share_no, "Record remittance"],
        f"/cash/{share_no}/": ["10.00", "Fee the carrier kept"],
        "/settlement/": ["Reference on the bank statement"],
        "/webhooks/": ["missing_header"],
        "/webhooks/?tab=accepted": ["No provider has written yet"],
        "/events/": ["a.consumer", "the index is away", "Deliver again"],
        "/jobs/": ["catalog.import", "Failed"],
        "/trail/": ["Applied for a shop", "Entered the console"],
        f"/trail/?shop={shop.shop_id}&actor=1": ["Let the shop be seen"],
    }
    for path, pieces in expected.items():
        answer = staff.get(path)
        page = answer.content.decode()
        assert answer.status_code == 200, path
        for piece in pieces:
            assert piece in page, (path, piece)
        chinese = staff.get(path, "zh-CN").content.decode()
        assert 'lang="zh-Hans"' in chinese and CHINESE.search(words_of(chinese)), path
        assert "style=" not in page and not re.search(r"\son[a-z]+=", page), path


def test_no_page_asks_more_the_more_there_is(enter, clock, db) -> None:
    staff = enter()
    for number in range(2):
        open_shop(owner_id=7, name_zh="店", name_en="", slug=f"early-{number}", now=clock.now)
    fail_jobs(2, clock.now)
    few = {path: count_statements(staff, path) for path in LISTS}
    for number in range(8):
        open_shop(owner_id=8 + number, name_zh="店", name_en="", slug=f"late-{number}", now=clock.now)
    fail_jobs(30, clock.now)
    assert {path: count_statements(staff, path) for path in LISTS} == few
    assert max(few.values()) <= MOST_STATEMENTS


def test_purchases_and_books_ask_a_bounded_number_of_statements(world, enter) -> None:
    staff = enter()
    for path in ("/", "/purchases/", "/ledger/", "/ledger/transactions/", "/releases/", "/cash/", "/trail/"):
        assert count_statements(staff, path) <= MOST_STATEMENTS, path


def test_a_long_list_goes_on_where_it_stopped(enter, clock, db) -> None:
    staff = enter()
    fail_jobs(55, clock.now)
    first = staff.get("/jobs/").content.decode()
    (cursor,) = set(re.findall(r"after=([^\"&]+)", first))
    second = staff.get(f"/jobs/?after={cursor}").content.decode()
    assert first.count("catalog.import") == 50 and second.count("catalog.import") == 5
    assert "after=" not in second


@pytest.mark.parametrize(
    "path",
    [
        "/jobs/?after=forged",
        "/jobs/?tab=none",
        "/shops/?tab=none",
        "/shops/999999/",
        "/purchases/?tab=none",
        "/purchases/261122XXXXXXXXXX/",
        "/ledger/accounts/9999/",
        "/ledger/accounts/2010/?currency=xyz",
        "/ledger/transactions/999999/",
        "/cash/261122XXXXXXXXXX-1/",
        "/webhooks/?tab=none",
        f"/shops/{'9' * 30}/",
        f"/ledger/transactions/{'9' * 30}/",
        f"/trail/?after={'9' * 30}",
    ],
)
def test_what_is_not_there_is_not_found(path: str, enter) -> None:
    assert enter().get(path).status_code == 404


@pytest.mark.parametrize("path", ["/ads/charging/proof/?day=yesterday", "/nowhere/", "/trail/?after=x"])
def test_what_is_not_there_leads_back_into_the_console(path: str, enter) -> None:
    staff = enter()
    for language, way in {"en": "To the console", "zh-CN": "回到后台"}.items():
        answer = staff.get(path, language)
        page = answer.content.decode()
        assert answer.status_code == 404 and f'href="/">{way}</a>' in page, language
        assert 'name="q"' not in page and "To the marketplace" not in page, "staff look for no goods"


def test_a_strange_instant_is_said_at_its_field_and_kept(enter) -> None:
    answer = enter().get("/ledger/?at=yesterday")
    page = answer.content.decode()
    assert answer.status_code == 422 and "Enter a day and a time" in page and 'value="yesterday"' in page


def count_statements(staff, path: str) -> int:
    staff.get(path)  # what is kept in memory is read before it is counted
    with CaptureQueriesContext(connection) as statements:
        assert staff.get(path).status_code == 200
    return len([row for row in statements if not row["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))])


@pytest.mark.parametrize("typed", ["\x00", "9" * 40, "９", "'; --", "1/\x00", "abc", "%", "\ud83d", "-1", "x" * 5000])
def test_whatever_is_typed_no_page_breaks(typed: str, enter) -> None:
    staff = enter()
    for path, name in (
        ("/find", "q"),
        ("/shops/", "slug"),
        ("/shops/", "after"),
        ("/purchases/", "q"),
        ("/ledger/", "at"),
        ("/ledger/", "book"),
        ("/ledger/accounts/2020/", "owner"),
        ("/ledger/accounts/2010/", "owner"),
        ("/ledger/accounts/1060/", "owner"),
        ("/ledger/accounts/2020/", "currency"),
        ("/ledger/transactions/", "subject"),
        ("/ledger/transactions/", "kind"),
        ("/releases/", "shop"),
        ("/trail/", "shop"),
        ("/trail/", "actor"),
        ("/trail/", "action"),
    ):
        sent = typed.encode("utf-8", "surrogatepass")
        answer = staff.client.get(f"{path}?{name}={quote(sent)}")
        assert answer.status_code in (200, 302, 404, 400, 422), (path, name)
