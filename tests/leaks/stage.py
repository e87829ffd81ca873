"""The first shop with a canary in every private field, a buyer of it, and the strangers who go looking."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from billing.checkout.contracts import CartOwner, Offer
from billing.checkout.selectors import get_cart
from billing.checkout.services import PlaceRequest, add_line, place_purchase, quote_cart
from billing.ledger.contracts.shop_books import EntryFilter
from billing.ledger.rules import CodDelivered, EscrowReleased
from billing.settlement.contracts import Span
from billing.settlement.contracts.payouts import AccountKind, BankAccountDraft, ChannelName
from billing.settlement.contracts.reconciling import StatementKind
from billing.settlement.exporting.files import EntryExport, start_entry_export
from billing.settlement.exporting.sheets import FileFormat
from billing.settlement.models.payouts import Payout, PayoutBatch
from billing.settlement.rules.statements import period_at
from billing.settlement.selectors.reconciling import find_run_of, list_findings
from billing.settlement.services.bank_accounts import set_bank_account
from billing.settlement.services.days import business_date
from billing.settlement.services.reconciling_files import receive_statement
from billing.settlement.services.statements import make_statement
from market.accounts.models import User
from market.accounts.services import AddressDraft, add_address, register_person
from market.jobs.services import run_job
from market.media.services import store_document
from market.outbox.models import Delivery, Event
from market.shops.contracts import Role, Scope, ShopContext
from market.shops.models import Membership
from market.shops.services import approve_shop, open_shop
from market.shops.tenancy import enter_shop
from market.shops.tokens import make_token
from search.collections.contracts import Collection, ListRule
from search.collections.services import save_collection
from search.listings.contracts import Sort
from search.listings.engines.chosen import get_indexes
from search.listings.engines.tantivy.writer import TantivyIndexer
from search.listings.selectors import find_listing_id
from search.listings.services import refresh_shop
from search.listings.services.indexing import catch_up
from search.listings.services.running import open_index
from tenants.catalog.contracts import BulkChange, BulkKind, ProductDraft, ProductStatus, Text, VariantDraft
from tenants.catalog.services import bulk_change, create_product
from tenants.inventory.contracts import Wanted
from tenants.inventory.imports import start_import
from tenants.inventory.models import Warehouse
from tenants.inventory.services import add_warehouse, receive_stock
from tenants.orders.contracts import PaymentMethod, ShipTo
from tests.billing.settlement.books import post_all
from tests.billing.settlement.reconciling.bills import MERCHANT, paid, trade_bill
from tests.fixtures.goods import stock_product
from tests.leaks import canaries
from tests.leaks.advertising import advertise

FILE = (
    "handle,title_zh,sku,price,stock,status\n"
    "kanrowqx7-a,kanrowqx7 一,KAN-A,10.00,3,draft\n"
    "kanrowqx7-b,kanrowqx7 二,KAN-B,kanrowqx7,3,draft\n"
)


@dataclass
class Stage:
    """Ids of everybody and everything.

    `values` are the first shop's ids for the parameters of addresses; `form` is what strangers send to pages, `bodies`
    what they send to operations that ask for more than nothing.
    """

    shops: tuple[ShopContext, ...]
    people: dict[str, int]
    tokens: dict[str, str]
    values: dict[str, object]
    form: dict[str, object]
    offer: Offer
    secrets: list[str] = field(default_factory=list)
    bodies: dict[str, dict[str, object]] = field(default_factory=dict)
    indexer: TantivyIndexer | None = None
    position: int = 0

    @property
    def shop(self) -> ShopContext:
        """The first shop: whose secrets these are."""
        return self.shops[0]

    @property
    def other(self) -> ShopContext:
        """The shop of the stranger."""
        return self.shops[1]

    def publish(self) -> None:
        """Copy the goods of all shops into listings and index, as the relay and the indexer would."""
        for shop in self.shops:
            refresh_shop(shop_id=shop.shop_id, now=datetime.now(UTC))
        if self.indexer is None:
            self.indexer, self.position = open_index(get_indexes(), rebuild=True, progress=lambda count: None)
        self.position = catch_up(self.indexer, after=self.position)


def sign_in(user_id: int, kind: str, *, shop_id: int | None = None) -> str:
    """A session as it comes to be on a kind of host, proved with two factors; with a shop chosen on the portal."""
    session = SessionStore()
    session[SESSION_KEY] = str(user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = User.objects.get(pk=user_id).get_session_auth_hash()
    session["host_kind"] = kind
    session["proof"] = [True, datetime.now(UTC).timestamp()]
    if shop_id is not None:
        session["portal_shop"] = shop_id
    session.save()
    return str(session.session_key)


def set_stage() -> Stage:
    """Two shops, their teams, goods, imports, tokens, and an order; every private field of the first has a canary.

    A third shop, of the first one's owner, waits for its approval.
    """
    now = datetime.now(UTC)
    people = _register(now)
    shops = tuple(
        approve_shop(
            shop_id=open_shop(owner_id=people[owner], name_zh=name, name_en=slug, slug=slug, now=now).shop_id,
            actor_id=1,
            now=now,
        )
        for slug, name, owner in (("alpha", "甲铺", "owner"), ("beta", "乙铺", "stranger"))
    )
    shop, other = shops
    unopened = open_shop(owner_id=people["owner"], name_zh="丙铺", name_en="gamma", slug="gamma", now=now)
    stock_product(unopened, sku="GAMMA-1", title="kanunopenedqx7", now=now)
    for person, role in (("fulfilment", Role.FULFILMENT), ("goods", Role.GOODS)):
        Membership.objects.create(shop_id=shop.shop_id, user_id=people[person], role=role.value, since=now)
    offer = stock_product(
        shop,
        sku="ALPHA-1",
        price_minor=canaries.PRICE_MINOR,
        title="公开的杯子",
        cost_minor=canaries.COST_MINOR,
        private_notes="kannotesqx7",
        now=now,
    )
    stock_product(other, sku="BETA-1", title="乙铺的茶", now=now)
    values, form = _fill_shop(shop, offer, people, now)
    stage = Stage((shop, other, unopened), people, {}, values, form, offer)
    variant_id = offer.variant_id
    stage.bodies |= {
        "merchant-api:parcels": {"carrier": "sf", "tracking_number": "SF1234567"},
        "merchant-api:product-status": {"status": "draft"},
        "merchant-api:stock-counts": {"counts": [{"variant_id": variant_id, "on_hand": 7}]},
        "merchant-api:stock-receipts": {"received": [{"variant_id": variant_id, "quantity": 1}]},
        "api:cart-line": {"quantity": 9},
    }
    stage.publish()
    values["listing_id"] = find_listing_id(shop_id=shop.shop_id, product_id=offer.product_id)
    form |= {"listing_id": values["listing_id"], "listing": values["listing_id"]}
    _buy(stage, now)
    _move_money(stage, now)
    _compare_bill(stage, now)
    _pay_out(stage, now)
    _make_tokens(stage, now)
    values["delivery_id"] = _some_delivery(shop, now)
    values |= advertise(shop, product_id=offer.product_id, owner_id=people["owner"], day=business_date(now), now=now)
    return stage


def _register(now: datetime) -> dict[str, int]:
    names = {
        "owner": "kanownerqx7",
        "fulfilment": "kanmemberqx7",
        "goods": "kanmemberqx7 two",
        "stranger": "Owner of the other shop",
        "buyer": "kanbuyerqx7",
        "shopper": "Another shopper",
    }
    emails = {"owner": "kanownerqx7", "fulfilment": "kanmemberqx7", "goods": "kanmemberqx7-2", "buyer": "kanmailqx7"}
    return {
        person: register_person(now=now, email=f"{emails.get(person, person)}@example.com", display_name=name).user_id
        for person, name in names.items()
    }


def _fill_shop(
    shop: ShopContext, offer: Offer, people: dict[str, int], now: datetime
) -> tuple[dict[str, object], dict[str, object]]:
    """Drafts, stock, imports of the first shop. Returns values of addresses, and of the form that strangers send."""
    with transaction.atomic(), enter_shop(shop):
        draft_id = create_product(draft=_hidden("kandraftqx7", ProductStatus.DRAFT, "KAN-D"), now=now)
        create_product(draft=_hidden("kanarchivedqx7", ProductStatus.ARCHIVED, "KAN-O"), now=now)
        edit = bulk_change(
            change=BulkChange(BulkKind.ADD_TAG, tag="kantagqx7"),
            product_ids=[draft_id],
            actor_id=people["owner"],
            now=now,
        )
        warehouse_id = add_warehouse(code="kanwarehouseqx7", name="kanwarehouseqx7")
        receive_stock(
            received=[Wanted(offer.variant_id, 40)],
            warehouse_id=warehouse_id,
            actor_id=people["owner"],
            reference="kanreferenceqx7",
            now=now,
        )
        assert Warehouse.objects.count() == 2
    job_id = _import(shop, FILE, people["owner"], now)
    run_job(job_id=job_id, clock=lambda: datetime.now(UTC))
    waiting_id = _import(shop, FILE.replace("-a,", "-c,"), people["owner"], now)
    media_id = store_document(
        shop_id=shop.shop_id,
        content=FILE.replace("-a,", "-d,").encode(),
        file_name="kanfileqx7-kept.csv",
        content_type="text/csv",
        now=now,
    )
    shown = Collection(0, shop.shop_id, "", Text("上新", "New in"), ListRule(sort=Sort.NEWEST))
    shown = save_collection(collection=shown, actor_id=people["owner"], now=now)
    hidden = Collection(0, shop.shop_id, "", Text("kanlistqx7"), ListRule(), is_shown=False)
    hidden = save_collection(collection=hidden, actor_id=people["owner"], now=now)
    values: dict[str, object] = {
        "product_id": offer.product_id,
        "portal:copy-product/product_id": draft_id,
        "edit_id": edit.edit_id,
        "job_id": job_id,
        "portal:stop-import/job_id": waiting_id,
        "media_id": media_id,
        "variant_id": offer.variant_id,
        "warehouse_id": warehouse_id,
        "shop_id": shop.shop_id,
        "slug": shop.slug,
        "storefront:category/slug": "none-such",
        "collection_id": hidden.collection_id,
        "shop_slug": shop.slug,
        "storefront:shop-list/slug": shown.slug,
        "own-list/slug": shown.slug,
        "api:shop-list/slug": shown.slug,
        "code": "custody",
        "transaction_id": 1,
        "rule_id": 1,
        "group_id": 1,
        "word_id": 1,
        "version": 1,
        "item_id": 1,
        "request_id": 1,
        "key": "abc-def",
        "uidb36": "1",
        "pk": 1,
    }
    form = {
        "tick": draft_id,
        "variant": offer.variant_id,
        "variant_id": offer.variant_id,
        "quantity": 1,
        "reason": "because",
        "carrier": "sf",
        "tracking_number": "SF1234567",
        "low_at": 5,
        "amount": 1,
        "shop": shop.slug,
        "shop_id": shop.shop_id,
    }
    return values, form


def _hidden(title: str, status: ProductStatus, sku: str) -> ProductDraft:
    variant = VariantDraft(sku=sku, choices=(), price_minor=500, cost_minor=canaries.COST_MINOR)
    return ProductDraft(
        title=Text(title, title), variants=(variant,), status=status, private_notes="kannotesqx7 of a draft"
    )


def _import(shop: ShopContext, content: str, owner_id: int, now: datetime) -> int:
    return start_import(
        shop=shop,
        content=content.encode(),
        file_name="kanfileqx7.csv",
        default_status=ProductStatus.DRAFT,
        created_by=owner_id,
        now=now,
    )


def _buy(stage: Stage, now: datetime) -> None:
    """An order paid on delivery, and something left in the buyer's cart."""
    buyer_id = stage.people["buyer"]
    owner = CartOwner(user_id=buyer_id)
    draft = AddressDraft(recipient="kanbuyerqx7", phone=canaries.PHONE, district_code="330106", street="kanstreetqx7 7")
    address = add_address(user_id=buyer_id, draft=draft, now=now)
    add_line(owner=owner, offer=stage.offer, quantity=canaries.PIECES, now=now)
    request = PlaceRequest(
        buyer_id,
        "leaks",
        quote_cart(owner=owner).digest,
        PaymentMethod.COD,
        ShipTo(address.recipient, address.phone, address.region, address.street, address.postcode),
        {stage.shop.shop_id: "kanordernoteqx7"},
    )
    purchase = place_purchase(request=request, now=now)
    add_line(owner=owner, offer=stage.offer, quantity=1, now=now)
    stage.values |= {
        "purchase_no": purchase.purchase_no,
        "share_no": purchase.shares[0].share_no,
        "address_id": address.address_id,
        "line_id": get_cart(owner).lines[0].line_id,
    }
    stage.form |= {"address": address.address_id, "line": stage.values["line_id"]}


def _move_money(stage: Stage, now: datetime) -> None:
    """What the order sold is in the books since the month before last, stated, and in a file."""
    share_no, before = str(stage.values["share_no"]), now - timedelta(days=40)
    shop_id, sold = stage.shop.shop_id, canaries.PRICE_MINOR * canaries.PIECES
    delivered = CodDelivered(shop_id=shop_id, share_no=share_no, carrier="sf", amount_minor=sold)
    released = EscrowReleased(
        shop_id=shop_id, share_no=share_no, amount_minor=sold, commission_minor=0, commission_vat_minor=0
    )
    _, number = post_all(delivered, released, now=before)
    period = period_at(Span.MONTH, before, ZoneInfo(settings.BUSINESS_TIME_ZONE))
    statement = make_statement(shop_id=shop_id, currency="CNY", period=period, now=now)
    export = EntryExport(shop_id, "kanownerqx7", "CNY", EntryFilter(), FileFormat.CSV, "en")
    made, waiting = (start_entry_export(export=export, created_by=stage.people["owner"], now=now) for _ in range(2))
    run_job(job_id=made, clock=lambda: datetime.now(UTC))
    stage.values |= {
        "portal:posting/transaction_id": number,
        "statement_no": statement.number,
        "portal:money-file/job_id": made,
        "portal:download-money-file/job_id": made,
        "portal:stop-money-file/job_id": waiting,
    }
    stage.form |= {"format": "csv", "account": "2020", "currency": "CNY"}


def _compare_bill(stage: Stage, now: datetime) -> None:
    """The provider's bill of a day names the first shop's order, which our books do not have from it."""
    share_no = str(stage.values["share_no"])
    statement_id = receive_statement(
        psp="wechatpay",
        kind=StatementKind.TRADE,
        day=date(2026, 11, 21),
        content=trade_bill([paid(share_no, canaries.PRICE_MINOR)]),
        merchant=MERCHANT,
        now=now,
    )
    run = find_run_of(statement_id)
    assert run is not None
    (finding,) = list_findings(run_id=run.run_id)
    stage.values |= {"statement_id": statement_id, "run_id": run.run_id, "finding_id": finding.finding_id}


def _pay_out(stage: Stage, now: datetime) -> None:
    """Where the first shop is paid to, a payout on its way there, and the file that it is in."""
    shop_id, owner_id = stage.shop.shop_id, stage.people["owner"]
    draft = BankAccountDraft(AccountKind.CARD, "kanholderqx7", "招商银行", "", "", canaries.BANK_NUMBER)
    account = set_bank_account(shop_id=shop_id, draft=draft, actor_id=owner_id, now=now)
    payout = Payout.objects.create(
        number="PO26112200000001",
        shop_id=shop_id,
        channel=ChannelName.BANK.value,
        amount_minor=100,
        currency="CNY",
        key="leaks",
        payload_hash="0" * 64,
        account_id=account.account_id,
        holder=draft.holder,
        bank=draft.bank,
        account_number=draft.number,
        last_four=account.last_four,
        asked_by=owner_id,
        asked_at=now,
    )
    batch = PayoutBatch.objects.create(
        number="BF26112200000001",
        key="leaks",
        sha256="0" * 64,
        row_count=1,
        sum_minor=100,
        currency="CNY",
        bank_account="main",
        content=f"1,{draft.holder},{draft.number}",
        made_by=1,
        made_at=now,
    )
    stage.values |= {"payout_no": payout.number, "batch_no": batch.number}
    stage.form |= {"channel": "bank", "kind": "card", "reference": "B1"}


def _make_tokens(stage: Stage, now: datetime) -> None:
    """Tokens for everything that their holders may open. Those of the first shop and its buyer are secrets."""
    shop_scopes = [scope for scope in Scope if ":" in scope.value]
    person_scopes = [Scope.CART, Scope.ORDERS]
    holders = {
        "owner": (stage.shop.shop_id, shop_scopes),
        "buyer": (None, person_scopes),
        "stranger": (stage.other.shop_id, shop_scopes),
        "shopper": (None, person_scopes),
    }
    for person, (shop_id, scopes) in holders.items():
        secret, view = make_token(user_id=stage.people[person], shop_id=shop_id, name=person, scopes=scopes, now=now)
        stage.tokens[person] = secret
        if person in ("owner", "buyer"):
            stage.secrets.append(secret)
            stage.values.setdefault("token_id", view.token_id)


def _some_delivery(shop: ShopContext, now: datetime) -> int:
    event = Event.objects.filter(shop_id=shop.shop_id).order_by("pk").first()
    assert event is not None
    return Delivery.objects.get_or_create(event=event, consumer="none", defaults={"due_at": now})[0].pk
