"""The advertising balance of the token's shop."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing.ledger.contracts import Code
from billing.ledger.contracts.shop_books import EntryFilter
from billing.ledger.selectors.shop_books import list_shop_entries
from billing.wallets.contracts import AutoTopUpView, TopUpSource, TopUpState, TopUpView
from billing.wallets.selectors import find_auto_top_up, get_top_up, get_wallet, list_invoices, list_top_ups
from billing.wallets.services import (
    open_top_up,
    set_auto_top_up,
    start_top_up,
    top_up_from_sales,
)
from market.money import DEFAULT_CURRENCY
from market.shops.contracts import Scope
from merchant_portal.api.base import ShopView, member_of, shop_of
from merchant_portal.api.bodies.wallet import (
    AutomaticBody,
    InvoicesBody,
    MovementBody,
    MovementPageBody,
    TopUpBody,
    TopUpInput,
    TopUpPageBody,
    TopUpPayBody,
    WalletBody,
)
from merchant_portal.api.problems import wallet_problems
from web.api.once import once, read_key
from web.api.pages import PageQuery, bad_cursor, read_place, show_page
from web.api.reading import read_body, read_query
from web.api.views import operation
from web.paging import BadCursor, Position, cut_page, decode_cursor
from web.problems import Problem

PAGE = 50
GATEWAY = "wechatpay"
CODES = (Code.AD_WALLET_CASH, Code.AD_WALLET_BONUS, Code.SLOT_DEFERRED)


class WalletView(ShopView):
    """What the scopes of the balance open."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.WALLET_READ,
        "POST": Scope.WALLET_WRITE,
        "PUT": Scope.WALLET_WRITE,
    }


class Wallet(WalletView):
    """/wallet"""

    @operation("getWallet", "The advertising balance", tag="wallet", answers={200: WalletBody})
    def get(self, request: Request) -> Response:
        """What there is, what of it is held, and what is left to promise."""
        return Response(WalletBody(get_wallet(shop_of(request).shop_id)).data)


class Automatic(WalletView):
    """/wallet/automatic"""

    @operation("getAutomaticTopUp", "When it fills itself", tag="wallet", answers={200: AutomaticBody}, refuses=(404,))
    def get(self, request: Request) -> Response:
        """The shop's wish; 404 while there is none."""
        wish = find_auto_top_up(shop_of(request).shop_id)
        if wish is None:
            raise Problem(404, "not-found")
        return Response(AutomaticBody(wish).data)

    @operation(
        "setAutomaticTopUp",
        "Say when it fills itself",
        tag="wallet",
        body=AutomaticBody,
        answers={200: AutomaticBody},
        refuses=(422,),
        example={"is_on": True, "below_minor": 5_000, "take_minor": 20_000, "daily_minor": 50_000},
    )
    def put(self, request: Request) -> Response:
        """From sales, and never more than the shop is owed."""
        wish = AutoTopUpView(shop_id=shop_of(request).shop_id, **read_body(request, AutomaticBody))
        with wallet_problems():
            set_auto_top_up(wish=wish, actor_id=member_of(request).user_id, now=timezone.now())
        return Response(AutomaticBody(wish).data)


class TopUps(WalletView):
    """/wallet/top-ups"""

    @operation("listTopUps", "Top-ups", tag="wallet", query=PageQuery, answers={200: TopUpPageBody})
    def get(self, request: Request) -> Response:
        """The latest first."""
        shop_id = shop_of(request).shop_id
        scope = f"api:top-ups:{shop_id}"
        before = read_place(read_query(request, PageQuery).get("cursor"), scope=scope)
        rows = list_top_ups(shop_id=shop_id, before_id=before, limit=PAGE + 1)
        page = cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row.top_up_id])
        return Response(show_page(TopUpBody, page.items, page.next_cursor))

    @operation(
        "topUp",
        "Top up",
        tag="wallet",
        body=TopUpInput,
        answers={201: TopUpBody},
        refuses=(409, 422, 503),
        example={"amount_minor": 10_000, "source": "payment"},
    )
    @once(required=True)
    def post(self, request: Request) -> Response:
        """From sales it is there at once. By payment it waits: ask `/pay` for what to scan. Once under its key."""
        asked, shop_id = read_body(request, TopUpInput), shop_of(request).shop_id
        actor_id, key, now = member_of(request).user_id, read_key(request), timezone.now()
        with wallet_problems():
            if asked["source"] == TopUpSource.SALES:
                made = top_up_from_sales(
                    shop_id=shop_id, amount_minor=asked["amount_minor"], key=key, actor_id=actor_id, now=now
                )
            else:
                made = open_top_up(
                    shop_id=shop_id,
                    amount_minor=asked["amount_minor"],
                    gateway=GATEWAY,
                    key=key,
                    actor_id=actor_id,
                    now=now,
                )
        location = reverse("merchant-api:top-up", args=[made.number])
        return Response(TopUpBody(made).data, status=201, headers={"Location": location})


class TopUp(WalletView):
    """/wallet/top-ups/{number}"""

    @operation("getTopUp", "One top-up", tag="wallet", answers={200: TopUpBody})
    def get(self, request: Request, number: str) -> Response:
        """As it stands. News that was lost on its way to us is asked for within a minute."""
        return Response(TopUpBody(_find(request, number)).data)


class TopUpPay(WalletView):
    """/wallet/top-ups/{number}/pay"""

    @operation("payTopUp", "What to scan", tag="wallet", answers={200: TopUpPayBody}, refuses=(409, 503))
    def post(self, request: Request, number: str) -> Response:
        """Asks WeChat Pay once for the content of a QR code; a repeat answers the same."""
        found = _find(request, number)
        if found.state is not TopUpState.OPEN:
            raise Problem(409, "not-waiting", state=found.state.value)
        with wallet_problems():
            started = start_top_up(payment_no=found.payment_no, now=timezone.now())
        return Response(TopUpPayBody(started).data)


class Movements(WalletView):
    """/wallet/movements"""

    @operation(
        "listWalletMovements", "What came and went", tag="wallet", query=PageQuery, answers={200: MovementPageBody}
    )
    def get(self, request: Request) -> Response:
        """Every entry on the balance, the latest first."""
        shop_id = shop_of(request).shop_id
        scope = f"api:wallet:{shop_id}"
        before = _read_moment(read_query(request, PageQuery).get("cursor"), scope)
        rows = list_shop_entries(
            shop_id=shop_id,
            currency=DEFAULT_CURRENCY,
            wanted=EntryFilter(codes=CODES),
            before=before,
            limit=PAGE + 1,
        )
        page = cut_page(rows, size=PAGE, scope=scope, position=lambda row: [row.created_at.isoformat(), row.entry_id])
        return Response(show_page(MovementBody, page.items, page.next_cursor))


class Invoices(WalletView):
    """/wallet/invoices"""

    @operation("listAdInvoices", "Invoices by month", tag="wallet", answers={200: InvoicesBody})
    def get(self, request: Request) -> Response:
        """One for each month that is over and had ads; what the ledger says, to the fen."""
        found = list_invoices(shop_id=shop_of(request).shop_id, now=timezone.now())
        return Response(InvoicesBody({"items": found}).data)


def _find(request: Request, number: str) -> TopUpView:
    with wallet_problems():
        return get_top_up(shop_id=shop_of(request).shop_id, number=number)


def _read_moment(cursor: str | None, scope: str) -> tuple[datetime, int] | None:
    """The instant and the id in a cursor. Raises `ValidationError`."""
    if not cursor:
        return None
    try:
        place: list[Position] = decode_cursor(cursor, scope=scope, length=2)
        return datetime.fromisoformat(str(place[0])), int(place[1] or 0)
    except (BadCursor, ValueError) as error:
        raise bad_cursor() from error
