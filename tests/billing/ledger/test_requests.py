"""Posting requests: written with what happened, posted in batches, tried again or parked."""

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction

from billing.ledger.contracts import Code, Owner
from billing.ledger.models import PostingRequest, Transaction
from billing.ledger.rules import BadEvent, PayoutAsked, Posting
from billing.ledger.selectors import (
    find_transaction,
    get_balance,
    get_poster_health,
    list_unposted,
    prove_ledger,
)
from billing.ledger.services import (
    KeyReused,
    post,
    post_pending,
    request_posting,
    request_postings,
    retry_request,
)
from billing.ledger.services import requests as requests_module
from tests.billing.ledger.books import M1, ROWS, STORY
from tests.conftest import Clock

pytestmark = pytest.mark.django_db


def test_the_story_requested_and_posted_clears(clock: Clock) -> None:
    for row in STORY:
        request_posting(key=row, event=ROWS[row][0], now=clock.now)
    assert not prove_ledger().cleared
    assert len(list_unposted()) == len(STORY)
    assert post_pending(clock.now) == len(STORY)
    assert post_pending(clock.now) == 0
    assert prove_ledger().cleared
    assert list_unposted() == []


def test_several_requests_are_one_statement(
    clock: Clock, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    with django_assert_num_queries(1):
        request_postings(requests=[Posting(row, ROWS[row][0]) for row in ("L1", "L2", "L3")], now=clock.now)
    assert [request.key for request in list_unposted()] == ["L1", "L2", "L3"]


def test_asking_again_is_nothing_new_and_asking_otherwise_is_an_error(clock: Clock) -> None:
    request_posting(key="k", event=ROWS["L1"][0], now=clock.now)
    request_posting(key="k", event=ROWS["L1"][0], now=clock.now)
    other = dataclasses.replace(ROWS["L1"][0], amount_minor=1)
    with pytest.raises(KeyReused):
        request_posting(key="k", event=other, now=clock.now)
    post_pending(clock.now)
    request_posting(key="k", event=ROWS["L1"][0], now=clock.now)
    with pytest.raises(KeyReused):
        request_posting(key="k", event=other, now=clock.now)
    with pytest.raises(KeyReused):
        request_postings(requests=[Posting("m", ROWS["L1"][0]), Posting("m", other)], now=clock.now)
    assert PostingRequest.objects.count() == 1
    assert post_pending(clock.now) == 0


def test_what_could_never_be_posted_is_refused_when_it_is_asked(clock: Clock) -> None:
    with pytest.raises(BadEvent):
        request_posting(key="k", event=dataclasses.replace(ROWS["L1"][0], amount_minor=-1), now=clock.now)
    assert not PostingRequest.objects.exists()


def test_a_request_goes_with_the_transaction_that_asked(clock: Clock) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        request_posting(key="k", event=ROWS["L1"][0], now=clock.now)
        raise RuntimeError
    assert not PostingRequest.objects.exists()


def test_what_is_refused_is_tried_again_until_it_can_be_posted(clock: Clock) -> None:
    request_posting(key="out", event=PayoutAsked(shop_id=M1, reference="O", amount_minor=4550), now=clock.now)
    assert post_pending(clock.now) == 1
    (waiting,) = list_unposted()
    assert waiting.attempts == 1
    assert "floor" in waiting.error
    assert not waiting.parked
    assert post_pending(clock.now) == 0
    health = get_poster_health(clock.move(seconds=5))
    assert (health.waiting, health.refused, health.parked, health.oldest_seconds) == (1, 1, 0, 5.0)
    for row in ("G1", "G2", "G3"):
        request_posting(key=row, event=ROWS[row][0], now=clock.now)
    post_pending(clock.move(seconds=5))
    post_pending(clock.move(seconds=5))
    assert list_unposted() == []
    assert get_balance(code=Code.PAYOUT_IN_TRANSIT, owner=Owner.of_shop(M1)).posted_minor == 4550


def test_what_is_refused_again_and_again_is_parked_for_a_person(clock: Clock) -> None:
    request_posting(key="out", event=PayoutAsked(shop_id=M1, reference="O", amount_minor=1), now=clock.now)
    for _ in range(requests_module.MAX_ATTEMPTS):
        assert post_pending(clock.move(hours=1)) == 1
    assert post_pending(clock.move(hours=1)) == 0
    (parked,) = list_unposted()
    assert parked.parked
    assert get_poster_health(clock.now).parked == 1
    assert not prove_ledger().cleared
    assert retry_request(request_id=parked.request_id, now=clock.now)
    assert not retry_request(request_id=parked.request_id, now=clock.now)
    for row in ("G1", "G2", "G3"):
        post(key=row, event=ROWS[row][0], now=clock.now)
    assert post_pending(clock.now) == 1
    assert list_unposted() == []


def test_a_request_that_cannot_be_read_is_parked_and_holds_up_no_other(clock: Clock) -> None:
    request_posting(key="bad", event=ROWS["L1"][0], now=clock.now)
    request_posting(key="good", event=ROWS["L1"][0], now=clock.now)
    with patch.object(requests_module, "read_event", side_effect=_unreadable_first()):
        assert post_pending(clock.now) == 2
    (parked,) = list_unposted()
    assert parked.key == "bad"
    assert parked.parked
    assert find_transaction("good") is not None


def _unreadable_first():
    seen: list[str] = []
    real = requests_module.read_event

    def read(kind, payload):
        seen.append(kind)
        if len(seen) == 1:
            raise requests_module.UnreadableEvent("no event is called so")
        return real(kind, payload)

    return read


def test_a_key_that_was_posted_in_line_with_another_payload_is_parked(clock: Clock) -> None:
    post(key="k", event=dataclasses.replace(ROWS["L1"][0], amount_minor=5), now=clock.now)
    request_posting(key="k", event=ROWS["L1"][0], now=clock.now)
    post_pending(clock.now)
    assert list_unposted()[0].parked
    assert Transaction.objects.count() == 1


def test_a_key_that_was_posted_in_line_with_the_same_payload_is_done(clock: Clock) -> None:
    first = post(key="k", event=ROWS["L1"][0], now=clock.now)
    request_posting(key="k", event=ROWS["L1"][0], now=clock.now)
    post_pending(clock.now)
    assert list_unposted() == []
    assert PostingRequest.objects.get().transaction_id == first.transaction_id
    assert Transaction.objects.count() == 1


def test_a_batch_that_the_database_refuses_is_posted_one_by_one(clock: Clock) -> None:
    for row in ("L1", "L2", "L3"):
        request_posting(key=row, event=ROWS[row][0], now=clock.now)
    real = requests_module.post_batch

    def refuse(*, requests, now):
        verdicts = real(requests=requests, now=now)
        if any(request.key == "L2" for request in requests):
            raise IntegrityError("planted")
        return verdicts

    with patch.object(requests_module, "post_batch", side_effect=refuse):
        assert post_pending(clock.now) == 3
    (waiting,) = list_unposted()
    assert (waiting.key, waiting.attempts, waiting.parked) == ("L2", 1, False)
    assert "planted" in waiting.error
    assert post_pending(clock.now + timedelta(seconds=2)) == 1
    assert prove_ledger().sound
    assert Transaction.objects.count() == 3


def test_requests_are_taken_in_the_order_they_were_asked(clock: Clock) -> None:
    for row in STORY:
        request_posting(key=row, event=ROWS[row][0], now=clock.now)
    for _ in range(len(STORY)):
        assert post_pending(clock.now, 1) == 1
    assert Transaction.objects.order_by("pk").values_list("key", flat=True)[0] == STORY[0]
    assert prove_ledger().cleared
