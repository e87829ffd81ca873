"""The first shop's advertising: a campaign, a picture, a sold click, a top-up that waits."""

from datetime import date, datetime
from io import BytesIO

from PIL import Image

from billing.wallets.services import open_top_up
from market.media.services import store_picture
from market.shops.contracts import ShopContext
from search.auction.contracts import MatchType
from search.campaigns.contracts import CampaignDraft, CampaignKind, GroupDraft, NegativeDraft, WordDraft
from search.campaigns.models import Ad, Creative, Keyword, NegativeKeyword
from search.campaigns.services import add_negatives, create_campaign
from search.per_sale.contracts import PlanDraft
from search.per_sale.services import create_plan
from search.spending.models import AdEvent, Credit, Finding
from search.spending.services import record_click
from tests.fixtures.ads import AdRow, fund, lend, show, visitor


def advertise(shop: ShopContext, *, product_id: int, owner_id: int, day: date, now: datetime) -> dict[str, object]:
    """Make it all. Returns the values that addresses of advertising have for this shop."""
    draft = CampaignDraft(name="A campaign", kind=CampaignKind.KEYWORD, daily_budget_minor=20_000, starts_on=day)
    group = GroupDraft(
        name="Cups", bid_minor=60, product_ids=(product_id,), words=(WordDraft("cup", MatchType.PHRASE),)
    )
    campaign_id = create_campaign(
        shop_id=shop.shop_id, key="leaks", draft=draft, group=group, runs=True, actor_id=owner_id, now=now
    )
    negatives = [NegativeDraft("plastic", MatchType.BROAD)]
    add_negatives(shop_id=shop.shop_id, campaign_id=campaign_id, drafts=negatives, actor_id=owner_id, now=now)
    ad = Ad.objects.get(group__campaign_id=campaign_id)
    fund(shop.shop_id, 100_000, now)
    row = AdRow(ad.pk, ad.group_id, campaign_id, shop.shop_id, product_id)
    token = show(row, lend(row, now).lease_id, now)
    record_click(token=token, facts=visitor(), now=now)
    event = AdEvent.objects.get(ad_id=ad.pk)
    top_up = open_top_up(
        shop_id=shop.shop_id, amount_minor=5_000, gateway="wechatpay", key="leaks", actor_id=owner_id, now=now
    )
    creative = _draw(shop, now)
    return {
        "campaign_id": campaign_id,
        "group_id": ad.group_id,
        "ad_id": ad.pk,
        "word_id": Keyword.objects.get(group_id=ad.group_id).pk,
        "negative_id": NegativeKeyword.objects.get(campaign_id=campaign_id).pk,
        "creative_id": creative.pk,
        "number": top_up.number,
        "year": day.year,
        "month": day.month,
        "day": event.day.isoformat(),
        "decision_id": event.decision_id,
        "portal:ads-charge/token": event.token,
        "ads-charge/token": event.token,
        "storefront:ad/token": token,
        "portal:ads-given-back-clicks/finding_id": _find(event, now),
        "plan_id": _plan(shop, product_id, owner_id, now),
        "charge_id": 1,
        "page": "search",
        "charge": "click",
        "slot_id": 1,
        "lot_id": 1,
    }


def _plan(shop: ShopContext, product_id: int, owner_id: int, now: datetime) -> int:
    draft = PlanDraft(name="A plan", default_bps=500, goods={product_id: None})
    return create_plan(shop_id=shop.shop_id, key="leaks", draft=draft, runs=True, actor_id=owner_id, now=now)


def _find(event: AdEvent, now: datetime) -> int:
    """The click, found invalid later and given back."""
    finding = Finding.objects.create(
        shop_id=event.shop_id, day=event.day, grouped_by="person", who=event.person, reasons=["no_dwell"],
        rules_version=1, evidence={"clicks": 6}, events=1, amount_micro=1, state="approved",
        found_at=now, decided_at=now,
    )  # fmt: skip
    Credit.objects.create(finding=finding, day=event.day, token=event.token, kind=event.kind, amount_micro=1)
    return finding.pk


def _draw(shop: ShopContext, now: datetime) -> Creative:
    file = BytesIO()
    Image.new("RGB", (1200, 400), (20, 90, 120)).save(file, "PNG")
    media_id = store_picture(shop_id=shop.shop_id, content=file.getvalue(), file_name="banner.png", now=now)
    return Creative.objects.create(
        shop_id=shop.shop_id, title="A banner", media_id=media_id, landing="/", created_at=now
    )
