"""The page behind a code_url: the payer's telephone, and beside it a bench for what goes wrong between two servers."""

import json
import secrets
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

from onebox.wechatpay import bill_faults, forgeries
from onebox.wechatpay.simulator import Simulator
from onebox.wechatpay.store import Row
from onebox.wechatpay.texts import TEXTS

_PAGES = Path(__file__).parent / "pages"
_POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page with the policy that allows its own style and script."""

    status: int
    content: bytes
    policy: str


def choose_language(target: str, accepted: str) -> str:
    """`?lang=`, then the browser's first wish, then Chinese."""
    asked = parse_qs(urlsplit(target).query).get("lang", [""])[0]
    if asked in TEXTS:
        return asked
    return "en" if accepted.lower().startswith("en") else "zh"


def render(simulator: Simulator, path: str, language: str) -> Page:
    """The cashier of one order, the list of the latest orders, or that of withdrawals."""
    match path.strip("/").split("/"):
        case ["pay", token]:
            order = simulator.store.row("SELECT * FROM orders WHERE token = ?", token)
            if order is not None:
                return _fill(
                    200,
                    "cashier.html",
                    language,
                    order_no=order["combine_out_trade_no"],
                    lines=_lines(simulator, order),
                )
        case ["withdrawals"]:
            return _fill(200, "withdrawals.html", language)
        case [""]:
            return _fill(200, "orders.html", language, rows=_rows(simulator, TEXTS[language]))
    return _fill(404, "missing.html", language)


def _fill(status: int, name: str, language: str, **parts: str) -> Page:
    nonce = secrets.token_urlsafe(16)
    texts = TEXTS[language]
    values = {
        **{key: escape(text) for key, text in texts.items()},
        **parts,
        "nonce": nonce,
        "language": "zh-Hans" if language == "zh" else "en",
        "other_language": "en" if language == "zh" else "zh",
        "style": (_PAGES / "style.css").read_text(),
        "texts_json": json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c"),
        "forgeries_json": json.dumps(forgeries.KINDS),
        "faults_json": json.dumps(bill_faults.FAULTS),
    }
    content = Template((_PAGES / name).read_text()).substitute(values)
    return Page(status, content.encode(), _POLICY.format(nonce=nonce))


def _lines(simulator: Simulator, order: Row) -> str:
    subs = simulator.store.rows(
        "SELECT s.*, a.name AS merchant FROM sub_orders s LEFT JOIN applyments a USING (sub_mchid)"
        " WHERE combine_out_trade_no = ? ORDER BY position",
        order["combine_out_trade_no"],
    )
    total = sum(sub["amount"] for sub in subs)
    lines = "".join(
        f"<li><span><b>{escape(_name_merchant(simulator, sub))}</b>"
        f"<small>{escape(sub['description'])}</small></span>"
        f"<span class='money'>{_yuan(sub['amount'])}</span></li>"
        for sub in subs
    )
    return f"<p class='total money'><span>¥</span>{_yuan(total)}</p><ul class='lines'>{lines}</ul>"


def _name_merchant(simulator: Simulator, sub: Row) -> str:
    if sub["sub_mchid"] == simulator.keys.own_mchid:
        return "集市 Jishi"
    return str(sub["merchant"] or sub["sub_mchid"])


def _rows(simulator: Simulator, texts: dict[str, str]) -> str:
    orders = simulator.store.rows(
        "SELECT o.*, sum(s.amount) AS amount FROM orders o JOIN sub_orders s USING (combine_out_trade_no)"
        " GROUP BY combine_out_trade_no ORDER BY o.created_at DESC LIMIT 50"
    )
    if not orders:
        return f"<li class='empty'>{escape(texts['no_orders'])}</li>"
    return "".join(
        f"<li><a href='/pay/{order['token']}'><span><b>{escape(order['combine_out_trade_no'])}</b>"
        f"<small>{escape(texts['state_' + order['state'].lower()])}</small></span>"
        f"<span class='money'>¥{_yuan(order['amount'])}</span></a></li>"
        for order in orders
    )


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"
