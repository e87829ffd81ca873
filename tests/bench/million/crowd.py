"""A crowd of listings as large as one likes, varied out of real ones: the same on every run.

A variation keeps the language, length and make-up of a real listing; what makes it another offer is drawn: its shop,
price, stock, sales and age, a model number of its own, and up to two words of its title left out.
"""

import itertools
import json
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from search.listings.codec import encode_card
from search.listings.contracts import IndexEntry, ListingDocument, ListingState
from search.listings.rules.entries import make_entry
from search.listings.services.rows import make_row
from tests.bench.million.progress import show_progress
from tests.search.listings.making import START
from tests.search.listings.samples import make_many, read_icecat, read_newbee

SHOPS = 2_000
MOST_BASES = 20_000
ROW_WORDS = 80
LIKED_PERCENT = 50
_GIN = {"listing_by_word": "words", "listing_by_category": "category_ids"}


@dataclass(frozen=True, slots=True)
class Base:
    """A real listing, made ready once for all its variations."""

    entry: IndexEntry
    card: dict[str, Any]  # JSON
    words: Sequence[str]
    title: tuple[str, str]


def list_bases(count: int) -> list[Base]:
    """Real listings where the sample files are, invented ones elsewhere."""
    folder = os.environ.get("JISHI_SAMPLE_DATA", "")
    most = min(count, MOST_BASES)
    if folder:
        documents = [*read_newbee(Path(folder)), *read_icecat(Path(folder), most=most)][:most]
    else:
        documents = list(make_many(most))
    return [_make_base(document) for document in documents]


def _make_base(document: ListingDocument) -> Base:
    row = make_row(1, 1, ListingState.SHOWN, document, old=None, source_version=1, now=START)
    return Base(
        make_entry(document),
        encode_card(document),
        row.words[:ROW_WORDS],
        (document.title.zh, document.title.en),
    )


def vary(bases: Sequence[Base], count: int, *, seed: int = 1) -> Iterator[tuple[Base, IndexEntry]]:
    """So many entries with ids from 1 on, each with the listing that it was made of."""
    chance = random.Random(seed)
    for listing_id in range(1, count + 1):
        base = bases[(listing_id - 1) % len(bases)]
        yield base, _vary_entry(base.entry, listing_id, chance)


def _vary_entry(entry: IndexEntry, listing_id: int, chance: random.Random) -> IndexEntry:
    title = list(entry.title_words)
    for _ in range(chance.randrange(3)):
        if len(title) > 4:
            title.pop(chance.randrange(1, len(title)))
    return replace(
        entry,
        listing_id=listing_id,
        version=1,
        shop_id=chance.randrange(1, SHOPS + 1),
        title_words=(*title, name_model(listing_id)),
        price_minor=max(100, int(entry.price_minor * chance.uniform(0.5, 1.5))),
        sold_30d=int(chance.paretovariate(1.1)) - 1,
        created_at=START + timedelta(minutes=chance.randrange(500_000)),
    )


def name_model(listing_id: int) -> str:
    """The model number that only this listing has, as a token."""
    return f"x{listing_id}"


def copy_rows(connection: psycopg.Connection, bases: Sequence[Base], count: int) -> None:
    """The same listings as rows, with cards and without whole documents; indexes are made once, at the end."""
    _drop_indexes(connection)
    cards = [json.dumps(base.card, ensure_ascii=False) for base in bases]
    rows = (
        _make_row(base, entry, cards[number % len(bases)]) for number, (base, entry) in enumerate(vary(bases, count))
    )
    first = next(rows)
    with connection.cursor() as cursor, cursor.copy(f"COPY listings_listing ({', '.join(first)}) FROM STDIN") as copy:
        for number, row in enumerate(itertools.chain((first,), rows), start=1):
            copy.write_row(tuple(row.values()))
            show_progress("rows loaded", number, count)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('listings_listing', 'id'), %s)", [count])
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for name, column in _GIN.items():
            cursor.execute(f"CREATE INDEX {name} ON listings_listing USING gin ({column})")
        cursor.execute("ANALYZE listings_listing")


def _drop_indexes(connection: psycopg.Connection) -> None:
    with connection.cursor() as cursor:
        for name in _GIN:
            cursor.execute(f"DROP INDEX {name}")


def _make_row(base: Base, entry: IndexEntry, card: str) -> dict[str, Any]:
    """The values of a row by column."""
    return {
        "id": entry.listing_id,
        "shop_id": entry.shop_id,
        "product_id": entry.listing_id,
        "state": ListingState.SHOWN.value,
        "version": 1,
        "source_version": 1,
        "digest": "crowd",
        "document": "{}",
        "card": card,
        "words": [*base.words, name_model(entry.listing_id)],
        "category_ids": list(entry.category_ids),
        "brand": entry.brand,
        "parameter_keys": list(entry.parameter_keys),
        "variant_keys": list(entry.variant_keys),
        "price_minor": entry.price_minor,
        "currency": "CNY",
        "in_stock": entry.in_stock,
        "sold_30d": entry.sold_30d,
        "rating_hundredths": entry.rating_hundredths,
        "rating_count": 0,
        "liked_percent": LIKED_PERCENT,
        "created_at": entry.created_at,
        "changed_at": START,
    }
