"""What the books are made of: accounts, owners, codes and legs."""

from dataclasses import dataclass
from enum import StrEnum


class _Word(StrEnum):
    """A word that hashes as the string it equals: accounts are looked up several times for each leg of a posting."""

    __hash__ = str.__hash__


class Side(_Word):
    """The two columns of a book."""

    DEBIT = "D"
    CREDIT = "C"

    @property
    def other(self) -> "Side":
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class Book(_Word):
    """Every transaction balances within each book it touches."""

    MAIN = "main"
    CUSTODY = "custody"
    POINTS = "points"
    CREDITS = "credits"


class FloorKind(StrEnum):
    """How far down an account's available balance may go: anywhere, to zero, or to a limit of its own."""

    NONE = "none"
    ZERO = "zero"
    LIMIT = "limit"


class OwnerKind(_Word):
    """Whose account it is; part of what makes an account unique."""

    PLATFORM = "platform"
    PSP = "psp"
    BANK = "bank"
    CARRIER = "carrier"
    SHOP = "shop"
    SHOP_PSP = "shop_psp"
    ORDER = "order"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account. The id of everything that belongs to a shop begins with the shop's id."""

    kind: OwnerKind
    id: str = ""

    @classmethod
    def of_platform(cls) -> "Owner":
        return cls(OwnerKind.PLATFORM)

    @classmethod
    def of_psp(cls, psp: str) -> "Owner":
        return cls(OwnerKind.PSP, psp)

    @classmethod
    def of_bank(cls, bank_account: str) -> "Owner":
        return cls(OwnerKind.BANK, bank_account)

    @classmethod
    def of_carrier(cls, carrier: str) -> "Owner":
        return cls(OwnerKind.CARRIER, carrier)

    @classmethod
    def of_shop(cls, shop_id: int) -> "Owner":
        return cls(OwnerKind.SHOP, str(shop_id))

    @classmethod
    def of_shop_at_psp(cls, shop_id: int, psp: str) -> "Owner":
        return cls(OwnerKind.SHOP_PSP, f"{shop_id}/{psp}")

    @classmethod
    def of_order(cls, shop_id: int, share_no: str) -> "Owner":
        return cls(OwnerKind.ORDER, f"{shop_id}/{share_no}")

    @classmethod
    def of_user(cls, user_id: int) -> "Owner":
        return cls(OwnerKind.USER, str(user_id))

    @property
    def shop_id(self) -> int | None:
        """The shop an account belongs to, for statements of a shop."""
        if self.kind in (OwnerKind.SHOP, OwnerKind.SHOP_PSP, OwnerKind.ORDER):
            return int(self.id.partition("/")[0])
        return None


class Code(_Word):
    """The chart of accounts by number; names, sides and floors are in `billing.ledger.rules.CHART`."""

    PSP_RECEIVABLE = "1010"
    BANK = "1020"
    COD_RECEIVABLE = "1030"
    MERCHANT_RECEIVABLE = "1040"
    DISPUTE_RECEIVABLE = "1055"
    CUSTODY_AT_PSP = "1060"
    ESCROW = "2010"
    CUSTODY_OWED = "2015"
    PAYABLE = "2020"
    PAYOUT_IN_TRANSIT = "2030"
    REFUND_PAYABLE = "2040"
    AD_WALLET_CASH = "2050"
    AD_WALLET_BONUS = "2051"
    SLOT_DEFERRED = "2070"
    DEFERRED_PLAN = "2080"
    POINTS_LIABILITY = "2090"
    VAT_PAYABLE = "2095"
    CUSTOMER_WALLET = "2100"
    DISPUTE_HOLD = "2110"
    MERCHANT_DEPOSIT = "2130"
    COMMISSION = "4010"
    ADS_CPC = "4020"
    ADS_CPM = "4021"
    ADS_SLOT = "4022"
    ADS_SALE = "4023"
    ADS_PROMO = "4029"
    PLAN = "4030"
    BREAKAGE = "4090"
    PSP_FEE = "5010"
    PLATFORM_COUPON = "5020"
    POINTS = "5030"
    DISPUTE_FEE = "5040"
    BAD_DEBT = "5050"
    COD_FEE = "5060"
    ROUNDING = "5070"
    SUSPENSE = "9020"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """The natural key of an account, without its row."""

    book: Book
    currency: str
    code: Code
    owner: Owner

    @classmethod
    def of_row(cls, book: str, currency: str, code: str, owner_kind: str, owner_id: str) -> "AccountRef":
        """An account's key from the columns of its row."""
        return cls(Book(book), currency, Code(code), Owner(OwnerKind(owner_kind), owner_id))


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a posting.

    With `spill`, what the account's available balance cannot bear goes to the account named there instead.
    """

    account: AccountRef
    side: Side
    amount_minor: int
    spill: AccountRef | None = None
