"""Who is held out sees no ads and is followed all the same: exposures and orders, each counted once."""

from datetime import timedelta

from search.serving.contracts import NO_ADS, Arm
from search.serving.models import Exposure, LiftSale, LiftSum
from search.serving.selectors import get_arms
from search.serving.services import get_server, note_lift_sale, purge_exposures, take_lift_sale_back
from search.serving.services.holding_out import note_exposures
from search.signals.rules.visitors import find_week
from search.signals.services import get_salts, name_person
from search.spending.contracts import StoredDecision
from search.spending.models import Decision
from tests.fixtures.serving import advertise, warm_up
from tests.fixtures.statements import captured_statements
from tests.search.serving.test_choosing import Street, street  # noqa: F401 - a fixture

BUYER, OTHER = 41, 42


def look(street: Street, user_id: int) -> bool:  # noqa: F811
    """Whether a member sees an ad on a page."""
    return bool(street.choose(person=name_person(user_id=user_id)).lines)


def arms_of(street: Street, number: int) -> tuple[Arm, Arm]:  # noqa: F811
    today = street.now.date()
    return get_arms(since=today, until=today, shop_id=street.shops[number].shop_id)


def buy(street: Street, share_no: str, *, user_id: int = BUYER, revenue: int = 1_000) -> bool:  # noqa: F811
    return note_lift_sale(
        share_no=share_no, shop_id=street.shops[0].shop_id, buyer_id=user_id, revenue_minor=revenue,
        ordered_at=street.now + timedelta(hours=1),
    )  # fmt: skip


def test_who_is_held_out_sees_nothing_and_the_auction_is_noted(street: Street, settings) -> None:  # noqa: F811
    advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    settings.ADS_HOLDOUT_PPM = 1_000_000
    server = get_server()
    server.state.shown.clear()
    assert street.choose(person=name_person(user_id=BUYER)) == NO_ADS
    assert not server.state.shown, "no lease is kept open for what nobody sees"
    assert street.choose().lines, "of whom nothing is known is shown ads"
    server.refresh(street.now)
    noted = Decision.objects.filter(held_out=True).get()
    assert [line["shop_id"] for line in noted.lines] == [street.shops[0].shop_id]
    assert Decision.objects.filter(held_out=False).count() == 1
    assert arms_of(street, 0) == (Arm(), Arm(visitors=1))
    assert arms_of(street, 1) == (Arm(), Arm()), "another shop's ad did not win"


def list_waiting() -> list[StoredDecision]:
    return [write() for write in get_server().state.waiting]


def test_a_visitor_counts_once_a_week_and_each_order_once(street: Street, settings) -> None:  # noqa: F811
    advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    assert not buy(street, "before"), "nothing was seen before it"
    for user_id, part in ((BUYER, 0), (BUYER, 0), (OTHER, 1_000_000)):
        settings.ADS_HOLDOUT_PPM = part
        look(street, user_id)
    waiting = list_waiting()
    get_server().refresh(street.now)
    assert note_exposures(waiting) == 0, "told again it is known"
    assert [buy(street, number, revenue=revenue) for number, revenue in (("a", 700), ("b", 300), ("a", 700))] == [
        True, True, False
    ]  # fmt: skip
    assert buy(street, "c", user_id=OTHER, revenue=50)
    assert not note_lift_sale(
        share_no="d", shop_id=street.shops[1].shop_id, buyer_id=BUYER, revenue_minor=9, ordered_at=street.now
    ), "another shop's order is not its ads'"
    both = Arm(visitors=1, buyers=1, orders=2, order_squares=4, revenue_minor=1_000, revenue_squares=1_000_000)
    held = Arm(visitors=1, buyers=1, orders=1, order_squares=1, revenue_minor=50, revenue_squares=2_500)
    assert arms_of(street, 0) == (both, held)
    assert take_lift_sale_back(share_no="a") and not take_lift_sale_back(share_no="a")
    assert take_lift_sale_back(share_no="c")
    shown, held_out = arms_of(street, 0)
    assert (
        shown
        == recount(False)
        == Arm(visitors=1, buyers=1, orders=1, order_squares=1, revenue_minor=300, revenue_squares=90_000)
    )
    assert held_out == recount(True) == Arm(visitors=1)


def test_visitors_are_forgotten_and_sums_stay(street: Street) -> None:  # noqa: F811
    advertise(street.offers[0], "马克杯", now=street.now)
    warm_up(street.now)
    look(street, BUYER)
    get_server().refresh(street.now)
    buy(street, "a")
    before = arms_of(street, 0)
    assert purge_exposures(before=street.now.date() + timedelta(days=1)) == 1
    assert not Exposure.objects.exists() and not LiftSale.objects.exists()
    assert arms_of(street, 0) == before and LiftSum.objects.count() == 1


def test_exposures_of_many_are_noted_in_one_statement(street: Street, settings, monkeypatch) -> None:  # noqa: F811
    for offer in street.offers[:2]:
        advertise(offer, "马克杯", now=street.now)
    warm_up(street.now)
    for user_id, part in ((BUYER, 0), (43, 0), (OTHER, 1_000_000)):
        settings.ADS_HOLDOUT_PPM = part
        look(street, user_id)
    waiting = list_waiting()
    get_salts({find_week(street.now.date())})
    with captured_statements(monkeypatch) as statements:
        assert note_exposures(waiting) == 6
    assert len(statements) == 2, f"the salts, and all the rest:\n{statements}"
    for number in (0, 1):
        assert arms_of(street, number) == (Arm(visitors=2), Arm(visitors=1))
    settings.ADS_HOLDOUT_PPM = 0
    look(street, 44)
    assert note_exposures(list_waiting()) == 2
    assert arms_of(street, 0)[0] == Arm(visitors=3)


def recount(held_out: bool) -> Arm:
    """By brute force, from single visitors."""
    rows = list(Exposure.objects.filter(held_out=held_out))
    return Arm(
        visitors=len(rows),
        buyers=sum(row.orders > 0 for row in rows),
        orders=sum(row.orders for row in rows),
        order_squares=sum(row.orders**2 for row in rows),
        revenue_minor=sum(row.revenue_minor for row in rows),
        revenue_squares=sum(row.revenue_minor**2 for row in rows),
    )
