"""A storm of clicks and views that are reported far too often, while processes and the database are killed.

Each part runs in processes of its own against the database that the environment names; see `__main__`.
"""

from typing import Any

import django

import tests.environment  # noqa: F401 - before Django, as pytest loads it

django.setup()

Plan = dict[str, Any]
"""What was prepared, as JSON: the day, the shops with their limits, the tokens with their kinds."""

# What binds in each shop: nothing, a campaign's day, its total, the shop's day, the wallet. In parts of the demand.
SHOPS = {
    801: {"name": "roomy"},
    802: {"name": "campaign_day", "daily": 0.5},
    803: {"name": "campaign_total", "total": 0.5},
    804: {"name": "merchant_day", "shop_daily": 0.5},
    805: {"name": "wallet", "wallet": 0.5},
}
