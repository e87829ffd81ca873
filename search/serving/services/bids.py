"""What merchants bid for words over 28 days: kept as spans, moved on once an hour with what is bid now."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection

from search.auction.contracts import KeywordBid
from search.auction.reserves import LEAST_MERCHANTS
from search.campaigns.contracts import LiveCampaign
from search.serving.models import BidSpan

LOOKED_BACK = timedelta(days=28)
DAY = timedelta(days=1)

_GIVEN = "unnest(%s::text[], %s::bigint[], %s::bigint[]) AS given (words, shop_id, bid_minor)"
_MOVE = (
    f"UPDATE serving_bidspan AS span SET last_day = %s FROM {_GIVEN} WHERE span.words = given.words"  # noqa: S608
    " AND span.shop_id = given.shop_id AND span.bid_minor = given.bid_minor AND span.last_day = %s"
)
_BEGIN = (
    "INSERT INTO serving_bidspan (words, shop_id, bid_minor, first_day, last_day)"  # noqa: S608
    f" SELECT given.*, %s, %s FROM {_GIVEN} WHERE NOT EXISTS (SELECT FROM serving_bidspan AS span"
    " WHERE span.words = given.words AND span.shop_id = given.shop_id AND span.bid_minor = given.bid_minor"
    " AND span.last_day = %s)"
)
_READ = (
    "SELECT words, shop_id, bid_minor, first_day, last_day FROM serving_bidspan WHERE last_day > %s AND words IN"
    " (SELECT words FROM serving_bidspan WHERE last_day > %s GROUP BY words HAVING count(DISTINCT shop_id) >= %s)"
    " ORDER BY words, shop_id, first_day, bid_minor"
)


def note_bids(campaigns: Iterable[LiveCampaign], today: date) -> int:
    """Note what is bid today; noted again nothing changes. What is 28 days old is forgotten. Returns how many bids."""
    bids = sorted(
        {
            (" ".join(word.tokens), campaign.shop_id, word.bid_minor)
            for campaign in campaigns
            for ad in campaign.ads
            for word in ad.keywords
            if word.tokens
        }
    )
    BidSpan.objects.filter(last_day__lte=today - LOOKED_BACK).delete()
    if bids:
        columns = [list(column) for column in zip(*bids, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [today, *columns, today - DAY])
            cursor.execute(_BEGIN, [today, today, *columns, today])
    return len(bids)


def read_bids(today: date) -> dict[tuple[str, ...], list[KeywordBid]]:
    """The bids of 28 days, one for each day, of words that enough merchants bid for in that time: one statement."""
    after = today - LOOKED_BACK
    bids: dict[tuple[str, ...], list[KeywordBid]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_READ, [after, after, LEAST_MERCHANTS])
        for words, shop_id, bid_minor, first, last in cursor.fetchall():
            days = (last - max(first, after + DAY)).days + 1
            bids[tuple(words.split(" "))] += [KeywordBid(shop_id, bid_minor)] * days
    return bids
