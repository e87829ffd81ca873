"""Staff set places up, price them, and take lots away with a reason."""

from datetime import UTC, datetime, timedelta

from market.accounts.contracts import StaffRole
from search.slots.contracts import LotState
from search.slots.models import Lot
from search.slots.selectors import list_slots
from tests.console.test_creatives import address


def _soon() -> dict[str, datetime]:
    """The lots that the page shows."""
    return {"starts_at__lt": datetime.now(UTC) + timedelta(days=3)}


def test_places_are_set_up_priced_and_a_lot_is_cancelled_with_a_reason(db, enter) -> None:
    staff = enter(StaffRole.REVIEWER)
    assert "Set up the usual places" in staff.get(address("ads-places")).content.decode()
    staff.post(address("set-up-places"))
    assert len(list_slots()) == 5 and Lot.objects.filter(starts_at__gt=datetime.now(UTC)).count() >= 30
    one = list_slots()[0]
    staff.post(address("set-place-price", one.slot_id), reserve="0", step="5")
    assert list_slots()[0] == one
    staff.post(address("set-place-price", one.slot_id), reserve="300", step="5")
    assert (list_slots()[0].terms.reserve_minor, list_slots()[0].terms.step_minor) == (30_000, 500)
    lot = Lot.objects.filter(slot_id=one.slot_id).earliest("starts_at")
    staff.post(address("cancel-lot", lot.pk), reason=" ")
    assert Lot.objects.get(pk=lot.pk).state == LotState.OPEN.value
    staff.post(address("cancel-lot", lot.pk), reason="the page is rebuilt")
    assert Lot.objects.get(pk=lot.pk).state == LotState.CANCELLED.value
    page = staff.get(address("ads-places")).content.decode()
    assert (
        "300.00" in page
        and page.count("Open for bids") == Lot.objects.filter(state=LotState.OPEN.value, **_soon()).count()
    )
    assert page.count("Bids end") == 3, "days whose bids end at once say so once"


def test_who_is_no_reviewer_changes_nothing(db, enter) -> None:
    staff = enter(StaffRole.SUPPORT)
    assert "Set up the usual places" not in staff.get(address("ads-places")).content.decode()
    assert staff.post(address("set-up-places")).status_code == 403 and list_slots() == []


def test_the_form_of_a_new_place_asks_for_a_name_and_not_for_a_secret(db, enter) -> None:
    page = enter(StaffRole.REVIEWER).get(address("add-place"), "zh-CN").content.decode()
    assert "标识" in page and "密钥" not in page
