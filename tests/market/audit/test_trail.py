"""The audit trail: it grows, and that is all it does."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from market.audit.contracts import ActorKind
from market.audit.models import AuditEntry
from market.audit.selectors import list_entries
from market.audit.services import NotInDeed, PersonalDetail, write_audit


@pytest.fixture
def write(any_db, clock) -> Callable[..., int]:
    def one(**facts: object) -> int:
        usual = {"action": "shop.opened", "actor_id": 7, "target_kind": "shop", "target_id": "3", "now": clock.now}
        return write_audit(**{**usual, **facts})  # type: ignore[arg-type]

    return one


def test_an_entry_says_who_did_what_to_what(write, clock) -> None:
    write(shop_id=3, detail={"from": "applied"})
    entry = list_entries(shop_id=3)[0]
    assert (entry.actor_id, entry.actor_kind, entry.action) == (7, ActorKind.MERCHANT, "shop.opened")
    assert entry.detail == {"from": "applied"} and entry.at == clock.now


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET action = 'nothing'",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
        "ALTER TABLE audit_auditentry DISABLE TRIGGER ALL",
    ],
)
def test_the_database_refuses_to_change_the_trail(write, statement: str) -> None:
    write()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().action == "shop.opened"


@pytest.mark.parametrize("key", ["phone", "email", "name", "street"])
def test_personal_data_does_not_enter_the_trail(write, key: str) -> None:
    with pytest.raises(PersonalDetail):
        write(detail={key: "x"})


def test_pages_of_the_trail_join_without_gap_or_repeat(write) -> None:
    written = [write(target_id=str(number)) for number in range(7)]
    seen: list[int] = []
    before = None
    while page := list_entries(before=before, limit=3):
        seen += [entry.entry_id for entry in page]
        before = page[-1].entry_id
    assert seen == sorted(written, reverse=True)


def test_one_shop_does_not_see_the_trail_of_another(write) -> None:
    write(shop_id=1)
    write(shop_id=2)
    assert [entry.shop_id for entry in list_entries(shop_id=1)] == [1]


def test_without_an_actor_it_was_the_system(write) -> None:
    write(actor_id=None)
    assert list_entries()[0].actor_kind is ActorKind.SYSTEM


def test_an_entry_belongs_to_the_transaction_of_its_deed(committed_db, write) -> None:
    with pytest.raises(NotInDeed):
        write()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write()
        _ = 1 / 0
    assert AuditEntry.objects.count() == 0
