"""Step: a released sale's wallet is charged, or given back, until it has paid the commission as it stands."""

from datetime import datetime

from billing.wallets.services import charge_sale, credit_sale
from search.per_sale.models import AttributedSale


def charge_to(row: AttributedSale, now: datetime) -> bool:
    """Step: the locked row's commission is paid exactly. Again changes nothing; the caller saves the row.

    Keys are the sale's number and step: a transaction that was lost charged nothing, and one that was kept moved on.
    """
    if row.released_at is None or row.charged_minor == row.commission_minor:
        return False
    key = f"sale:{row.shop_id}:{row.share_no}:{row.steps}"
    more_minor = row.commission_minor - row.charged_minor
    if more_minor > 0:
        charge_sale(shop_id=row.shop_id, sale_no=row.share_no, amount_minor=more_minor, key=key, now=now)
    else:
        credit_sale(shop_id=row.shop_id, sale_no=row.share_no, amount_minor=-more_minor, key=key, now=now)
    row.charged_minor = row.commission_minor
    row.steps += 1
    row.proven_at, row.finding = None, ""
    return True
