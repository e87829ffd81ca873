"""Bills of a day (doc/v3/merchant/4013071227, 4013071235, 4013071238): applied for, then fetched from an address.

A trade bill lists sub-orders paid and refunds begun; a fund-flow bill what moved on the service provider's own
account. Columns, back ticks and sums are the provider's. Faults that somebody planted are in the lines, so that the
sums still add up; faults of the file itself are in its bytes.
"""

import gzip
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onebox.wechatpay import bill_faults
from onebox.wechatpay.bill_rows import (
    FLOW_COLUMNS,
    FLOW_TOTALS,
    TRADE_COLUMNS,
    TRADE_TOTALS,
    Line,
    list_flows,
    list_trades,
    yuan,
)
from onebox.wechatpay.errors import ApiError, bad_parameter, bad_request
from onebox.wechatpay.simulator import BEIJING, Simulator, number

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FILE_SECONDS = 300
_OLDEST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class _Form:
    """How a kind of bill is made."""

    columns: Sequence[str]
    totals: Sequence[str]
    rows: Callable[[Simulator, float, float, str], list[Line]]


_FORMS = {
    "trade": _Form(TRADE_COLUMNS, TRADE_TOTALS, list_trades),
    "fundflow": _Form(FLOW_COLUMNS, FLOW_TOTALS, list_flows),
}


def apply_for(simulator: Simulator, bill: str, query: Callable[[str, str], str]) -> dict[str, object]:
    """Make a day's bill and say where it can be fetched for five minutes, with its hash (of what is unpacked)."""
    day = _read_day(simulator, query("bill_date", ""))
    tar = query("tar_type", "")
    if tar not in ("", "GZIP"):
        raise bad_parameter("tar_type 只能是 GZIP")
    if bill == "trade" and query("bill_type", "ALL") != "ALL":
        raise bad_parameter("模拟器只支持 bill_type=ALL")
    if bill == "fundflow" and query("account_type", "BASIC") != "BASIC":
        raise bad_parameter("模拟器只支持 account_type=BASIC")
    if simulator.store.take_switch("bills_creating_next"):
        raise ApiError(400, "STATEMENT_CREATING", "账单文件生成中，请稍后重试")
    content = write_bill(simulator, bill, day, query("sub_mchid", ""))
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if bill_faults.is_planted(simulator, bill, "hash"):
        digest = digest[::-1]
    file = gzip.compress(content, mtime=0) if tar == "GZIP" else content
    token = secrets.token_urlsafe(32)
    now = simulator.now()
    with simulator.store.transaction() as store:
        store.run("DELETE FROM bill_files WHERE created_at < ?", now - _FILE_SECONDS)
        store.insert("bill_files", token=token, content=file, created_at=now)
    return {
        "hash_type": "SHA1",
        "hash_value": digest,
        "download_url": f"{simulator.base_url}/v3/billdownload/file?token={token}",
    }


def fetch(simulator: Simulator, token: str) -> bytes:
    """The file behind an address."""
    found = simulator.store.row("SELECT * FROM bill_files WHERE token = ?", token)
    if found is None or found["created_at"] < simulator.now() - _FILE_SECONDS:
        raise bad_request("下载地址已失效，请重新申请账单")
    return bytes(found["content"])


def write_bill(simulator: Simulator, bill: str, day: datetime, sub_mchid: str = "") -> bytes:
    """The whole file. Raises `ApiError` NO_STATEMENT_EXIST for a day on which nothing happened."""
    form = _FORMS[bill]
    begin, end = day.timestamp(), (day + timedelta(days=1)).timestamp()
    lines = form.rows(simulator, begin, end, sub_mchid)
    lines = bill_faults.spoil(simulator, bill, lines, day)
    if not lines:
        raise ApiError(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    sums = {name: sum(line.sums.get(name, 0) for line in lines) for name in form.totals}
    written = [",".join(form.columns)]
    written += [",".join(f"`{line.cells[name]}" for name in form.columns) for line in lines]
    written += [",".join(form.totals), ",".join(f"`{_show(name, sums[name])}" for name in form.totals)]
    return bill_faults.spoil_file(simulator, bill, "\r\n".join(written) + "\r\n").encode()


def _show(name: str, total: int) -> str:
    if name.endswith("数"):
        return str(total)
    return f"{yuan(total)}000" if name == "手续费总金额" else yuan(total)


def _read_day(simulator: Simulator, text: str) -> datetime:
    if not _DAY.fullmatch(text):
        raise bad_parameter("bill_date 格式应为 yyyy-MM-DD")
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=BEIJING)
    except ValueError as error:
        raise bad_parameter("bill_date 不是日期") from error
    now = datetime.fromtimestamp(simulator.now(), BEIJING)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if day > today or (day == today and not simulator.store.switch("bills_of_today")):
        raise bad_request("bill_date 只能是今天之前的日期")
    if day < today - _OLDEST:
        raise bad_request("仅支持三个月内的账单")
    return day


def settle(simulator: Simulator, amount: int = 0) -> dict[str, object]:
    """Pay what the service provider has to its bank: `amount`, or all of it. Its fund-flow bill says so."""
    with simulator.store.transaction() as store:
        free = read_free(simulator)
        paid = amount or free
        if not 0 < paid <= free:
            raise ApiError(403, "NOT_ENOUGH", "可用余额不足")
        settle_id = number("1091", simulator.now())
        store.insert("settlements", settle_id=settle_id, amount=paid, created_at=simulator.now())
    return {"settle_id": settle_id, "amount": paid}


def read_free(simulator: Simulator) -> int:
    """What the service provider received by splits and has not been paid yet, in fen."""
    found = simulator.store.row(
        "SELECT (SELECT coalesce(sum(split_off), 0) FROM sub_orders)"
        " - (SELECT coalesce(sum(amount), 0) FROM settlements) AS free"
    )
    return int(found["free"]) if found is not None else 0
