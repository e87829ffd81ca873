"""A share is found by the number that the provider gave it."""

from billing.payments.selectors import find_share_by_transaction, get_share


def test_the_providers_number_leads_to_the_share_that_was_paid_with_it(paid_share):
    first, second = get_share(paid_share(12_000)), get_share(paid_share(7_000))
    assert first.transaction_id != second.transaction_id
    assert find_share_by_transaction(first.transaction_id) == first
    assert find_share_by_transaction(second.transaction_id) == second


def test_a_number_that_nobody_was_paid_with_finds_nothing(make_payment):
    make_payment(1_000)  # opened, not paid: it has no number of the provider yet
    for number in ("", "420000", "\0"):
        assert find_share_by_transaction(number) is None
