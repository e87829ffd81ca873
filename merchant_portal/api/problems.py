"""What the domain's errors look like from outside."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext

from billing.checkout.selectors import ShareNotFound
from billing.payments.contracts import ProviderError
from billing.payments.services import NoOwnAccount, PaymentClosed, PaymentExpired
from billing.wallets.selectors import TopUpNotFound
from billing.wallets.services import BadAmount, KeyReused, LessOwed, TooManyOpen
from market.money import format_minor
from merchant_portal.ads.sentences import describe as describe_ads
from merchant_portal.per_sale.typed import say_wrong
from search.campaigns.contracts import BadInput
from search.campaigns.selectors import CampaignNotFound
from search.campaigns.services import (
    CampaignChanged,
    CampaignEnded,
    NoSuchCampaign,
    NoSuchCreative,
    TooManyCampaigns,
)
from search.campaigns.services import (
    NoSuchProduct as NotOnSale,
)
from search.per_sale.contracts import BadPlan
from search.per_sale.selectors import PlanNotFound
from search.per_sale.services import NotSold, PlanChanged, WrongMove
from tenants.catalog.contracts import DraftProblem
from tenants.catalog.selectors import NoSuchProduct
from tenants.catalog.services import InvalidProduct, ProductChanged
from tenants.catalog.words import describe
from tenants.inventory.services import CountBelowHeld, NoSuchWarehouse, UnknownVariant
from tenants.orders.services import BadParcel, WrongState
from web.problems import Fault, Problem

RETRY_SECONDS = "30"
_LANGUAGE = re.compile(r"_(zh|en)$")


@contextmanager
def product_problems() -> Iterator[None]:
    """Of products."""
    try:
        yield
    except NoSuchProduct as error:
        raise Problem(404, "not-found") from error
    except ProductChanged as error:
        sentence = gettext("Somebody saved this product meanwhile. Read it again and repeat your change.")
        raise Problem(409, "product-changed", sentence, expected=error.expected, found=error.found) from error
    except InvalidProduct as error:
        raise Problem(422, "invalid-product", errors=[_to_fault(problem) for problem in error.problems]) from error


@contextmanager
def stock_problems() -> Iterator[None]:
    """Of stock."""
    try:
        yield
    except UnknownVariant as error:
        raise Problem(422, "unknown-variant", gettext("Your shop has no variant with this id.")) from error
    except NoSuchWarehouse as error:
        raise Problem(422, "unknown-warehouse", gettext("Your shop has no warehouse with this id.")) from error
    except CountBelowHeld as error:
        sentence = gettext("%(held)s of it are taken by buyers, so fewer than that cannot lie there.")
        raise Problem(
            409, "count-below-held", sentence % {"held": error.held}, variant_id=error.variant_id, held=error.held
        ) from error


@contextmanager
def order_problems() -> Iterator[None]:
    """Of orders."""
    try:
        yield
    except ShareNotFound as error:
        raise Problem(404, "not-found") from error
    except WrongState as error:
        sentence = gettext("The order is in another state, so this cannot be done.")
        raise Problem(409, "wrong-state", sentence, state=error.state.value) from error
    except BadParcel as error:
        sentences = {
            "carrier": gettext("Enter which carrier takes the parcel."),
            "tracking_number": gettext("This carrier and number are on another parcel of this order already."),
            "contents": gettext("Some of this is not left to be sent."),
        }
        faults = [Fault(f"/{error.field}", sentences[error.field])]
        raise Problem(422, "bad-parcel", errors=faults) from error


@contextmanager
def ads_problems() -> Iterator[None]:
    """Of campaigns."""
    try:
        yield
    except (NoSuchCampaign, CampaignNotFound) as error:
        raise Problem(404, "not-found") from error
    except CampaignEnded as error:
        raise Problem(409, "campaign-ended", gettext("The campaign has ended and stays as it is.")) from error
    except CampaignChanged as error:
        sentence = gettext("Somebody changed this campaign meanwhile. Read it again and repeat your change.")
        raise Problem(409, "campaign-changed", sentence, found=error.args[0]) from error
    except TooManyCampaigns as error:
        sentence = gettext("There are %(most)s campaigns already. End one that you do not need.")
        raise Problem(409, "too-many-campaigns", sentence % {"most": error.args[0]}) from error
    except NotOnSale as error:
        faults = [Fault("/product_ids", gettext("Your shop does not sell this: %(ids)s.") % {"ids": error.args[0]})]
        raise Problem(422, "unknown-product", errors=faults) from error
    except NoSuchCreative as error:
        faults = [Fault("/creative_ids", gettext("These pictures cannot be used: %(ids)s.") % {"ids": error.args[0]})]
        raise Problem(422, "unknown-creative", errors=faults) from error
    except BadInput as error:
        pointer = f"/{_ADS_FIELDS.get(error.field, error.field)}"
        raise Problem(422, "invalid-campaign", errors=[Fault(pointer, describe_ads(error))]) from error


@contextmanager
def plan_problems() -> Iterator[None]:
    """Of plans that are paid per sale."""
    try:
        yield
    except (NoSuchCampaign, PlanNotFound) as error:
        raise Problem(404, "not-found") from error
    except CampaignEnded as error:
        raise Problem(409, "plan-ended", gettext("The plan has ended and stays as it is.")) from error
    except WrongMove as error:
        raise Problem(409, "wrong-state", gettext("The plan is in another state, so this cannot be done.")) from error
    except PlanChanged as error:
        sentence = gettext("Somebody changed this plan meanwhile. Read it again and repeat your change.")
        raise Problem(409, "plan-changed", sentence, found=error.args[0]) from error
    except NotSold as error:
        faults = [Fault("/goods", gettext("Your shop does not sell this: %(ids)s.") % {"ids": error.args[0]})]
        raise Problem(422, "unknown-product", errors=faults) from error
    except BadPlan as error:
        if error.field == "plans":
            sentence = gettext("There are %(most)s plans already. End one that you do not need.")
            raise Problem(409, "too-many-plans", sentence % {"most": error.most}) from error
        pointer = "/default_bps" if error.field == "default" else f"/{error.field}"
        raise Problem(422, "invalid-plan", errors=[Fault(pointer, say_wrong(error))]) from error


@contextmanager
def wallet_problems() -> Iterator[None]:
    """Of the advertising balance."""
    try:
        yield
    except TopUpNotFound as error:
        raise Problem(404, "not-found") from error
    except LessOwed as error:
        sentence = gettext("We owe you ¥%(owed)s at the moment.") % {"owed": format_minor(error.owed_minor)}
        raise Problem(409, "less-owed", sentence, owed_minor=error.owed_minor) from error
    except TooManyOpen as error:
        sentence = gettext("Several top-ups wait to be paid. Pay one, or wait a quarter of an hour.")
        raise Problem(409, "too-many-open", sentence) from error
    except (PaymentClosed, PaymentExpired) as error:
        raise Problem(409, "not-waiting", gettext("This top-up does not wait for money.")) from error
    except NoOwnAccount as error:
        sentence = gettext("Nothing can be topped up by WeChat Pay at the moment. Take it from sales.")
        raise Problem(409, "not-offered", sentence) from error
    except ProviderError as error:
        sentence = gettext("WeChat Pay does not answer. Your money is safe: look again in a minute.")
        raise Problem(503, "provider-away", sentence, headers={"Retry-After": RETRY_SECONDS}) from error
    except KeyReused as error:
        sentence = gettext("This key was used for another request. Make a new one.")
        raise Problem(422, "idempotency-key-reused", sentence) from error
    except BadAmount as error:
        sentence = gettext("At least as much as is taken at once.")
        raise Problem(422, "bad-amount", sentence, errors=[Fault("/daily_minor", sentence)]) from error


_ADS_FIELDS = {
    "daily_budget": "daily_budget_minor",
    "total_budget": "total_budget_minor",
    "bid": "bid_minor",
    "group_name": "name",
    "products": "product_ids",
    "creatives": "creative_ids",
    "words": "keywords",
    "word": "text",
    "frequency": "frequency_caps",
    "pages": "page_percent",
}


def _to_fault(problem: DraftProblem) -> Fault:
    """variants.3.price_minor becomes /variants/3/price_minor, title_zh becomes /title/zh."""
    pointer = "/" + _LANGUAGE.sub(r".\1", problem.field).replace(".", "/")
    return Fault(pointer, describe(problem.code, problem.params, field=problem.field))
