"""Following what is advertised: campaigns, their goods, and the tables that a timer works out."""

import time
from collections.abc import Iterable

from market.shops.contracts import Epochs
from market.shops.selectors import read_epochs
from search.campaigns.contracts import LiveCampaign
from search.campaigns.selectors import get_floors, read_changes, read_live
from search.listings.selectors import find_highest_number, list_changed, list_closed_shop_ids
from search.serving.contracts import Product
from search.serving.rules.index import list_products
from search.serving.rules.scoring import Scores
from search.serving.selectors import get_quality_table, map_reserves, read_goods
from search.serving.services.state import ServerState
from search.spending.services import take_back_beyond

ALL_GOODS_SECONDS = 300.0
"""All goods are read again so often, whatever the changes said."""

TABLES_SECONDS = 60.0

LOOK_AGAIN_SECONDS = 10.0
"""Longer than anybody waits for a lock with a lease in hand."""


def load_all(state: ServerState) -> None:
    """Everything that runs. Changes that happen meanwhile are found by the next reading."""
    reading = state.reading
    reading.position = read_changes(after=None).position
    reading.change_no = find_highest_number()
    epochs = read_epochs()
    reading.shops_epoch, state.closed_shop_ids = epochs.shops, list_closed_shop_ids(epochs)
    campaigns = read_live(None)
    _load_goods(state, list_products(campaigns), epochs)
    for campaign in campaigns:
        _put(state, campaign)
    read_tables(state)


def read_tables(state: ServerState) -> None:
    """Floors, reserves and qualities as they are now; each is replaced whole, where it changed."""
    floors, reserves, table = get_floors(), map_reserves(), get_quality_table()
    is_new = (floors != state.floors, reserves != state.reserves, table.version != state.scores.version)
    state.floors = floors if is_new[0] else state.floors
    state.reserves = reserves if is_new[1] else state.reserves
    state.scores = Scores(table) if is_new[2] else state.scores
    if any(is_new):
        state.forget_answers()  # they would keep the old tables in memory


def follow_campaigns(state: ServerState) -> int:
    """Take over what changed of campaigns, and let lower limits hold at once. Returns how many changed."""
    changes = read_changes(after=state.reading.position)
    if changes.campaign_ids:
        live = {campaign.campaign_id: campaign for campaign in read_live(changes.campaign_ids)}
        differing = _load_goods(state, list_products(live.values()), read_epochs())
        _put_again(state, state.index.list_advertising(differing) - live.keys())
        for campaign_id in changes.campaign_ids:
            if campaign_id in live:
                _put(state, live[campaign_id])
            else:
                state.index.drop(campaign_id)
            state.money.dry_until.pop(campaign_id, None)  # it may have a budget again
    _keep_limits(state, changes.campaign_ids)
    state.reading.position = changes.position
    return len(changes.campaign_ids)


def _keep_limits(state: ServerState, changed_ids: Iterable[int]) -> None:
    """Let lower limits hold for what was lent before, also for a lease that was being taken just then: nobody sees it
    until it is committed."""
    moment = time.monotonic()
    until = state.reading.changed_until | dict.fromkeys(changed_ids, moment + LOOK_AGAIN_SECONDS)
    state.reading.changed_until = {campaign_id: at for campaign_id, at in until.items() if at >= moment}
    if state.reading.changed_until:
        take_back_beyond(state.reading.changed_until)


def follow_goods(state: ServerState, *, everything: bool) -> int:
    """Take over what changed of advertised goods: sold out, back, hidden, renamed; and which shops are open, of which
    a merchant's own picture knows nothing. Returns how many goods were read."""
    epochs = read_epochs()
    changed, change_no = list_changed(after=state.reading.change_no)
    shops_changed = epochs.shops != state.reading.shops_epoch
    advertised = state.index.list_products()
    products = advertised if everything or shops_changed else sorted(set(changed) & set(advertised))
    closed = list_closed_shop_ids(epochs) if shops_changed else state.closed_shop_ids
    differing = _load_goods(state, products, epochs)  # the last statement: what it finds is taken over in any case
    moved, state.closed_shop_ids = state.closed_shop_ids ^ closed, closed
    of_shops = state.index.list_of_shops(moved) if moved else set()
    _put_again(state, state.index.list_advertising(differing) | of_shops)
    state.reading.change_no, state.reading.shops_epoch = change_no, epochs.shops
    return len(products)


def _put(state: ServerState, campaign: LiveCampaign) -> None:
    state.index.put(campaign, state.goods, is_shop_open=campaign.shop_id not in state.closed_shop_ids)


def _put_again(state: ServerState, campaign_ids: Iterable[int]) -> None:
    """Hold campaigns as they were, with goods and shops as they are."""
    for campaign_id in campaign_ids:
        campaign = state.index.find_campaign(campaign_id)
        if campaign is not None:
            _put(state, campaign)


def _load_goods(state: ServerState, products: list[Product], epochs: Epochs) -> list[Product]:
    """Read these goods anew. Returns those that differ: whatever campaign holds them has to be put again."""
    before = {product: state.goods.get(product) for product in products}
    found = {goods.product: goods for goods in read_goods(products, epochs=epochs)}
    for product in products:
        if product in found:
            state.goods[product] = found[product]
        else:
            state.goods.pop(product, None)
    return [product for product in products if state.goods.get(product) != before[product]]
