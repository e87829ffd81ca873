"""Every page of the console says where one is: one entry of the rail is marked, whatever the address."""

import re

import pytest
from django.template import Context
from django.template.loader import get_template
from django.template.loader_tags import BlockNode
from django.test import RequestFactory
from django.urls import reverse

from market.accounts.contracts import StaffRole
from tests.console.test_doors import addresses
from tests.fixtures.ads import make_ad

# Where what stands under an address of its own belongs to: by the first part, or the first two.
ELSEWHERE = {
    "/find": "purchases",
    "/search/": "synonyms",
    "/ads/campaigns/": "advertisers",
    "/ads/charges/": "ads-charging",
}


def draw_rail(path: str) -> str:
    """The rail of a page at this address, as the frame draws it."""
    template = get_template("console/frame.html").template
    (nav,) = [node for node in template.nodelist.get_nodes_by_type(BlockNode) if node.name == "nav"]
    context = Context({"request": RequestFactory().get(path)})
    with context.bind_template(template):
        return nav.nodelist.render(context)


def list_marked(rail: str) -> list[str]:
    """The addresses of the entries that are marked."""
    return re.findall(r'<a href="([^"]+)" aria-current="page"', rail)


def find_door(path: str) -> str:
    """The address of the entry that a page belongs to, by its own address alone."""
    for beginning, name in ELSEWHERE.items():
        if path.startswith(beginning):
            return reverse(f"console:{name}", urlconf="config.urls.console")
    parts = path.split("/")
    deep = 3 if parts[1] in ("ads", "advertising") else 2
    return "/".join(parts[:deep]) + "/" if parts[1] else "/"


@pytest.mark.parametrize("path", [path for _, path in addresses()], ids=[name for name, _ in addresses()])
def test_one_entry_of_the_rail_is_marked_at_every_address(path: str, settings) -> None:
    settings.ROOT_URLCONF = "config.urls.console"
    assert list_marked(draw_rail(path)) == [find_door(path)]


def test_a_campaign_stands_under_the_advertisers(db, enter, clock) -> None:
    ad = make_ad(shop_id=1, now=clock.now)
    page = enter(StaffRole.SUPPORT).get(f"/ads/campaigns/{ad.campaign_id}/")
    assert page.status_code == 200
    rail = page.content.decode().partition('class="menu"')[2].partition("</nav>")[0]
    assert list_marked(rail) == ["/ads/advertisers/"]
