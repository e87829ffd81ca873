"""A field key can be replaced: everything is written anew, public and private, and read without the old key."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import connection

from market.accounts.contracts import AttemptKind
from market.accounts.models import User
from market.accounts.services import count_attempt, register_person, set_totp_secret
from market.notifications.contracts import Channel
from market.notifications.models import SentMessage
from market.notifications.services import keep_message

SECRET = "JBSWY3DPEHPK3PXP"


def test_everything_is_read_after_the_old_key_is_gone(db, clock, settings, shop_a) -> None:
    settings.FIELD_INDEX_KEY = "index"
    settings.FIELD_KEYS = ["old"]
    person = register_person(email="a@example.com", phone="13800138000", now=clock.now)
    set_totp_secret(user_id=person.user_id, secret=SECRET)
    keep_message(channel=Channel.SMS, to="+8613800138000", subject="", body="hello", now=clock.now)
    count_attempt(kind=AttemptKind.SMS_CODE, subject="x", now=clock.now)
    before = _raw()
    settings.FIELD_KEYS = ["new", "old"]
    call_command("rotate_field_keys", verbosity=0)
    settings.FIELD_KEYS = ["new"]
    assert User.objects.get().phone == "+8613800138000"
    assert SentMessage.objects.get().body == "hello"
    app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert get_adapter().decrypt(app.data["secret"]) == SECRET
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap()
    assert len(codes.get_unused_codes()) == 10
    assert _raw() != before


def _raw() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_user UNION SELECT body FROM notifications_sentmessage")
        return str(cursor.fetchall())
