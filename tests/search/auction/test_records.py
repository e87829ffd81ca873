"""Decisions as text: the same text for the same decision, and nothing else is read as one."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.auction.charging import close_hour
from search.auction.contracts import (
    Bill,
    ClickBid,
    Decision,
    DisplayCandidate,
    DisplayPriceInputs,
    LotPriceInputs,
    Price,
)
from search.auction.display import compute_display_price, decide_display, hold_display_auction
from search.auction.keyword import decide, get_terms, hold_auction, replay
from search.auction.records import BadRecord, cut_record, name_record, read_record, write_record
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


def test_a_record_is_read_whatever_the_order_of_its_names() -> None:
    decision = make_decision()
    sorted_names = json.dumps(json.loads(write_record(decision)), sort_keys=True)
    assert sorted_names != write_record(decision) and read_record(Decision, sorted_names) == decision


def test_a_record_that_was_cut_and_named_is_that_of_the_named_decision() -> None:
    decision = make_decision()
    named = {"id": 'd-2"', "decided_us": 5, "context": '{"words":"手机\\n"}'}
    renamed = name_record(cut_record(decision), **named)  # type: ignore[arg-type]
    assert renamed == write_record(replace(decision, **named))  # type: ignore[arg-type]
    shown = decide_display(
        [DisplayCandidate(ad=1, merchant=2, ecpm_minor=300, created_us=4)],
        1,
        floor_minor=5,
        id="d-3",
        decided_us=6,
        context="",
    )
    assert name_record(cut_record(shown), id="d-3", decided_us=6, context="") == write_record(shown)


def test_the_price_of_an_event_is_read_back_whole() -> None:
    for award in hold_auction(MARKET, make_terms(3)):
        assert read_record(Price, write_record(award.price)) == award.price


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"places":3', '"places":3.0'),
        ('"places":3', '"places":true'),
        ('"places":3', '"places":NaN'),
        ('"places":3', '"places":"3"'),
        ('"places":3', '"places":3,"more":1'),
        ('"places":3,', ""),
        ('"mechanism":"gsp","rules_version"', '"mechanism":"free","rules_version"'),
        ('"awards":[', '"awards":{'),
        ('"id":"d-1"', '"id":1'),
        ('"quality":507,"reserve', '"quality":5070,"reserve'),
    ],
)
def test_what_is_not_whole_is_refused(old: str, new: str) -> None:
    text = write_record(make_decision())
    assert old in text
    with pytest.raises(BadRecord):
        read_record(Decision, text.replace(old, new))


@steady
@given(
    st.text()
    | st.recursive(st.none() | st.integers() | st.text(), lambda kids: st.lists(kids), max_leaves=5).map(json.dumps)
)
def test_any_other_text_is_a_bad_record_and_no_crash(text: str) -> None:
    for shape in (Decision, Price, Bill, LotPriceInputs):
        with pytest.raises(BadRecord):
            read_record(shape, text)


@pytest.mark.parametrize(
    "kept",
    [
        hold_display_auction([DisplayCandidate(ad=1, merchant=1, ecpm_minor=40, created_us=1)], 1, floor_minor=5)[
            0
        ].price,
        compute_display_price(
            DisplayPriceInputs(
                ecpm_minor=40, floor_minor=5, step_minor=10, next_ecpm_minor=9, click=ClickBid(80, 50_000)
            )
        ),
        LotPriceInputs(maximum_minor=9, reserve_minor=1, step_minor=1, second_minor=None),
        LotPriceInputs(maximum_minor=9, reserve_minor=1, step_minor=1, second_minor=5),
        close_hour([1_500_000], carry_in_micro=0, vat_bps=600),
        Bill(37_000_000, 20_000_000),
    ],
)
def test_what_other_events_keep_is_read_back_whole(kept: object) -> None:
    assert read_record(type(kept), write_record(kept)) == kept


def test_deep_nesting_is_a_bad_record() -> None:
    with pytest.raises(BadRecord):
        read_record(Decision, "[" * 100_000)
