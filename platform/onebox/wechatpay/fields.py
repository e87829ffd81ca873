"""Reading the fields of a request as strictly as the provider does."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from onebox.wechatpay.errors import bad_parameter

Body = Mapping[str, Any]  # a JSON object: its values are what these functions find out
_NUMBER = re.compile(r"^[0-9A-Za-z_\-|*@]+$")


def text(body: Body, name: str, *, longest: int, shortest: int = 1) -> str:
    """A string of at most `longest` bytes of UTF-8, as the provider counts."""
    value = body.get(name)
    if not isinstance(value, str) or not shortest <= len(value.encode()) <= longest:
        raise bad_parameter(f"参数 {name} 不是 {shortest} 到 {longest} 字节的字符串")
    return value


def number(body: Body, name: str, *, longest: int = 32, shortest: int = 1) -> str:
    """A merchant's own number: digits, letters and _-|*@."""
    value = text(body, name, longest=longest, shortest=shortest)
    if not _NUMBER.match(value):
        raise bad_parameter(f"参数 {name} 含有不允许的字符")
    return value


def fen(body: Body, name: str) -> int:
    """A positive whole amount in fen."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 10**10:
        raise bad_parameter(f"参数 {name} 不是大于零的整数（分）")
    return value


def flag(body: Body, name: str, *, default: bool | None = None) -> bool:
    """A truth value; `default` when it is not there."""
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise bad_parameter(f"参数 {name} 不是布尔值")
    return value


def inner(body: Body, name: str) -> Body:
    """A nested object."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise bad_parameter(f"参数 {name} 不是对象")
    return cast(Body, value)


def objects(body: Body, name: str, *, most: int) -> list[Body]:
    """A list of 1 to `most` objects."""
    value = body.get(name)
    if not isinstance(value, list) or not 1 <= len(value) <= most or not all(isinstance(one, dict) for one in value):
        raise bad_parameter(f"参数 {name} 应有 1 到 {most} 项")
    return cast(list[Body], value)


def currency(body: Body) -> str:
    """The currency, which is CNY."""
    value = body.get("currency", "CNY")
    if value != "CNY":
        raise bad_parameter("参数 currency 只支持 CNY")
    return str(value)


def moment(body: Body, name: str) -> float | None:
    """An RFC 3339 time as seconds, or None when it is not there."""
    value = body.get(name)
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise bad_parameter(f"参数 {name} 不符合 RFC 3339") from error
    if parsed.tzinfo is None:
        raise bad_parameter(f"参数 {name} 缺少时区")
    return parsed.timestamp()


def address(body: Body, name: str = "notify_url") -> str:
    """An absolute http(s) address without a query, as notifications want it."""
    value = text(body, name, longest=255)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise bad_parameter(f"参数 {name} 不是不带参数的 http(s) 地址")
    return value
