"""The desk of invalid clicks: what staff see of them, who may decide, and what the shop reads in the end."""

import csv
import io
import re
from datetime import timedelta

import pytest

from billing.wallets.selectors import get_wallet
from market.accounts.contracts import StaffRole
from market.audit.selectors import list_entries
from search.spending.contracts import FindingState
from search.spending.models import Finding
from search.spending.selectors import find_finding
from search.spending.services import close_hours, post_credits, refuse_finding
from tests.console.test_pages import CHINESE, count_statements, words_of
from tests.fixtures.invalid_clicks import CASH_MINOR, find_clocks
from tests.merchant_portal.conftest import make_merchant, words

__all__ = ["make_merchant", "words"]

DESK = "/ads/findings/"


@pytest.fixture
def shops(make_shop) -> tuple[int, int]:
    return make_shop("alpha").shop_id, make_shop("beta", owner_id=900_002).shop_id


@pytest.fixture
def found(shops, clock) -> list[int]:
    """A finding of each shop, ¥7.00 each, that wait for staff."""
    return [finding.finding_id for finding in find_clocks(clock.now, shops)]


def state_of(finding_id: int) -> FindingState:
    finding = find_finding(finding_id)
    assert finding is not None
    return finding.state


def test_an_empty_desk_says_what_it_is_for_in_both_languages(db, enter) -> None:
    staff = enter()
    assert "Nothing to decide" in staff.get(DESK).content.decode()
    page = words_of(staff.get(DESK, "zh-CN").content.decode())
    assert CHINESE.search(page) and "Nothing" not in page
    assert "Nothing stands here" in staff.get(DESK, state="posted").content.decode()
    assert "No finding fits" in staff.get(DESK, reason="no_dwell").content.decode()


def test_the_list_shows_what_waits_and_its_filters_narrow(found, shops, enter) -> None:
    staff = enter()
    page = words_of(staff.get(DESK).content.decode())
    assert page.count("Clicks like clockwork") == 3 and "¥14.00" in page and "alpha店" not in page  # two, and a filter
    assert staff.get(DESK, shop=shops[0]).context["total"].findings == 1
    assert staff.get(DESK, shop="alpha").context["total"].findings == 1
    unknown = staff.get(DESK, shop="nobody")
    assert unknown.context["total"].findings == 0 and "No one shop has this number" in unknown.content.decode()
    assert "shop=nobody" in unknown.context["tabs"][1].href, "the other tabs keep what was typed"
    assert staff.get(DESK, state="refused").context["total"].findings == 0
    assert staff.get(DESK, day="2026-11-22").context["total"].findings == 2
    assert staff.get(DESK, day="2026-11-21").context["total"].findings == 0
    assert staff.get(DESK, reason="endless_views").context["total"].findings == 0
    assert [tab.count for tab in staff.get(DESK).context["tabs"]][:2] == [2, 0]


@pytest.mark.parametrize("query", ["state=lost", "reason=bored", "day=soon", "after=x"])
def test_filters_that_name_nothing_are_not_found(db, enter, query) -> None:
    assert enter().get(f"{DESK}?{query}").status_code == 404
    assert enter().get(f"{DESK}999/").status_code == 404


def test_more_findings_ask_no_more_statements(shops, clock, enter) -> None:
    staff = enter()
    find_clocks(clock.now, shops[:1])
    one = count_statements(staff, DESK)
    find_clocks(clock.now - timedelta(days=1), shops)
    assert count_statements(staff, DESK) == one


def test_the_evidence_shows_clicks_times_hashes_and_what_is_usual(found, enter) -> None:
    page = enter().get(f"{DESK}{found[0]}/")
    said = words_of(page.content.decode())
    assert len(page.context["events"]) == 7
    gaps = {event.gap for event in page.context["events"][1:]}
    assert gaps == {"22 min 0 s"}, "every other click was the other shop's"
    assert all(re.fullmatch("[0-9a-f]{8}", event.network) for event in page.context["events"])
    assert "10.7." not in page.content.decode()
    for words_ in ("Clicks in all shops 14", "usual on that day: 5.0%", "they differ by 0% of it", "¥7.00"):
        assert words_ in re.sub(r"\s+", " ", said)
    assert page.content.decode().count("/ads/auctions/2026-11-22/") == 7


def test_finance_gives_back_and_the_shop_reads_why(make_merchant, clock, enter) -> None:
    merchant = make_merchant("alpha")
    shop_id = merchant.shop.shop_id
    (finding,) = find_clocks(clock.now, (shop_id,))
    finding_id, staff = finding.finding_id, enter(StaffRole.FINANCE)
    assert "Nothing went back" in merchant.browser.get("/ads/reports/given-back/").content.decode()
    assert merchant.browser.get(f"/ads/reports/given-back/{finding_id}/").status_code == 404
    answer = staff.post(f"{DESK}{finding_id}/decide/", note="ein Skript")
    assert answer.status_code == 302 and state_of(finding_id) is FindingState.APPROVED
    assert "Once its hour is charged" in merchant.browser.get("/ads/reports/given-back/").content.decode()
    assert "once the hours of these clicks are charged" in staff.get(f"{DESK}{finding_id}/").content.decode()
    close_hours(clock.now + timedelta(hours=2))
    post_credits(clock.now)
    assert get_wallet(shop_id).cash_minor == CASH_MINOR
    page = staff.get(f"{DESK}{finding_id}/").content.decode()
    assert "ad_clicks_credited" in page and "ein Skript" in page
    listed = merchant.browser.get("/ads/reports/given-back/").content.decode()
    assert "Clicks like clockwork" in listed and "On your balance" in listed and "ein Skript" not in listed
    clicks = merchant.browser.get(f"/ads/reports/given-back/{finding_id}/").content.decode()
    (charge, *_) = re.findall(r'href="(/ads/reports/charges/2026-11-22/[^"]+)"', clicks)
    assert "Given back later: Clicks far more often than others" in merchant.browser.get(charge).content.decode()
    wallet = merchant.browser.get("/wallet/").content.decode()
    assert '<a href="/ads/reports/given-back/?day=2026-11-22">Clicks like clockwork · Clicks far' in wallet
    assert "<strong>" in merchant.browser.get("/ads/reports/given-back/?day=2026-11-22").content.decode()
    assert "Nothing went back" in merchant.browser.get("/ads/reports/given-back/?day=2026-11-21").content.decode()
    trail = staff.get("/trail/", action="ad_finding.approved").content.decode()
    assert "amount: 7.00" in trail and "ein Skript" in trail


def test_another_shop_reads_nothing_of_it(make_merchant, clock) -> None:
    owner, stranger = make_merchant("alpha"), make_merchant("beta")
    (finding,) = find_clocks(clock.now, (owner.shop.shop_id,))
    Finding.objects.update(state="approved", decided_at=clock.now)
    assert owner.browser.get(f"/ads/reports/given-back/{finding.finding_id}/").status_code == 200
    assert stranger.browser.get(f"/ads/reports/given-back/{finding.finding_id}/").status_code == 404
    assert "Nothing went back" in stranger.browser.get("/ads/reports/given-back/").content.decode()


def test_a_charge_stands_only_with_a_reason(found, enter, clock) -> None:
    staff, address = enter(StaffRole.FINANCE), f"{DESK}{found[0]}/decide/"
    answer = staff.post(address, deed="refuse", **{"refuse-note": " "})
    assert answer.status_code == 422 and "Say why" in answer.content.decode()
    assert staff.post(address, note="x" * 301).status_code == 422
    assert state_of(found[0]) is FindingState.FOUND
    assert staff.post(address, deed="refuse", **{"refuse-note": "a family"}).status_code == 302
    assert state_of(found[0]) is FindingState.REFUSED
    assert "a family" in staff.get(f"{DESK}{found[0]}/").content.decode()
    staff.post(address, note="after all")
    assert state_of(found[0]) is FindingState.REFUSED
    assert "Somebody decided about these clicks meanwhile" in staff.get(DESK).content.decode()


def test_many_go_back_once_their_sum_is_confirmed(found, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    page = staff.post(f"{DESK}approve/", tick=found)
    assert page.status_code == 200 and "Give back ¥14.00?" in page.content.decode()
    assert {state_of(one) for one in found} == {FindingState.FOUND}
    again = staff.post(f"{DESK}approve/", tick=found, amount="1", note="")
    assert again.status_code == 200 and {state_of(one) for one in found} == {FindingState.FOUND}
    done = staff.post(f"{DESK}approve/", tick=found, amount=str(page.context["amount_micro"]), note="bots")
    assert done.status_code == 302 and {state_of(one) for one in found} == {FindingState.APPROVED}
    assert [line.actor_id for line in list_entries(action="ad_finding.approved")] == [staff.user_id] * 2


def test_what_a_colleague_decided_meanwhile_leaves_the_sum(found, enter, clock) -> None:
    staff = enter(StaffRole.FINANCE)
    page = staff.post(f"{DESK}approve/", tick=found)
    refuse_finding(finding_id=found[1], note="a family", actor_id=1, now=clock.now)
    again = staff.post(f"{DESK}approve/", tick=found, amount=str(page.context["amount_micro"]), note="")
    assert "Give back ¥7.00?" in again.content.decode() and "left out" in again.content.decode()
    assert state_of(found[0]) is FindingState.FOUND
    staff.post(f"{DESK}approve/", tick=found[:1], amount=str(again.context["amount_micro"]), note="")
    assert state_of(found[0]) is FindingState.APPROVED
    nothing = staff.post(f"{DESK}approve/", tick=[found[1], "x", "9" * 30])
    assert nothing.status_code == 302


def test_only_finance_decides(found, enter) -> None:
    for role in (StaffRole.REVIEWER, StaffRole.SUPPORT):
        staff = enter(role)
        page = staff.get(f"{DESK}{found[0]}/").content.decode()
        assert "Finance and admins give back" in page and "/decide/" not in page
        assert "approve/" not in staff.get(DESK).content.decode()
        assert staff.post(f"{DESK}{found[0]}/decide/", note="").status_code == 403
        assert staff.post(f"{DESK}approve/", tick=found).status_code == 403
    assert {state_of(one) for one in found} == {FindingState.FOUND}


def test_the_file_holds_what_the_filters_show(found, shops, enter, clock) -> None:
    Finding.objects.filter(pk=found[0]).update(
        state="refused", note="=HYPERLINK(1)", decided_by=1, decided_at=clock.now
    )
    staff = enter()
    answer = staff.get(f"{DESK}file/", state="all")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["Number"] for row in rows] == [str(pk) for pk in reversed(found)]
    assert [row["Amount (CNY)"] for row in rows] == ["7.00", "7.00"]
    assert rows[1]["Note for colleagues"] == "'=HYPERLINK(1)" and rows[1]["State"] == "Charge stands"
    one = staff.get(f"{DESK}file/", state="all", shop=shops[1])
    assert len(b"".join(one.streaming_content).splitlines()) == 2


def test_what_waits_is_counted_on_the_rail_and_on_the_overview(found, enter) -> None:
    page = enter(StaffRole.FINANCE).get("/").content.decode()
    assert "Invalid clicks to decide on" in page and page.count('href="/ads/findings/"') == 2
