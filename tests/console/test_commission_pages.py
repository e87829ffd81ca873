"""Commission rules at the console: in order, changed, moved, tried out; and what is agreed with one shop."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.settlement.selectors import find_rule, get_shop_terms, list_rule_versions, list_rules
from market.accounts.contracts import StaffRole
from market.audit.selectors import list_entries
from market.taxonomy.services import load_taxonomy
from tests.console.test_pages import CHINESE, words_of

RULE = {"category": "", "shop": "", "rate": "8.25", "floor": "1.00", "cap": "", "vat": "6", "note": "Starter offer"}


@pytest.fixture(autouse=True)
def _taxonomy(any_db) -> None:
    load_taxonomy()


def page_of(answer) -> str:
    return " ".join(words_of(answer.content.decode()).split())


def add(staff, **parts) -> int:
    answer = staff.client.post("/commission/add/", {**RULE, **parts}, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return list_rules()[-1].rule_id


def test_without_rules_the_platforms_own_rate_stands_there(enter) -> None:
    page = page_of(enter().get("/commission/"))
    assert "Whatever no rule covers" in page and "5%" in page and "Add a rule" in page
    assert CHINESE.search(enter().get("/commission/", "zh-CN").content.decode().partition("<main")[2])


def test_a_rule_is_added_changed_and_the_change_taken_back(enter) -> None:
    staff = enter(StaffRole.FINANCE)
    rule_id = add(staff, category="tea-food/green-tea")
    page = page_of(staff.get("/commission/"))
    assert "Tea and food › Green tea" in page and "8.25%" in page and "at least ¥1.00" in page
    changed = {**RULE, "category": "tea-food", "rate": "9", "version": 1}
    answer = staff.client.post(f"/commission/{rule_id}/change/", changed, follow=True)
    assert "Version 2" in answer.content.decode()
    undo = re.search(r'action="(/commission/\d+/restore/1/)"', answer.content.decode())
    assert undo
    page = page_of(staff.client.post(undo[1], follow=True))
    assert "The terms of version 1 hold again" in page or find_rule(rule_id).rate_bps == 825
    assert [rule.rate_bps for rule in list_rule_versions(rule_id)] == [825, 900, 825]
    assert [line.action for line in list_entries(action="commission.changed")] == ["commission.changed"] * 2
    trail = page_of(staff.get("/trail/", action="commission.changed"))
    assert "Changed a commission rule" in trail


WRONG = {
    "rate": {"": "Enter a rate", "x": "Enter a rate", "-1": "between 0 and 100%", "100.01": "between 0 and 100%"},
    "floor": {"x": "Enter digits", "-1": "without a minus"},
    "cap": {"0.50": "lower than the floor", "1.005": "at most two decimals"},
    "shop": {"nobody": "No one shop has this number", "4711": "No one shop has this number"},
    "note": {"x" * 201: "at most 200 characters"},
    "vat": {"1.234": "at most two decimals"},
}


@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_is_said_at_its_field_and_kept(field, enter) -> None:
    staff = enter(StaffRole.FINANCE)
    for typed, sentence in WRONG[field].items():
        answer = staff.post("/commission/add/", **{**RULE, field: typed})
        page = answer.content.decode()
        assert answer.status_code == 422 and sentence in page and f"id_{field}_wrong" in page, (typed, page[:500])
        assert not typed or typed in page
    assert not list_rules()


def test_a_change_upon_another_persons_change_is_not_made(enter) -> None:
    staff = enter(StaffRole.FINANCE)
    rule_id = add(staff)
    for rate in ("9", "10"):
        answer = staff.client.post(f"/commission/{rule_id}/change/", {**RULE, "rate": rate, "version": 1}, follow=True)
    assert "Somebody changed this rule meanwhile" in answer.content.decode()
    assert find_rule(rule_id).rate_bps == 900


def test_rules_are_moved_and_switched_with_undo(enter) -> None:
    staff = enter(StaffRole.FINANCE)
    first, second = add(staff), add(staff, rate="3")
    page = staff.client.post(f"/commission/{second}/up/", follow=True).content.decode()
    assert [rule.rule_id for rule in list_rules()] == [second, first] and f"/commission/{second}/down/" in page
    staff.client.post(f"/commission/{second}/down/")
    assert [rule.rule_id for rule in list_rules()] == [first, second]
    staff.client.post(f"/commission/{first}/up/")
    page = staff.client.post(f"/commission/{first}/off/", follow=True).content.decode()
    assert not find_rule(first).active and "it keeps its place" in page
    staff.client.post(f"/commission/{first}/on/")
    assert find_rule(first).active
    for path in ("up", "down", "on", "off", "restore/1", "change"):
        assert staff.client.post(f"/commission/999/{path}/", RULE).status_code == 404, path
    assert staff.client.post(f"/commission/{first}/restore/99/").status_code == 404


def test_a_basket_is_tried_out_by_the_rules_that_are_on(enter, make_shop) -> None:
    staff, shop = enter(StaffRole.FINANCE), make_shop("alpha")
    rule_id = add(staff, category="tea-food", shop="alpha", cap="20.00")
    assert find_rule(rule_id).shop_id == shop.shop_id
    tea = {"category": "tea-food/puer", "shop": "alpha", "amount": "100.00"}
    page = page_of(staff.get("/commission/", **tea))
    assert "¥8.25" in page and f"rule {rule_id}, version 1" in page and "¥91.75" in page
    assert "the cap of ¥20.00" in page_of(staff.get("/commission/", **{**tea, "amount": "1,000"}))
    assert "platform's own rate" in page_of(staff.get("/commission/", **{**tea, "shop": ""}))
    staff.client.post(f"/commission/{rule_id}/off/")
    assert "¥5.00" in page_of(staff.get("/commission/", **tea))
    answer = staff.get("/commission/", category="nowhere", shop="x", amount="")
    assert answer.status_code == 422 and "Enter an amount" in answer.content.decode()


def test_only_finance_changes_rules_and_only_after_a_recent_proof(enter) -> None:
    reader = enter(StaffRole.REVIEWER)
    finance = enter(StaffRole.FINANCE)
    rule_id = add(finance)
    assert "Add a rule" not in page_of(reader.get("/commission/"))
    assert reader.get(f"/commission/{rule_id}/").status_code == 200
    stale = enter(StaffRole.FINANCE, proved_at=timezone.now() - timedelta(minutes=20))
    deeds = ["add/", f"{rule_id}/change/", *(f"{rule_id}/{deed}/" for deed in ("up", "down", "on", "off", "restore/1"))]
    for deed in deeds:
        assert reader.client.post(f"/commission/{deed}", RULE).status_code == 403, deed
        answer = stale.client.post(f"/commission/{deed}", RULE)
        assert answer.status_code == 302 and "/commission" not in answer["Location"].partition("?")[0], deed
    assert find_rule(rule_id).active and len(list_rules()) == 1 and find_rule(rule_id).version == 1


def test_a_shop_is_settled_on_terms_of_its_own(enter, make_shop) -> None:
    staff, shop = enter(StaffRole.FINANCE), make_shop("alpha")
    path = f"/commission/shops/{shop.shop_id}/"
    assert "Terms of settlement" in page_of(staff.get(f"/shops/{shop.shop_id}/"))
    typed = {"release_days": "7", "reserve": "10", "reserve_days": "30", "note": "New shop"}
    assert "hold for sales that are final from now on" in staff.client.post(path, typed, follow=True).content.decode()
    terms = get_shop_terms(shop.shop_id)
    assert (terms.release_days, terms.reserve_bps, terms.reserve_days) == (7, 1_000, 30)
    assert "New shop" in page_of(staff.get("/commission/"))
    for wrong in ({"reserve": "10", "reserve_days": ""}, {"reserve": "101"}, {"release_days": "400"}, {"note": ""}):
        answer = staff.post(path, **{**typed, **wrong})
        assert answer.status_code == 422, wrong
    assert get_shop_terms(shop.shop_id) == terms
    assert "reserve, in hundredths of a percent: 1000" in page_of(staff.get("/trail/", action="shop.terms"))
    assert enter(StaffRole.REVIEWER).get(path).status_code == 403
    assert staff.get("/commission/shops/999/").status_code == 404


def test_a_purchase_shows_which_rule_was_agreed(world, enter) -> None:
    page = page_of(enter().get(f"/purchases/{world.paid.purchase_no}/"))
    assert "platform's own rate" in page and "5% of ¥10.00" in page and "VAT inside" in page
