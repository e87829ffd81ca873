"""What Stripe is told, and what of its answers is believed. Shapes from docs.stripe.com/api; nobody is called."""

from urllib.parse import parse_qs

import pytest

from billing.settlement.contracts.payouts import CarryState
from billing.settlement.rules.stripe import (
    LARGEST_AMOUNT_MINOR,
    BadStripeRequest,
    StripeProblem,
    StripeTransfer,
    make_key,
    read_payout,
    read_transfer,
    write_payout,
    write_reversal,
    write_transfer,
)

ACCOUNT = "acct_1MTfjCQ9PRzxEwkZ"
TRANSFER = {
    "id": "tr_1MiN3gLkdIwHu7ixNCZvFdgA",
    "object": "transfer",
    "amount": 400,
    "amount_reversed": 0,
    "balance_transaction": "txn_1MiN3gLkdIwHu7ixxapQrznl",
    "created": 1678043844,
    "currency": "usd",
    "description": None,
    "destination": ACCOUNT,
    "destination_payment": "py_1MiN3gQ9PRzxEwkZWTPGNq9o",
    "livemode": False,
    "metadata": {},
    "reversals": {"object": "list", "data": [], "has_more": False},
    "reversed": False,
    "source_transaction": None,
    "source_type": "card",
    "transfer_group": "ORDER_95",
}
PAYOUT = {
    "id": "po_1OaFDbEcg9tTZuTgNYmX0PKB",
    "object": "payout",
    "amount": 1100,
    "arrival_date": 1680652800,
    "currency": "usd",
    "failure_code": None,
    "failure_message": None,
    "metadata": {"payout": "PO1"},
    "method": "standard",
    "status": "pending",
    "type": "bank_account",
}


def transfer(**parts: object):
    asked = {"number": "S1", "account": ACCOUNT, "amount_minor": 400, "currency": "USD", "group": "P95"}
    return write_transfer(**{**asked, **parts})


def payout(**parts: object):
    return write_payout(**{"number": "PO1", "account": ACCOUNT, "amount_minor": 1_100, "currency": "USD", **parts})


def test_a_transfer_as_it_is_sent():
    request = transfer(charge="ch_3MiN3gLkdIwHu7ix0abcdefg")
    assert request.path == "/v1/transfers"
    assert parse_qs(request.body) == {
        "amount": ["400"],
        "currency": ["usd"],
        "destination": [ACCOUNT],
        "transfer_group": ["P95"],
        "source_transaction": ["ch_3MiN3gLkdIwHu7ix0abcdefg"],
        "metadata[transfer]": ["S1"],
        "metadata[group]": ["P95"],
    }
    assert request.headers["Idempotency-Key"] == "jishi:transfer:S1"
    assert "Stripe-Account" not in request.headers
    assert transfer() == transfer(), "the same request is the same bytes under the same key"
    assert transfer(number="S2").idempotency_key != transfer().idempotency_key


def test_a_payout_is_asked_as_the_shop_itself():
    request = payout(descriptor="JISHI 26-11")
    assert request.headers["Stripe-Account"] == ACCOUNT
    assert parse_qs(request.body)["statement_descriptor"] == ["JISHI 26-11"]
    assert parse_qs(request.body)["metadata[payout]"] == ["PO1"]


@pytest.mark.parametrize(
    ("write", "parts", "problem"),
    [
        (transfer, {"amount_minor": 0}, StripeProblem.AMOUNT),
        (transfer, {"amount_minor": -1}, StripeProblem.AMOUNT),
        (transfer, {"amount_minor": True}, StripeProblem.AMOUNT),
        (transfer, {"amount_minor": 4.0}, StripeProblem.AMOUNT),
        (transfer, {"amount_minor": LARGEST_AMOUNT_MINOR + 1}, StripeProblem.AMOUNT),
        (transfer, {"currency": "usd"}, StripeProblem.CURRENCY),
        (transfer, {"account": "acct_"}, StripeProblem.DESTINATION),
        (transfer, {"account": "cus_1MTfjCQ9PRzxEwkZ"}, StripeProblem.DESTINATION),
        (transfer, {"account": f"{ACCOUNT}&amount=9"}, StripeProblem.DESTINATION),
        (transfer, {"charge": "pi_3MiN3gLkdIwHu7ix0abcdefg"}, StripeProblem.SOURCE),
        (transfer, {"number": "x" * 260}, StripeProblem.METADATA),
        (transfer, {"number": ""}, StripeProblem.METADATA),
        (transfer, {"group": "x" * 501}, StripeProblem.METADATA),
        (payout, {"amount_minor": 99}, StripeProblem.AMOUNT),
        (payout, {"currency": "HKD", "amount_minor": 399}, StripeProblem.AMOUNT),
        (payout, {"currency": "XXX"}, StripeProblem.CURRENCY),
        (payout, {"descriptor": "x" * 23}, StripeProblem.DESCRIPTOR),
        (payout, {"descriptor": "<b>"}, StripeProblem.DESCRIPTOR),
    ],
)
def test_what_stripe_would_refuse_is_refused_before(write, parts, problem):
    with pytest.raises(BadStripeRequest) as refused:
        write(**parts)
    assert refused.value.problem is problem


def test_a_key_is_ascii_and_for_ever_the_same():
    assert make_key("payout", "PO1") == "jishi:payout:PO1"
    with pytest.raises(BadStripeRequest):
        make_key("payout", "提现")


def sent(amount: int = 400, reversed_minor: int = 0) -> StripeTransfer:
    return StripeTransfer(str(TRANSFER["id"]), amount, reversed_minor, "USD", ACCOUNT, "P95")


def test_a_reversal_takes_back_what_is_left_and_no_more():
    request = write_reversal(number="R1", transfer=sent(), amount_minor=400, available_minor=400)
    assert request.path == f"/v1/transfers/{TRANSFER['id']}/reversals"
    assert parse_qs(request.body) == {"amount": ["400"], "metadata[reversal]": ["R1"]}
    assert write_reversal(number="R2", transfer=sent(400, 300), amount_minor=100, available_minor=100)


@pytest.mark.parametrize(
    ("transfer", "amount", "available", "problem"),
    [
        (sent(), 401, 999, StripeProblem.REVERSAL_TOO_LARGE),
        (sent(400, 300), 101, 999, StripeProblem.REVERSAL_TOO_LARGE),
        (sent(400, 400), 1, 999, StripeProblem.REVERSED_ALREADY),
        (sent(), 400, 399, StripeProblem.BALANCE_SHORT),
        (sent(), 0, 999, StripeProblem.AMOUNT),
        (StripeTransfer("tr_/../x", 400, 0, "USD", ACCOUNT, ""), 1, 999, StripeProblem.TRANSFER),
    ],
)
def test_a_reversal_that_cannot_be_is_refused_with_why(transfer, amount, available, problem):
    with pytest.raises(BadStripeRequest) as refused:
        write_reversal(number="R1", transfer=transfer, amount_minor=amount, available_minor=available)
    assert refused.value.problem is problem


def test_a_transfer_is_read_when_it_is_the_one_that_was_asked():
    read = read_transfer({**TRANSFER, "amount_reversed": 100}, asked_minor=400, currency="USD", account=ACCOUNT)
    assert (read.left_minor, read.group) == (300, "ORDER_95")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"amount": 401}, StripeProblem.OTHER_ANSWER),
        ({"currency": "eur"}, StripeProblem.OTHER_ANSWER),
        ({"destination": "acct_1MTfjCQ9PRzxEwkX"}, StripeProblem.OTHER_ANSWER),
        ({"amount": "400"}, StripeProblem.ANSWER),
        ({"amount_reversed": 401}, StripeProblem.ANSWER),
        ({"object": "payout"}, StripeProblem.ANSWER),
        ({"id": "po_1"}, StripeProblem.ANSWER),
        ({"amount_reversed": None}, StripeProblem.ANSWER),
    ],
)
def test_another_answer_is_not_believed(change, problem):
    with pytest.raises(BadStripeRequest) as refused:
        read_transfer({**TRANSFER, **change}, asked_minor=400, currency="USD", account=ACCOUNT)
    assert refused.value.problem is problem


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", CarryState.CARRIED),
        ("in_transit", CarryState.CARRIED),
        ("paid", CarryState.ARRIVED),
        ("failed", CarryState.FAILED),
        ("canceled", CarryState.FAILED),
    ],
)
def test_how_a_payout_stands(status, state):
    answer = {**PAYOUT, "status": status, "failure_message": "The bank account is closed."}
    read = read_payout(answer, number="PO1", asked_minor=1_100, currency="USD")
    assert (read.state, read.reason) == (state, "The bank account is closed.")


@pytest.mark.parametrize(
    "change", [{"status": "lost"}, {"metadata": {}}, {"metadata": {"payout": "PO2"}}, {"amount": 1}, {"object": "x"}]
)
def test_a_payout_that_is_another_is_not_believed(change):
    with pytest.raises(BadStripeRequest):
        read_payout({**PAYOUT, **change}, number="PO1", asked_minor=1_100, currency="USD")
