"""One-time tickets and the doors of portal and console."""

import threading
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from market.accounts.contracts import EntryKind, PersonView, StaffRole
from market.accounts.models import Ticket
from market.accounts.services import (
    BadTicket,
    appoint_staff,
    end_all_sessions,
    mint_ticket,
    redeem_ticket,
    set_totp_secret,
)
from market.audit.selectors import list_entries
from tests.market.accounts.conftest import PASSWORD, browser, newest_code

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def mint(person: PersonView, clock, **changes: object) -> str:
    facts = {
        "user_id": person.user_id,
        "kind": EntryKind.PORTAL,
        "next_path": "/products/",
        "two_factor": False,
        "authenticated_at": clock.now,
        "now": clock.now,
    }
    return mint_ticket(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_ticket_opens_once(make_person, clock) -> None:
    person = make_person()
    token = mint(person, clock)
    assert redeem_ticket(token=token, kind=EntryKind.PORTAL, now=clock.now).user_id == person.user_id
    with pytest.raises(BadTicket):
        redeem_ticket(token=token, kind=EntryKind.PORTAL, now=clock.now)


def test_a_ticket_is_good_for_thirty_seconds_and_no_longer(make_person, clock) -> None:
    person = make_person()
    early, late = mint(person, clock), mint(person, clock)
    clock.move(seconds=29)
    redeem_ticket(token=early, kind=EntryKind.PORTAL, now=clock.now)
    clock.move(seconds=1)
    with pytest.raises(BadTicket):
        redeem_ticket(token=late, kind=EntryKind.PORTAL, now=clock.now)


def test_a_ticket_of_another_host_is_refused_and_used_up(make_person, clock) -> None:
    token = mint(make_person(), clock)
    for kind in (EntryKind.CONSOLE, EntryKind.PORTAL):
        with pytest.raises(BadTicket):
            redeem_ticket(token=token, kind=kind, now=clock.now)


def test_only_the_hash_of_a_ticket_is_stored(make_person, clock) -> None:
    token = mint(make_person(), clock)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ticket::text FROM accounts_ticket ticket")
        assert token not in str(cursor.fetchall())


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\nb"]
)
def test_a_ticket_leads_nowhere_else(path: str, make_person, clock) -> None:
    token = mint(make_person(), clock, next_path=path)
    assert redeem_ticket(token=token, kind=EntryKind.PORTAL, now=clock.now).next_path == "/"


def test_of_many_who_come_with_one_ticket_one_enters(committed_db, make_person, clock) -> None:
    token = mint(make_person(), clock)
    barrier, entered, refused = threading.Barrier(8), [], []

    def come() -> None:
        barrier.wait(10)
        try:
            entered.append(redeem_ticket(token=token, kind=EntryKind.PORTAL, now=clock.now))
        except BadTicket:
            refused.append(1)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (len(entered), len(refused), Ticket.objects.count()) == (1, 7, 0)


# ---- Over HTTP ---------------------------------------------------------------------------------
@pytest.fixture
def merchant(make_person: Callable[..., PersonView]) -> Client:
    make_person(email="merchant@example.com")
    client = browser()
    client.post("/accounts/login/", {"login": "merchant@example.com", "password": PASSWORD})
    return client


def ticket_of(answer) -> str:
    return parse_qs(urlsplit(answer.headers["Location"]).query)["ticket"][0]


def portal_session(client: Client, next_path: str = "/") -> Client:
    answer = client.get("/accounts/go/portal/", {"next": next_path})
    assert urlsplit(answer.headers["Location"]).hostname == settings.PORTAL_HOST
    portal = browser(settings.PORTAL_HOST)
    portal.get("/enter", {"ticket": ticket_of(answer)})
    return portal


def test_the_market_hands_over_to_the_portal(merchant: Client) -> None:
    answer = merchant.get("/accounts/go/portal/", {"next": "/products/?page=2"})
    portal = browser(settings.PORTAL_HOST)
    entered = portal.get("/enter", {"ticket": ticket_of(answer)})
    assert entered.headers["Location"] == "/products/?page=2"
    assert portal.session["_auth_user_id"] == merchant.session["_auth_user_id"]
    assert portal.session.session_key != merchant.session.session_key
    cookie = portal.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["domain"], cookie["httponly"], cookie["samesite"]) == ("", True, "Lax")


def test_a_used_ticket_leads_to_a_page_that_says_the_way_on(merchant: Client) -> None:
    token = ticket_of(merchant.get("/accounts/go/portal/"))
    browser(settings.PORTAL_HOST).get("/enter", {"ticket": token})
    answer = browser(settings.PORTAL_HOST).get("/enter", {"ticket": token})
    assert answer.status_code == 403
    assert "/accounts/go/portal/" in answer.content.decode()


def test_a_link_from_another_site_signs_nobody_in(merchant: Client) -> None:
    token = ticket_of(merchant.get("/accounts/go/portal/"))
    portal = browser(settings.PORTAL_HOST)
    answer = portal.get("/enter", {"ticket": token}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert "_auth_user_id" not in portal.session
    assert portal.post("/enter", {"ticket": token}).status_code == 302


@pytest.mark.parametrize("host", ["PORTAL_HOST", "CONSOLE_HOST"])
def test_a_session_of_the_market_counts_on_no_other_host(merchant: Client, host: str) -> None:
    key = merchant.session.session_key
    thief = browser(getattr(settings, host))
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    thief.get("/enter", {"ticket": "none"})
    answer = browser()
    answer.cookies[settings.SESSION_COOKIE_NAME] = key
    assert answer.get("/account/profile/").status_code == 302, "the stolen session is gone everywhere"


def test_a_session_of_the_portal_does_not_open_the_market(merchant: Client) -> None:
    portal = portal_session(merchant)
    thief = browser()
    thief.cookies[settings.SESSION_COOKIE_NAME] = portal.session.session_key
    assert thief.get("/account/profile/").status_code == 302


def test_signing_out_everywhere_ends_the_sessions_of_every_host(merchant: Client, clock) -> None:
    portal = portal_session(merchant)
    user_id = int(merchant.session["_auth_user_id"])
    end_all_sessions(user_id=user_id, actor_id=user_id, now=clock.now)
    assert merchant.get("/account/profile/").status_code == 302
    portal.get("/enter", {"ticket": "none"})
    assert "_auth_user_id" not in portal.session or _is_anonymous(portal)


def _is_anonymous(client: Client) -> bool:
    from django.contrib.auth import get_user
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.session = client.session
    return not get_user(request).is_authenticated


# ---- Two factors ---------------------------------------------------------------------------------
def staff(make_person, clock, *, with_app: bool) -> Client:
    person = make_person(email="staff@example.com")
    appoint_staff(user_id=person.user_id, role=StaffRole.REVIEWER, actor_id=None, now=clock.now)
    if with_app:
        set_totp_secret(user_id=person.user_id, secret=SECRET)
    client = browser()
    client.post("/accounts/login/", {"login": "staff@example.com", "password": PASSWORD})
    return client


def totp_now() -> str:
    from allauth.mfa.totp.internal import auth

    return auth.format_hotp_value(auth.hotp_value(SECRET, next(auth.yield_hotp_counters_from_time()) + 1))


def test_a_shopper_does_not_enter_the_console(merchant: Client) -> None:
    assert merchant.get("/accounts/go/console/").status_code == 403


def test_staff_without_a_second_factor_are_led_to_set_it_up(make_person, clock) -> None:
    answer = staff(make_person, clock, with_app=False).get("/accounts/go/console/")
    assert answer.headers["Location"] == "/accounts/two-factor/totp/activate/"


def test_staff_sign_in_with_two_factors_and_enter_the_console(make_person, clock) -> None:
    client = staff(make_person, clock, with_app=True)
    assert client.get("/accounts/go/console/").status_code == 302
    assert "_auth_user_id" not in client.session, "the password alone signs nobody in"
    client.post("/accounts/two-factor/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session
    client.post("/accounts/two-factor/authenticate/", {"code": totp_now()})
    answer = client.get("/accounts/go/console/")
    console = browser(settings.CONSOLE_HOST)
    assert console.get("/enter", {"ticket": ticket_of(answer)}).status_code == 302
    assert console.session["proof"][0] is True
    assert list_entries()[0].action == "console.entered"


def test_staff_cannot_switch_the_second_factor_off(make_person, clock) -> None:
    client = staff(make_person, clock, with_app=True)
    client.post("/accounts/two-factor/authenticate/", {"code": totp_now()})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = client.post("/accounts/two-factor/totp/deactivate/", {})
    assert "has to stay" in answer.content.decode()


def test_the_secret_of_the_app_is_unreadable_at_rest(make_person, clock) -> None:
    staff(make_person, clock, with_app=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert SECRET not in str(cursor.fetchall())


def test_money_actions_ask_again_after_a_quarter_of_an_hour(merchant: Client, monkeypatch) -> None:
    session = merchant.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1_000_000_000.0}]
    session.save()
    answer = merchant.get("/accounts/go/portal/", {"again": "1", "next": "/payouts/"})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    answer = merchant.post(answer.headers["Location"], {"password": PASSWORD})
    assert answer.headers["Location"].startswith("/accounts/go/portal/")
    assert "ticket=" in merchant.get(answer.headers["Location"]).headers["Location"]


def test_without_a_password_a_code_answers_when_asked_again(make_person) -> None:
    make_person(email=None, phone="13800138000", password=None)
    client = browser()
    client.post("/accounts/login/code/", {"phone": "13800138000"})
    client.post("/accounts/login/code/confirm/", {"code": newest_code("+8613800138000")})
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": 1_000_000_000.0}]
    session.save()
    answer = client.get("/accounts/go/portal/", {"again": "1"})
    where = answer.headers["Location"]
    assert where.startswith("/accounts/prove/?next=")
    for wrong in ("000000", "", "１２３４５６"):
        assert client.post(where, {"code": wrong}).status_code == 200, "no code was sent yet"
    client.post(where, {"send": "1"})
    assert client.post(where, {"code": "000000"}).status_code == 200
    answer = client.post(where, {"code": newest_code("+8613800138000")})
    assert "ticket=" in client.get(answer.headers["Location"]).headers["Location"]


def test_three_wrong_codes_end_a_proof(make_person) -> None:
    make_person(email="x@example.com")
    client = browser()
    client.post("/accounts/login/", {"login": "x@example.com", "password": PASSWORD})
    client.post("/accounts/prove/", {"send": "1"})
    code = newest_code("x@example.com")
    for _ in range(3):
        client.post("/accounts/prove/", {"code": "000000"})
    assert client.post("/accounts/prove/", {"code": code}).status_code == 200
