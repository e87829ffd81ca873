"""The people of the demo: shoppers, merchants and staff, all with one password that everybody may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from market.accounts.contracts import Language, StaffRole
from market.accounts.selectors import find_user_by_phone, list_addresses
from market.accounts.services import AddressDraft, add_address, appoint_staff, register_person, set_totp_secret

PASSWORD = "jishi-demo-2026"  # noqa: S105 - printed by the launcher, for a machine nobody else reaches
STAFF_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - the same


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in; the telephone number is how the loader knows them again."""

    email: str
    phone: str
    name: str
    language: Language = Language.CHINESE
    addresses: tuple[AddressDraft, ...] = ()
    staff_role: StaffRole | None = None
    shops: tuple[str, ...] = ()


SHOPPERS = (
    DemoPerson(
        "xiaohe@example.com",
        "13800138001",
        "小禾",
        addresses=(
            AddressDraft("陈小禾", "13800138001", "330106", "文二西路217号3幢1602室", is_default=True),
            AddressDraft("陈小禾", "13800138001", "310101", "南京东路100号8楼前台"),
        ),
    ),
    DemoPerson(
        "lin@example.com",
        "13800138002",
        "林川",
        addresses=(AddressDraft("林川", "13800138002", "510104", "书院街18号2单元501"),),
    ),
    DemoPerson(
        "emma@example.com",
        "13800138003",
        "Emma",
        language=Language.ENGLISH,
        addresses=(AddressDraft("Emma Clark", "13800138003", "440305", "Flat 12B, 88 Houhai Avenue"),),
    ),
)

STAFF = (
    DemoPerson("staff@example.com", "13800138090", "周值班", staff_role=StaffRole.ADMIN),
    DemoPerson("finance@example.com", "13800138091", "吴账房", staff_role=StaffRole.FINANCE),
)

MERCHANTS = (
    DemoPerson("qinghe@example.com", "13800138010", "沈青禾", shops=("qinghe", "taishang")),
    DemoPerson("beian@example.com", "13800138011", "陆北", shops=("beian",)),
    DemoPerson("yedu@example.com", "13800138012", "韩渡", shops=("yedu",)),
    DemoPerson("shanjian@example.com", "13800138013", "叶山", shops=("shanjian",)),
    DemoPerson("mubai@example.com", "13800138014", "白木", shops=("mubai",)),
    DemoPerson("xiaoman@example.com", "13800138015", "苏小满", shops=("xiaoman",)),
    DemoPerson("yiye@example.com", "13800138016", "许一页", shops=("yiye",)),
    DemoPerson("renzhen@example.com", "13800138017", "梁砧", shops=("renzhen",)),
    DemoPerson("tinglan@example.com", "13800138018", "江澜", shops=("tinglan",)),
    DemoPerson("zhangshang@example.com", "13800138019", "方集", shops=("zhangshang",)),
    DemoPerson("zhaolu@example.com", "13800138020", "顾露", shops=("zhaolu",)),
    DemoPerson("jimu@example.com", "13800138021", "丁町", shops=("jimu",)),
    DemoPerson("manxing@example.com", "13800138022", "齐行", shops=("manxing",)),
    DemoPerson("fengwei@example.com", "13800138023", "蒋蜜", shops=("fengwei",)),
    DemoPerson("yuanzhang@example.com", "13800138024", "罗远", shops=("yuanzhang",)),
    DemoPerson("lvshe@example.com", "13800138025", "谢履", shops=("lvshe",)),
)


def ensure_people(people: Iterable[DemoPerson], *, now: datetime) -> dict[str, int]:
    """Register who is missing. Returns the id of each by e-mail address."""
    return {person.email: _ensure_person(person, now) for person in people}


def owner_of(slug: str) -> DemoPerson:
    """The merchant whose shop this is. Raises LookupError."""
    for person in MERCHANTS:
        if slug in person.shops:
            return person
    raise LookupError(slug)


def list_sign_ins() -> list[dict[str, str]]:
    """What the launcher prints: who, with what name and password."""
    merchant = MERCHANTS[0]
    return [
        {"who": "Shopper", "sign_in": SHOPPERS[0].email, "password": PASSWORD},
        {"who": "Shopper (English)", "sign_in": SHOPPERS[2].email, "password": PASSWORD},
        {"who": "Merchant", "sign_in": merchant.email, "password": f"{PASSWORD}  ({', '.join(merchant.shops)})"},
        {"who": "Staff", "sign_in": STAFF[0].email, "password": f"{PASSWORD}  (code: ./run manage staff_code)"},
    ]


def _ensure_person(person: DemoPerson, now: datetime) -> int:
    known = find_user_by_phone(person.phone)
    if known is not None:
        user_id: int = known.pk
    else:
        view = register_person(
            email=person.email,
            phone=person.phone,
            password=PASSWORD,
            display_name=person.name,
            language=person.language,
            now=now,
        )
        user_id = view.user_id
    _ensure_addresses(user_id, person, now)
    if person.staff_role and (known is None or not known.staff_role):
        appoint_staff(user_id=user_id, role=person.staff_role, actor_id=None, now=now)
        set_totp_secret(user_id=user_id, secret=STAFF_SECRET)
    return user_id


def _ensure_addresses(user_id: int, person: DemoPerson, now: datetime) -> None:
    if person.addresses and not list_addresses(user_id):
        for draft in person.addresses:
            add_address(user_id=user_id, draft=draft, now=now)
