"""A shop's tables are seen inside a transaction, inside that shop, and nowhere else."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from market.shops.tenancy import AlreadyInShop, NoShopEntered, NotInTransaction, ShopKey, enter_shop
from tenants.shipping.contracts import FreightTerms
from tenants.shipping.selectors import get_terms
from tenants.shipping.services import set_terms

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _set(shop, flat):
    with transaction.atomic(), enter_shop(shop):
        set_terms(shop_id=shop.shop_id, terms=FreightTerms(flat, None, "", 24), now=NOW)


def _flat(shop):
    with transaction.atomic(), enter_shop(shop):
        return get_terms().flat_minor


def _path():
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return cursor.fetchone()[0]


def test_each_shop_sees_its_own_rows(shop_a, shop_b):
    _set(shop_a, 600)
    _set(shop_b, 900)
    assert (_flat(shop_a), _flat(shop_b)) == (600, 900)


def test_two_shops_in_one_transaction_keep_apart(shop_a, shop_b):
    with transaction.atomic():
        for shop, flat in ((shop_a, 100), (shop_b, 200), (shop_a, 300)):
            with enter_shop(shop):
                set_terms(shop_id=shop.shop_id, terms=FreightTerms(flat, None, "", 24), now=NOW)
    assert (_flat(shop_a), _flat(shop_b)) == (300, 200)


def test_a_tenant_query_without_a_shop_is_refused(shop_a):
    with pytest.raises(NoShopEntered):
        get_terms()


def test_entering_without_a_transaction_is_refused(committed_db, shop_a):
    with pytest.raises(NotInTransaction), enter_shop(shop_a):
        pass


def test_shops_do_not_nest(shop_a, shop_b):
    with transaction.atomic(), enter_shop(shop_a), pytest.raises(AlreadyInShop), enter_shop(shop_b):
        pass


def test_the_path_ends_with_the_transaction(committed_db, shop_a):
    with transaction.atomic(), enter_shop(shop_a):
        assert _path().startswith(f"{shop_a.schema},")
    assert "m_" not in _path()


def test_the_path_ends_with_a_rollback(committed_db, shop_a):
    with pytest.raises(ZeroDivisionError), transaction.atomic(), enter_shop(shop_a):
        get_terms()
        raise ZeroDivisionError
    assert "m_" not in _path()


def test_a_rolled_back_savepoint_takes_the_path_with_it(committed_db, shop_a, shop_b):
    _set(shop_a, 100)
    _set(shop_b, 200)
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic(), enter_shop(shop_a):
            get_terms()
            raise ZeroDivisionError
        assert "m_" not in _path()
        with enter_shop(shop_b):
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                raise ZeroDivisionError
            assert get_terms().flat_minor == 200
            with transaction.atomic():
                assert get_terms().flat_minor == 200
        assert "m_" not in _path()


def test_entering_costs_one_statement_and_leaving_at_most_one(committed_db, shop_a):
    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        transaction.atomic(),
        enter_shop(shop_a),
    ):
        get_terms()
        get_terms()
    paths = [query["sql"] for query in captured if "search_path" in query["sql"]]
    assert paths == [f'SET LOCAL search_path = "{shop_a.schema}", public']


def test_a_key_names_its_shop():
    assert str(ShopKey(12, ("card", 9))) == "s12/card/9"
    assert str(ShopKey(None, ("home",))) == "market/home"
    for bad in ((), ("a/b",), ("..",), ("",)):
        with pytest.raises(ValueError):
            ShopKey(1, bad)
