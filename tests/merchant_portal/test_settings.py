"""Profile, freight and team."""

import pytest
from django.db import transaction

from market.shops.selectors import get_shop
from market.shops.tenancy import enter_shop
from tenants.shipping.contracts import FreightTerms
from tenants.shipping.selectors import get_terms

FREIGHT = {"flat_minor": "8", "free_from_minor": "99.00", "ships_from": "景德镇", "handling_hours": "24"}


def terms_of(merchant) -> FreightTerms:
    with transaction.atomic(), enter_shop(merchant.shop):
        return get_terms()


def test_a_profile_is_changed_and_its_address_stays(merchant) -> None:
    said = {"name_zh": "新名字", "name_en": "New Name", "intro_zh": "手作", "intro_en": "By hand"}
    assert merchant.browser.post("/settings/profile/", said).status_code == 302
    shop = get_shop(merchant.shop.shop_id)
    assert (shop.name.zh, shop.intro.en, shop.slug) == ("新名字", "By hand", "alpha")
    assert "alpha.jishi.localhost" in merchant.browser.get("/settings/profile/").content.decode()


def test_a_profile_without_a_name_is_refused_and_stays_typed(merchant) -> None:
    answer = merchant.browser.post("/settings/profile/", {"name_zh": " ", "intro_zh": "手作"})
    assert answer.status_code == 422
    assert "手作" in answer.content.decode()


def test_freight_is_set(merchant) -> None:
    assert merchant.browser.post("/settings/freight/", FREIGHT).status_code == 302
    assert terms_of(merchant) == FreightTerms(800, 9_900, "景德镇", 24)
    merchant.browser.post("/settings/freight/", {**FREIGHT, "flat_minor": "0", "free_from_minor": ""})
    assert terms_of(merchant) == FreightTerms(0, None, "景德镇", 24)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"flat_minor": ""}, "flat_minor"),
        ({"flat_minor": "eight"}, "flat_minor"),
        ({"flat_minor": "-1"}, "flat_minor"),
        ({"flat_minor": "5000"}, "flat_minor"),
        ({"free_from_minor": "0"}, "free_from_minor"),
        ({"handling_hours": "0"}, "handling_hours"),
        ({"handling_hours": "9999"}, "handling_hours"),
        ({"handling_hours": "soon"}, "handling_hours"),
    ],
)
def test_freight_that_cannot_be_is_said_at_its_field(said, field, merchant) -> None:
    answer = merchant.browser.post("/settings/freight/", {**FREIGHT, **said})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert terms_of(merchant).flat_minor == 0


def test_the_team_names_its_people_and_roles(merchant) -> None:
    page = merchant.browser.get("/settings/team/").content.decode()
    assert "Owner" in page
    assert "Dispatch" in page
