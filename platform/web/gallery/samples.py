"""What the gallery shows: invented words and numbers for every part and every state. Demo only."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any  # Any: a template context is open by nature

from django import forms
from django.templatetags.static import static

from web.charts import draw_bars, draw_line
from web.shapes import LogLine, Option, OptionValue, Sellable, Step, SumRow, Tab


@dataclass(frozen=True, slots=True)
class Words:
    """A sample text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Card:
    """A product card as a shopper sees it."""

    title: Words
    picture: str
    price_minor: int
    was_minor: int | None
    tag: Words
    tag_tone: str
    sold: str
    rating: str
    shop: Words
    sponsored: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Stall:
    """A shop's mark."""

    stall: int
    mark: str


ROLES = (
    *("canvas", "surface", "surface-sunken", "ink", "ink-quiet", "ink-faint", "choice", "choice-soft"),
    *("money", "pay", "pay-soft", "good", "warn", "bad"),
)
MARKS = "窑满茶灯积澜露渡木骑刃页"
SPRITE = Path(__file__).resolve().parents[1] / "static" / "web" / "icons.svg"
_ICON = re.compile(r'id="i-([a-z-]+)"')
NOW = datetime(2026, 11, 22, 10, 41, 7, tzinfo=UTC)
THIS = (4200, 3800, 4500, 5100, 4700, 6200, 7100, 5600, 4900, 5300, 6000, 5800, 7700, 8600)
BEFORE = (3600, 4000, 3700, 4200, 4400, 5200, 5800, 5000, 4100, 4600, 4400, 5200, 6000, 6300)


class SampleForm(forms.Form):
    """Every kind of field; bound with mistakes, so that their sentences show."""

    phone = forms.CharField(label="手机号 Phone", max_length=11)
    name = forms.CharField(label="店铺名 Shop", help_text="2至16个字，以后可以改。", required=False)
    price = forms.CharField(label="价格 Price")
    delivery = forms.ChoiceField(label="配送 Delivery", choices=[("sf", "顺丰速运 ¥12.00"), ("zt", "中通快递 包邮")])
    bound = forms.CharField(label="不可改 Fixed", disabled=True, required=False)
    method = forms.ChoiceField(
        label="付款方式 Payment",
        choices=[("wechat", "微信支付"), ("cod", "货到付款")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="留言 Note", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="选中 Ticked", required=False)

    def clean_phone(self) -> str:
        """Always four digits short."""
        raise forms.ValidationError("少了4位，请填11位手机号。")


def sample_form() -> SampleForm:
    """The form as it comes back with one mistake."""
    typed = {"phone": "1380013", "price": "60.00", "delivery": "sf", "method": "wechat", "note": "请放在前台，谢谢。"}
    form = SampleForm({**typed, "agree": "on"}, initial={"bound": "已绑定微信"})
    form.is_valid()
    return form


_LONG = Words(
    "《昼与夜的形状》精装 首印签名版 附赠藏书票与布面书套", "The Shape of Day and Night, signed first printing"
)
_CARDS = (
    Card(
        Words("朱砂红开片杯 单只 350ml", "Cinnabar crackle-glaze cup, 350 ml"),
        "mug-5",
        6800,
        8800,
        Words("限时价", "Limited time"),
        "",
        "1,530",
        "4.9",
        Words("青禾窑", "Qinghe Kiln"),
    ),
    Card(
        Words("墨绿银行家灯 复古黄铜底座", "Green banker’s lamp, brass base"),
        "lamp-3",
        32800,
        None,
        Words("包邮", "Free delivery"),
        "plain",
        "215",
        "4.9",
        Words("北岸灯具", "Northbank Lamps"),
        sponsored=True,
    ),
    Card(_LONG, "book", 5800, 7800, Words("满99减10", "¥10 off 99"), "", "1,863", "4.9", Words("一页书店", "One Page")),
    Card(
        Words("红黑拼接板鞋 耐磨大底", "Red and black canvas shoes"),
        "sneaker-2",
        23900,
        None,
        Words("暂时缺货", "Out of stock"),
        "badge",
        "2,008",
        "4.6",
        Words("小满衣铺", "Xiaoman"),
        gone=True,
    ),
    Card(
        Words("头戴式降噪耳机 45小时续航", "Noise-cancelling headphones, 45 h"),
        "headphones",
        49990,
        59900,
        Words("分期免息", "0 % instalments"),
        "",
        "8,219",
        "4.8",
        Words("听澜数码", "Tinglan Audio"),
    ),
)


def sample_cards() -> list[Card]:
    """Five cards: cheap, sponsored, long, gone, dear."""
    return [replace(card, picture=static(f"web/gallery/{card.picture}.svg")) for card in _CARDS]


def sample_charts() -> dict[str, Any]:
    """A line with the period before, and bars."""
    days = [f"11-{day:02d}" for day in range(9, 23)]
    figures = [f"{value:,}.00" for value in THIS]
    before = [f"{value:,}.00" for value in BEFORE]
    return {
        "line": draw_line(
            finding="成交额从4,200元升到8,600元，全程高于上期 / Sales rose from ¥4,200 to ¥8,600",
            labels=days,
            values=THIS,
            before=BEFORE,
            texts=figures,
            before_texts=before,
            names=("本期 Now", "上期 Before"),
        ),
        "bars": draw_bars(
            finding="周六最高 / Saturday is the highest",
            labels=list("一二三四五六日"),
            values=[30, 50, 42, 66, 80, 95, 60],
        ),
    }


def sample_choices() -> dict[str, Any]:
    """Options of a product where one combination is sold out."""
    colours = Option("颜色 Colour", "option-0", (OptionValue("青釉", "0"), OptionValue("夜航蓝", "1")), "0")
    sizes = Option(
        "容量 Size",
        "option-1",
        (OptionValue("350ml", "0"), OptionValue("250ml", "1"), OptionValue("500ml", "2", sold=False)),
        "0",
    )
    sellables = [
        Sellable(1, ("0", "0"), 6000, 6800),
        Sellable(2, ("0", "1"), 5200, None, note="仅剩7件"),
        Sellable(3, ("1", "0"), 6200, None),
        Sellable(4, ("1", "1"), 5400, None, sold=False),
        Sellable(5, ("0", "2"), 7200, None, sold=False),
        Sellable(6, ("1", "2"), 7200, None, sold=False),
    ]
    return {"options": [colours, sizes], "sellables": sellables}


def list_samples() -> dict[str, Any]:
    """All of it, for one template."""
    return {
        "roles": ROLES,
        "stalls": [Stall(i + 1, mark) for i, mark in enumerate(MARKS)],
        "now": NOW,
        "form": sample_form(),
        "cards": sample_cards(),
        "charts": sample_charts(),
        "choices": sample_choices(),
        "views": [static(f"web/gallery/{name}.svg") for name in ("mug", "mug-5", "lamp-3")],
        "sum": [
            SumRow("商品 Goods", 29000, "3家店 3 shops"),
            SumRow("平台券 Voucher", -3000, kind="less"),
            SumRow("积分 Points", -500, kind="less"),
            SumRow("应付 To pay", 25500, kind="total"),
        ],
        "tabs": [
            Tab("全部 All", "#", count=128),
            Tab("在售 On sale", "#", current=True, count=96),
            Tab("草稿 Drafts", "#"),
        ],
        "steps": [
            Step("购物车 Cart", "done"),
            Step("确认订单 Check", "done", NOW),
            Step("付款 Pay", "now"),
            Step("完成 Done"),
        ],
        "log": [LogLine("运输中 On its way", NOW, "仓管小周", "下一站：文三路营业点"), LogLine("已付款 Paid", NOW)],
        "icons": list_icons(),
        "refused": [("#id_phone", "手机号少了4位。"), ("#id_name", "请填店铺名。")],
    }


def list_icons() -> list[str]:
    """The names of the sprite's icons, without their prefix."""
    return sorted(_ICON.findall(SPRITE.read_text(encoding="utf-8")))
