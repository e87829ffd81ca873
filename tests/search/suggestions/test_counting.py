"""Counts stay those of the listings: against a count of everything, with crashes, repeats and two at once."""

import random
import threading

import pytest
from django.db import connection

from search.listings.contracts import ListingState
from search.listings.models import Listing
from search.listings.selectors.changing import list_names
from search.suggestions.contracts import Kind
from search.suggestions.models import CountedListing, FeedPosition, Phrase, PhraseKey, PhraseShare
from search.suggestions.rules.keys import list_keys
from search.suggestions.rules.phrases import list_candidates
from search.suggestions.rules.weights import may_be_shown
from search.suggestions.services import catch_up, count_changes, counting, sweep
from search.suggestions.services.recounting import recount
from tests.search.suggestions.conftest import DIGITAL, MUGS, PHONES, TABLEWARE

PATHS = [(TABLEWARE, MUGS), (DIGITAL, PHONES), (TABLEWARE,), ()]
TITLES = ["青釉马克杯", "防水手机", "手机壳 透明", "Celadon mug", "Phone case for phones", "礼盒 茶具"]


def count_all() -> dict[str, tuple[int, int]]:
    """The oracle: listings and sales of every phrase, counted anew."""
    sums: dict[str, tuple[int, int]] = {}
    for names in list_names(Listing.objects.values_list("pk", flat=True)).values():
        for candidate in list_candidates(names):
            listings, sold = sums.get(candidate.key, (0, 0))
            sums[candidate.key] = (listings + 1, sold + names.sold_30d)
    return sums


def read_all() -> dict[str, tuple[int, int]]:
    return {key: (listings, sold) for key, listings, sold in Phrase.objects.values_list("key", "listings", "sold")}


def check_keys() -> None:
    for phrase in Phrase.objects.prefetch_related("keys"):
        shown = may_be_shown(Kind(phrase.kind), listings=phrase.listings)
        assert phrase.is_shown is shown
        assert {key.typed for key in phrase.keys.all()} == (set(list_keys(phrase.text)) if shown else set())
        assert {(key.weight, key.language) for key in phrase.keys.all()} <= {(phrase.weight, phrase.language)}


def die_halfway(phrase_ids) -> None:
    recount(list(phrase_ids)[:1])
    raise MemoryError


def change_at_random(market, random_: random.Random, rows: list[Listing]) -> None:
    make = {
        "path": random_.choice(PATHS),
        "brand": random_.choice(["", "MUJI", "无印良品"]),
        "sold": random_.choice([0, 3, 700]),
    }
    zh, en = random_.choice(TITLES[:3] + TITLES[5:] + [""]), random_.choice([*TITLES[3:5], ""])
    if rows and random_.random() < 0.5:
        place = random_.randrange(len(rows))
        row = rows[place]
        shop = next(name for name, one in market.shops.items() if one.shop_id == row.shop_id)
        state = random_.choice([ListingState.SHOWN, ListingState.SHOWN, ListingState.HIDDEN, ListingState.GONE])
        rows[place] = market.put(zh, en, shop=shop, over=row, state=state, **make)
    else:
        rows.append(market.put(zh, en, shop=random_.choice(["alpha", "beta"]), **make))


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_those_of_all_listings_whatever_happens(market, seed, monkeypatch):
    random_, rows = random.Random(seed), []
    for _ in range(12):
        for _ in range(random_.randint(1, 6)):
            change_at_random(market, random_, rows)
        if random_.random() < 0.4:  # a process that dies in the middle of a batch
            with monkeypatch.context() as broken, pytest.raises(MemoryError):
                broken.setattr(counting, "recount", die_halfway)
                catch_up()
        if random_.random() < 0.3:  # a batch that comes again
            FeedPosition.objects.update(change_no=0)
        catch_up()
        assert read_all() == count_all()
    check_keys()
    outcome = sweep()
    assert outcome.is_clean and outcome.checked == Listing.objects.filter(state="shown").count()


def test_two_that_count_at_once_count_once(committed_db, market):
    market.put_many(30, "青釉马克杯", brand="MUJI")
    counting.number_changes()
    barrier, counted = threading.Barrier(2), []

    def run() -> None:
        barrier.wait()
        for _ in range(20):
            counted.append(count_changes(limit=5))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    catch_up()
    assert sum(counted) <= 30
    assert read_all() == count_all() and read_all()["b:muji"] == (30, 0)


def test_the_sweep_finds_and_mends_what_is_wrong(market):
    market.put_many(4, "青釉马克杯", brand="MUJI", sold=2)
    catch_up()
    muji = Phrase.objects.get(key="b:muji")
    PhraseShare.objects.filter(phrase=muji).update(listings=99)
    lost, ghost, stale = CountedListing.objects.order_by("pk")[:3]
    CountedListing.objects.filter(pk=lost.pk).delete()
    Listing.objects.filter(pk=ghost.pk).update(
        state="gone", digest="", document={}, card={}, words=[], version=ghost.version + 1
    )
    CountedListing.objects.filter(pk=stale.pk).update(version=0)
    outcomes = [sweep(listings=2, phrases=2) for _ in range(12)]
    assert sum(outcome.wrong_listings for outcome in outcomes) == 3
    assert sum(outcome.wrong_sums for outcome in outcomes) >= 1
    outcomes = [sweep(listings=2, phrases=2) for _ in range(12)]
    assert all(outcome.is_clean for outcome in outcomes)
    assert read_all() == count_all() and read_all()["b:muji"] == (3, 6)
    check_keys()


def test_a_change_that_waits_is_not_called_wrong(market):
    row = market.put("青釉马克杯")
    catch_up()
    market.put("青釉茶壶", over=row)
    assert sweep().is_clean
    catch_up()
    assert sweep().is_clean and read_all() == count_all()


def test_a_renamed_category_is_suggested_by_its_new_name(market):
    rows = market.put_many(2, "青釉茶碗")
    assert market.texts("马克") == ["马克杯"]
    named = MUGS.__class__(MUGS.category_id, MUGS.slug, MUGS.name.__class__("水杯", "Cups"))
    for row in rows:
        market.put("青釉茶碗", path=(TABLEWARE, named), over=row)
    assert market.texts("水") == ["水杯"] and market.texts("马克") == []
    check_keys()


def test_a_sale_more_touches_no_key(market):
    rows = market.put_many(40, "青釉马克杯", sold=50)
    catch_up()
    before = dict(PhraseKey.objects.values_list("pk", "weight"))
    market.put("青釉马克杯", sold=51, over=rows[0])
    catch_up()
    assert dict(PhraseKey.objects.values_list("pk", "weight")) == before
    assert read_all() == count_all()
