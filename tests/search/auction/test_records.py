"""Decisions as text: the same text for the same decision, and nothing else is read as one."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.contracts import Decision
from search.auction.keyword import decide, get_terms, hold_auction, replay
from search.auction.records import BadRecord, read_decision, read_price, write_decision, write_price
from search.auction.versions import UnknownVersion, get_rules, get_weights
from tests.search.auction.markets import make_candidate, make_terms, steady

MARKET = [make_candidate(number, 100 + number, 500 + number, reserve=10, created=number) for number in range(1, 8)]


def make_decision() -> Decision:
    terms = replace(make_terms(3), rules=get_rules(), weights=get_weights())
    return decide(MARKET, terms, id="d-1", decided_us=1_795_862_400_000_000, context="手机 壳|search|p1")


def test_a_decision_keeps_the_candidates_down_to_the_best_without_a_place() -> None:
    assert [candidate.ad for candidate in make_decision().candidates] == [7, 6, 5, 4]


def test_a_decision_replays_by_the_versions_it_names() -> None:
    decision = make_decision()
    assert replay(decision, get_terms(decision)) == decision
    with pytest.raises(UnknownVersion):
        get_terms(replace(decision, rules_version=99))


def test_a_changed_price_or_bid_does_not_replay() -> None:
    decision = make_decision()
    first, *others = decision.awards
    dearer = replace(decision, awards=(replace(first, price=replace(first.price, amount_minor=99)), *others))
    assert replay(dearer, get_terms(decision)) != dearer
    runner_up = replace(decision.candidates[-1], bid_minor=99)
    changed = replace(decision, candidates=(*decision.candidates[:-1], runner_up))
    assert replay(changed, get_terms(decision)) != changed


def test_the_price_of_an_event_is_read_back_whole() -> None:
    for award in hold_auction(MARKET, make_terms(3)):
        assert read_price(write_price(award.price)) == award.price


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"places":3', '"places":3.0'),
        ('"places":3', '"places":true'),
        ('"places":3', '"places":NaN'),
        ('"places":3', '"places":"3"'),
        ('"places":3', '"places":3,"more":1'),
        ('"places":3,', ""),
        ('"mechanism":"gsp","places"', '"mechanism":"free","places"'),
        ('"awards":[', '"awards":{'),
        ('"id":"d-1"', '"id":1'),
        ('"quality":507,"reserve', '"quality":5070,"reserve'),
    ],
)
def test_what_is_not_whole_is_refused(old: str, new: str) -> None:
    text = write_decision(make_decision())
    assert old in text
    with pytest.raises(BadRecord):
        read_decision(text.replace(old, new))


@steady
@given(
    st.text()
    | st.recursive(st.none() | st.integers() | st.text(), lambda kids: st.lists(kids), max_leaves=5).map(json.dumps)
)
def test_any_other_text_is_a_bad_record_and_no_crash(text: str) -> None:
    for read in (read_decision, read_price):
        with pytest.raises(BadRecord):
            read(text)


def test_deep_nesting_is_a_bad_record() -> None:
    with pytest.raises(BadRecord):
        read_decision("[" * 100_000)
