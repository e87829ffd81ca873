"""Rules as staff change them, and what a sale keeps of them."""

import threading
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from billing.checkout.models import PurchaseShare
from billing.checkout.selectors import get_share_terms
from billing.settlement.contracts import RuleDraft
from billing.settlement.models import CommissionRule, CommissionTerms
from billing.settlement.selectors import find_rule, list_active_rules, list_rule_versions, list_rules, map_rule_versions
from billing.settlement.services import (
    BadRule,
    RuleChanged,
    RuleNotFound,
    RuleProblem,
    add_rule,
    change_rule,
    move_rule,
    restore_rule,
    switch_rule,
)
from market.audit.models import AuditEntry
from market.shops.tenancy import enter_shop
from market.taxonomy.selectors import get_tree
from market.taxonomy.services import load_taxonomy
from tenants.catalog.selectors import get_product_draft
from tenants.catalog.services import update_product
from tenants.orders.contracts import PaymentMethod
from tests.billing.checkout.conftest import fair

__all__ = ["fair"]
STAFF = 7
DRAFT = RuleDraft(rate_bps=800, vat_bps=600, note="茶叶")


def add(clock, **parts):
    return add_rule(draft=replace(DRAFT, **parts), actor_id=STAFF, now=clock.now)


def put_into(fair, number: int, slug: str) -> str:
    """Put the goods of a shop into a category; returns its path."""
    load_taxonomy()
    node = get_tree(fresh=True).find_slug(slug)
    offer = fair.offers[number]
    with transaction.atomic(), enter_shop(fair.shops[number]):
        draft = get_product_draft(offer.product_id).draft
        update_product(
            product_id=offer.product_id, draft=replace(draft, category_id=node.category_id), now=fair.clock.now
        )
    return node.path


def test_a_change_is_a_new_version_and_the_old_one_stays(db, clock):
    rule = add(clock)
    changed = change_rule(
        rule_id=rule.rule_id, version=1, draft=replace(DRAFT, rate_bps=900), actor_id=STAFF, now=clock.move(days=1)
    )
    assert (changed.version, changed.rate_bps) == (2, 900)
    assert [(one.version, one.rate_bps) for one in list_rule_versions(rule.rule_id)] == [(2, 900), (1, 800)]
    assert map_rule_versions([(rule.rule_id, 1), (0, 1)])[rule.rule_id, 1].rate_bps == 800
    assert find_rule(rule.rule_id) == changed and list_active_rules(currency="CNY") == [changed]
    assert AuditEntry.objects.filter(action="commission.changed", actor_id=STAFF).count() == 1


def test_the_same_terms_again_are_no_new_version(db, clock):
    rule = add(clock)
    for version in (1, 5):
        same = change_rule(rule_id=rule.rule_id, version=version, draft=DRAFT, actor_id=STAFF, now=clock.now)
        assert same.version == 1
    assert CommissionTerms.objects.count() == 1


def test_a_change_upon_a_change_of_somebody_else_is_refused(db, clock):
    rule = add(clock)
    change = {"rule_id": rule.rule_id, "version": 1, "now": clock.now}
    change_rule(draft=replace(DRAFT, rate_bps=900), actor_id=STAFF, **change)
    with pytest.raises(RuleChanged):
        change_rule(draft=replace(DRAFT, rate_bps=950), actor_id=STAFF + 1, **change)


def test_a_change_is_taken_back_by_a_version_with_the_earlier_terms(db, clock):
    rule = add(clock)
    change_rule(rule_id=rule.rule_id, version=1, draft=replace(DRAFT, rate_bps=1), actor_id=STAFF, now=clock.now)
    for _ in range(2):
        back = restore_rule(rule_id=rule.rule_id, version=1, actor_id=STAFF, now=clock.now)
        assert (back.version, back.rate_bps) == (3, 800)
    with pytest.raises(RuleNotFound):
        restore_rule(rule_id=rule.rule_id, version=9, actor_id=STAFF, now=clock.now)


def test_no_version_can_be_rewritten(db, clock):
    add(clock)
    for write in (lambda: CommissionTerms.objects.update(rate_bps=1), lambda: CommissionTerms.objects.all().delete()):
        with pytest.raises(DatabaseError, match="a change is a new version"), transaction.atomic():
            write()


def test_rules_change_places_and_keep_them_while_off(db, clock):
    first, second, third = (add(clock, rate_bps=rate).rule_id for rate in (100, 200, 300))

    def order():
        return [rule.rule_id for rule in list_rules()]

    assert move_rule(rule_id=third, up=True, actor_id=STAFF, now=clock.now) and order() == [first, third, second]
    assert move_rule(rule_id=first, up=False, actor_id=STAFF, now=clock.now) and order() == [third, first, second]
    assert not move_rule(rule_id=third, up=True, actor_id=STAFF, now=clock.now)
    assert not move_rule(rule_id=second, up=False, actor_id=STAFF, now=clock.now)
    for _ in range(2):
        assert not switch_rule(rule_id=first, active=False, actor_id=STAFF, now=clock.now).active
    assert [rule.rule_id for rule in list_active_rules(currency="CNY")] == [third, second]
    switch_rule(rule_id=first, active=True, actor_id=STAFF, now=clock.now)
    assert order() == [third, first, second]
    assert AuditEntry.objects.filter(action="commission.switched_off").count() == 1


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"rate_bps": 10_001}, RuleProblem.RATE),
        ({"rate_bps": -1}, RuleProblem.RATE),
        ({"vat_bps": -1}, RuleProblem.VAT),
        ({"floor_minor": -1}, RuleProblem.FLOOR),
        ({"floor_minor": 100, "cap_minor": 99}, RuleProblem.CAP),
        ({"category_path": "no/such"}, RuleProblem.CATEGORY),
        ({"shop_id": 4_711}, RuleProblem.SHOP),
        ({"currency": "XXX"}, RuleProblem.CURRENCY),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_nothing_is_written(db, clock, part, problem):
    with pytest.raises(BadRule) as refused:
        add(clock, **part)
    assert refused.value.problem is problem
    assert not CommissionRule.objects.exists() and not AuditEntry.objects.exists()


def test_two_people_add_and_move_at_once_and_no_place_is_taken_twice(committed_db, clock):
    rules = [add(clock, rate_bps=rate).rule_id for rate in range(1, 5)]
    broken = []

    def work(number: int) -> None:
        try:
            for _ in range(5):
                move_rule(rule_id=rules[number], up=number % 2 == 0, actor_id=number, now=clock.now)
                add(clock, rate_bps=number)
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not broken
    positions = [rule.position for rule in list_rules()]
    assert len(positions) == 24 and len(set(positions)) == 24


def test_a_sale_keeps_its_terms_whatever_rules_do_later(fair, clock):
    path = put_into(fair, 1, "green-tea")
    tea = add(clock, category_path=path.partition("/")[0], rate_bps=1_000, floor_minor=100, cap_minor=2_000)
    fair.fill(3, 2)
    shares = fair.place().shares
    mugs, teas = (get_share_terms(share_no=share.share_no, shop_id=share.shop_id) for share in shares)
    (by_default,), (by_rule,) = mugs.commission_groups, teas.commission_groups
    assert (by_default.rule_id, by_default.goods_minor, by_default.commission_minor) == (0, 3_000, 150)
    assert (by_rule.rule_id, by_rule.version, by_rule.rate_bps) == (tea.rule_id, 1, 1_000)
    assert (by_rule.goods_minor, by_rule.commission_minor, by_rule.commission_vat_minor) == (18_000, 1_800, 102)
    assert (teas.commission_minor, teas.commission_vat_minor, teas.commission_bps) == (1_800, 102, 1_000)

    change_rule(rule_id=tea.rule_id, version=1, draft=replace(DRAFT, rate_bps=1), actor_id=STAFF, now=clock.now)
    switch_rule(rule_id=tea.rule_id, active=False, actor_id=STAFF, now=clock.now)
    assert get_share_terms(share_no=shares[1].share_no, shop_id=shares[1].shop_id) == teas
    assert map_rule_versions([(by_rule.rule_id, by_rule.version)])[tea.rule_id, 1].cap_minor == 2_000
    fair.fill(0, 1)
    (later,) = fair.place(key="key-2").shares
    assert PurchaseShare.objects.get(share_no=later.share_no).commission_minor == 450


def test_a_category_that_is_hidden_later_still_has_its_rule(fair, clock):
    path = put_into(fair, 1, "green-tea")
    add(clock, category_path=path, rate_bps=1_500)
    from_below = get_tree().find_slug("green-tea")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE taxonomy_category SET hidden = true WHERE id = %s", [from_below.category_id])
    get_tree(fresh=True)
    fair.fill(0, 1)
    (share,) = fair.place().shares
    assert PurchaseShare.objects.get(share_no=share.share_no).commission_minor == 1_350


def test_a_provider_that_lets_us_split_less_is_not_asked_for_more(fair, clock):
    add(clock, rate_bps=5_000)
    fair.fill(1, 0)
    (paid,) = fair.place().shares
    row = PurchaseShare.objects.get(share_no=paid.share_no)
    assert row.commission_minor == row.total_minor * 30 // 100
    assert row.commission_groups[0]["limited"] and row.commission_vat_minor <= row.commission_minor
    fair.fill(1, 0)
    (cash,) = fair.place(key="key-2", method=PaymentMethod.COD).shares
    assert PurchaseShare.objects.get(share_no=cash.share_no).commission_minor == 500
