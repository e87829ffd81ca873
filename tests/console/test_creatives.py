"""Staff look at merchants' pictures: approve, refuse with a reason, and nobody without the role."""

from django.urls import reverse
from django.utils import timezone

from market.accounts.contracts import StaffRole
from market.audit.selectors import list_entries
from search.campaigns.contracts import CreativeState
from search.campaigns.selectors import map_creatives
from tests.search.slots.conftest import make_creative


def address(name: str, *args: object) -> str:
    return reverse(f"console:{name}", args=args, urlconf="config.urls.console")


def test_a_picture_is_approved_or_refused_with_a_reason(make_shop, enter) -> None:
    shop, staff = make_shop("alpha"), enter(StaffRole.REVIEWER)
    first, second = (
        make_creative(shop.shop_id, timezone.now(), state=CreativeState.WAITING, size=size)
        for size in ((1_200, 400), (1_200, 200))
    )
    page = staff.get(address("ads-creatives")).content.decode()
    assert "1200×400" in page and "1200×200" in page and "Alpha" in page
    staff.post(address("decide-creative", first), word="approve")
    staff.post(address("decide-creative", second), word="refuse", reason=" ")
    assert map_creatives([second])[second].state is CreativeState.WAITING
    staff.post(address("decide-creative", second), word="refuse", reason="it promises cures")
    found = map_creatives([first, second])
    assert (found[first].state, found[second].state) == (CreativeState.APPROVED, CreativeState.REFUSED)
    assert found[second].reason == "it promises cures"
    assert [line.actor_id for line in list_entries(action="creative.approved", limit=5)] == [staff.user_id]
    assert "No picture waits" in staff.get(address("ads-creatives")).content.decode()


def test_who_is_no_reviewer_looks_and_decides_nothing(make_shop, enter) -> None:
    creative = make_creative(make_shop("alpha").shop_id, timezone.now(), state=CreativeState.WAITING)
    staff = enter(StaffRole.SUPPORT)
    assert "Approve" not in staff.get(address("ads-creatives")).content.decode()
    assert staff.post(address("decide-creative", creative), word="approve").status_code == 403
    assert map_creatives([creative])[creative].state is CreativeState.WAITING
