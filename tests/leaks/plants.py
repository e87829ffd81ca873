"""Leaks planted one by one into the guards that keep shops apart, each with the walk that has to catch it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from django.core.cache import cache

from market.accounts.models import User
from market.jobs import services as jobs
from market.media.models import MediaFile
from market.shops.contracts import Role
from market.shops.selectors import find_shop_by_slug, get_shop
from market.shops.tenancy import current
from merchant_portal import access
from merchant_portal.dashboard import views as dashboard
from merchant_portal.goods import views as goods
from merchant_portal.imports import views as imports
from merchant_portal.orders import views as orders
from merchant_portal.shop_settings import views as shop_settings
from storefront.browse import kept
from storefront.orders import views as bought
from tenants.catalog.contracts import ParameterValue, Text
from tenants.catalog.selectors import selling
from tests.leaks import walk
from tests.leaks.addresses import Address
from tests.leaks.canaries import Canary
from tests.leaks.stage import Stage
from tests.leaks.walk import CONSOLE, MARKET, PORTAL, Walker
from web.api import tokens

Patch = pytest.MonkeyPatch


@dataclass(frozen=True, slots=True)
class Plant:
    """What is broken, who walks where, and what has to be found."""

    name: str
    make: Callable[[Patch, Stage], None]
    walkers: tuple[Walker, ...]
    kind: str
    expects: str
    pages: tuple[str, ...] = ("",)
    writes: bool = False

    def goes_to(self, address: Address) -> bool:
        """Whether the walk looks at this address."""
        return address.kind == self.kind and address.name.startswith(self.pages)


def everybody_is_a_member(patch: Patch, stage: Stage) -> None:
    patch.setattr(access, "list_memberships", lambda user_id: [(shop, Role.OWNER) for shop in stage.shops])


def the_session_is_believed(patch: Patch, stage: Stage) -> None:
    real = access._find_visit

    def find(request: Any) -> Any:
        visit = real(request)
        return replace(visit, shop=get_shop(request.session["portal_shop"])) if visit else None

    patch.setattr(access, "_find_visit", find)


def the_address_is_believed(patch: Patch, stage: Stage) -> None:
    real = access._find_visit

    def find(request: Any) -> Any:
        visit, wanted = real(request), request.GET.get("shop_id", "")
        return replace(visit, shop=get_shop(int(wanted))) if visit and wanted else visit

    patch.setattr(access, "_find_visit", find)


def a_shop_that_is_asked_for_is_chosen(patch: Patch, stage: Stage) -> None:
    def find(request: Any) -> Any:
        if shop := find_shop_by_slug(request.GET.get("shop", "")):
            request.session["portal_shop"] = shop.shop_id
        shop = get_shop(request.session.get("portal_shop", stage.other.shop_id))
        return access.Visit(request.user.pk, shop, Role.MANAGER, (shop,))

    patch.setattr(access, "_find_visit", find)


def another_schema_is_entered(patch: Patch, stage: Stage) -> None:
    class Elsewhere:
        def __getattr__(self, name: str) -> Any:
            return getattr(current, name)

        def enter_schema(self, schema: str) -> None:
            current.enter_schema(stage.shop.schema if schema == stage.other.schema else schema)

    patch.setattr("market.shops.tenancy.current", Elsewhere())


def orders_of_all_shops_are_listed(patch: Patch, stage: Stage) -> None:
    real = orders.list_shop_shares
    for module in (orders, dashboard):
        patch.setattr(module, "list_shop_shares", lambda **options: real(**{**options, "shop_id": stage.shop.shop_id}))


def an_order_is_anybodys(patch: Patch, stage: Stage) -> None:
    real, buyer_id = bought.get_buyer_share, stage.people["buyer"]
    patch.setattr(bought, "get_buyer_share", lambda *, share_no, **_: real(share_no=share_no, buyer_id=buyer_id))


def drafts_are_listed(patch: Patch, stage: Stage) -> None:
    patch.setattr("search.listings.services.copying.can_be_shown", lambda sheet, shop: True)


def a_sheet_says_what_it_cost(patch: Patch, stage: Stage) -> None:
    real = selling.read_sheet

    def read(row: Any, variants: Any) -> Any:
        sheet, cost = real(row, variants), str(variants[0].cost_minor)
        said = ParameterValue(Text("成本", "Cost"), Text(cost, cost))
        return replace(sheet, parameters=(*sheet.parameters, said))

    patch.setattr(selling, "read_sheet", read)


def a_kept_page_greets_by_name(patch: Patch, stage: Stage) -> None:
    real = kept.render

    def greet(request: Any, template: str, context: Any) -> Any:
        response = real(request, template, context)
        response.content += getattr(request.user, "display_name", "").encode()
        return response

    patch.setattr(kept, "render", greet)
    patch.setattr(kept, "settings", SimpleNamespace(SESSION_COOKIE_NAME="of-nobody"))


def another_shop_is_exported(patch: Patch, stage: Stage) -> None:
    real = goods.export_products
    patch.setattr(goods, "export_products", lambda *, shop, base_url: real(shop=stage.shop, base_url=base_url))


def a_tokens_shop_is_not_looked_at(patch: Patch, stage: Stage) -> None:
    patch.setattr(tokens, "map_shops", lambda epochs: {shop.shop_id: stage.shop for shop in stage.shops})


def a_persons_token_is_not_looked_at(patch: Patch, stage: Stage) -> None:
    def find(self: Any, request: Any, token: Any) -> Any:
        return tokens.Caller(stage.people["buyer"], token.scopes)

    patch.setattr(tokens.PersonTokens, "find_caller", find)


def a_job_is_anybodys(patch: Patch, stage: Stage) -> None:
    real = imports.get_job
    patch.setattr(imports, "get_job", lambda *, job_id, shop_id: real(job_id=job_id, shop_id=stage.shop.shop_id))


def a_job_is_stopped_by_anybody(patch: Patch, stage: Stage) -> None:
    a_job_is_anybodys(patch, stage)
    patch.setattr(
        imports,
        "stop_job",
        lambda *, job_id, shop_id, now: jobs.stop_job(job_id=job_id, shop_id=stage.shop.shop_id, now=now),
    )


def a_private_file_is_anybodys(patch: Patch, stage: Stage) -> None:
    patch.setattr(
        "market.media.selectors._get_document_row", lambda media_id, shop_id: MediaFile.objects.get(pk=media_id)
    )


def every_role_may_everything(patch: Patch, stage: Stage) -> None:
    patch.setattr(access.Visit, "may", lambda visit, right: True)


def everybody_is_staff(patch: Patch, stage: Stage) -> None:
    patch.setattr(User, "is_staff", property(lambda user: True))


def a_telephone_is_logged(patch: Patch, stage: Stage) -> None:
    real = bought.get_order

    def get(share_no: str) -> Any:
        order = real(share_no)
        structlog.get_logger("storefront").info("order.shown", phone=order.ship_to.phone)
        return order

    patch.setattr(bought, "get_order", get)


def a_team_is_kept_in_the_cache(patch: Patch, stage: Stage) -> None:
    real = shop_settings.list_people_by_ids

    def read(ids: Any) -> Any:
        people = real(ids)
        cache.set("leaks-team", [person.display_name for person in people.values()], 60)
        return people

    patch.setattr(shop_settings, "list_people_by_ids", read)


def _on(walker: Walker, kind: str) -> tuple[Walker, ...]:
    return (replace(walker, kinds=(kind,)),)


SHOPPER_IN, STRANGER_IN = _on(walk.SHOPPER, PORTAL), _on(walk.STRANGER, PORTAL)
ASKING_ONLY = (replace(walk.ASKING, shop=1),)  # no old session helps
BROWSE = ("storefront:", "api:")
PLANTS = (
    Plant("everybody is a member", everybody_is_a_member, SHOPPER_IN, PORTAL, Canary.NOTES),
    Plant("an old session is believed", the_session_is_believed, (walk.ASKING,), PORTAL, Canary.COST),
    Plant("the address is believed", the_address_is_believed, (walk.ASKING,), PORTAL, Canary.WAREHOUSE),
    Plant("any shop can be chosen", a_shop_that_is_asked_for_is_chosen, ASKING_ONLY, PORTAL, Canary.OWNER),
    Plant("another schema is entered", another_schema_is_entered, STRANGER_IN, PORTAL, Canary.DRAFT),
    Plant("orders of all shops", orders_of_all_shops_are_listed, STRANGER_IN, PORTAL, Canary.SALES),
    Plant("an order is anybody's", an_order_is_anybodys, _on(walk.SHOPPER, MARKET), MARKET, Canary.STREET, BROWSE),
    Plant("drafts are listed", drafts_are_listed, _on(walk.VISITOR, MARKET), MARKET, Canary.DRAFT, BROWSE),
    Plant("a sheet carries cost", a_sheet_says_what_it_cost, _on(walk.VISITOR, MARKET), MARKET, Canary.COST, BROWSE),
    Plant(
        "a kept page greets by name",
        a_kept_page_greets_by_name,
        (walk.BUYER, *_on(walk.VISITOR, MARKET)),
        MARKET,
        Canary.RECIPIENT,
        ("storefront:",),
    ),
    Plant("another shop is exported", another_shop_is_exported, STRANGER_IN, PORTAL, Canary.ARCHIVED),
    Plant("a token's shop", a_tokens_shop_is_not_looked_at, (walk.SHOP_TOKEN,), PORTAL, Canary.RECIPIENT),
    Plant("a person's token", a_persons_token_is_not_looked_at, (walk.PERSON_TOKEN,), MARKET, Canary.STREET),
    Plant("a job is anybody's", a_job_is_anybodys, STRANGER_IN, PORTAL, Canary.FILE_NAME),
    Plant(
        "a job is stopped by anybody",
        a_job_is_stopped_by_anybody,
        STRANGER_IN,
        PORTAL,
        "changes jobs_job",
        ("portal:stop-import",),
        writes=True,
    ),
    Plant(
        "another schema is written to",
        another_schema_is_entered,
        (walk.SHOP_TOKEN,),
        PORTAL,
        "changes inventory_stockmovement",
        ("merchant-api:stock",),
        writes=True,
    ),
    Plant("a private file is anybody's", a_private_file_is_anybodys, STRANGER_IN, PORTAL, Canary.FILE),
    Plant("every role may everything", every_role_may_everything, (walk.FULFILMENT,), PORTAL, Canary.COST),
    Plant("everybody is staff", everybody_is_staff, _on(walk.SHOPPER, CONSOLE), CONSOLE, Canary.SALES),
    Plant("a telephone is logged", a_telephone_is_logged, (walk.BUYER,), MARKET, Canary.PHONE, ("storefront:order",)),
    Plant("a team in the cache", a_team_is_kept_in_the_cache, (walk.OWNER,), PORTAL, Canary.OWNER, ("portal:team",)),
)
