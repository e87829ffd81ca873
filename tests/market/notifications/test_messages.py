"""Messages: kept unreadable, shown in the demo only, and purged."""

import pytest
from django.conf import settings
from django.core.mail import send_mail
from django.db import connection
from django.test import Client

from market.accounts.contracts import StaffRole
from market.accounts.second_factor import list_demo_codes
from market.accounts.services import appoint_staff, register_person, set_totp_secret
from market.accounts.sms import send_sms
from market.notifications.backends import ConsoleSmsBackend
from market.notifications.contracts import Channel
from market.notifications.models import SentMessage
from market.notifications.selectors import list_latest_messages
from market.notifications.tasks import purge_messages


@pytest.fixture(autouse=True)
def _outbox(settings, db) -> None:
    settings.EMAIL_BACKEND = "market.notifications.backends.OutboxEmailBackend"
    settings.SMS_BACKEND = "market.notifications.backends.OutboxSmsBackend"


def test_mail_and_text_messages_wait_in_the_outbox_newest_first() -> None:
    send_mail("Hello", "code 123456", "no-reply@example.com", ["a@example.com", "b@example.com"])
    send_sms(to="+8613800138000", body="code 654321", purpose="code")
    found = [(message.channel, message.to, message.body) for message in list_latest_messages()]
    assert found[0] == (Channel.SMS, "+8613800138000", "code 654321")
    assert {to for _, to, _ in found} == {"+8613800138000", "a@example.com", "b@example.com"}


def test_who_got_what_is_unreadable_at_rest() -> None:
    send_sms(to="+8613800138000", body="code 654321", purpose="code")
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text FROM notifications_sentmessage m")
        text = str(cursor.fetchall())
    assert "13800138000" not in text and "654321" not in text


def test_the_outbox_page_exists_in_a_demo_only(settings) -> None:
    send_sms(to="+8613800138000", body="code 654321", purpose="code")
    browser = Client(headers={"host": settings.MARKET_HOST})
    settings.DEMO = False
    assert browser.get("/_outbox/").status_code == 404
    settings.DEMO = True
    answer = browser.get("/_outbox/")
    assert "654321" in answer.content.decode() and "no-store" in answer.headers["Cache-Control"]


def test_the_outbox_tells_the_second_factor_of_the_demo_staff(settings, clock) -> None:
    person = register_person(email="staff@example.com", now=clock.now)
    appoint_staff(user_id=person.user_id, role=StaffRole.ADMIN, actor_id=None, now=clock.now)
    set_totp_secret(user_id=person.user_id, secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert list_demo_codes() == []
    settings.DEMO = True
    ((email, code),) = list_demo_codes()
    assert (
        email == "staff@example.com"
        and code in Client(headers={"host": settings.MARKET_HOST}).get("/_outbox/").content.decode()
    )


def test_no_other_host_shows_the_outbox(settings) -> None:
    settings.DEMO = True
    for host in (settings.PORTAL_HOST, settings.CONSOLE_HOST):
        assert Client(headers={"host": host}).get("/_outbox/").status_code == 404


def test_messages_are_purged_after_a_week(clock) -> None:
    send_sms(to="+8613800138000", body="x", purpose="code")
    SentMessage.objects.update(created_at=clock.now)
    assert purge_messages(clock.move(days=6)) == 0
    assert purge_messages(clock.move(days=2)) == 1


def test_a_developer_sees_the_code_on_the_console(caplog) -> None:
    ConsoleSmsBackend().send(to="+8613800138000", body="code 654321", purpose="code")
    assert "654321" in caplog.text


def test_the_settings_name_backends_that_exist() -> None:
    assert settings.SMS_BACKEND.startswith("market.notifications.backends.")
