"""What pretends to be a provider is refused and changes nothing."""

import pytest
from django.test import Client

from billing.checkout.models import Purchase
from tests.fixtures.api import MARKET

PATH = "/webhooks/wechatpay/"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff\xfe", b'{"resource": 1}'])
def test_an_unsigned_notification_is_refused(paying_street, body):
    shopper = paying_street.shopper()
    shopper.put_in(paying_street.listing_ids[0])
    shopper.place()
    answer = Client(headers={"host": MARKET}).post(PATH, body, content_type="application/json")
    assert 400 <= answer.status_code < 500 and answer.json()["code"] == "FAIL"
    assert Purchase.objects.get().state == "waiting"


def test_a_notification_that_is_too_large_is_refused_unread(paying_street):
    answer = Client(headers={"host": MARKET}).post(PATH, b"x" * 70_000, content_type="application/json")
    assert 400 <= answer.status_code < 500


def test_nothing_is_shown_to_who_only_looks(paying_street):
    assert Client(headers={"host": MARKET}).get(PATH).status_code == 405
