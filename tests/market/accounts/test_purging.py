"""What has done its work goes; what somebody needs stays."""

from datetime import timedelta

from market.accounts.contracts import AttemptKind, EntryKind, StaffRole
from market.accounts.models import Attempt, Ticket, User
from market.accounts.services import appoint_staff, count_attempt, mint_ticket
from market.accounts.tasks import purge_expired
from market.audit.selectors import list_entries
from tests.market.accounts.conftest import browser


def test_unfinished_sign_ups_go_and_people_stay(make_person, clock) -> None:
    browser().post("/accounts/signup/", {"by": "phone", "phone": "13800138000"})
    User.objects.update(created_at=clock.now - timedelta(days=10))
    person, _ = make_person(phone="13900139000", email=None), make_person()
    User.objects.exclude(phone_verified=False).update(created_at=clock.now - timedelta(days=10))
    purge_expired(clock.now)
    assert User.objects.count() == 2 and User.objects.filter(pk=person.user_id).exists()


def test_old_tickets_and_attempts_go(make_person, clock) -> None:
    mint_ticket(
        user_id=make_person().user_id,
        kind=EntryKind.PORTAL,
        next_path="/",
        two_factor=False,
        authenticated_at=clock.now,
        now=clock.now,
    )
    count_attempt(kind=AttemptKind.SMS_CODE, subject="x", now=clock.now)
    purge_expired(clock.move(minutes=10))
    assert (Ticket.objects.count(), Attempt.objects.count()) == (0, 1)
    purge_expired(clock.move(days=1))
    assert Attempt.objects.count() == 0


def test_appointing_staff_is_in_the_trail(make_person, clock) -> None:
    person = make_person()
    appoint_staff(user_id=person.user_id, role=StaffRole.FINANCE, actor_id=None, now=clock.now)
    entry = list_entries(target=("user", str(person.user_id)))[0]
    assert (entry.action, entry.detail) == ("staff.appointed", {"before": "", "after": "finance"})
    assert User.objects.get(pk=person.user_id).is_staff
