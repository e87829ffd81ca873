"""The demo's fixed places: sold for today by the second price, bid for tomorrow, paid with cash, and made once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from billing.ledger.contracts import Code, Owner
from billing.ledger.selectors import get_balance, prove_ledger, trial_balance
from billing.wallets.selectors import get_wallet
from market.accounts.selectors import find_user_by_phone
from market.shops.selectors import read_epochs
from onebox.demo import lots
from onebox.demo.catalogue import build_catalogue
from onebox.demo.loading import load_all
from onebox.demo.lots import CASH_MINOR, load_lots
from onebox.demo.people import STAFF
from search.campaigns.contracts import PageKind
from search.slots.models import Lot, LotPart
from search.slots.selectors import list_running
from tests.conftest import Clock
from tests.fixtures.wechatpay import Simulator
from tests.onebox.demo.test_loading import _quiet


@pytest.fixture(autouse=True)
def a_provider(settings: Any, tmp_path: Path, wechat_settings: Simulator) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("hour", [0, 23])
def test_todays_places_are_sold_and_coming_ones_are_bid_for(
    db: None, clock: Clock, hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if hour:  # more than a thousand minutes to look at
        monkeypatch.setattr(lots, "_watch_until", lambda now: None)
    clock.now = datetime(2026, 11, 28, (hour - 8) % 24, 20, tzinfo=clock.now.tzinfo)
    wanted = [shop for shop in build_catalogue() if shop.slug in ("qinghe", "yedu")]
    few = [type(shop)(shop.slug, shop.name, shop.mark, shop.intro, shop.terms, shop.products[:2]) for shop in wanted]
    shops = load_all(few, now=clock.now, progress=_quiet)
    staff = find_user_by_phone(STAFF[0].phone)
    assert staff is not None

    def load() -> int:
        return load_lots(shops, wanted, staff_id=staff.pk, now=clock.now, progress=_quiet)

    assert load() == 6 and load() == 0
    running = {one.key: one.shop_id for one in list_running(page=PageKind.HOME, epochs=read_epochs(), now=clock.now)}
    by_slug = {shop.slug: shop.shop_id for shop in shops}
    assert running["home-carousel-1"] == by_slug["qinghe"] and running["home-carousel-2"] == by_slug["yedu"]
    sold = dict(Lot.objects.filter(shop_id__isnull=False).values_list("slot__key", "price_minor"))
    assert sold == {"home-carousel-1": 34_000, "home-carousel-2": 23_000}
    midnight = Lot.objects.earliest("starts_at").starts_at
    minutes = 0 if hour else -((midnight - clock.now) // timedelta(minutes=1))
    assert set(LotPart.objects.values_list("servable_minutes", flat=True)) == {minutes}
    wallet = get_wallet(by_slug["qinghe"])
    assert (wallet.cash_minor, wallet.held_minor) == (CASH_MINOR - 34_000, 38_000)
    assert get_balance(code=Code.SLOT_DEFERRED, owner=Owner.of_shop(by_slug["yedu"])).posted_minor == 23_000
    proof = prove_ledger()
    assert proof.sound and not proof.unposted and not any(trial_balance().differences.values())
