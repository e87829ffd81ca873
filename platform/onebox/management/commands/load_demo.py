"""`load_demo`: shops, people and goods of the demo; again, it adds what is missing."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing.payments.contracts import ProviderError
from billing.payments.services import enrol_merchant
from market.accounts.selectors import find_user_by_phone
from market.shops.contracts import ShopContext
from onebox.demo.ads import CAMPAIGNS
from onebox.demo.ads_month import load_ads
from onebox.demo.ads_sales import load_plans
from onebox.demo.catalogue import build_catalogue
from onebox.demo.loading import load_all
from onebox.demo.lots import load_lots
from onebox.demo.payouts import load_payouts
from onebox.demo.people import SHOPPERS, STAFF, list_sign_ins
from onebox.demo.sales import load_sales
from onebox.demo.searches import load_searches
from onebox.places import current_place, write_private
from search.listings.selectors import find_highest_listing_id

GATEWAY = "wechatpay"
PAID_SHOP = "qinghe"


class Command(BaseCommand):
    """Prints `progress LABEL DONE/TOTAL` lines, which the launcher turns into a bar."""

    requires_system_checks: list[str] = []
    help = "Load the demo's shops, people and goods."

    def handle(self, *args: Any, **options: Any) -> None:
        shops = load_all(build_catalogue(), now=timezone.now(), progress=self._show)
        write_private(current_place().local / "sign-ins.json", json.dumps(list_sign_ins(), ensure_ascii=False))
        if settings.WECHATPAY["sp_mchid"]:
            self._enrol(shops)
        buyers = [found.pk for person in SHOPPERS if (found := find_user_by_phone(person.phone))]
        load_sales(
            buyer_ids=buyers,
            highest_listing_id=find_highest_listing_id(),
            now=timezone.now(),
            progress=self._show,
        )
        load_searches(now=timezone.now(), progress=self._show)
        self._load_ads(shops, buyers)
        advertisers = {one.slug for one in CAMPAIGNS}
        besides = {shop.shop_id for shop in shops if shop.slug in advertisers}
        load_plans(shops, buyer_ids=buyers, besides=besides, now=timezone.now())
        self._load_lots(shops)
        approvers = [found.pk for person in STAFF if (found := find_user_by_phone(person.phone))]
        paid_shop = next((shop for shop in shops if shop.slug == PAID_SHOP), None)
        if paid_shop is not None and len(approvers) == 2:
            load_payouts(shop=paid_shop, approver_ids=(approvers[0], approvers[1]), now=timezone.now())
        self.stdout.write(f"{len(shops)} shops are open.")

    def _load_ads(self, shops: list[ShopContext], buyers: list[int]) -> None:
        staff = find_user_by_phone(STAFF[0].phone)
        if staff is not None:
            load_ads(shops, buyer_ids=buyers, staff_id=staff.pk, now=timezone.now(), progress=self._show)

    def _load_lots(self, shops: list[ShopContext]) -> None:
        staff = find_user_by_phone(STAFF[0].phone)
        if staff is not None and settings.WECHATPAY["own_mchid"]:
            load_lots(shops, build_catalogue(), staff_id=staff.pk, now=timezone.now(), progress=self._show)

    def _enrol(self, shops: list[ShopContext]) -> None:
        """An account at the payment provider for each shop. A provider that is away is a reason to start again."""
        for number, shop in enumerate(shops):
            try:
                enrol_merchant(
                    shop_id=shop.shop_id, shop_name=shop.name.best("zh-hans"), gateway=GATEWAY, now=timezone.now()
                )
            except ProviderError as error:
                raise CommandError(
                    f"The payment simulator did not give {shop.name.best('en')} an account ({error}). "
                    "Start again: the goods are kept and only this is repeated."
                ) from error
            self._show("payment accounts", number + 1, len(shops))

    def _show(self, label: str, done: int, total: int) -> None:
        self.stdout.write(f"progress {label} {done}/{total}")
        self.stdout.flush()
