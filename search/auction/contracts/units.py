"""The units of this app, and how large things may be."""

PPM = 1_000_000
"""Millionths of one: click rates, relevance, weights of places."""

PER_THOUSAND = 1_000
"""Views are priced by the thousand (CPM)."""

LARGEST_BID_MINOR = 100_000_000
"""One million yuan: a larger bid is a mistake."""

BEST_QUALITY = 1_000

MOST_PLACES = 60

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
