"""How much there may be of everything. Money in minor units."""

MOST_CAMPAIGNS = 200
"""Of a shop, those that have not ended."""
MOST_CAMPAIGNS_EVER = 5_000
MOST_GROUPS = 50
MOST_GROUPS_EVER = 500
"""With those that were removed, as with all that may be `EVER`: clicks and reports still name them."""
MOST_ADS = 50
MOST_ADS_EVER = 500
MOST_WORDS = 200
MOST_WORDS_EVER = 2_000
MOST_NEGATIVES = 100
"""Of a campaign for all its groups, and of each group."""
MOST_EDITED = 500
"""Campaigns or words changed at once."""
MOST_CREATIVES = 200
MOST_CREATIVES_EVER = 5_000
MOST_WAITING = 20
"""Of a shop, creatives that staff have not looked at."""

LONGEST_NAME = 60
LONGEST_WORD = 40
MOST_TOKENS = 10
LONGEST_TITLE = 30
LONGEST_LANDING = 200
LONGEST_ADDRESS = 2_000
"""What may be typed of it: an address as browsers copy it, with all that follows the path."""
LONGEST_REASON = 200

LEAST_BUDGET_MINOR, LARGEST_BUDGET_MINOR = 1_000, 100_000_000
LEAST_CLICK_BID_MINOR, LARGEST_CLICK_BID_MINOR = 5, 99_999
LEAST_MILLE_BID_MINOR, LARGEST_MILLE_BID_MINOR = 100, 999_999
LEAST_PAGE_BPS, LARGEST_PAGE_BPS = 5_000, 60_000
MOST_VIEWS = 1_000
"""Of a frequency cap."""

CREATIVE_SIZES = ((1200, 400), (1200, 200), (600, 600))
"""Width and height in pixels: the carousel, a banner, a square. A picture may be larger in the same proportion."""
MOST_CREATIVE_BYTES = 1024 * 1024
